"""`sitereg overview`: the shell says what the page says."""
import json

import pytest

from tests import given

pytestmark = pytest.mark.db


def test_coverage_over_time_and_silence_are_told(run, registry):
    given.site(registry, given.kind("court"), given.place(36.5, 33.5))
    said = run("overview", "coverage")
    assert said.exit_code == 0 and "1 site, 2 accounts" in said.stdout and "Unit SY01" in said.stdout and "cannot say" in said.stdout, said.output
    told = json.loads(run("overview", "coverage", "--json").stdout)
    assert {row["cut"] for row in told["rows"]} >= {"total", "adm1", "source"} and told["notes"][0].startswith("This counts what was told")
    said = run("overview", "progress", "--months", "3")
    assert "unassessed 1" in said.stdout.lower() or "not assessed 1" in said.stdout.lower(), said.output
    assert set(json.loads(run("overview", "progress", "--json", "--clock", "observed").stdout)) == {"verification", "protection", "visits"}
    said = run("overview", "silent")
    assert said.exit_code == 0 and "0 silent places" in said.stdout
    assert json.loads(run("overview", "silent", "--json").stdout)["features"] == []
