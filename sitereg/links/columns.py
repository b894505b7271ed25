"""The bars of a few sites for very many persons at once, without the other sites: what one changed site is for everybody.

`by_place`: E[k] over its mean of all candidates, (place of the layout, site), from `nearness`; the load (links.loads) is over its
mean of all candidates as it stands, in closed form. Equal to links.score to 1e-9.
"""
import numpy

from sitereg.links import loads, others, space
from sitereg.links.kernels import compiled, inner
from sitereg.links.model import Person
from sitereg.links.standing import authority, person_fits

__all__ = ["around", "bars", "flagged", "nearness"]


def nearness(keys, places, parameters):
    """E[k] (place, site) between the places of these keys (layout) and some sites; NaN where a site has no place."""
    points = [numpy.frombuffer(one).reshape(-1, 2) for one, _ in keys]
    made = numpy.full((len(keys), len(places)), numpy.nan)
    if not points:
        return made
    flat, many = numpy.concatenate(points), numpy.array([len(one) for one in points])
    radius, first = numpy.repeat([one for _, one in keys], many), numpy.cumsum(many) - many
    for site in numpy.flatnonzero(numpy.diff(places.start)):
        total = numpy.zeros(len(flat))
        reach = numpy.hypot(radius, places.radius_m[site]) / 1000
        for node in range(places.start[site], places.start[site + 1]):
            km = space.sphere_km(flat[:, 0], flat[:, 1], places.lon[node], places.lat[node])
            total += space.kernel(km, reach, parameters.d0_km, parameters.g) * places.weight[node]
        made[:, site] = numpy.add.reduceat(total, first) / many
    return made


def bars(persons, layout, by_place, world, rows, sites):
    """(persons, sites, 7): the bars from space to transfer of these sites (positions, ascending), where every exponent is 1."""
    made = numpy.zeros((len(persons), len(sites), 7))
    if not len(persons) or not len(sites):
        return made
    made[:, :, 0], made[:, :, 6] = mixture(persons, by_place, world, rows, sites)
    made[:, :, 1] = time(persons, world, rows, sites)
    made[:, :, 2] = loads.load(persons, world, sites)
    made[:, :, 3], made[:, :, 4] = standing(persons, layout, world, rows, sites)
    of, site, bar = persons.mention
    at = numpy.minimum(numpy.searchsorted(sites, site), len(sites) - 1)
    here = sites[at] == site
    made[of[here], at[here], 5] = bar[here]
    return made


def mixture(persons, by_place, world, rows, sites):
    """(w_space, w_transfer) of score.mixture."""
    of, place, law, weight = persons.used
    by_place = numpy.vstack([numpy.where(numpy.isnan(by_place), 1.0, by_place), numpy.ones(len(sites))])[place]
    near, onward = numpy.ones((2, len(persons), len(sites)))
    near[of], onward[of] = 0, 0
    numpy.add.at(near, of, weight[:, None] * by_place)
    near = numpy.log(near)
    if not (law >= 0).any():
        return near, numpy.zeros(near.shape)
    nodes, which = numpy.unique(law[law >= 0], return_inverse=True)
    laws = rows.onward([(one, (), ()) for one in nodes.tolist()])
    by_place[law >= 0] = numpy.array([laws[one, (), ()][sites] for one in nodes.tolist()])[which]
    numpy.add.at(onward, of, weight[:, None] * by_place)
    custody = numpy.zeros(len(persons), bool)
    custody[of[law >= 0]] = True
    return near, numpy.where(custody[:, None], numpy.log(onward) - near, 0.0)


def time(persons, world, rows, sites):
    """w_time; of days known from confirmed links alone, nobody's left out."""
    parameters, facts = world.parameters, rows.facts
    flat, at = facts.intervals, numpy.full(len(world.sites), -1)
    at[sites] = numpy.arange(len(sites))
    seen = others.derived(world.confirmed, facts.periods_known, parameters.derived_from)
    here, alone = at[flat[0]] >= 0, at[seen[0]] >= 0
    site = numpy.concatenate([at[flat[0][here]], at[seen[0][alone]]])
    period = numpy.concatenate([flat[1][here], -1 - numpy.arange(alone.sum())])
    begin, end = (numpy.concatenate([one[here], other[alone]]) for one, other in zip(flat[2:4], seen[1:], strict=True))
    share = numpy.concatenate([flat[4][here], numpy.ones(alone.sum())])
    order = numpy.argsort(site, kind="stable")
    site, period, begin, end, share = (one[order] for one in (site, period, begin, end, share))
    start = numpy.searchsorted(site, numpy.arange(len(sites) + 1))
    limits, nats = (numpy.array(one, float) for one in zip(*parameters.gaps, strict=True))
    lags, masses = (numpy.array(one, float) for one in zip(*parameters.lags, strict=True))
    between, which = persons.between
    known = start, period, begin, end, share, limits, numpy.exp(nats)
    return used(between, *known, lags, masses, parameters.dates)[which]


@compiled
def used(between, start, period, begin, end, share, limits, likelihood, lags, masses, dates):
    """days.time of each pair of days and each site, whose intervals lie between its start and the next; 0 where none is known."""
    made = numpy.zeros((len(between), len(start) - 1))
    for n in range(len(between)):
        first, last = between[n]
        if numpy.isnan(first):
            continue
        many = 1 if first == last else dates
        for s in range(len(start) - 1):
            if start[s] == start[s + 1]:
                continue
            total = 0.0
            for d in range(many):
                moment = first if d == 0 else last if d == many - 1 else first + d * ((last - first) / (many - 1))
                for lag in range(len(lags)):
                    at = moment + lags[lag]
                    total += masses[lag] * chance(at, start[s], start[s + 1], period, begin, end, share, limits, likelihood)
            made[n, s] = numpy.log(total / many)
    return made


@inner
def chance(moment, first, last, period, begin, end, share, limits, likelihood):
    """exp h of a site at a moment: that of its best period, the uncertain ends averaged."""
    best, total = 0.0, 0.0
    for m in range(first, last):
        gap = numpy.ceil(max(begin[m] - moment, moment - end[m], 0.0))
        step = 0
        while limits[step] < gap:
            step += 1
        total = likelihood[step] * share[m] + (total if m > first and period[m] == period[m - 1] else 0.0)
        if m == last - 1 or period[m + 1] != period[m]:
            best = max(best, total)
    return best


def standing(persons, layout, world, rows, sites):
    """(w_authority, w_person): reckoned once for all of the same authorities and turns, and of the same traits."""
    facts, made = rows.facts.standing, numpy.zeros((2, len(persons), len(sites)))
    groups, traits = list(layout.authorities), list(layout.traits)
    if world.question == "held" and len(facts.site):
        between, which = persons.between
        first, last = (numpy.where(numpy.isnan(between[:, 0]), other, one)
                       for one, other in zip(between.T, (-numpy.inf, numpy.inf), strict=True))
        begun, ended = numpy.unique(facts.begin), numpy.unique(facts.end)
        turn = numpy.searchsorted(begun, last, side="right") * (len(ended) + 1) + numpy.searchsorted(ended, first)
        _, one, alike = numpy.unique(turn[which] * len(groups) + persons.who[:, 0], return_index=True, return_inverse=True)
        found = [authority(world, Person(None, "", authorities=groups[persons.who[n, 0]]), (first[which[n]], last[which[n]]),
                           facts)[sites] for n in one]
        made[0] = numpy.array(found).reshape(len(one), len(sites))[alike.reshape(-1)]
    alike = [person_fits(Person(None, "", sex=sex, minor=minor, soldier=soldier), facts, world.parameters)[sites]
             for sex, minor, soldier in traits]
    made[1] = numpy.array(alike).reshape(len(traits), len(sites))[persons.who[:, 1]]
    return made


def around(persons, world, share, sites):
    """K (persons, sites) of others.cohort, without the links that are left out."""
    confirmed, parameters = world.confirmed, world.parameters
    made = numpy.zeros((len(persons), len(sites)))
    first, last = persons.days[:, :2].T
    least = numpy.exp(-parameters.cohort_reach)
    able = numpy.flatnonzero(~numpy.isnan(first) & ~numpy.isnan(persons.where[:, 0]))
    of, link = persons.gone
    for k, site in enumerate(sites):
        for one in numpy.flatnonzero((confirmed.site == site) & ~numpy.isnan(confirmed.day) & ~numpy.isnan(confirmed.lon)):
            when = loads.fading(first[able], last[able], numpy.full(len(able), confirmed.day[one]), parameters.cohort_days)
            near = when >= least
            who, when = able[near], when[near]
            km = space.sphere_km(persons.where[who, 0], persons.where[who, 1], confirmed.lon[one], confirmed.lat[one])
            scale = parameters.cohort_km
            radius = numpy.hypot(persons.where[who, 2], confirmed.radius_m[one] / 1000)
            mass = numpy.exp(space.blurred(numpy.log1p(km / scale), radius, ("exponential", scale, 1.0))) * when
            mass[(mass < least) | numpy.isin(who, of[link == one])] = 0
            made[who, k] += mass * share[one]
    return made


def flagged(persons, world, sites):
    """(persons, sites): whether a site has a flag of score.flags."""
    ended = numpy.array([days_end(world.sites, site) for site in sites])
    later = world.sites.built[sites][None, :] > persons.days[:, 2:3]
    with numpy.errstate(invalid="ignore"):
        return later | (numpy.isfinite(ended)[None, :] & (ended[None, :] < persons.days[:, 3:4]))


def days_end(sites, site):
    """The last day of use of a site; infinite where it is not known."""
    ends = sites.periods[sites.period_site == site, 3] if len(sites.periods) else numpy.empty(0)
    return numpy.where(numpy.isnan(ends), numpy.inf, ends).max(initial=-numpy.inf)
