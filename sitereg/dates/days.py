"""A moment known within days, and a period whose two ends are each known within days."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from sitereg.vocab import ProblemCode

Calendar = Literal["gregorian", "hijri"]


@dataclass(frozen=True, slots=True)
class Days:
    """All days on which something could have happened, both ends included; what was written stays beside it.

    earliest or latest None with the other given: not bounded on that side. Both None: no date was read.
    open: as the end of a period, it was still going on when recorded (then earliest is that day); never the
    same as unknown. `candidates` are the readings whose union the interval is. `rule` names the grammar.
    """

    earliest: date | None
    latest: date | None
    verbatim: str
    edtf: str | None = None
    calendar: Calendar = "gregorian"
    open: bool = False
    problems: tuple[ProblemCode, ...] = ()
    candidates: tuple["Days", ...] = ()
    rule: str = ""

    def __post_init__(self):
        if self.earliest and self.latest and self.earliest > self.latest:
            raise ValueError("The earliest day lies after the latest.")

    @property
    def found(self) -> bool:
        """Whether it says anything of the time."""
        return self.earliest is not None or self.latest is not None

    def daterange(self) -> str | None:
        """The literal of a PostgreSQL daterange, half-open (`[2012-01-01,2013-01-01)`), or None."""
        if not self.found:
            return None
        low = f"[{self.earliest.isoformat()}" if self.earliest else "("
        high = "" if self.latest in (None, date.max) else (self.latest + timedelta(days=1)).isoformat()
        return f"{low},{high})"

    def but(self, *problems: ProblemCode) -> "Days":
        """The same days with further problems noted once."""
        return replace(self, problems=tuple(dict.fromkeys((*self.problems, *problems))))


@dataclass(frozen=True, slots=True)
class Period:
    """When something began and ended; either may be unknown (None) and the end may be open.

    holds_throughout: True = true on every day between, False = true on at least one day of it.
    """

    began: Days | None
    ended: Days | None
    holds_throughout: bool
    verbatim: str
    edtf: str | None = None
    problems: tuple[ProblemCode, ...] = ()

    @property
    def found(self) -> bool:
        """Whether either end says anything."""
        return any(end is not None and end.found for end in (self.began, self.ended))


def nothing(verbatim: str, *problems: ProblemCode, candidates: tuple[Days, ...] = (), rule: str = "") -> Days:
    """No date, and why."""
    return Days(None, None, verbatim, problems=problems, candidates=candidates, rule=rule)


def spell(earliest: date | None, latest: date | None, mark: str = "") -> str | None:
    """The EDTF text of an interval of days: a year, a month or a day where it is one, else one of a set."""
    if earliest is None and latest is None:
        return None
    if earliest and latest:
        if earliest == latest:
            return f"{earliest.isoformat()}{mark}"
        if earliest == first(earliest.year) and latest == last(earliest.year):
            return f"{earliest.year:04d}{mark}"
        if earliest == first(earliest.year, earliest.month) and latest == last(earliest.year, earliest.month):
            return f"{earliest.year:04d}-{earliest.month:02d}{mark}"
    low, high = (day.isoformat() if day else "" for day in (earliest, latest))
    return f"[{low}..{high}]"


def first(year: int, month: int | None = None) -> date:
    """The first day of a year or month."""
    return date(year, month or 1, 1)


def last(year: int, month: int | None = None) -> date:
    """The last day of a year or month."""
    if month in (None, 12):
        return date(year, 12, 31)
    return date(year, month + 1, 1) - timedelta(days=1)


def shift(day: date, days: int) -> date:
    """The day so many days later, held within the calendar of Python."""
    return date.fromordinal(max(1, min(date.max.toordinal(), day.toordinal() + days)))
