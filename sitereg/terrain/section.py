"""A profile drawn as SVG: elevations along a way, from the side where reading begins; what is unknown is a gap.

Colours are the page's. Elevations are stretched against distances, and how far is said by whoever shows it (`stretch`).
"""
from dataclasses import dataclass
from html import escape

import numpy

WIDE, TALL = 640, 220
LEFT, TOP, FOOT = 58, 24, 34
MOST = 400  # points drawn
TICKS = 4

__all__ = ["Section", "drawn"]


@dataclass(frozen=True)
class Section:
    """svg: the drawing. stretch: how many times heights are drawn larger than distances. rows: (distance_m, elevation or None)
    of a table with at most 25 lines. lowest, highest, length_m: metres; None where nothing is known. unknown: share (0-1)."""

    svg: str
    stretch: float | None
    rows: list
    lowest: float | None
    highest: float | None
    length_m: float
    unknown: float


def drawn(frame, *, right=False, said="", metres="m", kilometres="km"):
    """The Section of a profile (a frame with distance_m and elevation, metres). right: reading begins at the right."""
    distance, high = (frame[name].to_numpy(dtype="float64") for name in ("distance_m", "elevation"))
    length, known = float(distance[-1]), numpy.isfinite(high)
    table = sorted({round(n) for n in numpy.linspace(0, len(high) - 1, min(25, len(high)))})
    rows = [(float(distance[n]), float(high[n]) if known[n] else None) for n in table]
    unknown = float(1 - known.mean())
    if not known.any():
        return Section("", None, rows, None, None, length, unknown)
    low, top = float(high[known].min()), float(high[known].max())
    marks = _ticks(low, top)
    base, head = min(low, marks[0]), max(top, marks[-1], low + 1)
    room = WIDE - LEFT - 12

    def x(metre):
        at = LEFT + room * metre / length
        return WIDE - at if right else at

    def y(value):
        return TOP + (TALL - TOP - FOOT) * (1 - (value - base) / (head - base))

    kept = sorted({round(n) for n in numpy.linspace(0, len(high) - 1, min(MOST, len(high)))})
    parts = [part for value in marks for part in _level(value, y(value), right, metres)]
    parts += [f'<polyline class="section-line" points="{run}"/>' for run in _runs(kept, distance, high, known, x, y)]
    unit, each = (kilometres, 1000) if length >= 2000 else (metres, 1)
    for n in range(TICKS + 1):
        at = length * n / TICKS
        anchor = "middle" if 0 < n < TICKS else "start" if n == 0 else "end"
        parts.append(_text(x(at), TALL - 12, f"{at / each:.1f} {unit}" if each > 1 else f"{at:.0f} {unit}", anchor, right))
    parts += [_text(x(0), TOP - 6, "A", "start", right, "section-end"), _text(x(length), TOP - 6, "B", "end", right, "section-end")]
    svg = (f'<svg class="chart section" viewBox="0 0 {WIDE} {TALL}" role="img" direction="{"rtl" if right else "ltr"}" '
           f'aria-label="{escape(said)}">{"".join(parts)}</svg>')
    stretch = (length / room) / ((head - base) / (TALL - TOP - FOOT))
    return Section(svg, float(stretch), rows, low, top, length, unknown)


def _ticks(low, high):
    """Two to six round numbers from the lowest to the highest."""
    rough = max((high - low) / TICKS, 0.5)
    power = 10 ** numpy.floor(numpy.log10(rough))
    step = float(next(power * one for one in (1, 2, 5, 10) if power * one >= rough))
    first = numpy.floor(low / step)
    return [float(step * (first + n)) for n in range(int(numpy.ceil(high / step) - first) + 1)]


def _level(value, y, right, metres):
    yield f'<line class="chart-rule" x1="{0 if right else LEFT}" x2="{WIDE - LEFT if right else WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>'
    yield _text(WIDE - 2 if right else 2, y + 4, f"{value:.0f} {metres}", "start", right)


def _runs(kept, distance, high, known, x, y):
    """The points of each unbroken part."""
    run = []
    for n in [*kept, None]:
        if n is not None and known[n]:
            run.append(f"{x(distance[n]):.1f},{y(high[n]):.1f}")
        elif run:
            yield " ".join(run * 2 if len(run) == 1 else run)
            run = []


def _text(x, y, told, anchor, right, kind="chart-text"):
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(told)}</text>'
