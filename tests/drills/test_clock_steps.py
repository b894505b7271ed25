"""The clock of the program's machine steps: nobody is let in by it, nothing is dated by it, and who is refused is told why."""
import re
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import psycopg
import pytest
from passlib.totp import TOTP

from sitereg import audit, drafts, keeper
from sitereg.actors import Actor
from sitereg.errors import Denied
from sitereg.store import cluster, credentials, people, session
from tests import given
from tests.drills.table import drilled
from tests.web.conftest import PASSWORD
from web import create_app

pytestmark = pytest.mark.db
WORKER = Actor("worker", "local", "drill")
MINUTE, HOUR, DAY = 60, 3600, 86400
REAL, STANDARD = time.time, datetime


class Kind(type):
    """A moment of the real clock is a moment for whoever asks."""

    def __instancecheck__(cls, one):
        return isinstance(one, STANDARD)


@contextmanager
def stepped(by):
    """Within the block the program's clock is so many seconds ahead (or behind): time.time and every datetime.now of ours."""
    class Moved(STANDARD, metaclass=Kind):
        @classmethod
        def now(cls, tz=None):
            return STANDARD.fromtimestamp(REAL() + by, tz)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: REAL() + by)
        for name, module in list(sys.modules.items()):
            if name.split(".")[0] in ("sitereg", "web") and module.__dict__.get("datetime") is STANDARD:
                patch.setattr(module, "datetime", Moved)
        yield


def write(settings):
    with psycopg.connect(cluster.dsn(settings)) as raw:
        source = str(raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0])
    with session.acting(settings, WORKER) as opened:
        given.site(opened, given.kind("prison_central"), given.name("North"), given.place(36.2, 33.2), source=source)


def asked(settings, query, *values):
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        return raw.execute(query, values).fetchone()


def undated(settings):
    """No moment that stands anywhere is one of the stepped clock."""
    for table, column in (("reg.audit_event", "at"), ("reg.read_log", "at"), ("reg.checkpoint", "at"), ("signin.seat", "seen_at"),
                          ("signin.seat", "locked_at"), ("signin.attempt", "at"), ("reg.draft", "saved_at")):
        within = asked(settings, f"select coalesce(max({column}) <= clock_timestamp() and min({column}) > clock_timestamp() - interval"
                                 f" '1 hour', true) from {table}")[0]
        assert within, f"{table} was dated by the program's clock"


def test_steps_forward_and_back_date_nothing_and_let_nobody_in(committed):
    write(committed)
    for hours in (24 * 400, 1, -0.2):
        with stepped(hours * HOUR):
            write(committed)
    with stepped(-HOUR), pytest.raises(Denied):  # its announcement was over before it came
        write(committed)
    write(committed)
    undated(committed)
    assert audit.verify(committed).faults == []


class Office:
    """The web over a registry, one account with an app for codes, and somebody who sits there; each round steps the clock."""

    def __init__(self, settings):
        self.settings = settings
        with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
            people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
            for name in ("worker", "verifier"):
                credentials.accept(raw, account=name, email=f"{name}@test.invalid", password=PASSWORD)
        self.app = create_app(replace(settings, second_factor=("verifier",)))
        with session.acting(settings, WORKER) as opened:
            drafts.save(opened, DRAFT, "report", {"words": "half a sentence"})
        self.client = self.enter("worker")
        client = self.enter("verifier")
        page = client.get("/second/new").text
        self.code = TOTP(re.search(r'class="num key">([^<]+)<', page)[1].replace("-", ""))
        self.used = self.code.generate(REAL()).token
        assert client.post("/second/new", data={"csrf_token": token(page), "code": self.used}).status_code == 200

    def enter(self, name):
        client = self.app.test_client()
        page = client.get("/sign-in").text
        answer = client.post("/sign-in", data={"email": f"{name}@test.invalid", "password": PASSWORD, "csrf_token": token(page)})
        assert answer.status_code == 302, (name, answer.status_code)
        return client

    def again(self):
        """With the clock right one sits there, or signs in anew (a cookie of the future is none), and the draft is there."""
        if self.client.get("/me").status_code != 200:
            self.client = self.enter("worker")
            assert self.client.get("/me").status_code == 200
        with session.reading(self.settings, WORKER) as opened:
            assert drafts.shown(opened, DRAFT)["typed"] == {"words": "half a sentence"}

    def one_round(self, by, between):
        """A page, a change, a locked seat, a spent code, an ended token: with the clock stepped by `by`, then by `between` more."""
        behind = by < -14 * MINUTE
        locked = self.enter("worker")
        locked.post("/lock", data={"csrf_token": token(locked.get("/me").text)})
        for step in (by, by + between):
            with stepped(step):
                told = self.client.get("/me").status_code
                assert told in (200, 302, 303, 401, 403), (step, told)
                assert locked.get("/me").status_code != 200, "a step unlocked a seat"
                fresh = self.app.test_client()
                page = fresh.get("/sign-in").text
                answer = fresh.post("/sign-in", data={"email": "verifier@test.invalid", "password": PASSWORD, "csrf_token": token(page)})
                assert answer.status_code < 500
                if answer.status_code == 302 and (found := token(fresh.get("/second").text)):
                    fresh.post("/second", data={"csrf_token": found, "code": self.used})
                assert fresh.get("/desk", headers={"Accept": "application/json"}).status_code in (401, 403), "a spent code opened"
                try:
                    write(self.settings)
                except Denied:
                    behind = behind or step < -14 * MINUTE
                    assert step < -14 * MINUTE, "who is not behind is let in"
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(keeper, "BEAT", 0)
                    patch.setattr(keeper, "watching", lambda _settings: nothing())
                    if step > -14 * MINUTE:
                        keeper.run(self.settings, rounds=1)
        asked(self.settings, "delete from signin.attempt returning 1")
        self.again()
        undated(self.settings)
        return behind


DRAFT = "0f7c2a54-0000-4000-8000-00000000d1ce"


@contextmanager
def nothing():
    yield


def token(page):
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return found and found[1]


@pytest.fixture
def office(committed):
    made = Office(committed)
    yield made
    made.app.extensions["signin"].get_bind().dispose()


def test_between_two_requests_no_lock_opens_no_code_opens_twice_and_nothing_is_lost(office):
    for by, between in ((-10 * MINUTE, 20 * MINUTE), (9 * HOUR, -9 * HOUR - 60)):
        office.one_round(by, between)
    assert audit.verify(office.settings).faults == []


@pytest.mark.drill
def test_step_after_step(office):
    sizes = (1, 29, 31, MINUTE, 14 * MINUTE, 16 * MINUTE, HOUR, 9 * HOUR, DAY, 91 * DAY, 400 * DAY)
    with drilled("the program's clock steps between two requests (1 s to 400 days, both ways)", "no lock, spent code or token opened; seats,"
                 " drafts and keeper went on; nothing dated by it; chain sound") as row:
        for _ in row.rounds(60):
            by = row.dice.choice(sizes) * row.dice.choice((-1, 1))
            row.count("let nobody in" if office.one_round(by, row.dice.choice(sizes) * row.dice.choice((-1, 1))) else "went on")
        assert audit.verify(office.settings).faults == []
