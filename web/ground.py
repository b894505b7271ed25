"""Words and choices of the page of the ground: which rasters are shown, how they are told, the map with their layers."""
from uuid import UUID

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext
from shapely import get_parts
from shapely.geometry import mapping, shape

from sitereg import imagery, maps, terrain
from web import basemaps, words

WEAKENS = {
    "coarse": lambda: _("One cell of the raster is wider than a third of the way looked around: a pit or a wall is not in it."),
    "partly_covered": lambda: _("The raster reaches only a part of this ground."),
    "holes": lambda: _("Some cells have no elevation."),
    "few_cells": lambda: _("These numbers rest on fewer than nine cells."),
    "shifted": lambda: _("The two images were shifted against each other; that was put right first."),
    "unregistered": lambda: _("Whether the two images lie on each other could not be checked."),
    "other_season": lambda: _("The images are of different seasons."),
    "day_unknown": lambda: _("The day of an image is not known."),
    "partly_hidden": lambda: _("Clouds or shadows hide a part of the place."),
    "no_cloud_mask": lambda: _("Clouds could not be told apart on these bands."),
    "hazy": lambda: _("The image is hazy.")}
WINDS = (lambda: _("north"), lambda: _("north-east"), lambda: _("east"), lambda: _("south-east"), lambda: _("south"),
         lambda: _("south-west"), lambda: _("west"), lambda: _("north-west"))
MOST_LAYERS = 50  # rasters of elevations that the large map offers


def chosen(rasters, args):
    """{images, dems, before, after, relief}: what may be chosen, oldest first, and what is: the first and the last image, the
    finest elevations, where the address names no other."""
    images, dems = ([one for one in rasters if one.kind == kind] for kind in ("imagery", "elevation"))
    dated = [one for one in images if one.taken] or images
    return {"images": images, "dems": dems,
            "before": named(images, args.get("before")) or (dated[0] if len(dated) > 1 else None),
            "after": named(images, args.get("after")) or (dated[-1] if dated else None),
            "relief": named(dems, args.get("relief")) or min(dems, key=lambda one: one.resolution_m, default=None)}


def named(rasters, text):
    try:
        wanted = UUID(text or "")
    except ValueError:
        return None
    return next((one for one in rasters if one.id == wanted), None)


def taken(days):
    """The days of a raster, in words; of one without any that they are not known."""
    if not days:
        return _("day unknown")
    first, last = days
    return words.day(first) if first == last else _("%(first)s to %(last)s", first=words.day(first), last=words.day(last))


def option(one):
    """A raster as a list to choose from tells it."""
    return f"{taken(one.taken)} · {one.sensor} · {size(one.resolution_m)}"


def sentence(one):
    """The same beside a layer, where there is room."""
    return f"{one.sensor} · {taken(one.taken)} · " + _("cells of %(size)s", size=size(one.resolution_m))


def size(metres):
    """The side of a cell."""
    return _("%(n)s m", n=f"{metres:.2g}" if metres < 10 else f"{metres:.0f}")


def weakness(code):
    """What weakens a number, in words; a code of a method that is not told here stands as it is."""
    return WEAKENS[code]() if code in WEAKENS else code.replace("_", " ")


def wind(degrees):
    """The direction in which the ground falls, in words."""
    return _("no way in particular") if degrees is None else WINDS[round(degrees / 45) % 8]()


def number(value, digits=0):
    """A number in the digits that all pages use."""
    return "" if value is None else f"{value:,.{digits}f}"


def area(square_metres):
    """An area, no more exact than it is."""
    return _("%(n)s m²", n=f"{square_metres:,.0f}") if square_metres < 10_000 else _("%(n)s ha", n=f"{square_metres / 10_000:,.1f}")


def cells(many):
    return ngettext("%(num)d cell", "%(num)d cells", many)


def observed(rows, rasters):
    """Observations with the rasters that they rest on, as far as those reach the place that is shown."""
    known = {one.id: one for one in rasters}
    return [{**one, "of": known.get(one["raster"]), "against": known.get(one["before"])} for one in rows]


def layers(opened):
    """The elevations that the reader may see as layers of the large map, the finest first: [{id, told, whose, shown}].

    shown: of its hillshade and of its slope {name, label, raster: {url, ground, said}}; ground: the rings around what it covers.
    """
    found = sorted(imagery.find(opened, kind="elevation", limit=MOST_LAYERS), key=lambda one: one.resolution_m)
    return [{"id": one.id, "told": sentence(one), "whose": whose(one), "shown": shown(one)} for one in found]


def whose(one):
    return f"{one.attribution} ({one.licence})"


def shown(one):
    ground = rings(one.footprint)
    return [{"name": name, "label": label,
             "raster": {"url": f"/imagery/{one.id}/{way}{{z}}/{{x}}/{{y}}.png", "ground": ground, "said": whose(one)}}
            for name, label, way in (("hillshade", _("Hillshade"), ""), ("slope", _("Slope"), "slope/"))]


def rings(footprint):
    """The outer rings of a shape, to a metre or so: what lies outside them is not asked for."""
    parts = [one for one in get_parts(shape(footprint)) if one.geom_type == "Polygon"]
    return [[[round(x, 5), round(y, 5)] for x, y in one.exterior.coords] for one in parts]


def steps():
    """How steep the ground is that is drawn in each colour: [(colour, words)]."""
    ends = [first for first, _colour in terrain.SLOPES[1:]]
    told = [_("%(first)s to %(last)s°", first=first, last=last) for first, last in zip((0, *ends), ends, strict=False)]
    return list(zip([colour for _first, colour in terrain.SLOPES], [*told, _("%(first)s° and more", first=ends[-1])], strict=True))


def chart(site, seen, rasters, cut):
    """The map of the place as it is shown, the rasters over it chosen one by one, the line of the profile."""
    drawn = basemaps.base(more=("ground",), bounds=seen.bounds)
    layers = [{"id": str(one.id), "url": f"/imagery/{one.id}/{{z}}/{{x}}/{{y}}.png",
               "attribution": whose(one)} for one in rasters]
    place = site["place"]
    maps.Ground(layers, place=place["shape"], radius=place["uncertainty_m"] if place["shown_as"] == "exact" else None,
                line=mapping(cut["line"]) if cut else None).add_to(drawn)
    return maps.render(drawn, g.nonce)
