"""`sitereg imports` further: rows, the report that comes back corrected, settling, terms said at the import, statuses."""
import json

import psycopg
import pytest

from sitereg.store import cluster
from tests.sitereg.cli.test_import import FILES, run  # noqa: F401  (a fixture)
from tests.sitereg.imports.steps import HEADER, ROWS

pytestmark = pytest.mark.db
TERMS = ("--tier", "2", "--partner", "Another partner", "--terms", "a letter", "--use", "analysis", "--consent", "not_asked")


@pytest.fixture
def batch(run, tmp_path):  # noqa: F811
    path = tmp_path / "list.csv"
    path.write_text(HEADER + ROWS)
    return json.loads(run("import", path, "--profile", FILES / "partner.toml", *TERMS, "--json").stdout)["batch"]


def test_rows_are_listed_corrected_taken_and_rejected(run, batch, tmp_path):  # noqa: F811
    assert json.loads(run("imports", "show", batch, "--json").stdout)["tier"] == 2
    told = run("imports", "rows", batch, "--waiting").stdout
    assert "row 3  quarantined" in told and "row 4  rejected" in told and "row 1" not in told
    assert run("imports", "rows", batch, "--problem", "unknown_code", "--field", "kind").stdout.count("row ") == 1
    path = tmp_path / "report.csv"
    assert "--corrects" in run("imports", "report", batch, path).stdout
    assert run("imports", "report", batch, path).exit_code == 1  # nothing is written over
    path.write_text(path.read_text("utf-8-sig").replace("castle", "prison"))
    assert run("import", path, "--corrects", batch).exit_code == 1  # a reason is needed
    dry = run("import", path, "--corrects", batch, "--reason", "the partner says so", "--dry-run")
    assert "rows in                 1" in dry.stdout, dry.output
    tried = run("imports", "settle", batch, "--row", 3, "--set", "kind=prison", "--reason", "by telephone", "--dry-run")
    assert tried.stdout.startswith("Would stand: 1 rows"), tried.output
    assert run("imports", "settle", batch, "--row", 3, "--set", "kind=keep", "--reason", "x").exit_code == 1
    assert "Corrected: 1 rows" in run("imports", "settle", batch, "--row", 3, "--accept", "unknown_code", "--reason", "nobody knows").stdout
    assert run("imports", "settle", batch, "--row", 3, "--reject", "--reason", "x").exit_code == 2  # it is settled
    assert "row 3  quarantined" in (told := run("imports", "rows", batch, "--outcome", "quarantined").stdout) and "nobody knows" in told


def test_sealed_words_are_opened_with_a_reason_that_is_logged_and_readings_are_told(run, committed, tmp_path):  # noqa: F811
    path, profile = tmp_path / "list.csv", FILES / "partner.toml"
    path.write_text(HEADER + "7,مقلوب,prison,36.9,33.9,,,\n8,فرع,prison,33.7,36.5,,,call 0933123456\n")
    assert "3 rows were told, 2 are in the file" in (told := run("import", path, "--profile", profile, "--rows", 3)).stderr, told.output
    first = run("import", path, "--profile", profile, "--rows", 2)
    assert "    1 may be read as: 33.90000, 36.90000" in first.stdout, first.output
    batch = first.stdout.partition("batch ")[2].split()[0]
    assert "may be read as: 33.90000" in run("imports", "rows", batch, "--waiting").stdout
    told = run("imports", "open", batch, "--row", 2, "--reason", "to take the number out")
    assert "note = call 0933123456" in told.stdout, told.output
    assert run("imports", "open", batch, "--row", 2).exit_code == 1 and run("imports", "open", batch, "--row", 5, "--reason", "look").exit_code == 2
    settled = run("imports", "settle", batch, "--row", 2, "--set", "note=", "--reason", "the number is out")
    assert "Corrected: 1 rows" in settled.stdout, settled.output
    with psycopg.connect(cluster.dsn(committed)) as raw:
        logged = raw.execute("select detail->>'reason' from reg.read_log where action = 'import_rows_opened' order by id").fetchall()
    assert logged == [("to take the number out",), ("look",), ("the number is out",)]


def test_terms_are_said_together(run):  # noqa: F811
    refused = run("import", FILES / "duplicates.csv", "--profile", FILES / "partner.toml", "--tier", "2")
    assert refused.exit_code == 1 and "--consent" in refused.stderr


def test_statuses_are_weighed_before_they_are_proposed(run, batch):  # noqa: F811
    assert "no status of another body" in run("imports", "statuses", batch).stdout
    assert "Nothing would change" in run("imports", "take-over", batch, "--map", "x=probable").stdout


def test_a_profile_is_proposed_and_can_be_finished(run, tmp_path):  # noqa: F811
    path = tmp_path / "list.csv"
    path.write_text(HEADER + ROWS)
    told = run("profiles", "propose", path)
    assert told.exit_code == 0 and "# lat: lat, since its header says lat" in told.stdout
    text = told.stdout.replace('definition = ""', 'definition = "bodies_reported"').replace("[source]", (
        '[source]\ntype = "ngo_report"\nlabel = { en = "A list" }\nreliability = "C"\nreason = "made up"'))
    (tmp_path / "list.toml").write_text(text)
    assert run("profiles", "check", tmp_path / "list.toml").exit_code == 0
    assert json.loads(run("profiles", "propose", path, "--json").stdout)["columns"][3]["field"] == "lat"
