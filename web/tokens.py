"""The way in of scripts and map programs: a personal token in the header, never a cookie; what it opens only reads."""

import base64
import binascii
import functools

from flask import current_app, g, jsonify, request

from sitereg import accounts
from sitereg.actors import Actor
from sitereg.errors import NotFound
from sitereg.store import session
from web import pace
from web.identity import PARTNERS

BEARER, BASIC = "Bearer", 'Basic realm="sitereg", charset="UTF-8"'


def open_to_tokens(scope, challenge=BEARER):
    """The view is called with a reading session of the account whose token, good for this scope, stands in the header.

    challenge: BASIC also takes the token as the password of HTTP Basic, whatever the name beside it: what map programs can send.
    Whoever asks faster than `pace` allows is told when to ask again.
    """

    def around(view):
        @functools.wraps(view)
        def run(**parts):
            settings = current_app.config["SITEREG"]
            text = shown(challenge)
            account = accounts.opens(settings, text, scope) if text else None
            if account is None:
                return nobody(challenge)
            wait = pace.wait(account)
            if wait:
                return too_fast(wait)
            with session.reading(settings, Actor(account, "token", g.request_id)) as opened:
                if PARTNERS in opened.me["roles"]:
                    raise NotFound
                return view(opened, **parts)

        run.open_to, run.writes = (), False
        return run

    return around


def shown(challenge):
    """The token that the header shows, or None."""
    kind, _blank, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return text.strip()
    if kind.lower() != "basic" or challenge is not BASIC:
        return None
    try:
        return base64.b64decode(text.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None


def nobody(challenge):
    answer = jsonify(
        error="no_token",
        what="No token that opens this came along",
        request=g.request_id,
        do="Send the header Authorization: Bearer TOKEN"
        + (", or the token as password" if challenge is BASIC else "")
        + "; make one on your account's page.",
    )
    answer.status_code, answer.headers["WWW-Authenticate"] = 401, challenge
    return answer


def too_fast(wait):
    answer = jsonify(error="too_fast", what="This account asks too often", do="Wait, then go on more slowly.", request=g.request_id)
    answer.status_code, answer.headers["Retry-After"] = 429, str(wait)
    return answer
