"""A synthetic relief and two synthetic scenes of an invented valley, with planted pits, tracks and spoil and their mask."""
import numpy
import rasterio
from rasterio.transform import from_origin

CRS, WEST, NORTH = "EPSG:32637", 600_000, 3_800_000  # metres; open desert of the Badia, where nothing of this stands
SIDE = 6_000  # metres
TOLD = {"SYNTHETIC": "YES", "TITLE": "Invented for the sitereg demonstration; nothing in it is real"}
NOTHING, PIT, SPOIL, TRACK = range(4)


def write(settings, seed):
    """relief.tif (30 m), before.tif and after.tif (10 m, four bands), changed.tif (the truth) stand in `rasters` of the home."""
    folder = settings.home / "rasters"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    dice = numpy.random.default_rng(seed)
    relief, ground, mask = heights(dice, 30), heights(dice, 10), planted(dice)
    _save(folder / "relief.tif", [relief], 30, "float32", "relief in metres")
    before = scene(dice, ground)
    after = scene(dice, ground)
    for kind, bright in ((PIT, -0.12), (SPOIL, 0.15), (TRACK, 0.08)):
        after[:, mask == kind] += bright
    _save(folder / "before.tif", before, 10, "float32", "2012-02-15", blue_to_infrared=True)
    _save(folder / "after.tif", after, 10, "float32", "2013-10-15", blue_to_infrared=True)
    _save(folder / "changed.tif", [mask], 10, "uint8", "truth: 0 nothing, 1 pit, 2 spoil, 3 track")
    return folder


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
    for n, (row, column) in enumerate(zip(rows, columns, strict=True)):
        if n < 3:
            mask[row, :column] = TRACK
        mask[row:row + 3, column:column + 12] = PIT
        mask[row + 3:row + 5, column:column + 12] = SPOIL
    return mask


def scene(dice, ground):
    """Reflectances (blue, green, red, near infrared) of bare ground in the sun of the relief, with noise."""
    down, right = numpy.gradient(ground.astype("float64"), 10)
    lit = 1 + 0.5 * (down - right)
    noise = dice.normal(0, 0.008, (4, *ground.shape))
    return (numpy.array([0.14, 0.19, 0.25, 0.31])[:, None, None] * lit + noise).clip(0.01, 0.9).astype("float32")


def _save(path, bands, step, kind, said, blue_to_infrared=False):
    with rasterio.open(path, "w", driver="GTiff", width=SIDE // step, height=SIDE // step, count=len(bands), dtype=kind, crs=CRS,
                       transform=from_origin(WEST, NORTH, step, step), compress="deflate") as file:
        file.update_tags(**TOLD, DESCRIPTION=said)
        for n, band in enumerate(bands, 1):
            file.write(band, n)
            file.set_band_description(n, ("blue", "green", "red", "near infrared")[n - 1] if blue_to_infrared else said)
    path.chmod(0o600)
