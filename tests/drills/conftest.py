"""What drills share: a cluster that writes to disk as a real one does; small file systems; a line that can be cut."""
import os
import subprocess
from contextlib import contextmanager

import psycopg
import pytest

from sitereg.store import cluster, schema, session
from tests import given


@pytest.fixture
def durable():
    """The settings of a cluster of its own, durable, with people and sources."""
    with cluster.temporary(fast=False) as made:
        made.settings.make_token_key()
        made.settings.make_folders()
        with psycopg.connect(made.dsn(), autocommit=True) as raw:
            schema.upgrade(raw)
            given.world(raw, made.settings)
        yield made.settings
        session.close()


@contextmanager
def small(path, megabytes, owner=None):
    """`path` is a file system of its own of that size while the block runs; the test skips where that is not allowed."""
    path.mkdir(mode=0o711, parents=True, exist_ok=True)
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0711", "sitereg-drill", str(path)],
                                      capture_output=True, check=False).returncode:
        pytest.skip("small file systems need root and the right to mount")
    try:
        if owner:
            os.chown(path, owner.pw_uid, owner.pw_gid)
            path.chmod(0o700)
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@contextmanager
def filled(folder, leave=0):
    """The file system of `folder` is full but for `leave` bytes while the block runs."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        os.posix_fallocate(file.fileno(), 0, max(free - leave, 1))
    try:
        yield
    finally:
        ballast.unlink()
