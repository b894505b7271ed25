"""One throw-away cluster a run, one template database; an ordinary test is one outer transaction, rolled back."""
import os
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from sitereg.actors import Actor
from sitereg.settings import Settings
from sitereg.store import cluster
from sitereg.store import session as store
from tests import seeds, workers
from tests.opened import Registry


def pytest_sessionstart(session):
    """A run of several workers has a seed in the making before they ask for it."""
    if getattr(session.config.option, "numprocesses", None) and not hasattr(session.config, "workerinput"):
        session.config.seed = seeds.begin()


def pytest_collection_modifyitems(config, items):
    """A story in the browser that fails is told once more from its beginning, and the summary names it: docs/decisions/0063."""
    for one in items:
        if one.get_closest_marker("browser"):
            one.add_marker(pytest.mark.flaky(reruns=1))
    if hasattr(config, "workerinput"):
        items[:] = workers.ordered(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return workers.Scheduling(config, log) if config.option.dist == "loadfile" else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["seed"] = str(node.config.seed[0])


def pytest_sessionfinish(session):
    if hasattr(session.config, "seed"):
        seeds.end(*session.config.seed)


@pytest.fixture(scope="session", autouse=True)
def cheap_locks():
    """Passwords and passphrases cost what a test can pay; test_sealing and test_sign_ins ask for the real ones."""
    with seeds.cheap_locks() as real:
        yield real


@pytest.fixture(scope="session")
def server(request):
    """The cluster of the run, or of one of its workers."""
    folder = getattr(request.config, "workerinput", {}).get("seed")
    loaded = any("small_demo" in one.fixturenames for one in request.session.items)
    with seeds.copied(folder, seeds.LOADED if loaded else seeds.BARE) if folder else seeds.throw_away() as made:
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
    with psycopg.connect(server.dsn(dbname="postgres"), autocommit=True) as root:
        there = root.execute("select 1 from pg_database where datname = %s", [seeds.DEMONSTRATION]).fetchone()
    return seeds.DEMONSTRATION if there else seeds.demonstration(server)


def clone(server, name, template=seeds.TEMPLATE):
    """A database that is a copy of the template; whoever still lingers in the template is sent away, as a busy machine needs."""
    with psycopg.connect(server.dsn(dbname="postgres"), autocommit=True) as root:
        strategy = "strategy file_copy" if seeds.in_memory(server) and root.info.server_version >= 150000 else ""
        root.execute(f"drop database if exists {name} with (force)")
        for last in (False, False, True):
            root.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [template])
            try:
                root.execute(f"create database {name} template {template} {strategy}")
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
