"""A retraction and a package at the same moment: either the package is made anew, or its recipient gets the notice."""
import threading
from datetime import timedelta

import psycopg
import pytest

from sitereg import errors, gates, packages, sharing, vocab
from sitereg.actors import Actor
from sitereg.store import cluster
from sitereg.store import session as store
from tests import given

pytestmark = pytest.mark.db
YES = {one.code: {"answer": "yes", "why": "looked at"} for one in vocab.GateQuestion}
KEY = "age1" + "q" * 58


def acting(settings, name):
    return store.acting(settings, Actor(name, "local", "test"))


@pytest.fixture
def agreed(committed, monkeypatch):
    """A package that was agreed and not made yet: (its id, the claim of the place in it, the settings)."""
    monkeypatch.setattr("sitereg.sealing.is_public", lambda _key: True)
    return agreed_by(committed, "worker")


def agreed_by(committed, asker):
    with psycopg.connect(cluster.dsn(committed, committed.superuser)) as raw:
        source = raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0]
    with acting(committed, asker) as session:
        _, code, told = given.site(session, given.kind("mass_grave"), given.place(36.5, 33.5), source=source)
        until = session.value("today") + timedelta(days=30)
        gate = gates.propose(session, code, recipient="A court", precision="cell_10km", answers=YES, reason="the trial", until=until)["gate"]
    with acting(committed, "releaser") as session:
        gates.settle(session, gate, "agreed", why="looked at")
    with acting(committed, asker) as session:
        package = packages.begin(session, recipient="A court", purpose="the trial", codes=[code], fields=["kinds", "place"], key=KEY, expires_on=until,
                                 risk=dict.fromkeys(("site", "sources", "families", "staff"), "none"))
    with acting(committed, "releaser") as session:
        packages.settle(session, package, agrees=True, why="looked at")
    return package, told[1], committed


def made(session, package):
    return session.call("package_made", package=package, manifest=b"x" * 32, copy="abc")


def retract(settings, claim):
    with acting(settings, "worker") as session:
        sharing.retract(session, claim=claim, why="a mistake")  # of the whole source: it locks no row that a package locks


def notices(settings):
    with acting(settings, "releaser") as session:
        return [one["what"] for one in packages.notices.listed(session)]


def test_what_was_taken_back_after_it_was_read_does_not_leave(agreed):
    package, claim, settings = agreed
    with pytest.raises(errors.Refused) as refused, acting(settings, "worker") as session:
        assert len(session.rows("package_rows", package=package)) == 1
        retract(settings, claim)
        made(session, package)
    assert refused.value.guard == "changed"
    with acting(settings, "worker") as session:
        session.rows("package_rows", package=package)
        made(session, package)


def test_what_is_taken_back_while_it_is_recorded_waits_and_gives_a_notice(agreed):
    package, claim, settings = agreed
    with acting(settings, "worker") as session:
        session.rows("package_rows", package=package)
        made(session, package)
        other = threading.Thread(target=retract, args=(settings, claim))
        other.start()
        other.join(0.5)
        assert other.is_alive()  # it waits until the package is made
    other.join(10)
    assert not other.is_alive() and notices(settings) == ["retracted"]


def test_nothing_is_made_that_was_not_read(agreed):
    package, _, settings = agreed
    with pytest.raises(errors.Refused), acting(settings, "worker") as session:
        made(session, package)


def test_a_package_counts_what_its_reader_sees(committed, monkeypatch):
    monkeypatch.setattr("sitereg.sealing.is_public", lambda _key: True)
    agreed_by(committed, "investigator1")
    counted = {"auditor": [1], "releaser": [1]}
    for tier in (1, 2):
        with psycopg.connect(cluster.dsn(committed, committed.superuser)) as raw:
            raw.execute("update reg.subject set tier = %s, exact_tier = 2 where id in (select subject from reg.package_subject)", [tier])
        for who, number in counted.items():
            with acting(committed, who) as session:
                assert [one["records"] for one in packages.listed(session)] == number
        counted["auditor"] = [0]
