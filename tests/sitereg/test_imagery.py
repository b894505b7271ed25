"""The catalogue of rasters: what is taken in, how it lies, who may see it."""
from datetime import date

import numpy
import pyproj
import pytest
import rasterio
from rasterio.transform import from_origin
from rio_cogeo.cogeo import cog_validate
from shapely import Point, box
from shapely.geometry import shape

from sitereg import errors, imagery, terrain
from sitereg.terrain import covering
from tests import given
from tests.sitereg.rasters import registered, scene

pytestmark = pytest.mark.db
SAID = {"kind": "imagery", "sensor": "Invented 2", "scene": "S-1", "taken": date(2012, 7, 20), "licence": "CC0", "attribution": "Nobody"}


def test_a_raster_lies_sealed_with_a_copy_of_the_same_values(registry, tmp_path):
    file = scene(tmp_path / "one.tif", nodata=0, hole=40)
    made = imagery.add(registry, file, **SAID)
    one = imagery.show(registry, made["raster"])
    assert (one.kind, one.taken, one.crs, one.resolution_m, one.tier) == ("imagery", (date(2012, 7, 20), date(2012, 7, 20)), "EPSG:32637", 9.997, 1)
    assert [band["name"] for band in one.bands] == ["red", "green", "blue"]
    copy = imagery.path(registry.settings, one)
    sound, wrong, _hints = cog_validate(copy)
    assert sound, wrong
    with rasterio.open(file) as was, rasterio.open(copy) as now:
        assert numpy.array_equal(was.read(), now.read()) and was.transform == now.transform and now.nodata == 0
    assert imagery.find(registry) == [one]


def test_the_same_again_is_said_and_other_words_replace(registry, tmp_path):
    file = scene(tmp_path / "one.tif")
    first = imagery.add(registry, file, **SAID)
    assert imagery.add(registry, file, **SAID) == {"raster": first["raster"], "already": True}
    second = imagery.add(registry, file, **SAID | {"scene": "S-2"})
    assert [(one.id, one.scene) for one in imagery.find(registry)] == [(second["raster"], "S-2")]
    assert imagery.show(registry, first["raster"]).replaced


def test_only_a_data_steward_registers_and_for_others_no_file_is_read(registry, tmp_path, monkeypatch):
    file = scene(tmp_path / "one.tif")
    monkeypatch.setattr("sitereg.imagery.catalogue.process.made", lambda *given, **more: pytest.fail("the file was read"))
    for who in ("investigator1", "viewer", "handler"):
        registry.become(who)
        with pytest.raises(errors.Denied):
            imagery.add(registry, file, **SAID)


@pytest.mark.parametrize(("told", "field"), [
    ({"taken": None}, "taken"), ({"scene": None}, "scene"), ({"making": "mosaic"}, "taken"), ({"making": "screenshot"}, "taken"),
    ({"taken": date(2030, 1, 1)}, "taken"), ({"sensor": " "}, "sensor"), ({"licence": ""}, "licence"), ({"kind": "sound"}, "raster_kind")])
def test_what_must_be_said_is_asked_for_by_its_name(registry, told, field):
    """A mosaic has no day of its own, whatever somebody types."""
    said = {"kind": "imagery", "making": "scene", "sensor": "Invented", "scene": "S", "licence": "CC0", "attribution": "Nobody",
            "taken": date(2012, 7, 20)} | told
    with pytest.raises(errors.BadInput) as refused:
        registered(registry, **said | {"taken": imagery.catalogue.days(said["taken"])})
    assert refused.value.problems[0]["field"] in (field, "kind")


def test_a_mosaic_stands_with_no_day_and_is_found_last(registry):
    undated = registered(registry, number=1, making="mosaic", taken=None, scene=None)
    late, early = (registered(registry, number=n, taken=f"[201{n}-01-01,201{n}-01-02)") for n in (3, 2))
    assert [one.id for one in imagery.find(registry)] == [early, late, undated]
    assert imagery.show(registry, undated).date_unknown
    assert [one.id for one in imagery.find(registry, at=(date(2012, 12, 1), date(2013, 12, 31)))] == [late]


def test_rasters_are_found_by_the_ground_that_they_reach(registry):
    here, there = registered(registry, number=1), registered(registry, number=2, box=(38, 35, 39, 36))
    dem = registered(registry, number=3, kind="elevation", making="composite")
    code = given.site(registry, given.kind("mass_grave"), given.place(36.5, 33.5))[1]
    assert {one.id for one in imagery.find(registry, site=code)} == {here, dem}
    assert [one.id for one in imagery.find(registry, site=code, kind="elevation")] == [dem]
    assert [one.id for one in imagery.find(registry, around=Point(38.5, 35.5))] == [there]
    nowhere = given.site(registry, given.kind("mass_grave"))[1]
    assert imagery.find(registry, site=nowhere) == [], "of a place that nobody knows none"
    with pytest.raises(errors.NotFound):
        imagery.find(registry, site="SYS-222222-2")


def test_what_was_told_is_found_by_the_place_that_one_is_shown(registry):
    """A raster that reaches the cell but not the grave is listed for whoever is shown the cell: else the list would tell where it lies."""
    code = given.site(registry, given.kind("mass_grave"), given.place(36.5, 33.5), exact_tier=2)[1]
    beside = registered(registry, number=1, box=(36.5005, 33.49, 36.6, 33.6))
    assert imagery.find(registry, site=code) == []
    registry.become("analyst1")
    cell = shape(registry.value("site_page", code=code)["place"]["shape"])
    assert [one.id for one in imagery.find(registry, site=code)] == ([beside] if cell.intersects(box(36.5005, 33.49, 36.6, 33.6)) else [])
    assert cell.intersects(box(36.5005, 33.49, 36.6, 33.6))


def test_a_raster_in_a_compartment_or_above_the_tier_is_absent(registry):
    seen, secret = registered(registry, number=1), registered(registry, number=2, tier=2)
    registry.become("steward1")
    assert [one.id for one in imagery.find(registry)] == [seen]
    with pytest.raises(errors.NotFound):
        imagery.show(registry, secret)
    registry.become("viewer")
    assert imagery.find(registry) == []


def bomb(path):
    """Sixty thousand cells a side that the file holds in a few kilobytes."""
    with rasterio.open(path, "w", driver="GTiff", width=60_000, height=60_000, count=1, dtype="uint8", crs="EPSG:32637", tiled=True,
                       transform=from_origin(267_800, 3_712_000, 1, 1), compress="deflate", SPARSE_OK=True):
        return path


def vrt(path):
    source = scene(path.with_name("source.tif"), side=20)
    path.write_text(f"<VRTDataset rasterXSize='20' rasterYSize='20'><VRTRasterBand dataType='UInt16' band='1'><SimpleSource>"
                    f"<SourceFilename>{source}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>")
    return path


def cut_off(path):
    whole = scene(path, side=400).read_bytes()
    path.write_bytes(whole[:len(whole) // 2])
    return path


def empty(path):
    return scene(path, side=40, nodata=0, hole=40)


def nowhere(path):
    return scene(path, side=20, crs=None)


@pytest.mark.parametrize(("made", "code"), [(bomb, "bomb"), (vrt, "unreadable"), (cut_off, "unreadable"), (empty, "empty"), (nowhere, "no_crs")])
def test_a_file_that_is_none_is_refused_before_anything_is_kept(registry, tmp_path, made, code):
    with pytest.raises(errors.BadInput) as refused:
        imagery.add(registry, made(tmp_path / "given.tif"), **SAID)
    assert refused.value.code == code and refused.value.do
    assert imagery.find(registry) == []
    with registry.dba() as raw:
        assert raw.execute("select count(*) from reg.document").fetchone() == (0,)


@pytest.mark.parametrize("name", ["landsat7_etm_2002-07-20.tif", "dem_30m.tif"])
def test_real_rasters_keep_every_value(registry, data, name):
    file = data("raster_landsat7") / name
    kind = {"kind": "elevation", "making": "composite"} if name.startswith("dem") else {}
    made = imagery.add(registry, file, **SAID | kind)
    one = imagery.show(registry, made["raster"])
    with rasterio.open(file) as was, rasterio.open(imagery.path(registry.settings, one)) as now:
        assert numpy.array_equal(was.read(), now.read(), equal_nan=True) and was.crs == now.crs
        assert now.overviews(1) and now.block_shapes[0] == (256, 256)
    assert one.resolution_m == pytest.approx(30, abs=0.05) and len(one.bands) == now.count
    assert shape(one.footprint).area > 0


@pytest.mark.parametrize("name", ["dem.tif", "srtm.tif", "nz_elev.tif", "nlcd.tif"])
def test_any_crs_nodata_and_kind_of_number_is_covered_as_far_as_it_has_values(data, name):
    with terrain.opened(data("raster_zion") / name) as file:
        told = covering.measured(file)
        known = file.read(1, masked=True)
    ground = shape(told["footprint"])
    assert ground.is_valid and ground.geom_type in ("Polygon", "MultiPolygon")
    plane = pyproj.Geod(ellps="WGS84").geometry_area_perimeter(ground)[0]
    cells = known.count() * told["resolution_m"] ** 2
    assert abs(plane) == pytest.approx(cells, rel=0.25)
