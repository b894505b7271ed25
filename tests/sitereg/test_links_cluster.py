"""A run on a Dask cluster whose scheduler and workers are processes of their own: the same bits, a lost worker survived."""
import os
import re
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from bench import worlds
from sitereg import keeper
from sitereg.errors import BadInput, Refused, Unavailable
from sitereg.links import cluster
from sitereg.links.batch import Ranked
from sitereg.links.cluster import Cluster
from sitereg.links.engine import Engine

QUIET = {**os.environ, "DASK_DISTRIBUTED__DASHBOARD__LINK": "", "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def started(*said, log):
    with log.open("wb") as out:
        return subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_" + said[0], *said[1:]], stdout=out, stderr=out, env=QUIET)


def wait(log, pattern, seconds=60):
    for _ in range(seconds * 10):
        found = re.search(pattern, log.read_text())
        if found:
            return found[0]
        time.sleep(0.1)
    raise AssertionError(log.read_text()[-2000:])


@pytest.fixture(scope="module")
def made():
    world = worlds.world("held", 60, 40, custody=5)
    return world, list(worlds.persons(48, world, custody=5))


@pytest.fixture(scope="module")
def hosts(tmp_path_factory):
    """(address of a scheduler, its two workers)."""
    folder = tmp_path_factory.mktemp("dask")
    processes = [started("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show", log=folder / "scheduler")]
    address = wait(folder / "scheduler", r"tcp://127\.0\.0\.1:\d+")
    for n in range(2):
        processes.append(started("worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard",
                                 "--local-directory", str(folder / f"w{n}"), log=folder / f"worker{n}"))
    for n in range(2):
        wait(folder / f"worker{n}", "Registered to")
    yield address, processes[1:]
    for one in reversed(processes):
        if one.poll() is None:
            one.terminate()
            one.wait(100)  # a worker takes its leave of the scheduler, slowly where others use the machine


def bits(ranked):
    return [getattr(ranked, name).tobytes() for name in ("ends", "sites", "parts", "total", "p", "half", "most", "leans")]


@pytest.mark.drill
def test_the_cluster_gives_the_bits_of_this_machine_and_goes_on_without_a_lost_worker(made, hosts):
    world, persons = made
    address, workers = hosts
    mine = Engine(world).rank(persons)
    with Cluster(world, address) as both:
        told = []
        theirs = Ranked.joined(list(both.run(persons, chunk=6, told=told.append)))
        assert theirs.persons == mine.persons and bits(theirs) == bits(mine) and told == list(range(6, 49, 6))
        going = both.run(persons, chunk=3)
        parts = [next(going)]
        workers[0].send_signal(signal.SIGKILL)
        workers[0].wait()
        parts += list(going)
        assert bits(Ranked.joined(parts)) == bits(mine)
        assert len(both.client.nthreads()) == 1, "one of the two is gone"
        assert Ranked.joined(list(both.run(persons, chunk=12, skip=3))).persons == mine.persons[36:]


@pytest.mark.drill
def test_a_worker_of_another_version_is_refused(made, hosts, monkeypatch):
    monkeypatch.setattr(cluster, "version", lambda name: "0.0.0")
    with pytest.raises(Refused, match="same bits"), Cluster(made[0], hosts[0]):
        pass


def test_a_scheduler_is_named_as_an_address_and_must_answer(made, monkeypatch):
    with pytest.raises(BadInput, match="tcp://HOST:PORT"):
        Cluster(made[0], "http://127.0.0.1:1")
    monkeypatch.setattr(cluster, "SECONDS", 1)
    with pytest.raises(Unavailable, match="No scheduler answers"):
        Cluster(made[0], "tcp://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Refused, match="not installed"):
        Cluster(made[0], "tcp://127.0.0.1:9")


@pytest.mark.parametrize("known", [None, "tcp://127.0.0.1:8786"])
def test_the_keeper_hands_persons_to_no_cluster_but_the_operators(known):
    opened = SimpleNamespace(settings=SimpleNamespace(scheduler=known))
    with pytest.raises(Refused, match="no such cluster"):
        keeper.link_run(opened, "held", 20, {}, scheduler="tcp://192.0.2.7:8786")
