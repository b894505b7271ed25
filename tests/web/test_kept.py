"""Views and watched sites in the web: an address that tells nothing but a key; chips; the years; what one may not, reads as nothing."""
import html
import re
from urllib.parse import unquote

import pytest

pytestmark = pytest.mark.db


def kept(visitor, **form):
    """The address of a view that was kept; nothing but a key stands in it."""
    path = visitor.post("/views", **form).headers["Location"]
    assert re.fullmatch(r"/sites\?v=[A-Za-z0-9_-]{22}#map", path)
    return path.removesuffix("#map")


def held(visitor, **asked):
    return unquote(visitor.post("/sites", **asked).headers["Location"].partition("w=")[2])


def chips(page):
    return [html.unescape(re.sub(r"<[^>]+>", "", one)).split("×")[0].strip() for one in re.findall(r"<a href=[^>]+data-name=.*?</a>", page.text, re.S)]


def test_a_view_is_kept_and_opened_by_a_colleague_with_his_own_rights(house):
    worker, colleague = house.visitor("worker"), house.visitor("investigator1")
    path = kept(worker, w=held(worker, group="burial"), at="36.123456,33.543217", zoom="16", name="Wells", shared="yes", at_least="1")
    page = worker.get(path)
    assert "3 sites" in page.text and 'data-zoom="16.0"' in page.text and "36.123456" in html.unescape(page.text) and "Wells" in page.text
    seen = colleague.get(path)
    assert "2 sites" in seen.text and "Hidden Hollow" not in seen.text and "Worker" in seen.text
    assert "Wells" in colleague.get("/views").text and path in colleague.get("/views").text


def test_a_key_that_opens_nothing_for_one_reads_like_one_that_never_was(house):
    path = kept(house.visitor("worker"), w=held(house.visitor("worker"), q="Dry"), name="Not for all")
    texts = [house.visitor("investigator1").get(one, 404).text for one in (path, "/sites?v=" + "A" * 22)]
    strip = re.compile(r'(nonce|value|data-key|href)="[^"]*"|[0-9a-f]{16}|data-here="[^"]*"')
    assert strip.sub("", texts[0]) == strip.sub("", texts[1]) and "Not for all" not in house.visitor("investigator1").get("/views").text


def test_a_view_is_renamed_shared_and_deleted_by_its_owner_alone(house):
    officer, worker = house.visitor("officer"), house.visitor("worker")
    key = kept(officer).partition("v=")[2]
    worker.post("/views/drop", 404, key=key)
    worker.post("/views/change", 404, key=key, name="Taken")
    officer.post("/views/change", key=key, name="Roads", shared="yes", at_least="2")
    assert "Roads" in worker.get("/views").text and "Officer" in worker.get("/views").text
    assert "by its name" in officer.post("/views/change", 422, key=key, name="", shared="yes").text
    officer.post("/views/drop", key=key)
    worker.get(f"/sites?v={key}", 404)


@pytest.mark.parametrize("form", [{"at": "1"}, {"at": "400,33", "zoom": "9"}, {"at": "36,33", "zoom": "x"}, {"w": "x"}, {"name": "x" * 101}, {"at_least": "7"}, {"at_least": "2"},
                                  {"shared": "yes"}, {"bbox": "1"}])
def test_what_cannot_be_kept_is_said(house, form):
    assert house.visitor("investigator1").post("/views", 422, **form)


def test_each_filter_is_a_chip_with_its_count_that_takes_it_off(house):
    worker = house.visitor("worker")
    page = worker.get("/sites?w=" + held(worker, group="burial", q="well", area="32 N 35 E; 38 N 43 E", **{"from": "1990"}).replace("=", "%3D"))
    assert chips(page)[0] == "well" and chips(page)[1].startswith("burial sites 2") and chips(page)[2:] == ["the area drawn", "from 1990 on"]
    for href in re.findall(r'<a href="([^"]+)" data-name', page.text):
        assert len(chips(worker.get(html.unescape(href)))) == 3 and "well" not in unquote(href)
    assert chips(worker.get("/sites")) == []


@pytest.mark.parametrize("corners", ["33 N 36 E", "33 N 36 E; nowhere", "33 N 36 E; 34 N 37 E; 33 N 37 E; 34 N 36 E", "33 N 36 E\n" * 41])
def test_an_area_that_is_none_is_said(house, corners):
    visitor = house.visitor("worker")
    answer = visitor.client.post("/sites", data={"csrf_token": visitor.token(), "area": corners})
    assert answer.status_code == 422 or visitor.get(answer.headers["Location"], 422)


def test_an_area_narrows_the_list_and_the_log_does_not_tell_where(house):
    page = house.visitor("worker").get("/sites?w=" + held(house.visitor("worker"), area="33.1 N 36.5 E\n33.3 N 36.7 E").replace("=", "%3D"))
    assert "Hill Prison" in page.text and "Dry Well" not in page.text
    assert "33.1" not in str(house.rows("select detail from reg.read_log where action = 'site_search' order by id desc limit 1"))


def test_the_years_stand_as_bars_and_as_numbers(house):
    page = house.visitor("worker").get("/sites")
    assert 'id="period-from"' in page.text and "nothing is said" in page.text and "In use" in page.text


def test_a_site_is_watched_from_its_page_and_from_the_list(house):
    worker, code = house.visitor("worker"), house.sites["prison"]["code"]
    assert worker.post("/watched", code=code, **{"from": "site"}).headers["Location"] == f"/sites/{code}"
    assert "Watch it no more" in worker.get(f"/sites/{code}").text
    assert f'value="{code}" formaction="/watched/end" aria-pressed="true"' in worker.get("/sites").text
    assert code in worker.get("/watched").text and "Nothing new" in worker.get("/watched").text
    from tests import given
    with house.as_("worker") as opened:
        given.say(opened, house.sites["prison"]["id"], given.kind("court"), source=house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0])
    page = worker.get("/watched").text
    assert "1 claim more" in page and "(new)" in page
    worker.post("/watched/seen", code=code)
    assert "Nothing new" in worker.get("/watched").text
    assert worker.post("/watched/end", code=code, **{"from": "list"}).headers["Location"] == "/sites"
    assert code not in worker.get("/watched").text


def test_a_hidden_site_cannot_be_watched(house):
    for path in ("/watched", "/watched/end", "/watched/seen"):
        texts = [house.visitor("investigator1").post(path, 404, code=one).text.replace(one, "CODE") for one in (house.sites["secret"]["code"], "SYS-222222-2")]
        strip = re.compile(r'(nonce|value|data-key)="[^"]*"|[0-9a-f]{16}')
        assert strip.sub("", texts[0]) == strip.sub("", texts[1])
