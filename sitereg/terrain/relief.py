"""Slope, aspect, ruggedness and hillshade of a grid of elevations, in metres and degrees whatever its CRS.

Slopes are Horn's (1981): weighted differences over the eight neighbours, divided by the metres that a step really is on the
ellipsoid there (terrain/metric.py), so that a grid in degrees, in Mercator or turned against north gives what the ground is. A cell
of which one neighbour is unknown, or at the rim, is unknown. Elevations that no land has are taken for holes.
"""
from dataclasses import dataclass
from pathlib import Path

import numpy
import rasterio

from sitereg.terrain.metric import steps

LOWEST, HIGHEST = -500.0, 9_000.0  # metres: no land lies lower or higher
ROWS = 256  # worked at once

__all__ = ["Relief", "elevations", "hillshade", "relief", "write"]


@dataclass(frozen=True)
class Relief:
    """Arrays (rows, columns) of float32, NaN where unknown. slope: degrees from level. aspect: the direction in which it falls,
    degrees clockwise from true north, NaN where level. ruggedness: Riley's index, the root of the squared differences to the
    eight neighbours, metres. roughness: highest less lowest of the nine, metres. holes: impossible elevations left out."""

    slope: numpy.ndarray
    aspect: numpy.ndarray
    ruggedness: numpy.ndarray
    roughness: numpy.ndarray
    holes: int = 0


def elevations(grid, unit_m=1.0):
    """(elevations in metres, NaN where the grid knows none or one that no land has; how many of the latter)."""
    high = grid.values * unit_m
    holes = (high < LOWEST) | (high > HIGHEST)
    return numpy.where(holes, numpy.nan, high), int(holes.sum())


def relief(grid, *, unit_m=1.0):
    """The Relief of a Grid of elevations; unit_m: metres in one unit of elevation (0.3048 for feet)."""
    high, holes = elevations(grid, unit_m)
    found = Relief(*(numpy.full(high.shape, numpy.nan, "float32") for _ in range(4)), holes)
    if min(high.shape) < 3:
        return found
    metres = steps(grid.transform, grid.crs, *high.shape)
    for first in range(1, high.shape[0] - 1, ROWS):
        last = min(first + ROWS, high.shape[0] - 1)
        _rows(high[first - 1:last + 1], metres(first, last)[..., 1:-1], found, slice(first, last))
    return found


def _rows(high, metres, found, rows):
    """Some rows of the relief; `high` has one more above and below."""
    (nw, n, ne), (w, c, e), (sw, s, se) = ([high[i:len(high) - 2 + i, j:high.shape[1] - 2 + j] for j in range(3)] for i in range(3))
    right = ((ne + 2 * e + se) - (nw + 2 * w + sw)) / 8
    down = ((sw + 2 * s + se) - (nw + 2 * n + ne)) / 8
    (east_c, east_r), (north_c, north_r) = metres
    area = east_c * north_r - north_c * east_r
    east, north = (right * north_r - down * north_c) / area, (down * east_c - right * east_r) / area
    known = c + right + down  # unknown where one of the nine is
    steep = numpy.hypot(east, north)
    found.slope[rows, 1:-1] = numpy.where(numpy.isnan(known), numpy.nan, numpy.degrees(numpy.arctan(steep)))
    falls = numpy.degrees(numpy.arctan2(-east, -north)) % 360
    found.aspect[rows, 1:-1] = numpy.where(numpy.isnan(known) | (steep == 0), numpy.nan, falls)
    around = (nw, n, ne, w, e, sw, s, se)
    squares = sum((one - c) ** 2 for one in around)
    found.ruggedness[rows, 1:-1] = numpy.sqrt(squares)
    most, least = c.copy(), c.copy()
    for one in around:
        numpy.maximum(most, one, out=most)
        numpy.minimum(least, one, out=least)
    found.roughness[rows, 1:-1] = most - least


def hillshade(found, *, azimuth=315.0, altitude=45.0):
    """Brightness (uint8, 1-255; 0 where unknown) of a Relief under a light from there, degrees from north and above the horizon."""
    slope, aspect = numpy.radians(found.slope), numpy.radians(numpy.nan_to_num(found.aspect))
    up = numpy.radians(90 - altitude)
    lit = numpy.cos(up) * numpy.cos(slope) + numpy.sin(up) * numpy.sin(slope) * numpy.cos(numpy.radians(azimuth) - aspect)
    return numpy.where(numpy.isnan(slope), 0, 1 + 254 * lit.clip(0)).astype("uint8")


def write(grid, found, folder, **told):
    """slope.tif, aspect.tif, ruggedness.tif, roughness.tif and hillshade.tif stand in the folder, on the grid's cells; their paths.

    `told` goes into the tags of each file. FileExistsError rather than write over another.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    bands = {name: (getattr(found, name), unit, numpy.nan) for name, unit in (
        ("slope", "degree"), ("aspect", "degree"), ("ruggedness", "metre"), ("roughness", "metre"))}
    bands["hillshade"] = hillshade(found), "", 0
    paths = [folder / f"{name}.tif" for name in bands]
    for path in paths:
        if path.exists():
            raise FileExistsError(path)
    for path, (values, unit, nothing) in zip(paths, bands.values(), strict=True):
        with rasterio.open(path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype=values.dtype,
                           crs=grid.crs, transform=grid.transform, nodata=nothing, tiled=True, compress="deflate",
                           predictor=3 if values.dtype.kind == "f" else 2) as out:
            out.write(values, 1)
            out.units = (unit,)
            out.update_tags(METHOD="Horn 1981 on the ellipsoid; ruggedness Riley 1999", SOURCE=grid.name, **told)
    return paths
