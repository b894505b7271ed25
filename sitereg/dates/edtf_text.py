"""EDTF (ISO 8601-2) levels 0 and 1 and the sets of level 2: grammar and bounds our own.

The library of that name takes 20 to 100 ms for a text, pads `?` and `~` by a month or a year, invents ten
years for an unknown start and returns a float infinity for an open end; the tests compare with it what it
reads. A doubt widens nothing unless somebody says by how much. An interval with a slash is a period (see
periods), never a moment.
"""

import re
from datetime import date

from sitereg.dates.days import first, last
from sitereg.vocab import ProblemCode

Span = tuple[date | None, date | None, tuple[ProblemCode, ...]]

_DATE = re.compile(r"(\d{4}|\d{3}X|\d{2}XX|\dXXX)(?:-([\dX]{2})(?:-([\dX]{2}))?)?([?~%])?")
_SET = re.compile(r"\[([^\[\]{}]+)\]|\{([^\[\]{}]+)\}")
_SEASONS = {"21": (3, 5), "22": (6, 8), "23": (9, 11)}
_VAGUE = (ProblemCode.VAGUE_DATE,)


class Impossible(ValueError):
    """There is no such day."""


def looks_like_edtf(text: str) -> bool:
    """Whether the text has a form only EDTF gives: unspecified digits, a set, a season or a mark of doubt."""
    met = _DATE.fullmatch(text)
    if not met:
        return bool(_SET.fullmatch(text))
    if "X" not in text and 1300 <= int(met[1]) <= 1500:
        return False
    return bool(met[4]) or "X" in text or (met[2] or "") in ("21", "22", "23", "24")


def read_edtf(text: str) -> Span | None:
    """The first and last day of an EDTF moment and its problems; None where it is no EDTF.

    Raises Impossible for a form that is right and a day that is not.
    """
    met = _SET.fullmatch(text)
    if met:
        spans = [_member(part.strip()) for part in (met[1] or met[2]).split(",")]
        if None in spans:
            return None
        lows, highs = [span[0] for span in spans], [span[1] for span in spans]
        low, high = None if None in lows else min(lows), None if None in highs else max(highs)
        if low and high and low > high:
            raise Impossible
        return (low, high, _VAGUE) if low or high else None
    met = _DATE.fullmatch(text)
    if not met:
        return None
    year, month, day, mark = met.groups()
    if month in ("21", "22", "23", "24") and not day:
        low, high, problems = _season(int(year), month) if "X" not in year else (None, None, ())
    else:
        low, high, problems = _digits(year, month, day)
    if low is None:
        return None
    return low, high, (*problems, ProblemCode.UNSURE_DATE) if mark else problems


def _member(text: str) -> Span | None:
    """One date of a set, or a run of them that may lack an end."""
    if ".." not in text:
        return read_edtf(text) if _DATE.fullmatch(text) else None
    ends = [read_edtf(end) if _DATE.fullmatch(end) else None for end in text.split("..")]
    if len(ends) != 2 or any(end is None and part for end, part in zip(ends, text.split(".."), strict=True)):
        return None
    low, high = (end or (None, None) for end in ends)
    return low[0], high[1], _VAGUE


def _season(year: int, season: str) -> Span:
    if not 1300 <= year < 9999:
        raise Impossible
    if season in _SEASONS:
        begin, end = _SEASONS[season]
        return first(year, begin), last(year, end), _VAGUE
    return first(year - 1, 12), last(year + 1, 2), _VAGUE


def _digits(year: str, month: str | None, day: str | None) -> Span:
    """The days that digits allow, an X standing for any digit."""
    low_year, high_year = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if low_year < 1 or high_year < 1300:
        raise Impossible
    months = _allowed(month, 12)
    vague = _VAGUE if "X" in f"{year}{month}{day}" else ()
    lows = [_day(low_year, m, day, last_one=False) for m in months]
    highs = [_day(high_year, m, day, last_one=True) for m in reversed(months)]
    low, high = next(filter(None, lows), None), next(filter(None, highs), None)
    if low is None or high is None:
        raise Impossible
    return low, high, vague


def _allowed(digits: str | None, most: int) -> list[int]:
    if not digits:
        return list(range(1, most + 1))
    found = [n for n in range(1, most + 1) if re.fullmatch(digits.replace("X", r"\d"), f"{n:02d}")]
    if not found:
        raise Impossible
    return found


def _day(year: int, month: int, day: str | None, *, last_one: bool) -> date | None:
    days = [d for d in _allowed(day, 31) if d <= last(year, month).day]
    return date(year, month, days[-1 if last_one else 0]) if days else None
