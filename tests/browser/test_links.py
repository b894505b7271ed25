"""Lines of inquiry in the browser: from a person to the places, why, the question of burial, a lead; wide in English, on a telephone in Arabic."""
import csv
import os
from datetime import timedelta
from pathlib import Path

import pytest

from sitereg import links, vocab

pytestmark = [pytest.mark.db, pytest.mark.browser]


@pytest.fixture(scope="module")
def planted(served):
    """(code of a person who truly was at a planted branch and is asked for, code of that branch)."""
    from sitereg.actors import Actor
    from sitereg.store import session

    with (served[1].home / "small_truth" / "persons.csv").open(newline="") as file:
        truth = {row["person"]: row["held_at"] for row in csv.DictReader(file) if row["held_at"]}
    with session.reading(served[1], Actor("demo.investigator", "system", "story")) as opened:
        asked = [row["code"] for row in opened.rows("link_persons", question="buried") if row["code"] in truth]
        for code in asked:
            first = [one.site for one in links.candidates(opened, person=code).candidates[:5]]
            if truth[code] in first and not links.reviews(opened, person=code):
                return code, truth[code]
    pytest.fail("the score puts no planted branch among the first five")


def picture(visit, name):
    """A picture of the whole page, where somebody asked for them; the page is never wider than the window."""
    assert visit.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    if folder := os.environ.get("SITEREG_PICTURES"):
        width = visit.page.viewport_size["width"]
        visit.page.screenshot(path=Path(folder) / f"{name}-{visit.lang}-{width}.png", full_page=True)


@pytest.mark.parametrize(("lang", "width"), [("en", 1440), pytest.param("ar", 390, marks=pytest.mark.drill)])
def test_from_a_person_to_the_places_and_back_with_a_lead(live, planted, lang, width):
    code, branch = planted
    visit = live.visit(lang, width=width, height=900)
    visit.sign_in("investigator")
    page = visit.page
    page.goto(f"{visit.url}/persons/{code}")
    visit.follow(f"a[href='/persons/{code}/links']")
    page.wait_for_function("() => document.querySelectorAll('.place-number').length > 20 && document.querySelectorAll('.trail-number').length")
    firsts = [page.locator(f"#c{n} h3 a").get_attribute("href") for n in range(1, 6)]
    assert f"/sites/{branch}" in firsts and page.title() == "sitereg"
    place = page.locator(f"li.candidate:has(h3 a[href='/sites/{branch}'])")
    assert page.locator("#c1 .waterfall").is_hidden(), "words first, bits on request"
    place.locator("summary").first.click()
    assert place.locator(".bar").count() == 11 and place.locator(".bar-total").is_visible()
    visit.accessible()
    picture(visit, "links")
    page.locator("#compare-other").select_option(index=4)
    with page.expect_navigation():
        page.click("#compare button")
    assert page.locator("#contrast .bar-total").is_visible()
    visit.accessible()
    picture(visit, "links-contrast")
    page.click("summary:has(+ #buried)")
    page.fill("#buried-reason", "story")
    with page.expect_navigation():
        page.click("#buried button")
    page.wait_for_selector(".candidate")
    kinds = [vocab.label("site_kind", kind, lang) for kind, term in ((one, vocab.term("site_kind", one)) for one in vocab.SCHEMES["site_kind"])
             if term.attrs["links"] == "buried"]
    assert any(kind in page.inner_text("#c1") for kind in kinds) and "story" in page.inner_text(".strip-said")
    visit.accessible()
    picture(visit, "links-buried")
    page.goto(f"{visit.url}/persons/{code}/links")
    place = page.locator(f"li.candidate:has(h3 a[href='/sites/{branch}'])")
    place.locator("summary").last.click()
    place.locator(f"input[value={'lead' if lang == 'en' else 'set_aside'}]").check()
    place.locator("textarea").fill("story")
    for name in ("would_show", "asks"):
        place.locator(f"input[name={name}]").fill("synthetic")
    with live.as_("investigator") as opened:
        due = opened.value("today") + timedelta(days=30)
    place.locator("input[name=due]").fill(due.isoformat())
    with page.expect_navigation():
        place.locator("button").click()
    if lang == "en":
        assert "/inquiries/" in page.url and "No digging." in visit.text()
        page.goto(f"{visit.url}/persons/{code}/links")
    assert "story" in page.inner_text(f"li.candidate:has(h3 a[href='/sites/{branch}']) .note")
    picture(visit, "links-settled")
    page.goto(f"{visit.url}/sites/{branch}/links")
    assert page.locator("a[href^='/persons/']").count() > 1 and "story" not in visit.text()
    visit.accessible()
    picture(visit, "links-site")
