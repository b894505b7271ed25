"""Real programs read the layers by token: ogrinfo and ogr2ogr, OWSLib, QGIS with our project. Skipped where a program is absent."""
import json
import re
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from owslib.ogcapi.features import Features
from owslib.util import Authentication
from werkzeug.serving import make_server

from sitereg import qgis
from sitereg.layers import LAYERS
from sitereg.store import cluster
from tests.browser.conftest import Quiet
from tests.sitereg import analysing
from tests.sitereg.test_qgis import PYTHON, has_qgis
from tests.web.test_ogc import rows, token
from web import pace

pytestmark = pytest.mark.db
OPEN = Path(__file__).parents[1] / "qgis" / "project.py"
BOX = [4000000, 3880000, 4140000, 4030000]
needs_ogr = pytest.mark.skipif(not shutil.which("ogrinfo"), reason="ogrinfo is absent: apt-get install gdal-bin")
needs_qgis = pytest.mark.skipif(not has_qgis(), reason="QGIS is absent: apt-get install python3-qgis")


@pytest.fixture(scope="module")
def url(house):
    with house.as_("worker") as opened:
        analysing.scatter(opened, analysing.sources(house.settings)["B"], sites=12, persons=3)
    made = make_server("127.0.0.1", 0, house.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}/ogc"
    made.shutdown()
    thread.join()


@pytest.fixture(autouse=True)
def unhurried():
    pace.LEFT.clear()


@pytest.fixture
def header(house, tmp_path):
    """A file with the header of that account's token: it stands in no list of processes and in no history of a shell."""
    def written(who):
        path = tmp_path / f"{who}.header"
        path.touch(0o600)
        path.write_text(f"Authorization: Bearer {token(house, who)}")
        return str(path)

    return written


def run(*words, **env):
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, env={"PATH": "/usr/bin:/bin", "HOME": "/nowhere", **env})
    assert not re.search("error|warning", done.stderr, re.IGNORECASE), done.stderr
    return done.stdout


@needs_ogr
def test_ogrinfo_lists_the_layers_and_counts_the_rows_of_each_one(house, url, header):
    seen = {}
    for who in ("worker", "analyst1"):
        listed = run("ogrinfo", "-ro", f"OAPIF:{url}", GDAL_HTTP_HEADER_FILE=header(who))
        assert re.findall(r"(?m)^\d+: (\w+)", listed) == list(LAYERS)
        told = run("ogrinfo", "-ro", "-so", f"OAPIF:{url}", "sites", "site_points", GDAL_HTTP_HEADER_FILE=header(who))
        seen[who] = [int(one) for one in re.findall(r"Feature Count: (\d+)", told)]
        assert seen[who] == [rows(house, who, layer)["numberMatched"] for layer in ("sites", "site_points")] and "name_ar: String" in told
    assert seen["worker"][0] == seen["analyst1"][0] + 3, "three that tier 1 may not see"


@needs_ogr
def test_ogr2ogr_takes_pages_a_box_and_values_as_they_are(house, url, header, tmp_path):
    run("ogr2ogr", "-f", "GPKG", str(tmp_path / "all.gpkg"), f"OAPIF:{url}", "site_points", "-oo", "PAGE_SIZE=3", GDAL_HTTP_HEADER_FILE=header("worker"))
    run("ogr2ogr", "-f", "GeoJSON", str(tmp_path / "some.json"), f"OAPIF:{url}", "site_points", "-spat", "36.2", "33.2", "36.8", "33.8",
        "-where", "kind = 'prison_central'", GDAL_HTTP_HEADER_FILE=header("worker"))
    wanted = {one["properties"]["code"]: one for one in rows(house, "worker", "site_points")["features"]}
    told = run("ogrinfo", "-ro", "-al", str(tmp_path / "all.gpkg"))
    assert sorted(re.findall(r"code \(String\) = (\S+)", told)) == sorted(wanted) and len(wanted) > 6
    some = {one["properties"]["code"] for one in json.loads((tmp_path / "some.json").read_text())["features"]}
    inside = {code for code, one in wanted.items() if one["properties"]["kind"] == "prison_central"
              and 36.2 <= one["geometry"]["coordinates"][0] <= 36.8 and 33.2 <= one["geometry"]["coordinates"][1] <= 33.8}
    assert some == inside and 0 < len(some) < len(wanted)


@needs_ogr
def test_ogr_with_the_token_as_password_and_without_one(house, url):
    assert "1: sites" in run("ogrinfo", "-ro", f"OAPIF:{url}", GDAL_HTTP_USERPWD=f"token:{token(house, 'viewer')}")
    done = subprocess.run(["ogrinfo", "-ro", f"OAPIF:{url}"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode and "401" in done.stderr + done.stdout


def test_owslib_reads_collections_rows_and_columns(house, url):
    found = Features(f"{url}/", auth=Authentication(username="token", password=token(house, "analyst1")))
    assert found.feature_collections() == list(LAYERS) and "core" in " ".join(found.conformance()["conformsTo"])
    assert found.api()["openapi"].startswith("3.") and found.collection("sites")["title"] == "Sites"
    page = found.collection_items("sites", bbox=[36, 33, 37, 34], datetime_="2011-01-01/2012-12-31", limit=4)
    assert page["numberReturned"] == 4 < page["numberMatched"] <= rows(house, "analyst1", "sites")["numberMatched"]
    one = found.collection_item("sites", str(page["features"][0]["id"]))
    assert one["properties"] == page["features"][0]["properties"]
    assert found.collection_queryables("sites")["properties"]["shown_as"]["description"].startswith("What you are shown")


def opened(project, picture, house=None, who=None, **env):
    """What QGIS makes of the project, the token of that account in its own store."""
    asked = {"project": str(project), "picture": str(picture), "size": [500, 500], "box": BOX, "token": token(house, who) if who else None}
    done = subprocess.run([PYTHON, str(OPEN), json.dumps(asked)], capture_output=True, text=True, timeout=120, check=False,
                          env={"PATH": "/usr/bin:/bin", "HOME": str(picture.parent), **env})
    assert "OPENED " in done.stdout and done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.split("OPENED ", 1)[1])
    faults = [one for one in found["said"] if "NOTICE: row number 0 is out of range" not in one]  # of an empty view, as ever
    assert found["opened"] and not found["errors"] and not faults and found["crs"] == "EPSG:3857", faults
    return {one["id"].removeprefix("sitereg_"): one for one in found["layers"]}


def coloured(picture, colour):
    """How many points of the picture have that colour."""
    from PIL import Image

    return sum(n for n, one in Image.open(picture).convert("RGB").getcolors(1 << 24) if one == colour)


@needs_qgis
def test_qgis_opens_our_project_and_draws_the_rows_of_whoever_opens_it(house, url, tmp_path):
    qgis.write(tmp_path / "sites.qgz", url=url)
    with ThreadPoolExecutor() as together:
        seen = {who: together.submit(opened, tmp_path / "sites.qgz", tmp_path / f"{who}.png", house, who) for who in ("worker", "analyst1")}
        seen = {who: one.result() for who, one in seen.items()}
    for who, found in seen.items():
        assert {one["provider"] for one in found.values()} == {"OAPIF"} and all(one["valid"] for one in found.values())
        for name, one in found.items():
            assert one["source"].startswith(f"url='{url}'") and "authcfg=sitereg" in one["source"]
            assert sorted(one["rows"]) == sorted(str(each["properties"].get("code", each["id"])) for each in rows(house, who, name, "?limit=1000")["features"]), name
        assert found["site_points"]["renderer"] == "RuleRenderer" and found["site_points"]["rules"] == 51
        assert coloured(tmp_path / f"{who}.png", (0, 0x72, 0xB2)) > 50, "prisons in their colour"
    assert seen["worker"]["site_cells"]["rows"] == [] and seen["analyst1"]["site_cells"]["type"] == "Polygon"
    assert set(seen["analyst1"]["site_points"]["rows"]) < set(seen["worker"]["site_points"]["rows"])
    assert (tmp_path / "worker.png").read_bytes() != (tmp_path / "analyst1.png").read_bytes()


@needs_qgis
def test_qgis_opens_the_same_by_sql_through_a_service_without_a_password(house, url, tmp_path):
    qgis.write(tmp_path / "sites.qgs", service="sitereg")
    with analysing.sql_login(house.settings, "analyst1"):
        said = psycopg.conninfo.conninfo_to_dict(cluster.dsn(house.settings, "sql_analyst1"))
        (tmp_path / "services").write_text("[sitereg]\n" + "\n".join(f"{name}={said[name]}" for name in ("host", "port", "dbname", "user") if name in said))
        found = opened(tmp_path / "sites.qgs", tmp_path / "sql.png", PGSERVICEFILE=str(tmp_path / "services"))
    assert {one["provider"] for one in found.values()} == {"postgres"} and all(one["valid"] for one in found.values())
    for name in ("site_points", "site_cells", "site_areas", "persons", "units"):
        wanted = rows(house, "analyst1", name, "?limit=1000")["features"]
        assert sorted(found[name]["rows"]) == sorted(str(one["properties"].get("code", one["id"])) for one in wanted) and wanted, name
    assert "site_uncertainty" not in found, "there is no such view"
    assert coloured(tmp_path / "sql.png", (0, 0x72, 0xB2)) > 50
