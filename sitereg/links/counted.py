"""The confirmed links of a world laid out for the engine: whose they are, how they fade, who was taken near by at that time."""
import itertools
import math

import numpy

from sitereg.links import kernels
from sitereg.links.blurring import Tables, sphere

EMPTY = numpy.empty(0, int)

__all__ = ["Links"]


class Links:
    """The confirmed links laid out: by site and day for the load, by day for the cohort, by person and group for leaving out."""

    def __init__(self, world, facts):
        confirmed, parameters = world.confirmed, world.parameters
        self.confirmed, self.share = confirmed, facts.share
        self.dated = ~numpy.isnan(confirmed.day)
        self.dated_count, self.undated_count = int(self.dated.sum()), int((~self.dated).sum())
        count = len(world.sites)
        site, day = confirmed.site[self.dated], confirmed.day[self.dated]
        self.by_site = numpy.bincount(site, minlength=count)
        self.undated = numpy.bincount(confirmed.site[~self.dated], minlength=count)
        order = numpy.lexsort((day, site))
        self.day = numpy.ascontiguousarray(day[order], float)
        self.start = numpy.searchsorted(site[order], numpy.arange(count + 1))
        self.before, self.after = faded(self.day, self.start, parameters.load_days)
        near = numpy.flatnonzero(self.dated & ~numpy.isnan(confirmed.lon))
        self.order = near[numpy.argsort(confirmed.day[near], kind="stable")]
        self.place = sphere(confirmed.lon[self.order], confirmed.lat[self.order])
        self.when = numpy.ascontiguousarray(confirmed.day[self.order], float)
        self.where = numpy.ascontiguousarray(confirmed.site[self.order], numpy.int64)
        self.mass = facts.share[self.order]
        self.tables = Tables(("exponential", parameters.cohort_km, 1.0), confirmed.radius_m[self.order] / 1000, 1, 0)
        self.scale, self.reach, self.reaches = parameters.cohort_days, -parameters.cohort_reach, {}
        self.at = numpy.full(len(confirmed), -1)
        self.at[self.order] = numpy.arange(len(self.order))
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

    def around(self, place, between, gone, count):
        """others.cohort of a reference event at place = (lon, lat, radius in km) without the links `gone`."""
        stack, which = self.tables.at(float(place[2]))
        if len(stack) not in self.reaches:
            self.reaches[len(stack)] = self.tables.reach(stack, self.reach)
        lost = self.at[gone]
        return kernels.neighbours(sphere([place[0]], [place[1]])[0], *between, self.place, self.tables.of, self.when, self.where,
                                  self.mass, lost[lost >= 0], stack, self.reaches[len(stack)], which, self.tables.step,
                                  self.tables.law[1], self.scale, math.exp(self.reach), count)


def places(keys):
    """Which positions each key stands at."""
    order = numpy.argsort(keys, kind="stable")
    found, first = numpy.unique(keys[order], return_index=True)
    return dict(zip(found.tolist(), numpy.split(order, first[1:]), strict=True)) if len(found) else {}


def faded(day, start, scale):
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
