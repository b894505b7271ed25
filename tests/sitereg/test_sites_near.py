"""Near: geodesic metres from the whole of what is shown, checked against an independent geodesic (pyproj)."""
import pytest
import shapely
from pyproj import Geod

from sitereg import errors, sites
from tests import given
from tests.sitereg import faces
from tests.sitereg.store.breaking import event, person

pytestmark = pytest.mark.db
GEOD = Geod(ellps="WGS84")
HERE = (36.29, 33.51)


def metres(one, other):
    return GEOD.inv(*one, *other)[2]


@pytest.mark.parametrize(("lon", "lat"), [(36.29, 33.0), (36.3, 33.51), (38.5, 35.0), (40.75, 37.0), (36.2900001, 33.5100001)])
@pytest.mark.parametrize("radius", [1.0, 500.0, 40_000.0])
def test_an_exact_place_counts_with_its_uncertainty(registry, lon, lat, radius):
    with registry.dba() as raw:
        faces.put(raw, faces.Site(lon=lon, lat=lat, radius=radius))
    (row,) = sites.near(registry, lon=HERE[0], lat=HERE[1], km=1000)
    d = metres(HERE, (lon, lat))
    assert row["d_min_m"] == pytest.approx(max(d - radius, 0), abs=0.01)
    assert row["d_max_m"] == pytest.approx(d + radius, abs=0.01)


@pytest.mark.parametrize("place", ["point", "unit"])
@pytest.mark.parametrize("here", [(36.29, 33.51), (36.1, 33.1), (39.0, 36.5)])
def test_a_cell_or_a_unit_counts_as_a_whole(registry, place, here):
    with registry.dba() as raw:
        faces.put(raw, faces.Site(lon=36.1, lat=33.1, radius=300, place=place))
    with registry.as_("investigator1"):
        (row,) = sites.near(registry, lon=here[0], lat=here[1], km=1000)
    assert row["shown_as"] == {"point": "cell_1km", "unit": "admin_unit"}[place]
    area = shapely.geometry.shape(row["shape"])
    corners = [metres(here, at) for at in shapely.get_coordinates(area)]
    assert row["d_max_m"] == pytest.approx(max(corners), rel=1e-4)
    along = [metres(here, at) for at in shapely.get_coordinates(shapely.segmentize(area, 0.0005))]
    expected = 0 if area.contains(shapely.Point(here)) else min(along)
    assert row["d_min_m"] == pytest.approx(expected, abs=30)


@pytest.mark.parametrize("here", [(36.05, 33.32), (36.12, 33.4), (36.07, 32.9), (36.5, 33.1)])
def test_near_and_joins_measure_a_unit_alike(registry, here):
    """Both say the same of a place and an event that stands there, less the event's own uncertainty of 5 m."""
    with registry.dba() as raw:
        unit, = faces.put(raw, faces.Site(place="unit"))
    person(registry, event(geom=given.point(*here), uncertainty_m=5, place_kind="exact"))
    (row,) = sites.near(registry, lon=here[0], lat=here[1], km=90)
    (pair,) = registry.rows("event_site_near", km=90)
    assert row["code"] == unit.code and row["d_min_m"] > 50 and row["shown_as"] == pair["site_shown_as"] == "admin_unit"
    assert row["d_min_m"] - 5 == pytest.approx(pair["d_min_m"], abs=1e-6)


def test_beyond_two_hundred_kilometres_it_goes_on_without_a_step(registry):
    with registry.dba() as raw:
        faces.put(raw, faces.Site(place="unit"))
    rows = [sites.near(registry, lon=lon, lat=33.1, km=20_000)[0]["d_min_m"] for lon in (38.4401, 38.4402, 38.4403, 120.0, -90.0)]
    assert rows == sorted(rows) and rows[2] - rows[0] < 25 and rows[4] > 9e6


def test_the_limit_is_on_the_nearest_place_where_it_can_be(registry):
    far, radius = (36.29, 33.9), 10_000
    with registry.dba() as raw:
        faces.put(raw, faces.Site(lon=far[0], lat=far[1], radius=radius))
    nearest = (metres(HERE, far) - radius) / 1000
    assert sites.near(registry, lon=HERE[0], lat=HERE[1], km=nearest - 0.001) == []
    assert len(sites.near(registry, lon=HERE[0], lat=HERE[1], km=nearest + 0.001)) == 1


def test_nearest_first_then_by_code_and_no_more_than_asked(registry):
    with registry.dba() as raw:
        faces.put(raw, *(faces.Site(n=n, lon=36.29 + away, lat=33.51, radius=5) for n, away in ((1, 0.3), (2, 0.1), (3, 0.2), (4, 0.1))))
    codes = [row["code"][-3] for row in sites.near(registry, lon=HERE[0], lat=HERE[1], km=100)]
    assert codes == ["2", "4", "3", "1"]
    assert len(sites.near(registry, lon=HERE[0], lat=HERE[1], km=100, limit=2)) == 2
    assert sites.near(registry, lon=HERE[0], lat=HERE[1], km=100, kinds=["court"]) == []


@pytest.mark.parametrize("asked", [{"lon": 181}, {"lat": -91}, {"km": 0}, {"km": float("nan")}, {"lon": float("inf")}, {"km": 1e9}])
def test_what_is_no_place_is_refused(registry, asked):
    with pytest.raises(errors.BadInput):
        sites.near(registry, **{"lon": 36.0, "lat": 33.0, "km": 1, **asked})


@pytest.mark.parametrize("here", [(179.99, 10.0), (0.0, 89.5), (-179.9, -89.0)])
def test_the_edges_of_the_world_do_not_break_it(registry, here):
    assert sites.near(registry, lon=here[0], lat=here[1], km=500) == []
