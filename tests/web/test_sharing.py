"""Freezing and retracting in the web: at once, said on the page, lifted by another; recipients before one retracts."""
from datetime import date, timedelta

import pytest

from sitereg import sharing
from tests import given
from tests.web.test_hidden import still

pytestmark = pytest.mark.db
FORM = {"reason": "somebody was followed", "review_on": (date.today() + timedelta(days=20)).isoformat()}


@pytest.fixture
def own(house):
    """A site of the test's own: id, code, claims."""
    with house.as_("worker") as opened:
        source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
        return given.site(opened, given.kind("court"), given.name("Court of its own"), source=source)


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_site_is_frozen_says_so_refuses_edits_and_is_lifted_by_another(house, own, lang):
    officer, code = house.visitor("officer", lang), own[1]
    assert "/freeze" in officer.get(f"/sites/{code}").text
    officer.post(f"/sites/{code}/freeze", 422, reason="", review_on="")
    officer.post(f"/sites/{code}/freeze", 303, **FORM)
    says = {"en": "It is frozen", "ar": "إنه مجمَّد"}[lang]
    assert says in officer.get(f"/sites/{code}").text and says in house.visitor("investigator1", lang).get(f"/sites/{code}").text
    refused = officer.post(f"/sites/{code}/measures", 409, kind="guard", state="active", reason="kept words").text
    assert "kept words" in refused
    freeze = house.rows("select f.id from reg.freezing f where f.subject = %s", own[0])[0][0]
    assert "somebody was followed" in officer.get("/freezes").text
    officer.post(f"/freezes/{freeze}", 409, why="nothing")
    house.visitor("releaser", lang).post(f"/freezes/{freeze}", 303, why="looked at")
    assert says not in officer.get(f"/sites/{code}").text


def test_who_retracts_is_told_who_received_it_and_releasers_get_the_task(house, own):
    site, code, said = own
    with house.as_("worker") as opened:
        sharing.disclose(opened, recipient="A commission", purpose="the search", format="csv", precision="1 km", face=1, rows=1, sha256=b"x" * 32, subjects=[site])
    worker = house.visitor("worker")
    assert f"/sites/{code}/claims/{said[1]}" in worker.get(f"/sites/{code}/why/name").text
    assert "A commission" in worker.get(f"/sites/{code}/claims/{said[1]}").text
    worker.post(f"/sites/{code}/claims/{said[1]}", 422, why="")
    worker.post(f"/sites/{code}/claims/{said[1]}", 303, why="mistaken")
    assert house.rows("select count(*) from reg.task where what = 'tell_recipient' and data->>'recipient' = 'A commission'")[0][0] == 1


def test_hidden_claims_and_freezes_are_absent(house, own):
    hidden, reader, absent = house.sites["secret"], house.visitor("investigator1"), "00000000-0000-7000-8000-000000000000"
    answers = [still(reader.get(path, 404)) for path in (
        f"/sites/{hidden['code']}/freeze", "/sites/SYS-222222-2/freeze", f"/sites/{hidden['code']}/claims/{hidden['claims'][0]}",
        f"/sites/{own[1]}/claims/{hidden['claims'][0]}", f"/sites/{own[1]}/claims/{absent}")]
    assert all(one == answers[0] for one in answers)
    with house.as_("worker") as opened:
        made = sharing.freeze(opened, "site", reason="secret reason", review_on=date.today() + timedelta(days=9), code=hidden["code"])
    assert "secret reason" not in reader.get("/freezes").text
    assert still(reader.post(f"/freezes/{made}", 404, why="x")) == still(reader.post(f"/freezes/{absent}", 404, why="x"))
    with house.as_("releaser") as opened:
        sharing.unfreeze(opened, made, why="end of the test")
