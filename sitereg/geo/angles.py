"""Degrees as people write them: decimal, degrees and minutes, degrees minutes seconds, with or without marks.

A text is cut into tokens of which every one must be understood, and the tokens must form angles to the
last one: `33.51`, `N 33 30 45.5`, `33°30'47"N`, `33 درجة 30 دقيقة شمال`. Nothing is skipped and nothing is
guessed: a text that can be read in two ways gives two readings.
"""

import re
from dataclasses import dataclass

from sitereg.writing import plain

_HEMISPHERES = {
    "N": "N NORTH NORD NORTE شمال شمالا شمالي ش", "S": "S SOUTH SUD SUR جنوب جنوبا جنوبي ج",
    "E": "E EAST EST ESTE شرق شرقا شرقي ق", "W": "W WEST OUEST OESTE غرب غربا غربي غ", "O": "O",
}
_LABELS = {
    "lat": "LAT LATITUDE الخط_العرض خط_العرض العرض عرض دائرة_العرض",
    "lon": "LON LONG LNG LONGITUDE الخط_الطول خط_الطول الطول طول",
}
_MARKS = {"deg": "DEG DEGREES DEGREE درجة درجات", "min": "MIN MINUTES MINUTE دقيقة دقائق",
          "sec": "SEC SECONDS SECOND ثانية ثوان ثواني"}
_WORDS = {
    word.replace("_", " "): (kind, value)
    for kind, table in (("hemi", _HEMISPHERES), ("label", _LABELS), ("mark", _MARKS))
    for value, words in table.items() for word in words.split()
}
_SIGNS = {"°": "deg", "º": "deg", "˚": "deg", "'": "min", '"': "sec"}
_QUOTES = str.maketrans({
    **dict.fromkeys("′’‘´`ʹʼ＇", "'"), **dict.fromkeys("″”“ʺ„＂", '"'), "º": "°", "˚": "°",
})
_POWER = re.compile(r"\dE[-+]?\d", re.IGNORECASE)
_DIACRITICS = re.compile("[\u064b-\u0652\u0670\u0640]")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d{1,3}(?:\.\d{1,15})?)(?![\d.])|(?P<sign>[-+])(?=\s?\d)|(?P<mark>[°'\"])"
    r"|(?P<word>خط العرض|خط الطول|دائرة العرض|[A-Z]+|[\u0621-\u064a]+)\.?|(?P<gap>[,;:/|=()\[\]]))"
)


@dataclass(frozen=True, slots=True)
class Angle:
    """One angle: signed degrees and the axis (lat, lon or None) that it names itself.

    `numbers` are as written (1 = degrees, 2 = degrees and minutes, 3 = with seconds). `hemisphere` is
    kept so that O (ouest, but Ost in German) can be read both ways.
    """

    value: float
    axis: str | None
    numbers: tuple[str, ...]
    hemisphere: str | None = None

    @property
    def step(self) -> float:
        """The last place written, in degrees; zeros at the end prove nothing."""
        shown = list(self.numbers)
        while len(shown) > 1 and float(shown[-1]) == 0:
            shown.pop()
        decimals = len(shown[-1].partition(".")[2].rstrip("0"))
        return 10.0 ** -decimals / 60 ** (len(shown) - 1)


def tokens(text: str) -> list[tuple[str, str]] | None:
    """The tokens (kind, value) of a plain text; None where a piece of it is not understood."""
    text = _DIACRITICS.sub("", text.translate(_QUOTES)).replace("''", '"').upper()
    found, at = [], 0
    while at < len(text):
        met = _TOKEN.match(text, at)
        if not met:
            return None
        kind, value = met.lastgroup, met[met.lastgroup]
        if kind == "word":
            if value not in _WORDS:
                return None
            kind, value = _WORDS[value]
        elif kind == "mark":
            value = _SIGNS[value]
        found.append((kind, value))
        at = met.end()
    return found


def read_angle(parts: list[tuple[str, str]]) -> list[Angle]:
    """All readings of these tokens as one angle to the last token; [] where they are none."""
    body = [part for part in parts if part[0] != "gap" or part[1] not in ":="]
    axis = None
    if body and body[0][0] == "label":
        axis, body = body[0][1], body[1:]
    hemis = [value for kind, value in body if kind == "hemi"]
    if len(hemis) > 1 or (hemis and "hemi" not in (body[0][0], body[-1][0])):
        return []
    body = [part for part in body if part[0] != "hemi"]
    sign = 1.0
    if body and body[0][0] == "sign":
        if hemis:
            return []
        sign, body = (-1.0 if body[0][1] == "-" else 1.0), body[1:]
    numbers = _numbers(body)
    if numbers is None:
        return []
    size = sum(float(number) / 60 ** place for place, number in enumerate(numbers))
    return [
        Angle(sign * way * size, axis or of, numbers, hemis[0] if hemis else None)
        for way, of in _ways(hemis[0] if hemis else None) if axis in (None, of) or of is None
    ]


def _ways(hemisphere: str | None) -> list[tuple[float, str | None]]:
    return {
        None: [(1.0, None)], "N": [(1.0, "lat")], "S": [(-1.0, "lat")], "E": [(1.0, "lon")],
        "W": [(-1.0, "lon")], "O": [(-1.0, "lon"), (1.0, "lon")],
    }[hemisphere]


def _numbers(body: list[tuple[str, str]]) -> tuple[str, ...] | None:
    """Degrees, minutes, seconds as written: only the last may have decimals, each mark is in its place."""
    numbers, place = [], 0
    for kind, value in body:
        if kind == "number" and place == len(numbers) < 3:
            numbers.append(value)
        elif kind == "mark" and len(numbers) == place + 1 and ("deg", "min", "sec")[place] == value:
            place += 1
            continue
        else:
            return None
        if len(numbers) > 1 and ("." in numbers[-2] or float(value) >= 60):
            return None
        upcoming = body[len(numbers) + place:len(numbers) + place + 1]
        if not upcoming or upcoming[0][0] != "mark":
            place += 1
    return tuple(numbers) or None


def read_pairs(text: str) -> list[tuple[Angle, Angle]]:
    """All ways to read a text as two angles, in the order written; `text` as writing.plain gives it."""
    found: dict[tuple[Angle, Angle], None] = {}
    for version in _commas(text):
        parts = tokens(version)
        if parts and not (_POWER.search(version) and [kind for kind, _ in parts].count("hemi") == 1):
            found.update(dict.fromkeys(_split(_bare(parts))))
    return list(found)


def read_one(text: str) -> list[Angle]:
    """All ways to read a text as one angle; a single comma between digits is a decimal comma."""
    parts = tokens(re.sub(r"(?<=\d),(?=\d)", ".", plain(text)))
    return read_angle(_bare(parts)) if parts else []


def _commas(text: str) -> list[str]:
    """The text with all commas as separators and, where no point is used, with those in numbers as decimal.

    In `33,51,36,29` only every second comma can be decimal; in `33,51,36` either.
    """
    versions = [text]
    if "." not in text and "," in text:
        versions = [re.sub(r"(\d),(\d+)", r"\1.\2", text), text]
        if re.search(r"\d,\d+,\d", text) and text.count(",") == 2:
            versions.append(re.sub(r",(\d+)(?=[^,]*$)", r".\1", text))
    return [version.replace(",", " , ") for version in versions]


def _bare(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    while parts and parts[0][0] == "gap" and parts[0][1] in "([":
        parts = parts[1:]
    while parts and parts[-1][0] == "gap" and parts[-1][1] in ")],;":
        parts = parts[:-1]
    return parts


def _split(parts: list[tuple[str, str]]) -> list[tuple[Angle, Angle]]:
    gaps = [i for i, (kind, value) in enumerate(parts) if kind == "gap" and value not in ":="]
    if len(gaps) == 1:
        return _both(parts[:gaps[0]], parts[gaps[0] + 1:])
    if gaps:
        if all(p == ("gap", ",") or p[0] == "number" for p in parts) and len(gaps) in (3, 5):
            numbers = [part for part in parts if part[0] == "number"]
            if len(numbers) == len(gaps) + 1:
                half = len(numbers) // 2
                return _both(numbers[:half], numbers[half:])
        return []
    marked = any(kind in ("mark", "label", "sign") for kind, _ in parts)
    return [
        pair for at in range(1, len(parts)) for pair in _both(parts[:at], parts[at:])
        if marked or len(pair[0].numbers) == len(pair[1].numbers)
    ]


def _both(one: list[tuple[str, str]], two: list[tuple[str, str]]) -> list[tuple[Angle, Angle]]:
    return [(a, b) for a in read_angle(one) for b in read_angle(two)
            if a.axis is None or a.axis != b.axis]
