"""Optical scenes as they are compared: open files with named bands, cut onto one grid; nothing known is NaN.

Two rasters may have other CRSs and cells of other sizes: both come onto the cells of the coarser one, so that no detail is
invented. Which band is which is read from what the file says of its bands, or told.
"""
import contextlib
from dataclasses import dataclass
from datetime import date

import numpy
import pyproj
import rasterio
import shapely
from affine import Affine
from rasterio.enums import ColorInterp, Resampling
from rasterio.warp import reproject
from rasterio.windows import Window

from sitereg.errors import BadInput
from sitereg.terrain.metric import cell_m
from sitereg.terrain.raster import opened

NAMES = ("blue", "green", "red", "nir", "swir")
SAID = {"blue": "blue", "green": "green", "red": "red", "nir": "nir", "near infrared": "nir", "near-infrared": "nir", "nir1": "nir",
        "swir": "swir", "swir1": "swir", "short-wave infrared": "swir", "shortwave infrared": "swir"}
NUMBERED = {  # bands that a sensor numbers: names of all bands of the file -> ours
    ("B1", "B2", "B3", "B4", "B5", "B7"): {"B1": "blue", "B2": "green", "B3": "red", "B4": "nir", "B5": "swir"},  # Landsat 4 to 7
    ("B2", "B3", "B4", "B5", "B6", "B7"): {"B2": "blue", "B3": "green", "B4": "red", "B5": "nir", "B6": "swir"},  # Landsat 8, 9
    ("B02", "B03", "B04", "B08"): {"B02": "blue", "B03": "green", "B04": "red", "B08": "nir"},  # Sentinel-2, 10 m
    ("B02", "B03", "B04", "B08", "B11"): {"B02": "blue", "B03": "green", "B04": "red", "B08": "nir", "B11": "swir"}}
COLOURS = {ColorInterp.red: "red", ColorInterp.green: "green", ColorInterp.blue: "blue"}
ALIGNED = 0.01  # cells by which two grids may be apart and still be read as one
MOST_SIDE = 4_000  # cells of a window

__all__ = ["Frame", "Scene", "cells", "cut", "framed", "named", "said", "scene"]


@dataclass(frozen=True)
class Scene:
    """An open raster with a day (None if nobody knows it) and {name: band}; `{"grey": ...}` where no band has a name."""

    data: rasterio.DatasetReader
    crs: pyproj.CRS
    bands: dict[str, int]
    day: date | None = None
    name: str = ""


@dataclass(frozen=True)
class Frame:
    """Some cells of a grid: its transform from (column, row) to the CRS, rows and columns, width and height of a cell in metres."""

    transform: Affine
    crs: pyproj.CRS
    size: tuple[int, int]
    cell_m: tuple[float, float]


@contextlib.contextmanager
def scene(path, *, day=None, bands=None):
    """An open Scene of a GeoTIFF. bands: {name: number}, names of NAMES; as the file says if not given. BadInput: see
    raster.opened."""
    with opened(path) as data:
        found = bands or named(data)
        wrong = [name for name in found if name not in (*NAMES, "grey")] or [n for n in found.values() if not 1 <= n <= data.count]
        if wrong:
            raise BadInput("There is no such band", where=f"{wrong[0]}", code="not_found",
                           do=f"Say which of the {data.count} bands is {', '.join(NAMES)}.")
        yield Scene(data, pyproj.CRS.from_user_input(data.crs), dict(found), day, data.name.rpartition("/")[2])


def named(data):
    """{name: band} by the descriptions of the bands, their sensor's numbers or colours; {"grey": 1} where nothing is said."""
    found = said(data.descriptions)
    if not found and data.count >= 3:
        found = {COLOURS[kind]: n for n, kind in enumerate(data.colorinterp, 1) if kind in COLOURS}
    return found or {"grey": 1}


def said(names):
    """{name: band} of what the bands are called, in their order: words, or the numbers of a sensor; empty where neither says it."""
    names = [(text or "").strip() for text in names]
    found = {SAID[text.lower()]: n for n, text in enumerate(names, 1) if text.lower() in SAID}
    numbers = NUMBERED.get(tuple(text.upper() for text in names), {})
    return found or {numbers[text.upper()]: n for n, text in enumerate(names, 1) if text.upper() in numbers}


def cells(one, lon, lat):
    """(columns, rows) of places (degrees) in a scene's own grid; halves are the middles of cells."""
    x, y = pyproj.Transformer.from_crs(4326, one.crs, always_xy=True).transform(lon, lat)
    return ~one.data.transform @ (numpy.asarray(x), numpy.asarray(y))


def framed(scenes, shape, margin):
    """(Frame, how large a cell of the coarsest is in metres): the cells around a shape (EPSG:4326) on the coarsest grid.

    margin: cells on each side. The frame may reach over the rim of the raster: what lies there is unknown. BadInput: it would be
    larger than MOST_SIDE cells, or the shape cannot be put into the CRS.
    """
    sizes = [max(cell_m(one.data.transform, one.crs, one.data.height, one.data.width)) for one in scenes]
    grid = scenes[int(numpy.argmax(sizes))]
    there = shapely.transform(shape, pyproj.Transformer.from_crs(4326, grid.crs, always_xy=True).transform, interleaved=False)
    if not numpy.isfinite(there.bounds).all():
        raise BadInput("This place does not lie in the raster's coordinate system", where=grid.name, do="Take another raster.",
                       code="outside")
    left, low, right, high = there.bounds
    columns, rows = ~grid.data.transform @ (numpy.array([left, left, right, right]), numpy.array([low, high, low, high]))
    first = int(numpy.floor(rows.min())) - margin, int(numpy.floor(columns.min())) - margin
    size = int(numpy.ceil(rows.max())) + margin - first[0], int(numpy.ceil(columns.max())) + margin - first[1]
    if max(size) > MOST_SIDE:
        raise BadInput("This area is too large for the cells of the raster", where=grid.name, do="Look at a smaller part.",
                       code="too_large")
    transform = grid.data.transform @ Affine.translation(first[1], first[0])
    return Frame(transform, grid.crs, size, cell_m(transform, grid.crs, *size))


def cut(one, frame, names):
    """The bands of a scene on the cells of a frame: float32 (bands, rows, columns), NaN where nothing is known."""
    found = numpy.full((len(names), *frame.size), numpy.nan, "float32")
    bands = [one.bands[name] for name in names]
    (rows, columns), offset = frame.size, ~one.data.transform @ frame.transform
    if one.crs == frame.crs and _on_its_cells(offset):
        column, row = round(offset.c), round(offset.f)
        top, left, low, right = max(row, 0), max(column, 0), min(row + rows, one.data.height), min(column + columns, one.data.width)
        if low > top and right > left:
            values = one.data.read(bands, window=Window(left, top, right - left, low - top), masked=True)
            found[:, top - row:low - row, left - column:right - column] = values.astype("float32").filled(numpy.nan)
        return found
    finer = max(cell_m(one.data.transform, one.crs, one.data.height, one.data.width)) < 0.7 * max(frame.cell_m)
    values, transform = _around(one, frame, bands)
    if values is not None:
        reproject(values, found, src_transform=transform, src_crs=one.data.crs, dst_transform=frame.transform,
                  dst_crs=frame.crs.to_wkt(), src_nodata=numpy.nan, dst_nodata=numpy.nan,
                  resampling=Resampling.average if finer else Resampling.bilinear)
    return found


def _on_its_cells(offset):
    near = (offset.a - 1, offset.b, offset.d, offset.e - 1)
    return (max(map(abs, near)) < 1e-6 and abs(offset.c - round(offset.c)) < ALIGNED and abs(offset.f - round(offset.f)) < ALIGNED)


def _around(one, frame, bands):
    """What a scene holds of a frame in another grid: (float32 values, transform), with two cells more on each side."""
    rows, columns = (numpy.linspace(0, n, 9) for n in frame.size)
    across, down = (grid.ravel() for grid in numpy.meshgrid(columns, rows))
    x, y = pyproj.Transformer.from_crs(frame.crs, one.crs, always_xy=True).transform(*(frame.transform @ (across, down)))
    column, row = ~one.data.transform @ (numpy.asarray(x), numpy.asarray(y))
    if not (numpy.isfinite(column).all() and numpy.isfinite(row).all()):
        return None, None
    left, top = max(0, int(column.min()) - 2), max(0, int(row.min()) - 2)
    right, low = min(one.data.width, int(column.max()) + 3), min(one.data.height, int(row.max()) + 3)
    if right <= left or low <= top or (right - left) * (low - top) > MOST_SIDE**2:
        return None, None
    window = Window(left, top, right - left, low - top)
    return (one.data.read(bands, window=window, masked=True).astype("float32").filled(numpy.nan), one.data.window_transform(window))
