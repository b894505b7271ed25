"""CSV in UTF-8 (with the mark that spreadsheets look for), a row of HXL tags under the header, shapes as WKT.

A text that a spreadsheet would run as a formula gets an apostrophe in front; the manifest counts them by column. Numbers stay
numbers, minus and all.
"""
import csv

from sitereg.exports.rows import sheet
from sitereg.writing import inert

SUFFIX = ".csv"


def write(table, about, path):
    """The file has a header, the row of tags, and one row for each site; answers how many cells got an apostrophe, by column."""
    kept = {}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")
        for row in sheet(table):
            out.writerow([cell(value, name, kept) for name, value in row.items()])
    return {"neutralised": kept}


def cell(value, name, kept):
    """The value as a cell that no spreadsheet runs; `kept` counts what was changed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and (made := inert(value)) != value:
        kept[name] = kept.get(name, 0) + 1
        return made
    return value
