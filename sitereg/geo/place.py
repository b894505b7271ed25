"""A place as it was said, with how far from the truth it may lie.

Every uncertainty is a radius in metres, positive and finite, and never below what the numbers themselves
can tell: coordinates with n decimals stand for a cell of 10^-n degrees, whose diagonal at 35 N is 143.7 km
for n = 0, 1.44 km for n = 2, 14 m for n = 4 (the GBIF georeferencing guide). Precision is never a proxy for
uncertainty: the method has a floor of its own (vocab.GeorefMethod), and what is known besides is added.
"""

import math
import re
from dataclasses import dataclass, replace
from functools import cache

from pyproj import Geod

from sitereg.vocab import GeorefMethod, PlaceKind, PrecisionClass, ProblemCode
from sitereg.writing import plain

GEOD = Geod(ellps="WGS84")
Area = tuple[float, float, float, float]
SYRIA: Area = (35.6, 32.3, 42.4, 37.35)

UNKNOWN_DATUM_M = 150.0
"""Added where the datum of a map is not stated: shifts measured at 35 N 37 E are 111 to 135 m."""

_COARSE_M = 1_000.0


@dataclass(frozen=True, slots=True)
class Place:
    """One reading of a place: WGS84 degrees and a radius in metres, or none and why.

    `candidates` are the ways to read the same words, each with coordinates; where the words do not settle it,
    lon, lat and uncertainty_m are None and a person chooses. `verbatim` is what was written, untouched.
    """

    lon: float | None
    lat: float | None
    uncertainty_m: float | None
    method: GeorefMethod
    kind: PlaceKind
    verbatim: str
    problems: tuple[ProblemCode, ...] = ()
    candidates: tuple["Place", ...] = ()
    notation: str = ""

    @property
    def found(self) -> bool:
        """Whether there is one reading."""
        return self.lon is not None

    @property
    def precision(self) -> PrecisionClass:
        """The uncertainty in words."""
        return precision_class(self.uncertainty_m)

    def wkt(self) -> str | None:
        """POINT(lon lat) at full precision, or None."""
        return f"POINT({self.lon!r} {self.lat!r})" if self.found else None

    def but(self, *problems: ProblemCode) -> "Place":
        """The same place with further problems noted once."""
        return replace(self, problems=tuple(dict.fromkeys((*self.problems, *problems))))


@cache
def _degree_m(lat: float) -> tuple[float, float]:
    south, north = max(lat - 0.5, -90.0), min(lat + 0.5, 90.0)
    _, _, along = GEOD.inv(0, south, 0, north)
    _, _, across = GEOD.inv(0, lat, 1, lat)
    return along / (north - south), across


def degrees_floor(step: float, lat: float) -> float:
    """The diagonal in metres of a cell of `step` degrees at that latitude (taken to a tenth of a degree)."""
    along, across = _degree_m(round(max(-90.0, min(90.0, lat)), 1))
    return max(step * math.hypot(along, across), 0.01)


def floor(decimals: int, lat: float) -> float:
    """The least uncertainty (m) of degrees written with so many decimals; 1,437 m for 2 decimals at 35 N."""
    return degrees_floor(10.0 ** -max(0, min(decimals, 12)), lat)


def significant_decimals(*numbers: str) -> int:
    """The decimals that the numbers of one pair show: trailing zeros prove nothing, the longer one counts."""
    return max(len(n.partition(".")[2].rstrip("0")) for n in numbers)


def add_uncertainty(*parts: float | None) -> float:
    """The conservative sum (m) of independent sources of uncertainty; None and 0 add nothing.

    ValueError where a part is negative, infinite or not a number.
    """
    given = [float(part) for part in parts if part is not None]
    if any(not math.isfinite(part) or part < 0 for part in given):
        raise ValueError("A part of an uncertainty is a finite number of metres, not below 0.")
    return math.fsum(given)


def precision_class(uncertainty_m: float | None) -> PrecisionClass:
    """The class of an uncertainty in metres; `none` for None, `governorate` for all above 40 km."""
    if uncertainty_m is None:
        return PrecisionClass.NONE
    if not math.isfinite(uncertainty_m) or uncertainty_m <= 0:
        raise ValueError("An uncertainty is a finite number of metres above 0.")
    for one in PrecisionClass:
        if one.attrs["up_to_m"] is not None and uncertainty_m <= one.attrs["up_to_m"]:
            return one
    return PrecisionClass.GOVERNORATE


_UNITS = {
    "": 1.0, "m": 1.0, "meter": 1.0, "meters": 1.0, "metre": 1.0, "metres": 1.0, "متر": 1.0, "م": 1.0,
    "km": 1e3, "kilometre": 1e3, "kilometres": 1e3, "kilometer": 1e3, "kilometers": 1e3, "كم": 1e3,
    "كيلومتر": 1e3,
    "ft": 0.3048, "feet": 0.3048, "foot": 0.3048, "mi": 1609.344, "mile": 1609.344, "miles": 1609.344,
}
_ABOUT = r"(?:±|\+/-|\+-|~|<|<=|ca\.?|approx\.?|approximately|about|within|حوالي|نحو|تقريبا)?\s*"
_STATED = re.compile(rf"{_ABOUT}(\d{{1,7}}(?:[.,]\d{{1,3}})?)\s*([a-z\u0600-\u06ff]*)\.?")


def read_uncertainty(text: str | float | None) -> tuple[float | None, tuple[ProblemCode, ...]]:
    """Metres from what somebody wrote about exactness, with the problems met; a blank is (None, ()).

    Metres where no unit is given; feet, miles and kilometres are converted; "approx", 0, a negative number or
    anything else says nothing: (None, (bad_uncertainty,)).
    """
    words = plain(str(text)).lower() if text is not None else ""
    if not words:
        return None, ()
    met = _STATED.fullmatch(words)
    if met and met[2] in _UNITS:
        number = met[1].replace(",", "") if re.fullmatch(r"\d+,\d{3}", met[1]) else met[1].replace(",", ".")
        metres = float(number) * _UNITS[met[2]]
        if 0 < metres < 2.1e7:
            return metres, ()
    return None, (ProblemCode.BAD_UNCERTAINTY,)


def settle(
    lon: float, lat: float, *, cell_m: float, verbatim: str, notation: str, method: GeorefMethod,
    stated_m: float | None = None, extra_m: tuple[float | None, ...] = (),
    problems: tuple[ProblemCode, ...] = (),
) -> Place:
    """A place whose uncertainty is at least `cell_m`, the method's floor and what was stated, plus extras.

    What a satellite receiver states is a radius that holds half of its fixes: it is doubled.
    """
    least = max(cell_m, method.attrs["floor_m"] or 0.0)
    radius, noted = least, list(problems)
    if stated_m is not None:
        given = stated_m * 2 if method is GeorefMethod.GNSS_DEVICE else stated_m
        radius = max(given, least)
        if given < least:
            noted.append(ProblemCode.UNCERTAINTY_RAISED)
    radius = add_uncertainty(radius, *extra_m)
    if cell_m >= _COARSE_M:
        noted.append(ProblemCode.COORDINATES_IMPRECISE)
    near = precision_class(radius) in (PrecisionClass.EXACT, PrecisionClass.SITE)
    kind = PlaceKind.EXACT if near else PlaceKind.APPROXIMATE
    return Place(lon, lat, radius, method, kind, verbatim, tuple(dict.fromkeys(noted)), (), notation)


def nowhere(
    verbatim: str, *problems: ProblemCode, method: GeorefMethod = GeorefMethod.UNKNOWN,
    candidates: tuple[Place, ...] = (), notation: str = "",
) -> Place:
    """No settled reading: the words, why, and the readings that are possible."""
    return Place(None, None, None, method, PlaceKind.APPROXIMATE, verbatim, problems, candidates, notation)
