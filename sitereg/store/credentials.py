"""Passwords of the web's sign-in, written underneath by the set-up: the hash alone is kept."""
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from psycopg import sql

HASHER = PasswordHasher()


def accept(raw, *, account, email, password, locale=None):
    """That e-mail address and password open the web as `account`; an earlier password of it no longer does."""
    made = hashed(password)
    raw.execute(
        'insert into signin."user"(account, email, password, fs_uniquifier, locale) values (%s, %s, %s, %s, %s)'
        " on conflict (account) do update set email = excluded.email, password = excluded.password,"
        " fs_uniquifier = excluded.fs_uniquifier", [account, email, made, secrets.token_hex(32), locale])


def hashed(password):
    """What is kept of a password."""
    return HASHER.hash(normal(password))


def costs():
    """What a hash costs, for the web's sign-in: the same as here, else it would hash anew at the first sign-in."""
    return {f"argon2__{name}": getattr(HASHER, name) for name in ("time_cost", "memory_cost", "parallelism")}


def forget_factors(raw, *, account):
    """No app, passkey or recovery code opens the account; its seats and known browsers are over."""
    whose = sql.SQL('delete from {} where user_id = (select id from signin."user" where account = %s)')
    for table in ("passkey", "recovery", "device", "seat"):
        raw.execute(whose.format(sql.Identifier("signin", table)), [account])
    raw.execute('update signin."user" set totp = null, totp_counter = null where account = %s', [account])


def normal(password):
    """The password as the sign-in page reads it (NFKD): one word typed on two keyboards is one password."""
    return unicodedata.normalize("NFKD", password)


def opens(raw, *, account, email, password):
    """Whether that e-mail address and password open the web as `account`."""
    held = raw.execute('select password from signin."user" where account = %s and email = %s', [account, email]).fetchone()
    try:
        return held is not None and HASHER.verify(held[0], normal(password))
    except (VerificationError, InvalidHashError):
        return False


def taken(raw, *, account, email):
    """Whether another account signs in with that address."""
    return raw.execute('select 1 from signin."user" where email = %s and account <> %s', [email, account]).fetchone() is not None
