"""The filters that leave out, and the distance around an area, as somebody works with them: by keys, on a phone, in both languages."""
import re

import pytest

from tests.browser.langs import BOTH
from tests.browser.pages import still

pytestmark = [pytest.mark.db, pytest.mark.browser]
SETTLED = "before => document.getElementById('total').innerText !== before && !document.querySelector('[aria-busy]')"



@BOTH
def test_what_is_left_out_goes_from_list_and_map_and_comes_back(live, lang):
    visit = live.visit(lang)
    chart, page = visit.sign_in("investigator"), visit.page
    whole, sent = chart.total(), []
    page.on("request", lambda one: sent.append(one.url))
    page.click("#open-filters")
    still(page)
    option = page.locator("#f-not option[value^='kind:']").first
    value = option.get_attribute("value")
    count = int(re.search(r"\((\d+)\)", option.inner_text())[1])
    before = page.inner_text("#total")
    page.focus("#f-not")
    with page.expect_response(lambda answer: "/tiles/sites" in answer.url and "w=" in answer.url):
        page.select_option("#f-not", value)
        page.wait_for_function(SETTLED, arg=before)
    chip = page.locator("#chips a")
    assert chip.count() == 1 and chip.get_attribute("class") == "out" and str(count) in chip.inner_text()
    assert ("not:" if lang == "en" else "ليس:") in chip.inner_text()
    assert chart.total() == whole - count
    assert page.evaluate("document.activeElement.id") == "f-not" and page.input_value("#f-not") == ""
    assert not page.locator(f"#f-not option[value='{value}']").count(), "it is not offered twice"
    other = page.locator("#f-not option[value^='governorate:']").first.get_attribute("value")
    before = page.inner_text("#total")
    page.select_option("#f-not", other)
    page.wait_for_function(SETTLED, arg=before)
    assert page.locator("#chips a.out").count() == 2
    visit.accessible()
    page.reload()
    assert page.locator("#chips a.out").count() == 2, "the address keeps it"
    assert not [url for url in sent if value.partition(":")[2] in url], "and does not tell it"
    page.click("#filters-pane a[href='#list']")
    for left in (1, 0):
        before = page.inner_text("#total")
        page.locator("#chips a").first.click()
        page.wait_for_function(SETTLED, arg=before)
        assert page.locator("#chips a").count() == left
    assert chart.total() == whole


def test_on_a_phone_an_area_is_widened_and_its_distance_goes_with_it(live):
    visit = live.visit("ar", 390, 844)
    chart, page = visit.sign_in("investigator"), visit.page
    page.click(".tabs a[href='#filters-pane']")
    page.fill("#f-area", "33.4, 36.2\n33.6, 36.4")
    page.click("#filters button[type=submit]")
    page.wait_for_function("() => document.querySelectorAll('#chips li').length === 1 && !document.querySelector('[aria-busy]')")
    near = chart.total()
    page.click(".tabs a[href='#filters-pane']")
    page.fill("#f-around", "١٥٠")
    page.click("#filters button[type=submit]")
    page.wait_for_function("() => document.querySelectorAll('#chips li').length === 2 && !document.querySelector('[aria-busy]')")
    assert chart.total() > near
    visit.accessible()
    page.click("#chips a[data-name=area]")
    page.wait_for_function("() => document.querySelectorAll('#chips li').length === 0 && !document.querySelector('[aria-busy]')")
    assert page.input_value("#f-around") == ""
