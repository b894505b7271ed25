"""GeoParquet and plain Parquet: one table, its cells as text, shapes from the WKB of the primary column; by one thread."""

import json
from collections.abc import Iterator
from pathlib import Path

from sitereg.imports.readers import Unreadable

DRIVERS: tuple[str, ...] = ()
NEEDS = ("pyarrow", "pyarrow.parquet", "shapely", "shapely.wkb")
MOST_COLUMNS = 500
MOST_ROWS = 1_000_000
AT_ONCE = 2_000
_PLAIN = {"EPSG:4326", "OGC:CRS84"}


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """The rows of one file; lists and records in a cell are given as JSON, days as 2013-05-12."""
    from pyarrow import ArrowException, parquet

    if len(files) != 1:
        raise Unreadable("A Parquet import takes one file, not a folder", do="Give the file itself.")
    path = Path(files[0]["path"])
    with path.open("rb") as file:
        if file.read(4) != b"PAR1":
            raise Unreadable("The file is no Parquet", code="not_this_format", do="Ask for the file again.")
    try:
        with parquet.ParquetFile(str(path), memory_map=True, pre_buffer=False) as held:
            yield from _rows(held)
    except ArrowException as error:
        raise Unreadable(f"The file is damaged ({type(error).__name__})", do="Ask for the file again.") from error


def _rows(held) -> Iterator[dict]:
    names = held.schema_arrow.names
    if held.metadata.num_rows > MOST_ROWS:
        raise Unreadable(f"The file has more than {MOST_ROWS} rows", code="too_large", do="Import it in parts.")
    if len(names) > MOST_COLUMNS:
        raise Unreadable(f"The file has {len(names)} columns, {MOST_COLUMNS} are read at most", do="Ask for fewer columns.")
    if len(set(names)) != len(names):
        raise Unreadable("The file names a column twice", do="Give each column its own name.")
    shape, crs = _primary(held.schema_arrow.metadata or {})
    shape = shape if shape in names else None
    yield {"layer": {"part": "", "columns": [name for name in names if name != shape], "crs": crs, "shapes": shape is not None}}
    number = 0
    for batch in held.iter_batches(AT_ONCE, use_threads=False):
        for record in batch.to_pylist():
            number += 1
            drawn, faults = _shape(record.pop(shape)) if shape else (None, [])
            cells = {name: _text(value) for name, value in record.items()}
            yield {"row": {"part": "", "n": number, "line": None, "cells": cells, "shape": drawn, "faults": faults}}


def _primary(metadata: dict) -> tuple[str | None, str | None]:
    """The column of the shapes and its coordinate system, as the file's `geo` says it. Raises Unreadable where that is broken."""
    if b"geo" not in metadata:
        return None, None
    try:
        geo = json.loads(metadata[b"geo"])
        name = geo["primary_column"]
        column = geo["columns"][name]
        encoding, crs = column["encoding"], column.get("crs", "OGC:CRS84")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable("What the file says of its shapes is broken", code="bad_geometry", do="Ask for the file again.") from error
    if encoding != "WKB":
        raise Unreadable(f"The shapes are written as {str(encoding)[:40]}", code="bad_geometry", do="Ask for GeoParquet with WKB.")
    return name, _system(crs)


def _system(crs) -> str | None:
    """EPSG:n of a PROJJSON, None where the file says that it does not know."""
    if not isinstance(crs, dict):
        return "EPSG:4326" if crs in _PLAIN else None
    told = crs.get("id") if isinstance(crs.get("id"), dict) else {}
    named = f"{told.get('authority')}:{told.get('code')}"
    return "EPSG:4326" if named in _PLAIN else named


def _shape(blob) -> tuple[str | None, list[list[str]]]:
    from shapely import wkb

    if blob is None:
        return None, []
    try:
        drawn = wkb.loads(bytes(blob))
        return (None if drawn.is_empty else wkb.dumps(drawn, hex=True)), []
    except Exception as error:
        return None, [["bad_geometry", type(error).__name__]]


def _text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
