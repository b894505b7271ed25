"""Sites drawn on a sheet of paper: the symbols of the map, cells and units as what they are, numbers that lead into the list below.

What would cover each other becomes a ring with a number; sites of which only the admin unit is known are its outline with their
count, never a pin. Widths are in units of the drawing: WIDTH units are the 200 mm of the sheet's map.
"""
import math
import re

import shapely

from sitereg import sketch, symbols, vocab

WIDTH, HEIGHT = 560.0, 396.0
SYMBOL, APART, FAR_ENOUGH = 15, 14, 13
LEAST_KM, TOWNS = 4.0, 24
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
FONT = 'font-family="IBM Plex Sans" text-anchor="middle"'

__all__ = ["drawing", "window"]


def window(table, box=None):
    """(west, south, east, north) of the sheet: all of `box` (a filter bbox) or of the shapes, as wide and high as the paper."""
    if box:
        lons, lats = (box[0::2], box[1::2])
        west, south, east, north = min(lons), min(lats), max(lons), max(lats)
    else:
        shapes = table.geometry[~table.geometry.is_empty & table.geometry.notna()]
        west, south, east, north = shapes.total_bounds if len(shapes) else (35.6, 32.2, 42.5, 37.4)
    lat, lon = (south + north) / 2, (west + east) / 2
    thin = max(math.cos(math.radians(lat)), 0.01)
    rim = 1 if box else 1.12
    high = max((north - south) * rim, LEAST_KM / 111.2, (east - west) * rim * thin * HEIGHT / WIDTH)
    wide = high * WIDTH / HEIGHT / thin
    return lon - wide / 2, lat - high / 2, lon + wide / 2, lat + high / 2


def drawing(table, locale, box=None, numbered=True):
    """{svg, words, rings} of the rows of a leaving table, numbered by their index + 1; rings: how many stand for several."""
    view = sketch.View(*window(table, box), width=WIDTH)
    placed = table[table.geometry.notna() & ~table.geometry.is_empty]
    units = placed[placed["shown_as"] == "admin_unit"]
    others = placed[placed["shown_as"] != "admin_unit"]
    groups = together(view, others)
    taken = [(x, y, reach(len(rows))) for x, y, rows in groups]
    scale = [(x, view.height - 8, 8) for x in range(0, 220, 20)]
    parts = [*sketch.surroundings(view, locale, TOWNS, [*taken, *scale]), *grid(view), *outlines(view, units), *areas(view, others)]
    for x, y, rows in groups:
        parts.append(symbol(x, y, rows[0]) if len(rows) == 1 else ring(x, y, rows))
    for x, y, rows in groups:
        if numbered and len(rows) == 1:
            parts += number(view, x, y, rows[0], taken)
    parts += plates(view, units, taken)
    return {**view.drawing(parts, locale), "rings": sum(len(rows) > 1 for *_at, rows in groups)}


def grid(view):
    """Thin lines of even degrees, each with its number at the edge."""
    step = next((one for one in STEPS if (view.east - view.west) / one <= 6), STEPS[-1])
    places = max(0, -math.floor(math.log10(step)))
    parts = []
    for n in range(math.ceil(view.west / step), math.floor(view.east / step) + 1):
        x = view.x(n * step)
        parts.append(f'<path d="M{x:.1f} 0V{view.height:.1f}" stroke="#c9c2b5" stroke-width="0.4"/>'
                     f'<text x="{x:.1f}" y="8" font-size="7" fill="#555" {FONT}>{n * step:.{places}f}°E</text>')
    for n in range(math.ceil(view.south / step), math.floor(view.north / step) + 1):
        y = view.y(n * step)
        parts.append(f'<path d="M0 {y:.1f}H{WIDTH:.0f}" stroke="#c9c2b5" stroke-width="0.4"/>'
                     f'<text x="{WIDTH - 16:.0f}" y="{y - 2:.1f}" font-size="7" fill="#555" {FONT}>{n * step:.{places}f}°N</text>')
    return parts


def outlines(view, units):
    """Each unit once, as its outline."""
    window = shapely.box(view.west, view.south, view.east, view.north)
    shapes = {shapely.to_wkb(one): one for one in units.geometry}
    return [view.path(one.intersection(window), 'fill="none" stroke="#4A4F55" stroke-width="0.9"') for one in shapes.values()]


def plates(view, units, taken):
    """How many sites are known by a unit alone, on a plate in it."""
    counted = {}
    for row in units.itertuples():
        key = shapely.to_wkb(row.geometry)
        counted[key] = counted.get(key, 0) + 1
    parts = []
    for key, n in counted.items():
        at = shapely.from_wkb(key).representative_point()
        x, y = view.x(at.x), view.y(at.y)
        for dy in (0, 20, -20, 40, -40):
            if all(abs(y + dy - b) > r + 8 or abs(x - a) > r + 14 for a, b, r in taken):
                y += dy
                break
        taken.append((x, y, 10))
        parts.append(f'<rect x="{x - 13:.1f}" y="{y - 7:.1f}" width="26" height="14" rx="7" fill="#fff" stroke="#4A4F55"/>'
                     f'<text x="{x:.1f}" y="{y + 3:.1f}" font-size="8.5" font-weight="600" fill="#111" {FONT}>{n}</text>')
    return parts


def areas(view, rows):
    """Cells and outlines that are larger than a symbol, and how far off places may be."""
    window, parts = shapely.box(view.west, view.south, view.east, view.north), []
    for row in rows.itertuples():
        colour = symbols.COLOURS["light"].get(group(row.kind), symbols.COLOURS["light"]["other"])
        if row.shown_as != "exact" or row.geometry.geom_type != "Point":
            west, south, east, north = row.geometry.bounds
            if max(view.x(east) - view.x(west), view.y(south) - view.y(north)) > SYMBOL:
                dash = ' stroke-dasharray="4 3"' if row.shown_as != "exact" else ""
                parts.append(view.path(row.geometry.intersection(window),
                                       f'fill="{colour}" fill-opacity="0.1" stroke="{colour}" stroke-width="0.8"{dash}'))
        elif row.uncertainty_m and row.uncertainty_m / 1000 / view.km * view.scale > SYMBOL / 2:
            parts.append(view.circle(row.geometry, f"{row.uncertainty_m / 1000 / view.km * view.scale:.1f}",
                                     f'fill="{colour}" fill-opacity="0.12" stroke="none"'))
    return parts


def together(view, rows):
    """[(x, y, rows)]: sites whose symbols would cover each other are one group; what lies beyond the paper is left out."""
    groups, cells = [], {}
    for n, row in zip(rows.index, rows.itertuples(), strict=True):
        at = row.geometry.centroid
        x, y = view.x(at.x), view.y(at.y)
        if not (0 <= x <= view.width and 0 <= y <= view.height):
            continue
        cell = (int(x // APART), int(y // APART))
        near = [one for dx in (-1, 0, 1) for dy in (-1, 0, 1) for one in cells.get((cell[0] + dx, cell[1] + dy), ())]
        held = next((one for one in near if math.hypot(one["x"] - x, one["y"] - y) < APART), None)
        if held is None:
            held = {"x": x, "y": y, "rows": []}
            groups.append(held)
            cells.setdefault(cell, []).append(held)
        held["rows"].append((n, row))
    return [(one["x"], one["y"], one["rows"]) for one in groups]


def group(kind):
    """The group whose symbol a kind has; that of other places where none is known."""
    return vocab.term("site_kind", kind).attrs.get("group") or "other" if isinstance(kind, str) else "other"


def reach(n):
    return SYMBOL / 2 if n == 1 else radius(n)


def radius(n):
    return min(15.0, 7 + 1.6 * math.log2(n))


def symbol(x, y, held):
    """The symbol of one site, as the map draws it."""
    _n, row = held
    cell = row.shown_as.startswith("cell")
    told = symbols.svg(group(row.kind), row.kind, row.verification, row.protection, cell=cell, size=SYMBOL)
    inner = re.search(r"(?s)<svg[^>]*>(.*)</svg>", str(told)).group(1)
    low, side = symbols.BOX
    at = f"translate({x - SYMBOL / 2:.1f} {y - SYMBOL / 2:.1f}) scale({SYMBOL / side:.4f}) translate({-low} {-low})"
    return f'<g transform="{at}">{inner}</g>'


def ring(x, y, rows):
    """A number in a ring: so many sites stand there."""
    groups = {group(row.kind) for _n, row in rows}
    colour = symbols.COLOURS["light"].get(groups.pop() if len(groups) == 1 else "mixed", symbols.COLOURS["light"]["other"])
    return (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius(len(rows)):.1f}" fill="#fff" stroke="{colour}" stroke-width="1.8"/>'
            f'<text x="{x:.1f}" y="{y + 3:.1f}" font-size="8.5" font-weight="600" fill="#111" {FONT}>{len(rows)}</text>')


def number(view, x, y, held, taken):
    """The number of a site in the list, beside its symbol where nothing else stands."""
    said = str(held[0] + 1)
    half = 2.2 * len(said)
    for dx, dy in ((FAR_ENOUGH + half - 3, 2.5), (-FAR_ENOUGH - half + 3, 2.5), (0, -10), (0, 15)):
        a, b = x + dx, y + dy
        if half < a < view.width - half and 8 < b < view.height - 2 and all(
                math.hypot(a - c, b - d - 2) > r + half for c, d, r in taken if (c, d) != (x, y)):
            taken.append((a, b - 2, half))
            text = f'<text x="{a:.1f}" y="{b:.1f}" font-size="7" {FONT}'
            return [f'{text} fill="#fff" stroke="#fff" stroke-width="2">{said}</text>', f'{text} fill="#111">{said}</text>']
    return []
