"""What stands beside the map: the panel with what a site's page tells first, the list that folds away, filters beside it."""
import pytest

from tests.browser.langs import BOTH
from tests.browser.pages import still

pytestmark = [pytest.mark.db, pytest.mark.browser]
ALONE = """(many) => {  // a point of the map's box at which so many sites and no number stand: [x, y, their codes]
  const view = window.sitereg.view, box = view.map.getSize();
  for (const one of view.sites.drawn(view.map)) {
    const found = view.sites.pick(one.at), codes = [...new Set(found.filter((p) => p.c && !(p.n > 1)).map((p) => p.c))], at = view.map.latLngToContainerPoint(one.at);
    if (codes.length === found.length - found.filter((p, n) => found.findIndex((o) => o.c === p.c) !== n).length && codes.length >= many[0] && codes.length <= many[1]
        && at.x > 60 && at.y > 120 && at.x < box.x - 460 && at.y < box.y - 120) return [at.x, at.y, codes];
  }
  return null;
}"""


def standing(page, least, most):
    """A place on the map where so many sites stand, as near as it takes."""
    for _ in range(9):
        still(page)
        found = page.evaluate(ALONE, [least, most])
        if found:
            return found
        row = page.locator(".site[data-bounds]").nth(_)
        row.hover()
        west, south, east, north = map(float, row.get_attribute("data-bounds").split(","))
        page.evaluate("(at) => window.sitereg.view.map.setView(at, 11, {animate: false})", [(south + north) / 2, (west + east) / 2])
    raise AssertionError("no such place on the map")


def clicked(page, x, y):
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + x, box["y"] + y)


@BOTH
def test_the_panel_tells_what_the_page_tells_first(live, lang):
    visit = live.visit(lang)
    visit.sign_in("officer")
    page = visit.page
    x, y, (code,) = standing(page, 1, 1)
    clicked(page, x, y)
    page.wait_for_selector("#panel .facts")
    told = page.inner_text("#panel")
    assert page.locator("#panel .panel-list > li").count() == 1 and code in told
    assert page.locator(f"#panel a[href='/sites/{code}']").count() == 2 and page.locator(f"#panel a.why[href^='/sites/{code}/why/']").count()
    assert page.locator(f"#panel a[href='/sites/{code}#protection']").is_visible() and page.locator(f"#panel a[href='/sites/{code}/field']").is_visible()
    visit.accessible()
    page.locator("#panel a.why").first.click()
    page.wait_for_selector("dialog[open] h1")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0 and page.locator("#panel .facts").first.is_visible(), "the panel stays"
    visit.site(code)
    shown = page.inner_text("main")
    said = [line for line in page.locator(".site-page .kinds").inner_text().splitlines() if line.strip()]
    assert said and all(line in told for line in said), "the words of the page itself"
    assert all(one in shown for one in told.split("\n") if code == one)


def test_of_several_at_one_point_one_is_told_as_one_asks(live):
    visit = live.visit("en")
    visit.sign_in("investigator")
    page = visit.page
    x, y, codes = standing(page, 2, 12)
    clicked(page, x, y)
    asked = page.locator("#panel .panel-list > li button")
    assert asked.count() == len(codes) and page.locator("#panel .facts").count() == 0
    asked.nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel li:nth-child(2) .facts")
    assert page.evaluate("() => document.activeElement.closest('#panel li:nth-child(2)') !== null"), "whoever asked stands where it is told"
    assert page.locator("#panel .facts").count() == page.locator("#panel li:nth-child(2) .facts").count()
    visit.accessible()


@BOTH
def test_the_list_folds_away_and_filters_stand_beside_it(live, lang):
    visit = live.visit(lang)
    visit.sign_in("investigator")
    page = visit.page
    still(page)
    wide = page.locator(".folium-map").bounding_box()["width"]
    page.click("#fold-list")
    page.wait_for_function("wide => document.querySelector('.folium-map').clientWidth > wide + 300", arg=wide)
    assert not page.locator(".site").first.is_visible() and page.evaluate("() => document.activeElement.id") == "unfold-list"
    visit.accessible()
    page.reload()
    still(page)
    assert page.locator("#unfold-list").is_visible(), "until the tab is closed"
    page.click("#unfold-list")
    assert page.locator(".site").first.is_visible() and page.evaluate("() => document.activeElement.id") == "fold-list"
    page.click("#open-filters")
    page.select_option("#f-kind", "prison_central")
    page.wait_for_selector("#chips a")
    chip, box = page.locator("#chips a").first, page.locator("#filters-pane").bounding_box()
    seen = chip.bounding_box()
    assert chip.is_visible() and (seen["x"] + seen["width"] <= box["x"] or seen["x"] >= box["x"] + box["width"]), "what is in force is seen beside the filters"
    assert page.locator(".site").first.is_visible()
    visit.accessible()


def test_why_without_a_line_leaves_the_page_as_it_is_and_its_own_page_stays(live):
    visit = live.visit("en")
    visit.expected = ("Failed to load resource", "net::ERR")
    visit.sign_in("officer")
    page = visit.page
    page.locator(".site .site-link").first.click()
    page.wait_for_selector(".site-page")
    page.click("#protection summary:has-text('Change the protection status')") if not page.locator("#decide-reason").is_visible() else None
    page.fill("#decide-reason", "typed before the line broke")
    link = page.locator(".site-page a.why").first
    page.route("**/why/**", lambda route: route.abort())
    link.click()
    page.wait_for_selector("dialog[open] h1")
    assert "cannot be reached" in page.inner_text("dialog[open]")
    page.keyboard.press("Escape")
    assert page.input_value("#decide-reason") == "typed before the line broke"
    page.unroute("**/why/**")
    link.click()
    page.wait_for_selector("dialog[open] table.claims")
    visit.accessible()
    with page.expect_navigation():
        page.click("dialog[open] .why-whole")
    assert "/why/" in page.url and page.locator("table.claims").is_visible()


INKED = """() => {
  const inked = (group) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 80, height: 80 }), ctx = canvas.getContext("2d");
    window.sitereg.symbols.cluster(ctx, 40, 40, 5, [5, 0, 0, 0, 0, 0], group, "light", "12px sans-serif");
    const seen = ctx.getImageData(0, 0, 80, 80).data;
    return Array.from({ length: 6400 }, (_, n) => (seen[4 * n + 3] > 128 && seen[4 * n] + seen[4 * n + 1] + seen[4 * n + 2] < 600 ? 1 : 0)).join("");
  };
  return ["detention", "burial", "medical", "records", "other", "mixed"].map(inked);
}"""


def test_a_shape_on_the_ring_of_a_number_tells_its_group_without_colour(live):
    visit = live.visit("en")
    visit.sign_in("viewer")
    still(visit.page)
    drawn = visit.page.evaluate(INKED)
    assert len(set(drawn)) == 6, "each group has another shape on its ring, several together have none"
