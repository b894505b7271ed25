"""What is said: recorded, retracted, corrected; never changed. One road for one claim and for a batch."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.types.range import DateRange
from shapely import to_wkb
from shapely.geometry.base import BaseGeometry

from sitereg import vault
from sitereg.store.session import Json, Session

__all__ = ["Recorded", "correct", "days", "end", "new_subject", "record", "said"]


@dataclass(frozen=True)
class Recorded:
    """One claim as it stands: its id, the subject's id and public code, the key under which the subject was given."""

    claim: UUID
    subject: UUID
    code: str
    key: str | None


def record(session: Session, claims: Iterable[Mapping[str, Any]], *, subjects: Iterable[Mapping[str, Any]] = (),
           batch: UUID | None = None, reason: str = "") -> list[Recorded]:
    """All claims stand, in the order given, and the records of their subjects are resolved; or none does.

    claims: as `said` makes them, with `subject` (an id) or `subject_key` (a key of `subjects`). subjects: as `new_subject`
    makes them. What an insider said in his own words, and on which day, goes to the vault. Raises BadInput with a problem for each
    row that cannot be recorded.
    """
    rows = session.rows("record_claims", claims=Json(vault.insiders(session, [plain(one) for one in claims])),
                        subjects=Json([plain(one) for one in subjects]), batch=batch, reason=reason)
    return [Recorded(row["claim"], row["subject"], row["code"], row["subject_key"]) for row in rows]


def said(predicate: str, value: Mapping[str, Any] | None = None, *, source: UUID | None = None, credibility: str = "6",
         **more: Any) -> dict:
    """One claim as a dict. more: fields of a claim (subject or subject_key, shape, uncertainty_m, at, began, ended, ...).

    source: whose claim it is; or report=ID, and it is that of the report's source.

    shape: shapely, EPSG:4326; uncertainty_m in metres; at, began, ended: a day or a pair (first, last) of days that it could
    be; credibility: 1 to 6.
    """
    return {"predicate": predicate, "value": value, "source": source, "credibility": credibility, **more}


def new_subject(key: str, kind: str, *, tier: int = 1, exact_tier: int | None = None,
                compartments: Iterable[str] = (), id: UUID | None = None, code: str | None = None) -> dict:
    """A subject (site, person, holding) that comes to be with the claims recorded together with it.

    code: its public code, which the caller chooses in the demonstration alone; everywhere else the registry draws it.
    """
    return {"key": key, "kind": kind, "tier": tier, "exact_tier": exact_tier, "compartments": list(compartments), "id": id,
            "code": code}


def end(session: Session, claim: UUID, *, why: str) -> None:
    """The claim counts no more; it stays readable. Statuses that rest on it get a task to review them."""
    session.call("end_claim", claim=claim, why=why)


def correct(session: Session, claim: UUID, *, why: str, **change: Any) -> UUID:
    """A corrected claim supersedes it; answers the new one's id. change: value, at, began, ended, credibility, ..."""
    kept, sealed = vault.correction(session, claim, plain(change))
    return session.call("correct_claim", claim=claim, change=Json(kept), why=why, vault=sealed)


def days(given: Any) -> str | None:
    """A day, a pair of days (either may be None) or a range as PostgreSQL writes a daterange."""
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, DateRange):
        lower, upper = given.lower, given.upper
        return f"{'[' if given.lower_inc else '('}{lower or ''},{upper or ''}{']' if given.upper_inc else ')'}"
    first, last = (given, given) if isinstance(given, date) else given
    return f"[{first or ''},{last or ''}{']' if last else ')'}"


def plain(one: Mapping[str, Any]) -> dict:
    """The claim as JSON takes it: shapes as hexadecimal WKB, days as ranges, ids as text, nothing that is None."""
    row = {}
    for key, value in one.items():
        if key == "shape" and isinstance(value, BaseGeometry):
            key, value = "geom", to_wkb(value, hex=True)
        elif key in ("at", "began", "ended"):
            value = days(value)
        elif isinstance(value, UUID | date):
            value = str(value)
        if value is not None:
            row[key] = value
    return row
