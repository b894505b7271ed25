"""A partner's list from CSV or XLSX, read by the closed reader, and files that hold secrets kept for their owner alone."""
import csv
import io
import os
from pathlib import Path

from sitereg.crossing.marks import Person, year
from sitereg.errors import BadInput
from sitereg.imports import looking

FORMATS = ("csv", "xlsx")

__all__ = ["keep", "numbered", "people", "text"]


def people(path, *, name, born=None, origin=None):
    """([Person], [row number]) of a list; columns by their headers, None where they are left out. Raises BadInput."""
    if not Path(path).is_file():
        raise BadInput("There is no such file", where=str(path), do="Check the path.")
    seen = looking.look(Path(path))
    if seen.reading is None or seen.format not in FORMATS:
        raise BadInput("The list cannot be read", where=seen.refused or Path(path).name, do="Give a table as .csv or .xlsx.")
    have = [column for layer in seen.reading.layers for column in layer.columns]
    missing = [one for one in (name, born, origin) if one and one not in have]
    if missing:
        raise BadInput(f"The list has no column {', '.join(missing)}", where=f"{Path(path).name} ({', '.join(have)[:200]})",
                       do="Name them by --name, --born and --origin, or leave one out at both desks: --without born.")
    rows = seen.reading.rows
    return ([Person(row.cells.get(name, ""), year(row.cells.get(born, "")) if born else None,
                    row.cells.get(origin, "") if origin else "") for row in rows], [row.number for row in rows])


def numbered(coded, rows):
    """The CSV that stays at the desk: number in the file, row of the list; '' for rows that were left out."""
    out = io.StringIO()
    told = [(number, rows[i]) for number, i in sorted(coded.numbers.items())] + [("", rows[i]) for i in coded.left]
    csv.writer(out, lineterminator="\n").writerows([("number", "row"), *told])
    return out.getvalue()


def keep(files):
    """{path: text} as new files that their owner alone can read: all of them, or none. Raises BadInput where there is one."""
    made = []
    try:
        for path, words in files.items():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                made.append(path)
                file.write(words)
    except OSError as error:
        for path in made:
            os.unlink(path)
        if isinstance(error, FileExistsError):
            raise BadInput("There is such a file already", where=str(error.filename), do="Give another name.") from error
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise BadInput("There is no such folder", where=str(error.filename), do="Make the folder first.") from error
        raise


def text(path):
    """The text of a file of ours. Raises BadInput."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError) as error:
        raise BadInput("There is no such file of a crossing", where=str(path), do="Check the path.") from error
