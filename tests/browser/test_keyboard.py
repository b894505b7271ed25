"""The map by keyboard alone: every job of the page without a pointer, at twice the size, told to those who do not see it."""
import re

import pytest

from tests.browser.langs import BOTH, ENGLISH
from tests.browser.pages import still

pytestmark = [pytest.mark.db, pytest.mark.browser]

FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const shown = style.outlineStyle !== 'none' || one.type === 'range' || one.closest('.site');
  return { id: one.id || one.className || one.tagName, shown: Boolean(shown), box: one.getBoundingClientRect().height, tab: one.tabIndex };
}"""
MIDDLE = "() => window.sitereg.view.map.getCenter()"


class Keys:
    """Somebody who has a keyboard and nothing else."""

    def __init__(self, visit):
        self.page = visit.page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def at(self):
        return self.page.evaluate("() => document.activeElement.matches('.folium-map') ? 'map' : document.activeElement.id")

    def to(self, selector, back=False, most=90):
        """Tab until it is there: what Tab does not reach, nobody reaches."""
        for _ in range(most):
            self.press("Shift+Tab" if back else "Tab")
            if self.page.evaluate("sought => document.activeElement.matches(sought)", selector):
                return self
        raise AssertionError(f"Tab does not reach {selector}")

    def map(self):
        self.press("m")
        assert self.at() == "map"
        return self

    def told(self, old=""):
        self.page.wait_for_function("old => !['', old].includes(document.getElementById('map-said').textContent)", arg=old)
        return self.page.inner_text("#map-said")


@pytest.fixture
def keys(live, lang):
    visit = live.visit(lang)
    visit.sign_in("investigator")
    still(visit.page)
    made = Keys(visit)
    made.visit = visit
    return made


@BOTH
def test_what_stands_on_the_map_is_found_opened_and_left_by_keys(keys, lang):
    page = keys.page
    keys.map()
    first = keys.told()
    assert re.search(r"\d+", first) and page.locator(".aim").is_visible(), "the cross is seen, and how much is drawn is said"
    keys.press("n")
    ring = page.evaluate("() => window.sitereg.view.sites.pick(window.sitereg.view.map.getCenter()).length")
    assert ring, "n puts something under the cross"
    keys.told(first)
    while not page.evaluate("() => window.sitereg.view.sites.pick(window.sitereg.view.map.getCenter())[0].n > 1"):
        keys.press("n")
    keys.press("Enter")
    page.wait_for_selector("#panel .panel-list li")
    assert page.evaluate("() => document.activeElement.id") == "panel", "whoever opened it stands in it"
    keys.visit.accessible()
    keys.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('#panel') !== null")
    keys.press("Escape")
    assert page.locator("#panel").is_hidden() and keys.at() == "map", "and back on the map as it closes"
    before = page.evaluate(MIDDLE)
    keys.press("Control+ArrowRight")
    moved = page.evaluate(MIDDLE)
    keys.press("ArrowRight")
    page.wait_for_timeout(300)
    assert before["lng"] < moved["lng"] < page.evaluate(MIDDLE)["lng"], "arrows go where they point, in both languages"
    keys.press("l")
    keys.press("ArrowDown", "ArrowUp", "Enter")
    page.wait_for_selector(".site-page")


@BOTH
def test_area_distance_layers_years_and_views_need_no_pointer(keys, lang):
    page = keys.page
    whole = page.inner_text("#total")
    keys.map().to("#area-box > summary").press("Enter").to("#area-draw").press("Enter").to("#area-add").press("Enter")
    for way in ("ArrowRight", "ArrowDown"):
        keys.map().press(way, way)
        page.wait_for_timeout(350)
        keys.press("Enter")
    assert re.search(r"3", page.inner_text("#area-said")), "corners are counted aloud"
    keys.visit.accessible()
    keys.to("#area-shut").press("Enter")
    page.wait_for_function("before => document.getElementById('total').innerText !== before && !document.querySelector('[aria-busy]')", arg=whole)
    assert keys.at() == "area-draw" and page.locator("#chips li").count() == 1, "focus is not lost with the button"
    keys.press("Escape")
    assert page.evaluate("() => document.activeElement.parentElement.id") == "area-box" and not page.locator("#area-box").get_attribute("open")
    keys.to("#chips a", back=True).press("Enter")
    page.wait_for_function("before => document.getElementById('total').innerText === before", arg=whole)
    assert keys.at() == "total"

    keys.map().to("#measure-box > summary").press("Enter").to("#measure-add").press("Enter")
    keys.map().press("ArrowRight")
    page.wait_for_timeout(350)
    keys.press("Enter")
    assert re.search(r"[1-9]", page.inner_text("#measure-length")), "Enter on the map is a point"
    keys.press("Escape")
    assert page.locator("#measure-box").get_attribute("open") is None

    keys.to("#layers-box > summary").press("Enter").to("#layers-box input[value=transfers]")
    with page.expect_response(lambda answer: "/transfers" in answer.url):
        keys.press("Space")
    page.wait_for_selector("#transfers-told summary")
    keys.to("#transfers-told summary").press("Enter")
    assert page.locator("#transfers-told li").count() > 0 and page.locator("#transfers-told li").first.inner_text().strip()
    assert page.locator("#transfers-told li:first-child a[href^='/sites/SYS-']").count() == 2, "both ends are opened from there"
    keys.visit.accessible()
    keys.press("Escape")

    keys.to("#period-to")
    last = int(page.input_value("#period-to"))
    keys.press("PageDown")
    assert int(page.input_value("#period-to")) < last
    low = page.input_value("#period-to")
    keys.press("ArrowLeft" if lang == "en" else "ArrowRight")
    assert page.input_value("#period-to") < low, "the handle goes where the arrow points, in both directions of writing"
    page.wait_for_function("() => document.querySelectorAll('#chips li').length === 1")

    keys.map().to("#keep-box > summary").press("Enter").to("#keep-name")
    page.keyboard.type("By keys")
    with page.expect_navigation():
        keys.press("Enter")
    assert re.search(r"/sites\?v=", page.url)


@BOTH
def test_letters_can_be_turned_off_and_every_stop_is_seen(keys, lang):
    page = keys.page
    keys.to("a.skip[href='#map']").press("Enter").to("#keys-open").press("Enter")
    assert page.locator("#keys").is_visible()
    keys.visit.accessible()
    keys.to("#keys-on").press("Space", "Escape")
    assert page.locator("#keys").is_hidden() and keys.at() == "keys-open"
    keys.press("m")
    assert keys.at() == "keys-open", "letters do nothing any more"
    keys.press("Enter").to("#keys-on").press("Space", "Escape", "m")
    assert keys.at() == "map"
    unseen = []
    page.locator(".skip").first.focus()
    for _ in range(60):
        keys.press("Tab")
        stop = page.evaluate(FOCUS)
        if not stop["shown"]:
            unseen.append(stop["id"])
    assert unseen == []


@ENGLISH
def test_the_map_works_at_twice_the_size(live, lang):
    visit = live.visit(lang, width=640, height=430)
    visit.sign_in("investigator")
    page = visit.page
    page.goto(live.url + "/#map")
    page.wait_for_function("() => document.querySelectorAll('.folium-map canvas').length > 1")
    page.locator("#map").scroll_into_view_if_needed()
    assert page.locator(".map-area").bounding_box()["height"] > 200, "there is a map to look at"
    for box in ("go", "area", "measure", "layers", "print", "keep"):
        page.click(f"#{box}-box > summary")
        end = page.locator(f"#{box}-box .tool-box").bounding_box()
        assert end["x"] >= 0 and end["x"] + end["width"] <= 640 and end["y"] + end["height"] <= 430, box
        last = page.locator(f"#{box}-box .tool-box :is(button, input, a):visible").last
        last.scroll_into_view_if_needed()
        assert page.evaluate("""one => { const { x, y, width, height } = one.getBoundingClientRect();
          const there = document.elementFromPoint(x + width / 2, y + height / 2); return there === one || one.contains(there); }""",
          last.element_handle()), box
    page.evaluate("() => scrollTo(0, 0)")
    visit.looked_at("map-twice")
