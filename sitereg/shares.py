"""What a partner is shown at his own door: his shares, one of them as it may be seen now, and its places on one small drawing."""
from shapely.geometry import box, shape
from shapely.ops import unary_union

from sitereg import sketch

LEAST_DEGREES = 0.4

__all__ = ["drawing", "mine", "show"]


def mine(session):
    """The shares that were made to oneself: id, purpose, since, until, state (open, over, ended)."""
    return session.rows("door_shares")


def show(session, share):
    """One of them with its rows and notices; that it was read stands recorded: in `acting` alone. Raises NotFound."""
    return session.value("door_share", id=share)


def drawing(rows, locale):
    """SVG of the places of these rows, numbered as they are listed, on outlines of governorates, waters and towns; None: no place.

    Nothing is fetched; what is around is drawn of committed data, and no other site is.
    """
    places = [(n, shape(row["geometry"])) for n, row in enumerate(rows, start=1) if row.get("geometry")]
    if not places:
        return None
    west, south, east, north = unary_union([box(*one.bounds) for _, one in places]).bounds
    pad = max(LEAST_DEGREES, east - west, north - south) * 0.2
    half = max((east - west) / 2 + pad, LEAST_DEGREES), max((north - south) / 2 + pad, LEAST_DEGREES)
    lon, lat = (west + east) / 2, (south + north) / 2
    view = sketch.View(lon - half[0], lat - half[1], lon + half[0], lat + half[1])
    parts = [*sketch.surroundings(view, locale), *(mark(view, one) for _, one in places)]
    drawn = view.drawing(parts, locale)
    return written(view, drawn["svg"], [*drawn["words"], *(number(view, n, one) for n, one in places)])


def mark(view, place):
    """The shape as it may be seen, or a dot."""
    if place.geom_type == "Point":
        return view.circle(place, 4, f'fill="{sketch.INK}"')
    return view.path(place, f'fill="{sketch.INK}" fill-opacity="0.14" stroke="{sketch.INK}" stroke-width="1.4"')


def number(view, n, place):
    at = place.centroid
    return {"x": 100 * view.x(at.x) / view.width, "y": 100 * view.y(at.y) / view.height, "text": str(n), "before": None}


def written(view, svg, words):
    """The drawing with its words in it: a browser shapes and joins Arabic by itself."""
    texts = []
    for word in words:
        x = view.width * word["x"] / 100
        x, anchor = (view.width - x, "end") if word["before"] else (x, "middle" if word["before"] is None else "start")
        bold = ' font-weight="bold" font-size="13"' if word["before"] is None else ' font-size="9"'
        text = word["text"].replace("&", "&amp;").replace("<", "&lt;")
        texts.append(f'<text x="{x:.1f}" y="{view.height * word["y"] / 100 + 3:.1f}" text-anchor="{anchor}" direction="ltr"'
                     f' fill="{sketch.INK}"{bold}>{text}</text>')
    head = '<svg class="shared-map" aria-hidden="true" '
    return svg.replace('<svg xmlns="http://www.w3.org/2000/svg" ', head, 1).replace("</svg>", "".join(texts) + "</svg>")
