"""The figures of a load are those of its lines: what was asked, answered, turned away, when it was as before."""
import random

import pytest

from bench import load, load_docs, load_table, measure
from bench.mvt import attributes
from bench.peers_web import same_tile

PHASES = [{"name": "load", "seconds": 10, "rates": {"bbox": 10, "tile": 10}}, {"name": "storm", "seconds": 5, "rates": {}},
          {"name": "after", "seconds": 20, "rates": {}}]


def lines(tmp_path, *more):
    """Ten seconds in which all goes well, each box 100 ms and each tile 50 ms, and `more`."""
    path = tmp_path / "lines"
    well = [f"{n / 10} {name} 200 {ms} {size} 3.5" for n in range(100) for name, ms, size in (("bbox", 100, 900), ("tile", 50, 40_000))]
    path.write_text("\n".join([*well, *more, "# 3.50 35.00"]) + "\n")
    return path


def looks(web=(300,) * 6):
    return [{"at": n * 2, "web_s": n * 1.0, "database_s": n * 0.5, "web_mb": mb, "database_mb": 500} for n, mb in enumerate(web)]


def told(path, imports=(), **seen):
    table = load_table.told(measure.Table("load", "Title", {}), path, PHASES, {"looks": looks(**seen), "imports": list(imports)})
    return {row["name"]: row for row in table.rows}


def test_a_load_that_went_well_meets_its_lines(tmp_path):
    rows = told(lines(tmp_path))
    assert (rows["bbox: 10/s asked, p95"]["median"], rows["bbox: 10/s asked, p95"]["met"]) == (100, True)
    assert rows["bbox: 10/s asked, p95"]["beside"].startswith("10.0/s answered; p50 100, p99 100; 200: 100")
    assert rows["largest tile"]["median"] == 40 and rows["5xx and lost, in the mixed load"]["met"]
    assert rows["CPU of the web in the mixed load"]["median"] == pytest.approx(0.5)
    assert rows["CPU of the askers, storm included"]["median"] == pytest.approx(0.1)


def test_what_went_wrong_is_told(tmp_path):
    slow = [f"{n / 10} bbox 200 900 900 3" for n in range(20)]
    rows = told(lines(tmp_path, *slow, "3.0 tile 500 20 0 3", "3.1 tile 0 30000 0 3", "3.2 tile 200 60 600000 3"), web=(100, 100, 200, 300, 400, 500))
    assert not rows["bbox: 10/s asked, p95"]["met"]
    assert rows["5xx and lost, in the mixed load"]["median"] == 2 and not rows["5xx and lost, in the mixed load"]["met"]
    assert not rows["largest tile"]["met"]
    assert not rows["memory of the web at the end"]["met"] and "+180000 MB an hour" in rows["memory of the web at the end"]["beside"]


def test_the_storm_tells_shares_and_when_it_is_over(tmp_path):
    storm = [f"{10 + n / 20} bbox {status} {ms} 10 700" for n in range(100) for status, ms in ((200, 400), (503, 700))]
    after = [f"{15 + n / 10} bbox {503 if n < 35 else 200} 90 10 3" for n in range(200)]
    rows = told(lines(tmp_path, *storm, *after))
    assert rows["ten times as much, asked"]["beside"].startswith("answered 50%, turned away 50%")
    assert rows["the askers were late at ten times as much, p95"]["median"] == 700
    assert (rows["turned away after, p95"]["median"], rows["turned away after, p95"]["met"]) == (700, True)
    assert (rows["as before again after"]["median"], rows["as before again after"]["met"]) == (4, True)


def test_an_import_is_compared_with_the_map_beside_it(tmp_path):
    busy = [f"{4 + n / 100} tile 200 150 10 3" for n in range(100)]
    done = [{"began": 4, "ended": 5, "rows": 10_000, "state": "done", "seconds": 31.0, "error": None}]
    rows = told(lines(tmp_path, *busy), done)
    assert not rows["import of 10,000 rows: done"]["met"]
    assert (rows["the map's p95 while one imports"]["median"], rows["the map's p95 while one imports"]["met"]) == (150, True)
    slower = [one.replace(" 150 ", " 250 ") for one in busy]
    assert not told(lines(tmp_path, *slower), done)["the map's p95 while one imports"]["met"]


class Counting:
    """A database in which so many sites lie inside every tile."""

    def __init__(self, many):
        self.many = many

    def execute(self, *_given):
        return self

    def fetchone(self):
        return [self.many]


def test_a_site_that_a_tile_lacks_is_noticed(monkeypatch):
    held = {"mine": {"sites": [{"c": "SYS-2", "n": 1}]}, "theirs": {"default": [{"code": "SYS-2"}, {"code": "SYS-3"}]}}
    monkeypatch.setattr("bench.peers_web.attributes", lambda which: held[which])
    with pytest.raises(AssertionError, match="a site is missing"):
        same_tile(Counting(2), (11, 1, 1), "mine", "theirs")
    held["mine"]["sites"].append({"c": "SYS-3", "n": 1})
    same_tile(Counting(2), (11, 1, 1), "mine", "theirs")
    with pytest.raises(AssertionError, match="3 sites"):
        same_tile(Counting(3), (11, 1, 1), "mine", "theirs")
    assert attributes(b"") == {}


def test_what_is_typed_is_the_beginning_of_a_name():
    dice = random.Random(3)
    told = [load.typed(dice, "Talen Cemetery") for _ in range(200)]
    assert all(3 <= len(one) <= 14 for one in told) and len(set(told)) > 20
    assert 0.75 < sum("Talen Cemetery".startswith(one) for one in told) / 200 < 1


def test_the_table_is_written_between_its_lines_and_nowhere_else(tmp_path):
    page, table = tmp_path / "page.md", measure.Table("load", "30 minutes", {"sites": 12_000})
    table.say("tile: 60/s asked, p95", 180.4, unit="ms", target="<= 200 ms", met=True, beside="p50 20")
    page.write_text(f"before\n{load_docs.FIRST}\nold\n{load_docs.LAST}\nafter\n")
    load_docs.write(table, page)
    said = page.read_text()
    assert said.startswith(f"before\n{load_docs.FIRST}\n| 30 minutes") and said.endswith(f"{load_docs.LAST}\nafter\n") and "old" not in said
    assert "| tile: 60/s asked, p95 | 180 ms | <= 200 ms | met; p50 20 |" in said and "12,000 sites" in said
    page.write_text("nothing")
    with pytest.raises(ValueError, match="no lines"):
        load_docs.write(table, page)


def test_the_operations_page_has_the_lines():
    load_docs.write(measure.Table("load", "T", {}), page := Copy(load.OPERATIONS))
    assert page.written.count(load_docs.FIRST) == page.written.count(load_docs.LAST) == 1


class Copy:
    """A page that is read and not written over."""

    def __init__(self, path):
        self.name, self.read_text, self.written = path.name, path.read_text, None

    def write_text(self, text):
        self.written = text
