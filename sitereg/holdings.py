"""Bodies of records (archives, registers, lists) as the caller is shown them: found, shown, explained; and what is said of them.

    holdings.find(session, kinds=["detention_register"], site="SYS-K7F49M-3")
    holdings.record(session, source, name={"en": "Register of Hall 4"}, kinds=["detention_register"], held_at=site_id)

A body of records is a subject of its own, resolved for each face like a site: fonds and list in one. Where it lies and what it is
of are relations to sites (records_held_at, records_of), or a place of its own. Its protection is decided by sitereg.protection
with its id. Filters of find and count:

q           words of a title in any script, or a code
kinds, protection, condition   codes; access: what last came of asking (records_access)
site        the code of a site where it lies, or which it is of

Raises NotFound for what is not there or not visible, BadInput for a filter or value that cannot be.
"""
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sitereg import claims
from sitereg.errors import BadInput
from sitereg.store.session import Json, Session

FILTERS = ("q", "kinds", "protection", "condition", "access", "site")
CUSTODIAN = "custodian_of_records"

__all__ = ["count", "find", "record", "said", "say", "show", "why"]


def find(session: Session, *, limit: int = 100, after: str | None = None, **filters) -> list[dict]:
    """Bodies of records that fit, by code: at most `limit` (1000) of them, after the code `after`."""
    return session.rows("holding_list", limit=limit, after=after, **asked(filters))


def count(session: Session, **filters) -> int:
    """How many bodies of records fit in all."""
    return session.value("holding_count", **asked(filters))


def show(session: Session, code: str) -> dict:
    """Everything of one body of records as one dict; {code, merged_into} for the old code of a merged one."""
    return session.value("holding_page", code=code)


def why(session: Session, code: str, field: str) -> list[dict]:
    """The claims behind a field (record_kind, extent:volumes:counted, records_access, ...), as the resolve rule orders them."""
    return session.rows("holding_why", code=code, field=field)


def record(session: Session, source: UUID, *, name: Mapping[str, str], tier: int = 1, exact_tier: int | None = None,
           compartments: Iterable[str] = (), credibility: str = "6", first_hand: bool | None = None, **what) -> claims.Recorded:
    """A new body of records stands with what `source` says of it; answers its first claim (subject: its id, code: its code).

    name: {language: title}, at least one. what: see `said`.
    """
    if not any((text or "").strip() for text in name.values()):
        raise BadInput("Records are called something", problems=[
            {"code": "missing_required", "field": "name", "value": "", "message": "This is needed"}],
            do="Give a title, the custodian's own where there is one.")
    rows = said(session, source, name=name, credibility=credibility, first_hand=first_hand, **what)
    return claims.record(session, [{**row, "subject_key": "records"} for row in rows], subjects=[claims.new_subject(
        "records", "holding", tier=tier, exact_tier=exact_tier, compartments=compartments)], reason="records")[0]


def say(session: Session, holding: UUID, source: UUID, *, credibility: str = "6", first_hand: bool | None = None,
        **what) -> list[UUID]:
    """What `source` says of a body of records that stands; answers the ids of the claims. what: see `said`."""
    rows = said(session, source, credibility=credibility, first_hand=first_hand, **what)
    if not rows:
        raise BadInput("Nothing was said of the records", do="Say at least one thing: their kind, extent, condition, ...")
    return [one.claim for one in claims.record(session, [{**row, "subject": holding} for row in rows])]


def said(session: Session, source: UUID, *, name: Mapping[str, str] | None = None, kinds: Iterable[str] = (),
         years: tuple[int | None, int | None] | None = None, extent: Mapping | None = None, condition: str | None = None,
         digitised: Mapping | None = None, custodian: Mapping | None = None, held_at: UUID | None = None,
         records_of: UUID | None = None, access: Mapping | None = None, loss: Mapping | None = None, note: str | None = None,
         observed_on: date | None = None, place: Mapping | None = None, **graded) -> list[dict]:
    """The claims, as claims.record takes them without a subject.

    years: (first, last). extent: {unit, definition, min, best, max}. digitised: {min, best, max} of a hundred. custodian: {name,
    kind} (authority_kind), in both languages or one. access: {code, on, asked_by, answered_by, note}; loss: {kind, on, what,
    by_whom}; on: a day or a pair. place: {shape, uncertainty_m, verbatim, method}. observed_on: when its state was seen.
    """
    rows = [("name", {"text": text.strip(), "lang": language}, {})
            for language, text in (name or {}).items() if (text or "").strip()]
    rows += [("record_kind", {"code": kind}, {}) for kind in kinds]
    seen = {"at": observed_on} if observed_on else {}
    if years and any(years):
        rows.append(("years_covered", None, {"began": year(years[0]), "ended": year(years[1])}))
    rows += [(predicate, value, seen) for predicate, value in (
        ("extent", extent), ("digitised", digitised), ("record_condition", {"code": condition} if condition else None)) if value]
    if custodian:
        body = session.call("find_authority", names=Json(dict(custodian["name"])), kind=custodian["kind"])
        rows.append(("authority", {"role": CUSTODIAN}, {"object": body, **seen}))
    rows += [("relation", {"kind": kind}, {"object": site, **seen}) for kind, site in (
        ("records_held_at", held_at), ("records_of", records_of)) if site]
    rows += [(predicate, {key: one for key, one in entry.items() if key != "on" and one is not None},
              {"at": entry["on"]} if entry.get("on") else {})
             for predicate, entry in (("records_access", access), ("record_loss", loss)) if entry]
    if note and note.strip():
        rows.append(("note", {"text": note.strip()}, {}))
    if place:
        rows.append(("place", {}, {"place_kind": "exact", **place}))
    graded = {key: one for key, one in graded.items() if one is not None}
    return [claims.said(predicate, value, source=source, **{**graded, **{k: v for k, v in more.items() if v is not None}})
            for predicate, value, more in rows]


def year(number: int | None) -> tuple[date, date] | None:
    """All days of a year; BadInput where there is none such."""
    if number is None:
        return None
    if not 1800 <= number <= 2100:
        raise BadInput("A year has four digits, such as 1982", where=str(number), problems=[
            {"code": "bad_date", "field": "years", "value": str(number), "message": "A year has four digits, such as 1982"}])
    return date(number, 1, 1), date(number, 12, 31)


def asked(filters: Mapping) -> dict:
    """The filters as parameters of the api functions; raises BadInput for one that there is not."""
    given = {name: value for name, value in filters.items() if value not in (None, [], ())}
    for name in given.keys() - set(FILTERS):
        raise BadInput("There is no such filter", where=name, do=f"Filters are {', '.join(FILTERS)}.")
    return given
