"""Many places at once: a GeoDataFrame in any CRS gets the same numbers that each place gets by itself."""
from datetime import date

import geopandas
import numpy
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from sitereg import terrain
from sitereg.errors import BadInput
from sitereg.terrain import disturbance, scenes
from tests.sitereg.test_change import GRID, MIDDLE, NAMES, NEXT, SIDE, WINTER, dug, ground

AWAY = shapely.Point(10, 50)


@pytest.fixture(scope="module")
def relief(tmp_path_factory):
    """A plane that falls to the east, 3 m each cell of 30 m."""
    path = tmp_path_factory.mktemp("relief") / "relief.tif"
    values = numpy.tile(1000 - numpy.arange(200) * 3.0, (200, 1)).astype("float32")
    with rasterio.open(path, "w", driver="GTiff", width=200, height=200, count=1, dtype="float32", crs="EPSG:32637",
                       transform=from_origin(600_000, 3_900_000, 30, 30)) as made:
        made.write(values, 1)
    return path


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder, paths = tmp_path_factory.mktemp("pair"), []
    for name, bands in (("old", ground(noise=1)), ("new", dug(ground(noise=2), cells=5))):
        path = folder / f"{name}.tif"
        with rasterio.open(path, "w", driver="GTiff", width=SIDE, height=SIDE, count=4, dtype="float32", crs="EPSG:32637", transform=GRID) as made:
            made.write(bands.astype("float32"))
            made.descriptions = NAMES
        paths.append(path)
    return paths


def frame(*shapes, crs=4326):
    return geopandas.GeoDataFrame({"code": [f"S{n}" for n in range(len(shapes))]}, geometry=list(shapes), crs=4326,
                                  index=[10 * n for n in range(len(shapes))]).to_crs(crs)


@pytest.mark.parametrize("crs", [4326, 32637, 3857])
def test_each_row_has_the_numbers_that_its_place_has_alone_and_keeps_its_own(relief, crs):
    places = [shapely.Point(40.115, 35.21), shapely.Point(40.13, 35.225), AWAY, None]
    given = frame(*places, crs=crs)
    found = terrain.grounds(given, relief, within_m=200)
    assert list(found.index) == [0, 10, 20, 30] and found.crs == given.crs and list(found["code"]) == list(given["code"])
    assert found.geometry.iloc[:3].geom_equals_exact(given.geometry.iloc[:3], 0).all()
    for n in (0, 1):
        alone = terrain.around(relief, places[n], within_m=200)
        assert found["slope_mean"].iloc[n] == pytest.approx(alone.slope_mean, rel=1e-6) and found["limits"].iloc[n] == alone.limits
    assert found["slope_mean"].iloc[0] == pytest.approx(numpy.degrees(numpy.arctan(0.1)), abs=0.02)
    for n in (2, 3):
        assert found["limits"].iloc[n] == ("outside",) and found["slope_mean"].isna().iloc[n]


def test_what_changed_is_told_row_by_row(pair):
    still = shapely.Point(MIDDLE.x + 0.006, MIDDLE.y + 0.004)
    found = terrain.changes(frame(MIDDLE, still), pair, days=[WINTER, NEXT], within_m=60)
    assert list(found["result"]) == ["changed", "unchanged"] and found["direction"].iloc[0] == "darker" and found["changed_m2"].iloc[0] > 0
    with scenes.scene(pair[0], day=WINTER) as old, scenes.scene(pair[1], day=NEXT) as new:
        assert disturbance.changed([old, new], MIDDLE, within_m=60).score == found["score"].iloc[0]


def test_what_cannot_be_asked_is_said(relief, pair):
    with pytest.raises(BadInput, match="no CRS"):
        terrain.grounds(frame(MIDDLE).set_crs(None, allow_override=True), relief, within_m=10)
    with pytest.raises(BadInput, match="such columns already") as told:
        terrain.grounds(frame(MIDDLE).assign(cells=1), relief, within_m=10)
    assert "cells" in str(told.value)
    with pytest.raises(BadInput, match="Each scene has a day"):
        terrain.changes(frame(MIDDLE), pair, days=[date(2012, 1, 1)])
