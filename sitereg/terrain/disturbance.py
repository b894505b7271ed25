"""What changed at a place between dates, told apart from what changed all around it. Arrays and numbers; knows no database.

The scenes come onto one grid and onto each other (phase correlation), clouds and their shadows are left out, the earlier ones are
brought to the light and season of the last by a ring of control ground around the place, and what stands out from that ring is
measured (terrain/standing.py). A hint to be looked at by a person, never proof: old graves leave no trace in the spectrum after
some years, and what is smaller than a cell, or was dug and covered between two dates, is not in it.
"""
from dataclasses import dataclass, field

import numpy
import pyproj
import shapely
from rasterio.features import geometry_mask, shapes
from scipy import ndimage

from sitereg.terrain import spectra
from sitereg.terrain.metric import buffered
from sitereg.terrain.registration import apart, moved
from sitereg.terrain.scenes import NAMES, cut, framed
from sitereg.terrain.standing import peak

ALARM, ALARM_SEASONS = 1.6, 2.6  # the score (Peak) from which a change is said: in one season, between two (docs/change.md)
AT_ALARM, DECAY = 0.05, 0.25  # the share of undisturbed places that score as much there; it falls by e with each so much more
GAP, RING, MARGIN = 4, 38, 48  # cells: between site and ring, width of the ring at least, around the site in all
FEWEST, FEWEST_RING = 4, 200  # known cells of a site, of its ring
MOST_HIDDEN = 0.2  # of a site, beyond which nothing is said of it
STILL, MOST_SHIFT = 0.3, 3.0  # cells: less is left as it is; more is not trusted
SEASON = 45  # days of the year
HAZE, HAZY, LEGIBLE = 0.25, 0.5, 0.5  # what is left of contrast beside the other date; contrast by noise from which it is judged

__all__ = ["ALARM", "ALARM_SEASONS", "Change", "changed"]


@dataclass(frozen=True)
class Change:
    """result: changed, unchanged or image_unusable (unusable: why). changed_m2: square metres that take part, changed: where
    (EPSG:4326); direction: darker, brighter, greener, barer or mixed; index: by which; strength: in spreads (MAD) of the ring;
    score: strength beyond what the ring usually does, an alarm from ALARM on; confidence: 0-1, of a change the share of
    undisturbed places that score less, else the less the nearer it was to an alarm. shift_m: how far the scenes were apart before
    they were put right. cells: of the site. limits: codes of what weakens it: shifted, unregistered, other_season, day_unknown,
    partly_hidden, no_cloud_mask, hazy, few_cells."""

    result: str
    unusable: str | None = None
    changed_m2: float = 0.0
    changed: shapely.Geometry | None = None
    direction: str | None = None
    index: str | None = None
    strength: float | None = None
    score: float | None = None
    confidence: float | None = None
    shift_m: float | None = None
    cells: int = 0
    cell_m: tuple[float, float] = (0.0, 0.0)
    limits: tuple[str, ...] = ()
    against: tuple[str, ...] = field(default=())


def changed(scenes, shape, *, within_m=0.0, shift=None):
    """The Change at a place (EPSG:4326, with what lies within so many metres of it) in the last of two or more Scenes.

    With more than two, those earlier scenes count that are of the same season of whatever year (all, where there are none); each
    cell is measured against the middle of them, and where there are three or more by how much it varies from year to year. shift:
    a Shift of the whole scenes, believed where the place itself is too bare to tell. BadInput: no ground to look at; an area too
    large.
    """
    *earlier, last = scenes
    earlier, limits = seasonal(earlier, last)
    names = shared(earlier, last)
    site = buffered(shape, within_m)
    frame = framed([*earlier, last], site, margin(site, [*earlier, last]))
    there = shapely.transform(site, pyproj.Transformer.from_crs(4326, frame.crs, always_xy=True).transform, interleaved=False)
    inside = geometry_mask([there], frame.size, frame.transform, invert=True)
    told = {"cells": int(inside.sum()), "cell_m": frame.cell_m, "against": tuple(one.name for one in earlier)}
    if told["cells"] < FEWEST:
        return Change("image_unusable", "too_coarse", limits=tuple(limits), **told)
    far = ndimage.distance_transform_edt(~inside)
    ring = (far > GAP) & (far <= GAP + max(RING, numpy.sqrt(told["cells"])))
    after = cut(last, frame, names)
    clear, found = [], []
    for one in earlier:
        before = cut(one, frame, names)
        clear.append(clearness(before, ring))
        put, cells, said_of = registered(before, after, shift)
        told["shift_m"] = max(told.get("shift_m") or 0.0, cells * max(frame.cell_m))
        limits += said_of
        found += [put] if cells <= MOST_SHIFT else []
    told["limits"] = tuple(dict.fromkeys(limits))
    if not found:
        return Change("image_unusable", "misregistered", **told)
    clear = 1.0 if "other_season" in limits else legible(clear, clearness(after, ring))  # a lower sun takes contrast as well
    return measured(found, after, names, inside, ring, frame, told, clear)


def seasonal(earlier, last):
    """(the earlier scenes to compare with, limits): those of the season of the last one, all where there are none."""
    if last.day is None or any(one.day is None for one in earlier):
        return earlier, ["day_unknown"]
    alike = [one for one in earlier if days_apart(one.day, last.day) <= SEASON]
    return (alike, []) if alike else (earlier, ["other_season"])


def days_apart(one, other):
    days = abs(one.timetuple().tm_yday - other.timetuple().tm_yday)
    return min(days, 365 - days)


def shared(earlier, last):
    """The bands that all scenes have, in the order of NAMES; the first of each as `grey` where they share no name."""
    names = [name for name in (*NAMES, "grey") if all(name in one.bands for one in (*earlier, last))]
    return names or ["grey"]


def margin(site, scenes):
    """Cells around a site that are looked at: MARGIN, and once again its own width."""
    widest = max(shapely.bounds(site)[2:] - shapely.bounds(site)[:2]) * 111_320
    coarsest = max(max(framed([one], site, 0).cell_m) for one in scenes)
    return MARGIN + int(widest / coarsest / 2)


def registered(before, after, shift):
    """(before put onto after, cells that it was off, limits). A shift is believed that stands out and makes the two more alike."""
    for found in (apart(after.mean(axis=0), before.mean(axis=0)), shift):
        if found is None or not found.sure:
            continue
        if found.cells <= STILL:
            return before, found.cells, []
        put = moved(before, found)
        if alike(put, after) > alike(before, after):
            return put, found.cells, ["shifted"]
    return before, 0.0, ["unregistered"]


def alike(one, other):
    """The correlation of two pictures without their broad features."""
    fine = [band - ndimage.uniform_filter(band, 9) for band in (numpy.nan_to_num(bands.mean(axis=0), nan=numpy.nanmean(bands))
                                                               for bands in (one, other))]
    return float((fine[0] * fine[1]).mean() / max(fine[0].std() * fine[1].std(), 1e-12))


def measured(earlier, after, names, inside, ring, frame, told, clear):
    """The Change once the scenes lie on each other. clear: what the last has of the contrast of the clearest before it."""
    there = together(earlier, after)
    share = there[inside].mean()
    if share < 1 - MOST_HIDDEN or (there & ring).sum() < FEWEST_RING:
        why = "no_data" if not share else "partly_covered" if share < 1 - MOST_HIDDEN else "no_control"
        return Change("image_unusable", why, **told)
    earlier = [one for one in earlier if (together([one], after) & ring).sum() >= FEWEST_RING]
    hidden = spectra.veiled(after, names, middle_of([spectra.levelled(one, after, ring) for one in earlier]))
    earlier = [cleared(one, spectra.veiled(one, names, spectra.levelled(after, one, ring))) for one in earlier]
    after = cleared(after, hidden)
    known = together(earlier, after)
    earlier = [one for one in earlier if (together([one], after) & ring).sum() >= FEWEST_RING]
    seen = known[inside].mean()
    told["limits"] += tuple(code for code, weak in (
        ("no_cloud_mask", hidden is None), ("hazy", clear < HAZY), ("partly_hidden", seen < 0.99),
        ("few_cells", told["cells"] < 9)) if weak)
    why = ("cloud" if seen < 1 - MOST_HIDDEN else "no_control" if (known & ring).sum() < FEWEST_RING or not earlier
           else "haze" if clear < HAZE else None)
    if why:
        return Change("image_unusable", why, **told)
    found = peak(apart_from(earlier, after, names, ring), inside & known, ring & known)
    return said(found, frame, told) if found else Change("image_unusable", "no_data", **told)


def together(earlier, after):
    """The cells that the last scene knows, and one of the earlier ones."""
    return numpy.isfinite(after).all(axis=0) & numpy.any([numpy.isfinite(one).all(axis=0) for one in earlier], axis=0)


def cleared(bands, hidden):
    """A scene without its clouds."""
    return bands if hidden is None else numpy.where(hidden, numpy.nan, bands)


def middle_of(many):
    return many[0] if len(many) == 1 else numpy.nanmedian(many, axis=0)


def clearness(bands, cells):
    """The contrast of the ground in the first band, that haze veils most: by the noise of the picture, and by its brightness."""
    band = bands[0]
    rough = band - 0.5 * (numpy.roll(band, 1, 0) + numpy.roll(band, -1, 0))
    known = cells & numpy.isfinite(rough)
    if known.sum() < FEWEST_RING:
        return numpy.zeros(2)
    noise, level = spectra.spread(rough[known]) / numpy.sqrt(1.5), abs(spectra.middle(band[known]))
    wide = spectra.spread(band[known])
    return numpy.array([numpy.sqrt(max(wide**2 - noise**2, 0.0)), wide]) / numpy.maximum((noise, level), 1e-9)


def legible(clear, last):
    """What the last scene has of the contrast of the clearest before it (1: as much). Haze takes it from both measures; a noisy
    sensor from the first alone, an offset of the numbers from the second alone."""
    clearest = max(clear, key=lambda one: one[0])
    return float(max(last / numpy.maximum(clearest, 1e-9))) if clearest[0] > LEGIBLE else 1.0


def apart_from(earlier, after, names, ring):
    """{index: difference to the middle of the earlier scenes}; where three or more are there, less where a cell varies by
    itself."""
    each = [spectra.differences(spectra.levelled(one, after, ring), after, names) for one in earlier]
    found = {}
    for index in each[0]:
        many = numpy.array([one[index] for one in each])
        found[index] = middle_of(many)
        if len(many) >= 3:
            varies = 1.4826 * numpy.nanmedian(abs(many - found[index]), axis=0)
            found[index] = found[index] / numpy.sqrt(1 + (varies / max(spectra.spread(found[index][ring]), 1e-9)) ** 2)
    return found


def said(found, frame, told):
    """The Change of a Peak."""
    alarm = ALARM_SEASONS if "other_season" in told["limits"] else ALARM
    told = {**told, "index": found.index, "strength": found.mads, "score": found.score}
    if found.score < alarm:
        return Change("unchanged", confidence=float(1 - found.score / alarm / 2), **told)
    confidence = 1 - AT_ALARM * numpy.exp(-(found.score - alarm) / DECAY)
    weak = {"unregistered", "hazy", "partly_hidden"} & set(told["limits"])
    where = shapely.union_all([shapely.geometry.shape(one) for one, _ in
                               shapes(found.cells.astype("uint8"), mask=found.cells, transform=frame.transform)])
    back = pyproj.Transformer.from_crs(frame.crs, 4326, always_xy=True).transform
    return Change("changed", changed_m2=float(found.cells.sum() * frame.cell_m[0] * frame.cell_m[1]),
                  changed=shapely.transform(where, back, interleaved=False), direction="mixed" if found.mixed else found.way,
                  confidence=float(confidence * (0.5 if weak else 1)), **told)
