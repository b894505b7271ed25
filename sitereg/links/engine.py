"""The score for whole registries: score.bars for very many persons, compiled, from rows that persons share; nothing is left out.

    engine = Engine(world)
    for done in engine.run(persons, top=20, workers=2):     # chunk by chunk, in order
        done.site, done.parts, done.p

Equal to score.bars to 1e-9 in every bar of every site that it answers, to the same order and to the same P: all candidates are
in every sum. The same world and persons give the same bits whatever the number of workers and the size of the chunks.
"""
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from itertools import islice

import numpy

from sitereg.links import days, others, score, space
from sitereg.links.model import BARS
from sitereg.links.standing import mention

LEVELS = numpy.array([0.5, 0.9])
CHUNK = 500

__all__ = ["Engine", "Ranked"]


@dataclass(frozen=True)
class Ranked:
    """The best sites of n persons, k columns: positions in Sites (-1: no more), bars in the order of BARS, totals, P, flags.

    sets (n, 2, 2): for 50 and 90 %, how many sites hold the truth, and whether one that is not listed is an option too.
    """

    person: tuple
    site: numpy.ndarray      # (n, k)
    parts: numpy.ndarray     # (n, k, bars), nats
    total: numpy.ndarray     # (n, k)
    p: numpy.ndarray         # (n, k)
    flags: numpy.ndarray     # (n, k)
    sets: numpy.ndarray      # (n, 2, 2)

    @classmethod
    def empty(cls, persons, k):
        """Room for n persons."""
        n = len(persons)
        return cls(tuple(one.id for one in persons), numpy.full((n, k), -1), numpy.zeros((n, k, len(BARS))), numpy.zeros((n, k)),
                   numpy.zeros((n, k)), numpy.zeros((n, k), numpy.uint8), numpy.zeros((n, 2, 2), int))

    @classmethod
    def joined(cls, many):
        """Several as one."""
        return cls(tuple(one for each in many for one in each.person),
                   *(numpy.concatenate([getattr(each, one.name) for each in many]) for one in fields(cls)[1:]))


class Engine:
    """One world laid out for many persons. The rows that it reckons are kept: ask one engine as long as the world stands."""

    def __init__(self, world):
        from sitereg.links.rows import Rows

        self.world, self.rows = world, Rows(world)
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
                done += len(ranked.person)
                if told:
                    told(done)
                yield ranked

    def rank(self, persons, top=20):
        """Ranked of these persons."""
        made = Ranked.empty(persons, min(top, len(self.world.sites)))
        for n, person in enumerate(persons):
            self.one(person, made, n)
        return made

    def one(self, person, made, n):
        """Row n of `made` is this person's."""
        from sitereg.links import kernels

        if not self.rows.count:
            return
        total, parts, flags = self.bars(person)
        p = numpy.empty(len(total))
        kernels.weigh(total, p, self.world.parameters.unlisted)
        best = kernels.select(total, flags, made.site.shape[1])
        made.site[n], made.total[n], made.p[n], made.flags[n] = best, total[best], p[best], flags[best]
        for bar, value in enumerate(parts):
            if isinstance(value, numpy.ndarray):
                made.parts[n, :, bar] = value[best] if len(value) else 0
            else:
                constant, sites, values = value
                made.parts[n, :, bar] = constant
                for site, one in zip(sites, values, strict=True):
                    made.parts[n, best == site, bar] = one
        kernels.sizes(p, flags, self.world.parameters.unlisted, LEVELS, made.sets[n])

    def bars(self, person):
        """(total, bars in the order of BARS, flags) over all sites; a bar is an array, an empty one (0 everywhere) or
        (what it is elsewhere, sites, what it is there)."""
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
        total = numpy.empty(rows.count)
        whole = kernels.combine(stacked, named, says[named], kappa, total)
        parts = [bar * kappa[n] for n, bar in zip((0, 1, 2, 3, 4, 6), stacked, strict=True)]
        parts.insert(5, (0.0, named, says[named] * kappa[5]))
        around = EMPTY
        if when is not None and when.place is not None and len(rows.links.order):
            around = rows.links.around(space.middle(*when.place), between, gone, rows.count)
        together = EMPTY
        if person.companions:
            together = others.companions(person, self.world.confirmed, rows.facts.share, rows.count)
        for bar, counts in ((7, around), (8, together)):
            step, whole = self.back_off(bar, counts, total, whole)
            parts.append(step)
        parts.append(self.moved_on(total, whole))
        return total, parts, score.flags(self.world, person)

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
        """((bar elsewhere, sites, bar there), ln of the new sum): others.back_off, added to total in place."""
        if not len(counts) or not counts.sum():
            return (0.0, (), ()), whole
        from sitereg.links import kernels

        prior = (self.world.parameters.cohort_prior, self.world.parameters.companion_prior)[bar - 7]
        sites = numpy.flatnonzero(counts)
        base = numpy.log(counts.sum() + prior)
        elsewhere = (numpy.log(prior) - base) * self.kappa[bar]
        there = (numpy.log(counts[sites] * numpy.exp(whole - total[sites]) + prior) - base) * self.kappa[bar]
        changed = total[sites] + there
        total += elsewhere
        total[sites] = changed
        return (elsewhere, sites, there), kernels.whole(total)

    def moved_on(self, total, whole):
        """The last bar, of the sites that remains were moved from or to, added to total in place."""
        if not len(self.moved):
            return 0.0, (), ()
        edges = numpy.searchsorted(self.moved, self.world.network.moved)
        step = score.moved(edges, self.world.parameters.remains_moved, total[self.moved] - whole)
        total[self.moved] += step
        return 0.0, self.moved, step


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
