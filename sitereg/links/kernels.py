"""The inner loops of the engine, compiled once a machine (numba keeps them) and free of Python's lock. Each says what it equals.

Every loop runs in one fixed order over the sites, so the same inputs give the same bits on any number of cores. Loops over the
sites have no branch and call no library, so that the processor takes several sites at a time; none reorders a sum.
"""
import hashlib
import math
import os
from pathlib import Path

import numba
import numpy

SPHERE_KM = 6371.0088
STEPS = 64 * 40
LN2, LN2_LOW, LOG2E = 0.6931471803691238, 1.9082149292705877e-10, 1.4426950408889634  # ln 2 in two parts: the first has few bits
ROOT_HALF, ONE = 0x3FE6A09E667F3BCD, 0x3FF0000000000000  # the bits of the root of 1/2 and of 1
FRACTION = 2 ** 52 - 1
OUT = tuple(1 / math.factorial(n) for n in range(12))
ODD = tuple(1 / (2 * n + 1) for n in range(9))

__all__ = ["bent", "compiled", "expected", "fading", "inner", "ln", "most", "raised", "select", "sizes", "summed"]



def cache(folder, given=""):
    """Where what is compiled of a folder is kept: named by the text of all its loops, in `given` where its owner says so.

    A loop is compiled together with those that it calls, of other modules too; numba compares the text of its own module alone.
    """
    texts = [one.read_bytes() for one in sorted(folder.glob("*.py"))]
    name = hashlib.sha256(b"".join(one for one in texts if b"@compiled" in one or b"@inner" in one)).hexdigest()[:16]
    beside = folder / "__pycache__" if os.access(folder, os.W_OK) else os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return str(Path(given or beside) / f"sitereg-{name}")


numba.config.CACHE_DIR = cache(Path(__file__).parent, numba.config.CACHE_DIR)
compiled = numba.njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True)
inner = numba.njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True, no_cpython_wrapper=True)  # not for Python


@compiled
def raised(x):
    """exp(x), within 1e-14 of it; of what lies beyond +-700, exp(+-700)."""
    x = min(max(x, -700.0), 700.0)
    n = math.floor(x * LOG2E + 0.5)
    r = x - n * LN2 - n * LN2_LOW
    made = OUT[11]
    made = OUT[9] + r * (OUT[10] + r * made)
    made = OUT[7] + r * (OUT[8] + r * made)
    made = OUT[5] + r * (OUT[6] + r * made)
    made = OUT[3] + r * (OUT[4] + r * made)
    made = OUT[1] + r * (OUT[2] + r * made)
    made = OUT[0] + r * made
    return made * numpy.int64((numpy.int64(n) + 1023) << 52).view(numpy.float64)


@compiled
def ln(x):
    """log(x), within 1e-14 of it (of 1, where that is more); minus infinity of 0."""
    bits = numpy.float64(x).view(numpy.int64)
    n = (bits - ROOT_HALF) >> 52
    m = numpy.int64(bits - (n << 52)).view(numpy.float64)
    t = (m - 1) / (m + 1)
    u = t * t
    made = ODD[7] + u * ODD[8]
    made = ODD[5] + u * (ODD[6] + u * made)
    made = ODD[3] + u * (ODD[4] + u * made)
    made = ODD[1] + u * (ODD[2] + u * made)
    made = ODD[0] + u * made
    return n * LN2 + (2 * t * made + n * LN2_LOW) if x > 0 else -numpy.inf


@inner
def kilometres(chord2):
    """Kilometres on the sphere by the square of the chord on the unit sphere: as exact near by as far away."""
    return 2 * SPHERE_KM * numpy.arcsin(min(numpy.sqrt(chord2) / 2, 1.0))


@inner
def read(table, v, step):
    """numpy.interp on a grid of equal steps that begins at 0."""
    n = min(int(v / step), len(table) - 2)
    return table[n] + (table[n + 1] - table[n]) * min(v / step - n, 1.0)


@compiled
def bent(curve, q, piece):
    """A curve of links.curves at the square of a chord, which lies in this piece."""
    t = 2 * numpy.int64(((numpy.float64(q).view(numpy.int64) << 6) & FRACTION) | ONE).view(numpy.float64) - 3
    made = curve[piece, 4] + t * curve[piece, 5]
    made = curve[piece, 2] + t * (curve[piece, 3] + t * made)
    return curve[piece, 0] + t * (curve[piece, 1] + t * made)


@compiled
def expected(nodes, sites, places, which, tables, step, kernel, curves, first):
    """space.expected: E[k] between one place (nodes on the unit sphere) and each site; NaN where a site has no place.

    sites: (x, y, z) of the nodes of all sites, those without a radius first; places: (how many of those, start, order, weight):
    site s has the nodes order[start[s]:start[s + 1]]. which: the table of the joint radius of each node, negative where there is
    none. kernel: (d0, g); curves: those of k and of ln(1 + km / d0), whose first piece has the number `first`.
    """
    (x, y, z), (power, logarithm), (bare, start, order, weight) = sites, (curves[0], curves[1]), places
    law, q, v, plain = numpy.zeros(len(x)), numpy.empty(len(x)), numpy.empty(len(x)), bare if which[0] < 0 else 0
    bits, wide, table, blurred = q.view(numpy.int64), v[plain:], which[plain:], law[plain:]
    far, step_of = q[plain:], bits[plain:]
    for n in range(len(nodes)):
        beyond, east, north, up = 0, nodes[n, 0], nodes[n, 1], nodes[n, 2]
        for m in range(len(x)):
            q[m] = (east - x[m]) ** 2 + (north - y[m]) ** 2 + (up - z[m]) ** 2
        for m in range(len(x)):
            beyond += ((bits[m] >> 46) < first) | ((bits[m] >> 46) >= first + len(power))
        if beyond:
            exact(q, v, law, plain, kernel, curves, first)
        else:
            for m in range(plain):
                law[m] += bent(power, q[m], (bits[m] >> 46) - first)
            for m in range(len(wide)):
                wide[m] = bent(logarithm, far[m], (step_of[m] >> 46) - first)
        for m in range(len(wide)):
            wide[m] = read(tables[table[m]], wide[m], step)
        for m in range(len(wide)):
            blurred[m] += raised(wide[m])
    made = numpy.full(len(start) - 1, numpy.nan)
    for s in range(len(made)):
        if start[s] < start[s + 1]:
            made[s] = 0.0
        for m in range(start[s], start[s + 1]):
            made[s] += law[order[m]] * weight[m]
        made[s] /= len(nodes)
    return made


@inner
def exact(q, v, law, plain, kernel, curves, first):
    """The same step of `expected` where some squares of chords lie beyond the curves."""
    bits = q.view(numpy.int64)
    for m in range(len(q)):
        at = (bits[m] >> 46) - first
        if 0 <= at < len(curves[0]):
            made = bent(curves[0], q[m], at) if m < plain else bent(curves[1], q[m], at)
        else:
            made = numpy.log1p(kilometres(q[m]) / kernel[0])
            made = numpy.exp(-kernel[1] * made) if m < plain else made
        if m < plain:
            law[m] += made
        else:
            v[m] = made


@inner
def fading(first, last, day, scale):
    """others.fading for one day."""
    one, other = (first - day) / scale, (last - day) / scale
    if last - first < 1e-9:
        return numpy.exp(-abs(one))
    return (-numpy.sign(other) * numpy.expm1(-abs(other)) + numpy.sign(one) * numpy.expm1(-abs(one))) / (other - one)


@compiled
def most(values):
    """The largest; eight maxima side by side, as in `summed`."""
    a = b = c = d = -numpy.inf
    whole = len(values) - len(values) % 4
    for n in range(0, whole, 4):
        a, b, c, d = max(a, values[n]), max(b, values[n + 1]), max(c, values[n + 2]), max(d, values[n + 3])
    for n in range(whole, len(values)):
        a = max(a, values[n])
    return max(max(a, b), max(c, d))


@compiled
def summed(values):
    """The sum, of eight sums side by side: one alone would wait for each addition."""
    a = b = c = d = e = f = g = h = 0.0
    whole = len(values) - len(values) % 8
    for n in range(0, whole, 8):
        a, b, c, d = a + values[n], b + values[n + 1], c + values[n + 2], d + values[n + 3]
        e, f, g, h = e + values[n + 4], f + values[n + 5], g + values[n + 6], h + values[n + 7]
    for n in range(whole, len(values)):
        a += values[n]
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@compiled
def select(total, flags, never, found):
    """found = the first of batch.order: what has a flag of `never` is no candidate; -1 where there are no more."""
    found[:] = -1
    held, k = 0, len(found)
    for s in range(len(total)):
        if flags[s] & never or (held == k and not ahead(total, flags, s, found[k - 1])):
            continue
        n = held if held < k else k - 1
        while n > 0 and ahead(total, flags, s, found[n - 1]):
            found[n] = found[n - 1]
            n -= 1
        found[n] = s
        held = min(held + 1, k)
    return held


@inner
def ahead(total, flags, one, other):
    """Whether one site comes before another that stands before it in the order of the sites."""
    if (flags[one] != 0) != (flags[other] != 0):
        return flags[one] == 0
    return total[one] > total[other]


@compiled
def sizes(p, flags, unlisted, levels, made):
    """score.sets: how many sites hold the truth with each level, and whether the one not listed is an option too.

    First the sites that no flag speaks against, and the one not listed; where they do not suffice, the others.
    """
    before, level, ahead_of, whole = 0, 0, 0, 0.0
    for s in range(len(p)):
        before += (p[s] >= unlisted) & (flags[s] == 0)
    for turn in range(2):
        if level < len(levels):
            level, ahead_of, whole = filled(p, flags, turn == 1, unlisted, levels, level, ahead_of, whole, before, made)
    for each in range(level, len(levels)):
        made[each, 0], made[each, 1] = len(p), 1


@inner
def filled(p, flags, flagged, unlisted, levels, level, ahead_of, whole, before, made):
    """(levels that are reached, options counted, their mass) with these options too.

    They are counted by the size of p, 64 steps to a doubling; only those of the step in which a level is reached are sorted.
    """
    many, mass, alike = numpy.zeros(STEPS, numpy.int64), numpy.zeros(STEPS), numpy.empty(len(p) + 1)
    for s in range(len(p)):
        if (flags[s] != 0) == flagged:
            at = stepped(p[s])
            many[at] += 1
            mass[at] += p[s]
    if not flagged:
        many[stepped(unlisted)] += 1
        mass[stepped(unlisted)] += unlisted
    for at in range(STEPS):
        if whole + mass[at] >= levels[level] - 1e-12:
            alike[0], held = unlisted, int(not flagged and stepped(unlisted) == at)
            for s in range(len(p)):
                if stepped(p[s]) == at and (flags[s] != 0) == flagged:
                    held = put(alike, held, p[s])
            here, there = 0, whole
            while level < len(levels) and here < held:
                there += alike[here]
                while level < len(levels) and there >= levels[level] - 1e-12:
                    n = ahead_of + here
                    made[level, 0], made[level, 1] = (n, 1) if n >= before else (n + 1, 0)
                    level += 1
                here += 1
            if level == len(levels):
                break
        ahead_of += many[at]
        whole += mass[at]
    return level, ahead_of, whole


@inner
def stepped(p):
    """The step that a chance counts for; the last one is for all below 1e-12."""
    return min(max((numpy.float64(1.0).view(numpy.int64) >> 46) - (numpy.float64(p).view(numpy.int64) >> 46), 0), STEPS - 1)


@inner
def put(alike, held, p):
    """One more among the first `held`, the largest first; answers how many there are now."""
    n = held
    while n > 0 and alike[n - 1] < p:
        alike[n] = alike[n - 1]
        n -= 1
    alike[n] = p
    return held + 1
