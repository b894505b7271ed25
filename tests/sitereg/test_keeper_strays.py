"""Whoever runs something when his clearance ends, expires, is lowered or his account frozen is ended by the keeper's next round."""
import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sitereg import accounts, errors, jobs, keeper
from sitereg.actors import Actor
from sitereg.store import cluster, people, session
from tests.sitereg import analysing

pytestmark = pytest.mark.db
LATER = datetime.now(UTC) + timedelta(days=30)
LONG = "select pg_sleep(9)"  # shorter than what a statement may take


@pytest.fixture(scope="module")
def settings(server):
    with analysing.house(server, "strays") as made, analysing.dba(made) as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
        raw.execute("update reg.clearance set began_at = began_at - interval '1 hour'")
        yield made


@pytest.fixture
def asker(settings, request):
    """A new analyst of T2 who holds names, cleared a while ago."""
    name = f"a{abs(hash(request.node.nodeid)) % 10**8}"
    with analysing.dba(settings) as raw:
        made = people.account(raw, name, display=name, os_user=name)
        people.clearance(raw, made, tier=2, compartments=["names"], roles=["analyst"], reason="test")
        raw.execute("update reg.clearance set began_at = began_at - interval '1 hour' where account = %s", [made])
    return name


def granted(settings, name, **change):
    """Two admins gave the account this clearance in place of the one that it held."""
    held = {"tier": 2, "compartments": ["names"], "roles": ["analyst"], "reason": "changed", "expires": LATER, **change}
    with analysing.as_(settings, "admin")() as opened:
        asked = accounts.ask(opened, account=name, **held)
    with analysing.as_(settings, "admin2")() as opened:
        accounts.agree(opened, request=asked)


def expired(settings, name):
    with analysing.dba(settings) as raw:
        raw.execute("update reg.clearance set expires_at = clock_timestamp() where account = (select id from reg.account where name = %s)", [name])


def by(who, act):
    def change(settings, name):
        with analysing.as_(settings, who)() as opened:
            act(opened, account=name, reason="it is over")

    return change


CHANGES = {
    "its clearance ended": by("admin", accounts.revoke), "its clearance expired": expired, "it was frozen": by("viewer", accounts.freeze),
    "it was closed": by("admin", accounts.close), "its tier was lowered": lambda settings, name: granted(settings, name, tier=1),
    "it lost a compartment": lambda settings, name: granted(settings, name, compartments=[]),
    "it is no analyst any more": lambda settings, name: granted(settings, name, roles=["investigator"])}


@pytest.fixture
def rounds(settings, monkeypatch):
    monkeypatch.setattr(keeper, "STRAYS", timedelta(seconds=0.1))
    with keeper.watching(settings):
        yield


def running(connection, query=LONG):
    """The statement runs in a thread; answers the thread and, once it is over, (seconds, what ended it)."""
    ended, began = [], time.monotonic()

    def run():
        try:
            connection.execute(query)
            ended.append((time.monotonic() - began, None))
        except psycopg.Error as error:
            ended.append((time.monotonic() - began, error.sqlstate))

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.5)
    assert ended == [], "it runs as long as nothing changes"
    return thread, ended


@pytest.mark.parametrize("change", CHANGES)
def test_a_running_statement_of_a_sql_login_is_ended(settings, asker, rounds, change):
    with analysing.sql_login(settings, asker) as connection:
        thread, ended = running(connection)
        CHANGES[change](settings, asker)
        thread.join()
        assert ended[0][1] == "57P01" and ended[0][0] < 7


def test_a_snapshot_that_still_shows_the_old_clearance_is_ended(settings, asker):
    """REPEATABLE READ shows what was when the transaction began, the clearance too: the round ends it although it does nothing."""
    with analysing.sql_login(settings, asker) as connection:
        connection.execute("begin isolation level repeatable read")
        assert connection.execute("select api.level()").fetchone() == (2,)
        granted(settings, asker, tier=1)
        assert connection.execute("select api.level()").fetchone() == (2,)
        keeper.end_strays(settings)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select api.level()")


def test_whoever_holds_what_he_held_goes_on(settings, asker):
    with analysing.sql_login(settings, asker) as connection:
        connection.execute("begin isolation level repeatable read")
        connection.execute("select api.level()")
        with session.reading(settings, Actor(asker, "local")) as opened:
            keeper.end_strays(settings)
            assert opened.value("level") == 2
        assert connection.execute("select api.level()").fetchone() == (2,)


@pytest.mark.parametrize("change", ["its clearance ended", "it was frozen", "its tier was lowered"])
def test_a_running_transaction_of_the_web_is_ended_and_no_other_one(settings, asker, rounds, change):
    with session.reading(settings, Actor("worker", "local")) as bystander:
        with pytest.raises(errors.Unavailable), session.reading(settings, Actor(asker, "password")) as opened:
            thread, ended = running(opened.connection)
            CHANGES[change](settings, asker)
            thread.join()
            assert ended[0][1] == "57P01" and ended[0][0] < 7
            opened.one("self")
        assert bystander.one("self")["name"] == "worker"


def test_a_connection_of_the_web_names_nobody_to_other_sql_people(settings, asker):
    with session.reading(settings, Actor("worker", "local")) as opened, analysing.sql_login(settings, asker) as connection:
        seen = {row[0] for row in connection.execute("select application_name from pg_stat_activity where usename = 'sr_web'").fetchall()}
        own = opened.connection.execute("select current_setting('application_name')").fetchone()[0]
        assert own in seen and "worker" not in repr(seen) and len(own) == 32
    with session.reading(settings, Actor("viewer", "local")) as opened:
        assert opened.connection.execute("select current_setting('application_name')").fetchone()[0] != own


def test_a_long_job_does_not_keep_the_keeper_from_it(settings, asker, monkeypatch):
    monkeypatch.setattr(keeper, "STRAYS", timedelta(seconds=0.1))
    with analysing.sql_login(settings, asker) as connection:
        def work(opened):
            CHANGES["its tier was lowered"](settings, asker)
            until = time.monotonic() + 8
            while time.monotonic() < until:
                with psycopg.connect(cluster.dsn(settings)) as raw:
                    if not raw.execute("select count(*) from pg_stat_activity where pid = %s", [connection.info.backend_pid]).fetchone()[0]:
                        return True
                time.sleep(0.1)
            return False

        connection.execute("begin")
        monkeypatch.setattr(keeper, "handlers", lambda: {"long": work})
        with session.acting(settings, Actor("worker", "local")) as opened:
            job = jobs.enqueue(opened, kind="long")
        keeper.run(settings, rounds=1)
        connection.close()
        with session.reading(settings, Actor("worker", "local")) as opened:
            assert next(row["result"] for row in jobs.mine(opened) if row["id"] == job) is True


@pytest.mark.parametrize("patient", [True, False])
def test_an_act_that_lasts_longer_than_an_announcement_goes_on_if_nobody_waits_for_it(settings, asker, patient, monkeypatch):
    monkeypatch.setattr(session, "TOKEN_SECONDS", 6)  # written in whole seconds: at least five
    with session.acting(settings, Actor(asker, "local")) as opened:
        if patient:
            opened.unhurried()
        before = opened.value("account")
        time.sleep(6.2)
        assert before and opened.value("account") == (before if patient else None)


def test_whoever_may_not_ask_any_more_is_not_announced_anew(settings, asker, monkeypatch):
    monkeypatch.setattr(session, "TOKEN_SECONDS", 6)
    with pytest.raises(errors.Denied), session.acting(settings, Actor(asker, "local")) as opened:
        opened.unhurried()
        expired(settings, asker)
        time.sleep(2.1)
        opened.value("today")
