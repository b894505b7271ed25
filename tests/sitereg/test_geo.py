"""Coordinates as people write them: each form to its place, each doubt to its candidates, no guess."""

import math

import pytest

from sitereg import geo
from sitereg.geo.grids import read_plus_code
from sitereg.vocab import GeorefMethod, PlaceKind, ProblemCode

LATLON = geo.Declared(order="latlon")
HERE = geo.Declared(order="latlon", area=geo.SYRIA)


def at(place, lat, lon, within=1e-5):
    assert place.found, place.problems
    assert (place.lat, place.lon) == pytest.approx((lat, lon), abs=within)
    return place


@pytest.mark.parametrize(("text", "lat", "lon", "notation"), [
    ("33.51, 36.29", 33.51, 36.29, "decimal"),
    ("33.51 36.29", 33.51, 36.29, "decimal"),
    ("(33.51; 36.29)", 33.51, 36.29, "decimal"),
    ("33,51 36,29", 33.51, 36.29, "decimal"),
    ("33,51; 36,29", 33.51, 36.29, "decimal"),
    ("٣٣٫٥١ ، ٣٦٫٢٩", 33.51, 36.29, "decimal"),
    ("۳۳٫۵۱ ۳۶٫۲۹", 33.51, 36.29, "decimal"),
    ("\u200f33.51\u200e, \u202b36.29\u202c", 33.51, 36.29, "decimal"),
    ("-33.51, -70.6", -33.51, -70.6, "decimal"),
    ("36.29E 33.51N", 33.51, 36.29, "decimal"),
    ("lat: 33.51, lng: 36.29", 33.51, 36.29, "decimal"),
    ("خط الطول 36.29 خط العرض 33.51", 33.51, 36.29, "decimal"),
    ("33.51 شمالاً 36.29 شرقاً", 33.51, 36.29, "decimal"),
    ("33.51 sud 36.29 ouest", -33.51, -36.29, "decimal"),
    ("33°30'47\"N 36°17'30\"E", 33.513056, 36.291667, "dms"),
    ("33º30’47’’N, 36º17’30’’E", 33.513056, 36.291667, "dms"),
    ("33° 30′ 47″ N 36° 17′ 30″ E", 33.513056, 36.291667, "dms"),
    ("N 33 30 45.5 E 36 17 20", 33.512639, 36.288889, "dms"),
    ("33 30 47 36 17 30", 33.513056, 36.291667, "dms"),
    ("33,30,47,36,17,30", 33.513056, 36.291667, "dms"),
    ("٣٣°٣٠'٤٧\"ش ٣٦°١٧'٣٠\"ق", 33.513056, 36.291667, "dms"),
    ("33 درجة 30 دقيقة شمال 36 درجة 17 دقيقة شرق", 33.5, 36.283333, "decimal_minutes"),
    ("33°30.5'N 36°17.2'E", 33.508333, 36.286667, "decimal_minutes"),
    ("37SBT4846711443", 33.512996, 36.292004, "mgrs"),
    ("37S BT 48467 11443", 33.512996, 36.292004, "mgrs"),
    ("37sbt4811", 33.513513, 36.292337, "mgrs"),
    ("37S 248467 3711443", 33.512992, 36.291998, "utm"),
    ("UTM zone 37 north, 248467 m E 3711443 m N", 33.512992, 36.291998, "utm"),
    ("8FVC2222+22", 47.0000625, 8.0000625, "plus_code"),
    ("8FVC2222+22GCCCC", 47.000062, 8.000062, "plus_code"),
])
def test_each_form_is_read(text, lat, lon, notation):
    place = at(geo.parse(text, LATLON), lat, lon)
    assert place.notation == notation and place.verbatim == text
    assert place.uncertainty_m > 0 and not place.candidates


@pytest.mark.parametrize(("text", "lat", "lon"), [
    ("https://www.google.com/maps/@33.5138,36.2765,17z", 33.5138, 36.2765),
    ("https://www.google.com/maps/place/A/@33.5,36.2,12z/data=!4m2!3d33.5138!4d36.2765", 33.5138, 36.2765),
    ("https://www.google.com/maps/search/33.5138,+36.2765", 33.5138, 36.2765),
    ("https://maps.google.com/?q=33.5138,36.2765", 33.5138, 36.2765),
    ("maps.apple.com/?ll=33.5138,36.2765", 33.5138, 36.2765),
    ("https://www.bing.com/maps?cp=33.5138~36.2765", 33.5138, 36.2765),
    ("https://yandex.com/maps/?ll=36.2765%2C33.5138", 33.5138, 36.2765),
    ("https://www.openstreetmap.org/#map=17/33.5138/36.2765", 33.5138, 36.2765),
    ("https://www.openstreetmap.org/?mlat=33.5138&mlon=36.2765#map=9/30/30", 33.5138, 36.2765),
    ("geo:33.5138,36.2765", 33.5138, 36.2765),
    ("geo:0,0?q=33.5138,36.2765(pin)", 33.5138, 36.2765),
])
def test_map_links_are_read_and_never_opened(text, lat, lon, monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a link was opened"))
    assert at(geo.parse(text), lat, lon).notation == "link"


def test_links_say_no_more_than_they_can():
    for text in ("https://maps.app.goo.gl/abc", "goo.gl/maps/x", "https://osm.org/go/abc--", "https://w3w.co/a.b.c"):
        assert geo.parse(text).problems == (ProblemCode.SHORT_LINK,)
    low = geo.parse("https://www.google.com/maps/@33.51384,36.27651,9z")
    assert low.uncertainty_m == pytest.approx(2549, rel=0.01) and low.kind is PlaceKind.APPROXIMATE
    assert geo.parse("https://www.google.com/maps/@33.51384,36.27651,20000m").uncertainty_m > 150
    assert geo.parse("geo:33.51384,36.27651;u=350").uncertainty_m == 350
    two = geo.parse("https://maps.google.com/?q=33.5,36.2&ll=34.5,37.2")
    assert two.problems == (ProblemCode.AMBIGUOUS_PLACE,) and len(two.candidates) == 2
    for broken in ("https://www.google.com/maps", "https://[", "geo:abc", "https://x/@1e9,2,3z"):
        assert geo.parse(broken).problems == (ProblemCode.BAD_COORDINATES,)


@pytest.mark.parametrize(("text", "declared", "code", "readings"), [
    ("33.51, 36.29", geo.Declared(), "ambiguous_place", [(33.51, 36.29), (36.29, 33.51)]),
    ("33,51,36,29", LATLON, "ambiguous_place", [(33.51, 36.29), (33.85, 36.48333)]),
    ("1,2,3", LATLON, "ambiguous_place", [(1.2, 3), (1, 2.3)]),
    ("33.5N 36.3O", LATLON, "ambiguous_place", [(33.5, -36.3), (33.5, 36.3)]),
    ("36.29, 33.51", HERE, "swapped", [(36.29, 33.51), (33.51, 36.29)]),
    ("100.5, 36.29", LATLON, "swapped", [(36.29, 100.5)]),
    ("BT4846711443", LATLON, "missing_zone", [(33.513, 36.292)]),
    ("248467 3711443", LATLON, "missing_zone", [(33.513, 30.292), (33.513, 36.292), (33.513, 42.292)]),
    ("4040000, 3965000", HERE, "projected_coordinates", [(33.52354, 36.29189), (34.08341, 35.61816)]),
    ("G77G+GG Damascus", LATLON, "ambiguous_place", []),
])
def test_doubt_gives_candidates_and_no_place(text, declared, code, readings):
    place = geo.parse(text, declared)
    assert not place.found and place.uncertainty_m is None and place.problems == (code,)
    assert [(c.lat, c.lon) for c in place.candidates] == [pytest.approx(r, abs=1e-3) for r in readings]


def test_swapped_north_western_places_stay_for_the_polygon_test():
    """Swapped Aleppo stays inside the box: the box must not claim to have caught it."""
    assert geo.parse_pair("37.16", "36.21", HERE).found


def test_the_area_settles_a_notation_but_never_an_order():
    assert geo.parse("33.5N 36.3O", HERE).lon == 36.3
    assert not geo.parse("33.51, 36.29", geo.Declared(area=geo.SYRIA)).found
    both = geo.parse("37S 400000 3700000")
    assert [round(c.lat) for c in both.candidates] == [33, -57]
    assert at(geo.parse("37S 400000 3700000", HERE), 33.434729, 37.924236)
    south = geo.parse("19 south 350000 6290000")
    assert south.lat == pytest.approx(-33.5, abs=0.05)


@pytest.mark.parametrize("text", [
    "nan nan", "inf, 3", "33", "hello", "33.51 36.29 12", "33.51.2 36.29", "33°61'N 36°00'E",
    "33°30'60\"N 36°E", "1e5", "3.35e1 3.62e1",
    "33.5° 30' N 36 E", "-33 N 36 E", "33N 34N", "33 N 36 E 1", "1e5 2", "\x00 33 36", "33 36\ud800",
    "37SBT123",
    "61S 248467 3711443", "37SZZ4846711443", "37QBT4846711443",
    "33..5 36", "{'lat': 33}", "33 30 99 36 17 30", "9" * 3000,
])
def test_what_cannot_be_read_is_refused_with_a_code(text):
    place = geo.parse(text, LATLON)
    assert not place.found and place.problems == (ProblemCode.BAD_COORDINATES,) and not place.candidates


@pytest.mark.parametrize("text", ["0,0", "0.000001 -0.00002", "999 999", "-1 -1", "9999, 36.2", "99 99"])
def test_placeholders_are_no_places(text):
    assert geo.parse(text, LATLON).problems == (ProblemCode.NULL_ISLAND,)


def test_blank_is_no_place_and_half_a_pair_is_a_fault():
    assert geo.parse("  \u200f ").problems == (ProblemCode.NO_GEOMETRY,)
    for blank in ("", "NA", "n/a", "NaN", "-", "غير معروف"):
        assert geo.parse_pair(blank, " ").problems == (ProblemCode.NO_GEOMETRY,)
        assert geo.parse(blank).problems == (ProblemCode.NO_GEOMETRY,)
    assert geo.parse_pair("33.5", "").problems == (ProblemCode.BAD_COORDINATES,)


def test_columns_are_read_each_in_its_own_writing():
    assert at(geo.parse_pair("33,513", "٣٦٫٢٩١", HERE), 33.513, 36.291)
    assert at(geo.parse_pair("33°30'47\"", "36°17'30\"", HERE), 33.513056, 36.291667)
    assert at(geo.parse_pair("36.291E", "33.513N", HERE), 33.513, 36.291)
    assert geo.parse_pair("33.51N", "36.29N").problems == (ProblemCode.BAD_COORDINATES,)
    assert geo.parse_pair("36.29", "33.51", HERE).problems == (ProblemCode.SWAPPED,)
    for empty in ("-1", "999", "0", "99999"):
        assert geo.parse_pair(empty, empty).problems == (ProblemCode.NULL_ISLAND,)
    metres = geo.parse_pair("3711443", "248467", HERE)
    assert metres.problems == (ProblemCode.PROJECTED_COORDINATES,) and len(metres.candidates) == 2
    assert geo.parse_pair("33.9", "35.5", HERE).problems[-1] is ProblemCode.OUTSIDE_AREA


def test_numbers_are_taken_as_shapes_hold_them():
    assert at(geo.from_numbers(36.2765, 33.5138, HERE), 33.5138, 36.2765).uncertainty_m == 30
    assert geo.from_numbers(36.3, 33.5).uncertainty_m > 14_000
    for bad in (math.nan, math.inf, -math.inf):
        assert geo.from_numbers(bad, 33.5).problems == (ProblemCode.BAD_COORDINATES,)
        assert geo.from_projected(bad, 33.5, "EPSG:32637").problems == (ProblemCode.BAD_COORDINATES,)
    assert geo.from_numbers(200.0, 95.0).problems == (ProblemCode.OUT_OF_RANGE,)
    assert geo.from_numbers(33.5, 136.0).problems == (ProblemCode.SWAPPED,)


def test_declared_systems_are_transformed_and_unknown_datums_cost_150_m():
    assert at(geo.from_projected(248467, 3711443, "EPSG:32637"), 33.51299, 36.29200)
    levant = geo.from_projected(300000, 400000, "EPSG:22770", geo.Declared(datum_known=False))
    assert levant.uncertainty_m == 185 and levant.problems == (ProblemCode.UNKNOWN_DATUM,)
    assert geo.SYRIA[1] < levant.lat < geo.SYRIA[3]
    assert geo.from_projected(1, 1, "EPSG:999999").problems == (ProblemCode.BAD_COORDINATES,)


def test_minutes_mistaken_for_decimals_can_be_offered():
    assert at(geo.reread_as_minutes("33.5130", "36.1750"), 33.855, 36.291667)
    assert geo.reread_as_minutes("33.6130", "36.17") is None
    assert geo.reread_as_minutes("33", "36") is None


@pytest.mark.parametrize(("text", "least"), [
    ("33, 36", 143_700), ("33.5, 36.3", 14_400), ("33.51, 36.29", 1_440), ("33.513, 36.291", 144),
    ("33.50000, 36.30000", 14_400), ("33°30'N 36°17'E", 2_390), ("33°30'47\"N 36°17'31\"E", 40),
    ("33°30'00\"N 36°17'00\"E", 2_390), ("37SBT4811", 707), ("37SBT41", 7_071), ("37S 248000 3711000", 1_414),
    ("33.51384, 36.27651", 30),
])
def test_numbers_never_claim_more_than_they_show(text, least):
    assert geo.parse(text, HERE).uncertainty_m == pytest.approx(least, rel=0.02)


def test_what_is_stated_can_only_widen():
    stated = geo.parse("33.51, 36.29", HERE, stated_m=25)
    assert stated.uncertainty_m > 1_400 and ProblemCode.UNCERTAINTY_RAISED in stated.problems
    assert geo.parse("33.51384, 36.27651", HERE, stated_m=500).uncertainty_m == 500
    gnss = geo.Declared(order="latlon", method=GeorefMethod.GNSS_DEVICE)
    assert geo.parse("33.51384, 36.27651", gnss, stated_m=12).uncertainty_m == 24
    sketch = geo.Declared(order="latlon", method=GeorefMethod.TESTIMONY_SKETCH, extent_m=40)
    raised = geo.parse("33.51384, 36.27651", sketch, stated_m=25)
    assert raised.uncertainty_m == 290 and raised.problems == (ProblemCode.UNCERTAINTY_RAISED,)
    assert raised.kind is PlaceKind.APPROXIMATE


def test_coarse_numbers_are_flagged():
    assert ProblemCode.COORDINATES_IMPRECISE in geo.parse("33.51, 36.29", HERE).problems
    assert geo.parse("33.513, 36.291", HERE).problems == ()


def test_plus_codes_have_the_size_of_their_cell():
    assert read_plus_code("8FVC2222+22").radius_m == pytest.approx(8.5, rel=0.1)
    assert read_plus_code("8FVC2222+").radius_m == pytest.approx(168, rel=0.1)
    assert read_plus_code("8FVC22+22") is None
