"""One throw-away cluster a run, one template database; an ordinary test is one outer transaction, rolled back."""
import os
import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher

from sitereg import sealing
from sitereg.actors import Actor
from sitereg.settings import Settings
from sitereg.store import cluster, credentials, schema
from sitereg.store import session as store
from tests import given, vault_keys
from tests.opened import Registry

TEMPLATE = "template_sitereg"


@pytest.fixture(scope="session", autouse=True)
def cheap_locks():
    """Passwords and passphrases cost what a test can pay; test_sealing and test_sign_ins ask for the real ones."""
    real, sealing.locked = sealing.locked, vault_keys.cheaply_locked
    hasher, credentials.HASHER = credentials.HASHER, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield real, hasher
    sealing.locked, credentials.HASHER = real, hasher


@contextmanager
def throw_away():
    """A running throw-away cluster with a migrated template database exists while the block runs."""
    with cluster.temporary(fast=True) as made:
        made.settings.make_token_key()
        with psycopg.connect(made.dsn(dbname="postgres"), autocommit=True) as root:
            root.execute(f"create database {TEMPLATE} template template0 encoding 'UTF8'")
        with psycopg.connect(made.dsn(dbname=TEMPLATE), autocommit=True) as raw:
            schema.upgrade(raw, vault={"recovery": vault_keys.RECOVERY[1]})
            given.world(raw, made.settings)
        yield made


@pytest.fixture(scope="session")
def server():
    """The cluster of the run."""
    with throw_away() as made:
        yield made


@pytest.fixture(scope="session")
def settings(server) -> Settings:
    """The settings of a database shared by tests that roll back."""
    return replace(server.settings, database=clone(server, "shared"))


@pytest.fixture
def committed(server, request) -> Settings:
    """The settings of a database of the test's own, for tests that need real commits."""
    name = clone(server, f"t_{abs(hash(request.node.nodeid)) % 10**10}")
    yield replace(server.settings, database=name)
    drop(server, name)


@pytest.fixture(scope="session")
def small_demo(server):
    """The name of a database to clone: the demonstration at its smallest, loaded once a run and never worked in."""
    return demonstration(server)


def demonstration(server):
    from sitereg import demo

    name = clone(server, "small_demo")
    demo.load(replace(server.settings, database=name), size=demo.SMALL)
    shutil.copytree(server.settings.home / "truth", server.settings.home / "small_truth")  # another demonstration writes its own
    store.close()
    return name


def clone(server, name, template=TEMPLATE):
    """A database that is a copy of the template; whoever still lingers in the template is sent away, as a busy machine needs."""
    with psycopg.connect(server.dsn(dbname="postgres"), autocommit=True) as root:
        root.execute(f"drop database if exists {name} with (force)")
        for last in (False, False, True):
            root.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [template])
            try:
                root.execute(f"create database {name} template {template}")
                return name
            except psycopg.errors.ObjectInUse:
                if last:
                    raise


def drop(server, name):
    store.close()
    with psycopg.connect(server.dsn(dbname="postgres"), autocommit=True) as root:
        root.execute(f"drop database if exists {name} with (force)")


@pytest.fixture(scope="session")
def lines(settings):
    """Connections that tests hand on to each other, rolled back: a new one would have to learn every function anew."""
    held = []
    yield held
    for one in held:
        one.close()


@pytest.fixture
def registry(settings, lines):
    """An open session of `worker` (T2, names, all working roles); everything is rolled back after the test."""
    connection = lines.pop() if lines else psycopg.connect(cluster.dsn(settings, settings.superuser))
    connection.execute("set role sr_web")
    session = Registry(connection, settings, Actor("worker", "local", "test"))
    session.become("worker")
    yield session
    if not connection.closed:
        connection.rollback()
        lines.append(connection)


def real_data(folder: str) -> Path:
    """A folder of the real published data; the test skips in one line where it is missing, and fails in CI."""
    root = Path(os.environ.get("SITEREG_TEST_DATA") or Path(__file__).parents[2] / "shared" / "data")
    path = root / folder
    if not path.exists():
        message = f"real data {folder} are not here: set SITEREG_TEST_DATA to the folder that holds them"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return path


@pytest.fixture
def data():
    return real_data
