"""The only ways to the database: `reading` and `acting`, one transaction each, with the one who asks announced in it.

A session calls functions of schema api by name and nothing else; SQLSTATEs become sitereg errors here, in one place.
"""
import hmac
import re
import select
import threading
import time
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb as Json
from psycopg_pool import PoolTimeout

from sitereg import errors, vocab
from sitereg.actors import Actor
from sitereg.store import cluster
from sitereg.store.pools import Pool

__all__ = ["Json", "Session", "acting", "close", "pool", "reading", "token", "unannounced", "unasked"]

NAME = re.compile(r"[a-z][a-z0-9_]*")
TOKEN_SECONDS = 900
IDLE = 60  # seconds after which one connection that nobody needed meanwhile is closed
UNHURRIED = "set local statement_timeout = '15min'; set local idle_in_transaction_session_timeout = '15min'"


class Session:
    """One open transaction of one announced account; made by `reading` and `acting` only.

    me: what that account may know of itself (the row of api.self, and `synthetic`: whether all of this registry is), as it was
    found when it was announced.
    """

    def __init__(self, connection, settings, actor, me=None):
        self.connection, self.settings, self.actor, self.me = connection, settings, actor, me
        self.renew_at = float("inf")

    def rows(self, function, **args):
        """All rows that api.<function> answers, as dicts; `args` are its parameters without their p_."""
        if time.monotonic() >= self.renew_at:
            self.renew()
        with translated(), self.connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(calling(function, args), args)
            return cursor.fetchall()

    def one(self, function, **args):
        """The single row of api.<function>; raises NotFound where there is none."""
        found = self.rows(function, **args)
        if not found:
            raise errors.NotFound
        return found[0]

    def value(self, function, **args):
        """The single value of api.<function>, or None."""
        found = self.rows(function, **args)
        return next(iter(found[0].values())) if found else None

    def call(self, function, **args):
        """api.<function> has run; its value, if it has one."""
        return self.value(function, **args)

    def call_patiently(self, function, **args):
        """As `call`, with 15 minutes for it: an act that concerns a large part of the registry is carried to its end."""
        with translated():
            self.connection.execute("set local statement_timeout = '15min'")
        return self.call(function, **args)

    @contextmanager
    def streamed(self, function, **args):
        """The rows of api.<function> in COPY's binary format: ([(column, type oid)], messages as they come, one a row).

        A whole frame may take longer than a page: this transaction gets 15 minutes for each statement."""
        with translated(), self.connection.cursor() as cursor:
            cursor.execute(UNHURRIED)
            cursor.execute(sql.SQL("select * from ({}) q limit 0").format(calling(function, args)), args)
            columns = [(column.name, column.type_code) for column in cursor.description]
            literal = sql.SQL("copy ({}) to stdout (format binary)").format(calling(function, args, literal=True))
            with cursor.copy(literal) as copy:
                yield columns, copy

    def unhurried(self):
        """Each statement of this transaction, and each pause between two, may take 15 minutes, and the whole as long as
        it must: for what nobody waits at a page for. Answers the session."""
        self.connection.execute(UNHURRIED)
        self.renew_at = time.monotonic() + TOKEN_SECONDS / 3
        return self

    def renew(self):
        """Who asks is announced anew, before the first announcement is too old; raises Denied if he may not ask any more."""
        with translated():
            announce(self.connection, self.settings, self.actor)
        self.renew_at = time.monotonic() + TOKEN_SECONDS / 3

    @contextmanager
    def savepoint(self):
        """What the block does holds or is undone as a whole, without ending the transaction."""
        with translated(), self.connection.transaction():
            yield self

    @contextmanager
    def tried(self):
        """What the block does is undone as it ends; what was read within stays with whoever read it."""
        with translated(), self.connection.transaction(force_rollback=True):
            yield self


def calling(function, args, *, literal=False):
    """`select * from api.function(p_a => %(a)s, ...)`, the names checked, the values bound (or quoted as literals)."""
    for name in (function, *args):
        if not NAME.fullmatch(name):
            raise errors.BadInput("That is no name of a function or parameter", where=name)
    held = sql.Literal if literal else None
    parts = [sql.SQL("{} => {}").format(sql.Identifier(f"p_{name}"), held(value) if held else sql.Placeholder(name))
             for name, value in args.items()]
    return sql.SQL("select * from api.{}({})").format(sql.Identifier(function), sql.SQL(", ").join(parts))


@contextmanager
def translated():
    """Errors of the driver leave the block as errors of sitereg."""
    try:
        yield
    except PoolTimeout as error:
        raise errors.Unavailable("The database does not answer") from error
    except psycopg.Error as error:
        diagnosis = error.diag
        ours = errors.from_sqlstate(error.sqlstate or "08006", diagnosis.message_primary or "",
                                    diagnosis.message_detail, diagnosis.message_hint)
        raise advised(ours) from error


def advised(error):
    """The error; where a word is no term of a vocabulary it says which terms may be meant."""
    for one in getattr(error, "problems", ()):
        if isinstance(one, dict) and one.get("scheme") in vocab.SCHEMES and not error.do:
            error.do = vocab.choices(one["scheme"], one.get("value") or "")
    return error


POOLS = {}
MAKING = threading.Lock()


def pool(conninfo, make=None):
    """The one pool of connections to `conninfo` that `make` makes, whoever asks first. What is said in one of the transactions here
    is forgotten as it returns (`lent`)."""
    make = make or made
    found = POOLS.get((conninfo, make))
    if found is None:
        with MAKING:
            found = POOLS.get((conninfo, make))
            if found is None:
                found = POOLS[conninfo, make] = make(conninfo)
    return found


def close():
    """No connection is kept any more: for a process that ends, or a database that is dropped."""
    with MAKING:
        ended = [POOLS.pop(one) for one in list(POOLS)]
    for one in ended:
        one.close()


def made(conninfo):
    return Pool(conninfo, min_size=1, max_size=16, max_idle=IDLE, open=True, timeout=4, check=living,
                kwargs={"autocommit": False, "application_name": "sitereg"})


def living(connection):
    """A connection on which something came while nobody asked is asked whether it lives before it is handed out: mostly its end."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        Pool.check_connection(connection)


@contextmanager
def lent(conninfo):
    """A connection of the pool while the block runs; before it returns all that was said in it is forgotten, here and not by a
    thread of the pool's, which would cost two more turns of the interpreter. One that cannot be forgotten is closed."""
    lender = pool(conninfo)
    with lender.connection() as connection:
        try:
            yield connection
        finally:
            try:
                forget(connection)
            except psycopg.Error:
                connection.close()


FORGET = ("reset all; set session authorization default; reset role; close all; unlisten *; select pg_advisory_unlock_all();"
          " discard temp; discard sequences")


def forget(connection):
    """Nothing that was said in the session stays; plans do (DISCARD ALL would drop statements that the driver counts on)."""
    connection.rollback()
    connection.autocommit = True
    connection.execute(FORGET)
    connection.autocommit = False


def token(key, account, how, request, pid, *, now=None):
    """The signed announcement of the account named `account` for the backend `pid`, good for 15 minutes."""
    said = f"{account}|{how}|{clean(request)}|{int((now or time.time()) + TOKEN_SECONDS)}|{pid}"
    return f"{said}|{hmac.new(key, said.encode(), 'sha256').hexdigest()}"


def mark(key, account, pid):
    """What the connection is called while that account asks: api._mark, by which the keeper knows whose transaction it is."""
    return f"sitereg {hmac.new(key, f'{account}|{pid}'.encode(), 'sha256').hexdigest()[:24]}"


def clean(request):
    return re.sub(r"[^A-Za-z0-9-]", "", request or "")[:64]


def announce(connection, settings, actor, *, read_only=False):
    """The transaction knows who asks, and writes nothing from then on if it is `read_only`; answers what that account may know of
    itself; raises Denied if it may not ask at all.

    Nobody is answered while an agreement is past its last day and what rests on it still stands: that is carried out first."""
    key, pid = settings.token_key(), connection.info.backend_pid
    said = [token(key, actor.account, actor.how, actor.request, pid), mark(key, actor.account, pid)]
    if me := known(connection, said, read_only):
        return me
    if connection.execute("select api.agreement_due()").fetchone()[0]:
        connection.execute("set local statement_timeout = '15min'")
        if not known(connection, [token(key, "keeper", "system", actor.request, pid), said[1]]):
            raise errors.Unavailable("An agreement has seen its last day, and the keeper may not carry that out",
                                     do="The account named keeper needs a clearance: until then nobody is answered.")
        connection.execute("select api.lapse_agreements()")
        connection.execute("set local statement_timeout to default")
        if me := known(connection, said, read_only):
            return me
    raise errors.Denied("This account may not ask", where=actor.account,
                        do="Ask whoever keeps the accounts: it may be unknown, frozen or its clearance over.")


KNOWN = """
  select k.*, case when %s then set_config('transaction_read_only', 'on', true) end as read_only
  from (select set_config('sitereg.tok', %s, true), set_config('application_name', %s, true) offset 0) s
  cross join lateral (select m.*, api.is_demo() as synthetic from api.self() m where s is not null offset 0) k"""
"""One turn to the database in place of five: announced first, then looked up, and read-only once it is somebody."""


def known(connection, said, read_only=False):
    """What the one whose token and mark these are may know of himself, if the database answers him from now on; else None."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(KNOWN, [read_only, *said]).fetchone()


@contextmanager
def transaction(settings, actor, *, read_only, role="sr_web"):
    """One transaction of `actor`: committed as the block ends, rolled back as it raises."""
    with translated(), lent(cluster.dsn(settings, role)) as connection, connection.transaction():
        me = announce(connection, settings, actor, read_only=read_only)
        yield Session(connection, settings, actor, me)


def unannounced(settings, function, **args):
    """The value of a function that is asked before anybody is known: what a token opens."""
    with translated(), lent(cluster.dsn(settings, "sr_web")) as connection, connection.transaction():
        return Session(connection, settings, None).value(function, **args)


def unasked(settings):
    """A transaction of the keeper itself, under nobody else's rights."""
    return transaction(settings, Actor("keeper", "system"), read_only=False, role="sr_keeper")


def reading(settings, actor):
    """A read-only transaction: nothing can be written in it, whatever is called."""
    return transaction(settings, actor, read_only=True)


def acting(settings, actor):
    """A transaction that commits as the block ends and rolls back as it raises."""
    return transaction(settings, actor, read_only=False)
