"""How many metres east and north one cell of a grid is, wherever it lies and in whatever CRS.

A cell of a grid in degrees is narrower in the north than in the south; one of a projected grid is longer or shorter than it says
and its columns do not run due north. All of it stands in one matrix for each cell: the metres (east, north) of a step of one
column and of one row, on the ellipsoid of WGS84.
"""
import numpy
import pyproj
import shapely
from pyproj import Transformer

from sitereg.errors import BadInput

GEOD = pyproj.Geod(ellps="WGS84")
NODES = 33  # in each direction; between them the matrix is interpolated: a ten-thousandth of a percent for ten degrees

__all__ = ["buffered", "cell_m", "steps", "to_lonlat"]


def to_lonlat(transform, crs, columns, rows):
    """Longitude and latitude (degrees) of places in a grid; whole numbers are corners of cells, halves their middles."""
    x, y = transform @ (numpy.asarray(columns, "float64"), numpy.asarray(rows, "float64"))
    return Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)


def nodes(transform, crs, columns, rows):
    """Metres (2, 2, n): [east, north] of a step of one [column, row] at these places."""
    found = numpy.empty((2, 2, *numpy.shape(columns)))
    _, lat = to_lonlat(transform, crs, columns, rows)
    sine = numpy.sin(numpy.radians(lat))
    bent = 1 - GEOD.es * sine**2
    east, north = GEOD.a / numpy.sqrt(bent) * numpy.cos(numpy.radians(lat)), GEOD.a * (1 - GEOD.es) / bent**1.5
    for n, (right, down) in enumerate(((0.5, 0), (0, 0.5))):
        lon2, lat2 = to_lonlat(transform, crs, columns + right, rows + down)
        lon1, lat1 = to_lonlat(transform, crs, columns - right, rows - down)
        found[0, n] = numpy.radians((lon2 - lon1 + 180) % 360 - 180) * east
        found[1, n] = numpy.radians(lat2 - lat1) * north
    (east_c, east_r), (north_c, north_r) = found
    if not numpy.isfinite(found).all() or (east_c * north_r == north_c * east_r).any():
        raise BadInput("The raster reaches over the edge of its coordinate system",
                       do="Cut it to the country, or give it in another coordinate system.", code="bad_raster")
    return found


def steps(transform, crs, height, width):
    """A function of some rows: the metres (2, 2, rows, columns), [east, north] of a step of one [column, row] at each cell."""
    at = [numpy.linspace(0, n, min(NODES, n + 1)) for n in (height, width)]
    known = nodes(transform, crs, *(one.ravel() for one in numpy.meshgrid(at[1], at[0]))).reshape(2, 2, len(at[0]), len(at[1]))
    across = _weights(at[1], numpy.arange(width) + 0.5)

    def of(first, last):
        return numpy.einsum("ri,xyij,cj->xyrc", _weights(at[0], numpy.arange(first, last) + 0.5), known, across, optimize=True)
    return of


def _weights(known, wanted):
    """What each of the known places counts at each wanted one: (wanted, known)."""
    found = numpy.zeros((len(wanted), len(known)))
    low = numpy.clip(numpy.searchsorted(known, wanted, "right") - 1, 0, len(known) - 2)
    share = (wanted - known[low]) / (known[low + 1] - known[low])
    found[numpy.arange(len(wanted)), low], found[numpy.arange(len(wanted)), low + 1] = 1 - share, share
    return found


def cell_m(transform, crs, height, width):
    """Width and height in metres of the middle cell."""
    found = nodes(transform, crs, numpy.array([width / 2]), numpy.array([height / 2]))[..., 0]
    return float(numpy.hypot(*found[:, 0])), float(numpy.hypot(*found[:, 1]))


def buffered(shape, within_m):
    """What lies within so many metres of a shape, both in EPSG:4326. BadInput: an empty shape, no number of metres."""
    if shape.is_empty or not 0 <= within_m <= 100_000 or not (within_m > 0 or shape.area > 0):
        raise BadInput("There is no ground to look at", do="Give a place, and up to 100,000 metres around it.", code="bad_area")
    middle = shape.centroid
    plane = pyproj.CRS.from_dict({"proj": "aeqd", "lat_0": middle.y, "lon_0": middle.x, "datum": "WGS84"})
    there, back = (Transformer.from_crs(*pair, always_xy=True).transform for pair in ((4326, plane), (plane, 4326)))
    around = shapely.transform(shape, there, interleaved=False).buffer(within_m, quad_segs=32)
    return shapely.transform(around, back, interleaved=False)
