"""The exports of Bayanat: its actors or locations, one a row; its bulletins and incidents, one row for each actor that they name.

A file is {"actors": [...]} (or bulletins, incidents, locations), the answer of its interface ({"items": [...]}), a bare list, or
its CSV. An export of more records than Bayanat writes at once lacks a comma between two lots: that is mended.
Columns are the names that Bayanat gives; an object stands as its title, a list as titles with `; ` between them. Events become
columns of their kind (`arrested / from`, `to`, `place`, `lat`, `lng`), the first of a kind; the others stand in `other events`. The
kind is told by the title of its type in English or Arabic, as EVENTS has it.

Of a bulletin or incident the events are told of those actors alone whose role in it (`related_as`, a number of the partner's own
list, in `actor / role`) the profile names in `victims`: of a witness or of whoever did it they are not so. Of the others, and of
what names no role, they stand in `other events`. The CSV gives events by title alone: they stand there too.
"""
import json
import re
from collections.abc import Iterator
from pathlib import Path

from sitereg.imports.readers import Unreadable, geojson
from sitereg.imports.readers import csv as tables

DRIVERS: tuple[str, ...] = ()
NEEDS: tuple[str, ...] = ()
TOLD = ("bulletins", "incidents")
NESTED = ("events", "latlng", "actor_profiles", "origin_place", "actor_relations", "bulletin_relations", "incident_relations",
          "medias", "roles", "assigned_to", "first_peer_reviewer", "geoLocations")
TABLES = ("actors", "bulletins", "incidents", "locations", "items")
MOST_ROWS = 1_000_000
ADMINISTRATIVE = "administrative location"
EVENTS = {
    "arrested": ("arrest", "detention", "arrest/detention", "arbitrary arrest", "اعتقال", "توقيف"),
    "abducted": ("abduction", "kidnapping", "enforced disappearance", "disappearance", "خطف", "اختفاء قسري"),
    "last seen": ("last seen", "last sighting", "آخر مشاهدة"),
    "held": ("transfer", "imprisonment", "held", "سجن", "نقل"),
    "released": ("release", "released", "إفراج", "إطلاق سراح"),
}
PARTS = ("from", "to", "place", "lat", "lng")
TAGS = 3  # of a location, each in a column of its own; all of them stand in `tags`
PROFILE = ("originid", "source_link", "description", "publish_date", "documentation_date", "last_address")


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """The rows of one export. Administrative locations are no sites, and a bulletin without actors tells of nobody: they are left
    out, which is noted. Unreadable otherwise."""
    if len(files) != 1:
        raise Unreadable("An export of Bayanat is one file, not a folder", do="Unpack it, and give the JSON or CSV file.")
    path = Path(files[0]["path"])
    table, found = _csv(files, options) if _is_csv(path) else _table(geojson.parsed(path, _commas))
    if len(found) > MOST_ROWS:
        raise Unreadable(f"The file has more than {MOST_ROWS} records", code="too_large", do="Import it in parts.")
    kept = [one for one in found if not _is_unit(one)]
    tells = table in TOLD or any(one.get("class") in ("bulletin", "incident") for one in kept)
    victims = set(options.get("victims") or ())
    rows = [row for one in kept for row in (_of_actors(one, victims) if tells else [_flat(one)])]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    yield {"layer": {"part": "", "columns": columns, "crs": "EPSG:4326"}}
    alone = sum(not _relations(one) for one in kept) if tells else 0
    for many, what in ((len(found) - len(kept), "administrative locations are units and no sites"),
                       (alone, "bulletins or incidents name no actor and tell of nobody")):
        if many:
            yield {"note": {"code": "not_read", "field": table, "message": f"{many} {what}: they are not read"}}
    for number, row in enumerate(rows, start=1):
        yield {"row": {"part": "", "n": number, "line": None, "cells": {name: row.get(name, "") for name in columns}, "shape": None,
                       "faults": []}}


def _commas(text: str) -> str:
    """The text with a comma between two records that only a line's end parts; no text of a record holds a line's end."""
    return re.sub(r"\}[ ]?\n\{", "},\n{", text)


def _is_csv(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"[")


def _csv(files, options) -> tuple[str, list[dict]]:
    """(the name of the table, its records) of the CSV: what its columns call events.event-1 or related_actors.actor-1 as lists."""
    found = []
    for message in tables.read(files, options):
        if row := message.get("row"):
            cells = {name: text.strip() for name, text in row["cells"].items()}
            lists = {name: [text for column, text in cells.items() if column.startswith(f"{name}.") and text]
                     for name in ("events", "related_actors")}
            plain = {name: text for name, text in cells.items() if name and "." not in name and not name.startswith("profile_")}
            found.append({**plain, "events": [{"title": _called(one)} for one in lists["events"]], "actor_relations": [
                {"actor": {"id": one.partition("-")[0], "name": _called(one)}} for one in lists["related_actors"]]})
    if not found or "id" not in found[0]:
        raise Unreadable("The file holds no table of Bayanat", code="not_this_format", do="Ask for the JSON or the whole CSV.")
    return ("bulletins" if "sjac_title" in found[0] else "actors"), found


def _called(text: str) -> str:
    """The title in what the CSV writes of something related: 12-Title."""
    return text.partition("-")[2]


def _relations(one: dict) -> list[dict]:
    return [each for each in one.get("actor_relations") or [] if isinstance(each, dict) and (each.get("actor") or {}).get("id")]


def _of_actors(one: dict, victims: set[str]) -> Iterator[dict[str, str]]:
    """A row for each actor of a bulletin or incident: the record, who, in which role; events of those alone to whom it happened."""
    events = one.get("events") or []
    plain = {name: value for name, value in one.items() if name not in ("lat", "lng", "latlng")}
    for relation in _relations(one):
        said, actor = relation.get("related_as"), relation["actor"]
        roles = [str(each) for each in (said if isinstance(said, list) else [] if said is None else [said])]
        his = bool(victims & set(roles))
        row = _flat({**plain, "events": events if his else []})
        if events and not his:
            row["other events"] = json.dumps(events, ensure_ascii=False)
        row |= {"actor / id": _text(actor["id"]), "actor / name": _text(actor.get("name")), "actor / role": "; ".join(roles),
                "actor / probability": _text(relation.get("probability"))}
        yield row


def _table(document) -> tuple[str, list[dict]]:
    """(the name of the table, its records)."""
    name = next((one for one in TABLES if isinstance(document, dict) and isinstance(document.get(one), list)), "")
    found = document[name] if name else document
    if not isinstance(found, list) or not all(isinstance(one, dict) and "id" in one for one in found):
        raise Unreadable("The file holds no table of Bayanat", code="not_this_format",
                         do="Ask for the JSON export: actors, bulletins, incidents or locations, each with its id.")
    return name, found


def _is_unit(one: dict) -> bool:
    return _title(one.get("location_type")).lower() == ADMINISTRATIVE


def _flat(one: dict) -> dict[str, str]:
    """A record as {column: text}."""
    row = {name: _text(value) for name, value in one.items() if name not in NESTED}
    where = one.get("latlng") or {}
    row["lat"], row["lng"] = (_text(one.get(name) if one.get(name) is not None else where.get(name)) for name in ("lat", "lng"))
    if "location_type" in one:  # what a place was stands in its tags
        row |= {f"tag {at + 1}": _title(tag) for at, tag in enumerate([*(one.get("tags") or []), *[""] * TAGS][:TAGS])}
    home = one.get("origin_place") or {}
    if "origin_place" in one:
        row |= {"origin": _text(home), "origin / lat": _text(home.get("lat")), "origin / lng": _text(home.get("lng"))}
    for told in (one.get("actor_profiles") or [])[:1]:
        row |= {f"profile / {name}": _text(told.get(name)) for name in PROFILE}
    return row | (_events(one["events"] or []) if "events" in one else {})


def _events(events: list[dict]) -> dict[str, str]:
    """The first event of each kind in columns of its own, every kind there whether or not anything happened; the rest as JSON."""
    row, others = {f"{kind} / {part}": "" for kind in EVENTS for part in PARTS}, []
    for event in events:
        kind = next((kind for kind, titles in EVENTS.items() if _titles(event.get("eventtype")) & set(titles)), None)
        if kind is None or any(row[f"{kind} / {part}"] for part in PARTS):
            others.append(event)
            continue
        place = event.get("location") or {}
        told = (_day(event.get("from_date")), _day(event.get("to_date")), _text(place), _text(place.get("lat")),
                _text(place.get("lng")))
        row |= {f"{kind} / {part}": text for part, text in zip(PARTS, told, strict=True)}
    row["other events"] = json.dumps(others, ensure_ascii=False) if others else ""
    return row


def _titles(kind) -> set[str]:
    return {str(kind.get(name) or "").strip().lower() for name in ("title", "title_ar")} - {""} if isinstance(kind, dict) else set()


def _day(moment) -> str:
    """The day of a moment as Bayanat writes it (2013-05-12T00:00)."""
    return str(moment or "")[:10]


def _title(value) -> str:
    """What an object is called: its title, its full place, its name; as it is where it is none of its objects."""
    if not isinstance(value, dict):
        return "" if value is None else str(value)
    return str(next((value[name] for name in ("title", "full_location", "name", "full_string", "title_ar") if value.get(name)), ""))


def _text(value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_title(one) for one in value)
    return _title(value)
