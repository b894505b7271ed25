"""How a place is known and how well."""

from sitereg.vocab.scheme import Scheme


class GeorefMethod(Scheme):
    """How coordinates came about; floor_m: the least uncertainty (metres) that this method can claim.

    The floors: 2 m a levelled survey, 5 m an orthophoto, 10 m a receiver (twice its usual 5 m), 8 m
    digitising on imagery of after 2008 (95 %), 25 m a 1:50,000 map, 30 m numbers of which nothing is said
    (never the class `exact`), 150 m an unknown method (its datum may be unknown too), 250 m a gazetteer or
    the sketch of a witness, 500 m an offset or a road, 1 km a unit. None = what the
    numbers imply.
    """

    GNSS_DEVICE = "gnss_device", "satellite receiver", {"floor_m": 10.0}
    SURVEY_GRADE = "survey_grade", "levelled survey", {"floor_m": 2.0}
    DRONE_ORTHOPHOTO = "drone_orthophoto", "drone orthophoto", {"floor_m": 5.0}
    SATELLITE_DIGITISED = "satellite_digitised", "digitised on satellite imagery", {"floor_m": 8.0}
    MAP_DIGITISED = "map_digitised", "digitised on a map", {"floor_m": 25.0}
    SOURCE_COORDINATES = "source_coordinates", "coordinates as the source gives them", {"floor_m": 30.0}
    GAZETTEER_LOOKUP = "gazetteer_lookup", "looked up in a gazetteer", {"floor_m": 250.0}
    ADMIN_UNIT = "admin_unit", "administrative unit only", {"floor_m": 1000.0}
    OFFSET_FROM_FEATURE = "offset_from_feature", "offset from a feature", {"floor_m": 500.0}
    ROAD_SEGMENT = "road_segment", "stretch of road", {"floor_m": 500.0}
    TESTIMONY_SKETCH = "testimony_sketch", "sketch or description of a witness", {"floor_m": 250.0}
    DERIVED_RELATION = "derived_relation", "derived from another place", {"floor_m": None}
    UNKNOWN = "unknown", "unknown", {"floor_m": 150.0}


class PrecisionClass(Scheme):
    """The uncertainty in words; up_to_m: the largest uncertainty of the class, None = no bound.

    `country` is said of a stated country only and `none` of no place; neither follows from a number.
    """

    EXACT = "exact", "exact (25 m)", {"up_to_m": 25.0}
    SITE = "site", "site (250 m)", {"up_to_m": 250.0}
    LOCALITY = "locality", "locality (2 km)", {"up_to_m": 2_000.0}
    COMMUNITY = "community", "community (5 km)", {"up_to_m": 5_000.0}
    SUBDISTRICT = "subdistrict", "sub-district (15 km)", {"up_to_m": 15_000.0}
    DISTRICT = "district", "district (40 km)", {"up_to_m": 40_000.0}
    GOVERNORATE = "governorate", "governorate", {"up_to_m": None}
    COUNTRY = "country", "country", {"up_to_m": None}
    NONE = "none", "no place", {"up_to_m": None}


class PlaceKind(Scheme):
    """What a stored geometry stands for."""

    EXACT = "exact", "the place itself"
    APPROXIMATE = "approximate", "approximate place"
    REPRESENTATIVE = "representative", "representative point"
    ADMIN_UNIT = "admin_unit", "administrative unit"
    TOPONYM = "toponym", "place name"
