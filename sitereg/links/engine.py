"""The score for whole registries: score.bars for very many persons, compiled, from rows that persons share; nothing is left out.

    engine = Engine(world)
    for done in engine.run(persons, top=20, workers=2):     # chunk by chunk, in order
        done.sites, done.parts, done.p

Equal to score.bars to 1e-9 in every bar of every site that it answers, to the same order and to the same P: all candidates are
in every sum. The same world and persons give the same bits whatever the number of workers and the size of the chunks.
"""
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import islice

import numpy

from sitereg.links import days, following
from sitereg.links.batch import FIRST, PLACES, Ranked
from sitereg.links.model import BARS, Flag

NEVER = numpy.uint8(Flag.ALIVE_LATER)
LEVELS = numpy.array([0.5, 0.9])
CHUNK = 500
ROOM = 2 ** 19  # persons that are ranked at a time, times sites

__all__ = ["NOBODY", "Engine"]


class Room:
    """Room for n persons with up to k sites each; a site of -1: there are no more."""

    def __init__(self, n, k):
        self.site, self.parts = numpy.full((n, k), -1), numpy.zeros((n, k, len(BARS)))
        self.total, self.p = numpy.zeros((n, k)), numpy.zeros((n, k))
        self.sets, self.leans = numpy.zeros((n, 2, 2), int), numpy.zeros(n, bool)
        self.near = numpy.zeros((n, k, PLACES))

    def part(self, some):
        """The room of some of the persons, as links.ranking fills it."""
        return tuple(one[some] for one in (self.site, self.parts, self.total, self.p, self.sets, self.leans))

    def cut(self, k):
        """Only the first k sites of each."""
        self.site, self.parts, self.total, self.p, self.near = (one[:, :k] for one in (self.site, self.parts, self.total, self.p,
                                                                                       self.near))

    def ranked(self, persons, unlisted, rests=None):
        """The Ranked of these persons."""
        held = self.site >= 0
        with numpy.errstate(divide="ignore"):
            whole = (numpy.where(held[:, 0], self.total[:, 0] - numpy.log(self.p[:, 0] / (1 - unlisted)), 0.0) if held.shape[1]
                     else numpy.zeros(len(persons)))
        return Ranked(tuple(one.id for one in persons), held.sum(axis=1).cumsum(), self.site[held], self.total[held],
                      self.parts[held], self.p[held], numpy.full(len(persons), unlisted), self.sets[:, 0, 0], self.sets[:, 1, 0],
                      self.leans, whole, numpy.ones((len(persons), 2)) if rests is None else rests, numpy.zeros(len(persons)),
                      self.near[held], numpy.ones((len(persons), PLACES)))


class Engine:
    """One world laid out for many persons. The rows that it reckons are kept: ask one engine as long as the world stands."""

    hands = 1

    def __init__(self, world, before=None):
        """before: the engine of an earlier world, whose rows are taken over where nothing they rest on has changed."""
        from sitereg.links.rows import Rows

        self.world, self.rows = world, Rows(world)
        if before is not None:
            following.take_over(self.rows, before.rows)
        self.block = min(max(ROOM // max(self.rows.count, 1), 4), 64)

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
        from sitereg.links import asked, ranking

        room = Room(len(persons), min(top, self.rows.count))
        laws = self.rows.onward(asked.custodies(self.world, self.rows, persons)) if self.rows.count else {}
        for n in range(0, len(persons) if self.rows.count else 0, self.block):
            some = slice(n, n + self.block)
            ranking.rank(asked.asked(self.world, self.rows, persons[some], laws), self.shared, room.part(some))
        return room.ranked(persons, self.world.parameters.unlisted)

    @cached_property
    def shared(self):
        """What links.ranking needs of the world."""
        from sitereg.links import ranking, uses

        world, rows, parameters = self.world, self.rows, self.world.parameters
        edges = numpy.unique(world.network.moved, axis=0).astype(int).reshape(-1, 2)
        moved = numpy.unique(edges)
        edges = numpy.searchsorted(moved, edges)
        return ranking.Shared(uses.laid(rows.facts, world.confirmed, parameters, rows.count), rows.links.counted, rows.links.near,
                              numpy.asarray(world.sites.built, float), days.ended(world.sites), moved, edges,
                              numpy.bincount(edges[:, 0], minlength=len(moved)), float(parameters.remains_moved),
                              numpy.array([float(parameters.exponent(name)) for name in BARS]), float(parameters.cohort_prior),
                              float(parameters.companion_prior), float(parameters.unlisted), LEVELS, NEVER, min(FIRST, rows.count))


NOBODY = Room(0, 1).ranked((), 0.0)
