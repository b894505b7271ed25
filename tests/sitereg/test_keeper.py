"""The keeper: one at a time, does waiting work under the rights of who asked, signs, and marks what died with it."""
import psycopg
import pytest

from sitereg import audit, errors, jobs, keeper
from sitereg.actors import Actor
from sitereg.store import cluster, people, session
from tests.resolving import a_site, differences, kind, site_faces

pytestmark = pytest.mark.db


@pytest.fixture
def house(committed):
    with psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
        yield committed, raw
    session.close()


def ask(settings, **given):
    with session.acting(settings, Actor("worker", "local")) as opened:
        return jobs.enqueue(opened, **given)


def seen(settings, job):
    with session.reading(settings, Actor("worker", "local")) as opened:
        return next(row for row in jobs.mine(opened) if row["id"] == job)


def test_a_waiting_job_is_done_as_the_one_who_asked(house, monkeypatch):
    settings, _raw = house
    monkeypatch.setattr(keeper, "handlers", lambda: {"whoami": lambda opened: opened.one("self")["name"]})
    job = ask(settings, kind="whoami")
    keeper.run(settings, rounds=1)
    row = seen(settings, job)
    assert (row["state"], row["result"], row["error"]) == ("done", "worker", None)


def test_a_failing_job_is_marked_and_the_next_one_done(house, monkeypatch):
    settings, _raw = house

    def refuse(opened):
        raise errors.Refused("No", needs="something else")

    monkeypatch.setattr(keeper, "handlers", lambda: {"bad": refuse, "good": lambda opened: 1})
    bad, odd, good = (ask(settings, kind=kind) for kind in ("bad", "odd", "good"))
    keeper.run(settings, rounds=1)
    assert seen(settings, bad)["error"] == "No. something else"
    assert "odd" in seen(settings, odd)["error"] and seen(settings, odd)["state"] == "failed"
    assert seen(settings, good)["state"] == "done"


def test_there_is_one_keeper_at_a_time(house):
    settings, raw = house
    raw.execute("select pg_advisory_lock(%s)", [keeper.LOCK])
    with pytest.raises(errors.Unavailable, match="Another keeper"):
        keeper.run(settings, rounds=1)


def test_work_of_a_keeper_that_died_is_marked(house):
    settings, raw = house
    job = ask(settings, kind="whoami")
    with session.unasked(settings) as opened:
        opened.rows("keeper_take_job")
    raw.execute("update reg.job set heartbeat_at = heartbeat_at - interval '2 hours'")
    keeper.run(settings, rounds=1)
    assert seen(settings, job)["state"] == "failed"


def test_a_checkpoint_is_signed_daily_and_holds(house):
    settings, raw = house
    keeper.run(settings, rounds=1)
    keeper.run(settings, rounds=1)
    assert raw.execute("select count(*) from reg.checkpoint").fetchone()[0] == 1
    assert audit.verify(settings).sound


def test_the_web_cannot_do_the_keepers_work(house):
    settings, _raw = house
    with session.acting(settings, Actor("worker", "local")) as opened, pytest.raises(errors.Denied):
        opened.rows("keeper_take_job")


def test_a_session_whose_clearance_ended_is_ended(server, house):
    settings, raw = house
    server.admit("sql_gone")
    raw.execute("create role sql_gone login in role sr_sql")
    raw.execute("update reg.account set sql_login = 'sql_gone' where name = 'analyst1'")
    try:
        with psycopg.connect(cluster.dsn(settings, "sql_gone"), autocommit=True) as stray:
            keeper.end_strays(settings)
            assert stray.execute("select 1").fetchone()
            raw.execute("update reg.clearance set ended_at = now() where account = (select id from reg.account where name = 'analyst1')")
            keeper.end_strays(settings)
            with pytest.raises(psycopg.OperationalError):
                stray.execute("select 1")
    finally:
        raw.execute("update reg.account set sql_login = null where name = 'analyst1'")
        raw.execute("drop role sql_gone")


def test_a_beat_that_fails_is_logged_and_the_next_one_comes(house, monkeypatch, caplog):
    settings, _raw = house
    monkeypatch.setattr(keeper, "BEAT", 0.01)
    real, told = keeper.lapse, []

    def first_fails(given):
        told.append(1)
        if len(told) < 3:
            raise psycopg.errors.InternalError_("cache lookup failed for function 20270")
        real(given)

    monkeypatch.setattr(keeper, "lapse", first_fails)
    monkeypatch.setitem(keeper.ROUNDS, "lapsed", keeper.timedelta(0))
    keeper.run(settings, rounds=4)
    assert len(told) == 4 and "cache lookup failed" in caplog.text and "2 in a row" in caplog.text
    monkeypatch.setattr(keeper, "MOST_FAILED", 2)
    told.clear()
    with pytest.raises(errors.Unavailable, match="2 beats failed in a row"):
        keeper.run(settings, rounds=9)
    assert len(told) == 2


def test_a_round_that_fails_is_told_with_its_cause_and_comes_again_with_fresh_connections(house, monkeypatch, caplog):
    settings, raw = house
    monkeypatch.setattr(keeper, "BEAT", 0.01)
    monkeypatch.setattr(keeper, "AGAIN", keeper.timedelta(0))
    real, seen = keeper.checkpoint, []

    def first_fails(given):
        seen.append(dict(session.POOLS))
        if len(seen) == 1:
            with session.unasked(given) as opened:
                opened.call("lapse_measures")
                opened.connection.execute("insert into pg_temp.none values ('who it was')")
        real(given)

    monkeypatch.setattr(keeper, "checkpoint", first_fails)
    keeper.run(settings, rounds=3)
    assert "checkpoint: SQLSTATE 42P01: relation" in caplog.text and "who it was" not in caplog.text
    assert len(seen) == 2 and raw.execute("select count(*) from reg.checkpoint").fetchone() == (1,)
    assert not set(map(id, seen[0].values())) & set(map(id, seen[1].values()))


def test_a_keeper_whose_lock_is_gone_ends(house, monkeypatch):
    settings, raw = house
    monkeypatch.setattr(keeper, "BEAT", 0.01)
    monkeypatch.setattr(keeper, "lapse", lambda _settings: raw.execute(
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = %s", [keeper.LOCK]))
    with pytest.raises(errors.Unavailable, match="lost its lock"):
        keeper.run(settings, rounds=9)


def test_an_admin_can_have_all_records_resolved_again(house):
    settings, raw = house
    site = a_site(raw, 91, kind("court"))
    raw.execute("update reg.site set verification = 'confirmed' where id = %s and face = 2", [site])
    assert resolved_again(settings) == ("done", 1, None)
    assert site_faces(raw, site)[2]["verification"] == "reported" and differences(raw) == []
    assert resolved_again(settings) == ("done", 0, None)


def resolved_again(settings):
    with session.acting(settings, Actor("admin", "local")) as opened:
        job = jobs.enqueue(opened, kind="resolve_again")
    keeper.run(settings, rounds=1)
    with session.reading(settings, Actor("admin", "local")) as opened:
        row = next(row for row in jobs.mine(opened) if row["id"] == job)
    return row["state"], row["result"], row["error"]
