"""Parameters learnt from confirmed links, and taken only where they are better on what they were not learnt from.

    below 50 independent groups   the defaults, untouched
    from 50                       an exponent kappa >= 0 for each bar: conditional logit, Gaussian prior about 1, precision 4
    from 100                      also h (never rising), the authority values (each of its sign), d0 and g, from 80 drawn negatives

A group counts as one, however many it has. Accepted is only what beats the defaults, by more than a standard error over the
groups, on the newest fifth of the confirmations and, region by region, on those left out of the fit. Confirmed links are no
random sample of the missing: a fit says what was found, not what is.
"""
from dataclasses import dataclass, replace

import numpy
from scipy.optimize import minimize

from sitereg.links import evaluate, score, shapes
from sitereg.links.model import BARS

LEAST, MANY = 50, 100
PRECISION = 4.0
NEWEST = 0.2
MOST_CASES = 3_000
FITTED = BARS[:-1]     # remains that were moved are no matter of taste

__all__ = ["LEAST", "MANY", "Fitted", "Trial", "fit", "regions_of"]


@dataclass(frozen=True)
class Trial:
    """One set of parameters tried: ln P of the truth (means over groups) beside the defaults, on what it was not fitted on."""

    what: str
    version: str
    newest: tuple            # (defaults, fitted, standard error of the difference)
    left_out: tuple
    regions: int
    accepted: bool


@dataclass(frozen=True)
class Fitted:
    """The parameters to use, whether they are other than the defaults, why, and what was tried."""

    parameters: object
    accepted: bool
    why: str
    groups: int
    trials: tuple = ()


def fit(world, cases, regions=None):
    """The Fitted of a world's parameters to some resolved cases (evaluate.Case); regions: one word for each case.

    Deterministic: the negatives are drawn with a fixed seed.
    """
    cases = list(cases)
    of = regions_of(cases) if regions is None else numpy.array(regions)
    groups = numbered(cases)
    many = len(set(groups.tolist()))
    if many < LEAST:
        why = f"{many} independent groups are confirmed, {LEAST} are needed: the defaults stay."
        return Fitted(world.parameters, False, why, many)
    if len(cases) > MOST_CASES:
        kept = numpy.sort(numpy.random.default_rng(0).permutation(len(cases))[:MOST_CASES])
        cases, of, groups = [cases[n] for n in kept], of[kept], groups[kept]
    data = Data.of(world, cases, groups)
    trials = []
    for what, learn in ((("shapes and exponents", with_shapes),) if many >= MANY else ()) + (("exponents", exponents),):
        made, trial = tried(data, of, what, learn)
        trials.append(trial)
        if trial.accepted:
            why = f"{what.capitalize()} of {many} groups beat the defaults on the newest fifth and across {trial.regions} regions."
            return Fitted(made, True, why, many, tuple(trials))
    why = "Nothing learnt beats the defaults both on the newest fifth and across regions: the defaults stay."
    return Fitted(world.parameters, False, why, many, tuple(trials))


@dataclass(frozen=True)
class Data:
    """Cases with their weights (a group counts as one) and, under the defaults, all their bars."""

    world: object
    cases: list
    groups: numpy.ndarray
    weights: numpy.ndarray
    bars: list               # (bars, sites) of each case
    base: numpy.ndarray      # ln P of the truth under the defaults

    @classmethod
    def of(cls, world, cases, groups):
        """The Data of some cases."""
        facts = score.statistics(world)
        bars = [evaluate.features(world, case, facts) for case in cases]
        _, inverse, counts = numpy.unique(groups, return_inverse=True, return_counts=True)
        base = numpy.array([truth_of(made.sum(axis=0), case) for made, case in zip(bars, cases, strict=True)])
        return cls(world, cases, groups, 1 / counts[inverse], bars, base)

    def only(self, rows):
        """Some of the cases."""
        return Data(self.world, [self.cases[n] for n in rows], self.groups[rows], self.weights[rows], [self.bars[n] for n in rows],
                    self.base[rows])


def numbered(cases):
    """The group of each case; somebody of no group is one of its own."""
    return numpy.array([case.person.group if case.person.group >= 0 else -2 - n for n, case in enumerate(cases)])


def truth_of(total, case):
    """ln p of the best true site."""
    return float(score.log_softmax(total)[list(case.truth)].max())


def tried(data, regions, what, learn):
    """(parameters learnt from all, their Trial)."""
    newest = newest_of(data)
    late = compared(data, newest, learn(data.only(numpy.flatnonzero(~newest))))
    names = [name for name in numpy.unique(regions) if 0 < (regions == name).sum() < len(regions)]
    differences, before, after = [], 0.0, 0.0
    for name in names:
        out = regions == name
        learnt = learn(data.only(numpy.flatnonzero(~out)))
        rows, was, now = by_group(data, out, learnt)
        differences += rows
        before, after = before + was, after + now
    apart = (float(before / max(len(differences), 1)), float(after / max(len(differences), 1)), error(differences))
    made = learn(data)
    better = [one[1] - one[0] > one[2] for one in (late, apart)]
    return made, Trial(what, made.version, late, apart, len(names), bool(all(better) and len(names) > 1))


def newest_of(data):
    """Which cases are of the groups that were confirmed last, a fifth of all; those without a day count as old."""
    latest = {}
    for case, group in zip(data.cases, data.groups.tolist(), strict=True):
        latest[group] = max(latest.get(group, -numpy.inf), numpy.nan_to_num(case.confirmed_on, nan=-numpy.inf))
    ranked = sorted(latest, key=lambda group: (latest[group], group))
    return numpy.isin(data.groups, ranked[len(ranked) - max(int(NEWEST * len(ranked)), 1):])


def compared(data, rows, parameters):
    """(mean ln p under the defaults, under `parameters`, standard error of the difference) over the groups of these rows."""
    differences, was, now = by_group(data, rows, parameters)
    return float(was / len(differences)), float(now / len(differences)), error(differences)


def by_group(data, rows, parameters):
    """([difference of each group], sum under the defaults, sum under `parameters`): scored in full, not by the fit's features."""
    world = replace(data.world, parameters=parameters)
    facts = score.statistics(world)
    before, after = {}, {}
    for n in numpy.flatnonzero(rows):
        group, weight = int(data.groups[n]), data.weights[n]
        before[group] = before.get(group, 0.0) + weight * data.base[n]
        made = truth_of(score.bars(world, data.cases[n].person, facts).total, data.cases[n])
        after[group] = after.get(group, 0.0) + weight * made
    return [after[group] - before[group] for group in before], sum(before.values()), sum(after.values())


def error(differences):
    """The standard error of their mean."""
    return float(numpy.std(differences, ddof=1) / numpy.sqrt(len(differences))) if len(differences) > 1 else float("inf")


def exponents(data):
    """The parameters with an exponent for each bar, learnt from all sites of each case."""
    which = [BARS.index(name) for name in FITTED if any(made[BARS.index(name)].any() for made in data.bars)]

    def loss(kappa):
        value, slope = 0.5 * PRECISION * ((kappa - 1) ** 2).sum(), PRECISION * (kappa - 1)
        for made, case, weight in zip(data.bars, data.cases, data.weights, strict=True):
            used, true = made[which], list(case.truth)
            logp = score.log_softmax(kappa @ used)
            best = true[int(logp[true].argmax())]
            value -= weight * logp[best]
            slope = slope - weight * (used[:, best] - used @ numpy.exp(logp))
        return value, slope

    found = minimize(loss, numpy.ones(len(which)), jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(which))
    kappa = tuple((BARS[n], round(float(value), 4)) for n, value in zip(which, found.x, strict=True) if abs(value - 1) > 5e-5)
    return replace(data.world.parameters, name="fitted", kappa=kappa)


def with_shapes(data):
    """The parameters with h, authority, d0 and g learnt first, and then the exponents of the bars that they make."""
    shaped = shapes.learnt(data, PRECISION)
    world = replace(data.world, parameters=shaped)
    facts = score.statistics(world)
    again = replace(data, world=world, bars=[evaluate.features(world, case, facts) for case in data.cases])
    return exponents(again)


def regions_of(cases, depth=3):
    """A region for each case where none is given: the places halved along the longer side, three times."""
    at = numpy.array([case.person.events[0].place[0][0] for case in cases]).reshape(-1, 2)
    made = numpy.zeros(len(at), int)

    def halve(rows, deep):
        if not deep or len(rows) < 2:
            return
        side = int(numpy.ptp(at[rows, 1]) > numpy.ptp(at[rows, 0]) * numpy.cos(numpy.radians(at[rows, 1].mean())))
        upper = at[rows, side] > numpy.median(at[rows, side])
        made[rows[upper]] += 1 << (deep - 1)
        halve(rows[~upper], deep - 1)
        halve(rows[upper], deep - 1)

    halve(numpy.arange(len(at)), depth)
    return made
