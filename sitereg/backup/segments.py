"""The keeper's key vouches for each sealed segment of the log: another one, sealed to the same public key, is not taken for it.

Whoever seals a segment (the database's OS user, or ourselves from a spool) notes its hashes in the home, out of the repository's
reach. What stands in the repository with those hashes gets a note beside it, signed: SEGMENT.HASH.json. What stands there
otherwise is never signed, and its note stays as a sign that it was exchanged.
"""
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sitereg import witness
from sitereg.errors import Refused
from sitereg.store import evidence, repository

HASH, LINE = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{8}")
NAME = re.compile(r"[0-9A-F]{8,24}(\.[0-9A-Za-z]+)*\.[0-9a-f]{16}\.age")  # segments, and what else an archive is given
MOST_BYTES = 4096

__all__ = ["sign", "unsigned", "vouched"]


def message(told: dict) -> bytes:
    """The bytes that the signature covers: all of the note but the signature."""
    said = {name: value for name, value in told.items() if name != "signature"}
    return b"sitereg segment|" + json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def beside(sealed: Path) -> Path:
    """Where the note of a sealed segment stands."""
    return sealed.with_suffix(".json")


def sign(settings, repo) -> tuple[int, int]:
    """(how many segments were signed, how many are not what was sealed): the notes of the former are used up, the latter's stay."""
    key, signed, wrong = None, 0, 0
    for one in sorted(repository.notes(settings).glob("*.json")):
        noted = taken(one)
        sealed = noted and repo.folder / "wal" / noted["line"] / noted["name"]
        if noted is None or not same(sealed, noted):
            wrong += 1
            continue
        key = key or witness.signing_key(settings)
        told = {**noted, "key": witness.public(key).hex()}
        told["signature"] = key.sign(message(told)).hex()
        part = sealed.with_suffix(".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w") as file:
            json.dump(told, file)
        part.rename(beside(sealed))
        one.unlink()
        signed += 1
    return signed, wrong


def taken(path):
    """What the database's OS user noted, if it is of the form of a note: a line, a segment, hashes, a size; else None."""
    try:
        if path.is_symlink() or path.stat().st_size > MOST_BYTES:
            return None
        told = json.loads(path.read_text("utf-8"))
        whole = (told.keys() == {"line", "name", "sha256", "sealed", "size"} and LINE.fullmatch(told["line"])
                 and NAME.fullmatch(told["name"]) and HASH.fullmatch(told["sha256"]) and HASH.fullmatch(told["sealed"])
                 and isinstance(told["size"], int))
        return told if whole else None
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def same(sealed, noted):
    """Whether what stands there is what was sealed, byte for byte."""
    try:
        return not sealed.is_symlink() and sealed.stat().st_size == noted["size"] and evidence.hashed(sealed) == noted["sealed"]
    except OSError:
        return False


def unsigned(settings, repo) -> list[float]:
    """When the segments were sealed that still wait for a signature, in seconds since 1970."""
    return sorted(one.stat().st_mtime for one in repository.notes(settings).glob("*.json"))


def vouched(log: list[Path], told: dict, keys: Iterable[bytes], *, gap_ends: bool,
            believe: bool) -> tuple[list[tuple[Path, str | None]], int]:
    """([(sealed segment, SHA-256 that was signed)] of a copy's log, how many at its end were signed by nobody and are left out).

    keys: whose signatures count; none: that of whoever signed the manifest `told`. believe: those that nobody signed are taken as
    they are (None for a hash). Raises Refused at a note that is not what was signed, or of another key, line or segment; and where
    an unsigned one stands before a signed one, unless `gap_ends`: then the log ends before it.
    """
    known = set(keys) or {bytes.fromhex(told["key"])}
    found = [(one, read(one, told["line"], known)) for one in log]
    first = next((at for at, (_, hash_) in enumerate(found) if hash_ is None), len(found))
    if believe or first == len(found):
        return found, 0
    if not gap_ends and any(hash_ for _, hash_ in found[first:]):
        raise Refused("A segment of the log was signed by nobody", where=found[first][0].name, guard="log_signed",
                      needs="Look for its note on other carriers; or give --until a moment before it, or a later backup by --label;"
                            " --unsigned-log, if somebody decides to believe it.")
    return found[:first], len(found) - first


def read(sealed, line, known):
    """The hash that was signed for the segment, or None where no note stands beside it. Raises Refused."""
    path = beside(sealed)
    if not path.exists() and not path.is_symlink():
        return None
    try:
        if path.is_symlink() or path.stat().st_size > MOST_BYTES:
            raise ValueError("no plain file")
        told = json.loads(path.read_text("utf-8"))
        key = bytes.fromhex(told["key"])
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(told["signature"]), message(told))
        if (told["line"], told["name"]) != (line, sealed.name) or not HASH.fullmatch(told["sha256"]):
            raise ValueError("of another segment")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidSignature) as error:
        raise Refused("The note of a segment is not what was signed", where=f"{path.name} ({type(error).__name__})",
                      guard="log_signed",
                      needs="Somebody altered the log. Give --until a moment before it, or another carrier.") from error
    if key not in known:
        raise Refused("A segment of the log was signed by a key that the witness does not know", guard="log_signed",
                      where=f"{path.name}, key {witness.fingerprint(key)}",
                      needs="Find out whose it is. The fingerprint of the registry's key stands in each witness.")
    return told["sha256"]
