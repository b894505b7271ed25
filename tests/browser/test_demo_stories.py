"""The stories of docs/demo.md, walked in both languages as the book says; with SITEREG_PICTURES set, pictures are kept there."""
import os
from pathlib import Path

import pytest

from sitereg import vocab
from sitereg.demo import SEED, ground, stories
from sitereg.demo.dice import Dice
from sitereg.demo.searching import FAMILY
from tests.browser.langs import ARABIC, ENGLISH

pytestmark = [pytest.mark.db, pytest.mark.browser]


@pytest.fixture(scope="module")
def cast():
    return stories.cast(ground.Ground(Dice(SEED, "ground")))


def picture(visit, name):
    """A picture wide and narrow, where somebody asked for them; the page is never wider than a telephone."""
    visit.page.set_viewport_size({"width": 390, "height": 844})
    assert visit.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    if folder := os.environ.get("SITEREG_PICTURES"):
        visit.page.screenshot(path=Path(folder) / f"{name}-{visit.lang}-390.png")
    visit.page.set_viewport_size({"width": 1440, "height": 900})
    if folder:
        visit.page.screenshot(path=Path(folder) / f"{name}-{visit.lang}-1440.png")


def walk(live, lang, who):
    visit = live.visit(lang, width=1440, height=900)
    visit.sign_in(who)
    return visit


def level(code, lang):
    return vocab.label("verification_level", code, lang)


def synthetic(visit):
    assert visit.page.locator(".strip-demo").is_visible()


@ENGLISH
def test_three_voices_of_one_witness_count_once(live, lang, cast):
    visit = walk(live, lang, "investigator")
    for key, stands in (("echo", "suspected"), ("chorus", "probable")):
        page = visit.site(cast[key].code)
        synthetic(visit)
        assert cast[key].names[lang == "ar"] in visit.text() and level(stands, lang) in visit.text()
        picture(visit, f"story1-{key}")
        assert len(page.why("kind:unofficial_detention")) == 3
        visit.accessible()
        picture(visit, f"story1-{key}-why")


@ARABIC
def test_remains_are_followed_from_the_branch_to_where_they_were_moved(live, lang, cast):
    visit = walk(live, lang, "analyst")
    visit.site(cast["branch"].code)
    for key in ("hospital", "first", "second"):
        visit.page.locator(f"main ul.plain a[href='/sites/{cast[key].code}']").first.click()
        visit.page.wait_for_url(f"**/sites/{cast[key].code}")
        assert cast[key].names[lang == "ar"] in visit.text()
        visit.accessible()
        picture(visit, f"story2-{key}")


@ENGLISH
def test_a_fence_lapses_and_families_open_the_grave(live, lang, cast):
    visit = walk(live, lang, "officer")
    page = visit.site(cast["fence"].code)
    assert page.status() == vocab.label("protection_status", "compromised", lang)
    assert vocab.label("disturbance_by", "families", lang) in visit.text() and vocab.label("measure_state", "lapsed", lang) in visit.text()
    picture(visit, "story3")
    rows = " ".join(page.history())
    assert vocab.label("protection_status", "protected", lang) in rows and "2019" in rows and "2022" in rows
    visit.accessible()
    picture(visit, "story3-history")


@ARABIC
def test_a_house_is_lived_in_and_an_empty_field_is_refuted(live, lang, cast):
    villa, spot = cast["villa"], f"{cast['villa'].spot.y:.5f}"
    visit = walk(live, lang, "field")
    visit.site(villa.code)
    assert vocab.label("building", "private_house", lang) in visit.text() and spot not in visit.text()
    picture(visit, "story4-villa-field")
    visit = walk(live, lang, "investigator")
    visit.site(villa.code)
    assert spot in visit.text()
    picture(visit, "story4-villa")
    visit.site(cast["empty"].code)
    assert level("refuted", lang) in visit.text()
    visit.accessible()
    picture(visit, "story4-empty")


@ENGLISH
def test_a_proposal_waits_for_other_eyes(live, lang, cast):
    visit = walk(live, lang, "verifier")
    visit.desk()
    assert cast["barracks"].names[lang == "ar"] in visit.text()
    picture(visit, "story5-desk")
    visit.site(cast["barracks"].code)
    assert all(vocab.label("site_kind", kind, lang) in visit.text() for kind in ("prison_military", "mass_grave"))
    visit.accessible()
    picture(visit, "story5-barracks")
    viewer = walk(live, lang, "viewer")
    viewer.site(cast["published"].code)
    assert level("confirmed", lang) in viewer.text()
    picture(viewer, "story5-published")


@ARABIC
def test_a_family_asks_and_reads_its_page(live, lang, cast):
    visit = walk(live, lang, "handler")
    visit.page.goto(f"{live.url}/requests")
    synthetic(visit)
    assert visit.page.locator("main article, main li, main tbody tr").count() >= 4
    picture(visit, "story6-requests")
    family = live.visit(lang, width=390, height=844)
    family.page.goto(f"{live.url}/own/enter?lang={lang}")
    family.page.fill("#email", FAMILY.email)
    family.page.fill("#password", FAMILY.password)
    family.page.click("main button[type=submit]")
    family.page.wait_for_url(f"{live.url}/own")
    text = family.page.inner_text("main")
    assert {"ar": "آذار/مارس 2013", "en": "March 2013"}[lang] in text and "متخيَّل" not in text and family.page.locator(".told").count() == 1
    family.accessible()
    picture(family, "story6-own")
    family.page.click("#hear button")
    family.page.wait_for_load_state()
    assert family.page.locator("p[role=status]").count() == 1
    partner = live.visit(lang, width=1440, height=900)
    partner.page.goto(f"{live.url}/door/enter?lang={lang}")
    partner.page.fill("#email", "demo.partner@demo.invalid")
    partner.page.fill("#password", "demo.partner-sees-only-invented-places")
    partner.page.click("main button[type=submit]")
    partner.page.wait_for_url(f"{live.url}/door")
    for at in ("referrals", "declared", "asks"):
        partner.page.goto(f"{live.url}/door/{at}")
        assert partner.page.locator("main article, main li:not(.empty)").count() >= 1, at
        partner.accessible()
        picture(partner, f"story6-{at}")
