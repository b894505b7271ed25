"""Is everything as it was written? Recomputed, not believed: rows, events, chain, records, signed checkpoints."""
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sitereg.store import verification

KEY = "keeper.key"

__all__ = ["Verdict", "log", "sign", "signing_key", "verify"]


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: `faults` is empty where all is sound."""

    events: int
    rows: int
    checkpoints: int
    faults: list

    @property
    def sound(self):
        return not self.faults


def verify(settings):
    """The whole registry recomputed: hashes of rows, roots and hashes of events, the chain, the records, checkpoints."""
    events, rows = verification.size(settings)
    signed = verification.checkpoints(settings)
    found = verification.faults(settings) + [fault for one in signed for fault in checkpoint_faults(one)]
    return Verdict(events, rows, len(signed), found)


def checkpoint_faults(one):
    said = message(one["size"], one["root"], one["at"], one["previous"])
    try:
        Ed25519PublicKey.from_public_bytes(bytes(one["key"])).verify(bytes(one["signature"]), said)
    except InvalidSignature:
        yield {"problem": "checkpoint not signed by its key", "tbl": "checkpoint", "id": str(one["id"]), "event": None}
    if one["size"] and one["hash_now"] != one["root"]:
        yield {"problem": "chain differs from its checkpoint", "tbl": "checkpoint", "id": str(one["id"]), "event": None}


def message(size, root, at, previous):
    """The bytes that a checkpoint's signature covers."""
    micros = int(at.timestamp() * 1_000_000)
    return f"sitereg checkpoint|{size}|{bytes(root).hex()}|{micros}|{bytes(previous).hex()}".encode()


def signing_key(settings):
    """The keeper's Ed25519 key, made on first use (0600); nobody else holds it."""
    path = settings.keys / KEY
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        path.touch(mode=0o600)
        path.write_bytes(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def sign(session, settings, *, at):
    """A checkpoint of the chain as it is now is signed and stands in the registry; answers it as a dict of hex text.

    session: of the keeper. at: the moment, timezone-aware.
    """
    head = session.one("keeper_head")
    key = signing_key(settings)
    signature = key.sign(message(head["size"], head["root"], at, head["previous"]))
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    session.call("keeper_checkpoint", size=head["size"], root=head["root"], at=at, previous=head["previous"],
                 signature=signature, key=public)
    return {"size": head["size"], "root": bytes(head["root"]).hex(), "at": at.isoformat(),
            "previous": bytes(head["previous"]).hex(), "signature": signature.hex(), "key": public.hex()}


def log(session, *, before=None, limit=100):
    """The chain of events, the newest first, for auditors."""
    return session.rows("audit_log", before=before, limit=limit)
