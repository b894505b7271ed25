"""Vector tiles of the caller's face, and what is drawn over them; maps of streets that the office added, by ranges."""
from flask import Blueprint, current_app, g, jsonify, make_response, send_file

from sitereg import sites, tiles
from sitereg import streets as street_maps
from web import asking, words_transfers
from web.identity import ANYONE, logs, open_to

views = Blueprint("tiles", __name__)


@views.get("/tiles/sites/<int:z>/<int:x>/<int:y>.mvt")
@open_to(*ANYONE)
def site_tile(opened, z, x, y):
    """One tile; 204 where it is empty. A tile with exact places stands in the log, by its zoom alone."""
    return answer(tiles.sites(opened, z=z, x=x, y=y, **asking.asked()[0]), "site_tile", z)


@views.get("/tiles/events/<int:z>/<int:x>/<int:y>.mvt")
@open_to(*ANYONE)
def event_tile(opened, z, x, y):
    """The same of events of persons, counted; of the period that is asked."""
    filters = asking.asked()[0]
    return answer(tiles.events(opened, z=z, x=x, y=y, from_=filters.get("from"), to=filters.get("to")), "event_tile", z)


def answer(drawn, action, zoom):
    if not drawn:
        return make_response("", 204)
    if g.me["level"] >= 2:
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
