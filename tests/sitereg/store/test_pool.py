"""One connection serves one transaction after another, for one account after another."""
import threading
import time

import psycopg
import pytest

from sitereg.actors import Actor
from sitereg.store import cluster
from sitereg.store import session as store

pytestmark = pytest.mark.db


@pytest.fixture
def connection(settings):
    """A connection as the pool holds it."""
    with psycopg.connect(cluster.dsn(settings, "sr_web")) as connection:
        yield connection


def test_many_transactions_on_one_connection(settings, connection):
    """The driver prepares what it runs often: a reset that drops such statements would break the sixth transaction."""
    for n in range(20):
        store.announce(connection, settings, Actor(("worker", "investigator1")[n % 2], "local", "test"))
        session = store.Session(connection, settings, None)
        assert session.value("level") == (2, 1)[n % 2]
        session.rows("site_list", limit=1)
        connection.commit()
        store.forget(connection)


def test_nothing_said_in_a_session_reaches_the_next(connection):
    connection.execute("set session statement_timeout = '7s'")
    connection.execute("select set_config('sitereg.left', 'behind', false), pg_advisory_lock(1)")
    connection.commit()
    store.forget(connection)
    left = connection.execute("select current_setting('statement_timeout'), current_setting('sitereg.left', true)").fetchone()
    assert left[0] != "7s" and not left[1]
    assert connection.execute("select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()").fetchone() == (0,)


def test_many_threads_make_one_pool(monkeypatch):
    """As a server begins: a second pool would be forgotten with its connections open."""
    made, start, got = [], threading.Barrier(8), []

    class Pool:
        closed = False

        def close(self):
            self.closed = True

    def slowly(conninfo):
        time.sleep(0.05)
        made.append(Pool())
        return made[-1]

    def ask():
        start.wait()
        got.append(store.pool("the test's own"))

    monkeypatch.setattr(store, "POOLS", {})
    monkeypatch.setattr(store, "made", slowly)
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 1 and len(got) == 8 and set(got) == set(made)
    store.close()
    assert made[0].closed and store.POOLS == {}
