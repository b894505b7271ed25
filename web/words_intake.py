"""Imports in words: what a column is, why it is proposed, what a row says as it is understood, how far the work is."""

import shapely
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup

from sitereg import vocab
from sitereg.imports import guessing
from web import language, sentences_intake, words

FIELDS = {
    "id": lazy_gettext("number of the list's own"),
    "name": lazy_gettext("name (language not said)"),
    "name_ar": lazy_gettext("name in Arabic"),
    "name_en": lazy_gettext("name in English"),
    "kind": lazy_gettext("what it was"),
    "lat": lazy_gettext("latitude"),
    "lon": lazy_gettext("longitude"),
    "place": lazy_gettext("coordinates in one cell"),
    "radius_km": lazy_gettext("how far off, in km"),
    "count": lazy_gettext("count of people"),
    "date": lazy_gettext("date of what it was"),
    "status": lazy_gettext("status given by that body"),
    "note": lazy_gettext("note"),
    "full_name": lazy_gettext("whole name"),
    "ism": lazy_gettext("given name"),
    "nasab_father": lazy_gettext("father's name"),
    "nasab_grandfather": lazy_gettext("grandfather's name"),
    "family": lazy_gettext("family name"),
    "mother_given": lazy_gettext("mother's name"),
    "mother_family": lazy_gettext("mother's family name"),
    "kunya": lazy_gettext("kunya (Abu or Umm of somebody)"),
    "alias": lazy_gettext("another name"),
    "number": lazy_gettext("number as a detainee"),
    "sex": lazy_gettext("sex as recorded"),
    "born": lazy_gettext("date or year of birth"),
    "age": lazy_gettext("age"),
    "arrested": lazy_gettext("day of the arrest"),
    "arrested_place": lazy_gettext("place of the arrest, in words"),
    "seen": lazy_gettext("day last seen"),
    "seen_place": lazy_gettext("place last seen, in words"),
    "verbatim": lazy_gettext("only keep the words"),
    "left_out": lazy_gettext("leave out: not kept with the row"),
}
STEPS = {
    "read": lazy_gettext("reading the file"),
    "write": lazy_gettext("reading the rows and writing"),
    "keep": lazy_gettext("keeping the rows"),
}
SURE = {
    "mark": lazy_gettext("certain: the file begins with its mark"),
    "ascii": lazy_gettext("certain: only plain letters and digits"),
    "valid": lazy_gettext("as good as certain: no other letters would fit it throughout"),
    "guess": lazy_gettext("a guess: look whether the words below are right"),
}
STATES = {
    "queued": lazy_gettext("waits for the keeper"),
    "running": lazy_gettext("under way"),
    "done": lazy_gettext("done"),
    "failed": lazy_gettext("failed"),
    "cancelled": lazy_gettext("stopped; nothing was kept"),
}


def why(guess):
    """Why a column is taken for what it is."""
    return _(guessing.REASONS[guess["reason"]]) % guess["parts"]


def outcome(code):
    return language.word("row_outcome", code)


def problem(one):
    """A problem of a row: its field, and its sentence; in Arabic the sentence of its code where the sentence itself has none."""
    said = language.said(one["message"])
    if language.code() != "en" and said == one["message"]:
        said = language.word("problem_code", one["code"])
    field = one.get("field")
    return Markup("<bdi>{}</bdi>: <bdi>{}</bdi>").format(field, said) if field else Markup("<bdi>{}</bdi>").format(said)


def says(claims):
    """What a row says as it is understood: (what, words), one a claim."""
    return [(language.word("predicate", one["predicate"]), said(one)) for one in claims]


def said(one):
    value, predicate = one.get("value") or {}, one["predicate"]
    if predicate == "place":
        return place(one)
    if predicate == "count":
        counted = language.word("count_definition", value["definition"])
        return f"{words.count(value)} ({counted})" if any(value.get(key) is not None for key in ("min", "best", "max")) else ""
    if predicate in PERSONAL:
        return PERSONAL[predicate](value, one)
    told = {"external_id": value.get("value"), "official_status": value.get("text")}.get(predicate)
    scheme = vocab.Predicate(predicate).attrs["value"].partition("term:")[2]
    told = told or (
        language.word(scheme, value["code"]) if scheme and "code" in value else value.get("text") or value.get("toponym") or ""
    )
    return f"{told}, {words.days(one['at'])}" if one.get("at") else told


def name(value, one):
    """A name, with which part of it it is, or the parts that its columns give."""
    if value.get("part"):
        return f"{value['text']} ({language.word('name_part', value['part'])})"
    ways = value.get("parts") or []
    only = ways[0] if len(ways) == 1 else {}
    known = [f"{language.word('name_part', part)}: {said_}" for part, said_ in only.items() if part != "weight"]
    return f"{value['text']} ({_(', ').join(known)})" if known else value["text"]


def event(value, one):
    """What happened, where in words, when."""
    parts = [language.word("event_kind", value["kind"]), value.get("toponym"), words.days(one["at"]) if one.get("at") else None]
    return _(", ").join(str(part) for part in parts if part)


def aged(value, one):
    years = str(value["min"]) if value["min"] == value["max"] else f"{value['min']}-{value['max']}"
    return f"{years}, {words.days(one['at'])}" if one.get("at") else years


def born(_value, one):
    return words.days(one["at"]) if one.get("at") else ""


PERSONAL = {"person_name": name, "event": event, "age": aged, "birth": born}


def place(one):
    """Where it is read to be: degrees and how far off, for a point and for the middle of a shape."""
    if not one.get("geom"):
        return ""
    middle = shapely.from_wkb(one["geom"]).centroid
    return f"{middle.y:.5f} {middle.x:.5f} ± {words.metres(one['uncertainty_m'])}"


def stop(number, geom, radius, texts):
    """A place for the map of a preview, in the form of maps.Trail."""
    shape = shapely.from_wkb(geom) if isinstance(geom, str) else shapely.Point(*geom)
    return {
        "numbers": [number],
        "at": [shape.centroid.y, shape.centroid.x],
        "shape": shapely.geometry.mapping(shape),
        "shown_as": "exact",
        "radius": radius or 0,
        "texts": [str(one) for one in texts],
        "sure": False,
    }


__all__ = ["FIELDS", "STATES", "STEPS", "SURE", "outcome", "place", "problem", "says", "sentences_intake", "stop", "why"]
