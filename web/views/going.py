"""Going to a place on the map: coordinates in any form, a pasted pin, a code, a name. No address tells where one went."""
import math
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request

from sitereg.entering import places
from sitereg.errors import BadInput
from web import asking, readings, words
from web.identity import ANYONE, logs, open_to

views = Blueprint("going", __name__)
FIELDS = {"csrf_token", "place", "pick", "w", "v"}
LETTERS = 300
METRES = 111_320  # of a degree of latitude


@views.post("/sites/go")
@open_to(*ANYONE)
def go(opened):
    """The map stands at what was typed, with how far off it may be; what can be read in several ways is asked first."""
    unknown = [name for name in request.form if name not in FIELDS]
    if unknown:
        raise BadInput("There is no such field", where=unknown[0], do="Send place.")
    said = request.form.get("place", "").strip()[:LETTERS]
    reading = places.read(opened, said, request.form.get("pick") or None)
    if any(one.kind != "point" for one in (reading.place, *reading.choices) if one):
        logs("site_search", q=said)
    if reading.place and reading.place.kind == "site":
        return redirect(f"/sites/{reading.place.code}", 303)
    if reading.place and reading.place.lon is not None:
        beside = {name: request.form[name] for name in ("w", "v") if request.form.get(name)}  # what is asked of the list meanwhile
        return redirect("/sites?" + urlencode({**beside, "at": asking.hide(told(reading))}) + "#map", 303)
    found = readings.place(reading)
    choices = [one for one, choice in zip(found["choices"], reading.choices, strict=True)
               if choice.kind == "site" or choice.lon is not None] if found else []
    return render_template("map/go.html", said=said, found=found, choices=choices, search_text="",
                           held={name: request.form.get(name, "") for name in ("w", "v")}), 200 if choices else 422


def told(reading):
    """What the page is told of the place: where, how far off (m), what was typed, how it was read."""
    one = reading.place
    return {"lon": round(one.lon, 7), "lat": round(one.lat, 7), "m": round(one.uncertainty_m or 0, 1), "said": reading.said}


def went(at):
    """The same for the page, with the words for it and the box that the map opens with; None where nobody went anywhere."""
    try:
        lon, lat, metres = (float(at[name]) for name in ("lon", "lat", "m"))
    except (TypeError, KeyError, ValueError):
        return None
    high = max(metres, 250) * 1.3 / METRES
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    return {"lon": lon, "lat": lat, "m": metres, "said": str(at.get("said", "")), "off": words.metres(metres) if metres else "",
            "box": (lon - wide, lat - high, lon + wide, lat + high)}
