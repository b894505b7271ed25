"""Rasters as they are opened: one driver, a CRS, sizes that a file can hold; windows as arrays in which nothing is invented.

A cell without a value is NaN, however the file says so: a nodata value, a mask, an alpha band, NaN itself.
"""
import contextlib
from dataclasses import dataclass
from pathlib import Path

import numpy
import pyproj
import rasterio
import shapely
from affine import Affine
from rasterio.errors import RasterioError
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from sitereg.errors import BadInput
from sitereg.terrain.metric import buffered, cell_m

DRIVERS = ("GTiff",)
MOST_CELLS = 100_000_000  # read at once
PACKED = 2_000  # no compression of a photographed or measured surface packs closer
ALWAYS = 256 * 2**20  # bytes that are allowed however closely packed

__all__ = ["Grid", "opened", "read"]


@dataclass(frozen=True)
class Grid:
    """values: float64 (rows, columns), NaN where nothing is known. transform: from (column, row) to the CRS. cell_m: the
    width and height of the middle cell in metres. covered: the share (0-1) of what was asked for that the raster reaches."""

    values: numpy.ndarray
    transform: Affine
    crs: pyproj.CRS
    cell_m: tuple[float, float]
    covered: float = 1.0
    name: str = ""


def _refused(what, path, do, code):
    return BadInput(what, where=Path(path).name, do=do, code=code)


@contextlib.contextmanager
def opened(path, overview=None):
    """An open rasterio dataset of a GeoTIFF that says where it lies; BadInput for all else, before a pixel is read.

    overview: the number of one of its overviews, from 0, that is read instead of all its cells.
    """
    path = Path(path)
    if not path.is_file():
        raise _refused("There is no such file", path, "Give the path of a GeoTIFF.", "not_found")
    try:
        with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"), rasterio.open(
                path, driver=DRIVERS[0], **({} if overview is None else {"overview_level": overview})) as data:
            _checked(data, path)
            yield data
    except RasterioError as error:
        raise _refused("The raster cannot be read", path, "Give a whole GeoTIFF; others are turned into one by gdal_translate.",
                       "unreadable") from error


def _checked(data, path):
    if data.crs is None or data.transform.is_identity:
        raise _refused("The raster does not say where it lies", path,
                       "Ask whoever made it for its coordinate system; write it in by gdal_edit.py -a_srs.", "no_crs")
    if any(numpy.dtype(kind).kind not in "iuf" for kind in data.dtypes):
        raise _refused("The raster holds no plain numbers", path, "Give elevations or brightness as numbers.", "bad_raster")
    held = data.width * data.height * sum(numpy.dtype(kind).itemsize for kind in data.dtypes)
    if held > ALWAYS and held > PACKED * path.stat().st_size:
        raise _refused("The raster says that it is far larger than its file can hold", path, "It is not opened. Ask for it anew.",
                       "bomb")


def read(path, *, around=None, within_m=0.0, band=1):
    """The Grid of a band; of the part within `within_m` metres of the shape `around` (EPSG:4326) where one is given.

    BadInput: no such band; nothing of what was asked for lies on the raster; more than MOST_CELLS cells.
    """
    with opened(path) as data:
        if not 1 <= band <= data.count:
            raise _refused("There is no such band", path, f"It has {data.count}.", "not_found")
        crs = pyproj.CRS.from_user_input(data.crs)
        window, covered = _window(data, crs, path, around, within_m)
        if window.width * window.height > MOST_CELLS:
            raise _refused("That is more than is read at once", path, "Ask for a smaller part.", "too_large")
        values = data.read(band, window=window, masked=True).astype("float64").filled(numpy.nan)
        transform = data.window_transform(window)
    return Grid(values, transform, crs, cell_m(transform, crs, *values.shape), covered, Path(path).name)


def _window(data, crs, path, around, within_m):
    """(window, covered) of the cells that are needed, with one more on each side for slopes."""
    whole = Window(0, 0, data.width, data.height)
    if around is None:
        return whole, 1.0
    asked = buffered(around, within_m)
    box = transform_bounds("EPSG:4326", data.crs, *asked.bounds, densify_pts=21)
    corners = [data.transform @ at for at in ((0, 0), (data.width, 0), (data.width, data.height), (0, data.height))]
    reach = shapely.Polygon(corners)
    there = shapely.transform(asked, pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform, interleaved=False)
    covered = there.intersection(reach).area / there.area
    if not covered > 0:
        raise _refused("The raster does not reach this place", path, "Take one that does.", "outside")
    cells = [~data.transform @ at for at in ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3]))]
    left, right = (f(x for x, _ in cells) for f in (min, max))
    top, low = (f(y for _, y in cells) for f in (min, max))
    left, top = max(0, int(numpy.floor(left)) - 1), max(0, int(numpy.floor(top)) - 1)
    right, low = min(data.width, int(numpy.ceil(right)) + 1), min(data.height, int(numpy.ceil(low)) + 1)
    return Window(left, top, right - left, low - top), min(1.0, float(covered))
