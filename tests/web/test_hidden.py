"""What a reader may not see is absent: from pages, tiles, counts, errors, byte for byte."""
import math
import re

import pytest

from sitereg import errors
from tests.web import mvt, registry
from tests.web.reading import words
from web import identity

pytestmark = pytest.mark.db
EXACT = [f"{abs(value) % 1:.4f}"[2:] for spot in (registry.SPOT, registry.NEARBY) for value in spot]  # 1235, 5432, ...
PASSING = re.compile(r'nonce(=|-)[^\s;\']+|value="[^"]+"|<bdi class="num">[0-9a-f]{16}</bdi>')


def still(answer):
    """The answer without what differs between any two requests: nonce, token, number."""
    return PASSING.sub("", answer.text), {name: value for name, value in answer.headers.items()
                                          if name not in ("Content-Security-Policy", "X-Request-Id", "Set-Cookie", "Content-Length")}


def tile(z, lon, lat):
    x = int((lon + 180) / 360 * 2 ** z)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2 ** z)
    return f"/tiles/sites/{z}/{x}/{y}.mvt"


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("tail", ["", "/why/kind", "/history"])
def test_hidden_absent_and_malformed_are_one_answer(house, tail, lang):
    reader = house.visitor("investigator1", lang)
    codes = house.sites["secret"]["code"], "SYS-222222-2", "SYS-222222", "sys-222222-2", "x", "SYP-222222-2", "0" * 300
    answers = [still(reader.get(f"/sites/{code}{tail}", 404)) for code in codes]
    assert all(one == answers[0] for one in answers[1:])
    assert answers[0] == still(reader.get("/nothing/of/the/kind", 404))
    assert "Hidden Hollow" in house.visitor("officer").get(f"/sites/{codes[0]}").text


def test_a_hidden_site_cannot_be_written_to(house):
    officer = house.visitor("officer1")
    form = {"to": "unprotected", "reason": "seen", "observed_on": "2026-01-01"}
    hidden, absent = (officer.post(f"/sites/{code}/protection", 404, **form) for code in (house.sites["secret"]["code"], "SYS-222222-2"))
    assert still(hidden) == still(absent)


def test_lists_and_counts_leave_out_what_is_hidden(house):
    page = house.visitor("investigator1").get("/").text
    assert (house.sites["secret"]["code"] not in page and '<h1 id="total"' in page) or "5 sites" in page
    assert "5 sites" in page and "6 sites" in house.visitor("officer").get("/").text
    assert "Hidden" not in house.visitor("investigator1").search("Hollow").text.replace("hidden", "")


def test_no_page_below_the_exact_tier_tells_the_place(house):
    reader = house.visitor("investigator1")
    code = house.sites["grave"]["code"]
    fields = ("kind", "place", "note", "count", "name", "relation", "activity", "kind:mass_grave", "address")
    pages = ["/", reader.post("/sites", q="Well").headers["Location"], f"/sites/{code}", f"/sites/{code}/history", "/desk", *(f"/sites/{code}/why/{field}" for field in fields)]
    for path in pages:
        text = reader.get(path).text
        assert not [digits for digits in EXACT if f".{digits[:3]}" in text], path
    exact = house.visitor("worker").get(f"/sites/{code}").text
    assert "33.54322, 36.12346" in exact  # and the search above would have found it


def test_two_sites_of_one_cell_are_drawn_alike_below_the_exact_tier(house):
    drawn = {}
    for who in ("investigator1", "worker"):
        for key in ("grave", "twin"):
            visitor = house.visitor(who)
            query = visitor.post("/sites", q=house.sites[key]["code"]).headers["Location"].partition("?")[2]
            made = mvt.read(visitor.get(tile(14, *registry.SPOT) + "?" + query).data)
            drawn[who, key] = [shape for layer in ("sites", "areas") for _, shape in made.get(layer, [])]
    assert set(map(str, drawn["investigator1", "grave"])) == set(map(str, drawn["investigator1", "twin"]))
    assert drawn["investigator1", "grave"] and drawn["worker", "grave"] != drawn["worker", "twin"]


def test_an_exact_page_stands_in_the_log_before_it_is_shown(house):
    site = house.sites["twin"]
    house.visitor("worker").get(f"/sites/{site['code']}")
    assert house.rows("select count(*) from reg.read_log where action = 'site_page' and object = %s", site["id"])[0][0] == 1
    house.visitor("investigator1").get(f"/sites/{site['code']}")
    assert house.rows("select count(*) from reg.read_log where action = 'site_page' and object = %s", site["id"])[0][0] == 1
    request = house.rows("select request from reg.read_log where object = %s", site["id"])[0][0]
    assert re.fullmatch("[0-9a-f]{16}", request)


def test_there_is_no_answer_where_the_log_cannot_be_written(house, monkeypatch):
    def broken(*_given):
        raise errors.Unavailable("The database does not answer")

    visitor = house.visitor("worker")
    monkeypatch.setattr(identity, "keep_log", broken)
    answer = visitor.get(f"/sites/{house.sites['grave']['code']}", 503)
    assert "Dry Well" not in answer.text and "33.54" not in answer.text


def test_a_number_on_the_map_opens_into_what_its_reader_may_see_and_nothing_else(house):
    where = "/tiles/sites/0/0/0/opened?squares=" + ",".join(map(str, range(0, 256, 4)))
    every = [f"/tiles/sites/0/0/0/opened?squares={','.join(map(str, range(low, low + 64)))}" for low in range(0, 256, 64)]
    seen = {name: [one for path in every for one in house.visitor(name).get(path).get_json()["sites"]] for name in ("investigator1", "worker")}
    listed = {name: set(re.findall(r'data-code="(SYS-[^"]+)"', house.visitor(name).get("/sites").text)) for name in seen}
    assert {one["c"] for one in seen["investigator1"]} <= listed["investigator1"], "none that the list does not show"
    assert len(seen["worker"]) > len(seen["investigator1"]) > 0
    assert {"c", "k", "g", "v", "p", "x", "o", "ne", "na"} == set(seen["worker"][0])
    for wrong in ("", "?squares=", "?squares=x", "?squares=1000", "?squares=" + ",".join(["1"] * 65)):
        house.visitor("viewer").get(where.split("?")[0] + wrong, 404)
    assert house.rows("select count(*) from reg.read_log l join reg.account a on a.id = l.actor where a.name = 'worker'"
                      " and l.action = 'site_list'")[0][0]


def test_searches_exact_tiles_and_refusals_stand_in_the_log(house):
    house.visitor("worker").search("Prison")
    house.visitor("worker").get(tile(12, 36.6, 33.2))
    house.visitor("viewer").search("Prison")
    logged = house.rows("select a.name, l.action, l.detail from reg.read_log l join reg.account a on a.id = l.actor")
    assert ("worker", "site_search", {"q": "Prison"}) in logged and ("viewer", "site_search", {"q": "Prison"}) in logged
    assert ("worker", "site_tile", {"zoom": 12}) in logged
    house.visitor("viewer").post(f"/sites/{house.sites['grave']['code']}/protection", 403, reason="x")
    assert house.rows("select count(*) from reg.read_log where action = 'refused'")[0][0]


def test_names_are_text_and_never_markup(house):
    page = house.visitor("investigator1").get(f"/sites/{house.sites['hostile']['code']}").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "49" not in words(page.split("<h1>")[1][:100])
