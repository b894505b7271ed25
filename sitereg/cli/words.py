"""How the shell says numbers, days and values: whole words, days both included, labels of the vocabulary for codes."""
import re

from sitereg.cli.features import said

RANGE = re.compile(r"\[?\(?(\d{4}-\d\d-\d\d)?,(\d{4}-\d\d-\d\d|infinity)?\)")
SHOWN_AS = {"exact": "exact place", "cell_1km": "1 km cell", "cell_10km": "10 km cell", "admin_unit": "admin unit",
            "none": "no place"}
SCHEMES = {"precision": "precision_class", "latest": "investigation_activity", "furthest": "investigation_activity",
           "condition": "access_condition", "definition": "count_definition"}


def counted(number, word):
    """The number with its word, in the plural where it is one: 1 origin, 2 origins."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def days(given):
    """A range of days as the database writes it, `[first,day after the last)`, as words, both days included."""
    met = RANGE.fullmatch(str(given or ""))
    if not met:
        return str(given)
    first, after = met.groups()
    last = day_before(after) if after and after != "infinity" else None
    if first == last:
        return first or "day not known"
    if after == "infinity":
        return f"{first or '...'} and still"
    return f"{first} to {last}" if first and last else f"from {first}" if first else f"until {last}"


def day_before(day):
    from datetime import date, timedelta

    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def value(field, given):
    """The value of a field in words."""
    if isinstance(given, dict):
        return ", ".join(part(field, name, one) for name, one in given.items() if one is not None and one != [])
    if isinstance(given, list):
        return ", ".join(value(field, one) for one in given)
    return term(scheme_of(field), given)


def part(field, name, one):
    """One entry of a value of several."""
    if name == "shown_as":
        return SHOWN_AS.get(one, one)
    if name == "uncertainty_m":
        return f"+-{one:,.0f} m"
    if name == "code":
        return term(scheme_of(field), one)
    if name == "kind" and field == "event":
        return term("event_kind", one)
    return f"{name} {term(SCHEMES[name], one) if name in SCHEMES else value('', one)}"


def scheme_of(field):
    """The vocabulary of which a predicate takes its terms, or none."""
    from sitereg.vocab import Predicate

    try:
        takes = Predicate(field.split(":")[0]).attrs.get("value", "")
    except ValueError:
        return None
    return takes.removeprefix("term:") if str(takes).startswith("term:") else None


def term(scheme, code):
    """The label of a code; what is no code of that vocabulary is said as it is, ranges as days."""
    try:
        return said(scheme, code) if scheme else days(code)
    except LookupError:
        return days(code)
