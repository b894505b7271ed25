"""The evidence store looked at again: is each kept file there, with the bytes that its name says, and nothing besides?

    settings.evidence / suspect / <sha256>      empty; somebody met other bytes there: the keeper looks first of all
"""
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sitereg.faults import fault
from sitereg.store import arriving

BLOCK = 2**20
OURS = ("arriving", "suspect")  # folders of notes

__all__ = ["Listing", "besides", "hashed", "listing", "looked", "problem", "suspect", "suspects"]


@dataclass(frozen=True)
class Listing:
    """What lay in the store at one moment: relative paths of its files, and hashes that were arriving then."""

    files: tuple[str, ...]
    arriving: frozenset[str]


def listing(settings) -> Listing:
    """Names alone, without notes and parts of what arrives; to be asked before the registry is asked what it keeps."""
    root = settings.evidence
    files = [os.path.relpath(os.path.join(folder, name), root) for folder, _, names in os.walk(root) for name in names]
    notes = [one.name for one in (root / "arriving").glob("*")] if root.is_dir() else []
    held = (one for one in files if one.split(os.sep)[0] not in OURS)
    whole = (one for one in held if not (one.endswith(".part") and Path(one).name.split(".")[0] in notes))
    return Listing(tuple(sorted(whole)), frozenset(notes))


def besides(settings, listed: Listing, kept: Iterable[str]) -> list[dict]:
    """Findings about files that no document speaks of, unless they had just arrived."""
    known = {os.path.relpath(arriving.target(settings, one), settings.evidence) for one in {*kept, *listed.arriving}}
    return [fault("file extra", "evidence", one) for one in listed.files if one not in known]


def looked(settings, kept: Mapping[str, int], told: Callable[[int, int], None]) -> Iterator[dict]:
    """Findings about kept files (hash: size), each hashed again in a stream. told: called after each with (files, bytes) so far.

    Raises OSError of a file that is there and cannot be read.
    """
    read = 0
    for number, (sha256, size) in enumerate(sorted(kept.items()), start=1):
        wrong = problem(settings, sha256, size)
        if wrong:
            yield fault(wrong, "evidence", sha256)
        read += size
        told(number, read)


def problem(settings, sha256: str, size: int) -> str | None:
    """What is wrong with one kept file, by its name in faults.FAULTS; None where it is as it was."""
    place = arriving.target(settings, sha256)
    try:
        found = place.stat().st_size
        if found == size and hashed(place) == sha256:
            return None
    except FileNotFoundError:
        return "file missing"
    return "file truncated" if found < size else "file changed"


def hashed(place: Path) -> str:
    """The SHA-256 of a file, read in blocks."""
    digest = hashlib.sha256()
    with place.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def suspect(settings, sha256: str) -> None:
    """It is noted that other bytes, or none, were met under that hash; where no note can be written the refusal stands alone."""
    try:
        folder = settings.evidence / "suspect"
        folder.mkdir(mode=0o700, exist_ok=True, parents=True)
        (folder / sha256).touch(mode=0o600)
    except OSError:
        return


def suspects(settings) -> list[Path]:
    """The notes of suspicions, the oldest first; whoever has looked unlinks them."""
    folder = settings.evidence / "suspect"
    return sorted(folder.iterdir(), key=lambda one: one.stat().st_mtime) if folder.is_dir() else []
