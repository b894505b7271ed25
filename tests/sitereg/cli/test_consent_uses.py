"""`sitereg consent uses, answer, withdraw, downstream` in the shell: who decided is said, and what a use led to before it ends."""
import json

import pytest

from sitereg import sharing
from tests import given

pytestmark = pytest.mark.db
SAID = ("--text-version", "leaflet 3", "--how", "written", "--why", "asked")


def test_a_use_is_withdrawn_and_what_it_led_to_is_listed(run, registry):
    source = given.source_of(registry, "C")
    site, code, _ = given.site(registry, given.kind("court"), source=source)
    sharing.disclose(registry, recipient="A commission", purpose="the search", format="csv", precision="1 km", face=1, rows=1, sha256=b"x" * 32, subjects=[site])
    source = str(source)
    assert "sharing with partners: permitted by the terms (not asked)" in run("consent", "uses", "--source", source).stdout
    assert "A commission" in run("consent", "downstream", "partners", "--source", source).stdout
    said = run("consent", "withdraw", "partners", "--source", source, *SAID).stdout
    assert "From now on not: sharing with partners." in said and "left: A commission" in said
    assert "sharing with partners: NOT PERMITTED by whoever told it" in run("consent", "uses", "--source", source).stdout
    assert "NOT PERMITTED by whoever told it" in run("consent", "uses", "--code", code).stdout
    assert json.loads(run("consent", "answer", "partners=yes", "--source", source, *SAID, "--json").stdout)["widened"] == ["partners"]
    assert run("consent", "answer", "partners=maybe", "--source", source, *SAID).exit_code == 1
    assert run("consent", "withdraw", "partners", *SAID).exit_code == 1
