"""Small rasters for tests: where they lie, what they hold."""
import hashlib
import json
from uuid import UUID

import numpy
import rasterio
import shapely
from rasterio.transform import from_origin

from sitereg.store.session import Json
from tests import given

SYRIA = (36.50, 33.52)  # the north-western corner of what `scene` makes, near the places of given.*


def scene(path, *, count=3, side=200, step=10, crs="EPSG:32637", dtype="uint16", west=267_800, north=3_712_000, nodata=None, hole=0, seed=1,
          names=("red", "green", "blue"), **more):
    """A GeoTIFF of `count` bands with noise; `hole` columns at its left edge hold nothing."""
    dice = numpy.random.default_rng(seed)
    values = dice.integers(800, 3000, (count, side, side)).astype(dtype)
    if hole:
        values[:, :, :hole] = nodata or 0
    with rasterio.open(path, "w", driver="GTiff", width=side, height=side, count=count, dtype=dtype, crs=crs, nodata=nodata,
                       transform=from_origin(west, north, step, step), **more) as file:
        file.write(values)
        for n in range(1, count + 1):
            file.set_band_description(n, names[n - 1] if n <= len(names) else f"band {n}")
    return path


def registered(registry, *, number=1, taken="[2012-07-20,2012-07-21)", kind="imagery", tier=1, box=(36.45, 33.45, 36.55, 33.55), **about) -> UUID:
    """A raster that stands in the catalogue although nobody made its file: for what asks the catalogue alone."""
    def kept(role, **more):
        return registry.value("keep_document", terms=Json(given.TERMS), tier=tier, file=Json({
            "sha256": hashlib.sha256(f"{number}{role}{tier}".encode()).hexdigest(), "size": 7, "media_type": "image/tiff",
            "original_name": f"{number}.tif", "how": "file", "role": role, **more}))
    original = kept("evidentiary")
    told = {"kind": kind, "making": "scene", "name": f"scene {number}", "sensor": "Invented 2", "scene": f"S-{number}", "resolution_m": 10,
            "crs": "EPSG:32637", "width": 100, "height": 100, "bands": [{"name": "red", "low": 0, "high": 1}], "licence": "CC0",
            "attribution": "Nobody", "footprint": json.loads(shapely.to_geojson(shapely.box(*box))), **about}
    return registry.one("register_raster", document=original, copy=kept("working", derived_from=str(original)), about=Json(told),
                        taken=taken)["raster"]
