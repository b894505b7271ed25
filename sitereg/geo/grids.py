"""Grid references: MGRS, UTM, projected metres and full plus codes, each to the centre of its cell."""

import math
import re
import warnings
from dataclasses import dataclass
from functools import cache

import mgrs
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from pyproj.transformer import TransformerGroup

warnings.filterwarnings("ignore", message='Warning in "Convert_MGRS', category=RuntimeWarning)
"""The library warns where a cell reaches over the edge of its band; read_mgrs checks the band itself."""

_WORST_M = 50.0
"""What is said to err by more (999 = nobody knows) is another road than the one that is taken."""
_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_MGRS = re.compile(rf"(\d{{1,2}})?\s?([{_BANDS}])?\s?([A-HJ-NP-Z])\s?([A-HJ-NP-V])\s?(\d[\d ]*)?")
_UTM = re.compile(
    r"(?:UTM\s?)?(?:ZONE\s?)?(?:(?P<zone>\d{1,2})\s?(?P<band>[C-HJ-NP-X]|NORTH|SOUTH)?[,;\s])?\s?"
    r"(?P<e>\d{6}(?:\.\d{1,3})?)\s?M?\s?E?(?:[,;\s]\s?)+(?P<n>\d{6,7}(?:\.\d{1,3})?)\s?M?\s?N?"
)
_PLUS_DIGITS = "23456789CFGHJMPQRVWX"
_PLUS = re.compile(rf"[{_PLUS_DIGITS}]{{8}}\+(?:[{_PLUS_DIGITS}]{{2,7}})?")
_PLUS_SHORT = re.compile(rf"[{_PLUS_DIGITS}]{{4,6}}\+[{_PLUS_DIGITS}]{{2,3}}(?:[ ,].*)?")


@dataclass(frozen=True, slots=True)
class Cell:
    """The centre of a cell in WGS84 degrees and the distance (m) from it to a corner."""

    lon: float
    lat: float
    radius_m: float


_LEVANT_ZONE = ("+proj=lcca +lat_0=34.65 +lat_1=34.65 +lon_0=37.35 +k_0=0.9996256 +x_0=300000 +y_0=300000 +a=6378249.2 +b=6356515"
                " +towgs84=-190.421,8.532,238.69 +units=m +type=crs")
"""EPSG:22700, the map of Syria to 1973: PROJ computes its method (Lambert conic near-conformal) only when it is spelt out."""


@cache
def to_wgs84(crs: str) -> Transformer:
    """The transformation of a coordinate system's (x, y) to WGS84 (lon, lat); CRSError if unknown.

    Never without the shift between two datums, also beyond the area for which it was made: that would be a hundred metres off.
    """
    given = CRS.from_user_input(_LEVANT_ZONE if crs.upper() == "EPSG:22700" else crs)
    return Transformer.from_crs(given, CRS.from_epsg(4326), always_xy=True, allow_ballpark=False)


def project(x: float, y: float, crs: str) -> tuple[float, float] | None:
    """WGS84 (lon, lat) of a point of another system, or None where it lies outside that system."""
    try:
        lon, lat = to_wgs84(crs).transform(x, y)
    except CRSError:
        return None
    fits = math.isfinite(lon) and math.isfinite(lat) and abs(lat) <= 90 and abs(lon) <= 180
    return (lon, lat) if fits else None


@cache
def is_projected(crs: str) -> bool:
    """Whether the numbers of that system are metres of a map; CRSError if unknown."""
    return CRS.from_user_input(crs).is_projected


@cache
def accuracy_m(crs: str) -> float | None:
    """How far (m) the road from that system to WGS84 may err: the worst that its registry says of any; None where nothing errs."""
    if crs.upper() == "EPSG:22700":
        return accuracy_m("EPSG:4227")
    known = [one.accuracy for one in TransformerGroup(CRS.from_user_input(crs), 4326, always_xy=True).transformers]
    return max((one for one in known if one <= _WORST_M), default=_WORST_M) or None


def read_mgrs(text: str, zones: tuple[str, ...]) -> tuple[list[Cell], bool] | None:
    """The cells a reference may mean and whether its grid zone was given; None where it is no MGRS at all.

    Without a zone each of `zones` (as "37S") is tried; a square that a zone does not have gives no cell. Two
    digits less are a cell ten times as wide: 4 digits = 1 km, from whose centre a corner is 707 m away.
    """
    met = _MGRS.fullmatch(text.upper())
    if not met or (met[1] is None) != (met[2] is None):
        return None
    digits = (met[5] or "").replace(" ", "")
    if len(digits) % 2 or len(digits) > 10 or (met[1] is None and len(digits) < 4):
        return None
    half = len(digits) // 2
    size = 10.0 ** (5 - half)
    middle = "".join((part + "50000")[:5] for part in (digits[:half], digits[half:]))
    prefixes = [f"{int(met[1]):02d}{met[2]}"] if met[1] else list(zones)
    cells = []
    for prefix in prefixes:
        try:
            lat, lon = _grid().toLatLon(f"{prefix}{met[3]}{met[4]}{middle}")
        except mgrs.core.MGRSError:
            continue
        if _in_band(lat, prefix[-1], 0.01 + size / 100_000):
            cells.append(Cell(lon, lat, size * math.sqrt(0.5)))
    return cells, met[1] is not None


@cache
def _grid() -> mgrs.MGRS:
    return mgrs.MGRS()


def read_utm(text: str, zones: tuple[str, ...]) -> tuple[list[Cell], bool] | None:
    """The points UTM numbers may mean and whether their zone was given; None where they are no UTM.

    "37S" is the band S (32 to 40 N) where the northing fits it and may also be the southern hemisphere: then
    there are two. Zeros that end both numbers prove nothing: 248000 3711000 is a cell of 1 km.
    """
    met = _UTM.fullmatch(text.upper())
    if not met:
        return None
    east, north = float(met["e"]), float(met["n"])
    radius = metre_step(met["e"], met["n"]) * math.sqrt(2)
    wanted = [(met["zone"], met["band"])] if met["zone"] else [(z[:-1], z[-1]) for z in zones]
    cells = []
    for zone, band in wanted:
        if not 1 <= int(zone) <= 60:
            continue
        for south in _hemispheres(band):
            found = project(east, north, f"EPSG:{327 if south else 326}{int(zone):02d}")
            if found and _fits_hemisphere(found[1], band, south) and _near_zone(found[0], int(zone)):
                cells.append(Cell(*found, radius))
    return cells, met["zone"] is not None


def _hemispheres(band: str | None) -> tuple[bool, ...]:
    if band == "S":
        return False, True
    return (band == "SOUTH" or (len(band or "NORTH") == 1 and band < "N"),)


def _fits_hemisphere(lat: float, band: str | None, south: bool) -> bool:
    if band is None or len(band) > 1 or band == "N" or (band == "S" and south):
        return True
    return _in_band(lat, band)


def _in_band(lat: float, band: str, slack: float = 0.01) -> bool:
    low = -80 + 8 * _BANDS.index(band)
    return low - slack <= lat <= low + (12 if band == "X" else 8) + slack


def _near_zone(lon: float, zone: int) -> bool:
    """Grids are used a little beyond their zone (up to a degree), no further."""
    return abs((lon - (6 * zone - 183) + 180) % 360 - 180) <= 4.0


def metre_step(*numbers: str) -> float:
    """The last place (m) that the numbers of one pair show; zeros that end them prove nothing."""
    decimals = max(len(n.partition(".")[2].rstrip("0")) for n in numbers)
    if decimals:
        return 10.0 ** -decimals
    whole = [n.partition(".")[0] for n in numbers]
    return 10.0 ** min(len(n) - len(n.rstrip("0")) for n in whole)


def read_plus_code(text: str) -> Cell | None:
    """The cell of a full plus code (8 digits, +, 0 or more digits), or None; a short one needs a town."""
    if not _PLUS.fullmatch(text.upper()):
        return None
    digits = text.upper().replace("+", "")
    lat, lon, high, wide = -90.0, -180.0, 400.0, 400.0
    for at in range(0, min(len(digits), 10), 2):
        high, wide = high / 20, wide / 20
        lat += _PLUS_DIGITS.index(digits[at]) * high
        lon += _PLUS_DIGITS.index(digits[at + 1]) * wide
    for digit in digits[10:]:
        high, wide = high / 5, wide / 4
        lat += (_PLUS_DIGITS.index(digit) // 4) * high
        lon += (_PLUS_DIGITS.index(digit) % 4) * wide
    return _centre(lat, lon, high, wide)


def is_short_plus_code(text: str) -> bool:
    """Whether this is a plus code without its first digits, which means nothing without its town."""
    return bool(_PLUS_SHORT.fullmatch(text.upper()))


def _centre(lat: float, lon: float, high: float, wide: float) -> Cell | None:
    if lat + high > 90 or lon + wide > 180:
        return None
    metres = 111_320.0
    across = wide * math.cos(math.radians(max(0.0, abs(lat) - high)))
    return Cell(lon + wide / 2, lat + high / 2, math.hypot(high, across) / 2 * metres * 1.01)
