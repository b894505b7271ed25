"""From cells or a shape to a place with its uncertainty. Pure."""

import re
from functools import lru_cache

import shapely
from pyproj import CRS

from sitereg import geo
from sitereg.geo.grids import to_wgs84
from sitereg.imports import units
from sitereg.imports.desk import Desk
from sitereg.imports.problems import reading
from sitereg.imports.rules import PlaceRule
from sitereg.vocab import GeorefMethod, PlaceKind, ProblemCode, SiteKind

_KM2 = {"burial": 5.0, "detention": 10.0, "medical": 5.0, "records": 2.0}
_LARGEST_KM2 = 50.0
"""The largest area that is taken of a kind without asking: judged, and a profile may say otherwise (docs/decisions/0030)."""

_OF_DECIMALS = (ProblemCode.UNCERTAINTY_RAISED, ProblemCode.COORDINATES_IMPRECISE)


def point_key(rule: PlaceRule, desk: Desk) -> tuple[str, str] | None:
    """What two rows with the very same point have in common, or None where there is no point."""
    if rule.geometry:
        return ("shape", desk.row.shape) if desk.row.shape else None
    words = (desk.cell(rule.lat), desk.cell(rule.lon)) if rule.lat else (desk.cell(rule.text), "")
    return words if any(words) else None


def put(rule: PlaceRule, desk: Desk, *, silent: bool = False, kinds: tuple[str, ...] = ()) -> dict:
    """The fields of a claim that say where: geom or pcode, uncertainty_m, place_kind, method, verbatim; {} where
    nothing does. kinds: what the row says that the place is.

    Problems are noted; a missing place is one unless `silent` (of an event: then no unit of the row speaks of it). A point
    that several rows share stands for something larger: it is flagged and takes the rule's larger uncertainty.
    """
    key, unit = point_key(rule, desk), None if silent else units.named(desk)
    if key is None:
        return _without_point(rule, desk, unit, silent)
    if rule.geometry:
        shape = shapely.from_wkb(desk.row.shape)
        _stands_beside(rule, desk, shape)
        if shape.geom_type != "Point":
            return _drawn(rule, desk, shape, kinds)
        found = _from_point(rule, desk, shape)
    else:
        declared, stated = _declared(rule, desk), _stated(rule, desk)
        found = (
            _read_pair(*key, declared, stated) if rule.lat else geo.parse(key[0], declared, stated_m=stated)
        )
    read = found
    found, middle = units.weighed(rule, desk, found, unit)
    for code in read.problems if found.found else found.problems:
        own = rule.radius_km or rule.radius_m  # the profile's default is no claim of the row
        if not (rule.as_stated and code in _OF_DECIMALS) and (own or code is not ProblemCode.UNCERTAINTY_RAISED):
            desk.note(code, _field(rule), found.verbatim, _hint(code, found, desk), proposed=[*map(reading, found.candidates)])
    if middle and not silent:
        return units.only(middle, desk, found.verbatim)
    if not found.found or _from_camera(rule, desk, found):
        return {}
    _of_image(rule, desk)
    radius = _stated(rule, desk) if rule.as_stated else None
    radius, kind = radius or found.uncertainty_m, _kind(rule, desk) or found.kind.value
    if rule.repeated_uncertainty_m and key in desk.survey.shared:
        desk.note(
            ProblemCode.REPEATED_POINT,
            _field(rule),
            found.verbatim,
            f"Other rows have this very point: a town stands for them, {rule.repeated_uncertainty_m:g} m",
        )
        radius, kind = max(radius, rule.repeated_uncertainty_m), PlaceKind.REPRESENTATIVE.value
    return {
        "geom": _point(found.lon, found.lat),
        "uncertainty_m": radius,
        "place_kind": kind,
        "method": _method(rule, desk) if rule.as_stated else found.method.value,
        "verbatim": found.verbatim,
    }


@lru_cache(maxsize=50_000)
def _read_pair(lat: str, lon: str, declared: geo.Declared, stated_m: float | None) -> geo.Place:
    """Lists of persons repeat their towns: each is read once."""
    return geo.parse_pair(lat, lon, declared, stated_m=stated_m)


@lru_cache(maxsize=50_000)
def _point(lon: float, lat: float) -> str:
    """The point as hexadecimal WKB."""
    return shapely.to_wkb(shapely.Point(lon, lat), hex=True)


@lru_cache(maxsize=16)
def _degrees(crs: str) -> bool:
    """Whether the numbers of that CRS are degrees of WGS84."""
    return CRS.from_user_input(crs).to_epsg() == 4326


def _without_point(rule: PlaceRule, desk: Desk, unit, silent: bool) -> dict:
    """The unit where it alone is known; else nothing, and the places that the toponym may mean are told."""
    if unit:
        return units.only(unit, desk)
    if silent:
        return {}
    names = [desk.cell(column) for column in rule.toponyms if desk.cell(column)]
    found = desk.survey.ground.toponym(names[0]) if names and desk.survey.ground else []
    if names:
        proposed = [{"lon": lon, "lat": lat, "uncertainty_m": GeorefMethod.GAZETTEER_LOOKUP.attrs["floor_m"], "says": told}
                    for told, lon, lat in found]
        words = f"{names[0]!r} alone says where: {len(found)} places of that name are known; none is taken"
        desk.note(ProblemCode.AMBIGUOUS_TOPONYM, ", ".join(rule.toponyms), names[0], words, proposed=proposed)
    desk.note(ProblemCode.NO_GEOMETRY, _field(rule), "")
    return {}


def _from_camera(rule: PlaceRule, desk: Desk, found: geo.Place) -> bool:
    """Whether the numbers say where a photograph was taken from: told, with what they say, and never the place."""
    if rule.camera:
        desk.note(ProblemCode.CAMERA_POINT, _field(rule), found.verbatim, proposed=[reading(found)])
    return rule.camera


def _of_image(rule: PlaceRule, desk: Desk) -> None:
    """An image without its scene or its day says what was there at a time that nobody knows."""
    lacking = [column for column in (rule.scene, rule.acquired) if column and not desk.cell(column)]
    if lacking:
        words = "The image has no scene or no day of its own: a background map, perhaps"
        desk.note(ProblemCode.DATE_UNKNOWN, ", ".join(lacking), "", words)


def _declared(rule: PlaceRule, desk: Desk) -> geo.Declared:
    return geo.Declared(order=rule.order, area=desk.profile.area.bounds, method=GeorefMethod(_method(rule, desk) or "unknown"),
                        datum_known=rule.datum != "unknown", crs=rule.crs)


def _method(rule: PlaceRule, desk: Desk) -> str | None:
    """The method of the row where it gives one, else the profile's; of a row `as_stated` none."""
    return _coded(rule.methods, GeorefMethod, desk) or (None if rule.as_stated else rule.method)


def _kind(rule: PlaceRule, desk: Desk) -> str | None:
    """What the place stands for, as the row says it, else the profile."""
    return _coded(rule.kinds, PlaceKind, desk) or rule.kind


def _coded(column: str | None, scheme: type, desk: Desk) -> str:
    """The code in a cell, "" where it is blank; another word is noted."""
    text = desk.cell(column)
    if text and text not in scheme.codes():
        desk.note(ProblemCode.UNKNOWN_CODE, column, text)
        return ""
    return text


def _stated(rule: PlaceRule, desk: Desk) -> float | None:
    """The radius in metres: the row's own where it gives one that can be, else the profile's."""
    for column, size in ((rule.radius_km, 1000.0), (rule.radius_m, 1.0)):
        text, number = desk.cell(column), desk.number(column)
        if not text:
            continue
        metres, problems = geo.read_uncertainty(text) if number is None else (number * size, ())
        if not problems and metres and 0 < metres < 2.1e7:
            return metres
        words = f"{text!r} is no radius: the one of the profile and of the numbers counts"
        desk.note(ProblemCode.BAD_UNCERTAINTY, column, text, words)
    return rule.uncertainty_m


def _from_point(rule: PlaceRule, desk: Desk, point: shapely.Point) -> geo.Place:
    declared, stated = _declared(rule, desk), _stated(rule, desk)
    if _degrees(desk.profile.file.system):
        return geo.from_numbers(point.x, point.y, declared, stated_m=stated)
    return geo.from_projected(point.x, point.y, desk.profile.file.system, declared, stated_m=stated)


def _stands_beside(rule: PlaceRule, desk: Desk, shape) -> None:
    """A shape far from the middle that the partner gives for it is told: a wrong coordinate system shows nowhere else."""
    lat, lon = desk.number(rule.beside_lat), desk.number(rule.beside_lon)
    if lat is None or lon is None or shape.is_empty:
        return
    middle = shape.centroid
    apart = geo.distance_m(*to_wgs84(desk.profile.file.system).transform(middle.x, middle.y), lon, lat)
    if not apart <= rule.beside_m:
        desk.note(
            ProblemCode.PLACES_DISAGREE,
            f"{rule.beside_lat}, {rule.beside_lon}",
            f"{lat} {lon}",
            f"The middle of the shape lies {apart:,.0f} m from where the row says it is: the coordinate system may be another one",
        )


def _drawn(rule: PlaceRule, desk: Desk, shape, kinds: tuple[str, ...]) -> dict:
    """A line or an area as it was drawn, in WGS84 and put in order."""
    if not _degrees(desk.profile.file.system):
        shape = shapely.transform(shape, to_wgs84(desk.profile.file.system).transform, interleaved=False)
    usual = [_KM2.get(SiteKind(one).attrs["group"], _LARGEST_KM2) for one in kinds]
    largest = rule.largest_km2 or max(usual, default=_LARGEST_KM2)
    cleaned = geo.clean(shape, largest_m2=largest * 1e6)
    for code in cleaned.problems:
        desk.note(code, _field(rule), shape.geom_type, _preview(code, shape, cleaned, largest), proposed=_repair(cleaned))
    if cleaned.geometry is None or not _lies_well(rule, desk, cleaned.geometry):
        return {}
    _of_image(rule, desk)
    method = _method(rule, desk)
    radius = _stated(rule, desk) or GeorefMethod(method or "unknown").attrs["floor_m"] or 30.0
    return {
        "geom": shapely.to_wkb(cleaned.geometry, hex=True),
        "uncertainty_m": radius,
        "method": method,
        "place_kind": _kind(rule, desk) or PlaceKind.APPROXIMATE.value,
        "verbatim": f"{shape.geom_type} of the layer",
    }


def _preview(code: ProblemCode, shape, cleaned: geo.Shape, largest: float) -> str | None:
    """What a repair would make of the shape, in words; what is too large of what."""
    if code is ProblemCode.AREA_TOO_LARGE:
        size = geo.area_m2(cleaned.proposed) / 1e6
        return f"{size:,.1f} km² is more than the {largest:g} km² that are usual for its kind"
    if code is not ProblemCode.BAD_GEOMETRY or cleaned.proposed is None:
        return None
    return (f"The shape is not valid ({shapely.is_valid_reason(shape)[:60]}). Repaired it would be a {cleaned.proposed.geom_type} "
            f"of {geo.area_m2(cleaned.proposed):,.0f} m²; a person says whether that is meant")


def _repair(cleaned: geo.Shape) -> list[dict]:
    if cleaned.proposed is None or len(cleaned.proposed.wkt) > 20_000:
        return []
    return [{"wkt": cleaned.proposed.wkt, "says": f"{cleaned.proposed.geom_type}, {geo.area_m2(cleaned.proposed):,.0f} m²"}]


def _lies_well(rule: PlaceRule, desk: Desk, shape) -> bool:
    """Whether a shape lies where places are expected, or at least not so that turning its numbers would bring it there."""
    area, inside = geo.Declared(area=desk.profile.area.bounds), shape.representative_point()
    ground = desk.survey.ground
    holds = area.holds(inside.x, inside.y) and (ground is None or ground.on_land(inside.x, inside.y))
    if holds:
        return True
    turned = shapely.transform(shape, lambda x, y: (y, x), interleaved=False)
    other = turned.representative_point()
    if abs(inside.x) <= 90 and area.holds(other.x, other.y) and (ground is None or ground.on_land(other.x, other.y)):
        desk.note(ProblemCode.SWAPPED, _field(rule), shape.geom_type,
                  "Latitude and longitude of the shape may be swapped: the other way round it lies in the declared area",
                  proposed=[{"wkt": turned.wkt[:20_000], "says": "turned"}])
        return False
    desk.note(ProblemCode.OUTSIDE_AREA, _field(rule), shape.geom_type, "The shape lies outside the area that the profile declares")
    return True


def _field(rule: PlaceRule) -> str:
    return "shape" if rule.geometry else ", ".join(rule.columns)


def _hint(code: ProblemCode, place: geo.Place, desk: Desk) -> str | None:
    if code is ProblemCode.SWAPPED:
        area = geo.Declared(area=desk.profile.area.bounds)
        if any(area.holds(one.lon, one.lat) for one in place.candidates):
            return "Latitude and longitude may be swapped: the other way round the point lies in the declared area"
        return "No latitude goes beyond 90 degrees, and the other way round the point lies outside the declared area too"
    if code is ProblemCode.OUTSIDE_AREA:
        return "The point lies outside the area that the profile declares"
    if re.fullmatch("ambiguous_place|missing_zone|projected_coordinates", code.code) and place.candidates:
        return f"{code.label[0].upper()}{code.label[1:]}: {len(place.candidates)} readings; a person chooses"
    return None
