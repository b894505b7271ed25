"""What the readers of sheets share: the row of HXL tags, shapes written as WKT, cells that an export made inert."""

import re
from collections.abc import Iterable

from sitereg.writing import restored

_TAG = re.compile(r"#[a-z][a-z0-9_]*([ ]*[+@][a-z0-9_]+)*", re.IGNORECASE)


def is_tags(cells: Iterable[str]) -> bool:
    """Whether a row under the header is the row of HXL tags: two cells or more, and all that say anything are tags."""
    said = [text.strip() for text in cells if text.strip()]
    return len(said) > 1 and all(_TAG.fullmatch(text) for text in said)


def finished(row: dict, options: dict) -> dict:
    """The row with the shape of the column `shape` of the options, and its cells as they were before an export made them inert."""
    if options.get("restored"):
        row["cells"] = {name: restored(text) for name, text in row["cells"].items()}
    text = row["cells"].get(options["shape"], "").strip() if options.get("shape") else ""
    if text:
        row["shape"], fault = _drawn(text)
        row["faults"] = [*row["faults"], *([["bad_geometry", fault]] if fault else [])]
    return row


def _drawn(text: str) -> tuple[str | None, str]:
    """(the shape of a WKT as hexadecimal WKB, "") or (None, what is wrong with it)."""
    import shapely

    try:
        drawn = shapely.from_wkt(text)
    except shapely.errors.ShapelyError as error:
        return None, f"This is no WKT ({type(error).__name__})"
    return (None if drawn.is_empty else shapely.to_wkb(drawn, hex=True)), ""
