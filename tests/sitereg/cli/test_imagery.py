"""`sitereg imagery` in the shell: added, found, shown, what was observed."""
import json

import pytest

from sitereg import imagery
from sitereg.imagery import Observation
from tests import given
from tests.sitereg.rasters import registered, scene

pytestmark = pytest.mark.db
SAID = ("--sensor", "Invented 2", "--scene", "S-1", "--licence", "CC0", "--attribution", "Nobody")


def test_a_raster_is_added_found_and_shown(run, registry, tmp_path):
    file = scene(tmp_path / "one.tif", side=60)
    said = run("imagery", "add", file, *SAID, "--taken", "2002-07-20", "--band", "blue", "--band", "green", "--band", "red", "--json")
    made = json.loads(said.stdout)["raster"]
    assert said.exit_code == 0 and made["taken"] == ["2002-07-20", "2002-07-20"] and made["bands"][0]["name"] == "blue"
    listed = run("imagery", "find", "--kind", "imagery", "--from", "2002-01-01").stdout
    assert made["id"] in listed and "2002-07-20" in listed and "T1" in listed
    assert run("imagery", "find", "--from", "2003-01-01").stdout == "No raster here in what you may see.\n"
    shown = run("imagery", "show", made["id"]).stdout
    assert "CC0 (Nobody)" in shown and made["sha256"] in shown and "blue, green, red" in shown
    again = run("imagery", "add", file, *SAID, "--taken", "2002-07-20", "--band", "blue", "--band", "green", "--band", "red")
    assert "stands there already" in again.stdout


def test_a_refusal_says_what_where_and_what_to_do(run, tmp_path):
    said = run("imagery", "add", tmp_path / "none.tif", *SAID, "--taken", "2002-07-20")
    assert said.exit_code == 1 and "none.tif" in said.stderr
    text = tmp_path / "text.tif"
    text.write_text("no picture")
    said = run("imagery", "add", text, *SAID, "--taken", "2002-07-20")
    assert said.exit_code == 1 and "cannot be read" in said.stderr and "gdal_translate" in said.stderr
    said = run("imagery", "add", text, *SAID, "--taken", "2002-07-20", "--until", "2002-07-01")
    assert said.exit_code == 1 and "earlier day first" in said.stderr
    assert run("imagery", "show", "00000000-0000-7000-8000-000000000007").exit_code == 2


def test_what_was_observed_is_listed_and_the_reading_logged(run, registry):
    site, code, _ = given.site(registry, given.kind("mass_grave"), given.place(36.5, 33.5), exact_tier=2)
    raster = registered(registry)
    imagery.observe(registry, [Observation(site, raster, "changed", changed_m2=1200.0, confidence=0.7),
                               Observation(site, raster, "image_unusable", unusable="cloud")], method="change 1")
    said = run("imagery", "observations", "--site", code)
    assert "1,200 square metres, confidence 0.70" in said.stdout and "image unusable (clouds)" in said.stdout
    assert said.logged == [("observations", {"n": 2, "codes": [code, code]})]
    with registry.as_("analyst1"):
        assert run("imagery", "observations", "--site", code).stdout == "Nothing was observed here in what you may see.\n"
