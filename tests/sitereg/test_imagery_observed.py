"""What was seen from above: written in one event, kept when nothing was seen, shown to whoever is shown the exact place and the rasters."""
from datetime import date, timedelta
from uuid import UUID

import pytest

from sitereg import errors, imagery, sharing
from sitereg.imagery import Observation
from tests import given
from tests.sitereg.rasters import registered

pytestmark = pytest.mark.db
NOWHERE = UUID(int=7)


@pytest.fixture
def ground(registry):
    """{site, code, before, after}: a T1 site whose exact place is T2, two rasters of T1 that reach it."""
    site, code, _ = given.site(registry, given.kind("mass_grave"), given.place(36.52, 33.51), exact_tier=2)
    before, after = (registered(registry, number=n, taken=f"[2012-0{n}-01,2012-0{n}-02)") for n in (1, 2))
    return {"site": site, "code": code, "before": before, "after": after}


def rows(ground):
    pair = {"site": ground["site"], "raster": ground["after"], "before": ground["before"]}
    return [Observation(**pair, result="changed", changed_m2=1200.0, direction="barer", strength=4.2, confidence=0.7, limits=("coarse",),
                        figures={"ndvi": -0.2, "lost": float("nan")}),
            Observation(**pair, result="unchanged", confidence=0.9), Observation(**pair, result="image_unusable", unusable="cloud")]


def test_all_stand_in_one_event_with_the_days_of_their_rasters(registry, ground):
    made = imagery.observe(registry, rows(ground), method="change 1", reason="scan")
    found = {one["id"]: one for one in imagery.observations(registry, site=ground["code"])}
    assert [found[one]["result"] for one in made] == ["changed", "unchanged", "image_unusable"]
    first = found[made[0]]
    assert first["taken"] == (date(2012, 2, 1), date(2012, 2, 1)) and first["taken_before"] == (date(2012, 1, 1), date(2012, 1, 1))
    assert (first["changed_m2"], first["direction"], first["figures"], first["how"], first["by"], first["limits"]) == (
        1200, "barer", {"ndvi": -0.2, "lost": None}, "machine", "Worker", ["coarse"])
    assert found[made[2]]["unusable"] == "cloud"
    with registry.dba() as raw:
        assert raw.execute("select count, action from reg.audit_event order by seq desc limit 1").fetchone() == (3, "record_observations")
    assert [one["result"] for one in imagery.observations(registry, raster=ground["after"], result="unchanged")] == ["unchanged"]


def test_whoever_is_shown_a_cell_is_shown_no_observation_and_records_none(registry, ground):
    imagery.observe(registry, rows(ground), method="change 1")
    registry.become("analyst1")
    assert len(imagery.find(registry, site=ground["code"])) == 2, "the rasters are of tier 1"
    assert imagery.observations(registry, site=ground["code"]) == [] == imagery.observations(registry)
    with pytest.raises(errors.Refused) as refused:
        imagery.observe(registry, rows(ground), method="change 1")
    assert refused.value.guard == "exact_place"


def test_an_observation_is_absent_where_a_raster_is(registry, ground):
    """Of a site whose exact place is of tier 1, on a raster of tier 2: not there for tier 1, whichever of the two it is."""
    site, code, _ = given.site(registry, given.kind("security_branch"), given.place(36.52, 33.51))
    secret = registered(registry, number=9, tier=2)
    imagery.observe(registry, [Observation(site, ground["after"], "unchanged", before=secret), Observation(site, secret, "unchanged"),
                               Observation(site, ground["after"], "unchanged", before=ground["before"])], method="change 1")
    assert len(imagery.observations(registry, site=code)) == 3
    registry.become("analyst1")
    assert [one["before"] for one in imagery.observations(registry, site=code)] == [ground["before"]]
    assert {one.id for one in imagery.find(registry)} == {ground["before"], ground["after"]}
    for raster in (secret, NOWHERE):
        with pytest.raises(errors.NotFound) as hidden:
            imagery.show(registry, raster)
        assert str(hidden.value) == str(errors.NotFound())
        with pytest.raises(errors.NotFound):
            imagery.observe(registry, [Observation(site, raster, "unchanged")], method="change 1")
        assert imagery.observations(registry, raster=raster) == []
    with pytest.raises(errors.NotFound):
        imagery.observations(registry, site="SYS-222222-2")


@pytest.mark.parametrize("wrong", [{"result": "image_unusable"}, {"result": "unchanged", "direction": "barer"}, {"result": "seen"},
                                   {"result": "changed", "confidence": 1.5}, {"result": "changed", "changed_m2": -1.0},
                                   {"result": "unchanged", "unusable": "cloud"}, {"result": "changed", "direction": "sideways"}])
def test_one_that_is_not_whole_is_refused_with_all_of_its_event(registry, ground, wrong):
    with pytest.raises(errors.BadInput):
        imagery.observe(registry, [*rows(ground), Observation(ground["site"], ground["after"], **wrong)], method="change 1")
    assert imagery.observations(registry, site=ground["code"]) == []


def test_nothing_of_it_is_changed_or_removed(registry, ground):
    imagery.observe(registry, rows(ground), method="change 1")
    for what in ("update reg.observation set note = 'x'", "delete from reg.observation", "update reg.raster set sensor = 'x'", "delete from reg.raster"):
        with registry.dba() as raw, pytest.raises(Exception, match="written once"), raw.transaction():
            raw.execute(what)


def test_a_thousand_at_once_and_what_reads_alone_observes_nothing(registry, ground):
    many = [Observation(ground["site"], ground["after"], "unchanged", before=ground["before"])] * 1000
    assert len(set(imagery.observe(registry, many, method="change 1"))) == 1000
    registry.become("releaser")
    with pytest.raises(errors.Denied):
        imagery.observe(registry, many[:1], method="change 1")


def test_what_was_observed_at_a_frozen_site_is_absent_but_for_releasers(registry, ground):
    imagery.observe(registry, rows(ground), method="change 1")
    sharing.freeze(registry, "site", reason="somebody was followed", review_on=date.today() + timedelta(days=30), code=ground["code"])
    assert imagery.observations(registry) == []
    with pytest.raises(errors.NotFound):
        imagery.observe(registry, rows(ground), method="change 1")
    registry.become("releaser")
    assert len(imagery.observations(registry, site=ground["code"])) == 3
