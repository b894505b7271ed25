"""Many persons at once: what the score ranks for each, laid end to end, ready to be stored."""
from dataclasses import dataclass

import numpy

from sitereg.links import score
from sitereg.links.model import BARS, Flag

FIRST = 5

__all__ = ["Ranked", "batch"]


@dataclass(frozen=True)
class Ranked:
    """The best sites of n persons, end to end: ends[i] = how many sites all up to person i have.

    sites: positions; total, p: one for each of them; parts (., bars): the bars in the order of model.BARS. For each person:
    unlisted, half and most (how many sites hold the truth with 50 and with 90 %), leans (whether the first five are others without
    load and cohort).
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

    def __len__(self):
        return len(self.persons)


def batch(world, persons, *, top=20, facts=None):
    """The Ranked of these persons: the best `top` sites of each; sites that a sign of life rules out are no candidates."""
    facts = facts or score.statistics(world)
    rows = [ranked(score.bars(world, one, facts), top) for one in persons]
    column = lambda name, kind: numpy.array([row[name] for row in rows], kind)  # noqa: E731
    flat = lambda name: numpy.concatenate([row[name] for row in rows] or [numpy.empty(0)])  # noqa: E731
    return Ranked(
        tuple(one.id for one in persons), column("many", int).cumsum(), flat("sites").astype(int), flat("total"),
        numpy.concatenate([row["parts"] for row in rows] or [numpy.empty((0, len(BARS)))]), flat("p"), column("unlisted", float),
        column("half", int), column("most", int), column("leans", bool))


def ranked(made, top):
    """What is kept of the Bars of one person."""
    first = order(made)[:top]
    return {"many": len(first), "sites": first, "total": made.total[first], "p": made.p[first], "unlisted": made.unlisted,
            "parts": numpy.column_stack([getattr(made, name)[first] for name in BARS]),
            "half": len(score.sets(made, 0.5)[0]), "most": len(score.sets(made, 0.9)[0]), "leans": leans(made)}


def order(made):
    """The positions of the candidates, the likeliest first, without those that a sign of life rules out."""
    found = score.order(made)
    return found[made.flags[found] & Flag.ALIVE_LATER == 0]


def leans(made):
    """Whether the first five are others where the load of sites and the cohort say nothing."""
    return set(order(made)[:FIRST].tolist()) != set(order(made.without("load", "cohort"))[:FIRST].tolist())
