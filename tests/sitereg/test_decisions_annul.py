"""The last decision falls, the state before it holds again; a value chosen among contradicting claims."""
from datetime import date, timedelta

import pytest

from sitereg import decisions, errors
from sitereg import protection as guarding
from tests import given
from tests.sitereg import deciding
from tests.sitereg.deciding import DAY, GRAVE, put, state

pytestmark = pytest.mark.db


@pytest.fixture
def protected(registry):
    """A site that is protected until a day, with the decision that said so."""
    site = given.site(registry, given.kind(GRAVE), given.place(36.5, 33.5))[0]
    guarding.record_measure(registry, site, "guard", reason="tonight", agent_kind="residents_or_committee")
    done = guarding.decide(registry, site, "protected", reason="a guard stands", observed_on=DAY,
                           due=date.today() + timedelta(days=99))
    return site, done.decision


def annul(registry, decision, by="verifier"):
    proposed = decisions.annul(registry, decision, reason="entered for the wrong place")
    with registry.as_(by):
        return decisions.approve(registry, proposed.proposal)


def test_annulment_restores_the_state_with_its_review_day_and_can_itself_be_annulled(registry, protected):
    site, first = protected
    visit = guarding.inspect(registry, site, visited_on=DAY)["visit"]
    guarding.record_disturbance(registry, site, "looting", "severe", visit=visit)
    assert state(registry, site, "protection") == "compromised"
    second = decisions.history(registry, site, machine="protection")[0]
    undone = annul(registry, second["id"])
    last = decisions.history(registry, site, machine="protection")[0]
    assert (last["id"], last["from_state"], last["to_state"], last["annuls"]) == (undone.decision,
                                                                                  "compromised", "protected",
                                                                                  second["id"])
    assert last["due"] == date.today() + timedelta(days=99)
    assert decisions.history(registry, site, machine="protection")[1]["annulled"]
    annul(registry, last["id"])
    assert state(registry, site, "protection") == "compromised"
    assert first not in [h["annuls"] for h in decisions.history(registry, site)]


def test_annulment_needs_another_pair_of_eyes(registry, protected):
    site, decision = protected
    done = decisions.annul(registry, decision, reason="a slip")
    assert done.state == "proposed" and state(registry, site, "protection") == "protected"
    with registry.as_("officer"), pytest.raises(errors.Denied), registry.savepoint():
        decisions.approve(registry, done.proposal)
    with registry.as_("verifier"):
        decisions.approve(registry, done.proposal)
    assert state(registry, site, "protection") == "unassessed"


def test_only_the_last_decision_of_its_kind_is_annulled(registry, protected):
    site, decision = protected
    put(registry, site, "protection", "unprotected")
    assert deciding.refusal(registry, lambda: decisions.annul(registry, decision,
                                                              reason="x")).guard == "last_decision"


def test_a_decision_taken_meanwhile_makes_an_annulment_stale(registry, protected):
    site, decision = protected
    done = decisions.annul(registry, decision, reason="a slip")
    decisions.decide(registry, site, "protection", "partially_protected", reason="only one side")
    with registry.as_("verifier"), pytest.raises(errors.Conflict), registry.savepoint():
        decisions.approve(registry, done.proposal)


def test_a_first_level_goes_with_its_claim(registry):
    site = given.site(registry, given.kind(GRAVE, credibility="6"))[0]
    first = decisions.history(registry, site, machine="verification")[0]
    assert deciding.refusal(registry, lambda: decisions.annul(registry, first["id"],
                                                              reason="x")).guard == "first_decision"


def test_the_rule_does_not_raise_again_what_people_annulled(registry):
    site = given.site(registry, given.kind(GRAVE), given.place(36.5, 33.5))[0]
    raised = decisions.history(registry, site, machine="verification")[0]
    assert (raised["to_state"], raised["how"]) == ("suspected", "rule")
    annul(registry, raised["id"])
    given.say(registry, site, given.kind(GRAVE))
    assert state(registry, site, "verification", GRAVE) == "reported"


def buildings(registry):
    site, _, claims = given.site(registry, given.kind("prison_military"), {"predicate": "building",
                                                                           "value": {"code": "school"},
                                                                           "credibility": "3"})
    other = given.say(registry, site, {"predicate": "building", "value": {"code": "farm"}},
                      source=deciding.source(registry, "D"))[0]
    return site, claims[1], other


def building(registry, site):
    with registry.dba() as raw:
        return raw.execute("select building from reg.site where id = %s and face = 2", [site]).fetchone()[0]


def test_a_chosen_value_wins_as_long_as_its_claim_lives(registry):
    site, school, farm = buildings(registry)
    assert building(registry, site) == "school"
    done = decisions.choose(registry, site, farm, reason="the farmer showed the deed", aspect="building")
    assert done.state == "decided" and building(registry, site) == "farm"
    decisions.choose(registry, site, school, reason="the deed was of another plot")
    assert building(registry, site) == "school"
    annul(registry, decisions.history(registry, site, machine="chosen_value")[0]["id"])
    assert building(registry, site) == "farm"
    registry.call("end_claim", claim=farm, why="retracted")
    assert building(registry, site) == "school"


def test_only_a_live_claim_of_that_subject_and_aspect_is_chosen(registry):
    site, _school, farm = buildings(registry)
    elsewhere = buildings(registry)[2]
    for claim, aspect in ((elsewhere, None), (farm, "current_use")):
        with pytest.raises(errors.BadInput), registry.savepoint():
            decisions.choose(registry, site, claim, aspect=aspect, reason="x")
    registry.call("end_claim", claim=farm, why="retracted")
    with pytest.raises(errors.BadInput):
        decisions.choose(registry, site, farm, reason="x")
