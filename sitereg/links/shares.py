"""What is kept of each person's answer, so that a few sites that changed cost a few sites: made by `take`, moved on by `renew`.

A share is p / (1 - unlisted) of a site before remains are moved on: share = c2 (c1 x / W + m1) + m2, with x = exp of the
additive bars, W their sum over all sites, c1 = 3 / (sum K + 3) and m1 = K / (sum K + 3) of the cohort, c2 and m2 alike of the
companions. Where x of a few sites changes, every other share is the same but for the factor of W: its order stands, but for
sites with K or V, whose shares move by less. Kept are W, the best sites with their bars, and the sites next to the border of
each set with what lies above; of all others only between which shares they lie. What these bounds do not prove is not answered:
that person is ranked whole.

Sites that remains were moved from or to are never kept: their shares are reckoned each time; `mixed`: one is among
the best. `lift`: by how much the load of all sites rose since the bars were last written.

x is a mixture over the places of the person's events, each over its mean of all candidates. A site that is new, gone or elsewhere
moves each mean by a factor of its own; so of every x that is kept, and of W, stands beside it which part each of the (at most
PLACES) places has in it, what has no place having none: the rest of 1, which no factor moves. `gain`: these factors since the bars
were last written.
"""
from collections import namedtuple

import numpy

from sitereg.links.batch import PLACES
from sitereg.links.kernels import compiled, inner, raised

BEST, PLAIN, BESIDE, SIDE = 8, 9, 8, 26  # kept beyond the best asked for; of the plain order; on each side of a border; room there
SURE, NEAR, LEFT = 1e-12, 1e-10, 1e-4
STEPS = 64 * 1100

Held = namedtuple("Held", "whole factor lift split gain site part rest plain_site plain plain_rest side_site side low high "
                  "above_many above mixed lost")
Mixed = namedtuple("Mixed", "near place weight known beyond")

__all__ = ["Held", "Mixed", "joined", "only", "portions", "renumbered", "room", "take"]


def room(n, top):
    """Held for n persons, nothing in it."""
    k = top + BEST
    return Held(numpy.zeros(n), numpy.ones((n, 2)), numpy.zeros(n), numpy.zeros((n, PLACES)), numpy.ones((n, PLACES)),
                numpy.full((n, k), -1, numpy.int32), numpy.zeros((n, k, 9 + PLACES)), numpy.zeros(n),
                numpy.full((n, PLAIN), -1, numpy.int32), numpy.zeros((n, PLAIN, 4 + PLACES)), numpy.zeros(n),
                numpy.full((n, 2, SIDE), -1, numpy.int32), numpy.zeros((n, 2, SIDE, 3 + PLACES)), numpy.zeros((n, 2)),
                numpy.zeros((n, 2)), numpy.zeros((n, 2), numpy.int32), numpy.zeros((n, 2, 3 + PLACES)),
                *numpy.zeros((2, n), numpy.uint8))


def joined(many):
    """Several, one behind the other."""
    return Held(*(numpy.concatenate(parts) for parts in zip(*many, strict=True)))


def only(held, chosen):
    """Those of a mask."""
    return Held(*(one[chosen] for one in held))


def renumbered(held, number):
    """The sites have these numbers now."""
    for name in ("site", "plain_site", "side_site"):
        one = getattr(held, name)
        one[one >= 0] = number[one[one >= 0]]


@compiled
def take(held, n, best, parts, total, plain, p, cohort, companion, masses, flags, moved, unlisted, levels, mixed):
    """Row n of `held` follows from a whole answer.

    best, parts: the best sites of select and their ten bars; total, plain, p, flags: of all sites; cohort, companion: those
    bars, or empty; masses: sum K over its prior and sum V over its prior; moved: which sites remains were moved from or to.
    mixed: the rows of nearness, which of them the person's places are and their weights, which sites have a place, the last bar.
    """
    factor = held.factor[n]
    factor[0], factor[1] = 1 / (masses[0] + 1), 1 / (masses[1] + 1)
    first = numpy.argmax(p)
    held.whole[n] = total[first] - numpy.log(p[first] / (1 - unlisted))
    held.lost[n], held.lift[n], held.gain[n] = 0, 0.0, 1.0
    share = p / (1 - unlisted)
    skip = (flags != 0) | moved
    parted(held, n, total, share, cohort, companion, mixed)
    kept_best(held, n, best, parts, share, flags, skip, factor, mixed)
    held.mixed[n] = moved[best[:len(best) - BEST]].any()
    kept_plain(held, n, total, plain, share, cohort, companion, skip, factor, mixed)
    for level in range(2):
        kept_side(held, n, level, levels[level], total, share, cohort, companion, flags, skip, factor, unlisted, mixed)


@inner
def portions(s, mixed, found):
    """found = which part each place has in the mixture of a site; nothing where the site has no place."""
    found[:], whole = 0.0, 0.0
    if mixed.known[s]:
        for m in range(len(mixed.place)):
            found[m] = mixed.weight[m] * mixed.near[mixed.place[m], s]
            whole += found[m]
        for m in range(len(mixed.place)):
            found[m] /= whole


@inner
def parted(held, n, total, share, cohort, companion, mixed):
    """Which part each place has in W."""
    many = len(mixed.place)
    split, plainly = held.split[n], not (len(cohort) or len(companion) or len(mixed.beyond))
    split[:] = 0.0
    if many == 1:
        split[0] = 1.0
    for s in range(len(share) if many else 0):
        if (many == 1 and mixed.known[s]) or (many > 1 and not mixed.known[s]):
            continue
        x = share[s]
        if not plainly:
            x = total[s] - (cohort[s] if len(cohort) else 0.0) - (companion[s] if len(companion) else 0.0)
            x = raised(x - (mixed.beyond[s] if len(mixed.beyond) else 0.0) - held.whole[n])
        if many == 1:
            split[0] -= x
            continue
        whole = 0.0
        for m in range(many):
            whole += mixed.weight[m] * mixed.near[mixed.place[m], s]
        for m in range(many):
            split[m] += x * (mixed.weight[m] * mixed.near[mixed.place[m], s] / whole)


@inner
def gained(bar, before, factor):
    """m of a site by its bar of back-off; exactly 0 where nobody was there."""
    return before * (numpy.exp(bar) - factor) if abs(bar - numpy.log(factor)) > 1e-13 else 0.0


@inner
def split(s, total, share, cohort, companion, factor):
    """(additive total, m1, m2) of a site that no remains were moved from or to."""
    after = companion[s] if len(companion) else 0.0
    middle = share[s] * numpy.exp(-after)
    step = cohort[s] if len(cohort) else 0.0
    return total[s] - after - step, gained(step, middle * numpy.exp(-step), factor[0]), gained(after, middle, factor[1])


@inner
def kept_best(held, n, best, parts, share, flags, skip, factor, mixed):
    """The best sites with their additive bars; no other has more than `rest`."""
    many = 0
    held.site[n] = -1
    for k in range(len(best)):
        s = best[k]
        if s < 0 or skip[s]:
            continue
        if k == len(best) - 1:
            break
        held.site[n, many] = s
        held.part[n, many, :7] = parts[k, :7]
        middle = share[s] * numpy.exp(-parts[k, 8])
        held.part[n, many, 7] = gained(parts[k, 7], middle * numpy.exp(-parts[k, 7]), factor[0])
        held.part[n, many, 8] = gained(parts[k, 8], middle, factor[1])
        portions(s, mixed, held.part[n, many, 9:])
        many += 1
    last = best[len(best) - 1]
    held.rest[n] = share[last] if last >= 0 else 0.0
    if last < 0 or flags[last] != 0:
        held.lost[n] = 1


@inner
def foremost(values, skip, found):
    """The sites with the greatest values, of equal ones the first, but for those to be skipped; -1 where there are no more."""
    found[:], many = -1, 0
    for s in range(len(values)):
        if skip[s] or (many == len(found) and values[s] <= values[found[many - 1]]):
            continue
        many = min(many + 1, len(found))
        at = many - 1
        while at > 0 and values[found[at - 1]] < values[s]:
            found[at] = found[at - 1]
            at -= 1
        found[at] = s
    return many


@inner
def kept_plain(held, n, total, plain, share, cohort, companion, skip, factor, mixed):
    """The first sites of the order without load and cohort: (without the companions too, additive total, m1, m2)."""
    found = numpy.empty(PLAIN + 1, numpy.int64)
    many = foremost(plain, skip, found)
    held.plain_site[n] = -1
    held.plain_rest[n] = plain[found[PLAIN]] if many > PLAIN else -numpy.inf
    for k in range(min(many, PLAIN)):
        s = found[k]
        held.plain_site[n, k] = s
        held.plain[n, k, 0] = plain[s] - (companion[s] if len(companion) else 0.0)
        held.plain[n, k, 1], held.plain[n, k, 2], held.plain[n, k, 3] = split(s, total, share, cohort, companion, factor)
        portions(s, mixed, held.plain[n, k, 4:])


@inner
def kept_side(held, n, level, reach, total, share, cohort, companion, flags, skip, factor, unlisted, mixed):
    """The sites next to the border of a set, how many lie above it and what they sum to; no other lies between low and high."""
    near = border(reach, share, flags, skip, unlisted)
    if not len(near):
        held.lost[n] = 1
        return
    most, least = share[near[0]], share[near[-1]]
    held.side_site[n, level] = -1
    held.low[n, level], held.high[n, level], held.above_many[n, level], held.above[n, level] = 0.0, numpy.inf, 0, 0.0
    many, found = 0, numpy.zeros(PLACES)
    for s in range(len(share)):
        if skip[s]:
            continue
        if share[s] < least:
            held.low[n, level] = max(held.low[n, level], share[s])
            continue
        x, one, other = split(s, total, share, cohort, companion, factor)
        if share[s] > most:
            held.high[n, level] = min(held.high[n, level], share[s])
            held.above_many[n, level] += 1
            part = numpy.exp(x - held.whole[n])
            portions(s, mixed, found)
            held.above[n, level, 0] += part
            held.above[n, level, 1] += one
            held.above[n, level, 2] += other
            for m in range(PLACES):
                held.above[n, level, 3 + m] += part * found[m]
        elif many == SIDE - 2:
            held.lost[n] = 1
            return
        else:
            held.side_site[n, level, many] = s
            held.side[n, level, many, 0], held.side[n, level, many, 1], held.side[n, level, many, 2] = x, one, other
            portions(s, mixed, held.side[n, level, many, 3:])
            many += 1


@inner
def border(reach, share, flags, skip, unlisted):
    """Some sites on both sides of where the likeliest sum to `reach`, the likeliest first; none where that is not among them."""
    step = ((1 - unlisted) * share).view(numpy.int64) >> 46
    top = max(step.max(), numpy.array([unlisted]).view(numpy.int64)[0] >> 46)
    size = min(top - step.min() + 1, STEPS)
    many, mass = numpy.zeros(size + 1, numpy.int64), numpy.zeros(size + 1)
    for s in range(len(share)):
        if flags[s] == 0:
            at = min(top - step[s], size)
            many[at] += 1
            mass[at] += (1 - unlisted) * share[s]
    none = min(top - (numpy.array([unlisted]).view(numpy.int64)[0] >> 46), size)
    mass[none] += unlisted
    first, before = 0, 0.0
    while first < size and before + mass[first] < reach:
        before += mass[first]
        first += 1
    if first == size:
        return numpy.empty(0, numpy.int64)
    last, held = first, many[first]
    while held < 4 * BESIDE and (first > 0 or last < size - 1):
        if first > 0:
            first -= 1
            before -= mass[first]
            held += many[first]
        if last < size - 1:
            last += 1
            held += many[last]
    near, held = numpy.empty(held, numpy.int64), 0
    for s in range(len(share)):
        if not skip[s] and first <= top - step[s] <= last:
            near[held] = s
            held += 1
    near = near[:held][numpy.argsort(-share[near[:held]], kind="mergesort")]
    at, here = 0, first <= none <= last  # the place not listed is one of those that are passed
    while at < held - 1:
        p = (1 - unlisted) * share[near[at]]
        if before + p + (unlisted if here and p < unlisted else 0.0) >= reach:
            break
        before += p
        at += 1
    return near[max(at - BESIDE, 0):at + BESIDE + 1]
