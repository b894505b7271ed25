"""Reports are sorted into claims of a site, a new site, or kept; by those who may, once."""
import pytest

from sitereg import entering, errors, reports, sites
from tests import given
from tests.sitereg.entering import send

pytestmark = pytest.mark.db


@pytest.fixture
def report(registry):
    return send(registry, "report", words="A pit behind the mill", place="33.5138 N 36.2765 E").report


def states(registry):
    return [(one["state"], one["code"]) for one in entering.triage.listed(registry, state=None)]


def test_attached_the_report_says_something_of_the_site(registry, report):
    _, code, _ = given.site(registry, given.kind("mass_grave"), given.name("Dry Well"))
    made = entering.triage.sort(registry, report, {"to": "attached", "code": code.lower(), "place": "yes", "note": "Dug at night", "why": "the same"})
    assert made == code and states(registry) == [("attached", code)]
    place, = sites.why(registry, code, "place")
    assert place["credibility"] == "6" and place["reliability"] == "F"
    assert [one["value"]["text"] for one in sites.why(registry, code, "note")] == ["Dug at night"]


def test_a_new_site_is_reported_with_the_place_of_the_report(registry, report):
    code = entering.triage.sort(registry, report, {"to": "new_site", "kind": "mass_grave", "place": "yes", "why": "nothing near it", "seen": "new"})
    page = sites.show(registry, code)
    assert page["kinds"][0]["verification"] == "reported" and page["tier"] == 2 and states(registry) == [("new_site", code)]
    with pytest.raises(errors.Conflict):
        entering.triage.sort(registry, report, {"to": "new_site", "kind": "mass_grave", "why": "sent twice", "seen": "new"})
    assert sites.count(registry) == 1


@pytest.mark.parametrize("to", ["unplaced", "closed"])
def test_kept_or_closed_it_needs_a_reason_and_no_site(registry, report, to):
    with pytest.raises(errors.BadInput):
        entering.triage.sort(registry, report, {"to": to, "why": " "})
    assert entering.triage.sort(registry, report, {"to": to, "why": "nobody knows where"}) is None
    assert states(registry) == [(to, None)]


@pytest.mark.parametrize(("typed", "field"), [
    ({"to": "attached", "why": "x", "note": "y"}, "code"), ({"to": "attached", "why": "x", "code": "SYS-222222-2", "note": "y"}, "code"),
    ({"to": "attached", "why": "x", "code": "SYS-222222-2"}, "note"), ({"to": "new_site", "why": "x"}, "kind"), ({"why": "x"}, "to"),
    ({"to": "closed", "why": "x", "more": "y"}, "more")])
def test_what_is_lacking_is_told_beside_its_field(registry, report, typed, field):
    with pytest.raises(errors.BadInput) as told:
        entering.triage.sort(registry, report, typed)
    assert field in [one["field"] for one in told.value.problems] and states(registry) == [("new", None)]


def test_hidden_and_absent_reports_are_alike_and_others_may_not_sort(registry, report):
    with registry.as_("investigator1"):
        assert entering.triage.listed(registry) == []
        with pytest.raises(errors.NotFound):
            entering.triage.sort(registry, report, {"to": "closed", "why": "x"})
    with registry.as_("handler"), pytest.raises(errors.Denied):
        entering.triage.sort(registry, report, {"to": "closed", "why": "x"})


def test_the_task_of_sorting_is_done_with_it(registry, report):
    assert [one["what"] for one in reports.tasks(registry)] == ["sort_report"]
    entering.triage.sort(registry, report, {"to": "closed", "why": "a prank"})
    assert reports.tasks(registry) == []
