"""A working copy edited as QGIS edits it: what changed are claims of whoever changed it, the rest says nothing."""
import json
import sqlite3
from contextlib import contextmanager

import geopandas
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from sitereg import edits, sites
from sitereg.cli import main
from sitereg.errors import BadInput, Denied
from tests import given
from tests.sitereg import analysing

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def filled(server):
    with analysing.house(server, "edits") as settings:
        analysing.bind(settings)
        source = analysing.sources(settings)["B"]
        with analysing.as_(settings, "worker")() as session:
            for n in range(4):
                given.site(session, given.kind("prison_central"), given.name(f"Prison {n}"), given.place(36.5 + n / 10, 33.5), source=source)
            drawn = shapely.box(36.2, 33.1, 36.21, 33.11)
            given.site(session, given.kind("archive"), given.name("Archive"), {"predicate": "place", "geom": shapely.to_wkb(drawn, hex=True),
                                                                              "uncertainty_m": 20, "place_kind": "exact"}, source=source)
            given.site(session, given.kind("court"), given.name("Court"), source=source)
        yield settings


@pytest.fixture
def copied(filled, tmp_path):
    path = tmp_path / "work.gpkg"
    with analysing.as_(filled, "analyst1", "reading")() as session:
        assert edits.copy(session, path).keys() == {"sites_point", "sites_area", "sites_unplaced"}
    return path


@contextmanager
def sql(path):
    """A connection that keeps the index of shapes as GDAL's does, which asks for functions of its own."""
    with sqlite3.connect(path) as raw:
        raw.create_function("ST_IsEmpty", 1, lambda _: 0)
        for bound in ("MinX", "MaxX", "MinY", "MaxY"):
            raw.create_function(f"ST_{bound}", 1, lambda _: 0.0)
        yield raw


def edit(path, layer, change):
    """The rows of a layer as `change` makes them, written over the layer in place as QGIS does."""
    table = pyogrio.read_dataframe(path, layer=layer)
    change(table)
    kept = {name: column for name, column in table.items() if name != "geometry"}
    with sql(path) as raw:  # what is not touched keeps its bytes
        for n, code in enumerate(table["code"]):
            for name in ("name_en", "edit_method", "edit_uncertainty_m", "verification", "edit_note"):
                value = kept[name].iloc[n]
                raw.execute(f"update {layer} set {name} = ? where code = ? and {name} is not ?", [value if value == value else None, code, value])


def moved(path, layer, code, shape):
    """The shape of that site is another one."""
    blob = b"GP\0\1" + (4326).to_bytes(4, "little") + shapely.to_wkb(shape, byte_order=1)
    with sql(path) as raw:
        assert raw.execute(f"update {layer} set geom = ? where code = ?", [blob, code]).rowcount == 1


def sites_of(path):
    return sum(len(pyogrio.read_dataframe(path, layer=layer)) for layer in pyogrio.list_layers(path)[:, 0] if layer.startswith("sites_"))


def code_of(path, name, layer="sites_point"):
    table = pyogrio.read_dataframe(path, layer=layer)
    return table.loc[table["name_en"] == name, "code"].iloc[0]


def take(settings, path, name="analyst1", **more):
    with analysing.as_(settings, name)() as session:
        return edits.take(session, path, **more)


def rows(settings):
    with analysing.dba(settings) as raw:
        return raw.execute("select count(*) from reg.claim").fetchone()[0], raw.execute("select count(*) from reg.source").fetchone()[0]


def test_a_copy_that_nobody_touched_says_nothing(filled, copied):
    before = rows(filled)
    report = take(filled, copied)
    assert report.counts == {"changed": 0, "new": 0, "unchanged": sites_of(copied), "deleted": 0, "refused": 0} and not report.claims
    assert rows(filled) == before, "not even a source"
    assert copied.stat().st_mode & 0o077 == 0


def test_a_moved_site_and_a_name_are_claims_of_whoever_changed_them_with_their_method(filled, copied):
    code = code_of(copied, "Prison 0")
    moved(copied, "sites_point", code, shapely.Point(36.51, 33.52))
    edit(copied, "sites_point", lambda table: table.loc.__setitem__((table["code"] == code, ["name_en", "edit_method", "edit_uncertainty_m"]), ["The prison", "gnss_device", 15.0]))
    tried = take(filled, copied, dry_run=True)
    assert tried.counts["changed"] == 1 and not tried.claims
    before = rows(filled)
    report = take(filled, copied)
    assert [(row.code, row.outcome, row.said, row.problems) for row in report.rows if row.outcome != "unchanged"] == [(code, "changed", ("name:en", "place"), [])]
    assert rows(filled) == (before[0] + 2, before[1] + 1)
    with analysing.as_(filled, "worker", "reading")() as session:
        found = sites.why(session, code, "place")
        mine = next(one for one in found if one["method"] == "gnss_device")
        assert (mine["uncertainty_m"], mine["reliability"], mine["chosen"]) == (15, "F", False), "it is not judged, and displaces nothing graded"
        assert len(found) == 2
    again = take(filled, copied)
    assert not again.claims and [one.code for row in again.rows for one in row.problems if row.code == code] == ["changed_since", "duplicate_row"]


def test_deleted_rows_are_told_and_end_nothing(filled, copied):
    code = code_of(copied, "Prison 1")
    with sql(copied) as raw:
        raw.execute("delete from sites_point where code = ?", [code])
    before = rows(filled)
    report = take(filled, copied)
    assert [(row.code, row.outcome) for row in report.rows if row.outcome != "unchanged"] == [(code, "deleted")] and rows(filled) == before


def test_what_is_no_shape_or_name_is_refused_by_its_column_and_the_rest_is_taken(filled, copied):
    first, second = code_of(copied, "Prison 2"), code_of(copied, "Prison 3")
    moved(copied, "sites_point", first, shapely.Point(36.7, 33.6))
    moved(copied, "sites_point", second, shapely.Point(36.8, 33.7))
    edit(copied, "sites_point", lambda table: table.loc.__setitem__((table["code"] == second, ["verification", "edit_method", "edit_uncertainty_m"]), ["confirmed", "survey_grade", 0.5]))
    report = take(filled, copied)
    told = {row.code: (row.outcome, row.said, [(one.code, one.field) for one in row.problems]) for row in report.rows if row.outcome != "unchanged"}
    assert told == {first: ("refused", (), [("missing_required", "edit_method")]),
                    second: ("changed", ("place",), [("not_taken", "verification"), ("uncertainty_raised", "edit_uncertainty_m")])}
    with analysing.as_(filled, "worker", "reading")() as session:
        assert sites.show(session, second)["kinds"][0]["verification"] == "suspected"
    report = take(filled, copied, method="map_digitised")
    assert {row.code: row.said for row in report.rows if row.said} == {first: ("place",)}


def test_a_new_feature_is_a_new_site_where_it_says_its_kind(filled, copied):
    table = geopandas.GeoDataFrame({"kind": ["mass_grave", "hole"], "name_ar": ["مقبرة", None], "edit_method": ["satellite_digitised"] * 2},
                                   geometry=[shapely.box(36.3, 33.2, 36.301, 33.201), shapely.box(36.3, 33.2, 36.301, 33.201)], crs=4326)
    pyogrio.write_dataframe(table.assign(geometry=table.geometry.map(lambda one: shapely.MultiPolygon([one]))), copied, layer="sites_area", append=True)
    report = take(filled, copied)
    new = [row for row in report.rows if row.outcome in ("new", "refused")]
    assert sorted((row.outcome, row.said) for row in new) == [("new", ("name:ar", "kind", "place")), ("refused", ())]
    made = next(row.code for row in new if row.outcome == "new")
    with analysing.as_(filled, "worker", "reading")() as session:
        page = sites.show(session, made)
        assert page["kinds"][0]["kind"] == "mass_grave" and page["kinds"][0]["verification"] == "reported"
    assert next(row for row in new if row.outcome == "refused").problems[0].field == "kind"


def test_what_is_no_copy_or_somebody_elses_site_is_refused(filled, copied, tmp_path):
    geopandas.GeoDataFrame({"code": ["x"]}, geometry=[shapely.Point(1, 2)], crs=4326).to_file(tmp_path / "other.gpkg")
    with pytest.raises(BadInput, match="no working copy"):
        take(filled, tmp_path / "other.gpkg")
    with pytest.raises(BadInput, match="no such code: method"):
        take(filled, copied, method="by eye")
    with sql(copied) as raw:
        raw.execute("update as_copied set id = '01900000-0000-7000-8000-000000000001', cells = replace(cells, 'Court', 'Curt') where cells like '%Court%'")
    refused = [row for row in take(filled, copied).rows if row.outcome == "refused"]
    assert [one.code for row in refused for one in row.problems] == ["missing_required"]
    moved(copied, "sites_point", code_of(copied, "Prison 1"), shapely.Point(36.1, 33.1))
    before = rows(filled)
    assert take(filled, copied, name="viewer", method="map_digitised").counts["refused"] == 2, "what he does not see is not there"
    with pytest.raises(Denied):
        take(filled, copied, name="auditor", method="map_digitised")
    assert rows(filled) == before


def test_the_shell_copies_and_takes(filled, tmp_path, monkeypatch):
    monkeypatch.setattr("sitereg.settings.Settings.from_env", classmethod(lambda cls: filled))
    run = lambda *words: CliRunner().invoke(main, [*words, "--as", "worker"])  # noqa: E731
    path = tmp_path / "w.gpkg"
    done = run("edits", "copy", str(path), "--kind", "court")
    assert done.exit_code == 0 and "sites_unplaced 1" in done.output, done.output
    assert "such a file" in run("edits", "copy", str(path)).output
    assert "No site of yours fits" in run("edits", "copy", str(tmp_path / "x.gpkg"), "--kind", "hospital_civil").output
    with sql(path) as raw:
        raw.execute("update sites_unplaced set name_ar = 'محكمة'")
    tried = run("edits", "take", str(path), "--dry-run")
    assert tried.exit_code == 0 and "changed      1" in tried.output and "Nothing was written." in tried.output, tried.output
    done = run("edits", "take", str(path), "--json")
    assert json.loads(done.stdout)["changed"] == 1 and len(json.loads(done.stdout)["claims"]) == 1
