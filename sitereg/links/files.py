"""Tables that anybody may bring for an evaluation: read as they come, and every cell that cannot be used is said with its place.

A file that cannot be used at all raises BadInput. A cell that cannot be used counts as empty, or its row is left out: `Oddities`
counts both by what is wrong, with the first places of each (file, line, column, value) and what to do.
"""
import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sitereg.errors import BadInput

EMPTY = {"", "na", "n/a", "nan", "nat", "null", "none", "-", "?"}
DELIMITERS = ",;\t|"
SHOWN = 3
FIRST, LAST = date(1800, 1, 1), date(datetime.now(UTC).year, 12, 31)

__all__ = ["Oddities", "Table", "day", "number", "read"]


@dataclass
class Oddities:
    """What was left out or read as empty: {what: {"count", "first", "do"}}; notes are said of whole files."""

    found: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)

    def add(self, what, where, do):
        """One more of this kind, at this place."""
        one = self.found.setdefault(what, {"count": 0, "first": [], "do": do})
        one["count"] += 1
        if len(one["first"]) < SHOWN:
            one["first"].append(where)

    def as_list(self):
        """[{what, count, first, do}], as they were met."""
        return [{"what": what, **one} for what, one in self.found.items()]


@dataclass(frozen=True)
class Table:
    """One file: its name, and (line, {column: text}) of each record."""

    name: str
    columns: tuple
    rows: tuple

    def where(self, line, column, value=None):
        """The place of a cell in words."""
        return f"{self.name} line {line}, column {column}" + (f": {value!r}" if value is not None else "")


def read(path, columns, oddities):
    """The Table of a delimited file whose header names at least `columns` (in any order and case). Raises BadInput."""
    path = Path(path)
    if not path.is_file():
        raise BadInput("There is no such file", where=str(path), do="Check the path; give a CSV file.")
    text = decoded(path, oddities)
    if not text.strip():
        raise BadInput("The file is empty", where=path.name, do="Ask for the file again.")
    head = next(line for line in text.splitlines() if line.strip())
    delimiter = max(DELIMITERS, key=head.count)
    if delimiter != ",":
        called = "a tab" if delimiter == "\t" else repr(delimiter)
        oddities.notes.append(f"{path.name} is delimited by {called}; it was read as such.")
    csv.field_size_limit(1_000_000)
    reader, rows, header = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [], None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = checked(path, [cell.strip().lower() for cell in cells], columns)
                continue
            if len(cells) != len(header):
                oddities.add("a row has more or fewer cells than the header: left out", f"{path.name} line {reader.line_num}",
                             "Look for a delimiter inside a cell that is not quoted.")
                continue
            rows.append((reader.line_num, {name: value.strip() for name, value in zip(header, cells, strict=True)}))
    except csv.Error as error:
        raise BadInput(f"The file is no readable table ({error})", where=f"{path.name} line {reader.line_num}",
                       do="Repair the line, or save the table again as CSV in UTF-8.") from error
    if not rows:
        raise BadInput("The file has a header and no rows", where=path.name, do="Ask for the file again.")
    return Table(path.name, tuple(header), tuple(rows))


def checked(path, header, columns):
    """The header, if it names every column that is needed, and each one once."""
    lacking = [name for name in columns if name not in header]
    if lacking:
        raise BadInput(f"The file has no column {', '.join(lacking)}", where=f"{path.name} line 1 ({', '.join(header)[:200]})",
                       do=f"Name its columns {', '.join(columns)}.")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise BadInput(f"The header names a column twice: {', '.join(twice)}", where=f"{path.name} line 1",
                       do="Give each column a name of its own.")
    return header


def decoded(path, oddities):
    """The text of a file in UTF-8, UTF-16 with its mark, or else as Windows wrote it in the West (which is said)."""
    raw = path.read_bytes()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[:error.start].count(b"\n") + 1
        oddities.notes.append(f"{path.name} is not UTF-8 (line {line}); it was read as Windows-1252. "
                              "If its codes look wrong, save it as UTF-8.")
        text = raw.decode("cp1252", "replace")
    if "\x00" in text:
        raise BadInput("The file holds zero bytes: it is no text", where=path.name, do="Save the table as CSV in UTF-8.")
    return text


def number(table, line, row, column, oddities, least=float("-inf"), most=float("inf")):
    """The number in a cell, NaN if it is empty or none within the bounds (which is counted)."""
    text = row.get(column, "")
    if text.lower() in EMPTY:
        return float("nan")
    try:
        value = float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most or value in (float("inf"), float("-inf")):
        asked = f"between {least:g} and {most:g}" if most < float("inf") else f"of at least {least:g}"
        oddities.add(f"{column} is no number {asked}: read as empty", table.where(line, column, text),
                     "Give a plain number, with a point before the decimals.")
        return float("nan")
    return value


def day(table, line, row, column, oddities, *, last=False):
    """The day in a cell as a number, NaN if it is empty or no day (which is counted).

    YYYY-MM-DD, with or without a time behind it; YYYY-MM and YYYY are their first day, or with `last` their last.
    """
    text = row.get(column, "")
    if text.lower() in EMPTY:
        return float("nan")
    try:
        parts = [int(part) for part in text.replace("T", " ").split(" ")[0].split("-")]
        if len(parts) > 3 or len(text.split("-")[0]) != 4:
            raise ValueError(text)
        found = edge(parts, last)
    except (ValueError, OverflowError):
        oddities.add(f"{column} is no day of the calendar: read as not known", table.where(line, column, text),
                     "Give days as YYYY-MM-DD.")
        return float("nan")
    if not FIRST <= found <= LAST:
        oddities.add(f"{column} lies before {FIRST.year} or in a year to come: read as not known", table.where(line, column, text),
                     "Look it up: a wrong year makes a site seem in use for centuries.")
        return float("nan")
    return float(found.toordinal())


def edge(parts, last):
    """The first or last day of a year, a month or a day."""
    if not last or len(parts) == 3:
        return date(*parts, *(1,) * (3 - len(parts)))
    year, month = (parts[0], 12) if len(parts) == 1 else parts
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
