"""What the bands of two dates say: brought onto one scale by the ring, indices and their differences, clouds and shadows.

Rules of thumb for four or five bands without calibration, not a cloud mask of a data provider: thin cirrus, small clouds over
bright ground and shadows without their cloud in sight pass; bright blue roofs may be taken for clouds.
"""
import numpy
from scipy import ndimage

VISIBLE = ("blue", "green", "red")
CLOUD_BRIGHTER = 0.35  # a cloud is so much brighter than this ground otherwise is, as a share
CLOUD_WHITER = 1.15  # and gains so many times more in blue than in red: soil gains alike, or more in red
SHADOW_DARKER = 0.25  # a shadow loses so much in all bands
SMALLEST = 30  # cells of a cloud or a shadow; smaller ones are work on the ground as likely
RIM = 3  # cells around a cloud or shadow that are left out too

__all__ = ["differences", "levelled", "middle", "spread", "veiled"]


def middle(values):
    """The median of the known values."""
    return float(numpy.median(values[numpy.isfinite(values)]))


def spread(values):
    """The median absolute deviation of the known values, times 1.4826: a standard deviation where they are normal."""
    known = values[numpy.isfinite(values)]
    return float(1.4826 * numpy.median(abs(known - numpy.median(known))))


def levelled(before, after, ring):
    """`before` (bands, rows, columns) as the sensor and the light of `after` would show it, had nothing changed in the ring.

    Each band's median and spread in the ring become those of `after`, so that a constant gain or offset, another sun, another
    sensor and a season that touches everything alike cancel out.
    """
    found = numpy.empty_like(before)
    for n, (old, new) in enumerate(zip(before, after, strict=True)):
        both = ring & numpy.isfinite(old) & numpy.isfinite(new)
        wide = spread(old[both])
        gain = spread(new[both]) / wide if wide > 0 else 1.0
        found[n] = (old - middle(old[both])) * gain + middle(new[both])
    return found


def differences(before, after, names):
    """{"brightness", "greenness", "bareness"}: after - before of the mean of the visible bands (of all where none is named), of
    NDVI, and of the bare soil index (Rikimaru 2002: (swir + red - nir - blue) / their sum); those for which there are bands."""
    at = {name: n for n, name in enumerate(names)}
    seen = [at[name] for name in VISIBLE if name in at] or list(range(len(names)))
    found = {"brightness": after[seen].mean(axis=0) - before[seen].mean(axis=0)}
    if {"red", "nir"} <= at.keys():
        found["greenness"] = numpy.subtract(*(_ratio(one[at["nir"]], one[at["red"]]) for one in (after, before)))
    if {"blue", "red", "nir", "swir"} <= at.keys():
        found["bareness"] = numpy.subtract(*(_ratio(one[at["swir"]] + one[at["red"]], one[at["nir"]] + one[at["blue"]])
                                             for one in (after, before)))
    return found


def _ratio(a, b):
    whole = a + b
    with numpy.errstate(invalid="ignore", divide="ignore"):
        return numpy.where(abs(whole) > 1e-6, ((a - b) / whole).clip(-1, 1), numpy.nan).astype("float32")


def veiled(bands, names, other):
    """Which cells of a scene lie under a cloud or its shadow, or by their rim: (rows, columns) of bool, None where blue and red
    lack.

    other: the second scene, levelled to this one: what is bright in both is the ground.
    """
    at = {name: n for n, name in enumerate(names)}
    if not {"blue", "red"} <= at.keys():
        return None
    with numpy.errstate(invalid="ignore", divide="ignore"):
        gains = numpy.array([bands[n] / numpy.maximum(other[n], 1e-6) - 1 for n in range(len(names))])
        gains = ndimage.uniform_filter(numpy.nan_to_num(gains), (0, 3, 3))
        blue, red = gains[at["blue"]], gains[at["red"]]
        seen = gains[[at[name] for name in VISIBLE if name in at]].mean(axis=0)
        cloud = (seen > CLOUD_BRIGHTER) & (blue > CLOUD_WHITER * red) & (red > 0)
        dark = (gains < -SHADOW_DARKER).all(axis=0)
    cloud = _large(cloud)
    if not cloud.any():
        return cloud
    return ndimage.binary_dilation(cloud | _large(dark), iterations=RIM)


def _large(cells):
    """Those cells that hang together in SMALLEST or more, holes of single cells closed."""
    parts, many = ndimage.label(ndimage.binary_closing(cells) | cells, numpy.ones((3, 3)))
    sizes = numpy.bincount(parts.ravel(), minlength=many + 1)
    return (parts > 0) & (sizes[parts] >= SMALLEST)
