"""Pictures of rasters and profiles: where a thing lies it is drawn, what is unknown is not, in any CRS."""
import io
import re

import numpy
import pandas
import pytest
import rasterio
import shapely
from PIL import Image
from pyproj import Transformer
from rasterio.transform import from_origin
from rasterio.warp import reproject

from sitereg import errors, terrain
from sitereg.terrain import section

BANDS = [{"name": name, "low": 0, "high": 1000} for name in ("blue", "green", "red")]
MARK = (36.5205, 33.5095)  # where the bright square lies


def scene(path, crs="EPSG:32637", nodata=0):
    """A dark scene of 10 m cells with a bright red square of 100 m around MARK; nothing is known in its western 300 m."""
    x, y = Transformer.from_crs(4326, 32637, always_xy=True).transform(*MARK)
    west, north = round(x) - 1000, round(y) + 1000
    values = numpy.full((3, 200, 200), 100, "uint16")
    values[2, 95:105, 95:105] = 1000
    values[:, :, :30] = 0
    kept = {"driver": "GTiff", "count": 3, "dtype": "uint16", "nodata": nodata}
    at = from_origin(west, north, 10, 10)
    if crs != "EPSG:32637":
        there = rasterio.warp.calculate_default_transform("EPSG:32637", crs, 200, 200, west, north - 2000, west + 2000, north)
        moved = numpy.zeros((3, there[2], there[1]), "uint16")
        reproject(values, moved, src_transform=at, src_crs="EPSG:32637", dst_transform=there[0], dst_crs=crs, src_nodata=0, dst_nodata=0)
        values, at = moved, there[0]
    with rasterio.open(path, "w", width=values.shape[2], height=values.shape[1], crs=crs, transform=at, **kept) as file:
        file.write(values)
    return path


@pytest.mark.parametrize("crs", ["EPSG:32637", "EPSG:4326", "EPSG:3857", "EPSG:6933"])
def test_a_thing_is_drawn_where_it_lies_in_any_crs(tmp_path, crs):
    box, metres = terrain.box_around(shapely.Point(MARK), 500)
    assert metres == pytest.approx(1000, rel=0.002)
    made = terrain.drawn(scene(tmp_path / "one.tif", crs), box, 400, BANDS)
    red = (made[..., 0] > 200) & (made[..., 3] == 255)
    rows, columns = numpy.nonzero(red)
    assert abs(rows.mean() - 199.5) < 4 and abs(columns.mean() - 199.5) < 4, "within a cell of the middle"
    assert red.sum() == pytest.approx(40 * 40, rel=0.12), "a hundred metres are a tenth of the side"


def test_what_the_raster_does_not_know_is_transparent(tmp_path):
    box, _ = terrain.box_around(shapely.Point(MARK), 1500)
    seen = terrain.drawn(scene(tmp_path / "one.tif"), box, 300, BANDS)[..., 3] > 0
    assert not seen[:, :60].any() and not seen[:45].any() and seen[150, 150]
    assert seen[150, 85:195].all(), "from the hole to the edge"
    unsaid = terrain.drawn(scene(tmp_path / "two.tif", nodata=None), box, 300, BANDS)[..., 3] > 0
    assert unsaid[150, 55:195].all() and not unsaid[:, :45].any(), "without a nodata value the file's own edge is one still"


def test_tiles_of_a_map_lie_on_each_other_and_none_is_invented(tmp_path):
    x, y = ((MARK[0] + 180) / 360 * 2**14, (1 - numpy.arcsinh(numpy.tan(numpy.radians(MARK[1]))) / numpy.pi) / 2 * 2**14)
    made = terrain.drawn(scene(tmp_path / "one.tif"), terrain.tile_box(14, int(x), int(y)), 256, BANDS)
    rows, columns = numpy.nonzero(made[..., 0] > 200)
    assert abs(columns.mean() - x % 1 * 256) < 2 and abs(rows.mean() - y % 1 * 256) < 2
    for z, x, y in ((-1, 0, 0), (21, 0, 0), (3, 8, 0), (3, 0, -1)):
        with pytest.raises(errors.BadInput):
            terrain.tile_box(z, x, y)
    with pytest.raises(errors.BadInput):
        terrain.sampled(tmp_path / "one.tif", terrain.tile_box(0, 0, 0), 5000)


def test_the_steeper_the_darker_and_the_unknown_is_transparent(tmp_path):
    """A ground that rises ever more to the east: each step has its colour, in order; where there is no elevation none."""
    x, y = Transformer.from_crs(4326, 32637, always_xy=True).transform(*MARK)
    step, side = 10, 300
    rises = numpy.tan(numpy.radians(numpy.linspace(0, 45, side))).cumsum() * step
    high = numpy.broadcast_to(500 + rises, (side, side)).astype("float32").copy()
    high[:60] = -9999
    with rasterio.open(tmp_path / "one.tif", "w", driver="GTiff", count=1, dtype="float32", nodata=-9999, width=side, height=side, crs="EPSG:32637",
                       transform=from_origin(round(x) - 1500, round(y) + 1500, step, step)) as file:
        file.write(high, 1)
    box, _ = terrain.box_around(shapely.Point(MARK), 1400)
    made = terrain.sloped(tmp_path / "one.tif", box, 256)
    assert not made[:30, :, 3].any() and made[80:, :, 3].all()
    row = ["#" + bytes(one[:3]).hex() for one in made[200].tolist()]
    seen = [one for n, one in enumerate(row) if n == 0 or one != row[n - 1]]
    assert seen == [colour for _first, colour in terrain.SLOPES], "each colour once, in their order"
    for colour, first in (("#fee391", 5), ("#fe9929", 15), ("#cc4c02", 25), ("#662506", 35)):
        assert row.index(colour) / 256 * 2800 + 100 == pytest.approx(first / 45 * 3000, abs=60), "within a few cells of where it begins"


def test_a_band_without_names_is_grey_and_a_png_tells_nothing_else(tmp_path):
    shown = terrain.display([{"name": "band 1", "low": 5, "high": 9}, {"name": "band 2", "low": 0, "high": 1}])
    assert shown == [(1, 5, 9)]
    made = terrain.coloured(numpy.array([[[5.0, 7.0, 9.0, numpy.nan]]]), [(5, 9)])
    assert made[0, :, 0].tolist() == [0, 127, 255, 0] == made[0, :, 2].tolist() and made[0, :, 3].tolist() == [255, 255, 255, 0]
    told = Image.open(io.BytesIO(terrain.png(made)))
    assert told.size == (4, 1) and told.info == {}


def test_a_slope_to_the_light_is_brighter_than_one_away_from_it(tmp_path):
    """A ridge that runs from south-west to north-east, in degrees: its north-western side is lit, the other lies in shadow."""
    rows, columns = numpy.mgrid[0:120, 0:120]
    high = (1000 - 4 * abs(rows - columns)).astype("float32")
    path = tmp_path / "ridge.tif"
    with rasterio.open(path, "w", driver="GTiff", width=120, height=120, count=1, dtype="float32", crs="EPSG:4326",
                       transform=from_origin(36.5, 33.55, 0.0003, 0.0003)) as file:
        file.write(high[:, ::-1], 1)
    box, _ = terrain.box_around(shapely.Point(36.518, 33.532), 1000)
    lit = terrain.shaded(path, box, 200)
    assert lit[60, 60, 0] > lit[140, 140, 0] + 10 and (lit[..., 3] == 255).all()
    assert terrain.shaded(path, terrain.box_around(shapely.Point(40, 30), 1000)[0], 100)[..., 3].max() == 0
    edge = terrain.shaded(path, terrain.box_around(shapely.Point(36.5, 33.532), 1000)[0], 100)[..., 3]
    assert not edge[:, :49].any() and edge[:, 52:].all(), "no ground is invented beyond the edge of real numbers either"


def frame(values, step=100.0):
    return pandas.DataFrame({"distance_m": numpy.arange(len(values)) * step, "elevation": values})


def test_a_profile_has_its_numbers_gaps_and_the_side_where_reading_begins():
    made = section.drawn(frame([600.0, 620, numpy.nan, 640, 660]), said="elevations")
    assert (made.lowest, made.highest, made.length_m, made.unknown) == (600, 660, 400, pytest.approx(0.2))
    assert made.svg.count("<polyline") == 2 and 'aria-label="elevations"' in made.svg and made.rows[2] == (200, None)
    first = [float(re.search(r'points="([\d.]+),', one)[1]) for one in (made.svg, section.drawn(frame([600.0, 660]), right=True).svg)]
    assert first[0] < 320 < first[1]
    assert made.stretch == pytest.approx((400 / 570) / (60 / 170), rel=0.35)


def test_a_profile_of_nothing_and_of_level_ground():
    assert section.drawn(frame([numpy.nan] * 3)).svg == ""
    level = section.drawn(frame([612.3] * 50))
    assert level.svg and level.lowest == level.highest and len(level.rows) == 25
