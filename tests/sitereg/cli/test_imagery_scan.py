"""`sitereg imagery scan`: what the keeper did is told in words or as JSON; what cannot be asked is refused before anything waits."""
import contextlib
import json

import pytest

from sitereg import jobs, keeper
from sitereg.cli import imagery_scan
from tests.sitereg.test_imagery_scan import Asked, pictures, scanned

pytestmark = pytest.mark.db
__all__ = ["pictures", "scanned"]  # fixtures


@pytest.fixture
def shell(run, registry, scanned, monkeypatch):
    """The shell of an officer of tier 1, whose jobs are done as the keeper does them, in the test's own transaction."""
    def waited(settings, job, *, quiet, of):
        asked = next(one for one in jobs.mine(registry) if one["id"] == job)
        with registry.dba() as raw:
            given = raw.execute("select input from reg.job where id = %s", [job]).fetchone()[0]
        return {**asked, "state": "done", "result": keeper.handlers()["imagery_scan"](registry, **given)}

    monkeypatch.setattr(keeper.session, "unasked", lambda settings: contextlib.nullcontext(Asked()))
    monkeypatch.setattr(imagery_scan, "waited", waited)
    registry.become("officer1")
    return run


def test_what_was_seen_what_was_not_and_what_to_do_is_said(shell):
    said = shell("imagery", "scan", "--sites", "kinds=security_branch")
    assert said.exit_code == 0, said.stderr
    assert said.stdout.splitlines() == [
        "3 looks on 1 pair of rasters: 1 changed, 1 unchanged", "  not seen: 1 (the raster has no values there)",
        "  not looked at: 1 site of which no exact place is shown to you",
        "Each change is a task for a person: a hint and no proof. Look at both images, then have somebody go and see."]
    again = shell("imagery", "scan").stdout
    assert "0 looks on 1 pair" in again and "looked at already: 3 (--again does it anew)" in again and "hint" not in again
    assert "1 changed" in shell("imagery", "scan", "--again").stdout
    listed = shell("imagery", "observations").stdout
    assert listed.count("image unusable") == 2 and "confidence" in listed


def test_a_script_is_answered_in_json(shell, scanned):
    told = json.loads(shell("imagery", "scan", "--before", scanned["before"], "--after", scanned["after"], "--json").stdout)
    assert (told["state"], told["looked"], told["image_unusable"]) == ("done", 3, {"no_data": 1}) and told["job"]


def test_it_may_wait_for_the_keeper(shell, registry):
    said = shell("imagery", "scan", "--no-wait").stdout
    job, = jobs.mine(registry)
    assert said == f"It waits for the keeper: job {job['id']}.\n" and job["state"] == "queued"


@pytest.mark.parametrize("words, says", [
    (["--before", "00000000-0000-7000-8000-000000000007"], "Give --before and --after, or neither."),
    (["--sites", "colour=red"], "There is no such filter"), (["--sites", "red"], "FIELD=VALUE")])
def test_what_cannot_be_asked_is_refused_and_nothing_waits(shell, registry, words, says):
    said = shell("imagery", "scan", *words)
    assert said.exit_code in (1, 2) and says in said.stderr, said.stderr
    assert jobs.mine(registry) == []


def test_who_may_not_report_may_not_ask(shell, registry):
    registry.become("viewer")
    said = shell("imagery", "scan")
    assert said.exit_code not in (0, 1) and jobs.mine(registry) == []
