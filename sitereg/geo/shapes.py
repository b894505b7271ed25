"""Shapes that partners draw: what may be stored as it is, what is put in order, what a person must see."""

from dataclasses import dataclass

import numpy
import shapely
from shapely.geometry.base import BaseGeometry

from sitereg.geo.metres import area_m2
from sitereg.vocab import ProblemCode

_LARGEST_DEG = 10.0
_MOST_POINTS = 100_000


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape that may be stored (WGS84, 2D, valid, wound counter-clockwise), or None and a proposal.

    `proposed` is what a repair would make of a broken one; nobody has agreed to it yet.
    """

    geometry: BaseGeometry | None
    problems: tuple[ProblemCode, ...] = ()
    proposed: BaseGeometry | None = None


def clean(shape: BaseGeometry | None, *, largest_m2: float | None = None) -> Shape:
    """The shape put in order, or why it cannot be: closed and wound rings, no height, nothing invented.

    Missing and EMPTY: no_geometry. NaN and infinite: bad_coordinates. Beyond all degrees: out_of_range.
    Crossing itself, a collection, across the antimeridian: bad_geometry, with the repair as `proposed`.
    More than `largest_m2` or wider than 10 degrees: area_too_large, with the shape as `proposed`.
    """
    if shape is None or shape.is_empty:
        return Shape(None, (ProblemCode.NO_GEOMETRY,))
    flat = shapely.force_2d(shape)
    xy = shapely.get_coordinates(flat)
    if not _finite(shape):
        return Shape(None, (ProblemCode.BAD_COORDINATES,))
    if abs(xy[:, 0]).max() > 180 or abs(xy[:, 1]).max() > 90:
        return Shape(None, (ProblemCode.OUT_OF_RANGE,))
    if len(xy) > _MOST_POINTS or any(part.is_empty for part in shapely.get_parts(flat)):
        return Shape(None, (ProblemCode.BAD_GEOMETRY,))
    if flat.geom_type == "GeometryCollection" or not flat.is_valid:
        return Shape(None, (ProblemCode.BAD_GEOMETRY,), _repaired(flat))
    wound = _wound(flat)
    noted = (ProblemCode.GEOMETRY_REPAIRED,) if shape.has_z or not wound.equals_exact(flat, 0) else ()
    wide = xy.max(axis=0) - xy.min(axis=0)
    if wide.max() > _LARGEST_DEG or (largest_m2 is not None and area_m2(wound) > largest_m2):
        return Shape(None, (*noted, ProblemCode.AREA_TOO_LARGE), wound)
    return Shape(wound, noted)


Ring = list[tuple[float, float]]


def close_ring(points: Ring) -> tuple[Ring, tuple[ProblemCode, ...]]:
    """A ring that ends where it begins, with no point twice in a row; under 3 corners: bad_geometry."""
    ring = [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]
    corners = ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring
    if len(set(corners)) < 3:
        return list(points), (ProblemCode.BAD_GEOMETRY,)
    closed = [*corners, corners[0]]
    return closed, () if closed == list(points) else (ProblemCode.GEOMETRY_REPAIRED,)


def _finite(shape: BaseGeometry) -> bool:
    return bool(numpy.isfinite(shapely.get_coordinates(shape)).all())


def _wound(shape: BaseGeometry) -> BaseGeometry:
    if shape.geom_type == "Polygon":
        return shapely.geometry.polygon.orient(shape, 1.0)
    if shape.geom_type == "MultiPolygon":
        return shapely.MultiPolygon([shapely.geometry.polygon.orient(one, 1.0) for one in shape.geoms])
    return shape


def _repaired(shape: BaseGeometry) -> BaseGeometry | None:
    mended = shapely.make_valid(shape)
    return None if mended.is_empty else mended
