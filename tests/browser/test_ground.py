"""The ground of a site: two pictures are compared by keys and by dragging, a profile is drawn by two clicks; without scripts both are there too."""
import pytest

from tests.browser.langs import ARABIC, ENGLISH

pytestmark = [pytest.mark.db, pytest.mark.browser]
PLACE = "/sites/SYS-CKDGJ5-S/ground"  # Fenced Orchard, in the invented valley
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
    first, second = (one.bounding_box() for one in page.locator(".chip-picture").all())
    assert second["x"] > first["x"] + first["width"] and not page.locator("#swipe-hold").is_visible() and not page.locator("#profile-way").is_visible()
    assert page.locator(".chip figcaption").first.is_visible()
    page.fill("#f-from", "33.5, 36.1")
    page.fill("#f-to", "33.6, 36.2")
    page.click("#profile-form button")
    assert page.locator("#profile [role=alert]").inner_text().startswith("The raster does not reach this place")
