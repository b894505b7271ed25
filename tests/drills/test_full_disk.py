"""A full disk: what cannot be written says so and leaves nothing half; what is there is read; with room all goes on, and is sound."""
import contextlib
import shutil
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from sitereg import audit, documents, sites
from sitereg.actors import Actor
from sitereg.errors import STATUS_OF_CODE, Unavailable
from sitereg.store import cluster, schema, session
from sitereg.store.programs import owner
from tests import given
from tests.drills.conftest import filled, small
from tests.drills.table import drilled
from web import create_app

pytestmark = pytest.mark.db
WORKER = Actor("worker", "local", "drill")


@pytest.fixture(scope="module")
def cramped():
    """The settings of a cluster in a file system of 320 MB; its log, its temporary files and the evidence in others."""
    folder = Path(tempfile.mkdtemp(prefix="sitereg-drill-"))
    folder.chmod(0o711)
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(small(folder / "data", 320))
            with pytest.MonkeyPatch.context() as patch:  # for the cluster alone: other fixtures have their files elsewhere
                patch.setattr(tempfile, "tempdir", str(folder / "data"))
                settings = stack.enter_context(cluster.temporary(fast=True)).settings
            settings.make_token_key()
            settings.make_folders()
            with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
                schema.upgrade(raw)
                given.world(raw, settings)
            cluster.stop(settings)
            for place, megabytes, user in ((folder / "wal", 120, owner()), (settings.evidence, 2, None),
                                           (settings.data / "base/pgsql_tmp", 1, owner())):
                stack.enter_context(small(place, megabytes, user))
            shutil.copytree(settings.data / "pg_wal", folder / "wal/log", symlinks=True)
            for one in (folder / "wal/log", *(folder / "wal/log").rglob("*")):
                shutil.chown(one, owner().pw_uid, owner().pw_gid)
            shutil.rmtree(settings.data / "pg_wal")
            (settings.data / "pg_wal").symlink_to(folder / "wal/log")
            (settings.data / "local.conf").write_text("max_wal_size = 64MB\nmin_wal_size = 32MB\n")
            cluster.start(settings)
            yield settings, folder
            session.close()
            cluster.stop(settings, mode="immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write(settings, times=1, words="", site=1):
    """So many transactions of `site` sites each; answers how many were acknowledged, and the error that ended it."""
    with psycopg.connect(cluster.dsn(settings)) as raw:
        source = str(raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0])
    for done in range(times):
        try:
            with session.acting(settings, WORKER) as opened:
                for _ in range(site):
                    given.site(opened, given.kind("prison_central"), given.name("North " + words), given.place(36.2, 33.2), source=source)
        except Unavailable as error:
            return done, error
    return times, None


def back(settings):
    """The server runs again, now that there is room: it has recovered, whether it did so by itself or had to be started."""
    session.close()
    for _ in range(300):
        with contextlib.suppress(psycopg.OperationalError, Unavailable):
            cluster.start(settings)
            stored(settings)
            return
        time.sleep(0.2)
    raise AssertionError("the server did not come back")


def listed(settings):
    with session.reading(settings, WORKER) as opened:
        return len(sites.find(opened, limit=1000))


def stored(settings):
    with psycopg.connect(cluster.dsn(settings)) as raw:
        return raw.execute("select count(*) from reg.site where face = 2").fetchone()[0]


def sound(settings):
    assert audit.verify(settings).faults == []


def test_full_of_data_says_so_and_is_read(cramped):
    settings, _ = cramped
    write(settings)
    checkpoint(settings)
    assert full_of_data(cramped)[1] is False
    sound(settings)


def checkpoint(settings):
    """The server's next one is far away: on a full disk it stops the server, as PostgreSQL has it."""
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        raw.execute("checkpoint")


def full_of_data(cramped, leave=0):
    """(calls that were acknowledged until it was full, whether the server stopped at a checkpoint of its own)."""
    settings, folder = cramped
    before, stopped = stored(settings), False
    with filled(folder / "data", leave):
        done, error = write(settings, 400, "x" * 3000, site=5)
        assert error is not None
        try:
            assert stored(settings) == before + done * 5
            assert error.code == "disk_full"
            assert STATUS_OF_CODE[error.code] == 507
            assert listed(settings) == min(before + done * 5, 1000)
        except (psycopg.OperationalError, Unavailable):
            stopped = True
            assert "PANIC" in (settings.data / "server.log").read_text()
    if stopped:
        back(settings)
        assert before + done * 5 <= stored(settings) <= before + (done + 1) * 5
    assert write(settings) == (1, None)
    return done, stopped


def test_full_of_temporary_files_ends_the_question_alone(cramped):
    full_of_temporary_files(cramped)


def full_of_temporary_files(cramped, many=100_000):
    settings, _ = cramped
    with psycopg.connect(cluster.dsn(settings)) as raw:
        raw.execute("set work_mem = '64kB'")
        with pytest.raises(psycopg.errors.DiskFull), raw.transaction():
            raw.execute("select md5(n::text) as m, repeat('x', 200) from generate_series(1, %s) n order by 1 offset %s",
                        [many, many - 1]).fetchall()
        assert raw.execute("select count(*) from reg.site").fetchone()[0] > 0


def test_full_of_evidence_keeps_no_document_and_no_part(cramped, tmp_path):
    full_of_evidence(cramped, tmp_path)


def full_of_evidence(cramped, tmp_path, size=3_200_000, number=0):
    settings, _ = cramped
    large, little = tmp_path / "large.txt", tmp_path / "little.txt"
    large.write_bytes((b"synthetic words %d\n" % number * (size // 16))[:size])
    little.write_text(f"a few synthetic words {number}")
    with pytest.raises(Unavailable) as caught, session.acting(settings, WORKER) as opened:
        documents.keep(opened, path=large, terms=given.TERMS)
    assert caught.value.code == "disk_full"
    with psycopg.connect(cluster.dsn(settings)) as raw:
        assert raw.execute("select count(*) from reg.document").fetchone()[0] == number
    with session.acting(settings, WORKER) as opened:
        documents.keep(opened, path=little, terms=given.TERMS)
    verdict = audit.verify(settings, files=True)
    assert [one for one in verdict.faults if one["problem"] != "file extra"] == []


def test_a_full_disk_is_507_on_a_page(cramped, monkeypatch):
    app = create_app(cramped[0])

    def full():
        raise OSError(28, "No space left on device")

    app.view_functions["security.login"] = full
    answer = app.test_client().get("/sign-in")
    assert (answer.status_code, "The disk is full; nothing was written" in answer.text) == (507, True)
    assert "القرص ممتلئ" in app.test_client().get("/sign-in?lang=ar").text
    app.extensions["signin"].get_bind().dispose()


def test_full_of_log_stops_the_database_and_loses_nothing_that_was_acknowledged(cramped):
    full_of_log(cramped)
    sound(cramped[0])


def full_of_log(cramped, leave=0):
    settings, folder = cramped
    before = stored(settings)
    with filled(folder / "wal", leave):
        done, error = 0, None
        while error is None and done < 200:
            try:
                more, error = write(settings, site=5)
            except psycopg.OperationalError as away:
                more, error = 0, away
            done += more
            with contextlib.suppress(psycopg.Error), psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
                raw.execute("select pg_switch_wal()")
        assert error is not None
    back(settings)
    assert before + done * 5 <= stored(settings) <= before + (done + 1) * 5
    assert write(settings) == (1, None)
    return done


@pytest.mark.drill
def test_full_again_and_again(cramped, tmp_path):
    settings, _ = cramped
    write(settings)
    with drilled("a disk (data, log, evidence, temporary files) is full but for a random rest", "507 or 503, nothing half, what was acknowledged"
                 " stands; reads went on while the server did; with room it went on; chain sound") as row:
        for number in row.rounds(25):
            if row.dice.random() < 0.5:
                checkpoint(settings)
            done, stopped = full_of_data(cramped, row.dice.randrange(3_000_000))
            row.count("calls acknowledged until data was full", done)
            row.count("times the server stopped at its own checkpoint", stopped)
            full_of_temporary_files(cramped, row.dice.randrange(40_000, 200_000))
            full_of_evidence(cramped, tmp_path, row.dice.randrange(2_200_000, 6_000_000), number)
            row.count("calls acknowledged until the log was full", full_of_log(cramped, row.dice.randrange(2_000_000)))
            if number % 5 == 0:
                sound(settings)
        sound(settings)
