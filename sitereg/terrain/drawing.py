"""Pictures of rasters: chips of a place, tiles of a map, hillshades and slopes; arrays of colours, and PNG of them.

Everything is drawn in Web Mercator (EPSG:3857), so that pictures of one box lie on each other, whatever the CRS of their rasters.
Where a raster knows nothing a picture is transparent. Cells larger than a pixel are drawn as they are: nothing is made smoother
than it was measured.
"""
import io

import numpy
import pyproj
import shapely
from rasterio.enums import ColorInterp, Resampling
from rasterio.transform import from_bounds
from rasterio.vrt import WarpedVRT

from sitereg.errors import BadInput
from sitereg.terrain.metric import cell_m
from sitereg.terrain.raster import Grid, opened
from sitereg.terrain.relief import elevations, hillshade, relief

MERCATOR = pyproj.CRS.from_epsg(3857)
EDGE = 20_037_508.342789244  # metres of Web Mercator from the middle to an edge of the world
TILE = 256
DEEPEST = 20
LONGEST = 2_048
COLOURS = ("red", "green", "blue")
SLOPES = ((0, "#ffffe5"), (5, "#fee391"), (15, "#fe9929"), (25, "#cc4c02"), (35, "#662506"))
"""From how many degrees on a slope is drawn in which colour: the steeper, the darker."""

__all__ = ["SLOPES", "box_around", "coloured", "display", "drawn", "png", "sampled", "shaded", "sloped", "tile_box"]


def tile_box(z, x, y):
    """West, south, east, north of a tile of the usual grid, in EPSG:3857. BadInput where there is no such tile."""
    if not (0 <= z <= DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z):
        raise BadInput("There is no such tile", code="not_found")
    side = 2 * EDGE / 2**z
    return -EDGE + x * side, EDGE - (y + 1) * side, -EDGE + (x + 1) * side, EDGE - y * side


def box_around(shape, within_m=0.0):
    """(box, metres of the ground on its side): the square in EPSG:3857 around a shape (EPSG:4326) and so many metres besides."""
    if shape.is_empty or not numpy.isfinite(shape.bounds).all():
        raise BadInput("There is no ground to look at", do="Give a place.", code="bad_area")
    west, south, east, north = shapely.transform(shape, pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform,
                                                 interleaved=False).bounds
    middle = shape.centroid
    stretch = pyproj.Proj(MERCATOR).get_factors(middle.x, middle.y).parallel_scale
    half = max(east - west, north - south) / 2 + within_m * stretch
    if not half > 0:
        raise BadInput("There is no ground to look at", do="Give metres around it.", code="bad_area")
    x, y = (west + east) / 2, (south + north) / 2
    return (x - half, y - half, x + half, y + half), 2 * half / stretch


def sampled(path, box, side, *, bands=(1,), smooth=False):
    """Values (bands, side, side) float64 of a raster in a box of EPSG:3857, NaN where it knows nothing.

    smooth: between cells it is interpolated, for elevations; else a cell is a cell. BadInput: as raster.opened; no such band.
    """
    if not 0 < side <= LONGEST:
        raise BadInput("A picture has at most 2,048 pixels a side", code="too_large")
    pixel = (box[2] - box[0]) / side
    with opened(path) as data:
        if not set(bands) <= set(data.indexes):
            raise BadInput("There is no such band", do=f"It has {data.count}.", code="not_found")
        if not _meets(data, box):
            return numpy.full((len(bands), side, side), numpy.nan)
        cell = min(cell_m(data.transform, pyproj.CRS.from_user_input(data.crs), data.height, data.width))
        coarser = [n for n, factor in enumerate(data.overviews(1)) if factor * cell <= pixel / 2]
    with opened(path, overview=coarser[-1] if coarser else None) as data:
        how = Resampling.cubic if smooth else Resampling.nearest if pixel < 2 * cell else Resampling.average
        return _warped(data, box, side, bands, how)


def _warped(data, box, side, bands, how):
    masked = data.nodata is None and ColorInterp.alpha not in data.colorinterp
    more = {"nodata": data.nodata, "src_nodata": data.nodata} if data.nodata is not None else {}
    with WarpedVRT(data, crs=MERCATOR.to_wkt(), transform=from_bounds(*box, side, side), width=side, height=side,
                   resampling=how, add_alpha=masked, warp_mem_limit=64, **more) as warped:
        values = warped.read(list(bands)).astype("float64")
        known = warped.read(warped.count) if masked else warped.dataset_mask()  # of real numbers the mask misreads the alpha
        values[:, known == 0] = numpy.nan
    return values


def _meets(data, box):
    """Whether any of the box lies on the raster: of one that lies elsewhere the library would draw zeros."""
    corners = [data.transform @ at for at in ((0, 0), (data.width, 0), (data.width, data.height), (0, data.height))]
    reach = shapely.segmentize(shapely.Polygon(corners), max(abs(data.transform.a), abs(data.transform.e)) * data.width / 8)
    there = shapely.transform(reach, pyproj.Transformer.from_crs(data.crs, MERCATOR, always_xy=True).transform, interleaved=False)
    return not numpy.isfinite(there.bounds).all() or there.intersects(shapely.box(*box))


def display(bands):
    """The bands to be drawn, as [(number, low, high)]: red, green and blue where they are named so, else the first, in grey."""
    names = [one["name"].strip().lower() for one in bands]
    wanted = [names.index(one) for one in COLOURS] if set(COLOURS) <= set(names) else [0]
    return [(n + 1, bands[n]["low"], bands[n]["high"]) for n in wanted]


def coloured(values, stretch):
    """Colours (rows, columns, 4) uint8 of values (1 or 3 bands); stretch: for each band what is drawn black and what white."""
    made = numpy.zeros((*values.shape[1:], 4), "uint8")
    known = numpy.isfinite(values).all(axis=0)
    for n, (low, high) in enumerate(stretch):
        share = (values[n] - (low or 0)) / max((high or 0) - (low or 0), 1e-12)
        made[..., n] = numpy.where(known, numpy.nan_to_num(share).clip(0, 1) * 255, 0)
    if len(stretch) == 1:
        made[..., 1] = made[..., 2] = made[..., 0]
    made[..., 3] = numpy.where(known, 255, 0)
    return made


def drawn(path, box, side, bands):
    """Colours (side, side, 4) uint8 of a raster in a box of EPSG:3857; bands: [{name, low, high}] as the catalogue tells them."""
    shown = display(bands)
    return coloured(sampled(path, box, side, bands=[n for n, _, _ in shown]), [(low, high) for _, low, high in shown])


def shaded(path, box, side, *, unit_m=1.0):
    """Colours (side, side, 4) uint8 of the hillshade of a raster of elevations, lit from the north-west, 45 degrees high."""
    lit = hillshade(_relief(path, box, side, unit_m))[1:-1, 1:-1]
    return numpy.dstack([lit, lit, lit, numpy.where(lit > 0, 255, 0).astype("uint8")])


def sloped(path, box, side, *, unit_m=1.0):
    """Colours (side, side, 4) uint8 of how steep the ground of a raster of elevations is, in the steps of SLOPES."""
    steep = _relief(path, box, side, unit_m).slope[1:-1, 1:-1]
    steps, colours = zip(*SLOPES, strict=True)
    table = numpy.array([[*bytes.fromhex(one[1:]), 255] for one in colours] + [[0, 0, 0, 0]], "uint8")
    which = numpy.searchsorted(steps, numpy.nan_to_num(steep), side="right") - 1
    return table[numpy.where(numpy.isnan(steep), len(steps), which)]


def _relief(path, box, side, unit_m):
    """The Relief of the elevations in a box, a pixel wider on each side: what lies at its rim is unknown."""
    pixel = (box[2] - box[0]) / side
    wide = (box[0] - pixel, box[1] - pixel, box[2] + pixel, box[3] + pixel)
    values = sampled(path, wide, side + 2, smooth=True)[0]
    grid = Grid(values, from_bounds(*wide, side + 2, side + 2), MERCATOR, (pixel, pixel))
    return relief(Grid(elevations(grid, unit_m)[0], grid.transform, grid.crs, grid.cell_m))


def png(colours):
    """Those colours as the bytes of a PNG that says nothing beside them."""
    from PIL import Image

    made = io.BytesIO()
    Image.fromarray(colours, "RGBA").save(made, "PNG", compress_level=6)
    return made.getvalue()
