"""What QGIS and ogrinfo make of our GeoPackages, and QGIS of the views asked by an analyst's SQL login. Skipped where QGIS is absent."""
import json
import re
import shutil
import subprocess
from pathlib import Path

import psycopg
import pyogrio
import pytest

from sitereg import edits, exports, tables
from sitereg.store import cluster
from tests.sitereg import analysing, peopled
from tests.sitereg.test_views import TYPES, VIEWS

PYTHON, LOOK = "/usr/bin/python3", Path(__file__).parents[1] / "qgis" / "look.py"
GEOMETRIES = {"point": "Point", "line": "MultiLineString", "area": "MultiPolygon"}
SNIFFED = {"lon": "Real", "code": "String", "version": "Integer", "next_review": "Date", "overdue": "Boolean", "decided_at": "DateTime",
           "uncertainty_m": "Real", "adm1": "String", "credibility": "String", "is_open": "Boolean", "visited_on": "Date"}


def has_qgis():
    try:
        return subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


pytestmark = [pytest.mark.db, pytest.mark.skipif(not has_qgis(), reason="QGIS is absent: apt-get install python3-qgis gdal-bin")]


def look(layers):
    """What QGIS sees of these layers, by name."""
    done = subprocess.run([PYTHON, str(LOOK), json.dumps(layers)], capture_output=True, text=True, timeout=120, check=False)
    assert "LOOKED " in done.stdout and done.returncode == 0, done.stderr[-2000:]
    assert not re.search("warning|error|unsupported", done.stderr, re.IGNORECASE), done.stderr
    return {one["name"]: one for one in json.loads(done.stdout.split("LOOKED ", 1)[1])}


@pytest.fixture(scope="module")
def filled(server, tmp_path_factory):
    with analysing.house(server, "qgis") as settings:
        folder = tmp_path_factory.mktemp("qgis")
        codes = peopled.fill(settings, folder)
        yield settings, folder, codes


@pytest.fixture(scope="module", params=["worker", "analyst1", "viewer", "left"])
def packed(request, filled):
    """(frames by name, the counts by layer, the path) of a working copy of each face, and of a file that left."""
    settings, folder, _ = filled
    path = folder / f"{request.param}.gpkg"
    if request.param == "left":
        about = exports.write(analysing.as_(settings, "worker"), path, recipient="National commission", purpose="test")
        return {}, about["layers"], path
    with analysing.as_(settings, request.param, "reading")() as session:
        frames = {name: tables.frame(session, name) for name in tables.NAMES}
    return frames, tables.save(frames, path), path


def test_every_layer_of_a_geopackage_opens_in_qgis_as_what_it_is(packed):
    frames, counts, path = packed
    seen = look([{"name": name, "provider": "ogr", "uri": f"{path}|layername={name}"} for name in (*counts, "about")])
    arabic = 0
    for name, rows in counts.items():
        layer, kind = seen[name], name.rsplit("_", 1)[-1]
        assert layer["valid"] and not layer["said"] and layer["count"] == rows == len(layer["rows"]), name
        assert (layer["type"], layer["crs"]) == ((GEOMETRIES[kind], "EPSG:4326") if kind in GEOMETRIES else ("NoGeometry", "")), name
        assert layer["encoding"] == "UTF-8" and [one["fid"] for one in layer["rows"]] == layer["again"]
        assert {field: kind for field, kind in layer["fields"].items() if field in SNIFFED} == {
            field: kind for field, kind in SNIFFED.items() if field in layer["fields"]}, name
        arabic += sum(row.get("name_ar") == peopled.ARABIC for row in layer["rows"])
        if name.rsplit("_", 1)[0] in frames or name in frames:
            table = frames.get(name, frames.get(name.rsplit("_", 1)[0]))
            assert set(layer["fields"]) - {"fid"} == set(table.columns) - {"geometry"}, name
            if "id" in table:
                shapes = dict(zip(table["id"], table.get("geometry", [None] * len(table)), strict=True))
                for row in layer["rows"]:
                    assert (row["wkt"] is None) == (shapes[row["id"]] is None), name
                    if kind == "point":
                        x, y = map(float, re.findall(r"[\d.]+", row["wkt"]))
                        assert (x, y) == pytest.approx((shapes[row["id"]].x, shapes[row["id"]].y), abs=1e-8), "longitude before latitude"
    assert arabic == ("viewer" not in path.name), "Arabic arrives as it was written"
    assert seen["about"]["rows"]


@pytest.mark.skipif(not shutil.which("ogrinfo"), reason="ogrinfo is absent: apt-get install gdal-bin")
def test_ogrinfo_reads_the_same_without_a_word_of_warning(packed):
    _, counts, path = packed
    listed = subprocess.run(["ogrinfo", "-ro", str(path)], capture_output=True, text=True, check=True)
    assert listed.stderr == "" and set(re.findall(r"(?m)^\d+: (\w+)", listed.stdout)) == {*counts, "about"}
    told = subprocess.run(["ogrinfo", "-ro", "-so", "-al", str(path)], capture_output=True, text=True, check=True).stdout
    said = dict(re.findall(r"(?ms)^Layer name: (\w+)\n(.*?)(?=^Layer name: |\Z)", told))
    for name, rows in counts.items():
        assert f"Feature Count: {rows}\n" in said[name] and ('ID["EPSG",4326]' in said[name]) == (name.rsplit("_", 1)[-1] in GEOMETRIES), name


def uri(settings, login, view, *, estimated):
    said = psycopg.conninfo.conninfo_to_dict(cluster.dsn(settings, login))
    key = '"event","site"' if view == "v_event_site_near" else "key"
    shape = " (geom)" if view in TYPES else ""
    return (f"dbname='{said['dbname']}' host={said['host']} user='{login}' key='{key}' estimatedmetadata={str(estimated).lower()}"
            f' table="api"."{view}"{shape}')


@pytest.mark.parametrize(("who", "estimated"), [("worker", False), ("analyst1", True)])
def test_an_analyst_sees_his_rows_in_qgis_and_cannot_write(filled, who, estimated):
    settings = filled[0]
    with analysing.sql_login(settings, who, records=True) as connection:
        wanted = {view: sorted(connection.execute(f"select * from api.{view}").fetchall(), key=repr) for view in VIEWS}
        columns = {view: [c.name for c in connection.execute(f"select * from api.{view} limit 0").description] for view in VIEWS}
        seen = look([{"name": view, "provider": "postgres", "uri": uri(settings, f"sql_{who}", view, estimated=estimated)} for view in VIEWS])
        tried = look([{"name": view, "provider": "postgres", "uri": uri(settings, f"sql_{who}", view, estimated=estimated), "write": True}
                      for view in ("v_site", "v_site_cell", "v_task")])
        assert {view: sorted(connection.execute(f"select * from api.{view}").fetchall(), key=repr) for view in VIEWS} == wanted
    for view in VIEWS:
        layer, rows = seen[view], wanted[view]
        assert layer["valid"] and not [line for line in layer["said"] if "rror" in line], (view, layer["said"])
        assert layer["type"].upper() == TYPES.get(view, "NOGEOMETRY") and layer["crs"] == ("EPSG:4326" if view in TYPES else ""), view
        assert set(layer["fields"]) == set(columns[view]) - {"geom"} and all(layer["comments"].values()), view
        key = columns[view].index("key") if "key" in columns[view] else columns[view].index("event")
        assert sorted(row[columns[view][key]] for row in layer["rows"]) == sorted(row[key] for row in rows), view
        assert [one["fid"] for one in layer["rows"]] == layer["again"] and not layer["changes"]
        if not estimated:
            assert layer["count"] == len(rows)
    assert not any(one["changed"] for one in tried.values())
    if who == "analyst1":
        told = json.dumps(seen, ensure_ascii=False)
        assert "T2 only" not in told and peopled.FINDINGS not in told and peopled.ARABIC in told


def test_estimates_say_the_same_however_many_rows_there_are(filled):
    """QGIS counts a view by its plan where it may: a constant that stands for no table."""
    settings = filled[0]
    with analysing.sql_login(settings, "analyst1") as connection:
        plans = [connection.execute(f"explain select * from api.{view}").fetchone()[0] for view in ("v_site", "v_person", "v_event")]
        assert {re.search(r"rows=(\d+)", plan)[1] for plan in plans} == {"1000"}
        assert connection.execute("select count(*) from pg_stats where schemaname in ('reg', 'vault', 'api', 'signin')").fetchone() == (0,)
        for hidden in ("n_distinct", "most_common_vals", "null_frac", "histogram_bounds", "*"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select {hidden} from pg_stats")


def test_a_copy_that_was_edited_in_qgis_comes_back_as_claims_and_nothing_else(filled, tmp_path):
    settings, path = filled[0], tmp_path / "work.gpkg"
    with analysing.as_(settings, "analyst1", "reading")() as session:
        counts = edits.copy(session, path)
    points = pyogrio.read_dataframe(path, layer="sites_point")["code"].tolist()
    asked = [{"uri": f"{path}|layername=sites_point", "moves": {points[0]: "Point (36.61 33.52)"}, "deletes": [points[1]],
              "says": {points[0]: {"edit_method": "satellite_digitised", "edit_uncertainty_m": 12.0, "name_en": "As seen from above"}}}]
    done = subprocess.run([PYTHON, str(LOOK.with_name("edit.py")), json.dumps(asked)], capture_output=True, text=True, timeout=120, check=False)
    assert "EDITED" in done.stdout and done.returncode == 0, done.stderr[-2000:]
    with analysing.as_(settings, "analyst1")() as session:
        report = edits.take(session, path)
    assert report.counts == {"changed": 1, "new": 0, "unchanged": sum(counts.values()) - 2, "deleted": 1, "refused": 0}, report.as_dict()
    assert next(row.said for row in report.rows if row.outcome == "changed") == ("name:en", "place")
