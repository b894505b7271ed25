"""What holds of every place: read back within its digits, never below its floor, no crash; metres; shapes."""

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Proj

from sitereg import geo
from sitereg.geo import grids, write
from sitereg.vocab import GeorefMethod, PrecisionClass, ProblemCode

LATLON = geo.Declared(order="latlon")
LON = st.floats(-179.99, 179.99).filter(lambda x: abs(x) > 2)
LAT = st.floats(-79.5, 79.5).filter(lambda x: abs(x) > 2)
RADIUS = st.floats(0.5, 50_000)


def within_floor(place, lon, lat):
    assert place.found, place.problems
    far = geo.distance_m(lon, lat, place.lon, place.lat)
    assert far <= place.uncertainty_m * 1.001 + 1e-3, f"{far} m off, {place.uncertainty_m} m claimed"


@given(LON, LAT, st.integers(0, 9))
def test_decimal_degrees_are_read_back(lon, lat, places):
    place = geo.parse(write.decimal(lon, lat, places), LATLON)
    if ProblemCode.NULL_ISLAND not in place.problems:
        within_floor(place, lon, lat)


@given(LON, LAT, st.integers(0, 3))
def test_degrees_minutes_seconds_are_read_back(lon, lat, places):
    within_floor(geo.parse(write.dms(lon, lat, places)), lon, lat)


@pytest.mark.filterwarnings("ignore:Warning in")
@given(LON, LAT, st.integers(1, 5))
def test_mgrs_is_read_back(lon, lat, digits):
    place = geo.parse(write.mgrs(lon, lat, digits))
    far = geo.distance_m(lon, lat, place.lon, place.lat)
    assert far <= max(10 ** (5 - digits) * math.sqrt(0.5) * 1.02 + 1, 1)
    assert far <= place.uncertainty_m * 1.02


@given(LON, LAT)
def test_utm_is_read_back(lon, lat):
    within_floor(geo.parse(write.utm(lon, lat)), lon, lat)


@given(LON, LAT, st.sampled_from(list(GeorefMethod)), st.none() | st.floats(0.001, 1e6), st.booleans())
def test_uncertainty_is_never_below_any_floor(lon, lat, method, stated, known):
    declared = geo.Declared(order="latlon", method=method, datum_known=known)
    text = write.decimal(lon, lat, 4)
    place = geo.parse(text, declared, stated_m=stated)
    if not place.found:
        return
    least = geo.floor(geo.significant_decimals(*text.replace("-", "").split(", ")), place.lat)
    extra = 0 if known else 150
    assert place.uncertainty_m >= max(least, method.attrs["floor_m"] or 0, stated or 0) + extra - 1e-9
    assert math.isfinite(place.uncertainty_m) and place.precision is not PrecisionClass.NONE


ANYTHING = st.text(max_size=60) | st.text(
    alphabet="0123456789.,;:+-°'\"NSEWOno ew/@!#=?&٣٦٫،شجقغ\u200f\u202e\x00eE", max_size=40)


@settings(max_examples=400)
@given(ANYTHING, ANYTHING)
def test_no_text_crashes(one, two):
    for place in (geo.parse(one), geo.parse(one, LATLON), geo.parse_pair(one, two, LATLON),
                  geo.parse("geo:" + one), geo.parse("https://www.google.com/maps/" + one)):
        assert place.found or place.problems
        for reading in (place, *place.candidates):
            if reading.found:
                assert abs(reading.lat) <= 90 and abs(reading.lon) <= 180 and reading.uncertainty_m > 0
        assert place.found or place.lat is place.lon is place.uncertainty_m is None


@given(st.floats(), st.floats())
def test_no_number_crashes(lon, lat):
    place = geo.from_numbers(lon, lat)
    assert not place.found or (abs(place.lat) <= 90 and abs(place.lon) <= 180 and place.uncertainty_m > 0)
    assert geo.from_projected(lon, lat, "EPSG:22770").problems is not None


def test_floors_are_those_of_the_guide():
    for decimals, metres in ((0, 143_700), (1, 14_400), (2, 1_440), (3, 144), (4, 14.4)):
        assert geo.floor(decimals, 35) == pytest.approx(metres, rel=0.005)
    assert geo.degrees_floor(1 / 60, 35) == pytest.approx(2_390, rel=0.005)
    assert geo.degrees_floor(1 / 3600, 35) == pytest.approx(40, rel=0.005)
    assert geo.floor(5, 90) > 0


@given(st.lists(st.none() | st.floats(0, 1e6), max_size=7))
def test_sums_are_conservative(parts):
    total = geo.add_uncertainty(*parts)
    assert all(total >= part for part in parts if part is not None)


@pytest.mark.parametrize("part", [-1, math.nan, math.inf])
def test_parts_that_are_no_metres_are_refused(part):
    with pytest.raises(ValueError):
        geo.add_uncertainty(1, part)
    with pytest.raises(ValueError):
        geo.precision_class(part)


@pytest.mark.parametrize(("metres", "name"), [
    (0.1, "exact"), (25, "exact"), (25.1, "site"), (250, "site"), (2_000, "locality"), (5_000, "community"),
    (15_000, "subdistrict"), (40_000, "district"), (40_001, "governorate"), (1e6, "governorate"),
    (None, "none"),
])
def test_precision_classes_have_the_bounds_of_the_vocabulary(metres, name):
    assert geo.precision_class(metres) == name


@pytest.mark.parametrize(("text", "metres"), [
    ("500", 500), ("500 m", 500), ("±25 m", 25), ("about 2 km", 2000), ("1.5km", 1500), ("1,5 km", 1500),
    ("1,500", 1500), ("100 ft", 30.48), ("١٠٠ متر", 100), ("حوالي ٢ كم", 2000), (12.5, 12.5),
])
def test_stated_uncertainties_are_read(text, metres):
    assert geo.read_uncertainty(text) == (pytest.approx(metres), ())


@pytest.mark.parametrize(
    "text", ["0", "-3", "approx", "500 leagues", "nan", "inf", "25-30", "1e9 km", "99999 km"])
def test_what_says_nothing_of_exactness_is_told(text):
    assert geo.read_uncertainty(text) == (None, (ProblemCode.BAD_UNCERTAINTY,))


def test_a_blank_uncertainty_is_no_fault():
    assert geo.read_uncertainty(None) == geo.read_uncertainty("  ") == (None, ())


def test_distances_are_geodesic():
    assert geo.distance_m(36.2765, 33.5138, 37.1343, 36.2021) == pytest.approx(308_700, rel=0.002)
    assert geo.distance_m(0, 0, 0, 1) == pytest.approx(110_574.4, abs=0.5)
    assert geo.offset(36.0, 33.0, 90, 1_000)[0] == pytest.approx(36.01071, abs=1e-4)


@given(st.floats(-170, 170), st.floats(-60, 60), RADIUS, st.floats(0, 360))
def test_circles_hold_their_radius(lon, lat, radius, bearing):
    ring = geo.circle(lon, lat, radius)
    assert ring.is_valid and ring.exterior.is_ccw
    inside = geo.offset(lon, lat, bearing, radius * 0.999)
    assert ring.covers(shapely.Point(inside)) or ring.distance(shapely.Point(inside)) < 1e-5
    x, y, far = geo.point_radius(ring)
    assert all(geo.distance_m(x, y, *corner) <= far + 1e-6 for corner in ring.exterior.coords)


@pytest.mark.parametrize(("lon", "lat", "radius"), [
    (0, 0, 0), (0, 0, -1), (0, 0, math.nan), (0, 0, math.inf), (179.99, 0, 10_000), (0, 89.99, 10_000)])
def test_circles_that_cannot_be_drawn_are_refused(lon, lat, radius):
    with pytest.raises(ValueError):
        geo.circle(lon, lat, radius)


def test_the_point_of_a_shape_lies_on_it():
    bent = shapely.from_wkt("POLYGON((36 33,37 33,37 34,36.9 34,36.9 33.1,36.1 33.1,36.1 34,36 34,36 33))")
    lon, lat, far = geo.point_radius(bent)
    assert bent.covers(shapely.Point(lon, lat)) and far > 80_000
    assert geo.point_radius(shapely.Point(36, 33)) == (36, 33, 0)
    with pytest.raises(ValueError):
        geo.point_radius(shapely.Point())
    assert geo.area_m2(shapely.box(36, 33, 36.01, 33.01)) == pytest.approx(1_036_000, rel=0.01)


@pytest.mark.parametrize(("wkt", "codes"), [
    ("POLYGON((36 33,37 33,37 34,36 34,36 33))", []),
    ("POLYGON((36 33,36 34,37 34,37 33,36 33))", ["geometry_repaired"]),
    ("POLYGON Z((36 33 5,37 33 5,37 34 5,36 34 5,36 33 5))", ["geometry_repaired"]),
    ("POLYGON((36 33,37 34,37 33,36 34,36 33))", ["bad_geometry"]),
    ("GEOMETRYCOLLECTION(POINT(36 33))", ["bad_geometry"]),
    ("POLYGON EMPTY", ["no_geometry"]), ("POINT(36 NaN)", ["bad_coordinates"]),
    ("POINT(36 Inf)", ["bad_coordinates"]), ("POINT(36 95)", ["out_of_range"]),
    ("POLYGON((170 1,-170 1,-170 2,170 2,170 1))", ["geometry_repaired", "area_too_large"]),
    ("POINT(36 33)", []), ("MULTIPOLYGON(((36 33,37 33,37 34,36 34,36 33)))", []),
])
def test_shapes_are_put_in_order_or_refused(wkt, codes):
    shape = geo.clean(shapely.from_wkt(wkt))
    assert list(shape.problems) == codes
    stored = not codes or codes == ["geometry_repaired"]
    assert (shape.geometry is not None) == stored
    if stored:
        assert shape.geometry.is_valid and not shape.geometry.has_z
        assert geo.clean(shape.geometry).problems == ()
    if codes == ["bad_geometry"]:
        assert shape.proposed is not None and shape.proposed.is_valid


def test_missing_and_too_large_shapes_are_told():
    assert geo.clean(None).problems == (ProblemCode.NO_GEOMETRY,)
    grave = shapely.box(36, 33, 36.07, 33.07)
    assert geo.clean(grave, largest_m2=1e6).problems == (ProblemCode.AREA_TOO_LARGE,)
    assert geo.clean(grave, largest_m2=1e8).geometry is not None


def test_rings_are_closed_and_lose_their_doubles():
    ring, problems = geo.close_ring([(0, 0), (1, 0), (1, 0), (1, 1)])
    assert ring == [(0, 0), (1, 0), (1, 1), (0, 0)] and problems == (ProblemCode.GEOMETRY_REPAIRED,)
    assert geo.close_ring(ring) == (ring, ())
    assert geo.close_ring([(0, 0), (1, 0), (0, 0)])[1] == (ProblemCode.BAD_GEOMETRY,)


SYSTEMS = ("EPSG:22700", "EPSG:22770", "EPSG:22780", "EPSG:32637", "EPSG:4227", "EPSG:4230", "EPSG:4284")


@settings(max_examples=60)
@given(st.floats(36, 42), st.floats(33, 37), st.sampled_from(SYSTEMS))
def test_numbers_of_a_declared_system_are_read_back(lon, lat, crs):
    x, y = grids.to_wgs84(crs).transform(lon, lat, direction="INVERSE")
    places = 2 if grids.is_projected(crs) else 7
    found = geo.parse_pair(f"{y:.{places}f}", f"{x:.{places}f}", geo.Declared(crs=crs))
    assert found.found and geo.distance_m(found.lon, found.lat, lon, lat) <= max(found.uncertainty_m, 30)
    assert found.uncertainty_m >= 30 + (grids.accuracy_m(crs) or 0)


def test_the_levant_zone_is_computed_as_its_registry_shows():
    """The example of IOGP 373-7-2 for the Lambert conic near-conformal method; and its degrees are those of Deir ez Zor."""
    lon, lat = Proj(grids._LEVANT_ZONE.partition(" +towgs84")[0])(15_707.96, 623_165.96, inverse=True)
    assert (lon, lat) == pytest.approx((34 + 8 / 60 + 11.291 / 3600, 37 + 31 / 60 + 17.625 / 3600), abs=1e-7)
    there, here = grids.project(300_000, 300_000, "EPSG:22700"), grids.project(37.35, 34.65, "EPSG:4227")
    assert geo.distance_m(*there, *here) < grids.accuracy_m("EPSG:4227")


@pytest.mark.parametrize(("lon", "lat"), [(36.5, 34.5), (34.1365, 37.5216), (41.9, 33.1)])
def test_a_datum_is_shifted_also_beyond_the_area_of_its_shift(lon, lat):
    """Without the shift the point would be off by more than a hundred metres and nobody would know."""
    assert 115 < geo.distance_m(*grids.project(lon, lat, "EPSG:4227"), lon, lat) < 160


@settings(max_examples=60)
@given(LON, LAT)
def test_degrees_in_arabic_digits_and_words_are_read_back(lon, lat):
    words = write.dms(lon, lat).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for letter, word in (("N", "شمال"), ("S", "جنوب"), ("E", "شرق"), ("W", "غرب")):
        words = words.replace(letter, f" {word}")
    found = geo.parse(words)
    assert found.verbatim == words
    assert not found.found or geo.distance_m(found.lon, found.lat, lon, lat) <= found.uncertainty_m
    assert found.found or found.problems == (ProblemCode.NULL_ISLAND,)


@settings(max_examples=150)
@given(ANYTHING, ANYTHING, st.sampled_from(SYSTEMS), st.sampled_from([None, "latlon", "lonlat"]))
def test_no_text_crashes_a_declared_system(one, two, crs, order):
    declared = geo.Declared(crs=crs, order=order, area=geo.SYRIA)
    for found in (geo.parse(f"{one} {two}", declared), geo.parse_pair(one, two, declared)):
        assert found.uncertainty_m is None or found.uncertainty_m >= 30
