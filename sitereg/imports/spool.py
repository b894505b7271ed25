"""A file while it arrives: written privately, hashed block by block, gone unless it is kept."""

import contextlib
import fcntl
import hashlib
import os
import time
from pathlib import Path
from uuid import uuid4

from sitereg.errors import BadInput

MOST_BYTES = 256 * 2**20
SETTLED = 10  # seconds after which whoever writes a part holds its lock

__all__ = ["MOST_BYTES", "Arriving", "sweep"]


def sweep(folder: Path) -> int:
    """Parts that nobody writes any more are gone, since they lie in clear: how many. Whoever writes one holds its lock."""
    gone = 0
    for part in folder.glob("*.part"):
        with contextlib.suppress(OSError), part.open("rb") as file:
            if time.time() - part.stat().st_mtime >= SETTLED:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()
                gone += 1
    return gone


class Arriving:
    """A file that arrives: written privately and hashed at once; BadInput beyond MOST_BYTES. Gone when closed unless kept."""

    def __init__(self, settings):
        folder = settings.intake
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep(folder)
        self.path = folder / f"{uuid4()}.part"
        self.hash, self.size = hashlib.sha256(), 0
        self.file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w+b")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def write(self, block: bytes) -> int:
        self.size += len(block)
        if self.size > MOST_BYTES:
            self.close()
            raise BadInput(
                "The file is too large",
                code="too_large",
                where=f"more than {MOST_BYTES // 2**20} MB",
                do="Import it in parts, or in the shell.",
            )
        self.hash.update(block)
        return self.file.write(block)

    def __getattr__(self, name):
        return getattr(self.file, name)

    def keep(self, target: Path) -> None:
        """The bytes lie at `target`, on the disk itself."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.path.rename(target)

    def close(self) -> None:
        """What was not kept is gone."""
        self.file.close()
        self.path.unlink(missing_ok=True)
