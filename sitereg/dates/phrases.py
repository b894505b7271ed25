"""Dates with words: months by name, seasons and parts of a year, before and after, about, times of day."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from sitereg.dates import words as w
from sitereg.dates.calendars import ANCHORS, FEASTS, feast_spans
from sitereg.dates.days import first, last, shift
from sitereg.dates.edtf_text import Impossible, read_edtf
from sitereg.dates.readings import Ask, Declared, Reading, make
from sitereg.vocab import ProblemCode

_UNITS = [name for names in w.UNITS.values() for name in names]
_RELATIVE = re.compile(
    rf"(?P<count>\d{{1,3}}|{'|'.join(w.COUNTS)}) (?P<unit>{'|'.join(_UNITS)})"
    rf" (?P<side>{'|'.join((*w.BEFORE, *w.AFTER))}) (?P<rest>.+)")
_TIME = re.compile(
    r"(.{6,})(?:t| )(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s?(z|utc|[-+]\d{2}:?\d{2})?\s?(am|pm|ص|م)?")


def written(text: str, ask: Ask) -> list[Reading]:
    """`12 May 2013`, `أيار 2013`, `May 12, 2013`, `12/أيار/2013`; a bare كانون or تشرين is two months."""
    apart = re.sub(r"(?<=\d)[-/.](?=[^\W\d])|(?<=[^\W\d])[-/.](?=\d)", " ", text)
    apart = re.sub(r"^(?:le|el|on|في|يوم) ", "", apart)
    for pattern in w.WRITTEN:
        met = pattern.fullmatch(apart)
        if met:
            months = w.MONTHS[met["month"]]
            months = months & w.MONTHS[met["again"]] if met["again"] else months
            day = int(met["day"]) if "day" in pattern.groupindex else None
            doubt = ProblemCode.VAGUE_DATE if len(months) > 1 else ProblemCode.AMBIGUOUS_DATE
            return [replace(make(int(met["year"]), month, day, "written"), doubt=doubt) for month in sorted(months)]
    met = w.WRITTEN_SHORT.fullmatch(apart)
    if met:
        return list(_short(met, ask.declared))
    met = w.WRITTEN_HIJRI.fullmatch(apart)
    if met and 1300 <= int(met["year"]) <= 1500:
        day = int(met["day"]) if met["day"] else None
        return [make(int(met["year"]), month, day, "written") for month in w.HIJRI_MONTHS[met["month"]]]
    return []


def _short(met: re.Match, declared: Declared) -> Iterator[Reading]:
    """`May-13` of a spreadsheet: May of a year, in one century or the other."""
    for month in sorted(w.MONTHS[met["month"]]):
        for year in (1900 + int(met["year"]), 2000 + int(met["year"])):
            made = make(year, month, int(met["day"]) if met["day"] else None, "written_short")
            if declared.not_before is None or made.end >= declared.not_before:
                yield replace(made, doubt=ProblemCode.TWO_DIGIT_YEAR, held=True)


def vague(text: str, ask: Ask) -> list[Reading]:
    """`winter 2013`, `early 2013`, `end of May 2013`, `1980s`, `Eid al-Fitr 2013`."""
    vague = (ProblemCode.VAGUE_DATE,)
    if text in w.DECADES or re.fullmatch(r"(?:the )?\d{3}0s", text):
        start = w.DECADES.get(text) or int(text.removeprefix("the ")[:4])
        return [Reading(first(start), last(start + 9), "decade", problems=vague, edtf=f"{start // 10}X")]
    for word, rest in _openings(text, (*w.SEASONS, *w.PARTS)):
        year = re.fullmatch(w.YEAR, rest)
        if word in w.SEASONS and year and 1500 < int(year["year"]) < 9999:
            code = ("spring", "summer", "autumn", "winter").index(w.SEASONS[word]) + 21
            edtf = f"{year['year']}-{code}"
            span = read_edtf(edtf)
            return [Reading(span[0], span[1], w.SEASONS[word], problems=vague, edtf=edtf)]
        if word in w.PARTS:
            return [_part(one, w.PARTS[word]) for one in ask.read(rest)
                    if one.start and one.end]
    for day, names in ANCHORS.items():
        if text in {w.fold(name) for name in names.split("|")}:
            return [Reading(day, day, "anchor", problems=vague)]
    for feast, (_, names) in FEASTS.items():
        for _, rest in _openings(text, [w.fold(name) for name in names.split("|")]):
            year = re.fullmatch(w.YEAR, rest)
            if year and 1930 <= int(year["year"]) <= 2070:
                return [Reading(*span, feast, True, vague) for span in feast_spans(feast, int(year["year"]))]
    return []


def _openings(text: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in sorted(names, key=len, reverse=True):
        for glue in (" ", "-", " of ", " من ", " de "):
            if text.startswith(name + glue):
                yield name, text[len(name + glue):].strip()


def _part(one: Reading, part: str) -> Reading:
    """The first, middle or last third of the days named, a tenth of them wider on each inner side."""
    size = (one.end - one.start).days + 1
    third, extra = size / 3, size / 10
    low, high = {"early": (0, third + extra), "middle": (third - extra, 2 * third + extra),
                 "late": (2 * third - extra, size)}[part]
    vague = tuple(dict.fromkeys((*one.problems, ProblemCode.VAGUE_DATE)))
    return Reading(shift(one.start, int(low)), shift(one.start, min(int(high + 0.999), size) - 1),
                   part, one.hijri, vague)


def about(text: str, ask: Ask) -> list[Reading]:
    """`about 2013`, `2013?`: the same days, marked as unsure; nothing is padded."""
    bare = text.rstrip("?").strip()
    for word in w.ABOUT:
        if bare.startswith(word) and (not word[-1].isalpha() or bare[len(word):len(word) + 1] == " "):
            bare = bare[len(word):].strip()
            break
    if bare == text or not bare:
        return []
    return [replace(one, problems=(*one.problems, ProblemCode.UNSURE_DATE), edtf=None)
            for one in ask.read(bare)]


def sided(text: str, ask: Ask) -> list[Reading]:
    """`before 2013`, `after May 2013`, `between 2012 and May 2013`."""
    met = re.fullmatch(r"(?:between|بين|entre) (.+?) (?:and|y|et|و|وبين) ?(.+)", text)
    if met:
        one, two = (ask.read(part) for part in met.groups())
        if len(one) == len(two) == 1 and one[0].start and two[0].end and one[0].start <= two[0].end:
            return [Reading(one[0].start, two[0].end, "between", one[0].hijri, (ProblemCode.VAGUE_DATE,))]
        return []
    for names, rule in ((w.BEFORE, "before"), (w.AFTER, "after")):
        for word in names:
            if not text.startswith(word + " "):
                continue
            rest = text[len(word) + 1:]
            found = ask.read(rest)
            if len(found) == 1:
                return [_beyond(found[0], rule)]
    return []


def relative(text: str, ask: Ask) -> list[Reading]:
    """`two days after Eid al-Fitr 2013`, `3 أيام قبل 12 أيار 2013`."""
    met = _RELATIVE.fullmatch(text)
    if not met:
        return []
    count = int(met["count"]) if met["count"].isdigit() else w.COUNTS[met["count"]]
    unit = next(size for size, names in w.UNITS.items() if met["unit"] in names)
    move = count * unit * (-1 if met["side"] in w.BEFORE else 1)
    slack = 0 if unit == 1 else unit // 2
    return [replace(one, start=shift(one.start, move - slack), end=shift(one.end, move + slack), edtf=None,
                    rule="relative", problems=tuple(dict.fromkeys((*one.problems, ProblemCode.VAGUE_DATE))))
            for one in ask.read(met["rest"]) if one.start and one.end]


def _beyond(one: Reading, rule: str) -> Reading:
    vague = (ProblemCode.VAGUE_DATE,)
    if rule == "before":
        if one.start is None or one.start == date.min:
            raise Impossible
        return Reading(None, shift(one.start, -1), rule, one.hijri, vague)
    if one.end is None:
        raise Impossible
    return Reading(shift(one.end, 1), None, rule, one.hijri, vague)


def clock(text: str, ask: Ask) -> list[Reading]:
    """A date with a time: midnight is a date; without a zone the night may belong to the day beside it."""
    met = _TIME.fullmatch(text)
    if not met:
        return []
    hour, minute = int(met[2]), int(met[3])
    if hour > 23 or minute > 59 or int(met[4] or 0) > 60:
        raise Impossible
    found = ask.read(met[1].strip())
    if not met[5]:
        if hour == minute == int(met[4] or 0) == 0:
            return found
        return [replace(one, start=shift(one.start, -1), end=shift(one.end, 1), rule="local_time", edtf=None)
                for one in found if one.start and one.end]
    hours = (hour % 12 + 12) if met[6] in ("pm", "م") else hour
    utc = hours * 60 + minute - _offset(met[5])
    return [_in_damascus(one, utc) for one in found if one.start and one.end]


def _offset(zone: str) -> int:
    if zone in ("z", "utc"):
        return 0
    digits = zone[1:].replace(":", "")
    return (-1 if zone[0] == "-" else 1) * (int(digits[:2]) * 60 + int(digits[2:]))


def _in_damascus(one: Reading, utc_minutes: int) -> Reading:
    """The day in Damascus at UTC+2 and at UTC+3: both hold within one year until 2022."""
    low, high = (
        (datetime.combine(day, datetime.min.time()) + timedelta(minutes=utc_minutes, hours=hours)).date()
        for day, hours in ((one.start, 2), (one.end, 3)))
    return replace(one, start=low, end=high, rule="instant", edtf=None)
