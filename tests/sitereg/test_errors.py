"""The error tree: codes, exits, statuses, and what becomes of a SQLSTATE."""

import json

import pytest

from sitereg import errors
from sitereg.actors import Actor


def tree(root=errors.SiteregError):
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


def test_every_error_has_a_code_an_exit_and_an_http_status():
    classes = list(tree())
    assert set(errors.HTTP_STATUS) == set(classes)
    assert len({c.code for c in classes}) == len(classes)
    assert {c.exit_code for c in classes} == {1, 2, 3}
    drawn = errors.__doc__.splitlines()
    for one in classes:
        row = next(line for line in drawn if one.__name__ in line.split())
        assert f"exit {one.exit_code}" in row and f" {errors.HTTP_STATUS[one]} " in row


def test_a_message_says_what_to_what_and_what_to_do():
    error = errors.Refused("The status stays", where="SYS-K7F49M-3", guard="active_measure",
                           needs="Record one active measure.")
    assert str(error) == "The status stays: SYS-K7F49M-3. Record one active measure."
    assert error.as_dict()["details"] == {"guard": "active_measure", "needs": "Record one active measure."}
    assert str(errors.SiteregError("It failed")) == "It failed."


@pytest.mark.parametrize(("problem", "said"), [
    ({"code": "missing_required", "field": "reason", "value": "", "message": "Say why"}, "Say why: reason."),
    ({"code": "future_date", "field": "observed_on", "value": "2999-01-01", "message": "This day lies in the future"},
     "This day lies in the future: observed_on '2999-01-01'. Give today or an earlier day."),
    ({"code": "bad_number", "field": "km", "value": None, "message": "Near is more than 0"}, "Near is more than 0: km."),
    ({"code": "x", "field": "lat", "value": "9", "message": "Not so", "row": 4}, "Not so: row 4: lat '9'."),
])
def test_a_fault_is_said_once_with_where_and_what_to_do(problem, said):
    error = errors.from_sqlstate("SR422", problem["message"], json.dumps({"problems": [problem]}), None)
    assert str(error) == said


def test_several_faults_each_say_what_is_wrong():
    problems = [{"field": "a", "value": "1", "message": "Too low"}, {"field": "b", "value": None, "message": "Missing"}]
    assert str(errors.BadInput("It cannot be recorded", problems=problems)) == "It cannot be recorded: a '1': Too low; b: Missing."


def test_hidden_and_absent_read_alike():
    hidden = errors.from_sqlstate("SR404", "site 12 is T2", '{"site": 12}', "raise your clearance")
    assert type(hidden) is errors.NotFound
    assert hidden.as_dict() == errors.NotFound().as_dict()
    assert str(hidden) == str(errors.NotFound())


def test_our_own_states_carry_their_details():
    changes = [{"field": "protection", "was": "unprotected", "now": "protected"}]
    conflict = errors.from_sqlstate("SR409", "The record changed", json.dumps(changes), None)
    assert type(conflict) is errors.Conflict and conflict.changed == changes and conflict.do
    wrapped = errors.from_sqlstate("SR409", "The record changed", json.dumps({"changed": changes}), None)
    assert wrapped.changed == changes
    bad = errors.from_sqlstate("SR422", "Two values", json.dumps([{"code": "bad_number"}]), "Correct them.")
    assert type(bad) is errors.BadInput and bad.problems == [{"code": "bad_number"}] and bad.do
    refused = errors.from_sqlstate("SR423", "No", json.dumps({"guard": "I14", "needs": "a measure"}), None)
    assert (type(refused), refused.guard, refused.needs) == (errors.Refused, "I14", "a measure")
    assert type(errors.from_sqlstate("SR403", "Analysts only", None, None)) is errors.Denied


@pytest.mark.parametrize("detail", [None, "", "not json", "[1, 2", "7", '"x"', "{}", "[]", "[1]", "null"])
@pytest.mark.parametrize("state", ["SR403", "SR404", "SR409", "SR422", "SR423", "SR999"])
def test_a_broken_detail_never_hides_the_error(state, detail):
    assert isinstance(errors.from_sqlstate(state, "what", detail, None), errors.SiteregError)


@pytest.mark.parametrize(("state", "kind"), [
    ("42501", errors.Denied), ("57014", errors.Unavailable), ("57P01", errors.Unavailable),
    ("08006", errors.Unavailable), ("53300", errors.Unavailable), ("55P03", errors.Unavailable),
    (None, errors.Unavailable), ("", errors.Unavailable),
    ("23514", errors.BadInput), ("23503", errors.BadInput), ("22P02", errors.BadInput),
    ("22003", errors.BadInput), ("40001", errors.Conflict), ("23505", errors.Conflict),
    ("XX000", errors.SiteregError), ("42P01", errors.SiteregError),
])
def test_foreign_states_become_ours_without_the_words_of_the_database(state, kind):
    secret = 'INSERT INTO reg.claim VALUES (36.29, 33.51) violates "claim_geom"'
    error = errors.from_sqlstate(state, secret, f"Failing row contains ({secret})", secret)
    assert type(error) is kind
    assert error.what and error.do
    said = json.dumps(error.as_dict()) + str(error)
    assert "claim" not in said and "33.51" not in said and "INSERT" not in said


def test_an_actor_is_a_name_and_a_proof():
    actor = Actor("nour", "password", "req-1")
    assert (actor.account, actor.how, actor.request) == ("nour", "password", "req-1")
    with pytest.raises(AttributeError):
        actor.account = "other"
    for account, how in [("", "local"), (" ", "local"), ("nour", "magic")]:
        with pytest.raises(ValueError):
            Actor(account, how)


def test_a_problem_is_told_once_with_field_and_value():
    def said(what, **problem):
        return str(errors.BadInput(what, problems=[problem]))

    assert said("This is no term of court", field="kinds", value="x", message="This is no term of court") == "This is no term of court: kinds 'x'."
    assert said("Give a place", field="near", value=None, message="Give a place") == "Give a place: near."
    assert said("Not so", row=3, field="a", value="b", message="Too long") == "Not so: row 3: a 'b': Too long."
