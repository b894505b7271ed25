"""Which candidates of a world are new, gone or elsewhere than before, and by which factor that moves each mean of E[k].

    sites = resited(world, before)      None where that is to be ranked whole
    sites.number[position before]       the position now; of what is gone numbers from len(world.sites) on
"""
from dataclasses import dataclass, replace

import numpy

from sitereg.links.batch import PLACES

THIN = 1e-4  # of what is near a place no less may be left: what is taken away leaves its rounding
MOST = 40  # sites that may be new, gone or elsewhere; with more a whole run is hardly dearer

__all__ = ["Resited", "resited"]


@dataclass(frozen=True)
class Resited:
    """What became of each site: `number` of each before, `back` of each number the position before, -1 = new.

    placed: the numbers of all sites that are new, gone or elsewhere; count: of sites now.
    """

    number: numpy.ndarray
    back: numpy.ndarray
    placed: numpy.ndarray
    count: int

    def __len__(self):
        return len(self.placed)

    def was(self, numbers):
        """(which of these sites were there before, their positions then)."""
        at = self.back[numbers]
        return at >= 0, at[at >= 0]

    def now(self, numbers):
        """(which of these sites are there now, their positions)."""
        return numbers < self.count, numbers[numbers < self.count]

    @property
    def appeared(self):
        """Those of the placed that are there now: persons may name them since before, or what is said of them has their place."""
        return self.placed[self.placed < self.count]

    def ids(self, world, before):
        """The ids of the placed, whether they are there now or were before."""
        gone = self.placed[self.placed >= self.count]
        return [world.sites.ids[n] for n in self.appeared] + [before.sites.ids[n] for n in self.back[gone]]

    def confirmed(self, before):
        """The Confirmed links of the world before with the numbers of now."""
        return replace(before, site=self.number[before.site]) if len(before) else before

    def edges(self, world, before):
        """Whether remains were moved between the same sites."""
        mine, yours = (numpy.unique(one.reshape(-1, 2), axis=0) for one in
                       (world.network.moved.astype(int), self.number[before.network.moved.astype(int)]))
        return numpy.array_equal(mine, yours)


def resited(world, before):
    """The Resited of two worlds; None where too many sites are new, gone or elsewhere, or the order of the others is another."""
    mine, yours = world.sites, before.sites
    if mine.ids == yours.ids:
        number = numpy.arange(len(mine))
        moved = elsewhere(mine.places, yours.places, number, number)
        return None if len(moved) > MOST else Resited(number, number, moved, len(mine))
    at = {one: n for n, one in enumerate(mine.ids)}
    number = numpy.array([at.get(one, -1) for one in yours.ids], int)
    stay = numpy.flatnonzero(number >= 0)
    gone = len(yours) - len(stay)
    if gone + len(mine) - len(stay) > MOST or (numpy.diff(number[stay]) < 0).any():
        return None
    number[number < 0] = len(mine) + numpy.arange(gone)
    back = numpy.full(len(mine) + gone, -1)
    back[number] = numpy.arange(len(yours))
    placed = numpy.union1d(elsewhere(mine.places, yours.places, number[stay], stay),
                           numpy.append(numpy.flatnonzero(back < 0), len(mine) + numpy.arange(gone)))
    return None if len(placed) > MOST else Resited(number, back, placed.astype(int), len(mine))


def elsewhere(places, before, now, was):
    """The positions now of the sites whose place is another."""
    nodes, yours = (numpy.diff(one.start)[at] for one, at in ((places, now), (before, was)))
    other = (nodes != yours) | (places.radius_m[now] != before.radius_m[was])
    alike = numpy.flatnonzero((nodes == yours) & (nodes > 0))
    mine, yours = places.part(now[alike]), before.part(was[alike])
    differ = (mine.lon != yours.lon) | (mine.lat != yours.lat) | (mine.weight != yours.weight)
    if len(alike):
        other[alike] |= numpy.logical_or.reduceat(differ, mine.start[:-1])
    return now[other]


def means(was, near_was, near, known_was, known):
    """(the mean of E[k] of each place now, whether it is told exactly): of its mean before and of E[k] of what is placed otherwise.

    near_was, near: (place, site), NaN where a site has no place; known_was, known: how many sites had and have a place.
    """
    if numpy.isnan(near_was).all() and numpy.isnan(near).all():
        return was, numpy.ones(len(was), bool)
    stays = known_was * was - numpy.nansum(near_was, axis=1)
    sure = (stays > THIN * known_was * was) & (known_was > 0)
    return numpy.where(sure, (stays + numpy.nansum(near, axis=1)) / known, was), sure


def gains(persons, gain):
    """(persons, PLACES): the factors of the places of each; of what is no place that of the first, of nobody's 1."""
    of, place, _, _ = persons.used
    slot = numpy.arange(len(of)) - numpy.searchsorted(of, of)
    made = numpy.ones((len(persons), PLACES))
    first = slot == 0
    made[of[first]] = gain[place[first]][:, None]
    few = slot < PLACES
    made[of[few], slot[few]] = gain[place[few]]
    return made


def portions(persons, near):
    """(persons, sites, PLACES): shares.portions of a few sites; near: E[k] over its mean (place, site), NaN without a place."""
    of, place, law, weight = persons.used
    slot, made = numpy.arange(len(of)) - numpy.searchsorted(of, of), numpy.zeros((len(persons), near.shape[1], PLACES))
    many = numpy.bincount(of, minlength=len(persons))
    plain = many <= PLACES
    plain[of[law >= 0]] = False
    held = plain[of]
    made[of[held], :, slot[held]] = numpy.nan_to_num(near)[place[held]] * weight[held, None]
    whole = made.sum(axis=2, keepdims=True)
    return numpy.divide(made, whole, out=numpy.zeros_like(made), where=whole > 0)


def bound(persons):
    """Those whose mixture is not kept by place: once in custody, or of more than PLACES places."""
    of, _, law, _ = persons.used
    made = numpy.bincount(of, minlength=len(persons)) > PLACES
    made[of[law >= 0]] = True
    return made


def naming(persons, count):
    """Those of whom something was said about a site that is gone; sites by their numbers now."""
    made = numpy.zeros(len(persons), bool)
    for of, site, _ in (persons.mention, persons.together):
        made[of[site >= count]] = True
    return made
