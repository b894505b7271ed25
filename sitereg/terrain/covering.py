"""What a raster covers: the ground on which it has values, its resolution in metres, what its bands hold."""
import numpy
import pyproj
import shapely
from rasterio.enums import Resampling
from rasterio.features import shapes

from sitereg.errors import BadInput
from sitereg.terrain.metric import cell_m

SIDE = 512  # cells of the coarse mask of which the ground is drawn
LOOKED = 1024  # cells of a side at which values are looked at
MOST_CORNERS = 400

__all__ = ["footprint", "measured"]


def measured(data):
    """{crs, width, height, resolution_m, dtype, nodata, bands, footprint} of an open rasterio dataset, as JSON takes it.

    resolution_m: the longer side of the middle cell, metres. bands: [{name, unit, scale, offset, low, high}], low and high
    the bounds of the middle 96 percent of its values as they are stored, null where it has none. footprint: GeoJSON, EPSG:4326.
    BadInput: no single value.
    """
    crs = pyproj.CRS.from_user_input(data.crs)
    code = crs.to_authority(min_confidence=100)
    return {"crs": ":".join(code) if code else crs.to_wkt(), "width": data.width, "height": data.height,
            "resolution_m": round(max(cell_m(data.transform, crs, data.height, data.width)), 3), "dtype": data.dtypes[0],
            "nodata": None if data.nodata is None else str(data.nodata),
            "bands": [_band(data, n) for n in data.indexes if data.colorinterp[n - 1].name != "alpha"],
            "footprint": shapely.geometry.mapping(footprint(data))}


def footprint(data):
    """The ground (a shape in EPSG:4326) on which an open rasterio dataset has values in any band, to a 512th of its side."""
    step = max(1.0, max(data.width, data.height) / SIDE)
    shape = max(1, int(data.height / step)), max(1, int(data.width / step))
    mask = data.dataset_mask(out_shape=shape, resampling=Resampling.nearest) > 0
    for n in data.indexes:  # a NaN is no value, whether or not the file says so
        if numpy.dtype(data.dtypes[n - 1]).kind == "f":
            mask &= numpy.isfinite(data.read(n, out_shape=shape, resampling=Resampling.nearest))
    if not mask.any():
        raise BadInput("The raster has no single value", do="Ask for the file again; is its nodata value right?", code="empty")
    there = data.transform @ data.transform.scale(data.width / shape[1], data.height / shape[0])
    ground = shapely.union_all([shapely.geometry.shape(one) for one, _ in shapes(mask.astype("uint8"), mask=mask, transform=there)])
    side = float(numpy.hypot(there.a, there.d))
    for tolerance in (side, 4 * side, 16 * side):
        plain = ground.simplify(tolerance)
        if shapely.get_num_coordinates(plain) <= MOST_CORNERS:
            break
    else:
        plain = ground.convex_hull.simplify(side)
    plain = shapely.segmentize(plain, max(plain.bounds[2] - plain.bounds[0], plain.bounds[3] - plain.bounds[1]) / 16)
    turned = pyproj.Transformer.from_crs(data.crs, 4326, always_xy=True).transform
    return shapely.set_precision(shapely.make_valid(shapely.transform(plain, turned, interleaved=False)), 1e-7)


def _band(data, n):
    side = max(1.0, max(data.width, data.height) / LOOKED)
    shape = max(1, int(data.height / side)), max(1, int(data.width / side))
    values = data.read(n, out_shape=shape, masked=True).astype("float64").filled(numpy.nan)
    known = values[numpy.isfinite(values)]
    low, high = numpy.percentile(known, (2, 98)) if known.size else (None, None)
    colour = data.colorinterp[n - 1].name
    name = data.descriptions[n - 1] or (colour if colour in ("red", "green", "blue") else f"band {n}")
    return {"name": name[:80], "unit": data.units[n - 1], "scale": data.scales[n - 1], "offset": data.offsets[n - 1],
            "low": None if low is None else float(low), "high": None if high is None else float(high)}
