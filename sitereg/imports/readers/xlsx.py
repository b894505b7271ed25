"""Workbooks (.xlsx): one sheet, its cells as text. Formulas are never evaluated: their stored results are taken, and told."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sitereg.imports.readers import Unreadable, archive, sheets

DRIVERS: tuple[str, ...] = ()
NEEDS = ("openpyxl", "openpyxl.reader.excel", "openpyxl.utils", "shapely")
MOST_COLUMNS = 500
MOST_ROWS = 1_000_000


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """The rows of the sheet that the profile names, or of the only one; a row's `line` is its number in the sheet.

    header_row: the row with the names of the columns (1); header_rows: how many rows below each other make up a name (1).
    Merged cells give their value to each row they span, and the row says so; so do hidden rows. Raises Unreadable for a workbook
    with macros, without the sheet, or with several sheets where none is named. plain: every sheet as it stands instead, each row
    of its cells by their letters; nothing in it is a header.
    """
    if len(files) != 1:
        raise Unreadable("A workbook is one file, not a folder", do="Give the file itself.")
    path = Path(files[0]["path"])
    formulas = _check(path)
    first, tall = options.get("header_row") or 1, options.get("header_rows") or 1
    book = _load(path, values=True)
    if options.get("plain"):
        yield from _plain(book)
        return
    sheet = _sheet(book, options.get("sheet") or "")
    yield from _notes(book, sheet)
    yield from _linked(path)
    grid = _Grid(sheet, _load(path, values=False)[sheet.title] if formulas else None)
    columns = _header(grid, first, tall)
    yield {"layer": {"part": sheet.title, "columns": list(columns.values()), "crs": None}}
    yield from _above(grid, first)
    number = 0
    for line in sorted({row for row, _ in grid.cells if row >= first + tall}):
        cells, faults = grid.row(line, columns)
        if not number and sheets.is_tags(cells.values()):
            yield _note("not_read", f"row {line}", f"Row {line} holds HXL tags and is no record")
        elif any(cells.values()):
            number += 1
            if number > MOST_ROWS:
                raise Unreadable(f"The sheet has more than {MOST_ROWS} rows", do="Import it in parts.")
            made = {"part": sheet.title, "n": number, "line": line, "cells": cells, "faults": faults}
            yield {"row": sheets.finished(made, options)}
    for column, times in grid.computed.items():
        name = columns[column]
        yield _note("formula_result", name, f"{times} cells of {name} are formulas: their stored results were taken")


def _plain(book) -> Iterator[dict]:
    from openpyxl.utils import get_column_letter

    for sheet in book.worksheets:
        _narrow(sheet)
        grid, columns = _Grid(sheet, None), {at: get_column_letter(at) for at in range(1, sheet.max_column + 1)}
        yield {"layer": {"part": sheet.title, "columns": list(columns.values()), "crs": None}}
        for number, line in enumerate(sorted({row for row, _ in grid.cells}), 1):
            cells, faults = grid.row(line, columns)
            yield {"row": {"part": sheet.title, "n": number, "line": line, "cells": cells, "faults": faults}}


class _Grid:
    """The cells of a sheet as text, merged ones spread, with what is odd about each row."""

    def __init__(self, sheet, formulas):
        self.sheet, self.computed = sheet, {}
        self.cells = sheet._cells  # those that are there: asking the sheet for others would make them, a million rows of them
        self.formulas = formulas._cells if formulas else {}
        self.merged = {}
        for area in sheet.merged_cells.ranges:
            for row in range(area.min_row, area.max_row + 1):
                for column in range(area.min_col, area.max_col + 1):
                    self.merged[row, column] = (area.min_row, area.min_col)

    def text(self, line: int, column: int) -> str:
        """What a cell shows; of a merged one what stands in its first."""
        cell = self.cells.get(self.merged.get((line, column), (line, column)))
        return _text(cell.value) if cell else ""

    def row(self, line: int, columns: dict[int, str]) -> tuple[dict[str, str], list[list[str]]]:
        """{column: text} of a row, and its faults."""
        cells, faults = {}, []
        for column, name in columns.items():
            at = self.merged.get((line, column), (line, column))
            cell, formula, cells[name] = self.cells.get(at), self.formulas.get(at), self.text(line, column)
            if at[0] != line and cells[name]:
                faults.append(["merged_cell", f"{name} is merged with row {at[0]}: its value counts here too"])
            if cell and cell.data_type == "e":
                faults.append(["spreadsheet_error", f"{name} shows {cells[name]}"])
            if formula and formula.data_type == "f":
                self.computed[column] = self.computed.get(column, 0) + 1
                if not cells[name]:
                    faults.append(["spreadsheet_error", f"{name} is a formula without a stored result: open the file and save it"])
        if self.sheet.row_dimensions[line].hidden and any(cells.values()):
            faults.append(["hidden_part", f"Row {line} of the sheet is hidden"])
        return cells, faults


def _check(path: Path) -> bool:
    """Whether any sheet holds a formula. Raises Unreadable for what is no workbook or may not be opened."""
    with archive.opened(path) as bundle:
        names = set(bundle.namelist())
        if "[Content_Types].xml" not in names or not any(one.startswith("xl/worksheets/") for one in names):
            raise Unreadable("The file is no .xlsx workbook", code="not_this_format", do="Save it as .xlsx and ask for it again.")
        if any(one.lower().endswith("vbaproject.bin") for one in names):
            raise Unreadable("The workbook holds macros", code="macros", do="Save it as .xlsx, without macros, and import that.")
        return _scan(bundle, names)


def _scan(bundle: zipfile.ZipFile, names: set[str]) -> bool:
    formulas = False
    for name in sorted(names):
        if name.endswith((".xml", ".rels")):
            data = archive.content(bundle, name)
            archive.refuse_declarations(data)
            formulas = formulas or (name.startswith("xl/worksheets/") and bool(re.search(rb"<(?:\w+:)?f[\s>/]", data)))
    return formulas


def _load(path: Path, *, values: bool):
    from openpyxl import load_workbook

    try:
        with path.open("rb") as file:
            return load_workbook(file, data_only=values, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its XML parser and its descriptors raise
        raise Unreadable(f"The workbook is damaged ({type(error).__name__})",
                         do="Open it in a spreadsheet and save it again.") from error


def _sheet(book, name: str):
    """The sheet of that name, or the only one with anything in it."""
    found = {one.title: one for one in book.worksheets}
    if name and name not in found:
        raise Unreadable(f"There is no sheet {name[:60]!r}", code="missing_layer",
                         do=f"Say sheet in [file]: {', '.join(found)[:200]}.")
    filled = [one for one in book.worksheets if one.max_row > 1 or one["A1"].value is not None]
    if not name and len(filled) != 1:
        raise Unreadable(f"The workbook has {len(filled)} sheets with cells", code="missing_layer",
                         do=f"Say which one as sheet in [file]: {', '.join(one.title for one in filled)[:200]}.")
    sheet = found[name] if name else filled[0]
    _narrow(sheet)
    return sheet


def _narrow(sheet) -> None:
    if sheet.max_column > MOST_COLUMNS:
        raise Unreadable(f"The sheet has {sheet.max_column} columns, {MOST_COLUMNS} are read at most",
                         do="Delete the columns beside the table.")


def _notes(book, sheet) -> Iterator[dict]:
    for one in book.worksheets:
        hidden = " (hidden)" if one.sheet_state != "visible" else ""
        if one is not sheet:
            yield _note("hidden_part" if hidden else "not_read", one.title, f"The sheet {one.title}{hidden} is not read")
        elif hidden:
            yield _note("hidden_part", one.title, f"The sheet {one.title} is hidden; it is read as the profile says")
    for letters, width in sorted(sheet.column_dimensions.items()):
        if width.hidden:
            yield _note("hidden_part", letters, f"The column {letters} of {sheet.title} is hidden; it is read like the others")


def _linked(path: Path) -> Iterator[dict]:
    with archive.opened(path) as bundle:
        others = sum(one.startswith("xl/externalLinks/externalLink") for one in bundle.namelist())
    if others:
        yield _note("link_dropped", "workbook", f"{others} links to other workbooks were not followed")


def _header(grid: _Grid, first: int, rows: int) -> dict[int, str]:
    """{number of the column: its name}: the texts of the header's rows joined by " / ", each once."""
    named = {}
    filled = {column for row, column in grid.cells if row >= first + rows and grid.text(row, column)}
    for column in range(1, grid.sheet.max_column + 1):
        texts = [" ".join(grid.text(line, column).split()) for line in range(first, first + rows)]
        name = " / ".join(dict.fromkeys(filter(None, texts)))
        if name or column in filled:
            named[column] = name or f"(column {column})"
    if not named:
        raise Unreadable("The sheet is empty or has no header", line=first, do="Say header_row in [file].")
    twice = sorted({name for name in named.values() if list(named.values()).count(name) > 1})
    if twice:
        raise Unreadable(f"The header names a column twice: {', '.join(twice[:5])}", line=first,
                         do="Give each column its own name, or say header_rows in [file].")
    return named


def _above(grid: _Grid, first: int) -> Iterator[dict]:
    for line in range(1, first):
        words = " ".join(filter(None, (grid.text(line, column) for column in range(1, grid.sheet.max_column + 1))))
        if words:
            yield _note("not_read", f"row {line}", f"Row {line} stands above the header and is not read: {words[:80]}")


def _text(value) -> str:
    """A value as it is written: days as 2013-05-12, whole numbers without a fraction, nothing rounded."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _note(code: str, field: str, message: str) -> dict:
    return {"note": {"code": code, "field": field, "message": message}}
