"""`sitereg freeze` and `sitereg sharing` in the shell."""
import json
from datetime import date, timedelta

import pytest

from sitereg import sharing as work
from tests import given

pytestmark = pytest.mark.db
ASKED = ("--reason", "somebody was followed", "--review", (date.today() + timedelta(days=20)).isoformat())


def test_a_site_an_area_and_a_source_are_frozen_listed_and_lifted(run, registry):
    source = given.source_of(registry, "C")
    code = given.site(registry, given.kind("court"), given.place(36.5, 33.5), source=source)[1]
    for words in (("site", code), ("area", "36.4,33.4,36.6,33.6"), ("source", source)):
        made = json.loads(run("freeze", *words, *ASKED, "--json").stdout)["freeze"]
        assert made in run("freeze", "list", "--of", code).stdout and "somebody was followed" in run("freeze", "list").stdout
        refused = run("freeze", "lift", made, "--why", "x")
        assert refused.exit_code == 2 and "four_eyes" in refused.stderr
        with registry.as_("releaser"):
            assert run("freeze", "lift", made, "--why", "looked at").stdout == "Lifted.\n"
    assert run("freeze", "list").stdout == "Nothing is frozen in what you may see.\n"


def test_recipients_of_a_source_are_listed_and_told_of_when_it_is_retracted(run, registry):
    source = given.source_of(registry, "C")
    site, code, said = given.site(registry, given.kind("court"), source=source)
    assert run("sharing", "recipients", "--claim", said[0]).stdout == "Nobody received anything that rested on it.\n"
    work.disclose(registry, recipient="A commission", purpose="the search", format="csv", precision="1 km", face=1, rows=1, sha256=b"x" * 32,
                  subjects=[site])
    assert "A commission" in run("sharing", "recipients", "--source", source).stdout
    told = run("sharing", "retract-source", source, "--why", "invented").stdout
    assert "1 claim retracted" in told and "A commission  20" in told and code in told
