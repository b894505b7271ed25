"""Rasters of the ground, and what was observed on them."""

from sitereg.vocab.scheme import Scheme


class RasterKind(Scheme):
    """What the numbers of a raster are."""

    IMAGERY = "imagery", "image from above"
    ELEVATION = "elevation", "elevations"


class RasterMaking(Scheme):
    """How a raster came to be; `dated` False = it has no day of its own, whatever its file or its tile says."""

    SCENE = "scene", "one scene", {"dated": True}
    COMPOSITE = "composite", "put together from scenes of known days", {"dated": True}
    MOSAIC = "mosaic", "mosaic whose days are not known", {"dated": False}
    SCREENSHOT = "screenshot", "picture taken from a web map", {"dated": False}


class ObservationResult(Scheme):
    """What came of looking at the ground of a site on rasters."""

    CHANGED = "changed", "the ground changed"
    UNCHANGED = "unchanged", "no change seen"
    IMAGE_UNUSABLE = "image_unusable", "image unusable"


class ChangeDirection(Scheme):
    """Which way the ground changed against what lies around it."""

    BARER = "barer", "barer"
    GREENER = "greener", "greener"
    BRIGHTER = "brighter", "brighter"
    DARKER = "darker", "darker"
    MIXED = "mixed", "some brighter, some darker"


class UnusableReason(Scheme):
    """Why nothing can be said from a raster or a pair of them."""

    CLOUD = "cloud", "clouds"
    SHADOW = "shadow", "shadow"
    HAZE = "haze", "haze"
    NO_DATA = "no_data", "the raster has no values there"
    PARTLY_COVERED = "partly_covered", "the raster reaches only a part of the site"
    MISREGISTERED = "misregistered", "the two rasters do not lie on each other"
    TOO_COARSE = "too_coarse", "the cells are too large for the site"
    NO_CONTROL = "no_control", "too little ground around the site to compare with"
    SEASON = "season", "the seasons differ too much"
    DATE_UNKNOWN = "date_unknown", "its day is not known"
    BANDS_MISSING = "bands_missing", "the bands that are needed are missing"
    OTHER = "other", "other"
