"""Inside an area and a period: exact against shapely, honest about what is not known, no oracle below the caller's face."""
import math
from datetime import date

import geopandas
import numpy
import pytest
import shapely
from hypothesis import HealthCheck
from hypothesis import given as supposing
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from sitereg import errors, events, inside, sites
from sitereg.geo import spread
from tests import given
from tests.sitereg.cases import case, event

pytestmark = pytest.mark.db
CENTRE = (36.5, 33.5)
RANK = {"certain": 0, "probable": 1, "possible": 2}


def away(east_m, north_m, lon=CENTRE[0], lat=CENTRE[1]):
    return lon + east_m / 92_800, lat + north_m / 110_920


@pytest.fixture
def scattered(registry):
    """Events around CENTRE by every radius and distance that makes a difference, and sites of every shape."""
    for n, (east, north, radius) in enumerate([(0, 0, 100), (0, 3000, 500), (4500, 0, 800), (4900, 0, 3000), (5300, 0, 800), (0, -6200, 1000),
                                               (9000, 0, 5000), (20_000, 0, 100), (0, 0, 4000)]):
        case(registry, event("arrested", f"[201{n % 5}-03-01,201{n % 5}-04-01)", away(east, north), radius))
    square = shapely.box(*away(3000, -1000), *away(7000, 1000))
    given.site(registry, given.kind("court"), {"predicate": "place", "geom": shapely.to_wkb(square, hex=True), "uncertainty_m": 300,
                                               "place_kind": "exact", "method": "map_digitised"})
    given.site(registry, given.kind("court", began="[2012-01-01,2013-01-01)", ended="[2015-01-01,2016-01-01)"), given.place(*away(1000, 0), radius=50))
    given.site(registry, given.kind("court"), {"predicate": "place", "pcode": "SY010000"})


def chance(area, shape, shown_as, radius):
    """The same law, computed with geopandas in another projection and 20,000 points drawn by chance."""
    local = geopandas.GeoSeries([area, shape], crs=4326).to_crs(f"+proj=laea +lon_0={CENTRE[0]} +lat_0={CENTRE[1]} +ellps=WGS84")
    if shown_as != "exact":
        return local[1].intersection(local[0]).area / local[1].area, local
    rng = numpy.random.default_rng(7)
    base = numpy.array(shapely.get_coordinates(local[1])) if local[1].geom_type == "Point" else uniform(rng, local[1], 4000)
    points = base[rng.integers(0, len(base), 20_000)] + rng.normal(0, radius / spread.SIGMA, (20_000, 2))
    return shapely.contains_xy(local[0], points[:, 0], points[:, 1]).mean(), local


def uniform(rng, shape, n):
    west, south, east, north = shape.bounds
    points = rng.uniform((west, south), (east, north), (n * 3, 2))
    return points[shapely.contains_xy(shape, points[:, 0], points[:, 1])][:n]


@pytest.mark.parametrize("reader", ["worker", "investigator1"])
def test_chances_and_classes_are_those_of_an_independent_computation(registry, scattered, reader):
    with registry.as_(reader):
        area = inside.circle(registry, lon=CENTRE[0], lat=CENTRE[1], km=5)
        frames = (events.frame(registry).assign(what="event"), sites.frame(registry).assign(what="site"))
        got = {str(row["id"]): row for row in [*inside.events(registry, area, limit=1000), *inside.sites(registry, area, limit=1000)]}
    judged = 0
    for frame in frames:
        for row in frame[~frame.geometry.isna()].itertuples():
            p, local = chance(area, row.geometry, row.shown_as, row.uncertainty_m)
            radius = row.uncertainty_m if row.shown_as == "exact" else 0
            told = got.get(str(row.id))
            if told is None:
                assert local[1].distance(local[0]) > radius - 5 if radius else p < 1e-6, row
                continue
            judged += 1
            assert math.isclose(told["p_inside"], p, abs_tol=0.045), (row.id, told["p_inside"], p)
            sure = local[0].boundary.distance(local[1]) >= radius * 8 / spread.SIGMA + 5 and local[0].contains(local[1])
            if sure or told["inside"] == "certain":
                assert told["p_inside"] == 1 and local[0].buffer(5).contains(local[1])
                assert (told["inside"] == "certain") == sure or not radius
            elif abs(p - 0.5) > 0.05:
                assert told["where_inside"] == ("probable" if p > 0.5 else "possible"), (told, p)
    assert judged > 4


def test_the_surest_come_first_and_counts_are_those_of_the_lists(registry, scattered):
    area = inside.circle(registry, lon=CENTRE[0], lat=CENTRE[1], km=8)
    rows = inside.events(registry, area, limit=1000)
    assert [(RANK[one["inside"]], -one["p_inside"]) for one in rows] == sorted((RANK[one["inside"]], -one["p_inside"]) for one in rows)
    counted = inside.counts(registry, area)
    assert counted["events"] == {name: sum(one["inside"] == name for one in rows) for name in inside.CLASSES} == counted["persons"]
    assert sum(counted["sites"].values()) == len(inside.sites(registry, area, limit=1000))
    assert [one["id"] for one in rows] == [one["id"] for skip in range(0, len(rows), 3) for one in inside.events(registry, area, limit=3, skip=skip)]


@hypothesis(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@supposing(east=st.integers(-9000, 9000), north=st.integers(-9000, 9000), km=st.floats(0.5, 12), more=st.floats(0.1, 20))
def test_certain_means_one_and_a_wider_area_never_lowers_a_class(registry, scattered, east, north, km, more):
    lon, lat = away(east, north)
    near, wide = (inside.circle(registry, lon=lon, lat=lat, km=one) for one in (km, km + more))
    for ask in (inside.events, inside.sites):
        one, other = ({row["id"]: row for row in ask(registry, area, limit=1000)} for area in (near, wide))
        assert all(row["p_inside"] == 1 for row in [*one.values(), *other.values()] if row["where_inside"] == "certain")
        assert all(0 < row["p_inside"] <= 1 or row["where_inside"] == "possible" for row in other.values())
        for key, row in one.items():
            assert RANK[other[key]["where_inside"]] <= RANK[row["where_inside"]] and other[key]["p_inside"] >= row["p_inside"] - 1e-9


@hypothesis(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@supposing(east=st.integers(-15_000, 15_000), north=st.integers(-15_000, 15_000), km=st.floats(0.05, 15))
def test_moving_a_circle_tells_no_more_than_the_cell(registry, pair, east, north, km):
    """Two that lie apart within one cell answer alike to whoever sees the cell, wherever the circle lies; exact readers tell them apart."""
    lon, lat = away(east, north)
    with registry.as_("investigator1"):
        area = inside.circle(registry, lon=lon, lat=lat, km=km)
        for ask, (one, other) in ((inside.events, pair[:2]), (inside.sites, pair[2:])):
            told = {row["id" if ask is inside.sites else "person_id"]: [row[name] for name in ("inside", "where_inside", "p_inside", "lon", "lat", "shape")]
                    for row in ask(registry, area, limit=1000)}
            assert told.get(one) == told.get(other)


@pytest.fixture
def pair(registry):
    one, other = (36.49500, 33.49500), (36.49900, 33.49850)
    persons = [case(registry, event("arrested", "[2012-03-01,2012-04-01)", spot))[0] for spot in (one, other)]
    graves = [given.site(registry, given.kind("mass_grave"), given.place(*spot, radius=15), exact_tier=2)[0] for spot in (one, other)]
    small = inside.circle(registry, lon=one[0], lat=one[1], km=0.15)
    assert {row["person_id"] for row in inside.events(registry, small)} == {persons[0]}, "who sees the points tells them apart"
    with registry.as_("investigator1"):
        shapes = {str(row["shape"]) for row in sites.find(registry, ids=graves)}
        assert len(shapes) == 1, "the arrangement of this test: one cell"
    return [*persons, *graves]


@pytest.mark.parametrize(("given_days", "asked", "said"), [
    ({"at": "[2012-03-01,2012-04-01)"}, ("2012-03-01", "2012-03-31"), "certain"), ({"at": "[2012-03-01,2012-04-01)"}, ("2012-03-05", "2012-12-31"), "probable"),
    ({"at": "[2012-03-01,2012-04-01)"}, ("2012-03-25", "2012-12-31"), "possible"), ({"at": "[2012-03-01,2012-04-01)"}, ("2012-04-01", None), "none"),
    ({"at": "[2012-03-01,)"}, ("2012-01-01", "2013-01-01"), "possible"), ({"at": None}, ("2012-01-01", None), "unknown"), ({"at": None}, (None, None), "any"),
    ({"began": "[2012-01-01,2012-02-01)", "ended": "[2014-01-01,2014-02-01)"}, ("2013-01-01", "2013-01-02"), "certain"),
    ({"began": "[2012-01-01,2012-02-01)", "ended": "[2014-01-01,2014-02-01)"}, ("2012-01-20", "2012-01-25"), "probable"),
    ({"began": "[2012-01-01,2012-02-01)", "ended": "[2014-01-01,2014-02-01)"}, ("2014-01-25", "2015-01-01"), "possible"),
    ({"began": "[2012-01-01,2012-02-01)"}, ("2013-01-01", "2013-02-01"), "possible"), ({"began": "[2012-01-01,2012-02-01)"}, ("2011-01-01", "2012-02-01"), "certain"),
    ({"ended": "[2014-01-01,2014-02-01)"}, ("2014-02-01", None), "none"),
    ({"began": "[2012-01-01,2012-02-01)", "ended": "[2012-06-01,2012-07-01)", "throughout": False}, ("2012-02-10", "2012-02-11"), "possible"),
    ({"began": "[2012-01-01,2012-02-01)", "ended": "[2012-06-01,2012-07-01)", "throughout": True}, ("2012-02-10", "2012-02-11"), "certain")])
def test_days(registry, given_days, asked, said):
    days = {"at": None, "began": None, "ended": None, "throughout": None, **given_days}
    with registry.dba() as raw:
        assert raw.execute("select api._time_inside(%(at)s, %(began)s, %(ended)s, %(throughout)s, %(f)s, %(t)s)",
                           {**days, "f": asked[0], "t": asked[1]}).fetchone()[0] == said


def test_both_dimensions_are_told_and_the_lesser_counts(registry):
    area = inside.circle(registry, lon=CENTRE[0], lat=CENTRE[1], km=5)
    case(registry, event("arrested", "[2012-03-01,2012-04-01)", CENTRE))
    row, = inside.events(registry, area, from_=date(2012, 3, 25), to=date(2012, 12, 31))
    assert (row["where_inside"], row["when_inside"], row["inside"]) == ("certain", "possible", "possible")
    row, = inside.events(registry, area)
    assert (row["when_inside"], row["inside"]) == ("any", "certain")
    assert inside.events(registry, area, from_=date(2013, 1, 1)) == [] == inside.events(registry, area, kinds=["released"])
    case(registry, event("arrested", where=CENTRE))
    assert {one["when_inside"] for one in inside.events(registry, area, from_=date(2013, 1, 1))} == {"unknown"}


def test_nothing_of_persons_for_level_0_and_nothing_hidden(registry, pair):
    area = inside.unit(registry, "SY01")
    secret = case(registry, event("arrested", where=CENTRE), compartments=["names"])[0]
    assert secret in [row["person_id"] for row in inside.events(registry, area)]
    for reader in ("viewer", "officer", "investigator1"):
        with registry.as_(reader):
            rows = inside.events(registry, area)
            assert secret not in [row["person_id"] for row in rows] and (rows == []) == (reader == "viewer")
            assert sum(inside.counts(registry, area)["events"].values()) == len(rows)


@pytest.mark.parametrize("area", [shapely.Point(36, 33), shapely.LineString([(36, 33), (37, 33)]), shapely.Polygon([(36, 33), (37, 34), (37, 33), (36, 34)]),
                                  shapely.Polygon(), shapely.box(-200, 0, 10, 10)])
def test_what_is_no_area_is_refused(registry, area):
    for ask in (inside.events, inside.sites, inside.counts):
        with pytest.raises(errors.BadInput):
            ask(registry, area)


@pytest.mark.parametrize("told", ["", "{}", "[]", '{"type": "Point", "coordinates": [1, 2]}', '{"type": "Polygon", "coordinates": [[[1, 2]]]}',
                                  '{"type": "FeatureCollection", "features": []}', '{"type": "Polygon", "coordinates": [[[36,33],[37,34],[37,33],[36,34],[36,33]]]}'])
def test_what_is_no_geojson_area_is_refused(told):
    with pytest.raises(errors.BadInput):
        inside.read(told)


def test_an_area_of_several_features_is_read_as_one():
    told = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": shapely.box(x, 0, x + 1, 1).__geo_interface__}
                                                      for x in (0, 1, 3)]}
    assert inside.read(told).area == pytest.approx(3)


@pytest.mark.parametrize("asked", [{"km": 0}, {"km": 501}, {"km": float("nan")}, {"lat": 91}])
def test_what_is_no_circle_is_refused(registry, asked):
    with pytest.raises(errors.BadInput):
        inside.circle(registry, **{"lon": 36, "lat": 33, "km": 5, **asked})
