"""Keys for tests of the vault: a recovery key, and age files locked by a passphrase at a cost that tests can pay.

Only the work factor of scrypt is lower than what sitereg asks for; any age program opens them, and so does the registry's own code.
"""
import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sitereg import sealing

PASSPHRASE = "five invented words of a handler"
RECOVERY = sealing.identity()
if held := os.environ.get("SITEREG_TEST_RECOVERY"):  # the processes of one run have one
    RECOVERY = held, sealing.public_of(held)
os.environ["SITEREG_TEST_RECOVERY"] = RECOVERY[0]


def cheaply_locked(secret, passphrase, log_n=4):
    """The secret as an age file (scrypt, N = 2^log_n) that the passphrase opens."""
    file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    key = hashlib.scrypt(passphrase.encode(), salt=b"age-encryption.org/v1/scrypt" + salt, n=2**log_n, r=8, p=1, dklen=32)
    header = f"age-encryption.org/v1\n-> scrypt {plain(salt)} {log_n}\n{plain(ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None))}\n---"
    mac = hmac.new(derived(file_key, b"", b"header"), header.encode(), "sha256").digest()
    body = ChaCha20Poly1305(derived(file_key, nonce, b"payload")).encrypt(bytes(11) + b"\1", secret.encode(), None)
    return f"{header} {plain(mac)}\n".encode() + nonce + body


def derived(key, salt, info):
    return HKDF(SHA256(), 32, salt, info).derive(key)


def plain(raw):
    return base64.b64encode(raw).decode().rstrip("=")


def hand_out(registry, name, passphrase=PASSPHRASE, **more):
    """The handler of that name has a key of the vault, locked by the passphrase; answers its public half."""
    secret, public = sealing.identity()
    with registry.as_(name):
        registry.call("vault_new_key", public=public, secret=cheaply_locked(secret, passphrase), **more)
    return public


def opened(registry, name, kind, id, passphrase=PASSPHRASE):
    """What the vault holds, as that handler opens it: [{name: text}]."""
    from sitereg import vault

    with registry.as_(name):
        key = vault.unlock(registry, passphrase)
        return [one.said for one in vault.open_(registry, key, kind, id)]
