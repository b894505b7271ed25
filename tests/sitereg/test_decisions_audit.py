"""Every act leaves a sound chain: its rows hashed, its event last, the record recomputable."""
from datetime import date, timedelta

import pytest

from sitereg import decisions
from sitereg import protection as guarding
from sitereg.store import verification
from tests import given
from tests.sitereg import deciding
from tests.sitereg.deciding import DAY, GRAVE, event

pytestmark = pytest.mark.db


def faults(registry):
    with registry.dba() as raw:
        return {tuple(one.values()) for one in verification.faults_in(raw)}


def events(registry):
    with registry.dba() as raw:
        return [row[0] for row in raw.execute("select action from reg.audit_event order by seq")]


def test_a_life_of_a_site_and_a_person_leaves_no_fault(registry):
    before, count = faults(registry), len(events(registry))
    site = given.site(registry, given.kind(GRAVE), given.place(36.5, 33.5))[0]
    other, _, claims = given.site(registry, given.kind("prison_military"), given.kind(GRAVE), given.name("x"))
    visit = guarding.inspect(registry, site, visited_on=DAY, covered="all", negative=True)
    measure = guarding.record_measure(registry, site, "guard", reason="tonight", agent_kind="mukhtar")
    guarding.decide(registry, site, "protected", reason="guarded", observed_on=DAY,
                    due=date.today() + timedelta(days=9))
    harm = guarding.record_disturbance(registry, site, "looting", "severe",
                                       visit=visit["visit"])["disturbance"]
    guarding.end_disturbance(registry, harm, why="over", remedy="covered")
    guarding.set_measure(registry, measure, "removed", reason="went home")
    done = decisions.decide(registry, site, "verification", "refuted", aspect=GRAVE, reason="nothing",
                            basis=visit["claims"])
    with registry.as_("verifier"):
        decisions.refuse(registry, done.proposal, reason="too little was searched")
    done = decisions.decide(registry, site, "verification", "refuted", aspect=GRAVE, reason="nothing",
                            basis=visit["claims"])
    decisions.withdraw(registry, done.proposal, reason="later")
    parted = decisions.split(registry, other, [("the grave", claims[1:2])], reason="two places")
    with registry.as_("verifier"):
        decisions.approve(registry, parted.proposal)
    merged = decisions.merge(registry, site, other, reason="one place")
    with registry.as_("verifier"):
        decisions.approve(registry, merged.proposal)
    undone = decisions.annul(registry, decisions.history(registry, other, machine="merge")[0]["id"],
                             reason="a slip")
    with registry.as_("verifier"):
        decisions.approve(registry, undone.proposal)
    person = deciding.person(registry)
    heard = given.say(registry, person, event("contact_received"))
    decisions.choose(registry, site, given.say(registry, site, {"predicate": "building",
                                                                "value": {"code": "farm"}})[0], reason="seen")
    alive = decisions.decide(registry, person, "fate", "alive", reason="he telephoned", basis=heard)
    with registry.as_("verifier"):
        decisions.approve(registry, alive.proposal)
    assert faults(registry) - before == set()
    told = events(registry)[count:]
    assert [t for t in told if t not in ("record_claims", "new_source")] == [
        "record_visit", "record_measure", "decide", "record_disturbance", "end_disturbance", "decide",
        "propose", "refuse", "propose",
        "withdraw", "propose", "approve", "propose", "approve", "propose", "approve", "decide", "propose",
        "approve"]


def test_a_refused_act_leaves_nothing(registry):
    site = given.site(registry, given.kind(GRAVE))[0]
    told, before = events(registry), faults(registry)
    assert deciding.refusal(registry, lambda: decisions.decide(registry, site, "protection", "protected",
                                                               reason="x", observed_on=DAY))
    assert events(registry) == told and faults(registry) == before
