"""Drafts on devices, allowed by a steward on the web: for others alone, for a while, ended at once, told to stewards only."""
from datetime import timedelta

import pytest

pytestmark = pytest.mark.db


@pytest.mark.parametrize(("lang", "told"), [("en", "Another steward allows it: nobody for himself."), ("ar", "يسمح به أمين بيانات آخر: لا أحد لنفسه.")])
def test_a_steward_allows_others_and_ends_it(house, lang, told):
    steward = house.visitor("steward1", lang)
    with house.as_("steward1") as opened:
        until = opened.value("today") + timedelta(days=30)
    sent = {"account": "officer1", "until": until.isoformat(), "reason": "No line in the east"}
    assert "/device-drafts" in steward.get("/desk").text
    itself = steward.post("/device-drafts", 409, **{**sent, "account": "steward1"})
    assert told in itself.text and "No line in the east" in itself.text, "what was typed stands there still"
    steward.post("/device-drafts", 422, **{**sent, "until": (until + timedelta(days=90)).isoformat()})
    steward.post("/device-drafts", 422, **{**sent, "account": "viewer"})
    steward.post("/device-drafts", 303, **sent)
    assert "officer1" in steward.get("/device-drafts").text and "No line in the east" in house.visitor("officer1").get("/me").text
    steward.post("/device-drafts/end", 422, account="analyst1", why="never")
    steward.post("/device-drafts/end", 303, account="officer1", why="the telephone is lost")
    assert "officer1" not in steward.get("/device-drafts").text
    assert "No line in the east" not in house.visitor("officer1").get("/me").text


def test_nobody_but_stewards_sees_or_allows_it(house):
    for name in ("officer1", "investigator1", "releaser", "viewer"):
        house.visitor(name).get("/device-drafts", 403)
        house.visitor(name).post("/device-drafts", 403, account="officer1", until="2030-01-01", reason="x")
        house.visitor(name).post("/device-drafts/end", 403, account="officer1", why="x")
