"""Three stories in both languages: an investigator reads, an officer decides on a phone, a reader without scripts."""
import re
from datetime import timedelta

import pytest

from sitereg import protection, sites, vocab
from tests.browser.langs import ARABIC, BOTH, ENGLISH
from tests.browser.pages import still

pytestmark = [pytest.mark.db, pytest.mark.browser]
DETENTION, BURIAL = "#0072B2", "#563C8B"


@pytest.fixture
def all_sites(live):
    """How many the investigator sees now: other stories add some."""
    with live.as_("investigator") as opened:
        found = sites.count(opened)
    assert found > 100
    return found


@BOTH
def test_an_investigator_finds_a_site_and_reads_why(live, all_sites, lang):
    visit = live.visit(lang)
    chart = visit.sign_in("investigator")
    assert set(chart.drawn(DETENTION, BURIAL)) == {DETENTION, BURIAL} and chart.total() == all_sites
    visit.accessible()
    chart.filter("prison_central")
    assert 0 < chart.total() < 10
    assert chart.drawn(DETENTION, BURIAL) == [DETENTION]
    visit.accessible()
    page = chart.open_first()
    assert vocab.label("site_kind", "prison_central", lang) in visit.text()
    visit.accessible()
    rows = page.why("kind:prison_central")
    assert rows and any(vocab.label("reliability", one, lang) in rows[0] for one in "ABCDEF")
    visit.accessible()
    address = visit.page.url
    visit.page.keyboard.press("Escape")
    assert visit.page.locator("dialog[open]").count() == 0 and visit.page.url == address
    assert visit.page.evaluate("() => document.activeElement.className") == "why", "back where one asked"
    assert page.history()
    visit.accessible()


def test_words_typed_in_either_field_stand_in_no_address(live, all_sites):
    visit = live.visit("en")
    chart = visit.sign_in("investigator")
    asked = []
    visit.page.on("request", lambda one: asked.append(one.url))
    visit.page.click("a[href='#filters-pane']:visible")
    visit.page.fill("#f-q", "Quarry")
    with visit.page.expect_response(lambda answer: "w=" in answer.url and "/tiles/" in answer.url):
        visit.page.press("#f-q", "Enter")
    visit.page.wait_for_function(f"() => document.getElementById('total').innerText !== '{all_sites} sites'")
    found = chart.total()
    assert 0 < found < all_sites and "w=" in visit.page.url
    visit.page.fill("#search", "Quarry")
    visit.page.press("#search", "Enter")
    visit.page.wait_for_url("**/search?w=*")
    visit.page.click("section[aria-labelledby=h-sites] form button")
    visit.page.wait_for_url("**/sites?w=*")
    assert chart.total() == found and visit.page.input_value("#f-q") == "Quarry"
    assert asked and not [url for url in [*asked, visit.page.url] if "quarry" in url.lower()]


@BOTH
def test_an_officer_changes_a_status_on_a_phone(live, lang):
    with live.as_("officer") as opened:
        today = opened.value("today")
        chosen = [one for one in sites.find(opened, protection=["unassessed"], verification=["suspected"], limit=40)
                  if one["shape"]][0 if lang == "en" else 1]
    visit = live.visit(lang, width=390, height=844)
    visit.expected = ("409",)
    visit.sign_in("officer")
    nearest_first(visit, live)
    page = visit.site(chosen["code"])
    assert visit.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    visit.accessible()

    due, reason = str(today + timedelta(days=100)), "Fenced by the residents / سوّره الأهالي"
    assert visit.page.locator("#decide input[value=protected]").is_disabled()
    assert visit.page.locator("#lack-protected").inner_text().strip()
    visit.site(chosen["code"]).record_measure("perimeter_fence", "residents_or_committee", "Agreed")
    page.decide("protected", reason, str(today), due)
    assert page.status() == vocab.label("protection_status", "protected", lang)

    with live.as_("officer") as opened:
        protection.decide(opened, chosen["id"], "partially_protected", reason="One side is open", observed_on=today)
    page.decide("partially_protected", "My own words", str(today))
    assert vocab.label("protection_status", "partially_protected", lang) in page.trouble()
    assert visit.page.input_value("#decide-reason") == "My own words"
    caption, table = (visit.page.locator("#trouble " + one).bounding_box() for one in ("caption", "table"))
    assert caption["width"] > 0.9 * table["width"], "the caption breaks to one word a line"
    visit.accessible()
    visit.desk().accessible()
    visit.site(chosen["code"])
    for target in visit.page.locator("header.top button:visible, header.top summary:visible, header.top a:visible, a.why:visible, .tick:visible").all():
        box = target.bounding_box()
        assert box["height"] >= 43.5, target.inner_text()


def nearest_first(visit, live):
    """The list of gaps fits the phone, is in the order of its points, and by distance once the device was asked, which sends nothing."""
    visit.page.context.grant_permissions(["geolocation"])
    visit.page.context.set_geolocation({"latitude": 33.5, "longitude": 36.3})
    visit.page.goto(live.url + "/protection?list=no_measure")
    visit.page.wait_for_selector("#gaps > li")
    assert visit.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    assert "aria-current" in visit.page.locator(".chips a[aria-current]").evaluate("one => one.outerHTML")
    points = [int("".join(c for c in one if c.isdigit())) for one in visit.page.locator(".gap-points > summary").all_inner_texts()]
    assert points == sorted(points, reverse=True)
    sent = []
    visit.page.on("request", lambda asked: sent.append(asked.url))
    visit.page.click("#near")
    visit.page.wait_for_selector(".gap-near:visible")
    far = [float(re.search(r"[\d.]+", one)[0]) for one in visit.page.locator(".gap-near:visible").all_inner_texts()]
    assert far == sorted(far) and not sent
    visit.accessible()


@ARABIC
def test_without_scripts_the_list_filters_and_forms_work(live, lang):
    visit = live.visit(lang, scripts=False)
    visit.sign_in("officer")
    visit.page.goto(live.url + "/#filters-pane")
    visit.page.select_option("#f-kind", "court")
    visit.follow("#filters button[type=submit]")
    codes = listed(visit.page)
    assert codes and all("SYS-" in one for one in codes)
    visit.page.locator(".site .site-link").first.click()
    visit.page.wait_for_selector("#decide")
    visit.page.click("summary:has(+ #visit)")
    assert visit.page.locator("#visit-visited_on").is_visible()


@ENGLISH
def test_filters_and_view_are_kept_over_the_language_and_the_way_to_a_site_and_back(live, all_sites, lang):
    visit = live.visit(lang)
    chart = visit.sign_in("investigator")
    page = visit.page
    code = page.locator("#f-governorate option:not([value='']):not([value=none])").first.get_attribute("value")
    page.click("a[href='#filters-pane']:visible")
    page.select_option("#f-governorate", code)
    page.wait_for_url("**/sites?w=*")
    page.wait_for_function("() => !document.querySelector('[aria-busy]')")
    found, counts = chart.total(), [int(one) for one in page.locator("#filters .tick:has([name=verification]) .num").all_inner_texts()]
    assert 0 < found < all_sites and found <= sum(counts) < all_sites, "the counts beside the filters follow the filters"
    page.evaluate("() => { sitereg.view.map.setView([33.4, 36.4], 11, {animate: false}); }")

    def kept():
        page.wait_for_function("() => window.sitereg && sitereg.view && sitereg.view.map.getZoom() === 11")
        still(page)
        return chart.total(), page.input_value("#f-governorate"), page.evaluate("() => sitereg.view.map.getCenter().lat.toFixed(1)")

    page.wait_for_timeout(1500)
    page.click("a[href='#list']:visible")
    page.click(".top-links [hreflang]")
    page.wait_for_function("was => document.documentElement.lang !== was", arg=lang)
    assert kept() == (found, code, "33.4")
    chart.open_first()
    still(page)
    page.click("#to-list")
    assert kept() == (found, code, "33.4")
    chart.open_first()
    still(page)
    page.go_back()
    assert kept() == (found, code, "33.4")
    page.click(".top-name")
    page.wait_for_function("() => window.sitereg && sitereg.view && sitereg.view.map.getZoom() !== 11")
    still(page)
    assert chart.total() == all_sites


def test_a_unit_on_the_map_says_its_name_and_filters_the_list(live, all_sites):
    visit = live.visit("en")
    chart = visit.sign_in("investigator")
    page = visit.page
    still(page)
    page.evaluate("""() => { const sites = sitereg.view.sites, pick = sites.pick;
      sites.pick = () => [{ pcode: "SY070100", n: 3, ue: "Named unit", ua: "وحدة", g: "burial" }];
      sitereg.view.map.fire("click", { latlng: sitereg.view.map.getCenter() }); sites.pick = pick; }""")
    assert "Named unit" in page.inner_text("#panel") and "SY070100" not in page.inner_text("#panel")
    page.click("#panel .btn:not(header .btn)")
    page.wait_for_url("**/sites?w=*")
    assert chart.total() < all_sites


def listed(page):
    return [row.get_attribute("data-code") for row in page.locator(".site").all()]


@ARABIC
def test_leaving_forgets(live, lang):
    visit = live.visit(lang)
    visit.page.goto(live.url + "/sign-in")
    visit.accessible()
    visit.sign_in("field")
    visit.accessible()
    visit.page.goto(live.url + "/me")
    visit.accessible()
    visit.page.click("form.leave button")
    visit.page.wait_for_url(live.url + "/leave")
    assert visit.page.inner_text("body").strip() == "" and visit.page.title().strip("\u200b") == ""
    visit.page.goto(live.url + "/me")
    assert visit.page.url == live.url + "/sign-in"
