"""A file that eats the memory of its reader: the reader dies alone, by its own limit or by the kernel, and everything else goes on."""
import os
import signal
import threading
import time
from pathlib import Path

import psycopg
import pytest

from sitereg import audit, documents, imports, sites
from sitereg.actors import Actor
from sitereg.errors import BadInput
from sitereg.imports.readers import process
from sitereg.store import cluster, session
from tests.drills.table import drilled
from tests.sitereg.imports.steps import HEADER, partner

pytestmark = pytest.mark.db
WORKER = Actor("worker", "local", "drill")
EATER = """
import sys, time
from sitereg.imports.readers import csv, isolated
isolated.MEMORY = int(sys.argv[1]) * 2**20
def read(files, options):
    held = []
    yield {"layer": {"part": "", "columns": ["a"], "crs": None}}
    while True:
        held.append(bytearray(b"x" * 2**20 * 8))
        if sys.argv[2] == "slowly":
            time.sleep(0.02)
csv.read = read
isolated.main()
"""


def eating(monkeypatch, megabytes, how="at once"):
    """The next reader is a real one, closed in as ever, whose reading never stops to ask for more memory."""
    real = process.subprocess.Popen

    def started(words, **more):
        return real([words[0], "-P", "-s", "-c", EATER, str(megabytes), how], **more)

    monkeypatch.setattr(process.subprocess, "Popen", started)


def one_round(settings, folder, monkeypatch, megabytes, killed=None):
    """A file whose reader eats until its limit of so many MB, or is killed as the kernel does it; answers how it ended."""
    path = folder / f"list{megabytes}{killed or ''}.csv"
    path.write_text(HEADER + f"{megabytes}.{killed},Place,prison,33.5,36.5,,,\n")
    before = stand(settings)
    with monkeypatch.context() as patch:
        eating(patch, megabytes, "slowly" if killed else "at once")
        if killed:
            stalk(killed)
        with pytest.raises(BadInput) as refused, session.acting(settings, WORKER) as opened:
            imports.run(opened, path, profile=partner())
    assert refused.value.code in ("too_large", "reader_ended"), refused.value
    assert stand(settings) == before, "nothing of it was kept"
    with session.reading(settings, WORKER) as opened:
        sites.find(opened, limit=10)
    with documents.room() as room:
        staged = documents.stage(path, room)
        assert len(process.read(staged.files, room, format="csv", encoding="utf-8").rows) == 1, "the next reader reads"
    return refused.value.code


def stalk(after):
    """The reader that this process begins is killed so many seconds after it was closed in, as by the kernel out of memory."""
    def wait():
        until = time.monotonic() + 20
        while time.monotonic() < until:
            for one in Path("/proc").glob("[0-9]*"):
                try:
                    words = (one / "cmdline").read_bytes()
                    ours = int((one / "stat").read_text().rpartition(")")[2].split()[1]) == os.getpid()
                except (OSError, ValueError):
                    continue
                if ours and b"isolated.MEMORY" in words:
                    time.sleep(after)
                    os.kill(int(one.name), signal.SIGKILL)
                    return
            time.sleep(0.02)
    threading.Thread(target=wait, daemon=True).start()


def stand(settings):
    with psycopg.connect(cluster.dsn(settings)) as raw:
        return raw.execute("select (select count(*) from reg.import_batch), (select count(*) from reg.document), (select count(*) from"
                           " reg.subject), (select max(seq) from reg.audit_event)").fetchone()


def test_a_reader_without_memory_dies_alone(committed, tmp_path, monkeypatch):
    assert one_round(committed, tmp_path, monkeypatch, 400) == "too_large"
    assert one_round(committed, tmp_path, monkeypatch, 1500, killed=0.4) == "reader_ended"


@pytest.mark.drill
def test_over_and_over(committed, tmp_path, monkeypatch):
    with drilled("the isolated reader eats memory (to its limit of 0.3 to 1.5 GB, or killed on the way)", "the file was refused in words,"
                 " nothing of it kept, database and program went on, the next file was read; chain sound") as row:
        for _ in row.rounds(40):
            killed = row.dice.uniform(0, 1) if row.dice.random() < 0.4 else None
            told = one_round(committed, tmp_path, monkeypatch, row.dice.randrange(300, 1500), killed)
            row.count({"too_large": "told too large", "reader_ended": "told that the reader ended"}[told])
        assert audit.verify(committed).faults == []
