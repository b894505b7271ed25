"""Each benchmark runs at a tiny size; its own comparison with the peer holds, and notices where the two differ. Those that fill a
registry of their own are drills: `make bench` compares them at full size each time."""
import json
import re
import sys

import geopandas
import numpy
import pytest

from bench import (
    access,
    claims15m,
    crossing,
    faces_fill,
    frames,
    importing,
    joins,
    linking,
    measure,
    mvt,
    nearby,
    run,
    tiles,
    twins,
    verifying,
)
from bench.ground import FIELD, ground, points


@pytest.fixture(autouse=True)
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(measure, "RESULTS", tmp_path)
    return tmp_path


def names(table):
    return [row["name"] for row in table.rows]


def test_joins_equal_the_geodesic_pairs(results):
    table = joins.run(1500, 200, repeats=1)
    assert [row["ratio"] is not None and row["median"] > 0 for row in table.rows] == [True] * 4
    kept = json.loads((results / "joins.json").read_text())
    assert kept["rows"] == table.rows and kept["sizes"] == {"events": 1500, "sites": 200, "km": 5}


def test_joins_notice_a_missing_pair(monkeypatch):
    true = joins.joins.within
    monkeypatch.setattr(joins.joins, "within", lambda *a, **more: true(*a, **more).iloc[1:])
    with pytest.raises(AssertionError, match="pairs"):
        joins.run(1500, 200, repeats=1, keep=False)


@pytest.mark.db
@pytest.mark.drill
@pytest.mark.timeout(900)
def test_tiles_hold_the_same_sites():
    table = tiles.run(9000, repeats=1, mix={5: 1, 7: 2, 9: 2, 11: 3, 13: 2}, keep=False)
    assert "clusters" in table.notes[0] and not table.notes[0].startswith("0 of")
    assert [row["met"] for row in table.rows if row["name"].startswith("largest tile")] == [True, True, True]


def test_a_tile_that_lacks_a_site_is_noticed(monkeypatch):
    held = {"mine": [{"c": "SYS-2", "n": 1}], "theirs": [{"c": "SYS-2"}, {"c": "SYS-3"}]}
    monkeypatch.setattr(tiles, "attributes", lambda which: {"sites": held[which]})
    with pytest.raises(AssertionError, match="1 and 2 sites"):
        tiles.compare(None, (11, 1, 1), "mine", "theirs")


@pytest.mark.db
@pytest.mark.drill
@pytest.mark.timeout(900)
def test_frames_equal_read_postgis():
    table = frames.run(600, repeats=1, keep=False)
    assert names(table)[2:4] == ["events.frame", "events: read_postgis of the bare table"]


def test_frames_that_differ_are_noticed():
    lon, lat = points(4)
    mine = geopandas.GeoDataFrame({"id": list("abcd"), "kind": "x", "shown_as": "exact", "uncertainty_m": 1.0, "lon": lon, "lat": lat},
                                  geometry=geopandas.points_from_xy(lon, lat), crs=4326)
    frames.equal(mine, mine)
    with pytest.raises(AssertionError):
        frames.equal(mine, mine.assign(geometry=mine.geometry.translate(1e-9).array))
    with pytest.raises(AssertionError):
        frames.equal(mine, mine.assign(uncertainty_m=2.0))


@pytest.mark.db
@pytest.mark.drill
@pytest.mark.timeout(900)
def test_access_answers_as_many_rows_as_the_bare_query(monkeypatch):
    monkeypatch.setattr(access, "EVENTS", 100)
    table = access.run(400, repeats=1, keep=False)
    assert len(table.rows) == 12 and all(row["ratio"] > 0 for row in table.rows)


def test_twins_that_take_their_time_are_told_apart():
    table = measure.Table("twins", "Title", {})
    work = lambda n: sum(range(n))  # noqa: E731
    assert twins.row(table, "slower", [lambda: work(20_000), lambda: work(60_000)], [list, list], 20)
    assert not table.rows[0]["met"] and table.rows[0]["ratio"] > 1.1


@pytest.mark.db
@pytest.mark.timeout(900)
def test_importing_gives_the_claims_that_are_copied(tmp_path):
    table = importing.run(60, data=tmp_path, keep=False)
    assert len(table.notes) == len(importing.REAL)
    assert re.fullmatch("made up, 60 rows: COPY of its 3[0-9]{2} claims", names(table)[0]) and "made up, 60 rows: import end to end" in names(table)[1:]


@pytest.mark.db
@pytest.mark.drill
@pytest.mark.timeout(900)
def test_many_claims_are_those_the_registry_would_have_written():
    table = claims15m.run(6000, sites=60, persons_resolved=40, repeats={"page": 5, "box": 1, "batch": 1, "one": 2}, keep=False,
                          say=lambda *a, **b: None)
    assert table.sizes["claims"] == 6000 and table.sizes["persons resolved"] == 40
    assert [row["name"] for row in table.rows if "under access" in row["name"]] == ["30 boxes, list, under access rules",
                                                                                  "30 boxes, count, under access rules"]


@pytest.mark.db
@pytest.mark.timeout(900)
def test_filled_sites_are_seen_by_those_who_may():
    with ground() as made:
        with made.dba() as raw:
            faces_fill.sites(raw, 50)
        with made.reading(FIELD) as session:
            assert session.value("site_count") == 50


def test_points_repeat_and_lie_in_the_land():
    assert all(numpy.array_equal(a, b) for a, b in zip(points(100), points(100), strict=True))
    lon, lat = points(5000)
    assert lon.min() >= 35.9 and lon.max() <= 41.5 and lat.min() >= 32.6 and lat.max() <= 36.6


def test_a_tile_is_read():
    one = bytes.fromhex("1a") + bytes([23]) + b"\x0a\x01s" + b"\x12\x04\x12\x02\x00\x00" + b"\x1a\x01n" + b"\x22\x02\x28\x05" + b"\x28\x80\x20" + b"\x78\x02"
    assert mvt.attributes(one) == {"s": [{"n": 5}]} and mvt.attributes(None) == {}


def test_percentiles_and_tables():
    assert measure.percentile([3, 1, 2], 95) == 3 and measure.percentile([1, 2, 3, 4], 50) == 2
    table = measure.Table("x", "Title", {"rows": 1000})
    table.add("one", measure.Timing([0.001, 0.002, 0.004], 0.5, 10), unit="ms", ratio=1.5, target="<= 1", met=False)
    assert "rows 1,000" in table.text() and "2 ms" in table.text() and "not met" in table.text()


def test_an_unknown_job_is_refused(capsys):
    assert run.main(["nothing"]) == 1
    assert "There is no such job: nothing" in capsys.readouterr().err


@pytest.mark.db
@pytest.mark.timeout(900)
def test_a_chain_made_in_bulk_is_verified_and_a_changed_row_noticed():
    table = verifying.run(300, keep=False)
    assert names(table)[-2:] == ["plain reading and hashing", "verify"] and table.rows[-1]["met"]


def test_the_engine_is_measured_beside_the_naive_score_that_it_equals(monkeypatch):
    table = linking.run(60, 40, custody=4, naive=4, keep=False)
    assert [row["median"] > 0 for row in table.rows] == [True] * 8
    monkeypatch.setattr(linking.batch, "order", lambda made: linking.score.order(made)[::-1])
    with pytest.raises(AssertionError):
        linking.run(60, 40, naive=4, questions=("held",), keep=False)


def test_a_peer_that_cannot_run_says_why(tmp_path):
    told = nearby.asked([sys.executable, "-c", "raise SystemExit('a module is lacking')"], tmp_path, None, 1, 1)
    assert told == "it could not run: a module is lacking"
    assert nearby.asked([sys.executable, "-c", "print('{\"rows\": 3}')"], tmp_path, None, 1, 1) == {"rows": 3}


def test_best_sites_without_their_peers_say_so(tmp_path):
    assert "The peers are not here" in nearby.run(10, 10, peers=tmp_path, keep=False).notes[0]
    mine = nearby.pandas.DataFrame({"event": [0, 1], "site": [3, 4], "score": [0.5, 0.25]})
    nearby.equal(mine, (mine.event, mine.site, mine.score, 2))
    for other in ((mine.event, mine.site + 1, mine.score, 2), (mine.event, mine.site, mine.score * 1.001, 2), (mine.event[:1], 0, 0, 1)):
        with pytest.raises(AssertionError):
            nearby.equal(mine, other)


def test_lists_are_crossed_better_than_by_hashes_and_the_key_is_what_hides(monkeypatch):
    monkeypatch.setattr(crossing, "WORLDS", crossing.WORLDS[2:3])
    monkeypatch.setattr(crossing, "SCHEMAS", {"encoded": crossing.SCHEMAS["encoded"]})
    table = crossing.run(80, keep=False)
    recall = {row["name"].partition(": ")[2]: float(row["beside"].rpartition("recall ")[2]) for row in table.rows if row["beside"]}
    assert recall["encoded"] > 0.6 > recall["exact hash of its bones (peer)"] >= recall["exact hash of the name as searched (peer)"]
    learnt = {row["name"]: row["median"] for row in table.rows if not row["beside"]}
    assert learnt["encoded: dictionary with the key"] > 90 > 10 > learnt["encoded: dictionary without the key"]


def test_scripting_is_a_task_without_layout_and_painting_of_the_page():
    """Of the page's main thread alone, by its CPU time where the trace tells it; what runs inside another is in it."""
    from bench import pages_seen

    def event(name, ts, dur, cpu=None, pid=1, **more):
        return {"name": name, "ph": "X", "pid": pid, "tid": 1, "ts": ts * 1000, "dur": dur * 1000, **({"tdur": cpu * 1000} if cpu else {}), **more}

    names = [{"name": "thread_name", "ph": "M", "pid": pid, "tid": 1, "ts": 0, "args": {"name": "CrRendererMain"}} for pid in (1, 2)]
    told = pages_seen.tasks([*names, event("RunTask", 0, 300, 120), event("FunctionCall", 10, 80, 40), event("UpdateLayoutTree", 100, 60, 50),
                             event("Layout", 110, 20, 20), event("RunTask", 400, 90), event("Paint", 420, 30), event("RunTask", 0, 900, pid=2),
                             event("RunTask", 900, 250, 101)])
    assert told == (120, 101, 1, 3), "the second task stopped 300 ms for others, and 50 of its 120 were the page's layout"
    assert pages_seen.tasks(names) == (0, 0, 0, 0)


def test_the_most_crowded_place_is_one_where_sites_lie():
    from bench import pages_seen

    lon, lat = pages_seen.densest(3000)
    given = numpy.column_stack([one[:3000] for one in points(4000)])
    near = [((abs(given - (x, y)) < 0.02).all(axis=1)).sum() for x, y in ((lon, lat), *given[::100])]
    assert near[0] == max(near) > 20
