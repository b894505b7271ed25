"""What the rasters of the catalogue show around one place, as the reader is shown it: pictures, numbers of the ground, profiles.

Whoever is shown an exact place looks so many metres around it. Whoever is shown a cell looks at that cell whole, never at a part:
every picture and number is the same for all places in it. Of a unit, or of no place, nothing is drawn.
"""
from dataclasses import dataclass
from typing import Any

import pandas
import shapely
from pyproj import Geod, Transformer
from shapely.geometry import shape

from sitereg import terrain
from sitereg.errors import BadInput
from sitereg.imagery.catalogue import Raster, path
from sitereg.terrain.section import Section
from sitereg.terrain.section import drawn as section_drawn

WITHIN = (250, 500, 1000, 2500)  # metres around an exact place, of which one is chosen
SIDE = 512  # pixels of a chip
FARTHEST = 50_000.0  # metres of a profile
GEOD = Geod(ellps="WGS84")

__all__ = ["SIDE", "WITHIN", "Extent", "around", "chip", "default_line", "extent", "profile", "section", "tile"]


@dataclass(frozen=True)
class Extent:
    """The ground that is looked at. place: what is shown of it (EPSG:4326). within_m: metres besides, 0 where it is a cell. box:
    in EPSG:3857. metres: on its side. outline, circle: the place in a picture of SIDE pixels (points "x,y x,y"; x, y, radius), None
    where it is a cell. bar: (metres, pixels) of a scale bar."""

    place: Any
    within_m: float
    box: tuple
    metres: float
    outline: str | None
    circle: tuple[float, float, float] | None
    bar: tuple[int, float]

    @property
    def bounds(self):
        """West, south, east, north of that ground, EPSG:4326."""
        return Transformer.from_crs(3857, 4326, always_xy=True).transform_bounds(*self.box)


def extent(place: dict, within_m: float | None = None) -> Extent | None:
    """The Extent around a place as site_page tells it; None where no place, or none finer than a unit, is shown."""
    if not place["shape"] or place["shown_as"] in ("none", "admin_unit"):
        return None
    there, exact = shape(place["shape"]), place["shown_as"] == "exact"
    if exact and within_m is None:
        reach = (place["uncertainty_m"] or 0) * 1.5
        within_m = next((one for one in WITHIN[1:] if one >= reach), WITHIN[-1])
    within_m = within_m if exact else 0.0
    box, metres = terrain.box_around(there, within_m)
    outline, circle = _marks(there, place["uncertainty_m"], box, metres) if exact else (None, None)
    bar = next(one for one in (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 1) if one <= metres / 3)
    return Extent(there, within_m, box, metres, outline, circle, (bar, bar / metres * SIDE))


def _marks(there, uncertainty_m, box, metres):
    turn = Transformer.from_crs(4326, 3857, always_xy=True).transform

    def pixels(lon, lat):
        x, y = turn(lon, lat)
        return (x - box[0]) / (box[2] - box[0]) * SIDE, (box[3] - y) / (box[3] - box[1]) * SIDE

    if there.area > 0:
        ring = shapely.get_exterior_ring(there if there.geom_type == "Polygon" else there.convex_hull)
        return " ".join("{:.1f},{:.1f}".format(*pixels(*at)) for at in shapely.get_coordinates(ring)), None
    middle = there.centroid
    radius = max((uncertainty_m or 0) / metres * SIDE, 6.0)
    return None, (*pixels(middle.x, middle.y), radius)


def chip(settings: Any, raster: Raster, seen: Extent, side: int = SIDE) -> bytes:
    """A PNG of the raster on that ground: an image in its colours, elevations as a hillshade."""
    return terrain.png(_colours(settings, raster, seen.box, side))


def tile(settings: Any, raster: Raster, z: int, x: int, y: int, *, slope: bool = False) -> bytes | None:
    """A PNG of 256 pixels of the usual grid of maps; None where the raster knows nothing. slope: how steep the ground is.

    BadInput: no such tile, or the slope of what is no raster of elevations.
    """
    box = terrain.tile_box(z, x, y)
    if slope and raster.kind != "elevation":
        raise BadInput("An image has no slope", code="not_found")
    made = (terrain.sloped(path(settings, raster), box, 256, unit_m=raster.unit_m) if slope
            else _colours(settings, raster, box, 256))
    return terrain.png(made) if made[..., 3].any() else None


def _colours(settings, raster, box, side):
    if raster.kind == "elevation":
        return terrain.shaded(path(settings, raster), box, side, unit_m=raster.unit_m)
    return terrain.drawn(path(settings, raster), box, side, raster.bands)


def around(settings: Any, raster: Raster, seen: Extent) -> terrain.Around | None:
    """Numbers of the ground there from a raster of elevations; None where it does not reach."""
    try:
        return terrain.around(path(settings, raster), seen.place, within_m=seen.within_m, unit_m=raster.unit_m)
    except BadInput as none:
        if none.code == "outside":
            return None
        raise


def default_line(seen: Extent) -> shapely.LineString:
    """From west to east through the middle of that ground."""
    middle = seen.place.envelope.centroid
    half = seen.metres / 2
    west, east = (GEOD.fwd(middle.x, middle.y, azimuth, half) for azimuth in (270, 90))
    return shapely.LineString([west[:2], east[:2]])


def profile(settings: Any, raster: Raster, line: shapely.LineString) -> pandas.DataFrame:
    """Elevations along a line, as terrain.profile; BadInput where it is longer than FARTHEST or not on the raster."""
    if GEOD.geometry_length(line) > FARTHEST:
        raise BadInput("That is too far for one profile", do="At most 50 km: take nearer ends.", code="too_large")
    grid = terrain.read(path(settings, raster), around=line, within_m=2 * raster.resolution_m)
    return terrain.profile(grid, line, unit_m=raster.unit_m)


def section(frame: pandas.DataFrame, **told: Any) -> Section:
    """The same drawn, with its table."""
    return section_drawn(frame, **told)
