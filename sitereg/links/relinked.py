"""Which confirmed links of a world are others than in the world before, and whose answers hang on them as on their own."""
from collections import defaultdict
from dataclasses import dataclass, fields, replace

import numpy

from sitereg.links import following
from sitereg.links.resited import resited

__all__ = ["Relinked", "differ", "of_reads", "related", "relinked"]

MANY = 26  # links of a site: with as many no load lies at the upper cap, whatever the others have (0.5 exp(2 / 0.5) = 27.3)


@dataclass(frozen=True)
class Relinked:
    """What became of each link and each person's number.

    at: of each link before where it stands now, -1 = nowhere; new, gone: positions of those that stand in one world alone;
    numbers: of each number of a person before the number now, -1 = in no link any more.
    """

    at: numpy.ndarray
    new: numpy.ndarray
    gone: numpy.ndarray
    numbers: numpy.ndarray

    def __len__(self):
        return len(self.new) + len(self.gone)

    def sites(self, confirmed, before):
        """The sites whose links count otherwise: all those of whoever has one more or less, since his mass is shared among them."""
        found = [confirmed.site[numpy.isin(confirmed.person, of)] for of in
                 (confirmed.person[self.new], self.numbers[before.person[self.gone]])]
        found += [before.site[numpy.isin(before.person, before.person[self.gone])]]
        undated = [one.site[numpy.isnan(one.day)] for one in (confirmed, before)]  # they count as the mean of all others
        return numpy.unique(numpy.concatenate([*found, *undated]))

    def laid(self, persons):
        """The Persons with the links that are left out where they stand now, and whose own link is gone."""
        of, link = persons.gone
        at = self.at[link]
        return replace(persons, gone=(of[at >= 0], at[at >= 0])), of[at < 0]

    def network(self, network):
        """The Network of the world before with the numbers of now."""
        told = {}
        for name in ("moves", "burials"):
            rows = getattr(network, name).copy()
            known = rows[:, 0] >= 0
            rows[known, 0] = self.numbers[rows[known, 0]]
            told[name] = rows
        return replace(network, **told)


def relinked(confirmed, before, names, names_before):
    """The Relinked of two worlds of the same groups, whose sites have the same numbers; names: of each number, whose it is."""
    waiting = defaultdict(list)
    for n, row in enumerate(rows(confirmed, names)):
        waiting[row].append(n)
    at = numpy.full(len(before), -1)
    for n, row in enumerate(rows(before, names_before)):
        if waiting[row]:
            at[n] = waiting[row].pop(0)
    number = {name: n for n, name in enumerate(names)}
    return Relinked(at, numpy.array(sorted(n for many in waiting.values() for n in many), int), numpy.flatnonzero(at < 0),
                    numpy.array([number.get(name, -1) for name in names_before], int))


def of_reads(now, before):
    """The Relinked of two Reads; None where it is told otherwise who was taken with whom, or too many sites are others."""
    sites = resited(now.world, before.world)
    if now.numbers.beside != before.numbers.beside or sites is None:
        return None
    return relinked(now.world.confirmed, sites.confirmed(before.world.confirmed), list(now.numbers.of), list(before.numbers.of))


def rows(confirmed, names):
    """Every link as one value, its person by name."""
    rest = [getattr(confirmed, one.name).tolist() for one in fields(confirmed)[1:]]
    return [(names[person], *(None if each != each else each for each in row))
            for person, *row in zip(confirmed.person.tolist(), *rest, strict=True)]


def differ(world, before, links):
    """The parts in which two worlds differ (links.following), persons known by name and not by number."""
    if links is not None:
        before = replace(before, network=links.network(before.network))
    return following.changed(world, before)


def related(now, before, links):
    """The persons of two Reads who leave out, or are taken together with, the links that differ: they are ranked whole."""
    whose = {list(read.numbers.of)[number] for read, many in ((now, links.new), (before, links.gone))
             for number in set(read.world.confirmed.person[many].tolist())}
    found = set()
    for one in whose:
        group = now.numbers.groups.get(one)
        found |= {one, *now.numbers.beside.get(one, ())}
        found |= {other for other, mine in now.numbers.groups.items() if group is not None and mine == group}
    return found
