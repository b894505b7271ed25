"""The search page: by kind, with what was met, no word in an address; suggestions as JSON, of what the reader sees; the log."""
import re
from urllib.parse import unquote

import pytest

pytestmark = pytest.mark.db


def page(house, who, words, lang="en"):
    visitor = house.visitor(who, lang)
    return visitor.get(visitor.post("/search", q=words).headers["Location"]).text


def suggested(house, who, words):
    return house.visitor(who).post("/search/suggest", 200, q=words).json["options"]


@pytest.mark.parametrize("words", ["Dry Well", "Drai well", "البئر الجافه", "بئر جاف", "dry wel"])
def test_a_site_is_found_and_says_why(house, words):
    text = page(house, "worker", words)
    assert "Dry Well" in text and re.search(r'<a href="/sites/SYS-[0-9A-Z-]+"><bdi>Dry Well', text)
    assert ("written so:" in text) == bool(re.search("[ء-ي]", words))


@pytest.mark.parametrize(("words", "said"), [("Dry Well", "these words"), ("well", "these words"), ("dry wel", "written or spelled otherwise")])
def test_how_near_it_is_is_said_of_the_words_that_were_typed(house, words, said):
    text = page(house, "worker", words)
    assert f"You typed: <bdi>{words}</bdi>" in text
    assert said in text[text.index("Dry Well</"):][:600]
    assert "<bdi>&lt;b&gt;</bdi>" in page(house, "worker", "<b>")


def test_it_is_said_in_arabic_too(house):
    text = page(house, "worker", "Dry Well", "ar")
    assert "مكتوب هكذا:" in text and 'dir="rtl"' in text


def test_the_words_stand_in_no_address(house):
    visitor = house.visitor("worker")
    sent = visitor.post("/search", q="Dry Well").headers["Location"]
    assert re.fullmatch(r"/search\?w=[A-Za-z0-9_%-]{80,}", sent)
    for address in re.findall(r'(?:href|action|src)="([^"]*)"', visitor.get(sent).text):
        assert "dry" not in unquote(address).lower()


def test_nobody_finds_what_he_may_not_see(house):
    assert "No site here in what you may see." in page(house, "investigator1", "Hidden Hollow")
    assert suggested(house, "investigator1", "Hidden Hol") == [] and "Hidden" in str(suggested(house, "worker", "Hidden Hol"))


def test_what_may_be_meant_comes_as_one_types(house):
    found = suggested(house, "worker", "dry we")
    assert [one["label"] for one in found if one["kind"] == "site"] == ["Dry Well"] and found[0]["href"].startswith("/sites/SYS-")
    assert suggested(house, "worker", "d") == [] and suggested(house, "worker", "") == []


@pytest.mark.parametrize("form", [{"q": "x", "more": "1"}])
def test_an_unknown_field_is_refused(house, form):
    assert house.visitor("worker").client.post("/search/suggest", data={"csrf_token": house.visitor("worker").token(), **form}).status_code == 422


@pytest.mark.parametrize("words", ["%_\\", "ـــ", "\u064b\u064c", "\u200d", "x" * 200, "(((", "' or 1=1", "$$;", "٪", "🦴"])
def test_odd_words_are_answered(house, words):
    assert "Search" in page(house, "worker", words) and isinstance(suggested(house, "worker", words), list)


def test_names_of_persons_ask_for_a_reason_and_for_the_compartment(house):
    assert "say what it is needed for" in page(house, "worker", "samer")
    text = page(house, "investigator1", "samer")
    assert "say what it is needed for" not in text and "for those who hold the compartment" in text
    assert "Persons</h2>" not in page(house, "viewer", "samer")


def test_searches_and_suggestions_stand_in_the_log(house):
    page(house, "worker", "Dry Well")
    suggested(house, "worker", "dry we")
    logged = house.rows("select r.action, r.detail->>'q' from reg.read_log r where r.action like 'search%%' order by r.at desc limit 2")
    assert {("search_suggest", "dry we"), ("search", "Dry Well")} == set(logged)


def test_an_empty_page_says_what_to_type(house):
    assert "Type a name, a place, the number of a branch or a code" in house.visitor("viewer").get("/search").text
