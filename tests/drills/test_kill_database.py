"""The database is killed while it writes: what was acknowledged stands, each call is all or nothing, the chain is sound."""
import os
import random
import signal
import threading
import time

import psycopg
import pytest

from sitereg import audit, claims, errors
from sitereg.actors import Actor
from sitereg.store import cluster, session
from tests.drills.table import drilled

pytestmark = pytest.mark.db
SITES = 40


def write_until_it_dies(settings, source, acknowledged, started):
    """Calls of SITES new sites each, one after another; the number of each is noted once it was acknowledged."""
    number = 0
    try:
        while True:
            number += 1
            with session.acting(settings, Actor("worker", "local")) as opened:
                claims.record(opened, [claims.said("external_id", {"scheme": "drill", "value": f"{number}.{n}"}, source=source,
                                                   subject_key=str(n), credibility="2") for n in range(SITES)],
                              subjects=[claims.new_subject(str(n), "site") for n in range(SITES)])
            acknowledged.append(number)
            started.set()
    except errors.SiteregError:
        started.set()


def kill(settings):
    """The postmaster is gone without a word; its children follow."""
    postmaster = int((settings.data / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)


def one_round(settings, dice):
    with psycopg.connect(cluster.dsn(settings)) as raw:
        source = raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0]
        before = raw.execute("select count(*) from reg.subject").fetchone()[0]
    acknowledged, started = [], threading.Event()
    writer = threading.Thread(target=write_until_it_dies, args=(settings, source, acknowledged, started))
    writer.start()
    assert started.wait(60)
    time.sleep(dice.uniform(0, 0.4))
    kill(settings)
    writer.join(60)
    session.close()
    cluster.start(settings)
    with psycopg.connect(cluster.dsn(settings)) as raw:
        stored = raw.execute("select count(*) from reg.subject").fetchone()[0] - before
    assert stored % SITES == 0, "a call was stored in part"
    assert len(acknowledged) <= stored // SITES <= len(acknowledged) + 1
    assert audit.verify(settings).faults == []
    return len(acknowledged), stored // SITES - len(acknowledged)


def test_a_killed_database_keeps_what_it_acknowledged(durable):
    one_round(durable, random.Random(1))


@pytest.mark.drill
def test_fifty_times(durable):
    with drilled("kill -9 of the database while it writes", "each call all or nothing, what was acknowledged stands; chain sound") as row:
        for _ in row.rounds(50):
            acknowledged, unheard = one_round(durable, row.dice)
            row.count("calls acknowledged", acknowledged)
            row.count("stored whole though nobody heard of it", unheard)
