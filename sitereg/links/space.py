"""How near: the kernel k(d) = (1 + d / d0) ** -g averaged over where both places may truly be. No random numbers.

A radius r is an isotropic normal law of sigma = r / 1.515, so the distance between two such places whose middles are d apart
follows Rice's law with sigma = hypot(r1, r2) / 1.515: E[k] depends on d and that radius alone, whatever the direction. It is
integrated once for each radius (in steps of 1 %) on a grid of ln(1 + d / scale) and read off by straight lines: 2e-4 nats from
the integral (2e-3 for circles below 100 m), never rising with d, exact for points.
"""
from functools import lru_cache

import numpy
import shapely
from scipy.special import i0e

from sitereg.geo.place import GEOD
from sitereg.geo.spread import MOST, SIGMA, points

SPHERE_KM = 6371.0088
SITE_POINTS, LARGE_M = 25, 1_000
GRID, NODES, WIDE = 1025, 64, 9.0
STEP = 0.01
AREA = numpy.polynomial.legendre.leggauss(NODES)

__all__ = ["SITE_POINTS", "SPHERE_KM", "blurred", "expected", "kernel", "middle", "place", "ratio", "sphere_km", "steps"]


def sphere_km(lon, lat, other_lon, other_lat):
    """Kilometres of the great circle between points in degrees; arrays broadcast."""
    lon, lat, other_lon, other_lat = (numpy.radians(one) for one in (lon, lat, other_lon, other_lat))
    hav = numpy.sin((other_lat - lat) / 2) ** 2 + numpy.cos(lat) * numpy.cos(other_lat) * numpy.sin((other_lon - lon) / 2) ** 2
    return 2 * SPHERE_KM * numpy.arcsin(numpy.sqrt(numpy.minimum(hav, 1)))


def steps(radius_km):
    """The radius that stands for each: 0 below a metre, else the nearest power of 1.01 kilometres."""
    radius = numpy.asarray(radius_km, float)
    with numpy.errstate(divide="ignore"):
        step = numpy.round(numpy.log(radius) / numpy.log1p(STEP))
    return numpy.where(radius < 1e-3, 0.0, numpy.exp(numpy.where(numpy.isfinite(step), step, 0) * numpy.log1p(STEP)))


def kernel(km, radius_km, d0, g):
    """E[(1 + d / d0) ** -g] for middles km apart and a joint radius; arrays of one shape."""
    return numpy.exp(blurred(numpy.log1p(km / d0), radius_km, ("power", d0, g)))


def blurred(v, radius_km, law):
    """ln E[f] of a law ("power", d0, g) or ("exponential", scale, 1), v = ln(1 + km / scale), and joint radii of v's shape."""
    radius = steps(radius_km)
    made = plain(v, law)
    for one in numpy.unique(radius[radius > 0]):
        same = radius == one
        made[same] = numpy.interp(v[same], *table(float(one), law))
    return made


def plain(v, law):
    """ln f without a radius."""
    return -law[2] * v if law[0] == "power" else -numpy.expm1(v)


@lru_cache(maxsize=2_048)
def table(radius_km, law):
    """(grid of v, ln E[f] on it) for one joint radius."""
    scale, sigma = law[1], radius_km / SIGMA
    grid = numpy.linspace(0, numpy.log1p(numpy.pi * SPHERE_KM / scale), GRID)
    km = scale * numpy.expm1(grid)[:, None]
    low, high = (numpy.log1p(numpy.maximum(km + side * WIDE * sigma, 0) / scale) for side in (-1, 1))
    v = low + (high - low) * (AREA[0] + 1) / 2
    away = scale * numpy.expm1(v)
    density = numpy.exp(-0.5 * ((away - km) / sigma) ** 2) * i0e(away * km / sigma ** 2) * away * (away + scale) * AREA[1]
    inner, most = plain(v, law), plain(low, law)
    made = most[:, 0] + numpy.log((density * numpy.exp(inner - most)).sum(axis=1) / density.sum(axis=1))
    return grid, numpy.minimum.accumulate(made)


def expected(nodes, radius_m, places, d0, g):
    """E[k] between one place (nodes (k, 2), radius) and each of `places`; NaN for places that are not known."""
    nodes = numpy.atleast_2d(nodes)
    reach = numpy.hypot(radius_m, numpy.repeat(places.radius_m, numpy.diff(places.start))) / 1000
    total = numpy.zeros(len(places.lon))
    for lon, lat in nodes:
        total += kernel(sphere_km(lon, lat, places.lon, places.lat), reach, d0, g)
    made = numpy.full(len(places), numpy.nan)
    known = places.known
    if known.any():
        made[known] = numpy.add.reduceat(total * places.weight, places.start[:-1][known]) / len(nodes)
    return made


def ratio(made):
    """Each value over the mean of the known ones; 1 where it is not known: it then says nothing."""
    known = ~numpy.isnan(made)
    if not known.any():
        return numpy.ones(len(made))
    return numpy.where(known, made / made[known].mean(), 1.0)


def middle(nodes, radius_m):
    """(lon, lat, radius in km) of the round place that is as wide as this one: what cohorts are reckoned with."""
    nodes = numpy.atleast_2d(nodes)
    if len(nodes) == 1:
        return nodes[0, 0], nodes[0, 1], radius_m / 1000
    lon, lat = numpy.radians(nodes).T
    x, y, z = (part.mean() for part in (numpy.cos(lat) * numpy.cos(lon), numpy.cos(lat) * numpy.sin(lon), numpy.sin(lat)))
    at = numpy.degrees(numpy.arctan2(y, x)), numpy.degrees(numpy.arctan2(z, numpy.hypot(x, y)))
    away = sphere_km(*at, nodes[:, 0], nodes[:, 1])
    return *at, numpy.hypot(radius_m / 1000, SIGMA * numpy.sqrt((away ** 2).mean() / 2))


def place(shape, uncertainty_m, shown_as, most=MOST):
    """(points in degrees (k, 2), radius in metres) of a shape: the radius only of an exact place, several points only of areas
    and lines; a site (most = SITE_POINTS) that is not large is its middle."""
    radius = float(uncertainty_m or 0) if shown_as == "exact" else 0.0
    if shape.geom_type == "Point":
        return shapely.get_coordinates(shape), radius
    west, south, east, north = shape.bounds
    if most == SITE_POINTS and GEOD.inv(west, south, east, north)[2] <= LARGE_M:
        return shapely.get_coordinates(shape.centroid), radius
    return points(shape, most), radius
