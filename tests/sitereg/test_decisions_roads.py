"""Proposing, approving, refusing, withdrawing, annulling, choosing; who may, what waits, what is stale."""
from datetime import date, timedelta

import psycopg
import pytest

from sitereg import decisions, errors
from sitereg import protection as guarding
from tests import given
from tests.sitereg import deciding
from tests.sitereg.deciding import DAY, GRAVE, placed_grave, propose, put, shown, state, unprotect, version
from tests.sitereg.publishing import published

pytestmark = pytest.mark.db


@pytest.fixture
def site(registry):
    return placed_grave(registry)


def test_a_decision_is_what_the_record_shows_in_every_face(registry, site):
    assert shown(registry, site) == ("suspected", "unassessed")
    before = version(registry, site)
    done = unprotect(registry, site, seen=before)
    assert done.state == "decided" and done.version == before + 1 == version(registry, site)
    assert shown(registry, site) == shown(registry, site, 1) == ("suspected", "unprotected")


def test_nobody_types_a_status_into_a_record_nor_changes_a_decision(registry, site):
    done = propose(registry, site)
    with registry.as_("verifier"):
        decisions.approve(registry, done.proposal)
    with pytest.raises(errors.Denied), registry.savepoint():
        registry.connection.execute("update reg.site set protection = 'protected'")
    with registry.dba() as raw:
        for change in ("update reg.decision set to_state = 'protected'", "delete from reg.decision",
                       "delete from reg.proposal_end",
                       "update reg.approval set agrees = true", "truncate reg.decision cascade"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute(change)


def test_history_has_no_gap_and_its_moments_only_go_forward(registry, site):
    put(registry, site, "protection", "unprotected",
        age=timedelta(days=-2))  # recorded by a clock that ran ahead
    guarding.record_measure(registry, site, "guard", reason="x", agent_kind="residents_or_committee")
    decisions.decide(registry, site, "protection", "partially_protected", reason="a guard stands there")
    decisions.decide(registry, site, "protection", "protected", reason="and at night",
                     due=date.today() + timedelta(days=9))
    told = decisions.history(registry, site, machine="protection")[::-1]
    assert [(t["seq"], t["from_state"], t["to_state"]) for t in told] == [
        (1, "unassessed", "unprotected"), (2, "unprotected", "partially_protected"), (3,
                                                                                      "partially_protected",
                                                                                      "protected")]
    assert told[0]["decided_at"] < told[1]["decided_at"] < told[2]["decided_at"]


def test_what_was_seen_on_monday_may_be_entered_on_friday_but_not_before_it_is_seen(registry, site):
    unprotect(registry, site)
    assert decisions.history(registry, site, machine="protection")[0]["observed_on"] == DAY
    with pytest.raises(errors.BadInput) as said, registry.savepoint():
        decisions.decide(registry, site, "protection", "compromised", reason="x",
                         observed_on=date.today() + timedelta(days=2))
    assert said.value.problems[0]["code"] == "future_date"


@pytest.mark.parametrize("reason", ["", "   ", None])
def test_every_decision_has_a_reason(registry, site, reason):
    with pytest.raises(errors.BadInput) as said:
        decisions.decide(registry, site, "protection", "unprotected", reason=reason, observed_on=DAY)
    assert said.value.problems[0]["field"] == "reason"


def test_a_stale_version_says_what_changed(registry, site):
    seen = version(registry, site)
    with registry.as_("officer"):
        unprotect(registry, site, seen=seen)
    with pytest.raises(errors.Conflict) as said, registry.savepoint():
        decisions.decide(registry, site, "protection", "not_applicable", reason="x", observed_on=DAY,
                         seen=seen)
    changed = {c["field"]: c for c in said.value.changed}
    assert (changed["version"]["was"], changed["version"]["now"]) == (seen, seen + 1)
    assert (changed["protection"]["was"], changed["protection"]["now"],
            changed["protection"]["by"]) == ("unassessed", "unprotected", "Officer")
    assert state(registry, site, "protection") == "unprotected"


def test_a_stale_version_tells_nothing_that_its_reader_may_not_see(registry, site):
    given.say(registry, site, {"predicate": "building", "value": {"code": "farm"}, "tier": 2})
    unprotect(registry, site)
    with registry.as_("officer1"), pytest.raises(errors.Conflict) as said, registry.savepoint():
        unprotect(registry, site, seen=99)
    assert "building" not in str(said.value.changed) and "protection" in str(said.value.changed)


def test_what_changed_in_a_higher_face_makes_nobody_below_stale(registry, site):
    with registry.dba() as raw:
        seen = raw.execute("select version from reg.site where id = %s and face = 1", [site]).fetchone()[0]
    given.say(registry, site, {"predicate": "building", "value": {"code": "farm"}, "tier": 2})
    with registry.as_("officer1"):
        assert unprotect(registry, site, seen=seen).state == "decided"


def test_hidden_and_absent_subjects_are_the_same_404(registry):
    hidden = given.site(registry, given.kind(GRAVE), given.place(36.5, 33.5), tier=2)[0]
    done = propose(registry, hidden)
    absent = done.proposal
    with registry.as_("officer1"):
        for one in (hidden, absent):
            with pytest.raises(errors.NotFound), registry.savepoint():
                unprotect(registry, one)
            with pytest.raises(errors.NotFound), registry.savepoint():
                decisions.options(registry, one, "protection")
    with registry.as_("verifier1"):
        with pytest.raises(errors.NotFound), registry.savepoint():
            decisions.approve(registry, done.proposal)
        assert decisions.waiting(registry) == []
    with registry.as_("verifier"):
        assert [w["id"] for w in decisions.waiting(registry, hidden)] == [done.proposal]


@pytest.mark.parametrize(("who", "machine", "to"), [("officer", "verification", "probable"),
                                                    ("investigator1", "protection", "unprotected"),
                                                    ("verifier", "verification", "probable"), ("viewer",
                                                                                               "protection",
                                                                                               "unprotected")])
def test_roles_are_asked_before_the_object(registry, site, who, machine, to):
    hidden = given.site(registry, given.kind(GRAVE), tier=2)[0]
    with registry.as_(who):
        for one in (site, hidden, registry.connection.execute("select gen_random_uuid()").fetchone()[0]):
            with pytest.raises(errors.Denied), registry.savepoint():
                decisions.decide(registry, one, machine, to,
                                 aspect=GRAVE if machine == "verification" else "", reason="x")


def test_values_that_the_registry_writes_itself_are_not_taken(registry, site):
    with pytest.raises(errors.BadInput):
        decisions.decide(registry, site, "protection", "unprotected", reason="x", observed_on=DAY,
                         value={"annuls": str(site)})


@pytest.mark.parametrize(("machine", "aspect"), [("verification", "no_such_kind"), ("case", ""),
                                                 ("protection", "x"), ("merge", ""), ("spells", "")])
def test_a_machine_speaks_of_its_own_things_only(registry, site, machine, aspect):
    with pytest.raises(errors.BadInput):
        decisions.decide(registry, site, machine, "open_missing", aspect=aspect, reason="x")


def test_a_clearance_with_an_area_acts_inside_it_only(registry, site):
    with registry.dba() as raw:
        raw.execute("update reg.clearance set area = st_setsrid(st_makebox2d(st_point(38, 35), st_point(39, 36)), 4326)"
                    " where account = (select id from reg.account where name = 'officer')")
    with registry.as_("officer"):
        assert deciding.refusal(registry, lambda: unprotect(registry, site)).guard == "area"
        assert decisions.history(registry, site) != []
    with registry.dba() as raw:
        raw.execute("update reg.clearance set area = st_setsrid(st_makebox2d(st_point(36, 33), st_point(37, 34)), 4326)"
                    " where account = (select id from reg.account where name = 'officer')")
    with registry.as_("officer"):
        assert unprotect(registry, site).state == "decided"


def test_options_read_the_guards_backwards(registry, site):
    found = {o["to_state"]: o for o in decisions.options(registry, site, "protection", observed_on=DAY)}
    assert found["unprotected"]["lacking"] == [] and found["unprotected"]["may"]
    assert [lack["guard"] for lack in found["protected"]["lacking"]] == ["i14_protected"]
    assert found["destroyed"]["approvals"] == 1
    levels = {o["to_state"]: o for o in decisions.options(registry, site, "verification", aspect=GRAVE)}
    assert set(levels) == {"probable", "confirmed", "inconclusive", "refuted"}
    assert "two independent origins" in levels["probable"]["lacking"][0]["needs"]
    with registry.as_("officer"):
        assert not decisions.options(registry, site, "verification", aspect=GRAVE)[0]["may"]


def test_below_the_exact_place_a_reason_loses_its_coordinates_and_face_0_is_told_of_no_decision(registry):
    site = given.site(registry, given.kind(GRAVE), given.place(36.5, 33.5), exact_tier=2)[0]
    decisions.decide(registry, site, "protection", "unprotected", reason="seen at 33.51234, 36.29123",
                     observed_on=DAY)
    with registry.as_("officer1"):
        told = decisions.history(registry, site, machine="protection")[0]
        assert "33.5" not in told["reason"] and told["reason"].startswith("seen at") and told["proposed_by"] == "Worker"
    open_site = published(registry, kind="archive")[0]
    decisions.decide(registry, open_site, "protection", "unprotected", reason="seen", observed_on=DAY)
    with registry.as_("viewer"):
        assert decisions.history(registry, open_site) == [] and decisions.waiting(registry) == []
