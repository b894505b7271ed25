"""Protection: what an officer sees at a place, does for it, and decides about it.

A visit, a measure and a disturbance are facts with a source; the status is a decision apart from them, and
only a strong disturbance (I15) changes it by itself. Shapes are shapely geometries in EPSG:4326, days are
`date`, vague days are pairs of dates (first, last; either may be None). Errors: Refused, Conflict, NotFound,
Denied, BadInput.
"""
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from psycopg.types.range import DateRange
from shapely import to_wkb
from shapely.geometry.base import BaseGeometry

from sitereg import decisions
from sitereg.errors import BadInput
from sitereg.store.session import Session

__all__ = ["decide", "disturbances", "end_disturbance", "gap_counts", "gap_page", "gaps", "inspect",
           "measures", "record_disturbance", "record_measure", "said_most", "set_measure", "visits"]

Days = tuple[date | None, date | None] | date


def decide(session: Session, site: UUID, to: str, *, reason: str, basis: Iterable[UUID] = (),
           seen: int | None = None, due: date | None = None, observed_on: date | None = None,
           value: Mapping | None = None, visit: Mapping | None = None) -> decisions.Outcome:
    """The protection status is `to`, or proposed where a verifier must approve.

    due: the next review (within twelve months for `protected`). observed_on: the day of the assessment. seen:
    the version of the record that was looked at. visit: the keywords of `inspect` for a visit that is
    recorded first, in the same transaction, and cited; its day is then the day of the assessment unless
    another is given.
    """
    cited = decisions.ids(basis)
    if visit is not None:
        made = inspect(session, site, seen=seen, **visit)
        cited += made["claims"]
        observed_on, seen = observed_on or visit["visited_on"], None
    return decisions.decide(session, site, "protection", to, reason=reason, basis=cited, seen=seen, due=due,
                            observed_on=observed_on, value=value)


def inspect(session: Session, site: UUID, *, visited_on: date, method: str = "on_site",
            team: str | None = None, covered: str | None = None, covered_shape: BaseGeometry | None = None,
            not_searched: str | None = None, findings: str | None = None, negative: bool = False,
            damage_assessed: bool = False, remains: str | None = None, documents: Iterable[UUID] = (),
            seen: int | None = None, covered_within_m: float | None = None, access: str | None = None,
            not_searched_shape: BaseGeometry | None = None, not_searched_within_m: float | None = None) -> dict:
    """A visit (method on_site) or remote review (imagery, telephone) stands with its source and claims.

    Answers {visit, source, claims, version}; the claims can be cited by decisions. negative needs what was
    covered. covered_within_m: metres that the outline may be off. access: how one came in, or that one was not let in.
    """
    made = session.call("record_visit", site=site, method=method, visited_on=visited_on, team=team,
                        covered=covered, covered_shape=_hex(covered_shape), not_searched=not_searched,
                        findings=findings, negative=negative, damage_assessed=damage_assessed,
                        remains=remains, documents=decisions.ids(documents), seen=seen,
                        covered_within_m=covered_within_m, access=access, not_searched_shape=_hex(not_searched_shape),
                        not_searched_within_m=not_searched_within_m)
    return {**made, "visit": UUID(made["visit"]), "source": UUID(made["source"]),
            "claims": decisions.ids(made["claims"] or ())}


def record_measure(session: Session, site: UUID, kind: str, *, reason: str, state: str = "active",
                   agent_kind: str | None = None, agent: UUID | None = None, issuer: str | None = None,
                   legal_basis: str | None = None, area: BaseGeometry | None = None,
                   began: Days | None = None, ended: Days | None = None, lapses_on: date | None = None,
                   note: str | None = None, visit: UUID | None = None, source: UUID | None = None,
                   seen: int | None = None, area_within_m: float | None = None) -> UUID:
    """A measure stands, planned or active; its id. The protection status is decided apart from it."""
    made = session.call("record_measure", site=site, kind=kind, state=state, reason=reason,
                        agent_kind=agent_kind, agent=agent, issuer=issuer, legal_basis=legal_basis,
                        area=_hex(area), began=_days(began), ended=_days(ended), lapses_on=lapses_on,
                        note=note, visit=visit, source=source, seen=seen, area_within_m=area_within_m)
    return UUID(made["measure"])


def set_measure(session: Session, measure: UUID, to: str, *, reason: str, due: date | None = None,
                observed_on: date | None = None, seen: int | None = None) -> decisions.Outcome:
    """The measure is active, removed or failed now; lapsed -> active needs the new end (`due`)."""
    return decisions.Outcome.of(session.call("measure_state", measure=measure, to=to, reason=reason, due=due,
                                             observed_on=observed_on, seen=seen))


def record_disturbance(session: Session, site: UUID, kind: str, severity: str, *, by: str | None = None,
                       observed: Days | None = None, reversible: bool | None = None, note: str | None = None,
                       visit: UUID | None = None, source: UUID | None = None, credibility: str | None = None,
                       seen: int | None = None) -> dict:
    """A disturbance stands open; {disturbance, answer, protection, version}.

    answer: `compromised` (I15 changed the status), `already` (the status does not change by it), `task`
    (somebody is to look). It rests on a visit of our own or on a source; without a visit it has credibility 6
    unless given.
    """
    if visit is None and source is None:
        raise BadInput("A disturbance needs who says so", do="Name the visit or the source.")
    made = session.call("record_disturbance", site=site, kind=kind, severity=severity, by=by,
                        observed=_days(observed), reversible=reversible, note=note, visit=visit,
                        source=source, credibility=credibility, seen=seen)
    return {**made, "disturbance": UUID(made["disturbance"])}


def end_disturbance(session: Session, disturbance: UUID, *, why: str, remedy: str | None = None,
                    visit: UUID | None = None) -> None:
    """The disturbance is over; the status stays until it is decided anew."""
    session.call("end_disturbance", disturbance=disturbance, why=why, remedy=remedy, visit=visit)


def visits(session: Session, site: UUID) -> list[dict]:
    """The visits and remote reviews of a site, newest first."""
    return session.rows("visits", site=site)


def measures(session: Session, site: UUID) -> list[dict]:
    """The measures of a site with the state and the end in force, newest first."""
    return session.rows("measures", site=site)


def disturbances(session: Session, site: UUID) -> list[dict]:
    """The disturbances of a site and what ended them, newest first."""
    return session.rows("disturbances", site=site)


def gaps(session: Session, *, list: str = "to_do", areas: Iterable[str] | None = None, body: str | None = None,
         limit: int = 100, skip: int = 0) -> list[dict]:
    """Sites of one list of gaps, the most pressing first.

    list: a code of gap_list. areas: p-codes of governorates, or `none`. body: who answers for the protection, the id of
    an authority, a kind of body, or `none`. Each row has `urgency` and its `points` by reason (docs/protection.md),
    the worst open disturbance, the kinds of active measures, the last visit, and the shape that the caller is shown.
    """
    return session.rows("protection_gaps", list=list, adm1=_codes(areas), body=body, limit=limit, skip=skip)


def gap_counts(session: Session, *, areas: Iterable[str] | None = None, body: str | None = None) -> dict[str, dict[str, dict]]:
    """{facet: {code: {n, body}}}: how many sites stand on each list (of these areas and this body), in each
    governorate (adm1) and under each body; body: {body, kind, names} of one that is named."""
    return _by_facet(session.rows("protection_gap_counts", adm1=_codes(areas), body=body))


def gap_page(session: Session, *, list: str = "to_do", areas: Iterable[str] | None = None, body: str | None = None,
             limit: int = 100, skip: int = 0) -> tuple[list[dict], dict[str, dict[str, dict]]]:
    """(gaps, gap_counts) of the same areas and body, reckoned once."""
    first, *rows = session.rows("protection_gap_page", list=list, adm1=_codes(areas), body=body, limit=limit, skip=skip)
    return [{name: value for name, value in row.items() if name != "counts"} for row in rows], _by_facet(first["counts"])


def _by_facet(rows: Iterable[dict]) -> dict[str, dict[str, dict]]:
    told: dict = {"list": {}, "adm1": {}, "body": {}}
    for row in rows:
        told[row["facet"]][row["code"]] = {"n": row["n"], "body": row["body"]}
    return told


def said_most(session: Session) -> dict[str, list[str]]:
    """{vocabulary: codes, the commonest first} of kinds of measures and disturbances, states of remains and conditions of access in
    what one sees; what was never said is not there."""
    told: dict = {}
    for row in session.rows("said_most"):
        told.setdefault(row["scheme"], []).append(row["code"])
    return told


def _codes(given: Iterable[str] | None) -> list[str] | None:
    return sorted(set(given)) if given else None


def _hex(shape: BaseGeometry | None) -> str | None:
    return None if shape is None else to_wkb(shape, hex=True)


def _days(given: Days | None) -> DateRange | None:
    if given is None:
        return None
    first, last = (given, given) if isinstance(given, date) else given
    return DateRange(first, last, "[]")
