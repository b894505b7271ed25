"""Vector tiles of the caller's face."""
from flask import Blueprint, g, make_response

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
