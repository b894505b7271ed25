"""A file on the desk: hashed as it comes, its owner's alone, tried and released by the keeper, stopped, swept away with its draft."""
import hashlib
import multiprocessing
import os
import time
from dataclasses import replace
from types import SimpleNamespace
from uuid import UUID, uuid4

import psycopg
import pytest

from sitereg import keeper
from sitereg.actors import Actor
from sitereg.errors import BadInput, NotFound
from sitereg.imports import arrivals, batches, settling, spool
from sitereg.store import cluster, people, session
from tests.conftest import clone, drop
from tests.sitereg.imports.steps import HEADER, ROWS

pytestmark = pytest.mark.db
SAID = {"source_type": "ngo_report", "source_label": "A list", "reliability": "C", "reason": "made up", "uncertainty_m": "500",
        "partner": "A partner", "terms": "a letter", "uses": ["analysis"], "consent": "not_asked", "tier": "1", "order": "dmy",
        "count_definition": "bodies_reported"}


@pytest.fixture(scope="module")
def desk(server, tmp_path_factory):
    """A committed registry whose intake folder is the test's own."""
    name = clone(server, f"desk_{uuid4().hex[:8]}")
    settings = replace(server.settings, database=name)
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")

    def as_(who, way="acting"):
        return getattr(session, way)(settings, Actor(who, "local", "test"))

    def rows(query, *args):
        with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
            return raw.execute(query, args).fetchall()

    yield SimpleNamespace(settings=settings, as_=as_, rows=rows)
    session.close()
    drop(server, name)


def arrive(desk, text=HEADER + ROWS, name="list.csv", who="worker", **more):
    arriving = spool.Arriving(desk.settings)
    for at in range(0, len(data := text.encode()), 100):
        arriving.write(data[at:at + 100])
    with desk.as_(who) as opened:
        return arrivals.take(opened, arriving, name, **more)


def mapped(desk, once, **more):
    with desk.as_("worker") as opened:
        held = arrivals.shown(opened, once)
        held["choices"] |= SAID | more
        arrivals.save(opened, once, held)
    return held


def release(desk, once, *, dry_run):
    with desk.as_("worker") as opened:
        job = arrivals.start(opened, once, arrivals.shown(opened, once), dry_run=dry_run)
    keeper.work_one(desk.settings)
    return desk.rows("select state, progress, result, error from reg.job where id = %s", job)[0]


def test_a_file_is_hashed_as_it_comes_and_looked_at(desk):
    once = arrive(desk)
    with desk.as_("worker", "reading") as opened:
        held = arrivals.shown(opened, once)
        assert [one["once"] for one in arrivals.listed(opened)] == [once]
    assert held["sha256"] == hashlib.sha256((HEADER + ROWS).encode()).hexdigest()
    told = arrivals.seen(desk.settings, once)
    assert (told["format"], told["encoding"], told["sure"], told["counts"]) == ("csv", "utf-8", "valid", {"": 5})
    assert held["choices"]["fields"]["lat"] == "lat" and told["words"]["kind"] == ["prison", "grave", "castle", "branch"]
    assert os.stat(arrivals.file_of(desk.settings, once)).st_mode & 0o077 == 0


def test_it_is_nobody_elses(desk):
    once = arrive(desk)
    for act in (arrivals.shown, arrivals.drop):
        with pytest.raises(NotFound), desk.as_("steward1") as opened:
            act(opened, once)
    with desk.as_("steward1", "reading") as opened:
        assert arrivals.listed(opened) == []
    with desk.as_("worker") as opened:
        arrivals.drop(opened, once)
    assert not arrivals.file_of(desk.settings, once).parent.exists()


def test_what_is_empty_or_too_large_does_not_stay(desk, monkeypatch):
    monkeypatch.setattr(spool, "MOST_BYTES", 150)
    before = sorted(desk.settings.intake.iterdir())
    with pytest.raises(BadInput, match="too large"):
        arrive(desk)
    with pytest.raises(BadInput, match="empty"):
        arrive(desk, "")
    assert [one for one in sorted(desk.settings.intake.iterdir()) if one not in before and one.suffix != ".part"] == []


def test_tried_and_released_by_the_keeper_under_the_owners_rights(desk):
    once = arrive(desk, HEADER + ROWS + "9,فرع,prison,33.9,36.9,,,\n")
    held = mapped(desk, once)
    assert release(desk, once, dry_run=True)[0] == "done"
    assert arrivals.report(desk.settings, once)["dry_run"] and desk.rows("select count(*) from reg.import_batch")[0] == (0,)
    state, progress, result, _error = release(desk, once, dry_run=False)
    assert (state, result["rows_in"], progress["step"]) == ("done", 6, "keep")
    assert "castle" not in str(result)  # the line of jobs is read by auditors, too: counts alone
    told = arrivals.report(desk.settings, once)
    assert told["batch"] == result["batch"] and told["rows"][2]["problems"][0]["code"] == "unknown_code"
    operator, = desk.rows("select a.name from reg.import_batch b join reg.account a on a.id = b.operator where b.id = %s", result["batch"])[0]
    assert operator == "worker"
    with desk.as_("worker") as opened:
        one = settling.profile_of(opened, result["batch"])
        assert one.name == held["choices"]["name"]
        again = arrivals.look(opened, once, held)
        assert arrivals.seen(desk.settings, once)["fits"][0]["name"] == one.name  # what was used before is offered first
        assert again["choices"]["fields"] == held["choices"]["fields"]
        report = spool.Arriving(desk.settings)
        path = report.path.with_suffix(".csv")
        settling.write(opened, path, batch=result["batch"])
        report.write(path.read_text("utf-8-sig").replace("castle", "prison").encode())
        path.unlink()
        fixed = arrivals.take(opened, report, "fixed.csv", corrects=result["batch"])
    with desk.as_("worker") as opened:
        arrivals.start(opened, fixed, arrivals.shown(opened, fixed), dry_run=False, reason="as the partner says")
    keeper.work_one(desk.settings)
    with desk.as_("worker", "reading") as opened:
        assert not batches.rows(opened, batch=result["batch"], outcomes=("quarantined",), waiting=True)
        assert arrivals.report(desk.settings, fixed)["rows_in"] == 1


def test_a_job_that_is_stopped_keeps_nothing(desk, monkeypatch):
    once = arrive(desk, HEADER + ROWS.replace("33.5131", "33.6131"))
    mapped(desk, once, name="stopped")
    with desk.as_("worker") as opened:
        job = arrivals.start(opened, once, arrivals.shown(opened, once), dry_run=False)
    write, before = batches.write, desk.rows("select count(*) from reg.claim")

    def stopping(opened, intake, *, dry_run):
        with desk.as_("worker") as own:
            assert own.call("job_stop", id=UUID(job)) == "running"
        return write(opened, intake, dry_run=dry_run)

    monkeypatch.setattr(batches, "write", stopping)
    keeper.work_one(desk.settings)
    assert desk.rows("select state from reg.job where id = %s", job) == [("cancelled",)]
    assert desk.rows("select count(*) from reg.claim") == before
    with desk.as_("worker") as opened:
        waiting = arrivals.start(opened, once, arrivals.shown(opened, once), dry_run=True)
        assert opened.call("job_stop", id=UUID(waiting)) == "cancelled"
    with pytest.raises(NotFound), desk.as_("steward1") as opened:
        opened.call("job_stop", id=UUID(waiting))


def test_a_file_that_changed_on_the_desk_is_not_imported(desk):
    once = arrive(desk, HEADER + ROWS.replace("33.5131", "33.7131"))
    mapped(desk, once, name="changed")
    arrivals.file_of(desk.settings, once).write_text(HEADER + ROWS.replace("castle", "prison"))
    state, _progress, _result, error = release(desk, once, dry_run=False)
    assert state == "failed" and "not what was uploaded" in error


def test_files_without_a_draft_are_swept_away_and_no_others(desk):
    kept, gone = arrive(desk), arrive(desk)
    desk.rows("delete from reg.draft where once = %s returning 1", gone)
    old = time.time() - 2 * arrivals.OLD
    part = desk.settings.intake / "x.part"
    part.write_text("half")
    coming = spool.Arriving(desk.settings)
    coming.write(b"still coming")
    os.utime(coming.path, (old, old))
    for path in (part, *(arrivals.file_of(desk.settings, one).parent for one in (kept, gone))):
        os.utime(path, (old, old))
    keeper.lapse(desk.settings)
    assert arrivals.file_of(desk.settings, kept).exists() and not part.exists()
    assert coming.path.exists()  # whoever writes it holds its lock
    coming.close()
    assert not arrivals.file_of(desk.settings, gone).parent.exists()


@pytest.mark.drill
def test_a_keeper_killed_while_it_writes_leaves_nothing_and_the_file_comes_in_again(desk):
    rows = "".join(f"K{n},مكان مختلق,prison,33.{n % 9}1{n % 7},36.{n % 8}2{n % 9},,,synthetic\n" for n in range(4000))
    once = arrive(desk, HEADER + rows)
    mapped(desk, once, name="killed")
    with desk.as_("worker") as opened:
        job = arrivals.start(opened, once, arrivals.shown(opened, once), dry_run=False)
    before = desk.rows("select count(*) from reg.claim")
    session.close()
    keeping = multiprocessing.get_context("fork").Process(target=keeper.work_one, args=(desk.settings,))
    keeping.start()
    until = time.monotonic() + 120
    while desk.rows("select coalesce((progress->>'done')::int, 0) from reg.job where id = %s and progress->>'step' = 'write'", job) < [(1,)]:
        assert keeping.is_alive() and time.monotonic() < until
        time.sleep(0.05)
    keeping.kill()
    keeping.join()
    assert desk.rows("select count(*) from reg.claim") == before
    assert desk.rows("select count(*) from reg.import_batch where profile = 'killed'") == [(0,)]
    desk.rows("update reg.job set heartbeat_at = now() - interval '1 hour' where id = %s returning 1", job)
    keeper.lapse(desk.settings)
    assert desk.rows("select state from reg.job where id = %s", job) == [("failed",)]
    state, _progress, result, _error = release(desk, once, dry_run=False)
    assert (state, result["rows_in"]) == ("done", 4000)
