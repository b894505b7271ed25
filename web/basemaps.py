"""Maps as pages draw them: the house's own background, and the maps of streets that the office added."""
from flask import current_app, url_for

from sitereg import maps, streets
from web import language


def base(**given):
    """maps.base_map in the reader's language, with the maps of streets that were added; `given` as it takes it."""
    added = [{"url": url_for("tiles.streets", tileset=one["number"]), "licence": one["licence"], "zooms": one["zooms"]}
             for one in streets.added(current_app.config["SITEREG"])]
    return maps.base_map(locale=language.code(), assets_url=url_for("static", filename=""), streets=added, **given)
