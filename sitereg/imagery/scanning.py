"""All sites looked at on pairs of rasters: what changed, what did not and what could not be seen stands as observations, in one
event.

Only sites whose exact place the caller is shown are looked at; of a place that is known to kilometres nothing is seen from above.
"""
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import geopandas
import numpy
import shapely

from sitereg import sites
from sitereg.errors import BadInput
from sitereg.imagery import catalogue, observing
from sitereg.store.session import Json, Session
from sitereg.terrain import disturbance, scenes

METHOD = "change 1"
LEAST_M, MOST_M = 50.0, 500.0  # metres around a point that are looked at; a place that is less certain is not
BLOCK = 256  # cells: sites are taken block by block, so that each is read once
EVERY = 100  # sites between two words on how far it is

__all__ = ["METHOD", "ask", "scan"]


@dataclass(frozen=True)
class Look:
    """One site on one pair of rasters: where it lies (EPSG:4326) and how many metres around are looked at."""

    site: UUID
    shape: shapely.Geometry
    within_m: float


def ask(session: Session, *, before: UUID | None = None, after: UUID | None = None, again: bool = False, **filters: Any) -> UUID:
    """The scan waits for the keeper; the id of its job. filters: as of `sites`. BadInput for one raster alone, or a filter that
    there is not."""
    sites.asked(filters)
    return session.call("imagery_scan_ask", sites=Json(filters), before=before, after=after, again=again)


def scan(session: Session, *, before: UUID | None = None, after: UUID | None = None, again: bool = False,
         tell: Callable[[int, int], None] | None = None, **filters: Any) -> dict:
    """Observations stand of every site that fits on the two rasters, or on every pair (`pairs`); of each change a task for a
    person.

    Answers {pairs, looked, changed, unchanged, image_unusable: {reason: n}, already, not_exact}. Where this method has looked at a
    site on a pair already it does not again, unless `again`. tell(done, of) is called meanwhile. Raises NotFound for a raster
    that is not visible, BadInput for one that is no imagery; Denied and Refused as observing.observe does.
    """
    session.unhurried()
    two = [(catalogue.show(session, before), catalogue.show(session, after))] if before and after else pairs(
        catalogue.find(session, kind="imagery", limit=10_000))
    wrong = [one.name for pair in two for one in pair if one.kind != "imagery"]
    if wrong:
        raise BadInput("This raster is no image", where=wrong[0], do="Give two of the kind `imagery`.", code="bad_raster")
    frame = sites.frame(session, **filters)
    exact, left = lookable(frame)
    work = [(old, new, waiting(session, exact, old, new, again)) for old, new in two]
    of, rows = sum(len(looks) for *_, (looks, _) in work), []
    for old, new, (looks, _) in work:
        for row in seen(session, old, new, looks):
            rows.append(row)
            if len(rows) % EVERY == 0:
                session.renew()
                if tell:
                    tell(len(rows), of)
    if tell:
        tell(of, of)
    if rows:
        observing.observe(session, rows, method=METHOD, how="machine", reason="imagery scan")
    results = Counter(row.result for row in rows)
    return {"pairs": len(two), "looked": len(rows), "changed": results["changed"], "unchanged": results["unchanged"],
            "image_unusable": dict(Counter(row.unusable for row in rows if row.unusable)),
            "already": sum(done for *_, (_, done) in work), "not_exact": left}


def pairs(rasters: list[catalogue.Raster]) -> list[tuple[catalogue.Raster, catalogue.Raster]]:
    """The pairs (earlier, later) that are worth comparing: each raster with a day with all earlier ones of its season, in whatever
    year, and where there is none with the one just before it. Rasters whose day nobody knows are in none, nor those that meet
    nowhere."""
    found = []
    for n, new in enumerate(dated := [one for one in rasters if one.taken]):
        meets = [old for old in dated[:n] if shapely.intersects(ground(old), ground(new)) and middle(old) < middle(new)]
        alike = [old for old in meets if disturbance.days_apart(middle(old), middle(new)) <= disturbance.SEASON]
        found += [(old, new) for old in alike or meets[-1:]]
    return found


def middle(raster: catalogue.Raster) -> date:
    """The day in the middle of those on which a raster was taken."""
    first, last = raster.taken
    return first + (last - first) / 2


def ground(raster: catalogue.Raster) -> shapely.Geometry:
    """Where a raster has values (EPSG:4326)."""
    return shapely.geometry.shape(raster.footprint)


def lookable(frame: geopandas.GeoDataFrame) -> tuple[list[Look], int]:
    """(the sites whose exact place is shown and certain enough, how many others there are)."""
    about = frame["uncertainty_m"].fillna(0).to_numpy(float)
    fits = (frame["shown_as"] == "exact") & frame.geometry.notna() & (about <= MOST_M)
    found = [Look(UUID(row.id), row.geometry, max(LEAST_M, metres))
             for row, metres in zip(frame[fits].itertuples(), about[fits.to_numpy()], strict=True)]
    return found, len(frame) - len(found)


def waiting(session: Session, exact: list[Look], old: catalogue.Raster, new: catalogue.Raster,
            again: bool) -> tuple[list[Look], int]:
    """(the sites that lie on both rasters and are to be looked at, how many were already)."""
    both = shapely.intersection(ground(old), ground(new))
    shapely.prepare(both)
    there = [one for one in exact if shapely.intersects(both, one.shape)]
    if again:
        return there, 0
    rows = observing.observations(session, raster=new.id, before=old.id, method=METHOD, limit=100_000)
    known = {UUID(str(row["site"])) for row in rows}
    left = [one for one in there if one.site not in known]
    return left, len(there) - len(left)


def seen(session: Session, old: catalogue.Raster, new: catalogue.Raster, looks: list[Look]) -> Iterator[observing.Observation]:
    """One observation for each site, in the order of the blocks of the raster."""
    if not looks:
        return
    with ExitStack() as stack:
        two = [stack.enter_context(scenes.scene(
            catalogue.path(session.settings, one), day=middle(one) if one.taken else None,
            bands=scenes.said([band["name"] for band in one.bands]) or None)) for one in (old, new)]
        for look in ordered(two[1], looks):
            yield told(look, old, new, disturbance.changed(two, look.shape, within_m=look.within_m))


def ordered(scene: scenes.Scene, looks: list[Look]) -> list[Look]:
    """Block by block, as GDAL keeps the last ones."""
    lonlat = shapely.get_coordinates(shapely.centroid([one.shape for one in looks]))
    columns, rows = scenes.cells(scene, *lonlat.T)
    return [looks[n] for n in numpy.lexsort((columns // BLOCK, rows // BLOCK))]


def told(look: Look, old: catalogue.Raster, new: catalogue.Raster, found: disturbance.Change) -> observing.Observation:
    """A Change as an Observation."""
    figures = {"index": found.index, "score": found.score, "shift_m": found.shift_m, "cells": found.cells,
               "cell_m": list(found.cell_m), "within_m": look.within_m}
    return observing.Observation(
        site=look.site, raster=new.id, before=old.id, result=found.result, unusable=found.unusable,
        changed_m2=found.changed_m2 if found.result == "changed" else None,
        changed=shapely.geometry.mapping(found.changed) if found.changed is not None else None, direction=found.direction,
        strength=found.strength, confidence=found.confidence, limits=found.limits, figures=figures)
