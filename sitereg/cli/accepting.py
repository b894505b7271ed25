"""The process of the web that accepts: nothing that one client does or leaves undone keeps it from the others."""
import contextlib
import re
import selectors
import socket
from functools import partial
from time import monotonic

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

LINE = 24  # requests beyond those that have a thread; whoever comes after them is told at once, by whoever accepts
LINGER = 1.0  # seconds that a client has to close its end, so that it reads the last words
MOST = 16 * 1024
WHOLE = re.compile(rb"(GET|HEAD) (/[^ \r\n]*) HTTP/1\.1\r\n.*\r\n\r\n", re.DOTALL)

__all__ = ["Worker"]


class Worker(ThreadWorker):
    """Gunicorn's threads, with two differences.

    A connection that ends is ended by the thread that answered it: Gunicorn's own waits up to two seconds for the client to
    close its end, and accepts nobody meanwhile. And where more than LINE wait for a thread, whoever only wants to read is turned
    away by the thread that accepts: `refusal` of the gate (web/shedding.py) says with what words.
    """

    at_work = 0

    def handle(self, conn):
        """As Gunicorn's; what is over is closed here."""
        kept = super().handle(conn)
        if kept is False:
            util.close_graceful(conn.sock, timeout=LINGER)
            conn.close = gone
        return kept

    def enqueue_req(self, conn):
        """The request has a thread or waits for one, or was answered; in a crowd one that has not come yet waits for itself."""
        if self.at_work >= self.cfg.threads + LINE:
            told = self.turned_away(conn)
            if told:
                self.nr_conns -= 1
                util.close(conn.sock)
                return
            if told is None and not conn.data_ready:
                conn.timeout = monotonic() + self.cfg.keepalive
                self.pending_conns.append(conn)
                self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))
                return
        self.at_work += 1
        super().enqueue_req(conn)

    def finish_request(self, conn, fs):
        """As Gunicorn's."""
        self.at_work -= 1
        super().finish_request(conn, fs)

    def turned_away(self, conn):
        """Whether the client was told so here: it asks to read, all that it asks is there, and it is no static file. None: nothing
        has come yet."""
        words = getattr(getattr(self.wsgi, "wsgi_app", None), "refusal", None)
        if words is None:
            return False
        if conn.initialized and conn.parser.unreader.buf.getvalue():
            return False  # what it asks was read already, in part
        conn.sock.setblocking(False)
        try:
            asked = WHOLE.fullmatch(conn.sock.recv(MOST, socket.MSG_PEEK))
        except BlockingIOError:
            return None
        except OSError:  # the client is gone: a thread finds out
            return False
        if not asked or asked[2].startswith(b"/static/"):
            return False
        with contextlib.suppress(OSError):
            conn.sock.recv(MOST)
            conn.sock.sendall(words(head=asked[1] == b"HEAD"))
        return True


def gone(graceful=False):
    """It was closed where it was answered."""
