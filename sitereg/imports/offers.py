"""How a cell that was held back may be read: what a person is offered to choose from. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sitereg import dates, geo
from sitereg.imports.rules import Profile
from sitereg.vocab import GeorefMethod

PLACES = ("swapped", "ambiguous_place", "missing_zone", "projected_coordinates", "bad_coordinates", "out_of_range")
DATES = ("ambiguous_date", "two_digit_year", "excel_serial", "bad_date", "reversed_interval")

__all__ = ["Offer", "offers"]


@dataclass(frozen=True, slots=True)
class Offer:
    """One reading: for which problem, the cells that would say it plainly, and where that is (lon, lat, metres), if anywhere."""

    code: str
    field: str
    said: str
    cells: dict[str, str]
    place: tuple[float, float, float | None] | None = None


def offers(profile: Profile, cells: Mapping[str, str], problems: list[dict], today: date) -> list[Offer]:
    """The readings for each problem of a row that has any, in the order of the problems; the same cells are offered once."""
    found: list[Offer] = []
    for one in problems:
        if one["code"] in PLACES:
            made = _places(profile, cells, one)
        elif one["code"] in DATES:
            made = _days(cells, one, today)
        else:
            made = _words(profile, one) if one["code"] == "unknown_code" else []
        found += [each for each in made if each.cells not in [other.cells for other in found]]
    return found


def _places(profile: Profile, cells: Mapping[str, str], one: dict) -> list[Offer]:
    rule = profile.place
    if rule is None or rule.geometry:
        return []
    declared = geo.Declared(order=rule.order, area=profile.area.bounds, method=GeorefMethod(rule.method))
    if rule.lat:
        lat, lon = cells.get(rule.lat, ""), cells.get(rule.lon, "")
        read = geo.parse_pair(lat, lon, declared, stated_m=rule.uncertainty_m)
        if one["code"] == "swapped":
            turned = geo.parse_pair(lon, lat, declared, stated_m=rule.uncertainty_m)
            where = _at(turned) if turned.found else None
            return [Offer(one["code"], one["field"], f"{lon} {lat}", {rule.lat: lon, rule.lon: lat}, where)]
        return [
            Offer(
                one["code"],
                one["field"],
                f"{each.lat:.6f} {each.lon:.6f}",
                {rule.lat: f"{each.lat:.6f}", rule.lon: f"{each.lon:.6f}"},
                _at(each),
            )
            for each in read.candidates
        ]
    read = geo.parse(cells.get(rule.text, ""), declared, stated_m=rule.uncertainty_m)
    made = []
    for each in read.candidates:
        pair = (each.lon, each.lat) if rule.order == "lonlat" else (each.lat, each.lon)
        said = f"{pair[0]:.6f}, {pair[1]:.6f}"
        made.append(Offer(one["code"], one["field"], said, {rule.text: said}, _at(each)))
    return made


def _at(place: geo.Place) -> tuple[float, float, float | None]:
    return place.lon, place.lat, place.uncertainty_m


def _days(cells: Mapping[str, str], one: dict, today: date) -> list[Offer]:
    read = dates.parse(cells.get(one["field"], ""), today)
    said = [each.edtf or (each.earliest.isoformat() if each.earliest else "") for each in read.candidates]
    return [Offer(one["code"], one["field"], text, {one["field"]: text}) for text in dict.fromkeys(said) if text]


def _words(profile: Profile, one: dict) -> list[Offer]:
    """The words of the profile for that column, the first for each code."""
    words: dict[str, str] = {}
    for rule in profile.claims:
        for word, code in rule.words.items() if rule.column == one["field"] else ():
            if isinstance(code, str) and code:
                words.setdefault(code, word)
    return [Offer(one["code"], one["field"], word, {one["field"]: word}) for word in words.values()]
