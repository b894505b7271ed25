"""GeoJSON by the JSON parser alone: one FeatureCollection, properties as cells, shapes as WKB.

RFC 7946 knows WGS84 only; a `crs` member of older files is handed on, so that the profile must say the same.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from sitereg.imports.readers import Unreadable

DRIVERS: tuple[str, ...] = ()
NEEDS = ("shapely.geometry", "shapely.wkb")
MOST_BYTES = 256 * 2**20
MOST_ARRAYS = 2_000_000
"""Opening brackets: each corner of a shape has one."""
_WGS84 = {
    "urn:ogc:def:crs:OGC:1.3:CRS84",
    "urn:ogc:def:crs:OGC::CRS84",
    "EPSG:4326",
    "urn:ogc:def:crs:EPSG::4326",
    "OGC:CRS84",
}


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """The rows of one collection; a feature whose shape is broken is given with `bad_geometry`.

    NaN, Infinity, numbers as text, duplicate keys and a foreign `crs` are refused, not repaired.
    """
    if len(files) != 1:
        raise Unreadable("A GeoJSON import takes one file, not a folder", do="Give the file itself.")
    document = parsed(Path(files[0]["path"]))
    if (
        not isinstance(document, dict)
        or document.get("type") != "FeatureCollection"
        or not isinstance(document.get("features"), list)
    ):
        raise Unreadable(
            "The file holds no FeatureCollection", code="not_this_format", do="Ask for GeoJSON (RFC 7946)."
        )
    crs = _system(document.get("crs"))
    _ids(document["features"])
    rows = [_row(number, feature) for number, feature in enumerate(document["features"], start=1)]
    columns = list(dict.fromkeys(column for row in rows for column in row["cells"]))
    yield {"layer": {"part": "", "columns": columns, "crs": crs, "shapes": True}}
    for row in rows:
        yield {"row": row}


def _ids(features: list) -> None:
    """Raises Unreadable where two features have one id: which of the two it means nobody can tell."""
    first: dict[str, int] = {}
    for number, feature in enumerate(features, start=1):
        told = feature.get("id") if isinstance(feature, dict) else None
        if isinstance(told, str | int | float) and (one := first.setdefault(json.dumps(told), number)) != number:
            raise Unreadable(f"The features {one} and {number} have the same id ({str(told)[:60]})",
                             code="duplicate_key", do="Ask which of the two it is, and for an id of its own for each.")


def _system(member) -> str:
    """The system that a `crs` member names as EPSG:n. Raises Unreadable where it names none that is known."""
    if member is None:
        return "EPSG:4326"
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if name in _WGS84:
        return "EPSG:4326"
    met = re.fullmatch(r"(?:urn:ogc:def:crs:)?EPSG:[\d.]*:?(\d{4,6})", str(name))
    if not met:
        raise Unreadable(f"The file names a coordinate system that is not known ({str(name)[:60]})", code="unknown_crs",
                         do="Ask for it in WGS84, as GeoJSON is defined.")
    return f"EPSG:{met[1]}"


def parsed(path: Path, mended=str):
    """What the JSON of a file says, its text as `mended` answers it; NaN, Infinity, a key given twice and what is no UTF-8 are
    Unreadable."""
    with path.open("rb") as file:
        arrays = sum(block.count(b"[") for block in iter(lambda: file.read(2**20), b""))
    if path.stat().st_size > MOST_BYTES or arrays > MOST_ARRAYS:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 2**20} MB or has more than {MOST_ARRAYS:,} corners",
                         code="too_large", do="Import it in parts.")
    try:
        return json.loads(mended(path.read_text("utf-8-sig")), parse_constant=_no_constant, object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise Unreadable(
            "GeoJSON is UTF-8 and this file is not", code="bad_encoding", do="Ask for the file again."
        ) from error
    except json.JSONDecodeError as error:
        raise Unreadable(
            "The file is no JSON", line=error.lineno, code="not_this_format", do="Ask for the file again."
        ) from error
    except RecursionError as error:
        raise Unreadable("The file is nested too deeply", do="Ask for the file again.") from error


def _row(number: int, feature) -> dict:
    row = {"part": "", "n": number, "line": None, "cells": {}, "shape": None, "faults": []}
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        row["faults"] = [["bad_geometry", "this is no Feature"]]
        return row
    properties = feature.get("properties") or {}
    row["cells"] = {str(key): _text(value) for key, value in properties.items()}
    if feature.get("geometry") is not None:
        try:
            row["shape"] = _shape(feature["geometry"])
            if _open(feature["geometry"]):
                row["faults"] = [["geometry_repaired", "A ring was not closed: its first corner was added at its end"]]
        except Exception as error:
            row["faults"] = [["bad_geometry", f"The shape of this record cannot be read ({type(error).__name__})"]]
    return row


def _shape(geometry: dict) -> str | None:
    from shapely import geometry as shapes
    from shapely import wkb

    _numbers(geometry.get("coordinates", []))
    drawn = shapes.shape(geometry)
    return None if drawn.is_empty else wkb.dumps(drawn, hex=True)


def _open(geometry: dict) -> bool:
    """Whether a ring of the areas ends elsewhere than it began; shapely closes it without a word."""
    areas = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}.get(geometry.get("type"), ())
    return any(ring and ring[0] != ring[-1] for rings in areas for ring in rings)


def _numbers(coordinates) -> None:
    if isinstance(coordinates, list):
        for one in coordinates:
            _numbers(one)
    elif isinstance(coordinates, bool) or not isinstance(coordinates, int | float):
        raise TypeError("a coordinate is a number")


def _text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _no_constant(name: str):
    raise Unreadable(f"The file holds {name}, which is no JSON number", do="Ask for the file again.")


def _once(pairs: list[tuple]) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("The file gives a key twice in one object", do="Ask for the file again.")
    return found
