"""Views of the map: what is asked of the list and where one looks, kept under a random key; never what was answered.

    key = views.keep(session, {"asked": {"kind": ["mass_grave"], "from": "2012"}, "at": [36.3, 33.5], "zoom": 9})
    views.show(session, key)["asked"]       for whoever has the key and the clearance that its owner named, with his own rights

A question is a dict: `asked` holds q, group, kind, verification, protection, governorate (lists of codes, a minus before one
leaves it out), from and to (years), area (corners, as geo.corners reads them), around (kilometres around it); `at` is [longitude,
latitude] of the middle, `zoom` that of the map, `layers` what is laid over it (LAYERS). It is sealed with the house's key before
the database keeps it, for the middle of a map at street zoom is a coordinate. Errors: BadInput with the field, NotFound for a key
that opens nothing for one.
"""
import json
import math
from datetime import date

from sitereg import house
from sitereg.errors import BadInput, Unavailable
from sitereg.geo import corners

FILTERS = {"group": "groups", "kind": "kinds", "verification": "verification", "protection": "protection", "governorate": "adm1"}
ASKED = ("q", *FILTERS, "from", "to", "area", "around")
LAYERS = ("areas", "borders", "events", "transfers", "units")
ZOOMS = (0, 22)

__all__ = ["ASKED", "LAYERS", "change", "drop", "filters", "keep", "listed", "show"]


def keep(session, question, *, name=None, shared=False, at_least=None):
    """The view stands; answers its key. With a name until it is dropped, else for 90 days.

    shared: colleagues find it in their lists (it needs a name); at_least: the tier from which on it is opened, else one's own.
    """
    sealed = house.sealed(session.settings, json.dumps(checked(question), ensure_ascii=False))
    return session.call("keep_view", cipher=sealed, name=name, shared=shared, at_least=at_least)


def change(session, key, *, name, shared=False, at_least=None):
    """A view of one's own has this name, is shared or not, is opened from this tier on (else as before)."""
    session.call("name_view", key=key, name=name, shared=shared, at_least=at_least)


def drop(session, key):
    """A view of one's own is gone, for everybody who has its key."""
    session.call("drop_view", key=key)


def listed(session):
    """One's own views and those that colleagues share: key, name, mine, by, shared, at_least, kept_at, expires_at."""
    return session.rows("kept_views")


def show(session, key):
    """The view under a key with its question: the columns of `listed`, and asked, at, zoom, layers."""
    row = session.one("kept_view", key=key)
    told = house.opened(session.settings, row.pop("cipher"))
    if told is None:
        raise Unavailable("This view was sealed with another key of the house", code="bad_house_key",
                          do="Restore the house's key from the backup of the keys, or delete the view.")
    return {**row, "at": None, "zoom": None, "layers": None, **json.loads(told)}


def filters(asked):
    """What a view asks as filters of sites.find."""
    found = {field: asked[name] for name, field in FILTERS.items() if asked.get(name)}
    if asked.get("q"):
        found["q"] = asked["q"]
    if asked.get("area"):
        found["bbox"] = corners.box(corners.read(asked["area"]))
        found |= {"around_km": float(asked["around"])} if asked.get("around") else {}
    return found | {name: date(int(asked[name]), *day) for name, day in (("from", (1, 1)), ("to", (12, 31))) if asked.get(name)}


def checked(question):
    """The question with its parts in order; raises BadInput for one that cannot be asked again."""
    layers = question.get("layers")
    unknown = [*(question.keys() - {"asked", "at", "zoom", "layers"}), *(question.get("asked", {}).keys() - set(ASKED)),
               *(set(layers or ()) - set(LAYERS))]
    if unknown:
        raise BadInput("A view holds no such thing", where=sorted(unknown)[0],
                       do=f"It holds asked ({', '.join(ASKED)}), at, zoom and layers ({', '.join(LAYERS)}).")
    kept = {"asked": {name: value for name, value in question.get("asked", {}).items() if value}}
    if layers is not None:
        kept["layers"] = sorted(layers)
    if question.get("at") is not None:
        lon, lat = (number("at", one) for one in question["at"])
        zoom = number("zoom", question.get("zoom"))
        if not (-180 <= lon <= 180 and -90 <= lat <= 90 and ZOOMS[0] <= zoom <= ZOOMS[1]):
            raise BadInput("The middle of a view lies on the earth, and its zoom between 0 and 22", where="at")
        kept |= {"at": [round(lon, 6), round(lat, 6)], "zoom": round(zoom, 2)}
    return kept


def number(name, value):
    """A finite number, or BadInput."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise BadInput("This is no number", where=name)
    return found
