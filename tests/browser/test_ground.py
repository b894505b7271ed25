"""The ground of a site: two pictures are compared by keys and by dragging, a profile is drawn by two clicks; without scripts both are there too."""
import pytest

from tests.browser.langs import ARABIC, BOTH, ENGLISH
from tests.browser.pages import still

pytestmark = [pytest.mark.db, pytest.mark.browser]
PLACE = "/sites/SYS-CKDGJ5-S/ground"  # Fenced Orchard, in the invented valley
PICTURES = "() => [...document.querySelectorAll('img.leaflet-tile')].filter((one) => one.src.includes('/imagery/') && one.naturalWidth === 256).length"
CUT = "() => getComputedStyle(document.querySelector('#swipe .chip:last-child img')).clipPath"


def opened(live, lang, **more):
    visit = live.visit(lang, **more)
    visit.sign_in("officer")
    visit.page.goto(visit.url + PLACE)
    return visit, visit.page


def share(page):
    return round(float(page.evaluate(CUT).split()[-1].rstrip("%)")))


@ARABIC
def test_pictures_are_swiped_and_a_profile_is_drawn(live, lang):
    visit, page = opened(live, lang)
    for picture in page.locator(".chip img").all():
        assert picture.evaluate("one => one.complete && one.naturalWidth") == 512
    both = [one.bounding_box() for one in page.locator(".chip-picture").all()]
    assert both[0] == both[1] and share(page) == 50, "one lies over the other, cut in the middle"

    page.focus("#swipe-range")
    for _step in range(10):
        page.keyboard.press("ArrowRight")
    assert share(page) == 60 and "60" in page.locator("#swipe-range").get_attribute("aria-valuetext")
    page.evaluate("() => document.getElementById('swipe').scrollIntoView()")
    here = page.locator(".chip-picture").last.bounding_box()
    page.mouse.move(here["x"] + 0.6 * here["width"], here["y"] + 200)
    page.mouse.down()
    page.mouse.move(here["x"] + 0.2 * here["width"], here["y"] + 220)
    page.mouse.up()
    assert abs(share(page) - 20) <= 1 and abs(int(page.input_value("#swipe-range")) - 20) <= 1
    page.click("#swipe-apart")
    apart = [one.bounding_box() for one in page.locator(".chip-picture").all()]
    assert apart[0] != apart[1] and page.evaluate(CUT) == "none" and page.locator("#swipe-range").is_disabled()

    page.check("#ground-layers label:nth-of-type(3) input")
    page.wait_for_function("() => [...document.querySelectorAll('img.leaflet-tile')].filter((one) => one.src.includes('/imagery/') && one.naturalWidth === 256).length > 3")
    page.click("#draw-profile")
    chart = page.locator(".leaflet-container")
    page.evaluate("() => document.querySelector('.leaflet-container').scrollIntoView({ block: 'center' })")
    box = chart.bounding_box()
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    assert page.input_value("#f-from") and not page.input_value("#f-to")
    with page.expect_navigation():
        page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"])
    assert page.url.endswith("#profile") and page.input_value("#f-from").split(",")[0][:5] not in page.url, "no address tells where"
    assert page.locator("svg.section polyline").count() == 1 and page.locator(".profile-table tbody tr").count() == 25
    visit.accessible()


@ENGLISH
def test_without_scripts_the_pictures_stand_side_by_side_and_ends_are_typed(live, lang):
    _visit, page = opened(live, lang, scripts=False)
    first, second = sorted((one.bounding_box() for one in page.locator(".chip-picture").all()), key=lambda one: one["x"])
    assert page.locator("figcaption b").first.inner_text().startswith({"en": "Before", "ar": "قبل"}[lang])
    assert second["x"] > first["x"] + first["width"] and not page.locator("#swipe-hold").is_visible() and not page.locator("#profile-way").is_visible()
    assert page.locator(".chip figcaption").first.is_visible()
    page.fill("#f-from", "33.5, 36.1")
    page.fill("#f-to", "33.6, 36.2")
    page.click("#profile-form button")
    assert page.locator("#profile [role=alert]").inner_text().startswith(
        {"en": "The raster does not reach this place", "ar": "لا تبلغ الخلايا هذا المكان"}[lang])


@BOTH
def test_terrain_is_laid_over_the_large_map_where_there_is_some(live, lang):
    """By keyboard; with its source; no tile is asked for where no raster lies; a view that is kept names no raster."""
    visit = live.visit(lang)
    visit.sign_in("officer")
    page, sent = visit.page, []
    page.on("request", lambda one: sent.append(one.url) if "/imagery/" in one.url else None)
    still(page)
    page.locator("#layers-box > summary").focus()
    page.keyboard.press("Enter")
    box = page.locator("#layers-box input[value^='hillshade:']").first
    box.focus()
    page.keyboard.press("Space")
    still(page)
    home = list(sent)
    assert 0 < len(home) <= 4, "of the whole country the few tiles that the valley lies on"
    west, south, east, north = page.evaluate("""() => { const all = JSON.parse(document.querySelector("#layers-box [data-raster]").dataset.raster).ground.flat();
      return [Math.min(...all.map((p) => p[0])), Math.min(...all.map((p) => p[1])), Math.max(...all.map((p) => p[0])), Math.max(...all.map((p) => p[1]))]; }""")
    page.evaluate("([lon, lat]) => sitereg.view.map.setView([lat, lon], 12, { animate: false })", [(west + east) / 2, (south + north) / 2])
    still(page)
    assert page.evaluate(PICTURES) > 0 and "CC0" in page.inner_text(".leaflet-control-attribution")
    many = len(sent)
    page.evaluate("([lon, lat]) => sitereg.view.map.setView([lat, lon], 12, { animate: false })", [east + 2, north + 1])
    still(page)
    assert len(sent) == many, "where no raster lies none is asked for"
    page.check("#layers-box input[value^='slope:']")
    still(page)
    assert len(sent) == many
    page.evaluate("([lon, lat]) => sitereg.view.map.setView([lat, lon], 13, { animate: false })", [(west + east) / 2, (south + north) / 2])
    still(page)
    assert any("/slope/13/" in one for one in sent)
    visit.looked_at("terrain")
    page.set_viewport_size({"width": 1280, "height": 860})
    page.reload()
    still(page)
    assert page.locator("#layers-box [data-raster]:checked").count() == 2, "as long as the tab lives"
    page.click("#keep-box > summary")
    with page.expect_navigation():
        page.click("#keep button[type=submit]")
    assert page.locator("#map").get_attribute("data-layers") == "areas,borders" and page.locator("#layers-box [data-raster]:checked").count() == 0
