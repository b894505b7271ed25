"""XLSX: a sheet `sites` with a header and a row of HXL tags, and a sheet `about`; no cell is a formula."""
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from sitereg.errors import BadInput
from sitereg.exports.csv import cell
from sitereg.exports.rows import sheet

SUFFIX = ".xlsx"
WIDE = 48
LONGEST = 32_767
"""Characters that a cell of a workbook can hold: more would be cut off unseen."""


def write(table, about, path):
    """The file has one row for each site under two rows of header; answers how many cells got an apostrophe, by column."""
    book, kept = Workbook(write_only=True), {}
    sites, told = book.create_sheet("sites"), book.create_sheet("about")
    sites.freeze_panes = "B3"
    for letter, width in zip("ABCD", (16, WIDE, WIDE, 24), strict=True):
        sites.column_dimensions[letter].width = width
    for n, row in enumerate(sheet(table)):
        if len(row["wkt"] or "") > LONGEST:
            raise BadInput("A shape is too long for the cell of a sheet", where=row["code"], do="Choose gpkg, parquet or csv.")
        sites.append([head(sites, value) if not n else cell(value, name, kept) for name, value in row.items()])
    for name, value in about.items():
        told.append([name, cell(str(value), "about", {})])
    book.save(path)
    return {"neutralised": kept}


def head(sheet, text):
    """A cell of the header."""
    made = WriteOnlyCell(sheet, value=text)
    made.font = Font(bold=True)
    return made
