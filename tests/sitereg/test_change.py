"""Change between dates: nothing where nothing changed, whatever the light, the season or the grid; what was dug, with its sign."""
from contextlib import ExitStack
from datetime import date

import numpy
import pyproj
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin
from rasterio.warp import reproject, transform_bounds
from scipy import ndimage

from sitereg.terrain import disturbance, scenes
from sitereg.terrain.registration import apart, moved

SIDE, CELL = 220, 10
GRID = from_origin(600_000, 3_900_000, CELL, CELL)
NAMES = ("blue", "green", "red", "near infrared")
BACK = pyproj.Transformer.from_crs(32637, 4326, always_xy=True).transform
MIDDLE = shapely.Point(BACK(600_000 + SIDE * CELL / 2 + 5, 3_900_000 - SIDE * CELL / 2 - 5))
WINTER, NEXT, SUMMER = date(2012, 2, 15), date(2013, 2, 1), date(2013, 8, 1)


def ground(noise=1, season=0.0):
    """Reflectances (4, rows, columns) of bare ground; another noise for another day; season: a patchwork of fields that turn greener."""
    fixed, dice = numpy.random.default_rng(1), numpy.random.default_rng(noise)
    lit = 1 + 0.2 * ndimage.gaussian_filter(fixed.normal(0, 1, (SIDE, SIDE)), 2) + ndimage.gaussian_filter(fixed.normal(0, 2, (SIDE, SIDE)), 9)
    fields = numpy.kron(fixed.integers(0, 3, (44, 44)) / 2, numpy.ones((5, 5))) * season
    green = numpy.array([-0.3, -0.2, -0.5, 0.8])[:, None, None] * fields
    return numpy.array([0.14, 0.19, 0.25, 0.31])[:, None, None] * lit * (1 + green) + dice.normal(0, 0.006, (4, SIDE, SIDE))


def dug(bands, cells=3, factor=0.7):
    """The same with a square of so many cells a side in the middle, brighter or darker by a factor."""
    found = bands.copy()
    first = SIDE // 2 - cells // 2
    found[:, first:first + cells, first:first + cells] *= factor
    return found


def look(tmp_path, *pictures, shape=MIDDLE, within_m=60, days=(WINTER, NEXT), **asked):
    """The Change between pictures: arrays on GRID, or (array, transform, crs)."""
    with ExitStack() as stack:
        made = []
        for n, picture in enumerate(pictures):
            bands, transform, crs = picture if isinstance(picture, tuple) else (picture, GRID, "EPSG:32637")
            path = tmp_path / f"{n}.tif"
            with rasterio.open(path, "w", driver="GTiff", width=bands.shape[2], height=bands.shape[1], count=len(bands), dtype="float32",
                               crs=crs, transform=transform, nodata=numpy.nan) as out:
                out.write(bands.astype("float32"))
                out.descriptions = NAMES[:len(bands)] if len(bands) == 4 else (None,) * len(bands)
            made.append(stack.enter_context(scenes.scene(path, day=days[n])))
        return disturbance.changed(made, shape, within_m=within_m, **asked)


@pytest.mark.parametrize("made", [lambda one: one, lambda one: one + 0.2, lambda one: one * 0.6, lambda one: one * 1.4 - 0.03,
                                  lambda one: ground(2), lambda one: ground(2) * 0.8 + 0.05],
                         ids=["itself", "offset", "gain", "both", "another_day", "another_day_and_light"])
def test_nothing_where_nothing_changed(tmp_path, made):
    found = look(tmp_path, ground(), made(ground()))
    assert (found.result, found.direction, found.changed, found.changed_m2) == ("unchanged", None, None, 0.0)
    assert found.limits == () and found.confidence > 0


@pytest.mark.parametrize(("factor", "way"), [(0.7, "darker"), (1.3, "brighter")])
@pytest.mark.parametrize("cells", [2, 3, 6])
def test_what_was_dug_is_found_with_its_sign_and_size(tmp_path, factor, way, cells):
    found = look(tmp_path, ground(), dug(ground(2), cells, factor))
    assert (found.result, found.direction, found.index) == ("changed", way, "brightness")
    assert found.score > disturbance.ALARM and found.strength > 5 and found.confidence > 0.97
    assert 0.25 * cells**2 <= found.changed_m2 / CELL**2 <= 2.5 * cells**2
    assert found.changed.buffer(1e-4).contains(MIDDLE)


def test_pit_and_spoil_together_are_mixed(tmp_path):
    after = dug(ground(2), 4, 0.6)
    after[:, SIDE // 2 - 2:SIDE // 2 + 2, SIDE // 2 + 3:SIDE // 2 + 6] *= 1.4
    found = look(tmp_path, ground(), after, within_m=80)
    assert (found.result, found.direction) == ("changed", "mixed")


def test_a_season_that_touches_ring_and_site_is_no_alarm_and_is_said(tmp_path):
    found = look(tmp_path, ground(), ground(2, season=1.0), days=(WINTER, SUMMER))
    assert found.result == "unchanged" and found.limits[0] == "other_season"


def test_of_several_dates_those_of_the_season_count(tmp_path):
    """August beside three Februaries and the August before: only the last is compared with."""
    four = [ground(n) for n in (2, 3, 4)], ground(5, season=1.0)
    days = (date(2010, 2, 1), date(2011, 2, 1), date(2012, 8, 5), date(2012, 2, 3), SUMMER)
    found = look(tmp_path, four[0][0], four[0][1], four[1], four[0][2], dug(ground(6, season=1.0)), days=days)
    assert (found.result, found.direction, found.against, found.limits) == ("changed", "darker", ("2.tif",), ())


def test_a_cell_that_varies_from_year_to_year_counts_for_less(tmp_path):
    """A field inside the site that was bright, dark and bright before is no change when it is dark again; without its past it is one."""
    def year(noise, factor):
        return dug(ground(noise), 4, factor)
    days = (*(date(2000 + n, 2, 1) for n in range(9, 13)), NEXT)
    last = year(6, 0.75)
    assert look(tmp_path, year(5, 1.0), last, days=days[3:]).result == "changed"
    assert look(tmp_path, year(2, 1.3), year(3, 0.7), year(4, 1.25), year(5, 0.8), last, days=days).result == "unchanged"


@pytest.mark.parametrize("off", [(1.6, -0.8), (0.0, 2.2)])
def test_a_shifted_grid_is_put_right_and_said(tmp_path, off):
    after = ndimage.shift(dug(ground(2)), (0, *off), order=1, mode="nearest")
    found = look(tmp_path, ground(), after)
    assert (found.result, found.direction) == ("changed", "darker") and "shifted" in found.limits
    assert found.shift_m == pytest.approx(CELL * numpy.hypot(*off), abs=3)
    quiet = look(tmp_path, ground(), ndimage.shift(ground(2), (0, *off), order=1, mode="nearest"))
    assert quiet.result == "unchanged" and "shifted" in quiet.limits


def test_what_is_shifted_too_far_is_unusable(tmp_path):
    found = look(tmp_path, ground(), numpy.roll(ground(2), (6, -4), (1, 2)))
    assert (found.result, found.unusable, found.direction, found.confidence) == ("image_unusable", "misregistered", None, None)


def test_bare_ground_says_that_it_could_not_be_put_onto_each_other(tmp_path):
    dice = numpy.random.default_rng(0)
    found = look(tmp_path, *(0.2 + dice.normal(0, 0.01, (4, SIDE, SIDE)) for _ in range(2)))
    assert found.result == "unchanged" and "unregistered" in found.limits


def cloud(bands, rows, columns):
    """A white cloud, and its shadow as far to the right."""
    found = bands.copy()
    found[:, rows, columns] = numpy.array([0.62, 0.63, 0.64, 0.66])[:, None, None]
    found[:, rows, columns.start + 40:columns.stop + 40] *= 0.45
    return found


def test_a_cloud_over_the_site_is_unusable_and_beside_it_is_left_out(tmp_path):
    over = cloud(ground(2), slice(90, 130), slice(95, 125))
    found = look(tmp_path, ground(), over)
    assert (found.result, found.unusable) == ("image_unusable", "cloud")
    assert look(tmp_path, over, ground()).unusable == "cloud", "in the earlier one too"
    shade = look(tmp_path, ground(), cloud(ground(2), slice(95, 125), slice(50, 90)))
    assert (shade.result, shade.unusable) == ("image_unusable", "cloud"), "its shadow lies over the site"
    beside = look(tmp_path, ground(), cloud(dug(ground(2)), slice(60, 85), slice(60, 90)))
    assert (beside.result, beside.direction) == ("changed", "darker")


def test_haze_that_takes_the_contrast_is_unusable(tmp_path):
    clear, dice = ground(2), numpy.random.default_rng(9)
    veiled = 0.04 * clear + 0.96 * 0.5 + dice.normal(0, 0.006, clear.shape)
    found = look(tmp_path, ground(), veiled)
    assert (found.result, found.unusable) == ("image_unusable", "haze")


def nothing(bands, rows=slice(None), columns=slice(None)):
    found = bands.copy()
    found[:, rows, columns] = numpy.nan
    return found


@pytest.mark.parametrize(("after", "why"), [
    (nothing(ground(2)), "no_data"), (nothing(ground(2), slice(100, 120), slice(100, 120)), "no_data"),
    (nothing(ground(2), slice(None), slice(110, None)), "partly_covered")], ids=["everywhere", "hole", "half"])
def test_where_nothing_is_known_nothing_is_said(tmp_path, after, why):
    for two in ((ground(), after), (after, ground())):
        found = look(tmp_path, *two)
        assert (found.result, found.unusable) == ("image_unusable", why)


def test_a_raster_that_does_not_reach_the_site_and_a_site_of_one_cell(tmp_path):
    far = shapely.Point(MIDDLE.x + 1, MIDDLE.y)
    assert look(tmp_path, ground(), ground(2), shape=far).unusable == "no_data"
    assert look(tmp_path, ground(), ground(2), within_m=8).unusable == "too_coarse"
    island = nothing(ground(2))
    island[:, 100:121, 100:121] = ground(2)[:, 100:121, 100:121]
    assert look(tmp_path, ground(), island).unusable == "no_control"


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:22770"])
def test_in_any_coordinate_system(tmp_path, crs):
    def put(bands):
        bounds = transform_bounds("EPSG:32637", crs, 600_000, 3_900_000 - SIDE * CELL, 600_000 + SIDE * CELL, 3_900_000)
        transform = from_origin(bounds[0], bounds[3], (bounds[2] - bounds[0]) / 230, (bounds[3] - bounds[1]) / 230)
        found = numpy.full((4, 230, 230), numpy.nan, "float32")
        reproject(bands.astype("float32"), found, src_transform=GRID, src_crs="EPSG:32637", dst_transform=transform, dst_crs=crs,
                  src_nodata=numpy.nan, dst_nodata=numpy.nan, resampling=1)
        return found, transform, crs
    found = look(tmp_path, put(ground()), put(dug(ground(2), 4)))
    assert (found.result, found.direction) == ("changed", "darker") and 600 <= found.changed_m2 <= 4_000
    mixed = look(tmp_path, ground(), put(dug(ground(2), 4)))
    assert (mixed.result, mixed.direction) == ("changed", "darker")
    assert look(tmp_path, ground(), put(ground(2))).result == "unchanged"


def test_a_single_band_and_no_days(tmp_path):
    found = look(tmp_path, ground()[:1], dug(ground(2))[:1], days=(None, None))
    assert (found.result, found.direction) == ("changed", "darker") and {"day_unknown", "no_cloud_mask"} <= set(found.limits)


def test_phase_correlation_to_a_tenth_of_a_cell():
    first, dice = ground()[0], numpy.random.default_rng(3)
    for off in ((0.0, 0.0), (0.5, -0.3), (-3.2, 7.6)):
        second = ndimage.shift(first, off, order=3, mode="nearest") + dice.normal(0, 0.003, first.shape)
        found = apart(first, second)
        assert found.sure and (found.rows, found.columns) == pytest.approx(off, abs=0.15)
        back = moved(second[None], found)[0][20:-20, 20:-20]
        assert numpy.nanstd(back - first[20:-20, 20:-20]) < 0.02
    assert apart(first[:20, :20], first[:20, :20]) is None


def test_between_two_seasons_a_change_must_be_much_stronger(tmp_path):
    """The very same faint pit is told in one season and not between two."""
    two = ground(), dug(ground(2), 3, 0.94)
    found, between = look(tmp_path, *two), look(tmp_path, *two, days=(WINTER, SUMMER))
    assert disturbance.ALARM < found.score < disturbance.ALARM_SEASONS and found.score == between.score
    assert (found.result, between.result) == ("changed", "unchanged")
