"""Proposals: who approves, on whose rows, what waits, what is refused, withdrawn or stale."""

import psycopg
import pytest

from sitereg import decisions, errors
from sitereg import protection as guarding
from tests import given
from tests.sitereg import deciding
from tests.sitereg.deciding import DAY, GRAVE, placed_grave, propose, put, shown, state

pytestmark = pytest.mark.db


@pytest.fixture
def site(registry):
    return placed_grave(registry)


def test_a_proposal_waits_and_changes_nothing(registry, site):
    before = shown(registry, site)
    done = propose(registry, site)
    assert done.state == "proposed" and done.approvals_needed == 1 and shown(registry, site) == before
    row = decisions.waiting(registry, site)[0]
    assert (row["from_state"], row["to_state"], row["mine"], row["may_approve"]) == ("suspected", "refuted",
                                                                                     True, False)
    with registry.as_("verifier"):
        assert decisions.waiting(registry, site)[0]["may_approve"]
        assert decisions.approve(registry, done.proposal).state == "decided"
        assert decisions.waiting(registry, site) == []
    assert shown(registry, site)[0] == "refuted"


def test_only_one_proposal_of_a_kind_waits(registry, site):
    propose(registry, site)
    with pytest.raises(errors.Conflict), registry.savepoint():
        propose(registry, site)


def test_no_decision_is_approved_by_its_proposer_or_twice_by_one(registry, site):
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = roles || '{verifier}' where account = (select id from reg.account where name = 'worker')")
    done = propose(registry, site)
    assert deciding.refusal(registry, lambda: decisions.approve(registry, done.proposal)).guard == "four_eyes"
    decisions.withdraw(registry, done.proposal, reason="another road is taken")
    put(registry, site, "verification", "confirmed", aspect=GRAVE)
    expert = given.say(registry, site, deciding.remains("unknown"), source=deciding.source(registry,
                                                                                           connection="expert"))
    two = decisions.decide(registry, site, "verification", "refuted", aspect=GRAVE, reason="animal remains",
                           basis=expert)
    assert two.approvals_needed == 2
    with registry.as_("verifier"):
        assert decisions.approve(registry, two.proposal).state == "waiting"
        assert deciding.refusal(registry, lambda: decisions.approve(registry,
                                                                    two.proposal)).guard == "four_eyes"
        assert state(registry, site, "verification", GRAVE) == "confirmed"
    with registry.as_("verifier2"):
        assert decisions.approve(registry, two.proposal).state == "decided"


def test_four_eyes_are_two_people_at_the_computer_outside_the_demo(registry, site):
    done = propose(registry, site)
    with registry.dba() as raw:
        raw.execute("update reg.account set os_user = 'os_worker' where name = 'verifier'")
    with registry.as_("verifier"):
        assert deciding.refusal(registry, lambda: decisions.approve(registry,
                                                                    done.proposal)).guard == "four_eyes"
        assert not decisions.waiting(registry, site)[0]["may_approve"]
    with registry.dba() as raw:
        raw.execute("update reg.account set demo = true where name in ('verifier', 'worker')")
    with registry.as_("verifier"):
        assert decisions.approve(registry, done.proposal).state == "decided"


def test_even_underneath_nobody_approves_his_own(registry, site):
    with registry.dba() as raw, pytest.raises(psycopg.errors.CheckViolation), raw.transaction():
        raw.execute("insert into reg.decision(id, subject, machine, seq, from_state, to_state, reason, proposed_by, approved_by, tier, recorded_by,"
                    " event, digest) select reg.new_id(), %s, 'fate', 1, 'a', 'b', 'x', a.id, array[a.id], 1, a.id, a.id, '' from reg.account a where a.name = 'worker'", [site])


def test_each_approver_is_asked_on_his_own_rows(registry, site):
    claim = given.say(registry, site, {"predicate": "remains_state", "value": {"code": "in_place"},
                                       "tier": 2},
                      source=deciding.source(registry, kind="medical_forensic_record"))
    put(registry, site, "verification", "probable", aspect=GRAVE)
    done = decisions.decide(registry, site, "verification", "confirmed", aspect=GRAVE,
                            reason="the laboratory saw them", basis=claim)
    with registry.as_("verifier1"):
        assert decisions.waiting(registry, site)[0]["basis"] == []
        assert deciding.refusal(registry, lambda: decisions.approve(registry,
                                                                    done.proposal)).guard == "confirmed_basis"
    with registry.as_("verifier"):
        assert decisions.waiting(registry, site)[0]["basis"] == claim
        assert decisions.approve(registry, done.proposal).state == "decided"
    with registry.as_("verifier1"):
        assert decisions.history(registry, site, machine="verification")[0]["basis"] == []


def test_what_was_retracted_meanwhile_cannot_be_approved(registry, site):
    done = propose(registry, site)
    registry.call("end_claim", claim=decisions.waiting(registry, site)[0]["basis"][0], why="the wrong plot")
    with registry.as_("verifier"):
        assert deciding.refusal(registry, lambda: decisions.approve(registry,
                                                                    done.proposal)).guard == "negative_or_contrary"


def test_a_proposal_whose_state_has_moved_is_stale(registry, site):
    done = propose(registry, site)
    put(registry, site, "verification", "suspected", aspect=GRAVE)
    claims = guarding.inspect(registry, site, visited_on=DAY, covered="the plot")["claims"]
    decisions.decide(registry, site, "verification", "inconclusive", aspect=GRAVE,
                     reason="nothing to be seen", basis=claims)
    assert decisions.waiting(registry, site) == []
    with registry.as_("verifier"), pytest.raises(errors.Conflict) as said, registry.savepoint():
        decisions.approve(registry, done.proposal)
    assert {"field": "proposal", "was": "open", "now": "stale"} in said.value.changed
    assert {"field": "verification", "was": "suspected", "now": "inconclusive"} in said.value.changed


def test_a_proposal_is_refused_with_a_reason_or_withdrawn_by_its_maker(registry, site):
    done = propose(registry, site)
    with registry.as_("verifier"):
        with pytest.raises(errors.BadInput), registry.savepoint():
            decisions.refuse(registry, done.proposal, reason=" ")
        assert deciding.refusal(registry, lambda: decisions.withdraw(registry, done.proposal,
                                                                     reason="no")).guard == "proposer"
        assert decisions.refuse(registry, done.proposal, reason="covered too little").state == "refused"
        with pytest.raises(errors.Conflict), registry.savepoint():
            decisions.approve(registry, done.proposal)
    again = propose(registry, site)
    decisions.withdraw(registry, again.proposal, reason="on second thoughts")
    assert decisions.waiting(registry, site) == [] and shown(registry, site)[0] == "suspected"


def test_only_verifiers_approve(registry, site):
    done = propose(registry, site)
    for who in ("officer", "handler"):
        with registry.as_(who), pytest.raises(errors.Denied), registry.savepoint():
            decisions.approve(registry, done.proposal)
    with registry.as_("releaser"), pytest.raises(errors.Refused), registry.savepoint():
        decisions.approve(registry, done.proposal)


def test_a_value_that_names_a_hidden_row_is_not_told(registry, site):
    hidden = given.say(registry, site, {"predicate": "remains_state", "value": {"code": "in_place"},
                                        "tier": 2})[0]
    put(registry, site, "verification", "confirmed", aspect=GRAVE, basis=[hidden])
    decisions.decide(registry, site, "verification", "probable", aspect=GRAVE, reason="it was another place",
                     value={"invalid": str(hidden)})
    assert decisions.waiting(registry, site)[0]["value"] == {"invalid": str(hidden)}
    with registry.as_("verifier1"):
        assert decisions.waiting(registry, site)[0]["value"] == {}
