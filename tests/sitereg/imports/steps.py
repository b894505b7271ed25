"""A partner's small list, and a look into the tables."""

import functools

import shapely

from sitereg import places
from sitereg.imports import ground, profile
from tests.sitereg.imports.test_profiles import table

HEADER = "id,name,kind,lat,lon,people,seen,note\n"
ROWS = ("1,سجن المدينة,prison,33.5131,36.2765,,12/05/2013,\n2,المقبرة,grave,36.2021,37.1343,50,,\n"
        "3,موقع,castle,33.5131,36.2765,,,\n4,موقع,prison,bad,36.2765,,,\n5,فرع,branch,,,,,\n")


def partner(**changes):
    return profile.read(table(**changes), "partner.toml")


def look(registry, sql, *values):
    with registry.dba() as raw:
        return raw.execute(sql, values).fetchall()


@functools.cache
def shipped_ground():
    """The governorates that ship with the product, as an import tests places against them."""
    return ground.made(_shipped())


@functools.cache
def ground_of_cases():
    """The same with two invented sub-districts, an invented unit of an older edition, and two villages of one name."""
    boxes = {"SY0199": shapely.box(36.2, 33.4, 36.4, 33.7), "SY0299": shapely.box(36.8, 36.4, 37.1, 36.6)}
    more = [{**_unit(pcode, 3, shape), "name_en": f"Unit {pcode}", "name_ar": None} for pcode, shape in boxes.items()]
    older = {**_unit("SY9901", 2, shapely.box(36, 33, 37, 34)), "edition": "invented-2012", "shape": None}
    named = [{"name_en": "Al Hamidiyah", "name_ar": "الحميدية", "lon": lon, "lat": lat} for lon, lat in ((35.93, 34.72), (36.7, 34.4))]
    return ground.made([*_shipped(), *more, older], named)


def _shipped():
    return [{**_unit(one["properties"]["pcode"], 1, shapely.geometry.shape(one["geometry"])), "edition": one["properties"]["edition"],
             "name_en": one["properties"]["name_en"], "name_ar": one["properties"]["name_ar"]} for one in places.shipped()]


def _unit(pcode, level, shape):
    middle = shape.representative_point()
    return {"pcode": pcode, "edition": "ne-10m", "level": level, "lon": middle.x, "lat": middle.y, "name_en": pcode, "name_ar": None,
            "shape": shapely.to_wkb(shape)}
