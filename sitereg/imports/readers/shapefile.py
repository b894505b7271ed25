"""A folder of shapefiles: each layer is a table whose name (its folder's) stands in the column `_layer`."""

import unicodedata
import warnings
from collections.abc import Iterator
from pathlib import Path

from sitereg.imports.readers import Unreadable

DRIVERS = ("ESRI Shapefile",)
LAYER = "_layer"
MOST_ROWS = 1_000_000
_NEEDED = (".shp", ".shx", ".dbf")


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """All layers in the order of their names, each with its rows; numbers without a fraction are written
    whole."""
    layers = _layers(files)
    if not layers:
        raise Unreadable("The folder holds no .shp", do="Give the folder that holds the layers.")
    for name, parts in sorted(layers.items()):
        yield from _layer(name, parts, options)


def _layers(files: list[dict]) -> dict[str, dict[str, Path]]:
    """{layer: {extension: path}}; a layer is called after its folder, or after itself where a folder has
    several."""
    stems: dict[str, dict[str, Path]] = {}
    for one in files:
        name = Path(one["name"])
        stems.setdefault(name.with_suffix("").as_posix(), {})[name.suffix.lower()] = Path(one["path"])
    shapes = [Path(stem) for stem, parts in stems.items() if ".shp" in parts]
    beside = [stem.parent.as_posix() for stem in shapes]
    named: dict[str, dict[str, Path]] = {}
    for stem in shapes:
        alone = beside.count(stem.parent.as_posix()) == 1 and stem.parent.name
        name = unicodedata.normalize("NFC", stem.parent.name if alone else stem.name)
        if name in named:
            raise Unreadable(f"Two layers are called {name}", do="Rename one of them.")
        named[name] = stems[stem.as_posix()]
    return named


def _layer(name: str, parts: dict[str, Path], options: dict) -> Iterator[dict]:
    missing = [end for end in _NEEDED if end not in parts]
    if missing:
        raise Unreadable(f"The layer {name} lacks {', '.join(missing)}", do="Ask for all files of the layer.")
    if parts[".shp"].read_bytes()[:4] != b"\x00\x00\x27\x0a":
        raise Unreadable(
            f"The .shp of {name} is no shapefile",
            code="not_this_format",
            do="Ask for the file again; it is something else under that name.",
        )
    meta, shapes, fields, columns = _open(name, parts[".shp"], options)
    yield {"layer": {"part": name, "columns": [*columns, LAYER], "crs": meta.get("crs")}}
    if len(shapes) > MOST_ROWS:
        raise Unreadable(f"The layer {name} has more than {MOST_ROWS} rows", do="Import it in parts.")
    for at, shape in enumerate(shapes):
        cells = {column: _text(values[at]) for column, values in zip(columns, fields, strict=True)}
        yield {
            "row": {
                "part": name,
                "n": at + 1,
                "line": None,
                "cells": {**cells, LAYER: name},
                "shape": None if shape is None else bytes(shape).hex(),
                "faults": [],
            }
        }


def _open(name: str, path: Path, options: dict) -> tuple:
    import pyogrio

    if set(pyogrio.list_drivers()) - set(DRIVERS):
        raise Unreadable(
            "Other drivers than the shapefile's are open in the reader",
            code="reader",
            do="Report this; nothing was read.",
        )
    from pyogrio import errors, raw

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, _, shapes, fields = raw.read(path, encoding=options["encoding"], datetime_as_string=True)
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"The table of {name} is not in the declared encoding {options['encoding']}",
            code="bad_encoding",
            do="Declare the file's own encoding in the profile.",
        ) from error
    except (
        errors.DataSourceError,
        errors.DataLayerError,
        errors.FeatureError,
        errors.FieldError,
        errors.GeometryError,
    ) as error:
        raise Unreadable(f"The layer {name} is damaged", do="Ask for the file again.") from error
    if shapes is None:
        raise Unreadable(f"The layer {name} has no shapes", do="Ask for the file again.")
    return meta, shapes, fields, [str(column) for column in meta["fields"]]


def _text(value) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return value
    number = value.item() if hasattr(value, "item") else value
    return str(int(number)) if isinstance(number, float) and number.is_integer() else str(number)
