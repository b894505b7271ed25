"""Frames for scripts away from the machine: read with a personal token, never with a cookie; nothing can be written here."""
from flask import Blueprint, Response, jsonify, request

from sitereg import events, persons, sites
from sitereg.errors import BadInput
from sitereg.exports import streams
from web import openapi
from web.identity import ANYONE, open_to
from web.tokens import open_to_tokens

views = Blueprint("api", __name__)
ROOMS = {"sites": sites, "persons": persons, "events": events}


@views.get("/api/frames/sites", defaults={"table": "sites"})
@views.get("/api/frames/persons", defaults={"table": "persons"})
@views.get("/api/frames/events", defaults={"table": "events"})
@open_to_tokens("frames")
def frame(opened, table):
    """What sites.frame, persons.frame or events.frame give to the token's account, as ?as=geojson (else), csv or parquet.

    The read stands in the log before the first byte leaves."""
    unknown = [name for name in request.args if name != "as"]
    if unknown:
        raise BadInput("There is no such field", where=unknown[0], do="Give as=geojson, csv or parquet; filter what comes.")
    form = request.args.get("as", "geojson")
    if form not in streams.TYPES:
        raise BadInput("There is no such format", where=form, do=f"Ask for {', '.join(streams.TYPES)}.")
    answer = Response(streams.stream(ROOMS[table].frame(opened), form))
    answer.headers["Content-Type"] = streams.TYPES[form]
    return answer


@views.get("/api/openapi")
@open_to(*ANYONE)
def described(opened):
    """The description of everything that answers JSON, as OpenAPI 3.0."""
    return jsonify(openapi.whole())
