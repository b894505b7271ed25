"""The bars of a few sites for very many persons at once, without the other sites: what one changed site is for everybody.

`by_place`: E[k] over its mean of all candidates, (place of the layout, site), from `nearness`; the load is over its mean of all
candidates as it stands, in closed form. Equal to links.score to 1e-9.
"""
import numpy

from sitereg.links import others, space
from sitereg.links.kernels import compiled, inner
from sitereg.links.model import Person, Places
from sitereg.links.standing import authority, person_fits

__all__ = ["around", "bars", "flagged", "nearness", "part"]


def part(places, chosen):
    """The Places of some of the places."""
    nodes = [numpy.arange(places.start[n], places.start[n + 1]) for n in chosen]
    flat = numpy.concatenate(nodes) if nodes else numpy.empty(0, int)
    start = numpy.cumsum([0, *map(len, nodes)])
    return Places(places.lon[flat], places.lat[flat], places.weight[flat], start, places.radius_m[numpy.asarray(chosen, int)])


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
    made[:, :, 2] = load(persons, world, sites)
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
    between, which = numpy.unique(persons.days[:, :2], axis=0, return_inverse=True)
    known = start, period, begin, end, share, limits, numpy.exp(nats)
    return used(between, *known, lags, masses, parameters.dates)[which.reshape(-1)]


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


def load(persons, world, sites):
    """w_load without the links that are left out; the mean over all candidates in closed form."""
    confirmed, parameters, count = world.confirmed, world.parameters, len(world.sites)
    of, link = persons.gone
    dated, (first, last) = ~numpy.isnan(confirmed.day), persons.days[:, :2].T
    own = dated[link]
    each = fading(first[of], last[of], numpy.nan_to_num(confirmed.day[link]), parameters.load_days) * own
    left, bare = (numpy.bincount(of, many, len(persons)) for many in (own, ~own))
    left, bare = dated.sum() - left, (~dated).sum() - bare
    between, which = numpy.unique(persons.days[:, :2], axis=0, return_inverse=True)
    order = numpy.lexsort((confirmed.day, confirmed.site))
    order = order[dated[order]]
    start = numpy.searchsorted(confirmed.site[order], sites), numpy.searchsorted(confirmed.site[order], sites, side="right")
    many = summed(between, confirmed.day[order], *start, parameters.load_days)[which.reshape(-1)]
    whole = faded(between, numpy.sort(confirmed.day[dated]), parameters.load_days)[which.reshape(-1)]
    whole = whole - numpy.bincount(of, each, len(persons))
    at = numpy.full(count, -1)
    at[sites] = numpy.arange(len(sites))
    with numpy.errstate(invalid="ignore", divide="ignore"):
        mean = (whole + bare * (whole / left)) / count + parameters.load_add
    plain = numpy.isnan(first) | (left == 0)
    mean[plain] = (left + bare)[plain] / count + parameters.load_add
    there = at[confirmed.site[link]]
    for k, site in enumerate(sites):
        mine = there == k
        undated = (~dated[confirmed.site == site]).sum() - numpy.bincount(of, mine & ~own, len(persons))
        held = (confirmed.site == site).sum() - numpy.bincount(of, mine, len(persons))
        with numpy.errstate(invalid="ignore", divide="ignore"):
            one = numpy.maximum(many[:, k] - numpy.bincount(of, each * mine, len(persons)), 0) + undated * (whole / left)
        many[:, k] = numpy.where(plain, held, one)
    power = numpy.where(plain, parameters.load_power_undated, parameters.load_power)[:, None]
    bar = power * numpy.log((many + parameters.load_add) / mean[:, None])
    return numpy.clip(bar, -parameters.load_cap, parameters.load_cap)


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
def summed(between, day, start, end, scale):
    """(pairs of days, sites): the sum of others.fading of the links of each site, whose days lie between its start and its end."""
    made = numpy.zeros((len(between), len(start)))
    for n in range(len(between)):
        for s in range(len(start)):
            for m in range(start[s], end[s]):
                made[n, s] += fade(between[n, 0], between[n, 1], day[m], scale)
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


def standing(persons, layout, world, rows, sites):
    """(w_authority, w_person): reckoned once for all of the same authorities and turns, and of the same traits."""
    facts, made = rows.facts.standing, numpy.zeros((2, len(persons), len(sites)))
    groups, traits = list(layout.authorities), list(layout.traits)
    if world.question == "held" and len(facts.site):
        first, last = (numpy.where(numpy.isnan(persons.days[:, 0]), other, one)
                       for one, other in zip(persons.days.T[:2], (-numpy.inf, numpy.inf), strict=True))
        turns = numpy.column_stack([persons.who[:, 0], numpy.searchsorted(numpy.unique(facts.begin), last, side="right"),
                                    numpy.searchsorted(numpy.unique(facts.end), first)])
        _, one, which = numpy.unique(turns, axis=0, return_index=True, return_inverse=True)
        alike = [authority(world, Person(None, "", authorities=groups[persons.who[n, 0]]), (first[n], last[n]), facts)[sites]
                 for n in one]
        made[0] = numpy.array(alike).reshape(len(one), len(sites))[which.reshape(-1)]
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
            when = fading(first[able], last[able], numpy.full(len(able), confirmed.day[one]), parameters.cohort_days)
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
