"""The score of every candidate for one person: bars in nats whose sum is the total, and p = softmax of the totals.

    facts = statistics(world)              what is the same for all persons
    bars(world, person, facts) -> Bars     one array over the sites for each of model.BARS, and total, p, unlisted, flags

P(site) = (1 - eps) p, P(a site not listed) = eps. Every missing input gives exactly 0. A person's own links, those of the
whole group and of the companions are in none of the counts: deleting them and scoring again gives the same. The bars are
added in the order of BARS, so the same data and the same version give the same bits.
"""
import math
from dataclasses import dataclass, replace

import numpy

from sitereg.links import days, others, space
from sitereg.links.chain import Chain, moved
from sitereg.links.model import BARS, Flag, left_out
from sitereg.links.standing import Standing, authority, mention, person_fits

CUSTODY = "last_custody"

__all__ = ["Bars", "Statistics", "added", "bars", "chosen", "evidence", "loaded", "log_softmax", "mixture", "order", "sets",
           "statistics"]


@dataclass(frozen=True)
class Statistics:
    """What is the same for all persons of a world."""

    intervals: tuple                # days.intervals
    periods_known: numpy.ndarray    # which sites have a period that says something
    share: numpy.ndarray            # others.shares of the confirmed links
    chain: Chain
    standing: Standing


@dataclass(frozen=True)
class Bars:
    """One array over the sites for each bar, in nats; total is their sum, p sums to 1 - unlisted."""

    space: numpy.ndarray
    time: numpy.ndarray
    load: numpy.ndarray
    authority: numpy.ndarray
    person: numpy.ndarray
    mention: numpy.ndarray
    transfer: numpy.ndarray
    cohort: numpy.ndarray
    companion: numpy.ndarray
    moved: numpy.ndarray
    total: numpy.ndarray
    p: numpy.ndarray
    unlisted: float
    flags: numpy.ndarray            # of model.Flag

    def without(self, *names):
        """The same with these bars at 0: the order without load and cohort, say."""
        return added({name: numpy.zeros_like(self.total) if name in names else getattr(self, name) for name in BARS},
                     self.unlisted, self.flags)


def statistics(world):
    """The Statistics of a world."""
    flat = days.intervals(world.sites)
    known = numpy.zeros(len(world.sites), bool)
    known[flat[0]] = True
    return Statistics(flat, known, others.shares(world.confirmed), Chain(world), Standing.of(world))


def bars(world, person, facts=None):
    """The Bars of every candidate site for one person."""
    if not len(world.sites):
        return added({name: numpy.empty(0) for name in BARS}, world.parameters.unlisted, numpy.empty(0, numpy.uint8))
    facts = facts or statistics(world)
    made = evidence(world, person, facts)
    kappa = dict(world.parameters.kappa)
    made = {name: bar * kappa[name] if name in kappa else bar for name, bar in made.items()}
    count, parameters = len(world.sites), world.parameters
    logp = log_softmax(summed(made, count))
    away = left_out(person, world.confirmed.person, world.confirmed.group)
    around = others.cohort(days.reference(person), world.confirmed.without(away), facts.share[~away], count, parameters)
    together = others.companions(person, world.confirmed, facts.share, count)
    for name, counts, prior in (("cohort", around, parameters.cohort_prior), ("companion", together, parameters.companion_prior)):
        made[name] = others.back_off(counts, prior, logp) * kappa.get(name, 1.0)
        logp = log_softmax(summed(made, count))
    made["moved"] = moved(world.network.moved, parameters.remains_moved, logp)
    return added(made, parameters.unlisted, flags(world, person))


def evidence(world, person, facts):
    """{bar: array} of the additive bars, those before the back-off to cohort and companions, each without an exponent."""
    parameters, count = world.parameters, len(world.sites)
    when = days.reference(person)
    between = None if when is None else when.days
    away = left_out(person, world.confirmed.person, world.confirmed.group)
    confirmed = world.confirmed.without(away) if away.any() else world.confirmed
    seen = others.derived(confirmed, facts.periods_known, parameters.derived_from)
    near, onward = mixture(world, person, facts)
    return {"space": near, "time": days.time(between, facts.intervals, seen, count, parameters),
            "load": others.load(between, confirmed, count, parameters)[0],
            "authority": authority(world, person, between, facts.standing),
            "person": person_fits(person, facts.standing, parameters),
            "mention": mention(person, count, parameters), "transfer": onward}


def loaded(world, person):
    """w_load of each site alone."""
    when = days.reference(person)
    away = left_out(person, world.confirmed.person, world.confirmed.group)
    return others.load(None if when is None else when.days, world.confirmed.without(away), len(world.sites), world.parameters)[0]


def mixture(world, person, facts):
    """(w_space, w_transfer): ln of the mixture of ratios to the mean candidate, and what known custody changes in it."""
    count, parameters = len(world.sites), world.parameters
    used = chosen(person, parameters)
    if not used:
        return numpy.zeros(count), numpy.zeros(count)
    custody, network = any(one.site >= 0 for one, _ in used), None
    if custody:
        network = own_network(world, person)
    near, onward = numpy.zeros(count), numpy.zeros(count)
    for event, weight in used:
        by_place = numpy.ones(count)
        if event.place is not None:
            by_place = space.ratio(space.expected(*event.place, world.sites.places, parameters.d0_km, parameters.g))
        near += weight * by_place
        onward += weight * (space.ratio(facts.chain.law(event.site, network)) if event.site >= 0 else by_place)
    bar = numpy.log(near)
    return bar, (numpy.log(onward) - bar if custody else numpy.zeros(count))


def chosen(person, parameters):
    """[(event, weight)] that the space bar reads: placed events with a leg, of custody only the latest; the weights sum to 1."""
    legs = dict(parameters.legs)
    used = [one for one in person.events if one.leg in legs and (one.place is not None or custody_node(one))]
    dated = [one for one in used if one.leg == CUSTODY and not math.isnan(one.days[1])]
    if dated:
        latest = max(dated, key=lambda one: (one.days[1], known(one.days[0]), str(one.id)))
        used = [one for one in used if one.leg != CUSTODY or one is latest]
    used.sort(key=lambda one: (one.leg, known(one.days[0]), known(one.days[1]), one.site, str(one.id)))
    many = [one.leg for one in used]
    weights = [legs[one.leg] / many.count(one.leg) for one in used]
    return [(one, weight / sum(weights)) for one, weight in zip(used, weights, strict=True)]


def known(day):
    """A day as what is sorted by; -1 where it is not known."""
    return -1.0 if math.isnan(day) else day


def custody_node(event):
    """Whether this is a custody at a site that the network knows."""
    return event.leg == CUSTODY and event.site >= 0


def own_network(world, person):
    """The network without the moves of the person, the group and the companions; None where none is theirs."""
    network = world.network
    kept = {}
    for name in ("moves", "burials"):
        rows = getattr(network, name)
        gone = left_out(person, rows[:, 0], rows[:, 1])
        if gone.any():
            kept[name] = rows[~gone]
    return replace(network, **kept) if kept else None


def flags(world, person):
    """model.Flag of each site: why it cannot be it."""
    made = numpy.zeros(len(world.sites), numpy.uint8)
    when = days.reference(person)
    if when is not None:
        latest = when.days[1] + max(lag for lag, _ in world.parameters.lags)
        made[world.sites.built > latest] |= numpy.uint8(Flag.BUILT_LATER)
    if world.question == "buried" and not numpy.isnan(person.alive):
        made[days.over_before(world.sites, person.alive)] |= numpy.uint8(Flag.ALIVE_LATER)
    return made


def summed(made, count):
    """The sum of the bars so far, in the order of BARS."""
    total = numpy.zeros(count)
    for name in BARS:
        if name in made:
            total = total + made[name]
    return total


def added(made, unlisted, flags):
    """The Bars of ready arrays: their sum in the order of BARS, and p."""
    total = summed(made, len(flags))
    p = (1 - unlisted) * numpy.exp(log_softmax(total)) if len(total) else total
    return Bars(**made, total=total, p=p, unlisted=unlisted, flags=flags)


def log_softmax(total):
    """ln of softmax, which is total less one constant."""
    if not len(total):
        return total
    top = total.max()
    return total - (top + numpy.log(numpy.exp(total - top).sum()))


def order(made):
    """The positions of the sites, the likeliest first; what cannot be it last; equal ones in the order of the sites."""
    return numpy.lexsort((numpy.arange(len(made.total)), -made.total, made.flags != 0))


def sets(made, level):
    """(sites, whether a site not listed is one too): the fewest options, likeliest first, that hold the truth with `level`."""
    ranked = order(made)
    p = made.p[ranked]
    before = int((p >= made.unlisted).sum()) if not made.flags.any() else int((p[:(made.flags == 0).sum()] >= made.unlisted).sum())
    options = numpy.insert(p, before, made.unlisted)
    many = int(numpy.searchsorted(options.cumsum(), level - 1e-12) + 1)
    with_unlisted = many > before
    return ranked[:min(many, len(options)) - with_unlisted], with_unlisted
