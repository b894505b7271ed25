"""The page for the road on a telephone: one question a screen, a line that breaks, a sealed draft that only the signed-in account opens."""
import re
from datetime import timedelta

import pytest

from sitereg import drafts, protection, sites
from tests.browser.langs import ENGLISH

pytestmark = [pytest.mark.db, pytest.mark.browser]


@pytest.fixture
def place(live):
    """A site that an officer may visit: its code."""
    with live.as_("officer") as opened:
        return protection.gaps(opened, limit=1)[0]["code"]


def visits(live, code):
    with live.as_("officer") as opened:
        return sites.show(opened, code)["visits"]


def opened(live, lang, code):
    visit = live.visit(lang, 390, 844)
    visit.sign_in("officer")
    visit.page.goto(f"{live.url}/sites/{code}/field?lang={lang}")
    return visit


def to_the_end(page):
    """Through the questions of a visit to the last screen, where it is sent."""
    if not page.locator("form#visit").is_visible():
        page.click("details:has(form#visit) > summary")
    form = page.locator("form#visit")
    while form.locator(".step-acts .btn-dark").is_visible():
        form.locator(".step-acts .btn-dark").click()
    return form


@ENGLISH
def test_a_visit_is_sent_again_when_the_line_is_back_and_stands_once(live, place, lang):
    visit = opened(live, lang, place)
    visit.expected = ("ERR_CONNECTION_FAILED",)
    page, before = visit.page, len(visits(live, place))
    visit.accessible()
    form = to_the_end(page)
    assert form.locator(".step:visible").count() == 1
    for _times in range(3):
        form.locator(".step-acts .btn-outline-secondary").click()
    page.fill("#visit-findings", "An open pit by the wall")
    to_the_end(page)
    # the visit reaches the registry, its answer does not reach the telephone
    page.route("**/visits", lambda route: (route.fetch(), route.abort("connectionfailed")))
    form.locator("button[type=submit]").click()
    page.wait_for_selector(".line-said button")
    assert page.input_value("#visit-findings") == "An open pit by the wall"
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('d.')).length") == 0
    page.unroute("**/visits")
    page.click(".line-said button")
    page.wait_for_selector("body > .strip-said")
    assert len(visits(live, place)) == before + 1


def test_an_area_is_drawn_with_a_thumb_and_stands_in_the_visit(live, place):
    visit = opened(live, "en", place)
    page = visit.page
    page.goto(f"{live.url}/sites/{place}/field?map=yes")
    page.click("#draw-area")
    for x, y in ((80, 60), (180, 60), (180, 130), (80, 130), (80, 60)):
        page.locator("#map .folium-map").click(position={"x": x, "y": y})
    before = len(visits(live, place))
    to_the_end(page).locator("button[type=submit]").click()
    page.wait_for_selector("body > .strip-said")
    made = visits(live, place)
    assert len(made) == before + 1 and any(one["covered_shape"] and one["covered_shape"]["type"] == "Polygon" for one in made)


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_what_was_not_searched_is_drawn_beside_what_was_covered_told_apart_by_pattern_and_word(live, place, lang):
    visit = opened(live, lang, place)
    page = visit.page
    page.goto(f"{live.url}/sites/{place}/field?map=yes")
    page.click("#draw-area")
    for x, y in ((40, 60), (120, 60), (120, 130), (40, 130), (40, 60)):
        page.locator("#map .folium-map").click(position={"x": x, "y": y})
    page.check("#outline-1")
    # by the keyboard alone: the map is moved under its cross, Enter and the buttons make corners
    page.focus("#draw-area")
    page.keyboard.press("Enter")
    for key in (None, "ArrowRight", "ArrowDown"):
        if key:
            page.focus("#map .folium-map")
            page.keyboard.press(key)
            page.wait_for_timeout(350)  # the map comes to rest
            page.keyboard.press("Enter")
        else:
            page.focus("#draw-add")
            page.keyboard.press("Enter")
    page.focus("#draw-shut")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "draw-area"
    drawn = page.locator("#map .leaflet-overlay-pane path.drawn-line")  # the others are the place and how far off it may be
    assert drawn.count() == 2
    told = [(one.get_attribute("fill"), bool(one.get_attribute("stroke-dasharray"))) for one in drawn.all()]
    assert told[0][0] != "url(#hatch)" and told[0][1] is False and told[1] == ("url(#hatch)", True)
    words = page.locator(".outline-word").all_inner_texts()
    assert words == (["covered", "not searched"] if lang == "en" else ["ما غُطّي", "ما لم يُفتَّش"])
    visit.accessible()
    before = len(visits(live, place))
    to_the_end(page).locator("button[type=submit]").click()
    page.wait_for_selector("body > .strip-said")
    made = visits(live, place)
    assert len(made) == before + 1
    assert any(one["covered_shape"] and one["not_searched_shape"] and one["covered_shape"] != one["not_searched_shape"] for one in made)


def test_a_sealed_draft_is_found_again_after_the_page_is_gone_and_by_nobody_without_its_key(live, place):
    with live.as_("steward") as steward:
        drafts.allow_on_devices(steward, "demo.officer", until=steward.value("today") + timedelta(days=30), reason="story")
    visit = opened(live, "en", place)
    page = visit.page
    page.click("details:has(form#visit) > summary")
    page.fill("#visit-team", "Unit Seven")
    page.wait_for_function("() => Object.keys(localStorage).some((name) => name.startsWith('d.'))")
    held = page.evaluate("JSON.stringify(localStorage)")
    assert place not in held and "Unit Seven" not in held and "data-device" not in page.content()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{live.url}/desk")
    page.goto(f"{live.url}/sites/{place}/field")
    page.click(".draft-held .btn-dark")
    assert page.input_value("#visit-team") == "Unit Seven"
    with live.as_("officer") as officer:
        drafts.end_on_devices(officer, "demo.officer", why="the telephone is lost")
    page.goto(f"{live.url}/sites/{place}/field")
    page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('d.'))")
    assert not page.locator(".draft-held").count()
    assert re.search(r"keeps nothing on the device", page.content())
