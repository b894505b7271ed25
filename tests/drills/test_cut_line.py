"""The line to the database is cut: 503 within five seconds, and what was sent is there once or not at all, also if it is sent again."""
import random
import time
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest

from sitereg import audit, decisions
from sitereg import protection as guarding
from sitereg.actors import Actor
from sitereg.errors import Conflict, Unavailable
from sitereg.store import cluster, credentials, session
from tests import given
from tests.drills.cutting import Line
from tests.drills.table import drilled
from tests.sitereg.deciding import DAY
from tests.sitereg.entering import HEAD
from tests.web.conftest import PASSWORD, Visitor
from web import create_app

pytestmark = pytest.mark.db
WORKER = Actor("worker", "local", "drill")


@pytest.fixture
def line(committed):
    made = Line(committed)
    yield made
    session.close()
    made.close()


@pytest.fixture
def site(committed):
    return guarded(committed)


def guarded(settings):
    """A committed site with a measure."""
    with psycopg.connect(cluster.dsn(settings)) as raw:
        source = raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0]
    with session.acting(settings, WORKER) as opened:
        made = given.site(opened, given.kind("mass_grave"), given.place(36.5, 33.5), source=source)[0]
        guarding.record_measure(opened, made, "guard", reason="tonight", agent_kind="residents_or_committee")
    return made


def decide(settings, site, seen):
    with session.acting(settings, WORKER) as opened:
        return guarding.decide(opened, site, "protected", reason="guarded", observed_on=DAY, seen=seen, due=date.today() + timedelta(days=50))


def stands(settings, site):
    with psycopg.connect(cluster.dsn(settings)) as raw:
        return raw.execute("select (select version from reg.site where id = %s and face = 2), (select count(*) from reg.decision"
                           " where subject = %s and machine = 'protection')", [site, site]).fetchone()


@pytest.mark.parametrize(("when", "stored"), [("before", 0), ("after", 1)])
def test_what_was_sent_stands_once_or_not_at_all(committed, line, site, when, stored):
    seen, before = stands(committed, site)
    line.at_commit = when
    began = time.monotonic()
    with pytest.raises(Unavailable):
        decide(line.settings, site, seen)
    assert time.monotonic() - began < 5
    for _ in range(100):
        if stands(committed, site)[1] == before + stored:
            break
        time.sleep(0.05)
    assert stands(committed, site)[1] == before + stored
    line.mode = "open"
    session.close()
    if stored:
        with pytest.raises(Conflict):
            decide(line.settings, site, seen)
    else:
        assert isinstance(decide(line.settings, site, seen), decisions.Outcome)
    assert stands(committed, site)[1] == before + 1
    assert audit.verify(committed).faults == []


@pytest.fixture
def visitor(committed, line):
    """Somebody who sits before the web, whose database is at the other end of the line."""
    with psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        credentials.accept(raw, account="worker", email="worker@test.invalid", password=PASSWORD)
    app = create_app(replace(line.settings, second_factor=()))
    visitor = Visitor(app.test_client())
    answer = visitor.client.post("/sign-in", data={"email": "worker@test.invalid", "password": PASSWORD, "csrf_token": visitor.token()})
    assert answer.status_code == 302
    yield visitor
    app.extensions["signin"].get_bind().dispose()


@pytest.mark.parametrize("how", ["cut", "silent"])
def test_a_page_says_within_five_seconds_that_the_database_is_away(line, visitor, how):
    visitor.get("/sites")
    line.cut()
    line.mode = how
    for _ in range(2):
        began = time.monotonic()
        answer = visitor.client.get("/sites")
        assert (answer.status_code, "away or busy" in answer.text or "does not answer" in answer.text) == (503, True)
        assert time.monotonic() - began < 5
    line.mode = "open"
    session.close()
    visitor.get("/sites")


def send(visitor, token, once):
    """(status, where it leads, seconds) of a report that is sent under that number."""
    began = time.monotonic()
    answer = visitor.client.post("/enter/report", data={"csrf_token": token, **HEAD, "act": "send", "once": once, "words": "Lorries came"})
    return answer.status_code, answer.headers.get("Location"), time.monotonic() - began


def entries(settings, once):
    with psycopg.connect(cluster.dsn(settings)) as raw:
        return raw.execute("select count(*), count(distinct receipt), (select count(*) from reg.report) from reg.entry where once = %s",
                           [once]).fetchone()


def one_cut(settings, line, visitor, through, hard):
    """The line is cut after so many bytes of a sending, which is then sent again until it is answered.

    Answers (status of the first, tries until it was answered, the longest wait)."""
    token, once, before = visitor.token(), str(uuid4()), entries(settings, None)[2]
    line.hard, line.after = hard, through
    told = [send(visitor, token, once)]
    line.after, line.mode = None, "open"
    while len(told) < 40 and told[-1][0] != 303:
        told.append(send(visitor, token, once))
    assert {one[0] for one in told[:-1]} <= {503} and told[-1][0] == 303, told
    again = send(visitor, token, once)
    assert again[:2] == told[-1][:2], "the same number, the same receipt"
    held = entries(settings, once)
    assert (held[0], held[2]) == (1, before + 1), "it stands once"
    longest = max((took for status, _, took in told if status == 503), default=0)  # who is answered waits as long as the machine is busy
    assert longest < 5, told
    return told[0][0], len(told) - 1, longest


def weighed(line, visitor):
    """How many bytes go over the line while one report is sent."""
    token = visitor.token()
    line.after = 10**9
    assert send(visitor, token, str(uuid4()))[0] == 303
    weight, line.after = 10**9 - line.after, None
    return weight


def test_cut_in_the_middle_of_a_message_and_sent_again_it_stands_once(committed, line, visitor):
    weight, dice = weighed(line, visitor), random.Random(7)
    for hard in (False, True):
        one_cut(committed, line, visitor, dice.randrange(weight), hard)


@pytest.mark.drill
def test_cut_at_any_byte(committed, line, visitor):
    weight = weighed(line, visitor)
    with drilled("the line (TCP) is cut at a random byte of a sending", "503 or the receipt, within 5 s; sent again under its number it"
                 " stands once; chain sound") as row:
        for _ in row.rounds(300):
            first, tries, longest = one_cut(committed, line, visitor, row.dice.randrange(weight), row.dice.random() < 0.5)
            row.count("told 503" if first == 503 else "answered all the same")
            row.count("further tries that met an old connection", max(tries - 1, 0))
            row.most("longest wait for a 503", longest)
        assert audit.verify(committed).faults == []
