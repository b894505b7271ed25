"""The corners of an area as people write them, one a line (or between semicolons), each in any form of coordinates."""
import re

from sitereg.geo.parse import Declared, parse

MOST = 40
_APART = re.compile(r"[;؛\n\r]+")
LATITUDE_FIRST = Declared(order="latlon")


def read(text: str) -> list[tuple[float, float]]:
    """The corners as (longitude, latitude): two of a rectangle, or three to forty of an area.

    ValueError says what is wrong, in a sentence for whoever wrote it.
    """
    words = [one.strip() for one in _APART.split(text) if one.strip()]
    if not 2 <= len(words) <= MOST:
        raise ValueError("An area has two corners (a rectangle) or three to forty")
    found = [parse(one, LATITUDE_FIRST) for one in words]
    if not all(one.found for one in found):
        raise ValueError("A corner is not read as one place: give latitude and longitude, or MGRS")
    return [(one.lon, one.lat) for one in found]


def box(corners: list[tuple[float, float]]) -> list[float]:
    """The same as the filter bbox takes it: west, south, east, north of a rectangle, or longitude and latitude of each corner."""
    if len(corners) > 2:
        return [number for corner in corners for number in corner]
    lons, lats = zip(*corners, strict=True)
    return [min(lons), min(lats), max(lons), max(lats)]
