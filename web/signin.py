"""Sign-in with a password (Flask-Security): who is let in, and where he goes on."""
import contextlib
from datetime import timedelta
from urllib.parse import urlencode

import psycopg
from flask import current_app, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import user_logged_out
from flask_security import MailUtil, RoleMixin, Security, SQLAlchemySessionUserDatastore, UserMixin
from flask_security.forms import LoginForm
from flask_security.signals import user_authenticated
from flask_wtf import CSRFProtect
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import registry, relationship, scoped_session, sessionmaker

from sitereg import requests
from sitereg.actors import Actor
from sitereg.errors import Denied
from sitereg.store import cluster, credentials
from sitereg.store import session as store
from sitereg.store.tables import metadata
from web import factors, seats, security, throttle
from web.seats import WHOLE

USER, ROLE, USER_ROLE = (metadata.tables[f"signin.{name}"] for name in ("user", "role", "user_role"))
mapped = registry()


class Role(RoleMixin):
    """Required by Flask-Security; roles are clearances of the registry, so this stays empty."""


class User(UserMixin):
    """The credentials of one account: nothing of the registry, no clearance."""


mapped.map_imperatively(Role, ROLE)
mapped.map_imperatively(User, USER, properties={"roles": relationship(Role, secondary=USER_ROLE)})


class Addresses(MailUtil):
    """E-mail addresses are names to sign in with here: nothing is sent to them, no other host is asked about them."""

    def normalize(self, email):
        """The address in small letters without blanks around it; ValueError if it is none."""
        email = email.strip().lower()
        if not 3 <= len(email) <= 254 or "@" not in email[1:-1]:
            raise ValueError("no address")
        return email

    def validate(self, email):
        return self.normalize(email)


class SignInForm(LoginForm):
    """Refuses with the same words and after the same work, whether the name is unknown, the password wrong, or tries too many."""

    def validate(self, **given):
        if code := requests.code_of(self.email.data):  # from paper: one name, however written, for those who count tries
            self.email.data, self.password.data = code, requests.secret_of(self.password.data)
        one = g.tried = throttle.who(self.email.data or "")
        spent = throttle.spent(one)
        good = super().validate(**given) and not spent
        if not good or not (factors.any_of(self.user) or factors.required(self.user)):
            throttle.note(one, good, self.user)  # with a second factor still to come, the try is not over
        if spent and not self.form_errors:
            self.form_errors.append(_("Authentication failed - identity or password/passcode invalid"))
        return good


def open_door(app):
    """The routes /sign-in and /sign-out exist, and every form carries a token against forgery."""
    settings = app.config["SITEREG"]
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(cluster.dsn(settings, "sr_web")),
                           pool_size=4, pool_pre_ping=True)
    app.extensions["signin"] = scoped_session(sessionmaker(engine))
    app.teardown_appcontext(lambda _error: leave(app.extensions["signin"]))
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  (the name of the scheme)
        SECURITY_PASSWORD_SCHEMES=["argon2"], SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=credentials.costs(),
        SECURITY_PASSWORD_SALT=security.derived(settings, "passwords").hex(), SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out", SECURITY_LOGOUT_METHODS=["POST"], SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in", SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_LOGIN_USER_TEMPLATE="signin/sign_in.html", SECURITY_FLASH_MESSAGES=False, SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_REGISTERABLE=False, SECURITY_RECOVERABLE=False, SECURITY_CHANGEABLE=False, SECURITY_TRACKABLE=False,
        SECURITY_FRESHNESS=timedelta(-1), SECURITY_STATIC_FOLDER=None,
        WTF_CSRF_TIME_LIMIT=int(WHOLE.total_seconds()), WTF_CSRF_SSL_STRICT=True, REMEMBER_COOKIE_DURATION=timedelta(0))
    CSRFProtect(app)
    users = SQLAlchemySessionUserDatastore(app.extensions["signin"], User, Role)
    Security(app, users, login_form=SignInForm, mail_util_cls=Addresses)
    by_cookie = app.login_manager._user_callback
    app.login_manager.user_loader(lambda uniquifier: seats.sitting(str(uniquifier)) or by_cookie(uniquifier))
    user_authenticated.connect(take_seat, app)
    user_logged_out.connect(leave_seat, app)
    app.context_processor(lambda: {"from_paper": from_paper})
    app.after_request(go_on)
    app.after_request(seats.give_cookie)
    app.view_functions["security.login"] = at_the_door(app.view_functions["security.login"])
    for endpoint in ("security.login", "security.logout", "static"):
        app.view_functions[endpoint].open_to = None


def leave(door):
    """The request's session at the door is over; a connection whose line was cut meanwhile is thrown away and not given back."""
    try:
        door.remove()
    except OperationalError:
        with contextlib.suppress(SQLAlchemyError):
            door().invalidate()
        door.registry.clear()


def remember_the_way(*, ended=True):
    """Where somebody wanted to go who must sign in first: one of our own pages, without words of an ended seat."""
    gone = ("w", "after", "lang") if ended else ("lang",)
    asked = urlencode([one for one in request.args.items(multi=True) if one[0] not in gone])
    session["onward"] = request.path + ("?" + asked if asked else "")


def go_on(response):
    """From the door one goes on where one wanted to go, never where an address or a form says."""
    if request.endpoint == "security.login" and request.method == "POST" and response.status_code == 302:
        half = seats.state() == "half"
        response.headers["Location"] = waiting("half") if half else g.get("onward", "/")
    return response


def take_seat(_app, user, authn_via=(), **_given):
    """Whoever signed in sits: with a passkey at once, with a password once the second factor was given, if one is needed."""
    seats.take(user, proved="passkey" in authn_via or not (factors.any_of(user) or factors.required(user)))


def leave_seat(_app, **_given):
    seats.end("signed out")


def user_of(number):
    """The user with that number, or None."""
    return seats.door().get(User, number)


def knows(user, password):
    """Whether it is the user's password, as the page of the sign-in would read it."""
    util = current_app.extensions["security"].password_util
    if requests.code_of(user.email):
        password = requests.secret_of(password)
    return bool(password) and user.verify_and_update_password(util.normalize(password))


def at_the_door(view):
    """The page of the sign-in, for those who do not sit yet; others are led on. What an ended seat left is forgotten."""
    def run():
        state = seats.state()
        if state:
            return redirect("/" if state == "open" else waiting(state), 303)
        for key in [key for key in session if key not in ("lang", "onward", "csrf_token", "fs_cc")]:
            session.pop(key)
        g.pop("_login_user", None)
        return view()

    run.open_to = None
    return run


def from_paper():
    """Whether one of a family signs in here, or sits: the words of the pages are others."""
    held = seats.seat()
    return bool(requests.code_of(seats.user().email)) if held else session.get("onward") == "/own"


def waiting(state):
    """The page on which somebody goes on whose seat is not open."""
    if state == "half":
        return url_for("second.ask" if factors.any_of(seats.user()) else "second.begin")
    return url_for("second.locked") if state == "locked" else url_for("security.login")


def log(what):
    """A change of one's own sign-in stands in the log of reads, as far as the account may write there."""
    settings, actor = current_app.config["SITEREG"], Actor(seats.seat()["account"], "password", g.request_id)
    with contextlib.suppress(Denied), store.acting(settings, actor) as opened:
        opened.call("log_read", action="sign_in_changed", detail=store.Json({"what": what}))
