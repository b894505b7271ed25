"""Bytes are on the disk before their row is committed; whoever is killed in between leaves no row without bytes, and no file for ever."""
import hashlib
import os
import time

import psycopg
import pytest

from sitereg import documents, keeper
from sitereg.actors import Actor
from sitereg.store import arriving, cluster, people
from sitereg.store import session as store
from tests import given

pytestmark = pytest.mark.db
WORDS = b"what was handed over"
SHA = hashlib.sha256(WORDS).hexdigest()
STEPS = {  # where it dies -> (what is replaced, whether before it)
    "before the note": ("arriving.note", True), "after the note": ("arriving.note", False), "in the midst of the bytes": ("documents._write", None),
    "before the file has its name": ("arriving.sync", True), "after the bytes": ("documents.store", False), "after the commit": (None, None)}


@pytest.fixture
def own(committed, tmp_path, monkeypatch):
    """The settings of a database and an evidence store of the test's own, and a file."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(type(committed), "evidence", property(lambda self: home / "evidence"))
    with psycopg.connect(cluster.dsn(committed, committed.superuser)) as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
    (tmp_path / "given.txt").write_bytes(WORDS)
    return committed, tmp_path / "given.txt"


def dies(settings, path, step):
    """A process of its own keeps the file and is gone at that step, as if it had been killed."""
    child = os.fork()
    if child == 0:
        try:
            store.POOLS.clear()
            break_at(step)
            with store.acting(settings, Actor("worker", "local", "test")) as session:
                documents.keep(session, path=path, terms=given.TERMS)
        finally:
            os._exit(9)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def break_at(step):
    what, before = STEPS[step]
    if what is None:
        return
    module = {"arriving": arriving, "documents": documents}[what.split(".")[0]]
    name, real = what.split(".")[1], getattr(module, what.split(".")[1])

    def broken(*args, **more):
        if before is None:  # some bytes, then gone; the copy that is staged first is whole
            if str(args[1]).endswith(".part"):
                args[1].write_bytes(WORDS[:5])
                os._exit(9)
            return real(*args, **more)
        if before is False:
            real(*args, **more)
        os._exit(9) if name != "sync" or str(args[0]).endswith(".part") else real(*args, **more)

    setattr(module, name, broken)


def rows(settings):
    with psycopg.connect(cluster.dsn(settings, settings.superuser)) as raw:
        return raw.execute("select count(*) from reg.document where sha256 = decode(%s, 'hex')", [SHA]).fetchone()[0]


def files(settings):
    return sorted(one.name for one in settings.evidence.rglob("*") if one.is_file() and one.name != arriving.LOCK)


def pass_(monkeypatch, seconds, clocks=((time, "time"), (arriving, "steady"))):
    """So many seconds pass, on both clocks or on one."""
    for module, name in clocks:
        before = getattr(module, name)
        monkeypatch.setattr(module, name, lambda before=before: before() + seconds)


@pytest.mark.parametrize("step", STEPS)
def test_killed_between_the_steps_no_row_is_without_bytes_and_no_file_is_never_found(own, step, monkeypatch):
    settings, path = own
    dies(settings, path, step)
    stands = rows(settings)
    assert stands == (1 if step == "after the commit" else 0)
    if stands:
        assert documents.bytes_of(settings, SHA) == WORDS
    keeper.settle_arrivals(settings)
    assert bool(stands) == documents.location(settings, SHA).exists() or step == "after the bytes", "young files are left to their transactions"
    pass_(monkeypatch, arriving.OLD)
    keeper.settle_arrivals(settings)
    assert files(settings) == ([SHA] if stands else [])
    with store.acting(settings, Actor("worker", "local", "test")) as session:
        documents.keep(session, path=path, terms=given.TERMS)
    assert documents.bytes_of(settings, SHA) == WORDS and rows(settings) == 1
    keeper.settle_arrivals(settings)
    assert files(settings) == [SHA]


def test_what_comes_again_while_its_first_coming_is_forgotten_stays(own, monkeypatch):
    """An orphan of yesterday is handed over again: from then on it is as young as any."""
    settings, path = own
    dies(settings, path, "after the bytes")
    keeper.settle_arrivals(settings)
    pass_(monkeypatch, arriving.OLD)
    with store.acting(settings, Actor("worker", "local", "test")) as session:
        documents.keep(session, path=path, terms=given.TERMS)
        keeper.settle_arrivals(settings)
        assert documents.location(settings, SHA).exists(), "its row is not committed yet"
    keeper.settle_arrivals(settings)
    assert files(settings) == [SHA] and rows(settings) == 1


def test_a_clock_that_is_set_forward_takes_no_file_from_an_open_transaction(own, monkeypatch):
    """The date alone says that a day passed; the keeper did not see it pass."""
    settings, path = own
    with store.acting(settings, Actor("worker", "local", "test")) as session:
        documents.keep(session, path=path, terms=given.TERMS)
        keeper.settle_arrivals(settings)
        pass_(monkeypatch, 400 * arriving.OLD, [(time, "time")])
        keeper.settle_arrivals(settings)
        keeper.settle_arrivals(settings)
        assert documents.location(settings, SHA).exists(), "its row is not committed yet"
    keeper.settle_arrivals(settings)
    assert files(settings) == [SHA] and documents.bytes_of(settings, SHA) == WORDS
