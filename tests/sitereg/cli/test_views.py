"""`sitereg views` and `sitereg sites watch`: what they print, and what they refuse."""
import json

import pytest

from tests import given

pytestmark = pytest.mark.db


def test_a_view_goes_through_its_life(run, registry):
    code = given.site(registry, given.kind("mass_grave"), given.name("North field"))[1]
    key = json.loads(run("views", "keep", "north", "--kind", "mass_grave", "--from", "2012", "--middle", "33.5138 N 36.2765 E", "--zoom", "12", "--json").stdout)["key"]
    shown = json.loads(run("views", "show", key, "--json").stdout)
    assert (shown["asked"], shown["at"], shown["sites"]) == ({"q": "north", "kind": ["mass_grave"], "from": "2012"}, [36.2765, 33.5138], 1) and code
    assert "middle         33.51380, 36.27650, zoom 12" in run("views", "show", key).stdout
    assert run("views", "name", key, "The north", "--share", "--at-least", "1").stdout == "The north: shared.\n"
    assert "The north  yours, shared from T1 on" in run("views", "list").stdout
    assert run("views", "drop", key).exit_code == 0 and run("views", "show", key).exit_code == 2
    assert run("views", "list").stdout == "No view is kept.\n"


@pytest.mark.parametrize("words", [("--kind", "bogus"), ("--share",), ("--from", "12"), ("--middle", "nowhere"), ("--at-least", "3")])
def test_what_cannot_be_kept_is_1(run, words):
    said = run("views", "keep", *words)
    assert said.exit_code == 1 or "two" in said.stderr, said.output


def test_what_changed_at_a_watched_site_is_told_until_it_is_seen(run, registry):
    site, code, _ = given.site(registry, given.kind("mass_grave"), given.name("North field"))
    assert run("sites", "watched").stdout == "You watch no site.\n"
    assert run("sites", "watch", code).stdout == "You watch it.\n" and "nothing new" in run("sites", "watched").stdout
    given.say(registry, site, given.kind("court"))
    assert "court" in run("sites", "watched").stdout and "1 claim recorded" in run("sites", "watched", "--seen").stdout
    assert json.loads(run("sites", "watched", "--json").stdout)[0]["changes"] == []
    assert run("sites", "unwatch", code).exit_code == 0 and run("sites", "unwatch", code).exit_code == 2
    assert "Nothing is said of 1 site" in run("sites", "years").stdout
