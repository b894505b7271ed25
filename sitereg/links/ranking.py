"""Persons ranked one after the other, compiled: every bar of every site, the best, how many hold the truth. Equals links.score.

`asked` (links.asked) says what is asked of some persons, `shared` what is the same for all of a world. Sites and sums are taken in
one fixed order, so a person's bits hang on the person and the world alone, not on who stands beside.
"""
from collections import namedtuple

import numpy

from sitereg.links import uses
from sitereg.links.counted import dated, faded, lasting, spread, undated
from sitereg.links.kernels import compiled, fading, inner, kilometres, ln, most, raised, read, select, sizes, summed

Shared = namedtuple("Shared", "uses counted near built ended moved edges out share kappa cohort_prior companion_prior unlisted "
                    "levels never first")
Scratch = namedtuple("Scratch", "bars says total plain weight p flags made site few sums best mass")

__all__ = ["Shared", "emptied", "one", "rank"]


@compiled
def rank(asked, shared, room):
    """Each row of the room (site, parts, total, p, sets, leans) is the answer about one person."""
    scratch = emptied(shared, room)
    for n in range(len(asked.first)):
        one(asked, n, shared, scratch, room)


@inner
def emptied(shared, room):
    """A Scratch for this room."""
    count, links = len(shared.built), len(shared.counted.active)
    rows = numpy.empty((4, count))
    return Scratch(numpy.empty((10, count)), numpy.zeros(10, numpy.bool_), rows[0], rows[1], rows[2], rows[3],
                   numpy.empty(count, numpy.uint8), numpy.zeros(count), numpy.empty(count, numpy.int64), numpy.empty(links),
                   numpy.empty((5, links)), numpy.full((2, max(room[0].shape[1], shared.first)), -1), numpy.zeros(2))


@inner
def one(asked, n, shared, scratch, room):
    """Row n of the room is the answer about person n; what it rests on is in the scratch."""
    first, last, gone = asked.first[n], asked.last[n], asked.gone[asked.gone_start[n]:asked.gone_start[n + 1]]
    space(asked, n, scratch)
    uses.in_use(first, last, shared.uses, scratch.bars[1])
    for m in range(asked.instead_start[n], asked.instead_start[n + 1]):
        scratch.bars[1, asked.instead_site[m]] = asked.instead[m]
    load(first, last, gone, shared.counted, scratch)
    combine(asked, n, shared.kappa, scratch)
    base = weighed(scratch)
    for bar, prior in ((7, shared.cohort_prior), (8, shared.companion_prior)):
        held = around(asked, n, gone, shared.near, scratch) if bar == 7 else together(asked, n, scratch)
        base = back_off(bar, held, prior, shared.kappa[bar], base, scratch)
    moved_on(shared, base, scratch)
    chances(asked.latest[n], asked.alive[n], shared, scratch)
    answer(asked, n, shared, scratch, room)
    sizes(scratch.p, scratch.flags, shared.unlisted, shared.levels, room[4][n])


@inner
def weighed(scratch):
    """weight = exp(total - base) of every site; answers the base."""
    base = most(scratch.total)
    for s in range(len(scratch.total)):
        scratch.weight[s] = raised(scratch.total[s] - base)
    return base


@inner
def chances(latest, alive, shared, scratch):
    """p, flags, and the total without load and cohort."""
    if scratch.says[8]:
        for s in range(len(scratch.plain)):
            scratch.plain[s] += scratch.bars[8, s]
    if scratch.says[9]:
        for s in shared.moved:
            scratch.plain[s] += scratch.bars[9, s]
    whole = summed(scratch.weight)
    for s in range(len(scratch.p)):
        scratch.p[s] = (1 - shared.unlisted) * (scratch.weight[s] / whole)
    for s in range(len(scratch.flags)):
        scratch.flags[s] = (1 if shared.built[s] > latest else 0) + (2 if shared.ended[s] < alive else 0)


@inner
def answer(asked, n, shared, scratch, room):
    """What the room keeps of person n."""
    site, parts, total, p, _, leans = room
    held = min(select(scratch.total, scratch.flags, shared.never, scratch.best[0]), site.shape[1])
    for k in range(held):
        s = scratch.best[0, k]
        site[n, k], total[n, k], p[n, k] = s, scratch.total[s], scratch.p[s]
        for bar in (0, 1, 2, 6):
            parts[n, k, bar] = scratch.bars[bar, s] * shared.kappa[bar] if scratch.says[bar] else 0.0
        for bar in (7, 8, 9):
            parts[n, k, bar] = scratch.bars[bar, s] if scratch.says[bar] else 0.0
        parts[n, k, 3] = asked.standing[asked.authority[n], s] * shared.kappa[3]
        parts[n, k, 4] = asked.standing[asked.fits[n], s] * shared.kappa[4]
        for m in range(asked.mention_start[n], asked.mention_start[n + 1]):
            if asked.mention_site[m] == s:
                parts[n, k, 5] = asked.mention[m] * shared.kappa[5]
    select(scratch.plain, scratch.flags, shared.never, scratch.best[1, :shared.first])
    leans[n] = False
    for k in range(shared.first):
        found = False
        for one in scratch.best[1, :shared.first]:
            found = found or one == scratch.best[0, k]
        leans[n] = leans[n] or not found


@inner
def space(asked, n, scratch):
    """w_space and w_transfer (score.mixture) of person n."""
    near, onward = scratch.bars[0], scratch.bars[6]
    first, last = asked.place_start[n], asked.place_start[n + 1]
    scratch.says[:3] = True
    scratch.says[6] = False
    near[:] = 0.0
    for m in range(first, last):
        scratch.says[6] = scratch.says[6] or asked.law[m] >= 0
        by_place, weight = asked.near[asked.place[m]], asked.weight[m]
        for s in range(len(near)):
            near[s] += weight * by_place[s]
    if scratch.says[6]:
        onward[:] = 0.0
        for m in range(first, last):
            law, weight = asked.near[asked.law[m] if asked.law[m] >= 0 else asked.place[m]], asked.weight[m]
            for s in range(len(onward)):
                onward[s] += weight * law[s]
    if first < last:
        for s in range(len(near)):
            near[s] = ln(near[s])
    if scratch.says[6]:
        for s in range(len(near)):
            onward[s] = ln(onward[s]) - near[s]


@inner
def load(first, last, gone, counted, scratch):
    """w_load (others.load) without the confirmed links `gone`."""
    left, power, many = dated(gone, counted), counted.power, scratch.few
    if numpy.isnan(first) or left == 0:
        power = counted.power_undated
        undated(gone, counted, many)
    else:
        faded(first, last, counted, scratch.sums, many)
        lasting(first, last, gone, left, counted, many)
    spread(power, counted, many, scratch.bars[2])


@inner
def combine(asked, n, kappa, scratch):
    """total = the sum of the bars from space to transfer, each times its exponent, in their order; plain: the same without load."""
    total, plain, bars = scratch.total, scratch.plain, scratch.bars
    authority, fits = asked.standing[asked.authority[n]], asked.standing[asked.fits[n]]
    for s in range(len(total)):
        made = bars[0, s] * kappa[0] + bars[1, s] * kappa[1]
        total[s] = made + bars[2, s] * kappa[2] + authority[s] * kappa[3] + fits[s] * kappa[4]
        plain[s] = made + authority[s] * kappa[3] + fits[s] * kappa[4]
    for m in range(asked.mention_start[n], asked.mention_start[n + 1]):
        total[asked.mention_site[m]] += asked.mention[m] * kappa[5]
        plain[asked.mention_site[m]] += asked.mention[m] * kappa[5]
    if scratch.says[6]:
        for s in range(len(total)):
            total[s] += bars[6, s] * kappa[6]
            plain[s] += bars[6, s] * kappa[6]


@inner
def around(asked, n, gone, near, scratch):
    """How many sites are in scratch.site, with K of each (others.cohort, without the links `gone`) in scratch.made."""
    held = 0
    if asked.which[n] < 0 or numpy.isnan(asked.first[n]):
        return held
    first, last, x, y, z = asked.first[n], asked.last[n], asked.where[n, 0], asked.where[n, 1], asked.where[n, 2]
    which = asked.tables[asked.which[n]]
    wide = -near.scale * numpy.log(near.least) * (1 + 1e-9) + 1e-6
    for m in range(numpy.searchsorted(near.when, first - wide), numpy.searchsorted(near.when, last + wide, side="right")):
        table = which[near.radius[m]]
        chord2 = (x - near.place[m, 0]) ** 2 + (y - near.place[m, 1]) ** 2 + (z - near.place[m, 2]) ** 2
        if chord2 > asked.reach[table]:
            continue
        when = fading(first, last, near.when[m], near.scale)
        if when < near.least:
            continue
        v = numpy.log1p(kilometres(chord2) / near.km)
        where = numpy.exp(-numpy.expm1(v) if table == 0 else read(asked.stack[table], v, near.step))
        own = where * when < near.least
        for one in gone:
            own = own or near.at[one] == m
        if not own:
            held = counts(near.site[m], where * when * near.mass[m], held, scratch)
    return held


@inner
def together(asked, n, scratch):
    """The same with V of each site: where those taken together with person n were."""
    held = 0
    for m in range(asked.together_start[n], asked.together_start[n + 1]):
        held = counts(asked.together_site[m], asked.together[m], held, scratch)
    return held


@inner
def counts(site, mass, held, scratch):
    """More is counted at a site; how many sites are held now."""
    if scratch.made[site] == 0:
        scratch.site[held] = site
        held += 1
    scratch.made[site] += mass
    return held


@inner
def back_off(bar, held, prior, kappa, base, scratch):
    """others.back_off to the counts that are held: the bar is made and added to total; answers the base of the weights.

    weight = exp(total - base) of every site, before and after; the counts are 0 again.
    """
    many, total, step = 0.0, scratch.total, scratch.bars[bar]
    for m in range(held):
        many += scratch.made[scratch.site[m]]
    scratch.says[bar], scratch.mass[bar - 7] = many > 0, many / prior
    if many > 0:
        whole = base + numpy.log(summed(scratch.weight))
        elsewhere = (numpy.log(prior) - numpy.log(many + prior)) * kappa
        step[:] = elsewhere
        for m in range(held):
            s = scratch.site[m]
            step[s] = (numpy.log(scratch.made[s] * numpy.exp(whole - total[s]) + prior) - numpy.log(many + prior)) * kappa
        base += elsewhere
        for s in range(len(total)):
            total[s] += step[s]
        for m in range(held):
            scratch.weight[scratch.site[m]] = raised(total[scratch.site[m]] - base)
    for m in range(held):
        scratch.made[scratch.site[m]] = 0.0
    return base


@inner
def moved_on(shared, base, scratch):
    """The last bar (chain.moved), of the sites that remains were moved from or to, added to total and weight."""
    scratch.says[9] = len(shared.moved) > 0 and shared.share > 0
    if not scratch.says[9]:
        return
    whole, step, made = base + numpy.log(summed(scratch.weight)), scratch.bars[9], numpy.empty(len(shared.moved))
    step[:] = 0.0
    for m in range(len(made)):
        made[m] = numpy.exp(scratch.total[shared.moved[m]] - whole) * (1 - shared.share if shared.out[m] > 0 else 1.0)
    for m in range(len(shared.edges)):
        start, end = shared.edges[m]
        made[end] += shared.share * numpy.exp(scratch.total[shared.moved[start]] - whole) / shared.out[start]
    for m in range(len(made)):
        s = shared.moved[m]
        step[s] = numpy.log(made[m]) - (scratch.total[s] - whole)
    for s in shared.moved:
        scratch.total[s] += step[s]
        scratch.weight[s] = raised(scratch.total[s] - base)
