"""What may lie within an area and may have been within a period: sites, and events of persons, certainly, probably or possibly.

    area = inside.circle(session, lon=36.3, lat=33.5, km=5)      # or inside.unit(session, "SY01"), a shapely polygon, GeoJSON
    inside.events(session, area, from_=date(2012, 1, 1), to=date(2012, 12, 31))

The answers rest on shapes and days of the caller's face alone. `p_inside` is the chance that the place truly lies inside, by
the law of sitereg.geo.spread. Rows are dicts with the columns of api.events_inside and api.sites_inside, the surest first.
"""
import json
from collections.abc import Mapping

import shapely
from shapely.geometry import shape

from sitereg.errors import BadInput

CLASSES = ("certain", "probable", "possible")
CORNERS = 2000

__all__ = ["CLASSES", "circle", "counts", "events", "found", "read", "sites", "unit"]


def found(session, area, *, from_=None, to=None, limit=100, skip_sites=0, skip_events=0):
    """{sites: rows, events: rows, counts: as `counts`}, what lies where being worked out once for the rows and their number."""
    period = {"area": asked(area), "from": from_, "to": to, "limit": limit, "counted": True}
    told = {"sites": session.rows("sites_inside", **period, skip=skip_sites),
            "events": session.rows("events_inside", **period, skip=skip_events)}
    if (skip_sites and not told["sites"]) or (skip_events and not told["events"]):  # beyond the last: no row tells how many
        return {**bare(told), "counts": counts(session, area, from_=from_, to=to)}
    numbers = {what: dict.fromkeys(CLASSES, 0) for what in ("sites", "events", "persons")}
    for rows in told.values():
        for what, by_class in (rows[0]["counted"] if rows else {}).items():
            numbers[what] |= by_class
    return {**bare(told), "counts": numbers}


def bare(told):
    return {what: [{name: row[name] for name in row if name != "counted"} for row in rows] for what, rows in told.items()}


def events(session, area, *, from_=None, to=None, kinds=None, limit=100, skip=0):
    """Events of persons inside; from_ and to: days, both included; kinds: of events. Empty below tier 1."""
    rows = session.rows("events_inside", area=asked(area), **{"from": from_}, to=to, kinds=kinds, limit=limit, skip=skip)
    return bare({"events": rows})["events"]


def sites(session, area, *, from_=None, to=None, kinds=None, groups=None, limit=100, skip=0):
    """Sites inside that may have been in use in the period; kinds and groups: of sites."""
    rows = session.rows("sites_inside", area=asked(area), **{"from": from_}, to=to, kinds=kinds, groups=groups,
                        limit=limit, skip=skip)
    return bare({"sites": rows})["sites"]


def counts(session, area, *, from_=None, to=None, event_kinds=None, site_kinds=None, site_groups=None):
    """{what: {class: how many}} for sites, events, and persons by their surest event."""
    told = {what: dict.fromkeys(CLASSES, 0) for what in ("sites", "events", "persons")}
    for row in session.rows("inside_counts", area=asked(area), **{"from": from_}, to=to, event_kinds=event_kinds,
                            site_kinds=site_kinds, site_groups=site_groups):
        told[row["what"]][row["inside"]] = row["n"]
    return told


def circle(session, *, lon, lat, km):
    """A circle around a point (degrees) as a polygon; raises BadInput for a radius that is not above 0 and at most 500 km."""
    return shapely.from_wkb(session.value("circle", lon=lon, lat=lat, km=km))


def unit(session, pcode):
    """The outline of an admin unit; raises BadInput for a code that there is not."""
    return shapely.from_wkb(session.value("unit_area", pcode=pcode))


def read(given):
    """The polygon of a GeoJSON document (text or dict: a geometry, a feature, or a collection of which all parts are joined)."""
    try:
        told = given if isinstance(given, Mapping) else json.loads(given)
        parts = [shape(one) for one in geometries(told)]
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError) as fault:
        raise BadInput("This is no area in GeoJSON", do="Give a polygon, or features with polygons, in degrees.") from fault
    if not parts or any(part.geom_type not in ("Polygon", "MultiPolygon") or part.is_empty for part in parts):
        raise BadInput("An area is made of polygons", do="Give a polygon, or features with polygons, in degrees.")
    if shapely.get_num_coordinates(parts).sum() > CORNERS * 100:
        raise BadInput("The area has too many corners", do="Make its outline plainer.")
    if not all(part.is_valid for part in parts):
        raise BadInput("The outline of the area crosses itself", do="Draw it again without crossing a line.")
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def geometries(told):
    if told.get("type") == "FeatureCollection":
        return [one for part in told["features"] for one in geometries(part)]
    return [told["geometry"] if told.get("type") == "Feature" else told]


def asked(area):
    """The area as the database takes it."""
    return (read(area) if isinstance(area, (str, Mapping)) else area).wkb_hex
