"""Connections that wait to be lent, and how long one thread may wait for them in all."""
import threading
from contextlib import contextmanager
from time import monotonic

from psycopg_pool import ConnectionPool

LEAST = 0.1  # seconds that each wait may take whatever was waited before: a connection that lies there is lent at once
WAITED = threading.local()

__all__ = ["Pool", "patience"]


class Pool(ConnectionPool):
    """A pool that lends the connection that came back last.

    Taking turns would keep as many at work as there ever were at once, each with plans and caches of its own; so as few work as
    can, and one that nobody needed for a while is closed.
    """

    def _get_ready_connection(self, timeout):
        self._pool.rotate(1)  # what came back last stands behind; the library lends the first and closes the first
        return super()._get_ready_connection(timeout)

    def getconn(self, timeout=None):
        """A connection, within `timeout` (else the pool's own) and what is left of the thread's `patience`; raises PoolTimeout."""
        left = getattr(WAITED, "left", None)
        if left is None:
            return super().getconn(timeout)
        began = monotonic()
        try:
            return super().getconn(max(LEAST, min(self.timeout if timeout is None else timeout, left)))
        finally:
            WAITED.left = left - (monotonic() - began)


@contextmanager
def patience(seconds):
    """All waits of this thread for connections, of whatever pool, take no longer than so many seconds together."""
    before, WAITED.left = getattr(WAITED, "left", None), seconds
    try:
        yield
    finally:
        WAITED.left = before
