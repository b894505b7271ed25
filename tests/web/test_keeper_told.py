"""What the keeper tells those who watch: its rounds, jobs and queues by name and number, and nothing else; alarms that can ring."""
import hashlib
import json
import re
import shutil
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest

from sitereg import audit, documents, errors, jobs, keeper, rounds
from sitereg.actors import Actor
from sitereg.backup import making
from sitereg.store import cluster, people, session
from web import watching

RULES = Path(__file__).resolve().parents[2] / "deploy" / "prometheus" / "sitereg.rules.yml"
WEB = {"sitereg_requests_total", "sitereg_shed_total", "sitereg_request_seconds_bucket", "up"}  # told by the web's own processes
LABELS = {"duty": set(keeper.ROUNDS), "queue": {"jobs_waiting", "jobs_running", "reads_unrooted", "events_unsigned", "checkpoint"},
          "how": {"well", "failed", "done", "cancelled"}, "what": {"base", "files", "drill", "verify", "spool", "data", "evidence", "state"}}


def told(settings):
    """What Prometheus is answered, but for what the web counts itself: {(name, labels): value}."""
    registry = CollectorRegistry()
    for one in (watching.House(settings), watching.Keeper(settings)):
        registry.register(one)
    lines = [one for one in generate_latest(registry).decode().splitlines() if not one.startswith("#")]
    return {tuple(re.fullmatch(r"(\w+)(?:\{(.*)\})? (.*)", one).group(1, 2)): float(one.rpartition(" ")[2]) for one in lines}


@pytest.fixture(autouse=True)
def untold(settings):
    """The home of the run holds nothing that a keeper of another test told."""
    (settings.state / rounds.FILE).unlink(missing_ok=True)
    yield
    (settings.state / rounds.FILE).unlink(missing_ok=True)


@pytest.mark.db
def test_rounds_jobs_and_queues_are_told_by_name_and_number(committed, monkeypatch):
    settings = committed
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
    assert ("sitereg_keeper_told_seconds", None) not in told(settings), "nothing is made up"

    def refuse(opened):
        raise errors.Refused("Maria is not there", needs="something else")

    def late(_settings):
        raise errors.Unavailable("SYS-K7F49M-3 is away")

    monkeypatch.setattr(keeper, "handlers", lambda: {"good": lambda opened: 1, "bad": refuse})
    monkeypatch.setattr(keeper, "look_for", late)
    with session.acting(settings, Actor("worker", "local")) as opened:
        for kind in ("good", "good", "bad"):
            jobs.enqueue(opened, kind=kind)
    keeper.run(settings, rounds=1)
    found = told(settings)
    assert found["sitereg_keeper_jobs_total", 'how="done"'] == 2 and found["sitereg_keeper_jobs_total", 'how="failed"'] == 1
    assert found["sitereg_keeper_rounds_total", 'duty="trips",how="failed"'] == 1
    assert ("sitereg_keeper_round_age_seconds", 'duty="trips"') not in found, "it never went well"
    assert 0 <= found["sitereg_keeper_round_age_seconds", 'duty="checkpoint"'] < 60
    assert found["sitereg_queue_length", 'queue="jobs_waiting"'] == 3 and found["sitereg_queue_age_seconds", 'queue="checkpoint"'] < 60
    assert {name: set() for name in LABELS} == {name: {value for _, labels in found for key, value in re.findall(r'(\w+)="([^"]*)"', labels or "")
                                                       if key == name} - allowed for name, allowed in LABELS.items()}
    said = (settings.state / rounds.FILE).read_text()
    for secret in ("Maria", "SYS-", "worker", str(settings.home)):
        assert secret not in said + str(found), secret
    assert (settings.state / rounds.FILE).stat().st_mode & 0o077 == 0


@pytest.mark.db
def test_a_checkpoint_is_dated_by_the_database_and_a_duty_by_no_clock_that_one_sets(committed, monkeypatch, tmp_path):
    monkeypatch.setattr(type(committed), "evidence", property(lambda self: tmp_path / "evidence"))  # other tests keep theirs
    (tmp_path / "given.txt").write_bytes(b"what was handed over")
    on_its_way = hashlib.sha256(b"what was handed over").hexdigest()
    documents.store(committed, tmp_path / "given.txt", on_its_way)
    with psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + 400 * 86400)
        keeper.run(committed, rounds=1)
        assert raw.execute("select max(at) <= clock_timestamp() from reg.checkpoint").fetchone() == (True,)
    assert documents.location(committed, on_its_way).exists(), "its row may still be on its way"
    due = rounds.Rounds(committed)
    with due.trying("trips", timedelta(minutes=1)):
        assert not due.due("trips")
    monkeypatch.setattr(time, "time", lambda: real() - 400 * 86400)
    due.again("trips", timedelta(0))
    assert due.due("trips"), "a clock that was set back makes nothing wait for a year"
    assert audit.verify(committed).sound


def metrics(expr):
    """The names of metrics in an expression of PromQL."""
    words = re.findall(r"[a-z_:]\w*", re.sub(r"\{[^}]*\}|\[[^]]*\]|\"[^\"]*\"|by \(\w+\)", "", expr))
    return {one for one in words if one not in ("sum", "rate", "increase", "absent", "histogram_quantile", "or", "and", "by", "le", "e9")}


def test_every_alarm_is_of_the_known_form_and_about_what_is_told(tmp_path, monkeypatch):
    from sitereg.settings import Settings

    settings = Settings.at(tmp_path)
    settings.make_folders()
    now = time.time()
    (settings.state / rounds.FILE).write_text(json.dumps({"begun": now, "at": now, "jobs": {"failed": 1}, "queues": {
        one: [1, 1] for one in LABELS["queue"]}, "rounds": {one: {"well": 1, "failed": 0, "every": 60, "at": now, "seconds": 1} for one in keeper.ROUNDS}}))
    monkeypatch.setattr(making, "last", lambda _settings: {"base": "2026-11-30T10:00:00+00:00", "files": "2026-11-30T10:00:00+00:00",
                                                          "drill": {"at": "2026-11-30T10:00:00+00:00"}})
    monkeypatch.setattr(watching.ages, "waiting", lambda *_: 5.0)
    monkeypatch.setattr(audit, "last", lambda _settings: {"at": "2026-11-30T10:00:00+00:00", "verdict": "sound"})
    known = told(settings)
    names = {name for name, _ in known} | WEB
    held, seen = yaml.safe_load(RULES.read_text()), set()
    assert set(held) == {"groups"}
    for group in held["groups"]:
        assert set(group) == {"name", "rules"}
        for rule in group["rules"]:
            assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"} and {"alert", "expr", "labels", "annotations"} <= set(rule)
            assert re.fullmatch(r"Sitereg[A-Z]\w+", rule["alert"]) and rule["alert"] not in seen
            seen.add(rule["alert"])
            assert re.fullmatch(r"\d+[smh]", rule.get("for", "1m")) and rule["labels"]["severity"] in ("page", "ticket")
            assert set(rule["annotations"]) == {"summary", "do"}
            expr = rule["expr"]
            assert expr.count("(") == expr.count(")") and expr.count("{") == expr.count("}")
            assert metrics(expr) and metrics(expr) <= names, (rule["alert"], metrics(expr) - names)
            for name, labels in re.findall(r"(\w+)\{([^}]*)\}", expr):
                for key, value in re.findall(r'(\w+)="([^"]*)"', labels):
                    assert name in WEB or any(one == name and f'{key}="{value}"' in (told_of or "") for one, told_of in known), (name, value)
    assert len(seen) >= 15
    if program := shutil.which("promtool"):
        assert subprocess.run([program, "check", "rules", str(RULES)], check=False).returncode == 0
