"""OGC API - Features and Tiles: what a map program reads by token, rows, shapes and precision of the token's account alone."""

import functools
import json

from flask import Blueprint, Response, make_response
from werkzeug.routing import BaseConverter, ValidationError

from sitereg import layers, tiles
from sitereg.errors import BadInput
from web import errors, ogc, openapi
from web.tokens import BASIC, open_to_tokens

views = Blueprint("ogc", __name__)


class LayerConverter(BaseConverter):
    """The name of a layer; anything else is no such page."""

    regex = "[a-z_]{1,40}"

    def to_python(self, value):
        if value not in layers.LAYERS:
            raise ValidationError
        return value


@views.record_once
def know_layers(state):
    state.app.url_map.converters["layer"] = LayerConverter


def for_maps(view):
    """Open to tokens for layers; what cannot be asked is answered with 400, as the standard has it."""

    @functools.wraps(view)
    def run(*args, **parts):
        try:
            return view(*args, **parts)
        except BadInput as trouble:
            return errors.page(
                400, trouble.code, trouble.what, trouble.do, problems=[one for one in trouble.problems if isinstance(one, dict)]
            )

    return open_to_tokens("layers", BASIC)(run)


def told(document, kind=ogc.JSON):
    """The document as an answer of that kind; no parameter but `f` was given with it."""
    ogc.plain()
    return Response(json.dumps(document, ensure_ascii=False), content_type=kind)


@views.get("/ogc")
@for_maps
def landing(opened):
    """Where everything is found."""
    return told(ogc.landing())


@views.get("/ogc/conformance")
@for_maps
def conformance(opened):
    """What of the standards is kept to."""
    return told({"conformsTo": ogc.CONFORMANCE})


@views.get("/ogc/api")
@for_maps
def api(opened):
    """The description of these addresses, as OpenAPI."""
    return told(openapi.of_layers(), ogc.OPENAPI)


@views.get("/ogc/collections")
@for_maps
def collections(opened):
    """Every layer that there is, whoever asks; which rows each holds depends on him."""
    return told(
        {
            "links": [ogc.link("self", ogc.JSON, "Layers", "ogc.collections")],
            "collections": [ogc.collection(layer) for layer in layers.LAYERS.values()],
        }
    )


@views.get("/ogc/collections/<layer:layer>")
@for_maps
def collection(opened, layer):
    """One layer."""
    return told(ogc.collection(layers.LAYERS[layer]))


@views.get("/ogc/collections/<layer:layer>/queryables")
@for_maps
def queryables(opened, layer):
    """Its columns, with what each means."""
    return told(ogc.queryables(layers.LAYERS[layer], layers.columns(opened, layer)), ogc.SCHEMA)


@views.get("/ogc/collections/<layer:layer>/items")
@for_maps
def items(opened, layer):
    """A page of its rows as GeoJSON, by bbox, datetime and values of columns; the next one by a link."""
    wanted, given = ogc.asked(lambda: layers.columns(opened, layer))
    page = layers.page(opened, layer, **wanted)
    links = [
        ogc.link("self", ogc.GEOJSON, "This page", "ogc.items", given, layer=layer),
        ogc.link("collection", ogc.JSON, layers.LAYERS[layer].title, "ogc.collection", layer=layer),
    ]
    if page.past is not None:
        links.append(ogc.link("next", ogc.GEOJSON, "The next page", "ogc.items", {**given, "past": page.past}, layer=layer))
    head = json.dumps({"type": "FeatureCollection", "links": links, "numberMatched": page.matched, "numberReturned": page.returned})
    return shapes(f'{head[:-1]}, "features": {page.features}}}')


@views.get("/ogc/collections/<layer:layer>/items/<int:feature>")
@for_maps
def item(opened, layer, feature):
    """One row as GeoJSON; what is not for the reader is not there."""
    ogc.plain(("f", "crs"))
    if feature >= 2**53:
        return errors.missing()
    links = json.dumps(
        [
            ogc.link("self", ogc.GEOJSON, "This row", "ogc.item", layer=layer, feature=feature),
            ogc.link("collection", ogc.JSON, layers.LAYERS[layer].title, "ogc.collection", layer=layer),
        ]
    )
    return shapes(f'{layers.feature(opened, layer, feature)[:-1]},"links":{links}}}')


def shapes(text):
    answer = Response(text, content_type=ogc.GEOJSON)
    answer.headers["Content-Crs"] = f"<{ogc.CRS84}>"
    return answer


@views.get("/ogc/tileMatrixSets")
@for_maps
def matrix_sets(opened):
    """The one grid of tiles that there is."""
    return told(
        {
            "tileMatrixSets": [
                {
                    "id": "WebMercatorQuad",
                    "uri": ogc.MATRICES,
                    "links": [ogc.link("self", ogc.JSON, "WebMercatorQuad", "ogc.matrix_set")],
                }
            ]
        }
    )


@views.get("/ogc/tileMatrixSets/WebMercatorQuad")
@for_maps
def matrix_set(opened):
    """That grid."""
    return told(ogc.matrix_set())


@views.get("/ogc/collections/<any(sites, events):room>/tiles")
@for_maps
def tile_sets(opened, room):
    """The tile sets of sites or events: one."""
    return told(
        {
            "links": [ogc.link("self", ogc.JSON, "Tile sets", "ogc.tile_sets", room=room)],
            "tilesets": [ogc.tile_set(room, whole=False)],
        }
    )


@views.get("/ogc/collections/<any(sites, events):room>/tiles/WebMercatorQuad")
@for_maps
def tile_set(opened, room):
    """That tile set."""
    return told(ogc.tile_set(room, whole=True))


@views.get("/ogc/collections/<any(sites, events):room>/tiles/WebMercatorQuad/<int:z>/<int:y>/<int:x>")
@for_maps
def tile(opened, room, z, y, x):
    """One vector tile; 204 where it is empty. One with exact places stands in the log, by its zoom alone."""
    ogc.plain(())
    drawn = {"sites": tiles.sites, "events": tiles.events}[room](opened, z=z, x=x, y=y)
    if not drawn:
        return make_response("", 204)
    if opened.me["level"] >= 2:
        layers.log(opened, {"of": f"{room} tile", "zoom": z})
    return Response(drawn, content_type=ogc.MVT)
