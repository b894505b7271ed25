"""One segment of the server's log, sealed into the repository: PostgreSQL's archive_command, run as a file and not as a module.

    python archive.py SEGMENT FOLDER RECIPIENT [NOTES]    exit code 0: it stands there whole, on the disk; else nothing new does

NOTES is a folder in the home: there its hashes are noted, for the keeper's key to sign what stands in the repository with them.
Run by the database's own OS user with nothing but the Python library and age, so that it starts in 50 ms. The name carries the
beginning of the segment's hash: the same segment again is done already, another one under its name is refused.
"""
import hashlib
import json
import os
import sys
from pathlib import Path

import pyrage

BLOCK = 2**20


def seal(segment, folder, recipient, notes=None):
    """The segment's bytes, readable to the key `recipient` alone, stand in `folder` as SEGMENT.HASH.age; answers that path.

    What stands there already under that name counts as done only where `notes` holds or held its hashes.
    """
    segment, folder = Path(segment), Path(folder)
    digest = hashlib.sha256()
    with segment.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    target = folder / f"{segment.name}.{digest.hexdigest()[:16]}.age"
    others = [one for one in folder.glob(f"{segment.name}.*.age") if one != target]
    if others:
        raise FileExistsError(f"another segment stands there under this name: {others[0].name}")
    note = Path(notes) / f"{target.name}.json" if notes else None
    if not target.exists() or (note and not note.exists() and not target.with_suffix(".json").exists()):
        sealed, size = written(segment, target, recipient)
        if note:
            noted(note, {"line": folder.name, "name": target.name, "sha256": digest.hexdigest(), "sealed": sealed, "size": size})
    return target


def written(source, target, recipient):
    """`target` holds the sealed bytes of `source`: whole, on the disk, or not at all; answers their SHA-256 and number."""
    part = target.with_name(f"{target.name}.part")
    try:
        with source.open("rb") as file, part.open("wb") as out:
            hashing = Hashing(out)
            pyrage.encrypt_io(file, hashing, [pyrage.x25519.Recipient.from_str(recipient)])
            out.flush()
            os.fsync(out.fileno())
            size = out.tell()
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    settled(target.parent)
    return hashing.digest.hexdigest(), size


def noted(path, told):
    """The note stands, whole, on the disk."""
    part = path.with_suffix(".part")
    with part.open("w") as out:
        json.dump(told, out)
        out.flush()
        os.fsync(out.fileno())
    part.rename(path)
    settled(path.parent)


class Hashing:
    """A writer that hashes what goes through it: what was sealed, whatever the disk makes of it."""

    def __init__(self, out):
        self.out, self.digest = out, hashlib.sha256()

    def write(self, block):
        self.digest.update(block)
        return self.out.write(block)

    def flush(self):
        self.out.flush()


def settled(folder):
    """The names in the folder are on the disk."""
    folder = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


if __name__ == "__main__":
    try:
        seal(*sys.argv[1:5])
    except (OSError, pyrage.EncryptError, pyrage.RecipientError) as error:
        print(f"not archived: {error}", file=sys.stderr)  # noqa: T201  (the server's log)
        sys.exit(1)
