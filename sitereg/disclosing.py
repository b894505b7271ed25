"""What moves a tier: disclosing a site or its exact place with four eyes, restricting at once, having that lifted.

    T1 or T2 --disclose--> waiting --a releaser approves--> T0: the named claims, and nothing else, count in face 0
    any      --restrict--> T1 or T2 for whoever is cleared for less, now --lift, a releaser approves--> as before

Nothing is recorded below T1. `decisions.annul` undoes any of these with four eyes; `decisions.approve` is the releaser's.
"""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sitereg import decisions
from sitereg.decisions import Outcome, ids
from sitereg.store.session import Json, Session

__all__ = ["RISKS", "Answers", "disclose", "disclose_place", "in_force", "lift", "restrict"]

RISKS = ("site", "sources", "families", "staff")


@dataclass(frozen=True)
class Answers:
    """Should the place be published at all, for whom, and who could be hurt by it; kept with the decision.

    recipient: public or shareable. risk: in words for each of RISKS (sources: and witnesses; staff: and communities).
    owner_consent: what the owner of a private house agreed to, and when.
    """

    publish: bool
    recipient: str
    risk: Mapping[str, str]
    owner_consent: str | None = None

    def told(self) -> Json:
        """The answers as the database takes them."""
        return Json({"publish": "yes" if self.publish else "no", "recipient": self.recipient, "risk": dict(self.risk),
                     "owner_consent": self.owner_consent})


def disclose(session: Session, site: UUID, claims: Iterable[UUID], answers: Answers, *, reason: str,
             seen: int | None = None) -> Outcome:
    """It is proposed that the site is T0 and these claims alone count in face 0; a later disclosure names them all anew."""
    return Outcome.of(session.call("disclose", site=_one(site), claims=ids(claims), answers=answers.told(),
                                   reason=reason, seen=seen))


def disclose_place(session: Session, site: UUID, tier: int, answers: Answers, *, reason: str,
                   seen: int | None = None) -> Outcome:
    """It is proposed that the exact place is shown from `tier` on, which is not below the site's own."""
    return Outcome.of(session.call("disclose_place", site=_one(site), tier=tier, answers=answers.told(),
                                   reason=reason, seen=seen))


def restrict(session: Session, subject: UUID, *, reason: str, tier: int = 2, claims: Iterable[UUID] = (),
             place: bool = False, seen: int | None = None) -> Outcome:
    """At once the subject has at least this tier; with `claims` these alone, with `place` its exact place alone."""
    return Outcome.of(session.call("restrict", subject=_one(subject), tier=tier, reason=reason, claims=ids(claims), place=place,
                                   seen=seen))


def lift(session: Session, decision: UUID, *, reason: str) -> Outcome:
    """It is proposed that a restriction ends, since the danger is over; `decision` is the one that `in_force` lists."""
    return Outcome.of(session.call("lift", decision=_one(decision), reason=reason))


def in_force(session: Session, subject: UUID) -> list[dict]:
    """The restrictions in force on a subject that the caller sees, newest first, as decisions.history tells them."""
    last = {}
    for row in decisions.history(session, subject, machine="tier"):
        last.setdefault(row["aspect"], row)
    return [row for row in last.values() if row["to_state"] == "restricted"]


def _one(given: UUID) -> UUID:
    return ids([given])[0]
