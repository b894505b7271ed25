"""Two registries that differ by what is secret alone, each behind a web and a database of its own; who is cleared for less asks both."""
import shutil
from dataclasses import dataclass, replace
from uuid import uuid4

import psycopg
import pytest

from sitereg import demo, scans
from sitereg.actors import Actor
from sitereg.store import cluster, credentials, session
from tests import given
from tests.conftest import clone, drop
from tests.sitereg import analysing
from tests.sitereg.test_pages import png
from tests.twins import hiding
from tests.web.conftest import PASSWORD, House
from web import create_app

READERS = ("viewer", "demo.partner", "investigator1", "officer1", "steward1", "verifier1", "analyst1", "admin")
"""One of each role of tier 0 or 1 (auditors read the log, which tells of all acts: that is their work)."""


@dataclass
class Twins:
    """plain and secret: the two houses. known: what both hold; hidden: ids and codes of what only the second holds."""

    plain: House
    secret: House
    known: dict
    hidden: dict

    @property
    def both(self):
        return self.plain, self.secret

    def reading(self, name):
        """Two open sessions of one reader, with the same request."""
        return [session.reading(house.settings, Actor(name, "local", "twin")) for house in self.both]


def known(settings, folder):
    """What everybody of tier 1 knows, and about which more is hidden: ids of sites, a case, records, a paper."""
    with analysing.dba(settings) as raw:
        ids = lambda sql: [row[0] for row in raw.execute(sql).fetchall()]  # noqa: E731
        found = {
            "sites": ids("select s.id from reg.site s where s.face = 1 and s.shown_as = 'cell' order by code limit 1")
            + ids("select s.id from reg.site s where s.face = 1 and s.shown_as = 'point' and s.centre is not null order by code limit 2")
            + ids("select s.id from reg.site s where s.face = 0 and s.tier = 0 order by code limit 1"),
            "person": ids("select p.id from reg.person p where p.face = 1 and exists (select 1 from reg.person_event e where e.person = p.id"
                          " and e.face = 1) order by code limit 1")[0],
            "holding": ids("select h.id from reg.holding h where h.face = 1 order by code limit 1")[0]}
    with analysing.as_(settings, "worker")() as opened:
        path = folder / "a page.png"
        path.write_bytes(png(30, 40))
        found["document"] = scans.keep(opened, pages=[path], shows="a page that all may see", terms=given.TERMS)
        found["region"] = opened.one("draw_region", document=found["document"], n=1, x=0, y=0, width=1, height=1)["region"]
    return found


def house(settings):
    """A web over that database."""
    settings = replace(settings, second_factor=())
    app = create_app(settings)
    app.testing = True
    return House(settings, app)


@pytest.fixture(scope="package")
def twins(server, tmp_path_factory):
    """The demonstration at its smallest, and a copy of its whole database into which secrets are written afterwards."""
    folder, names = tmp_path_factory.mktemp("twins"), [f"{name}_{uuid4().hex[:8]}" for name in ("plain", "secret")]
    settings = [replace(server.settings, database=name) for name in names]
    clone(server, names[0])
    demo.load(settings[0], size=demo.SMALL)
    shared = known(settings[0], folder)
    with psycopg.connect(cluster.dsn(settings[0]), autocommit=True) as raw:
        for name in READERS:
            credentials.accept(raw, account=name, email=f"{name}@test.invalid", password=PASSWORD)
    session.close()
    with psycopg.connect(server.dsn(dbname="postgres"), autocommit=True) as root:
        root.execute(f"create database {names[1]} template {names[0]}")
    hidden = hiding.hide(settings[1], shared, folder)
    made = Twins(house(settings[0]), house(settings[1]), shared, hidden)
    yield made
    for one in made.both:
        one.app.extensions["signin"].get_bind().dispose()
    for name in names:
        drop(server, name)
    for name in ("truth", "rasters"):
        shutil.rmtree(server.settings.home / name, ignore_errors=True)
