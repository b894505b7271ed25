"""The inner loops of the engine, compiled once a machine (numba keeps them) and free of Python's lock. Each says what it equals.

Every loop runs in one fixed order over the sites, so the same inputs give the same bits on any number of cores.
"""
import numba
import numpy

SPHERE_KM = 6371.0088
STEPS = 64 * 40

__all__ = ["chance", "combine", "counts", "expected", "neighbours", "select", "sizes", "weigh", "whole"]

compiled = numba.njit(cache=True, nogil=True, error_model="numpy")


@compiled
def kilometres(chord2):
    """Kilometres on the sphere by the square of the chord on the unit sphere: as exact near by as far away."""
    return 2 * SPHERE_KM * numpy.arcsin(min(numpy.sqrt(chord2) / 2, 1.0))


@compiled
def read(table, v, step):
    """numpy.interp on a grid of equal steps that begins at 0."""
    n = min(int(v / step), len(table) - 2)
    return table[n] + (table[n + 1] - table[n]) * min(v / step - n, 1.0)


@compiled
def bent(curve, q, step):
    """A curve of links.curves at the square of a chord; step = the bits of q that tell which piece it lies in."""
    piece = curve[step]
    t = (q - piece[0]) * piece[1] - 1
    return piece[2] + t * (piece[3] + t * (piece[4] + t * (piece[5] + t * (piece[6] + t * piece[7]))))


@compiled
def expected(nodes, sites, weight, start, which, tables, step, d0, g, curves, first):
    """space.expected: E[k] between one place (nodes on the unit sphere) and each site; NaN where a site has no place.

    curves: links.curves of k and of ln(1 + km / d0), whose first piece has the number `first`; what lies beyond them is exact.
    """
    made = numpy.full(len(start) - 1, numpy.nan)
    q = numpy.empty(len(nodes))
    bits, pieces = q.view(numpy.int64), len(curves[0])
    for s in range(len(made)):
        if start[s] == start[s + 1]:
            continue
        total = 0.0
        for m in range(start[s], start[s + 1]):
            for n in range(len(nodes)):
                q[n] = (nodes[n, 0] - sites[m, 0]) ** 2 + (nodes[n, 1] - sites[m, 1]) ** 2 + (nodes[n, 2] - sites[m, 2]) ** 2
            part = 0.0
            for n in range(len(nodes)):
                at = (bits[n] >> 46) - first
                near = 0 <= at < pieces
                if near and which[m] < 0:
                    part += bent(curves[0], q[n], at)
                    continue
                v = bent(curves[1], q[n], at) if near else numpy.log1p(kilometres(q[n]) / d0)
                part += numpy.exp(-g * v if which[m] < 0 else read(tables[which[m]], v, step))
            total += part * weight[m]
        made[s] = total / len(nodes)
    return made


@compiled
def chance(moment, site, start, within, beyond, begin, end, share, limits, likelihood, count):
    """exp h of one moment, the best period of each site, its uncertain ends averaged; 1 where no period is known.

    within (n, 2): the days that surely lie in a period; beyond (n, 2): those that surely are of the last step are outside of it.
    """
    made, last = numpy.ones(count), -1
    for n in range(len(site)):
        if within[n, 0] <= moment <= within[n, 1]:
            total = likelihood[0]
        elif moment < beyond[n, 0] or moment > beyond[n, 1]:
            total = likelihood[-1]
        else:
            total = 0.0
            for m in range(start[n], start[n + 1]):
                gap = numpy.ceil(max(begin[m] - moment, moment - end[m], 0.0))
                step = 0
                while limits[step] < gap:
                    step += 1
                total += likelihood[step] * share[m]
        made[site[n]] = total if site[n] != last else max(made[site[n]], total)
        last = site[n]
    return made


@compiled
def counts(moment, day, start, before, after, scale):
    """(sum of exp(-|t - day| / scale), its integral from some day on / scale) of the days of each site.

    day is sorted within a site; before and after are the fading sums up to and from each of its days on. The mean over an interval
    is scale times the difference of the integrals at its ends, over its length.
    """
    now, integral = numpy.zeros(len(start) - 1), numpy.zeros(len(start) - 1)
    for s in range(len(now)):
        first, last = start[s], start[s + 1]
        n = first + numpy.searchsorted(day[first:last], moment, side="right")
        left = before[n - 1] * numpy.exp(-(moment - day[n - 1]) / scale) if n > first else 0.0
        right = after[n] * numpy.exp(-(day[n] - moment) / scale) if n < last else 0.0
        now[s] = left + right
        integral[s] = right - left + 2.0 * (n - first)
    return now, integral


@compiled
def fading(first, last, day, scale):
    """others.fading for one day."""
    one, other = (first - day) / scale, (last - day) / scale
    if last - first < 1e-9:
        return numpy.exp(-abs(one))
    return (-numpy.sign(other) * numpy.expm1(-abs(other)) + numpy.sign(one) * numpy.expm1(-abs(one))) / (other - one)


@compiled
def neighbours(place, first, last, links, radius, days, site, share, gone, tables, reach2, which, step, km, scale, least, count):
    """others.cohort: K of each site from the links (sorted by day) that are no one's of `gone`; reach2: how far each table goes."""
    made = numpy.zeros(count)
    wide = -scale * numpy.log(least) * (1 + 1e-9) + 1e-6
    for n in range(numpy.searchsorted(days, first - wide), numpy.searchsorted(days, last + wide, side="right")):
        other = links[n]
        chord2 = (place[0] - other[0]) ** 2 + (place[1] - other[1]) ** 2 + (place[2] - other[2]) ** 2
        if chord2 > reach2[which[radius[n]]]:
            continue
        when = fading(first, last, days[n], scale)
        if when < least:
            continue
        v = numpy.log1p(kilometres(chord2) / km)
        table = which[radius[n]]
        where = numpy.exp(-numpy.expm1(v) if table == 0 else read(tables[table], v, step))
        if where * when < least:
            continue
        own = False
        for one in gone:
            own = own or one == n
        if not own:
            made[site[n]] += where * when * share[n]
    return made


@compiled
def whole(total):
    """ln of the sum of exp(total)."""
    top = total[0]
    for s in range(1, len(total)):
        top = max(top, total[s])
    made = 0.0
    for s in range(len(total)):
        made += numpy.exp(total[s] - top)
    return top + numpy.log(made)


@compiled
def combine(bars, mentioned, says, kappa, total):
    """total = the sum of the additive bars (space to transfer) in their order, each times its exponent; an empty bar is 0."""
    for s in range(len(total)):
        total[s] = bars[0][s] * kappa[0]
    for n in range(1, 5):
        if len(bars[n]):
            for s in range(len(total)):
                total[s] += bars[n][s] * kappa[n]
    for n in range(len(mentioned)):
        total[mentioned[n]] += says[n] * kappa[5]
    if len(bars[5]):
        for s in range(len(total)):
            total[s] += bars[5][s] * kappa[6]


@compiled
def weigh(total, p, unlisted):
    """p = (1 - unlisted) softmax(total); answers ln of the sum of exp(total)."""
    top = total[0]
    for s in range(1, len(total)):
        top = max(top, total[s])
    whole = 0.0
    for s in range(len(total)):
        p[s] = numpy.exp(total[s] - top)
        whole += p[s]
    for s in range(len(total)):
        p[s] = (1 - unlisted) * (p[s] / whole)
    return top + numpy.log(whole)


@compiled
def select(total, flags, never, k):
    """The first k of batch.order: what has a flag of `never` is no candidate; -1 where there are no more."""
    found = numpy.full(k, -1)
    held = 0
    for s in range(len(total)):
        n = held if held < k else k - 1
        if flags[s] & never or (held == k and not ahead(total, flags, s, found[n])):
            continue
        while n > 0 and ahead(total, flags, s, found[n - 1]):
            found[n] = found[n - 1]
            n -= 1
        found[n] = s
        held = min(held + 1, k)
    return found


@compiled
def ahead(total, flags, one, other):
    """Whether one site comes before another that stands before it in the order of the sites."""
    if (flags[one] != 0) != (flags[other] != 0):
        return flags[one] == 0
    return total[one] > total[other]


@compiled
def sizes(p, flags, unlisted, levels, made):
    """score.sets: how many sites hold the truth with each level, and whether the one not listed is an option too.

    The options are counted by the size of p, 64 steps to a doubling; only those of the step in which a level is reached are sorted.
    """
    before, reached = 0, True
    options = numpy.empty(len(p) + 1)
    held = 0
    for s in range(len(p)):
        if flags[s] == 0:
            options[held] = p[s]
            held += 1
            before += p[s] >= unlisted
    options[held] = unlisted
    options = options[:held + 1]
    step = options.view(numpy.int64) >> 46
    top = step.max()
    many, mass = numpy.zeros(STEPS, numpy.int64), numpy.zeros(STEPS)
    for n in range(len(options)):
        at = min(top - step[n], STEPS - 1)
        many[at] += 1
        mass[at] += options[n]
    for level in range(len(levels)):
        at, ahead_of, whole = 0, 0, 0.0
        while at < STEPS - 1 and whole + mass[at] < levels[level] - 1e-12:
            ahead_of += many[at]
            whole += mass[at]
            at += 1
        if at == STEPS - 1:
            reached = False
            break
        for one in -numpy.sort(-options[step == top - at]):
            whole += one
            if whole >= levels[level] - 1e-12:
                break
            ahead_of += 1
        made[level, 0], made[level, 1] = (ahead_of, 1) if ahead_of >= before else (ahead_of + 1, 0)
    if not reached:
        fill_at(numpy.concatenate((-numpy.sort(-p[flags == 0]), -numpy.sort(-p[flags != 0]))), before, unlisted, levels, made)


@compiled
def fill_at(near, before, unlisted, levels, made):
    """The sizes where the option not listed comes after `before` sites."""
    level, whole = 0, 0.0
    for n in range(len(near) + 1):
        whole += unlisted if n == before else near[n if n < before else n - 1]
        while level < len(levels) and whole >= levels[level] - 1e-12:
            made[level, 0], made[level, 1] = (n, 1) if n >= before else (n + 1, 0)
            level += 1
        if level == len(levels):
            return True
    while level < len(levels):
        made[level, 0], made[level, 1] = len(near), 1
        level += 1
    return False
