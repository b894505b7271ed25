"""Numbers of the ground around one place, and profiles along a line, always with what they cannot say."""
from dataclasses import dataclass

import numpy
import pandas
from pyproj import Transformer
from rasterio.features import geometry_mask
from shapely import transform as moved

from sitereg.errors import BadInput
from sitereg.terrain.metric import GEOD, buffered
from sitereg.terrain.raster import read
from sitereg.terrain.relief import elevations, relief

FEWEST = 9  # cells of which a share or a mean is said
MOST_STEPS = 20_000

__all__ = ["Around", "around", "profile"]


@dataclass(frozen=True)
class Around:
    """The ground within so many metres of a place. Elevations, ruggedness in metres, slopes in degrees, faces: the mean direction
    in which it falls (degrees from north) or None where it is level or falls everywhere. limits: codes of what weakens the
    numbers: coarse (a cell is wider than a third of the way looked around, half the shape's own width
    with it), partly_covered, holes, few_cells."""

    cells: int
    cell_m: tuple[float, float]
    covered: float
    lowest: float | None
    mean: float | None
    highest: float | None
    slope_mean: float | None
    slope_90: float | None
    slope_highest: float | None
    ruggedness: float | None
    faces: float | None
    limits: tuple[str, ...]


def around(path, shape, *, within_m, band=1, unit_m=1.0):
    """The Around of a place (a shape in EPSG:4326) from a raster of elevations. BadInput as raster.read."""
    grid = read(path, around=shape, within_m=within_m, band=band)
    found = relief(grid, unit_m=unit_m)
    there = moved(buffered(shape, within_m), Transformer.from_crs(4326, grid.crs, always_xy=True).transform, interleaved=False)
    inside = geometry_mask([there], grid.values.shape, grid.transform, all_touched=True, invert=True)
    high, slope, rough = (one[inside & ~numpy.isnan(one)] for one in (elevations(grid, unit_m)[0], found.slope, found.ruggedness))
    cells = int(slope.size)
    reach = within_m + abs(GEOD.geometry_area_perimeter(shape)[0]) ** 0.5 / 2
    limits = [code for code, weak in (
        ("coarse", max(grid.cell_m) > max(reach, min(grid.cell_m)) / 3), ("partly_covered", grid.covered < 0.999),
        ("holes", found.holes > 0 or cells < 0.99 * inside.sum() - 1), ("few_cells", cells < FEWEST)) if weak]
    if not cells:
        return Around(0, grid.cell_m, grid.covered, *(None,) * 8, tuple(limits))
    numbers = (high.min(), high.mean(), high.max(), slope.mean(), numpy.percentile(slope, 90), slope.max(), rough.mean())
    return Around(cells, grid.cell_m, grid.covered, *map(float, numbers), _faces(found, inside), tuple(limits))


def _faces(found, inside):
    """The direction in which most of it falls, each cell by its steepness; None where they cancel out."""
    known = inside & ~numpy.isnan(found.aspect)
    steep, turned = numpy.sin(numpy.radians(found.slope[known])), numpy.radians(found.aspect[known])
    north, east = (steep * numpy.cos(turned)).sum(), (steep * numpy.sin(turned)).sum()
    if not steep.sum() or numpy.hypot(north, east) < 0.2 * steep.sum():
        return None
    return float(numpy.degrees(numpy.arctan2(east, north)) % 360)


def profile(grid, line, *, step_m=None, unit_m=1.0):
    """Elevations along a line (EPSG:4326), its parts the shortest ways: a DataFrame distance_m, lon, lat, elevation.

    Metres. step_m: half a cell if not given. Between the middles of four cells it is interpolated; NaN where one of them is
    unknown, and off the grid.
    BadInput: no line, or more than MOST_STEPS steps.
    """
    if line.is_empty or line.geom_type != "LineString" or not line.length > 0:
        raise BadInput("There is no way to go", do="Give a line of two places or more.", code="bad_area")
    step = step_m or min(grid.cell_m) / 2
    lon, lat, distance, gone = [], [], [], 0.0
    for (lon1, lat1, *_), (lon2, lat2, *_) in zip(line.coords[:-1], line.coords[1:], strict=True):
        azimuth, _, length = GEOD.inv(lon1, lat1, lon2, lat2)
        many = int(numpy.ceil(length / step))
        if len(distance) + many > MOST_STEPS:
            raise BadInput("That is too far in too small steps", do=f"At most {MOST_STEPS:,} steps: take longer ones.",
                           code="too_large")
        at = numpy.linspace(0, length, many + 1)[:-1] if many else numpy.array([])
        there = GEOD.fwd(numpy.full(len(at), lon1), numpy.full(len(at), lat1), numpy.full(len(at), azimuth), at)
        lon, lat, distance = [*lon, *there[0]], [*lat, *there[1]], [*distance, *(gone + at)]
        gone += length
    ends = (*line.coords[-1][:2], gone)
    lon, lat, distance = (numpy.array([*one, end]) for one, end in zip((lon, lat, distance), ends, strict=True))
    high = _between(grid, elevations(grid, unit_m)[0], lon, lat)
    return pandas.DataFrame({"distance_m": distance, "lon": lon, "lat": lat, "elevation": high})


def _between(grid, values, lon, lat):
    """The values of a grid at these places, between the middles of four cells."""
    x, y = Transformer.from_crs(4326, grid.crs, always_xy=True).transform(lon, lat)
    columns, rows = ~grid.transform @ (numpy.asarray(x), numpy.asarray(y))
    columns, rows = columns - 0.5, rows - 0.5
    left, top = numpy.floor(columns), numpy.floor(rows)
    on = (left >= 0) & (top >= 0) & (left < values.shape[1] - 1) & (top < values.shape[0] - 1)
    found = numpy.full(len(x), numpy.nan)
    i, j = top[on].astype(int), left[on].astype(int)
    down, right = rows[on] - i, columns[on] - j
    above, below = ((1 - right) * values[k, j] + right * values[k, j + 1] for k in (i, i + 1))
    found[on] = (1 - down) * above + down * below
    return found
