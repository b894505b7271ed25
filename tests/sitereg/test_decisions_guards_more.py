"""What satisfies the guards of protection and of persons, and what does not."""
from datetime import date, timedelta

import pytest

from sitereg import protection as guarding
from tests import given
from tests.sitereg import deciding
from tests.sitereg.deciding import DAY, GRAVE, activity, event, lacks, put, remains, source

pytestmark = pytest.mark.db


@pytest.fixture
def site(registry):
    return given.site(registry, given.name("a place"))[0]


def test_protected_needs_somebody_who_answers_and_a_review_within_a_year(registry, site):
    def i14(days=100):
        due = None if days is None else date.today() + timedelta(days=days)
        return lacks(registry, "i14_protected", site, machine="protection", due=due)
    assert "measure" in i14()
    measure = guarding.record_measure(registry, site, "guard", reason="tonight")
    assert "answers" in i14()
    authority = registry.call("find_authority", names=given.Json({"en": "residents of a village"}),
                              kind="residents_or_committee")
    given.say(registry, site, {"predicate": "authority", "object": str(authority),
                               "value": {"role": "responsible_for_protection"}})
    assert i14() is None
    assert all("review" in i14(days) for days in (None, 0, -1, 367))
    guarding.set_measure(registry, measure, "removed", reason="went home")
    assert "measure" in i14()


def test_an_agent_of_an_active_measure_answers_for_the_protection(registry, site):
    guarding.record_measure(registry, site, "watch_by_residents", reason="by night",
                            agent_kind="residents_or_committee")
    assert lacks(registry, "i14_protected", site, machine="protection",
                 due=date.today() + timedelta(days=30)) is None


def test_damage_is_assessed_after_the_disturbance_and_each_one_has_its_remedy(registry, site):
    def lacking():
        return lacks(registry, "damage_assessed_remedy", site, machine="protection")
    early = guarding.inspect(registry, site, visited_on=DAY - timedelta(days=30), damage_assessed=True)
    harm = guarding.record_disturbance(registry, site, "looting", "severe", observed=DAY,
                                       visit=early["visit"])["disturbance"]
    assert "remedy" in lacking()
    guarding.end_disturbance(registry, harm, why="they went away")
    assert "remedy" in lacking()
    second = guarding.record_disturbance(registry, site, "fire", "moderate", observed=DAY,
                                         visit=early["visit"])["disturbance"]
    guarding.end_disturbance(registry, second, why="burnt out", remedy="debris covered")
    assert "remedy" in lacking()


def test_a_remote_review_after_the_disturbance_counts(registry, site):
    early = guarding.inspect(registry, site, visited_on=DAY - timedelta(days=30), damage_assessed=True)
    harm = guarding.record_disturbance(registry, site, "looting", "severe", observed=DAY,
                                       visit=early["visit"])["disturbance"]
    guarding.end_disturbance(registry, harm, why="over", remedy="backfilled")
    assert "after the disturbance" in lacks(registry, "damage_assessed_remedy", site, machine="protection")
    guarding.inspect(registry, site, visited_on=DAY + timedelta(days=3), method="imagery",
                     damage_assessed=True)
    assert lacks(registry, "damage_assessed_remedy", site, machine="protection") is None


def test_where_the_remains_are_now_may_be_a_relation_or_unknown(registry, site):
    claim = given.say(registry, site, remains("all_removed"))
    assert lacks(registry, "remains_removed_where_now", site, claim, machine="protection")
    assert lacks(registry, "remains_removed_where_now", site, claim, machine="protection",
                 value={"where_now": "unknown"}) is None
    other = given.site(registry, given.kind("cemetery"))[0]
    given.say(registry, site, {"predicate": "relation", "value": {"kind": "remains_moved_to"},
                               "object": str(other)})
    assert lacks(registry, "remains_removed_where_now", site, claim, machine="protection") is None


def test_a_memorial_ends_protection_as_a_complete_recovery_with_handover_does(registry, site):
    memorial = given.say(registry, site, activity("memorialised"))
    assert lacks(registry, "recovery_complete_handover", site, memorial, machine="protection") is None
    whole = given.say(registry, site, activity("recovery_complete"))
    assert lacks(registry, "recovery_complete_handover", site, whole, machine="protection")


def dead(registry, person, basis, **value):
    return lacks(registry, "dead_basis", person, basis, machine="fate", value=value)


def test_dead_needs_identified_remains_or_a_witness_with_the_familys_decision(registry):
    person = deciding.person(registry)
    witness = given.say(registry, person, event("died_witnessed", "2014-05-01", first_hand=True),
                        source=source(registry, "C", "testimony_survivor"))
    family = given.say(registry, person, event("contact_received"), source=source(registry, "B",
                                                                                  "testimony_family"))
    assert dead(registry, person, witness + family)
    assert dead(registry, person, witness + family, family_decision=str(family[0])) is None
    assert dead(registry, person, witness, family_decision=str(family[0]))
    assert dead(registry, person, witness + family, family_decision=str(witness[0]))
    hearsay = given.say(registry, person, event("died_witnessed", "2014-05-01", first_hand=False))
    assert dead(registry, person, hearsay + family, family_decision=str(family[0]))
    found = given.say(registry, person, event("remains_identified"), source=source(registry, "A",
                                                                                   "medical_forensic_record"))
    assert dead(registry, person, found) is None


@pytest.mark.parametrize("notice", ["death_notice_issued", "death_registered", "appeared_in_record",
                                    "body_photographed"])
def test_notices_and_lists_never_make_anybody_dead(registry, notice):
    person = deciding.person(registry)
    claims = given.say(registry, person, event(notice, "2018-07-01", first_hand=True),
                       source=source(registry, "A", "official_record"))
    family = given.say(registry, person, event("arrested"), source=source(registry, "B", "testimony_family"))
    assert dead(registry, person, claims + family, family_decision=str(family[0]))
    assert lacks(registry, "identified_remains", person, claims, machine="case")


@pytest.mark.parametrize(("at", "grade", "stands_in_the_way"), [
    ("2016-01-01", "B", True), ("2016-01-01", "D", True), ("2016-01-01", "F", False), ("2013-01-01", "B",
                                                                                       False)])
def test_a_later_sign_of_life_blocks(registry, at, grade, stands_in_the_way):
    person = deciding.person(registry)
    death = given.say(registry, person, event("died_witnessed", "2014-05-01"))
    life = given.say(registry, person, event("seen_by_exdetainee", at), source=source(registry, grade))
    assert (lacks(registry, "alive_conflict", person, death, machine="fate") is not None) is stands_in_the_way
    registry.call("end_claim", claim=life[0], why="another man of that name")
    assert lacks(registry, "alive_conflict", person, death, machine="fate") is None


def test_levels_of_kinds_that_are_hidden_serve_and_hinder_no_guard(registry, site):
    def told(guard, who):
        with registry.as_(who), registry.dba() as raw:
            return raw.execute(f"select api._guard_{guard}(api._context(%s, 'protection', '', '', '', 'for the tests', '{{}}', '{{}}', null, %s))",
                               [site, DAY]).fetchone()[0]
    put(registry, site, "protection", "unassessed", age=timedelta(days=9))
    given.say(registry, site, {**given.kind(GRAVE), "tier": 2})
    put(registry, site, "verification", "suspected", aspect=GRAVE)
    assert told("assessed", "worker") is None and told("kind_changed", "worker") is None
    for who in ("officer1", "investigator1"):
        assert "One of its kinds must be" in told("assessed", who) and "must have become" in told("kind_changed", who)
    given.say(registry, site, given.kind("court"))
    put(registry, site, "verification", "refuted", aspect="court")
    assert told("refuted_or_merged", "officer1") is None and "Every kind" in told("refuted_or_merged", "worker")
