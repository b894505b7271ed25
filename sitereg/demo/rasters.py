"""A synthetic relief and two synthetic scenes of an invented valley, with planted pits, tracks and spoil and their mask.

One invented site of the stories lies in it, and not in its middle: a scene that is cut around a site tells where that is.
"""
from datetime import date

import numpy
import rasterio
from pyproj import Transformer
from rasterio.transform import from_origin

from sitereg import imagery
from sitereg.demo.deciding import by

CRS = "EPSG:32637"
SIDE = 6_000  # metres
RIGHT, DOWN = 2_310, 3_480  # metres of the site from the western and the northern edge
BEFORE, AFTER = date(2012, 2, 15), date(2013, 10, 15)
TOLD = {"SYNTHETIC": "YES", "TITLE": "Invented for the sitereg demonstration; nothing in it is real"}
NOTHING, PIT, SPOIL, TRACK = range(4)


def write(settings, seed, site):
    """relief.tif (30 m), before.tif and after.tif (10 m, four bands), changed.tif (the truth) stand in `rasters` of the home; the
    first three in the catalogue, with what somebody saw on them at the site."""
    x, y = Transformer.from_crs(4326, CRS, always_xy=True).transform(site.spot.x, site.spot.y)
    at = round(x, -1) - RIGHT, round(y, -1) + DOWN
    folder = settings.home / "rasters"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    dice = numpy.random.default_rng(seed)
    relief, ground, mask = heights(dice, 30), heights(dice, 10), planted(dice)
    _save(folder / "relief.tif", at, [relief], 30, "float32", "relief in metres")
    fields = patches(dice, SIDE // 10)
    before, after = scene(dice, ground, fields), scene(dice, ground, fields)
    for kind, light in ((PIT, 0.6), (SPOIL, 1.4), (TRACK, 1.2)):  # the colour of the earth stays: what is whiter would be a cloud
        after[:, mask == kind] *= light
    _save(folder / "before.tif", at, before, 10, "float32", "2012-02-15", blue_to_infrared=True)
    _save(folder / "after.tif", at, after, 10, "float32", "2013-10-15", blue_to_infrared=True)
    _save(folder / "changed.tif", at, [mask], 10, "uint8", "truth: 0 nothing, 1 pit, 2 spoil, 3 track")
    register(settings, folder, site)


def register(settings, folder, site):
    """The relief and the scenes stand in the catalogue, for whoever is cleared for tier 1; an analyst looked at the site by eye."""
    said = {"licence": "CC0", "attribution": "Invented for the demonstration"}
    with by(settings, "steward") as opened:
        imagery.add(opened, folder / "relief.tif", kind="elevation", making="composite", sensor="Invented relief",
                    name="Invented valley, relief", taken=date(2000, 2, 11), until=date(2000, 2, 22), **said)
        before, after = (imagery.add(
            opened, folder / f"{name}.tif", kind="imagery", sensor="Invented scanner", scene=f"DEMO-{taken:%Y%m%d}", taken=taken,
            name=f"Invented valley, {taken}", **said)["raster"] for name, taken in (("before", BEFORE), ("after", AFTER)))
    with by(settings, "analyst") as opened:
        imagery.observe(opened, [
            imagery.Observation(site.id, after, "changed", before=before, changed_m2=6_000.0, direction="mixed", confidence=0.6,
                                note="A dark strip with a bright one beside it, as of earth thrown up (invented)"),
            imagery.Observation(site.id, before, "unchanged", note="Nothing stands out (invented)")],
            method="looked at by eye", how="person", reason="demonstration")


def heights(dice, step):
    """Hills of a few waves, metres above the sea, one value a cell of `step` metres."""
    y, x = numpy.mgrid[0:SIDE:step, 0:SIDE:step] / SIDE
    high = numpy.full(x.shape, 620.0)
    for n in range(1, 7):
        a, b = dice.uniform(0, 6.3, 2)
        high += 60 / n * numpy.sin(n * 3 * x + a) * numpy.cos(n * 2.4 * y + b)
    return high.astype("float32")


def planted(dice):
    """Where something was dug between the two scenes: trenches with their spoil beside them, and the track that leads there."""
    mask = numpy.zeros((SIDE // 10, SIDE // 10), "uint8")
    rows, columns = dice.integers(60, 540, (2, 8))
    rows[0], columns[0] = DOWN // 10 - 2, RIGHT // 10 - 6
    for n, (row, column) in enumerate(zip(rows, columns, strict=True)):
        if n < 3:
            mask[row, :column] = TRACK
        mask[row:row + 3, column:column + 12] = PIT
        mask[row + 3:row + 5, column:column + 12] = SPOIL
    return mask


def scene(dice, ground, fields):
    """Reflectances (blue, green, red, near infrared) of bare ground and fields in the sun of the relief, with noise."""
    down, right = numpy.gradient(ground.astype("float64"), 10)
    lit = 1 + 1.2 * (down - right) + 0.3 * fields
    noise = dice.normal(0, 0.004, (4, *ground.shape)) + dice.normal(0, 0.006, ground.shape)
    return (numpy.array([0.14, 0.19, 0.25, 0.31])[:, None, None] * lit + noise).clip(0.01, 0.9).astype("float32")


def patches(dice, side):
    """How much brighter or darker each cell is than bare ground, a share: fields of 200 to 600 m."""
    found = numpy.zeros((side, side))
    for row, column in dice.integers(0, side, (60, 2)):
        high, wide = dice.integers(20, 60, 2)
        found[row:row + high, column:column + wide] = dice.uniform(-1, 1) * 0.5
    return found


def _save(path, at, bands, step, kind, said, blue_to_infrared=False):
    with rasterio.open(path, "w", driver="GTiff", width=SIDE // step, height=SIDE // step, count=len(bands), dtype=kind, crs=CRS,
                       transform=from_origin(*at, step, step), compress="deflate") as file:
        file.update_tags(**TOLD, DESCRIPTION=said)
        for n, band in enumerate(bands, 1):
            file.write(band, n)
            file.set_band_description(n, ("blue", "green", "red", "near infrared")[n - 1] if blue_to_infrared else said)
    path.chmod(0o600)
