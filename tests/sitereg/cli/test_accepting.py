"""Whoever accepts is kept from it by nobody: not by a client that does not close its end, nor by a crowd."""
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

PROGRAM = """
import sys
from gunicorn.app.base import BaseApplication
from sitereg.cli.accepting import Worker

class Gate:
    def refusal(self, *, head=False):
        return b"HTTP/1.1 503 SERVICE UNAVAILABLE\\r\\nConnection: close\\r\\nContent-Length: 3\\r\\n\\r\\n" + (b"" if head else b"all")

    def __call__(self, environ, start_response):
        start_response("200 OK", [("Content-Length", "4")])
        return [b"well"]

class App:
    wsgi_app = Gate()
    def __call__(self, *asked):
        return self.wsgi_app(*asked)

class Server(BaseApplication):
    def load_config(self):
        for key, value in {"bind": "127.0.0.1:" + PORT, "workers": 1, "worker_class": Worker, "threads": 6}.items():
            self.cfg.set(key, value)
    def load(self):
        return App()

PORT = sys.argv.pop()
Server().run()
"""
HEAD = "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n"
ASKED = "GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")  # where Gunicorn has files of its own
    with socket.create_server(("127.0.0.1", 0)) as one:
        free = one.getsockname()[1]
    child = subprocess.Popen([sys.executable, "-c", PROGRAM, str(free)], stderr=subprocess.DEVNULL, env={**os.environ, "HOME": str(home)})
    for _ in range(300):
        with contextlib.suppress(OSError), closing(sent(free, "/")) as one:
            if b"200 OK" in one.recv(4096):
                break
        time.sleep(0.1)
    yield free
    child.send_signal(signal.SIGTERM)
    child.wait(30)


def sent(port, path, more="", method=None):
    one = socket.create_connection(("127.0.0.1", port), timeout=20)
    one.sendall((method or ASKED.format(path, more)).encode())
    return one


def test_a_client_that_does_not_close_its_end_keeps_nobody_waiting(port):
    """Four of them; Gunicorn's own waits two seconds for each, one after the other, and accepts nobody meanwhile."""
    held = [sent(port, "/", "Connection: close\r\n") for _ in range(4)]
    assert all(one.recv(4096) for one in held)
    began = time.monotonic()
    with closing(sent(port, "/")) as one:
        assert b"200 OK" in one.recv(4096)
    assert time.monotonic() - began < 1.5
    for one in held:
        one.close()


def test_in_a_crowd_whoever_wants_to_read_is_told_by_whoever_accepts(port):
    """Its threads are all taken and a line waits for them: by requests that were begun and not finished."""
    begun = [sent(port, "", method="GET / HTTP/1.1\r\nHost: local") for _ in range(6 + 24)]
    time.sleep(0.5)
    told, lock = [], threading.Lock()

    def ask(path, method):
        began = time.monotonic()
        with closing(sent(port, path, method=method)) as one:
            parts = b""
            while block := one.recv(4096):
                parts += block
        with lock:
            told.append((parts, time.monotonic() - began))

    threads = [threading.Thread(target=ask, args=given) for given in 20 * [("/", None)] + [("", "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")]]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert {parts.split(b"\r\n")[0] for parts, _ in told} == {b"HTTP/1.1 503 SERVICE UNAVAILABLE"} and len(told) == 21
    assert sorted(parts.endswith(b"\r\n\r\n") for parts, _ in told) == [False] * 20 + [True], "a HEAD has no words"
    assert max(took for _, took in told) < 2
    written = sent(port, "", method="POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx")
    static = sent(port, "/static/x.js")
    for one in begun:
        one.close()
    for one in (written, static):
        assert b"200 OK" in one.recv(4096), "what writes, and files, wait for a thread"
        one.close()
