"""The compiled loops of the links score are in their cache: a small invented world is ranked, and moved on, in every way there is.

    python -m bench.compiled

What is compiled once is loaded from then on. Run by the set-up of the tests, so that no test waits for the compiler.
"""
from dataclasses import replace

import numpy

from bench import worlds
from sitereg.links.engine import Engine
from sitereg.links.sums import Summing, altered, moved_on


def main():
    for question, edges in (("held", 0), ("buried", 3)):
        world = worlds.world(question, 60, 40, seed=1, custody=12, edges=edges)
        persons = list(worlds.persons(24, world, seed=2, custody=12))
        list(Engine(world).run(persons, chunk=12))
        before = Summing(world)
        before.start()
        list(before.run(persons, chunk=12))
        periods = world.sites.periods.copy()
        periods[numpy.arange(2)] += 30
        after = replace(world, sites=replace(world.sites, periods=periods))
        now = Summing(after, before=before)
        now.sums = before.sums
        list(moved_on(now.sums, before, now, altered(after, world)))
        list(now.run(persons))


if __name__ == "__main__":
    main()
