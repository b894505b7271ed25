"""Watched sites: what changed since one looked, from what one sees; hidden ones are absent; merged ones lead on."""
from datetime import timedelta

import pytest

from sitereg import decisions, disclosing, errors, protection, sites, watches
from tests import given

pytestmark = pytest.mark.db


@pytest.fixture
def made(registry):
    return given.site(registry, given.kind("mass_grave"), given.name("Dry well"), given.place(36.1, 33.1))


def told(registry):
    """[(code, [(what, kind, was, now)])] of what changed."""
    return [(one["code"], [tuple(change.values()) for change in one["changes"]]) for one in watches.listed(registry)]


def test_nothing_is_new_until_something_is(registry, made):
    watches.add(registry, made[0])
    watches.add(registry, made[0])
    assert told(registry) == [(made[1], [])] and watches.codes(registry) == {made[1]}
    given.say(registry, made[0], given.kind("court"), {"predicate": "note", "value": {"text": "A rumour of a fence"}})
    registry.call("end_claim", claim=made[2][1], why="test")
    assert told(registry) == [(made[1], [("kind", "court", None, "suspected"), ("claims", None, None, 2), ("ended", None, None, 1), ("decisions", None, None, 2)])]
    assert watches.looked(registry, made[0]) == 1 and told(registry) == [(made[1], [])]


def test_a_decision_a_visit_and_a_status_are_told(registry, made):
    watches.add(registry, made[0])
    today = registry.value("today")
    protection.decide(registry, made[0], "unprotected", reason="seen", observed_on=today)
    protection.inspect(registry, made[0], visited_on=today - timedelta(days=1))
    changes = {what: (was, now) for what, _kind, was, now in told(registry)[0][1]}
    assert changes["protection"] == ("unassessed", "unprotected") and changes["decisions"][1] == 1 and changes["visits"][1] == 1


def test_what_a_watcher_does_not_see_changes_nothing_for_him(registry, made):
    with registry.as_("viewer"), pytest.raises(errors.NotFound):
        watches.add(registry, made[0])
    with registry.as_("analyst1"):
        watches.add(registry, made[0])
    given.say(registry, made[0], given.kind("court", tier=2), given.kind("archive", compartments=["names"]))
    with registry.as_("analyst1"):
        assert told(registry) == [(made[1], [])]
    assert told(registry) == [], "each has watches of his own"


def test_a_site_that_became_hidden_is_absent_as_one_that_never_was(registry, made):
    with registry.as_("analyst1"):
        watches.add(registry, made[0])
    disclosing.restrict(registry, made[0], reason="a threat")
    with registry.as_("analyst1"):
        assert watches.listed(registry) == [] and watches.codes(registry) == set() and watches.looked(registry) == 0
        for act in (watches.end, watches.looked, watches.add):
            with pytest.raises(errors.NotFound):
                act(registry, made[0])


def test_another_clearance_is_no_change(registry, made):
    watches.add(registry, made[0])
    given.say(registry, made[0], given.kind("court"))
    with registry.dba() as raw:
        raw.execute("update reg.clearance set tier = 1 where account = (select id from reg.account where name = 'worker')")
    row, = watches.listed(registry)
    assert row["anew"] and row["changes"] == []
    watches.looked(registry)
    assert not watches.listed(registry)[0]["anew"]


def test_a_merged_site_leads_to_what_it_became_and_is_left_there(registry, made):
    other = given.site(registry, given.kind("mass_grave"), given.name("Dry wells"), given.place(36.1, 33.1), key="other")
    watches.add(registry, other[0])
    done = decisions.merge(registry, made[0], other[0], reason="one place")
    with registry.as_("verifier"):
        decisions.approve(registry, done.proposal)
    assert watches.codes(registry) == {made[1]} == {one["code"] for one in watches.listed(registry)}
    with pytest.raises(errors.Refused):
        watches.add(registry, other[0])
    watches.end(registry, made[0])
    assert watches.listed(registry) == []
    with pytest.raises(errors.NotFound):
        watches.end(registry, made[0])


def test_row_security_shows_a_watch_to_its_owner_alone(registry, made):
    watches.add(registry, made[0])
    seen = {}
    for who in ("worker", "officer", "auditor"):
        with registry.as_(who), registry.dba() as raw, raw.transaction(force_rollback=True):
            raw.execute("set local role sr_policed")
            seen[who] = raw.execute("select count(*) from reg.watch").fetchone()[0]
    assert seen == {"worker": 1, "officer": 0, "auditor": 0}


def used(kind, began, ended):
    more = {"began": f"[{began}-01-01,{began + 1}-01-01)", "ended": f"[{ended}-01-01,{ended}-06-01)"}
    return (given.kind(kind, **more),)


def test_the_years_are_of_ones_own_rows_and_of_any_period(registry, made):
    given.site(registry, *used("prison_central", 2011, 2014), key="b")
    given.site(registry, *used("prison_central", 2012, 2013), tier=2, key="c")
    assert sites.years(registry) == ({2011: 1, 2012: 2, 2013: 2, 2014: 1}, 1)
    assert sites.years(registry, from_="2014-01-01", kinds=["prison_central"]) == ({2011: 1, 2012: 2, 2013: 2, 2014: 1}, 0)
    with registry.as_("analyst1"):
        assert sites.years(registry) == ({2011: 1, 2012: 1, 2013: 1, 2014: 1}, 1)


def test_an_area_is_met_by_what_is_shown(registry):
    inside = given.site(registry, given.kind("court"), given.place(36.5, 33.5), key="in")[1]
    given.site(registry, given.kind("court"), given.place(36.5, 33.9), key="out")
    triangle = [36.4, 33.4, 36.6, 33.4, 36.5, 33.7]
    assert [one["code"] for one in sites.find(registry, bbox=triangle)] == [inside] and sites.count(registry, bbox=[36.4, 33.4, 36.6, 33.95]) == 2
    for wrong in ([36.4, 33.4, 36.6, 33.7, 36.6, 33.4, 36.4, 33.7], [36.4, 33.4, 36.6], [36.4, 33.4, 36.6, 33.4, 36.5, 99], [36, 33, 36, 33, 36, 33],
                  [36.4, 33.4, 36.6, 33.4, float("nan"), 33.7]):
        with pytest.raises(errors.BadInput):
            sites.find(registry, bbox=wrong)
