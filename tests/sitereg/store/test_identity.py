"""The token: nothing but the announced, cleared, living account of this very backend sees a row."""
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
import pytest

from sitereg import errors, sites
from sitereg.actors import Actor
from sitereg.imports import batches
from sitereg.store import session as store
from tests import given
from tests.sitereg.store.breaking import opened

pytestmark = pytest.mark.db


@pytest.fixture
def seen(registry):
    """How many sites the token now set sees, after a site was recorded."""
    given.site(registry, given.kind("prison_central"), given.name("North"))

    def count(token):
        registry.connection.execute("select set_config('sitereg.tok', %s, true)", [token])
        return registry.connection.execute("select api.account(), api.level(), api.scopes()").fetchone()

    return count


def announcement(registry, **change):
    now = change.pop("now", None)
    said = {"key": registry.settings.token_key(), "account": "worker", "how": "local", "request": "r",
            "pid": registry.connection.info.backend_pid, **change}
    return store.token(*said.values(), now=now)


def test_the_right_token_is_somebody(registry, seen):
    account, level, scopes = seen(announcement(registry))
    assert account and level == 2 and len(scopes) == 2


@pytest.mark.parametrize("change", [
    {"key": b"x" * 32}, {"pid": 1}, {"account": "nobody"}, {"now": time.time() - 3600}],
    ids=["forged", "of another backend", "unknown", "expired"])
def test_any_other_token_is_nobody(registry, seen, change):
    assert seen(announcement(registry, **change)) == (None, None, None)


@pytest.mark.parametrize("token", ["", "x", "worker|local|r|99999999999|1|", "|||||", "worker|local|r|a|b|c", "a|b|c|d|e|f|g"])
def test_a_malformed_token_is_nobody(seen, token):
    assert seen(token) == (None, None, None)


def test_a_changed_part_breaks_the_token(registry, seen):
    good = announcement(registry, account="viewer")
    assert seen(good.replace("viewer", "worker", 1)) == (None, None, None)


def test_a_retired_key_announces_nobody(registry, seen):
    with registry.dba() as raw:
        raw.execute("update reg.token_key set retired_at = now()")
    assert seen(announcement(registry)) == (None, None, None)


def test_a_backslash_in_a_token_is_nobody_and_no_error(seen, registry):
    assert seen(f"wor\\ker|local|r|{int(time.time()) + 60}|{registry.connection.info.backend_pid}|x") == (None, None, None)


@pytest.mark.parametrize("change", [
    "update reg.account set state = 'frozen'", "update reg.account set state = 'closed'",
    "update reg.clearance set ended_at = clock_timestamp()",
    "update reg.clearance set (began_at, expires_at) = (now() - interval '2 days', now() - interval '1 day')",
    "update reg.token_key set retired_at = now()"], ids=["frozen", "closed", "ended", "expired", "retired"])
def test_what_was_true_at_the_last_asking_does_not_count(registry, seen, change):
    assert seen(announcement(registry))[0]
    with registry.dba() as raw:
        raw.execute(change)
    assert registry.connection.execute("select api.account(), api.level(), api.scopes(), api.roles(), api.how()").fetchone() == (
        None, None, None, [], None)
    assert set(registry.connection.execute("select * from api.me()").fetchone()) == {None}


def test_a_lower_clearance_counts_from_the_next_asking_on(registry, seen):
    assert seen(announcement(registry))[1:] == (2, [0, 1])
    with registry.dba() as raw:
        raw.execute("update reg.clearance set tier = 1, compartments = '{}', roles = '{viewer}'")
    assert registry.connection.execute("select api.level(), api.scopes(), api.roles()").fetchone() == (1, [0], ["viewer"])


def test_every_asking_says_the_same(registry, seen):
    seen(announcement(registry, request="abc"))
    me = registry.connection.execute("select account, level, scopes, roles, how, request, name from api.me()").fetchone()
    assert me == registry.connection.execute("select api.account(), api.level(), api.scopes(), api.roles(), api.how(), api.request(),"
                                             " 'worker'").fetchone()
    assert me[4:6] == ("local", "abc")


def test_a_sql_login_is_itself_whatever_it_announces(registry, seen):
    with registry.dba() as raw:
        raw.execute("update reg.account set sql_login = session_user where name = 'viewer'")
    for roles in ("{viewer}", "{analyst,partner}"):
        with registry.dba() as raw:
            raw.execute("update reg.clearance set roles = %s where account = (select id from reg.account where name = 'viewer')", [roles])
        assert seen(announcement(registry))[1:] == (None, None), "SQL is for analysts, and for no partner"
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = '{analyst}' where account = (select id from reg.account where name = 'viewer')")
    assert seen(announcement(registry))[1] == 0
    assert registry.connection.execute("select name, how, request from api.me()").fetchone() == ("viewer", "sql", None)


def test_reading_cannot_write(settings):
    with pytest.raises(errors.SiteregError), store.reading(settings, Actor("worker", "local")) as opened:
        opened.call("log_read", action="x")


def test_a_connection_forgets_who_asked(settings):
    with psycopg.connect(store.cluster.dsn(settings, "sr_web")) as connection:
        store.announce(connection, settings, Actor("worker", "local"))
        connection.execute("set sitereg.tok = 'kept for the session'")
        connection.commit()
        store.forget(connection)
        assert connection.execute("select current_setting('sitereg.tok', true)").fetchone()[0] in (None, "")


def test_logins_hold_nothing_but_execute(registry):
    for table in ("reg.claim", "reg.site", "reg.account", "reg.token_key", "vault.subject_key", "vocab.site_kind"):
        with pytest.raises(Exception, match="permission denied"), registry.connection.transaction():
            registry.connection.execute(f"select * from {table}")
    with pytest.raises(Exception, match="permission denied"), registry.connection.transaction():
        registry.connection.execute("select api._missing()")


def moment_in(made):
    """The milliseconds that a UUIDv7 carries."""
    return made.int >> 80


def test_an_id_tells_the_month_in_damascus_and_nothing_finer(registry):
    with registry.dba() as raw:
        made = [row[0] for row in raw.execute("select reg.new_id() from generate_series(1, 1000)")]
        month = raw.execute("select (extract(epoch from date_trunc('month', now() at time zone 'Asia/Damascus')"
                            " at time zone 'Asia/Damascus') * 1000)::bigint").fetchone()[0]
    assert {moment_in(one) for one in made} == {month} and {one.version for one in made} == {7}
    assert len(set(made)) == 1000 and made != sorted(made)


def test_a_reader_of_a_testimony_learns_from_its_id_no_more_than_the_page_says(registry):
    site, code, said = given.site(registry, given.kind("prison_central"), given.name("North"))
    with registry.as_("investigator1"):
        shown = sites.why(registry, code, "kind") + sites.why(registry, code, "name")
    assert {row["claim"] for row in shown} == set(said)
    for row in shown:
        told = datetime.fromtimestamp(moment_in(row["claim"]) / 1000, ZoneInfo("Asia/Damascus"))
        assert told.isoformat() == row["recorded"] + "-01T00:00:00+03:00" and moment_in(site) == moment_in(row["claim"])


def test_batches_are_listed_by_their_beginning_page_by_page(registry):
    made = [opened(registry)["batch"] for _ in range(6)]
    listed = [one["batch"] for one in batches.listed(registry)]
    assert listed == made[::-1]
    assert [one["batch"] for one in batches.listed(registry, limit=2, after=listed[1])] == listed[2:4]
    with registry.as_("steward1"):
        assert batches.listed(registry, after=listed[1]) == []
