"""Seats: what the server knows of a browser that signed in. A seat is open, locked, or waits for a second factor; it ends here."""
import base64
import hashlib
import hmac
import secrets
from datetime import timedelta

from flask import current_app, g, session
from flask_login import current_user
from flask_security import UserMixin
from sqlalchemy import delete, func, insert, update

from sitereg.errors import Unavailable
from sitereg.store import seating
from sitereg.store.session import unannounced
from sitereg.store.tables import metadata
from web import security

IDLE = timedelta(minutes=15)
WHOLE = timedelta(hours=8)
KNOWN = timedelta(days=90)
SEEN = timedelta(seconds=30)  # after which it is noted anew that somebody is there
TRIES = 5
BROWSER = "b"  # the cookie of a browser that is known to an account
NOW = func.now()  # by the database: a step of this machine's clock keeps no seat open and ends none
SEAT, DEVICE = metadata.tables["signin.seat"], metadata.tables["signin.device"]


class Sitting(UserMixin):
    """Who sits, as far as a request needs it: id, account, email, locale. The credentials are `user`'s."""

    active, roles = True, ()

    def __init__(self, row):
        self.id, self.account, self.email, self.locale = row["id"], row["account"], row["email"], row["locale"]
        self.fs_uniquifier = row["fs_uniquifier"]


def sitting(uniquifier):
    """Who the cookie says he is, if the seat that it names is his and not over; None sends one to the credentials themselves.

    The row is kept for `found`, which looks whether it is open: one statement a request in place of five.
    """
    token = session.get("seat")
    row = token and asked(token, uniquifier)
    if not row:
        return None
    g.sitting = row
    return Sitting(row)


def asked(token, uniquifier):
    """The row of that seat, or None. Where the database does not answer, the page that says so asks nothing more of it."""
    try:
        return seating.seated(current_app.config["SITEREG"], hashed(token), uniquifier, idle=IDLE, unseen=SEEN, whole=WHOLE)
    except Unavailable:
        g.seat, g._login_user = None, current_app.login_manager.anonymous_user()
        raise


def user():
    """The credentials of whoever sits here, for what changes or checks them."""
    return current_app.extensions["security"].datastore.find_user(id=seat()["user_id"])


def door():
    return current_app.extensions["signin"]


def hashed(token):
    return hashlib.sha256(token.encode()).hexdigest()


def write(statement):
    done = door().execute(statement)
    door().commit()
    return done


def tell(what, user=None, network=None):
    """What happens at the door stands in the log of reads, committed, or there is no answer."""
    unannounced(current_app.config["SITEREG"], "log_sign_in", what=what, account=user.account if user else None,
                request=g.get("request_id"), network=network)


def take(user, *, proved):
    """A new seat, known to the server by its hash; whatever the cookie held before is forgotten, but the way and the language."""
    onward, lang = session.get("onward", "/"), session.get("lang") or user.locale
    for key in [key for key in session if not key.startswith("_") and key not in ("fs_cc", "fs_paa", "identity.id")]:
        session.pop(key)
    tell("signed_in" if proved else "password_accepted", user)
    session["seat"], session["lang"] = secrets.token_urlsafe(32), lang
    write(insert(SEAT).values(hash=hashed(session["seat"]), user_id=user.id, proved_at=NOW if proved else None))
    g.pop("seat", None)
    if proved:
        remember(user)
    g.onward = onward
    if not proved:
        session["onward"] = onward


def prove(user):
    """The second factor was given: another seat takes the place of the one that waited, and is open."""
    tell("signed_in", user)
    end("proved", told=False)
    session["seat"] = secrets.token_urlsafe(32)
    write(insert(SEAT).values(hash=hashed(session["seat"]), user_id=user.id, proved_at=NOW))
    g.pop("seat", None)
    remember(user)


def remember(user):
    """This browser is known to the account from now on: whoever fails elsewhere does not shut it out."""
    g.browser = secrets.token_urlsafe(32)
    write(delete(DEVICE).where(DEVICE.c.user_id == user.id, DEVICE.c.seen_at < NOW - KNOWN))
    write(insert(DEVICE).values(hash=hashed(g.browser), user_id=user.id))


def seat():
    """The living seat of this browser, with user_id, account, hash, state, tries; None where there is none, or it is over.

    state: `open`; `half`: the second factor is still to be given; `locked`: nothing was asked for a quarter of an hour, or it was
    locked from the page. A seat that waits is over after that time, each after eight hours.
    """
    if "seat" not in g:
        g.seat = found()
    return g.seat


def found():
    token = session.get("seat")
    if not token or not current_user.is_authenticated:
        return None
    row = g.pop("sitting", None)
    if row is None or row["hash"] != hashed(token):
        row = asked(token, current_user.fs_uniquifier)
    if row is None or (row["proved_at"] is None and row["idle"]):
        return None
    state = "half" if row["proved_at"] is None else "locked" if row["locked_at"] or row["idle"] else "open"
    if state == "locked" and not row["locked_at"]:
        tell("seat_locked", current_user)
        write(update(SEAT).where(SEAT.c.hash == row["hash"]).values(locked_at=NOW))
    if state == "open" and row["unseen"]:
        write(update(SEAT).where(SEAT.c.hash == row["hash"]).values(seen_at=NOW))
    return {**row, "state": state}


def state():
    """`open`, `locked`, `half`, or None."""
    held = seat()
    return held and held["state"]


def account():
    """The account that sits here, if the seat is open."""
    return current_user.account if state() == "open" else None


def change(**values):
    write(update(SEAT).where(SEAT.c.hash == seat()["hash"]).values(**values))
    g.pop("seat", None)


def lock():
    """The seat opens nothing before its owner has shown that he is there."""
    tell("seat_locked", current_user)
    change(locked_at=NOW)


def unlock():
    """The seat's owner has shown that he is there."""
    tell("seat_unlocked", current_user)
    change(locked_at=None, seen_at=NOW, tries=0)


def missed():
    """A password or code was wrong; the fifth in a row ends the seat. Answers whether it did."""
    tries = write(update(SEAT).where(SEAT.c.hash == seat()["hash"]).values(tries=SEAT.c.tries + 1).returning(SEAT.c.tries)).scalar()
    g.pop("seat", None)
    if tries >= TRIES:
        end("five wrong tries")
    return tries >= TRIES


def end(why, *, told=True):
    """The seat of this browser is ended on the server: a stolen cookie opens nothing."""
    token = session.pop("seat", None)
    if token:
        if told:
            tell("seat_ended", current_user if current_user.is_authenticated else None)
        write(update(SEAT).where(SEAT.c.hash == hashed(token), SEAT.c.ended_at.is_(None))
              .values(ended_at=NOW, ended_why=why))
    g.pop("me", None)
    g.pop("seat", None)


def end_others(user):
    """Every other seat of the account is over, and no browser is known to it; answers how many seats it were."""
    gone = write(update(SEAT).where(SEAT.c.user_id == user.id, SEAT.c.ended_at.is_(None), SEAT.c.hash != seat()["hash"],
                                    SEAT.c.began_at > NOW - WHOLE)
                 .values(ended_at=NOW, ended_why="ended from another seat"))
    write(delete(DEVICE).where(DEVICE.c.user_id == user.id))
    return gone.rowcount


def drafts_key():
    """What a page needs to seal what was typed before it covers itself: it follows from the seat, and no device keeps it."""
    if state() != "open":
        return None
    key = security.derived(current_app.config["SITEREG"], "drafts on a device")
    return base64.b64encode(hmac.new(key, session["seat"].encode(), "sha256").digest()).decode()


def give_cookie(response):
    """The browser gets the sign by which it is known: it opens nothing."""
    if g.get("browser"):
        response.set_cookie(BROWSER, g.browser, max_age=KNOWN, httponly=True, samesite="Strict",
                            secure=current_app.config["SESSION_COOKIE_SECURE"])
    return response
