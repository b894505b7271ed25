"""Two bars of the link score, in nats: how near, and whether in use then. Pure numpy; every missing input gives exactly 0.

Space: k(d) = (1 + d / d0) ** -g, d in km on the sphere of 6,371,008.8 m, averaged over where both places may truly be, against
the mean of all candidates. Time: h of the days between the event and the nearest days of use.
"""
import numpy
import shapely

from sitereg.geo import spread
from sitereg.geo.place import GEOD

SPHERE_KM = 6371.0088
KERNEL = {"held": (1.5, 1.4), "buried": (3.0, 1.4)}  # d0 in km, g
WEIGHTS = {"held": {"last_custody": 1.0, "arrested": 1.0, "last_seen_free": 0.7, "home": 0.4},
           "buried": {"last_custody": 0.7, "arrested": 0.3}}
GAPS = ((0, 1.0), (30, 0.0), (180, -1.0), (400, -1.6), (numpy.inf, -2.5))  # up to so many days: nats
LAGS = ((0, 0.15), (1, 0.25), (6, 0.25), (36, 0.2), (90, 0.1), (164, 0.05))  # days from arrest to burial, and their masses
DATES, SITE_POINTS, LARGE_M = 9, 25, 1_000


def place(shape, uncertainty_m, shown_as, most=spread.MOST):
    """(points in degrees (n, 2), radius in metres): the radius only of an exact place; several points only of areas and lines."""
    radius = float(uncertainty_m or 0) if shown_as == "exact" else 0.0
    if shape.geom_type == "Point":
        return shapely.get_coordinates(shape), radius
    west, south, east, north = shape.bounds
    if most == SITE_POINTS and GEOD.inv(west, south, east, north)[2] <= LARGE_M:
        return shapely.get_coordinates(shape.centroid), radius
    return spread.points(shape, most), radius


class Sites:
    """The candidates' places laid flat: all their points, which site each belongs to, each site's radius."""

    def __init__(self, places):
        self.counts = numpy.array([len(points) for points, _ in places])
        self.starts = numpy.concatenate([[0], self.counts.cumsum()[:-1]]).astype(int)
        self.points = numpy.concatenate([points for points, _ in places]) if places else numpy.empty((0, 2))
        self.radius = numpy.repeat([radius for _, radius in places], self.counts)

    def expected(self, points, radius, question):
        """E[k(d)] for one place of an event (points, radius) and each site."""
        made = numpy.empty(len(self.points))
        reach = numpy.round(numpy.hypot(radius, self.radius)) if len(points) == 1 else numpy.zeros(len(self.points))
        for one in numpy.unique(reach):
            nodes = spread.disc_points(*points[0], one)[0] if len(points) == 1 and one > 0 else points
            same = numpy.flatnonzero(reach == one)
            for n in range(0, len(same), 5_000):
                part = same[n:n + 5_000]
                made[part] = kernel(sphere_km(self.points[part][:, None], nodes[None]), question).mean(axis=1)
        return numpy.add.reduceat(made, self.starts) / self.counts


def sphere_km(one, other):
    """Kilometres on the sphere between points in degrees (..., 2)."""
    a, b = numpy.radians(one), numpy.radians(other)
    half = (b - a) / 2
    hav = numpy.sin(half[..., 1]) ** 2 + numpy.cos(a[..., 1]) * numpy.cos(b[..., 1]) * numpy.sin(half[..., 0]) ** 2
    return 2 * SPHERE_KM * numpy.arcsin(numpy.sqrt(numpy.minimum(hav, 1)))


def kernel(km, question):
    """(1 + d / d0) ** -g with the parameters of the question."""
    d0, g = KERNEL[question]
    return (1 + km / d0) ** -g


def shares(legs, question):
    """The weight of each event by its leg: that of the leg, shared among its events, 1 in all; 0 where the leg has none."""
    weights = numpy.array([WEIGHTS[question].get(leg, 0.0) / max(legs.count(leg), 1) for leg in legs])
    return weights / weights.sum() if weights.sum() else weights


def space(expected, weights):
    """w_space of each site: expected (events, sites), weights (events,); ln of the mixture of ratios to the mean candidate."""
    if not len(weights) or not weights.sum():
        return numpy.zeros(expected.shape[1])
    ratios = expected / expected.mean(axis=1, keepdims=True)
    return numpy.log((weights[:, None] * ratios).sum(axis=0))


def time(days, periods, question):
    """w_time of a site: days = (first, last) as numbers of days or None, periods = [began from, to, ended from, to] likewise."""
    if days is None or not periods:
        return 0.0
    dates = numpy.linspace(*days, DATES) if days[0] != days[1] else numpy.array([days[0]], float)
    lags = LAGS if question == "buried" else ((0, 1.0),)
    chance = sum(mass * numpy.max([likelihood(dates + lag, period) for period in periods], axis=0) for lag, mass in lags)
    return float(numpy.log(chance.mean()))


def likelihood(dates, period):
    """exp h(gap) of each date to one period, averaged over the days on which it can have begun and ended."""
    began, ended = ends(period[0], period[1], -numpy.inf), ends(period[2], period[3], numpy.inf)
    begins, stops = (one.reshape(-1) for one in numpy.meshgrid(began, ended))
    stops = numpy.maximum(begins, stops)
    gap = numpy.maximum(numpy.maximum(begins - dates[:, None], dates[:, None] - stops), 0)
    return numpy.exp(h(gap)).mean(axis=1)


def ends(first, last, unbounded):
    """The days that an end stands for: three across its range; what is not bounded constrains nothing."""
    if first is None or last is None:
        return numpy.array([unbounded])
    return numpy.unique(numpy.linspace(first, last, 3))


def h(gap):
    """Nats for so many days from the nearest days of use; never rises with the gap."""
    limits, nats = zip(*GAPS, strict=True)
    return numpy.array(nats)[numpy.searchsorted(limits, numpy.ceil(gap))]
