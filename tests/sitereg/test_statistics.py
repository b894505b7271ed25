"""Published counts: small ones hidden, and nothing that is shown gives one back, which an attacker's arithmetic is asked; two persons; fixed."""
import random
import threading

import numpy
import pytest

from sitereg import errors, statistics, suppression
from sitereg.actors import Actor
from sitereg.store import session as store
from tests import given


@pytest.mark.parametrize("seed", range(12))
def test_no_sum_gives_a_small_count_back(seed):
    dice = random.Random(seed)
    rows, columns = dice.randint(2, 6), dice.randint(2, 5)
    counts = [[dice.choice([0, 0, 1, 2, 3, 4, 5, 7, 9, 14, 30, 60]) for _ in range(columns)] for _ in range(rows)]
    table = suppression.suppressed(counts)
    whole = suppression.margins(numpy.array(counts))
    hidden = numpy.array([[one is None for one in row] for row in table])
    small = (whole > 0) & (whole < suppression.LEAST)
    assert (hidden[small]).all() and all(table[r][c] == whole[r, c] for r, c in zip(*numpy.nonzero(~hidden), strict=True))
    for cell in zip(*numpy.nonzero(small), strict=True):
        least, most = suppression.interval(whole, hidden, cell)
        assert most - least >= suppression.LEAST or (hidden[:, cell[1]].all() and hidden[cell[0]].all()), (counts, table, cell)


def test_one_small_count_alone_is_hidden_with_others_beside_it():
    table = suppression.suppressed([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    assert table[0][0] is None and sum(one is None for one in table[0]) >= 2 and sum(row[0] is None for row in table) >= 2
    assert suppression.suppressed([[10, 20], [30, 0]]) == [[10, 20, 30], [30, 0, 30], [40, 20, 60]]


@pytest.mark.db
def test_a_release_is_agreed_by_a_second_person_and_fixed(registry):
    for at in range(7):
        given.site(registry, given.kind("court"), given.place(36.2 + at / 100, 33.2))
    given.site(registry, given.kind("prison_military"), given.place(36.5, 33.5))
    made = statistics.propose(registry, "Sites, November")
    rows = statistics.listed(registry, published=False)[0]["rows"]
    assert all(row["sites"] is None or row["sites"] == 0 or row["sites"] >= 5 for row in rows) and statistics.listed(registry) == []
    with pytest.raises(errors.Denied):
        statistics.settle(registry, made, "published", why="mine")
    with registry.as_("releaser"):
        own = statistics.propose(registry, "Mine")
        with pytest.raises(errors.Refused) as refused:
            statistics.settle(registry, own, "published", why="mine")
        assert refused.value.guard == "four_eyes"
        statistics.settle(registry, made, "published", why="looked at")
    given.site(registry, given.kind("court"), given.place(36.3, 33.3))
    assert [one["rows"] for one in statistics.listed(registry)] == [rows]
    with registry.as_("releaser2"):
        with pytest.raises(errors.Refused) as refused:
            statistics.settle(registry, own, "published", why="again")
        assert refused.value.guard == "too_soon"
        statistics.settle(registry, made, "withdrawn", why="a mistake")
        with pytest.raises(errors.Conflict):
            statistics.settle(registry, made, "published", why="again")
    assert statistics.listed(registry) == []
    for row in ({"sites": 3}, {"sites": "3"}, {"sites": [3]}, {"sites": None, "count": 3}, {"sites": None, "where": "36.1, 33.1"}, 3):
        with pytest.raises(errors.BadInput):
            registry.call("statistic_propose", title="x", rows=given.registry_json([{"adm1": "SY01", "group": "burial", **row} if isinstance(row, dict) else row]))


@pytest.mark.db
def test_of_two_releases_that_are_agreed_at_once_one_is_too_soon(committed):
    def acting(name):
        return store.acting(committed, Actor(name, "local", "test"))

    said, rows = [], given.registry_json([{"adm1": "SY01", "group": "burial", "sites": None}])
    with acting("worker") as session:
        first, second = (session.call("statistic_propose", title=title, rows=rows) for title in ("One", "Two"))

    def agree():
        try:
            with acting("releaser2") as session:
                statistics.settle(session, second, "published", why="looked at")
        except errors.Refused as refused:
            said.append(refused.guard)

    other = threading.Thread(target=agree)
    with acting("releaser") as session:
        statistics.settle(session, first, "published", why="looked at")
        other.start()
        other.join(0.5)
    other.join(20)
    with acting("worker") as session:
        assert said == ["too_soon"] and [one["id"] for one in statistics.listed(session)] == [first]


@pytest.mark.db
def test_a_number_that_is_not_what_is_counted_is_refused(registry):
    for at in range(7):
        given.site(registry, given.kind("court"), given.place(36.2 + at / 100, 33.2))
    rows = statistics.counted(registry)
    assert [row["sites"] for row in rows if row["adm1"] == "SY01"] == [7, 7]
    for wrong in ({**rows[0], "sites": 8}, {**rows[0], "group": "a word", "sites": 20}):
        with pytest.raises(errors.Refused) as refused, registry.savepoint():
            registry.call("statistic_propose", title="x", rows=statistics.Json([wrong, *rows[1:]]))
        assert refused.value.guard == "counts"
    assert statistics.propose(registry, "as counted")


def test_a_workbook_is_the_same_bytes_whenever_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(statistics, "told", lambda *_: [["governorate", "sites"], ["Homs", 12]])
    made = []
    for year in (2026, 2027):
        monkeypatch.setattr("time.time", lambda year=year: (year - 1970) * 31_557_600.0)
        made.append(statistics.as_xlsx({}, {}))
    assert made[0] == made[1]
