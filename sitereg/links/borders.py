"""The size of a set after a few sites changed (links.renewal): its border is known, of the rest how much lies above it."""
import numpy

from sitereg.links.batch import PLACES
from sitereg.links.kernels import inner
from sitereg.links.shares import NEAR, SIDE, SURE

MANY = 96  # beyond which values are sorted as if nothing were known of their order

__all__ = ["among", "backed", "copied", "ordered", "risen", "side"]


@inner
def backed(x, one, other, whole, factor):
    """(share after the cohort, after the companions) of a site with this additive total."""
    middle = factor[0] * numpy.exp(x - whole) + one
    return middle, factor[1] * middle + other


@inner
def risen(near, gain):
    """By how much the space bar of a site rises as what each place gives grows; `near` is which part each has from then on."""
    whole = 1.0
    for m in range(PLACES):
        whole += near[m] * (gain[m] - 1)
    for m in range(PLACES):
        near[m] *= gain[m] / whole
    return numpy.log(whole) if whole != 1.0 else 0.0


@inner
def copied(out, given):
    """The one is as the other."""
    for k in range(len(given)):
        out[k] = given[k]


@inner
def among(site, change):
    """The position of a site among the few that changed, -1 where it is not one of them."""
    for c in range(len(change.site)):
        if change.site[c] == site and change.changed[c]:
            return c
    return -1


@inner
def ordered(value, site, many):
    """The order of the first `many` values, the greatest first; what is equal but for rounding in the order of the sites."""
    order = numpy.argsort(-value[:many], kind="mergesort") if many > MANY else nearly(value, many)
    for k in range(1, many):
        at = k
        while at > 0 and site[order[at]] < site[order[at - 1]] and value[order[at]] >= value[order[at - 1]] * (1 - SURE):
            order[at], order[at - 1] = order[at - 1], order[at]
            at -= 1
    return order


@inner
def nearly(value, many):
    """The same of values that mostly stand in their order."""
    order = numpy.arange(many)
    for k in range(1, many):
        one, at = order[k], k
        while at > 0 and value[order[at - 1]] < value[one]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = one
    return order


@inner
def side(held, n, level, change, whole, rest, grown, low, high, share, answer):
    """Whether the size of a set is proven; it is in the answer, what lies at its border is kept. rest: c1 before."""
    factor, few, above, many = held.factor[n], len(change.site), held.above[n, level], 0
    where, value, kept = numpy.empty(SIDE + few, numpy.int64), numpy.empty(SIDE + few), numpy.empty((SIDE + few, 3 + PLACES))
    edged, gone = numpy.zeros(SIDE + few, numpy.bool_), numpy.zeros(few, numpy.bool_)
    for k in range(SIDE):
        if held.side_site[n, level, k] < 0:
            break
        c = among(held.side_site[n, level, k], change)
        if c >= 0:
            gone[c] = True
            continue
        where[many] = held.side_site[n, level, k]
        copied(kept[many], held.side[n, level, k])
        kept[many, 0] += change.lift[n] + risen(kept[many, 3:], change.gain[n])
        kept[many, 1] *= change.shrink[n]
        _, value[many] = backed(kept[many, 0], kept[many, 1], kept[many, 2], whole, factor)
        many += 1
    if not left(held, n, level, change, rest, gone):
        return False
    for m in range(PLACES):
        above[0] += (change.gain[n, m] - 1) * above[3 + m]
        above[3 + m] *= change.gain[n, m] * grown
    above[0] *= grown
    above[1] *= change.shrink[n]
    held.low[n, level] *= high
    held.high[n, level] *= low
    for c in range(few):
        if change.flags[n, c] or not (change.moved[c] or change.changed[c]):
            continue
        kept[many, 0], kept[many, 1], kept[many, 2] = change.part[n, c].sum(), change.cohort[n, c], change.companion[n, c]
        kept[many, 3:] = change.near[n, c]
        if not change.moved[c] and held.above_many[n, level] > 0 and share[c] >= held.high[n, level]:
            held.above_many[n, level] += 1
            above[0] += numpy.exp(kept[many, 0] - whole)
            above[1:3] += kept[many, 1:3]
            above[3:] += numpy.exp(kept[many, 0] - whole) * kept[many, 3:]
            continue
        where[many], value[many], edged[many] = change.site[c], share[c], change.moved[c]
        many += 1
    order = ordered(value, where, many)
    size = reached(held, n, level, change, answer[3][n], value[order])
    answer[4][n, level, 0] = size
    next_to(held, n, level, order, where, value, kept, edged)
    return size >= 0 and held.low[n, level] < held.high[n, level]


@inner
def left(held, n, level, change, rest, gone):
    """Whether it is sure on which side of the border the changed sites were; of those above it nothing is counted any more."""
    for c in range(len(change.site)):
        if not change.changed[c] or change.moved[c] or change.was[n, c] or gone[c]:
            continue
        middle, _ = backed(change.before[n, c], change.cohort_was[n, c], 0.0, held.whole[n], (rest, 1.0))
        old = held.factor[n, 1] * middle + change.companion[n, c]
        over = old >= held.high[n, level] * (1 - NEAR)
        if over == (old <= held.low[n, level] * (1 + NEAR)):
            return False
        if over:
            held.above_many[n, level] -= 1
            held.above[n, level, 0] -= numpy.exp(change.before[n, c] - held.whole[n])
            held.above[n, level, 1] -= change.cohort_was[n, c]
            held.above[n, level, 2] -= change.companion[n, c]
            held.above[n, level, 3:] -= numpy.exp(change.before[n, c] - held.whole[n]) * change.near_was[n, c]
    return True


@inner
def next_to(held, n, level, order, where, value, kept, edged):
    """What lies at the border is kept, as far as there is room and it surpasses what is not kept."""
    held.side_site[n, level], at, least = -1, 0, held.low[n, level]
    for m in order:
        if edged[m] or value[m] <= least:
            continue
        if at == SIDE:
            held.low[n, level] = value[m]
            break
        held.side_site[n, level, at] = where[m]
        copied(held.side[n, level, at], kept[m])
        at += 1


@inner
def reached(held, n, level, change, p, value):
    """How many sites the set of a level holds; -1 where it is not proven. value: the shares at the border, in their order."""
    goal, before, rank, above = change.levels[level], 0, held.above_many[n, level], held.above[n, level]
    least, most, factor = held.low[n, level], held.high[n, level], held.factor[n]
    while before < len(p) and p[before] >= change.unlisted:
        before += 1
    if before == len(p):
        return -1
    whole = (1 - change.unlisted) * (factor[1] * (factor[0] * above[0] + above[1]) + above[2])
    passed = rank > before
    whole += change.unlisted if passed else 0.0
    if rank and whole >= goal - NEAR:
        return -1
    for k in range(len(value) + 1):
        if not passed and rank == before:
            whole, passed = whole + change.unlisted, True
            if abs(whole - goal) < NEAR:
                return -1
            if whole >= goal:
                return rank
        if k == len(value) or value[k] <= least * (1 + SURE):
            return -1
        whole, rank = whole + (1 - change.unlisted) * value[k], rank + 1
        if abs(whole - goal) < NEAR:
            return -1
        if whole >= goal:
            return rank if value[k] < most * (1 - SURE) or not held.above_many[n, level] else -1
    return -1
