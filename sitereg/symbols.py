"""How a site is drawn: one table, read by svg() for pages and by symbols.js for the map.

Shape tells the group (checkpoints and crossings have their own), fill how well that kind is known, outline
and corner mark the protection. Colour repeats the group and never carries anything alone. All paths lie in a
box from -2 to 26, centre 12,12.
"""

from markupsafe import Markup, escape

BOX = (-2, 28)  # where the box begins, and its side

# body; its lower half; the second outline; the bar and the cross through it
SHAPES = {
    "square": {
        "body": "M6 6H18V18H6Z",
        "half": "M6 12H18V18H6Z",
        "outer": "M2.8 2.8H21.2V21.2H2.8Z",
        "bar": "M3.6 12H20.4",
        "cross": "M8 8L16 16M16 8L8 16",
    },
    "circle": {
        "body": "M5.5 12A6.5 6.5 0 1 0 18.5 12A6.5 6.5 0 1 0 5.5 12Z",
        "half": "M5.5 12A6.5 6.5 0 0 0 18.5 12Z",
        "outer": "M2.3 12A9.7 9.7 0 1 0 21.7 12A9.7 9.7 0 1 0 2.3 12Z",
        "bar": "M3 12H21",
        "cross": "M8.6 8.6L15.4 15.4M15.4 8.6L8.6 15.4",
    },
    "diamond": {
        "body": "M12 4.2L19.8 12L12 19.8L4.2 12Z",
        "half": "M4.2 12H19.8L12 19.8Z",
        "outer": "M12 -0.2L24.2 12L12 24.2L-0.2 12Z",
        "bar": "M2.2 12H21.8",
        "cross": "M9 9L15 15M15 9L9 15",
    },
    "triangle": {
        "body": "M12 4.8L19.4 17.8H4.6Z",
        "half": "M7.7 12.4H16.3L19.4 17.8H4.6Z",
        "outer": "M12 -0.6L24 20.6H0Z",
        "bar": "M5 13.4H19",
        "cross": "M9.4 11.6L14.6 16M14.6 11.6L9.4 16",
    },
    "hexagon": {
        "body": "M12 4.8L18.3 8.4V15.6L12 19.2L5.7 15.6V8.4Z",
        "half": "M5.7 12H18.3V15.6L12 19.2L5.7 15.6Z",
        "outer": "M12 1.2L21.4 6.6V17.4L12 22.8L2.6 17.4V6.6Z",
        "bar": "M3.4 12H20.6",
        "cross": "M9 9L15 15M15 9L9 15",
    },
    "dot": {
        "body": "M8 12A4 4 0 1 0 16 12A4 4 0 1 0 8 12Z",
        "half": "M8 12A4 4 0 0 0 16 12Z",
        "outer": "M5 12A7 7 0 1 0 19 12A7 7 0 1 0 5 12Z",
        "bar": "M5.6 12H18.4",
        "cross": "M9.8 9.8L14.2 14.2M14.2 9.8L9.8 14.2",
    },
}
GROUPS = {
    "detention": "square",
    "burial": "circle",
    "medical": "diamond",
    "records": "hexagon",
    "other": "dot",
}
KINDS = {"checkpoint": "triangle", "border_crossing": "triangle"}

# A stroke or a fill: path (a key of the shape, or its own), ink (group, paper, attention), width (absent:
# filled), dash
_HALO = {"path": "body", "ink": "paper", "width": 5}
_PAPER = {"path": "body", "ink": "paper"}
_RING = {"path": "body", "ink": "group", "width": 2.2}
FILLS = {
    "confirmed": [_HALO, {"path": "body", "ink": "group"}, _RING],
    "probable": [_HALO, _PAPER, {"path": "half", "ink": "group"}, _RING],
    "suspected": [_HALO, _PAPER, _RING],
    "reported": [_HALO, _PAPER, {**_RING, "dash": [0.2, 3.4], "round": True, "width": 2.4}],
    "inconclusive": [_HALO, _PAPER, _RING, {"path": "bar", "ink": "group", "width": 2.2}],
    "refuted": [_HALO, _PAPER, {**_RING, "width": 1.5}, {"path": "cross", "ink": "group", "width": 1.7}],
}
_AROUND = {"path": "outer", "ink": "paper", "width": 3.4}
_OUTER = {"path": "outer", "ink": "group", "width": 1.5}
# what lies under the fill, and what lies over it
UNDER = {
    "protected": [_AROUND, _OUTER],
    "partially_protected": [_AROUND, {**_OUTER, "dash": [5, 4]}],
}
OVER = {
    "compromised": [
        {"path": "M14.6 -1H23.4V7.8Z", "ink": "paper", "width": 3},
        {"path": "M14.6 -1H23.4V7.8Z", "ink": "attention"},
    ],
    "destroyed": [{"path": "M17.4 0L6.6 24", "ink": "paper", "width": 3.2}],
    "overdue": [
        {"path": "M5 24.4H19", "ink": "paper", "width": 4.6},
        {"path": "M5 24.4H19", "ink": "attention", "width": 2.4},
    ],
}
# Around the symbol of a place that is shown as a cell: the four corners of a square
_CORNERS = "M-1 4.5V-1H4.5M19.5 -1H25V4.5M25 19.5V25H19.5M4.5 25H-1V19.5"
CELL = [
    {"path": _CORNERS, "ink": "paper", "width": 3.6},
    {"path": _CORNERS, "ink": "group", "width": 1.5},
]
# Beside the number of sites of which only the admin unit is known: an outline
_OUTLINE = "M3 8L10 3L15 6L21 4L22 14L17 21L9 18L4 20Z"
UNIT = [
    {"path": _OUTLINE, "ink": "paper"},
    {"path": _OUTLINE, "ink": "group", "width": 2.2},
]
COLOURS = {
    "light": {
        "detention": "#0072B2",
        "burial": "#563C8B",
        "medical": "#009E73",
        "records": "#7A6A53",
        "other": "#6C757D",
        "mixed": "#4A4F55",
        "attention": "#B35900",
        "paper": "#FFFFFF",
        "ink": "#111111",
    },
    "dark": {
        "detention": "#58A9DE",
        "burial": "#DAC8F3",
        "medical": "#52E0B6",
        "records": "#BDA884",
        "other": "#A7AFB6",
        "mixed": "#C3C9CE",
        "attention": "#E8924A",
        "paper": "#202427",
        "ink": "#F5F5F5",
    },
}
LEVELS = tuple(FILLS)


def table():
    """The whole table as one JSON-ready dict, for symbols.js."""
    return {
        "box": BOX,
        "shapes": SHAPES,
        "groups": GROUPS,
        "kinds": KINDS,
        "fills": FILLS,
        "under": UNDER,
        "over": OVER,
        "cell": CELL,
        "unit": UNIT,
        "colours": COLOURS,
        "levels": LEVELS,
    }


def shape_of(group, kind=None):
    """The name of the shape for a kind, else for its group, else the dot."""
    return KINDS.get(kind) or GROUPS.get(group, "dot")


def strokes(verification, protection=None, *, overdue=False):
    """What is drawn, in order: under the fill, the fill, over it; an unknown level is a plain ring."""
    return [
        *UNDER.get(protection, ()),
        *FILLS.get(verification, FILLS["suspected"]),
        *OVER.get(protection, ()),
        *(OVER["overdue"] if overdue else ()),
    ]


def svg(
    group, kind=None, verification="suspected", protection=None, *, overdue=False, cell=False, size=22, label=None
):
    """One symbol as inline SVG (Markup), `size` pixels square, without a style attribute.

    kind: `unit` draws what stands beside the count of an admin unit. cell: within the corners of a cell. label:
    what it says to those who do not see it; without one the symbol is hidden from them (the text beside it
    tells).
    """
    drawn = UNIT if kind == "unit" else strokes(verification, protection, overdue=overdue)
    parts = _parts([*(CELL if cell else ()), *drawn], group, kind)
    known = group if group in GROUPS else "other"
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return Markup(  # noqa: S704 - numbers, colours and paths of the tables; the label is escaped
        f'<svg class="sym sym-{known}" width="{int(size)}" height="{int(size)}" '
        f'viewBox="{BOX[0]} {BOX[0]} {BOX[1]} {BOX[1]}" {said}>{"".join(parts)}</svg>'
    )


def drawing(strokes, group, kind=None):
    """These strokes alone as an SVG that stands by itself, for programs that draw markers."""
    box = f"{BOX[0]} {BOX[0]} {BOX[1]} {BOX[1]}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{"".join(_parts(strokes, group, kind))}</svg>'


def _parts(strokes, group, kind):
    shape, colours = SHAPES[shape_of(group, kind)], COLOURS["light"]
    inks = {
        "group": colours.get(group, colours["other"]),
        "paper": colours["paper"],
        "attention": colours["attention"],
    }
    parts = []
    for stroke in strokes:
        path, ink = shape.get(stroke["path"], stroke["path"]), stroke["ink"]
        if "width" not in stroke:
            parts.append(f'<path class="sym-fill-{ink}" fill="{inks[ink]}" d="{path}"/>')
            continue
        dash = f' stroke-dasharray="{" ".join(map(str, stroke["dash"]))}"' if "dash" in stroke else ""
        cap = ' stroke-linecap="round"' if stroke.get("round") else ""
        parts.append(
            f'<path class="sym-line-{ink}" fill="none" stroke="{inks[ink]}" stroke-width="{stroke["width"]}"'
            f' stroke-linejoin="round"{cap}{dash} d="{path}"/>'
        )
    return parts
