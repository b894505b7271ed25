"""Who says it: sources with their grades, never their identity, which belongs to the vault."""
from collections.abc import Iterable, Mapping
from uuid import UUID

from sitereg.store.session import Json, Session

__all__ = ["described", "grade", "new"]


def new(session: Session, type: str, label: Mapping[str, str], *, reliability: str, reason: str, connection: str | None = None,
        repeats: UUID | None = None, tier: int = 1, compartments: Iterable[str] = (), terms: Mapping | None = None,
        repeats_claim: UUID | None = None) -> UUID:
    """The source stands with its first grade; answers its id.

    label: {"en": ..., "ar": ...}, coarse enough for whoever may see the source. repeats: the origin of another source that
    this one only repeats; repeats_claim: the same by a claim that it
    repeats. terms: partner, agreement, terms, permitted_uses, consent under which it was received.
    """
    return session.call("new_source", type=type, label=Json(dict(label)), reliability=reliability, reason=reason,
                        connection=connection, origin_root=repeats, tier=tier, compartments=list(compartments),
                        terms=Json(dict(terms or {})), repeats=repeats_claim)


def described(session: Session, *, type: str, label: str, reliability: str, partner: str | None, terms: str | None,
              uses: Iterable[str], consent: str | None, connection: str | None = None, reason: str | None = None,
              tier: int = 1, language: str = "en", repeats: UUID | None = None) -> UUID:
    """A source stands as somebody described it in a form or in the shell; answers its id.

    partner: a name. repeats: a claim that the caller sees and that this source only repeats: both count as one origin.
    """
    told = {"partner": {language: partner} if (partner or "").strip() else None, "terms": terms, "permitted_uses": list(uses),
            "consent": consent}
    return new(session, type, {language: label} if (label or "").strip() else {}, reliability=reliability, connection=connection,
               reason=reason or "as described by whoever recorded it", tier=tier, terms=told, repeats_claim=repeats)


def grade(session: Session, source: UUID, reliability: str, *, reason: str) -> int:
    """The source is graded anew, and so are its living claims; answers how many. Statuses resting on them get a task."""
    return session.call("grade_source", source=source, reliability=reliability, reason=reason)
