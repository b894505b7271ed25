"""Freezing and retracting in the web: at once, said on the page, lifted by another; recipients before one retracts."""
import json
from datetime import date, timedelta

import pytest
from shapely.geometry import box, mapping

from sitereg import sharing, sources
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
def test_a_site_is_frozen_is_gone_for_the_freezer_too_and_two_releasers_bring_it_back(house, own, lang):
    officer, code = house.visitor("officer", lang), own[1]
    assert "/freeze" in officer.get(f"/sites/{code}").text
    officer.post(f"/sites/{code}/freeze", 422, reason="", review_on="")
    officer.post(f"/sites/{code}/freeze", 303, **FORM)
    freeze = house.rows("select f.id from reg.freezing f where f.subject = %s", own[0])[0][0]
    receipt = officer.get("/freezes").text
    assert str(freeze) in receipt and code not in receipt and "somebody was followed" not in receipt
    absent = still(officer.get("/sites/SYS-222222-2", 404))
    assert still(officer.get(f"/sites/{code}", 404)) == absent == still(officer.get(f"/sites/{code}/freeze", 404))
    house.visitor("investigator1", lang).get(f"/sites/{code}", 404)
    officer.post(f"/freezes/{freeze}", 403, act="ask", why="nothing")
    first, second = house.visitor("releaser", lang), house.visitor("releaser2", lang)
    says = {"en": "It is frozen", "ar": "إنه مجمَّد"}[lang]
    assert says in first.get(f"/sites/{code}").text and "somebody was followed" in first.get("/freezes").text
    first.post(f"/freezes/{freeze}", 409, act="agree", why="nobody asked")
    first.post(f"/freezes/{freeze}", 303, act="ask", why="it was nothing")
    first.post(f"/freezes/{freeze}", 409, act="agree", why="alone")
    second.post(f"/freezes/{freeze}", 422, act="agree", why="")
    assert "it was nothing" in second.get("/freezes").text
    second.post(f"/freezes/{freeze}", 303, act="agree", why="looked at")
    assert says not in officer.get(f"/sites/{code}").text


def lift(house, freeze):
    for name, act in (("releaser", "ask"), ("releaser2", "agree")):
        house.visitor(name).post(f"/freezes/{freeze}", 303, act=act, why="end of the test")


def last_freeze(house):
    return house.rows("select id from reg.freezing order by recorded_at desc limit 1")[0][0]


@pytest.fixture
def placed(house):
    """A site of the test's own, far from every other: id, code, claims."""
    with house.as_("worker") as opened:
        return given.site(opened, given.kind("court"), given.name("Court far out"), given.place(70.5, 20.5),
                          source=house.rows("select id from reg.source where label->>'en' = 'source C'")[0][0])


@pytest.mark.parametrize("area", [{"centre": "20.5, 70.5", "km": "3"}, {"drawn": json.dumps(mapping(box(70.4, 20.4, 70.6, 20.6)))}])
def test_an_area_is_frozen_drawn_or_around_a_point(house, placed, area):
    officer, empty = house.visitor("officer"), {"centre": "", "km": "", "unit": "", "drawn": ""}
    assert "/freezes/area" in officer.get("/desk").text and "draw-area" in officer.get("/freezes/area").text
    refused = officer.post("/freezes/area", 422, **empty, **FORM).text
    assert "Give one area" in refused and "somebody was followed" in refused
    for wrong in ({"centre": "nowhere", "km": "3"}, {"centre": "20.5, 70.5", "km": "900"}, {"drawn": "{}"}):
        officer.post("/freezes/area", 422, **{**empty, **wrong}, **FORM)
    assert "This is needed" in officer.post("/freezes/area", 422, **{**empty, **area, "reason": "", "review_on": ""}).text
    assert officer.get(f"/sites/{placed[1]}")
    officer.post("/freezes/area", 303, **{**empty, **area}, **FORM)
    officer.get(f"/sites/{placed[1]}", 404)
    lift(house, last_freeze(house))
    assert officer.get(f"/sites/{placed[1]}")


def test_the_source_of_an_account_is_frozen_from_the_account(house, placed):
    officer, address = house.visitor("officer"), f"/sites/{placed[1]}/claims/{placed[2][1]}"
    assert f"{address}/freeze" in officer.get(address).text and address in house.visitor("releaser").get(f"/sites/{placed[1]}/why/name").text
    officer.post(f"{address}/freeze", 422, reason="x", review_on="2020-01-01")
    officer.post(f"{address}/freeze", 303, **FORM)
    officer.get(f"/sites/{placed[1]}", 404)
    lift(house, last_freeze(house))
    assert officer.get(address)


def test_records_are_frozen_from_their_page(house):
    source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
    with house.as_("worker") as opened:
        said = {**given.name("Ledgers of a court"), "subject_key": "h", "source": str(source), "credibility": "2"}
        code = opened.rows("record_claims", claims=given.registry_json([said]), subjects=given.registry_json([{"key": "h", "kind": "holding", "tier": 1}]))[0]["code"]
    officer = house.visitor("officer")
    assert f"/holdings/{code}/freeze" in officer.get(f"/holdings/{code}").text
    officer.post(f"/holdings/{code}/freeze", 303, **FORM)
    officer.get(f"/holdings/{code}", 404)
    lift(house, last_freeze(house))


def test_a_whole_source_is_retracted_after_its_recipients_were_shown(house):
    with house.as_("worker") as opened:
        source = sources.new(opened, "ngo_report", {"en": "told to be retracted"}, reliability="B", reason="x", terms=given.TERMS)
        site, code, said = given.site(opened, given.kind("court"), given.name("Told once"), source=source)
    with house.as_("worker") as opened:
        sharing.disclose(opened, recipient="A laboratory", purpose="the search", format="csv", precision="1 km", face=1, rows=1, sha256=b"x" * 32, subjects=[site])
    worker, address = house.visitor("worker"), f"/sites/{code}/claims/{said[1]}/source"
    assert address in worker.get(f"/sites/{code}/claims/{said[1]}").text and "A laboratory" in worker.get(address).text
    worker.post(address, 422, why="")
    worker.post(address, 303, why="invented")
    assert house.rows("select count(*) from reg.claim_end e join reg.claim c on c.id = e.claim where c.source = %s", source)[0][0] == 2


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
    for name in ("investigator1", "worker"):
        assert "secret reason" not in house.visitor(name).get("/freezes").text
    lift(house, made)
