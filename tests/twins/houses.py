"""Two registries that differ by what is secret alone, each behind a web and a database of its own.

Both webs have the same keys, and every reader signed in before the copy was made, so that he sits in both with the same cookie, the
same form token and the same seat. Day and hour stand still for both: the registry's day is the setting `today` of the demonstration,
the moments on pages are those of copied rows, and the clock of cookies is that of `asking.Moment`. Nothing need be taken out of an
answer before two of them are compared.
"""
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import uuid4

import psycopg
import pytest

from sitereg import accounts, scans
from sitereg.actors import Actor
from sitereg.links import runs
from sitereg.store import cluster, credentials, people, session
from sitereg.store import logins as made
from tests import given
from tests.conftest import clone, drop
from tests.sitereg import analysing
from tests.sitereg.test_pages import png
from tests.twins import asking, hiding
from tests.web.conftest import PASSWORD, House
from web import create_app

READERS = ("viewer", "demo.partner", "investigator1", "officer1", "steward1", "verifier1", "analyst1", "admin")
"""One of each role of tier 0 or 1 (auditors read the log, which tells of all acts: that is their work)."""


def of(*names, among=READERS):
    """These readers in every run, the others, who see the same rows in other roles, in the drills."""
    return [name if name in names else pytest.param(name, marks=pytest.mark.drill) for name in among]


SEATED = (*((name, "en") for name in READERS), ("investigator1", "ar"))
COOKIES = ("sitereg", "b")


@dataclass
class Twins:
    """plain and secret: the two houses. known: what both hold; hidden: ids and codes of what only the second holds; tokens: those
    of scripts, by account; moment: the hour at which both are asked."""

    plain: House
    secret: House
    known: dict
    hidden: dict
    tokens: dict
    moment: asking.Moment

    @property
    def both(self):
        return self.plain, self.secret

    def reading(self, name):
        """Two open sessions of one reader, with the same request."""
        return [session.reading(house.settings, Actor(name, "local", "twin")) for house in self.both]

    @contextmanager
    def logins(self, name, *, records=False):
        """Connections of the same analyst's SQL login to both; records: it may ask the views of records, too."""
        with analysing.sql_login(self.plain.settings, name, records=records) as one, analysing.dba(self.secret.settings) as raw:
            login = made.make_sql_login(raw, name, records=records)
            cluster.admit(self.secret.settings, login)
            with psycopg.connect(cluster.dsn(self.secret.settings, login), autocommit=True) as other:
                one.prepare_threshold = other.prepare_threshold = None  # the hour of a prepared statement would differ
                yield one, other

    def answers(self, reader, method, path, *, lang="en", **more):
        """What both answer to one request: [(status, headers, body), ...]."""
        return [asking.answer(self.moment, house, reader, lang, method, path, **more) for house in self.both]

    def posted(self, reader, path, form, *, lang="en"):
        """What both answer to a form, and the pages that it leads to."""
        return [asking.posted(self.moment, house, reader, lang, path, form) for house in self.both]


def known(settings, folder):
    """What everybody of tier 1 knows, and about which more is hidden: ids of sites, a case, records, a paper."""
    with analysing.dba(settings) as raw:
        ids = lambda sql: [row[0] for row in raw.execute(sql).fetchall()]  # noqa: E731
        found = {
            "heir": ids("select s.id from reg.site s where s.face = 1 and s.tier = 1 and s.scope = 0 order by code limit 1")[0],
            "sites": ids("select s.id from reg.site s where s.face = 1 and s.shown_as = 'cell' order by code limit 1")
            + ids("select s.id from reg.site s where s.face = 1 and s.shown_as = 'point' and s.centre is not null order by code limit 2")
            + ids("select s.id from reg.site s where s.face = 0 and s.tier = 0 order by code limit 1"),
            "person": ids("select p.id from reg.person p where p.face = 1 and exists (select 1 from reg.person_event e where e.person = p.id"
                          " and e.face = 1) order by code limit 1")[0],
            "holding": ids("select h.id from reg.holding h where h.face = 1 order by code limit 1")[0]}
    with analysing.as_(settings, "worker")() as opened:
        path = folder / "a page.png"
        path.write_bytes(png(30, 40))
        found["document"] = scans.keep(opened, pages=[path], shows="a page that all may see", terms=given.TERMS, living="none")
        found["region"] = opened.one("draw_region", document=found["document"], n=1, x=0, y=0, width=1, height=1)["region"]
    return found


def house(settings):
    """A web over that database."""
    settings = replace(settings, second_factor=())
    app = create_app(settings)
    app.testing = True
    return House(settings, app)


def seated(one, seats=SEATED):
    """Every reader of these has signed in and holds a token for scripts; answers the tokens."""
    with analysing.dba(one.settings) as raw:
        for name in dict.fromkeys(name for name, _lang in seats):
            credentials.accept(raw, account=name, email=f"{name}@test.invalid", password=PASSWORD)
    for name, lang in seats:
        one.visitor(name, lang).token()  # the cookie holds from now on what its form tokens are made of
    tokens = {}
    for name in ("viewer", "investigator1"):
        with analysing.as_(one.settings, name)() as opened:
            tokens[name] = accounts.make_token(opened, account=name, scopes=["frames", "layers"], days=7, reason="twin")[0]
            accounts.make_token(opened, account=name, scopes=["frames"], days=1, reason="to be ended")
    with analysing.dba(one.settings) as raw:
        raw.execute("update signin.seat set seen_at = now() + interval '7 hours'")  # no seat locks, however slow the machine
    one.app.extensions["signin"].get_bind().dispose()
    session.close()
    return tokens


def sit_too(other, one, seats=SEATED):
    """Who sits in the one house sits in the other with the same cookies."""
    for name, lang in seats:
        visitor = replace(one.visitor(name, lang), client=other.app.test_client())
        for cookie in COOKIES:
            held = one.visitor(name, lang).client.get_cookie(cookie)
            visitor.client.set_cookie(cookie, held.value)
        other.known[name, lang] = visitor


@contextmanager
def pair(server, loaded, names, folder):
    """Twins exist while the block runs: a clone of the database `loaded`, a demonstration, and of that one a copy into which secrets
    are written."""
    settings = [replace(server.settings, database=name) for name in names]
    clone(server, names[0], loaded)
    shared = known(settings[0], folder)
    plain = house(settings[0])
    tokens = seated(plain)
    with analysing.dba(settings[0]) as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="twin")
    for tier in (1, 2):
        for question in ("held", "buried"):
            runs.run(settings[0], question, tier, by="worker")
    session.close()
    clone(server, names[1], names[0])
    secret = house(settings[1])
    sit_too(secret, plain)
    hidden = hiding.hide(settings[1], shared, folder)
    for one in settings:
        runs.renew(one)
        with analysing.dba(one) as raw:
            raw.execute("vacuum analyze")
    twins = Twins(plain, secret, shared, hidden, tokens, asking.Moment(int(time.time())))
    try:
        yield twins
    finally:
        for one in twins.both:
            one.app.extensions["signin"].get_bind().dispose()
        for name in names:
            drop(server, name)


@contextmanager
def again(server, made):
    """Twins like those exist while the block runs, in copies of both databases: what is done in them is done in no others."""
    session.close()
    both = []
    for one in made.both:
        one.app.extensions["signin"].get_bind().dispose()
        settings = replace(one.settings, database=clone(server, f"again_{uuid4().hex[:8]}", one.settings.database))
        both.append(house(settings))
        sit_too(both[-1], one)
    try:
        yield replace(made, plain=both[0], secret=both[1], moment=asking.Moment(int(time.time())))
    finally:
        for one in both:
            one.app.extensions["signin"].get_bind().dispose()
            drop(server, one.settings.database)
