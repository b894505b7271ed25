"""Whether what a row says of a person can be so: days that follow each other, an age beside a birth. Both sides are kept. Pure."""

from datetime import date

from sitereg.dates import Days
from sitereg.imports.desk import Desk
from sitereg.vocab import EventKind, ProblemCode

_TAKEN = {EventKind.ARRESTED, EventKind.ABDUCTED}
_AFTER_TAKEN = {
    EventKind.RELEASED, EventKind.TRANSFERRED_FROM, EventKind.TRANSFERRED_TO, EventKind.HELD_AT, EventKind.SEEN_BY_EXDETAINEE,
    EventKind.VISITED_BY_FAMILY, EventKind.TRIED_OR_SENTENCED, EventKind.RETURNED_TO_FAMILY, EventKind.SEEN_ALIVE_AFTER}
_ALIVE = {one for one in EventKind if one.attrs["alive_evidence"] == "positive"} | _TAKEN | {EventKind.LAST_SEEN_FREE}
_DEAD = {one for one in EventKind if one.attrs["alive_evidence"] == "negative"} | {
    EventKind.DEATH_NOTICE_ISSUED, EventKind.DEATH_REGISTERED, EventKind.BODY_PHOTOGRAPHED, EventKind.BODY_RELEASED}
_YEAR = 365.2425


def hold(desk: Desk) -> None:
    """The events, births and ages that the row told are flagged where they cannot all be true; nothing is dropped."""
    events = [(EventKind(kind), column, days) for kind, column, days in desk.moments if kind != "birth"]
    births = [(column, days) for kind, column, days in desk.moments if kind == "birth"]
    for kind, column, days in events:
        for other, beside, before in events:
            if _against(kind, other) and _lies_before(days, before):
                words = f"{kind.label} ({column}) lies before {other.label} ({beside}): both are kept"
                _tell(desk, column, days, words)
    for column, born in births:
        for kind, beside, days in events:
            if _lies_before(days, born):
                _tell(desk, column, born, f"The birth lies after {kind.label} ({beside}): both are kept")
        for told, text, years, at in desk.ages:
            if at and _cannot(years, born, at):
                words = f"Born {born.verbatim} one is not {text} on {at.verbatim}: both are kept"
                desk.note(ProblemCode.AGE_DISAGREES, told, text, words)


def _against(kind: EventKind, other: EventKind) -> bool:
    """Whether the first cannot come before the second."""
    return (kind in _AFTER_TAKEN and other in _TAKEN) or (kind in _DEAD and other in _ALIVE)


def _lies_before(one: Days, other: Days) -> bool:
    return bool(one.latest and other.earliest) and one.latest < other.earliest


def _tell(desk: Desk, column: str, days: Days, words: str) -> None:
    desk.note(ProblemCode.IMPOSSIBLE_ORDER, column, days.verbatim, words)


def _cannot(years: tuple[int, int], born: Days, at: Days) -> bool:
    """Whether no day of the birth gives an age within the years, one year of rounding allowed on each side."""
    if not (born.earliest and born.latest and at.earliest and at.latest):
        return False
    least, most = (_years(born.latest, at.earliest), _years(born.earliest, at.latest))
    return most < years[0] - 1 or least > years[1] + 2


def _years(born: date, day: date) -> float:
    return (day - born).days / _YEAR
