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
    "verbatim": lazy_gettext("only keep the words"),
    "left_out": lazy_gettext("leave out: not kept with the row"),
}
STEPS = {
    "read": lazy_gettext("reading the file"),
    "draft": lazy_gettext("reading the rows"),
    "compare": lazy_gettext("comparing with what stands"),
    "write": lazy_gettext("writing"),
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
    told = {"external_id": value.get("value"), "official_status": value.get("text")}.get(predicate)
    scheme = vocab.Predicate(predicate).attrs["value"].partition("term:")[2]
    told = told or (
        language.word(scheme, value["code"]) if scheme and "code" in value else value.get("text") or value.get("toponym") or ""
    )
    return f"{told}, {words.days(one['at'])}" if one.get("at") else told


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
