"""The shapes that can be learnt from a hundred groups: d0, g, h and the authority values, each within its sign and its bounds."""
from dataclasses import dataclass, replace

import numpy
from scipy.optimize import minimize

from sitereg.links import days, others, score, space
from sitereg.links.model import BARS, left_out

NEGATIVES = 80
BOUNDS = ((numpy.log(0.5), numpy.log(30.0)), (1.0, 3.0))      # ln d0, g
SPACE, TIME, AUTHORITY = (BARS.index(name) for name in ("space", "time", "authority"))

__all__ = ["learnt"]


@dataclass(frozen=True)
class Drawn:
    """Cases laid flat: each a run of sites from start[n], its best true one first, then others drawn with equal chance."""

    start: numpy.ndarray       # of each case among the sites
    weight: numpy.ndarray      # of each case
    rest: numpy.ndarray        # the sum of the bars that stay
    standing: numpy.ndarray    # (sites, 3) 1 where the same, the parent's, another authority
    classes: numpy.ndarray     # (sites, gaps) the chance of each class of gap; nan where time says nothing
    pairs: numpy.ndarray       # (pairs, 4) of nodes: kilometres, joint radius, share, which row of `rows`
    rows: numpy.ndarray        # (rows, 3) one event at one site: the site, the event, the event's weight


def learnt(data, precision):
    """The parameters of the data's world with d0, g, h and authority by conditional logit about the present ones."""
    parameters = data.world.parameters
    facts = score.statistics(data.world)
    rng = numpy.random.default_rng(0)
    drawn = draw(data, facts, rng)
    start, bounds = packed(parameters), limits(parameters)
    spaces = {}

    def loss(values):
        shaped = unpacked(values, parameters)
        key = shaped.d0_km, shaped.g
        if key not in spaces:
            spaces.clear()
            spaces[key] = near(drawn, shaped)
        made = spaces[key] + total(drawn, shaped)
        top = numpy.maximum.reduceat(made, drawn.start)
        many = numpy.diff(numpy.append(drawn.start, len(made)))
        whole = top + numpy.log(numpy.add.reduceat(numpy.exp(made - numpy.repeat(top, many)), drawn.start))
        return 0.5 * precision * ((values - start) ** 2).sum() - (drawn.weight * (made[drawn.start] - whole)).sum()

    found = minimize(loss, start, method="L-BFGS-B", bounds=bounds, options={"maxiter": 40, "ftol": 1e-6, "eps": 1e-4})
    return unpacked(found.x, parameters, digits=4)


def draw(data, facts, rng):
    """The Drawn of some cases."""
    world, parts, at, rows = data.world, [], 0, 0
    keep = [k for k in range(len(BARS)) if k not in (SPACE, TIME, AUTHORITY)]
    for case, bars, weight in zip(data.cases, data.bars, data.weights, strict=True):
        best = case.truth[int(bars[:, list(case.truth)].sum(axis=0).argmax())]
        sites = numpy.setdiff1d(numpy.arange(bars.shape[1]), case.truth)
        taken = numpy.concatenate([[best], rng.permutation(sites)[:NEGATIVES]]).astype(int)
        standing = numpy.column_stack([bars[AUTHORITY, taken] == value for value in world.parameters.authority]).astype(float)
        events = []
        for event, share in score.chosen(case.person, world.parameters):
            if event.place is not None:
                pairs, site = distances(world, event, taken)
                many, number = len(taken), len(parts) * 100 + len(events)
                events.append((numpy.column_stack([pairs, rows + site]), numpy.column_stack(
                    [at + numpy.arange(many), numpy.full(many, number), numpy.full(many, share)])))
                rows += len(taken)
        parts.append((at, weight, bars[keep][:, taken].sum(axis=0), standing, classes(world, case.person, facts)[taken], events))
        at += len(taken)
    start, weight = (numpy.array([part[k] for part in parts]) for k in (0, 1))
    flat = [event for part in parts for event in part[5]]
    return Drawn(start, weight, *(numpy.concatenate([part[k] for part in parts]) for k in (2, 3, 4)),
                 *(numpy.concatenate([event[k] for event in flat]) if flat else numpy.empty((0, 4 - k)) for k in (0, 1)))


def distances(world, event, taken):
    """((pairs, 3) kilometres, joint radius, share; the site of each) of the nodes of an event and of the sites drawn."""
    places = world.sites.places
    nodes, radius = numpy.atleast_2d(event.place[0]), event.place[1]
    site = numpy.repeat(numpy.arange(len(taken)), numpy.diff(places.start)[taken])
    rows = numpy.concatenate([numpy.arange(places.start[n], places.start[n + 1]) for n in taken]).astype(int)
    km = space.sphere_km(nodes[:, :1], nodes[:, 1:], places.lon[rows], places.lat[rows]).reshape(-1)
    reach = numpy.hypot(radius, places.radius_m[taken][site]) / 1000
    share = places.weight[rows] / len(nodes)
    return numpy.column_stack([km, numpy.tile(reach, len(nodes)), numpy.tile(share, len(nodes))]), numpy.tile(site, len(nodes))


def classes(world, person, facts):
    """(sites, gaps): how likely each class of gap is at each site; nan where time says nothing.

    Read off the time bar itself, with a weight for one class at a time: it is ln of their weighted sum.
    """
    parameters = world.parameters
    when = days.reference(person)
    confirmed = world.confirmed.without(left_out(person, world.confirmed.person, world.confirmed.group))
    seen = others.derived(confirmed, facts.periods_known, parameters.derived_from)
    many = len(parameters.gaps)
    made = numpy.full((len(world.sites), many), numpy.nan)
    if when is None:
        return made
    for k in range(many):
        alone = tuple((limit, 0.0 if n == k else -numpy.inf) for n, (limit, _) in enumerate(parameters.gaps))
        with numpy.errstate(divide="ignore"):
            made[:, k] = numpy.exp(days.time(when.days, facts.intervals, seen, len(made), replace(parameters, gaps=alone)))
    made[~facts.periods_known & ~numpy.isin(numpy.arange(len(made)), seen[0])] = numpy.nan
    return made / made.sum(axis=1, keepdims=True)


def near(drawn, shaped):
    """The space bar of the sites drawn: each event against the mean of its sites drawn; 0 where nothing is known."""
    km, reach, share, row = drawn.pairs.T
    each = numpy.bincount(row.astype(int), share * space.kernel(km, reach, shaped.d0_km, shaped.g), len(drawn.rows))
    _, event = numpy.unique(drawn.rows[:, 1], return_inverse=True)
    known = each > 0
    mean = numpy.bincount(event, each) / numpy.maximum(numpy.bincount(event, known), 1)
    ratio = numpy.where(known, each / numpy.where(mean > 0, mean, 1)[event], 1.0)
    mixture = numpy.bincount(drawn.rows[:, 0].astype(int), drawn.rows[:, 2] * ratio, len(drawn.rest))
    return numpy.log(numpy.where(mixture > 0, mixture, 1.0))


def total(drawn, shaped):
    """The sum of all other bars of the sites drawn."""
    nats = numpy.exp([nat for _, nat in shaped.gaps])
    return drawn.rest + drawn.standing @ numpy.array(shaped.authority) + numpy.nan_to_num(numpy.log(drawn.classes @ nats))


def packed(parameters):
    """ln d0, g, h of no gap, its falls, and the authority values, as one vector."""
    nats = numpy.array([nat for _, nat in parameters.gaps])
    return numpy.array([numpy.log(parameters.d0_km), parameters.g, nats[0], *-numpy.diff(nats), *parameters.authority])


def limits(parameters):
    """The bounds of `packed`: h never rises, each authority value keeps its sign."""
    falls = [(0.0, None)] * (len(parameters.gaps) - 1)
    return [*BOUNDS, (None, None), *falls, (0.0, None), (0.0, None), (None, 0.0)]


def unpacked(values, parameters, digits=None):
    """The parameters with these shapes; another of the same parent speaks at most as strongly as the same."""
    rounded = [float(value) if digits is None else round(float(value), digits) for value in values]
    many = len(parameters.gaps)
    nats = rounded[2] - numpy.concatenate([[0.0], numpy.cumsum(rounded[3:2 + many])])
    same, parent, other = rounded[2 + many:]
    return replace(parameters, d0_km=float(numpy.exp(rounded[0])), g=rounded[1], authority=(same, min(parent, same), other),
                   gaps=tuple((limit, float(nat)) for (limit, _), nat in zip(parameters.gaps, nats, strict=True)))
