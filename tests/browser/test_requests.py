"""Two stories of a search request: a source handler records, compares, proposes and hands over; one of the family reads its page on a telephone."""
import re

import pytest

from sitereg import sources
from tests import given
from tests.browser.langs import ARABIC
from tests.browser.test_packing import shot

pytestmark = [pytest.mark.db, pytest.mark.browser]


@pytest.fixture
def listed(live):
    """The code of somebody whom a list names; the stage is open."""
    with live.as_("investigator") as opened:
        source = sources.new(opened, "official_record", {"en": "A list (invented)", "ar": "قائمة (متخيَّلة)"}, reliability="B", reason="x", terms=given.TERMS)
        said = [{"predicate": "person_name", "value": {"text": "نعمان سعيد القرواني", "lang": "ar"}}, {"predicate": "birth", "value": {}, "at": "[1980-01-01,1981-01-01)"}]
        return opened.rows("record_claims", claims=given.Json([{"credibility": "2", "subject_key": "p", "source": str(source), **one} for one in said]),
                           subjects=given.Json([{"key": "p", "kind": "person", "tier": 1}]))[0]["code"]


@ARABIC
def test_from_the_form_to_the_familys_page(live, listed, lang):
    handler = live.visit(lang)
    handler.sign_in("handler")
    page = handler.page
    page.goto(f"{live.url}/requests")
    page.click("a[href='/requests/new']")
    for name, text in (("name", "نعمان سعيد القرواني"), ("birth", "1980"), ("when", "آذار 2013"), ("who_name", "والدة (متخيَّلة)"), ("relation", "أمّه"),
                       ("who_contact", "0000 000"), ("partner", "مكتب العائلات (متخيَّل)"), ("terms", "كما قُرئ")):
        page.fill(f"#f-{name}", text)
    for name, code in (("consent", "given"), ("what", "arrested"), ("way", "telephone"), ("hours", "evening"), ("language", "ar"), ("urgency", "soon")):
        page.select_option(f"#f-{name}", code)
    page.check("input[name=uses][value=search_for_missing]")
    page.check("input[name=uses][value=statistics]")
    page.check("input[name=scope][value=store]")
    page.fill("#f-answer_by", "2031-01-31")
    shot(handler, "request-new")
    page.click("#enter button[type=submit]")
    page.wait_for_url(re.compile("/requests/[0-9a-f-]{36}$"))
    assert "القرواني" not in page.inner_text("main") and "والدة" not in page.inner_text("main")
    page.fill("#seek-reason", "الأم تبحث")
    page.click("#seek button[type=submit]")
    page.wait_for_selector(f"section.pair a[href='/persons/{listed}']")
    shot(handler, "request-found")
    pair = page.locator("section.pair", has=page.locator(f"a[href='/persons/{listed}']"))
    pair.locator("summary").click()
    pair.locator("textarea").fill("الاسم والسنة")
    pair.locator("button[type=submit]").click()
    page.wait_for_load_state()
    page.click("#access button[type=submit]")
    code, secret = page.inner_text("#code"), page.inner_text("#secret")
    shot(handler, "request-handed")
    family = live.visit(lang, width=390, height=800)
    family.expected = ("404",)  # the page of what is not there for them
    own = family.page
    own.goto(f"{live.url}/own/enter?lang={lang}")
    shot(family, "own-enter")
    own.fill("#email", code.lower())
    own.fill("#password", secret)
    own.click("main button[type=submit]")
    own.wait_for_url(f"{live.url}/own")
    text = own.inner_text("main")
    assert ("آذار/مارس 2013" in text) is (lang == "ar") and "القرواني" not in text and listed not in text
    shot(family, "own")
    own.select_option("#reach-way", "nobody")
    own.click("#reach button[type=submit]")
    own.wait_for_load_state()
    assert own.locator("#reach-way").input_value() == "nobody" and own.locator("p[role=status]").count() == 1
    own.locator("details", has=own.locator("#use-statistics")).locator("summary").click()
    own.click("#use-statistics button[type=submit]")
    own.wait_for_load_state()
    assert own.locator("#use-statistics").count() == 0 and own.locator("#use-search_for_missing").count() == 1
    own.goto(f"{live.url}/persons")
    assert own.locator("a[href='/desk']").count() == 0 and listed not in own.content()
    shot(family, "own-absent")
    own.click("form.leave button")
    own.wait_for_load_state()
    assert own.inner_text("body").strip() == ""
    own.goto(f"{live.url}/own")
    assert own.locator("#password").count() == 1
