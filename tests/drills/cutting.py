"""A line to the database that can be cut: a proxy of our own, on TCP, as between two machines."""
import contextlib
import socket
import struct
import threading
from dataclasses import replace


class Line:
    """Bytes go between clients of a port of this machine and the database's socket, until `mode` says otherwise.

    mode: open; cut (every connection is ended, none is accepted); silent (accepted, and nothing is ever answered).
    at_commit: before, after: the line is cut as a COMMIT comes by, before it is handed on, or before its answer is.
    after: so many bytes, of both ways together, still go through; then it is cut in the middle of a message (None: never).
    hard: it is cut by a reset, as a router does it that forgot the connection; else it is ended in order.
    """

    def __init__(self, settings):
        self.to = str(settings.run / ".s.PGSQL.5432")
        self.mode, self.at_commit, self.held = "open", None, []
        self.swallow, self.hard, self.after, self.counting = False, False, None, threading.Lock()
        self.server = socket.create_server(("127.0.0.1", 0), backlog=64)
        port = self.server.getsockname()[1]
        self.settings = replace(settings, database_url=f"postgresql://sr_web@127.0.0.1:{port}/{settings.database}?sslmode=disable")
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.server.accept()
                if self.mode == "cut":
                    client.close()
                    continue
                self.held.append(client)
                if self.mode == "open":
                    other = socket.socket(socket.AF_UNIX)
                    other.connect(self.to)
                    self.held.append(other)
                    for one, two, ours in ((client, other, True), (other, client, False)):
                        threading.Thread(target=self.carry, args=(one, two, ours), daemon=True).start()

    def carry(self, one, two, ours):
        with contextlib.suppress(OSError):
            while block := one.recv(65536):
                through, last = self.left(len(block))
                if last:
                    two.sendall(block[:through])
                    self.cut()
                    return
                if ours and self.at_commit and b"COMMIT" in block:
                    when, self.at_commit = self.at_commit, None
                    self.swallow = when == "after"
                    if when == "before":
                        self.cut()
                        return
                elif self.swallow:
                    self.cut()
                    return
                two.sendall(block)
        for end in (one, two):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def left(self, wanted):
        """(how many of so many bytes still go through, whether the line is to be cut after them)."""
        with self.counting:
            if self.after is None:
                return wanted, False
            through = min(wanted, self.after)
            self.after -= through
            if through < wanted:
                self.mode, self.after = "cut", None
            return through, through < wanted

    def cut(self):
        """Nobody is connected any more, and nobody will be."""
        with self.counting:
            self.mode, self.swallow, self.after = "cut", False, None
            held, self.held = self.held, []
        for one in held:
            with contextlib.suppress(OSError):
                if self.hard and one.family == socket.AF_INET:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    one.shutdown(socket.SHUT_RD)
                    one.close()
                else:
                    one.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.cut()
        self.server.close()
