"""When sites were in use, as steps: exp h of a site changes on few days, so its mean over many days is few additions.

The likelihood of a site at a moment is that of its best period, whose uncertain ends are averaged (days.time). Between two changes
it stands; the changes of all sites in the order of time, and how all stood at some of them, tell every moment.
"""
from collections import namedtuple

import numpy

from sitereg.links import others
from sitereg.links.kernels import compiled, inner, ln

ROOM = 2 ** 26  # bytes for how all sites stood at some moments

Uses = namedtuple("Uses", "day site after less stood every dated lag mass dates")

__all__ = ["Uses", "laid"]


def laid(facts, confirmed, parameters, count):
    """The Uses of a world, its days of use that follow from confirmed links among them, nobody's left out.

    day, site, after, less: the changes, when, where, to what and by how much; stood[n]: all sites before the change n * every;
    dated: whether anything is known of a site; lag, mass: the law of the days after the reference; dates: how many stand for it.
    """
    limits, nats = (numpy.array(many, float) for many in zip(*parameters.gaps, strict=True))
    site, period, begin, end, share = intervals(facts, confirmed, parameters)
    steps = numpy.floor(limits[:-1])
    turns = numpy.concatenate([begin[:, None] - steps, numpy.nextafter(end[:, None] + steps, numpy.inf)], axis=1)
    held = numpy.isfinite(turns)
    where, when = sorted_by(numpy.repeat(site, held.sum(axis=1)), turns[held])
    first = numpy.searchsorted(site, numpy.arange(count + 1))
    start, after, before = chances(where, when, first, period, begin, end, share, limits, numpy.exp(nats), count)
    real = after != before
    when, where, after, before = sorted_by(when[real], where[real], after[real], before[real])
    every = max(len(where) * 8 * count // ROOM, count // 4, 1)
    dated = numpy.zeros(count, bool)
    dated[site] = True
    lag, mass = (numpy.array(many, float) for many in zip(*parameters.lags, strict=True))
    return Uses(when, where, after, after - before, standing(start, where, after, every), every, dated, lag, mass, parameters.dates)


def intervals(facts, confirmed, parameters):
    """(site, period, begin, end, share) of days.intervals and of the use that confirmed links show, by site."""
    site, period, begin, end, share = facts.intervals
    further, since, until = others.derived(confirmed, facts.periods_known, parameters.derived_from)
    periods = numpy.concatenate([period, period.max(initial=0) + 1 + numpy.arange(len(further))])
    site, begin, end = (numpy.concatenate(both) for both in ((site, further), (begin, since), (end, until)))
    order = numpy.argsort(site, kind="stable")
    share = numpy.concatenate([share, numpy.ones(len(further))])
    return tuple(many[order] for many in (site, periods, begin, end, share))


def sorted_by(first, second, *more):
    """Columns in the order of the first, then of the second."""
    order = numpy.lexsort((second, first))
    return tuple(many[order] for many in (first, second, *more))


@compiled
def chances(where, when, first, period, begin, end, share, limits, likelihood, count):
    """(exp h of each site before all its turns; after each turn; before each turn); 1 where no period is known."""
    start, after, before = numpy.ones(count), numpy.empty(len(where)), numpy.empty(len(where))
    turn = 0
    for s in range(count):
        if first[s] == first[s + 1]:
            continue
        moment = when[turn] - 1 if turn < len(where) and where[turn] == s else 0.0
        last = start[s] = chance(moment, first[s], first[s + 1], period, begin, end, share, limits, likelihood)
        while turn < len(where) and where[turn] == s:
            before[turn] = last
            last = after[turn] = chance(when[turn], first[s], first[s + 1], period, begin, end, share, limits, likelihood)
            turn += 1
    return start, after, before


@inner
def chance(moment, first, last, period, begin, end, share, limits, likelihood):
    """exp h at one moment of the site whose intervals these are: its best period, the intervals of each averaged."""
    best, total = -1.0, 0.0
    for m in range(first, last):
        if m > first and period[m] != period[m - 1]:
            best, total = max(best, total), 0.0
        gap = numpy.ceil(max(begin[m] - moment, moment - end[m], 0.0))
        step = 0
        while limits[step] < gap:
            step += 1
        total += likelihood[step] * share[m]
    return max(best, total)


@compiled
def standing(start, site, after, every):
    """How all sites stood before every so many changes."""
    made, now = numpy.empty((len(site) // every + 1, len(start))), start.copy()
    for n in range(len(site) + 1):
        if n % every == 0:
            for s in range(len(now)):
                made[n // every, s] = now[s]
        if n < len(site):
            now[site[n]] = after[n]
    return made


@compiled
def in_use(first, last, uses, row):
    """row = w_time of each site for an event between these days (days.time); 0 without a day or without a known period."""
    if numpy.isnan(first):
        row[:] = 0.0
        return
    moments, weights = dates(first, last, uses)
    n = numpy.searchsorted(uses.day, moments[0], side="right")
    for s in range(len(row)):
        row[s] = uses.stood[n // uses.every, s]
    for change in range(n - n % uses.every, n):
        row[uses.site[change]] = uses.after[change]
    for s in range(len(row)):
        row[s] *= weights[0]
    now = 0
    while n < len(uses.day) and uses.day[n] <= moments[-1]:
        while moments[now] < uses.day[n]:
            now += 1
        row[uses.site[n]] += uses.less[n] * weights[now]
        n += 1
    for s in range(len(row)):
        row[s] = ln(row[s]) if uses.dated[s] else 0.0


@inner
def dates(first, last, uses):
    """(the moments that an interval and the lags stand for, ascending; the mass of each and of all after it)."""
    many = uses.dates if first != last else 1
    moments, weights = numpy.empty(many * len(uses.lag)), numpy.empty(many * len(uses.lag))
    held = 0
    for date in range(many):
        day = first + date * ((last - first) / (many - 1)) if date + 1 < many else (last if many > 1 else first)
        for lag in range(len(uses.lag)):
            n = held
            while n > 0 and moments[n - 1] > day + uses.lag[lag]:
                moments[n], weights[n] = moments[n - 1], weights[n - 1]
                n -= 1
            moments[n], weights[n] = day + uses.lag[lag], uses.mass[lag] / many
            held += 1
    for n in range(len(weights) - 2, -1, -1):
        weights[n] += weights[n + 1]
    return moments, weights
