"""OGC API by token: the caller's rows, shapes and precision, pages that do not move, and nothing that tells what is hidden."""
import base64
import json
from dataclasses import replace

import pytest

from sitereg import accounts
from sitereg.layers import LAYERS
from tests import given
from tests.web.conftest import sealed
from tests.web.registry import SPOT
from web import create_app, ogc, pace

pytestmark = pytest.mark.db
ITEMS = "/ogc/collections/{}/items"
HELD = {}


def token(house, name, scopes=("layers",)):
    held = (house.settings.database, name, scopes)
    if held not in HELD:
        with house.as_(name) as opened:
            HELD[held] = accounts.make_token(opened, account=name, scopes=list(scopes), days=1, reason="test")[0]
    return HELD[held]


def ask(house, name, path, status=200, **more):
    """The answer to the token of that account, checked as every answer is."""
    answer = sealed(house.app.test_client().get(path, headers={"Authorization": f"Bearer {token(house, name)}"}, **more))
    assert answer.status_code == status, (path, answer.status_code, answer.text[:1500])
    return answer


def rows(house, name, layer, query=""):
    return json.loads(ask(house, name, ITEMS.format(layer) + query).data)


def codes(found):
    return {one["properties"]["code"] for one in found["features"]}


@pytest.fixture(autouse=True)
def unhurried():
    pace.LEFT.clear()


def test_each_sees_the_rows_and_shapes_of_his_face(house):
    mine, his = (rows(house, name, "sites") for name in ("analyst1", "worker"))
    assert codes(his) - codes(mine) == {house.sites["secret"]["code"]} and codes(mine) < codes(his)
    assert mine["numberMatched"] == mine["numberReturned"] == len(mine["features"]) == his["numberMatched"] - 1
    grave = {who: next(one for one in found["features"] if one["properties"]["code"] == house.sites["grave"]["code"])
             for who, found in (("analyst1", mine), ("worker", his))}
    assert grave["worker"]["geometry"] == {"type": "Point", "coordinates": list(SPOT)}
    assert grave["analyst1"]["geometry"]["type"] == "Polygon" and str(SPOT[0])[:7] not in json.dumps(mine)
    assert grave["analyst1"]["id"] == grave["worker"]["id"] == grave["worker"]["properties"]["key"]
    assert not rows(house, "viewer", "sites")["features"] and not rows(house, "viewer", "persons")["features"]


def test_layers_of_one_type_hold_each_site_once(house):
    for who in ("analyst1", "worker"):
        every = {one["id"]: one["geometry"] for one in rows(house, who, "sites")["features"]}
        typed = {}
        for name in ("site_points", "site_lines", "site_areas", "site_cells"):
            for one in rows(house, who, name)["features"]:
                assert one["geometry"]["type"] == LAYERS[name].shape
                assert typed.setdefault(one["id"], one["geometry"]) is one["geometry"]
        assert typed.keys() == {key for key, shape in every.items() if shape} and len(typed) >= 4


def test_a_box_meets_the_shape_that_the_caller_is_shown_and_never_the_exact_one(house):
    """In the cell of the grave, off its point: tier 1 finds it everywhere in the cell, tier 2 at its point alone."""
    grave = house.sites["grave"]["code"]
    cell = next(one for one in rows(house, "analyst1", "site_cells")["features"] if one["properties"]["code"] == grave)["geometry"]["coordinates"][0]
    west, south = min(x for x, _y in cell), min(y for _x, y in cell)
    corner = f"?bbox={west + 1e-5},{south + 1e-5},{west + 2e-5},{south + 2e-5}"
    at = f"?bbox={SPOT[0] - 1e-5},{SPOT[1] - 1e-5},{SPOT[0] + 1e-5},{SPOT[1] + 1e-5}"
    assert grave in codes(rows(house, "analyst1", "sites", corner)) and grave not in codes(rows(house, "worker", "sites", corner))
    both = {grave, house.sites["twin"]["code"]}
    assert codes(rows(house, "analyst1", "sites", at)) == codes(rows(house, "analyst1", "sites", corner)) == both
    assert codes(rows(house, "worker", "sites", at)) == {grave}
    assert rows(house, "worker", "site_kinds", at)["numberMatched"] == 0


def test_where_each_may_lie_is_an_area_around_what_is_shown(house):
    found = {one["properties"]["code"]: one["geometry"] for one in rows(house, "worker", "site_uncertainty")["features"]}
    prison = found[house.sites["prison"]["code"]]
    xs = [x for x, _y in prison["coordinates"][0][0]]
    assert prison["type"] == "MultiPolygon" and 0.00125 < max(xs) - min(xs) < 0.0014, "60 m on either side, in degrees at 33 N"
    assert house.sites["nowhere"]["code"] in found and found[house.sites["nowhere"]["code"]] is None


def test_pages_follow_one_another_and_hold_each_row_once(house):
    whole, seen, path = rows(house, "worker", "sites"), [], ITEMS.format("sites") + "?limit=2&f=json"
    while path:
        page = json.loads(ask(house, "worker", path).data)
        seen += page["features"]
        assert page["numberReturned"] <= 2 and page["numberMatched"] == whole["numberMatched"]
        path = next((one["href"] for one in page["links"] if one["rel"] == "next"), None)
    assert seen == whole["features"] and [one["id"] for one in seen] == sorted(one["id"] for one in seen)
    past = seen[1]["id"]
    assert rows(house, "worker", "sites", f"?past={past}")["features"] == seen[2:]


def test_values_of_columns_are_asked_for(house):
    prison = house.sites["prison"]["code"]
    for query, wanted in (("?kind=prison_military", {prison}), (f"?code={prison}&uncertainty_m=60", {prison}), ("?version=999", set()),
                          ("?began_earliest=2001-01-01", set()), ("?kind=prison_military&limit=1", {prison}), ("?kind=%27%20or%20true", set())):
        found = rows(house, "worker", "sites", query)
        assert codes(found) == wanted and found["numberMatched"] == len(wanted), query


def test_datetime_asks_what_may_have_been_so(house):
    with house.as_("worker") as opened:
        source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
        _id, used, _said = given.site(opened, given.kind("prison_central", began="[2011-01-01,2012-01-01)", ended="[2014-01-01,2015-01-01)"),
                                      given.place(37.5, 34.5), source=source)
    unknown = house.sites["prison"]["code"]
    for query, meets in (("2010-12-31", False), ("2011-01-01", True), ("2014-12-31T23:59:59Z", True), ("2015-01-01", False),
                         ("../2010-12-31", False), ("2015-01-01/..", False), ("2010-01-01/2011-06-01", True), ("2013-01-01/", True)):
        found = codes(rows(house, "worker", "sites", f"?datetime={query}"))
        assert (used in found) == meets and unknown in found, query


@pytest.mark.parametrize("query", [
    "bbox=1,2,3", "bbox=a,b,c,d", "bbox=37,33,36,34", "bbox=nan,1,2,3", "datetime=yesterday", "datetime=2012-02-30", "datetime=2013-01-01/2012-01-01",
    "datetime=../..", "datetime=", "limit=0", "limit=-1", "limit=x", "past=x", "nothing=1", "limit=1&limit=2", "kind=%00", "version=x",
    "version=99999999999", "key=1e5", "uncertainty_m=inf", "f=html", "crs=EPSG:4326", "geom=x", "began_earliest=never", "id=x", "datetime=2012-01-01T99:00:00Z"])
def test_what_cannot_be_asked_is_refused_as_the_standard_has_it(house, query):
    answer = ask(house, "worker", f"{ITEMS.format('sites')}?{query}", 400)
    assert answer.json["request"] and answer.json["error"] != "failed"


def test_what_is_hidden_is_what_is_nowhere(house):
    secret = next(one["id"] for one in rows(house, "worker", "sites")["features"] if one["properties"]["code"] == house.sites["secret"]["code"])
    path = "/ogc/collections/sites/items/"
    assert ask(house, "worker", f"{path}{secret}").json["properties"]["code"] == house.sites["secret"]["code"]
    answers = [ask(house, "analyst1", f"{path}{key}", 404) for key in (secret, 7, 2**52, 2**53, 2**70)]
    said = [{**one.json, "request": None} for one in answers]
    assert all(one == said[0] for one in said) and len({len(one.data) for one in answers}) == 1
    assert ask(house, "analyst1", f"{ITEMS.format('nothing')}", 404).json["error"] == "not_found"


EVERY = ["/ogc", "/ogc/api", "/ogc/collections", *(f"/ogc/collections/{name}/items" for name in LAYERS),
         *(f"/ogc/collections/{room}/tiles/WebMercatorQuad/{where}" for room in ogc.TILED for where in ("6/25/38", "12/1642/2459")),
         *(f"/ogc/collections/sites/items{rest}" for rest in ("?limit=1", "?bbox=36,33,37,34", "?datetime=2012-01-01", "?kind=mass_grave", "/7"))]


def everything(house, who):
    """What that account is answered at every address, with the request's number taken out."""
    found = {}
    for path in EVERY:
        pace.LEFT.clear()
        answer = sealed(house.app.test_client().get(path, headers={"Authorization": f"Bearer {token(house, who)}"}))
        found[path] = (answer.status_code, answer.data.replace(answer.headers["X-Request-Id"].encode(), b""), answer.headers.get("Content-Length"))
    return found


def test_a_site_that_is_hidden_changes_no_byte_of_any_answer(house):
    before = {who: everything(house, who) for who in ("analyst1", "viewer", "worker")}
    assert {200, 204, 404} == {one[0] for held in before.values() for one in held.values()}
    with house.as_("worker") as opened:
        source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
        given.site(opened, given.kind("mass_grave"), given.name("Hidden as well"), given.place(36.5, 33.5), tier=2, exact_tier=2, source=source)
    assert {who: everything(house, who) == before[who] for who in before} == {"analyst1": True, "viewer": True, "worker": False}, "but whoever may see it"


def test_a_token_opens_what_it_is_for_as_bearer_or_as_password(house):
    path, text = ITEMS.format("sites"), token(house, "analyst1")
    basic = lambda said: {"Authorization": "Basic " + base64.b64encode(said.encode()).decode()}  # noqa: E731
    client = house.app.test_client()
    for header, status in ((basic(f"anything:{text}"), 200), ({"Authorization": f"bearer {text}"}, 200), (basic(text), 401), ({}, 401),
                           (basic("x:y"), 401), ({"Authorization": "Basic ???"}, 401), ({"Authorization": "Basic /w=="}, 401),
                           ({"Authorization": f"Bearer {token(house, 'analyst1', ('frames',))}"}, 401)):
        answer = sealed(client.get(path, headers=header))
        assert answer.status_code == status, header
        assert status == 200 or (answer.json["error"] == "no_token" and answer.headers["WWW-Authenticate"].startswith("Basic"))
    assert client.get("/api/frames/sites", headers={"Authorization": f"Bearer {text}"}).status_code == 401
    assert house.visitor("worker").client.get(path).status_code == 401, "no cookie opens it"
    assert client.get("/sites", headers=basic(f"x:{text}")).status_code in (303, 401)


def test_each_read_stands_in_the_log_without_where_one_looked(house):
    ask(house, "analyst1", f"{ITEMS.format('events')}?bbox=36.11,33.11,36.12,33.12&kind=arrested")
    ask(house, "worker", "/ogc/collections/sites/tiles/WebMercatorQuad/12/1642/2459")
    found = house.rows("select how, detail from reg.read_log where action = 'layer' order by at desc limit 2")
    assert found == [("token", {"of": "sites tile", "zoom": 12}), ("token", {"of": "events", "filter": ["bbox", "kind"], "count": 0})]


def test_links_lead_to_the_host_that_was_asked_and_by_the_way_it_came(house):
    app = create_app(replace(house.settings, hosts=("sites.example.org",), proxies=1))
    app.testing = True
    asked = {"Authorization": f"Bearer {token(house, 'worker')}", "Host": "sites.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere.invalid"}
    for path in ("/ogc", "/ogc/collections", f"{ITEMS.format('sites')}?limit=1", "/ogc/api", "/ogc/collections/sites/tiles/WebMercatorQuad"):
        answer = app.test_client().get(path, headers=asked)
        assert answer.status_code == 200 and "elsewhere" not in answer.text
        held = answer.json if answer.is_json else json.loads(answer.data)
        links = [one["href"] for one in held.get("links", ())] + [one["url"] for one in held.get("servers", ())]
        assert links and all(one.startswith("https://sites.example.org") for one in links), path
    app.extensions["signin"].get_bind().dispose()


def test_rows_say_in_which_system_they_are(house):
    for path in (ITEMS.format("sites"), f"{ITEMS.format('sites')}?crs={ogc.CRS84}"):
        answer = ask(house, "worker", path)
        assert answer.headers["Content-Crs"] == f"<{ogc.CRS84}>" and answer.mimetype == "application/geo+json"


def test_whoever_asks_too_fast_waits_and_nobody_else(house, monkeypatch):
    monkeypatch.setattr(pace, "BURST", 3)
    statuses = [house.app.test_client().get("/ogc", headers={"Authorization": f"Bearer {token(house, 'worker')}"}) for _n in range(5)]
    assert [one.status_code for one in statuses[:3]] == [200] * 3 and statuses[-1].status_code == 429
    assert int(statuses[-1].headers["Retry-After"]) >= 1 and ask(house, "analyst1", "/ogc").json["links"]


def test_the_pace_is_full_again_after_a_while():
    assert [pace.wait("a", 0.0) for _n in range(pace.BURST + 1)][-2:] == [0, 1]
    assert pace.wait("a", 1.0) == 0 and pace.wait("b", 0.0) == 0


def test_a_page_of_heavy_outlines_is_cut_and_goes_on(house):
    """A unit of 180,000 corners is more than one answer holds: the rows after it come with the next page."""
    house.rows("insert into reg.admin_unit(pcode, edition, level, country, name_en, name_ar, parent, geom, centre, radius_m, source) select 'SY0' || n, 'heavy', 1,"
               " 'SY', 'Heavy', 'Heavy', 'SY', g, st_centroid(g), 1000, 'test' from generate_series(2, 3) n, st_buffer(st_point(36, 33, 4326), 0.1, 45000) g"
               " returning pcode")
    first = rows(house, "worker", "units", "?edition=heavy")
    follows = next(one["href"] for one in first["links"] if one["rel"] == "next")
    second = json.loads(ask(house, "worker", follows).data)
    assert [first["numberReturned"], first["numberMatched"], second["numberReturned"]] == [1, 2, 1]
    house.rows("delete from reg.admin_unit where edition = 'heavy' returning pcode")


def test_no_tile_is_out_of_the_grid(house):
    for path in ("21/0/0", "99999999999999999999/0/0", "3/8/0", f"3/0/{2**40}"):
        ask(house, "worker", f"/ogc/collections/sites/tiles/WebMercatorQuad/{path}", 404)
        house.visitor("worker").get(f"/tiles/sites/{path}.mvt", 404)
