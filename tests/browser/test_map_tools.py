"""What an investigator does on the map besides looking: coordinates, going somewhere, years, an area, layers, a view for a colleague."""
import re

import pytest

from tests.browser.langs import BOTH, ENGLISH
from tests.browser.pages import still

pytestmark = [pytest.mark.db, pytest.mark.browser]


@ENGLISH
def test_an_investigator_works_on_the_map_and_hands_a_view_on(live, lang):
    visit = live.visit(lang)
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chart, page = visit.sign_in("investigator"), visit.page
    whole = chart.total()
    sent = []
    page.on("request", lambda one: sent.append(one.url))

    coordinates(page)
    assert not [url for url in sent if "/tiles/" not in url and "/static/" not in url], "what is under the pointer is told to nobody"
    go(visit, page)
    narrowed = years(page, chart, whole)
    area(page, chart, narrowed)
    layers(visit, page, sent)
    visit.accessible()

    path = keep(page)
    asked = [url for url in sent if re.search(r"3[36]\.\d{3}", url)]
    assert asked == [], "no address tells where"
    colleague = live.visit(lang)
    other = colleague.sign_in("analyst")
    colleague.page.goto(live.url + path)
    colleague.page.wait_for_function("() => document.querySelectorAll('.folium-map canvas').length > 4")
    assert other.total() > 0 and colleague.page.locator("#view-line").is_visible() and colleague.page.locator("#chips li").count() == 2


def coordinates(page):
    """Each form under the pointer; a mark stays; the key copies."""
    box = page.locator(".folium-map").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert re.fullmatch(r"\d\d\.\d{5}, \d\d\.\d{5}", page.inner_text("#readout"))
    page.select_option("#readout-form", "mgrs")
    assert re.fullmatch(r"3[678]S [A-Z]{2} \d{5} \d{5}", page.inner_text("#readout"))
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, button="right")
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] + 40)
    page.locator(".folium-map").focus()
    page.keyboard.press("c")
    page.wait_for_function("() => document.getElementById('readout-copied').textContent !== ''")
    assert page.evaluate("() => navigator.clipboard.readText()") == page.inner_text("#readout") and page.locator(".cross").count() == 1


def go(visit, page):
    """A coordinate in Arabic digits leads there, with how far off it may be."""
    page.locator(".folium-map").focus()
    page.keyboard.press("g")
    page.fill("#go-place", "٣٣٫٥١٣٨° شمال ٣٦٫٢٧٦٥° شرق")
    visit.follow("#go button[type=submit]")
    assert "±" in page.inner_text("#map-went")
    page.wait_for_function("() => document.querySelectorAll('.cross').length === 1 && document.querySelectorAll('.folium-map path').length >= 3")


def years(page, chart, whole):
    """The handle is moved by the keyboard, and by typing; the chip says what is asked."""
    before = page.inner_text("#total")
    page.locator("#period-to").focus()
    with page.expect_response(lambda answer: "w=" in answer.url and "/tiles/" in answer.url):
        for _ in range(4):
            page.keyboard.press("PageDown")
    page.wait_for_function("before => document.getElementById('total').innerText !== before && !document.querySelector('[aria-busy]')", arg=before)
    assert page.locator("#chips li").count() == 1 and page.input_value("[name=to]") == page.input_value("#period-to") < "2026"
    assert 0 < chart.total() < whole
    return chart.total()


def area(page, chart, narrowed):
    """What the map shows as an area: fewer sites; its chip is taken off again and put on by the corners."""
    page.click("#area-box > summary")
    before = page.inner_text("#total")
    page.click("#area-seen")
    page.wait_for_function("before => document.getElementById('total').innerText !== before && !document.querySelector('[aria-busy]')", arg=before)
    assert page.locator("#chips li").count() == 2
    page.click("#chips a[data-name=area]")
    page.wait_for_function("() => document.querySelectorAll('#chips li').length === 1")
    assert chart.total() == narrowed and page.input_value("#f-area") == ""
    page.evaluate("() => { document.getElementById('f-area').value = '32 N 35.5 E; 37.5 N 42.5 E'; document.getElementById('filters').dispatchEvent(new Event('change')); }")
    page.wait_for_function("() => document.querySelectorAll('#chips li').length === 2")


def layers(visit, page, sent):
    """Events and transfers come as they are chosen; lengths are measured from the keyboard."""
    page.click("#layers-box > summary")
    for name in ("transfers", "events"):
        with page.expect_response(lambda answer, name=name: f"/{name}" in answer.url):
            page.check(f"#layers-box input[value={name}]")
    still(page)
    visit.accessible()
    page.click("#measure-box > summary")
    page.click("#measure-add")
    page.locator(".folium-map").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    page.click("#measure-add")
    assert re.fullmatch(r"[\d.,]+ \S+", page.inner_text("#measure-length")) and page.inner_text("#measure-length") != page.inner_text("#measure-area")
    page.click("#measure-box > summary")


def keep(page):
    """The address of the view that was kept."""
    page.click("#keep-box > summary")
    page.fill("#keep-name", "South of the capital")
    with page.expect_navigation():
        page.click("#keep button[type=submit]")
    path = re.search(r"/sites\?v=[A-Za-z0-9_-]{22}", page.url)[0]
    page.wait_for_function("() => document.querySelectorAll('.folium-map canvas').length > 4")
    assert page.locator("#view-line").is_visible() and page.is_checked("#layers-box input[value=events]")
    page.click("#copy-link")
    page.wait_for_function("() => document.getElementById('link-copied').textContent !== ''")
    return path


RING = """() => {
  const { map, sites } = window.sitereg.view, size = map.getSize();
  for (let y = 60; y < size.y - 60; y += 6) for (let x = 60; x < size.x - 60; x += 6) {
    const found = sites.pick(map.containerPointToLatLng([x, y]));
    const ring = found.find((p) => p.n > 1 && p.squares);
    if (ring && found.every((p) => p.n > 1)) return { x: x, y: y, n: ring.n };
  }
  return null;
}"""


@BOTH
def test_a_number_opens_in_place_and_what_is_seen_is_printed(live, lang):
    visit = live.visit(lang)
    visit.sign_in("investigator")
    page = visit.page
    still(page)
    ring = page.wait_for_function(RING).json_value()
    zoom = page.evaluate("() => window.sitereg.view.map.getZoom()")
    box = page.locator(".folium-map").bounding_box()
    with page.expect_response(lambda answer: "/opened?squares=" in answer.url):
        page.mouse.click(box["x"] + ring["x"], box["y"] + ring["y"])
    page.wait_for_selector("#panel .panel-list li")
    assert page.evaluate("() => window.sitereg.view.map.getZoom()") == zoom, "it opens in place"
    assert str(ring["n"]) in page.inner_text("#panel h2") and page.locator("#panel .panel-list > li").count() == min(ring["n"], 60)
    if ring["n"] <= 24:
        left, right = (page.locator("#panel").bounding_box()[key] for key in ("x", "width"))
        boxes = [one.bounding_box() for one in page.locator(".fan-symbol").all()]
        assert all(one["x"] + one["width"] <= left or one["x"] >= left + right for one in boxes), "none is under the panel"
        assert page.locator(".fan-symbol").count() == ring["n"]
        page.locator(".fan-symbol").first.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("() => document.activeElement.closest('#panel') !== null")
    visit.accessible()
    page.keyboard.press("Escape")
    assert page.locator("#panel").is_hidden() and page.locator(".fan-symbol").count() == 0
    page.click("#print-box > summary")
    with page.expect_navigation():
        page.click("#print button[type=submit]")
    assert page.input_value("#export-format") == "pdf" and page.input_value("#export-language") == lang and not re.search(r"3\d\.\d", page.url)
    visit.accessible()
