"""Layers for map programs: what OGC API - Features, a QGIS project and its SQL twin offer, each of the caller's own face.

A layer is a table of the registry with at most one shape a row. Rows come as GeoJSON, page by page in the order of their key, an
integer that stays the same; a page tells what follows it by the last key, so that rows that come or go meanwhile move no other.
"""

from dataclasses import dataclass

from sitereg.store import session as store

__all__ = ["LAYERS", "MOST", "Layer", "Page", "columns", "feature", "page"]

MOST = 5000
"""Rows of one page; a page is also cut at some 4 MB, which outlines of units reach before."""


@dataclass(frozen=True)
class Layer:
    """name: in addresses; title and words: for people; view: the same in SQL; shape: the type of geometry, "" for tables without
    one, "Geometry" where types are mixed; days: what `datetime` asks about, in words."""

    name: str
    title: str
    words: str
    view: str
    shape: str = ""
    days: str = ""


USED = "the days between which it may have been in use"
HAPPENED = "the days between which it may have happened"
YEARS = "the years between which its records may lie"
LAYERS = {
    layer.name: layer
    for layer in (
        Layer(
            "sites",
            "Sites",
            "Every site that you may see, with what you are shown of its place; without a shape where none is known.",
            "v_site",
            "Geometry",
            USED,
        ),
        Layer(
            "site_points",
            "Sites: points",
            "Sites of which you are shown an exact point; uncertainty_m is the radius around it.",
            "v_site_point",
            "Point",
            USED,
        ),
        Layer("site_lines", "Sites: lines", "Sites of which you are shown an exact line.", "v_site_line", "MultiLineString", USED),
        Layer(
            "site_areas",
            "Sites: areas",
            "Sites of which you are shown an exact outline, or the unit that they lie in (shown_as says which).",
            "v_site_area",
            "MultiPolygon",
            USED,
        ),
        Layer(
            "site_cells",
            "Sites: cells",
            "Sites of which you are shown the cell of a fixed grid: each lies somewhere in it, its middle means nothing.",
            "v_site_cell",
            "Polygon",
            USED,
        ),
        Layer(
            "site_uncertainty",
            "Sites: where each may lie",
            "The area in which each site lies: its circle, its outline, its cell or its unit.",
            "",
            "MultiPolygon",
            USED,
        ),
        Layer(
            "site_kinds",
            "Sites: what each was",
            "One row for each pair of a site and a kind, with the verification of that pair.",
            "v_site_kind",
            "",
            USED,
        ),
        Layer(
            "site_relations",
            "Sites: what one is to another",
            "Parts, transfers, successors; both sites are ones that you may see.",
            "v_site_relation",
            "",
            USED,
        ),
        Layer("persons", "Cases", "The cases that you may see, under their public references, without names.", "v_person"),
        Layer(
            "events",
            "Events",
            "What happened to persons, with what you are shown of the place; of a unit its code alone.",
            "v_event",
            "Geometry",
            HAPPENED,
        ),
        Layer("event_points", "Events: points", "Events whose exact place you are shown.", "v_event_point", "Point", HAPPENED),
        Layer(
            "event_cells",
            "Events: cells",
            "Events of which you are shown the cell of a fixed grid.",
            "v_event_cell",
            "Polygon",
            HAPPENED,
        ),
        Layer(
            "holdings",
            "Bodies of records",
            "Every body of records that you may see, with what you are shown of its place.",
            "v_holding",
            "Geometry",
            YEARS,
        ),
        Layer(
            "holding_points",
            "Bodies of records: points",
            "Bodies of records of which you are shown an exact point.",
            "v_holding_point",
            "Point",
            YEARS,
        ),
        Layer(
            "holding_areas",
            "Bodies of records: areas",
            "Bodies of records of which you are shown an exact outline, or the unit.",
            "v_holding_area",
            "MultiPolygon",
            YEARS,
        ),
        Layer(
            "holding_cells",
            "Bodies of records: cells",
            "Bodies of records of which you are shown the cell of a fixed grid.",
            "v_holding_cell",
            "Polygon",
            YEARS,
        ),
        Layer(
            "visits",
            "Visits",
            "Visits and remote reviews, with the area covered where you are shown the exact place.",
            "v_visit",
            "MultiPolygon",
            "the day of the visit",
        ),
        Layer(
            "measures",
            "Protection measures",
            "Protection measures and their state, with the area where you are shown the exact place.",
            "v_measure",
            "MultiPolygon",
            "the days between which it may have been in force",
        ),
        Layer(
            "disturbances",
            "Disturbances",
            "What was done to sites, and whether each is still open.",
            "v_disturbance",
            "",
            "the days between which it may have been seen",
        ),
        Layer(
            "units",
            "Administrative units",
            "Administrative units by edition; join on pcode and edition.",
            "v_admin_unit",
            "MultiPolygon",
        ),
    )
}


@dataclass(frozen=True)
class Page:
    """features: a JSON array of GeoJSON features; matched: how many fit in all; returned: how many are here; past: where the next
    page begins, None on the last."""

    features: str
    matched: int
    returned: int
    past: int | None


def columns(session, name):
    """[{name, type, words}] of a layer but for its shape; types as PostgreSQL calls them. Raises NotFound."""
    return session.rows("layer_columns", layer=name)


def page(session, name, *, bbox=None, first=None, last=None, equal=None, past=None, most=1000):
    """The rows of a layer that fit, after the key `past`, at most `most`; the read stands in the log before they are answered.

    bbox: [west, south, east, north] in degrees (CRS84), met by the shape that the caller is shown; rows without a shape do not meet
    it. first, last: days, both included: rows of which what they tell may have been so on one of them; what is not known constrains
    nothing. equal: {column: value as text}. Raises NotFound: no such layer; BadInput.
    """
    found = session.one(
        "layer_page", layer=name, bbox=bbox, **{"from": first, "to": last}, equal=store.Json(equal or {}), past=past, limit=most
    )
    log(session, {"of": name, "filter": sorted(filters(bbox, first, last, equal)), "count": found["returned"]})
    return Page(found["features"], found["matched"], found["returned"], found["last"])


def filters(bbox, first, last, equal):
    """The names of what was asked; boxes and values tell where one looks, and the log needs them not."""
    return [*(["bbox"] if bbox else []), *(["datetime"] if first or last else []), *(equal or {})]


def feature(session, name, key):
    """One row of a layer as a GeoJSON feature (text). Raises NotFound: there is no such layer, or no such row for the caller."""
    found = session.value("layer_feature", layer=name, feature=key)
    log(session, {"of": name, "count": 1})
    return found


def log(session, detail):
    with store.acting(session.settings, session.actor) as opened:
        opened.call("log_read", action="layer", detail=store.Json(detail))
