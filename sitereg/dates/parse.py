"""From words to Days: the one road by which dates enter, whatever their form. No clock is read here."""

import re
from dataclasses import replace
from datetime import date

from sitereg.dates import words as w
from sitereg.dates.days import Days, nothing, spell
from sitereg.dates.edtf_text import Impossible, looks_like_edtf, read_edtf
from sitereg.dates.numbers import numbers, serial
from sitereg.dates.phrases import about, clock, relative, sided, vague, written
from sitereg.dates.readings import UNDECLARED, Ask, Declared, Reading
from sitereg.vocab import ProblemCode
from sitereg.writing import has_controls, is_blank, plain

_LONGEST = 300
_DEEPEST = 3
_READERS = (serial, numbers, written, clock, vague, about, sided, relative)


def parse(text: str, today: date, declared: Declared = UNDECLARED) -> Days:
    """The days that a text names, as seen on the day `today`; never raises for any text.

    Readings that differ give their union with `ambiguous_date` and the readings as candidates; a century that
    is not known, a serial that was not declared, what lies in the future and days that do not exist give no
    days and say why. The latest day never lies after `today` unless the future is declared. A blank or a word
    for "unknown" gives no days and no problem.
    """
    if len(text) > _LONGEST or has_controls(text):
        return nothing(text, ProblemCode.BAD_DATE)
    folded = w.fold(text)
    if folded in w.NO_DATE or is_blank(folded):
        return nothing(text)
    try:
        readings = _edtf(plain(text)) or _read(folded, declared, _DEEPEST)
    except Impossible:
        return nothing(text, ProblemCode.IMPOSSIBLE_DATE)
    return _settle(text, readings, today, declared) if readings else nothing(text, ProblemCode.BAD_DATE)


def _edtf(written_text: str) -> list[Reading]:
    span = read_edtf(written_text) if looks_like_edtf(written_text) else None
    return [Reading(span[0], span[1], "edtf", problems=span[2], edtf=written_text)] if span else []


def _read(folded: str, declared: Declared, deepest: int) -> list[Reading]:
    """The first form that fits; forms within forms (`about the end of May 2013`) at most three deep."""
    if not deepest:
        return []
    ask = Ask(declared, lambda part: _read(part, declared, deepest - 1))
    return next(filter(None, (read(folded, ask) for read in _READERS)), [])


def _settle(text: str, readings: list[Reading], today: date, declared: Declared) -> Days:
    readings = list(dict.fromkeys(readings))
    doubt, held, rule = readings[0].doubt, readings[0].held, readings[0].rule
    days = [_days(text, one) for one in readings]
    if not declared.future:
        days = [_capped(one, today) for one in days if one.earliest is None or one.earliest <= today]
        if not days:
            return nothing(text, ProblemCode.FUTURE_DATE, rule=rule)
    if len(days) == 1 and not held:
        return days[0]
    if doubt not in (ProblemCode.AMBIGUOUS_DATE, ProblemCode.VAGUE_DATE):
        return nothing(text, doubt, candidates=tuple(days), rule=rule)
    low = None if any(one.earliest is None for one in days) else min(one.earliest for one in days)
    high = None if any(one.latest is None for one in days) else max(one.latest for one in days)
    problems = tuple(dict.fromkeys((*(p for one in days for p in one.problems), doubt)))
    return Days(low, high, text, _set(days) or spell(low, high), days[0].calendar, problems=problems,
                candidates=tuple(days), rule=rule)


def _set(days: list[Days]) -> str | None:
    """The readings as a set of EDTF, one of which it is, where each is a year, a month or a day."""
    members = [one.edtf or "" for one in sorted(days, key=lambda one: one.earliest or date.min)]
    return f"[{','.join(members)}]" if all(re.fullmatch(r"\d{4}(?:-\d{2}){0,2}", one) for one in members) else None


def _days(text: str, one: Reading) -> Days:
    unsure = "~" if ProblemCode.UNSURE_DATE in one.problems else ""
    problems = (*one.problems, ProblemCode.HIJRI_DATE) if one.hijri else one.problems
    return Days(one.start, one.end, text, one.edtf or spell(one.start, one.end, unsure),
                "hijri" if one.hijri else "gregorian", problems=problems, rule=one.rule)


def _capped(days: Days, today: date) -> Days:
    """What is recorded has happened: no day after today can be meant."""
    return days if days.latest is not None and days.latest <= today else replace(days, latest=today)
