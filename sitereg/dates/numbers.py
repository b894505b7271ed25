"""Dates of numbers alone: three, two or one of them, and the serials of spreadsheets."""

import re
from dataclasses import replace

from sitereg.dates import words as w
from sitereg.dates.calendars import excel_day
from sitereg.dates.edtf_text import Impossible
from sitereg.dates.readings import Ask, Declared, Reading, make
from sitereg.vocab import ProblemCode

_MONTH = r"00|0?[1-9]|1[0-2]"


def numbers(text: str, ask: Ask) -> list[Reading]:
    """Three numbers, two or one, with -, /, . or blanks between."""
    met = re.fullmatch(rf"(\d{{1,4}})\s?([-/. ])\s?(\d{{1,2}})\s?\2\s?(\d{{1,4}}){w.SUFFIX}?", text)
    if met:
        return _triple(met[1], met[3], met[4], ask.declared)
    met = re.fullmatch(rf"(?:({_MONTH})[-/.](\d{{4}})|(\d{{4}})[-/.]({_MONTH})){w.SUFFIX}?", text)
    if met:
        return [make(int(met[2] or met[3]), int(met[1] or met[4]), None, "month_year")]
    met = re.fullmatch(rf"{w.YEAR}(?:{w.SUFFIX}|{w.GREGORIAN_SUFFIX})", text)
    if met:
        return [make(int(met["year"]), None, None, "year")]
    met = re.fullmatch(r"(\d{4})\s?-\s?(\d{4})", text)
    if met and int(met[1]) <= int(met[2]):
        low, high = (make(int(year), None, None, "years") for year in met.groups())
        return [replace(low, end=high.end, problems=(ProblemCode.VAGUE_DATE,))]
    return []


def _triple(one: str, two: str, three: str, declared: Declared) -> list[Reading]:
    if len(one) == 4:
        return [make(int(one), int(two), int(three), "ymd")] if len(three) <= 2 else []
    if len(one) == 3 or len(three) == 3:
        return []
    if len(three) == 4:
        return _day_month(int(one), int(two), [int(three)], declared.order)
    order = declared.order
    if order is None:
        ends = [d for o in ("dmy", "mdy", "ymd") for d in _centuries(one, two, three, o, declared)]
        return [replace(one, held=True) for one in ends]
    return _centuries(one, two, three, order, declared)


def _centuries(one: str, two: str, three: str, order: str, declared: Declared) -> list[Reading]:
    """Both centuries that two digits may mean, save what lies before the day that was declared."""
    parts = dict(zip(order, (int(one), int(two), int(three)), strict=True))
    found = []
    for year in (1900 + parts["y"], 2000 + parts["y"]):
        try:
            made = make(year, parts["m"], parts["d"], order)
        except Impossible:
            continue
        if declared.not_before is None or made.end >= declared.not_before:
            found.append(replace(made, doubt=ProblemCode.TWO_DIGIT_YEAR))
    if not found and not 1 <= parts["m"] <= 12:
        raise Impossible
    return found


def _day_month(one: int, two: int, years: list[int], order: str | None) -> list[Reading]:
    if 0 in (one, two):
        return [make(year, max(one, two), 0, "month_year") for year in years]
    if order in ("dmy", "ymd") or (order is None and (one > 12 or two == one)):
        return [make(year, two, one, "dmy") for year in years]
    if order == "mdy" or two > 12:
        return [make(year, one, two, "mdy") for year in years]
    return [reading for year in years
            for reading in (make(year, two, one, "dmy"), make(year, one, two, "mdy"))]


def serial(text: str, ask: Ask) -> list[Reading]:
    """A spreadsheet's number: a day only where that was declared; four digits may be a year all the same."""
    met = re.fullmatch(r"(\d{1,6})(?:\.(\d+))?", text)
    excel = ask.declared.excel
    if not met or (excel is None and len(met[1]) != 5):
        return []
    found = []
    for system in [excel] if excel else ["1900", "1904"]:
        try:
            day = excel_day(int(met[1]), system)
        except ValueError:
            if excel:
                raise Impossible from None
            continue
        found.append(Reading(day, day, f"excel_{system}", doubt=ProblemCode.EXCEL_SERIAL, held=not excel))
    if excel and 1900 <= int(met[1]) <= 2100 and not met[2]:
        year = make(int(met[1]), None, None, "year")
        return [replace(one, doubt=ProblemCode.EXCEL_SERIAL, held=True) for one in (year, *found)]
    return found
