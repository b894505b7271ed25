import pytest
import shapely
from pyproj import Geod

from sitereg import demo, places
from sitereg.actors import Actor
from sitereg.store import session

pytestmark = pytest.mark.db


@pytest.fixture
def loaded(committed):
    return committed, demo.load(committed)


def test_one_sign_in_for_each_role_and_the_registry_says_it_is_synthetic(loaded):
    settings, ways = loaded
    assert {way.role for way in ways} >= {
        "viewer",
        "investigator",
        "analyst",
        "verifier",
        "protection_officer",
        "data_steward",
        "source_handler",
        "releaser",
        "auditor",
        "admin",
        "partner",
    }
    with session.reading(settings, Actor("demo.viewer", "local")) as opened:
        assert opened.value("is_demo") is True


def test_loading_again_adds_nothing(loaded):
    settings, ways = loaded

    def count():
        with session.reading(settings, Actor("demo.investigator", "local")) as opened:
            return opened.value("site_count")

    before = count()
    assert demo.load(settings) == ways and count() == before >= 60


def test_no_invented_site_lies_at_a_known_place(loaded):
    settings, _ways = loaded
    with session.reading(settings, Actor("demo.analyst", "local")) as opened:
        rows = [row for row in opened.rows("site_list", limit=1000) if row["shown_as"] == "exact"]
    known = shapely.STRtree([shapely.Point(one["lon"], one["lat"]) for one in places.gazetteer()])
    geod = Geod(ellps="WGS84")
    for row in rows:
        near = known.geometries[known.nearest(shapely.Point(row["lon"], row["lat"]))]
        assert geod.inv(row["lon"], row["lat"], near.x, near.y)[2] > 2000
    assert len(rows) > 30
