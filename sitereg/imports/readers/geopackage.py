"""GeoPackages by SQLite alone: tables are read, views and triggers are not run, nothing is written (store.geopackage)."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sitereg.imports.readers import LAYER, Unreadable
from sitereg.store import geopackage as package

DRIVERS: tuple[str, ...] = ()
NEEDS = ("shapely", "shapely.wkb")
MOST_ROWS = 1_000_000
_ENVELOPES = (0, 32, 48, 48, 64)


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """The layers that the profile names, or all tables of features and attributes, in the order of their names."""
    if len(files) != 1:
        raise Unreadable("A GeoPackage is one file, not a folder", do="Give the file itself.")
    path = Path(files[0]["path"])
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            raise Unreadable("The file is no GeoPackage", code="not_this_format", do="Ask for the file again.")
    try:
        with package.opened(path) as source:
            yield from _layers(source, set(options.get("layers") or ()))
    except sqlite3.Error as error:
        raise Unreadable(f"The GeoPackage is damaged, or reading it would run something of it ({type(error).__name__})",
                         do="Ask for the file again, as plain tables.") from error


def _layers(source: sqlite3.Connection, wanted: set[str]) -> Iterator[dict]:
    held = package.held(source)
    if not package.is_table(held, "gpkg_contents"):
        raise Unreadable("The file is no GeoPackage: it has no table of contents", code="not_this_format",
                         do="Ask for the file again.")
    shapes = package.shapes(source, held)
    triggers = sum(kind == "trigger" and not name.startswith(("rtree_", "gpkg_")) for name, (kind, _) in held.items())
    if triggers:
        yield _note("triggers", f"{triggers} triggers of the file were not run")
    for name, kind in sorted(package.contents(source).items()):
        if kind not in ("features", "attributes") or (wanted and name not in wanted):
            yield _note(name, f"The layer {name} ({kind}) is not read")
        elif package.is_table(held, name):
            yield from _table(source, name, *shapes.get(name, (None, None)))
        else:
            what = "a view" if held.get(name, ("",))[0] == "view" else "no plain table"
            if name in wanted:
                raise Unreadable(f"The layer {name[:60]} is {what}", code="missing_layer", do="Ask for it as a table.")
            yield _note(name, f"The layer {name} is {what}: it is not read")


def _table(source: sqlite3.Connection, name: str, shape: str | None, crs: str | None) -> Iterator[dict]:
    plain = [one for one in package.columns(source, name) if one != shape]
    yield {"layer": {"part": name, "columns": [*plain, LAYER], "crs": crs, "shapes": shape is not None}}
    for number, values in enumerate(package.rows(source, name, [*plain, *([shape] if shape else [])]), start=1):
        if number > MOST_ROWS:
            raise Unreadable(f"The layer {name} has more than {MOST_ROWS} rows", do="Import it in parts.")
        cells = {column: _text(value) for column, value in zip(plain, values, strict=False)}
        drawn, faults = _shape(values[-1]) if shape else (None, [])
        row = {"part": name, "n": number, "line": None, "cells": {**cells, LAYER: name}, "shape": drawn, "faults": faults}
        yield {"row": row}


def _shape(blob) -> tuple[str | None, list[list[str]]]:
    """The shape of a GeoPackage blob as hexadecimal WKB, None where there is none or an empty one."""
    from shapely import wkb

    if blob is None:
        return None, []
    try:
        flags = blob[3]
        if blob[:2] != b"GP" or flags >> 5 & 1:
            raise ValueError("no shape of the standard")
        drawn = wkb.loads(bytes(blob[8 + _ENVELOPES[flags >> 1 & 7] :]))
        return (None if drawn.is_empty else wkb.dumps(drawn, hex=True)), []
    except Exception as error:
        return None, [["bad_geometry", f"The shape of this record cannot be read ({type(error).__name__})"]]


def _text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _note(field: str, message: str) -> dict:
    return {"note": {"code": "not_read", "field": field, "message": message}}
