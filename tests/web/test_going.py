"""Going to a place: in any form of coordinates, without an address that tells it; what is not one place is asked."""
import html
import json
import re
from urllib.parse import unquote

import pytest

pytestmark = pytest.mark.db


def stands_at(visitor, sent):
    """What the page that an answer leads to shows, and its address, which tells nothing."""
    path = sent.headers["Location"]
    assert re.fullmatch(r"/sites\?(w=[\w%-]+&)?at=[\w%-]+#map", path)
    page = visitor.get(path.removesuffix("#map"))
    return json.loads(html.unescape(re.search(r'data-at="([^"]*)"', page.text)[1])), unquote(path), page


@pytest.mark.parametrize(("said", "lat", "lon", "off"), [
    ("33.5138 N, 36.2765 E", 33.5138, 36.2765, 10), ("٣٣٫٥١٣٨° شمال ٣٦٫٢٧٦٥° شرق", 33.5138, 36.2765, 10), ("37S BT 47029 11570", 33.51, 36.27, 0),
    ("33°30'50\"N 36°16'35\"E", 33.5139, 36.2764, 30)])
def test_coordinates_in_any_form_lead_to_the_map_with_how_far_off_they_may_be(house, said, lat, lon, off):
    visitor = house.visitor("viewer")
    at, path, page = stands_at(visitor, visitor.post("/sites/go", place=said))
    assert (at["lat"], at["lon"]) == (pytest.approx(lat, abs=0.01), pytest.approx(lon, abs=0.01)) and at["m"] > off
    assert at["said"] == said and "±" in page.text and "sitereg.sites" in page.text
    assert "33" not in re.sub(r"=[\w%-]+", "", path)


def test_what_can_be_read_in_two_ways_is_asked_and_a_choice_leads_there(house):
    visitor = house.visitor("viewer")
    page = visitor.post("/sites/go", 200, place="33.51, 36.29")
    keys = re.findall(r'name="pick" value="([^"]+)"', page.text)
    assert len(keys) == 2 and "can mean more than one place" in page.text
    for key in keys:
        at, _path, _page = stands_at(visitor, visitor.post("/sites/go", place="33.51, 36.29", pick=key))
        assert f"{at['lat']:.6f},{at['lon']:.6f}" == key


def test_what_is_asked_of_the_list_goes_along(house):
    visitor = house.visitor("worker")
    held = visitor.post("/sites", group="burial").headers["Location"].partition("w=")[2]
    _at, _path, page = stands_at(visitor, visitor.post("/sites/go", place="37S BT 47029 11570", w=unquote(held)))
    assert "3 sites" in page.text


@pytest.mark.parametrize("said", ["", "   ", "0, 0", "\u0661\u0662", "x" * 400, "<b>nowhere</b>"])
def test_what_is_no_place_is_said_and_kept(house, said):
    page = house.visitor("viewer").post("/sites/go", 422, place=said)
    assert "<b>nowhere" not in page.text and 'href="/sites?lang=ar"' in page.text


def test_a_code_leads_to_its_page_and_a_hidden_one_reads_as_none(house):
    code = house.sites["grave"]["code"]
    assert house.visitor("worker").post("/sites/go", place=code.lower()).headers["Location"] == f"/sites/{code}"
    texts = [house.visitor("worker").post("/sites/go", 422, place=one).text.replace(one, "CODE") for one in ("SYS-222222-2", "SYS-333333-3")]
    assert re.sub(r'(nonce|value|data-key)="[^"]+"', "", texts[0]) == re.sub(r'(nonce|value|data-key)="[^"]+"', "", texts[1])


def test_an_unknown_field_is_refused(house):
    assert "There is no such field" in house.visitor("viewer").post("/sites/go", 422, place="33 N 36 E", to="x").text
