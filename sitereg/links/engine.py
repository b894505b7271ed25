"""The score for whole registries: score.bars for very many persons, compiled, from rows that persons share; nothing is left out.

    engine = Engine(world)
    for done in engine.run(persons, top=20, workers=2):     # chunk by chunk, in order
        done.sites, done.parts, done.p

Equal to score.bars to 1e-9 in every bar of every site that it answers, to the same order and to the same P: all candidates are
in every sum. The same world and persons give the same bits whatever the number of workers and the size of the chunks.
"""
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import numpy

from sitereg.links import days, following, others, score, space
from sitereg.links.batch import FIRST, Ranked
from sitereg.links.model import BARS, Flag
from sitereg.links.standing import mention

NEVER = numpy.uint8(Flag.ALIVE_LATER)
LEVELS = numpy.array([0.5, 0.9])
CHUNK = 500

__all__ = ["NOBODY", "Engine"]


class Room:
    """Room for n persons with up to k sites each; a site of -1: there are no more."""

    def __init__(self, n, k):
        self.site, self.parts = numpy.full((n, k), -1), numpy.zeros((n, k, len(BARS)))
        self.total, self.p = numpy.zeros((n, k)), numpy.zeros((n, k))
        self.sets, self.leans = numpy.zeros((n, 2, 2), int), numpy.zeros(n, bool)

    def ranked(self, persons, unlisted):
        """The Ranked of these persons."""
        held = self.site >= 0
        return Ranked(tuple(one.id for one in persons), held.sum(axis=1).cumsum(), self.site[held], self.total[held],
                      self.parts[held], self.p[held], numpy.full(len(persons), unlisted), self.sets[:, 0, 0], self.sets[:, 1, 0],
                      self.leans)


class Engine:
    """One world laid out for many persons. The rows that it reckons are kept: ask one engine as long as the world stands."""

    hands = 1

    def __init__(self, world, before=None):
        """before: the engine of an earlier world, whose rows are taken over where nothing they rest on has changed."""
        from sitereg.links.rows import Rows

        self.world, self.rows = world, Rows(world)
        if before is not None:
            following.take_over(self.rows, before.rows)
        self.kappa = numpy.array([world.parameters.exponent(name) for name in BARS])
        self.moved = numpy.unique(world.network.moved) if len(world.network.moved) else numpy.empty(0, int)

    def run(self, persons, *, top=20, workers=2, chunk=CHUNK, skip=0, told=None):
        """Ranked of each chunk of persons in order. skip: so many chunks stand already; told(persons done) after each chunk."""
        source = iter(persons)
        chunks = iter(lambda: list(islice(source, chunk)), [])
        chunks, done = islice(chunks, skip, None), skip * chunk
        with ThreadPoolExecutor(workers) as pool:
            waiting = [pool.submit(self.rank, one, top) for one in islice(chunks, 2 * workers)]
            while waiting:
                ranked = waiting.pop(0).result()
                waiting += [pool.submit(self.rank, one, top) for one in islice(chunks, 1)]
                done += len(ranked)
                if told:
                    told(done)
                yield ranked

    def again(self, persons, before, **asked):
        """As run, for those persons alone whose answers can be other than in the world of the engine before."""
        return self.run(filter(following.touched(self.world, before.world), persons), **asked)

    def rank(self, persons, top=20):
        """Ranked of these persons."""
        room = Room(len(persons), min(top, self.rows.count))
        for n, person in enumerate(persons if self.rows.count else ()):
            self.one(person, room, n)
        return room.ranked(persons, self.world.parameters.unlisted)

    def one(self, person, room, n):
        """Row n of the room is this person's."""
        from sitereg.links import kernels

        total, plain, parts = self.bars(person)
        flags, p = score.flags(self.world, person), numpy.empty(len(total))
        kernels.weigh(total, p, self.world.parameters.unlisted)
        best = kernels.select(total, flags, NEVER, room.site.shape[1])
        room.site[n], best = best, best[best >= 0]
        room.total[n, :len(best)], room.p[n, :len(best)] = total[best], p[best]
        for bar, part in enumerate(parts):
            room.parts[n, :len(best), bar] = part.at(best)
        kernels.sizes(p, flags, self.world.parameters.unlisted, LEVELS, room.sets[n])
        first = min(FIRST, len(total))
        room.leans[n] = set(kernels.select(plain, flags, NEVER, first)) != set(kernels.select(total, flags, NEVER, first))

    def bars(self, person):
        """(total, total without load and cohort, a Part for each of BARS) over all sites."""
        from sitereg.links import kernels

        rows, kappa = self.rows, self.kappa
        when = days.reference(person)
        between = None if when is None else tuple(float(one) for one in when.days)
        gone = rows.links.own(person)
        near, onward = self.mixture(person)
        says = mention(person, rows.count, rows.parameters) if person.statements else EMPTY
        named = numpy.flatnonzero(says)
        stacked = (near, self.time(between, gone), rows.loaded(between, gone) if len(gone) else rows.load(between),
                   rows.authority(person, between), rows.fits(person), onward)
        total, plain = numpy.empty((2, rows.count))
        kernels.combine(stacked, named, says[named], kappa, total)
        kernels.combine((*stacked[:2], EMPTY, *stacked[3:]), named, says[named], kappa, plain)
        parts = [Part(bar, kappa[n]) for n, bar in zip((0, 1, 2, 3, 4, 6), stacked, strict=True)]
        parts.insert(5, Few(0.0, named, says[named] * kappa[5]))
        whole, around, together = kernels.whole(total), EMPTY, EMPTY
        if when is not None and when.place is not None and len(rows.links.order):
            around = rows.links.around(space.middle(*when.place), between, gone, rows.count)
        if person.companions:
            together = others.companions(person, self.world.confirmed, rows.facts.share, rows.count)
        for bar, counts in ((7, around), (8, together)):
            step, whole = self.back_off(bar, counts, total, whole)
            parts.append(step)
        parts.append(self.moved_on(total, whole))
        for part in parts[8:]:
            part.onto(plain)
        return total, plain, parts

    def mixture(self, person):
        """(w_space, w_transfer) of score.mixture, from rows."""
        used, rows = score.chosen(person, self.world.parameters), self.rows
        if not used:
            return numpy.zeros(rows.count), EMPTY
        custody = any(one.site >= 0 for one, _ in used)
        if len(used) == 1 and not custody:
            return rows.near_by(*key(used[0][0].place)), EMPTY
        network = score.own_network(self.world, person) if custody and rows.links.moved(person) else None
        near, onward = numpy.zeros(rows.count), numpy.zeros(rows.count)
        for event, weight in used:
            by_place = numpy.ones(rows.count) if event.place is None else rows.ratio(*key(event.place))
            near += weight * by_place
            if custody:
                law = by_place
                if event.site >= 0:
                    law = rows.onward(event.site) if network is None else space.ratio(rows.facts.chain.law(event.site, network))
                onward += weight * law
        bar = numpy.log(near)
        return bar, numpy.log(onward) - bar if custody else EMPTY

    def time(self, between, gone):
        """w_time: a site whose days are known from confirmed links alone is reckoned again without those that are left out."""
        if between is None:
            return EMPTY
        rows, links, bar = self.rows, self.rows.links, self.rows.time(*between)
        sites = self.world.confirmed.site[gone[links.dated[gone]]]
        for site in numpy.unique(sites[~rows.facts.periods_known[sites]]):
            own = gone[links.dated[gone] & (self.world.confirmed.site[gone] == site)]
            left = days_less(links.day[links.start[site]:links.start[site + 1]], self.world.confirmed.day[own])
            seen = others.derived(Left(numpy.zeros(len(left), int), left), numpy.zeros(1, bool), rows.parameters.derived_from)
            bar = bar.copy()
            bar[site] = days.time(between, NOTHING, seen, 1, rows.parameters)[0]
        return bar

    def back_off(self, bar, counts, total, whole):
        """(the bar, ln of the new sum): others.back_off, added to total in place."""
        from sitereg.links import kernels

        if not len(counts) or not counts.sum():
            return Few(), whole
        prior = (self.world.parameters.cohort_prior, self.world.parameters.companion_prior)[bar - 7]
        sites = numpy.flatnonzero(counts)
        base = numpy.log(counts.sum() + prior)
        there = numpy.log(counts[sites] * numpy.exp(whole - total[sites]) + prior) - base
        made = Few((numpy.log(prior) - base) * self.kappa[bar], sites, there * self.kappa[bar])
        made.onto(total)
        return made, kernels.whole(total)

    def moved_on(self, total, whole):
        """The last bar, of the sites that remains were moved from or to, added to total in place."""
        if not len(self.moved):
            return Few()
        edges = numpy.searchsorted(self.moved, self.world.network.moved)
        made = Few(0.0, self.moved, score.moved(edges, self.world.parameters.remains_moved, total[self.moved] - whole))
        made.onto(total)
        return made


@dataclass(frozen=True)
class Part:
    """A bar with a value for each site, before its exponent; empty: 0 everywhere."""

    bar: numpy.ndarray
    kappa: float

    def at(self, sites):
        """The bar of these sites."""
        return self.bar[sites] * self.kappa if len(self.bar) else 0.0


@dataclass(frozen=True)
class Few:
    """A bar that is one number, but for a few sites (ascending)."""

    elsewhere: float = 0.0
    sites: numpy.ndarray = field(default_factory=lambda: numpy.empty(0, int))
    there: numpy.ndarray = field(default_factory=lambda: numpy.empty(0))

    def at(self, sites):
        """The bar of these sites."""
        if not len(self.sites):
            return self.elsewhere
        n = numpy.minimum(numpy.searchsorted(self.sites, sites), len(self.sites) - 1)
        return numpy.where(self.sites[n] == sites, self.there[n], self.elsewhere)

    def onto(self, total):
        """The bar is added to the totals."""
        changed = total[self.sites] + self.there
        if self.elsewhere:
            total += self.elsewhere
        total[self.sites] = changed


NOBODY = Room(0, 1).ranked((), 0.0)
Left = namedtuple("Left", "site day")
EMPTY = numpy.empty(0)
NOTHING = (numpy.empty(0, int), numpy.empty(0, int), EMPTY, EMPTY, EMPTY)


def key(place):
    """A place as the key of its row."""
    return numpy.ascontiguousarray(numpy.atleast_2d(place[0]), float).tobytes(), float(place[1])


def days_less(every, own):
    """The days without these, each taken out once; sorted."""
    left = every.tolist()
    for one in own.tolist():
        left.remove(one)
    return numpy.array(left)
