"""Keys of the house that never enter the database: the one that seals drafts and the web's secrets (second factors, cookies);
until it is carried out, the vault's recovery key."""
import hashlib
import hmac

from sitereg import sealing
from sitereg.errors import Unavailable
from sitereg.settings import write_once

RECOVERY = """# The recovery key of a registry's vault (sitereg). Whoever holds it opens all of the vault.
# Carry it out of the house, in two copies at two places, and delete it here: docs/operations.md says how.
# {demo}public key: {public}
{secret}
"""
INVENTED = "DEMONSTRATION: all that this key opens is invented. "


def key(settings):
    """The secret half of the house's key, made when it is first needed; it lies beside the token key, which the database knows."""
    path = write_once(settings.keys / "house.key", lambda: sealing.identity()[0].encode())
    secret = path.read_text().strip()
    if sealing.public_of(secret) is None:
        raise Unavailable("The house's key cannot be read", where=str(path), code="bad_house_key",
                          do="Restore it from the backup of the keys; without it drafts and authenticator apps do not open.")
    return secret


def public(settings):
    """The public half of the house's key."""
    return sealing.public_of(key(settings))


def sealed(settings, words):
    """The text as only this house's key opens it."""
    return sealing.sealed(words.encode(), [public(settings)])


def opened(settings, file):
    """The text again, or None where this house's key does not open it."""
    found = sealing.opened(file, key(settings))
    return found.decode() if found is not None else None


def mark(settings, purpose, words):
    """What only the same words have: 32 bytes that nobody without the house's key can try guesses against."""
    return hmac.new(key(settings).encode(), f"{purpose}|{words}".encode(), hashlib.sha256).digest()


def recovery_file(settings):
    """Where the recovery key lies from the day on which it is made until somebody carries it out of the house."""
    return settings.home / "recovery-key.txt"


def make_recovery(settings):
    """A recovery key is written to its file, unless one lies there; answers its public half."""
    def written():
        secret, public = sealing.identity()
        return RECOVERY.format(public=public, secret=secret, demo=INVENTED if settings.demo else "").encode()

    return public_in(write_once(recovery_file(settings), written).read_text())


def secret_in(text):
    """The secret key in an identity file as age programs write it, or None."""
    lines = [one.strip() for one in text.splitlines() if one.strip() and not one.lstrip().startswith("#")]
    return lines[0] if len(lines) == 1 and sealing.public_of(lines[0]) else None


def public_in(text):
    """The public half of the secret key in an identity file, or None."""
    secret = secret_in(text)
    return sealing.public_of(secret) if secret else None
