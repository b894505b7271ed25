"""The desk: what a proposal would change, several answered together each by itself, statuses that lost support."""
import re

import pytest

from sitereg import claims, decisions
from tests import given
from tests.web.reading import words
from web.views import desk

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def proposed(house):
    """Two proposals to refute (by the worker), one of a merge, and the claims behind the first."""
    with house.as_("worker") as opened:
        report = opened.call("new_source", type="un_report", label=given.Json({"en": "a report"}), reliability="A", reason="test",
                             terms=given.Json(given.TERMS))
        made = {}
        for key in ("grave", "twin"):
            said = given.say(opened, house.sites[key]["id"], given.kind("mass_grave"), source=report)[0]
            made[key] = decisions.decide(opened, house.sites[key]["id"], "verification", "refuted", aspect="mass_grave",
                                         reason=f"{key}: a quarry", basis=[said], value={"contrary": str(said)}).proposal
        made["merge"] = decisions.merge(opened, house.sites["prison"]["id"], house.sites["nowhere"]["id"], reason="one place").proposal
    return made


@pytest.mark.parametrize(("lang", "head", "after"), [("en", "What would change", "refuted"), ("ar", "ما سيتغيّر", "تبيّن عدم صحته")])
def test_a_waiting_proposal_shows_what_would_change(house, proposed, lang, head, after):
    page = words(house.visitor("verifier", lang).get("/desk"))
    assert head in page and after in page
    assert house.sites["prison"]["code"] in page


@pytest.mark.parametrize(("lang", "one", "two"), [("en", "and 1 more", "and 2 more"), ("ar", "وواحد آخر", "واثنان آخران")])
def test_a_long_desk_shows_the_first_and_says_how_many_more_wait(house, proposed, monkeypatch, lang, one, two):
    verifier = house.visitor("verifier", lang)
    every = re.findall(r'action="/proposals/([0-9a-f-]{36})"', verifier.get("/desk").text)
    assert len(every) == 3 and one not in words(verifier.get("/desk"))
    for shown, more in ((2, one), (1, two)):
        monkeypatch.setattr(desk, "PROPOSALS", shown)
        page = verifier.get("/desk")
        assert re.findall(r'action="/proposals/([0-9a-f-]{36})"', page.text) == every[:shown] and more in words(page)
    assert "/desk/review?machine=verification" in verifier.get("/desk").text, "what is not shown can be reviewed all the same"


def test_several_are_answered_together_each_by_itself_and_never_of_two_kinds(house, proposed):
    verifier = house.visitor("verifier")
    assert "/desk/review?machine=verification" in verifier.get("/desk").text
    page = verifier.get("/desk/review?machine=verification")
    assert "grave: a quarry" in page.text and "one place" not in page.text and "What would change" in page.text
    assert "Nothing is ticked" in verifier.post("/desk/review", 422, machine="verification", act="approve", reason="kept").text
    mixed = {"machine": "verification", "act": "approve", "reason": "kept words", "proposal": [str(proposed["grave"]), str(proposed["merge"])]}
    assert "kept words" in verifier.post("/desk/review", 422, **mixed).text
    with house.as_("worker") as opened:
        claims.end(opened, opened.rows("proposals_waiting", subject=house.sites["twin"]["id"])[0]["basis"][0], why="it was of another place")
    told = words(verifier.post("/desk/review", 200, machine="verification", act="approve", reason="I read both",
                               proposal=[str(proposed["grave"]), str(proposed["twin"])]))
    assert "1 was done" in told and "1 was not" in told and "You had typed: I read both" in told
    assert "Cite a negative visit" in told, "the guard that stood in the way is named"
    left = verifier.get("/desk/review?machine=verification").text
    assert "twin: a quarry" in left and "grave: a quarry" not in left
    refused = verifier.post("/desk/review", 200, machine="verification", act="refuse", reason="", proposal=str(proposed["twin"]))
    assert "Say why you do not agree" in refused.text
    house.visitor("investigator1").get("/desk/review?machine=verification", 403)


def test_four_eyes_hold_for_each(house, proposed):
    with house.as_("worker") as opened:
        told = decisions.review(opened, [], True, reasons={})
    assert told == []
    verifier = house.visitor("verifier2")
    with house.as_("verifier2") as opened:
        assert {one["may_approve"] for one in decisions.waiting(opened)} == {True}
    assert "one place" in verifier.get("/desk/review?machine=merge").text
    other = house.visitor("releaser").get("/desk/review?machine=merge")
    assert "Nothing of this kind waits for you" in other.text


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_status_that_lost_support_says_what_to_do_and_is_looked_at(house, lang):
    site = house.sites["prison"]
    with house.as_("worker") as opened:
        source = opened.call("new_source", type="un_report", label=given.Json({"en": "a report"}), reliability="B", reason="test",
                             terms=given.Json(given.TERMS))
        extra = given.say(opened, site["id"], given.kind("prison_military"), source=source)[0]
    house.rows("insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, proposed_by, tier, scope,"
               " recorded_by, event, digest) select reg.new_id(), %s, 'verification', 'prison_military', 90 + %s, 'suspected', 'probable', 'arranged',"
               " array[%s]::uuid[], a.id, 1, 0, a.id, reg.new_id(), '' from reg.account a where a.name = 'worker' returning 1",
               site["id"], ["en", "ar"].index(lang), extra)
    with house.as_("worker") as opened:
        claims.end(opened, extra, why="taken back")
    reader = house.visitor("worker", lang)
    page = reader.get("/desk")
    assert 'id="looked-at"' in page.text and f"/sites/{site['code']}/why/kind:prison_military" in page.text
    task = re.search(r'action="/tasks/([0-9a-f-]{36})"', page.text)[1]
    reader.post(f"/tasks/{task}", 422, outcome="")
    reader.post(f"/tasks/{task}", 303, outcome="two others say the same")
    assert task not in reader.get("/desk").text


def test_statuses_that_lost_support_are_counted_where_they_are_many(house, monkeypatch):
    house.rows("insert into reg.task(id, what, why, subject, role, data, tier, scope) select reg.new_id(), 'review_status', 'It rests on nothing', %s,"
               " 'investigator', jsonb_build_object('machine', 'verification', 'aspect', 'prison_military', 'state', 'probable', 'n', n), 1, 0"
               " from generate_series(1, 3) n returning 1", house.sites["prison"]["id"])
    reader = house.visitor("worker")
    every = re.findall(r'action="/tasks/([0-9a-f-]{36})"', reader.get("/desk").text)
    assert len(every) >= 3
    monkeypatch.setattr(desk, "LOOKS", len(every) - 2)
    page = reader.get("/desk")
    assert re.findall(r'action="/tasks/([0-9a-f-]{36})"', page.text) == every[:-2] and "and 2 more" in words(page)
