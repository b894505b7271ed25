"""Base copies, kept files and keys go sealed into the repository; what is too old leaves it."""
import hashlib
import io
import json
import os
import secrets
import shutil
import tarfile
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage

from sitereg import sealing, witness
from sitereg.backup import manifests, segments
from sitereg.errors import BadInput, Refused, Unavailable
from sitereg.settings import write_once
from sitereg.store import archive, copies, evidence, repository, verification

DAYS, MONTHS = 35, 12
FILES_DAYS = 366
BLOCK = 2**20
STATE, DRILLED = "backup.json", "drilled.json"
README = """Backups of a registry (sitereg). Everything in here but manifests and this text is sealed with age to one key, which is
not here. To bring it back: sitereg restore THIS-FOLDER --identity KEY --witness FILE, as docs/operations.md says.
"""
KEY = """# The key of a registry's backups (sitereg). Whoever holds it opens every backup that was sealed to its public half.
# Keep it out of the house, in two copies at two places. public key: {public}
{secret}
"""

__all__ = ["expire", "keep_files", "keep_keys", "last", "listed", "make", "make_key", "remember", "sealed_log", "start"]


def make_key(path: Path) -> str:
    """A new key of backups is written to `path` (0600), where there was no file; answers its public half."""
    secret, public = sealing.identity()
    if path.exists():
        raise Refused("There is a file already", where=str(path), guard="new_file", needs="Name a new file.")
    write_once(path.absolute(), lambda: KEY.format(public=public, secret=secret).encode())
    return public


def start(settings, folder, recipient, *, spool=None):
    """Backups go to `folder`, sealed to the public key `recipient`; the database's log does from its next start on."""
    if not sealing.is_public(recipient):
        raise BadInput("That is no public key of age", where=recipient[:80],
                       do="Give the words age1... that `sitereg backup key` said.")
    if Path(folder).absolute().is_relative_to(settings.home):
        raise Refused("The folder lies in the home that it is to outlive", where=str(folder), guard="backups_apart",
                      needs="Name a folder on another disk, better of another machine.")
    made = repository.arm(settings, folder, recipient, spool=spool)
    for name, text in (("README.txt", README.encode()), ("names.age", sealing.sealed(made.names.encode(), [recipient]))):
        write_once(made.folder / f"{name}", lambda text=text: text)
    return made


def held(settings):
    """The repository of this home. Raises Refused where backups were not started."""
    found = repository.armed(settings)
    if found is None:
        raise Refused("Backups were not started here", guard="backups_started",
                      needs="Make a key (`sitereg backup key`), then `sitereg backup start --to AGE1 --folder DIR`.")
    return found


def make(settings, *, now=None):
    """A base copy and all kept files stand in the repository, and what is too old has left; answers the manifest."""
    repo, now = held(settings), now or datetime.now(UTC)
    label = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    folder = repo.bases / label
    folder.mkdir(mode=0o700)
    try:
        said = copies.before(settings)
        size, digest = sealed_copy(settings, repo, folder / manifests.BASE, label)
        copies.switch(settings)
        keep_files(settings, now=now)
        told = manifests.write(settings, folder, {
            "format": 1, "label": label, "line": repo.line, "at": datetime.now(UTC).isoformat(), "began": now.isoformat(), **said,
            "key_of_names": hashlib.sha256(repo.names.encode()).hexdigest()[:16],
            "files": {manifests.BASE: {"size": size, "sha256": digest}}})
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    remember(settings, base=told["at"])
    segments.sign(settings, repo)
    expire(repo, now)
    return told


def sealed_copy(settings, repo, target, label):
    """(size, SHA-256) of the base copy, packed and sealed while it comes."""
    digest = hashlib.sha256()
    recipient = pyrage.x25519.Recipient.from_str(repo.recipient)
    with target.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        with copies.base(settings, label) as stream:
            try:
                pyrage.encrypt_io(Packing(stream), manifests.Hashing(file, digest), [recipient])
            except pyrage.EncryptError as error:
                raise Unavailable("The backup could not be written", where=str(error)[:200], do="Make room for it.") from error
        file.flush()
        os.fsync(file.fileno())
        return file.tell(), digest.hexdigest()


class Packing:
    """A reader of a stream as gzip."""

    def __init__(self, stream):
        self.stream, self.packer, self.ready, self.over = stream, zlib.compressobj(1, zlib.DEFLATED, 31), b"", False

    def read(self, size=BLOCK):
        while not self.ready and not self.over:
            block = self.stream.read(BLOCK)
            self.over = not block
            self.ready = self.packer.compress(block) if block else self.packer.flush()
        told, self.ready = self.ready[:size], self.ready[size:]
        return told


def keep_files(settings, *, now=None):
    """Every kept file that a document speaks of lies sealed in the repository; answers how many were new.

    One that lies there already is marked as still kept, by its time. A file that is not what its name says is never sealed.
    """
    repo, new = held(settings), 0
    stamp = (now or datetime.now(UTC)).timestamp()
    for sha256 in verification.documents(settings):
        target = repo.kept(sha256)
        source = settings.evidence / sha256[:2] / sha256[2:4] / sha256
        if not target.exists():
            if not source.exists() or evidence.hashed(source) != sha256:
                continue  # the keeper finds it and says so; an older copy may be whole
            target.parent.mkdir(mode=0o700, exist_ok=True, parents=True)
            archive.written(source, target, repo.recipient)
            new += 1
        os.utime(target, (stamp, stamp))
    remember(settings, files=datetime.now(UTC).isoformat())
    return new


def sealed_log(settings):
    """Segments that an outside server put into the spool lie sealed in the repository and left the spool; answers how many.

    What was sealed, by whom ever, is signed.
    """
    repo, done = held(settings), 0
    for one in sorted(repo.spool.iterdir()) if repo.spool else ():
        if one.is_file() and not one.is_symlink() and not one.name.endswith(".part"):
            archive.seal(one, repo.wal, repo.recipient, repository.notes(settings))
            one.unlink()
            done += 1
    segments.sign(settings, repo)
    return done


def keep_keys(settings, target: Path):
    """The home's keys are one sealed file at `target`, which is to be kept apart from the backups; answers their names."""
    repo, made = held(settings), io.BytesIO()
    names = sorted(one.name for one in settings.keys.iterdir() if one.is_file() and one.name != repository.ARMED)
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name in names:
            tar.add(settings.keys / name, name)
    if target.exists():
        raise Refused("There is a file already", where=str(target), guard="new_file", needs="Name a new file.")
    write_once(target.absolute(), lambda: sealing.sealed(made.getvalue(), [repo.recipient]))
    return names


def expire(repo, now):
    """Copies of the last DAYS stay, and the first of each month for MONTHS; of the log what those of the last DAYS need."""
    recent, months = [], {}
    since = now - timedelta(days=DAYS)
    for folder in manifests.every(repo.folder):
        told = manifests.read(folder)
        at = datetime.fromisoformat(told["at"])
        if at >= since:
            recent.append(told)
        elif (now.year - at.year) * 12 + now.month - at.month <= MONTHS:
            months.setdefault((at.year, at.month), told)
    kept = {one["label"] for one in (*recent, *months.values())}
    for folder in manifests.every(repo.folder):
        if folder.name not in kept:
            shutil.rmtree(folder)
    first = {}
    for one in recent:
        first[one["line"]] = min(first.get(one["line"], one["segment"]), one["segment"])
    for line in (repo.folder / "wal").iterdir():
        for segment in line.glob("*.age"):
            needed = segment.name[:24] >= first[line.name] if line.name in first else line.name == repo.line
            if not needed and segment.stat().st_mtime < since.timestamp():
                segments.beside(segment).unlink(missing_ok=True)
                segment.unlink()
    for one in (repo.folder / "files").glob("??/*.age"):
        if one.stat().st_mtime < (now - timedelta(days=FILES_DAYS)).timestamp():
            one.unlink()


def listed(folder: Path) -> list[dict]:
    """What each base copy says of itself, the oldest first; one whose manifest does not hold says only that."""
    told = []
    for one in manifests.every(folder):
        try:
            said = manifests.read(one)
            size = said["files"][manifests.BASE]["size"]
            told.append({"label": one.name, "at": said["at"], "events": said["events"], "line": said["line"], "bytes": size,
                         "segments": len(manifests.log_of(folder, said, gap_ends=True)),
                         "key": witness.fingerprint(bytes.fromhex(said["key"]))})
        except Refused as error:
            told.append({"label": one.name, "refused": str(error)})
    return told


def remember(settings, **said):
    """`last` answers from now on that this was done then."""
    told = {**last(settings), **said}
    part = settings.state / f"{STATE}.{os.getpid()}.{time.monotonic_ns()}"
    part.write_text(json.dumps(told))
    part.rename(settings.state / STATE)


def last(settings) -> dict:
    """When the last base copy was whole, when the kept files were looked at, and the last drill: {base, files, drill}."""
    try:
        told = json.loads((settings.state / STATE).read_text())
    except (OSError, ValueError):
        told = {}
    found = repository.armed(settings)
    try:
        told["drill"] = json.loads((found.folder / DRILLED).read_text()) if found else None
    except (OSError, ValueError):
        told["drill"] = None
    return told
