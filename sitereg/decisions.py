"""Decisions settle what claims say: propose, approve, annul, read back; the state machines are in
sitereg.machines.

    (state in force) --decide--> decided, or --propose--> waiting --approve (1 or 2 others)--> decided
                                                          \\--refuse, withdraw, stale
    decided --annul (one other approves)--> the state before

Each change is one function of the database, judged there on what its caller may see; errors are those of
sitereg.errors: Refused (a guard; .guard and .needs), Conflict (somebody was faster; .changed), NotFound,
Denied, BadInput.
"""
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.machines import START, TRANSITIONS, Transition
from sitereg.store.session import Json, Session

__all__ = [
    "START", "TRANSITIONS", "Outcome", "Transition", "ahead", "annul", "approve", "choose", "decide", "effects", "history",
    "merge", "nearest", "options", "refuse", "review", "settle", "split", "take_over", "takeover_steps", "waiting",
    "where_now", "withdraw",
]


@dataclass(frozen=True)
class Outcome:
    """What became of an act: `state` is decided, proposed, waiting (for another approval) or refused."""

    state: str
    decision: UUID | None = None
    proposal: UUID | None = None
    approvals_needed: int = 0
    version: int | None = None
    decisions: int = 1

    @classmethod
    def of(cls, answer: Mapping) -> "Outcome":
        """The outcome that a function of the database answered as JSON."""
        return cls(answer["state"], _uuid(answer.get("decision")), _uuid(answer.get("proposal")),
                   answer.get("approvals_needed", 0), answer.get("version"), answer.get("decisions", 1))


def decide(session: Session, subject: UUID, machine: str, to: str, *, reason: str, aspect: str = "",
           basis: Iterable[UUID] = (), seen: int | None = None, observed_on: date | None = None,
           due: date | None = None, value: Mapping | None = None) -> Outcome:
    """The state is changed, or proposed where the machine asks for others to approve.

    aspect: the site kind of a verification, the measure of a measure, else empty. basis: claims cited. seen:
    the version of the record that was looked at; an older one raises Conflict. value: what a guard asks for
    by name.
    """
    return Outcome.of(session.call(
        "decide", subject=_uuid(subject), machine=machine, aspect=aspect, to=to, reason=reason,
        basis=ids(basis), seen=seen, observed_on=observed_on, due=due, value=Json(dict(value or {}))))


def approve(session: Session, proposal: UUID, *, reason: str | None = None) -> Outcome:
    """One more has agreed, judged on the rows that he may see; with the last approval the decision stands."""
    return Outcome.of(session.call("approve", proposal=_uuid(proposal), agrees=True, reason=reason))


def refuse(session: Session, proposal: UUID, *, reason: str) -> Outcome:
    """The proposal ended without a decision; the state stays."""
    return Outcome.of(session.call("approve", proposal=_uuid(proposal), agrees=False, reason=reason))


def review(session: Session, proposals: Iterable[UUID], agrees: bool, *, reasons: Mapping[UUID, str | None]) -> list[dict]:
    """Each proposal is approved or refused by itself, each with its guards and its four eyes; answers what became of it.

    {proposal, code, done, state, needs}: done is False where it was not, with what stands in the way. All are of one machine, else
    nothing is done and BadInput is raised; reasons: {proposal: words}.
    """
    chosen, open_ = ids(proposals), {one["id"]: one for one in waiting(session)}
    if len({open_[one]["machine"] for one in chosen if one in open_}) > 1:
        raise BadInput("These are of different kinds", do="Review proposals of one kind at a time.")
    told = []
    for one in chosen:
        row = {"proposal": one, "code": open_[one]["code"] if one in open_ else None}
        try:
            with session.savepoint():
                made = (approve if agrees else refuse)(session, one, reason=reasons.get(one))
            told.append({**row, "done": True, "state": made.state, "needs": None})
        except (Refused, Conflict, NotFound, BadInput) as trouble:
            told.append({**row, "done": False, "state": None, "needs": getattr(trouble, "needs", None) or trouble.what})
    return told


def effects(session: Session, proposals: Iterable[UUID]) -> dict[UUID, dict]:
    """What each open proposal would change if it were approved now: {proposal: {was, becomes, tasks, lines, published}}."""
    chosen = ids(proposals)
    return {one["proposal"]: one for one in session.rows("proposal_effects", proposals=chosen)} if chosen else {}


def ahead(session: Session, act: Callable[[], Outcome]) -> list[dict]:
    """What `act` would propose, as `waiting` tells it with its `effect`, if it is done now; nothing of it stays.

    Empty where it would hold at once. Raises what `act` raises: what refuses the real one refuses this one.
    """
    with session.tried():
        made = act().proposal
        told = effects(session, [made]) if made else {}
        return [{**one, "effect": told.get(made)} for one in waiting(session) if one["id"] == made]


def withdraw(session: Session, proposal: UUID, *, reason: str) -> None:
    """The proposal is taken back by the one who made it."""
    session.call("withdraw", proposal=_uuid(proposal), why=reason)


def annul(session: Session, decision: UUID, *, reason: str) -> Outcome:
    """It is proposed that the last decision of its kind falls and the state before it holds again."""
    return Outcome.of(session.call("annul", decision=_uuid(decision), reason=reason))


def choose(session: Session, subject: UUID, claim: UUID, *, reason: str,
           aspect: str | None = None) -> Outcome:
    """Among contradicting claims this one is what the record shows, as long as it lives."""
    return Outcome.of(session.call("choose_value", subject=_uuid(subject), aspect=aspect, claim=_uuid(claim),
                                   reason=reason))


def take_over(session: Session, batch: UUID, mapping: Mapping[str, str], *, reason: str) -> Outcome:
    """One proposal to accept another body's levels for a batch; mapping: its code -> verification level."""
    return Outcome.of(session.call("take_over_statuses", batch=_uuid(batch), mapping=Json(dict(mapping)),
                                   reason=reason))


def batch_statuses(session: Session, batch: UUID) -> list[dict]:
    """What another body says of the sites of a batch: its code, its words, how many sites."""
    return session.rows("batch_statuses", batch=_uuid(batch))


def takeover_steps(session: Session, batch: UUID, mapping: Mapping[str, str], *, proposal: UUID | None = None) -> list[dict]:
    """What taking over would change, by the body's code, kind and level: sites and examples; of a proposal what it would now."""
    return session.rows("takeover_steps", batch=_uuid(batch), mapping=Json(dict(mapping)), proposal=_uuid(proposal))


def merge(session: Session, survivor: UUID, other: UUID, *, reason: str, seen: int | None = None) -> Outcome:
    """It is proposed that `other` becomes part of `survivor`; seen: the version of the survivor."""
    return Outcome.of(session.call("merge", survivor=_uuid(survivor), other=_uuid(other), reason=reason,
                                   seen=seen))


def split(session: Session, site: UUID, parts: Iterable[tuple[str, Iterable[UUID]]], *, reason: str,
          seen: int | None = None) -> Outcome:
    """It is proposed that claims leave a site for new ones; parts: (what the part is called, its claims)."""
    told = [{"name": name, "claims": [str(c) for c in claims]} for name, claims in parts]
    return Outcome.of(session.call("split", site=_uuid(site), parts=Json(told), reason=reason, seen=seen))


def where_now(session: Session, code: str) -> list[dict]:
    """What stands under a code today (became: itself, merged, part); empty where nothing is visible."""
    return session.rows("where_now", code=code)


def history(session: Session, subject: UUID, *, machine: str | None = None,
            aspect: str | None = None) -> list[dict]:
    """Every decision on a subject, newest first, with the claims under it that the caller may see."""
    return session.rows("decision_history", subject=_uuid(subject), machine=machine, aspect=aspect)


def waiting(session: Session, subject: UUID | None = None) -> list[dict]:
    """The proposals that wait for approval, oldest first; `may_approve`: by the caller."""
    return session.rows("proposals_waiting", subject=_uuid(subject))


def options(session: Session, subject: UUID, machine: str, *, aspect: str = "",
            basis: Iterable[UUID] | None = None, value: Mapping | None = None, due: date | None = None,
            observed_on: date | None = None) -> list[dict]:
    """The next states with what is lacking for each ([{guard, needs}], empty = ready).

    Without a basis it is judged as if every visible live claim were cited. barred: what is lacking however the form is filled;
    guards: [{guard, met, in_form, needs, ways}], a way = its pieces [{part, words, have, want, form}]; short: pieces lacking.
    """
    return session.rows(
        "decision_options", subject=_uuid(subject), machine=machine, aspect=aspect, due=due,
        observed_on=observed_on, basis=None if basis is None else ids(basis), value=Json(dict(value or {})))


def settle(session: Session, code: str) -> list[dict]:
    """What would settle a site: the next states of each of its kinds and of its protection, as `options` tells them.

    machine, aspect (the kind), from_state, to_state; up: it would be better known or protected; proposed: a proposal waits.
    """
    return session.rows("site_settle", code=code)


def nearest(session: Session, *, kinds: Iterable[str] | None = None, states: Iterable[str] | None = None,
            adm1: Iterable[str] | None = None, limit: int = 20, skip: int = 0) -> list[dict]:
    """The kinds of sites whose next level up lacks least, as `settle` tells them: of those that fit, `limit` (60 at most) are
    judged after the first `skip`, the best supported first."""
    return session.rows("nearest_settled", limit=limit, skip=skip, **{name: list(given) if given else None for name, given in (
        ("kinds", kinds), ("states", states), ("adm1", adm1))})


def ids(given: Iterable) -> list[UUID]:
    """The ids as UUIDs; BadInput names one that is none."""
    return [_uuid(one) for one in given]


def _uuid(given) -> UUID | None:
    if given is None or isinstance(given, UUID):
        return given
    try:
        return UUID(str(given))
    except ValueError:
        raise BadInput("This is no id", where=str(given)[:60],
                       do="Give the id as the registry printed it.") from None
