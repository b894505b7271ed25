"""Which share of each cell an area covers, exactly, and sums over cells weighted by it. Compiled once a machine (numba keeps it).

Each piece of an edge within one cell leaves there the signed area between it and the right side of the cell, and passes on the
rest to the cells further right (the accumulation buffer of scan conversion); the running sum along a row is the share covered. A
hole is a ring that runs the other way round. Nothing is sampled: the shares of an area sum to its area.
"""
import math

import numba
import numpy

__all__ = ["summed"]


@numba.njit(cache=True, nogil=True)
def left_by(x1, y1, x2, y2, top, low, left, shares):
    """One edge has left its areas in `shares` (rows top to low, columns from `left`), which is two columns wider than the shape."""
    if y1 == y2:
        return
    sign = 1.0
    if y1 > y2:
        x1, y1, x2, y2, sign = x2, y2, x1, y1, -1.0
    slope = (x2 - x1) / (y2 - y1)
    for row in range(max(top, math.floor(y1)), min(low, math.ceil(y2))):
        begin, end = max(float(row), y1), min(row + 1.0, y2)
        a, b = x1 + slope * (begin - y1) - left, x1 + slope * (end - y1) - left
        a, b = max(min(a, b), 0.0), max(a, b)
        deep = (end - begin) * sign
        first, last = int(a), int(b)
        for column in range(first, last + 1):
            inside, outside = max(a, float(column)), min(b, column + 1.0)
            part = deep * (outside - inside) / (b - a) if last > first else deep
            right = 0.5 * (inside + outside) - column
            shares[row - top, column] += part * (1 - right)
            shares[row - top, column + 1] += part * right


@numba.njit(cache=True, nogil=True)
def index(a, b, two):
    """The normalised difference of two bands, or the first one's value; NaN where it has none."""
    if not two:
        return a
    whole = a + b
    return (b - a) / whole if whole != 0 else math.nan


@numba.njit(cache=True, nogil=True)
def summed(old_a, old_b, new_a, new_b, old_none, new_none, two, edges, starts, bounds, here, first, left, sums):
    """Shares, before, after, difference and its square of the shapes `here` are added to `sums` for one window of the raster.

    old and new: two bands each (rows, columns), the window's upper left cell being (first, left); none: the value that stands for
    nothing. edges, bounds: in cells of the whole raster (zonal.laid). A cell counts where all four bands are known.
    """
    rows, columns = old_a.shape
    for shape in here:
        top, low = max(int(bounds[shape, 0]), first), min(math.ceil(bounds[shape, 2]), first + rows)
        begin = math.floor(bounds[shape, 1])
        wide = math.ceil(bounds[shape, 3]) - begin
        shares = numpy.zeros((low - top, wide + 2))
        for n in range(starts[shape], starts[shape + 1]):
            left_by(edges[n, 0], edges[n, 1], edges[n, 2], edges[n, 3], top, low, begin, shares)
        share, before, after, apart, square = 0.0, 0.0, 0.0, 0.0, 0.0
        for row in range(top, low):
            covered = 0.0
            for column in range(begin, min(begin + wide, left + columns)):
                covered += shares[row - top, column - begin]
                weight = abs(covered)
                if column < left or weight < 1e-9:
                    continue
                i, j = row - first, column - left
                a, b, c, d = float(old_a[i, j]), float(old_b[i, j]), float(new_a[i, j]), float(new_b[i, j])
                if a == old_none or b == old_none or c == new_none or d == new_none:
                    continue
                was, now = index(a, b, two), index(c, d, two)
                if math.isnan(was) or math.isnan(now):
                    continue
                share += weight
                before += weight * was
                after += weight * now
                apart += weight * (now - was)
                square += weight * (now - was) ** 2
        for n, value in enumerate((share, before, after, apart, square)):
            sums[shape, n] += value
