"""A batch's rows as a file to correct, and such a file on its way back in: pure, but for the cells' files.

The file has the partner's own columns and these besides; whatever stands in the first three says which row it is:
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sitereg.errors import BadInput
from sitereg.imports import drafting
from sitereg.imports.readers import Row
from sitereg.imports.rules import Profile
from sitereg.vocab import ProblemCode
from sitereg.writing import inert, restored

BATCH, PART, ROW, ACCEPT = "sitereg:batch", "sitereg:part", "sitereg:row", "sitereg:accept"
TOLD = ("sitereg:outcome", "sitereg:problems", "sitereg:settled")
OWN = (BATCH, PART, ROW, ACCEPT, *TOLD)
SHAPE = "(shape)"
SHEET = "rows"
ACCEPTABLE = tuple(
    one.code
    for one in ProblemCode
    if one.attrs["outcome"] == "quarantined" and one.code not in ("mojibake", "spreadsheet_error", "unknown_crs", "digits_lost")
)
"""Problems with which a person may take a row all the same: what cannot be read is not claimed, the rest stands."""

__all__ = ["ACCEPTABLE", "FORMATS", "OWN", "Original", "drafts", "row_of", "table", "write_csv", "write_xlsx"]


@dataclass(frozen=True, slots=True)
class Original:
    """A batch whose rows are corrected: its rows as api.batch_rows tells them, by (part, number); sealed: those without words.

    beside: rows that are not corrected, in the order of the file, where `rows` are not all of the batch: of each the cells
    that count.
    """

    batch: str
    profile: Profile
    rows: dict[tuple[str, int], dict]
    sealed: frozenset[tuple[str, int]] = frozenset()
    beside: tuple[Row, ...] = ()

    def open(self, key: tuple[str, int]) -> bool:
        """Whether the row was held back and nobody settled it."""
        one = self.rows[key]
        return one["outcome"] in ("quarantined", "rejected") and not one["settled"]


def table(batch: str, rows: Iterable[dict]) -> tuple[list[str], list[list[str]]]:
    """(header, lines) of the file: which row it is, what became of it, then the partner's cells as they were; no sealed ones."""
    rows = list(rows)
    columns = list(dict.fromkeys(name for row in rows for name in row["verbatim"] or ()))
    lines = []
    for row in rows:
        said = "; ".join(f"{one['code']} ({one['field']}): {one['message']}" for one in row["problems"])
        settled = f"{row['settled']['act']}: {row['settled']['reason']}" if row["settled"] else ""
        cells = row["verbatim"] or {}
        lines.append(
            [
                inert(str(one))
                for one in (
                    batch,
                    row["part"],
                    row["row_no"],
                    "",
                    row["outcome"],
                    said,
                    settled,
                    *(cells.get(name, "") for name in columns),
                )
            ]
        )
    return [*OWN, *(inert(name) for name in columns)], lines


def write_csv(path: Path, header: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """The table stands at `path` as CSV in UTF-8 with the mark that spreadsheets look for."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow(header)
        out.writerows(lines)


def write_xlsx(path: Path, header: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """The table stands at `path` as a workbook; every cell is text."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    for line in (header, *lines):
        cells = [WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("\ufffd", one)[:32_767]) for one in line]
        for cell in cells:
            cell.data_type, cell.number_format = "s", "@"
        sheet.append(cells)
    book.save(path)


FORMATS = {"csv": write_csv, "xlsx": write_xlsx}


def row_of(told: Row, original: Original) -> tuple[Row, tuple[str, ...]]:
    """(the row under its own number, the problems with which it is taken); raises BadInput where it is none of that batch."""
    cells = {restored(name): restored(cell) for name, cell in told.cells.items()}
    number = cells.get(ROW, "").strip()
    key = (cells.get(PART, ""), int(number) if number.isdecimal() and len(number) < 10 else -1)
    where = f"row {told.number}"
    if cells.get(BATCH, "").strip() != original.batch or key not in original.rows:
        raise BadInput(
            "This row is none of the batch that is corrected",
            where=where,
            code="not_found",
            do=f"Leave {BATCH}, {PART} and {ROW} as the report gave them, and correct the cells beside them.",
        )
    codes = tuple(one.strip() for one in cells.get(ACCEPT, "").replace(";", ",").split(",") if one.strip())
    wrong = [one for one in codes if one not in ACCEPTABLE]
    if wrong:
        raise BadInput(
            "A row cannot be taken with this problem",
            where=f"{where}, {ACCEPT} {wrong[0][:40]}",
            code="unknown_code",
            do=f"One of {', '.join(ACCEPTABLE)}; else correct the cell.",
        )
    kept = {name: cell for name, cell in cells.items() if name not in OWN}
    shape = kept.pop(SHAPE, "") or None
    return Row(key[0], key[1], kept, told.line, shape), codes


def drafts(told: Sequence[Row], original: Original, mark, *, today: date, key: bytes, ground=None) -> tuple[list, list, int]:
    """(drafts that stand, drafts that are still held, how many rows are as they were).

    mark: the fingerprint of a draft. Each row is drafted beside all rows of its batch, as it would have been in the first place:
    shared points, identifiers that are made.
    """
    shut = [row for row in told if _is_sealed(row, original)]
    asked = [row_of(row, original) for row in told if row not in shut]
    changed = {(row.part, row.number): row for row, _codes in asked}
    if len(changed) < len(asked):
        raise BadInput("The file holds a row of the batch twice", code="duplicate_row", do="Keep one of the two.")
    around = {(row.part, row.number): row for row in original.beside} | {at: _row(at, one) for at, one in original.rows.items()}
    moved = {at: row for at, row in changed.items() if row.cells != around[at].cells}  # last: what stands is numbered as it was
    beside = [row for at, row in sorted(around.items()) if at not in moved] + [row for _at, row in sorted(moved.items())]
    seen = drafting.survey(beside, original.profile, key, ground)
    stand, held, same = [], [], len(shut)
    for row, codes in asked:
        profile = replace(original.profile, outcomes={**original.profile.outcomes, **dict.fromkeys(codes, "flagged")})
        one = drafting.draft(row, profile, seen, today=today)
        if not codes and mark(one) == original.rows[row.part, row.number]["fingerprint"]:
            same += 1
        else:
            (stand if one.claims else held).append(one)
    return stand, held, same


def _is_sealed(told: Row, original: Original) -> bool:
    """Whether the row is one of the batch whose words are sealed, sent back as the report gave it: without any."""
    number = told.cells.get(ROW, "").strip()
    at = (told.cells.get(PART, ""), int(number) if number.isdecimal() and len(number) < 10 else -1)
    return at in original.sealed and not any(cell.strip() for name, cell in told.cells.items() if name not in OWN)


def _row(at: tuple[str, int], one: Mapping) -> Row:
    cells = dict(one["verbatim"] or {})
    return Row(at[0], at[1], cells, None, cells.pop(SHAPE, None))
