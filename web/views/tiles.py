"""Vector tiles of the caller's face; maps of streets that the office added, by ranges."""
from flask import Blueprint, current_app, g, make_response, send_file

from sitereg import streets as street_maps
from sitereg import tiles
from web import asking
from web.identity import ANYONE, logs, open_to

views = Blueprint("tiles", __name__)


@views.get("/tiles/sites/<int:z>/<int:x>/<int:y>.mvt")
@open_to(*ANYONE)
def site_tile(opened, z, x, y):
    """One tile; 204 where it is empty. A tile with exact places stands in the log, by its zoom alone."""
    drawn = tiles.sites(opened, z=z, x=x, y=y, **asking.asked()[0])
    if not drawn:
        return make_response("", 204)
    if g.me["level"] >= 2:
        logs("site_tile", zoom=z)
    answer = make_response(drawn)
    answer.headers["Content-Type"] = "application/vnd.mapbox-vector-tile"
    return answer


@views.get("/basemaps/<uuid:tileset>.pmtiles")
@open_to(*ANYONE)
def streets(opened, tileset):
    """A map of streets, the ranges of it that are asked for: for whoever is signed in: its ranges tell where one looks."""
    path = street_maps.path_of(current_app.config["SITEREG"], tileset)
    return send_file(path, mimetype="application/octet-stream", conditional=True, etag=False)
