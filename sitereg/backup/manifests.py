"""What a base copy says of itself, signed by the keeper's key; which segments of the log belong to it, and which copy is meant."""
import json
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sitereg import witness
from sitereg.errors import NotFound, Refused, Undecided

FILE, BASE = "manifest.json", "base.tar.gz.age"
LABEL = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})\.[0-9a-f]{16}\.age")
MOST_BYTES = 2**20
OTHER = "Take another backup of the list (sitereg backup list)."

__all__ = ["BASE", "FILE", "chosen", "every", "log_of", "read", "signed", "write"]


def message(told: dict) -> bytes:
    """The bytes that the signature of a manifest covers: all of it but the signature."""
    said = {name: value for name, value in told.items() if name != "signature"}
    return b"sitereg backup|" + json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def write(settings, folder: Path, told: dict) -> dict:
    """The manifest stands in `folder`, signed; answers it."""
    key = witness.signing_key(settings)
    told = {**told, "key": witness.public(key).hex()}
    told["signature"] = key.sign(message(told)).hex()
    part = folder / f"{FILE}.part"
    part.write_text(json.dumps(told, indent=1))
    part.chmod(0o600)
    part.rename(folder / FILE)
    return told


def read(folder: Path) -> dict:
    """The manifest of a base copy, with a signature that holds, whosever it is. Raises Refused."""
    try:
        path = folder / FILE
        if path.is_symlink() or path.stat().st_size > MOST_BYTES:
            raise ValueError("no plain file")
        told = json.loads(path.read_text("utf-8"))
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(told["key"])).verify(bytes.fromhex(told["signature"]), message(told))
        whole = (told["format"] == 1 and told["label"] == folder.name and re.fullmatch(r"[0-9a-f]{8}", told["line"])
                 and re.fullmatch(r"[0-9A-F]{24}", told["segment"]) and datetime.fromisoformat(told["at"]).tzinfo
                 and isinstance(told["files"][BASE]["size"], int))
        if not whole:
            raise ValueError("not of this form")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidSignature) as error:
        raise Refused("The backup's manifest is not what was signed", where=f"{folder.name} ({type(error).__name__})",
                      guard="backup_signed", needs=OTHER) from error
    return told


def signed(told: dict, keys: Iterable[bytes]) -> None:
    """Raises Refused unless one of those keys signed the manifest."""
    if bytes.fromhex(told["key"]) not in set(keys):
        raise Refused("The backup was signed by a key that the witness does not know", guard="backup_signed",
                      where=f"{told['label']}, key {witness.fingerprint(bytes.fromhex(told['key']))}",
                      needs="Find out whose it is. The fingerprint of the registry's key stands in each witness.")


def every(repository: Path) -> list[Path]:
    """The folders of whole base copies, the oldest first."""
    folder = repository / "base"
    inside = folder.iterdir() if folder.is_dir() else ()
    return sorted(one for one in inside if LABEL.fullmatch(one.name) and (one / FILE).exists())


def chosen(repository: Path, label: str | None, until: datetime | None) -> dict:
    """The manifest of the copy `label`, else of the newest one that was whole at `until` (now where that is None)."""
    if label:
        found = [one for one in every(repository) if one.name == label]
        if not found:
            raise NotFound
        return read(found[0])
    for folder in reversed(every(repository)):
        told = read(folder)
        if until is None or datetime.fromisoformat(told["at"]) <= until:
            return told
    raise Undecided("There is no backup from before that moment", where=str(repository),
                    do="`sitereg backup list` names those that there are.")


def log_of(repository: Path, told: dict, *, gap_ends: bool = False) -> list[Path]:
    """The sealed segments from the copy's beginning on, one after another.

    Raises Refused where one is missing or stands there twice, unless `gap_ends`: then the log is those before the gap.
    """
    folder = repository / "wal" / told["line"]
    named: dict[str, list[Path]] = {}
    for one in folder.iterdir() if folder.is_dir() else ():
        if (found := SEGMENT.fullmatch(one.name)) and not one.is_symlink():
            named.setdefault("".join(found.groups()), []).append(one)
    wanted, log = told["segment"], []
    for name in sorted(one for one in named if one >= wanted and one[:8] == wanted[:8]):
        if name != wanted or len(named[name]) > 1:
            if gap_ends:
                break
            raise Refused("A segment of the log is missing, or stands there twice", where=wanted, guard="backup_whole",
                          needs="Look for it on other carriers; or give --until a moment before it, or a later backup by --label.")
        log += named[name]
        wanted = after(name)
    return log


def after(name: str) -> str:
    """The name of the segment that follows, of 16 MB each."""
    number = int(name[8:16], 16) * 256 + int(name[16:], 16) + 1
    return f"{name[:8]}{number // 256:08X}{number % 256:08X}"


class Hashing:
    """A writer that hashes what goes through it."""

    def __init__(self, out, digest):
        self.out, self.digest = out, digest

    def write(self, block):
        self.digest.update(block)
        return self.out.write(block)

    def flush(self):
        self.out.flush()
