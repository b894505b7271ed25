"""One connection serves one transaction after another, for one account after another."""
import threading
import time

import psycopg
import pytest

from sitereg.actors import Actor
from sitereg.errors import Unavailable
from sitereg.store import cluster, pools
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


def test_what_came_back_last_is_lent_first(settings):
    """Whoever takes turns keeps all of them at work: of what few can do the others rest, and one that rests is closed."""
    with pools.Pool(cluster.dsn(settings, "sr_web"), min_size=1, max_size=3, open=True) as lender:
        held = [lender.getconn(30) for _ in range(3)]
        for one in held:
            lender.putconn(one)
        seen = []
        for _ in range(6):
            with lender.connection() as connection:
                seen.append(connection)
        assert set(seen) == {held[2]}
        lender._shrink_pool()  # looks for the first time, and the second time nobody has needed two of them
        lender._shrink_pool()
        assert held[0].closed and not held[2].closed


def test_the_waits_of_one_task_are_no_longer_than_its_patience(settings):
    """Each waits for seconds by itself: who sits there, what is shown, the log of reads."""
    with pools.Pool(cluster.dsn(settings, "sr_web"), min_size=1, max_size=1, timeout=1, open=True) as lender:
        taken = lender.getconn(30)
        began = time.monotonic()
        with pools.patience(0.4):
            for _ in range(3):
                with pytest.raises(Unavailable), store.translated():
                    lender.getconn()
            assert time.monotonic() - began < 0.95  # 0.4, and twice the tenth of a second that each may take
            lender.putconn(taken)
            lender.putconn(lender.getconn())  # what lies there is lent all the same
        taken, began = lender.getconn(), time.monotonic()
        with pytest.raises(Unavailable), store.translated():
            lender.getconn()
        assert time.monotonic() - began > 0.95, "without it the pool's own time holds"
        lender.putconn(taken)
