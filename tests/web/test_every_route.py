"""What holds for every route, whatever it shows."""
import re
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest
from werkzeug.routing import BuildError

from sitereg.matrix import VERBS
from tests.given import PEOPLE
from tests.web.conftest import proper
from web import create_app
from web.security import CodeConverter

pytestmark = pytest.mark.db
PARTS = {"table": "sites", "layer": "sites", "feature": 7, "token": "00000000-0000-7000-8000-000000000000", "trip": "00000000-0000-7000-8000-000000000000", "z": 6, "x": 38, "y": 25, "field": "kind", "measure_id": "00000000-0000-7000-8000-000000000000",
         "disturbance_id": "00000000-0000-7000-8000-000000000000", "proposal": "00000000-0000-7000-8000-000000000000",
         "document": "00000000-0000-7000-8000-000000000000", "n": 1,
         "inquiry": "00000000-0000-7000-8000-000000000000",
         "freezing": "00000000-0000-7000-8000-000000000000", "claim": "00000000-0000-7000-8000-000000000000",
         "batch": "00000000-0000-7000-8000-000000000000", "room": "sites", "tileset": "00000000-0000-7000-8000-000000000000",
         "source": "00000000-0000-7000-8000-000000000000", "task": "00000000-0000-7000-8000-000000000000",
         "kind": "source", "id": "00000000-0000-7000-8000-000000000000",
         "item": 0, **dict.fromkeys(("once", "entry", "report", "raster", "package", "gate", "notice", "agreement", "submission", "telling", "referral", "work", "ask", "offer", "wanted", "stage", "access", "wish", "redaction", "partner", "share", "statistic"), "00000000-0000-7000-8000-000000000000")}
ROUTES = {route: verb for verb in VERBS for route in verb.routes}
ASKING = ("viewer", "verifier", "handler", "analyst1", "officer1", "investigator1", "releaser")


def routes(house):
    return [rule for rule in house.app.url_map.iter_rules() if rule.endpoint != "static"]


def address(house, rule):
    with house.app.test_request_context():
        values = {**PARTS, "code": house.sites["grave"]["code"]}
        try:
            return house.app.url_map.bind("127.0.0.1").build(rule.endpoint, {name: values[name] for name in rule.arguments},
                                                             method=next(iter(rule.methods - {"HEAD", "OPTIONS"})))
        except BuildError as error:
            raise AssertionError(rule) from error


def unsaid(app):
    """The endpoints that do not say to whom they are open."""
    return [rule.endpoint for rule in app.url_map.iter_rules() if not hasattr(app.view_functions[rule.endpoint], "open_to")]


def test_every_route_says_to_whom_it_is_open(house):
    assert unsaid(house.app) == []


def test_a_route_that_does_not_say_it_is_noticed(house):
    app = create_app(house.settings)
    app.add_url_rule("/bare", "bare", lambda: "nobody asked who you are")
    app.extensions["signin"].get_bind().dispose()
    assert unsaid(app) == ["bare"]


@pytest.mark.parametrize(("good", "bad"), [
    (' nonce="{}"', ""), ('nonce="{}"', 'nonce="another"'), ("<body ", '<body onload="x()" '), ("<body ", '<body style="color: red" '),
    ('src="/static/', 'src="//elsewhere.invalid/')], ids=["no nonce", "another's nonce", "a handler", "a style", "another host"])
def test_a_page_that_its_policy_would_stop_is_noticed(house, good, bad):
    answer = house.visitor("worker").get("/")
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[1]
    changed = answer.text.replace(good.format(nonce), bad, 1)
    assert changed != answer.text
    with pytest.raises(AssertionError):
        proper(SimpleNamespace(headers=answer.headers, text=changed, request=answer.request))


@pytest.mark.parametrize("policy", ["script-src 'self' 'unsafe-inline'", "", None])
def test_a_weaker_policy_is_noticed(house, policy):
    answer = house.visitor("worker").get("/")
    headers = {**dict(answer.headers), "Content-Security-Policy": policy}
    with pytest.raises(AssertionError):
        proper(SimpleNamespace(headers=headers, text=answer.text, request=answer.request))


def test_addresses_are_kebab_case_and_their_parts_typed(house):
    for rule in routes(house):
        assert re.fullmatch(r"(/(tileMatrixSets|WebMercatorQuad|[a-z]+(-[a-z]+)*|<([a-z]+|any\([a-z, ]+\))(:[a-z_]+)?>(\.(mvt|pmtiles|png))?))*/?", rule.rule), rule.rule
        untyped = [name for name, converter in rule._converters.items() if type(converter).__name__ == "UnicodeConverter"]
        assert untyped in ([], ["field"]), rule.rule
        assert "code" not in rule.arguments or isinstance(rule._converters["code"], CodeConverter)


def test_a_stranger_is_led_to_the_door_and_nothing_else(house):
    stranger = house.app.test_client()
    stranger.get("/sign-in")
    for rule in routes(house):
        if house.app.view_functions[rule.endpoint].open_to is None:
            continue
        if "GET" in rule.methods:
            answer = stranger.get(address(house, rule), headers={"Accept": "text/html"})
            tile = rule.endpoint.startswith(("tiles.", "api.", "ogc."))
            assert answer.status_code == (401 if tile else 303), rule
            assert tile or answer.headers["Location"] == "/sign-in"
            assert stranger.get(address(house, rule), headers={"Accept": "application/json"}).status_code == 401
        assert len(answer.data) < 400


def test_a_post_without_its_token_is_refused(house):
    officer = house.visitor("officer")
    for rule in routes(house):
        if "POST" in rule.methods:
            assert officer.client.post(address(house, rule), data={"reason": "x"}).status_code == 403, rule


def test_a_stranger_who_posts_is_refused(house):
    stranger = house.app.test_client()
    page = stranger.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    for rule in routes(house):
        if "POST" in rule.methods and house.app.view_functions[rule.endpoint].open_to is not None:
            assert stranger.post(address(house, rule), data={"csrf_token": token}).status_code == 401, rule


def test_every_route_is_a_verb_of_the_matrix_and_open_to_its_roles(house):
    named = Counter(route for verb in VERBS for route in verb.routes)
    assert set(named.values()) == {1} and set(named) == {rule.endpoint for rule in house.app.url_map.iter_rules()}
    said = {route: house.app.view_functions[route].open_to for route in named}
    assert {route: roles and set(roles) for route, roles in said.items()} == {
        route: verb.roles and set(verb.roles) for route, verb in ROUTES.items()}
    assert all((roles is None) == (ROUTES[route].roles is None) for route, roles in said.items())


def test_roles_that_lack_the_right_get_403_whatever_the_object(house):
    for rule in routes(house):
        roles = ROUTES[rule.endpoint].roles
        if roles:
            who = next(name for name in ASKING if not set(PEOPLE[name][2]) & set(roles))
            visitor = house.visitor(who)
            visitor.post(address(house, rule), 403, reason="x") if "POST" in rule.methods else visitor.get(address(house, rule), 403)


def test_a_proposal_is_approved_by_verifiers_alone(house):
    house.visitor("officer").post(f"/proposals/{PARTS['proposal']}", 403, act="approve")


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("who", ["viewer", "investigator1", "officer", "verifier", "auditor"])
def test_every_page_is_whole_in_both_languages(house, who, lang):
    visitor = house.visitor(who, lang)
    for path in ("/", "/sites", "/holdings", "/documents", "/inquiries", "/inquiries?which=closed", "/desk", "/me"):
        visitor.get(path)
    for site in house.sites.values():
        answer = visitor.client.get(f"/sites/{site['code']}")
        if answer.status_code == 200:
            links = {f"/sites/{site['code']}", *re.findall(r'href="(/sites/[^"?#]+)"', answer.text)}
            for path in links:
                visitor.get(path.replace("&amp;", "&"))


def test_a_host_that_is_not_ours_is_refused(house):
    assert house.app.test_client().get("/sign-in", headers={"Host": "elsewhere.invalid"}).status_code == 400


def test_the_names_of_the_proxy_are_ours_and_no_others(house):
    app = create_app(replace(house.settings, hosts=("sites.example.org",)))
    app.testing = True
    asked = {name: app.test_client().get("/sign-in", headers={"Host": name}) for name in (
        "sites.example.org", "sites.example.org:443", "127.0.0.1:8000", "example.org", "x.sites.example.org",
        "sites.example.org.elsewhere.invalid")}
    app.extensions["signin"].get_bind().dispose()
    assert {name: answer.status_code for name, answer in asked.items()} == {
        "sites.example.org": 200, "sites.example.org:443": 200, "127.0.0.1:8000": 200, "example.org": 400,
        "x.sites.example.org": 400, "sites.example.org.elsewhere.invalid": 400}
    answer = asked["sites.example.org"]
    assert "Strict-Transport-Security" in answer.headers and "Secure" in answer.headers["Set-Cookie"]
    assert house.app.test_client().get("/sign-in", headers={"Host": "sites.example.org"}).status_code == 400


def test_a_body_that_is_too_large_is_refused(house):
    officer = house.visitor("officer")
    code = house.sites["grave"]["code"]
    answer = officer.client.post(f"/sites/{code}/protection", data={"csrf_token": officer.token(), "reason": "x" * 400_000})
    assert answer.status_code == 413


def test_health_tells_nothing(house):
    assert house.app.test_client().get("/health").json == {"ok": True}


def test_asking_for_the_head_or_the_verbs_tells_no_more_than_the_page(house):
    stranger = house.app.test_client()
    for rule in routes(house):
        where = address(house, rule)
        verbs = stranger.options(where)
        assert not verbs.data and set(verbs.headers["Allow"].split(", ")) <= {"GET", "POST", "HEAD", "OPTIONS"}, rule
        if "GET" in rule.methods:
            head, page = (stranger.open(where, method=verb, headers={"Accept": "text/html"}) for verb in ("HEAD", "GET"))
            assert head.status_code == page.status_code and not head.data, rule


def test_a_form_of_too_many_parts_is_refused(house):
    officer = house.visitor("officer")
    many = {f"part{n}": "x" for n in range(700)}
    assert officer.client.post("/stay", data={"csrf_token": officer.token(), **many}, content_type="multipart/form-data").status_code == 413


def test_json_with_a_field_too_many_is_refused(house):
    officer = house.visitor("officer")
    header = {"X-CSRFToken": officer.token(), "Accept": "application/json"}
    for path, sent in (("/passkey/options", {"x": 1}), ("/passkey", {"credential": {}, "x": 1}), ("/passkeys/options", {}),
                       ("/passkeys/new", {"name": "x"}), ("/passkey/options", [1])):
        answer = officer.client.post(path, json=sent, headers=header)
        assert answer.status_code == 422 and answer.json["request"], path
