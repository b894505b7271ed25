"""Periods as people write them: two ends, each of them a moment, unknown or open."""

import re
from datetime import date

from sitereg.dates import words as w
from sitereg.dates.days import Days, Period
from sitereg.dates.parse import parse
from sitereg.dates.readings import UNDECLARED, Declared
from sitereg.vocab import ProblemCode
from sitereg.writing import is_blank, plain

_OPEN = {w.fold(word) for word in (
    "..", "now", "today", "present", "the present", "to date", "until now", "ongoing", "open", "still",
    "aujourd'hui", "actualidad", "الآن", "حتى الآن", "اليوم", "حتى اليوم", "مستمر", "لا يزال")}
_FROM_TO = re.compile(
    r"(?:from |since |de |depuis |desde |من )(?:عام |سنه )?(.+?)"
    r"(?: to | until | till | through | a | au | hasta | الي | حتي | و?لغايه | - )(?:عام |سنه )?(.+)")
_SINCE = re.compile(r"(?:since|depuis|desde|منذ) (?:عام |سنه )?(.+)")
_UNTIL = re.compile(r"(?:until|till|up to|jusqu'en|hasta|حتي|لغايه) (?:عام |سنه )?(.+)")
_YEARS = re.compile(r"(\d{4})\s?[-–—]\s?(\d{4}|\.\.|)")


def parse_period(
    text: str, today: date, declared: Declared = UNDECLARED, *, holds_throughout: bool | None = None
) -> Period:
    """The period that one text names: EDTF (`2013/..`, `/2014-06`), `1975-1978`, `from May 2012 to 2014`.

    `..` and "until now" are an open end: still so on the day `today`; an empty side is unknown, which is not
    the same. `from .. to` and `since` hold throughout; two EDTF dates say so only if `holds_throughout` does.
    A single moment is when it began and when it ended, each within its days.
    """
    words, folded = plain(text), w.fold(text)
    if folded in w.NO_DATE or is_blank(folded):
        return Period(None, None, bool(holds_throughout), text)
    if folded in _OPEN:
        return _join(text, None, still(today, text), bool(holds_throughout))
    met, throughout = _sides(words, folded)
    if met is None:
        moment = parse(text, today, declared)
        return _join(text, moment, moment, bool(holds_throughout))
    began, ended = (_end(side.strip(), today, declared, at_end=at_end) for side, at_end in zip(
        met, (False, True), strict=True))
    return _join(text, began, ended, throughout if holds_throughout is None else holds_throughout)


def join(began: Days | None, ended: Days | None, *, holds_throughout: bool = False) -> Period:
    """The period of two moments read apart, as two columns give them; a reversed one is told, not turned."""
    verbatim = " / ".join(end.verbatim for end in (began, ended) if end is not None)
    return _join(verbatim, began, ended, holds_throughout)


def still(today: date, verbatim: str = "..") -> Days:
    """An open end: not ended on the day it was recorded, so every possible end lies on that day or later."""
    return Days(today, None, verbatim, "..", open=True, rule="open")


def _sides(words: str, folded: str) -> tuple[tuple[str, str] | None, bool]:
    if words.count("/") == 1 and re.fullmatch(r"[\dX?~%.\-\[\]]*/[\dX?~%.\-\[\]]*", words):
        one, two = words.split("/")
        if not re.fullmatch(r"\d{1,2}", one or "2013") and not re.fullmatch(r"\d{1,2}", two or "2013"):
            return (one, two), False
    for pattern, throughout in ((_FROM_TO, True), (_YEARS, False)):
        met = pattern.fullmatch(folded)
        if met:
            return (met[1], met[2]), throughout
    for pattern, sides in ((_SINCE, lambda x: (x, "..")), (_UNTIL, lambda x: ("", x))):
        met = pattern.fullmatch(folded)
        if met and met[1] not in _OPEN:
            return sides(met[1]), True
    return None, False


def _end(side: str, today: date, declared: Declared, *, at_end: bool) -> Days | None:
    if not side:
        return None
    if w.fold(side) in _OPEN:
        return still(today, side) if at_end else None
    return parse(side, today, declared)


def _join(text: str, began: Days | None, ended: Days | None, throughout: bool) -> Period:
    problems = list(dict.fromkeys(p for end in (began, ended) if end is not None for p in end.problems))
    if began and ended and not ended.open and began.earliest and ended.latest and (
            began.earliest > ended.latest):
        problems.append(ProblemCode.REVERSED_INTERVAL)
    return Period(began, ended, throughout, text, _spell(began, ended), tuple(problems))


def _spell(began: Days | None, ended: Days | None) -> str | None:
    """EDTF of both ends where each has a form of its own; a set is no end of an EDTF interval."""
    sides = ["" if end is None or not end.found else (end.edtf or "") for end in (began, ended)]
    if began is ended:
        return sides[0] or None
    if any(side.startswith("[") for side in sides) or sides == ["", ""]:
        return None
    return "/".join(sides)
