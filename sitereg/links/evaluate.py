"""How often the score is right where the answer is known: hit@k, MRR, LL and calibration, beside what needs no model.

    nearest    the nearest candidate          load       the best documented one at that time
    distance   the bar of space alone         default    all bars
Every person is scored as if the own links and those of the whole group were not known.
"""
import time
from dataclasses import dataclass, field

import numpy

from sitereg.links import score, space
from sitereg.links.model import BARS

RANKERS = ("nearest", "load", "distance", "default")
HITS = (1, 5, 20)
BINS = 10
SAME = 1e-9

__all__ = ["HITS", "RANKERS", "Ranked", "calibration", "evaluate", "hits", "log_p", "measures", "ranked_by"]


@dataclass
class Ranked:
    """What one ranker made of each person: hits, ln P of the truth, P of the first candidate, and whether that is true."""

    hits: list = field(default_factory=list)      # HITS, then 1 / rank
    logs: list = field(default_factory=list)
    tops: list = field(default_factory=list)
    right: list = field(default_factory=list)
    seconds: float = 0.0

    def add(self, values, truth, unlisted):
        """One person: values over the candidates, whose softmax is p; None for unlisted = an order without probabilities."""
        self.hits.append(hits(values, truth))
        if unlisted is None:
            return
        p = (1 - unlisted) * numpy.exp(score.log_softmax(values))
        first = values >= values.max() - SAME
        self.logs.append(log_p(values, truth, unlisted))
        self.tops.append(float(p[first][0]))
        self.right.append(float(first[list(truth)].sum() / first.sum()))


def hits(values, truth, upto=HITS):
    """(hit@k of each k of `upto`, 1 / rank) of the first true site, in the mean over all orders of those that are equal to it."""
    true = values[list(truth)]
    before = int((values > true.max() + SAME).sum())
    same, right = int((values >= true.max() - SAME).sum()) - before, int((true >= true.max() - SAME).sum())
    none = 1.0                                    # the chance that none of the places so far among the equals is a true one
    first = numpy.zeros(same)
    for n in range(same - right + 1):
        first[n] = none * right / (same - n)
        none -= first[n]
    at = before + 1 + numpy.arange(same)
    return (*(float(first[at <= k].sum()) for k in upto), float((first / at).sum()))


def log_p(values, truth, unlisted):
    """ln P of the best true site."""
    return float(score.log_softmax(values)[list(truth)].max() + numpy.log1p(-unlisted))


def evaluate(found, progress=None):
    """{n, candidates, rankers: {name: measures}, ...} of some Cases; progress(done, of) is called now and then."""
    world = found.world
    begun = time.perf_counter()
    facts = score.statistics(world)
    made, ready = {name: Ranked() for name in RANKERS}, time.perf_counter() - begun
    for n, case in enumerate(found.cases):
        for name, (values, seconds) in ranked_by(world, case, facts).items():
            made[name].add(values, case.truth, None if name == "nearest" else world.parameters.unlisted)
            made[name].seconds += seconds
        if progress and n % 50 == 0:
            progress(n, len(found.cases))
    made["default"].seconds += ready
    return {"question": world.question, "version": world.parameters.version, "n": len(found.cases), "persons": found.persons,
            "candidates": len(world.sites), "links": len(world.confirmed),
            "rankers": {name: measures(one) for name, one in made.items()},
            "calibration": calibration(made["default"]), "seconds": round(time.perf_counter() - begun, 3),
            "notes": found.oddities.notes, "skipped": found.oddities.as_list()}


def ranked_by(world, case, facts):
    """{ranker: (values over the candidates, seconds)} for one person."""
    at = [time.perf_counter()]

    def since():
        at.append(time.perf_counter())
        return at[-1] - at[-2]

    points, _ = case.person.events[0].place
    places, parameters = world.sites.places, world.parameters
    made = {"nearest": (-space.sphere_km(*points[0], places.lon, places.lat), since())}
    made["load"] = score.loaded(world, case.person), since()
    made["distance"] = score.mixture(world, case.person, facts)[0] * parameters.exponent("space"), since()
    made["default"] = score.bars(world, case.person, facts).total, since()
    return made


def measures(one):
    """hit@k, MRR, LL (with the share of places not listed, and without), ECE, Brier and seconds of a Ranked."""
    means = numpy.mean(one.hits, axis=0)
    made = {name: round(float(value), 4) for name, value in zip((*(f"hit@{k}" for k in HITS), "mrr"), means, strict=True)}
    if one.logs:
        top, right = numpy.array(one.tops), numpy.array(one.right)
        made |= {"ll": round(float(numpy.mean(one.logs)), 4), "brier": round(float(((top - right) ** 2).mean()), 4),
                 "ece": round(sum(row["n"] * abs(row["said"] - row["right"]) for row in calibration(one)) / len(top), 4)}
    else:
        made |= {"ll": None, "brier": None, "ece": None}
    return made | {"seconds": round(one.seconds, 3)}


def calibration(one):
    """For each tenth of P of the first candidate: how many, the mean of what was said, the share that was right."""
    top, right = numpy.array(one.tops), numpy.array(one.right)
    tenth = numpy.minimum((top * BINS).astype(int), BINS - 1)
    return [{"from": n / BINS, "n": int(same.sum()), "said": round(float(top[same].mean()), 4),
             "right": round(float(right[same].mean()), 4)} for n in range(BINS) if (same := tenth == n).any()]


def features(world, case, facts):
    """(bars, sites) array of the bars of one person, in the order of BARS: what a fit reads."""
    made = score.bars(world, case.person, facts)
    return numpy.array([getattr(made, name) for name in BARS])
