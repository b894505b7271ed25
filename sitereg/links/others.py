"""What is known of others: how many were at a site then, where neighbours of the same days were, where the companions were.

All counts are of confirmed links, less those of the person scored, of the whole group and of the companions.
"""
import numpy

from sitereg.links import space

__all__ = ["back_off", "cohort", "companions", "derived", "fading", "load", "neighbours", "shares"]


def fading(first, last, day, scale):
    """The mean of exp(-|t - day| / scale) over the days t from first to last, in closed form; NaN where a day is not known."""
    one, other = (first - day) / scale, (last - day) / scale
    if last - first < 1e-9:
        return numpy.exp(-numpy.abs(one))
    return (primitive(other) - primitive(one)) / (other - one)


def primitive(x):
    """The integral of exp(-|x|) from 0."""
    return -numpy.sign(x) * numpy.expm1(-numpy.abs(x))


def shares(confirmed):
    """The mass of each link: 1 for a person, in equal parts."""
    _, inverse, counts = numpy.unique(confirmed.person, return_inverse=True, return_counts=True)
    return 1.0 / counts[inverse] if len(confirmed) else numpy.empty(0)


def load(days, confirmed, count, parameters):
    """(w_load, links that count) of each site: many confirmed at about that time; without any day all count, with less weight.

    A link without a day counts as the mean of those with one. It reflects how well a site is documented.
    """
    dated = ~numpy.isnan(confirmed.day)
    power = parameters.load_power
    if days is None or not dated.any():
        weight, power = numpy.ones(len(confirmed)), parameters.load_power_undated
    else:
        weight = fading(*days, confirmed.day, parameters.load_days)
        weight[~dated] = weight[dated].mean()
    many = numpy.bincount(confirmed.site, weight, count)
    bar = power * numpy.log((many + parameters.load_add) / (many + parameters.load_add).mean())
    return numpy.clip(bar, -parameters.load_cap, parameters.load_cap), many


def derived(confirmed, known, least):
    """(sites, first day, last day) of the use that confirmed days show, where no period is known and `least` days are."""
    dated = ~numpy.isnan(confirmed.day)
    site, day = confirmed.site[dated], confirmed.day[dated]
    if not least or not len(site):
        return numpy.empty(0, int), numpy.empty(0), numpy.empty(0)
    first, last = numpy.full(len(known), numpy.inf), numpy.full(len(known), -numpy.inf)
    count = numpy.bincount(site, minlength=len(known))
    numpy.minimum.at(first, site, day)
    numpy.maximum.at(last, site, day)
    used = numpy.flatnonzero((count >= max(least, 2)) & ~known)
    beyond = (last[used] - first[used]) / (count[used] - 1)
    return used, first[used] - beyond, last[used] + beyond


def neighbours(event, confirmed, parameters):
    """How much each confirmed link counts as one of a neighbour of the same days: exp(-km / 5) exp(-days / 30), 0 if too little."""
    none = numpy.zeros(len(confirmed))
    if event is None or event.place is None:
        return none
    near = numpy.flatnonzero(~numpy.isnan(confirmed.day) & ~numpy.isnan(confirmed.lon))
    when = fading(*event.days, confirmed.day[near], parameters.cohort_days)
    least = numpy.exp(-parameters.cohort_reach)
    near, when = near[when >= least], when[when >= least]
    lon, lat, radius = space.middle(*event.place)
    km = space.sphere_km(lon, lat, confirmed.lon[near], confirmed.lat[near])
    scale = parameters.cohort_km
    where = numpy.exp(space.blurred(numpy.log1p(km / scale), numpy.hypot(radius, confirmed.radius_m[near] / 1000),
                                    ("exponential", scale, 1.0)))
    none[near] = numpy.where(where * when >= least, where * when, 0)
    return none


def cohort(event, confirmed, share, count, parameters):
    """K of each site: where neighbours of the same days were."""
    return numpy.bincount(confirmed.site, neighbours(event, confirmed, parameters) * share, count)


def companions(person, confirmed, share, count):
    """V of each site: where those taken together with the person were, by confidence."""
    made = numpy.zeros(count)
    for number, confidence in sorted(person.companions):
        mine = (confirmed.person == number) & (number != person.number)
        made += numpy.bincount(confirmed.site[mine], confidence * share[mine], count)
    return made


def back_off(counts, prior, logp):
    """ln(p1 / p0) with p1 = (counts + prior p0) / (sum + prior); exactly 0 without any count."""
    total = counts.sum()
    if not total:
        return numpy.zeros(len(counts))
    return numpy.log(counts * numpy.exp(-logp) + prior) - numpy.log(total + prior)
