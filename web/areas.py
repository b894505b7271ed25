"""An area as people give it in a form, one of three ways: a point with a radius, an admin unit, or drawn on a map."""
import json

from flask import g
from shapely.geometry import mapping, shape

from sitereg import geo, inside, maps
from sitereg.errors import BadInput
from web import asking, basemaps

FIELDS = ("centre", "km", "unit", "drawn")
CORNERS = 100


def read(typed):
    """(what was told of the area, problems): what was typed, with the point and the radius that it was read as."""
    told, problems = dict(typed), []
    if sum(bool(typed[name]) for name in ("centre", "unit", "drawn")) != 1:
        problems.append(fault("centre", "Give one area: a centre with a radius, or a unit, or one that is drawn"))
    if typed["centre"]:
        point = geo.parse(typed["centre"][:300], geo.Declared(order="latlon"))
        told["point"] = [point.lon, point.lat] if point.found else None
        if not point.found:
            problems.append(fault("centre", "This is not read as one place: give latitude and longitude, or MGRS"))
        try:
            told["radius"] = float(typed["km"].replace(",", "."))
        except ValueError:
            problems.append(fault("km", "A radius is a number of kilometres"))
    return told, problems


def fault(field, message):
    return asking.problem("bad_value", field, "", message)


def refusal(problems):
    return BadInput("This cannot be asked", problems=problems)


def polygon(opened, told):
    """The polygon that is asked for."""
    if told["drawn"]:
        drawn = inside.read(told["drawn"])
        if len(drawn.exterior.coords if drawn.geom_type == "Polygon" else range(CORNERS + 1)) > CORNERS:
            raise refusal([fault("centre", "An area that is drawn has at most 100 corners")])
        return drawn
    if told["unit"]:
        return inside.unit(opened, told["unit"])
    return inside.circle(opened, lon=told["point"][0], lat=told["point"][1], km=told["radius"])


def wrong(trouble):
    """{field: message} of a refused area."""
    return {one["field"]: one["message"] for one in trouble.problems if isinstance(one, dict)} or {"centre": trouble.what}


def chart(asked, area=None, found=(), around=None, outlines=None):
    """The map that an area is drawn on into the form, as maps.Parts: what was drawn before, what was found; around: GeoJSON.

    outlines: what the names of the fields begin with, where there are several to draw.
    """
    area = mapping(area) if area else drawn_before(asked.get("drawn"))
    drawn = basemaps.base(more=("area",), bounds=padded(shape(area or around).bounds) if area or around else None)
    maps.Area(list(found), area=area, form="ask", outlines=outlines).add_to(drawn)
    return maps.render(drawn, g.nonce)


def drawn_before(text):
    try:
        return mapping(inside.read(json.loads(text))) if text else None
    except (ValueError, BadInput):
        return None


def padded(bounds):
    west, south, east, north = bounds
    room = max((east - west) / 6, (north - south) / 6, 0.01)
    return west - room, south - room, east + room, north + room
