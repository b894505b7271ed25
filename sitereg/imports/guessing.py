"""What each column of a strange file may be, with the reason for it: a proposal that a person corrects. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sitereg import dates, geo
from sitereg.imports import facts, headers, webforms
from sitereg.imports.counts import read_count
from sitereg.imports.readers import LAYER, Layer, Row
from sitereg.vocab import ProblemCode
from sitereg.writing import is_blank, plain

FIELDS = ("id", "name", "name_ar", "name_en", "kind", "lat", "lon", "place", "radius_km", "count", "date", "status", "note")
PERSON_FIELDS = ("id", "full_name", "ism", "nasab_father", "nasab_grandfather", "family", "mother_given", "mother_family", "kunya",
                 "alias", "number", "sex", "born", "age", "arrested", "arrested_place", "seen", "seen_place", "note")
OF = {"site": FIELDS, "person": PERSON_FIELDS}
"""The fields that a column of a list of sites, or of persons, may be."""
KEPT = ("verbatim", "left_out")
SAMPLE, MOST_WORDS = 300, 40
ONCE = {"id", "lat", "lon", "place", "kind", "radius_km", "status", "date", *PERSON_FIELDS} - {"alias", "note", "number"}
"""Fields that one column has: a second one is kept with the row."""
_OF_PERSONS = {"full_name", "ism", "note", "id"}
"""What tells nothing of whether a list is of persons."""
_ABU = re.compile(r"(?:أبو|ابو|أم|ام|abu|abou|umm|oum)\b", re.IGNORECASE)
_MOST = 0.6
_WORLD: geo.Area = (-180.0, -90.0, 180.0, 90.0)
_NUMBER = re.compile(r"-?\d{1,3}([.,]\d+)")

REASONS = {
    "header": "its header says %(word)s",
    "header_content": "its header says %(word)s, and %(n)s of %(of)s cells read so",
    "coordinates": "%(n)s of %(of)s cells read as coordinates",
    "degrees": "%(n)s of %(of)s cells are degrees that fit",
    "dates": "%(n)s of %(of)s cells read as dates",
    "ages": "%(n)s of %(of)s cells read as ages",
    "sexes": "%(n)s of %(of)s cells say male or female",
    "kunya": "%(n)s of %(of)s cells begin with Abu or Umm",
    "kunya_family": "its header is the word for family name in papers, and only %(n)s of %(of)s cells begin with Abu or Umm",
    "kinds": "%(n)s of %(of)s cells name a kind of site",
    "numbers": "each cell is another one, as of a list's own number",
    "long": "its cells are long texts",
    "unlike": "its header says %(word)s, but only %(n)s of %(of)s cells read so",
    "nothing": "nothing tells what it is",
    "taken": "another column is that already",
    "blank": "its cells are blank",
    "form": "it is a column that %(word)s adds to its exports",
}

__all__ = ["FIELDS", "KEPT", "OF", "PERSON_FIELDS", "REASONS", "Guess", "guess", "order_of", "subject_of"]


@dataclass(frozen=True, slots=True)
class Guess:
    """One column: the field it may be, why (a key of REASONS with its parts), and its first words."""

    column: str
    field: str
    reason: str
    parts: dict
    samples: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def told(self) -> str:
        """The reason in English."""
        return REASONS[self.reason] % self.parts

    def as_dict(self) -> dict:
        """The guess as one JSON object."""
        return {"column": self.column, "field": self.field, "reason": self.told(), "samples": list(self.samples)}


def guess(layers: Sequence[Layer], rows: Sequence[Row], today: date, bounds: geo.Area = geo.SYRIA, *,
          subject: str = "site") -> tuple[Guess, ...]:
    """A Guess for each column of a list of sites or persons, in its order; a field that one column has goes to the one that fits
    best."""
    columns = list(dict.fromkeys(column for layer in layers for column in layer.columns if column != LAYER))
    cells = {column: [cell for row in rows[:SAMPLE] if not is_blank(cell := row.cells.get(column, ""))] for column in columns}
    form, told = webforms.form_of(columns), webforms.told(columns)
    found = [_told(column, told[column], form, cells[column]) if column in told
             else _one(column, cells[column], today, bounds, first=at == 0, subject=subject, said=webforms.question(column, form))
             for at, column in enumerate(columns)]
    return tuple(_once(found))


def subject_of(places: Sequence[Guess], persons: Sequence[Guess]) -> str:
    """person where more columns tell of persons alone than of places, else site."""
    told = len({one.field for one in persons} & {*PERSON_FIELDS} - _OF_PERSONS)
    return "person" if told > len({one.field for one in places} & {"kind", "lat", "lon", "place", "status", "count"}) else "site"


def order_of(cells: Sequence[str]) -> str | None:
    """dmy or mdy where a day above 12 shows which, None where no cell tells."""
    told = Counter()
    for cell in cells:
        met = re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}", plain(cell))
        if met and int(met[1]) > 12:
            told["dmy"] += 1
        elif met and int(met[2]) > 12:
            told["mdy"] += 1
    return told.most_common(1)[0][0] if len(told) == 1 else None


def _told(column: str, field: str, form: str, cells: list[str]) -> tuple[Guess, float]:
    """What a web form adds, by its name; of what is left out no cell is shown."""
    shown = () if field == "left_out" else tuple(dict.fromkeys(cell[:80] for cell in cells))[:3]
    return Guess(column, field, "form", {"word": form}, shown), 3


def _one(column: str, cells: list[str], today: date, bounds: geo.Area, *, first: bool, subject: str,
         said: str) -> tuple[Guess, float]:
    samples = tuple(dict.fromkeys(cell[:80] for cell in cells))[:3]
    words = tuple(word for word, _n in Counter(" ".join(cell.split())[:120] for cell in cells).most_common(MOST_WORDS))

    def made(field: str, reason: str, weight: float, **parts) -> tuple[Guess, float]:
        return Guess(column, field, reason, parts, samples, words), weight

    if not cells:
        return made("verbatim", "blank", 0)
    of, named = len(cells), headers.field_of(said, subject)
    if subject == "person" and headers.is_kunya(said):
        n = sum(bool(_ABU.match(plain(cell))) for cell in cells)
        return made(*(("kunya", "kunya") if n >= of * _MOST else ("family", "kunya_family")), 1, n=n, of=of)
    if named:
        field, word = _in_language(named[0], cells), named[1]
        n = _reads(field, cells, today, _WORLD)
        if n is None:
            return made(field, "header", 1, word=word)
        if n >= of * _MOST:
            return made(field, "header_content", 1 + n / of, word=word, n=n, of=of)
        other = _by_content(cells, today, bounds, subject)
        return made(*other[:2], 0.5, **other[2]) if other else made("verbatim", "unlike", 0, word=word, n=n, of=of)
    other = _by_content(cells, today, bounds, subject)
    if other:
        return made(*other[:2], 0.6, **other[2])
    if first and len(set(cells)) == of > 1 and max(map(len, cells)) <= 20:
        return made("id", "numbers", 0.4)
    if sum(map(len, cells)) > 40 * of:
        return made("note", "long", 0.3)
    return made("verbatim", "nothing", 0)


def _in_language(field: str, cells: list[str]) -> str:
    return "name_ar" if field == "name" and headers.are_arabic(cells) else field


_CONTENT = {"site": (("kind", "kinds"), ("place", "coordinates"), ("date", "dates"), ("lat", "degrees"), ("lon", "degrees")),
            "person": (("sex", "sexes"), ("seen", "dates"))}


def _by_content(cells: list[str], today: date, bounds: geo.Area, subject: str) -> tuple[str, str, dict] | None:
    of = len(cells)
    for field, reason in _CONTENT[subject]:
        n = _reads(field, cells, today, bounds)
        if n >= of * _MOST:
            return field, reason, {"n": n, "of": of}
    return None


def _reads(field: str, cells: list[str], today: date, bounds: geo.Area) -> int | None:
    """How many cells read as that field; None where anything may stand in it."""
    west, south, east, north = bounds
    tests = {
        "lat": lambda cell: _is_degree(cell, south, north, 90),
        "lon": lambda cell: _is_degree(cell, west, east, 180),
        "place": _is_place,
        "date": lambda cell: _is_date(cell, today),
        "count": lambda cell: read_count(cell)[:3] != (None, None, None),
        "radius_km": lambda cell: bool(re.fullmatch(r"\d+([.,]\d+)?", plain(cell))),
        "kind": headers.kind_of,
        **dict.fromkeys(("born", "arrested", "seen"), lambda cell: _is_date(cell, today)),
        "age": lambda cell: facts.read_age(cell) is not None,
        "sex": lambda cell: facts.sex_of(cell) is not None,
    }
    return sum(bool(tests[field](cell)) for cell in cells) if field in tests else None


def _is_degree(cell: str, least: float, most: float, limit: float) -> bool:
    """A number with decimals near what is expected; another one is no proof."""
    met = _NUMBER.fullmatch(plain(cell))
    value = float(met[0].replace(",", ".")) if met else limit + 1
    return abs(value) <= limit and least - 1 <= value <= most + 1


def _is_place(cell: str) -> bool:
    if (
        len(cell) < 7
        or not re.search(r"\d.*\d", cell)
        or (re.fullmatch(r"[\d.,\-]*", plain(cell).replace(" ", ""))
        and not re.search(r"\d[.,]\d.*[\s,;].*\d[.,]\d", plain(cell)))
    ):
        return False
    found = geo.parse(cell[:300], geo.Declared(area=geo.SYRIA))
    return found.found or bool(found.candidates)


def _is_date(cell: str, today: date) -> bool:
    words = plain(cell)
    if re.fullmatch(r"\d+", words) and not re.fullmatch(r"(19|20)\d\d|(19|20)\d\d(0\d|1[0-2])\d\d", words):
        return False
    found = dates.parse(words[:300], today)
    return found.found or bool(found.candidates) or ProblemCode.AMBIGUOUS_DATE in found.problems


def _once(found: list[tuple[Guess, float]]) -> list[Guess]:
    best: dict[str, float] = {}
    for one, weight in found:
        best[one.field] = max(best.get(one.field, 0), weight)
    answer, given = [], set()
    for one, weight in found:
        taken = one.field in ONCE and (weight < best[one.field] or one.field in given)
        given.add(one.field)
        answer.append(Guess(one.column, "verbatim", "taken", {}, one.samples, one.words) if taken else one)
    pair = {one.field for one in answer} >= {"lat", "lon"}
    return [
        Guess(one.column, "verbatim", "taken", {}, one.samples, one.words)
        if one.field == ("place" if pair else "") or (not pair and one.field in ("lat", "lon"))
        else one
        for one in answer
    ]
