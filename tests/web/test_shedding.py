"""The gate: so many inside, so many before it, everybody else told at once; a place is free again however an answer ends."""
import threading
import time

import pytest
from werkzeug.test import Client

from sitereg.store import pools
from web.shedding import PATIENCE, Gate


class Slow:
    """An application that answers as it is let."""

    def __init__(self):
        self.go, self.inside, self.most, self.lock = threading.Event(), 0, 0, threading.Lock()

    def __call__(self, environ, start_response):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.go.wait(10)
        with self.lock:
            self.inside -= 1
        if environ["PATH_INFO"] == "/fails":
            raise ValueError
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"one", b"two"]


def asking(gate, many, path="/"):
    told = []

    def ask():
        began = time.monotonic()
        answer = Client(gate).get(path)
        told.append((answer.status_code, time.monotonic() - began, answer.text))

    threads = [threading.Thread(target=ask) for _ in range(many)]
    for one in threads:
        one.start()
    return told, threads


def test_ten_times_as_many_are_told_within_a_second_and_those_inside_are_answered():
    app = Slow()
    gate = Gate(app, active=3, waiting=4, seconds=20)
    told, threads = asking(gate, 70)
    for _ in range(500):
        if len(told) == 63:
            break
        time.sleep(0.02)
    assert sorted({status for status, _, _ in told}) == [503] and len(told) == 63 == gate.shed
    assert max(took for _, took, _ in told) < 1
    app.go.set()
    for one in threads:
        one.join(5)
    assert sorted(status for status, _, _ in told) == [200] * 7 + [503] * 63
    assert app.most <= 3
    assert Client(gate).get("/").data == b"onetwo"  # normal again


def test_whoever_waits_is_let_in_as_somebody_leaves():
    app = Slow()
    gate = Gate(app, active=1, waiting=3, seconds=5)
    told, threads = asking(gate, 4)
    app.go.set()
    for one in threads:
        one.join(5)
    assert [status for status, _, _ in told] == [200] * 4


def test_a_slow_reader_of_an_answer_that_is_made_holds_no_place():
    def made(environ, start_response):
        start_response("200 OK", [("Content-Length", "3")])
        return [b"one"]

    gate = Gate(made, active=1, waiting=0)
    held = [gate({"PATH_INFO": "/"}, lambda *_told: None) for _ in range(3)]  # nobody has read them, nor closed them
    assert held == [[b"one"]] * 3 and gate.inside == 0 == gate.shed


def test_whoever_came_first_goes_first_and_one_who_waited_too_long_holds_no_place():
    order, app = [], Slow()
    gate = Gate(lambda environ, start: (order.append(environ["PATH_INFO"]), app(environ, start))[1], active=1, waiting=3, seconds=5)
    assert gate.entered()  # somebody is inside
    threads = []
    for path in ("/first", "/second", "/third"):
        threads += asking(gate, 1, path)[1]
        while len(gate.before) < len(threads):
            time.sleep(0.001)
    gate.seconds = 0.01
    assert not gate.entered() and len(gate.before) == 3  # no room before the gate
    app.go.set()
    gate.leave()
    for one in threads:
        one.join(5)
    assert order == ["/first", "/second", "/third"] and gate.inside == 0
    assert gate.entered() and not gate.entered() and not gate.before  # waited its time in vain


def test_the_answer_says_it_in_both_languages_and_is_closed():
    gate = Gate(Slow(), active=0, waiting=0)
    answer = Client(gate).get("/sites")
    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (503, "2", "private, no-store")
    assert "Too many are asking at once. Try again" in answer.text and "الطلبات" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_static_files_pass():
    app = Slow()
    app.go.set()
    assert Client(Gate(app, active=0, waiting=0)).get("/static/x/site.css").status_code == 200


@pytest.mark.parametrize("how", ["read", "closed unread", "forgotten", "failed"])
def test_a_place_is_free_again_however_an_answer_ends(how):
    app = Slow()
    app.go.set()
    gate = Gate(app, active=1, waiting=0)
    if how == "failed":
        with pytest.raises(ValueError):
            Client(gate).get("/fails")
    else:
        parts = gate({"PATH_INFO": "/"}, lambda *_: None)
        assert gate.inside == 1
        if how == "read":
            assert list(parts) == [b"one", b"two"]
        elif how == "closed unread":
            parts.close()
        del parts
    assert gate.inside == 0


def test_whoever_is_turned_away_before_the_gate_gets_the_same_answer_and_is_counted():
    app, counted = Slow(), []
    gate = Gate(app, active=1, waiting=0, told=lambda: counted.append(1))
    told, threads = asking(gate, 1)
    while not gate.inside:
        time.sleep(0.01)
    at_the_gate = Client(gate).get("/")
    head, _blank, words = gate.refusal().partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == f"HTTP/1.1 {at_the_gate.status}" and words == at_the_gate.data
    assert set(lines[1:]) == {f"{name}: {value}" for name, value in at_the_gate.headers.items()} | {"Connection: close"}
    assert gate.refusal(head=True) == head + b"\r\n\r\n"
    assert gate.shed == len(counted) == 3
    app.go.set()
    threads[0].join(5)
    assert told[0][0] == 200


def test_what_one_request_waits_for_connections_is_bounded_and_the_next_begins_anew():
    left = []

    def app(environ, start_response):
        left.append(pools.WAITED.left)
        pools.WAITED.left -= 3
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    gate = Gate(app)
    for _ in range(2):
        assert Client(gate).get("/").status_code == 200
        assert getattr(pools.WAITED, "left", None) is None
    assert left == [PATIENCE, PATIENCE] and PATIENCE < 4
