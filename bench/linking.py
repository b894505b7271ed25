"""The full link score for whole registries: links.engine beside the naive score of the same persons, and how it grows.

    python -m bench.linking --persons 4000 --sites 5000
    python -m bench.linking --persons 300000 --growth          half an hour of CPU

The registry is made up (bench.worlds): invented places; a quarter of the arrests known by a unit of up to 200 points alone, a
fifth at a place that no other person has; half of the persons have a home, one in ten was known in custody (`--custody`).
"""
import argparse
import itertools
import os
import time

import numpy

from bench import worlds
from bench.measure import Table, Timing, cpu_seconds, forget_peak, peak_mb, timed
from sitereg.links import batch, score
from sitereg.links.engine import Engine

LINKS = 3_000
NAIVE = 12  # persons that the naive score is asked about
GROWTH = {"both": ((10_000, 5_000), (100_000, 5_000), (20_000, 1_000), (10_000, 20_000), (2_000, 100_000)),
          "held": ((1_000_000, 5_000),)}  # persons x sites; what is asked of both questions, and of one alone

__all__ = ["run"]


def run(persons=4_000, sites=5_000, *, custody=0, growth=False, naive=NAIVE, questions=("held", "buried"), keep=True):
    """The table: for both questions the naive score, the engine from nothing, the engine warm, one person."""
    table = Table("linking", "Full link score, top 20", {"persons": persons, "sites": sites, "custody nodes": custody})
    for question in questions:
        asked_about(table, question, persons, sites, custody, naive)
    if growth:
        grown(table, custody)
    return table.finish(keep=keep)


def asked_about(table, question, persons, sites, custody, naive):
    """The rows of one question."""
    world = worlds.world(question, sites, min(LINKS, persons), custody=custody, edges=20 if custody else 0)
    people = list(worlds.persons(min(persons, 20_000), world, custody=custody))
    compiled(world, people)
    facts, asked = score.statistics(world), people[:: max(len(people) // naive, 1)][:naive]
    plain = timed(lambda: [score.bars(world, one, facts) for one in asked], 1)
    each = plain.cpu / len(asked)
    table.add(f"{question}: naive score, {len(asked)} persons, a person", shared(plain, len(asked)), unit="ms", ratio=1.0)
    equal(world, asked, plain.answer)
    engine, whole = whole_run(world, persons, custody)
    table.add(f"{question}: a whole run from nothing, two threads, a person", shared(whole, persons), unit="ms",
              ratio=whole.cpu / persons / each, target="<= 1 ms a person", met=whole.seconds[0] / persons <= 1e-3,
              beside=f"{whole.seconds[0]:.0f} s; CPU s of all")
    one = timed(lambda: engine.rank(people[-1:]), 20)
    table.add(f"{question}: one changed person, engine warm", one, unit="ms", target="< 50 ms", met=one.p95 < 0.05)
    fresh = timed(lambda: Engine(world).rank(people[-1:]), 3)
    table.add(f"{question}: one changed person, engine laid out for it", fresh, unit="ms")


def compiled(world, people):
    """What numba compiles once a machine is compiled: it is no part of a run."""
    Engine(world).rank(people[:20])


def shared(timing, persons):
    """A Timing a person of one of many persons."""
    return Timing([one / persons for one in timing.seconds], timing.cpu, timing.peak_mb)


def equal(world, asked, naive):
    """The engine answers what the naive score answers: the same order, bars and P."""
    ranked = Engine(world).rank(asked)
    for n, (made, end) in enumerate(zip(naive, ranked.ends, strict=True)):
        at = slice(ranked.ends[n - 1] if n else 0, end)
        best = batch.order(made)[:20]
        assert numpy.allclose(made.total[best], ranked.total[at], rtol=0, atol=1e-9), asked[n].code
        assert numpy.allclose(made.p[best], ranked.p[at], rtol=1e-9, atol=1e-15), asked[n].code


def whole_run(world, persons, custody):
    """(engine, Timing) of so many persons ranked from nothing; they are made up as they are asked, which is not timed."""
    engine, seconds, cpu = Engine(world), 0.0, 0.0
    people = worlds.persons(persons, world, custody=custody)
    forget_peak(os.getpid())
    while portion := list(itertools.islice(people, 20_000)):
        began, before = time.perf_counter(), cpu_seconds(os.getpid())
        for _ in engine.run(portion):
            pass
        seconds, cpu = seconds + time.perf_counter() - began, cpu + cpu_seconds(os.getpid()) - before
    return engine, Timing([seconds], cpu, peak_mb(os.getpid()))


def grown(table, custody):
    """Rows of more and more persons, then of more and more sites."""
    asked = [(question, *size) for size in GROWTH["both"] for question in ("held", "buried")]
    for question, persons, sites in asked + [("held", *size) for size in GROWTH["held"]]:
        whole_growth(table, question, persons, sites, custody)


def whole_growth(table, question, persons, sites, custody):
    """The row of a whole run of this size."""
    world = worlds.world(question, sites, LINKS, custody=custody, edges=20 if custody else 0)
    _, whole = whole_run(world, persons, custody)
    each = whole.cpu / persons
    table.add(f"{question}: {persons:,} persons x {sites:,} sites, a person", shared(whole, persons), unit="ms",
              beside=f"{whole.seconds[0]:.0f} s; {each * 1e3:.3f} ms of CPU, {each / sites * 1e9:.0f} ns a pair; "
                     f"load {os.getloadavg()[0]:.1f}")


def main():
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    told.add_argument("--persons", type=int, default=4_000)
    told.add_argument("--sites", type=int, default=5_000)
    told.add_argument("--custody", type=int, default=0, help="so many sites have moves between them")
    told.add_argument("--growth", action="store_true", help="then with more persons and sites; takes most of an hour")
    given = told.parse_args()
    run(given.persons, given.sites, custody=given.custody, growth=given.growth)


if __name__ == "__main__":
    main()
