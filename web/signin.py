"""Sign-in with a password (Flask-Security), seats that the server can end, throttling that the database counts."""
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import psycopg
from flask import current_app, g, request, session
from flask_babel import gettext as _
from flask_login import user_logged_out
from flask_security import MailUtil, RoleMixin, Security, SQLAlchemySessionUserDatastore, UserMixin, current_user
from flask_security.forms import LoginForm
from flask_security.signals import user_authenticated
from flask_wtf import CSRFProtect
from sqlalchemy import create_engine, func, insert, select, update
from sqlalchemy.orm import registry, relationship, scoped_session, sessionmaker

from sitereg.store import cluster
from sitereg.store.tables import metadata
from web import security

IDLE = timedelta(minutes=15)
WHOLE = timedelta(hours=8)
TRIES, WITHIN = 5, timedelta(minutes=15)

USER, ROLE, USER_ROLE, SEAT, ATTEMPT = (metadata.tables[f"signin.{name}"] for name in
                                        ("user", "role", "user_role", "seat", "attempt"))
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
        name = name_hash(self.email.data or "")
        spent = tries(name) >= TRIES
        good = super().validate(**given) and not spent
        note_try(name, good)
        if spent and not self.form_errors:
            self.form_errors.append(_("Authentication failed - identity or password/passcode invalid"))
        return good


def open_door(app):
    """The routes /sign-in and /sign-out exist, and every form carries a token against forgery."""
    settings = app.config["SITEREG"]
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(cluster.dsn(settings, "sr_web")),
                           pool_size=4, pool_pre_ping=True)
    app.extensions["signin"] = scoped_session(sessionmaker(engine))
    app.teardown_appcontext(lambda _error: app.extensions["signin"].remove())
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  (the name of the scheme)
        SECURITY_PASSWORD_SCHEMES=["argon2"], SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_SALT=security.derived(settings, "passwords").hex(), SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out", SECURITY_LOGOUT_METHODS=["POST"], SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in", SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_LOGIN_USER_TEMPLATE="signin/sign_in.html", SECURITY_FLASH_MESSAGES=False, SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_REGISTERABLE=False, SECURITY_RECOVERABLE=False, SECURITY_CHANGEABLE=False, SECURITY_TRACKABLE=False,
        SECURITY_FRESHNESS=timedelta(-1), SECURITY_STATIC_FOLDER=None,
        WTF_CSRF_TIME_LIMIT=int(WHOLE.total_seconds()), WTF_CSRF_SSL_STRICT=True, REMEMBER_COOKIE_DURATION=timedelta(0))
    CSRFProtect(app)
    store = SQLAlchemySessionUserDatastore(app.extensions["signin"], User, Role)
    Security(app, store, login_form=SignInForm, mail_util_cls=Addresses)
    user_authenticated.connect(take_seat, app)
    user_logged_out.connect(leave_seat, app)
    app.after_request(go_on)
    for endpoint in ("security.login", "security.logout", "static"):
        app.view_functions[endpoint].open_to = None


def door():
    return current_app.extensions["signin"]


def name_hash(name):
    """What the throttle remembers of a name that was tried: a keyed hash."""
    key = security.derived(current_app.config["SITEREG"], "attempts")
    return hmac.new(key, name.strip().lower().encode(), "sha256").hexdigest()


def tries(name):
    """How often this name failed within the last quarter of an hour, since it last succeeded."""
    since = datetime.now(UTC) - WITHIN
    last_good = select(func.max(ATTEMPT.c.at)).where(ATTEMPT.c.name_hash == name, ATTEMPT.c.good).scalar_subquery()
    return door().execute(select(func.count()).select_from(ATTEMPT).where(
        ATTEMPT.c.name_hash == name, ~ATTEMPT.c.good, ATTEMPT.c.at > since,
        ATTEMPT.c.at > func.coalesce(last_good, since))).scalar()


def note_try(name, good):
    door().execute(insert(ATTEMPT).values(name_hash=name, good=good))
    door().commit()


def remember_the_way():
    """Where somebody wanted to go who must sign in first: one of our own pages, without words of an ended seat."""
    asked = urlencode([one for one in request.args.items(multi=True) if one[0] not in ("w", "after", "lang")])
    session["onward"] = request.path + ("?" + asked if asked else "")


def go_on(response):
    """From the door one goes on where one wanted to go, never where an address or a form says."""
    if request.endpoint == "security.login" and response.status_code == 302:
        response.headers["Location"] = g.get("onward", "/")
    return response


def take_seat(app, user, **given):
    """A new seat, known to the server by its hash; whatever the cookie held before is forgotten."""
    g.onward = session.get("onward", "/")
    token, lang = secrets.token_urlsafe(32), session.get("lang") or user.locale
    for key in [key for key in session if not key.startswith("_") and key not in ("fs_cc", "fs_paa", "identity.id")]:
        session.pop(key)
    session["seat"], session["lang"] = token, lang
    door().execute(insert(SEAT).values(hash=seat_hash(token), user_id=user.id))
    door().commit()


def seat_hash(token):
    return hashlib.sha256(token.encode()).hexdigest()


def seat_account():
    """The account that sits here: signed in, its seat neither ended, idle for 15 minutes nor older than 8 hours."""
    token = session.get("seat")
    if not token or not current_user.is_authenticated:
        return None
    now = datetime.now(UTC)
    row = door().execute(select(SEAT.c.seen_at, SEAT.c.hash).where(
        SEAT.c.hash == seat_hash(token), SEAT.c.user_id == current_user.id, SEAT.c.ended_at.is_(None),
        SEAT.c.seen_at > now - IDLE, SEAT.c.began_at > now - WHOLE)).first()
    if row is None:
        return None
    if now - row.seen_at > timedelta(seconds=30):
        door().execute(update(SEAT).where(SEAT.c.hash == row.hash).values(seen_at=now))
        door().commit()
    return current_user.account


def leave_seat(_app, **_given):
    end_seat("signed out")


def end_seat(why):
    """The seat of this browser is ended on the server: a stolen cookie opens nothing."""
    token = session.pop("seat", None)
    if token:
        door().execute(update(SEAT).where(SEAT.c.hash == seat_hash(token)).values(ended_at=datetime.now(UTC), ended_why=why))
        door().commit()
    g.pop("me", None)
