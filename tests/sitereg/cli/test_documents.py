"""`sitereg documents release|agree` and `sitereg sharing print` in the shell: recorded first, confidential ones by two persons."""
import json

import pytest

from sitereg import scans
from tests import given
from tests.sitereg.test_pages import png

pytestmark = pytest.mark.db
ASKED = ("--recipient", "A commission", "--purpose", "the search", "--risk-site", "none", "--risk-sources", "none", "--risk-families", "none",
         "--risk-staff", "none")


@pytest.fixture
def scan(registry, tmp_path):
    def make(tier):
        path = tmp_path / f"page-{tier}.png"
        path.write_bytes(png(20, 20, note=str(tier).encode()))
        return scans.keep(registry, pages=[path], terms=given.TERMS, tier=tier, shows="x", living="none")

    return make


def test_a_document_is_written_once_it_is_recorded_who_receives_it(run, registry, scan, tmp_path):
    out = tmp_path / "out.png"
    assert run("documents", "release", scan(1), "-o", out, *ASKED[:-2]).exit_code == 1 and not out.exists()
    said = run("documents", "release", scan(1), "-o", out, *ASKED)
    assert said.exit_code == 0 and "disclosure" in said.stdout and out.read_bytes() == png(20, 20)
    assert run("documents", "release", scan(1), "-o", out, *ASKED).exit_code == 1


def test_a_confidential_document_waits_for_a_releaser(run, registry, scan, tmp_path):
    out = tmp_path / "out.png"
    said = json.loads(run("documents", "release", scan(2), "-o", out, *ASKED, "--json").stdout)
    assert said["waits"] and not out.exists() and run("documents", "agree", said["waits"], "-o", out).exit_code == 2
    with registry.as_("releaser"):
        assert said["waits"] in run("documents", "releases").stdout
        assert run("documents", "agree", said["waits"], "-o", out).exit_code == 0 and out.read_bytes() == png(20, 20)
        assert run("documents", "releases").stdout == "Nothing waits for a releaser.\n"


def test_what_may_leave_on_paper_is_answered_and_recorded(run, registry):
    code = given.site(registry, given.kind("mass_grave"), given.place(36.123456, 33.1), exact_tier=2)[1]
    told = json.loads(run("sharing", "print", code, *ASKED).stdout)
    assert told["tlp"] == "TLP:AMBER" and told["code"] == code and told["unverified"] and "36.1234" not in json.dumps(told)
    assert str(registry.rows("disclosures")[0]["id"]) == told["disclosure"]
