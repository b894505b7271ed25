"""`sitereg accounts`: each verb in words and as one JSON document; two admins where two are needed."""
import json
from datetime import date, timedelta

import psycopg
import pytest
from click.testing import CliRunner

from sitereg import accounts
from sitereg.cli import main
from sitereg.store import cluster, session

pytestmark = pytest.mark.db


@pytest.fixture
def run(committed, monkeypatch):
    """Runs a command as the named account of this OS user; answers its output, or its JSON."""
    monkeypatch.setattr("sitereg.settings.Settings.from_env", lambda: committed)
    with psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        raw.execute("update reg.account set os_user = %s, demo = true", [accounts.os_user()])  # demo: one OS user may be two persons

    def go(who, *words, code=0):
        done = CliRunner().invoke(main, ["accounts", *words, "--as", who])
        assert done.exit_code == code, done.output
        return json.loads(done.output) if "--json" in words and not code else done.output

    yield go
    session.close()


def test_an_account_from_its_making_to_its_end(run):
    assert run("admin", "add", "newcomer", "--display", "A newcomer", "--reason", "joins", "--json")["account"] == "newcomer"
    asked = run("admin", "grant", "newcomer", "--tier", "1", "--role", "analyst", "--reason", "counts", "--expires", "2099-01-01", "--json")
    run("admin", "agree", asked["request"], code=2)
    assert run("admin2", "waiting", "--json")[0]["request"] == asked["request"]
    assert run("admin2", "agree", asked["request"], "--json")["granted"]
    assert run("viewer", "freeze", "newcomer", "--reason", "left a telephone in a taxi", "--json") == {
        "account": "newcomer", "state": "frozen", "request": None}
    assert "active" not in [one["state"] for one in run("admin", "list", "--json") if one["name"] == "newcomer"]
    thaw = run("admin", "freeze", "newcomer", "--thaw", "--reason", "it was found", "--json")["request"]
    assert "thaw, asked by admin: it was found" in run("auditor", "waiting")
    run("admin", "agree", thaw, code=2)
    run("admin2", "agree", thaw)
    again = run("admin", "grant", "newcomer", "--tier", "0", "--role", "viewer", "--reason", "r", "--expires", "2099-01-01", "--json")
    assert run("admin", "refuse", again["request"], "--reason", "a slip", "--json")["granted"] is None
    assert run("admin", "revoke", "newcomer", "--reason", "left", "--json")["clearance"] is None
    assert run("admin", "close", "newcomer", "--reason", "left", "--json")["state"] == "closed"


def test_compartments_are_listed_and_made(run):
    grant = ("grant", "viewer", "--tier", "1", "--role", "viewer", "--reason", "r", "--expires", "2099-01-01", "--compartment", "case_7")
    assert "There are: names" in run("admin", *grant, code=1)
    assert [one["code"] for one in run("admin", "compartments", "--add", "case_7", "--label", "Seven", "--reason", "r", "--json")] == ["case_7", "names"]
    assert "case_7               held by 0: Seven" in run("auditor", "compartments")
    run("admin", "compartments", "--add", "Case 8", code=1)
    run("viewer", "compartments", "--add", "case_8", "--label", "x", "--reason", "r", code=2)
    assert run("admin", *grant, "--json")["request"]


def test_a_token_is_shown_once_listed_and_ended(run, committed):
    made = run("analyst1", "token", "analyst1", "--scope", "frames", "--days", "7", "--why", "weekly counts", "--json")
    assert accounts.opens(committed, made["token"], "frames") == "analyst1"
    listed = run("analyst1", "token", "analyst1", "--list")
    assert "weekly counts" in listed and made["id"] in listed and made["token"] not in listed
    assert run("admin", "token", "analyst1", "--list", "--json")[0]["token"] == made["id"]
    assert "opens nothing" in run("analyst1", "token", "analyst1", "--end", made["id"], "--why", "done")
    assert accounts.opens(committed, made["token"], "frames") is None
    assert accounts.opens(committed, "x" * 40, "frames") is None


def test_what_is_no_token_of_ones_own_is_refused(run):
    assert "act as that account" in run("admin", "token", "analyst1", "--scope", "frames", "--why", "r", code=2)
    run("analyst1", "token", "analyst1", "--scope", "frames", code=1)
    run("analyst1", "token", "analyst1", "--list", "--scope", "frames", "--why", "r", code=1)


def test_drafts_on_a_device_are_allowed_listed_and_ended(run):
    until = (date.today() + timedelta(days=20)).isoformat()
    assert "Nobody's device keeps drafts." in run("steward1", "device-drafts")
    made = run("steward1", "device-drafts", "officer1", "--until", until, "--reason", "no line", "--json")
    assert [(one["name"], one["until"], one["reason"], one["given_by"]) for one in made] == [("officer1", until, "no line", "steward1")]
    assert f"until {until} (by steward1): no line" in run("officer1", "device-drafts")
    run("officer1", "device-drafts", "officer1", "--until", until, code=1)
    assert run("officer1", "device-drafts", "officer1", "--end", "--reason", "lost", "--json") == []
