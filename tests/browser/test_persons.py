"""Stories of persons in both languages: a case is found and read, its name opened once, an area drawn; nothing needs a script."""
from datetime import date

import pytest
from shapely import Point

from sitereg import claims, sources, vocab
from tests import given
from tests.browser.langs import ARABIC, ENGLISH

pytestmark = [pytest.mark.db, pytest.mark.browser]
NAME = "نادر المتخيل للعرض"


@pytest.fixture(scope="module")
def somebody(served):
    """The code of an invented case with two events at places, a period and a name."""
    from sitereg.actors import Actor
    from sitereg.store import session


    with session.acting(served[1], Actor("demo.investigator", "system", "story")) as opened:
        source = sources.new(opened, "testimony_family", {"en": "Invented family", "ar": "عائلة متخيَّلة"}, reliability="B", reason="story",
                             terms=given.TERMS)

        def say(predicate, value, **more):
            return claims.said(predicate, value, source=source, subject_key="p", credibility="2", **more)

        rows = claims.record(opened, [
            say("event", {"kind": "arrested"}, at=(date(2012, 5, 2), date(2012, 5, 2)), shape=Point(38.2, 34.8), uncertainty_m=300, place_kind="exact",
                method="testimony_sketch"),
            say("event", {"kind": "seen_by_exdetainee"}, at=(date(2013, 1, 1), date(2013, 6, 30)), shape=Point(38.4, 34.9), uncertainty_m=4000,
                place_kind="approximate", method="testimony_sketch"),
            say("person_name", {"text": NAME, "script": "Arab"})], subjects=[claims.new_subject("p", "person")], reason="story")
    return rows[0].code


@pytest.mark.parametrize(("width", "lang"), [pytest.param(1280, "en", marks=pytest.mark.drill), (390, "ar")])
def test_a_case_is_found_by_name_read_and_its_name_shown_once(live, somebody, lang, width):
    visit = live.visit(lang, width=width, height=844)
    visit.sign_in("investigator")
    page = visit.page
    page.goto(visit.url + "/persons")
    visit.accessible()
    page.fill("#f-name", "المتخيّل نادر")
    page.fill("#f-reason", "story")
    page.click("#filters button[type=submit]")
    page.wait_for_url("**/persons?n=*")
    assert "نادر" not in page.inner_text("table.cases") and page.locator("table.cases tbody tr").count() >= 1
    visit.accessible()
    page.click("table.cases a.code >> nth=0")
    page.wait_for_selector("#h-cautions")
    page.wait_for_function("() => document.querySelectorAll('.trail-number').length === 2")
    assert vocab.label("event_kind", "seen_by_exdetainee", lang) in page.inner_text("table.events") and NAME not in visit.text()
    visit.accessible()
    page.click("summary:has(+ #show-name)")
    page.fill("#show-name-reason", "story")
    page.click("#show-name button")
    page.wait_for_selector("#names .note-attention")
    assert NAME in page.inner_text("#names") and page.title() == "sitereg" and "names" in page.url
    visit.accessible()
    page.click("#names .note-attention a")
    page.wait_for_selector("#show-name", state="attached")
    assert NAME not in visit.text()
    page.click("table.events a.why >> nth=0")
    page.wait_for_selector("table.claims")
    visit.accessible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@ARABIC
def test_an_area_is_drawn_and_what_may_lie_in_it_listed(live, somebody, lang):
    visit = live.visit(lang)
    visit.sign_in("investigator")
    page = visit.page
    page.goto(visit.url + "/inside")
    page.wait_for_selector("#draw-tools:not([hidden])")
    visit.accessible()
    page.click("#draw-area")
    box = page.locator("#map").bounding_box()
    for x, y in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.2, 0.2)):
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        page.wait_for_timeout(120)
    assert page.input_value("#f-drawn").startswith('{"type":"Polygon"')
    page.fill("#f-from", "2012")
    visit.follow("#ask button[type=submit]")
    assert page.locator("section:has(#h-events) tbody tr").count() == 25 and "Polygon" not in page.url
    visit.accessible()
    page.click("#draw-circle")
    for x in (0.5, 0.6):
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * 0.5)
        page.wait_for_timeout(120)
    assert page.input_value("#f-drawn") == "" and float(page.input_value("#f-km")) > 1


@ENGLISH
def test_without_scripts_a_reader_asks_and_reads_the_same(live, somebody, lang):
    visit = live.visit(lang, width=390, height=844, scripts=False)
    visit.sign_in("investigator")
    page = visit.page
    page.goto(visit.url + "/inside")
    page.fill("#f-centre", "34.8, 38.2")
    page.fill("#f-km", "10")
    visit.follow("#ask button[type=submit]")
    assert somebody in page.inner_text("main")
    visit.follow(f"a[href='/persons/{somebody}']")
    assert page.locator("table.events tbody tr").count() == 2 and page.locator("svg.time").count() == 1
