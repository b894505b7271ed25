"""The description of what answers JSON (and vector tiles), as OpenAPI 3.0: addresses, methods and words from the routes
themselves, what they take and give from the tables below. A test compares both with every route that answers JSON."""

import inspect

from flask import current_app, request

from sitereg import vocab
from sitereg.exports import streams
from sitereg.layers import LAYERS, MOST
from web import asking, ogc

TOKEN, SEAT, NOBODY = [{"bearer": []}, {"basic": []}], [{"seat": []}], []
ERROR = {
    "type": "object",
    "required": ["error", "what", "request"],
    "properties": {
        "error": {"type": "string"},
        "what": {"type": "string"},
        "do": {"type": "string", "nullable": True},
        "request": {"type": "string", "nullable": True},
        "changed": {"type": "array", "items": {}},
        "problems": {"type": "array", "items": {"type": "object"}},
    },
}
LINKS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["href"],
        "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "title")},
    },
}
FEATURE = {
    "type": "object",
    "required": ["type", "id", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"type": "integer", "format": "int64"},
        "geometry": {"type": "object", "nullable": True, "required": ["type"], "properties": {"type": {"type": "string"}}},
        "properties": {"type": "object"},
        "links": LINKS,
    },
}
ROWS = {
    "type": "object",
    "required": ["type", "features", "links", "numberMatched", "numberReturned"],
    "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
        "links": LINKS,
        "numberMatched": {"type": "integer", "minimum": 0},
        "numberReturned": {"type": "integer", "minimum": 0},
    },
}
SCHEMAS = {"error": ERROR, "feature": FEATURE, "rows": ROWS}


def param(name, words, schema, **more):
    return {"name": name, "in": "query", "required": False, "description": words, "schema": schema, **more}


PARAMETERS = {
    "bbox": param(
        "bbox",
        "West, south, east, north in degrees (with heights: six numbers); met by the shape that you are shown.",
        {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number", "minimum": -180, "maximum": 180}},
        style="form",
        explode=False,
    ),
    "datetime": param(
        "datetime",
        "A moment, or an interval from/to with .. for an open end: rows of which what they tell may have been so on one of "
        "its days. What is not known constrains nothing.",
        {"type": "string"},
    ),
    "limit": param("limit", f"Rows of a page: 1 to {MOST}.",
                   {"type": "integer", "minimum": 1, "maximum": MOST, "default": ogc.USUAL}, style="form", explode=False),
    "past": param("past", "Where the page begins: after the row of this key. Taken from a link `next`.",
                  {"type": "integer", "format": "int64", "minimum": 0}),
    "crs": param("crs", "Longitude and latitude alone.", {"type": "string", "enum": [ogc.CRS84]}),
    "f": param("f", "JSON alone.", {"type": "string", "enum": ["json"]}),
    "columns": param(
        "columns",
        "The value of a column of the layer, by its name: ?kind=prison_central",
        {"type": "object", "additionalProperties": {"type": "string"}},
        style="form",
        explode=True,
    ),
}
PATHS = {
    "layer": {"type": "string", "enum": list(LAYERS)},
    "room": {"type": "string", "enum": list(ogc.TILED)},
    "z": {"type": "integer", "minimum": 0, "maximum": ogc.ZOOMS - 1},
    "feature": {"type": "integer", "format": "int64", "minimum": 0},
}
LESS = {"type": "integer", "minimum": 0, "maximum": 2**20 - 1}
DOCUMENT, TILE = {ogc.JSON: {"type": "object"}}, {ogc.MVT: {"type": "string", "format": "binary"}}
CODED = {name: {"type": "string", "enum": [minus + code for minus in ("", "-") for code in vocab.SCHEMES[scheme].codes()]}
         for name, (_filter, scheme) in asking.CODES.items()}
YEAR = {"type": "string", "pattern": "^(19|20)[0-9]{2}$"}
FILTERS = [
    param(name, "Sites of any of these; with a minus, of none.", {"type": "array", "items": one}, style="form", explode=True)
    for name, one in CODED.items()
] + [param("from", "A year.", YEAR), param("to", "A year.", YEAR)]
FORM = "application/x-www-form-urlencoded"
SENT = {
    "seat": (ogc.JSON, {}),
    "password": (ogc.JSON, {"password": {"type": "string"}}),
    "named": (ogc.JSON, {"name": {"type": "string"}, "credential": {"type": "object"}}),
    "credential": (ogc.JSON, {"credential": {"type": "object"}}),
    "parts": (ogc.JSON, {"title": {"type": "string"}, "parts": {"type": "array", "items": {"type": "integer"}}}),
    "key": (ogc.JSON, {"public": {"type": "string"}, "secret": {"type": "string"}}),
    "family": (ogc.JSON, {**{name: {"type": "string"} for name in ("urgency", "passed")}, "consent": {"type": "object"},
                          **{name: {"type": "array", "items": {"type": "string"}} for name in ("needs", "fields")}}),
}
SQUARES = {"type": "string", "pattern": "^[0-9]{1,3}(,[0-9]{1,3}){0,63}$"}
AT = {ogc.JSON: {"type": "object", "required": ["at"], "properties": {"at": {"type": "string"}}}}
TO = {ogc.JSON: {"type": "object", "required": ["to"], "properties": {"to": {"type": "string"}}}}
# endpoint: (who opens it, what it answers, parameters by name or as they are, (type, fields) that are sent)
TOLD = {
    **{
        f"ogc.{name}": (TOKEN, {kind: {"type": "object"}}, ["f"], None)
        for name, kind in (
            ("landing", ogc.JSON),
            ("conformance", ogc.JSON),
            ("api", ogc.OPENAPI),
            ("collections", ogc.JSON),
            ("collection", ogc.JSON),
            ("queryables", ogc.SCHEMA),
            ("matrix_sets", ogc.JSON),
            ("matrix_set", ogc.JSON),
            ("tile_sets", ogc.JSON),
            ("tile_set", ogc.JSON),
        )
    },
    "ogc.items": (
        TOKEN,
        {ogc.GEOJSON: {"$ref": "#/components/schemas/rows"}},
        ["bbox", "datetime", "limit", "past", "crs", "f", "columns"],
        None,
    ),
    "ogc.item": (TOKEN, {ogc.GEOJSON: {"$ref": "#/components/schemas/feature"}}, ["crs", "f"], None),
    "ogc.tile": (TOKEN, TILE, [], None),
    "api.frame": (
        [{"bearer": []}],
        {
            kind: {"type": "string", "format": "binary"} if name != "geojson" else {"type": "object"}
            for name, kind in streams.TYPES.items()
        },
        [param("as", "The format.", {"type": "string", "enum": list(streams.TYPES)})],
        None,
    ),
    "api.described": (SEAT, DOCUMENT, [], None),
    "tiles.site_tile": (SEAT, TILE, FILTERS, None),
    "tiles.event_tile": (SEAT, TILE, FILTERS[-2:], None),
    "tiles.transfers": (
        SEAT,
        {ogc.JSON: {"type": "object", "required": ["transfers"], "properties": {"transfers": {"type": "array", "items": {}}}}},
        FILTERS[-2:],
        None,
    ),
    "tiles.opened_tile": (
        SEAT,
        {ogc.JSON: {"type": "object", "required": ["all", "sites"], "properties": {
            "all": {"type": "integer"}, "sites": {"type": "array", "items": {"type": "object"}}}}},
        [*FILTERS, param("squares", "Squares of the tile as it names them (q), with commas between them.", SQUARES, required=True)],
        None,
    ),
    "tiles.unit_tile": (SEAT, TILE, [], None),
    "door.begin": (SEAT, AT, [], SENT["parts"]),
    "door.there": (SEAT, {ogc.JSON: {"type": "object", "required": ["there"]}}, [], None),
    "door.send": (SEAT, AT, [], None),
    "door_referrals.new_key": (SEAT, AT, [], SENT["key"]),
    "door_referrals.refer": (SEAT, AT, [], SENT["family"]),
    "door_referrals.passed": (SEAT, DOCUMENT, [], None),
    "search.suggest": (
        SEAT,
        {ogc.JSON: {"type": "object", "required": ["options"], "properties": {"options": {"type": "array", "items": {}}}}},
        [],
        (FORM, {"q": {"type": "string", "maxLength": 200}, "csrf_token": {"type": "string"}}),
    ),
    "me.health": (NOBODY, {ogc.JSON: {"type": "object", "properties": {"ok": {"type": "boolean"}}}}, [], None),
    "second.key_options": (SEAT, DOCUMENT, [], SENT["password"]),
    "second.key_new": (SEAT, TO, [], SENT["named"]),
    "second.open_options": (NOBODY, DOCUMENT, [], SENT["seat"]),
    "second.open_with_key": (NOBODY, TO, [], SENT["credential"]),
}
REFUSALS = {
    "400": "It cannot be read.",
    "401": "Nobody known asks.",
    "403": "Not for this role, or a form that is too old.",
    "404": "Not there, or not for you.",
    "405": "Another method.",
    "409": "It stands in the way of something.", "413": "Too large.",
    "422": "A value cannot be taken.",
    "429": "Too often.",
    "503": "Busy or too slow: ask for less.",
}


def whole():
    """Everything that answers JSON."""
    return document("The restricted registry: what answers JSON", TOLD)


def of_layers():
    """What a map program reads."""
    return document("Layers of the restricted registry", [name for name in TOLD if name.startswith("ogc.")])


def document(title, endpoints):
    paths = {}
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint in endpoints:
            path, parts = addressed(rule)
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                paths.setdefault(path, {})[method.lower()] = operation(rule, method, parts)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": title,
            "version": "1",
            "description": "What is not for you is absent: the same answer as for what is nowhere.",
        },
        "servers": [{"url": request.host_url.rstrip("/")}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "parameters": PARAMETERS,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic", "description": "Any name, the token as password."},
                "seat": {"type": "apiKey", "in": "cookie", "name": "sitereg"},
            },
        },
    }


def addressed(rule):
    """(the address with {parts}, their parameters) of a route."""
    path, parts = "", []
    for literal, name in pieces(rule):
        path += f"{{{name}}}" if name else literal
        if name:
            parts.append({"name": name, "in": "path", "required": True, "schema": PATHS.get(name, LESS)})
    return path, parts


def pieces(rule):
    """(text, None) or ("", name of a part), in the order of the address."""
    rest = rule.rule
    while "<" in rest:
        before, _open, rest = rest.partition("<")
        inside, _close, rest = rest.partition(">")
        yield before, None
        yield "", inside.rpartition(":")[2]
    yield rest, None


def operation(rule, method, parts):
    security, answers, parameters, sent = TOLD[rule.endpoint]
    said = inspect.getdoc(inspect.unwrap(current_app.view_functions[rule.endpoint])).split("\n\n")
    told = {
        "operationId": rule.endpoint.replace(".", "_") + (f"_{rule.rule.rpartition('/')[2]}" if rule.defaults else ""),
        "summary": said[0].replace("\n", " "),
        "security": security,
        "parameters": [
            *parts,
            *({"$ref": f"#/components/parameters/{one}"} if isinstance(one, str) else one for one in parameters),
        ],
        "responses": {
            "200": {
                "description": "What was asked for.",
                "content": {kind: {"schema": schema} for kind, schema in answers.items()},
            },
            **({"204": {"description": "Nothing is drawn there."}} if ogc.MVT in answers else {}),
            **{
                status: {"description": words, "content": {ogc.JSON: {"schema": {"$ref": "#/components/schemas/error"}}}}
                for status, words in REFUSALS.items()
            },
            **({} if security == TOKEN or security == TOKEN[:1] else {"401": {"description": "Nobody is signed in: no words."}}),
        },
    }
    if sent:
        told["requestBody"] = {
            "required": True,
            "content": {
                sent[0]: {
                    "schema": {
                        "type": "object",
                        "properties": sent[1],
                        **({"required": list(sent[1])} if sent[1] else {}),
                        "additionalProperties": False,
                    }
                }
            },
        }
    return told
