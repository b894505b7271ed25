"""On which line of a profile's text a key stands, so that a fault can be found. Pure."""

import re

_TABLE = re.compile(r"\[(\[?)\s*([\w.\"'-]+)\s*\]?\]")
_KEY = re.compile(r"([\w-]+|\"[^\"]*\"|'[^']*')\s*=")


def lines(text: str) -> dict[str, int]:
    """{key as faults name it (claims[2].definition): its line, from 1}; tables and their keys, not what stands within braces."""
    found: dict[str, int] = {"": 1}
    counts: dict[str, int] = {}
    at = ""
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.strip()
        if met := _TABLE.match(words):
            at = _path(met[2], bool(met[1]), counts)
            found.setdefault(at, number)
        elif met := _KEY.match(words):
            key = met[1].strip("\"'")
            found.setdefault(f"{at}.{key}" if at else key, number)
    return found


def line_of(field: str, known: dict[str, int]) -> int:
    """The line of that key, else of the table that should hold it, else 1."""
    while field not in known:
        field = field.rpartition(".")[0]
    return known[field]


def _path(name: str, many: bool, counts: dict[str, int]) -> str:
    """A table's name with the number of the list element that it belongs to: events.place -> events[1].place."""
    if many:
        counts[name] = counts.get(name, -1) + 1
        return f"{name}[{counts[name]}]"
    first, dot, rest = name.partition(".")
    return f"{first}[{counts[first]}]{dot}{rest}" if first in counts else name
