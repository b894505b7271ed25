"""From the password to an open seat: the second factor, setting one up, unlocking. Each page asks what state the seat is in."""
import functools
import json

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from flask_security import login_user

from sitereg.errors import BadInput, NotFound
from web import errors, factors, identity, seats, security, signin, throttle

views = Blueprint("second", __name__)
MOST_KEPT = 100_000  # bytes of a form that a locked seat sent, which come back once it is open


def seat_is(*states):
    """The view is for a browser whose seat is in one of these states; `new` is half without any factor to ask for.

    Others are led to where they belong (a GET), or get 401. Nothing of the registry is shown in it.
    """
    def around(view):
        @functools.wraps(view)
        def run(**parts):
            held = seats.seat()
            state = held and held["state"]
            if state == "half" and not factors.any_of(seats.user()):
                state = "new"
            if state not in states:
                if request.method not in ("GET", "HEAD"):
                    return "", 401
                return redirect("/" if state == "open" else signin.waiting("half" if state == "new" else state), 303)
            if state == "open":
                identity.recognise()
                if identity.FAMILIES in (g.get("me") or {}).get("roles", ()):
                    raise NotFound  # what it was handed is all that it signs in with
            g.user, g.state = seats.user(), state
            return view(**parts)

        run.open_to, run.writes = None, False
        return run

    return around


def onward():
    return session.pop("onward", None) or "/"


def opened():
    """The seat is open from now on; whoever was counted as failing is not any more."""
    way = onward()
    throttle.note(throttle.who(g.user.email), True)
    seats.prove(g.user)
    return way


@views.get("/second")
@seat_is("half")
def ask():
    """The page that asks for the second factor."""
    return render_template("signin/second.html", held=factors.held(g.user), named=factors.place()[0], wrong=False)


@views.post("/second")
@seat_is("half")
def answer():
    """A code of the app or a recovery code opens the seat; five wrong ones end it."""
    one, code = throttle.who(g.user.email), request.form.get("code", "")[:40]
    if not throttle.spent(one) and (factors.code_is_right(g.user, code) or factors.recovers(g.user, code)):
        return redirect(opened(), 303)
    throttle.note(one, False, g.user)
    if seats.missed():
        return redirect(url_for("security.login"), 303)
    return render_template("signin/second.html", held=factors.held(g.user), named=factors.place()[0], wrong=True), 422


@views.get("/second/new")
@seat_is("new", "open")
def begin():
    """The page to set up a second factor, with the picture for the app; the account gets it once a code was given back."""
    return set_up()


def set_up(wrong=None):
    secret = seats.seat()["pending"]
    if not secret:
        secret = factors.clock().generate_totp_secret()
        seats.change(pending=secret)
    return render_template("signin/set_up.html", drawn=factors.drawn(g.user, secret), held=factors.held(g.user), wrong=wrong,
                           named=factors.place()[0], must=g.state == "new"), 422 if wrong else 200


@views.post("/second/new")
@seat_is("new", "open")
def take():
    """The app gave the right code back: it is asked for from now on. Recovery codes are shown, once."""
    if not shown_again():
        return set_up("password") if seats.state() else redirect(url_for("security.login"), 303)
    secret = seats.seat()["pending"]
    if not secret or not factors.code_is_right(g.user, request.form.get("code", "")[:40], secret):
        return set_up("code")
    factors.set_totp(g.user, secret)
    seats.change(pending=None)
    signin.log("totp set up")
    return codes_page()


def shown_again():
    """Whether an open seat's owner shows that he is there: a factor that somebody else adds would stay his."""
    if g.state == "new" or signin.knows(g.user, request.form.get("password", "")[:1000]):
        return True
    seats.missed()
    return False


def codes_page():
    """New recovery codes, shown once; a seat that waited for its first factor is open with it."""
    way = opened() if g.state == "new" else url_for("me.me")
    return render_template("signin/codes.html", codes=factors.new_codes(g.user), way=way)


@views.post("/second/codes")
@seat_is("open")
def codes():
    """Ten new recovery codes in place of those before."""
    if not shown_again():
        return redirect(url_for("me.me", again="password"), 303)
    signin.log("recovery codes made")
    return codes_page()


@views.post("/second/end")
@seat_is("open")
def end():
    """The app is asked no more, if another factor is left or none is needed."""
    if not shown_again():
        return redirect(url_for("me.me", again="password"), 303)
    if factors.required(g.user) and not factors.held(g.user)["passkeys"]:
        return redirect(url_for("me.me", again="last"), 303)
    factors.set_totp(g.user, None)
    signin.log("totp ended")
    return redirect(url_for("me.me"), 303)


@views.post("/passkeys/options")
@seat_is("new", "open")
def key_options():
    """What the browser needs to make a passkey."""
    (password,) = factors.sent_json("password")
    if g.state == "open" and not signin.knows(g.user, str(password)[:1000]):
        seats.missed()
        raise BadInput("The password was not right", do="Type it once more.")
    session["named"] = True
    return factors.options_to_make(g.user), 200, {"Content-Type": "application/json"}


@views.post("/passkeys/new")
@seat_is("new", "open")
def key_new():
    """The passkey is the account's; with the first factor come recovery codes."""
    name, credential = factors.sent_json("name", "credential")
    if not session.pop("named", None) or not isinstance(credential, dict):
        raise BadInput("The passkey was not accepted", do="Try it once more.")
    name = " ".join(str(name).split())[:60]
    factors.keep(g.user, credential, name or "1")
    signin.log("passkey made")
    if g.state == "new":
        return {"to": opened()}
    return {"to": url_for("me.me")}


@views.post("/passkeys/<int:n>")
@seat_is("open")
def key_end(n):
    """The passkey opens nothing any more, if another factor is left or none is needed."""
    if not shown_again():
        return redirect(url_for("me.me", again="password"), 303)
    mine = factors.held(g.user)
    if factors.required(g.user) and not mine["totp"] and mine["passkeys"] <= 1:
        return redirect(url_for("me.me", again="last"), 303)
    if not factors.drop_key(g.user, n):
        return errors.missing()
    signin.log("passkey ended")
    return redirect(url_for("me.me"), 303)


@views.post("/passkey/options")
@identity.open_to_all
def open_options():
    """What the browser needs to answer with a passkey: to sign in, as the second factor, or to unlock."""
    factors.sent_json()
    return factors.options_to_open(), 200, {"Content-Type": "application/json"}


@views.post("/passkey")
@identity.open_to_all
def open_with_key():
    """A passkey opens: it is what one has and, since it asks for a finger or a PIN, what one knows or is."""
    (credential,) = factors.sent_json("credential")
    held = seats.seat()
    user = factors.answered(credential if isinstance(credential, dict) else {}, signin.user_of)
    if held and user is not None and user.id != held["user_id"]:
        user = None
    if user is None or not user.active:
        raise BadInput("The passkey was not accepted", do="Try it once more, or use the password.")
    g.user = user
    if held is None:
        login_user(user, authn_via=["passkey"])
        return {"to": g.pop("onward", "/")}
    if held["state"] == "half":
        return {"to": opened()}
    seats.unlock()
    return {"to": onward()}


@views.post("/stay")
@identity.open_to_all
def stay():
    """Somebody is at the page, though it asks for nothing: its seat is not idle."""
    return ("", 204) if seats.state() == "open" else ("", 401)


@views.post("/lock")
@identity.open_to_all
def lock():
    """The page was covered: the seat opens nothing before its owner is there again."""
    if seats.state() == "open":
        seats.lock()
    return "", 204


@views.get("/unlock")
@seat_is("locked")
def locked():
    """The page that stands over everything while the seat is locked; it names nobody."""
    return locked_page()


def locked_page(kept="", wrong=False):
    keys = factors.held(seats.user())["passkeys"]
    return render_template("signin/locked.html", wrong=wrong, kept=kept, keys=bool(keys and factors.place()[0]))


def locked_form():
    """What a locked seat sent comes back sealed in the page that unlocks it, and is offered for sending again, never unasked."""
    g.way_back = url_for("second.locked")
    told = [(name, value) for name, value in request.form.items(multi=True)
            if name not in ("csrf_token", "password", "passphrase", "new", "again")]
    text = json.dumps({"to": request.full_path.rstrip("?"), "form": told}, ensure_ascii=False)
    fits = not request.files and len(text.encode()) <= MOST_KEPT
    return locked_page(security.concealed(text) if fits else ""), 401


@views.post("/unlock")
@seat_is("locked")
def unlock():
    """The password opens the locked seat; five wrong ones end it."""
    kept = request.form.get("kept", "")
    one = throttle.who(g.user.email)
    if not signin.knows(g.user, request.form.get("password", "")[:1000]):
        throttle.note(one, False, g.user)
        if seats.missed():
            return redirect(url_for("security.login"), 303)
        return locked_page(kept, wrong=True), 422
    seats.unlock()
    if not kept:
        return redirect(onward(), 303)
    try:
        return render_template("signin/kept.html", **json.loads(security.revealed(kept)))
    except ValueError:
        current_app.logger.warning("request %s: a kept form was not of this seat", g.request_id)
        return redirect(onward(), 303)
