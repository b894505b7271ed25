"""Many persons at once: what is ranked for each (by links.engine), laid end to end, ready to be stored."""
from dataclasses import dataclass, fields

import numpy

from sitereg.links import score
from sitereg.links.model import Flag

FIRST = 5
PLACES = 3  # of a person whose share in each bar of space is kept; with more, as once in custody, a moved mean is ranked whole

__all__ = ["FIRST", "PLACES", "Ranked", "leans", "order"]


@dataclass(frozen=True)
class Ranked:
    """The best sites of n persons, end to end: ends[i] = how many sites all up to person i have.

    sites: positions; total, p: one for each of them; parts (., bars): the bars in the order of model.BARS. For each person:
    unlisted, half and most (how many sites hold the truth with 50 and with 90 %), leans (whether the first five are others without
    load and cohort), whole (the logarithm of the sum of weights: p = (1 - unlisted) exp(total - whole)), rests (., 2): which share
    cohort and companions leave to every site, 1 where nobody was or nothing is moved on from it; lift (by how much the bar of the
    load of every site has risen since it was written); near (., PLACES): which part of its space bar each place of the person has,
    gain (n, PLACES): by which factor what this place gives has grown since it was written.
    """

    persons: tuple
    ends: numpy.ndarray
    sites: numpy.ndarray
    total: numpy.ndarray
    parts: numpy.ndarray
    p: numpy.ndarray
    unlisted: numpy.ndarray
    half: numpy.ndarray
    most: numpy.ndarray
    leans: numpy.ndarray
    whole: numpy.ndarray
    rests: numpy.ndarray
    lift: numpy.ndarray
    near: numpy.ndarray
    gain: numpy.ndarray

    def __len__(self):
        return len(self.persons)

    @classmethod
    def joined(cls, many):
        """Several, one behind the other."""
        before = numpy.cumsum([0, *(len(one.sites) for one in many)])
        ends = numpy.concatenate([one.ends + n for one, n in zip(many, before[:-1], strict=True)])
        rest = (numpy.concatenate([getattr(one, each.name) for one in many]) for each in fields(cls)[2:])
        return cls(tuple(person for one in many for person in one.persons), ends, *rest)


def order(made):
    """The positions of the candidates, the likeliest first, without those that a sign of life rules out."""
    found = score.order(made)
    return found[made.flags[found] & Flag.ALIVE_LATER == 0]


def leans(made):
    """Whether the first five are others where the load of sites and the cohort say nothing."""
    return set(order(made)[:FIRST].tolist()) != set(order(made.without("load", "cohort"))[:FIRST].tolist())
