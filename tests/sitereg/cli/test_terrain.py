"""`sitereg terrain`: numbers and their limits, a profile as CSV, the files of a relief; a site as the caller is shown it."""
import csv
import io
import json

import pytest

from tests import given
from tests.sitereg.test_terrain import FALLS, MIDDLE, SLOPE, hill  # noqa: F401

pytestmark = pytest.mark.db
AT = f"{MIDDLE.y:.6f}, {MIDDLE.x:.6f}"


def test_around_a_place_in_words_and_as_json(run, hill):  # noqa: F811
    said = run("terrain", "around", hill, "--at", AT, "--within", "300").stdout
    assert "cells of 30 x 30 m within 300 m" in said and f"{SLOPE:.1f} degrees on average" in said and "to the north-west" in said
    assert "but:" not in said and "but: one cell of the raster is wider" in run("terrain", "around", hill, "--at", AT, "--within", "40").stdout
    told = json.loads(run("terrain", "around", hill, "--at", AT, "--feet", "--json").stdout)
    assert told["faces"] == pytest.approx(FALLS, abs=0.3) and told["slope_mean"] < SLOPE / 3 and told["limits"] == []


def test_around_a_site_as_it_is_shown(run, hill, registry):  # noqa: F811
    code = given.site(registry, given.kind("mass_grave"), given.place(round(MIDDLE.x, 6), round(MIDDLE.y, 6), 40))[1]
    said = run("terrain", "around", hill, "--site", code, "--within", "300")
    assert "of the place as it is shown to you (exact)" in said.stdout and ("site_terrain", {"n": 1, "codes": [code]}) in said.logged
    with registry.as_("investigator1"):
        assert "(cell_1km)" in run("terrain", "around", hill, "--site", code, "--within", "300").stdout
    nowhere = given.site(registry, given.kind("court"), key="b")[1]
    assert "No place of this site is shown to you" in run("terrain", "around", hill, "--site", nowhere).stderr


def test_a_profile_and_the_files(run, hill, tmp_path):  # noqa: F811
    rows = list(csv.DictReader(io.StringIO(run("terrain", "profile", hill, "--from", AT, "--to", f"{MIDDLE.y + 0.003:.6f}, {MIDDLE.x:.6f}").stdout)))
    assert list(rows[0]) == ["distance_m", "lon", "lat", "elevation"] and 22 <= len(rows) <= 24
    assert float(rows[-1]["elevation"]) == pytest.approx(float(rows[0]["elevation"]) - 0.15 * 332.8, abs=0.3)
    said = run("terrain", "relief", hill, tmp_path / "out")
    assert said.exit_code == 0 and (tmp_path / "out" / "slope.tif").exists()
    assert "This file is there already" in run("terrain", "relief", hill, tmp_path / "out").stderr


@pytest.mark.parametrize(("words", "told"), [
    (("around", "{hill}"), "Give one place"), (("around", "{hill}", "--at", "33 or so"), "not read as one place"),
    (("around", "{hill}", "--at", "10, 10"), "does not reach this place"), (("around", "nothing.tif", "--at", AT), "There is no such file")])
def test_what_cannot_be_said_is_told(run, hill, words, told):  # noqa: F811
    said = run("terrain", *(word.format(hill=hill) for word in words))
    assert said.exit_code == 1 and told in said.stderr
