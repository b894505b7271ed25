"""A partner's story at the door and a releaser's: what is shared is agreed by two, read in the partner's language, taken back; consent use by
use; counts that were published."""
from datetime import timedelta

import pytest

from sitereg import gates, sources, vocab
from tests import given
from tests.browser.langs import ARABIC

pytestmark = [pytest.mark.db, pytest.mark.browser]
RISKS = ("site", "sources", "families", "staff")
YES = {one.code: {"answer": "yes", "why": "looked at"} for one in vocab.GateQuestion}
GONE = {"ar": "سُحب: لم يعد", "en": "It was taken back"}
DENIED = {"ar": "غير مسموح", "en": "not permitted"}


@pytest.fixture
def told(live, lang):
    """A court that a gate shows to a union: its code, its source, whom the gate names, a day to come."""
    who = f"An invented union ({lang})"
    with live.as_("investigator") as opened:
        source = sources.new(opened, "ngo_report", {"en": "A list (invented)", "ar": "قائمة (متخيَّلة)"}, reliability="C", reason="x", terms=given.TERMS)
        code = given.site(opened, given.kind("court"), given.name("Invented court of shares"), given.place(37.5, 34.5), source=source)[1]
        day = opened.value("today") + timedelta(days=40)
        gate = gates.propose(opened, code, recipient=who, precision="cell_10km", answers=YES, reason="x", until=day)["gate"]
    with live.as_("releaser") as opened:
        gates.settle(opened, gate, "agreed", why="x")
    return code, source, who, day.isoformat()


@ARABIC
def test_a_partner_is_shown_something_at_the_door_until_it_is_taken_back(live, lang, told):
    code, _source, who, day = told
    worker, releaser, partner = live.visit(lang), live.visit(lang), live.visit(lang, width=390)
    worker.sign_in("investigator")
    releaser.sign_in("releaser")
    page = partner.page
    page.goto(f"{live.url}/door/enter" + ("" if lang == "ar" else "?lang=en"))
    page.fill("#email", "demo.partner@demo.invalid")
    page.fill("#password", "demo.partner-sees-only-invented-places")
    page.click("main button[type=submit]")
    page.wait_for_url(f"{live.url}/door")
    assert code not in partner.text() and who not in partner.text()
    worker.page.goto(f"{live.url}/packages/share")
    worker.page.fill("#share-recipient", who)
    worker.page.select_option("#share-account", "demo.partner")
    worker.page.fill("#share-codes", code)
    worker.page.check("#share-field_place")
    worker.page.check("#share-field_kinds")
    worker.page.fill("#share-expires_on", day)
    worker.page.fill("#share-purpose", who)
    for one in RISKS:
        worker.page.fill(f"#share-risk_{one}", "لا شيء")
    worker.looked_at("share-form")
    worker.page.click("#share button[type=submit]")
    worker.page.wait_for_url("**/packages")
    assert worker.page.locator("button[value=agree]").count() == 0  # not the one who asked
    releaser.page.goto(f"{live.url}/packages")
    form = releaser.page.locator(f"article:has-text('{who}') form.act")
    form.locator("textarea").fill("نوافق")
    form.locator("button[value=agree]").click()
    releaser.page.wait_for_url("**/packages")
    page.goto(f"{live.url}/door")
    partner.looked_at("door-shares")
    page.click(f"main a:has-text('{who}')")
    assert code in partner.text() and page.locator("svg.shared-map").count() == 1 and page.locator("main form").count() == 0
    partner.looked_at("door-share")
    at = page.url
    releaser.page.goto(f"{live.url}/packages")
    form = releaser.page.locator(f"article:has-text('{who}') form.act")
    form.locator("textarea").fill("تسرّب")
    form.locator("button[value=withdraw]").click()
    releaser.page.wait_for_url("**/packages")
    page.goto(at)
    assert GONE[lang] in partner.text() and "تسرّب" not in partner.text() and page.locator("svg.shared-map").count() == 0
    partner.looked_at("door-share-ended")


@ARABIC
def test_consent_is_answered_use_by_use(live, lang, told):
    _code, source, *_ = told
    handler = live.visit(lang)
    handler.sign_in("handler")
    page = handler.page
    page.goto(f"{live.url}/sources/{source}/consent")
    handler.follow(f"main a[href='/sources/{source}/uses']")
    handler.looked_at("uses")
    page.select_option("#uses-use_authorities", "no")
    page.fill("#uses-version", "2")
    page.select_option("#uses-how", "written")
    page.fill("#uses-why", "سألناهم")
    page.click("#uses button[type=submit]")
    page.wait_for_selector(".strip-said")
    assert DENIED[lang] in page.inner_text("#use-authorities") and DENIED[lang] not in page.inner_text("#use-partners")
    handler.looked_at("uses-narrowed")


@ARABIC
def test_counts_are_published_by_another_and_downloaded(live, lang):
    steward, releaser = live.visit(lang), live.visit(lang)
    steward.sign_in("steward")
    releaser.sign_in("releaser")
    releaser.expected = ("Failed to load resource",)
    steward.page.goto(f"{live.url}/statistics")
    steward.looked_at("statistics")
    with steward.page.expect_download() as got:
        steward.page.locator("main a[href$='/xlsx']").first.click()
    assert got.value.suggested_filename.endswith(".xlsx")
    steward.page.fill("#statistic-title", f"عدّ متخيَّل {lang}")
    steward.page.click("#statistic button[type=submit]")
    steward.page.wait_for_url("**/statistics/*")
    steward.looked_at("statistic")
    assert steward.page.locator("button[name=act]").count() == 0
    releaser.page.goto(steward.page.url)
    for act, done in (("published", 409), ("refused", 303)):  # the demonstration's own release is younger than ninety days
        releaser.page.fill("#statistic_settle-why", "نظرنا")
        releaser.page.click(f"button[value={act}]")
        releaser.page.wait_for_load_state()
        assert (releaser.page.locator("button[name=act]").count() > 0) == (done == 409)
    releaser.looked_at("statistic-refused")
