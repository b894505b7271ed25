"""`sitereg import` and `sitereg imports`, through the door, in a database of their own."""

import json
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from sitereg import accounts
from sitereg.cli import main
from sitereg.settings import Settings
from sitereg.store import cluster

pytestmark = pytest.mark.db
FILES = Path(__file__).parents[2] / "files" / "originals"


@pytest.fixture
def run(committed, monkeypatch):
    """Runs `sitereg` as `worker` of this OS user; answers exit_code, stdout and stderr."""
    import getpass

    with psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        raw.execute("update reg.account set os_user = %s where name in ('worker', 'viewer')", [getpass.getuser()])
    shell = replace(committed, acting_as="worker")
    monkeypatch.setattr(Settings, "from_env", classmethod(lambda cls, environ=None: shell))
    assert accounts.actor(shell).account == "worker"
    return lambda *words: CliRunner().invoke(main, list(map(str, words)))


def test_a_file_comes_in_once_is_listed_shown_and_taken_back(run):
    profile = FILES / "partner.toml"
    dry = run("import", FILES / "duplicates.csv", "--profile", profile, "--dry-run")
    assert dry.exit_code == 0 and "Dry run" in dry.stdout and "batch " not in dry.stdout
    first = run("import", FILES / "duplicates.csv", "--profile", profile)
    assert first.exit_code == 0, first.output
    assert "rows in                 5" in first.stdout and "new subjects            2" in first.stdout
    assert "flagged: duplicate_key in id, 1 rows: 2" in first.stdout
    again = run("import", FILES / "duplicates.csv", "--profile", profile)
    assert again.exit_code == 0 and again.stdout.startswith("already imported as ")
    batch = again.stdout.split()[-1]
    listed = json.loads(run("imports", "list", "--json").stdout)
    assert [one["batch"] for one in listed["batches"]] == [batch] and listed["next"] is None
    shown = json.loads(run("imports", "show", batch, "--rows", "rejected", "--json").stdout)
    assert shown["rows_in"] == 5 and [row["row_no"] for row in shown["rows"]] == [4, 5]
    assert "terms            letter of the first of May" in run("imports", "show", batch).stdout
    revoked = run("imports", "revoke", batch, "--reason", "sent in error", "--yes")
    assert revoked.exit_code == 0 and "Revoked" in revoked.stdout
    assert run("imports", "revoke", batch, "--reason", "again", "--yes").exit_code == 2
    report = json.loads(run("import", FILES / "duplicates.csv", "--profile", profile, "--json").stdout)
    assert report["rows_in"] == report["accepted"] + report["flagged"] + report["quarantined"] + report["rejected"] == 5
    assert report["rows"][1]["problems"][0]["code"] == "duplicate_key" and report["rows"][1]["subject"].startswith("SYS-")


def test_a_newer_export_is_told_as_a_difference_in_words_and_in_json(run, tmp_path):
    profile, old, new = FILES / "partner.toml", tmp_path / "old.csv", tmp_path / "new.csv"
    header = "id,name,kind,lat,lon,people,seen,note\n"
    old.write_text(header + "1,المقبرة,grave,36.2021,37.1343,50,,\n2,سجن,prison,33.5131,36.2765,,,\n3,فرع,branch,35.1317,36.7579,,,\n")
    new.write_text(header + "1,المقبرة,grave,36.2021,37.1343,,,\n2,سجن,prison,33.5131,36.2765,,,حارة\n4,فرع,branch,35.1317,36.7579,,,\n")
    first = run("import", old, "--profile", profile).stdout
    assert "against batch" not in first
    batch = next(line.split()[-1] for line in first.splitlines() if line.startswith("batch "))
    dry = run("import", new, "--profile", profile, "--dry-run").stdout
    assert f"against batch {batch} (old.csv, " in dry and "1 added, 2 changed, 0 unchanged, 1 no longer named" in dry
    told = run("import", new, "--profile", profile, "--dry-run", "--json")
    assert json.loads(told.stdout)["difference"]["counts"] == {"added": 1, "changed": 2, "unchanged": 0, "no_longer_named": 1}
    done = run("import", new, "--profile", profile).stdout
    assert 'people "50" -> (blank)' in done and 'note (blank) -> "حارة"' in done
    assert "  added 4 SYS-" in done and "  no longer named 3 SYS-" in done and "Nothing was ended" in done
    newest = json.loads(run("imports", "list", "--json").stdout)["batches"][0]["batch"]
    assert f"difference       1 added, 2 changed, 0 unchanged, 1 no longer named, against {batch}" in run("imports", "show", newest).stdout
    revoked = run("imports", "revoke", batch, "--reason", "sent in error", "--yes").stdout
    assert "(new.csv) has 2 rows of the same records" in revoked


def test_refusals_have_exit_codes_and_say_what_to_do(run):
    profile = FILES / "partner.toml"
    for words, code, said in (
        (("import", FILES / "wrong_encoding.csv", "--profile", profile), 1, "not in the declared encoding"),
        (("import", FILES / "clean.csv", "--profile", "nobody"), 1, "no such profile"),
        (("import", FILES / "no such file.csv", "--profile", profile), 1, "does not exist"),
        (("import", FILES / "clean.csv"), 1, "say --profile"),
        (("import", FILES / "clean.csv", "--profile", profile, "--as", "viewer"), 2, "data_steward"),
        (("imports", "show", "01a20080-e44e-70b1-b911-9ad072e326c8"), 2, "Nothing of that name"),
    ):
        done = run(*words)
        assert done.exit_code == code and said in done.stderr, (words, done.output)
    done = run("import", FILES / "unbalanced_quote.csv", "--profile", profile, "--json")
    assert json.loads(done.stderr)["where"] == "line 3"
