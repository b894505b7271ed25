"""A data steward takes in a partner's list in the browser: uploaded, mapped, tried, released, and what waits is settled on a phone."""
import os
from pathlib import Path

import pytest

from sitereg import keeper

pytestmark = [pytest.mark.db, pytest.mark.browser]
SHOTS = os.environ.get("SITEREG_SHOTS")  # a folder: pictures of every page are laid there, in both widths
LIST = ("الرقم,اسم الموقع,النوع,خط العرض,خط الطول,عدد الضحايا,التاريخ,ملاحظات\n"
        "{0}1,مقبرة الطريق (مختلق),مقبرة جماعية,34.11312,39.47651,حوالي ٤٠,13/05/2013,synthetic: seen from the road\n"
        "{0}2,المدرسة القديمة (مختلق),سجن,34.2134,39.5912,,2014,synthetic\n"
        "{0}3,البئر (مختلق),خزان,34.3213,39.6124,3,01/02/2014,synthetic\n"
        "{0}4,الوادي (مختلق),سجن,39.7011,34.4122,12,03/04/2014,synthetic\n"
        "{0}5,المزرعة (مختلق),سجن,,,,2013,synthetic\n")
SAID = {"m-uncertainty_m": "500", "m-source_label": "Synthetic list", "m-reason": "its staff wrote down what residents told"}
CHOSEN = {"m-source_type": "ngo_report", "m-reliability": "C", "m-count_definition": "bodies_reported", "m-order": "dmy"}
TERMS = {"r-partner": "An invented partner", "r-terms": "a letter of 3 May 2024"}


def look(visit, name):
    assert visit.page.locator("h1").is_visible()
    if SHOTS:
        before = visit.page.viewport_size
        for width in (1440, 390):
            visit.page.set_viewport_size({"width": width, "height": 900})
            visit.page.wait_for_timeout(400)
            visit.page.screenshot(path=str(Path(SHOTS) / f"{name}-{visit.lang}-{width}.png"), full_page=True)
        visit.page.set_viewport_size(before)
    assert not visit.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), name
    visit.accessible()


@pytest.mark.parametrize(("lang", "width"), [pytest.param("en", 1440, marks=pytest.mark.drill), ("ar", 390)])
def test_a_list_is_taken_in_and_what_waits_is_settled(live, lang, width):
    steward = live.visit(lang, width=width)
    steward.sign_in("steward")
    steward.desk()
    page = steward.page
    steward.follow("main a[href='/intake']")
    page.set_input_files("#f-file", {"name": f"list_{lang}.csv", "mimeType": "text/csv", "buffer": LIST.format(lang.upper()).encode()})
    look(steward, "intake")
    steward.follow("main form[enctype] button[type=submit]")
    assert page.locator("select[name=f3]").input_value() == "lat" and page.locator("select[name=f1]").input_value() == "name_ar"
    for name, text in SAID.items():
        page.fill(f"#{name}", text)
    for name, code in CHOSEN.items():
        page.select_option(f"#{name}", code)
    steward.follow("#mapping button[value=map]")
    page.wait_for_selector(".place-number")
    assert page.locator(".understood > li").count() == 5
    look(steward, "intake-mapping")
    for name, text in TERMS.items():
        page.fill(f"#{name}", text)
    page.select_option("#r-consent", "not_asked")
    page.check("input[name=uses][value=analysis]")
    steward.follow("button[value=try]")
    look(steward, "intake-waiting")
    keeper.work_one(live.settings)
    page.reload()
    steward.follow("a[href$='/report']")
    look(steward, "intake-report")
    page.go_back()
    steward.follow("button[value=release]")
    keeper.work_one(live.settings)
    page.reload()
    steward.follow("#h-work ~ p a[href*='waiting=yes']")
    look(steward, "intake-rows")
    assert page.locator("input[name=row]").count() == 2
    steward.follow("a[href$='/rows/4']")
    page.wait_for_selector(".trail-stop")
    look(steward, "intake-row")
    page.check("input[name=reading][value='1']")
    page.fill("#s-reason", "the partner had them the other way round")
    steward.follow("section[aria-labelledby=h-settle] button[type=submit]")
    assert page.locator("input[name=row]").count() == 1


def test_without_scripts_the_desk_does_all_of_it(live):
    steward = live.visit("en", scripts=False)
    steward.sign_in("steward")
    page = steward.page
    page.goto(f"{live.url}/intake")
    page.set_input_files("#f-file", {"name": "plain.csv", "mimeType": "text/csv", "buffer": LIST.format("P").encode()})
    steward.follow("main form[enctype] button[type=submit]")
    assert page.locator("select[name=f2]").input_value() == "kind"
