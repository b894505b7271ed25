"""Who sits in a browser: seat and user by one statement, asked at every request and believed for that request alone."""
import time

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import PoolTimeout

from sitereg.store import cluster, session
from sitereg.store.pools import Pool

SEATED = """
  select t.hash, t.user_id, t.began_at, t.seen_at, t.proved_at, t.locked_at, t.tries, t.pending, u.id, u.account, u.email, u.locale,
    u.fs_uniquifier, t.seen_at <= now() - %s as idle, t.seen_at < now() - %s as unseen
  from signin.seat t join signin."user" u on u.id = t.user_id
  where t.hash = %s and u.fs_uniquifier = %s and u.active and t.ended_at is null and t.began_at > now() - %s"""
MOST, SOON = 4, 0.5

__all__ = ["seated"]


def seated(settings, token_hash, uniquifier, *, idle, unseen, whole):
    """The seat of that hash with its user, as a dict, if it has not ended and is that active user's; else None.

    idle and unseen: timedeltas, whose columns say whether nothing was asked for as long; whole: how long a seat lasts; all by the
    clock of the database. The statement commits by itself, on a connection of its own: nothing is said in it that another could
    find. One that the database closed since is left for another, as long as that takes no longer than SOON. Raises Unavailable.
    """
    seats, until = session.pool(cluster.dsn(settings, "sr_web"), made), time.monotonic() + SOON
    with session.translated():
        while True:
            try:
                return one(seats, idle, unseen, token_hash, uniquifier, whole)
            except PoolTimeout:
                raise
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise


def one(seats, *asked):
    with seats.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(SEATED, asked).fetchone()


def made(conninfo):
    return Pool(conninfo, min_size=1, max_size=MOST, max_idle=session.IDLE, open=True, timeout=1.5,
                kwargs={"autocommit": True, "application_name": "sitereg seats"})
