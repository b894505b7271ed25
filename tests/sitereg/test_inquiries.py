"""Inquiries: owner, day, steps with results, outcome; nothing of their history is lost, hidden ones are absent."""
from datetime import date, timedelta

import pytest

from sitereg import errors, inquiries, reports
from tests import given

pytestmark = pytest.mark.db
SOON = date.today() + timedelta(days=30)


@pytest.fixture
def asked(registry):
    """An inquiry about a visible site; (inquiry, site, code)."""
    site, code, _ = given.site(registry, given.kind("court"))
    return inquiries.open_(registry, site, "Who has the key?", due=SOON), site, code


def test_an_inquiry_goes_through_hands_and_is_closed_with_its_outcome(registry, asked):
    inquiry = asked[0]
    inquiries.step(registry, inquiry, "Wrote to the clerk", result="no_answer", done_on=date(2026, 1, 5))
    inquiries.reassign(registry, inquiry, "investigator1", why="on leave", due=SOON + timedelta(days=5))
    with registry.as_("investigator1"):
        assert [one["id"] for one in inquiries.find(registry, mine=True)] == [inquiry]
        inquiries.step(registry, inquiry, "Went there", result="answered")
        inquiries.close(registry, inquiry, "The mukhtar has it", result="answered")
    shown = inquiries.show(registry, inquiry)
    assert [(one["kind"], one["result"], one["by"]) for one in shown["steps"]] == [
        ("step", "no_answer", "Worker"), ("reassigned", None, "Worker"), ("step", "answered", "Investigator1"), ("closed", "answered", "Investigator1")]
    assert shown["closed"] and shown["outcome"] == "The mukhtar has it" and shown["owner"] == "Investigator1" and shown["first_owner"] == "Worker"
    assert inquiries.find(registry) == [] and len(inquiries.find(registry, open=None)) == 1
    with pytest.raises(errors.Refused, match="closed"):
        inquiries.step(registry, inquiry, "More", result="answered")
    inquiries.reopen(registry, inquiry, why="it was another key")
    assert not inquiries.show(registry, inquiry)["closed"] and inquiries.show(registry, inquiry)["outcome"] is None


def test_what_is_over_is_overdue_until_it_is_put_off(registry, asked):
    with registry.dba() as raw:
        raw.execute("insert into reg.setting(name, value) values ('today', to_jsonb(%s::text))", [str(SOON + timedelta(days=1))])
    assert [one["overdue"] for one in inquiries.find(registry, mine=True)] == [True]
    inquiries.postpone(registry, asked[0], SOON + timedelta(days=9), why="the road is closed")
    assert [one["overdue"] for one in inquiries.find(registry)] == [False] and inquiries.show(registry, asked[0])["first_due"] == str(SOON)


def test_a_task_becomes_an_inquiry_and_is_done(registry, asked):
    report = reports.record(registry, "Somebody said so.", terms=given.TERMS)
    task = next(one for one in reports.tasks(registry) if one["what"] == "sort_report" and one["data"]["report"] == str(report))
    made = inquiries.open_(registry, asked[1], "Is it so?", due=SOON, task=task["id"])
    assert task["id"] not in {one["id"] for one in reports.tasks(registry)} and made in {one["id"] for one in inquiries.find(registry)}


@pytest.mark.parametrize(("what", "field"), [
    ({"question": " "}, "question"), ({"due": date(2020, 1, 1)}, "due"), ({"owner": "nobody.here"}, "owner"), ({"owner": "viewer"}, "owner"), ({"due": None}, "due")])
def test_what_is_lacking_is_named(registry, asked, what, field):
    with pytest.raises(errors.BadInput) as refused:
        inquiries.open_(registry, asked[1], **{"question": "Who?", "due": SOON, **what})
    assert refused.value.problems[0]["field"] == field


def test_a_result_is_needed_and_waiting_closes_nothing(registry, asked):
    for kind, result in (("step", None), ("closed", None), ("closed", "pending"), ("step", "shrugged")):
        with pytest.raises(errors.BadInput):
            registry.call("inquiry_step", inquiry=asked[0], kind=kind, step="x", result=result)


def test_nobody_writes_over_a_step_that_he_has_not_seen(registry, asked):
    inquiries.step(registry, asked[0], "One", result="pending", seen=0)
    with pytest.raises(errors.Conflict):
        inquiries.step(registry, asked[0], "Two", result="pending", seen=0)


def test_an_inquiry_about_what_is_hidden_is_absent_and_is_given_to_nobody_who_may_not_see_it(registry):
    site = given.site(registry, given.kind("court"), tier=2)[0]
    hidden = inquiries.open_(registry, site, "Secret?", due=SOON)
    with pytest.raises(errors.BadInput) as refused:
        inquiries.reassign(registry, hidden, "investigator1", why="x")
    with pytest.raises(errors.BadInput) as unknown:
        inquiries.reassign(registry, hidden, "nobody.here", why="x")
    assert str(refused.value).replace("investigator1", "") == str(unknown.value).replace("nobody.here", "")
    with registry.as_("investigator1"):
        assert inquiries.find(registry, open=None) == []
        for one in (hidden, "00000000-0000-7000-8000-000000000000"):
            for ask in (lambda i: inquiries.show(registry, i), lambda i: inquiries.step(registry, i, "x", result="answered"),
                        lambda i: inquiries.open_(registry, site, "x", due=SOON)):
                with pytest.raises(errors.NotFound):
                    ask(one)
    with registry.as_("viewer"), pytest.raises(errors.Denied):
        inquiries.open_(registry, site, "x", due=SOON)
