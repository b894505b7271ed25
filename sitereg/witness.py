"""Checkpoints: what the keeper signs of the chain, and what somebody keeps of it elsewhere as a witness. Knows no database.

A witness is a file of JSON, one checkpoint or one a line: size, root, at, previous, signature, key and the key's fingerprint, all
hexadecimal. It tells how many events there were and which; no name and no content can be read from it.
"""
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sitereg.errors import Unavailable, Undecided
from sitereg.settings import write_once

KEY, RETIRED = "keeper.key", "keeper.retired"
MOST_BYTES = 10 * 2**20

__all__ = ["KEY", "Checkpoint", "fingerprint", "known_keys", "public", "read", "signing_key"]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed state of the chain: so many events, the hash of the last, when, the hash of the signature before, the key."""

    size: int
    root: bytes
    at: datetime
    previous: bytes
    signature: bytes
    key: bytes

    @property
    def signed(self) -> bool:
        """Whether the signature is its key's, over what it says."""
        try:
            said = message(self.size, self.root, self.at, self.previous)
            Ed25519PublicKey.from_public_bytes(self.key).verify(self.signature, said)
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def chained(self) -> bytes:
        """What the next checkpoint names as its previous one."""
        return hashlib.sha256(self.signature).digest()

    def told(self) -> dict:
        """The checkpoint as a witness keeps it."""
        return {"size": self.size, "root": self.root.hex(), "at": self.at.isoformat(), "previous": self.previous.hex(),
                "signature": self.signature.hex(), "key": self.key.hex(), "fingerprint": fingerprint(self.key)}


def message(size, root, at, previous) -> bytes:
    """The bytes that a checkpoint's signature covers."""
    micros = int(at.timestamp() * 1_000_000)
    return f"sitereg checkpoint|{size}|{bytes(root).hex()}|{micros}|{bytes(previous).hex()}".encode()


def fingerprint(key: bytes) -> str:
    """The key in 32 hexadecimal digits, in groups of four to read aloud."""
    digits = hashlib.sha256(key).hexdigest()[:32]
    return " ".join(digits[n:n + 4] for n in range(0, 32, 4))


def signing_key(settings) -> Ed25519PrivateKey:
    """The keeper's Ed25519 key, made on first use (0600); nobody else holds it."""
    def made():
        return Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())

    path = write_once(settings.keys / KEY, made)
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def public(key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes of its public half."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def known_keys(settings) -> list[bytes]:
    """The public keys that may have signed here: the keeper's now first, then those retired on purpose; [] where no key is here.

    keys/keeper.retired holds one key of a witness (64 hexadecimal digits) a line. Raises Unavailable where they cannot be read.
    """
    try:
        if not (settings.keys / KEY).exists():
            return []
        retired = settings.keys / RETIRED
        lines = retired.read_text().split() if retired.exists() else []
        return [public(signing_key(settings)), *(bytes.fromhex(one) for one in lines)]
    except (OSError, ValueError) as error:
        raise Unavailable("The keeper's keys cannot be read", where=str(settings.keys),
                          do="Run it as the registry's own OS user.") from error


def read(path: Path) -> list[Checkpoint]:
    """The checkpoints of a witness file, the smallest first, each with a signature that holds.

    Raises Undecided where the file cannot be read, is no witness, or holds something else than what was signed.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError
        text = path.read_text("utf-8").strip()
        lines = text.splitlines() if "\n{" in text else [text]
        held = [json.loads(line) for line in lines if line]
        found = [_of(one) for one in held]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Undecided("The witness cannot be read", where=str(path),
                        do="Give a file that `sitereg audit checkpoint` wrote.") from error
    if not found or not all(one.signed for one in found):
        raise Undecided("The witness is not what was signed", where=str(path),
                        do="Take another copy of it; this one was altered.")
    return sorted(found, key=lambda one: (one.size, one.at))


def _of(told: dict) -> Checkpoint:
    """A checkpoint from what a witness keeps; ValueError, KeyError, TypeError where it is none."""
    parts = {name: bytes.fromhex(told[name]) for name in ("root", "previous", "signature", "key")}
    if told.get("fingerprint", fingerprint(parts["key"])) != fingerprint(parts["key"]):
        raise ValueError("the fingerprint is another key's")
    return Checkpoint(size=int(told["size"]), at=datetime.fromisoformat(told["at"]), **parts)
