"""Files on their way into the evidence store: each has a note from before its first byte until its row is known to stand.

    settings.evidence / arriving / <sha256>      empty; when the file last arrived

The bytes of a document are on the disk before its row is committed, so no row is without them. Whoever is killed in between, or
rolls back, leaves the note: the keeper finds by it what no row speaks of, and removes it after a day. A day by the date of the
note is not enough, since a machine's clock can be set forward while a transaction is still open: some hours of it must have
passed under the eyes of the sweeping process itself, by a clock that nobody sets.
"""
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from sitereg.store import folders

OLD = 24 * 3600.0  # seconds; no transaction lasts as long
SEEN = 6 * 3600.0  # seconds since this process first met the note
LOCK = "lock"

steady = time.monotonic
_met: dict[Path, tuple[float, float]] = {}  # note -> its date, and when it was first met with that date

__all__ = ["OLD", "SEEN", "note", "sweep", "sync", "target"]


def target(settings, sha256: str) -> Path:
    """Where the bytes of that hash lie, if they are kept."""
    return settings.evidence / sha256[:2] / sha256[2:4] / sha256


def note(settings, sha256: str) -> None:
    """It is written down, on the disk itself, that this file arrives now; no sweep takes it for a day."""
    folder = settings.evidence / "arriving"
    for one in (settings.evidence, folder):
        one.mkdir(mode=0o700, exist_ok=True, parents=True)
    with folders.lock(folder, LOCK):
        (folder / sha256).touch(mode=0o600)
        os.utime(folder / sha256)
        sync(folder)


def sweep(settings, known: Callable[[list[str]], Iterable[str]], *, old: float = OLD) -> int:
    """Notes of files whose row stands are gone; so are files of which no row speaks `old` seconds after they came: how many.

    Of those seconds at least SEEN, or all where there are fewer, passed since this process first met the note.
    known: answers those of these hashes that a document has.
    """
    folder, removed = settings.evidence / "arriving", 0
    if not folder.is_dir():
        return 0
    with folders.lock(folder, LOCK):
        notes = sorted(one for one in folder.iterdir() if one.name != LOCK)
        standing = set(known([one.name for one in notes])) if notes else set()
        for one in notes:
            aged = _aged(one, old)
            if one.name not in standing and not aged:
                continue
            place = target(settings, one.name)
            if aged:
                for part in place.parent.glob(f"{one.name}.*.part"):
                    part.unlink()
            if one.name not in standing:
                removed += place.exists()
                place.unlink(missing_ok=True)
            elif not aged and any(place.parent.glob(f"{one.name}.*.part")):
                continue
            one.unlink()
            _met.pop(one, None)
        sync(folder)
    return removed


def _aged(note, old):
    dated, now = note.stat().st_mtime, steady()
    if _met.get(note, (None, None))[0] != dated:
        _met[note] = dated, now
    return time.time() - dated >= old and now - _met[note][1] >= min(SEEN, old)


def sync(path: Path) -> None:
    """The file or folder is on the disk itself, not only in the memory of the machine."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
