"""`sitereg agreements` and `sitereg consent holds`: written, approved, listed with what falls due, withdrawn after what rests on it was read."""
import json
from datetime import date, timedelta

import pytest

from sitereg import sources
from tests import given

pytestmark = pytest.mark.db


def add(run, tmp_path, *more):
    today = date.today()
    paper = tmp_path / "mou.pdf"
    paper.write_bytes(b"%PDF-1.4 signed")
    return run("agreements", "add", "--title", "MoU", "--class", "organisation", "--kind", "sites", "--kind", "places", "--purpose", "search_for_missing",
               "--audience", "institution", "--precision", "one_km", "--onward", "never", "--retention-months", "24", "--signed-on", today,
               "--signed-by-them", "Their chair", "--signed-by-us", "Our head", "--review-on", today + timedelta(9), "--expires-on", today + timedelta(99),
               "--paper", paper, "--why", "as signed", *more)


def test_from_the_first_word_to_the_last(run, registry, tmp_path):
    made = json.loads(add(run, tmp_path, "--partner", "en=An association", "--json").stdout)
    for who, words in (("verifier", "another person"), ("releaser", "It stands.")):
        with registry.as_(who):
            assert words in run("agreements", "approve", made["version"]).stdout
    assert "in force" in run("agreements", "list").stdout and "to be reviewed" in run("agreements", "list").stdout
    shown = run("agreements", "show", made["agreement"])
    assert "Their" not in shown.stderr and "approved by Verifier, Releaser" in shown.stdout and "a cell of 1 km" in shown.stdout
    assert json.loads(run("agreements", "show", made["agreement"], "--json").stdout)["versions"][0]["paper"]
    source = sources.new(registry, "ngo_report", {"en": "Their list"}, reliability="C", reason="x",
                         terms={**given.TERMS, "partner": {"en": "An association"}, "permitted_uses": ["search_for_missing"]})
    _, code, _ = given.site(registry, given.kind("court"), source=source)
    below = run("agreements", "downstream", made["agreement"]).stdout
    assert code in below and "nobody else told of it" in below and "Their list" in below
    assert "search for the missing; is not shared" in run("consent", "holds", code).stdout
    refused = run("agreements", "withdraw", made["agreement"], "--by", "by_them", "--why", "they asked", "--json")
    assert refused.exit_code == 2 and run("sites", "show", code).exit_code == 0
    done = run("agreements", "withdraw", made["agreement"], "--by", "by_them", "--why", "they asked", input="y\n")
    assert "It is over" in done.stdout and code in done.stdout + done.stderr
    assert run("sites", "show", code).exit_code == 2 and "OVER" in run("agreements", "list").stdout
    assert "version 2" in add(run, tmp_path, "--version-of", made["agreement"]).stdout


def test_what_stands_under_none_is_listed(run):
    assert "Test partner  from before 0  since 0  of individuals 6" in run("agreements", "without").stdout
    assert json.loads(run("agreements", "without", "--json").stdout)
