"""Folders and files of the embedded cluster: owned by its OS user, closed to all others."""

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sitereg.errors import Refused
from sitereg.store.programs import owner


def make_folder(path: Path) -> None:
    """`path` is a folder of the cluster's user that nobody else may enter.

    Raises Refused if something else is there: a link, or a folder of another user.
    """
    user = owner()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o700)
        os.chown(path, user.pw_uid, user.pw_gid)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.pw_uid:
            raise Refused("A folder of the cluster belongs to somebody else", where=str(path),
                          do=f"Remove it, or give it to {user.pw_name}.", guard="folder_owner") from None


def write(path: Path, text: str) -> None:
    """`path` holds `text` whole, owned by the cluster's user, 0600; a link in its place is replaced."""
    user = owner()
    part = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        os.fchown(descriptor, user.pw_uid, user.pw_gid)
    part.rename(path)


def refuse_unreachable(home: Path) -> None:
    """Raises Refused if the cluster's user cannot cross the folders above the home (a home below a closed one)."""
    if os.geteuid() != 0:
        return
    user = owner()
    for folder in home.parents:
        if not folder.exists():
            continue
        found = folder.stat()
        crossable = found.st_mode & (0o100 if found.st_uid == user.pw_uid else
                                     0o010 if found.st_gid == user.pw_gid else 0o001)
        if not crossable:
            raise Refused(f"The user {user.pw_name} cannot reach SITEREG_HOME", where=f"{home}: "
                          f"{folder} is closed to it", guard="reachable_home",
                          do="Choose a home such as /var/lib/sitereg.")


@contextlib.contextmanager
def lock(home: Path, name: str = "cluster.lock") -> Iterator[None]:
    """This process alone holds the lock `name` of this home while the block runs; the others wait."""
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (home / name).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
