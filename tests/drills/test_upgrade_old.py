"""A database of an earlier release comes to this version whole, with its data; killed on the way it is at one or at the other."""
import os
import signal
import subprocess
import sys
import threading
import time

import psycopg
import pytest

from sitereg import audit
from sitereg.store import cluster, schema
from tests import vault_keys
from tests.conftest import drop
from tests.drills.old import RELEASES, restored, told
from tests.drills.table import drilled

pytestmark = pytest.mark.db
VAULT = {"recovery": vault_keys.RECOVERY[1]}
STEPS = len(schema.rule_files()) + 4  # roles, clearing, migrations, vocabularies, each file of rules
PROGRAM = """
import sys, psycopg
from sitereg.store import schema
with psycopg.connect(sys.argv[1], autocommit=True) as raw:
    print("begun", flush=True)
    schema.upgrade(raw, vault={"recovery": sys.argv[2]})
"""


@pytest.fixture
def old(server, request):
    name = f"old_{abs(hash(request.node.nodeid)) % 10**8}"
    yield restored(server, name, "0020")
    drop(server, name)


@pytest.mark.parametrize("release", sorted(one.name.split(".")[0] for one in RELEASES.glob("*.sql.xz")))
def test_an_earlier_release_is_brought_here_with_its_data(server, release):
    settings = restored(server, f"old_{release}", release)
    before = told(settings)
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        schema.upgrade(raw, vault=VAULT)
        assert schema.current(raw) and not schema.altered(raw)
        names = [row[0] for row in raw.execute("select names->0->>'text' from reg.site where face = 2 order by 1").fetchall()]
    after = told(settings)
    assert after[0] > before[0] and after[1] != before[1]
    assert after[3] == before[3]
    assert len(names) == 2
    verdict = audit.verify(settings)
    assert (verdict.word, verdict.faults) == ("sound", [])
    drop(server, settings.database)


def killed_at(settings, step):
    """An upgrade whose server process is ended as it begins the step of that number; answers whether it came so far."""
    done = []

    def dying(name, at):
        def take(*args, **more):
            if len(done) == step:
                with psycopg.connect(cluster.dsn(settings), autocommit=True) as other:
                    other.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                                  " and pid <> pg_backend_pid()")
            done.append(name)
            return at(*args, **more)
        return take

    with pytest.MonkeyPatch.context() as patch, psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        for room, name in ((schema, "run"), (schema.command, "upgrade"), (schema, "write_vocabularies")):
            patch.setattr(room, name, dying(name, getattr(room, name)))
        with pytest.raises(Exception, match=r"terminat|closed|lost|rolled back|reconnect"):
            schema.upgrade(raw, vault=VAULT)
    return len(done) > step


def rounds(settings, steps):
    before = told(settings)
    for step in steps:
        assert killed_at(settings, step), step
        assert told(settings) == before, f"something of step {step} stayed"
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        schema.upgrade(raw, vault=VAULT)
    assert audit.verify(settings).faults == []


def test_an_upgrade_that_dies_at_a_step_leaves_what_was(old):
    rounds(old, [2, STEPS // 2, STEPS - 1])


@pytest.mark.drill
def test_at_every_step(old):
    rounds(old, range(STEPS))


def kill_after(settings, seconds):
    """The program is killed so long after it began; answers whether it had ended before."""
    child = subprocess.Popen([sys.executable, "-c", PROGRAM, cluster.dsn(settings), VAULT["recovery"]], stdout=subprocess.PIPE, text=True)
    child.stdout.readline()
    timer = threading.Timer(seconds, os.kill, (child.pid, signal.SIGKILL))
    timer.start()
    ended = child.wait(60) == 0
    timer.cancel()
    for _ in range(200):
        with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
            if not raw.execute("select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
                               " and backend_type = 'client backend'").fetchone():
                break
        time.sleep(0.05)
    return ended


def test_the_program_killed_in_mid_upgrade_leaves_one_version_or_the_other(old):
    before = told(old)
    for seconds in (0.3, 0.8):
        if not kill_after(old, seconds):
            assert told(old) == before
        else:
            with psycopg.connect(cluster.dsn(old)) as raw:
                assert schema.current(raw) and not schema.altered(raw)
            break


@pytest.mark.drill
def test_the_program_killed_at_any_moment(server):
    with drilled("kill -9 of the program in mid-upgrade from release 0020", "the old version or the new one, never between; run again it was"
                 " the new one; chain sound") as row:
        settings, began = restored(server, "old_measured", "0020"), time.monotonic()
        kill_after(settings, 600)
        longest = 1.1 * (time.monotonic() - began)
        drop(server, settings.database)
        for number in row.rounds(30):
            settings = restored(server, f"old_killed_{number}", "0020")
            before = told(settings)
            if kill_after(settings, row.dice.uniform(0, longest)):
                row.count("had ended before")
            else:
                after = told(settings)
                row.count("was as before" if after == before else "had just been committed")
            with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
                if told(settings) != before:
                    assert schema.current(raw) and not schema.altered(raw)
                schema.upgrade(raw, vault=VAULT)
                assert schema.current(raw) and not schema.altered(raw)
            assert audit.verify(settings).faults == []
            drop(server, settings.database)
