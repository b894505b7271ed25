"""Charts as SVG, made here and read in either direction of writing: bars and columns of one measure, small and beside each other.

    charts.bars([Bar("Homs", 12)], most=40, locale="ar", said="...")     rows of bars from the side where reading begins
    charts.columns([Bar("2012", 3, low=1, high=9)], most=9, ...)         columns in the order of time, read from that side too

Colours are the page's (`sym-<group>` on the chart): it carries none, so that dark and print follow. What a pale column says
beside a full one is said by numbers in the table behind each chart. Pure: no database, no page.
"""

from dataclasses import dataclass
from html import escape

WIDE = 320
NUMBERS = 52
MOST_LABEL = 140
MOST_COLUMN = 28
LINE, TWO_LINES = 20, 34
TALL, FOOT, HEAD = 96, 18, 12
TICKS = 5
LETTER = 6.3  # width of a letter at 12 units, on average

__all__ = ["Bar", "bars", "columns"]


@dataclass(frozen=True)
class Bar:
    """One bar or column: what it is of, how much, as it is told; low and high: surely and possibly, where that differs."""

    label: str
    value: float
    told: str = ""
    low: float | None = None
    high: float | None = None


def bars(rows, *, most, locale, said, group="", above=False):
    """Bars one under the other from the side where reading begins, each after its label or, with `above`, under it.

    most: the number that is drawn over the whole width, the same for charts beside each other. said: what is read aloud.
    """
    right = locale == "ar"
    labels = 0 if above else min(max((len(row.label) for row in rows), default=0) * LETTER + 8, MOST_LABEL)
    step = LINE if labels else TWO_LINES
    room = WIDE - labels - NUMBERS
    parts = []
    for n, row in enumerate(rows):
        top = n * step + (0 if labels else 15)
        long = room * min(row.value / most, 1) if most else 0
        parts += [
            text(0, n * step + 13, cut(row.label, labels or WIDE), right, "start"),
            shape(labels, top + 3, max(long, 1 if row.value else 0), 12, right, "chart-full"),
            text(labels + long + 5, top + 13, row.told or plain(row.value), right, "start", kind="chart-number"),
        ]
    return drawn(parts, step * len(rows) + 2, right, said, group)


def columns(points, *, most, locale, said, group=""):
    """Columns in order from the side where reading begins: full up to `low` (or the value), pale up to `high`, with the greatest
    number, the first and the last label and some between them."""
    right = locale == "ar"
    room = min((WIDE - 8) / max(len(points), 1), MOST_COLUMN)
    base = HEAD + TALL
    parts = [
        line(0, HEAD, WIDE, right, "chart-rule"),
        line(0, base, WIDE, right, "chart-base"),
        text(0, HEAD - 3, plain(most), right, "start", kind="chart-number"),
    ]
    for n, one in enumerate(points):
        for value, kind in ((one.high, "chart-pale"), (one.value if one.low is None else one.low, "chart-full")):
            high = TALL * min((value or 0) / most, 1) if most else 0
            if high:
                parts.append(shape(4 + n * room, base - max(high, 1), max(room - 1, 0.6), max(high, 1), right, kind))
    labels = [one.label for one in points]
    parts += [text(4 + (n + 0.5) * room, base + 13, labels[n], right, anchor(n, len(labels))) for n in ticks(labels)]
    return drawn(parts, base + FOOT, right, said, group)


def ticks(labels):
    """Positions of the labels that fit: the first, the last, and a few at the same distance between them."""
    many = len(labels)
    room = min((WIDE - 8) / max(many, 1), MOST_COLUMN) * many
    few = min(TICKS, many, max(int(room / (max(map(len, labels), default=1) * LETTER + 16)), 1))
    if few <= 1:
        return [0] if many else []
    return sorted({round(n * (many - 1) / (few - 1)) for n in range(few)})


def anchor(n, many):
    return "start" if n == 0 and many > 1 else "end" if n == many - 1 and many > 1 else "middle"


def cut(label, room):
    """A label that fits; what is cut off stands in the table."""
    letters = int(room / LETTER)
    return label if len(label) <= letters else label[: letters - 1].rstrip() + "…"


def plain(value):
    """A number as it is told beside a bar."""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def across(x, right, width=0):
    """x from the side where reading begins, as x from the left."""
    return WIDE - x - width if right else x


def shape(x, y, width, height, right, kind):
    return (
        (
            f'<rect class="{kind}" x="{number(across(x, right, width))}" y="{number(y)}" width="{number(width)}" '
            f'height="{number(height)}"/>'
        )
        if width
        else ""
    )


def line(x, y, width, right, kind):
    start = across(x, right, width)
    return f'<line class="{kind}" x1="{number(start)}" x2="{number(start + width)}" y1="{y}" y2="{y}"/>'


def text(x, y, told, right, where, kind="chart-text"):
    return f'<text class="{kind}" x="{number(across(x, right))}" y="{number(y)}" text-anchor="{where}">{escape(told)}</text>'


def number(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")


def drawn(parts, height, right, said, group):
    direction = "rtl" if right else "ltr"
    kind = f"chart small-chart{f' sym-{group}' if group else ''}"
    return (
        f'<svg class="{kind}" viewBox="0 0 {WIDE} {number(height)}" role="img" direction="{direction}" aria-label="{escape(said)}">'
        f"{''.join(parts)}</svg>"
    )
