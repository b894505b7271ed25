"""Freezing in the browser: an officer draws an area, it is gone for him too, and two releasers bring it back."""
import os
from pathlib import Path

import pytest

from sitereg import sites
from tests.browser.langs import ARABIC

pytestmark = [pytest.mark.db, pytest.mark.browser]
SHOTS = os.environ.get("SITEREG_SHOTS")  # a folder: pictures of every page are laid there, in both widths


def look(visit, name):
    assert visit.page.locator("h1").is_visible()
    if SHOTS:
        for width in (1440, 390):
            visit.page.set_viewport_size({"width": width, "height": 900})
            visit.page.wait_for_timeout(300)
            visit.page.screenshot(path=str(Path(SHOTS) / f"{name}-{visit.lang}-{width}.png"), full_page=True)
    assert not visit.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


@ARABIC
def test_an_area_is_drawn_and_frozen_and_two_releasers_lift_it(live, lang):
    with live.as_("officer") as opened:
        site = next(one for one in sites.find(opened, limit=50) if one["shape"] and one["shape"]["type"] == "Point")
    lon, lat = site["shape"]["coordinates"]
    officer = live.visit(lang, width=1440)
    officer.expected = ("404",)
    officer.sign_in("officer")
    page = officer.page
    page.goto(f"{live.url}/sites/{site['code']}")
    page.click("#head-more > summary")
    officer.follow("a[href$='/freeze']")
    look(officer, "freeze-site")
    officer.follow("a[href='/freezes/area']")
    page.click("#draw-circle")
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2 + 30, box["y"] + box["height"] / 2)
    assert page.input_value("#f-centre") or page.input_value("#f-drawn")
    page.click("#draw-clear")
    page.fill("#f-centre", f"{lat}, {lon}")
    page.fill("#f-km", "0.2")
    page.fill("#freeze-reason", "somebody was followed there")
    look(officer, "freeze-area")
    page.fill("#freeze-review_on", officer_day(page))
    officer.follow("#ask button[type=submit]")
    look(officer, "frozen-receipt")
    reference = page.locator(".reference").first.inner_text()
    assert page.goto(f"{live.url}/sites/{site['code']}").status == 404
    first, second = (live.visit(lang, width=1440) for _ in range(2))
    for one, who, act in ((first, "releaser", "ask"), (second, "releaser2", "agree")):
        one.sign_in(who)
        one.page.goto(live.url + "/freezes")
        look(one, f"freezes-{act}")
        form = one.page.locator(f"form[action='/freezes/{reference}']")
        form.locator("textarea").fill("looked at")
        one.follow(f"form[action='/freezes/{reference}'] button[value={act}]")
    assert page.goto(f"{live.url}/sites/{site['code']}").status == 200


def officer_day(page):
    return page.evaluate("new Date(Date.now() + 20 * 86400000).toISOString().slice(0, 10)")


def test_an_account_leads_to_its_source(live):
    with live.as_("steward") as opened:
        site = next(one for one in sites.find(opened, limit=50) if one["names"])
    steward = live.visit("en", width=1440)
    steward.sign_in("steward")
    page = steward.page
    page.goto(f"{live.url}/sites/{site['code']}/why/name")
    steward.follow("a.why")
    look(steward, "retract")
    steward.follow("a[href$='/source']")
    look(steward, "retract-source")
    page.go_back()
    steward.follow("a[href$='/freeze']")
    look(steward, "freeze-source")
    page.goto(live.url + "/imports")
    look(steward, "imports")
    if page.locator("a[href^='/imports/']").count():
        steward.follow("a[href^='/imports/']")
        look(steward, "retract-batch")
