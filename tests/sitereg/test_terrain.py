"""Relief: what the ground is, whatever the grid of the raster; what is unknown stays unknown; what is no raster is refused."""
import shutil
import subprocess

import numpy
import pyproj
import pytest
import rasterio
import shapely
from affine import Affine
from pyproj import Transformer
from rasterio.transform import from_origin

from sitereg import terrain
from sitereg.errors import BadInput

LON, LAT = 38.9, 35.0
WEST_UTM, NORTH_UTM = 672_000, 3_876_000  # of that place in EPSG:32637
RISES = (0.08, -0.15)  # metres up for a metre east, north: it falls to the north-north-west
SLOPE = numpy.degrees(numpy.arctan(numpy.hypot(*RISES)))
FALLS = numpy.degrees(numpy.arctan2(-RISES[0], -RISES[1])) % 360
GRIDS = {  # crs, transform: cells of about 30 m around the place
    "degrees": ("EPSG:4326", from_origin(LON - 0.0165, LAT + 0.0135, 0.00033, 0.00027)),
    "utm": ("EPSG:32637", from_origin(WEST_UTM, NORTH_UTM, 30, 30)),
    "far from its zone": ("EPSG:32635", None),
    "mercator": ("EPSG:3857", None),
    "equal area": ("ESRI:102022", None),
    "turned": ("EPSG:32637", Affine.translation(WEST_UTM, NORTH_UTM) @ Affine.rotation(33) @ Affine.scale(30, -30)),
    "south up": ("EPSG:32637", Affine.translation(WEST_UTM, NORTH_UTM - 3000) @ Affine.scale(30, 30)),
    "long cells": ("EPSG:32637", from_origin(WEST_UTM, NORTH_UTM, 20, 45)),
}


def grid_of(crs, transform, side=100):
    if transform is None:
        x, y = Transformer.from_crs(4326, crs, always_xy=True).transform(LON, LAT)
        transform = from_origin(x - 15 * side, y + 15 * side, 30, 30)
    columns, rows = numpy.meshgrid(numpy.arange(side) + 0.5, numpy.arange(side) + 0.5)
    lon, lat = Transformer.from_crs(crs, 4326, always_xy=True).transform(*(transform @ (columns, rows)))
    return transform, lon, lat


def plane(lon, lat):
    """Elevations of an even slope over the ellipsoid: by the geodesic from the middle, not by any grid."""
    middle = lon[50, 50], lat[50, 50]
    azimuth, _, away = pyproj.Geod(ellps="WGS84").inv(numpy.full_like(lon, middle[0]), numpy.full_like(lat, middle[1]), lon, lat)
    turned = numpy.radians(azimuth)
    return 700 + RISES[0] * away * numpy.sin(turned) + RISES[1] * away * numpy.cos(turned)


@pytest.mark.parametrize("name", GRIDS)
def test_an_even_slope_is_what_it_is_in_every_grid(name):
    crs, transform = GRIDS[name]
    transform, lon, lat = grid_of(crs, transform)
    high = plane(lon, lat)
    found = terrain.relief(terrain.Grid(high, transform, pyproj.CRS(crs), (30, 30)))
    assert numpy.nanmax(abs(found.slope - SLOPE)) < 0.02 and numpy.nanmax(abs(found.aspect - FALLS)) < 0.1
    assert numpy.isnan(found.slope).sum() == 4 * 99, "the rim alone"
    assert found.ruggedness[50, 50] == pytest.approx(numpy.sqrt(((high[49:52, 49:52] - high[50, 50]) ** 2).sum()))
    assert found.roughness[50, 50] == pytest.approx(numpy.ptp(high[49:52, 49:52]), rel=1e-5)


def saved(path, values, crs="EPSG:32637", transform=None, **more):
    values = numpy.asarray(values)
    with rasterio.open(path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype=values.dtype, crs=crs,
                       transform=transform or from_origin(WEST_UTM, NORTH_UTM, 30, 30), **more) as out:
        out.write(values, 1)
    return path


@pytest.fixture
def hill(tmp_path):
    _, lon, lat = grid_of(*GRIDS["utm"])
    return saved(tmp_path / "hill.tif", plane(lon, lat).astype("float32"))


MIDDLE = shapely.Point(*Transformer.from_crs(32637, 4326, always_xy=True).transform(WEST_UTM + 1500, NORTH_UTM - 1500))


def test_numbers_around_a_place(hill):
    found = terrain.around(hill, MIDDLE, within_m=300)
    assert found.slope_mean == pytest.approx(SLOPE, abs=0.02) == found.slope_highest and found.faces == pytest.approx(FALLS, abs=0.2)
    assert found.limits == () and found.covered == pytest.approx(1) and 300 < found.cells < 420
    assert found.highest - found.lowest == pytest.approx(2 * 300 * numpy.hypot(*RISES), rel=0.12)
    assert found.cell_m == pytest.approx((30, 30), rel=0.001)


def test_what_weakens_the_numbers_is_said(hill, tmp_path):
    assert terrain.around(hill, MIDDLE, within_m=40).limits == ("coarse",)
    corner = shapely.Point(*Transformer.from_crs(32637, 4326, always_xy=True).transform(WEST_UTM + 100, NORTH_UTM - 100))
    part = terrain.around(hill, corner, within_m=400)
    assert "partly_covered" in part.limits and 0.3 < part.covered < 0.6
    with rasterio.open(hill) as data:
        high = data.read(1)
    high[40:46, 40:46] = -32768
    found = terrain.around(saved(tmp_path / "void.tif", high), MIDDLE, within_m=400)
    assert "holes" in found.limits and found.lowest > 500 and found.slope_highest < SLOPE + 1
    level = terrain.around(saved(tmp_path / "level.tif", numpy.full((100, 100), 640, "int16")), MIDDLE, within_m=400)
    assert level.faces is None and level.slope_highest == 0 and level.lowest == level.highest == 640


@pytest.mark.parametrize(("kind", "nothing"), [("int16", -9999), ("uint16", 65535), ("float32", float("nan")), ("float32", -3.4e38), ("uint8", 0)])
def test_a_cell_without_a_value_is_unknown_and_so_are_its_neighbours(tmp_path, kind, nothing):
    high = numpy.full((20, 20), 100, kind)
    high[10, 10] = nothing
    found = terrain.relief(terrain.read(saved(tmp_path / "a.tif", high, nodata=nothing)))
    assert numpy.isnan(found.slope[9:12, 9:12]).all() and numpy.isnan(found.slope).sum() == 9 + 4 * 19
    assert (terrain.hillshade(found)[9:12, 9:12] == 0).all() and terrain.hillshade(found)[5, 5] == 1 + int(254 * numpy.cos(numpy.pi / 4))


def test_feet_are_told(hill):
    grid = terrain.read(hill)
    steep = numpy.tan(numpy.radians(terrain.relief(grid).slope[50, 50]))
    assert numpy.tan(numpy.radians(terrain.relief(grid, unit_m=0.3048).slope[50, 50])) == pytest.approx(0.3048 * steep, rel=1e-5)


def test_a_profile_follows_the_shortest_way(hill):
    grid = terrain.read(hill)
    east = pyproj.Geod(ellps="WGS84").fwd(MIDDLE.x, MIDDLE.y, 90, 600)[:2]
    found = terrain.profile(grid, shapely.LineString([MIDDLE, east]), step_m=50)
    assert len(found) == 13 and found.distance_m.iloc[-1] == pytest.approx(600, abs=0.01)
    assert numpy.diff(found.elevation) == pytest.approx(numpy.full(12, 50 * RISES[0]), abs=0.02)
    off = terrain.profile(grid, shapely.LineString([MIDDLE, (MIDDLE.x + 0.05, MIDDLE.y)]), step_m=100)
    assert off.elevation.notna().iloc[0] and off.elevation.isna().iloc[-1]
    with pytest.raises(BadInput, match="too small steps"):
        terrain.profile(grid, shapely.LineString([(30, 30), (40, 40)]), step_m=1)


def test_it_is_written_on_the_same_cells_and_never_over_a_file(hill, tmp_path):
    grid = terrain.read(hill)
    paths = terrain.write(grid, terrain.relief(grid), tmp_path / "out")
    assert [path.name for path in paths] == ["slope.tif", "aspect.tif", "ruggedness.tif", "roughness.tif", "hillshade.tif"]
    with rasterio.open(paths[0]) as data:
        assert data.crs == "EPSG:32637" and data.transform == grid.transform and data.tags()["SOURCE"] == "hill.tif"
        assert data.read(1, masked=True).mean() == pytest.approx(SLOPE, abs=0.02)
    with pytest.raises(FileExistsError):
        terrain.write(grid, terrain.relief(grid), tmp_path / "out")


def bomb(path):
    with rasterio.open(path, "w", driver="GTiff", width=60_000, height=60_000, count=1, dtype="uint8", crs="EPSG:32637", sparse_ok=True,
                       transform=from_origin(WEST_UTM, NORTH_UTM, 1, 1), tiled=True, compress="deflate"):
        return path


def text(path, words):
    path.write_text(words)
    return path


@pytest.mark.parametrize(("code", "make"), [
    ("not_found", lambda at: at / "nothing.tif"),
    ("unreadable", lambda at: text(at / "words.tif", "no raster")),
    ("unreadable", lambda at: text(at / "stands_for_another.tif", '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand band="1"/></VRTDataset>')),
    ("no_crs", lambda at: saved(at / "nowhere.tif", numpy.ones((5, 5)), crs=None)),
    ("bad_raster", lambda at: saved(at / "complex.tif", numpy.ones((5, 5), "complex64"))),
    ("bomb", lambda at: bomb(at / "flood.tif")),
    ("outside", lambda at: saved(at / "elsewhere.tif", numpy.ones((50, 50)), transform=from_origin(300_000, NORTH_UTM, 30, 30)))])
def test_what_is_no_raster_of_this_place_is_refused(tmp_path, code, make):
    with pytest.raises(BadInput) as refused:
        terrain.around(make(tmp_path), MIDDLE, within_m=300)
    assert refused.value.code == code and refused.value.do


@pytest.mark.parametrize("asked", [{"within_m": 0}, {"within_m": float("nan")}, {"within_m": 1e9}])
def test_no_ground_is_no_question(hill, asked):
    with pytest.raises(BadInput, match="no ground"):
        terrain.around(hill, MIDDLE, **asked)
    with pytest.raises(BadInput, match="no such band"):
        terrain.read(hill, band=2)


def test_more_than_is_read_at_once_is_refused(hill, monkeypatch):
    monkeypatch.setattr("sitereg.terrain.raster.MOST_CELLS", 9_999)
    with pytest.raises(BadInput, match="more than is read at once"):
        terrain.read(hill)
    assert terrain.read(hill, around=MIDDLE, within_m=300).values.size < 900


# ---- beside gdaldem, which takes the numbers of the grid for metres on the ground
def by_gdal(mode, path, *more):
    if not shutil.which("gdaldem"):
        pytest.skip("gdaldem is not here: apt install gdal-bin")
    made = path.with_suffix("").name
    out = by_gdal.folder / f"{made}-{mode}.tif"
    subprocess.run(["gdaldem", mode, str(path), str(out), "-q", *more], check=True, timeout=60)
    with rasterio.open(out) as data:
        return data.read(1, masked=True).astype("float64").filled(numpy.nan)


@pytest.mark.data
@pytest.mark.parametrize("name", ["dem.tif", "nz_elev.tif", "srtm.tif"])
def test_beside_gdaldem(data, tmp_path, name):
    by_gdal.folder, path = tmp_path, data("raster_zion") / name
    grid = terrain.read(path)
    found = terrain.relief(grid)
    assert numpy.array_equal(numpy.isnan(found.slope), numpy.isnan(by_gdal("slope", path)))
    assert numpy.nanmax(abs(found.ruggedness - by_gdal("TRI", path, "-alg", "Riley"))) < 1e-3
    assert numpy.nanmax(abs(found.roughness - by_gdal("roughness", path))) < 1e-3
    if grid.crs.is_geographic:
        _degrees(grid, found, tmp_path)
        return
    some = numpy.s_[::9, ::9]
    rows, columns = (one[some] + 0.5 for one in numpy.indices(grid.values.shape))
    lon, lat = Transformer.from_crs(grid.crs, 4326, always_xy=True).transform(*(grid.transform @ (columns, rows)))
    told = pyproj.Proj(grid.crs).get_factors(lon, lat)
    ours, theirs = (numpy.tan(numpy.radians(one[some])) for one in (found.slope, by_gdal("slope", path)))
    steep = theirs > 0.001
    assert abs(ours[steep] / theirs[steep] / told.parallel_scale[steep] - 1).max() < 2e-4, "but for the scale of the projection the same"
    turned = (by_gdal("aspect", path)[some] - found.aspect[some] + told.meridian_convergence + 180) % 360 - 180
    known = numpy.isfinite(turned) & steep
    assert abs(turned[known]).max() < 0.05, "but for where north is the same"


def _degrees(grid, found, folder):
    """gdaldem on the middle rows as a grid whose cells are as many metres as they are there."""
    high = grid.values.astype("float64")
    row = high.shape[0] // 2
    copy = saved(folder / "middle.tif", numpy.nan_to_num(high[row - 3:row + 4], nan=-9999), nodata=-9999,
                 transform=Affine(grid.cell_m[0], 0, WEST_UTM, 0, -grid.cell_m[1], NORTH_UTM))
    theirs = by_gdal("slope", copy)
    assert numpy.nanmax(abs(found.slope[row - 2:row + 3] - theirs[1:-1])) < 0.02
