"""GeoTIFFs: looked at before a pixel is read, then written anew as a cloud-optimised GeoTIFF on the same cells, and measured."""

import json
import warnings
from collections.abc import Iterator

from sitereg.errors import BadInput
from sitereg.imports.readers import Unreadable

DRIVERS: tuple[str, ...] = ()
NEEDS = ("rio_cogeo.cogeo", "rio_cogeo.profiles", "sitereg.terrain.raster", "sitereg.terrain.covering", "rasterio._features",
         "rasterio.warp", "rasterio.features", "pyproj.crs", "pyproj.transformer")
MOST_CELLS = 2_000_000_000  # in all bands: what one process turns in its time


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """{"made": {...}} once the file `raster` lies in options["into"]: {crs, width, height, resolution_m, dtype, nodata, bands,
    footprint (GeoJSON, EPSG:4326)}; bands as terrain.covering tells them.

    options: nodata (a value that means nothing is known, beside what the file says). Raises Unreadable for what is no GeoTIFF
    that says where it lies, a bomb, or one without a single value.
    """
    from sitereg.terrain import covering, raster

    path, into = files[0]["path"], options["into"]
    try:
        with raster.opened(path) as data:
            if data.width * data.height * data.count > MOST_CELLS:
                raise Unreadable("The raster has more cells than are taken in at once", code="too_large",
                                 do="Cut it to the ground that matters, with gdal_translate -projwin.")
            if data.subdatasets:
                raise Unreadable("The file holds several rasters", do="Give each as a file of its own.")
            _written(data, into, options.get("nodata"))
        with raster.opened(into) as copy:
            yield {"made": json.loads(json.dumps(covering.measured(copy)))}
    except BadInput as refused:
        raise Unreadable(refused.what, do=refused.do or "Ask for the file again.", code=refused.code) from refused


def _written(data, into, nodata):
    """The same cells and values lie in a cloud-optimised GeoTIFF, with overviews, a nodata value or a mask as they had."""
    from rasterio.errors import RasterioError
    from rio_cogeo.cogeo import cog_translate
    from rio_cogeo.profiles import cog_profiles

    profile = {**cog_profiles.get("deflate"), "blockxsize": 256, "blockysize": 256, "bigtiff": "IF_SAFER"}
    whole = any(kind.startswith(("float", "complex")) for kind in data.dtypes)
    profile["predictor"] = 3 if whole else 2
    if len(set(data.dtypes)) > 1:
        raise Unreadable("The bands of the raster hold numbers of different kinds",
                         do="Give bands of one kind, or one file for each.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cog_translate(data, into, profile, nodata=nodata, overview_resampling="average" if whole else "nearest",
                          in_memory=False, quiet=False,  # its progress goes to a closed stream; quietly it would open a device
                          config={"GDAL_NUM_THREADS": "1", "GDAL_TIFF_OVR_BLOCKSIZE": "256"})
    except RasterioError as error:
        raise Unreadable("The raster is damaged: it cannot be read to its end", do="Ask for the file again.") from error
