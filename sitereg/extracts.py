"""A map of streets made from an extract of OpenStreetMap: roads, water and buildings as vector tiles in one PMTiles archive.

    extracts.draw(Path("syria.osm.pbf"), target)       roads from zoom 9, small ones and water from 12, buildings at 14

GDAL's reader of OSM files reads it, without network; what lies outside the box is left out. Layers and names are those that the map
draws (kind; name, name:ar, name:en). The licence of the data is the ODbL: OpenStreetMap and its contributors are named on the map.
"""
import re
import tempfile
from pathlib import Path

import pyogrio

from sitereg import pmtiles
from sitereg.errors import BadInput

LICENCE = "OpenStreetMap contributors, ODbL"
ENDINGS = (".osm.pbf",)
LARGE = ("motorway", "trunk", "primary", "secondary")
SMALL = ("tertiary", "unclassified", "residential", "living_street", "service", "track", "road")
NAMES = ("name", "name:ar", "name:en")
DEEPEST = 14
OPTIONS = {"FORMAT": "DIRECTORY", "EXTENT": 4096, "COMPRESS": "NO", "BUFFER": 80, "MAX_SIZE": 500_000, "MAX_FEATURES": 100_000}
# layer of the map: (layer of GDAL's reader, what is asked of it, first zoom, last zoom)
PARTS = (
    ("roads", "lines", f"highway in {LARGE}", 9, 11),
    ("roads", "lines", f"highway in {LARGE + SMALL}", 12, DEEPEST),
    ("water", "multipolygons", "natural = 'water'", 12, DEEPEST),
    ("buildings", "multipolygons", "building is not null", DEEPEST, DEEPEST),
)

__all__ = ["ENDINGS", "LICENCE", "draw"]


def draw(path, target, *, box, name):
    """`target` holds the map of what lies in `box` (west, south, east, north, EPSG:4326); returns its path.

    Raises BadInput for what is no such extract, and where there is nothing to draw in the box.
    """
    with tempfile.TemporaryDirectory(prefix="streets-", dir=Path(target).parent) as scratch:
        folders, layers, bounds = [], {}, []
        for number, (layer, read, asked, low, high) in enumerate(PARTS):
            frame = _read(path, read, asked, box)
            if frame.empty:
                continue
            folder = Path(scratch) / f"{number}"
            pyogrio.write_dataframe(frame, folder, layer=layer, driver="MVT",
                                    dataset_options={**OPTIONS, "MINZOOM": low, "MAXZOOM": high})
            folders.append(folder)
            bounds.append(frame.total_bounds)
            known = layers.setdefault(layer, {"id": layer, "minzoom": low, "maxzoom": high,
                                              "fields": dict.fromkeys(("kind", *NAMES), "String")})
            known.update(minzoom=min(low, known["minzoom"]), maxzoom=max(high, known["maxzoom"]))
        if not folders:
            raise BadInput("Nothing in it is drawn", where=Path(path).name,
                           do="Give an extract of OpenStreetMap that holds roads of Syria.")
        within = [float(pick(one[side] for one in bounds)) for side, pick in enumerate((min, min, max, max))]
        around = (max(within[0], box[0]), max(within[1], box[1]), min(within[2], box[2]), min(within[3], box[3]))
        return pmtiles.join(folders, target, name=name, layers=list(layers.values()), bounds=around, attribution=LICENCE)


def _read(path, layer, asked, box):
    """The features of a layer that fit, each with its kind and names; an empty frame where there are none."""
    kind = "highway" if layer == "lines" else "building"
    try:
        frame = pyogrio.read_dataframe(path, layer=layer, where=asked, bbox=box,
                                       columns=["name", "other_tags", kind], INTERLEAVED_READING="NO")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, RuntimeError) as error:
        raise BadInput("This is no extract of OpenStreetMap", where=Path(path).name,
                       do="Give a file as .osm.pbf, or PMTiles.") from error
    tags = frame.pop("other_tags").fillna("")
    for name in NAMES[1:]:
        frame[name] = [_tag(one, name) for one in tags]
    return frame.rename(columns={kind: "kind"})


def _tag(tags, name):
    """The value of a tag among GDAL's `"key"=>"value"`."""
    found = re.search(rf'"{re.escape(name)}"=>"((?:[^"\\]|\\.)*)"', tags)
    return re.sub(r"\\(.)", r"\1", found.group(1)) if found else None
