"""An area and a period in the browser: typed, chosen or drawn; no address tells the place; both dimensions shown."""
import json
import re
from urllib.parse import unquote

import pytest

from tests import given
from tests.sitereg.cases import event

pytestmark = pytest.mark.db
SQUARE = json.dumps({"type": "Polygon", "coordinates": [[[36.55, 33.15], [36.65, 33.15], [36.65, 33.25], [36.55, 33.25], [36.55, 33.15]]]})


@pytest.fixture(scope="module")
def somebody(house):
    source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
    with house.as_("worker") as opened:
        claims = [{"credibility": "2", "source": str(source), "subject_key": "p", **event("arrested", "[2012-03-01,2012-04-01)", (36.6, 33.2), 50)}]
        return opened.rows("record_claims", claims=given.Json(claims), subjects=given.Json([{"key": "p", "kind": "person"}]))[0]["code"]


def found(visitor, **form):
    return visitor.get(visitor.post("/inside", **form).headers["Location"]).text


@pytest.mark.parametrize("form", [{"centre": "33.2, 36.6", "km": "3"}, {"centre": "33°12'N 36°36'E", "km": "3,5"}, {"unit": "SY01"}, {"drawn": SQUARE}])
def test_an_area_may_be_typed_chosen_or_drawn(house, somebody, form):
    page = found(house.visitor("worker"), **form)
    assert "Hill Prison" in page and somebody in page and "certainly" in page
    assert re.search(r'data-label="certainly"><bdi class="num">[1-9]', page)


def test_the_period_counts_and_both_dimensions_are_told(house, somebody):
    visitor = house.visitor("worker")
    page = found(visitor, centre="33.2, 36.6", km="3", **{"from": "25 March 2012", "to": "2013"})
    rows = page.split('id="h-events"')[1]
    assert somebody in rows and "time: possibly" in re.sub(r"\s+", " ", rows) and "place: certainly" in re.sub(r"\s+", " ", rows)
    assert somebody not in found(visitor, centre="33.2, 36.6", km="3", **{"from": "نيسان 2012"})


def test_no_address_tells_the_place(house, somebody):
    visitor = house.visitor("worker")
    sent = visitor.post("/inside", centre="33.2, 36.6", km="3").headers["Location"]
    assert re.fullmatch(r"/inside\?a=[\w%-]+", sent) and "33.2" not in unquote(sent)
    page = visitor.get(sent).text
    assert not [one for one in re.findall(r'(?:href|action|src)="([^"]*)"', page) if "33.2" in unquote(one) or "36.6" in unquote(one)]
    house.visitor("officer").get(sent, 422)
    logged = house.rows("select detail from reg.read_log where action = 'inside' order by at desc limit 1")[0][0]
    assert set(logged) == {"sites", "events", "exact"}


@pytest.mark.parametrize(("form", "said"), [
    ({}, "Give one area"), ({"centre": "33.2, 36.6", "km": "3", "unit": "SY01"}, "Give one area"), ({"centre": "by the mill", "km": "3"}, "not read as one place"),
    ({"centre": "33.2, 36.6"}, "A radius is a number"), ({"centre": "33.2, 36.6", "km": "900"}, "at most 500 km"), ({"unit": "SY77"}, "no unit with an outline"),
    ({"unit": "SY01", "from": "banana"}, "not read as a day"), ({"drawn": "{}"}, "no area in GeoJSON"), ({"unit": "SY01", "bbox": "1"}, "no such field"),
    ({"drawn": '{"type": "Polygon", "coordinates": [[[36,33],[37,34],[37,33],[36,34],[36,33]]]}'}, "crosses itself")])
def test_what_cannot_be_asked_comes_back_with_what_was_typed(house, somebody, form, said):
    page = house.visitor("worker").post("/inside", 422, **form).text
    assert said in page and 'href="/inside?lang=ar"' in page
    if form.get("centre"):
        assert f'value="{form["centre"]}"' in page


def test_below_t2_the_cell_is_what_is_compared(house, somebody):
    worker, coarse = (found(house.visitor(who), centre="33.2, 36.6", km="0.4") for who in ("worker", "investigator1"))
    assert "certainly" in worker.split('id="h-events"')[1] and somebody in worker
    told = re.sub(r"<[^>]+>|\s+", " ", coarse.split('id="h-events"')[1])
    assert somebody in told and "possibly" in told and "10 km cell" in told and "certainly" not in told.split("Draw")[0]
    assert somebody not in found(house.visitor("viewer"), centre="33.2, 36.6", km="3")


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("who", ["worker", "investigator1", "viewer"])
def test_the_page_is_whole_in_both_languages(house, somebody, who, lang):
    visitor = house.visitor(who, lang)
    visitor.get("/inside")
    assert "1" in found(visitor, unit="SY01", **{"from": "2010", "to": "2015"})


def test_pages_go_on(house, somebody, monkeypatch):
    from web.views import inside as view

    monkeypatch.setattr(view, "PAGE", 1)
    visitor = house.visitor("worker")
    page = found(visitor, unit="SY01")
    onward = visitor.get(re.search(r'rel="next" href="([^"#]+)', page)[1].replace("&amp;", "&")).text
    assert re.search(r'<a href="(/sites/SYS[^"]+)', page.split('id="h-sites"')[1])[1] != re.search(r'<a href="(/sites/SYS[^"]+)', onward.split('id="h-sites"')[1])[1]
