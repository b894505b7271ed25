"""Work done ahead of whoever waits for it: in order, not far ahead, and ended with him."""
import threading
import time

import pytest

from sitereg.imports.ahead import ahead


def counting(made, upto=100):
    for n in range(upto):
        made.append(n)
        yield n


def drafting():
    return [one for one in threading.enumerate() if one.name == "drafting"]


def test_all_comes_in_its_order_and_little_is_made_in_advance():
    made, got = [], []
    for n in ahead(counting(made), depth=2):
        got.append(n)
        assert len(made) <= n + 5  # two lie ready, one is in the hand, one is being made
    assert got == list(range(100)) and not drafting()


def test_the_next_is_made_while_one_works_with_this():
    made = []
    going = ahead(counting(made, 3), depth=2)
    next(going)
    until = time.monotonic() + 5
    while len(made) < 3 and time.monotonic() < until:
        time.sleep(0.01)
    assert made == [0, 1, 2] and list(going) == [1, 2]


def test_what_is_raised_is_raised_where_it_is_waited_for():
    def broken():
        yield 1
        raise ValueError("row 2")

    going = ahead(broken())
    assert next(going) == 1
    with pytest.raises(ValueError, match="row 2"):
        next(going)
    assert not drafting()


def test_whoever_goes_away_ends_it():
    made = []
    going = ahead(counting(made, 10_000))
    next(going)
    going.close()
    assert not drafting() and len(made) < 10
