"""Frames for scripts away from the machine: read with a personal token, never with a cookie; nothing can be written here."""
import functools

from flask import Blueprint, Response, current_app, g, jsonify, request

from sitereg import accounts, events, persons, sites
from sitereg.actors import Actor
from sitereg.errors import BadInput
from sitereg.exports import streams
from sitereg.store import session

views = Blueprint("api", __name__)
ROOMS = {"sites": sites, "persons": persons, "events": events}


def open_to_tokens(scope):
    """The view is called with a reading session of the account whose token, good for this scope, stands in the header."""
    def around(view):
        @functools.wraps(view)
        def run(**parts):
            kind, _blank, text = request.headers.get("Authorization", "").partition(" ")
            settings = current_app.config["SITEREG"]
            account = accounts.opens(settings, text.strip(), scope) if kind.lower() == "bearer" else None
            if account is None:
                answer = jsonify(error="no_token", what="No token that opens this came along", request=g.request_id,
                                 do="Send the header Authorization: Bearer TOKEN; make one on your account's page.")
                answer.status_code, answer.headers["WWW-Authenticate"] = 401, "Bearer"
                return answer
            with session.reading(settings, Actor(account, "token", g.request_id)) as opened:
                return view(opened, **parts)

        run.open_to, run.writes = (), False
        return run

    return around


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
