"""Delimited text: the profile declares encoding and delimiter, decoding is strict, cells stay text."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from sitereg.imports.readers import Unreadable, sheets

DRIVERS: tuple[str, ...] = ()
NEEDS = ("shapely",)
MOST_COLUMNS = 500
MOST_ROWS = 1_000_000
LONGEST_CELL = 1_000_000
_WIDE = {"utf-16", "utf-16-le", "utf-16-be"}
_OTHERS = {b"PK\x03\x04": "an archive or workbook", b"%PDF-": "a PDF", b"SQLite format 3": "a database",
           b"<": "XML or a page of the web", b"{": "JSON", b"\xd0\xcf\x11\xe0": "a workbook of an old program"}


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """The layer and the rows of one file; a row number counts records, `line` is where the record begins.

    A blank line is no record, nor is a row of HXL tags under the header. shape: the column that holds WKT. A record with more
    or fewer fields than the header is given with `ragged_row`.
    """
    if len(files) != 1:
        raise Unreadable("A CSV import takes one file, not a folder", do="Give the file itself.")
    csv.field_size_limit(LONGEST_CELL)
    _refuse_others(Path(files[0]["path"]))
    lines = _lines(Path(files[0]["path"]), options["encoding"])
    reader = csv.reader(lines, delimiter=options.get("delimiter") or ",", strict=True)
    begins = 1
    try:
        header = _header(next(reader, None))
        yield {"layer": {"part": "", "columns": header, "crs": None}}
        begins, number = reader.line_num + 1, 0
        for record in reader:
            if not number and sheets.is_tags(record):
                yield {"note": {"code": "not_read", "field": f"line {begins}", "message": "The row of HXL tags is no record"}}
            elif record:
                number += 1
                if number > MOST_ROWS:
                    raise Unreadable(f"The file has more than {MOST_ROWS} rows", do="Import it in parts.")
                yield {"row": sheets.finished(_row(header, record, number, begins), options)}
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(
            _why(error),
            line=begins,
            code="too_large" if "field larger" in str(error) else "unreadable",
            do="Repair the record that begins on this line, or ask for the file again.",
        ) from error


def _row(header: list[str], record: list[str], number: int, line: int) -> dict:
    row = {
        "part": "",
        "n": number,
        "line": line,
        "cells": dict(zip(header, record, strict=False)),
        "faults": [],
    }
    if len(record) != len(header):
        row["faults"] = [["ragged_row", f"{len(record)} fields where the header has {len(header)}"]]
        for at, extra in enumerate(record[len(header) :], start=len(header) + 1):
            row["cells"][f"(field {at})"] = extra
    return row


def _header(found: list[str] | None) -> list[str]:
    if not found or not any(name.strip() for name in found):
        raise Unreadable("The file is empty or has no header", line=1, do="Ask for the file again.")
    header = [name.strip() for name in found]
    if len(header) > MOST_COLUMNS:
        raise Unreadable(
            f"The header names {len(header)} columns, {MOST_COLUMNS} are read at most",
            line=1,
            code="too_large",
            do="Check the delimiter.",
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise Unreadable(
            f"The header names a column twice: {', '.join(twice[:5])}",
            line=1,
            do="Give each column its own name.",
        )
    return header


def _refuse_others(path: Path) -> None:
    """Raises Unreadable for what begins as a file of another kind does."""
    with path.open("rb") as file:
        head = file.read(64).removeprefix(codecs.BOM_UTF8).lstrip()
    for mark, what in _OTHERS.items():
        if head.startswith(mark):
            raise Unreadable(f"The file is {what} and no table of text", code="not_this_format",
                             do="Say its format in the profile, or ask for the file again.")


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """The physical lines with their ends; a byte that the encoding does not have stops at its line."""
    if codecs.lookup(encoding).name in _WIDE:
        yield from _wide(path, encoding)
        return
    with path.open("rb") as file:
        yield from _narrow(file, "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding)


def _narrow(file: Iterable[bytes], encoding: str) -> Iterator[str]:
    after_first = encoding.removesuffix("-sig")
    for number, line in enumerate(file, start=1):
        try:
            yield line.decode(encoding if number == 1 else after_first, "strict")
        except UnicodeDecodeError as error:
            raise _undecodable(encoding.removesuffix("-sig"), number, error) from error


def _wide(path: Path, encoding: str) -> Iterator[str]:
    try:
        with path.open(encoding=encoding, errors="strict", newline="") as file:
            yield from file
    except UnicodeError as error:
        raise _undecodable(encoding, None, error) from error


def _undecodable(encoding: str, line: int | None, error: UnicodeError) -> Unreadable:
    byte = f" (byte 0x{error.object[error.start]:02x})" if isinstance(error, UnicodeDecodeError) else ""
    return Unreadable(
        f"The file is not in the declared encoding {encoding}{byte}",
        line=line,
        code="bad_encoding",
        do="Declare the file's own encoding in the profile, or ask for the file again.",
    )


def _why(error: csv.Error) -> str:
    words = str(error)
    if "unexpected end of data" in words:
        return "A quotation mark is opened and never closed"
    if "field larger" in words:
        return f"A cell is longer than {LONGEST_CELL} characters"
    return f"The text is no CSV ({words})"
