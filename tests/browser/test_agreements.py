"""A steward writes down an agreement, two others approve it, what rests on it is looked at, and it is withdrawn: on a phone and a desk."""
from datetime import date, timedelta

import pytest

from sitereg import sources
from tests import given
from tests.browser.langs import ARABIC

pytestmark = [pytest.mark.db, pytest.mark.browser]
TICKED = {"classes": ("organisation", "passed_on"), "kinds": ("sites", "places"), "purposes": ("search_for_missing", "analysis"), "audiences": ("institution",)}


@ARABIC
def test_an_agreement_from_the_first_word_to_the_last(live, lang):
    steward, today = live.visit(lang, width=390), date.today()
    steward.expected = ("404",)  # the page of what nobody sees any more
    partner = f"An invented association {lang}"
    steward.sign_in("steward")
    steward.desk()
    steward.follow("main a[href='/agreements']")
    steward.follow("main a[href='/agreements/new']")
    page = steward.page
    for name, text in {"partner_ar": "جمعية مختلقة", "partner_en": partner, "title": "MoU (synthetic)", "retention_months": "24", "signed_by_them": "Their chair",
                       "signed_by_us": "Our head", "why": "as signed", "signed_on": str(today), "review_on": str(today + timedelta(180)),
                       "expires_on": str(today + timedelta(365))}.items():
        page.fill(f"#agreement-{name}", text)
    for name, codes in TICKED.items():
        for code in codes:
            page.check(f"input[name={name}][value={code}]")
    page.select_option("#agreement-precision", "one_km")
    page.select_option("#agreement-onward", "never")
    steward.looked_at("agreement-form")
    steward.follow("#agreement button[type=submit]")
    at = page.url
    for who in ("verifier", "releaser"):
        other = live.visit(lang)
        other.sign_in(who)
        other.page.goto(at)
        other.follow("#agreement_approve button")
    with live.as_("investigator") as opened:
        source = sources.new(opened, "ngo_report", {"en": "Their list (synthetic)", "ar": "قائمتهم (مختلقة)"}, reliability="C", reason="test",
                             terms={**given.TERMS, "partner": {"ar": "جمعية مختلقة", "en": partner}, "permitted_uses": ["analysis"]})
        _, code, _ = given.site(opened, given.kind("court"), source=source)
    page.goto(at)
    steward.looked_at("agreement")
    steward.follow("main a[href$='/downstream']")
    assert code in steward.text()
    steward.looked_at("agreement-downstream")
    page.goto(at)
    page.select_option("#agreement_end-kind", "by_them")
    page.fill("#agreement_end-why", "they asked")
    steward.follow("#agreement_end button")
    assert code in steward.text()
    steward.looked_at("agreement-over")
    page.goto(f"{live.url}/sites/{code}")
    assert code not in steward.text()
    page.goto(f"{live.url}/agreements")
    steward.looked_at("agreements")
