"""The answers of persons after a few sites changed, from what links.shares keeps of them: exact, or said to be not proven."""
from collections import namedtuple

import numpy

from sitereg.links.batch import PLACES
from sitereg.links.borders import among, backed, copied, ordered, risen, side
from sitereg.links.kernels import compiled, inner
from sitereg.links.shares import LEFT, PLAIN, SURE

Change = namedtuple("Change", "site changed moved before part cohort_was cohort companion was flags lift shrink rest same edges "
                    "out share unlisted levels first near_was near gain loose")

__all__ = ["Change", "renew"]


@compiled
def renew(held, change, answer, proven, light):
    """Row n of the answer (site, parts, total, p, sets, leans, near) and of `held` is that of the changed world where proven[n].

    change: the few sites (positions, ascending), which of them changed, which remains were moved from or to; for each person
    their additive totals before, their seven additive bars now, K and V over sum and prior (m1 before and now, m2), flags before
    and now, by how much the load of every other site rises, what the cohort leaves now (c1) and in which ratio that is to before,
    and whether nothing of all that is new: such a row is left as it is. near_was, near: which part each place has in a site; gain:
    by which factor what each place gives to every other site grows; loose: some site has no place, hence stands. light: the same
    sites in the same order, none of which changed: all that is new follows from W, the lift and the gain.
    """
    few = len(change.site)
    much, share, split = numpy.empty(few), numpy.empty(few), numpy.empty(PLACES)
    for n in range(len(held.whole)):
        proven[n] = False
        if held.lost[n] or change.same[n]:
            proven[n] = not held.lost[n]
            continue
        ratio = weighed(held, n, change, split)
        if ratio <= 0:
            held.lost[n] = 1
            continue
        whole, grown = held.whole[n] + numpy.log(ratio), numpy.exp(change.lift[n]) / ratio
        least, most = gains(change, n)
        low, high = between(held.factor[n], grown * least, grown * most, change.shrink[n])
        rest, held.factor[n, 0] = held.factor[n, 0], change.rest[n]
        shares(n, change, whole, held.factor[n], much, share)
        order = best(held, n, change, whole, share, high, answer, light)
        sure = order and plain(held, n, change, whole, (grown * least, grown * most), most, share, much, answer)
        for level in range(2):
            sure = sure and side(held, n, level, change, whole, rest, grown, low, high, share, answer)
        held.whole[n], held.split[n] = whole, split
        held.lift[n] = held.lift[n] + change.lift[n] if light[n] else 0.0
        held.gain[n] = held.gain[n] * change.gain[n] if light[n] else numpy.ones(PLACES)
        if not sure:
            held.lost[n] = 1
        proven[n] = sure


@inner
def weighed(held, n, change, split):
    """W after the change over W before it; 0 where too little stays to be told exactly. split: which part each place has."""
    stays, comes, rise = 1.0, 0.0, numpy.exp(change.lift[n])
    split[:] = held.split[n]
    for c in range(len(change.site)):
        if change.changed[c]:
            gone = numpy.exp(change.before[n, c] - held.whole[n])
            stays -= gone
            comes += numpy.exp(change.part[n, c].sum() - held.whole[n])
            split -= gone * change.near_was[n, c]
    if stays <= LEFT:
        return 0.0
    ratio = rise * stays + comes
    for m in range(PLACES):
        ratio += rise * (change.gain[n, m] - 1) * split[m]
    split *= rise * change.gain[n]
    for c in range(len(change.site)):
        if change.changed[c]:
            split += numpy.exp(change.part[n, c].sum() - held.whole[n]) * change.near[n, c]
    split /= ratio
    return ratio


@inner
def gains(change, n):
    """Between which factors lies what the places give to a site of which nothing changed."""
    least, most = change.gain[n].min(), change.gain[n].max()
    return (min(least, 1.0), max(most, 1.0)) if change.loose else (least, most)


@inner
def between(factor, least, most, shrink):
    """Between which factors the share of a site lies of which nothing changed: x / W, what neighbours and what companions add."""
    low, high = least * shrink, most * shrink
    if factor[0] < 1:
        low, high = min(low, shrink), max(high, shrink)
    if factor[1] < 1:
        low, high = min(low, 1.0), max(high, 1.0)
    return low, high


@inner
def shares(n, change, whole, factor, much, share):
    """The share of each of the few before remains are moved on (much), and after it."""
    for c in range(len(change.site)):
        _, much[c] = backed(change.part[n, c].sum(), change.cohort[n, c], change.companion[n, c], whole, factor)
        share[c] = much[c] * (1 - change.share if change.out[c] > 0 else 1.0)
    for m in range(len(change.edges)):
        start, end = change.edges[m]
        share[end] += change.share * much[start] / change.out[start]


@inner
def best(held, n, change, whole, share, high, answer, light):
    """Whether the best sites are proven; they and their bars are in the answer and kept."""
    top, room = answer[0].shape[1], held.site.shape[1] + len(change.site)
    where, value, part = numpy.empty(room, numpy.int64), numpy.empty(room), numpy.zeros((room, 9 + PLACES))
    column, was, many = numpy.full(room, -1), numpy.full(room, -1), 0
    light[n] = change.shrink[n] == 1 and not held.mixed[n]
    for k in range(held.site.shape[1]):
        if held.site[n, k] < 0:
            break
        if among(held.site[n, k], change) >= 0:
            continue
        where[many], was[many] = held.site[n, k], k
        copied(part[many], held.part[n, k])
        part[many, 0] += risen(part[many, 9:], change.gain[n])
        part[many, 2] += change.lift[n]
        part[many, 7] *= change.shrink[n]
        _, value[many] = backed(part[many, :7].sum(), part[many, 7], part[many, 8], whole, held.factor[n])
        many += 1
    for c in range(len(change.site)):
        if not change.flags[n, c] and (change.changed[c] or change.moved[c]):
            where[many], value[many], column[many] = change.site[c], share[c], c
            part[many, :7], part[many, 7], part[many, 8] = change.part[n, c], change.cohort[n, c], change.companion[n, c]
            part[many, 9:] = change.near[n, c]
            many += 1
    held.rest[n] *= high
    order = ordered(value, where, many)
    if many < top or value[order[top - 1]] <= held.rest[n] * (1 + SURE):
        return False
    held.mixed[n] = 0
    for k in range(top):
        m = order[k]
        light[n] = light[n] and was[m] == k
        if column[m] >= 0 and change.moved[column[m]]:
            held.mixed[n] = 1
        told(k, where[m], value[m], part[m], column[m] >= 0 and change.moved[column[m]], whole, held.factor[n], change, n, answer)
    stay(held, n, change, order, where, value, part, column)
    return True


@inner
def told(k, where, value, part, edged, whole, factor, change, n, answer):
    """Place k of person n in the answer is this site's."""
    site, parts, total, p, _, _, near = answer
    copied(near[n, k], part[9:])
    middle, after = backed(part[:7].sum(), part[7], part[8], whole, factor)
    site[n, k] = where
    copied(parts[n, k], part[:7])
    parts[n, k, 7] = numpy.log(middle) - (part[:7].sum() - whole) if factor[0] < 1 else 0.0
    parts[n, k, 8] = numpy.log(after / middle) if factor[1] < 1 else 0.0
    parts[n, k, 9] = numpy.log(value / after) if edged else 0.0
    total[n, k] = summed(parts[n, k])
    p[n, k] = (1 - change.unlisted) * value


@inner
def stay(held, n, change, order, where, value, part, column):
    """The best sites in this order are kept, as far as there is room and they surpass what is not kept."""
    held.site[n], at, rest = -1, 0, held.rest[n]
    for m in order:
        if value[m] <= rest or (column[m] >= 0 and change.moved[column[m]]):
            continue
        if at == held.site.shape[1]:
            held.rest[n] = value[m]
            break
        held.site[n, at] = where[m]
        copied(held.part[n, at], part[m])
        at += 1


@inner
def summed(part):
    """The bars added in their order."""
    made = part[0]
    for k in range(1, len(part)):
        made += part[k]
    return made


@inner
def plain(held, n, change, whole, grown, most, share, much, answer):
    """Whether the first of the order without load and cohort are proven; the answer tells whether they are others."""
    few, first, many = len(change.site), change.first, 0
    where, value, kept = numpy.empty(PLAIN + few, numpy.int64), numpy.empty(PLAIN + few), numpy.empty((PLAIN + few, 4 + PLACES))
    edged = numpy.zeros(PLAIN + few, numpy.bool_)
    for k in range(PLAIN):
        if held.plain_site[n, k] < 0:
            break
        if among(held.plain_site[n, k], change) < 0:
            where[many] = held.plain_site[n, k]
            copied(kept[many], held.plain[n, k])
            more = risen(kept[many, 4:], change.gain[n])
            kept[many, 0] += more
            kept[many, 1] += change.lift[n] + more
            kept[many, 2] *= change.shrink[n]
            many += 1
    for c in range(few):
        if not change.flags[n, c] and (change.changed[c] or change.moved[c]):
            where[many], edged[many], kept[many, 1] = change.site[c], change.moved[c], change.part[n, c].sum()
            kept[many, 0] = kept[many, 1] - change.part[n, c, 2] + (numpy.log(share[c] / much[c]) if change.moved[c] else 0.0)
            kept[many, 2], kept[many, 3], kept[many, 4:] = change.cohort[n, c], change.companion[n, c], change.near[n, c]
            many += 1
    for m in range(many):
        middle, after = backed(kept[m, 1], kept[m, 2], kept[m, 3], whole, held.factor[n])
        value[m] = kept[m, 0] + numpy.log(after / middle)
    held.plain_rest[n] += numpy.log(most)
    if held.factor[n, 1] < 1:
        wide = max(abs(numpy.log(grown[0])), abs(numpy.log(grown[1])))
        held.plain_rest[n] += wide + abs(numpy.log(change.shrink[n])) + abs(change.lift[n])
    found = ordered(numpy.exp(value[:many] - value[:many].max()), where, many)
    if many < first or value[found[first - 1]] <= held.plain_rest[n] + SURE * 100:
        return False
    answer[5][n] = others(answer[0][n, :first], where, found)
    held.plain_site[n], at, rest = -1, 0, held.plain_rest[n]
    for m in found:
        if edged[m] or value[m] <= rest:
            continue
        if at == PLAIN:
            held.plain_rest[n] = value[m]
            break
        held.plain_site[n, at] = where[m]
        copied(held.plain[n, at], kept[m])
        at += 1
    return True


@inner
def others(sites, where, found):
    """Whether one of the sites is not among as many that were found first."""
    for one in sites:
        there = False
        for m in range(len(sites)):
            there = there or where[found[m]] == one
        if not there:
            return True
    return False
