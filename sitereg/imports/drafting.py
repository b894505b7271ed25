"""A row and a profile make claims or problems. Pure: no database, no clock, no file.

survey(rows, profile)                   what only the whole file tells
draft(row, profile, survey, today=...)  -> Draft: claims ready for api.record_claims, problems, the row's
outcome
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sitereg.imports import facts, orders, personal
from sitereg.imports.desk import Desk, Survey, check_cells, read_date
from sitereg.imports.ground import Ground
from sitereg.imports.naming import identifiers
from sitereg.imports.placing import point_key, put
from sitereg.imports.problems import Problem, worst
from sitereg.imports.readers import Row
from sitereg.imports.rules import Check, Event, Profile
from sitereg.imports.sayings import PERSONAL, is_total, say
from sitereg.vocab import Predicate, ProblemCode

__all__ = ["Draft", "Problem", "Survey", "draft", "survey"]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a row says: claims without source and subject, of one subject known by its external id.

    A claim of an authority holds {"authority": {names, kind}} in place of its id. `claims` is empty where the
    row is quarantined or rejected.
    """

    row: Row
    subject_kind: str
    external_id: str
    claims: tuple[dict, ...]
    problems: tuple[Problem, ...]

    @property
    def outcome(self) -> str:
        """accepted, flagged, quarantined or rejected: the gravest of its problems decides."""
        return worst(self.problems)


def survey(rows: Sequence[Row], profile: Profile, key: bytes | None = None, ground: Ground | None = None) -> Survey:
    """The points that more than one row has, the first row of each identifier, and the identifiers of a list without any.

    key: the registry's, needed where those may not be read (Profile.opaque). ground: what places are tested against.
    """
    points: Counter = Counter()
    first: dict[str, tuple[str, int]] = {}
    made = identifiers(rows, profile, key) if profile.id.columns else {}
    for row in rows:
        desk = Desk(row, profile, date.min)
        if profile.place and profile.place.repeated_uncertainty_m:
            points[point_key(profile.place, desk)] += 1
        if not profile.id.columns:
            first.setdefault(_identifier(desk), (row.part, row.number))
    shared = frozenset(point for point, times in points.items() if point and times > 1)
    return Survey(shared, first, made, ground, profile.said)


def draft(row: Row, profile: Profile, survey: Survey | None = None, *, today: date) -> Draft:
    """The claims and problems of one row as seen on the day `today`; the same input gives the same draft."""
    desk = Desk(row, profile, today, survey or Survey())
    identifier = _identifier(desk)
    check_cells(desk)
    if is_total(desk):
        desk.note(ProblemCode.TOTALS_ROW, profile.id.field, identifier)
    elif not identifier:
        desk.note(ProblemCode.MISSING_REQUIRED, profile.id.field, "", "The row has no identifier")
    if any(one.outcome == "rejected" for one in desk.problems):
        return Draft(row, profile.subject.kind, identifier, (), tuple(desk.problems))
    fault = facts.spoilt(identifier) if profile.id.column else None
    if fault:
        desk.note(ProblemCode.DIGITS_LOST, profile.id.column, identifier, f"{identifier}: {fault}")
    _hold_back_what_is_personal(desk)
    _first_of(desk, identifier)
    claims = [
        {
            "predicate": Predicate.EXTERNAL_ID.code,
            "value": {"scheme": profile.id.scheme, "value": identifier},
            "credibility": "2",
            "locator": desk.locator(profile.id.column),
            "from": profile.id.reads,
        }
    ]
    for rule in profile.claims:
        claims += say(rule, desk)
    if profile.place:
        said = (one["value"].get("code") for one in claims if one["predicate"] == Predicate.KIND)
        where = put(profile.place, desk, kinds=tuple(filter(None, said)))
        if where:
            claims.append(
                {
                    "predicate": Predicate.PLACE.code,
                    "credibility": profile.place.credibility,
                    **where,
                    "locator": desk.locator(*profile.place.columns),
                    "from": profile.place.columns,
                }
            )
    for event in profile.events:
        claims += _happened(event, desk)
    orders.hold(desk)
    tier, credibility = facts.tier(desk), facts.graded(desk)
    more = {**({"tier": tier} if tier else {}), **({"credibility": credibility} if credibility else {})}
    claims = [{**one, **more} for one in claims]
    for check in profile.checks:
        _hold(check, desk, claims)
    outcome = worst(desk.problems)
    stands = outcome in ("accepted", "flagged")
    return Draft(
        row,
        profile.subject.kind,
        identifier,
        tuple(_finished(one, desk) for one in claims) if stands else (),
        tuple(desk.problems),
    )


def _identifier(desk: Desk) -> str:
    if desk.profile.id.columns:
        return desk.survey.made[desk.row.part, desk.row.number].text
    return " ".join(desk.cell(desk.profile.id.column).split())


def _first_of(desk: Desk, identifier: str) -> None:
    if twin := desk.profile.id.columns and desk.survey.made[desk.row.part, desk.row.number].twin:
        desk.note(
            ProblemCode.DUPLICATE_ROW,
            desk.profile.id.field,
            "",
            f"The same words stand in row {twin}: two {desk.profile.subject.kind}s, or one written twice; kept apart",
        )
        return
    part, number = desk.survey.first.get(identifier, (desk.row.part, desk.row.number))
    if (part, number) != (desk.row.part, desk.row.number):
        where = f"row {number}" + (f" of {part}" if part and part != desk.row.part else "")
        desk.note(
            ProblemCode.DUPLICATE_KEY,
            desk.profile.id.column,
            identifier,
            f"The same identifier stands in {where}: both rows speak of one {desk.profile.subject.kind}",
        )


def _hold_back_what_is_personal(desk: Desk) -> None:
    """Columns that are only kept are read by every data steward: what may tell of a living person there waits, sealed."""
    if desk.profile.seals:
        return
    said = desk.profile.said if desk.survey.said is None else desk.survey.said
    for column in desk.row.cells.keys() - said:
        what = personal.tells(desk.cell(column))
        if what:
            desk.note(ProblemCode.PERSONAL_DATA, column, "", PERSONAL.format(what=what))


def _happened(event: Event, desk: Desk) -> list[dict]:
    """The claim of one event, where the row gives its place, its name or its date."""
    where = put(event.place, desk, silent=True) if event.place else {}
    found = desk.days(event.at) if event.at else None
    if found:
        desk.moments.append((event.kind, event.at.column, found))
    toponym = ", ".join(dict.fromkeys(filter(None, map(desk.cell, event.toponyms))))
    if not where and not found and not toponym:
        return []
    columns = (*(event.place.columns if event.place else ()), *event.toponyms, event.at.column if event.at else "")
    value = {"kind": event.kind, **({"toponym": toponym} if toponym else {})}
    when = {"at": found.daterange(), "edtf": found.edtf, "calendar": found.calendar} if found else {}
    where.pop("verbatim", None)
    return [
        {
            "predicate": Predicate.EVENT.code,
            "value": value,
            "credibility": event.credibility,
            **where,
            **when,
            **({"quote": event.quote} if event.quote else {}),
            "locator": desk.locator(*columns),
            "from": columns,
        }
    ]


def _hold(check: Check, desk: Desk, claims: list[dict]) -> None:
    """The row is flagged where its values contradict one another, and the claims of `column` lose
    credibility."""
    broken = {"not_more": _more, "excludes": _excluded, "not_before": _before}[check.kind](check, desk)
    if not broken:
        return
    code = ProblemCode.IMPOSSIBLE_ORDER if check.kind == "not_before" else ProblemCode.COUNTS_DISAGREE
    desk.note(
        code,
        check.column,
        desk.cell(check.column),
        f"{check.column} = {desk.cell(check.column)} beside {check.than} = {desk.cell(check.than)}",
    )
    for claim in claims:
        if check.credibility and check.column in claim["from"]:
            claim["credibility"] = check.credibility


def _more(check: Check, desk: Desk) -> bool:
    one, other = desk.number(check.column), desk.number(check.than)
    return one is not None and other is not None and one > other


def _excluded(check: Check, desk: Desk) -> bool:
    return desk.cell(check.than) in check.words and (desk.number(check.column) or 0) > 0


def _before(check: Check, desk: Desk) -> bool:
    if not (desk.cell(check.column) and desk.cell(check.than)):
        return False
    one, other = (read_date(desk.cell(column), desk.today) for column in (check.column, check.than))
    return bool(one.latest and other.earliest) and one.latest < other.earliest


def _finished(claim: dict, desk: Desk) -> dict:
    """The claim as api.record_claims takes it: its part and row, no `from`, no verbatim of a person's row."""
    done = {key: value for key, value in claim.items() if key != "from" and value is not None}
    if desk.profile.seals:
        done.pop("verbatim", None)
    return {**done, "part": desk.row.part, "row_no": desk.row.number}
