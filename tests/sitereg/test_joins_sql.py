"""The same question asked by SQL and by a script gives the same pairs, at every level and for shapes of every kind."""
import geopandas
import pytest
import shapely

from sitereg import events, joins, sites
from tests import given
from tests.sitereg import analysing

pytestmark = pytest.mark.db
TOLERANCE_M = 1.0


@pytest.fixture(scope="module")
def filled(server):
    with analysing.house(server, "joins") as settings:
        fill(settings)
        yield settings


def fill(settings):
    source = analysing.sources(settings)["B"]
    with analysing.as_(settings, "worker")() as session:
        analysing.scatter(session, source, seed=4)
        given.site(session, given.kind("prison_central"), given.place(36.5, 33.5, radius=25_000), source=source)
        given.site(session, given.kind("prison_central"), {"predicate": "place", "pcode": "SY010000"}, source=source)
        line = shapely.to_wkb(shapely.LineString([(36.1, 33.1), (36.9, 33.2), (36.95, 33.9)]), hex=True)
        given.site(session, given.kind("checkpoint"), {"predicate": "place", "geom": line, "uncertainty_m": 200, "place_kind": "exact",
                                                       "method": "map_digitised"}, source=source)


@pytest.mark.parametrize("name", ["worker", "analyst1"])
@pytest.mark.parametrize("km", [2, 10, 60])
def test_sql_and_script_answer_the_same_pairs(filled, name, km):
    with analysing.as_(filled, name, "reading")() as session:
        pairs = joins.within(events.frame(session), sites.frame(session), km)
    with analysing.sql_login(filled, name) as connection:
        rows = connection.execute("select event_id::text, site_id::text, d_min_m, km, time_overlap from api.event_site_near(%s)", [km]).fetchall()
        shown = connection.execute("select count(*) from v_event_site_near where km <= %s", [km]).fetchone()[0]
    ours = {(row.event_id, row.site_id): row for row in pairs.itertuples()}
    theirs = {row[:2]: row for row in rows}
    assert ours.keys() == theirs.keys() and len(theirs) == len(rows) > 20
    for pair, (_, _, metres, kilometres, overlap) in theirs.items():
        assert metres == pytest.approx(ours[pair].d_min_m, abs=TOLERANCE_M * max(km / 10, 1) ** 2) and kilometres == metres / 1000
        assert overlap == ours[pair].time_overlap
    assert km > 10 or shown == len(rows)
    assert {row[4] for row in rows} >= {"unknown", "none"}


def test_areas_are_nearer_than_geography_says(filled):
    """PostGIS's geography seeks the nearest points on the sphere: for areas it answers up to 0.3 % too much."""
    one = shapely.Polygon([(36.0, 33.0), (36.3, 33.02), (36.31, 33.2), (36.1, 33.31)])
    other = shapely.Point(36.45, 33.35)
    frame = lambda shape: geopandas.GeoDataFrame(geometry=[shape], crs="EPSG:4326")  # noqa: E731
    ours = joins.within(frame(one), frame(other), 50)["d_min_m"][0]
    with analysing.dba(filled) as raw:
        shapes = [one.wkb, other.wkb]
        geography = raw.execute("select st_distance(st_geomfromwkb(%s, 4326)::geography, st_geomfromwkb(%s, 4326)::geography)", shapes).fetchone()[0]
        drawn = raw.execute("select api._between(api._drawn(st_geomfromwkb(%s, 4326), 32637), api._drawn(st_geomfromwkb(%s, 4326), 32637), 1e6)",
                            shapes).fetchone()[0]
    assert drawn == pytest.approx(ours, abs=1) and ours <= geography + 0.01 and geography == pytest.approx(ours, rel=0.003)


def test_near_is_bounded_and_nobody_sees_nothing(filled):
    with analysing.sql_login(filled, "analyst1") as connection:
        for km in (0, -1, 101, None, float("nan")):
            with pytest.raises(Exception, match="at most 100 km"):
                connection.execute("select * from api.event_site_near(%s)", [km])
    with analysing.dba(filled) as raw:
        assert raw.execute("select count(*) from api.event_site_near(10)").fetchone()[0] == 0
