"""Where a place may truly be: points that stand for it with equal weight, and how likely it lies within a distance.

A radius r is read as a circle that holds the place with 68 %: an isotropic normal law with sigma = r / 1.515. An area holds
its place anywhere with the same chance. No random numbers: the same place has the same points, always.
"""
import numpy
import shapely
from scipy.special import ndtr
from scipy.stats import ncx2

from sitereg.geo.place import GEOD

SIGMA = 1.515
RINGS, SPOKES = 6, 12
MOST = 200
HERMITE = numpy.polynomial.hermite.hermgauss(24)

__all__ = ["MOST", "SIGMA", "area_points", "chance_within", "disc_points", "points"]


def disc_points(lon, lat, radius_m):
    """72 points (lon, lat) around each of n centres: 6 rings at quantiles of the Rayleigh law, 12 to a ring; shape (n, 72, 2)."""
    quantiles = (numpy.arange(RINGS) + 0.5) / RINGS
    rings = numpy.sqrt(-2 * numpy.log1p(-quantiles)) / SIGMA
    bearing = (numpy.arange(SPOKES) + numpy.arange(RINGS)[:, None] / RINGS) * (360 / SPOKES)
    lon, lat, radius_m = numpy.broadcast_arrays(*(numpy.atleast_1d(one) for one in (lon, lat, radius_m)))
    away = radius_m[:, None] * numpy.repeat(rings, SPOKES)
    every = numpy.broadcast_to(bearing.reshape(-1), away.shape)
    spread = [numpy.broadcast_to(one[:, None], away.shape).copy() for one in (lon, lat)]
    east, north, _ = GEOD.fwd(*spread, every.copy(), away.copy())
    return numpy.stack([numpy.asarray(east), numpy.asarray(north)], axis=-1)


def area_points(shape, most=MOST):
    """At most `most` points of a polygon, each for the same area: a square grid in longitude and the sine of the latitude."""
    flat = _flattened(shape)
    west, south, east, north = flat.bounds
    step = max((flat.area / most) ** 0.5, 1e-12)
    while True:
        x = west + step * (numpy.arange(max(int((east - west) / step), 1)) + 0.5 + _rest(east - west, step))
        y = south + step * (numpy.arange(max(int((north - south) / step), 1)) + 0.5 + _rest(north - south, step))
        x, y = (one.reshape(-1) for one in numpy.meshgrid(x, y))
        within = shapely.contains_xy(flat, x, y)
        if within.sum() <= most:
            break
        step *= 1.02
    if not within.any():
        point = shape.representative_point()
        return numpy.array([[point.x, point.y]])
    squeeze = _squeeze(shape)
    return numpy.column_stack([x[within] / squeeze, numpy.degrees(numpy.arcsin(numpy.radians(y[within]) * squeeze))])


def points(shape, most=MOST):
    """Points (n, 2) that stand for a shape without a radius: of an area, along a line, the point itself."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return area_points(shape, most)
    if shape.geom_type in ("LineString", "MultiLineString"):
        along = (numpy.arange(most) + 0.5) / most
        return shapely.get_coordinates(shapely.line_interpolate_point(shapely.line_merge(shape), along, normalized=True))
    return shapely.get_coordinates(shape)


def chance_within(distance_m, limit_m, sigma_m):
    """The chance that two places are at most limit_m apart whose middles are distance_m apart and whose offsets from each
    other follow an isotropic normal law of sigma_m (0: sure).

    The length of such an offset follows Rice's law: its square over sigma² is noncentral chi-square with two degrees of freedom.
    Arrays broadcast; the answer is exact to 1e-9.
    """
    distance, limit, sigma = numpy.broadcast_arrays(*(numpy.asarray(one, float) for one in (distance_m, limit_m, sigma_m)))
    chance = numpy.array(distance <= limit, float)
    with numpy.errstate(divide="ignore", invalid="ignore", over="ignore"):
        reach, apart = limit / sigma, distance / sigma
        doubtful = (sigma > 0) & (numpy.abs(reach - apart) < 8)
    narrow = doubtful & (reach < 12)
    chance[narrow] = ncx2.cdf(reach[narrow] ** 2, 2, apart[narrow] ** 2)
    wide = doubtful & ~narrow
    rim = numpy.sqrt(numpy.maximum(reach[wide][:, None] ** 2 - 2 * HERMITE[0] ** 2, 0))  # the circle's edge across the line between
    chance[wide] = (ndtr(rim - apart[wide][:, None]) * HERMITE[1]).sum(axis=1) / numpy.sqrt(numpy.pi)
    return chance


def _squeeze(shape):
    """cos of the middle latitude: x = lon * it (degrees), y = sin(lat) / it (radians), so that squares stay nearly square."""
    _, south, _, north = shape.bounds
    return max(numpy.cos(numpy.radians((south + north) / 2)), 0.01)


def _flattened(shape):
    """The polygon on the equal-area cylinder: both axes in degrees."""
    squeeze = _squeeze(shape)
    return shapely.transform(shape, lambda xy: numpy.column_stack(
        [xy[:, 0] * squeeze, numpy.degrees(numpy.sin(numpy.radians(xy[:, 1])) / squeeze)]))


def _rest(length, step):
    """Half of what a row of whole steps leaves over, in steps: the grid stands in the middle of the box."""
    return (length / step - max(int(length / step), 1)) / 2
