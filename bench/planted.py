"""Pairs of scenes in which it is known what was dug: real and generated ground, planted pits, trenches, tracks and spoil."""
import contextlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy
import pyproj
import rasterio
import shapely
from rasterio.io import MemoryFile
from rasterio.transform import from_origin
from scipy import ndimage

from sitereg.terrain.scenes import Scene, scene

KINDS = ("pit", "trench", "track", "spoil")
SIZES = (1, 2, 4, 9, 20, 50)  # cells
SIDE, APART, RADIUS = 300, 58, 5.2  # cells: of a scene, between two places, of a site
DRY, WET = 1.15, 0.55  # what was dug out beside what lies deep, of bare soil
NAMES = ("blue", "green", "red", "nir", "swir")

__all__ = ["KINDS", "SIZES", "Pair", "landsat", "pairs", "places", "planted", "scenes"]


@dataclass(frozen=True)
class Pair:
    """before and after (5 bands, rows, columns) of NAMES, their days, the bare soil of after, metres a cell, what is special."""

    name: str
    before: numpy.ndarray
    after: numpy.ndarray
    days: tuple[date, date]
    soil: numpy.ndarray
    cell: float
    dtype: str
    full: float


def landsat(folder):
    """July and November 2002 (raster_landsat7), five bands each; None where they are not here."""
    files = [Path(folder) / f"landsat7_etm_2002-{day}.tif" for day in ("07-20", "11-25")]
    if not all(one.is_file() for one in files):
        return None
    found = []
    for one in files:
        with scene(one) as data:
            found.append(data.data.read([data.bands[name] for name in NAMES]).astype("float64"))
    return found


def pairs(real, dice):
    """The Pairs: real ground of two seasons, real ground twice with another light and noise, generated desert plain, noisy, hazy,
    and on a shifted grid."""
    if real:
        july, november = real
        soil = numpy.quantile(november.reshape(5, -1), 0.93, axis=1)
        yield Pair("two seasons (July, November)", july, november, (date(2002, 7, 20), date(2002, 11, 25)), soil, 30, "uint8", 255)
        again = ndimage.shift(november, (0, 0.3, -0.2), order=1, mode="nearest") * 0.9 + 6
        yield Pair("one season, real ground", november, again + dice.normal(0, 1.5, again.shape),
                   (date(2001, 11, 20), date(2002, 11, 25)), soil, 30, "uint8", 255)
    days = date(2012, 2, 15), date(2013, 2, 10)
    before, after, soil = desert(dice), desert(dice), numpy.array([0.17, 0.23, 0.30, 0.37, 0.45])
    yield Pair("generated desert", before, after, days, soil, 10, "float32", 1)
    yield Pair("the same, half of it fields", *fields(before, after, dice), days, soil, 10, "float32", 1)
    yield Pair("the same, three times the noise", before, after + dice.normal(0, 0.023, after.shape), days, soil, 10, "float32", 1)
    haze = 0.5 * (1 + 0.4 * numpy.sin(numpy.arange(SIDE) / 40))[None, None, :]
    hazed = after + haze * (0.55 - after) + dice.normal(0, 0.008, after.shape)
    yield Pair("the same, half its contrast under haze", before, hazed, days, soil, 10, "float32", 1)
    shifted = ndimage.shift(after, (0, 1.3, -0.9), order=1, mode="nearest")
    yield Pair("the same, on a grid 1.6 cells off", before, shifted, days, soil, 10, "float32", 1)


def desert(dice, waves=7):
    """Bare ground: hills in the sun, patches of other soil that stay, noise of the sensor."""
    fixed = numpy.random.default_rng(waves)
    high = ndimage.gaussian_filter(fixed.normal(0, 1, (SIDE, SIDE)), 12) * 400
    down, right = numpy.gradient(high)
    patches = ndimage.gaussian_filter(fixed.normal(0, 1, (SIDE, SIDE)), 2) * 0.25
    wind = ndimage.gaussian_filter(dice.normal(0, 1, (SIDE, SIDE)), 6) * 0.15  # dust that was moved between the dates
    lit = 1 + 0.06 * (down - right) + patches + wind
    return numpy.array([0.14, 0.19, 0.25, 0.31, 0.38])[:, None, None] * lit + dice.normal(0, 0.008, (5, SIDE, SIDE))


def fields(before, after, dice):
    """Both, with fields on the western half, of which each is ploughed, green or harvested as it was sown that year."""
    across = numpy.arange(SIDE)[None, :] < SIDE // 2
    crops = numpy.array([[1, 1, 1, 1, 1], [0.55, 0.7, 0.45, 1.3, 0.7], [0.75, 0.7, 0.7, 0.75, 0.8], [1.3, 1.35, 1.4, 1.3, 1.25]])
    down, right = (numpy.cumsum(fixed.integers(4, 14, 80)) for fixed in [numpy.random.default_rng(3)] * 2)
    of = numpy.searchsorted(down, numpy.arange(SIDE))[:, None], numpy.searchsorted(right, numpy.arange(SIDE))[None, :]
    return [one * numpy.where(across, crops[dice.integers(0, 4, (80, 80))[of]].transpose(2, 0, 1), 1) for one in (before, after)]


def places(dice):
    """Rows and columns of sites, APART from each other, on another grid each time."""
    first = dice.integers(34, 34 + SIDE - 68 - 3 * APART - 1, 2)
    return [(int(first[0] + i * APART), int(first[1] + j * APART)) for i in range(4) for j in range(4)]


def planted(pair, at, kind, size, share, dice):
    """`after` with one thing of so many cells dug near the middle of each place; share: of a cell that it fills (0-1)."""
    found = pair.after.copy()
    for row, column in at:
        y, x = numpy.mgrid[-28:29, -28:29]
        off = dice.uniform(-1.5, 1.5, 2)
        y, x = y - off[0], x - off[1]
        if kind in ("pit", "spoil"):
            order = y**2 + x**2
        else:  # one cell wide, through the place, in whatever direction; a track leaves the site on both sides
            turn = dice.uniform(0, numpy.pi)
            along, across = x * numpy.cos(turn) + y * numpy.sin(turn), abs(y * numpy.cos(turn) - x * numpy.sin(turn))
            order = abs(along) + 1_000 * (across > 0.5 + 0.08 * (size > 20))
        cells = numpy.unravel_index(numpy.argsort(order, axis=None)[:size], order.shape)
        bright = {"pit": WET, "trench": WET, "track": 1.05, "spoil": DRY}[kind] * pair.soil
        here = found[:, row - 28 + cells[0], column - 28 + cells[1]]
        found[:, row - 28 + cells[0], column - 28 + cells[1]] = (1 - share) * here + share * bright[:, None]
    return found


@contextlib.contextmanager
def scenes(pair, after):
    """The two Scenes, in memory, and a function from (row, column) to the site there: what lies within RADIUS cells, EPSG:4326."""
    grid = from_origin(390_000, 4_000_000, pair.cell, pair.cell)
    with contextlib.ExitStack() as stack:
        made = []
        for bands, day in zip((pair.before, after), pair.days, strict=True):
            memory = stack.enter_context(MemoryFile())
            whole = bands.round() if pair.dtype == "uint8" else bands
            with memory.open(driver="GTiff", width=SIDE, height=SIDE, count=5, dtype=pair.dtype, crs="EPSG:32637",
                             transform=grid) as out:
                out.write(whole.clip(0, pair.full).astype(pair.dtype))
            data: rasterio.DatasetReader = stack.enter_context(memory.open())
            made.append(Scene(data, pyproj.CRS(32637), {name: n for n, name in enumerate(NAMES, 1)}, day, day.isoformat()))
        back = pyproj.Transformer.from_crs(32637, 4326, always_xy=True).transform
        yield made, lambda row, column: shapely.Point(*back(*(grid @ (column + 0.5, row + 0.5))))
