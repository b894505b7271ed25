"""The few sites of two worlds that are reckoned for everybody: their bars before and now, hence the Change of persons.

Their numbers are those of links.resited: what is gone has one beyond the sites of now. A site that is not there weighs nothing.
"""
import numpy

from sitereg.links import columns, loads, resited
from sitereg.links.batch import FIRST
from sitereg.links.engine import LEVELS
from sitereg.links.relinked import MANY
from sitereg.links.renewal import Change

SLIGHT = 1e-6  # of a count of neighbours over its prior no less may be left: what is taken away leaves its rounding

__all__ = ["Few", "apart", "change"]


class Few:
    """The few: numbers, which of them changed, where they stand in both worlds, how near they are to every place of the layout."""

    def __init__(self, sums, before, now, numbers, changed, placed):
        self.before, self.now, self.layout, self.placed = before, now, sums.layout, placed
        self.numbers, self.changed = numbers, changed
        (self.there, self.at), (self.here, self.stands) = placed.was(numbers), placed.now(numbers)
        keys, was = list(sums.layout.places), numpy.array(sums.means)
        here = numpy.full((len(keys), len(numbers)), numpy.nan)
        here[:, self.here] = columns.nearness(keys, now.world.sites.places.part(self.stands), now.world.parameters)
        self.gain, self.sure, there, mean = numpy.ones(len(keys)), numpy.ones(len(keys), bool), here, was
        if len(placed):
            there = here.copy()
            other = numpy.isin(numbers, placed.placed)
            there[:, other] = numpy.nan
            before_too = other & self.there
            there[:, before_too] = columns.nearness(keys, before.world.sites.places.part(placed.back[numbers[before_too]]),
                                                    now.world.parameters)
            known = [one.world.sites.places.known.sum() for one in (before, now)]
            mean, self.sure = resited.means(was, there[:, other], here[:, other], *known)
            self.gain = was / mean
            sums.means = mean.tolist()
        self.near_was, self.near = there / was[:, None], here / mean[:, None]
        self.loose = not all(one.world.sites.places.known.all() for one in (before, now))

    def thin(self, persons):
        """Those of whom a place has nearly all its nearness from sites that are gone."""
        of, place, _, _ = persons.used
        made = numpy.zeros(len(persons), bool)
        made[of[(place >= 0) & ~self.sure[place]]] = True
        return made


def apart(persons, held, few):
    """Those whose own links give a site its days of use, where these are left out, are not moved on."""
    unknown = numpy.zeros(len(few.placed.back), bool)
    for engine, there, at in ((few.before, few.there, few.at), (few.now, few.here, few.stands)):
        unknown[few.numbers[there]] |= ~engine.rows.facts.periods_known[at]
    sites = few.placed.confirmed(few.before.world.confirmed).site, few.now.world.confirmed.site
    for (of, link), site in zip((one.gone for one in persons), sites, strict=True):
        held.lost[of[unknown[site[link]]]] = 1


def change(both, held, few, links):
    """The Change of these persons (as they were laid out before and are now)."""
    (earlier, persons), world, parameters = both, few.now.world, few.now.world.parameters
    edges = numpy.searchsorted(few.numbers, numpy.unique(world.network.moved, axis=0).astype(int).reshape(-1, 2))
    part, was = bars(both, few)
    ended, ends = numpy.ones((2, len(persons), len(few.numbers)), bool)
    ended[:, few.there] = columns.flagged(earlier, few.before.world, few.at)
    ends[:, few.here] = columns.flagged(persons, world, few.stands)
    cohort = [around(persons, few.now, few.here, few.stands)] * 2
    lift, rest, gain = numpy.zeros(len(persons)), held.factor[:, 0].copy(), resited.gains(persons, few.gain)
    if links or len(few.placed):
        was[:, few.there, 2], lift = loaded(both, held, few)
        cohort[0] = around(earlier, few.before, few.there, few.at)
        rest = rested(held, (cohort[1] - cohort[0]).sum(axis=1) / parameters.cohort_prior)
    same = ((was == part).all(axis=(1, 2)) & (ended == ends).all(axis=1) & (lift == 0) & (cohort[0] == cohort[1]).all(axis=1)
            & (gain == 1).all(axis=1))
    near_was, near = (resited.portions(one, each) for one, each in zip(both, (few.near_was, few.near), strict=True))
    changed, moved = (numpy.isin(few.numbers, one) for one in (few.changed, world.network.moved))
    return Change(few.numbers, changed, moved, was.sum(axis=2), part,
                  cohort[0] * held.factor[:, :1] / parameters.cohort_prior, cohort[1] * rest[:, None] / parameters.cohort_prior,
                  together(persons, few.numbers) * held.factor[:, 1:] / parameters.companion_prior, ended, ends, lift,
                  rest / held.factor[:, 0], rest, same, edges, numpy.bincount(edges[:, 0], minlength=len(few.numbers)),
                  float(parameters.remains_moved), float(parameters.unlisted), LEVELS, min(FIRST, few.now.rows.count),
                  near_was, near, gain, few.loose)


def bars(both, few):
    """(the seven bars of the few now, before); minus infinity where a site is not there."""
    (earlier, persons), before, now = both, few.before, few.now
    part = numpy.zeros((len(persons), len(few.numbers), 7))
    part[:, few.here] = columns.bars(persons, few.layout, few.near[:, few.here], now.world, now.rows, few.stands)
    was = part.copy()  # but for what may differ; those whose custody the network moves are not asked of
    was[:, few.there, 1] = columns.time(earlier, before.world, before.rows, few.at)
    was[:, few.there, 3], was[:, few.there, 4] = columns.standing(persons, few.layout, before.world, before.rows, few.at)
    if len(few.placed):
        was[:, few.there, 0], _ = columns.mixture(earlier, few.near_was[:, few.there], before.world, before.rows, few.at)
        was[:, ~few.here, 2] = 0
    part[:, ~few.here, 0], was[:, ~few.there, 0] = -numpy.inf, -numpy.inf
    return part, was


def around(persons, engine, there, at):
    """columns.around of the few; 0 where a site is not there."""
    made = numpy.zeros((len(persons), len(there)))
    made[:, there] = columns.around(persons, engine.world, engine.rows.facts.share, at)
    return made


def together(persons, numbers):
    """V of the few."""
    of, site, mass = persons.together
    at = numpy.minimum(numpy.searchsorted(numbers, site), max(len(numbers) - 1, 0))
    here, made = numbers[at] == site, numpy.zeros((len(persons), len(numbers)))
    numpy.add.at(made, (of[here], at[here]), mass[here])
    return made


def loaded(both, held, few):
    """(the load of the few before, by how much that of all others rises); whom the cap keeps from it is not moved on."""
    engines = (few.before, few.now)
    told = [loads.typical(one, engine.world) for one, engine in zip(both, engines, strict=True)]
    held.lost[told[0].plain != told[1].plain] = 1
    for persons, engine, known, at in zip(both, engines, told, (few.at, few.stands), strict=True):
        confirmed = engine.world.confirmed
        full = numpy.setdiff1d(numpy.flatnonzero(numpy.bincount(confirmed.site, minlength=engine.rows.count) > MANY), at)
        held.lost[loads.capped(persons, engine.world, full, known)] = 1
    return loads.load(both[0], few.before.world, few.at, told[0]), loads.lifted(*told)


def rested(held, more):
    """c1 of everybody as the counts of neighbours, over their prior, are `more`; where nearly nobody is left it is not reckoned."""
    masses = 1 / held.factor[:, 0] - 1
    held.lost[(more < 0) & (masses + more < SLIGHT)] = 1
    return numpy.where(more == 0, held.factor[:, 0], 1 / (numpy.maximum(masses + more, 0) + 1))
