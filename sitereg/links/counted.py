"""The confirmed links of a world laid out for the engine: whose they are, how they fade, who was taken near by at that time."""
import itertools
import math
from collections import namedtuple

import numpy

from sitereg.links.blurring import Tables, sphere
from sitereg.links.kernels import fading, inner, ln, raised, summed

EMPTY = numpy.empty(0, int)

__all__ = ["Counted", "Links", "Near", "dated", "faded", "lasting", "spread", "undated"]


Counted = namedtuple("Counted", "active slot start day before after undated by_site link_site link_day dated_count undated_count "
                     "scale power power_undated add cap")
Near = namedtuple("Near", "place radius when site mass at scale km least step")


class Links:
    """The confirmed links laid out: by site and day for the load, by day for the cohort, by person and group for leaving out."""

    def __init__(self, world, facts):
        confirmed, parameters = world.confirmed, world.parameters
        self.confirmed, self.share, self.dated = confirmed, facts.share, ~numpy.isnan(confirmed.day)
        self.counted = counted(confirmed, self.dated, len(world.sites), parameters)
        near = numpy.flatnonzero(self.dated & ~numpy.isnan(confirmed.lon))
        order = near[numpy.argsort(confirmed.day[near], kind="stable")]
        self.tables = Tables(("exponential", parameters.cohort_km, 1.0), confirmed.radius_m[order] / 1000, 1, 0)
        self.reach, self.reaches = -parameters.cohort_reach, {}
        at = numpy.full(len(confirmed), -1)
        at[order] = numpy.arange(len(order))
        self.near = Near(sphere(confirmed.lon[order], confirmed.lat[order]), self.tables.of,
                         numpy.ascontiguousarray(confirmed.day[order], float),
                         numpy.ascontiguousarray(confirmed.site[order], numpy.int64), facts.share[order], at,
                         parameters.cohort_days, parameters.cohort_km, math.exp(self.reach), self.tables.step)
        self.of_person, self.of_group = places(confirmed.person), places(confirmed.group)
        moves = [rows for rows in (world.network.moves, world.network.burials) if len(rows)]
        self.movers = {int(one) for rows in moves for one in rows[:, 0]}
        self.moving_groups = {int(one) for rows in moves for one in rows[:, 1]}

    def own(self, person):
        """The positions of the links that model.left_out leaves out for a person, ascending."""
        found = [self.of_person.get(number) for number, _ in person.companions]
        if person.number >= 0:
            found.append(self.of_person.get(person.number))
        if person.group >= 0:
            found.append(self.of_group.get(person.group))
        found = [one for one in found if one is not None]
        return numpy.unique(numpy.concatenate(found)) if found else EMPTY

    def moved(self, person):
        """Whether a move of the network is the person's, the group's or a companion's."""
        return ((person.number >= 0 and person.number in self.movers) or (person.group >= 0 and person.group in self.moving_groups)
                or any(number in self.movers for number, _ in person.companions))

    def together(self, person):
        """others.companions as [(site, V)]: where those taken together with the person were."""
        return [(int(self.confirmed.site[one]), confidence * self.share[one]) for number, confidence in sorted(person.companions)
                if number != person.number for one in self.of_person.get(number, ())]

    def reaching(self, stack):
        """The square of the chord beyond which each table of a stack is no neighbour's."""
        if len(stack) not in self.reaches:
            self.reaches[len(stack)] = self.tables.reach(stack, self.reach)
        return self.reaches[len(stack)]


def places(keys):
    """Which positions each key stands at."""
    order = numpy.argsort(keys, kind="stable")
    found, first = numpy.unique(keys[order], return_index=True)
    return dict(zip(found.tolist(), numpy.split(order, first[1:]), strict=True)) if len(found) else {}


def counted(confirmed, dated, count, parameters):
    """The Counted of a world: the sites that have a confirmed link, their days, how the links before and after each day fade."""
    active = numpy.unique(confirmed.site)
    slot = numpy.full(count, -1)
    slot[active] = numpy.arange(len(active))
    at, day = slot[confirmed.site[dated]], confirmed.day[dated]
    order = numpy.lexsort((day, at))
    day, start = numpy.ascontiguousarray(day[order], float), numpy.searchsorted(at[order], numpy.arange(len(active) + 1))
    many = [numpy.bincount(slot[confirmed.site[which]], minlength=len(active)).astype(float) for which in (~dated, dated)]
    own = numpy.asarray(confirmed.site, numpy.int64), numpy.asarray(confirmed.day, float), int(dated.sum()), int((~dated).sum())
    law = (parameters.load_days, parameters.load_power, parameters.load_power_undated, parameters.load_add, parameters.load_cap)
    return Counted(active, slot, start, day, *fades(day, start, parameters.load_days), *many, *own, *map(float, law))


def fades(day, start, scale):
    """(sum of exp(-(t - day) / scale) of the days of a site up to each of them, of those from each on)."""
    before, after = numpy.zeros(len(day)), numpy.zeros(len(day))
    for first, last in itertools.pairwise(start):
        total = 0.0
        for n in range(first, last):
            total = total * math.exp(-(day[n] - day[n - 1]) / scale) + 1 if n > first else 1.0
            before[n] = total
        for n in range(last - 1, first - 1, -1):
            total = total * math.exp(-(day[n + 1] - day[n]) / scale) + 1 if n < last - 1 else 1.0
            after[n] = total
    return before, after


@inner
def dated(gone, counted):
    """How many confirmed links with a day are left without those that are gone."""
    left = counted.dated_count
    for one in gone:
        left -= not numpy.isnan(counted.link_day[one])
    return left


@inner
def undated(gone, counted, many):
    """How many links each site with some has, whatever their day."""
    for n in range(len(many)):
        many[n] = counted.undated[n] + counted.by_site[n]
    for one in gone:
        many[counted.slot[counted.link_site[one]]] -= 1


@inner
def spread(power, counted, many, bar):
    """bar = w_load (others.load) of every site, of how many links each site with some has."""
    mean = (summed(many) + counted.add * len(bar)) / len(bar)
    bar[:] = min(max(power * numpy.log(counted.add / mean), -counted.cap), counted.cap)
    for n in range(len(many)):
        many[n] = min(max(power * ln((many[n] + counted.add) / mean), -counted.cap), counted.cap)
    for n in range(len(many)):
        bar[counted.active[n]] = many[n]


@inner
def lasting(first, last, gone, left, counted, many):
    """The same as `faded` without those that are gone, and those without a day as the mean of those `left` with one."""
    for one in gone:
        if not numpy.isnan(counted.link_day[one]):
            many[counted.slot[counted.link_site[one]]] -= fading(first, last, counted.link_day[one], counted.scale)
    for n in range(len(many)):
        many[n] = max(many[n], 0.0)
    if counted.undated_count:
        each = summed(many) / left
        for n in range(len(many)):
            many[n] += counted.undated[n] * each
        for one in gone:
            if numpy.isnan(counted.link_day[one]):
                many[counted.slot[counted.link_site[one]]] -= each


@inner
def faded(first, last, counted, sums, many):
    """How many links each site with some has at one day or on the mean of several: sums that fade on both sides of each day."""
    alone = last - first < 1e-9
    many[:] = 0.0
    for moment, side in ((last, 1.0), (first, -1.0)):
        if alone and side > 0:
            continue
        left, right, whole, before, after = sums
        for n in range(len(many)):
            low, high = counted.start[n], counted.start[n + 1]
            begin, end = low, high
            while low < high:
                middle = (low + high) // 2
                if counted.day[middle] <= moment:
                    low = middle + 1
                else:
                    high = middle
            whole[n] = 2.0 * (low - begin)
            left[n], before[n] = (counted.day[low - 1] - moment, counted.before[low - 1]) if low > begin else (0.0, 0.0)
            right[n], after[n] = (moment - counted.day[low], counted.after[low]) if low < end else (0.0, 0.0)
        for n in range(len(many)):
            past, coming = before[n] * raised(left[n] / counted.scale), after[n] * raised(right[n] / counted.scale)
            many[n] += past + coming if alone else side * (coming - past + whole[n])
    if not alone:
        for n in range(len(many)):
            many[n] *= counted.scale / (last - first)
