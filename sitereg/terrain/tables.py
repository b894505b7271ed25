"""Many places at once, as GeoDataFrames: the numbers of the ground, and what changed, for each row. Knows no database."""
import contextlib
import dataclasses

import geopandas
import pandas

from sitereg.errors import BadInput
from sitereg.terrain.disturbance import Change, changed
from sitereg.terrain.places import Around, around
from sitereg.terrain.scenes import scene

__all__ = ["changes", "grounds"]

RELIEF = tuple(field.name for field in dataclasses.fields(Around))
CHANGE = tuple(field.name for field in dataclasses.fields(Change))


def grounds(frame, path, *, within_m, band=1, unit_m=1.0):
    """The frame with the columns of Around beside its own: what lies within so many metres of each row, by a raster of elevations.

    frame: a GeoDataFrame in any CRS; its rows, their order, index and CRS stay. A row without a shape, and one that the raster does
    not reach, has limits ("outside",) and nothing else. BadInput: no CRS, columns of these names, as raster.read.
    """
    def of(shape):
        return around(path, shape, within_m=within_m, band=band, unit_m=unit_m)

    return beside(frame, RELIEF, of)


def changes(frame, paths, *, days, within_m=0.0, bands=None):
    """The frame with the columns of Change beside its own: what is different in the last of two or more scenes at each row.

    frame: a GeoDataFrame in any CRS, as of grounds; paths: of the scenes, in the order of their days (dates); bands: the names of
    their bands where the files name none. `changed` (where) is in EPSG:4326. BadInput as of grounds and disturbance.changed.
    """
    if len(paths) != len(days):
        raise BadInput("Each scene has a day", where=f"{len(paths)} scenes, {len(days)} days", do="Give as many of both.")
    with contextlib.ExitStack() as held:
        opened = [held.enter_context(scene(path, day=day, bands=bands)) for path, day in zip(paths, days, strict=True)]
        return beside(frame, CHANGE, lambda shape: changed(opened, shape, within_m=within_m))


def beside(frame, columns, of):
    """The frame with these columns of what `of` answers for the shape of each row (EPSG:4326)."""
    if frame.crs is None:
        raise BadInput("The frame has no CRS", do="Set it with frame.set_crs(...).", code="no_crs")
    taken = [name for name in columns if name in frame.columns]
    if taken:
        raise BadInput("The frame has such columns already", where=", ".join(taken), do="Rename them.", code="bad_value")
    rows = []
    for shape in frame.geometry.to_crs(4326):
        found = None
        if shape is not None and not shape.is_empty:
            try:
                found = of(shape)
            except BadInput as reason:
                if reason.code != "outside":
                    raise
        rows.append([None if found is None else getattr(found, name) for name in columns])
    told = pandas.DataFrame(rows, columns=list(columns), index=frame.index, dtype=object)
    told["limits"] = [("outside",) if one is None else one for one in told["limits"]]
    return geopandas.GeoDataFrame(pandas.concat([frame, told.infer_objects()], axis=1), geometry=frame.geometry.name, crs=frame.crs)
