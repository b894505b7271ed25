"""The page of possible duplicates: both records side by side, bits in words, settled with a reason, undone; of one's own rows."""
import re

import pytest

from tests import given

pytestmark = pytest.mark.db
WHY = "the same gate"


@pytest.fixture(scope="module")
def pair(house):
    """Codes of two sites that look alike."""
    from sitereg import claims, sources
    from sitereg.actors import Actor
    from sitereg.store import session

    with session.acting(house.settings, Actor("worker", "local", "test")) as opened:
        source = sources.new(opened, "testimony_family", {"en": "Somebody"}, reliability="B", reason="test", terms=given.TERMS)
        said = [claims.said("name", {"lang": lang, "text": text}, source=source, subject_key=key, credibility="2") for key, lang, text in (
            ("a", "en", "Khazzan Mill Barracks"), ("b", "en", "Khazan Mil Barracks"), ("b", "ar", "ثكنة خزان"))]
        rows = claims.record(opened, said, subjects=[claims.new_subject(key, "site") for key in "ab"], reason="test")
    return rows[0].code, rows[1].code


def test_both_stand_side_by_side_with_what_agrees(house, pair):
    text = house.visitor("worker").get("/duplicates").text
    assert all(code in text for code in pair) and "Khazzan Mill Barracks" in text
    assert re.search(r"of the names .*sounds? the same|of the names .*sound the same", text) and "They may be the same." in text and "In all" in text


def test_it_speaks_arabic(house, pair):
    text = house.visitor("worker", "ar").get("/duplicates").text
    assert "تكرارات محتملة" in text and "من الأسماء" in text and "ثكنة خزان" in text


def test_they_are_settled_and_taken_back(house, pair):
    visitor = house.visitor("worker")
    asked = {"kind": "sites", "one": pair[0], "other": pair[1], "reason": WHY}
    assert visitor.post("/duplicates/settle", 422, **{**asked, "to": "same_as", "reason": ""})
    assert visitor.post("/duplicates/settle", 303, **asked, to="same_as").headers["Location"] == "/duplicates"
    text = visitor.get("/duplicates").text
    settled = text.partition("h-settled")[2]
    assert WHY in settled and "Undo" in settled and "Khazzan Mill Barracks" in settled and "Khazan Mil Barracks" in settled
    visitor.post("/duplicates/settle", 303, **asked, to="open")
    assert WHY not in visitor.get("/duplicates").text


def test_the_page_of_a_site_names_what_it_was_linked_with(house, pair):
    visitor = house.visitor("worker")
    asked = {"kind": "sites", "one": pair[0], "other": pair[1], "reason": WHY}
    assert "Judged to be one" not in visitor.get(f"/sites/{pair[0]}").text
    visitor.post("/duplicates/settle", 303, **asked, to="part_of")
    for code, other, said in ((*pair, "A part of"), (*pair[::-1], "is a part of it")):
        text = visitor.get(f"/sites/{code}").text
        assert re.search(r"Judged to be one, or a part", text) and said in text and WHY in text and f'href="/sites/{other}"' in text and "Undo" in text
    assert "جزء من" in house.visitor("worker", "ar").get(f"/sites/{pair[0]}").text
    assert "Undo" not in house.visitor("verifier").get(f"/sites/{pair[0]}").text
    visitor.post("/duplicates/settle", 303, **asked, to="open")
    assert "Judged to be one" not in visitor.get(f"/sites/{pair[1]}").text


def test_readers_see_their_own_rows_and_no_form(house, pair):
    text = house.visitor("viewer").get("/duplicates").text
    assert not any(code in text for code in pair) and "No possible duplicates" in text
    assert "Settle what this is" not in house.visitor("verifier").get("/duplicates").text
    assert house.visitor("verifier").client.post("/duplicates/settle", data={"csrf_token": house.visitor("verifier").token()}).status_code == 403


def test_persons_are_compared_with_a_reason_that_stands_in_no_address(house):
    visitor = house.visitor("worker")
    assert "Say what the names are needed for" in visitor.post("/duplicates", 422, kind="persons", governorate="", reason="").text
    sent = visitor.post("/duplicates", 303, kind="persons", governorate="", reason="matching two lists").headers["Location"]
    assert re.fullmatch(r"/duplicates\?d=[A-Za-z0-9_%=-]{60,}", sent) and visitor.get(sent)


@pytest.mark.parametrize("form", [{"kind": "graves"}, {"kind": "sites", "governorate": "Homs"}, {"kind": "sites", "reason": "x" * 1001}])
def test_what_cannot_be_asked_is_said(house, form):
    assert house.visitor("worker").post("/duplicates", 422, **form)
