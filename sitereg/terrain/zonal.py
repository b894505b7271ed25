"""What changed on average in each of many areas, between two rasters, in one pass: each block of each file is read once.

A cell counts with the share of it that the area covers, exactly (as exactextract counts; terrain/shares.py). While one strip of
blocks is worked on the next is read, each file by a thread of its own; all areas that touch a strip are worked on together.
"""
from concurrent.futures import ThreadPoolExecutor

import numpy
import pandas
import pyproj
import shapely
from rasterio.enums import MaskFlags
from rasterio.windows import Window

from sitereg.errors import BadInput
from sitereg.terrain.scenes import Frame, cut
from sitereg.terrain.shares import summed

STRIP_CELLS = 4_000_000  # cells of one strip, about
NOTHING = -1.0e38  # below every value: no nodata

__all__ = ["differences"]


def differences(before, after, shapes, bands=("red", "nir")):
    """A frame, a row for each area: cells, covered, before, after, difference, spread.

    before, after: Scenes; shapes: areas in EPSG:4326 (an array, a GeoSeries). bands: one band, whose values are compared, or two,
    (b - a) / (b + a) of which is (NDVI is ("red", "nir")). cells: those that count, shares summed; covered: their share of the
    area (0-1), where both rasters know something; before, after, difference = after - before: means weighted by the shares; spread:
    the standard deviation of the difference. NaN where nothing is known. `after` on another grid is brought onto that of `before`.
    BadInput: a shape that is no area; a band that one of them has not.
    """
    missing = [name for one in (before, after) for name in bands if name not in one.bands]
    if missing or not 1 <= len(bands) <= 2:
        raise BadInput("There is no such band in both rasters", where=", ".join(missing or bands), do="Say which band is which.",
                       code="not_found")
    windows = strips(before.data, len(bands))
    with ThreadPoolExecutor(1) as first_reader, ThreadPoolExecutor(1) as second_reader:  # GDAL: one thread a file
        readers = first_reader, second_reader
        coming = asked(readers, before, after, bands, windows[0])
        edges, starts, bounds = laid(numpy.asarray(shapes, object), before)
        sums = numpy.zeros((len(starts) - 1, 5))
        for window, following in zip(windows, [*windows[1:], None], strict=True):
            (old, old_none), (new, new_none) = (one.result() for one in coming)
            coming = following and asked(readers, before, after, bands, following)
            first, left, rows, columns = int(window.row_off), int(window.col_off), int(window.height), int(window.width)
            here = numpy.flatnonzero((bounds[:, 0] < first + rows) & (bounds[:, 2] > first) & (bounds[:, 1] < left + columns)
                                     & (bounds[:, 3] > left))
            if len(here):
                summed(old[0], old[-1], new[0], new[-1], old_none, new_none, len(bands) == 2, edges, starts, bounds, here,
                       first, left, sums)
    return told(sums, areas(edges, starts))


def laid(shapes, before):
    """(edges (n, 4): x1, y1, x2, y2 in cells; where each shape's begin; bounds (m, 4): top, left, low, right in cells)."""
    parts, of_part = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    if not (shapely.get_type_id(parts) == 3).all():
        raise BadInput("Only areas have means", do="Give areas, for example what lies within so many metres of a point.",
                       code="bad_area")
    around, of_ring = shapely.get_rings(parts, return_index=True)  # outer rings run one way round, holes the other
    lonlat, at = shapely.get_coordinates(around, return_index=True)
    x, y = pyproj.Transformer.from_crs(4326, before.crs, always_xy=True).transform(*lonlat.T)
    x, y = ~before.data.transform @ (x, y)
    joined = numpy.flatnonzero(at[1:] == at[:-1])
    owner = of_part[of_ring[at[joined]]]
    by = numpy.argsort(owner, kind="stable")
    edges = numpy.column_stack([x[joined], y[joined], x[joined + 1], y[joined + 1]])[by]
    starts = numpy.searchsorted(owner[by], numpy.arange(len(shapes) + 1))
    bounds = numpy.full((len(shapes), 4), -1.0)
    full = numpy.flatnonzero(starts[1:] > starts[:-1])
    if not numpy.isfinite(edges).all():
        raise BadInput("An area does not lie in the raster's coordinate system", where=before.name, code="outside",
                       do="Take another raster, or fewer areas.")
    for n, (pick, k) in enumerate(((numpy.minimum, 1), (numpy.minimum, 0), (numpy.maximum, 1), (numpy.maximum, 0))):
        if len(full):
            bounds[full, n] = pick.reduceat(pick(edges[:, k], edges[:, k + 2]), starts[full])
    return edges, starts, bounds


def areas(edges, starts):
    """The cells that each shape covers, by the shoelace formula."""
    twice = edges[:, 0] * edges[:, 3] - edges[:, 2] * edges[:, 1]
    whole = numpy.concatenate([[0.0], numpy.cumsum(twice)])
    return abs(whole[starts[1:]] - whole[starts[:-1]]) / 2


def strips(data, bands):
    """Windows that cover the raster, whole blocks each, about STRIP_CELLS cells of all bands, none cut by another."""
    down, across = data.block_shapes[0]
    wide = max(across, min(data.width, STRIP_CELLS // bands // down // across * across or across))
    high = max(down, STRIP_CELLS // bands // wide // down * down)
    return [Window(left, top, min(wide, data.width - left), min(high, data.height - top))
            for top in range(0, data.height, high) for left in range(0, data.width, wide)]


def asked(readers, before, after, bands, window):
    """Two readings that have begun: each (bands, what stands for nothing)."""
    frame = Frame(before.data.window_transform(window), before.crs, (int(window.height), int(window.width)), (0.0, 0.0))
    alike = after.crs == before.crs and after.data.transform.almost_equals(before.data.transform, 1e-9) and (
        after.data.shape == before.data.shape)
    return (readers[0].submit(read, before, bands, window),
            readers[1].submit(read, after, bands, window) if alike else readers[1].submit(brought, after, frame, bands))


def read(scene, bands, window):
    """(the bands as float32, what stands for nothing in them): unmasked where all is known or one value stands for nothing, else
    NaN."""
    numbers = [scene.bands[name] for name in bands]
    flags = {flag for n in numbers for flag in scene.data.mask_flag_enums[n - 1]}
    nodata = {scene.data.nodatavals[n - 1] for n in numbers}
    if flags <= {MaskFlags.all_valid, MaskFlags.nodata} and len(nodata) == 1:
        value = nodata.pop()
        none = NOTHING if value is None or numpy.isnan(value) else float(numpy.float32(value))
        return scene.data.read(numbers, window=window, out_dtype="float32"), none
    return scene.data.read(numbers, window=window, masked=True).astype("float32").filled(numpy.nan), NOTHING


def brought(scene, frame, bands):
    return cut(scene, frame, bands), NOTHING


def told(sums, area):
    """The frame of the sums: shares, before, after, difference, its square."""
    share, old, new, apart, square = sums.T
    with numpy.errstate(invalid="ignore", divide="ignore"):
        mean = apart / share
        return pandas.DataFrame({
            "cells": share, "covered": numpy.minimum(share / area, 1), "before": old / share, "after": new / share,
            "difference": mean, "spread": numpy.sqrt(numpy.maximum(square / share - mean**2, 0))})
