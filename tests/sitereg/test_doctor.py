"""`doctor`: a house in order is well; each check names what is broken, and says what it could not look at."""
import json
import os
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from sitereg import audit, cli, doctor
from sitereg.backup import making
from sitereg.settings import Settings
from sitereg.store import cluster, health, repository, verification
from tests.conftest import drop
from tests.sitereg.store.test_lints import BREAKS
from tests.sitereg.tampering import house, touched
from web import create_app

pytestmark = pytest.mark.db
GOOD = {"archive_mode": "on", "client_connection_check_interval": "2000", "data_checksums": "on", "fsync": "on", "full_page_writes": "on",
        "idle_in_transaction_session_timeout": "300000", "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
        "log_statement": "none", "synchronous_commit": "on"}


class Bare(BaseHTTPRequestHandler):
    """A program that is not ours and answers without headers."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        """Nothing."""


@contextmanager
def serving(made):
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made.server_port
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="module")
def own(server, tmp_path_factory):
    """A house of its own whose web answers, and whose keeper holds its lock."""
    settings = house(server, tmp_path_factory.mktemp("doctor") / "home", "doctor")
    with psycopg.connect(cluster.dsn(settings)) as keeper:
        keeper.execute("select pg_advisory_lock(%s)", [health.KEEPER])
        audit.remember(settings, audit.verify(settings), at=datetime.now(UTC))
        with serving(make_server("127.0.0.1", 0, create_app(settings), threaded=True)) as port:
            object.__setattr__(settings, "port", port)
            yield settings
    drop(server, settings.database)


@pytest.fixture
def well(own, monkeypatch):
    """The same, on a server that is set as a real one, with an archive and room on its disks."""
    monkeypatch.setattr(health, "settings", lambda raw: dict(GOOD))
    monkeypatch.setattr(health, "archive", lambda raw: (60.0, False))
    said = {"base": NOW.isoformat(), "files": NOW.isoformat(), "drill": {"at": NOW.isoformat(), "well": True}}
    monkeypatch.setattr(repository, "armed", lambda _s: repository.Repository(own.home, "", "", "line"))
    monkeypatch.setattr(making, "last", lambda _s: said)
    monkeypatch.setattr(making, "listed", lambda _f: [{"line": "line"}])
    monkeypatch.setattr(doctor, "FREE_BYTES", 0)
    monkeypatch.setattr(doctor, "FREE_PART", 0)
    return own


def words(report, state="wrong"):
    return [found["what"] for one in report.checks if one["state"] == state for found in one["found"]]


def test_a_house_in_order_is_well(well):
    report = doctor.examine(well)
    assert (report.word, words(report), words(report, "unclear")) == ("well", [], [])
    assert [one["check"] for one in report.checks] == list(doctor.CHECKS)


def changed(name, value):
    return lambda settings, patch: patch.setattr(health, "settings", lambda raw: {**GOOD, name: value})


def aged(**ages):
    return lambda settings, patch: patch.setattr(health, "ages", lambda raw: {"unsigned": None, "unrooted": None, "waiting": None, **ages})


def mode(name, bits):
    def change(settings, patch):
        path = getattr(settings, name) if name != "original" else next(one for one in settings.evidence.glob("??/??/*"))
        before = path.stat().st_mode & 0o777
        path.chmod(bits)
        patch.callback(lambda: path.chmod(before))
    return change


def remembered(**more):
    def change(settings, patch):
        said = {"at": datetime.now(UTC).isoformat(), "verdict": "sound", "events": 1, "faults": 0, "files": None, **more}
        patch.setattr(audit, "last", lambda _settings: said)
    return change


def told_of(name, value):
    return lambda settings, patch: patch.setattr(health, name, lambda *_: value)


def another(**more):
    def change(settings, patch):
        for name, value in more.items():
            before = getattr(settings, name)
            object.__setattr__(settings, name, value)
            patch.callback(lambda name=name, before=before: object.__setattr__(settings, name, before))
    return change


def bare_web(settings, patch):
    made = serving(ThreadingHTTPServer(("127.0.0.1", 0), Bare))
    another(port=made.__enter__())(settings, patch)
    patch.callback(lambda: made.__exit__(None, None, None))


def kept(**more):
    def change(settings, patch):
        said = {**making.last(settings), **more}
        patch.setattr(making, "last", lambda _s: said)
    return change


def ago(**span):
    return (NOW - timedelta(**span)).isoformat()


def waiting_in_a_spool(settings, patch):
    spool = settings.home / "spool"
    spool.mkdir()
    (spool / "segment").touch()
    os.utime(spool / "segment", (NOW.timestamp() - 3 * 3600,) * 2)
    patch.setattr(repository, "armed", lambda _s: repository.Repository(settings.home, "", "", "line", spool))


NOW = datetime.now(UTC)
WRONG = {  # what is broken -> (check, how, words that are said)
    "checksums": ("server", changed("data_checksums", "off"), "data_checksums is off"),
    "durability": ("server", changed("fsync", "off"), "fsync is off"),
    "values in the log": ("server", changed("log_parameter_max_length", "-1"), "log_parameter_max_length"),
    "statements in the log": ("server", changed("log_statement", "all"), "what people ask for"),
    "no archive": ("archive", changed("archive_mode", "off"), "loses everything"),
    "an archive that lags": ("archive", told_of("archive", (3 * 3600.0, False)), "for 3 hours"),
    "an archive that fails": ("archive", told_of("archive", (1.0, True)), "could not be archived"),
    "no backups": ("backup", lambda s, p: p.setattr(repository, "armed", lambda _s: None), "No backups are made"),
    "an old base copy": ("backup", kept(base=ago(hours=30)), "No base copy was made for 30 hours"),
    "no base copy": ("backup", kept(base=None), "No base copy was made for ever"),
    "kept files not brought": ("backup", kept(files=ago(hours=5)), "Kept files were not brought for 5 hours"),
    "another database's copies": ("backup", lambda s, p: p.setattr(making, "listed", lambda _f: [{"line": "other"}]), "of this database"),
    "a spool that nobody empties": ("backup", waiting_in_a_spool, "waits in the spool for 3 hours"),
    "an old drill": ("backup", kept(drill={"at": ago(days=9), "well": True}), "No drill has shown for 9 days"),
    "no drill": ("backup", kept(drill=None), "No drill has shown for ever"),
    "a drill that found something": ("backup", kept(drill={"at": ago(days=1), "well": False}), "found rules"),
    "another clock": ("clock", told_of("clock", (NOW + timedelta(hours=1), None, None)), "clock says"),
    "an event to come": ("clock", lambda s, p: p.setattr(health, "clock", lambda raw: (datetime.now(UTC), NOW + timedelta(days=1), None)),
                         "yet to come"),
    "a full disk": ("disk", lambda s, p: p.setattr(doctor, "FREE_PART", 1.01), "MB are free for"),
    "a reader with a network": ("reader", lambda s, p: p.setattr(doctor.process, "probe", lambda file: {
        "network_closed": False, "user": None, "opened": False, "reached": True}), "has a network"),
    "no keeper": ("keeper", told_of("held", None), "No keeper works"),
    "an old checkpoint": ("keeper", aged(unsigned=3 * 86400.0), "No checkpoint covers what was written for 3 days"),
    "reads without a root": ("keeper", aged(unrooted=9000.0), "No root covers"),
    "a job that waits": ("keeper", aged(waiting=9000.0), "A job waits for 2 hours"),
    "never verified": ("verified", lambda s, p: p.setattr(audit, "last", lambda _s: None), "never run"),
    "verified long ago": ("verified", remembered(at=(NOW - timedelta(days=9)).isoformat()), "9 days ago"),
    "found tampered": ("verified", remembered(verdict="tampered"), "found the registry tampered"),
    "an open key": ("secrets", mode("keys", 0o755), "keys is not of the registry's OS user alone"),
    "open evidence": ("secrets", mode("evidence", 0o750), "evidence is not of"),
    "an original that can be written": ("secrets", mode("original", 0o600), "1 kept files can be written"),
    "a web without headers": ("web", bare_web, "lack Content-Security-Policy"),
    "a web that is away": ("web", another(port=1), "does not answer"),
    "a web for the world": ("web", another(host="0.0.0.0"), "without names of its own"),
    "no second factor": ("people", another(second_factor=()), "second factor"),
    "one admin": ("people", told_of("people", (1, 2)), "1 admins can be asked"),
}


class Patch:
    """monkeypatch with callbacks."""

    def __init__(self, monkeypatch, request):
        self.setattr, self.callback = monkeypatch.setattr, request.addfinalizer


@pytest.mark.parametrize("broken", WRONG)
def test_what_is_broken_is_named(well, monkeypatch, request, broken):
    check, breaks, said = WRONG[broken]
    breaks(well, Patch(monkeypatch, request))
    report = doctor.examine(well, only=[check])
    assert report.word == "wrong" and any(said in one for one in words(report)), report.checks
    assert all(found["do"] for one in report.checks for found in one["found"])


@pytest.mark.parametrize("lint", BREAKS)
def test_a_rule_that_is_broken_is_named_by_its_lint(well, monkeypatch, lint):
    with touched(well, monkeypatch, BREAKS[lint], guarded=True):
        assert any(lint[1:] in one for one in words(doctor.examine(well, only=["rules"])))


@pytest.mark.parametrize(("statement", "check", "said"), [
    ("alter role sr_writer login", "roles", "sr_writer"), ("alter role sr_web bypassrls", "roles", "sr_web"),
    ("create or replace function api._canonical(p_row text) returns bytea language sql as $$ select ''::bytea $$", "rules", "altered since"),
    ("drop event trigger sitereg_triggers", "rules", "Nobody is told when triggers"),
    ("comment on schema api is null", "rules", "not those of this program's version")])
def test_roles_and_altered_rules_are_named(well, monkeypatch, statement, check, said):
    with touched(well, monkeypatch, statement, guarded=True):
        assert any(said in one for one in words(doctor.examine(well, only=[check])))


def test_what_could_not_be_looked_at_is_unclear_and_the_rest_is_looked_at(well, monkeypatch):
    away = verification.snapshot
    monkeypatch.setattr(verification, "snapshot", lambda _s: away(Settings.at("/tmp/sitereg-nowhere")))
    report = doctor.examine(well)
    states = {one["check"]: one["state"] for one in report.checks}
    assert report.word == "unclear" and states["rules"] == "unclear" and states["secrets"] == "well"
    assert all("Could not look" in found["what"] and found["do"] for one in report.checks for found in one["found"] if one["state"] == "unclear")


def test_a_broken_part_of_the_catalogue_leaves_the_other_checks(well, monkeypatch):
    with touched(well, monkeypatch, "alter table reg.read_root rename column last to gone", guarded=True):
        states = {one["check"]: one["state"] for one in doctor.examine(well, only=["keeper", "roles"]).checks}
        assert states == {"keeper": "unclear", "roles": "well"}


def test_the_reader_really_reaches_neither_network_nor_our_files(well):
    found = doctor.process.probe(well.token_key_file)
    assert found["network_closed"] and not found["reached"] and found["opened"] == (os.geteuid() != 0)


def test_the_shell_tells_it_and_ends_as_it_found(well, monkeypatch):
    monkeypatch.setattr("sitereg.settings.Settings.from_env", lambda: well)
    said = CliRunner().invoke(cli.main, ["doctor"])
    assert said.exit_code == 0 and [line.split() for line in said.stdout.splitlines()] == [[name, "well"] for name in doctor.CHECKS]
    monkeypatch.setattr(health, "settings", lambda raw: {**GOOD, "fsync": "off"})
    said = CliRunner().invoke(cli.main, ["doctor", "--json"])
    assert said.exit_code == 2 and json.loads(said.stdout)["verdict"] == "wrong"
    assert CliRunner().invoke(cli.main, ["doctor", "--check", "disk"]).exit_code == 0
    assert CliRunner().invoke(cli.main, ["doctor", "--check", "nothing"]).exit_code == 1
    assert "rules" in CliRunner().invoke(cli.main, ["doctor", "--list"]).stdout
