"""What may be asked of the list: filters, pages, searches; what may not is said."""
import re

import pytest

pytestmark = pytest.mark.db


@pytest.mark.parametrize("query", ["kind=bogus", "group=x", "verification=yes", "protection=1", "governorate=33.5", "from=12", "to=1e9",
                                   "bbox=1,2,3,4", "q=" + "x" * 201, "after=33.5,36.2", "from=2012&to=2010", "limit=9999", "q=%00"])
def test_what_cannot_be_asked_is_422(house, query):
    page = house.visitor("investigator1").get(f"/sites?{query}", 422)
    assert "This cannot be asked" in page.text or "The period ends before it begins" in page.text


def test_filters_reach_list_count_facets_and_tiles_alike(house):
    visitor = house.visitor("worker")
    page = visitor.get("/sites?group=burial").text
    assert "3 sites" in page and page.count('class="site"') == 3 and "Hill Prison" not in page
    assert "group=burial" in re.search(r"sitereg\.sites\((.*?)\)", page, re.S)[1]
    assert visitor.client.get("/tiles/sites/6/38/25.mvt?group=burial").data != visitor.client.get("/tiles/sites/6/38/25.mvt").data
    assert visitor.client.get("/tiles/sites/6/38/25.mvt?group=bogus").status_code == 422


@pytest.mark.parametrize("words", ["dry", "DRY well", "البئر", "البئر الجافه", "الجافة"])
def test_a_name_is_found_in_either_script(house, words):
    assert "Dry Well" in house.visitor("worker").get("/sites", query_string={"q": words}).text


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
    page = house.visitor("investigator1").get("/sites?q=Quietville").text
    assert "Places of that name:" in page and "No site here in what you may see." in page


def test_why_shows_grades_in_words_and_who_contradicts(house):
    page = house.visitor("worker").get(f"/sites/{house.sites['grave']['code']}/why/kind").text
    assert "usually reliable; probably true" in page and "unreliable; probably true" in page
    assert "B2" not in page
    house.visitor("worker").get(f"/sites/{house.sites['grave']['code']}/why/nonsense", 422)


def test_the_list_works_without_scripts(house):
    page = house.visitor("worker").get("/").text
    assert 'method="get" action="/' in page and "<noscript>" in page and 'href="/sites/SYS-' in page
