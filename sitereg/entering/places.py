"""Where something is, in any form in which people say it -> one place, or those that may be meant: never a guess.

Coordinates, pasted pins and links by `geo`; a code of a site; names of sites that the reader may see, of governorates, of the
gazetteer. A name is only offered: until one is picked the words stand alone, and unplaced is fine. Coordinates that can be read
in two ways must be picked, for there the reader meant one of them.
"""
import re
from dataclasses import dataclass, replace

from shapely import Point

from sitereg import geo, places, sites
from sitereg.vocab import GeorefMethod, PlaceKind, ProblemCode
from sitereg.writing import plain

WORDS = "words"
NO_SITE = "There is no such site for you"
CODE = re.compile(r"SYS-[2-9A-Z]{6}-[2-9A-Z]")
MOST, LEAST_LETTERS, LONGEST_NAME = 5, 3, 60
APART = re.compile(r"[,،;؛/\n]+")
SYRIA = geo.Declared(area=geo.SYRIA)


@dataclass(frozen=True)
class Choice:
    """One place that may be meant. kind: point, site, unit, place (of the gazetteer). key: what picks it."""

    key: str
    kind: str
    names: dict
    lon: float | None = None
    lat: float | None = None
    uncertainty_m: float | None = None
    method: str | None = None
    place_kind: str | None = None
    code: str | None = None
    id: str | None = None
    unit: dict | None = None


@dataclass(frozen=True)
class Reading:
    """What was made of the words.

    state: none (nothing said), read (`place` is it), choose (a pick is needed), words (they are kept as they are).
    why: what stands in the way, or is to be known: a code of problem_code, or NO_SITE.
    """

    said: str
    state: str
    place: Choice | None = None
    choices: tuple[Choice, ...] = ()
    why: str | None = None

    def claim(self):
        """The fields of a claim that say where; {} where the words stand alone or nothing was said."""
        one = self.place
        if one is None or one.kind == "site":
            return {}
        if one.kind == "unit":
            return {"pcode": one.code, "place_kind": PlaceKind.ADMIN_UNIT.value, "method": GeorefMethod.ADMIN_UNIT.value}
        return {"shape": Point(one.lon, one.lat), "uncertainty_m": one.uncertainty_m, "place_kind": one.place_kind,
                "method": one.method}


def read(session, text, pick=None):
    """The Reading of these words; pick: the key of one of its choices, or `words` to keep them as they are."""
    said = (text or "").strip()
    if not said:
        return Reading("", "none")
    found = _by_code(session, said) or _by_numbers(session, said) or _by_name(session, said)
    if pick == WORDS:
        return replace(found, state="words", place=None, why=None)
    chosen = next((one for one in found.choices if one.key == pick), None)
    return replace(found, state="read", place=chosen, why=None) if chosen else found


def _by_code(session, said):
    met = CODE.search(plain(said).upper())
    if not met:
        return None
    row = next(iter(sites.find(session, q=met[0], limit=1)), None)
    if row is None:
        return Reading(said, "choose", why=NO_SITE)
    return Reading(said, "read", _site(row))


def _by_numbers(session, said):
    met = geo.parse(said, SYRIA)
    why = next(iter(met.problems), None)
    if met.found:
        return Reading(said, "read", _point(session, met), why=why if why is ProblemCode.OUTSIDE_AREA else None)
    if met.candidates:
        choices = sorted((_point(session, one) for one in met.candidates), key=lambda one: one.unit is None)
        return Reading(said, "choose", choices=tuple(choices), why=why)
    return None if why in (ProblemCode.BAD_COORDINATES, ProblemCode.NO_GEOMETRY) else Reading(said, "choose", why=why)


def _by_name(session, said):
    """Sites, governorates and places of that name; the words stay what counts until one is picked."""
    whole = plain(said)
    if len(whole) > LONGEST_NAME:
        return Reading(said, "words")
    names = list(dict.fromkeys(one for one in (whole, *map(plain, APART.split(said))) if len(one) >= LEAST_LETTERS))[:4]
    found = {}
    for name in names:
        rows = [_site(row) for row in sites.find(session, q=name, limit=MOST)]
        rows += [_unit(row) for row in places.units(session, level=1) if name.lower() in (row["name_en"].lower(), row["name_ar"])]
        rows += [_named(row) for row in places.named(session, name=name, limit=MOST)]
        for one in rows:
            found.setdefault(one.key, one)
    return Reading(said, "words", choices=tuple(found.values())[:2 * MOST])


def _point(session, met):
    units = places.at(session, lon=met.lon, lat=met.lat)
    unit = max(units, key=lambda one: one["level"], default=None)
    return Choice(f"{met.lat:.6f},{met.lon:.6f}", "point", {}, met.lon, met.lat, met.uncertainty_m, met.method.value,
                  met.kind.value, unit={"en": unit["name_en"], "ar": unit["name_ar"]} if unit else None)


def _site(row):
    return Choice(row["code"], "site", row["names"], code=row["code"], id=str(row["id"]),
                  unit={"en": row["place_en"], "ar": row["place_ar"]} if row["place_en"] else None)


def _unit(row):
    return Choice(f"unit:{row['pcode']}", "unit", {"en": row["name_en"], "ar": row["name_ar"]}, code=row["pcode"],
                  uncertainty_m=row["radius_m"])


def _named(row):
    names = {language: row[f"name_{language}"] for language in ("en", "ar") if row[f"name_{language}"]}
    return Choice(f"place:{row['lat']:.5f},{row['lon']:.5f}", "place", names, row["lon"], row["lat"], row["extent_m"] or 1_500.0,
                  GeorefMethod.GAZETTEER_LOOKUP.value, PlaceKind.TOPONYM.value)
