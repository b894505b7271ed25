"""A look at a file before anybody wrote a profile: what it seems to be, its columns, and which profiles would read it.

Nothing is imported and nothing is guessed on the way in: what is found here is for the person who writes the profile.
"""

import codecs
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sitereg import documents
from sitereg.errors import BadInput
from sitereg.imports import profile
from sitereg.imports.readers import ENDINGS, Layer, archive, process
from sitereg.imports.rules import Profile

_SAMPLE = 2**20
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Fit:
    """A profile beside the file: `missing` are its columns and layers that the file lacks, none where it fits."""

    name: str
    title: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file seems to be. `refused` is why it could not be looked into; encoding and delimiter are of a csv.

    sure: of an encoding that was found and not declared: `mark` (the file begins with its mark), `ascii` (any fits), `valid`
    (UTF-8 that holds throughout what was looked at), `guess`. reading: all that the reader found.
    """

    file: str
    format: str | None
    encoding: str | None = None
    delimiter: str | None = None
    layers: tuple[Layer, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    fits: tuple[Fit, ...] = ()
    nearest: Fit | None = None
    refused: str | None = None
    sure: str | None = None
    reading: process.Reading | None = None

    def as_dict(self) -> dict:
        """The look as one JSON object."""
        layers = [{"layer": one.part, "columns": list(one.columns), "crs": one.crs, "rows": self.rows.get(one.part, 0)}
                  for one in self.layers]
        return {"file": self.file, "format": self.format, "encoding": self.encoding, "sure": self.sure, "delimiter": self.delimiter,
                "refused": self.refused, "layers": layers, "fits": [one.name for one in self.fits],
                "nearest": self.nearest and self.nearest.name}


def look(path: Path | str, *, name: str | None = None, used: Sequence[Profile] = (), **declared) -> Seen:
    """The file or folder as the closed reader sees it with what its name and first bytes suggest, or as is declared.

    name: what it was called, where it lies under another name. used: profiles besides those that ship, offered first.
    declared: keys of [file] that somebody chose: format, encoding, delimiter, sheet, header_row, header_rows, layers.
    """
    path = Path(path)
    called = Path(name or path.name)
    form = declared.pop("format", None) or ("shapefile" if path.is_dir() else ENDINGS.get(called.suffix.lower()))
    if form is None:
        known = ", ".join(sorted(set(ENDINGS.values())))
        return Seen(called.name, None, refused=f"Its name does not say which of these it is: {known}")
    spelled = _spelled(path) if form == "csv" else (None, None, None)
    encoding, delimiter = declared.pop("encoding", None) or spelled[0], declared.pop("delimiter", None) or spelled[2]
    sure = spelled[1] if encoding == spelled[0] else None
    try:
        with documents.room() as room:
            staging = documents.stage(path, room)
            if name:
                staging = replace(staging, main=replace(staging.main, name=name))
            reading = process.read(staging.files, room, format=form, delimiter=delimiter or ",",
                                   encoding=encoding or _of_layers(path, form), **declared)
    except BadInput as error:
        return Seen(called.name, form, encoding, delimiter, refused=str(error), sure=sure)
    layers, rows = tuple(reading.layers), dict(Counter(row.part for row in reading.rows))
    beside = [_beside(one, form, layers) for one in (*used, *map(profile.load, profile.shipped()))]
    known = sorted((one for one in beside if one), key=lambda one: len(one.missing))
    fits = tuple(one for one in known if not one.missing)
    return Seen(called.name, form, encoding, delimiter, layers, rows, fits, None if fits or not known else known[0], sure=sure,
                reading=reading)


def _beside(one: Profile, form: str, layers: tuple[Layer, ...]) -> Fit | None:
    """The profile beside the file, None where it has hardly a column in common."""
    columns = {column for layer in layers for column in layer.columns}
    if len(one.said & columns) * 2 < len(one.said):
        return None
    missing = {column for layer in layers for column in one.said - set(layer.columns)}
    wanted = set() if one.file.some_layers else set(one.file.layers)
    found = {layer.part for layer in layers}
    other = [] if form in (one.file.format, *one.file.formats) else [f"the format (the profile reads {one.file.format})"]
    return Fit(one.name, one.title, (*other, *sorted(missing | (wanted - found) | (found - wanted if wanted else set()))))


def _spelled(path: Path) -> tuple[str, str, str]:
    """(encoding, how sure that is, delimiter) that a text seems to have: its mark, else strict UTF-8, else Arabic Windows where
    most bytes beyond ASCII stand in runs, as letters of Arabic words do, else Western Windows."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    marked = next((name for mark, name in _MARKS if sample.startswith(mark)), None)
    encoding, sure = (marked, "mark") if marked else _unmarked(sample)
    first = codecs.getincrementaldecoder(encoding)("replace").decode(sample).lstrip("\ufeff").partition("\n")[0]
    return encoding, sure, max(",;\t|", key=first.count)


def _unmarked(sample: bytes) -> tuple[str, str]:
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(sample)
        return "utf-8", "ascii" if sample.isascii() else "valid"
    except UnicodeDecodeError:
        runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", sample)]
        return "cp1256" if sum(one for one in runs if one > 1) * 2 > sum(runs) else "cp1252", "guess"


def _of_layers(path: Path, form: str) -> str:
    """The encoding of shapefiles: what a .cpg names, else UTF-8; of the other formats their own."""
    if form == "shapefile" and path.is_dir():
        named = next(iter(sorted(path.rglob("*.[cC][pP][gG]"))), None)
        words = named.read_bytes()[:40].decode("ascii", "replace").strip() if named else ""
    elif form == "shapefile" and archive.is_zip(path):
        words = ""
    else:
        return "utf-8"
    try:
        return codecs.lookup(words or "utf-8").name
    except LookupError:
        return "utf-8"
