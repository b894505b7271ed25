"""How far a place stands out from its ring: differences as they are, in many sizes, each counted in what its own ring does.

For each index and each form of a thing (squares of 1 to 7 cells a side, lines of 7 cells in four directions) the mean over it
less the mean of what lies around is divided by its spread (MAD) in the ring: so a change of season over a whole field is as
common in the ring as in the site, and counts for little. What one cell in a thousand does by itself is told from the ring's 90th
and 99th percentiles (a tail that falls by the same from each tenth to the next), so that a track through the ring, or another
site in it, does not hide the change; the score is the site's peak divided by it.
"""
from dataclasses import dataclass

import numpy
from scipy import ndimage

from sitereg.terrain.spectra import middle, spread

FORMS = (1, 2, 3, 5, 7, (0, 1), (1, 0), (1, 1), (1, -1))  # squares: cells a side; lines: rows and columns of a step
LONG = 7  # cells of a line
USUAL = (0.9, 0.99)  # shares of the ring of which the tail is told
LEAST_USUAL = 3.29  # MADs: what 99.9 % of normal noise keep within
WAYS = {"brightness": ("darker", "brighter"), "greenness": ("barer", "greener"), "bareness": ("greener", "barer")}

__all__ = ["WAYS", "Peak", "peak"]


@dataclass(frozen=True)
class Peak:
    """The strongest sign: index and way it goes; mads: how many spreads of the ring; score: mads over what the ring usually does;
    form: of FORMS; at: row and column; cells: which cells of the site take part (bool); mixed: by the same index another
    part of the site goes as clearly the other way."""

    index: str
    way: str
    mads: float
    score: float
    form: int | tuple[int, int]
    at: tuple[int, int]
    cells: numpy.ndarray
    mixed: bool = False


def peak(differences, inside, ring):
    """The Peak of {index: (rows, columns)} within the cells `inside`, measured by those of `ring`; None where nothing is known."""
    widest = numpy.sqrt(inside.sum()) + 1
    best = None
    for index, values in differences.items():
        floor = _grain(values, ring)
        for form in FORMS:
            if not isinstance(form, tuple) and form > widest:
                continue
            found = standing(values, form)
            known = numpy.isfinite(found)
            site, around = inside & known, found[ring & known]
            if not site.any() or around.size < 50:
                continue
            found = (found - middle(around)) / max(spread(around), floor)
            usual = _usual(abs(found[ring & known]))
            at = numpy.unravel_index(numpy.where(site, abs(found), -1).argmax(), found.shape)
            if best is None or abs(found[at]) / usual > best[0]:
                best = abs(found[at]) / usual, index, form, at, found, usual
    if best is None:
        return None
    score, index, form, at, found, usual = best
    sign = numpy.sign(found[at])
    apart = ~ndimage.binary_dilation(_together(found, at, usual, inside), iterations=2)  # not its own rim
    other = numpy.where(inside & apart & numpy.isfinite(found), -sign * found, -1).max()
    return Peak(index, WAYS[index][int(sign > 0)], float(abs(found[at])), float(score), form, tuple(map(int, at)),
                _together(found, at, usual, inside), bool(other > max(abs(found[at]) / 2, 1.6 * usual)))


def _usual(mads):
    """What one cell in a thousand of the ring exceeds."""
    often, seldom = numpy.quantile(mads, USUAL)
    return max(float(2 * seldom - often), LEAST_USUAL)


def standing(values, form):
    """The mean over a form less the mean of the square frame around it; NaN where less than half of the one or a third of the
    other is known."""
    line = isinstance(form, tuple)
    many, outer = (LONG, LONG + 2) if line else (form**2, 3 * form + 2)
    known = numpy.isfinite(values)
    filled, there = numpy.where(known, values, 0).astype("float64"), known.astype("float64")
    near, near_n = (_along(one, form) if line else _square(one, form) for one in (filled, there))
    far, far_n = (_square(one, outer) for one in (filled, there))
    with numpy.errstate(invalid="ignore", divide="ignore"):
        found = near / near_n - (far - near) / (far_n - near_n)
    return numpy.where((near_n > 0.5 * many) & (far_n - near_n > 0.3 * (outer**2 - many)) & (known | (many > 1)), found, numpy.nan)


def _square(values, side):
    return ndimage.uniform_filter(values, side, mode="constant") * side**2


def _along(values, step):
    """Sums over LONG cells in a row in the direction of a step, the middle one being the cell."""
    half = LONG // 2
    wide = numpy.pad(values, half)
    (rows, columns), found = values.shape, numpy.zeros_like(values)
    for n in range(-half, half + 1):
        found += wide[half + n * step[0]:half + n * step[0] + rows, half + n * step[1]:half + n * step[1] + columns]
    return found


def _grain(values, ring):
    """The least spread that is believed, of one cell: numbers that are whole or nearly equal have none of their own."""
    known = values[ring & numpy.isfinite(values)]
    return max(1e-4 * float(numpy.median(abs(known))) if known.size else 0.0, 1e-6)


def _together(found, at, usual, inside):
    """The cells of the site that hang together with the peak and stand out as it does: half as far, and more than usual."""
    sign = numpy.sign(found[at])
    strong = numpy.nan_to_num(sign * found, nan=-1) >= max(abs(found[at]) / 2, 0.8 * usual)
    parts, _ = ndimage.label(strong & inside, numpy.ones((3, 3)))
    return (parts == parts[at]) & (parts > 0)
