"""The key of one crossing, made of two halves so that neither partner alone chose it.

    half()                  32 random bytes, as one line of text; each partner makes one and sends it to the other, sealed
    join(one, other)        the same key whichever half is named first (HKDF-SHA256, RFC 5869)
    commitment(key)         tells equal keys from unlike ones; no way leads back to the key
    spoken(text)            a short word for reading a half or a key to each other by telephone

A key is for one crossing of two partners: under one key two files can be laid beside each other for ever.
"""
import base64
import hashlib
import re
import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sitereg.errors import BadInput

SIZE = 32
KINDS = {"half": "sitereg-crossing-half-1", "key": "sitereg-crossing-key-1"}

__all__ = ["SIZE", "commitment", "derived", "half", "join", "read", "spoken"]


def half():
    """A new half as one line of text; a secret."""
    return _written("half", secrets.token_bytes(SIZE))


def join(one, other):
    """The key of two halves as one line of text. Raises BadInput: something is no half, or both are one."""
    parts = sorted(read(text, "half") for text in (one, other))
    if parts[0] == parts[1]:
        raise BadInput("Both halves are the same", do="Each partner makes a half of his own, and the key is joined of the two.")
    return _written("key", _hkdf(b"".join(parts), b"sitereg crossing: key of two halves"))


def read(text, kind="key"):
    """The bytes of a half or a key. Raises BadInput, and does not repeat what was given."""
    met = re.fullmatch(rf"{KINDS[kind]}:([A-Z2-7]{{52}})", text.strip())
    if not met:
        raise BadInput(f"This is no {kind} of a crossing",
                       do="Make halves by `sitereg cross key new`, and join two by `sitereg cross key join`.")
    return base64.b32decode(met[1] + "====")


def commitment(key):
    """32 hexadecimal digits that files made under this key carry."""
    return derived(key, "commitment")[:16].hex()


def derived(key, use):
    """32 bytes of a key for one use and no other."""
    return _hkdf(read(key), f"sitereg crossing: {use}".encode())


def spoken(text):
    """Twelve letters and digits that two people can compare aloud; they tell nothing of the secret."""
    made = base64.b32encode(hashlib.sha256(b"sitereg crossing: spoken" + text.strip().encode()).digest()).decode()
    return "-".join(made[i:i + 4] for i in (0, 4, 8))


def _written(kind, secret):
    return f"{KINDS[kind]}:{base64.b32encode(secret).decode().rstrip('=')}"


def _hkdf(secret, info):
    return HKDF(algorithm=SHA256(), length=SIZE, salt=None, info=info).derive(secret)
