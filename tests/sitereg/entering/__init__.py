"""What the tests of entering begin from: a sheet filled as somebody would fill it."""
from uuid import uuid4

from sitereg import entering

HEAD = {"who_type": "testimony_survivor", "who_connection": "eyewitness", "partner": "Our office", "terms": "told on the telephone",
        "uses": ["search_for_missing", "protection_of_sites"], "consent": "given", "scope": ["store", "analyse"]}
NAMES = ("أحمد المثال", "Invented Person", "خالد التجريبي")


def sheet(registry, form, *, rows=(), once=None, **typed):
    """The Sheet of that form, its head filled, with these fields besides."""
    return entering.read(registry, form, {**HEAD, **({"language": "ar"} if form == "testimony" else {}), **typed}, rows=rows,
                         once=once or uuid4())


def line(person, **more):
    """A line of a testimony, complete."""
    return {"person": person, "what": "seen_by_exdetainee", "place": "the long cell", "when": "May 2013", "how": "saw", **more}


def faults(sheet):
    """(field, code) of each fault."""
    return [(one["field"], one["code"]) for one in sheet.problems]


def send(registry, form, **more):
    """Read and written."""
    return entering.write(registry, sheet(registry, form, **more))
