"""Agreements with partners in the web: written down, approved by two others, withdrawn at once; everything behind one is listed."""
from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest

from sitereg import sources
from tests import given

pytestmark = pytest.mark.db
LANGS = pytest.mark.parametrize("lang", ["en", "ar"])


def form(**other):
    today = date.today()
    return {"partner_en": f"Association {uuid4()}", "title": "MoU", "tier": "1", "classes": ["organisation"], "kinds": ["sites", "places"],
            "purposes": ["search_for_missing"], "audiences": ["institution"], "precision": "one_km", "onward": "never", "retention_months": "12",
            "signed_on": str(today), "signed_by_them": "A", "signed_by_us": "B", "review_on": str(today + timedelta(9)),
            "expires_on": str(today + timedelta(99)), "why": "as agreed", **other}


@pytest.mark.parametrize("name", ["..", ".", "0", "a" * 300 + ".pdf", "a\x01b.pdf", "../../keys/token"])
def test_a_signed_paper_is_kept_whatever_its_file_is_called(house, name):
    place = house.visitor("steward1").post("/agreements", 303, **form(), paper=(BytesIO(b"signed"), name)).headers["Location"]
    kept = house.rows("select d.size, d.original_name from reg.agreement_version v join reg.document d on d.id = v.paper where v.agreement = %s", place.rsplit("/", 1)[1])
    assert [one[0] for one in kept] == [6] and "/" not in kept[0][1]


@LANGS
def test_an_agreement_is_written_approved_by_two_and_withdrawn_with_all_behind_it(house, lang):
    steward, one, two = (house.visitor(who, lang) for who in ("steward1", "verifier", "releaser"))
    wrong = steward.post("/agreements", 422, **form(kinds=[], signed_on="soon"))
    assert wrong.text.count('class="wrong"') == 2 and 'value="organisation" checked' in wrong.text
    sent = form()
    place = steward.post("/agreements", 303, **sent, paper=(BytesIO(b"signed"), "paper.txt")).headers["Location"]
    id = place.rsplit("/", 1)[1]
    version, = house.rows("select id, paper from reg.agreement_version where agreement = %s", id)
    assert version[1] and f"/documents/{version[1]}" in steward.get(place).text and "/approve" not in steward.get(place).text
    steward.post(f"{place}/approve", 409, version=str(version[0]))
    one.post(f"{place}/approve", 303, version=str(version[0]))
    assert "/approve" not in one.get(place).text and "/approve" in two.get(place).text
    two.post(f"{place}/approve", 303, version=str(version[0]))
    assert "/approve" not in two.get(place).text and f"{place}/withdraw" in two.get(place).text and f"{place}/withdraw" not in one.get(place).text
    with house.as_("worker") as opened:
        source = sources.new(opened, "ngo_report", {"en": "Their list"}, reliability="C", reason="x",
                             terms={**given.TERMS, "partner": {"en": sent["partner_en"]}, "permitted_uses": ["search_for_missing"]})
        _, code, _ = given.site(opened, given.kind("court"), source=source)
    below = steward.get(f"{place}/downstream").text
    assert code in below and "Their list" in below
    assert house.rows("select count(*) from reg.read_log where action = 'agreement_downstream' and object = %s", id)[0][0] >= 1
    assert place in steward.get("/agreements").text and "/agreements" in steward.get("/desk").text
    steward.post(f"{place}/withdraw", 422, kind="", why="")
    assert steward.post(f"{place}/withdraw", 303, kind="by_them", why="they asked").headers["Location"] == f"{place}/downstream"
    house.visitor("worker", lang).get(f"/sites/{code}", 404)
    assert code in steward.get(f"{place}/downstream").text
    again = steward.get(f"{place}/version").text
    assert 'value="places" checked' in again
    steward.post(f"{place}/version", 303, **{**form(), "partner_en": "", "title": ""})
    assert len(house.rows("select id from reg.agreement_version where agreement = %s", id)) == 2


def test_who_may_not_and_what_is_not_there(house):
    absent = "00000000-0000-7000-8000-000000000000"
    house.visitor("investigator1").get("/agreements", 403), house.visitor("verifier").get(f"/agreements/{absent}/downstream", 403)
    house.visitor("auditor").get("/agreements"), house.visitor("auditor").get("/agreements/new", 403)
    steward = house.visitor("steward1")
    steward.get(f"/agreements/{absent}", 404), steward.get(f"/agreements/{absent}/downstream", 404)
    steward.post(f"/agreements/{absent}/withdraw", 404, kind="by_us", why="x")
    steward.post(f"/agreements/{absent}/approve", 404, version=absent)
