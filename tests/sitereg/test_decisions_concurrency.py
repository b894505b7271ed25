"""Two writers at once: the second waits, then is told what the first did; nothing is lost, nothing is done
twice."""
import threading
from datetime import date, timedelta

import psycopg
import pytest

from sitereg import decisions, errors
from sitereg import protection as guarding
from sitereg.actors import Actor
from sitereg.store import cluster
from sitereg.store import session as store
from tests import given
from tests.sitereg.deciding import DAY, GRAVE

pytestmark = pytest.mark.db


def acting(settings, name):
    return store.acting(settings, Actor(name, "local", "test"))


@pytest.fixture
def site(committed):
    """A committed site with a measure, and the version of its record."""
    with psycopg.connect(cluster.dsn(committed, committed.superuser)) as raw:
        source = raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0]
    with acting(committed, "worker") as session:
        made = given.site(session, given.kind(GRAVE), given.place(36.5, 33.5), source=source)[0]
        guarding.record_measure(session, made, "guard", reason="tonight", agent_kind="residents_or_committee")
    return made


def count(committed, query, *values):
    with psycopg.connect(cluster.dsn(committed, committed.superuser)) as raw:
        return raw.execute(query, values).fetchone()[0]


def version(committed, site):
    return count(committed, "select version from reg.site where id = %s and face = 2", site)


def in_thread(act):
    """Start `act`; the list into which it puts its answer or its error, and the thread."""
    said = []

    def run():
        try:
            said.append(act())
        except errors.SiteregError as error:
            said.append(error)
    thread = threading.Thread(target=run)
    thread.start()
    return said, thread


def test_the_second_of_two_writers_waits_and_then_sees_what_the_first_did(committed, site):
    seen = version(committed, site)

    def second():
        with acting(committed, "officer") as session:
            return guarding.decide(session, site, "unprotected", reason="no fence there", observed_on=DAY,
                                   seen=seen)

    with acting(committed, "worker") as first:
        guarding.decide(first, site, "partially_protected", reason="a guard stands", observed_on=DAY,
                        seen=seen)
        said, thread = in_thread(second)
        thread.join(0.7)
        assert thread.is_alive() and said == []  # it waits for the first
    thread.join(10)
    assert isinstance(said[0], errors.Conflict)
    changed = {c["field"]: c["now"] for c in said[0].changed}
    assert changed["protection"] == "partially_protected" and changed["version"] == seen + 1
    assert count(committed,
                 "select count(*) from reg.decision where subject = %s and machine = 'protection'", site) == 1


def test_of_many_at_once_each_takes_a_step_or_is_told(committed, site):
    seen = version(committed, site)

    def act():
        with acting(committed, "worker") as session:
            return guarding.decide(session, site, "protected", reason="guarded", observed_on=DAY, seen=seen,
                                   due=date.today() + timedelta(days=50))

    runs = [in_thread(act) for _ in range(8)]
    for _, thread in runs:
        thread.join(30)
    said = [one for answers, _ in runs for one in answers]
    assert len(said) == 8 and sum(isinstance(one, decisions.Outcome) for one in said) == 1
    assert all(isinstance(one, errors.Conflict) for one in said if not isinstance(one, decisions.Outcome))
    assert count(committed,
                 "select array_agg(seq) from reg.decision where subject = %s and machine = 'protection'",
                 site) == [1]


def test_two_verifiers_at_once_make_one_decision(committed, site):
    with acting(committed, "worker") as session:
        claims = guarding.inspect(session, site, visited_on=DAY, covered="all", negative=True)["claims"]
        done = decisions.decide(session, site, "verification", "refuted", aspect=GRAVE,
                                reason="nothing there", basis=claims)

    def approve(name):
        def act():
            with acting(committed, name) as session:
                return decisions.approve(session, done.proposal)
        return act

    runs = [in_thread(approve(name)) for name in ("verifier", "verifier2")]
    for _, thread in runs:
        thread.join(30)
    said = [answers[0] for answers, _ in runs]
    assert sorted(type(one).__name__ for one in said) == ["Conflict", "Outcome"]
    assert count(committed, "select count(*) from reg.decision where proposal = %s", done.proposal) == 1
