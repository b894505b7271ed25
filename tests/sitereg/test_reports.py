"""A report is taken as it is told, sealed, and becomes claims only by being sorted."""
from datetime import date

import pytest
from shapely import Point

from sitereg import errors, reports
from tests import given

pytestmark = pytest.mark.db
TOLD = "Two lorries came at night to the field behind the invented mill."


def test_a_report_waits_sealed_with_a_task(registry):
    report = reports.record(registry, TOLD, terms=given.TERMS, place="behind the mill",
                            shape=Point(36.1, 33.1), uncertainty_m=400, at=(date(2013, 5, 1), date(2013, 6, 30)), callback=True)
    row, = reports.waiting(registry)
    assert (row["id"], row["words"], row["state"], row["consent"]) == (report, TOLD, "new", "given")
    assert [task["data"]["report"] for task in reports.tasks(registry) if task["what"] == "sort_report"] == [str(report)]
    with registry.dba() as raw:
        stored = str(raw.execute("select to_jsonb(r) from reg.report r").fetchone()) + str(raw.execute("select cipher from reg.sealed").fetchone())
        assert "lorries" not in stored


@pytest.mark.parametrize("fault", [{"words": " "}, {"at": date(2999, 1, 1)}, {"tier": 0}, {"tier": 3},
                                   {"shape": Point(36, 33), "uncertainty_m": None}, {"shape": Point(36, 99), "uncertainty_m": 5}])
def test_what_cannot_be_read_is_named(registry, fault):
    said = {"words": TOLD, "terms": given.TERMS, **fault}
    with pytest.raises(errors.BadInput):
        reports.record(registry, **said)


def test_sorting_needs_the_claims_drawn_from_it(registry):
    report = reports.record(registry, TOLD, terms=given.TERMS)
    site, _, claims = given.site(registry, given.kind("mass_grave"))
    _other, _, others = given.site(registry, given.kind("mass_grave"))
    for missing in ({}, {"subject": site}, {"subject": site, "claims": others}):
        with pytest.raises(errors.Refused):
            reports.sort(registry, report, "attached", why="the same field", **missing)
    reports.sort(registry, report, "attached", why="the same field", subject=site, claims=claims)
    assert reports.waiting(registry) == [] and reports.waiting(registry, state="attached")[0]["subject"] == site
    assert not [task for task in reports.tasks(registry) if task["what"] == "sort_report"]


def test_a_closed_report_stays_closed(registry):
    report = reports.record(registry, TOLD, terms=given.TERMS)
    reports.sort(registry, report, "closed", why="withdrawn by the caller")
    with pytest.raises(errors.Conflict):
        reports.sort(registry, report, "unplaced", why="x")


def test_hidden_and_absent_reports_are_alike(registry):
    report = reports.record(registry, TOLD, terms=given.TERMS, tier=2)
    with registry.as_("investigator1"):
        assert reports.waiting(registry, state=None) == [] and reports.tasks(registry) == []
        for unseen in (report, "00000000-0000-7000-8000-000000000000"):
            with pytest.raises(errors.NotFound):
                reports.sort(registry, unseen, "closed", why="x")


def test_a_task_is_done_once_by_those_it_is_for(registry):
    reports.record(registry, TOLD, terms=given.TERMS, tier=1)
    task, = (one for one in reports.tasks(registry) if one["what"] == "sort_report")
    with registry.as_("officer1"), pytest.raises(errors.NotFound):
        reports.done(registry, task["id"], outcome="x")
    reports.done(registry, task["id"], outcome="looked at")
    with pytest.raises(errors.NotFound):
        reports.done(registry, task["id"], outcome="again")


def test_only_those_who_take_reports_read_them(registry):
    with registry.as_("officer"), pytest.raises(errors.Denied):
        reports.waiting(registry)
