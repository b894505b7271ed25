"""The description of what answers JSON names every such route, and what it describes holds whatever is sent: no 500, no leak, no hang."""
import inspect
import json
import re
import time
from collections import defaultdict
from functools import partial

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.errors import SchemathesisError
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from tests.web.test_ogc import token
from web import create_app, openapi, pace

pytestmark = pytest.mark.db
ANSWERS_JSON = re.compile(r"jsonify\(|^\s*return \{|application/json|Response\(streams", re.M)
INNER = re.compile(r"psycopg|sqlalchemy|traceback|\bselect\b.*\bfrom\b|reg\.[a-z]|api\._|\.py\b|/site-packages|SQLSTATE|syntax error|/tmp/|Hidden Hollow", re.I)
SECONDS = 5
HELD = {}


def document(house):
    return house.visitor("worker").get("/api/openapi").json


def operations(house):
    return {one["operationId"]: (path, method, one) for path, methods in document(house)["paths"].items() for method, one in methods.items()}


def test_it_names_every_route_that_answers_json(house):
    """Found by what the views' own code says, and by what a page without a part answers."""
    said = {name for name, view in house.app.view_functions.items()
            if name != "static" and (name.startswith("ogc.") or ANSWERS_JSON.search(re.sub(r'"""(.|\n)*?"""', "", inspect.getsource(inspect.unwrap(view)))))}
    assert said - set(openapi.TOLD) == set() and set(openapi.TOLD) <= set(house.app.view_functions)
    visitor = house.visitor("worker")
    for rule in house.app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments and rule.endpoint not in openapi.TOLD and not rule.endpoint.startswith("second."):
            assert not visitor.client.get(rule.rule).is_json, rule.rule
    described = {(path, method) for path, method, _one in operations(house).values()}
    wanted = {(re.sub(r"<(?:[^<>]+:)?(\w+)>", r"{\1}", rule.rule), method.lower()) for rule in house.app.url_map.iter_rules()
              if rule.endpoint in openapi.TOLD for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert described == wanted


def test_a_route_that_is_new_is_noticed(house, monkeypatch):
    monkeypatch.delitem(openapi.TOLD, "tiles.transfers")
    with pytest.raises(AssertionError):
        test_it_names_every_route_that_answers_json(house)


def test_it_is_sound_and_opens_to_whoever_is_signed_in(house):
    schemathesis.openapi.from_dict(document(house)).validate()
    assert house.app.test_client().get("/api/openapi").status_code == 401
    of_layers = house.app.test_client().get("/ogc/api", headers={"Authorization": f"Bearer {token(house, 'viewer')}"})
    assert of_layers.mimetype == "application/vnd.oai.openapi+json"
    told = json.loads(of_layers.data)
    schemathesis.openapi.from_dict(told).validate()
    assert all(path.startswith("/ogc") for path in told["paths"]) and len(told["paths"]) == 13


def test_it_tells_nothing_that_depends_on_the_reader(house):
    assert document(house) == house.visitor("viewer").get("/api/openapi").json
    assert "Hidden" not in house.visitor("worker").get("/api/openapi").text


@pytest.fixture(scope="module")
def fuzzed(house):
    """The application as it runs, where what fails is answered and not raised."""
    app = create_app(house.settings)
    app.testing, app.config["PROPAGATE_EXCEPTIONS"] = False, False
    yield app
    app.extensions["signin"].get_bind().dispose()


def shown(house, name, security):
    """(headers, cookies) of the reader: a token, or his seat with the token of its forms."""
    if {"bearer": []} in security:
        return {"Authorization": f"Bearer {token(house, 'analyst1', ('frames', 'layers'))}"}, {}
    who = "viewer" if not security else "steward1" if name.startswith("second_") else "analyst1"
    visitor = house.visitor(who)
    if who not in HELD:  # a wrong password too many ends the seat, and its form tokens with it
        HELD[who] = visitor.token()
    return ({"X-CSRFToken": HELD[who], "Accept": "application/json"}, {"sitereg": visitor.client.get_cookie("sitereg").value})


def send(case, *, app, headers, cookies, statuses):
    """One request; its answer is no failure, as described, tells nothing of the inside and nothing hidden, and comes in time."""
    pace.LEFT.clear()
    began = time.monotonic()
    answer = case.call(app=app, headers=headers, cookies=cookies)
    seconds = time.monotonic() - began
    if answer.status_code != 401 or not (lacking := set(headers) - set(answer.request.headers)):
        statuses[case.operation.definition.raw["operationId"]].add(answer.status_code)
    else:
        assert lacking == {"Authorization"}, "left out on purpose, by what is wrong about the case"
    text = answer.content.decode("utf-8", "replace")
    assert answer.status_code < 500, (case.formatted_path, case.query, case.body, text[:500])
    case.validate_response(answer, checks=[not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance])
    assert not INNER.search(text) and seconds < SECONDS, (case.formatted_path, seconds, INNER.search(text))
    if answer.status_code >= 400 and text:
        assert set(answer.json()) <= set(openapi.ERROR["properties"])


def fuzz(strategy, examples, run):
    """`run` is called with so many cases of the strategy, the same ones in each run of the tests."""
    @settings(max_examples=examples, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(strategy)
    def each(case):
        run(case)

    each()


@pytest.mark.parametrize("examples", [pytest.param(6, id="few"), pytest.param(150, id="many", marks=pytest.mark.drill)])
def test_whatever_is_sent_is_answered_and_tells_nothing(house, fuzzed, examples):
    schema, statuses = schemathesis.openapi.from_dict(document(house)), defaultdict(set)
    for found in schema.get_all_operations():
        operation = found.ok()
        name = operation.definition.raw["operationId"]
        headers, cookies = shown(house, name, operation.definition.raw["security"])
        run = partial(send, app=fuzzed, headers=headers, cookies=cookies, statuses=statuses)
        for mode in schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE:
            try:
                fuzz(operation.as_strategy(generation_mode=mode), examples, run)
            except (SchemathesisError, Unsatisfiable):
                assert mode is schemathesis.GenerationMode.NEGATIVE, "nothing can be wrong about an address without parts and parameters"
    assert set(statuses) == set(operations(house)) and {200, 204, 400, 404, 422} <= set().union(*statuses.values())
    reached = {name for name, seen in statuses.items() if seen & {200, 204}}
    missed = {"second_key_options", "second_key_new", "second_open_with_key", "ogc_item", "door_begin", "door_there", "door_send",
                  "door_referrals_refer", "door_referrals_new_key", "door_referrals_passed"}
    assert set(statuses) - reached <= missed, "these need a passkey, a key of a row, a partner"
    assert not [name for name, seen in statuses.items() if 401 in seen and not name.startswith("second_")]
