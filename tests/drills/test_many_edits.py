"""Two hundred change the same record at once: one is taken, the others are told what changed, and none is lost or taken twice."""
import random
import threading
import time
from collections import Counter
from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest

from sitereg import audit, decisions, entering, inquiries, protection, reports
from sitereg.actors import Actor
from sitereg.errors import Conflict, SiteregError, Unavailable
from sitereg.store import cluster, session
from tests import given
from tests.drills.table import drilled
from tests.drills.test_cut_line import decide, guarded, site, stands
from tests.sitereg.deciding import DAY
from tests.sitereg.entering import HEAD

pytestmark = pytest.mark.db
MANY = 200
SOON = date.today() + timedelta(days=30)
__all__ = ["site"]  # the fixture


def acting(settings, name="worker"):
    return session.acting(settings, Actor(name, "local", "drill"))


def count(settings, query, *values):
    with psycopg.connect(cluster.dsn(settings)) as raw:
        return raw.execute(query, values).fetchone()[0]


class Protection:
    """The protection of one site, looked at in one version."""

    name, taken = "protection", 1

    def __init__(self, settings, site):
        self.settings, self.site = settings, site
        self.seen, self.before = stands(settings, site)

    def edit(self, _number):
        return decide(self.settings, self.site, self.seen)

    def whole(self):
        now, decided = stands(self.settings, self.site)
        assert decided == self.before + 1 and now > self.seen


class Steps:
    """The next step of an inquiry: each writes its own words."""

    name, taken = "inquiry", 1

    def __init__(self, settings, site):
        self.settings = settings
        with acting(settings) as opened:
            self.inquiry = inquiries.open_(opened, site, "Who has the key?", due=SOON)

    def edit(self, number):
        with acting(self.settings) as opened:
            return inquiries.step(opened, self.inquiry, f"Asked neighbour {number}", result="no_answer", seen=0)

    def whole(self):
        assert count(self.settings, "select count(*) from reg.inquiry_step where inquiry = %s", self.inquiry) == 1


class Sorting:
    """One report on the desk, closed by two hundred colleagues."""

    name, taken = "report", 1

    def __init__(self, settings, _site):
        self.settings = settings
        with acting(settings) as opened:
            self.report = reports.record(opened, "Two lorries came at night.", terms=given.TERMS)

    def edit(self, number):
        with acting(self.settings) as opened:
            reports.sort(opened, self.report, "closed", why=f"withdrawn, said colleague {number}", seen="new")

    def whole(self):
        assert count(self.settings, "select count(*) from reg.report_step where report = %s and state = 'closed'", self.report) == 1


class Approving:
    """One proposal, approved by two verifiers who press again and again."""

    name, taken = "approval", 1

    def __init__(self, settings, site):
        self.settings = settings
        with acting(settings) as opened:
            source = str(count(settings, "select id from reg.source where label->>'en' = 'source B'"))
            other = given.site(opened, given.kind("mass_grave"), given.place(36.4, 33.4), source=source)[0]
            basis = nothing_found(opened, other)
            self.proposal = decisions.decide(opened, other, "verification", "refuted", aspect="mass_grave", reason="nothing there",
                                             basis=basis).proposal

    def edit(self, number):
        with acting(self.settings, ("verifier", "verifier2")[number % 2]) as opened:
            return decisions.approve(opened, self.proposal)

    def whole(self):
        assert count(self.settings, "select count(*) from reg.decision where proposal = %s", self.proposal) == 1


class Sheet:
    """The same sheet sent two hundred times under its number: written once, and all are told the same receipt."""

    name, taken = "sheet", MANY

    def __init__(self, settings, _site):
        self.settings, self.once, self.receipts = settings, uuid4(), set()

    def edit(self, _number):
        with acting(self.settings) as opened:
            typed = {**HEAD, "words": "Lorries came at night"}
            made = entering.write(opened, entering.read(opened, "report", typed, once=self.once))
        self.receipts.add(made.receipt)

    def whole(self):
        assert len(self.receipts) == 1
        assert count(self.settings, "select count(*) from reg.entry where once = %s", self.once) == 1


def nothing_found(opened, where):
    return protection.inspect(opened, where, visited_on=DAY, covered="all", negative=True)["claims"]


KINDS = (Protection, Steps, Sorting, Approving, Sheet)


def one_round(settings, kind, where, many=MANY, dice=None):
    """So many at once, or each after a pause of its own; answers (what was told, the longest wait)."""
    work, gate = kind(settings, where), threading.Barrier(many)
    told, waits = [], [dice.uniform(0, 0.3) if dice else 0 for _ in range(many)]

    def edit(number):
        gate.wait(60)
        time.sleep(waits[number])
        began = time.monotonic()
        try:
            work.edit(number)
            said = "taken"
        except Conflict as error:
            assert error.changed, "a 409 that does not say what changed"
            said = "Conflict"
        except SiteregError as error:
            said = type(error).__name__
        except Exception as error:  # what no door could say in words is told in the assertion
            said = repr(error)
        told.append((said, time.monotonic() - began))

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(many)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    counted = Counter(said for said, _ in told)
    assert sum(counted.values()) == many, "somebody was told nothing"
    assert 1 <= counted["taken"] <= kind.taken, (kind.name, counted)
    assert set(counted) <= {"taken", Conflict.__name__, Unavailable.__name__}, (kind.name, counted)
    work.whole()
    return counted, max(took for _, took in told)


def test_two_hundred_at_once(committed, site):
    assert one_round(committed, Protection, site)[0]["Conflict"] > 0
    assert audit.verify(committed).faults == []


@pytest.mark.parametrize("kind", KINDS[1:], ids=lambda one: one.name)
def test_thirty_at_once_whatever_they_change(committed, site, kind):
    one_round(committed, kind, site, 30, random.Random(1))


@pytest.mark.drill
def test_over_and_over(committed):
    with drilled("200 change one record at once", "one was taken, each 409 said what changed, a sheet stands once; chain sound") as line:
        for number in line.rounds(50):
            kind = KINDS[number % len(KINDS)]
            counted, longest = one_round(committed, kind, guarded(committed), dice=line.dice if number % 2 else None)
            for said, many in counted.items():
                line.count({"Conflict": "told 409", "Unavailable": "told 503"}.get(said, said), many)
            line.most("longest wait", longest)
        assert audit.verify(committed).faults == []
