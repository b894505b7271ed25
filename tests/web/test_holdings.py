"""The pages of records: what is said stands with its terms, what is hidden is absent, refusals keep what was typed."""
import re

import pytest

from tests.web.test_hidden import still

pytestmark = pytest.mark.db
SOURCE = {"source_type": "official_record", "source_label": "An inventory", "reliability": "B", "credibility": "2", "partner": "A commission",
          "terms": "given for the search", "uses": ["search_for_missing", "analysis"], "consent": "not_applicable"}


@pytest.fixture
def book(house):
    """The code of records at the court without a place, recorded through the form."""
    form = {"title_en": "Register of Hall 4", "title_ar": "سجل القاعة 4", "kinds": ["detention_register"], "years_from": "1982", "years_to": "٢٠١٢",
            "extent_min": "40", "extent_max": "44", "unit": "volumes", "definition": "counted", "condition": "damaged", "custodian": "A ministry",
            "custodian_kind": "judiciary", "held_at": house.sites["nowhere"]["code"], **SOURCE}
    return house.visitor("worker").post("/holdings/new", 303, **form).headers["Location"].rsplit("/")[-1]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_records_are_recorded_found_and_shown_in_both_languages(house, book, lang):
    reader = house.visitor("investigator1", lang)
    page = reader.get(f"/holdings/{book}").text
    for said in {"en": ("Register of Hall 4", "register of detainees", "40-44", "bound volumes (counted on the spot)", "damaged", "A ministry",
                        "began 1982", "ended 2012", "Access was never asked for"),
                 "ar": ("سجل القاعة 4", "سجل محتجزين", "مجلدات", "متضررة")}[lang]:
        assert said in page, said
    assert book in reader.get("/holdings").text
    for path in set(re.findall(rf'href="(/holdings/{book}/why/[^"]+)"', page)):
        assert "<table" in reader.get(path).text
    assert f'href="/holdings/{book}"' in reader.get(f"/sites/{house.sites['nowhere']['code']}").text


def test_words_searched_for_stand_in_no_address(house, book):
    where = house.visitor("worker").post("/holdings", 303, q="Register Hall").headers["Location"]
    assert "Register" not in where and book in house.visitor("worker").get("/holdings").text


@pytest.mark.parametrize("lacking", ["partner", "terms", "uses", "consent", "source_label", "source_type", "reliability"])
def test_without_its_terms_nothing_is_written_and_the_field_is_named(house, lacking):
    before = house.rows("select count(*) from reg.claim")
    form = {"title_en": "Unsourced", "kinds": ["list_of_names"], **{key: one for key, one in SOURCE.items() if key != lacking}}
    page = house.visitor("worker").post("/holdings/new", 422, **form).text
    assert "Unsourced" in page and "field-wrong" in page and house.rows("select count(*) from reg.claim") == before


def test_a_hidden_site_is_named_like_one_that_is_not_there(house):
    said = []
    for code in (house.sites["secret"]["code"], "SYS-222222-2"):
        page = house.visitor("investigator1").post("/holdings/new", 422, title_en="List", held_at=code, **SOURCE)
        said.append(still(page)[0].replace(code, ""))
    assert said[0] == said[1] and "There is no such site for you" in said[0]


def test_access_and_losses_are_recorded_and_stand_on_the_page(house, book):
    worker = house.visitor("worker")
    worker.post(f"/holdings/{book}/access", 303, code="refused", on="2025-03-01", asked_by="the unit", answered_by="the clerk", **SOURCE)
    worker.post(f"/holdings/{book}/losses", 303, kind="records_burned", what="two shelves", on="2024-12-09", by_whom="unknown men", **SOURCE)
    page = worker.get(f"/holdings/{book}").text
    assert all(said in page for said in ("access refused", "1 March 2025", "the clerk", "two shelves", "unknown men", "9 December 2024"))
    assert "access refused" in worker.get("/holdings").text and "1 loss" in worker.get("/holdings").text


def test_an_officer_decides_on_the_protection_of_records_and_the_site_says_the_worst(house, book):
    officer = house.visitor("officer")
    officer.post(f"/holdings/{book}/protection", 303, to="unprotected", reason="no door", observed_on="2026-01-01")
    officer.post(f"/holdings/{book}/visits", 303, method="on_site", visited_on="2026-01-02", findings="dust")
    page = officer.get(f"/holdings/{book}").text
    assert "no door" in page and "dust" in page and "unprotected" in page
    assert re.search(r"unprotected</span> *<span class=.quiet.>1 of [2-9]", officer.get(f"/sites/{house.sites['nowhere']['code']}").text)
    refused = officer.post(f"/holdings/{book}/protection", 409, to="protected", reason="a guard came", observed_on="2026-01-03").text
    assert "a guard came" in refused and "active measure" in refused


def test_hidden_records_absent_ones_and_wrong_addresses_are_one_answer(house, book):
    form = {"title_en": "Secret ledger", "tier": "2", **SOURCE}
    hidden = house.visitor("worker").post("/holdings/new", 303, **form).headers["Location"].rsplit("/")[-1]
    reader = house.visitor("investigator1")
    for tail in ("", "/why/record_kind"):
        answers = [still(reader.get(f"/holdings/{code}{tail}", 404)) for code in (hidden, "SYH-222222-2", house.sites["grave"]["code"], "x")]
        assert all(one == answers[0] for one in answers)
    assert "Secret" not in reader.get("/holdings").text
    for path in ("said", "access", "losses"):
        posted = [still(house.visitor("investigator1").post(f"/holdings/{code}/{path}", 404, **SOURCE)) for code in (hidden, "SYH-222222-2")]
        assert posted[0] == posted[1]
    for code in (house.sites["grave"]["code"],):
        house.visitor("officer").post(f"/holdings/{code}/protection", 404, to="unprotected", reason="x")
        house.visitor("officer").post(f"/sites/{book}/protection", 404, to="unprotected", reason="x")
