"""Passwords of the web's sign-in, written underneath by the set-up: the hash alone is kept."""
import secrets

from argon2 import PasswordHasher


def accept(raw, *, account, email, password, locale=None):
    """That e-mail address and password open the web as `account`; an earlier password of it no longer does."""
    hashed = PasswordHasher().hash(password)
    raw.execute(
        'insert into signin."user"(account, email, password, fs_uniquifier, locale) values (%s, %s, %s, %s, %s)'
        " on conflict (account) do update set email = excluded.email, password = excluded.password,"
        " fs_uniquifier = excluded.fs_uniquifier", [account, email, hashed, secrets.token_hex(32), locale])


def taken(raw, *, account, email):
    """Whether another account signs in with that address."""
    return raw.execute('select 1 from signin."user" where email = %s and account <> %s', [email, account]).fetchone() is not None
