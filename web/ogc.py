"""What OGC API - Features and Tiles say of themselves and of our layers: links, collections; how their parameters read.

Documents are the same for everybody: which rows a layer holds is told by its items alone. Addresses begin where the
request came in.
"""

import re
from datetime import date, datetime
from urllib.parse import urlencode

from flask import request, url_for

from sitereg.errors import BadInput
from sitereg.layers import LAYERS, MOST

STANDARD = "http://www.opengis.net"
CRS84 = f"{STANDARD}/def/crs/OGC/1.3/CRS84"
WEB_MERCATOR = f"{STANDARD}/def/crs/EPSG/0/3857"
MATRICES = f"{STANDARD}/def/tilematrixset/OGC/1.0/WebMercatorQuad"
JSON, GEOJSON, SCHEMA = "application/json", "application/geo+json", "application/schema+json"
OPENAPI, MVT, HTML = "application/vnd.oai.openapi+json;version=3.0", "application/vnd.mapbox-vector-tile", "text/html"
CONFORMANCE = (
    *(f"{STANDARD}/spec/ogcapi-features-1/1.0/conf/{one}" for one in ("core", "oas30", "geojson")),
    *(f"{STANDARD}/spec/ogcapi-common-1/1.0/conf/{one}" for one in ("core", "json", "oas30")),
    f"{STANDARD}/spec/ogcapi-common-2/1.0/conf/collections",
    *(f"{STANDARD}/spec/ogcapi-features-3/1.0/conf/{one}" for one in ("queryables", "queryables-query-parameters")),
    *(
        f"{STANDARD}/spec/ogcapi-tiles-1/1.0/conf/{one}"
        for one in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30")
    ),
)
TILED = {"sites": "Layers sites, areas, units and unit_labels", "events": "Layer events: counts by square"}
AROUND = (34.0, 29.0, 49.0, 38.5)  # Syria and what lies around it: the extent that a layer tells, whatever it holds
ZOOMS, RADIUS = 21, 20037508.342789244
USUAL = 1000
OWN = ("bbox", "bbox-crs", "crs", "datetime", "limit", "past", "f")
DAY = re.compile(r"(\d{4}-\d\d-\d\d)([Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d))?")
WHOLE, NUMBER = re.compile(r"-?\d{1,18}"), re.compile(r"-?\d{1,15}(\.\d{1,20})?([eE][+-]?\d{1,2})?")
TYPES = {
    "text": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
    "boolean": {"type": "boolean"},
    "bigint": {"type": "integer", "format": "int64"},
    "integer": {"type": "integer"},
    "double precision": {"type": "number"},
}


def link(rel, kind, title, endpoint, query=(), **parts):
    asked = f"?{urlencode(query)}" if query else ""
    return {"rel": rel, "type": kind, "title": title, "href": url_for(endpoint, _external=True, **parts) + asked}


def landing():
    """Where everything else is found."""
    return {
        "title": "Restricted registry of burial and detention sites",
        "description": "What you may see of it, as layers for map programs. What is not for you is absent. Each read is logged.",
        "links": [
            link("self", JSON, "This page", "ogc.landing"),
            link("service-desc", OPENAPI, "The API", "ogc.api"),
            link("conformance", JSON, "What is kept to", "ogc.conformance"),
            link("data", JSON, "Layers", "ogc.collections"),
            link(f"{STANDARD}/def/rel/ogc/1.0/tiling-schemes", JSON, "Tile matrix sets", "ogc.matrix_sets"),
        ],
    }


def collection(layer):
    """What a layer is, and where its rows, columns and tiles are."""
    at = {"layer": layer.name}
    found = {
        "id": layer.name,
        "title": layer.title,
        "description": layer.words + (f" datetime asks about {layer.days}." if layer.days else ""),
        "itemType": "feature",
        "crs": [CRS84],
        "storageCrs": CRS84,
        "links": [
            link("self", JSON, layer.title, "ogc.collection", **at),
            link("items", GEOJSON, f"{layer.title}: rows", "ogc.items", **at),
            link(f"{STANDARD}/def/rel/ogc/1.0/queryables", SCHEMA, f"{layer.title}: columns", "ogc.queryables", **at),
        ],
    }
    if layer.shape:
        found["extent"] = {"spatial": {"bbox": [AROUND], "crs": CRS84}}
    if layer.name in TILED:
        found["links"].append(
            link(f"{STANDARD}/def/rel/ogc/1.0/tilesets-vector", JSON, f"{layer.title}: tiles", "ogc.tile_sets", room=layer.name)
        )
    return found


def queryables(layer, columns):
    """The columns of a layer by which its rows may be asked for, and what each means."""
    known = {one["name"]: {**TYPES[one["type"]], "description": one["words"]} for one in columns}
    shape = {"geometry": {"format": "geometry-any", "x-ogc-role": "primary-geometry"}} if layer.shape else {}
    return {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "$id": url_for("ogc.queryables", layer=layer.name, _external=True),
        "type": "object",
        "title": layer.title,
        "properties": known | shape,
        "additionalProperties": False,
    }


def tile_set(name, *, whole):
    """The vector tiles of sites or events; whole: with the limits and layers of the set itself."""
    at = {"room": name}
    told = {
        "title": f"{LAYERS[name].title}. {TILED[name]}",
        "dataType": "vector",
        "crs": WEB_MERCATOR,
        "tileMatrixSetURI": MATRICES,
        "links": [
            link("self", JSON, "This tile set", "ogc.tile_set", **at),
            link(f"{STANDARD}/def/rel/ogc/1.0/tiling-scheme", JSON, "WebMercatorQuad", "ogc.matrix_set"),
        ],
    }
    if whole:
        where = url_for("ogc.tile_sets", _external=True, **at)
        told["links"].append(
            {
                "rel": "item",
                "type": MVT,
                "title": "Tiles",
                "templated": True,
                "href": f"{where}/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}",
            }
        )
    return told


def matrix_set():
    """WebMercatorQuad: the tiles of every web map, zoom 0 to 20."""
    size = 2 * RADIUS / 256
    return {
        "id": "WebMercatorQuad",
        "title": "Google Maps Compatible for the World",
        "uri": MATRICES,
        "crs": WEB_MERCATOR,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": f"{STANDARD}/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [
            {
                "id": str(z),
                "cellSize": size / 2**z,
                "scaleDenominator": size / 2**z / 0.00028,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-RADIUS, RADIUS],
                "tileWidth": 256,
                "tileHeight": 256,
                "matrixWidth": 2**z,
                "matrixHeight": 2**z,
            }
            for z in range(ZOOMS)
        ],
    }


def asked(columns):
    """(what layers.page takes, the same as it stood in the address); raises BadInput for whatever is not understood.

    columns: called where the address names more than every layer knows, tells [{name, type}] of this one.
    """
    known = {one["name"]: one["type"] for one in columns()} if set(request.args) - set(OWN) else {}
    given = plain({*OWN, *known})
    first, last = days(given["datetime"]) if "datetime" in given else (None, None)
    limit = whole(given.get("limit", str(USUAL)), "limit")
    if limit < 1:
        raise BadInput("That is no limit", where="limit", do=f"Ask for 1 to {MOST} rows; more come page by page.")
    wanted = {
        "bbox": box(given["bbox"]) if "bbox" in given else None,
        "first": first,
        "last": last,
        "most": min(limit, MOST),
        "past": whole(given["past"], "past") if "past" in given else None,
        "equal": {name: typed(name, given[name], known[name]) for name in given if name not in OWN},
    }
    return wanted, given


def plain(known=("f",)):
    """{name: value} of the query: each once, no other names than these; of forms JSON alone is served."""
    unknown = sorted(set(request.args) - set(known))
    if unknown or any(len(request.args.getlist(name)) > 1 or "\0" in request.args[name] for name in request.args):
        raise BadInput(
            "There is no such parameter, or it stands there twice",
            where=next(iter(unknown), "")[:60],
            do="See the API's description.",
        )
    given = request.args.to_dict()
    if given.get("f", "json") not in ("json", "geojson"):
        raise BadInput("There is no such format", where="f", do="Ask for json.")
    if {given.get("crs", CRS84), given.get("bbox-crs", CRS84)} != {CRS84}:
        raise BadInput("There is no such reference system", where="crs", do=f"Longitude and latitude alone: {CRS84}")
    return given


def whole(text, name):
    if not WHOLE.fullmatch(text):
        raise BadInput("This is no whole number", where=name)
    return int(text)


def box(text):
    """[west, south, east, north] of a bbox of four numbers, or of six (heights are left out)."""
    parts = text.split(",")
    if len(parts) not in (4, 6) or not all(NUMBER.fullmatch(one.strip()) for one in parts):
        raise BadInput("This is no box", where="bbox", do="Give west, south, east, north in degrees.")
    numbers = [float(one) for one in parts]
    west, south, east, north = numbers if len(numbers) == 4 else [*numbers[:2], *numbers[3:5]]
    return [max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)]


def days(text):
    """(first, last) day of a moment or of an interval `from/to`, `..` or nothing: an open end; of a moment its day as written."""
    ends = text.split("/")
    if len(ends) > 2 or not ends[0] + ends[-1] or (len(ends) == 2 and set(ends) <= {"", ".."}):
        raise BadInput("This is no time", where="datetime", do="Give 2012-05-01, or 2012-05-01/2012-06-30, or ../2012-06-30.")
    read = [None if len(ends) == 2 and one in ("", "..") else day(one) for one in ends]
    first, last = read[0], read[-1]
    if first and last and first > last:
        raise BadInput("This interval ends before it begins", where="datetime")
    return first, last


def day(text):
    found = DAY.fullmatch(text)
    try:
        if not found:
            raise ValueError
        if found[2]:
            datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
        return date.fromisoformat(found[1])
    except ValueError:
        raise BadInput("This is no day", where="datetime", do="Give 2012-05-01 or 2012-05-01T00:00:00Z.") from None


def typed(name, text, kind):
    """The value of a column as text that the database reads alike; raises BadInput where the column holds no such values."""
    fits = {
        "bigint": WHOLE.fullmatch,
        "integer": re.compile(r"-?\d{1,9}").fullmatch,
        "double precision": NUMBER.fullmatch,
        "date": day,
        "boolean": {"true", "false"}.__contains__,
        "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch,
    }
    if len(text) > 200 or not fits.get(kind, lambda _text: True)(text):
        raise BadInput("This column holds no such value", where=name, do="See the columns of the layer.")
    return text[:10] if kind == "date" else text
