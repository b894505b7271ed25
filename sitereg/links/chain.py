"""Moved on: from a known custody, how likely each place comes next; and remains that were moved to a second site.

T_ab = (n_ab + 2 g_ab) / (n_a + 2), g_ab ~ (indeg_b + .3) (1 + d_ab / 2 km) ** -1.3 normalised over b != a; the law after an
unknown number of moves is row a of (1 - rho) (I - rho T)^-1, as the sum of four moves. No linear algebra library: the same
bits on every number of cores.
"""
from dataclasses import dataclass, field
from functools import cached_property

import numpy

from sitereg.links import space
from sitereg.links.blurring import sphere

PART = 16  # rows of gravity at a time: what is made on the way stays near

__all__ = ["Chain", "gravity", "moved"]


def gravity(one, other, parameters, *, same):
    """(1 + d / 2 km) ** -1.3 between the middles of two sets of places; 0 to oneself where they are the same set.

    What is not known is as near as the mean of the known.
    """
    mine, theirs = (sphere(*middles(places).T) for places in (one, other))
    pull = numpy.empty((len(mine), len(theirs)))
    for n in range(0, len(mine), PART):
        some, rest = slice(n, n + PART), slice(n if same else 0, None)
        chord2 = sum((mine[some, axis, None] - theirs[rest, axis]) ** 2 for axis in range(3))
        km = 2 * space.SPHERE_KM * numpy.arcsin(numpy.minimum(numpy.sqrt(chord2) / 2, 1))
        pull[some, rest] = (1 + km / parameters.gravity_km) ** -parameters.gravity_g
        if same:
            pull[rest, some] = pull[some, rest].T
    if same:
        numpy.fill_diagonal(pull, 0)
    lost = numpy.isnan(theirs[:, 0])
    if lost.any():
        known = max((~lost).sum() - (1 if same else 0), 1)
        pull[:, lost] = 0
        pull[:, lost] = pull.sum(axis=1, keepdims=True) / known
    pull[numpy.isnan(mine[:, 0])] = 1
    if same:
        numpy.fill_diagonal(pull, 0)
    return pull


def regrown(pull, was, stay, nodes, parameters):
    """gravity(nodes, nodes), where `pull` is that between those that stay (positions before, now): the same bits from few rows."""
    made = numpy.empty((len(nodes), len(nodes)))
    runs = [slice(*one) for one in runs_of(stay - was, len(stay))]
    for one in runs:
        for other in runs:
            made[over(stay[one]), over(stay[other])] = pull[over(was[one]), over(was[other])]
    for n in numpy.setdiff1d(numpy.arange(len(nodes)), stay):
        made[n] = made[:, n] = gravity(nodes.part([n]), nodes, parameters, same=False)[0]
    numpy.fill_diagonal(made, 0)
    return made


def runs_of(shift, many):
    """(start, end) of the stretches that are shifted alike."""
    turns = numpy.flatnonzero(numpy.diff(shift)) + 1
    return list(zip([0, *turns.tolist()], [*turns.tolist(), many], strict=True)) if many else []


def over(positions):
    """The slice of some neighbouring positions."""
    return slice(positions[0], positions[-1] + 1)


def middles(places):
    """The middle of each place in degrees (n, 2); NaN where it is not known."""
    made = numpy.full((len(places), 2), numpy.nan)
    for n in numpy.flatnonzero(places.known):
        nodes = slice(places.start[n], places.start[n + 1])
        made[n] = space.middle(numpy.column_stack([places.lon[nodes], places.lat[nodes]]), 0.0)[:2]
    return made


class Steps:
    """One kind of move, from places to places: apply(v) is the law after it, for the law v before it."""

    def __init__(self, start, end, count, pull, parameters):
        self.start, self.end, self.count, self.pull, self.mass = start, end, count, pull, parameters.gravity_mass
        rows, columns = pull.shape
        self.out = numpy.bincount(start, count, rows)
        self.into = numpy.bincount(end, count, columns) + parameters.gravity_add
        self.norm = numpy.einsum("ij,j->i", pull, self.into)

    def apply(self, law):
        """The law over the places after the move; where there is no other place, it stays."""
        part = law / (self.out + self.mass)
        made = numpy.bincount(self.end, part[self.start] * self.count, self.pull.shape[1])
        lone = self.norm == 0
        with numpy.errstate(divide="ignore", invalid="ignore"):
            pulled = numpy.where(lone, 0, self.mass * part / self.norm)
        made = made + self.into * numpy.einsum("i,ij->j", pulled, self.pull)
        if lone.any() and len(made) == len(law):
            made[lone] += self.mass * part[lone]
        return made


@dataclass(frozen=True)
class Chain:
    """The network of a world ready to be asked: law(place) over the candidates. Gravity is built as the first one is asked."""

    world: object
    laws: dict = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def within(self):
        """Gravity between the custody nodes."""
        nodes = self.world.sites.places if self.world.question == "held" else self.world.network.custody
        return gravity(nodes, nodes, self.world.parameters, same=True)

    @cached_property
    def across(self):
        """Gravity from the custody nodes to the candidates, where those are others; else None."""
        if self.world.question == "held":
            return None
        return gravity(self.world.network.custody, self.world.sites.places, self.world.parameters, same=False)

    def law(self, place, network=None):
        """How likely each candidate is for somebody last known at this custody node; `network`: with fewer moves than ours."""
        if network is None:
            if place not in self.laws:
                self.laws[place] = self.made(place, self.steps(self.world.network))
            return self.laws[place]
        return self.made(place, self.steps(network))

    def steps(self, network):
        """(moves between custody nodes, burials or None) by this network, kept for our own."""
        if network is self.world.network and "steps" in self.laws:
            return self.laws["steps"]
        documented = numpy.full(len(network.documented), self.world.parameters.documented)
        start = numpy.concatenate([network.moves[:, 2], network.documented[:, 0]]).astype(int)
        end = numpy.concatenate([network.moves[:, 3], network.documented[:, 1]]).astype(int)
        count = numpy.concatenate([numpy.ones(len(network.moves)), documented])
        inner, outer = Steps(start, end, count, self.within, self.world.parameters), None
        if self.across is not None:
            a, b = network.burials[:, 2].astype(int), network.burials[:, 3].astype(int)
            outer = Steps(a, b, numpy.ones(len(a)), self.across, self.world.parameters)
        if network is self.world.network:
            self.laws["steps"] = (inner, outer)
        return inner, outer

    def made(self, place, steps):
        """Row `place` of the truncated sum, its rows summing to 1; for burials followed by the way to the grave."""
        inner, outer = steps
        share, law = self.world.parameters.moved_on, numpy.zeros(len(self.within))
        law[place] = 1
        total = law.copy()
        for n in range(1, self.world.parameters.moves + 1):
            law = inner.apply(law)
            total += share ** n * law
        total *= (1 - share) / (1 - share ** (self.world.parameters.moves + 1))
        return total if outer is None else outer.apply(total)


def moved(edges, share, logp):
    """ln(p1 / p0) where `share` of what lies at the first site of an edge was moved to its second; exactly 0 without edges."""
    if not len(edges) or not share:
        return numpy.zeros(len(logp))
    edges = numpy.unique(edges, axis=0)
    p = numpy.exp(logp)
    out = numpy.bincount(edges[:, 0], minlength=len(p))
    made = p * numpy.where(out > 0, 1 - share, 1.0)
    made += numpy.bincount(edges[:, 1], share * p[edges[:, 0]] / out[edges[:, 0]], len(p))
    touched = (out > 0) | (numpy.bincount(edges[:, 1], minlength=len(p)) > 0)
    return numpy.where(touched, numpy.log(made) - logp, 0.0)
