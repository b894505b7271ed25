"""What is declared of dates, and one way to read one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sitereg.dates.calendars import hijri_span
from sitereg.dates.days import last
from sitereg.dates.edtf_text import Impossible
from sitereg.vocab import ProblemCode


@dataclass(frozen=True, slots=True)
class Declared:
    """What a profile, a form or a person declares once, so that it is not guessed for each date.

    order: of three numbers (dmy, mdy, ymd); a year of four digits at the front needs none. excel: numbers are
    serials of that system. not_before: no date of this column lies earlier (settles the century of two
    digits; never set it for births). future: planned dates may lie after today.
    """

    order: Literal["dmy", "mdy", "ymd"] | None = None
    excel: Literal["1900", "1904"] | None = None
    not_before: date | None = None
    future: bool = False


UNDECLARED = Declared()


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the words; with `doubt` the problem where there are several.

    held: even alone it is only a candidate. hijri: the days are within two days of it.
    """

    start: date | None
    end: date | None
    rule: str
    hijri: bool = False
    problems: tuple[ProblemCode, ...] = ()
    edtf: str | None = None
    doubt: ProblemCode = ProblemCode.AMBIGUOUS_DATE
    held: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """The question to a reader: what was declared, and how to read a text that is part of another."""

    declared: Declared
    read: Callable[[str], list[Reading]]


def make(year: int, month: int | None, day: int | None, rule: str) -> Reading:
    """The reading of three numbers, of a month or a year; day or month 0 is a way to write unknown."""
    if year < 1300 or (year == 1900 and month == 1 and day == 0):
        raise Impossible
    vague = (ProblemCode.VAGUE_DATE,) if 0 in (month, day) else ()
    month, day = month or None, (day or None) if month else None
    try:
        if 1300 <= year <= 1500:
            return Reading(*hijri_span(year, month, day), f"hijri_{rule}", True, vague)
        if month is not None and not 1 <= month <= 12:
            raise Impossible
        low = date(year, month or 1, day or 1)
        return Reading(low, low if day else last(year, month), rule, False, vague)
    except (ValueError, OverflowError):
        raise Impossible from None
