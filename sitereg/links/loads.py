"""How well sites are documented, for very many persons at once: the load of a few sites, and what moves it for all others."""
from collections import namedtuple

import numpy

from sitereg.links.kernels import compiled, inner

__all__ = ["Typical", "capped", "fading", "lifted", "load", "typical"]

Typical = namedtuple("Typical", "mean power plain each spread own")


def typical(persons, world):
    """What the links of a site are compared with, for each person without the links that are left out.

    mean of all candidates with what is added, power, plain (no day says anything); spread: what a link without a day counts; each
    and own: of every link that is left out, how much it would count and whether it has a day.
    """
    confirmed, parameters, count = world.confirmed, world.parameters, len(world.sites)
    of, link = persons.gone
    dated, (first, last) = ~numpy.isnan(confirmed.day), persons.days[:, :2].T
    own = dated[link]
    each = fading(first[of], last[of], numpy.nan_to_num(confirmed.day[link]), parameters.load_days) * own
    left, bare = (numpy.bincount(of, many, len(persons)) for many in (own, ~own))
    left, bare = dated.sum() - left, (~dated).sum() - bare
    between, which = persons.between
    whole = faded(between, numpy.sort(confirmed.day[dated]), parameters.load_days)[which]
    whole = whole - numpy.bincount(of, each, len(persons))
    plain = numpy.isnan(first) | (left == 0)
    with numpy.errstate(invalid="ignore", divide="ignore"):
        spread = whole / left
        mean = (whole + bare * spread) / count + parameters.load_add
    mean[plain] = (left + bare)[plain] / count + parameters.load_add
    return Typical(mean, numpy.where(plain, parameters.load_power_undated, parameters.load_power), plain, each, spread, own)


def load(persons, world, sites, known=None):
    """w_load (persons, sites) without the links that are left out, over the mean of all candidates. known: what typical answers."""
    parameters, known = world.parameters, known or typical(persons, world)
    bar = known.power[:, None] * numpy.log((counted(persons, world, sites, known) + parameters.load_add) / known.mean[:, None])
    return numpy.clip(bar, -parameters.load_cap, parameters.load_cap)


def counted(persons, world, sites, known):
    """(persons, sites): how many links these sites have."""
    confirmed, (of, link) = world.confirmed, persons.gone
    dated = ~numpy.isnan(confirmed.day)
    order = numpy.lexsort((confirmed.day, confirmed.site))
    order = order[dated[order]]
    start = numpy.searchsorted(confirmed.site[order], sites), numpy.searchsorted(confirmed.site[order], sites, side="right")
    (between, which), day = persons.between, confirmed.day[order]
    many = numpy.empty((len(persons), len(sites)))
    for k, (first, last) in enumerate(zip(*start, strict=True)):
        many[:, k] = faded(between, day[first:last], world.parameters.load_days)[which]
    at = numpy.full(len(world.sites), -1)
    at[sites] = numpy.arange(len(sites))
    there = at[confirmed.site[link]]
    for k, site in enumerate(sites):
        mine = there == k
        undated = (~dated[confirmed.site == site]).sum() - numpy.bincount(of, mine & ~known.own, len(persons))
        held = (confirmed.site == site).sum() - numpy.bincount(of, mine, len(persons))
        with numpy.errstate(invalid="ignore"):
            one = numpy.maximum(many[:, k] - numpy.bincount(of, known.each * mine, len(persons)), 0) + undated * known.spread
        many[:, k] = numpy.where(known.plain, held, one)
    return many


def lifted(was, now):
    """By how much the load of a site rises of which no link is another (Typical before and now)."""
    return now.power * numpy.log(was.mean / now.mean)


def capped(persons, world, sites, known):
    """For whom one of these sites, or every site without a link, lies at the cap of the load: it does not rise with the others."""
    parameters = world.parameters
    lowest = known.power * numpy.log(parameters.load_add / known.mean) <= -parameters.load_cap
    return lowest | (abs(load(persons, world, sites, known)) >= parameters.load_cap).any(axis=1)


@inner
def fade(first, last, day, scale):
    """others.fading for one day."""
    one, other = (first - day) / scale, (last - day) / scale
    if last - first < 1e-9:
        return numpy.exp(-abs(one))
    return (-numpy.sign(other) * numpy.expm1(-abs(other)) + numpy.sign(one) * numpy.expm1(-abs(one))) / (other - one)


@compiled
def fading(first, last, day, scale):
    """others.fading of many at once."""
    made = numpy.empty(len(day))
    for n in range(len(day)):
        made[n] = fade(first[n], last[n], day[n], scale)
    return made


@compiled
def faded(between, day, scale):
    """The sum of others.fading of all these sorted days, for each pair of days."""
    before, after, made = numpy.zeros(len(day) + 1), numpy.zeros(len(day) + 1), numpy.zeros(len(between))
    for n in range(len(day)):
        before[n + 1] = 1.0 + (before[n] * numpy.exp(-(day[n] - day[n - 1]) / scale) if n else 0.0)
    for n in range(len(day) - 1, -1, -1):
        after[n] = 1.0 + (after[n + 1] * numpy.exp(-(day[n + 1] - day[n]) / scale) if n < len(day) - 1 else 0.0)
    for n in range(len(between)):
        first, last = between[n]
        if numpy.isnan(first):
            continue
        for side in range(2):
            moment = last if side else first
            m = numpy.searchsorted(day, moment, side="right")
            left = before[m] * numpy.exp(-(moment - day[m - 1]) / scale) if m else 0.0
            right = after[m] * numpy.exp(-(day[m] - moment) / scale) if m < len(day) else 0.0
            if last - first < 1e-9:
                made[n] = left + right
            else:
                made[n] += (1.0 if side else -1.0) * (right - left + 2.0 * m) * scale / (last - first)
    return made
