"""When: h of the days between the event and the nearest days of use, in nats; what is not known says exactly 0."""
import math

import numpy

REFERENCE = ("arrested", "last_seen_free", "last_custody")

__all__ = ["ended", "h", "intervals", "over_before", "reference", "time"]


def reference(person):
    """The event that time is reckoned from, or None: the arrest, else the last sight in freedom, else the custody; the first."""
    for leg in REFERENCE:
        found = [one for one in person.events if one.leg == leg and not (math.isnan(one.days[0]) or math.isnan(one.days[1]))]
        if found:
            return min(found, key=lambda one: (*one.days, str(one.id))) if len(found) > 1 else found[0]
    return None


def h(gap, gaps):
    """Nats for so many days from the nearest days of use; never rises with the gap."""
    limits, nats = zip(*gaps, strict=True)
    return numpy.array(nats)[numpy.searchsorted(limits, numpy.ceil(gap))]


def intervals(sites):
    """The periods laid flat with certain ends: (site, period, begin, end, share); an uncertain end stands for three days."""
    periods = numpy.asarray(sites.periods, float).reshape(-1, 4)
    begins, ends = days_of(periods[:, :2], -numpy.inf), days_of(periods[:, 2:], numpy.inf)
    there = ~numpy.isnan(begins)[:, :, None] & ~numpy.isnan(ends)[:, None, :]
    share = 1 / there.sum(axis=(1, 2))
    there &= ~(numpy.isneginf(begins[:, 0]) & numpy.isposinf(ends[:, 0]))[:, None, None]
    n, begin, end = numpy.nonzero(there)
    return (numpy.asarray(sites.period_site, int)[n], n, begins[n, begin], numpy.maximum(begins[n, begin], ends[n, end]), share[n])


def days_of(between, unbounded):
    """(ends, 3): the days that each end stands for, NaN where they are fewer; one not bounded on both sides constrains nothing."""
    first, last = between.T
    made = numpy.column_stack([first, first + (last - first) / 2, last])
    made[first == last, 1:] = numpy.nan
    made[numpy.isnan(first) | numpy.isnan(last)] = unbounded, numpy.nan, numpy.nan
    return made


def time(days, flat, derived, count, parameters):
    """w_time of each site: days = (first, last) or None; flat from `intervals`; derived = (sites, begin, end) of further ones."""
    bar = numpy.zeros(count)
    if days is None:
        return bar
    dates = numpy.linspace(*days, parameters.dates) if days[0] != days[1] else numpy.array([days[0]], float)
    lags, masses = (numpy.array(one, float) for one in zip(*parameters.lags, strict=True))
    moments = (dates[:, None] + lags).reshape(-1)
    mass = numpy.tile(masses / len(dates), len(dates))
    site, period, begin, end, share = flat
    if len(site):
        chance = numpy.exp(h(gap(moments, begin, end), parameters.gaps)) * share[:, None]
        firsts = numpy.flatnonzero(numpy.diff(period, prepend=-1))
        chance = numpy.add.reduceat(chance, firsts, axis=0)
        sites = numpy.flatnonzero(numpy.diff(site[firsts], prepend=-1))
        bar[site[firsts][sites]] = numpy.log((numpy.maximum.reduceat(chance, sites, axis=0) * mass).sum(axis=1))
    if len(derived[0]):
        bar[derived[0]] = numpy.log((numpy.exp(h(gap(moments, *derived[1:]), parameters.gaps)) * mass).sum(axis=1))
    return bar


def gap(moments, begin, end):
    """Days from each moment to the interval [begin, end], 0 within; shape (intervals, moments)."""
    return numpy.maximum(numpy.maximum(begin[:, None] - moments, moments - end[:, None]), 0)


def over_before(sites, day):
    """Which sites were used for the last time before this day, as far as every period of theirs says so."""
    return ended(sites) < day


def ended(sites):
    """The last day on which each site was in use; infinite where some period of it may have gone on, or none is known."""
    made = numpy.full(len(sites), -numpy.inf)
    ends = numpy.where(numpy.isnan(sites.periods[:, 3]), numpy.inf, sites.periods[:, 3]) if len(sites.periods) else numpy.empty(0)
    numpy.maximum.at(made, sites.period_site, ends)
    made[numpy.isneginf(made)] = numpy.inf
    return made
