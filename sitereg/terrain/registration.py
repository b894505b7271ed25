"""How far two pictures of one ground are apart: phase correlation (Kuglin and Hines 1975), refined below a cell by a parabola."""
from dataclasses import dataclass

import numpy
from scipy import fft, ndimage

DECISIVE = 10.5  # standard deviations by which the peak stands out; in scenes four months apart none above it was wrong
BAND = 0.15  # cycles a cell: finer detail is noise, and is weighed down; so much leaves 0.1 cells of doubt on bare ground
FEWEST = 32  # cells on a side below which nothing is said

__all__ = ["Shift", "apart", "moved"]


@dataclass(frozen=True)
class Shift:
    """rows and columns (cells, down and right) by which the second lies off the first; peak: how far the answer stands out, in
    standard deviations of all others; sure: whether that is far enough to believe it."""

    rows: float
    columns: float
    peak: float

    @property
    def sure(self):
        return self.peak >= DECISIVE

    @property
    def cells(self):
        return float(numpy.hypot(self.rows, self.columns))


def apart(first, second):
    """The Shift of two arrays of one size; unknown cells count as the middle value. None where there is too little to compare."""
    known = numpy.isfinite(first) & numpy.isfinite(second)
    if min(first.shape) < FEWEST or known.mean() < 0.5:
        return None
    waves = [fft.rfft2(_tapered(one, known)) for one in (second, first)]
    cross = waves[0] * waves[1].conj()
    down, across = fft.fftfreq(first.shape[0])[:, None], fft.rfftfreq(first.shape[1])[None]
    cross *= numpy.exp(-(down**2 + across**2) / (2 * BAND**2)) / numpy.maximum(abs(cross), 1e-12)
    found = fft.irfft2(cross, first.shape)
    row, column = numpy.unravel_index(found.argmax(), found.shape)
    spread = found.std()
    if not spread > 0:
        return None
    at = (_top(numpy.take(found[:, column], range(row - 1, row + 2), mode="wrap")) + row,
          _top(numpy.take(found[row], range(column - 1, column + 2), mode="wrap")) + column)
    wrapped = [float((k + n / 2) % n - n / 2) for k, n in zip(at, found.shape, strict=True)]
    return Shift(*wrapped, float((found[row, column] - found.mean()) / spread))


def _tapered(values, known):
    middle = numpy.median(values[known])
    low, high = numpy.percentile(values[known], (2, 98))  # one cloud must not decide
    flat = numpy.where(known, values.clip(low, high) - middle, 0)
    return flat * numpy.outer(numpy.hanning(flat.shape[0]), numpy.hanning(flat.shape[1]))


def _top(three):
    before, at, after = three
    bent = before - 2 * at + after
    return 0.0 if bent == 0 else float(numpy.clip((before - after) / (2 * bent), -0.5, 0.5))


def moved(bands, shift):
    """Bands (n, rows, columns) put where the first picture has them; between cells interpolated, NaN where nothing comes to lie."""
    found = numpy.empty_like(bands)
    for n, band in enumerate(bands):
        found[n] = ndimage.shift(band, (-shift.rows, -shift.columns), order=1, mode="constant", cval=numpy.nan, prefilter=False)
    return found
