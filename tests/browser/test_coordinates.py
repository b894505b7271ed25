"""Coordinates that the page writes on the device are those that sitereg.geo writes, and are read back as the same place."""
import math
import random
from pathlib import Path

import pytest
from shapely import Polygon

from sitereg import geo

pytestmark = pytest.mark.browser
SCRIPT = Path(__file__).resolve().parents[2] / "web/static/js/coordinates.js"
EDGES = [(35.9999999, 33.5), (36.0, 33.5), (42.0, 36.0), (41.9999, 32.0), (0.0, 0.0), (-0.00001, -0.00001), (179.99999, 10.0), (-180.0, 10.0),
         (3.0, 60.0), (5.5, 72.5), (33.0, 75.0), (36.3, -79.9), (36.3, 83.9), (36.0, 40.0)]


@pytest.fixture(scope="module")
def written(browser):
    """{form: [text]} of points, as the page writes them."""
    page = browser.new_page()
    page.add_script_tag(content=SCRIPT.read_text())
    yield lambda points: page.evaluate(
        """(points) => Object.fromEntries(["decimal", "dms", "mgrs"].map((form) => [form, points.map((one) => sitereg.coordinates[form](...one))]))""", points)
    page.close()


def points():
    drawn = random.Random(17)
    syria = [(drawn.uniform(35.5, 42.5), drawn.uniform(32.2, 37.4)) for _ in range(200)]
    world = [(drawn.uniform(-180, 180), drawn.uniform(-79.9, 83.9)) for _ in range(300)]
    return syria + world + EDGES


def test_each_form_is_what_the_registry_writes(written):
    asked = points()
    found = written(asked)
    for (lon, lat), decimal, dms, mgrs in zip(asked, found["decimal"], found["dms"], found["mgrs"], strict=True):
        assert decimal == geo.write.decimal(lon, lat) or abs(float(decimal.split(",")[0]) - lat) < 1.1e-5
        assert dms == geo.write.dms(lon, lat, 1)
        ours, theirs = mgrs.replace(" ", ""), geo.write.mgrs(lon, lat)
        if (lon, lat) == (-180.0, 10.0):  # the same meridian from either side
            continue
        assert ours[:5] == theirs[:5], (lon, lat)
        assert all(abs(int(ours[at:at + 5]) - int(theirs[at:at + 5])) <= 1 for at in (5, 10)), (lon, lat, ours, theirs)


def test_a_square_is_read_back_around_its_point(written):
    asked = points()[:200]
    for (lon, lat), mgrs in zip(asked, written(asked)["mgrs"], strict=True):
        place = geo.parse(mgrs)
        assert place.found and geo.distance_m(place.lon, place.lat, lon, lat) < 0.72, (lon, lat, mgrs)


def test_towards_the_poles_there_is_no_such_grid(written):
    assert written([(10.0, 84.0), (10.0, -80.1), (10.0, math.nan)])["mgrs"] == ["", "", ""]


def test_lengths_and_areas_are_those_of_the_ellipsoid(browser):
    page = browser.new_page()
    page.add_script_tag(content=(SCRIPT.parent / "geodesy.js").read_text())
    drawn = random.Random(18)
    syria = [[(drawn.uniform(35.5, 42.5), drawn.uniform(32.2, 37.4)) for _ in range(2)] for _ in range(60)]
    near = [[(lon, lat), (lon + drawn.uniform(-0.001, 0.001), lat + drawn.uniform(-0.001, 0.001))] for (lon, lat), _ in syria]
    rings = [[(36, 33), (36.01, 33), (36.01, 33.01), (36, 33.01)], [(36, 33), (41, 33.2), (40, 37)], [(35, -10), (36, -10), (36, 10), (35, 10)]]
    points = "(one) => ({ lng: one[0], lat: one[1] })"
    lengths = page.evaluate(f"(legs) => legs.map((leg) => sitereg.geodesy.length(...leg.map({points})))", syria + near)
    areas = page.evaluate(f"(rings) => rings.map((ring) => sitereg.geodesy.area(ring.map({points})))", rings)
    page.close()
    for ((a, b), (c, d)), metres in zip(syria + near, lengths, strict=True):
        assert metres == pytest.approx(geo.distance_m(a, b, c, d), rel=1e-6, abs=0.001)
    for ring, square in zip(rings, areas, strict=True):
        assert square == pytest.approx(geo.area_m2(Polygon(ring)), rel=3e-4)
