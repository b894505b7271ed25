"""A site on a past day: what was recorded by then, resolved by the rule, under the rights of today."""
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sitereg import claims, errors, protection, sites
from tests import given
from tests.sitereg.deciding import GRAVE, put, source

pytestmark = pytest.mark.db
TODAY = datetime.now(ZoneInfo("Asia/Damascus")).date()  # the day of the registry


def ago(days):
    return TODAY - timedelta(days=days)


def said(registry, site, *what, days, kind="ngo_report", grade="B"):
    """Claims that were recorded so many days ago."""
    made = given.say(registry, site, *what, source=source(registry, grade, kind))
    aged(registry, "claim", made, days)
    return made


def aged(registry, table, ids, days):
    with registry.dba() as raw:
        raw.execute("set session_replication_role = replica")
        raw.execute(f"update reg.{table} set recorded_at = recorded_at - make_interval(days => %s) where "
                    f"{'claim' if table == 'claim_end' else 'id'} = any (%s)", [days, list(ids)])
        raw.execute("set session_replication_role = origin")


def fact(page, field):
    return next((one["value"] for one in page["facts"] if one["field"] == field), None)


@pytest.fixture
def site(registry):
    """(id, code) of a grave that was named 300 days ago."""
    found, code, made = given.site(registry, given.kind(GRAVE), given.name("Old Quarry"), source=source(registry, "B", "ngo_report"))
    aged(registry, "claim", made, 300)
    return found, code


def test_a_past_day_tells_what_was_recorded_by_then(registry, site):
    said(registry, site[0], given.name("New Quarry", first_hand=True), given.place(36.5, 33.5), days=100, grade="A")
    assert sites.show(registry, site[1])["names"]["en"] == "New Quarry"
    then = sites.show_on(registry, site[1], ago(200))
    assert then["known"] and then["names"]["en"] == "Old Quarry" and then["place"]["shape"] is None
    later = sites.show_on(registry, site[1], ago(50))
    assert later["place"]["lon"] == 36.5 and later["names"] == sites.show(registry, site[1])["names"]
    before = sites.show_on(registry, site[1], ago(400))
    assert not before["known"] and before["kinds"] == [] and before["names"] == {}


def test_levels_and_protection_are_those_that_stood_then(registry, site):
    put(registry, site[0], "verification", "suspected", aspect=GRAVE, age=timedelta(days=90))
    put(registry, site[0], "protection", "unprotected", age=timedelta(days=60))
    put(registry, site[0], "verification", "probable", aspect=GRAVE, age=timedelta(days=30))
    told = [(page["kinds"][0]["verification"], page["protection"]) for page in (
        sites.show_on(registry, site[1], ago(days)) for days in (120, 70, 40, 10))]
    assert told == [("reported", "unassessed"), ("suspected", "unassessed"), ("suspected", "unprotected"), ("probable", "unprotected")]


def test_what_was_taken_back_since_stays_unseen_and_what_was_corrected_reads_as_it_did(registry, site):
    wrong, building = said(registry, site[0], given.name("Wrong Name", "ar"), {"predicate": "building", "value": {"code": "farm"}}, days=200)
    claims.end(registry, wrong, why="it was another place")
    claims.correct(registry, building, why="a factory, not a farm", value={"code": "factory"})
    then = sites.show_on(registry, site[1], ago(100))
    assert "ar" not in then["names"] and fact(then, "building") == "farm"
    assert fact(sites.show(registry, site[1]), "building") == "factory"


def test_a_testimony_counts_from_the_end_of_its_month_but_for_those_who_guard_sources(registry, site):
    made = said(registry, site[0], given.name("Told Name", "ku"), days=45, kind="testimony_resident")
    with registry.dba() as raw:
        day = raw.execute("select (recorded_at at time zone 'Asia/Damascus')::date from reg.claim where id = %s", made).fetchone()[0]
    end = (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    inside = max(day, end - timedelta(days=1))
    assert "ku" in sites.show_on(registry, site[1], end)["names"]
    if inside < end:
        assert "ku" not in sites.show_on(registry, site[1], inside)["names"]
        with registry.as_("handler"):
            assert "ku" in sites.show_on(registry, site[1], day)["names"]


def test_the_rights_are_those_of_today(registry, site):
    said(registry, site[0], given.name("Secret Name", "ar", tier=2), given.place(36.5, 33.5), days=100)
    _hidden, code, made = given.site(registry, given.kind(GRAVE), tier=2)
    aged(registry, "claim", made, 100)
    with registry.dba() as raw:
        raw.execute("update reg.subject set exact_tier = 2 where id = %s", [site[0]])
    assert "ar" in sites.show_on(registry, site[1], ago(50))["names"]
    with registry.as_("officer1"):
        page = sites.show_on(registry, site[1], ago(50))
        assert "ar" not in page["names"] and page["place"] is None and fact(page, "place") is None, "no history of coarse cells"
        with pytest.raises(errors.NotFound):
            sites.show_on(registry, code, ago(50))
    with registry.as_("viewer"), pytest.raises(errors.Refused):
        sites.show_on(registry, site[1], ago(50))


@pytest.mark.parametrize("day", [TODAY, TODAY + timedelta(days=1)])
def test_only_a_day_before_today_is_past(registry, site, day):
    with pytest.raises(errors.BadInput):
        sites.show_on(registry, site[1], day)


def test_measures_visits_and_disturbances_are_those_that_were_recorded_by_then(registry, site):
    protection.inspect(registry, site[0], visited_on=ago(1), method="on_site")
    assert sites.show(registry, site[1])["visits"] and sites.show_on(registry, site[1], ago(1))["visits"] == []
