"""Signing in and out: seats that the server ends, throttling, cookies, the same answer for known and unknown names."""
import re
from statistics import median
from time import perf_counter

import pytest

from sitereg import accounts
from tests.web.conftest import PASSWORD, proper

pytestmark = pytest.mark.db


def attempt(house, email, password):
    client = house.app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    return client, client.post("/sign-in", data={"email": email, "password": password, "csrf_token": token})


def plain(answer):
    return re.sub(r'nonce="[^"]+"|value="[^"]+"', "", answer.text)


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(house):
    _client, answer = attempt(house, "analyst1@test.invalid", PASSWORD)
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("sitereg="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Expires" not in cookie
    assert not [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("remember")]


def test_away_from_this_machine_the_cookie_needs_tls(house):
    from dataclasses import replace

    from web import create_app

    app = create_app(replace(house.settings, host="registry.test"))
    answer = app.test_client().get("/sign-in", headers={"Host": "registry.test"})
    assert app.config["SESSION_COOKIE_SECURE"] and "max-age" in answer.headers["Strict-Transport-Security"]
    app.extensions["signin"].get_bind().dispose()


def test_known_and_unknown_names_get_one_answer_in_one_time(house):
    took = {"steward1@test.invalid": [], "nobody@test.invalid": []}
    pages = set()
    for _turn in range(3):
        for email, times in took.items():
            start = perf_counter()
            _client, answer = attempt(house, email, "wrong, and long enough")
            times.append(perf_counter() - start)
            pages.add((answer.status_code, plain(answer)))
    assert len(pages) == 1
    known, unknown = (median(times) for times in took.values())
    assert 0.4 < known / unknown < 2.5


def test_after_five_tries_even_the_right_password_waits(house):
    for _turn in range(5):
        attempt(house, "releaser@test.invalid", "wrong, and long enough")
    _client, answer = attempt(house, "releaser@test.invalid", PASSWORD)
    assert answer.status_code == 200 and "did not work" in answer.text
    house.rows("update signin.attempt set at = at - interval '16 minutes' returning 1")
    assert attempt(house, "releaser@test.invalid", PASSWORD)[1].status_code == 302
    held = house.rows("select name_hash from signin.attempt")
    assert not [one for one, in held if "releaser" in one]


@pytest.mark.parametrize("ended", ["seen_at = now() - interval '16 minutes'", "began_at = now() - interval '8 hours 1 minute'",
                                   "ended_at = now()"])
def test_a_seat_that_is_idle_old_or_ended_opens_nothing(house, ended):
    client, _answer = attempt(house, "handler@test.invalid", PASSWORD)
    assert client.get("/me").status_code == 200
    house.rows(f"update signin.seat set {ended} returning 1")
    assert client.get("/me", headers={"Accept": "text/html"}).status_code == 303


def test_signing_out_ends_the_seat_on_the_server(house):
    client, _answer = attempt(house, "auditor@test.invalid", PASSWORD)
    stolen = client.get_cookie("sitereg").value
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/me").text)[1]
    said = client.get("/sign-out")
    assert said.status_code == 405 and "use its button" in said.text
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 302
    thief = house.app.test_client()
    thief.set_cookie("sitereg", stolen, domain="localhost")
    assert thief.get("/me", headers={"Accept": "text/html"}).status_code == 303


def test_leaving_blanks_ends_the_seat_and_tells_the_browser_to_forget(house):
    client, _answer = attempt(house, "admin@test.invalid", PASSWORD)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/me").text)[1]
    answer = proper(client.post("/leave", data={"csrf_token": token}))
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"' and "sitereg" not in answer.text
    assert client.get("/me", headers={"Accept": "text/html"}).status_code == 303


def test_a_frozen_account_is_refused_from_its_next_request_on(house):
    client, _answer = attempt(house, "verifier1@test.invalid", PASSWORD)
    assert client.get("/desk").status_code == 200
    house.rows("update reg.account set state = 'frozen' where name = 'verifier1' returning 1")
    assert client.get("/desk").status_code == 403


def test_what_was_asked_for_signed_out_opens_after_signing_in(house):
    code = house.sites["prison"]["code"]
    for asked, opened in ((f"/sites/{code}/why/kind", f"/sites/{code}/why/kind"), ("/sites?group=burial&w=abc", "/sites?group=burial"),
                          (f"/sites/{code}?next=//elsewhere.invalid/", f"/sites/{code}?next=%2F%2Felsewhere.invalid%2F"), ("/desk", "/desk")):
        client = house.app.test_client()
        assert client.get(asked, headers={"Accept": "text/html"}).headers["Location"] == "/sign-in"
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
        for password in ("wrong, and long enough", PASSWORD):
            answer = client.post("/sign-in?next=//elsewhere.invalid/", data={"email": "investigator1@test.invalid", "password": password,
                                                                           "csrf_token": token, "next": "/me"})
        assert answer.headers["Location"] == opened
        assert client.get("/sign-in?next=/me").headers["Location"] == "/", "it was asked for once"


def test_a_tile_or_a_form_asked_for_signed_out_is_not_gone_on_to(house):
    client = house.app.test_client()
    client.get("/tiles/sites/6/38/25.mvt", headers={"Accept": "text/html"})
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    answer = client.post("/sign-in", data={"email": "investigator1@test.invalid", "password": PASSWORD, "csrf_token": token})
    assert answer.headers["Location"] == "/"


def test_a_failed_try_keeps_the_address_and_not_the_password(house):
    _client, answer = attempt(house, "steward2@test.invalid", "wrong, and long enough")
    assert 'value="steward2@test.invalid"' in answer.text and "long enough" not in answer.text


def test_after_signing_in_one_stays_on_this_host(house):
    client = house.app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    answer = client.post("/sign-in?next=//elsewhere.invalid/", data={
        "email": "viewer@test.invalid", "password": PASSWORD, "csrf_token": token, "next": "//elsewhere.invalid/"})
    assert "elsewhere" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("password", ["seven pale stones in a row", "سبعة أحجار شاحبة إلى اليمين", "sept pierres pâles à côté"])
def test_a_sign_in_made_in_the_shell_opens_the_web_in_every_script(house, password):
    accounts.sign_in(house.settings, name="officer1", email="officer1@test.invalid", password=password)
    assert attempt(house, "officer1@test.invalid", password)[1].status_code == 302
    assert attempt(house, "officer1@test.invalid", password + "x")[1].status_code == 200
