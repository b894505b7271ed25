"""Coordinates as people write them -> a place with an uncertainty; metres; shapes put in order.

    geo.parse("33°30'47\"N 36°17'30\"E").uncertainty_m      39.9 m and never less: seconds say no more
    geo.parse("33.51, 36.29").candidates                   two: nobody said which number comes first
    geo.parse("33.51, 36.29", geo.Declared(order="latlon", area=geo.SYRIA))

All degrees are WGS84, longitude before latitude in every argument; all lengths are metres on the ellipsoid.
Nothing here raises for any text that people may give: a Place says what is wrong with it.
"""

from sitereg.geo import write
from sitereg.geo.metres import area_m2, circle, distance_m, offset, point_radius
from sitereg.geo.parse import Declared, from_numbers, from_projected, parse, parse_pair, reread_as_minutes
from sitereg.geo.place import (
    SYRIA,
    UNKNOWN_DATUM_M,
    Area,
    Place,
    add_uncertainty,
    degrees_floor,
    floor,
    precision_class,
    read_uncertainty,
    significant_decimals,
)
from sitereg.geo.shapes import Shape, clean, close_ring

__all__ = [
    "SYRIA", "UNKNOWN_DATUM_M", "Area", "Declared", "Place", "Shape", "add_uncertainty", "area_m2", "circle",
    "clean", "close_ring", "degrees_floor", "distance_m", "floor", "from_numbers", "from_projected", "offset",
    "parse", "parse_pair", "point_radius", "precision_class", "read_uncertainty", "reread_as_minutes",
    "significant_decimals", "write",
]
