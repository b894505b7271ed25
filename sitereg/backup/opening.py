"""Sealed things opened again, with distrust: whoever could write into the repository may have put anything there."""
import gzip
import hashlib
import os
import shutil
import stat
import tarfile
import zlib
from pathlib import Path, PurePosixPath

import pyrage

from sitereg import sealing
from sitereg.backup import manifests
from sitereg.errors import BadInput, Refused
from sitereg.store.programs import owner

BLOCK = 2**20
ROOM = 512 * 2**20
FOLDS = 60  # a base copy packs a tenth to a fifth; what unfolds to more than that was made to fill the disk

__all__ = ["identity", "into", "unpacked", "whole"]


def identity(path: Path) -> str:
    """The secret key in an identity file as age programs write it. Raises BadInput."""
    try:
        lines = [one.strip() for one in path.read_text("utf-8").splitlines() if one.strip() and not one.startswith("#")]
    except (OSError, ValueError) as error:
        raise BadInput("The key cannot be read", where=str(path), do="Give the file that `sitereg backup key` wrote.") from error
    if len(lines) != 1 or sealing.public_of(lines[0]) is None:
        raise BadInput("That is no secret key of age", where=str(path), do="Give the file that `sitereg backup key` wrote.")
    return lines[0]


def whole(path: Path, said: dict) -> None:
    """The sealed file has the size and hash that the signed manifest says. Raises Refused."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size != said["size"]:
        raise Refused("The backup is cut short, or not a file", where=path.name, guard="backup_whole", needs=manifests.OTHER)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    if digest.hexdigest() != said["sha256"]:
        raise Refused("The backup is not what was written", where=path.name, guard="backup_whole", needs=manifests.OTHER)


def into(sealed: Path, target: Path, secret: str) -> str:
    """`target` (new, 0600) holds what was sealed; answers its SHA-256. Raises Refused where the key or a byte is another."""
    key, digest = pyrage.x25519.Identity.from_str(secret), hashlib.sha256()
    out = os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")
    with out, sealed.open("rb") as file:
        try:
            pyrage.decrypt_io(file, manifests.Hashing(out, digest), [key])
        except pyrage.DecryptError as error:
            target.unlink()
            if "matching keys" in str(error):
                raise Refused("This key does not open the backup", where=sealed.name, guard="backup_key",
                              needs="Bring the key to whose public half the backups were sealed.") from error
            raise broken(sealed) from error
        except OSError as error:
            target.unlink()
            if error.errno:
                raise
            raise broken(sealed) from error
    return digest.hexdigest()


def broken(sealed):
    return Refused("A file of the backup is cut short, or altered", where=sealed.name, guard="backup_whole", needs=manifests.OTHER)


def unpacked(packed: Path, folder: Path) -> None:
    """The files of the tar stand below `folder`, of the database's OS user; nothing else was touched.

    All names are looked at before the first file is written. Raises Refused at a name that leads elsewhere, a link, a device,
    a name twice, and at more than the disk holds.
    """
    room = shutil.disk_usage(folder).free - ROOM
    most = min(room, packed.stat().st_size * FOLDS + ROOM)
    try:
        with gzip.open(packed) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            judged(tar, most)
        user = owner()
        with gzip.open(packed) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                put(tar, member, folder, user)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Refused("The copy of the database cannot be unpacked", where=packed.name, guard="backup_whole",
                      needs=manifests.OTHER) from error


def judged(tar, most):
    """Every member is a plain file or folder below the top, named once. Raises Refused."""
    names, size = set(), 0
    for member in tar:
        name, path = member.name, PurePosixPath(member.name)
        size += member.size
        tablespace = path.parts[:1] == ("tablespace_map",) and member.size
        if (path.is_absolute() or ".." in path.parts or "\0" in name or name in names or tablespace
                or not (member.isreg() or member.isdir())):
            raise Refused("The backup holds what leads out of its folder, or is no plain file", where=repr(name)[:120],
                          guard="backup_paths", needs="Somebody altered it, or it was not made by sitereg. " + manifests.OTHER)
        if size > most:
            raise Refused("The backup unfolds to more than there is room for", where=f"more than {most // 2**20} MB",
                          guard="backup_room", needs="Make room, or restore on another machine.")
        names.add(name)


def put(tar, member, folder, user):
    """One file or folder stands below `folder`: closed to others, new."""
    target = folder / member.name
    if member.isdir():
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chown(target, user.pw_uid, user.pw_gid)
        return
    if not target.parent.exists():
        target.parent.mkdir(mode=0o700, parents=True)
        os.chown(target.parent, user.pw_uid, user.pw_gid)
    out = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(out, "wb") as file:
        shutil.copyfileobj(tar.extractfile(member), file, BLOCK)
        os.fchown(out, user.pw_uid, user.pw_gid)
