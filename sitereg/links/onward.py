"""Where those last known in custody are: links.chain for many custody nodes at a time; gravity is read once for all of them.

    laws(chain, [(node, moves, burials)])       how likely each candidate is, without these rows of the network: a row for each

Equals Chain.law of the network without the rows. Each law is summed in the order of the nodes, whichever others stand beside it.
"""
import numpy

from sitereg.links.model import left_out
from sitereg.links.products import product

__all__ = ["laws", "own"]


def own(person, network):
    """(moves, burials): the rows of the network that are the person's, the group's or a companion's."""
    gone = (left_out(person, rows[:, 0], rows[:, 1]) for rows in (network.moves, network.burials))
    return tuple(tuple(numpy.flatnonzero(one).tolist()) for one in gone)


def laws(chain, asked):
    """The law over the candidates of each of `asked`."""
    parameters = chain.world.parameters
    inner, outer = chain.steps(chain.world.network)
    law = numpy.zeros((len(asked), len(inner.out)))
    law[numpy.arange(len(asked)), [node for node, _, _ in asked]] = 1
    total, without = law.copy(), Without(inner, [moves for _, moves, _ in asked])
    for n in range(1, parameters.moves + 1):
        law = without.apply(law)
        total += parameters.moved_on ** n * law
    total *= (1 - parameters.moved_on) / (1 - parameters.moved_on ** (parameters.moves + 1))
    return total if outer is None else Without(outer, [burials for _, _, burials in asked]).apply(total)


class Without:
    """chain.Steps without some of their moves, others for each of several laws."""

    def __init__(self, steps, gone):
        self.steps = steps
        self.out, self.into, self.norm = (numpy.repeat(one[None], len(gone), axis=0).astype(float)
                                          for one in (steps.out, steps.into, steps.norm))
        self.at = numpy.repeat(numpy.arange(len(gone)), [len(one) for one in gone])
        self.gone = numpy.array([each for one in gone for each in one], int)
        for law, start, end, count in zip(self.at, *self.moves(), strict=True):
            self.out[law, start] -= count
            self.into[law, end] -= count
            self.norm[law] -= steps.pull[:, end] * count

    def moves(self):
        """(start, end, count) of the moves that are gone."""
        return self.steps.start[self.gone], self.steps.end[self.gone], self.steps.count[self.gone]

    def apply(self, law):
        """The laws after the move; where there is no other place, they stay."""
        steps, lone = self.steps, self.steps.norm == 0
        part = law / (self.out + steps.mass)
        with numpy.errstate(divide="ignore", invalid="ignore"):
            pulled = numpy.where(lone, 0, steps.mass * part / self.norm)
        made = numpy.zeros((len(law), steps.pull.shape[1]))
        product(pulled, steps.pull, made)
        made *= self.into
        for n, one in enumerate(part):
            made[n] += numpy.bincount(steps.end, one[steps.start] * steps.count, made.shape[1])
        start, end, count = self.moves()
        numpy.subtract.at(made, (self.at, end), part[self.at, start] * count)
        if lone.any() and made.shape == law.shape:
            made[:, lone] += steps.mass * part[:, lone]
        return made
