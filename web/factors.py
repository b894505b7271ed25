"""Second factors: codes of an authenticator app (Flask-Security's Totp), recovery codes, passkeys (webauthn)."""
import hmac
import ipaddress
import secrets
import time
from datetime import timedelta

import webauthn
from flask import current_app, g, request, session
from flask_security.totp import Totp
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from sitereg import accounts, requests
from sitereg.actors import Actor
from sitereg.errors import BadInput, Denied
from sitereg.store import session as store
from sitereg.store.tables import metadata
from web import security
from web.seats import NOW, door, hashed, write

PASSKEY, RECOVERY, SPENT, USER = (metadata.tables[f"signin.{name}"] for name in ("passkey", "recovery", "spent", "user"))
CODES, MOST_KEYS, SECONDS = 10, 10, 300
VERIFIED = UserVerificationRequirement.REQUIRED


class Clock(Totp):
    """Codes by time; each opens once, also against itself at the same moment."""

    def get_last_counter(self, user):
        return user.totp_counter

    def set_last_counter(self, user, tmatch):
        user.totp_counter = tmatch.counter

    def anew(self, secret):
        """The secret as the newest key seals it."""
        held = self._totp.from_source(secret)
        return held.to_json(encrypt=True) if held.changed else secret


def clock():
    """What makes and checks codes; the secrets are sealed with a key that is not in the database (1: what sealed them before)."""
    keys = {tag: make(current_app.config["SITEREG"], "second factors").hex()
            for tag, make in (("1", security.former), ("2", security.derived))}
    return Clock(keys, issuer="sitereg")


def held(user):
    """{totp: whether, passkeys: how many, codes: how many recovery codes are left} of the account."""
    def many(table, *where):
        return door().execute(select(func.count()).select_from(table).where(table.c.user_id == user.id, *where)).scalar()

    return {"totp": bool(user.totp), "passkeys": many(PASSKEY), "codes": many(RECOVERY, RECOVERY.c.used_at.is_(None))}


def any_of(user):
    """Whether the account has a second factor at all; recovery codes alone are none."""
    mine = held(user)
    return mine["totp"] or mine["passkeys"] > 0


def required(user):
    """Whether a role of the account asks for one. The demonstration asks nobody, and says so."""
    settings = current_app.config["SITEREG"]
    if settings.demo or not settings.second_factor or requests.code_of(user.email):  # a family brings paper and a number
        return False
    if "all" in settings.second_factor:
        return True
    try:
        with store.reading(settings, Actor(user.account, "password", g.request_id)) as opened:
            return bool(set(accounts.whoami(opened)["roles"]) & set(settings.second_factor))
    except Denied:
        return True  # it may see nothing anyway


# codes by time

def drawn(user, secret):
    """What a page shows to set up the app: the picture (an SVG made here) and the key to type."""
    made = clock()
    return {"picture": made.generate_qrcode(user.account, secret), "key": made.get_totp_pretty_key(secret)}


def code_is_right(user, code, secret=None):
    """Whether it is the code of this moment (half a minute early or late), not used before; it is used now."""
    door().execute(select(USER.c.id).where(USER.c.id == user.id).with_for_update())  # of two at once the second waits
    door().refresh(user)
    sealed = secret or user.totp
    digits = "".join(code.split())
    good = bool(sealed) and len(digits) == 6 and digits.isdecimal() and digits.isascii() and clock().verify_totp(
        digits, sealed, user, window=30)
    if good and not secret:
        user.totp = clock().anew(user.totp)
    door().commit()
    return good


def set_totp(user, secret):
    """The secret is the account's from now on; None: it has none."""
    user.totp = secret
    if secret is None:
        user.totp_counter = None
    door().commit()


# recovery codes

def mark(code, key=security.derived):
    plain = "".join(one for one in code.lower() if one in "0123456789abcdef")
    return hmac.new(key(current_app.config["SITEREG"], "recovery codes"), plain.encode(), "sha256").hexdigest()


def new_codes(user):
    """Ten codes that open once each, in place of those before; shown now and never again."""
    codes = clock().generate_recovery_codes(CODES)
    door().execute(delete(RECOVERY).where(RECOVERY.c.user_id == user.id))
    door().execute(insert(RECOVERY).values([{"hash": mark(code), "user_id": user.id} for code in codes]))
    door().commit()
    return codes


def recovers(user, code):
    """Whether it is a recovery code of the account that was not used; it is used now."""
    done = write(update(RECOVERY).values(used_at=NOW).where(
        RECOVERY.c.hash.in_((mark(code), mark(code, security.former))),
        RECOVERY.c.user_id == user.id, RECOVERY.c.used_at.is_(None)))
    return done.rowcount == 1


# passkeys

def place():
    """(the name that passkeys are bound to, the origin of our pages); (None, None) where the address is a number: it has none."""
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    try:
        ipaddress.ip_address(host.strip("[]"))
        return None, None
    except ValueError:
        scheme = request.scheme if security.is_local(current_app.config["SITEREG"]) else "https"
        return host, f"{scheme}://{request.host}"


def keys(user):
    """The passkeys of the account: id, name, when made, when used; the oldest first."""
    return door().execute(select(PASSKEY.c.id, PASSKEY.c.name, PASSKEY.c.made_at, PASSKEY.c.used_at).where(
        PASSKEY.c.user_id == user.id).order_by(PASSKEY.c.id)).mappings().all()


def challenge():
    """A question that may be answered once, within five minutes, by whoever holds this cookie."""
    made = secrets.token_bytes(32)
    session["asked"] = {"challenge": bytes_to_base64url(made), "at": int(time.time())}
    return made


def asked():
    """The question that was put to this browser; it is spent. Raises BadInput where there is none."""
    put = session.pop("asked", None)
    if not put or time.time() - put["at"] > SECONDS:
        raise BadInput("The passkey was not accepted", do="Try it once more.")
    door().execute(delete(SPENT).where(SPENT.c.at < NOW - timedelta(seconds=2 * SECONDS)))
    try:
        write(insert(SPENT).values(hash=hashed(put["challenge"])))
    except IntegrityError:
        door().rollback()
        raise BadInput("The passkey was not accepted", do="Try it once more.") from None
    return base64url_to_bytes(put["challenge"])


def options_to_make(user):
    """What the browser needs to make a passkey for the account; JSON of WebAuthn."""
    name, _origin = place()
    mine = door().execute(select(PASSKEY.c.handle).where(PASSKEY.c.user_id == user.id)).scalars().all()
    if name is None or len(mine) >= MOST_KEYS:
        raise BadInput("No passkey can be made here",
                       do="Open these pages by their name, not by a number; ten passkeys are the most.")
    return webauthn.options_to_json(webauthn.generate_registration_options(
        rp_id=name, rp_name="sitereg", user_name=user.account, user_display_name=user.account, challenge=challenge(),
        user_id=bytes.fromhex(hashed(f"{user.id} {user.account}"))[:16],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in mine]))


def keep(user, credential, name):
    """The passkey that the browser made is the account's, by that name. Raises BadInput."""
    bound, origin = place()
    wanted = asked()
    try:
        made = webauthn.verify_registration_response(credential=credential, expected_challenge=wanted, expected_rp_id=bound or "",
                                                     expected_origin=origin or "", require_user_verification=True)
        write(insert(PASSKEY).values(user_id=user.id, handle=bytes_to_base64url(made.credential_id), uses=made.sign_count,
                                     public_key=made.credential_public_key, name=name))
    except (WebAuthnException, IntegrityError, ValueError, KeyError, TypeError):
        door().rollback()
        raise BadInput("The passkey was not accepted", do="Try it once more.") from None


def options_to_open():
    """What the browser needs to answer with any passkey of this place; it names no account."""
    name, _origin = place()
    if name is None:
        raise BadInput("No passkey can be used here", do="Open these pages by their name, not by a number.")
    return webauthn.options_to_json(webauthn.generate_authentication_options(
        rp_id=name, challenge=challenge(), user_verification=VERIFIED))


def answered(credential, users):
    """The user whose passkey answered what was asked of this browser; raises BadInput. users: looks one up by id."""
    bound, origin = place()
    wanted = asked()
    row = door().execute(select(PASSKEY).where(PASSKEY.c.handle == str(credential.get("id"))[:2000])).mappings().first()
    try:
        if row is None:
            raise ValueError
        made = webauthn.verify_authentication_response(
            credential=credential, expected_challenge=wanted, expected_rp_id=bound or "", expected_origin=origin or "",
            credential_public_key=row["public_key"], credential_current_sign_count=row["uses"], require_user_verification=True)
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise BadInput("The passkey was not accepted", do="Try it once more, or use the password.") from None
    write(update(PASSKEY).where(PASSKEY.c.id == row["id"]).values(uses=made.new_sign_count, used_at=NOW))
    return users(row["user_id"])


def drop_key(user, key):
    """The passkey opens nothing any more; answers whether it was this account's."""
    return write(delete(PASSKEY).where(PASSKEY.c.id == key, PASSKEY.c.user_id == user.id)).rowcount == 1


def sent_json(*fields):
    """The values of exactly these fields of the JSON object that was sent; raises BadInput for another form or an unknown field."""
    given = request.get_json(silent=True) if request.is_json else None
    if not isinstance(given, dict) or set(given) != set(fields):
        raise BadInput("This cannot be read", code="unknown_field", do="Load the page again and try once more.")
    return [given[name] for name in fields]

