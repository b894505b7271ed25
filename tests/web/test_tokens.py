"""Tokens of scripts: made on one's own page, shown once, read the frames of their account and nothing else, never write."""
import io
import json
import re
import zipfile

import geopandas
import pandas
import pytest

from tests.web.conftest import PASSWORD, sealed

pytestmark = pytest.mark.db


def made(house, name, **change):
    visitor = house.visitor(name)
    return visitor.client.post("/me/tokens", data={"csrf_token": visitor.token(), "why": "monthly counts", "days": "30",
                                                   "password": PASSWORD, **change})


def token_of(house, name):
    return re.search(r'id="token">([^<]+)<', made(house, name).text)[1]


def ask(house, token, path="/api/frames/sites", **more):
    return sealed(house.app.test_client().get(path, headers={"Authorization": f"Bearer {token}"}, **more))


def test_a_token_is_shown_once_and_its_hash_alone_is_kept(house):
    text = token_of(house, "analyst1")
    page = house.visitor("analyst1").get("/me").text
    assert text not in page and "monthly counts" in page
    assert text not in str(house.rows("select * from reg.personal_token"))
    assert house.rows("select scopes from reg.personal_token order by made_at desc limit 1") == [(["frames"],)]


def test_a_token_is_made_with_the_password_alone(house):
    answer = made(house, "analyst1", password="not it at all, sorry")
    assert answer.status_code == 422 and "The password was not right" in answer.text
    assert made(house, "analyst1", days="4000").status_code == 422 and made(house, "analyst1", why="").status_code == 422


def test_a_frame_is_what_the_account_may_see(house):
    one, two = (json.loads(ask(house, token_of(house, name)).data)["features"] for name in ("analyst1", "worker"))
    codes = [{feature["properties"]["code"] for feature in held} for held in (one, two)]
    assert house.sites["secret"]["code"] in codes[1] - codes[0] and codes[0] < codes[1]
    grave = next(feature for feature in one if feature["properties"]["code"] == house.sites["grave"]["code"])
    assert grave["geometry"]["type"] == "Polygon" and "36.1234" not in json.dumps(one)
    assert house.rows("select how from reg.read_log where action = 'frame' order by at desc limit 1") == [("token",)]


def test_the_same_frame_in_three_formats(house):
    text = token_of(house, "analyst1")
    features = json.loads(ask(house, text, "/api/frames/sites?as=geojson").data)["features"]
    table = pandas.read_csv(io.BytesIO(ask(house, text, "/api/frames/sites?as=csv").data))
    frame = geopandas.read_parquet(io.BytesIO(ask(house, text, "/api/frames/sites?as=parquet").data))
    assert set(table["code"]) == set(frame["code"]) == {one["properties"]["code"] for one in features} and len(frame) > 3
    for path in ("/api/frames/persons?as=csv", "/api/frames/events?as=parquet", "/api/frames/persons"):
        assert ask(house, text, path).status_code == 200, path


@pytest.mark.parametrize("query", ["as=xlsx", "kind=prison", "as=csv&x=1"])
def test_what_cannot_be_asked_is_said(house, query):
    answer = ask(house, token_of(house, "analyst1"), f"/api/frames/sites?{query}")
    assert answer.status_code == 422 and answer.json["request"]


def test_what_is_no_token_opens_nothing_and_neither_does_a_cookie(house):
    for header in ({}, {"Authorization": "Bearer sitereg_" + "x" * 43}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer "}):
        answer = sealed(house.app.test_client().get("/api/frames/sites", headers=header))
        assert answer.status_code == 401 and answer.json["error"] == "no_token" and answer.headers["WWW-Authenticate"] == "Bearer"
    assert house.visitor("worker").client.get("/api/frames/sites").status_code == 401


def test_a_token_opens_no_page_and_changes_nothing(house):
    client, header = house.app.test_client(), {"Authorization": f"Bearer {token_of(house, 'worker')}", "Accept": "application/json"}
    assert client.get("/sites", headers=header).status_code == 401
    assert client.post("/api/frames/sites", headers=header).status_code in (403, 405)
    assert client.post(f"/sites/{house.sites['grave']['code']}/protection", headers=header, data={"to": "x"}).status_code == 403


def test_an_ended_token_and_one_of_a_frozen_account_open_nothing(house):
    text = token_of(house, "steward1")
    number = house.rows("select id from reg.personal_token order by made_at desc limit 1")[0][0]
    assert ask(house, text).status_code == 200
    assert house.visitor("officer").client.post(f"/me/tokens/{number}", data={"csrf_token": house.visitor("officer").token()}).status_code == 404
    house.visitor("steward1").post(f"/me/tokens/{number}")
    assert ask(house, text).status_code == 401
    text = token_of(house, "verifier1")
    visitor = house.visitor("viewer")
    assert visitor.post("/me/freeze", 422, account="nobody-here", why="r").status_code == 422
    visitor.post("/me/freeze", account="verifier1", why="a telephone was taken")
    assert ask(house, text).status_code == 401
    assert house.visitor("verifier1").client.get("/desk", headers={"Accept": "text/html"}).status_code == 303
    visitor.post("/me/freeze", 409, account="verifier1", why="again")


@pytest.mark.parametrize(("who", "lang", "told", "hidden"), [
    ("viewer", "en", "A cell of 10 km or an administrative unit, never finer.", "Names of persons"),
    ("worker", "ar", "حالة واحدة في كل مرة، مع ذكر السبب؛ ويُسجَّل الفتح.", "سلسلة الوقائع المسجَّلة")])
def test_the_page_of_ones_account_says_what_one_sees_and_names_nothing_else(house, who, lang, told, hidden):
    text = house.visitor(who, lang).get("/me").text
    assert told in text and hidden not in text


def test_a_token_is_for_what_was_chosen_and_the_page_of_layers_says_how_it_is_used(house):
    text = re.search(r'id="token">([^<]+)<', made(house, "viewer", reads="layers").text)[1]
    assert ask(house, text, "/ogc").status_code == 200 and ask(house, text).status_code == 401
    assert "for a map program" in house.visitor("viewer").get("/me").text and made(house, "viewer", reads="everything").status_code == 422
    page = house.visitor("analyst1").get("/layers").text
    assert "localhost/ogc" in page and "/layers/project-of-sql" in page
    assert "/layers/project-of-sql" not in house.visitor("viewer").get("/layers").text
    for who, path, inside in (("viewer", "/layers/project", b"localhost/ogc"), ("analyst1", "/layers/project-of-sql", b"service='sitereg'")):
        answer = house.visitor(who).get(path)
        made_of = zipfile.ZipFile(io.BytesIO(answer.data)).read("sitereg.qgs")
        assert inside in made_of and answer.headers["Content-Disposition"].endswith("layers.qgz") and who.encode() not in made_of
    house.visitor("viewer").get("/layers/project-of-sql", 403)
