"""A place beside the ground: the unit that the row names, the land of its country, the middles that stand for a unit. Pure."""

import re
from dataclasses import replace

from sitereg import geo
from sitereg.geo.place import nowhere
from sitereg.imports.desk import Desk
from sitereg.imports.ground import Ground, Unit
from sitereg.imports.problems import reading
from sitereg.imports.rules import PlaceRule
from sitereg.vocab import GeorefMethod, PlaceKind, ProblemCode

SLACK_M = 5_000.0
"""Beyond its uncertainty and so much, a place and the unit that is named for it disagree."""

_OCHA = re.compile(r"SY\d{2}(?:\d{2}(?:\d{2})?)?")
_COMMUNITY = re.compile(r"C\d{4}")
_FAMILIES = ((re.compile(r"SY\.\d{1,2}", re.I), "GeoNames or FIPS"), (re.compile(r"SY-[A-Z]{2}", re.I), "ISO 3166-2"))


def named(desk: Desk) -> Unit | None:
    """The unit that the row names by its code, or by a name that one unit has; what is wrong with them is noted."""
    rule, ground = desk.profile.unit, desk.survey.ground
    if rule is None or ground is None:
        return None
    code, told = desk.cell(rule.code), [(column, desk.cell(column)) for column in rule.names if desk.cell(column)]
    unit = _coded(rule.code, code, desk, ground) if code else None
    if unit:
        return _called(unit, told, desk)
    found = {one.pcode: one for _, name in told for one in ground.called(name)}
    return next(iter(found.values())) if len(found) == 1 and not code else None


def only(unit: Unit, desk: Desk, verbatim: str | None = None) -> dict:
    """The fields of a place of which the unit alone is known, by its name or by a point that is its middle."""
    said = verbatim or " ".join(filter(None, map(desk.cell, desk.profile.unit.columns)))
    return {"pcode": unit.pcode, "edition": unit.edition, "place_kind": PlaceKind.ADMIN_UNIT.value,
            "method": GeorefMethod.ADMIN_UNIT.value, "verbatim": said}


def weighed(rule: PlaceRule, desk: Desk, place: geo.Place, unit: Unit | None) -> tuple[geo.Place, Unit | None]:
    """The place as the ground lets it stand, and the unit that it stands for where it is a mere middle of one.

    Numbers that fit only the other way round, or only as minutes, are held with both readings; a place apart from the unit that
    the row names, or from the country, is told and kept.
    """
    ground = desk.survey.ground
    if ground is None or not place.found:
        return (_by_unit(place, unit, ground) if ground and unit else place), None
    middle = ground.centred(place.lon, place.lat)
    if middle and place.notation == "decimal" and not rule.as_stated:
        words = f"The point is the middle of {middle.called[0]} ({middle.pcode}): the unit is kept, the point is not"
        desk.note(ProblemCode.CENTROID, _field(rule), place.verbatim, words)
        return nowhere(place.verbatim), middle
    return (_beside(rule, desk, place, unit, ground) if unit else _on_land(rule, desk, place, ground)), None


def _coded(column: str, code: str, desk: Desk, ground: Ground) -> Unit | None:
    """The unit of a code as it is written; None, and the row waits, where it is of another family or edition, or ill written."""
    if code in ground.units:
        return ground.units[code]
    if _COMMUNITY.fullmatch(code):
        words = "Codes of communities are not in the registry: the place is not tested by it"
        desk.note(ProblemCode.NOT_CHECKED, column, code, words)
        return None
    for family, name in _FAMILIES:
        if family.fullmatch(code):
            words = f"{code} is a code of {name}: the same digits mean another unit among OCHA's. Ask which unit is meant"
            desk.note(ProblemCode.UNKNOWN_UNIT, column, code, words)
            return None
    likely = [one for one in _spellings(code) if one in ground.units]
    if code in ground.elsewhere:
        why = f"{code} is in edition {ground.elsewhere[code]} and not in {ground.edition}"
    elif _OCHA.fullmatch(code):
        why = f"{code} is not in edition {ground.edition}"
    else:
        why = f"{code} is no code of OCHA: SY and 2, 4 or 6 digits"
    proposed = [{"pcode": one, "says": ground.units[one].called[0]} for one in likely]
    hint = f". Meant may be {' or '.join(likely)}" if likely else ""
    desk.note(ProblemCode.UNKNOWN_UNIT, column, code, f"{why}{hint}; a person says which unit it is", proposed=proposed)
    return None


def _spellings(code: str) -> list[str]:
    """What a code may have been before a spreadsheet or a hand changed it."""
    upper = re.sub(r"[\s_]", "", code).upper()
    digits = upper.removeprefix("SY")
    found = [upper, f"SY{digits}"]
    if digits.isdigit():
        found += [f"SY0{digits}", *(f"SY{digits[:-1]}" for _ in range(len(digits) % 2))]
    return list(dict.fromkeys(one for one in found if one != code))


def _called(unit: Unit, told: list[tuple[str, str]], desk: Desk) -> Unit | None:
    """The unit, where a name beside its code is one of its own or of what it lies in; None, and the row waits, where none is."""
    known = {unit.pcode[:length] for length in range(2, len(unit.pcode) + 1)}
    wrong = [(column, name) for column, name in told if not known & {one.pcode for one in desk.survey.ground.called(name)}]
    for column, name in wrong:
        words = f"{unit.pcode} is {' / '.join(unit.called)} and {column} says {name!r}"
        every = len(wrong) == len(told)
        words += ": a person says which is meant" if every else "; both names are kept"
        desk.note(ProblemCode.UNIT_DISAGREES, column, name, words, outcome="quarantined" if every else "flagged")
    return None if wrong and len(wrong) == len(told) else unit


def _beside(rule: PlaceRule, desk: Desk, place: geo.Place, unit: Unit, ground: Ground) -> geo.Place:
    apart = ground.apart_m(unit, place.lon, place.lat)
    if apart <= place.uncertainty_m:
        return place
    if place.notation == "decimal" and ground.apart_m(unit, place.lat, place.lon) <= place.uncertainty_m:
        return _held(ProblemCode.SWAPPED, rule, desk, place, replace(place, lon=place.lat, lat=place.lon),
                     f"Latitude and longitude may be swapped: the other way round the point lies in {unit.pcode}, as the row says")
    if apart <= place.uncertainty_m + SLACK_M:
        return place
    other = _as_minutes(rule, desk, place)
    if other and other.found and ground.apart_m(unit, other.lon, other.lat) <= other.uncertainty_m < apart:
        return _held(ProblemCode.AMBIGUOUS_PLACE, rule, desk, place, other,
                     f"Read as degrees and minutes the point lies in {unit.pcode}, as the row says; "
                     f"as degrees {apart / 1000:,.0f} km away")
    desk.note(ProblemCode.UNIT_DISAGREES, _field(rule), place.verbatim,
              f"The point lies {apart / 1000:,.1f} km from {unit.called[0]} ({unit.pcode}), which the row names; both are kept")
    return place


def _on_land(rule: PlaceRule, desk: Desk, place: geo.Place, ground: Ground) -> geo.Place:
    if ground.on_land(place.lon, place.lat) or ProblemCode.OUTSIDE_AREA in place.problems:
        return place
    if place.notation == "decimal" and ground.on_land(place.lat, place.lon):
        return _held(ProblemCode.SWAPPED, rule, desk, place, replace(place, lon=place.lat, lat=place.lon),
                     "Latitude and longitude may be swapped: the point lies outside the country, the other way round within it")
    apart = ground.outside_m(place.lon, place.lat)
    if apart > place.uncertainty_m:
        desk.note(ProblemCode.OUTSIDE_AREA, _field(rule), place.verbatim,
                  f"The point lies {apart / 1000:,.1f} km outside {desk.profile.area.country} as edition {ground.edition} draws it")
    return place


def _by_unit(place: geo.Place, unit: Unit, ground: Ground) -> geo.Place:
    """Candidates within the unit that the row names come first; nobody picks one but a person."""
    if len(place.candidates) < 2:
        return place
    apart = {id(one): ground.apart_m(unit, one.lon, one.lat) for one in place.candidates}
    return replace(place, candidates=tuple(sorted(place.candidates, key=lambda one: apart[id(one)])))


def _held(code, rule: PlaceRule, desk: Desk, place: geo.Place, other: geo.Place, words: str) -> geo.Place:
    desk.note(code, _field(rule), place.verbatim, f"{words}; a person says which it is", proposed=[reading(other), reading(place)])
    return nowhere(place.verbatim)


def _as_minutes(rule: PlaceRule, desk: Desk, place: geo.Place) -> geo.Place | None:
    if not rule.lat or place.notation != "decimal":
        return None
    return geo.reread_as_minutes(desk.cell(rule.lat), desk.cell(rule.lon), geo.Declared(method=GeorefMethod(rule.method)))


def _field(rule: PlaceRule) -> str:
    return "shape" if rule.geometry else ", ".join(rule.columns)
