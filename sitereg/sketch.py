"""A place as two plain drawings for paper: where in the country it lies, and what is around it. SVG, made here, of committed data.

What is drawn of the place is what the caller hands over (GeoJSON of a face): a circle, a cell, an outline. Outlines of governorates
and waters are Natural Earth's, towns those of GeoNames; nothing is fetched. Plate carrée, stretched to the middle latitude.
Words stand beside the drawing, each with its place in hundredths: whoever sets the page shapes and joins Arabic, no SVG does.
"""
import json
import math
from functools import cache
from pathlib import Path

import geopandas
from shapely.geometry import box, shape

from sitereg import gazetteer

ROOT = Path(__file__).resolve().parent.parent / "gis_data"
WIDTH = 360.0
INK, LINE, WATER, LAND = "#111111", "#9a9184", "#c3d3da", "#f6f3ec"
LEAST_KM, TOWNS = 12.0, 9
BARS = (1, 2, 5, 10, 20, 50, 100, 200)

__all__ = ["View", "around", "country", "drawings", "surroundings"]


@cache
def _layers():
    units = geopandas.read_file(ROOT / "boundaries" / "syr_admin1.geojson")
    waters = [geopandas.read_file(ROOT / "waters" / f"{name}.geojson") for name in ("lakes", "rivers")]
    return units.geometry.simplify(0.002), [one.geometry for one in waters], gazetteer.places()


def country(place, locale):
    """Where in the country the place lies: a ring around its middle, the outlines of the governorates, the largest towns."""
    units, _waters, towns = _layers()
    west, south, east, north = units.total_bounds
    at = shape(place).centroid
    view = View(west - 0.1, south - 0.1, east + 0.1, north + 0.1)
    large = towns[towns["t"] <= 2].cx[west:east, south:north]
    ring = view.circle(at, 7, f'fill="none" stroke="{INK}" stroke-width="1.6"')
    return view.drawing([*view.land(units), *view.waters(), *view.towns(large, locale), ring], locale)


def around(place, locale):
    """What is around: the place as it is shown, the next towns, a bar of kilometres."""
    units, _waters, towns = _layers()
    drawn = shape(place)
    west, south, east, north = drawn.bounds
    lat, km = (south + north) / 2, 111.2
    half = max((north - south) * km, (east - west) * km * math.cos(math.radians(lat)), LEAST_KM) * 0.9
    dlat, dlon = half / km, half / (km * math.cos(math.radians(lat)))
    lon = (west + east) / 2
    view = View(lon - dlon, lat - dlat, lon + dlon, lat + dlat)
    near = towns.cx[view.west:view.east, view.south:view.north]
    mark = (view.circle(drawn, 4, f'fill="{INK}"') if drawn.geom_type == "Point" else
            view.path(drawn, f'fill="{INK}" fill-opacity="0.12" stroke="{INK}" stroke-width="1.4"'))
    return view.drawing([*view.land(units), *view.waters(), *view.towns(near, locale), mark], locale)


def surroundings(view, locale, towns=TOWNS, taken=()):
    """What lies under whatever is drawn in a View: outlines of governorates, waters, so many towns with their names, and none
    whose name would cover what stands at the (x, y, radius) of `taken`."""
    units, _waters, known = _layers()
    rows = known.cx[view.west:view.east, view.south:view.north]
    return [*view.land(units), *view.waters(), *view.towns(rows, locale, towns, taken)]


class View:
    """A window of degrees on paper, `width` units wide."""

    def __init__(self, west, south, east, north, width=WIDTH):
        self.width = width
        self.west, self.south, self.east, self.north = west, south, east, north
        self.km = 111.2 * math.cos(math.radians((south + north) / 2))
        self.scale = width / (east - west)
        self.stretch = self.scale / math.cos(math.radians((south + north) / 2))
        self.height = (north - south) * self.stretch
        self.words = []

    def x(self, lon):
        return (lon - self.west) * self.scale

    def y(self, lat):
        return (self.north - lat) * self.stretch

    def circle(self, at, radius, style):
        return f'<circle cx="{self.x(at.x):.1f}" cy="{self.y(at.y):.1f}" r="{radius}" {style}/>'

    def path(self, one, style):
        rings = []
        for part in getattr(one, "geoms", [one]):
            rings += [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part] * (part.geom_type == "LineString")
        if not rings:
            return ""
        words = " ".join("M" + " L".join(f"{self.x(lon):.1f} {self.y(lat):.1f}" for lon, lat in ring.coords) for ring in rings)
        return f'<path d="{words}" {style}/>'

    def clipped(self, shapes):
        window = box(self.west, self.south, self.east, self.north)
        found = shapes[shapes.intersects(window)].intersection(window)
        return [one for one in found if not one.is_empty]

    def land(self, units):
        style = f'fill="{LAND}" stroke="{LINE}" stroke-width="0.7" stroke-dasharray="3 2"'
        return [self.path(one, style) for one in self.clipped(units)]

    def waters(self):
        lakes, rivers = _layers()[1]
        return [*(self.path(one, f'fill="{WATER}"') for one in self.clipped(lakes)),
                *(self.path(one, f'fill="none" stroke="{WATER}" stroke-width="1.4"') for one in self.clipped(rivers))]

    def towns(self, rows, locale, most=TOWNS, taken=()):
        told, kept = [], []
        for row in rows.sort_values("t", kind="stable").itertuples():
            x, y = self.x(row.geometry.x), self.y(row.geometry.y)
            if len(kept) >= most or any(abs(x - a) < 70 and abs(y - b) < 13 for a, b in kept) or not 8 < y < self.height - 8:
                continue
            if any(-b < (a - x if x <= self.width * 0.75 else x - a) < 55 + b and abs(c - y) < 6 + b for a, c, b in taken):
                continue
            kept.append((x, y))
            name = (row.name_ar if locale == "ar" and isinstance(row.name_ar, str) else None) or row.name_en
            told.append(self.circle(row.geometry, 1.7, 'fill="#555"'))
            self.word(x, y, name, before=x > self.width * 0.75)
        return told

    def word(self, x, y, text, before=False):
        """Words beside a point: left of it (before), else right."""
        from_edge = self.width - x if before else x
        self.words.append({"x": round(100 * (from_edge + 5) / self.width, 2), "y": round(100 * y / self.height, 2), "text": text,
                           "before": before})

    def drawing(self, parts, locale):
        wide = (self.east - self.west) * self.km
        bar = next((one for one in reversed(BARS) if one < wide / 3), 1)
        length, y = bar / wide * self.width, self.height - 8
        self.word(10 + length, y, f"{bar} {'كم' if locale == 'ar' else 'km'}")
        scale = f'<path d="M10 {y:.1f} h{length:.1f}" stroke="{INK}" stroke-width="1.6"/>'
        frame = f'<rect x="0.5" y="0.5" width="{self.width - 1:.0f}" height="{self.height - 1:.1f}" fill="none" stroke="{LINE}"/>'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:.0f} {self.height:.1f}">'
        return {"svg": f'{head}{"".join(parts)}{scale}{frame}</svg>', "words": self.words}


def drawings(place, locale):
    """[{what, svg, words}] of a place as GeoJSON text or object; empty where there is none."""
    held = json.loads(place) if isinstance(place, str) else place
    return [{"what": "country", **country(held, locale)}, {"what": "around", **around(held, locale)}] if held else []
