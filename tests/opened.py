"""The session that most tests work in: one outer transaction, rolled back, in which anybody may be the one who asks."""
from contextlib import contextmanager

from sitereg.actors import Actor
from sitereg.store import session as store


class Registry(store.Session):
    """A session inside the test's outer transaction; `as_` makes another account the one who asks for a block."""

    def rows(self, function, **args):
        """As in a session, but a refusal leaves the test's transaction usable."""
        with self.savepoint():
            return super().rows(function, **args)

    @contextmanager
    def as_(self, name):
        before = self.actor
        self.become(name)
        try:
            yield self
        finally:
            self.become(before.account)

    def become(self, name):
        self.actor = Actor(name, "local", "test")
        with store.translated():
            self.connection.execute("select set_config('sitereg.tok', '', true)")
            store.announce(self.connection, self.settings, self.actor)

    @contextmanager
    def dba(self):
        """The superuser's connection to the same transaction: for arranging and for looking underneath."""
        self.connection.execute("reset role")
        try:
            yield self.connection
        finally:
            self.connection.execute("set role sr_web")
