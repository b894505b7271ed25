"""What the columns of a list of persons say, as the claims and events of a profile. Pure."""

from collections.abc import Mapping

from sitereg.imports.rules import NAME_PARTS

APART = ("mother_given", "mother_family", "kunya", "alias")
EVENTS = (("arrested", "arrested", "arrested_place"), ("last_seen_free", "seen", "seen_place"))
_WHO = ("full_name", *NAME_PARTS, "mother_given", "mother_family", "born", "number")

__all__ = ["identifying", "said"]


def identifying(fields: Mapping[str, str]) -> list[str]:
    """The columns that tell together who it is, for a list without numbers of its own."""
    return [column for wanted in _WHO for column, field in fields.items() if field == wanted]


def said(fields: Mapping[str, str], choices: Mapping) -> dict:
    """{claims, events} of a profile. fields: {column: field}.

    A name that stands in several columns is one name whose parts are known; beside a column of the whole name its parts are
    names of their own. An age is that of the day of the arrest, else of the last time somebody saw the person.
    """
    columns: dict[str, list[str]] = {}
    for column, field in fields.items():
        columns.setdefault(field, []).append(column)
    one = {field: given[0] for field, given in columns.items()}
    claims = [_name(column) for column in columns.get("full_name", ())]
    parts = [field for field in NAME_PARTS if field in one]
    if parts and not claims:
        claims.append({"predicate": "person_name", "columns": [one[field] for field in parts], "parts": parts, "lang": "ar"})
    elif parts:
        claims += [_name(one[field], field) for field in parts]
    claims += [_name(column, field) for field in APART for column in columns.get(field, ())]
    claims += [{"predicate": "detainee_number", "column": column} for column in columns.get("number", ())]
    if "sex" in one:
        claims.append({"predicate": "sex", "column": one["sex"]})
    if "born" in one:
        claims.append({"predicate": "birth", "column": one["born"], "at": _when(one["born"], choices)})
    if "age" in one:
        day = one.get("arrested") or one.get("seen")
        claims.append({"predicate": "age", "column": one["age"], **({"at": _when(day, choices)} if day else {})})
    claims += [{"predicate": "person_note", "column": column} for column in columns.get("note", ())]
    return {"claims": claims, "events": [_event(*each, one, choices) for each in EVENTS if {*each[1:]} & one.keys()]}


def _name(column: str, part: str | None = None) -> dict:
    return {"predicate": "person_name", "column": column, "lang": "ar", **({"part": part} if part else {})}


def _event(kind: str, day: str, place: str, one: Mapping[str, str], choices: Mapping) -> dict:
    when = {"at": _when(one[day], choices)} if day in one else {}
    return {"kind": kind, **when, **({"toponym": one[place]} if place in one else {})}


def _when(column: str, choices: Mapping) -> dict:
    return {"column": column, **({"order": choices["order"]} if choices.get("order") else {})}
