"""The database's own copy of the token key, which only the function that checks tokens may read."""

import psycopg

from sitereg.errors import Refused


def accept(connection: psycopg.Connection, key: bytes) -> None:
    """Tokens signed with `key` are accepted from now on, those of the other living keys as before.

    connection: of the superuser, or of a member of sr_ident. Raises Refused if that key was retired.
    """
    with connection.transaction():
        connection.execute("set local role sr_ident")
        connection.execute("lock table reg.token_key in share row exclusive mode")
        known = connection.execute("select retired_at from reg.token_key where key = %s", [key]).fetchone()
        if known and known[0]:
            raise Refused("This token key was retired", guard="live_key", where=f"on {known[0]:%Y-%m-%d}",
                          do="Put the present key in its place, or make a new one and run `sitereg upgrade`.")
        if not known:
            connection.execute("insert into reg.token_key (id, key)"
                               " select coalesce(max(id), 0) + 1, %s from reg.token_key", [key])
