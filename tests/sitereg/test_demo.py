import psycopg
import pytest
import shapely
from pyproj import Geod

from sitereg import audit, demo, events, joins, places, sites
from sitereg.actors import Actor
from sitereg.store import cluster, session

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

    def sign_ins():
        with psycopg.connect(cluster.dsn(settings)) as raw:
            return raw.execute('select account, email, password, fs_uniquifier from signin."user" order by 1').fetchall()

    before, held = count(), sign_ins()
    assert demo.load(settings) == ways and count() == before >= 60
    assert sign_ins() == held, "whoever is signed in stays so"
    credentials_lost(settings)
    assert demo.load(settings) == ways and [row[:2] for row in sign_ins()] == [row[:2] for row in held]


def credentials_lost(settings):
    with psycopg.connect(cluster.dsn(settings)) as raw:
        raw.execute("""update signin."user" set password = 'no hash' where account = 'demo.viewer'""")
        raw.execute("""update signin."user" set email = 'x@demo.invalid' where account = 'demo.analyst'""")
        raw.execute("""delete from signin."user" where account = 'demo.admin'""")


def test_every_level_and_an_overdue_review_can_be_looked_at_and_face_0_has_a_site(loaded):
    settings, _ways = loaded
    with session.reading(settings, Actor("demo.analyst", "local")) as opened:
        facets = sites.facets(opened)
        assert {"confirmed", "probable", "refuted", "suspected"} <= set(sites.facets(opened, verification=[
            "confirmed", "probable", "refuted", "suspected"])["verification"]) and facets["overdue"]["true"] == 1
        frames = sites.frame(opened, groups=["detention"]), events.frame(opened, kinds=["arrested"])
    for name in ("viewer", "partner", "admin"):
        with session.reading(settings, Actor(f"demo.{name}", "local")) as opened:
            (only,) = sites.find(opened)
            assert only["names"] == {"en": "Published Court"} and only["kinds"][0]["verification"] == "confirmed"
    pairs = joins.within(frames[1], frames[0], km=5)
    likely = pairs[(pairs.p_inside > 0.5) & (pairs.time_overlap != "none")]
    assert len(likely) >= 3, "what docs/analysts.md shows gives something here"
    assert audit.verify(settings).faults == []


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
