"""Guessing is slowed, and nobody can use that against a colleague."""
import re
import time
from dataclasses import replace

import pytest
from passlib.totp import TOTP

from tests.web.conftest import PASSWORD
from web import create_app

pytestmark = pytest.mark.db
WRONG = "wrong, and long enough"


@pytest.fixture(autouse=True)
def nobody_tried(house):
    house.rows("delete from signin.attempt returning 1")


def attempt(house, client, name, password, network="198.51.100.7", **more):
    where = {"environ_base": {"REMOTE_ADDR": network}, **more}
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in", **where).text)[1]
    return client.post("/sign-in", data={"email": f"{name}@test.invalid", "password": password, "csrf_token": token}, **where).status_code


def sign_out(client):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/me").text)[1]
    client.post("/sign-out", data={"csrf_token": token})


def failed(house, count, *, name=None, networks=None):
    """As if so many strangers had failed; hashes as the table holds them, taken from one real try."""
    attempt(house, house.app.test_client(), name or "nobody", WRONG)
    house.rows("insert into signin.attempt(name_hash, network_hash, good) select case when %s then name_hash else n::text end,"
               " case when %s then n::text else network_hash end, false from signin.attempt, generate_series(1, %s) n returning 1",
               name is not None, networks is not None, count)


def test_strangers_who_fail_do_not_shut_out_a_browser_that_is_known(house):
    known, stranger = house.app.test_client(), house.app.test_client()
    assert attempt(house, known, "officer", PASSWORD) == 302
    cookie = known.get_cookie("b")
    assert cookie.http_only and cookie.same_site == "Strict" and cookie.max_age
    assert cookie.value not in str(house.rows("select * from signin.device"))
    sign_out(known)
    for _turn in range(5):
        assert attempt(house, stranger, "officer", WRONG) == 200
    assert attempt(house, stranger, "officer", PASSWORD) == 200, "the stranger waits, even with the right password"
    assert attempt(house, known, "officer", PASSWORD) == 302, "the colleague does not, from the same network"
    assert attempt(house, house.app.test_client(), "officer", PASSWORD, "203.0.113.9") == 302, "nor elsewhere, at another browser"


def test_a_known_browser_that_fails_waits_by_itself(house):
    known = house.app.test_client()
    assert attempt(house, known, "officer1", PASSWORD) == 302
    sign_out(known)
    for _turn in range(5):
        attempt(house, known, "officer1", WRONG)
    assert attempt(house, known, "officer1", PASSWORD) == 200
    assert attempt(house, house.app.test_client(), "officer1", PASSWORD) == 302


def test_a_browser_known_to_one_account_is_a_stranger_to_another(house):
    known = house.app.test_client()
    assert attempt(house, known, "viewer", PASSWORD) == 302
    sign_out(known)
    failed(house, 5, name="analyst1")
    assert attempt(house, known, "analyst1", PASSWORD) == 200


def test_one_name_tried_from_many_networks_waits_for_strangers_alone(house):
    known = house.app.test_client()
    assert attempt(house, known, "steward1", PASSWORD) == 302
    sign_out(known)
    failed(house, 59, name="steward1", networks="many")
    assert attempt(house, house.app.test_client(), "steward1", PASSWORD, "203.0.113.9") == 200
    assert attempt(house, known, "steward1", PASSWORD) == 302


def test_many_names_tried_from_one_network_make_that_network_wait(house):
    failed(house, 29)
    assert attempt(house, house.app.test_client(), "viewer", PASSWORD, "198.51.100.200") == 200, "the whole /24 is one network"
    assert attempt(house, house.app.test_client(), "viewer", PASSWORD, "198.51.101.7") == 302


@pytest.mark.parametrize(("proxies", "let_in"), [(0, 200), (1, 302)])
def test_the_address_that_a_proxy_tells_is_believed_where_there_is_one(house, proxies, let_in):
    app = create_app(replace(house.settings, proxies=proxies))
    app.testing = True
    failed(house, 5, name="investigator1")
    client = app.test_client()
    header = {"headers": {"X-Forwarded-For": "203.0.113.77"}}
    assert attempt(house, client, "investigator1", PASSWORD, **header) == let_in
    app.extensions["signin"].get_bind().dispose()


def test_a_second_factor_is_asked_of_a_known_browser_whatever_strangers_do(house):
    app = create_app(replace(house.settings, second_factor=("verifier",)))
    app.testing = True
    known = app.test_client()
    assert attempt(house, known, "verifier", PASSWORD) == 302
    page = known.get("/second/new").text
    code = TOTP(re.search(r'class="num key">([^<]+)<', page)[1].replace("-", ""))
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    where = {"environ_base": {"REMOTE_ADDR": "198.51.100.7"}}
    shown = known.post("/second/new", data={"csrf_token": token, "code": code.generate(time.time()).token}, **where)
    assert "Recovery codes" in shown.text
    sign_out(known)
    assert attempt(house, known, "verifier", PASSWORD) == 302
    failed(house, 5, name="verifier")
    house.rows('update signin."user" set totp_counter = totp_counter - 10 where totp is not null returning 1')
    page = known.get("/second", **where).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    assert known.post("/second", data={"csrf_token": token, "code": code.generate(time.time()).token}, **where).status_code == 303
    app.extensions["signin"].get_bind().dispose()
