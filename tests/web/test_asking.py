"""What may be asked of the list: filters, pages, searches; what may not is said."""
import json
import re
from urllib.parse import unquote

import pytest

pytestmark = pytest.mark.db


@pytest.mark.parametrize("query", ["kind=bogus", "group=x", "verification=yes", "protection=1", "governorate=33.5", "from=12", "to=1e9",
                                   "bbox=1,2,3,4", "q=Well", "w=Well", "after=33.5,36.2", "from=2012&to=2010", "limit=9999"])
def test_what_cannot_be_asked_is_422(house, query):
    page = house.visitor("investigator1").get(f"/sites?{query}", 422)
    assert "This cannot be asked" in page.text or "The period ends before it begins" in page.text


def test_filters_reach_list_count_facets_and_tiles_alike(house):
    visitor = house.visitor("worker")
    page = visitor.get("/sites?group=burial").text
    assert "3 sites" in page and page.count('class="site"') == 3 and "Hill Prison" not in page
    query = json.loads(re.search(r"sitereg\.sites\((.*?)\)", page, re.S)[1])["query"]
    assert "burial" not in query and visitor.client.get(f"/tiles/sites/6/38/25.mvt?{query}").data == visitor.client.get(
        "/tiles/sites/6/38/25.mvt?group=burial").data
    assert visitor.client.get("/tiles/sites/6/38/25.mvt?group=burial").data != visitor.client.get("/tiles/sites/6/38/25.mvt").data
    assert visitor.client.get("/tiles/sites/6/38/25.mvt?group=bogus").status_code == 422


@pytest.mark.parametrize("words", ["dry", "DRY well", "البئر", "البئر الجافه", "الجافة"])
def test_a_name_is_found_in_either_script(house, words):
    assert "Dry Well" in house.visitor("worker").search(words).text


@pytest.mark.parametrize("form", [{"q": "x" * 201}, {"q": "\0"}, {"kind": "bogus"}, {"after": "SYS-222222-2"}, {"w": "x"}])
def test_what_cannot_be_sent_is_422(house, form):
    visitor = house.visitor("investigator1")
    page = visitor.post("/sites", 422, **form)
    assert "This cannot be asked" in page.text and 'href="/sites?lang=ar"' in page.text


def addresses(page):
    """Every address that a page holds, and the query that its map passes on."""
    return [*re.findall(r'(?:href|action|src)="([^"]*)"', page), re.search(r"sitereg\.sites\((.*?)\)", page, re.S)[1]]


def test_no_address_tells_the_words(house, monkeypatch):
    """From form to list, pages, language and tiles: the words lead everywhere and stand in no address."""
    from web.views import sites

    monkeypatch.setattr(sites, "PAGE", 1)
    visitor = house.visitor("worker")
    for words in ("well", "البئر"):
        sent = visitor.post("/sites", q=words, group="burial").headers["Location"]
        assert re.fullmatch(r"/sites\?w=[A-Za-z0-9_%-]{90,}", sent)
        page = visitor.get(sent).text
        assert f'value="{words}"' in page and page.count('class="site"') == 1
        for address in addresses(page):
            assert words not in unquote(address).lower() and "burial" not in address, address
        other = re.search(r'href="(\?[^"]+)" lang="ar"', page)[1].replace("&amp;", "&")
        assert "w=" in other
        query = json.loads(re.search(r"sitereg\.sites\((.*?)\)", page, re.S)[1])["query"]
        whole, some = (visitor.client.get("/tiles/sites/6/38/25.mvt" + more).data for more in ("", "?" + query))
        assert some and some != whole
    page = visitor.search("Well").text
    onward = visitor.get(re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")).text
    assert 'value="Well"' in onward and re.findall(r'data-code="([^"]+)"', onward) != re.findall(r'data-code="([^"]+)"', page)
    assert 'rel="next"' not in onward


def test_the_map_of_one_site_tells_no_words_either(house):
    code = house.sites["grave"]["code"]
    page = house.visitor("worker").get(f"/sites/{code}").text
    assert code not in re.search(r"sitereg\.sites\((.*?)\)", page, re.S)[1]


def test_another_seat_does_not_read_the_words(house):
    sent = house.visitor("worker").post("/sites", q="Prison").headers["Location"]
    page = house.visitor("officer").get(sent, 422).text
    assert "This search is over: type it again" in page and "Prison" not in page


def test_words_of_one_length_and_another_make_addresses_of_one_length(house):
    visitor = house.visitor("worker")
    made = [visitor.post("/sites", q=words).headers["Location"] for words in ("ab", "a longer name", "Prison", "Prison")]
    assert len({len(unquote(one)) for one in made}) == 1 and len(set(made)) == 4


def test_pages_go_on_and_back(house, monkeypatch):
    from web.views import sites

    monkeypatch.setattr(sites, "PAGE", 2)
    visitor, seen, path = house.visitor("worker"), [], "/sites?verification=suspected&verification=reported"
    while path:
        page = visitor.get(path).text
        seen.append(re.findall(r'data-code="([^"]+)"', page))
        path = next(iter(re.findall(r'rel="next" href="([^"]+)"', page)), "").replace("&amp;", "&")
    assert sum(map(len, seen)) == len({code for one in seen for code in one}) == 6 and len(seen) == 3
    back = re.search(r'rel="prev" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert re.findall(r'data-code="([^"]+)"', visitor.get(back).text) == seen[-2]


def test_places_are_named_whether_or_not_a_site_is_there(house):
    house.rows("insert into reg.place(id, names, geom, extent_m, country, kind, source) values (reg.new_id(),"
               " '{\"en\": \"Quietville\", \"ar\": \"هادئة\"}', st_setsrid(st_makepoint(36, 34), 4326), 900, 'SY', 'town', 'test') returning 1")
    house.rows("select api._name_places('test')")
    page = house.visitor("investigator1").search("Quietville").text
    assert "Places of that name:" in page and "No site here in what you may see." in page


def test_why_shows_grades_in_words_and_who_contradicts(house):
    page = house.visitor("worker").get(f"/sites/{house.sites['grave']['code']}/why/kind").text
    assert "usually reliable; probably true" in page and "unreliable; probably true" in page
    assert not re.search(r">[^<]*\b[A-F][1-6]\b", page), "grades are said in words, never as a code"
    house.visitor("worker").get(f"/sites/{house.sites['grave']['code']}/why/nonsense", 422)


def test_the_list_works_without_scripts(house):
    page = house.visitor("worker").get("/").text
    assert 'id="filters" class="filters" method="post" action="/sites"' in page and "<noscript>" in page and 'href="/sites/SYS-' in page
