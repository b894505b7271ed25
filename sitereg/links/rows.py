"""What persons share: one row over the sites for each place, day, authority and custody that occurs, reckoned once and kept.

A registry knows far fewer places and days than persons, so most of a score is a sum of rows that stand ready. A row hangs on
its own key alone: whether it was kept or is reckoned again, it has the same bits.
"""
import math
from functools import cached_property
from threading import Lock

import numpy

from sitereg.links import curves, kernels, others, space
from sitereg.links.blurring import Tables, sphere
from sitereg.links.counted import Links
from sitereg.links.model import Person
from sitereg.links.score import statistics
from sitereg.links.standing import authority, person_fits

BYTES = {"lagged": 2 ** 30, "moments": 2 ** 28, "ratio": 2 ** 28}  # of rows kept of a kind; 6,700 rows of 5,000 sites are 2 ** 28
MOST = 2 ** 27

EMPTY = numpy.empty(0)

__all__ = ["Rows"]


def kept(make):
    """A method that remembers its rows by their key; what was not asked for longest is forgotten first."""
    name = make.__name__

    def row(self, *key):
        held = self.held.setdefault(name, {})
        with self.lock:
            found = held.pop(key, None)
            if found is not None:
                held[key] = found
                return found
        found = make(self, *key)
        with self.lock:
            while len(held) >= self.most(name):
                del held[next(iter(held))]
            held[key] = found
        return found
    row.__doc__ = make.__doc__
    return row


class Rows:
    """The rows of one world. Degrees and days as in model; every array is over the sites in their order."""

    def __init__(self, world):
        self.world, self.facts, self.held = world, statistics(world), {}
        self.count, self.parameters = len(world.sites), world.parameters
        places = world.sites.places
        self.nodes = sphere(places.lon, places.lat)
        self.start = numpy.asarray(places.start, numpy.int64)
        radius = numpy.repeat(places.radius_m, numpy.diff(self.start))
        self.near = Tables(("power", self.parameters.d0_km, self.parameters.g), radius, 1000, -1)
        self.lock = Lock()
        self.links = Links(world, self.facts)

    def most(self, name):
        """How many rows of a kind are kept."""
        return max(BYTES.get(name, MOST) // (8 * max(self.count, 1)), 64)

    # ---- where
    @kept
    def ratio(self, points, radius_m):
        """E[k] from a place to each site over its mean; points as the bytes of an (n, 2) array of degrees."""
        at = numpy.frombuffer(points).reshape(-1, 2)
        stack, which = self.near.at(radius_m)
        made = kernels.expected(sphere(at[:, 0], at[:, 1]), self.nodes, self.world.sites.places.weight, self.start,
                                which[self.near.of], stack, self.near.step, self.parameters.d0_km, self.parameters.g, *self.curves)
        return space.ratio(made)

    @cached_property
    def curves(self):
        """((k, ln(1 + km / d0)) as curves, the number of their first piece)."""
        return curves.kernel(self.parameters.d0_km, self.parameters.g)

    @kept
    def near_by(self, points, radius_m):
        """w_space of a person of whom one place is known."""
        return numpy.log(1.0 * self.ratio(points, radius_m))

    @kept
    def onward(self, site):
        """Where those last known at this custody node are, over the mean candidate."""
        return space.ratio(self.facts.chain.law(site))

    # ---- when
    @cached_property
    def intervals(self):
        """The periods of the sites as `kernels.chance` reads them, which sites have one, whether all end on days and half days."""
        site, period, begin, end, share = self.facts.intervals
        dated = numpy.zeros(self.count, bool)
        dated[site] = True
        ends = numpy.concatenate([begin, end])
        return self.laid(site, period, begin, end, share), dated, bool(numpy.isin(ends[numpy.isfinite(ends)] % 1, (0, 0.5)).all())

    def laid(self, site, period, begin, end, share):
        """Intervals (days.intervals) by period, with the days that need no look at the single intervals of each."""
        start = numpy.append(numpy.flatnonzero(numpy.diff(period, prepend=-1)), len(period))
        low, high = (numpy.full((len(start) - 1, 2), numpy.nan) for _ in range(2))
        if len(period):
            for n, of in enumerate((begin, end)):
                low[:, n], high[:, n] = numpy.minimum.reduceat(of, start[:-1]), numpy.maximum.reduceat(of, start[:-1])
        within = numpy.column_stack([high[:, 0], low[:, 1]])
        limits = numpy.append(0.0, self.gaps[0][:-1])
        beyond = numpy.column_stack([low[:, 0] - limits[-1] - 1, high[:, 1] + limits[-1] + 1])
        return site[start[:-1]], start, within, beyond, begin, end, share

    @cached_property
    def derived(self):
        """(sites, begin, end) of the use that confirmed days show, nobody's left out."""
        return others.derived(self.world.confirmed, self.facts.periods_known, self.parameters.derived_from)

    @cached_property
    def gaps(self):
        limits, nats = zip(*self.parameters.gaps, strict=True)
        return numpy.array(limits, float), numpy.exp(numpy.array(nats, float))

    @kept
    def moment(self, when):
        """exp h of each site at one moment."""
        flat, _, _ = self.intervals
        return kernels.chance(when, *flat, *self.gaps, self.count)

    @kept
    def lagged(self, when):
        """The same, the days from the reference date on averaged over their law."""
        if len(self.parameters.lags) == 1 and self.parameters.lags[0][1] == 1:
            return self.moment(when + self.parameters.lags[0][0])
        made = numpy.zeros(self.count)
        for lag, mass in self.parameters.lags:
            made += mass * self.moment(when + lag)
        return made

    def alike(self, when):
        """A moment that stands for all of the same day, as far as periods that end on days and half days can tell them."""
        _, _, halves = self.intervals
        whole = math.floor(when)
        if not halves or when == whole or any(lag % 1 for lag, _ in self.parameters.lags):
            return when
        return whole + (0.25 if when - whole < 0.5 else 0.5 if when - whole == 0.5 else 0.75)

    @kept
    def time(self, first, last):
        """w_time of each site, nobody's links left out."""
        _, dated, _ = self.intervals
        sites, begin, end = self.derived
        dates = numpy.linspace(first, last, self.parameters.dates) if first != last else numpy.array([first], float)
        chances, seen = numpy.zeros(self.count), numpy.zeros(len(sites))
        alone = self.laid(numpy.arange(len(sites)), numpy.arange(len(sites)), begin, end, numpy.ones(len(sites)))
        for when in dates.tolist():
            chances += self.lagged(self.alike(when))
            for lag, mass in self.parameters.lags if len(sites) else ():
                seen += mass * kernels.chance(when + lag, *alone, *self.gaps, len(sites))
        bar = numpy.zeros(self.count)
        bar[dated] = numpy.log(chances[dated] / len(dates))
        bar[sites] = numpy.log(seen / len(dates))
        return bar

    # ---- how many
    @kept
    def moments(self, when):
        """kernels.counts at one moment."""
        links = self.links
        return kernels.counts(when, links.day, links.start, links.before, links.after, self.parameters.load_days)

    @kept
    def many(self, first, last):
        """The confirmed links with a day that count at each site between these days."""
        if last - first < 1e-9:
            return self.moments(first)[0]
        made = self.moments(last)[1] - self.moments(first)[1]
        return numpy.maximum(made * (self.parameters.load_days / (last - first)), 0)

    @kept
    def load(self, between):
        """w_load of each site, nobody's links left out."""
        return self.loaded(between, numpy.empty(0, int))

    def loaded(self, between, gone):
        """w_load of each site without the confirmed links at the positions `gone`."""
        links, confirmed, parameters = self.links, self.world.confirmed, self.parameters
        dated = links.dated[gone]
        left, power = links.dated_count - int(dated.sum()), parameters.load_power
        counted = links.undated - numpy.bincount(confirmed.site[gone[~dated]], minlength=self.count)
        if between is None or left == 0:
            counted = counted + links.by_site - numpy.bincount(confirmed.site[gone[dated]], minlength=self.count)
            many, power = counted.astype(float), parameters.load_power_undated
        else:
            many = self.many(*between)
            if len(gone):
                own = others.fading(*between, confirmed.day[gone[dated]], parameters.load_days)
                many = numpy.maximum(many - numpy.bincount(confirmed.site[gone[dated]], own, self.count), 0)
            if links.undated_count:
                many = many + counted * (many.sum() / left)
        added = many + parameters.load_add
        return numpy.clip(power * numpy.log(added / added.mean()), -parameters.load_cap, parameters.load_cap)

    # ---- who
    @cached_property
    def turns(self):
        """The days on which the authority of some site begins, and those on which it ends."""
        return numpy.unique(self.facts.standing.begin), numpy.unique(self.facts.standing.end)

    def authority(self, person, between):
        """w_authority of each site, once for all of the same authorities between the same turns."""
        if self.world.question != "held" or not person.authorities or not len(self.facts.standing.site):
            return EMPTY
        first, last = between or (-numpy.inf, numpy.inf)
        turn = (int(numpy.searchsorted(self.turns[0], last, side="right")), int(numpy.searchsorted(self.turns[1], first)))
        held, key = self.held.setdefault("authority", {}), (person.authorities, turn)
        if key not in held:
            held[key] = authority(self.world, person, between, self.facts.standing)
        return held[key]

    def fits(self, person):
        """w_person of each site, once for all of the same sex, age and service."""
        key = person.sex, person.minor, bool(person.soldier)
        held = self.held.setdefault("fits", {})
        if key not in held:
            alike = Person(None, "", sex=key[0], minor=key[1], soldier=key[2])
            held[key] = person_fits(alike, self.facts.standing, self.parameters)
        return held[key]
