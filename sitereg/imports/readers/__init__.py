"""Readers: one file for each format, each run only inside the isolated process (readers.isolated).

A reader is a module with DRIVERS (the GDAL drivers it may use, often none), NEEDS (the modules it imports, loaded before the
process locks itself in) and read(files, options) -> messages: {"layer": {...}} before the rows of a layer, {"row": {...}} for
each record, {"note": {...}} for what is to be known of the file as a whole, {"page": {...}} for a page that was drawn,
{"made": {...}} for the file that was made of it, {"looked": {...}} for what was found in one that was made.
It raises Unreadable for a file that cannot be used; what is wrong with one row is said in that row.
"""

from dataclasses import dataclass, field

READERS = {  # format of a profile -> module of this package
    "csv": "csv",
    "shapefile": "shapefile",
    "geojson": "geojson",
    "xlsx": "xlsx",
    "geopackage": "geopackage",
    "kml": "kml",
    "parquet": "parquet",
    "bayanat": "bayanat",
}

ENDINGS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".geojson": "geojson", ".json": "geojson",
    ".gpkg": "geopackage", ".parquet": "parquet", ".kml": "kml", ".kmz": "kml", ".zip": "shapefile",
}
"""What the ending of a file's name says of its format."""

DRAWN = {"pdf": "pdf", "picture": "picture"}
"""Formats whose pages are drawn as pictures, for a scan; no profile reads them."""

MADE = {one: one for one in ("raster", "redact_pages", "redact_sound", "check_pages", "check_sound", "waveform")}
"""Formats of which a file of ours is made, written by the reader itself, or such a file looked at: by no profile, no scan."""

LAYER = "_layer"
"""The column in which readers of several layers write the name of a row's layer."""

__all__ = ["DRAWN", "LAYER", "MADE", "READERS", "Layer", "Row", "Unreadable"]


class Unreadable(Exception):
    """The file as a whole cannot be used: what is wrong, on which line (None if it has none), what to do."""

    def __init__(self, what: str, *, line: int | None = None, do: str = "", code: str = "unreadable"):
        super().__init__(what)
        self.what, self.line, self.do, self.code = what, line, do, code


@dataclass(frozen=True, slots=True)
class Layer:
    """One table of a file: its name ("" where there is one), its columns as written, its declared CRS, whether it has shapes."""

    part: str
    columns: tuple[str, ...]
    crs: str | None = None
    shapes: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One record as written: its number in its part (from 1), the line it begins on, its cells as text.

    `shape` is a geometry as hexadecimal WKB in the CRS of its layer. `faults` are problem codes that the
    reader met, each with a message.
    """

    part: str
    number: int
    cells: dict[str, str]
    line: int | None = None
    shape: str | None = None
    faults: tuple[tuple[str, str], ...] = field(default=())
