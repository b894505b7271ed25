"""What every worker of a run needs and is dear to make: the cluster with its template, and the demonstration at its smallest.

A run of several workers has a process of its own that makes both while the workers still gather their tests; each worker copies
the home of it, stopped, and starts its own cluster there. A run without workers makes what it needs when it needs it.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
from argon2 import PasswordHasher

from sitereg import demo, sealing
from sitereg.store import cluster, credentials, schema
from sitereg.store import session as store
from tests import given, vault_keys

TEMPLATE, DEMONSTRATION = "template_sitereg", "small_demo"
BARE, LOADED = "bare", "loaded"
MEMORY = Path("/dev/shm")
ROOM = 8 << 30  # bytes: three workers hold some 2 GB, and a machine has other work
PATIENCE = 600.0


@contextmanager
def cheap_locks():
    """Passwords and passphrases cost what a test can pay while the block runs; answers the real ones."""
    real, sealing.locked = sealing.locked, vault_keys.cheaply_locked
    hasher, credentials.HASHER = credentials.HASHER, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    try:
        yield real, hasher
    finally:
        sealing.locked, credentials.HASHER = real, hasher


def parent():
    """The folder of throw-away clusters: in memory where there is room for it, for what they write never has to last."""
    try:
        free = shutil.disk_usage(MEMORY).free
        told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip() if Path("/sys/fs/cgroup/memory.max").exists() else "max"
        roomy = min(free, int(told["MemAvailable"].split()[0]) << 10, ROOM if limit == "max" else int(limit)) >= ROOM
    except (OSError, KeyError, ValueError):
        roomy = False
    return MEMORY if roomy and os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())


@contextmanager
def throw_away():
    """A running throw-away cluster with a migrated template database exists while the block runs."""
    with cluster.temporary(fast=True, parent=parent()) as made:
        fill(made)
        yield made


def fill(made):
    made.settings.make_token_key()
    with psycopg.connect(made.dsn(dbname="postgres"), autocommit=True) as root:
        root.execute(f"create database {TEMPLATE} template template0 encoding 'UTF8'")
    with psycopg.connect(made.dsn(dbname=TEMPLATE), autocommit=True) as raw:
        schema.upgrade(raw, vault={"recovery": vault_keys.RECOVERY[1]})
        given.world(raw, made.settings)


def demonstration(server):
    """The name of a database that holds the demonstration at its smallest; its truth lies in `small_truth`."""
    with psycopg.connect(server.dsn(dbname="postgres"), autocommit=True) as root:
        root.execute(f"create database {DEMONSTRATION} template {TEMPLATE}")
    demo.load(replace(server.settings, database=DEMONSTRATION), size=demo.SMALL)
    shutil.copytree(server.settings.home / "truth", server.settings.home / "small_truth")  # another demonstration writes its own
    for note in (server.settings.evidence / "arriving").glob("*"):
        note.unlink()  # their rows stand: no keeper of another database, whose clock a test moved, takes the files for strays
    store.close()
    return DEMONSTRATION


def in_memory(server):
    """Whether what that cluster writes goes to no disk."""
    return MEMORY in server.settings.home.parents


@contextmanager
def copied(folder, part):
    """A running throw-away cluster that is a copy of that part of the seed, once it lies there, exists while the block runs."""
    seed, deadline = Path(folder) / part, time.monotonic() + PATIENCE
    while not seed.exists():
        if (Path(folder) / "failed").exists() or time.monotonic() > deadline:
            raise RuntimeError(f"the seed of this run was not made: {(Path(folder) / 'log').read_text()[-4000:]}")
        time.sleep(0.05)
    with cluster.temporary(fast=True, parent=parent(), prepare=lambda settings: copy(seed, settings.home)) as made:
        yield made


def copy(home, place):
    """All that lies in that home lies there too, with its owners and modes."""
    subprocess.run(["cp", "-a", f"{home}/.", str(place)], check=True)


def begin():
    """A process makes the seed in the folder that this answers; (folder, process). Named as a throw-away cluster is, it is swept with
    those if this run is killed."""
    folder = Path(tempfile.mkdtemp(prefix=f"sitereg-test-{os.getpid()}-seed-", dir=parent()))
    folder.chmod(0o711)
    with (folder / "log").open("w") as log:
        return folder, subprocess.Popen([sys.executable, "-m", "tests.seeds", str(folder)], stdout=log, stderr=log,
                                        cwd=Path(__file__).parents[1])


def end(folder, process):
    """Neither the process nor its folder is there any more."""
    if process.poll() is None:
        process.terminate()
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def make(folder):
    """Both parts of the seed lie in the folder, the first as soon as it is made."""
    with cheap_locks(), cluster.temporary(fast=True, parent=parent()) as made:
        fill(made)
        keep(made, folder / BARE)
        cluster.start(made.settings, fast=True)
        demonstration(made)
        keep(made, folder / LOADED)


def keep(made, place):
    """The home of that cluster, which is stopped, lies there too, whole from the moment at which it has that name."""
    cluster.stop(made.settings)
    copy(made.settings.home, part := place.with_suffix(".part"))
    part.rename(place)


if __name__ == "__main__":
    try:
        make(Path(sys.argv[1]))
    except BaseException:
        (Path(sys.argv[1]) / "failed").touch()
        raise
