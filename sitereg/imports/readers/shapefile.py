"""A folder of shapefiles, or a .zip of one: each layer is a table whose name (its folder's) stands in the column `_layer`."""

import codecs
import struct
import unicodedata
import warnings
from collections.abc import Iterator
from pathlib import Path

from sitereg.imports.readers import LAYER, Unreadable, archive

DRIVERS = ("ESRI Shapefile",)
NEEDS: tuple[str, ...] = ()
MOST_ROWS = 1_000_000
_NEEDED = (".shp", ".shx", ".dbf")
_KNOWN = (*_NEEDED, ".prj", ".cpg")
Parts = dict[str, bytes | Path]


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """All layers in the order of their names, each with its rows; numbers without a fraction are written
    whole."""
    zipped = len(files) == 1 and Path(files[0]["name"]).suffix.lower() == ".zip"
    beside = {one["name"]: Path(one["path"]) for one in files}
    held, others = _unpacked(Path(files[0]["path"])) if zipped else (beside, [])
    layers = _layers(held)
    if not layers:
        raise Unreadable("There is no .shp", do="Give the folder, or the .zip, that holds the layers.")
    for name in others:
        yield {"note": {"code": "not_read", "field": name, "message": f"{name} in the archive is not read"}}
    for name, parts in sorted(layers.items()):
        yield from _layer(name, parts, options)


def _unpacked(path: Path) -> tuple[dict[str, bytes], list[str]]:
    """{name: bytes} of the parts of layers in an archive, and the names of its other files."""
    with archive.opened(path) as bundle:
        names = [one for one in bundle.namelist() if not one.endswith("/")]
        parts = [one for one in names if Path(one).suffix.lower() in _KNOWN]
        return {one: archive.content(bundle, one) for one in parts}, sorted(set(names) - set(parts))[:20]


def _layers(held: dict[str, bytes | Path]) -> dict[str, Parts]:
    """{layer: {extension: path or bytes}}; a layer is called after its folder, or after itself where a folder has
    several."""
    stems: dict[str, Parts] = {}
    for one, where in held.items():
        name = Path(one)
        stems.setdefault(name.with_suffix("").as_posix(), {})[name.suffix.lower()] = where
    shapes = [Path(stem) for stem, parts in stems.items() if ".shp" in parts]
    beside = [stem.parent.as_posix() for stem in shapes]
    named: dict[str, Parts] = {}
    for stem in shapes:
        alone = beside.count(stem.parent.as_posix()) == 1 and stem.parent.name
        name = unicodedata.normalize("NFC", stem.parent.name if alone else stem.name)
        if name in named:
            raise Unreadable(f"Two layers are called {name}", do="Rename one of them.")
        named[name] = stems[stem.as_posix()]
    return named


def _layer(name: str, parts: Parts, options: dict) -> Iterator[dict]:
    missing = [end for end in _NEEDED if end not in parts]
    if missing:
        raise Unreadable(f"The layer {name} lacks {', '.join(missing)}", do="Ask for all files of the layer.")
    if _bytes(parts[".shp"])[:4] != b"\x00\x00\x27\x0a":
        raise Unreadable(
            f"The .shp of {name} is no shapefile",
            code="not_this_format",
            do="Ask for the file again; it is something else under that name.",
        )
    _hold_what_they_say(name, parts)
    _agree(name, parts, options["encoding"])
    given = parts[".shp"]
    if isinstance(given, bytes):
        given = archive.packed({f"layer{end}": parts[end] for end in _KNOWN if end in parts})
    meta, shapes, fields, columns = _open(name, given, options)
    yield {"layer": {"part": name, "columns": [*columns, LAYER], "crs": meta.get("crs"), "shapes": True}}
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


def _bytes(part: bytes | Path) -> bytes:
    return part if isinstance(part, bytes) else part.read_bytes()


def _hold_what_they_say(name: str, parts: Parts) -> None:
    """Raises Unreadable where a header tells of more than the file holds: what lies behind it cannot be what was sent."""
    for end, at, form, unit in ((".shp", 24, ">I", 2), (".shx", 24, ">I", 2), (".dbf", 4, "<IHH", None)):
        data, size = _head(parts[end])
        if len(data) < 32:
            raise Unreadable(f"The {end} of {name} is cut off", do="Ask for the file again.")
        told = struct.unpack_from(form, data, at)
        wanted = told[0] * unit if unit else told[0] * told[2] + told[1]
        if wanted > size + (0 if unit else 1):
            raise Unreadable(f"The {end} of {name} tells of {wanted:,} bytes and holds {size:,}", do="Ask for the file again.")


def _head(part: bytes | Path) -> tuple[bytes, int]:
    """The first bytes of a part and how many it has."""
    if isinstance(part, bytes):
        return part[:100], len(part)
    with part.open("rb") as file:
        return file.read(100), part.stat().st_size


def _agree(name: str, parts: Parts, encoding: str) -> None:
    """Raises Unreadable where the .cpg of a layer names another encoding than the profile."""
    if ".cpg" not in parts:
        return
    words = _bytes(parts[".cpg"]).decode("ascii", "replace").strip()
    for spelled in (words, f"cp{words.rpartition(' ')[2]}"):
        try:
            named = codecs.lookup(spelled).name
        except (LookupError, ValueError):
            continue
        if named != codecs.lookup(encoding).name:
            raise Unreadable(f"The .cpg of {name} names the encoding {words[:20]} and the profile {encoding}", code="bad_encoding",
                             do="Say in [file] what is true; where the .cpg is wrong, take it out of the folder.")
        return


def _open(name: str, path: Path | bytes, options: dict) -> tuple:
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
