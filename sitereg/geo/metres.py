"""Distances and circles on the ellipsoid: metres are geodesic, never planar degrees."""

import math

from shapely import Point, Polygon, get_coordinates
from shapely.geometry.base import BaseGeometry

from sitereg.geo.place import GEOD


def distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """The geodesic between two points of WGS84, in metres."""
    return GEOD.inv(lon1, lat1, lon2, lat2)[2]


def offset(lon: float, lat: float, bearing: float, metres: float) -> tuple[float, float]:
    """The point (lon, lat) that lies so far away in that direction (degrees clockwise from north)."""
    east, north, _ = GEOD.fwd(lon, lat, bearing, metres)
    return east, north


def circle(lon: float, lat: float, radius_m: float, points: int = 64) -> Polygon:
    """The polygon of `points` corners around the circle of that geodesic radius, wound counter-clockwise.

    It contains the circle: the corners lie out by 1 / cos(pi / points). ValueError where the radius is not
    positive and finite or reaches a pole or the antimeridian.
    """
    if not (math.isfinite(radius_m) and 0 < radius_m < 5_000_000):
        raise ValueError("A radius is a finite number of metres between 0 and 5,000 km.")
    out = radius_m / math.cos(math.pi / points)
    ring = [offset(lon, lat, -360.0 * i / points, out) for i in range(points)]
    if any(abs(x - lon) > 180 for x, _ in ring) or distance_m(lon, lat, lon, math.copysign(90, lat)) <= out:
        raise ValueError("A circle over a pole or the antimeridian cannot be drawn as one polygon.")
    return Polygon([*ring, ring[0]])


def point_radius(shape: BaseGeometry) -> tuple[float, float, float]:
    """A point of the shape (lon, lat) and the geodesic radius (m) from it that holds the whole shape.

    The point lies on the shape even where its centre does not. ValueError for an empty shape.
    """
    if shape.is_empty:
        raise ValueError("An empty shape has no point.")
    centre = shape if isinstance(shape, Point) else shape.representative_point()
    far = max(distance_m(centre.x, centre.y, x, y) for x, y in get_coordinates(shape))
    return centre.x, centre.y, far


def area_m2(shape: BaseGeometry) -> float:
    """The geodesic area in square metres, whatever the winding; 0 for points and lines."""
    return abs(GEOD.geometry_area_perimeter(shape)[0])
