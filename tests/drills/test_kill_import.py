"""The program is killed in mid-import, or the database under it: a batch is all or nothing, what was acknowledged stands, and the
same file again adds nothing to what stands and brings what does not."""
import json
import os
import random
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from sitereg import audit, imports
from sitereg.actors import Actor
from sitereg.store import cluster, session
from tests.drills.table import drilled
from tests.drills.test_kill_database import kill
from tests.sitereg.imports.steps import HEADER, partner
from tests.sitereg.imports.test_profiles import table

pytestmark = pytest.mark.db
ROWS = 60
PROGRAM = """
import json
import sys
from pathlib import Path
from sitereg import imports
from sitereg.actors import Actor
from sitereg.imports import profile
from sitereg.settings import Settings
from sitereg.store import session
home, made, *files = sys.argv[1:]
settings = Settings.at(Path(home))
print("begun", flush=True)
for file in files:
    with session.acting(settings, Actor("worker", "local", "drill")) as opened:
        imports.run(opened, Path(file), profile=profile.read(json.loads(made), "partner.toml"))
    print(file, flush=True)
"""


def files(folder, many, start):
    for number in range(start, start + many):
        lines = "".join(f"{number}.{n},Place {number} {n},prison,{33 + n / 1000},{36 + number / 1000},,,\n" for n in range(ROWS))
        (folder / f"list{number}.csv").write_text(HEADER + lines)
    return [folder / f"list{number}.csv" for number in range(start, start + many)]


def batches(settings):
    with psycopg.connect(cluster.dsn(settings)) as raw:
        return raw.execute("select count(*), coalesce(sum(rows_in), 0), (select count(*) from reg.import_row) from reg.import_batch").fetchone()


def one_round(settings, folder, dice, victim, start):
    lists = files(folder, 4, start)
    before = batches(settings)
    child = subprocess.Popen([sys.executable, "-c", PROGRAM, str(settings.home), json.dumps(table()), *map(str, lists)], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True)
    child.stdout.readline()
    time.sleep(dice.uniform(0.3, 2.0))
    if victim == "program":
        os.kill(child.pid, signal.SIGKILL)
    else:
        kill(settings)
    acknowledged = len(child.stdout.read().split())
    child.wait(60)
    session.close()
    cluster.start(settings)
    after = batches(settings)
    assert acknowledged <= after[0] - before[0] <= acknowledged + 1
    assert after[2] - before[2] == ROWS * (after[0] - before[0]), "a batch was stored in part"
    for one in lists:
        with session.acting(settings, Actor("worker", "local", "drill")) as opened:
            imports.run(opened, one, profile=partner())
    again = batches(settings)
    assert (again[0] - before[0], again[2] - before[2]) == (4, 4 * ROWS)
    assert audit.verify(settings).faults == []


@pytest.mark.parametrize("victim", ["program", "database"])
def test_killed_in_mid_import(durable, tmp_path, victim):
    one_round(durable, tmp_path, random.Random(3), victim, 0)


@pytest.mark.drill
def test_fifty_times(durable, tmp_path):
    with drilled("kill -9 of database or program in mid-import", "a batch all or nothing; the same file again brought what was lacking and"
                 " nothing twice; chain sound") as row:
        for number in row.rounds(50):
            victim = row.dice.choice(["program", "database"])
            row.count(f"of the {victim}")
            one_round(durable, tmp_path, row.dice, victim, 4 * number)
