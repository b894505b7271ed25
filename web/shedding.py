"""More askers than there is room for are told so at once, so that those inside are answered."""
import threading
from collections import deque

from sitereg.store import pools
from web import language
from web.sentences import N_

ACTIVE, WAITING, SECONDS = 6, 16, 3.0
"""Requests at work in one process, those that may wait for their turn, and for how long. Two processes on two cores answer some 150
a second, so the sixteen that wait are let in within a quarter of a second, and whoever comes after them is told at once; where each
takes long, as pictures of rasters do, one map that asks for many at once is still answered whole (decision 60)."""
PATIENCE = 3.5  # seconds that one request waits for connections in all: it is told within five that the database is away
WORDS = N_("Too many are asking at once"), N_("Try again in a few seconds; nothing was written.")
FULL = "503 SERVICE UNAVAILABLE"
CLOSED = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "X-Content-Type-Options": "nosniff",
          "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cache-Control": "private, no-store", "Retry-After": "2"}


class Answer:
    """The parts of an answer; once they are all sent, or nobody takes them any more, `leave` has been called, once."""

    def __init__(self, parts, leave):
        self.parts, self.more, self.leave = parts, iter(parts), leave

    def __iter__(self):
        return self

    def __next__(self):
        try:
            return next(self.more)
        except BaseException:
            self.over()
            raise

    def close(self):
        """The server is done with it, in whatever way."""
        try:
            getattr(self.parts, "close", lambda: None)()
        finally:
            self.over()

    def over(self):
        """The place is free."""
        leave, self.leave = self.leave, lambda: None
        leave()

    __del__ = over


class Gate:
    """The application `app` behind a gate: at most `active` requests in it, at most `waiting` before it for `seconds`; else 503.

    Who came first goes first. The place of an answer of known length is free once it is made, so whoever reads it slowly holds
    none; one that is made while it is sent holds its place until then. Static files pass: they cost nothing and a page needs many.
    Who is turned away is given an answer that was made beforehand: at ten times the load making it would be most of the work.
    """

    def __init__(self, app, *, active=ACTIVE, waiting=WAITING, seconds=SECONDS, told=None):
        self.app, self.active, self.waiting, self.seconds = app, active, waiting, seconds
        self.inside, self.before, self.turned = 0, deque(), threading.Lock()
        self.shed, self.told = 0, told or (lambda: None)
        arabic = language.catalogue("ar")
        self.words = "\n".join(". ".join(map(say, WORDS)) for say in (str, arabic.gettext)).encode()
        self.closed = [*CLOSED.items(), ("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(self.words)))]

    def __call__(self, environ, start_response):
        if environ.get("PATH_INFO", "").startswith("/static/"):
            return self.app(environ, start_response)
        if not self.entered():
            self.count()
            start_response(FULL, list(self.closed))
            return [] if environ.get("REQUEST_METHOD") == "HEAD" else [self.words]
        made = False

        def start(status, headers, exc_info=None):
            nonlocal made
            made = any(name.lower() == "content-length" for name, _value in headers)
            return start_response(status, headers, exc_info)

        try:
            with pools.patience(PATIENCE):
                parts = self.app(environ, start)
        except BaseException:
            self.leave()
            raise
        if made:
            self.leave()
            return parts
        return Answer(parts, self.leave)

    def count(self):
        """One more was turned away."""
        self.shed += 1
        self.told()

    def refusal(self, *, head=False):
        """The whole answer of one who is turned away before the gate, as bytes, and the end of his connection; he is counted."""
        self.count()
        lines = [f"HTTP/1.1 {FULL}", *(f"{name}: {value}" for name, value in self.closed), "Connection: close", "", ""]
        return "\r\n".join(lines).encode() + (b"" if head else self.words)

    def entered(self):
        """Whether there was room, at once or within `seconds`."""
        with self.turned:
            if self.inside < self.active:
                self.inside += 1
                return True
            if len(self.before) >= self.waiting:
                return False
            turn = threading.Event()
            self.before.append(turn)
        if turn.wait(self.seconds):
            return True
        with self.turned:
            if turn.is_set():  # it came between the end of waiting and here
                return True
            self.before.remove(turn)
            return False

    def leave(self):
        """The request is over, its answer sent or broken off; its place is that of whoever waits longest."""
        with self.turned:
            if self.before:
                self.before.popleft().set()
            else:
                self.inside -= 1
