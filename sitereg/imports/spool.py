"""A file while it arrives: written privately, hashed block by block, gone unless it is kept."""

import hashlib
import os
from pathlib import Path
from uuid import uuid4

from sitereg.errors import BadInput

MOST_BYTES = 256 * 2**20

__all__ = ["MOST_BYTES", "Arriving"]


class Arriving:
    """A file that arrives: written privately and hashed at once; BadInput beyond MOST_BYTES. Gone when closed unless kept."""

    def __init__(self, settings):
        folder = settings.intake
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / f"{uuid4()}.part"
        self.hash, self.size = hashlib.sha256(), 0
        self.file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w+b")

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
