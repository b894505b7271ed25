"""Vector tiles of the caller's face, and what is drawn over them; maps of streets that the office added, by ranges."""
import re

from flask import Blueprint, current_app, g, jsonify, make_response, request, send_file

from sitereg import sites, tiles
from sitereg import streets as street_maps
from sitereg.errors import NotFound
from web import asking, words_transfers
from web.identity import ANYONE, logs, open_to

views = Blueprint("tiles", __name__)
SQUARES = re.compile(r"[0-9]{1,3}(,[0-9]{1,3}){0,63}")


@views.get("/tiles/sites/<int:z>/<int:x>/<int:y>.mvt")
@open_to(*ANYONE)
def site_tile(opened, z, x, y):
    """One tile; 204 where it is empty. A tile with exact places stands in the log, by its zoom alone."""
    return answer(tiles.sites(opened, z=z, x=x, y=y, **asking.asked()[0]), "site_tile", z)


@views.get("/tiles/sites/<int:z>/<int:x>/<int:y>/opened")
@open_to(*ANYONE)
def opened_tile(opened, z, x, y):
    """What a number on the map stands for: its sites with the same short names as in a tile; `all`: how many there are."""
    told = request.args.get("squares", "")
    if not SQUARES.fullmatch(told):
        raise NotFound
    filters = asking.asked(extra=("squares",))[0]
    rows = tiles.opened(opened, z=z, x=x, y=y, squares=[min(int(one), 255) for one in told.split(",")], **filters)
    if g.me["level"] >= 2 and rows:
        logs("site_list", count=len(rows))
    return jsonify(all=rows[0]["of_all"] if rows else 0, sites=[
        {"c": one["code"], "k": one["kind"], "g": one["kind_group"], "v": one["verification"], "p": one["protection"],
         "x": one["shown_as"], "o": one["overdue"] or None, "ne": one["names"].get("en"), "na": one["names"].get("ar")}
        for one in rows])


@views.get("/tiles/events/<int:z>/<int:x>/<int:y>.mvt")
@open_to(*ANYONE)
def event_tile(opened, z, x, y):
    """The same of events of persons, counted; of the period that is asked."""
    filters = asking.asked()[0]
    return answer(tiles.events(opened, z=z, x=x, y=y, from_=filters.get("from"), to=filters.get("to")), "event_tile", z)


@views.get("/tiles/units/<int:z>/<int:x>/<int:y>.mvt")
@open_to(*ANYONE)
def unit_tile(opened, z, x, y):
    """The same of admin units that were loaded, for whoever is signed in: nothing of it is of the registry."""
    return answer(tiles.units(opened, z=z, x=x, y=y))


def answer(drawn, action=None, zoom=None):
    if not drawn:
        return make_response("", 204)
    if action and g.me["level"] >= 2:
        logs(action, zoom=zoom)
    made = make_response(drawn)
    made.headers["Content-Type"] = "application/vnd.mapbox-vector-tile"
    return made


@views.get("/transfers")
@open_to(*ANYONE)
def transfers(opened):
    """From where to where people, bodies and remains were taken in the period that is asked, with the words for each."""
    filters = asking.asked()[0]
    rows = sites.transfers(opened, from_=filters.get("from"), to=filters.get("to"))
    if g.me["level"] >= 2 and rows:
        logs("site_transfers", count=len(rows))
    return jsonify(transfers=[words_transfers.drawn(one) for one in rows])


@views.get("/basemaps/<uuid:tileset>.pmtiles")
@open_to(*ANYONE)
def streets(opened, tileset):
    """A map of streets, the ranges of it that are asked for: for whoever is signed in: its ranges tell where one looks."""
    path = street_maps.path_of(current_app.config["SITEREG"], tileset)
    return send_file(path, mimetype="application/octet-stream", conditional=True, etag=False)
