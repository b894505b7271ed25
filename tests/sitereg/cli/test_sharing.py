"""`sitereg freeze` and `sitereg sharing` in the shell."""
import json
from datetime import date, timedelta

import pytest

from sitereg import sharing as work
from tests import given

pytestmark = pytest.mark.db
ASKED = ("--reason", "somebody was followed", "--review", (date.today() + timedelta(days=20)).isoformat())


def test_a_site_an_area_and_a_source_are_frozen_and_lifted_by_two(run, registry):
    source = given.source_of(registry, "C")
    code, said = given.site(registry, given.kind("court"), given.place(36.5, 33.5), source=source)[1:]
    for words in (("site", code), ("area", "36.4,33.4,36.6,33.6"), ("area", "--circle", "36.5,33.5,2"), ("source", source),
                  ("source", "--of-claim", said[0])):
        made = json.loads(run("freeze", *words, *ASKED, "--json").stdout)["freeze"]
        assert made in run("freeze", "receipts").stdout and run("freeze", "list").stdout == "Nothing is frozen in what you may see.\n"
        assert run("freeze", "ask-lift", made, "--why", "x").exit_code == 2
        with registry.as_("releaser"):
            assert "somebody was followed" in run("freeze", "list").stdout
            assert json.loads(run("freeze", "ask-lift", made, "--why", "it was nothing", "--json").stdout)["asked"]
            refused = run("freeze", "lift", made, "--why", "x")
            assert refused.exit_code == 2 and "four_eyes" in refused.stderr
            assert run("freeze", "keep", made, "--why", "wait").stdout == "Withdrawn: it stays frozen.\n"
            run("freeze", "ask-lift", made, "--why", "it was nothing")
        with registry.as_("releaser2"):
            assert "Releaser asks that it be lifted: it was nothing" in run("freeze", "list").stdout
            assert run("freeze", "lift", made, "--why", "looked at").stdout == "Lifted.\n"
    assert json.loads(run("freeze", "receipts", "--json").stdout)[0]["lifted"]


def test_one_area_and_one_source_are_named(run):
    for words in (("area",), ("area", "36,33,37,34", "--unit", "SY01"), ("source",)):
        assert run("freeze", *words, *ASKED).exit_code == 1


def test_recipients_of_a_source_are_listed_and_told_of_when_it_is_retracted(run, registry):
    source = given.source_of(registry, "C")
    site, code, said = given.site(registry, given.kind("court"), source=source)
    assert run("sharing", "recipients", "--claim", said[0]).stdout == "Nobody received anything that rested on it.\n"
    work.disclose(registry, recipient="A commission", purpose="the search", format="csv", precision="1 km", face=1, rows=1, sha256=b"x" * 32,
                  subjects=[site])
    assert "A commission" in run("sharing", "recipients", "--source", source).stdout
    asked = run("sharing", "retract-source", source, "--why", "invented")
    assert asked.exit_code == 130 and "A commission  20" in asked.stdout and code in asked.stdout and "retracted" not in asked.stdout
    told = run("sharing", "retract-source", "--of-claim", said[0], "--why", "invented", "--yes")
    assert told.stdout == "1 claim retracted.\n" and "A commission  20" in told.stderr
