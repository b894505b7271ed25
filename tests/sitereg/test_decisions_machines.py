"""Every transition of the tables is walked, every guard of it refuses once, every pair not listed is
refused."""
from itertools import product

import pytest

from sitereg import decisions, vocab
from sitereg.machines import TRANSITIONS
from tests.sitereg import deciding, steps

pytestmark = pytest.mark.db

STATES = {"verification": vocab.VerificationLevel, "protection": vocab.ProtectionStatus,
          "case": vocab.CaseState,
          "fate": vocab.Fate, "whereabouts": vocab.Whereabouts, "measure": vocab.MeasureState}
BY_PERSONS = [t for t in TRANSITIONS if t.roles and t.machine in STATES and not (t.machine == "measure" and not t.from_)]
WALKED = [t for t in BY_PERSONS if t.machine != "whereabouts"]
GUARDED = [(t, guard) for t in WALKED for guard in t.guards]


def named(given):
    step, guard = given if isinstance(given, tuple) else (given, None)
    return f"{step.machine}:{step.from_ or 'new'}-{step.to}" + (f"-without-{guard}" if guard else "")


@pytest.mark.parametrize("step", WALKED, ids=named)
def test_a_listed_step_is_taken_where_its_guards_hold_and_enough_others_agree(registry, step):
    case = steps.arranged(registry, step)
    before = case.now()
    done = case.carry()
    assert before == step.from_ and case.now() == step.to
    last = decisions.history(registry, case.subject, machine=step.machine, aspect=case.aspect)[0]
    assert (done.state, last["id"]) == ("decided", done.decision)
    assert (last["from_state"], last["to_state"], last["reason"]) == (
        step.from_, step.to, None if step.to == "suspended_security" else case.reason)  # of such a case the words are nobody's
    assert last["proposed_by"] == "Worker" and last["approved_by"] == ["Verifier",
                                                                       "Verifier2"][:step.approvals]


@pytest.mark.parametrize("given", GUARDED, ids=named)
def test_a_step_is_refused_by_the_guard_that_does_not_hold(registry, given):
    step, guard = given
    case = steps.arranged(registry, step, without=guard)
    assert case.now() == step.from_
    refused = deciding.refusal(registry, case.decide)
    assert refused is not None and refused.guard == guard and refused.needs
    assert case.now() == step.from_


def test_whereabouts_go_from_any_to_any_on_a_cited_claim(registry):
    walk = [t for t in BY_PERSONS if t.machine == "whereabouts"]
    case = steps.Case(registry, walk[0])
    claim = case.say(deciding.event("contact_received"), cite=False)
    for case.step in walk:
        case.basis = []
        case.begin()
        assert deciding.refusal(registry, case.decide).guard == "cited_claim", case.step
        case.basis = claim
        case.carry()
        assert case.now() == case.step.to
    assert len(walk) == 42 and {t.to for t in walk if t.approvals == 1} == {
        "returned_alive", "remains_place_known", "remains_returned"}


@pytest.mark.parametrize("machine", STATES)
def test_what_is_not_listed_is_forbidden(registry, machine):
    listed = {(t.from_, t.to) for t in TRANSITIONS if t.machine == machine}
    step = next(t for t in BY_PERSONS if t.machine == machine and t.from_)
    case = steps.Case(registry, step)
    for from_, to in product(STATES[machine].codes(), repeat=2):
        if (from_, to) in listed:
            continue
        deciding.put(registry, case.subject, machine, from_, aspect=case.aspect)
        refused = deciding.refusal(registry, lambda to=to: decisions.decide(
            registry, case.subject, machine, to, aspect=case.aspect, reason="a step that is not listed"))
        assert refused is not None and refused.guard == "transition", (from_, to)
        assert all(t.to in refused.needs for t in TRANSITIONS if (t.machine, t.from_) == (machine,
                                                                                          from_) and t.roles)


def test_steps_of_the_registry_itself_are_no_persons_act(registry):
    for step in (t for t in TRANSITIONS if not t.roles and t.machine in ("case", "measure") and t.from_):
        case = steps.Case(registry, step)
        deciding.put(registry, case.subject, step.machine, step.from_, aspect=case.aspect)
        assert deciding.refusal(registry, case.decide).guard in (*step.guards, "transition")


def test_every_guard_is_a_function_and_every_state_and_role_a_term(registry):
    with registry.dba() as raw:
        functions = {name for (name,) in raw.execute(
            "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'api'")}
        stored = raw.execute("select machine, from_state, to_state, guards, approvals, roles from reg.transition").fetchall()
    for step in TRANSITIONS:
        assert all(f"_guard_{way}" in functions for guard in step.guards for way in guard.split("|")), step
        assert {*step.roles} <= {*vocab.Role.codes()}
        if step.machine in STATES:
            assert step.to in STATES[step.machine].codes() and step.from_ in ("",
                                                                              *STATES[step.machine].codes())
    assert sorted(stored) == sorted((t.machine, t.from_, t.to, list(t.guards), t.approvals,
                                     list(t.roles)) for t in TRANSITIONS)


def test_the_tables_say_any_in_full():
    protection = {(t.from_, t.to) for t in TRANSITIONS if t.machine == "protection"}
    every = set(vocab.ProtectionStatus.codes())
    assert {f for f, to in protection if to == "destroyed"} == every - {"destroyed"}
    assert {f for f, to in protection if to == "not_applicable"} == every - {"not_applicable"}
    assert {f for f, to in protection if to == "compromised"} == every - {"compromised", "protection_ended",
                                                                          "not_applicable"}
    whereabouts = {(t.from_, t.to) for t in TRANSITIONS if t.machine == "whereabouts"}
    assert whereabouts == {(a, b) for a, b in product(vocab.Whereabouts.codes(), repeat=2) if a != b}
