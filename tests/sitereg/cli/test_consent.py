"""`sitereg consent` in the shell: recipients before one confirms, what is hidden, listed and reviewed."""
import json

import pytest

from sitereg import sharing, sites
from tests import given

pytestmark = pytest.mark.db


@pytest.fixture
def court(registry):
    """(source, code) of a court that one source tells of, and that a commission received."""
    source = given.source_of(registry, "C")
    site, code, _ = given.site(registry, given.kind("court"), given.name("Old court"), source=source)
    sharing.disclose(registry, recipient="A commission", purpose="the search", format="csv", precision="1 km", face=1, rows=1, sha256=b"x" * 32,
                     subjects=[site])
    return source, code


def test_who_received_it_is_listed_before_one_confirms(run, registry, court):
    source, _ = court
    asked = run("consent", "change", source, "withdrawn", "--why", "asked", input="n\n")
    assert asked.exit_code == 2 and "A commission" in asked.stderr and "2 claims on 1 record" in asked.stderr and sites.count(registry) == 1
    refused = run("consent", "change", source, "withdrawn", "--why", "asked", "--json")
    assert refused.exit_code == 2 and "--yes" in refused.stderr and sites.count(registry) == 1
    done = run("consent", "change", source, "withdrawn", "--why", "asked", input="y\n")
    assert done.exit_code == 0 and "1 recipient to be told" in done.stdout and sites.count(registry) == 0
    assert "NOTHING OF IT IS SHOWN" in run("consent", "show", source).stdout
    renewed = json.loads(run("consent", "change", source, "given", "--why", "asked again", "--use", "analysis", "--json").stdout)
    assert renewed["source"]["permitted_uses"] == ["analysis"] and sites.count(registry) == 1
    shown = run("consent", "show", source).stdout
    assert "asked again" in shown and "2 claims on 1 record" in shown


def test_a_source_handler_lists_opens_and_reviews(run, registry, court):
    source, code = court
    assert run("consent", "withdrawn").exit_code == 2
    assert run("consent", "change", source, "withdrawn", "--why", "asked", "--yes").exit_code == 0
    with registry.as_("handler"):
        assert str(source) in run("consent", "withdrawn").stdout and "review by" in run("consent", "withdrawn").stdout
        assert f"{code}  name" in run("consent", "claims", source).stdout
        assert "legal_basis" in run("consent", "review", source, "keep", "--why", "x").stderr
        assert run("consent", "review", source, "keep", "--why", "evidence", "--basis", "public_interest").stdout.startswith("Recorded: kept")
        assert run("consent", "review", source, "erase", "--why", "asked", input="n\n").exit_code == 2
        assert run("consent", "review", source, "erase", "--why", "asked", "--json").exit_code == 2
        assert run("consent", "review", source, "erase", "--why", "asked", "--yes").stdout.startswith("Recorded: erased")
        assert "public interest" in run("consent", "show", source).stdout and json.loads(run("consent", "withdrawn", "--json").stdout)[0]["outcome"] == "erase"
