"""From words to a Place: the one road by which coordinates enter, whatever their form."""

import math
import re
from dataclasses import dataclass, replace
from typing import Literal

from sitereg.geo import angles, grids, links
from sitereg.geo.place import (
    UNKNOWN_DATUM_M,
    Area,
    Place,
    add_uncertainty,
    degrees_floor,
    nowhere,
    settle,
    significant_decimals,
)
from sitereg.vocab import GeorefMethod, ProblemCode
from sitereg.writing import has_controls, is_blank, plain

_LONGEST = 2_000
_METRES = re.compile(r"(-?\d{4,8}(?:\.\d{1,4})?)\s?[,; ]\s?(-?\d{4,8}(?:\.\d{1,4})?)")
_FILLERS = {999.0, 9999.0, 99999.0, 999999.0}
_NUMBER = re.compile(r"-?\d{1,8}(?:\.\d{1,6})?")
_TWO_NUMBERS = re.compile(r"(-?\d{1,8}(?:\.\d+)?)\s?[,; ]\s?(-?\d{1,8}(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Declared:
    """What a profile, a form or a person declares once, so that it is not guessed for each row.

    order: of two unlabelled numbers. area: (west, south, east, north) in degrees where places are expected;
    what lies outside is flagged, never refused. zones: grid zones tried where one is missing. datum_known:
    False adds 150 m. extent_m: half the size of the thing itself, added. crs: the system of the numbers, where it is not
    WGS84: of a map in metres x lies east and y north, `latlon` then says that the north comes first.
    """

    order: Literal["latlon", "lonlat"] | None = None
    area: Area | None = None
    zones: tuple[str, ...] = ("36S", "37S", "38S")
    method: GeorefMethod = GeorefMethod.SOURCE_COORDINATES
    datum_known: bool = True
    extent_m: float | None = None
    crs: str | None = None

    def holds(self, lon: float, lat: float) -> bool:
        """Whether the point lies in the declared area; always where none is declared."""
        if self.area is None:
            return True
        west, south, east, north = self.area
        return west <= lon <= east and south <= lat <= north


UNDECLARED = Declared()


def parse(text: str, declared: Declared = UNDECLARED, *, stated_m: float | None = None) -> Place:
    """The place that one text names: degrees, MGRS, UTM, a plus code or a map link, in any digits.

    Where the words allow several readings (order of two bare numbers, a missing zone, a comma) the place is
    not found and `candidates` holds them. Never raises for any text; never opens a link.
    """
    words = plain(text)
    if is_blank(words):
        return nowhere(text, ProblemCode.NO_GEOMETRY)
    if len(text) > _LONGEST or has_controls(text):
        return nowhere(text, ProblemCode.BAD_COORDINATES)
    job = _Job(text, declared, stated_m)
    if _is_placeholder(words):
        return nowhere(text, ProblemCode.NULL_ISLAND)
    if declared.crs and grids.is_projected(declared.crs):
        return _of_the_map(words, job)
    if links.is_link(words):
        return _link(words, job)
    for read in (_plus_code, _grid, _metres, _degrees):
        place = read(words, job)
        if place is not None:
            return place
    return nowhere(text, ProblemCode.BAD_COORDINATES)


def parse_pair(
    lat: str, lon: str, declared: Declared = UNDECLARED, *, stated_m: float | None = None
) -> Place:
    """The place of two columns, one of latitudes and one of longitudes; each may be written in any degrees.

    A hemisphere named in a cell wins over the column it stands in. Metres of a projection, sentinels and
    numbers that only fit the other way round are told, not repaired.
    """
    verbatim = f"{lat} {lon}".strip()
    north, east = ("" if is_blank(one) else plain(one) for one in (lat, lon))
    if not north and not east:
        return nowhere(verbatim, ProblemCode.NO_GEOMETRY)
    if not (north and east) or len(verbatim) > _LONGEST or has_controls(verbatim):
        return nowhere(verbatim, ProblemCode.BAD_COORDINATES)
    if _is_placeholder(f"{north} {east}"):
        return nowhere(verbatim, ProblemCode.NULL_ISLAND)
    job = _Job(verbatim, declared, stated_m)
    if declared.crs and grids.is_projected(declared.crs):
        return _map_metres(east, north, job)
    pairs = [(a, b) for a in angles.read_one(north) for b in angles.read_one(east)
             if a.axis is None or a.axis != b.axis]
    if pairs:
        return job.choose([job.degrees(a, b, "latlon") for a, b in pairs], by_area=True)
    return _metres(f"{east} {north}", job) or nowhere(verbatim, ProblemCode.BAD_COORDINATES)


def from_numbers(
    lon: float, lat: float, declared: Declared = UNDECLARED, *, stated_m: float | None = None,
    verbatim: str | None = None,
) -> Place:
    """The place of two WGS84 numbers, as shapes and JSON hold them; NaN and infinite are refused."""
    said = verbatim if verbatim is not None else f"{lat!r} {lon!r}"
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return nowhere(said, ProblemCode.BAD_COORDINATES)
    shown = significant_decimals(f"{lon:.12f}", f"{lat:.12f}")
    return _Job(said, declared, stated_m).judge(float(lon), float(lat), 10.0 ** -shown, "decimal")


def from_projected(
    x: float, y: float, crs: str, declared: Declared = UNDECLARED, *, stated_m: float | None = None,
    cell_m: float = 1.0, verbatim: str | None = None,
) -> Place:
    """The place of two numbers of a declared coordinate system (EPSG:22770, EPSG:32637, ...), x before y."""
    said = verbatim if verbatim is not None else f"{x!r} {y!r}"
    found = grids.project(x, y, crs) if math.isfinite(x) and math.isfinite(y) else None
    if found is None:
        return nowhere(said, ProblemCode.BAD_COORDINATES)
    extent = add_uncertainty(declared.extent_m, grids.accuracy_m(crs))
    known = replace(declared, crs=None, extent_m=extent)
    return _Job(said, known, stated_m).cell(grids.Cell(*found, cell_m), crs)


def reread_as_minutes(lat: str, lon: str, declared: Declared = UNDECLARED) -> Place | None:
    """The other reading of 33.5130 36.1750 as 33 51.30' 36 17.50', to be offered where a unit disagrees."""
    parts = [re.fullmatch(r"(-?\d{1,3})\.([0-5]\d)(\d*)", plain(one)) for one in (lat, lon)]
    if not all(parts):
        return None
    return parse_pair(*(f"{p[1]} {p[2]}.{p[3] or '0'}" for p in parts), declared)


@dataclass(frozen=True, slots=True)
class _Job:
    """One text on its way: what was written, what was declared, what was stated of its exactness."""

    verbatim: str
    declared: Declared
    stated_m: float | None

    def degrees(self, one: angles.Angle, two: angles.Angle, order: str) -> Place:
        north = one.axis == "lat" or two.axis == "lon" or (
            one.axis is None and two.axis is None and order == "latlon")
        lat, lon = (one, two) if north else (two, one)
        notation = ("decimal", "decimal_minutes", "dms")[max(len(one.numbers), len(two.numbers)) - 1]
        return self.judge(lon.value, lat.value, min(one.step, two.step), notation)

    def cell(self, cell: grids.Cell, notation: str, least_m: float = 0.0) -> Place:
        return self.judge(cell.lon, cell.lat, 0.0, notation, max(cell.radius_m, least_m))

    def judge(self, lon: float, lat: float, step: float, notation: str, least_m: float = 0.0) -> Place:
        """A reading that stands on the earth, or why not; the likely mistakes are named."""
        if self.declared.crs and abs(lat) <= 90 and abs(lon) <= 180:
            return self._moved(lon, lat, step, notation, least_m)
        if (abs(lon) < 0.01 and abs(lat) < 0.01) or (lon == lat and abs(lon) in (1.0, 99.0)):
            return nowhere(self.verbatim, ProblemCode.NULL_ISLAND, notation=notation)
        fits = abs(lat) <= 90 and abs(lon) <= 180
        turned = abs(lon) <= 90 and abs(lat) <= 180
        if not fits:
            other = (self._settle(lat, lon, step, notation, least_m),) if turned else ()
            code = ProblemCode.SWAPPED if turned else ProblemCode.OUT_OF_RANGE
            return nowhere(self.verbatim, code, candidates=other, notation=notation)
        place = self._settle(lon, lat, step, notation, least_m)
        if self.declared.holds(lon, lat):
            return place
        if turned and notation == "decimal" and self.declared.holds(lat, lon):
            both = (place, self._settle(lat, lon, step, notation, least_m))
            return nowhere(self.verbatim, ProblemCode.SWAPPED, candidates=both, notation=notation)
        return place.but(ProblemCode.OUTSIDE_AREA)

    def _moved(self, lon: float, lat: float, step: float, notation: str, least_m: float) -> Place:
        """Degrees of another datum, as WGS84 has them."""
        crs = self.declared.crs
        known = replace(self.declared, crs=None, extent_m=add_uncertainty(self.declared.extent_m, grids.accuracy_m(crs)))
        found = grids.project(lon, lat, crs)
        job = _Job(self.verbatim, known, self.stated_m)
        return job.judge(*found, step, notation, least_m) if found else nowhere(self.verbatim, ProblemCode.BAD_COORDINATES)

    def choose(self, places: list[Place], *, by_area: bool = False, why=ProblemCode.AMBIGUOUS_PLACE) -> Place:
        """The only reading, or none with all of them; the area may settle a notation, never an order."""
        seen: dict[tuple, Place] = {}
        for place in places:
            seen.setdefault((place.lon, place.lat), place)
        readings = list(seen.values())
        found = [place for place in readings if place.found]
        inside = [place for place in found if self.declared.holds(place.lon, place.lat)]
        if len(readings) == 1:
            return readings[0]
        if by_area and self.declared.area and len(inside) == 1:
            return inside[0]
        if not found:
            return readings[0] if readings else nowhere(self.verbatim, ProblemCode.BAD_COORDINATES)
        return nowhere(self.verbatim, why, candidates=tuple(found), notation=found[0].notation)

    def _settle(self, lon, lat, step, notation, least_m) -> Place:
        known = self.declared.datum_known
        return settle(
            lon, lat, cell_m=max(degrees_floor(step, lat), least_m), verbatim=self.verbatim,
            notation=notation, method=self.declared.method, stated_m=self.stated_m,
            extra_m=(None if known else UNKNOWN_DATUM_M, self.declared.extent_m),
            problems=() if known else (ProblemCode.UNKNOWN_DATUM,),
        )


def _is_placeholder(words: str) -> bool:
    met = _TWO_NUMBERS.fullmatch(words)
    return bool(met and {abs(float(met[1])), abs(float(met[2]))} & _FILLERS)


def _degrees(words: str, job: _Job) -> Place | None:
    pairs = angles.read_pairs(words)
    if not pairs:
        return None
    labelled = all(a.axis or b.axis for a, b in pairs)
    orders = [job.declared.order] if job.declared.order or labelled else ["latlon", "lonlat"]
    places = [job.degrees(a, b, order or "latlon") for order in orders for a, b in pairs]
    if len(orders) == 2:
        places = [p for p in places if p.problems[:1] != (ProblemCode.SWAPPED,) or p.candidates[1:]] or places
        places = [reading for place in places for reading in (place.candidates or (place,))]
    return job.choose(places, by_area=labelled)


def _plus_code(words: str, job: _Job) -> Place | None:
    cell = grids.read_plus_code(words)
    if cell:
        return job.cell(cell, "plus_code")
    return nowhere(job.verbatim, ProblemCode.AMBIGUOUS_PLACE) if grids.is_short_plus_code(words) else None


def _grid(words: str, job: _Job) -> Place | None:
    for read, notation in ((grids.read_mgrs, "mgrs"), (grids.read_utm, "utm")):
        met = read(words, job.declared.zones)
        if met is None:
            continue
        cells, zoned = met
        places = [job.cell(cell, notation) for cell in cells]
        if not places and (zoned or notation == "mgrs"):
            return nowhere(job.verbatim, ProblemCode.BAD_COORDINATES, notation=notation)
        if zoned:
            return job.choose(places, by_area=True)
        if places:
            why = ProblemCode.MISSING_ZONE
            return nowhere(job.verbatim, why, candidates=tuple(places), notation=notation)
    return None


def _metres(words: str, job: _Job) -> Place | None:
    """Two large numbers are metres of some projection: told, with web Mercator and the grid zones offered."""
    met = _METRES.fullmatch(words)
    if not met:
        return None
    x, y = float(met[1]), float(met[2])
    mercator = [grids.project(*xy, "EPSG:3857") for xy in dict.fromkeys(((x, y), (y, x)))]
    offered = [job.cell(grids.Cell(*found, 1.0), "EPSG:3857") for found in mercator if found]
    utm = grids.read_utm(f"{x:.0f} {y:.0f}", job.declared.zones)
    offered += [job.cell(cell, "utm") for cell in utm[0]] if utm else []
    likely = [p for p in offered if p.found and job.declared.holds(p.lon, p.lat)]
    return nowhere(job.verbatim, ProblemCode.PROJECTED_COORDINATES, candidates=tuple(likely))


def _of_the_map(words: str, job: _Job) -> Place:
    """Two numbers in one cell, metres of the declared system; which of them is the north is declared or asked."""
    met = _TWO_NUMBERS.fullmatch(words)
    if not met:
        return nowhere(job.verbatim, ProblemCode.BAD_COORDINATES)
    orders = {"latlon": [(2, 1)], "lonlat": [(1, 2)]}.get(job.declared.order, [(1, 2), (2, 1)])
    places = [_map_metres(met[x], met[y], job) for x, y in orders]
    return job.choose([one for one in places if one.found] or places)


def _map_metres(east: str, north: str, job: _Job) -> Place:
    if not (_NUMBER.fullmatch(east) and _NUMBER.fullmatch(north)):
        return nowhere(job.verbatim, ProblemCode.BAD_COORDINATES)
    return from_projected(float(east), float(north), job.declared.crs, job.declared, stated_m=job.stated_m,
                          cell_m=grids.metre_step(east, north) * math.sqrt(2), verbatim=job.verbatim)


def _link(words: str, job: _Job) -> Place:
    if links.is_short(words):
        return nowhere(job.verbatim, ProblemCode.SHORT_LINK, notation="link")
    places = []
    for pin in links.read_link(words):
        step = 10.0 ** -significant_decimals(pin.lat, pin.lon)
        stated = _Job(job.verbatim, job.declared, job.stated_m or pin.stated_m)
        places.append(stated.judge(float(pin.lon), float(pin.lat), step, "link", pin.zoom_floor()))
    return job.choose(places)
