"""Sign-ins of the web and SQL logins, made by whoever runs the machine."""
import os
import pwd
import stat
import subprocess

import psycopg
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner

from sitereg import accounts, errors
from sitereg.cli import main
from sitereg.store import cluster, programs
from tests.sitereg import analysing

pytestmark = pytest.mark.db
GOOD = "seven pale stones in a row"


@pytest.fixture
def run(committed, monkeypatch):
    monkeypatch.setattr("sitereg.settings.Settings.from_env", lambda: committed)
    return lambda *words, **more: CliRunner().invoke(main, list(words), **more)


def rows(settings, query, *values):
    with psycopg.connect(cluster.dsn(settings, settings.superuser)) as raw:
        return raw.execute(query, values).fetchall()


def test_a_sign_in_is_made_and_told_without_the_password(run, committed):
    said = run("accounts", "signin", "investigator1", "--email", " Some.One@Example.ORG ", input=f"{GOOD}\n{GOOD}\n")
    assert said.exit_code == 0 and "some.one@example.org" in said.output and GOOD not in said.output
    (email, hashed), = rows(committed, 'select email, password from signin."user" where account = %s', "investigator1")
    assert email == "some.one@example.org" and PasswordHasher().verify(hashed, GOOD)
    (action, reason), = rows(committed, "select action, reason from reg.audit_event order by seq desc limit 1")
    assert action == "set_sign_in" and "@" not in reason and GOOD not in reason
    made = run("accounts", "signin", "investigator1", "--email", "some.one@example.org", "--generate").output.split()[-1]
    (again,), = rows(committed, 'select password from signin."user" where account = %s', "investigator1")
    assert PasswordHasher().verify(again, made) and len(made) >= accounts.SHORTEST


def test_a_password_costs_what_argon2_advises(cheap_locks):
    """RFC 9106: the second recommended choice, 64 MiB in 3 passes over 4 lanes."""
    assert cheap_locks[1].hash(GOOD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_lost_factors_are_void_with_a_new_sign_in(run, committed):
    accounts.sign_in(committed, name="officer1", email="a@example.org", password=GOOD)
    with psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        raw.execute("update signin.\"user\" set totp = 'sealed'")
        for table, values in (("recovery(hash, user_id)", "'h', id"), ("device(hash, user_id)", "'h', id"), ("seat(hash, user_id)", "'h', id"),
                              ("passkey(user_id, handle, public_key, name)", "id, 'h', 'k', 'n'")):
            raw.execute(f"insert into signin.{table} select {values} from signin.\"user\"")
    assert run("accounts", "signin", "officer1", "--email", "a@example.org", "--generate").exit_code == 0
    assert rows(committed, "select count(*) from signin.passkey") == [(1,)]
    assert run("accounts", "signin", "officer1", "--email", "a@example.org", "--generate", "--forget-factors").exit_code == 0
    for table in ("passkey", "recovery", "device", "seat"):
        assert rows(committed, f"select count(*) from signin.{table}") == [(0,)], table
    assert rows(committed, 'select totp from signin."user"') == [(None,)]
    assert "void" in rows(committed, "select reason from reg.audit_event order by seq desc limit 1")[0][0]


@pytest.mark.parametrize(("name", "email", "password", "wrong"), [
    ("nobody-here", "a@example.org", GOOD, errors.NotFound), ("officer1", "no address", GOOD, errors.BadInput),
    ("officer1", "a@example.org", "abcdefghij123", errors.BadInput), ("officer1", "a@example.org", "officer1 and more words", errors.BadInput),
    ("officer1", "a@example.org", "aaaaaaaaaaaaaaaaaaaa", errors.BadInput)])
def test_what_is_no_sign_in_is_refused(committed, name, email, password, wrong):
    with pytest.raises(wrong):
        accounts.sign_in(committed, name=name, email=email, password=password)
    assert rows(committed, 'select 1 from signin."user"') == []


def test_an_address_opens_one_account(committed):
    accounts.sign_in(committed, name="officer1", email="a@example.org", password=GOOD)
    with pytest.raises(errors.BadInput, match="Another account"):
        accounts.sign_in(committed, name="analyst1", email="A@example.org", password=GOOD)


def test_an_analyst_of_another_os_user_asks_by_sql_until_it_ends(run, committed):
    other = "nobody" if os.geteuid() == 0 else accounts.os_user()
    said = run("accounts", "sql", "analyst1", "--os-user", other)
    assert said.exit_code == 0 and f"psql -h {committed.run} -U sql_analyst1 {committed.database}" in said.output
    try:
        line = [programs.binaries().path("psql"), "-h", str(committed.run), "-U", "sql_analyst1", "-Atc", "select count(*) from v_site", committed.database]
        asked = subprocess.run(line, capture_output=True, text=True, check=False, cwd="/", **as_user(other))
        assert (asked.returncode, asked.stdout.strip()) == (0, "0"), asked.stderr
        line[-2] = "select count(*) from reg.claim"
        denied = subprocess.run(line, capture_output=True, text=True, check=False, cwd="/", **as_user(other))
        assert denied.returncode == 1 and "permission denied" in denied.stderr
    finally:
        assert "asks by SQL no more" in run("accounts", "sql", "analyst1", "--end").output
    ended = subprocess.run(line, capture_output=True, text=True, check=False, cwd="/", **as_user(other))
    assert ended.returncode == 2 and idents(committed) == []
    assert "had no SQL login" in run("accounts", "sql", "analyst1", "--end").output
    assert rows(committed, "select 1 from pg_roles where rolname = 'sql_analyst1'") == []


def test_a_login_asks_records_where_a_reason_was_given_and_the_log_says_so(run, committed, monkeypatch):
    monkeypatch.setattr("sitereg.accounts.LOCAL", "analyst1")
    analysing.bind(committed, "analyst1")

    def told(*args):
        said = run("accounts", "sql", "analyst1", "--os-user", "daemon", *args)
        return said.exit_code, rows(committed, "select g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles l"
                                    " on l.oid = m.member where l.rolname = 'sql_analyst1' order by 1")

    def listed():
        return run("accounts", "list").output.strip().rpartition("analyst")[2]

    plain, both = [("sr_sql",)], [("sr_sql",), ("sr_sql_records",)]
    try:
        assert told() == (0, plain) and listed() == ", by SQL"
        for half in (["--records"], ["--reason", "why"], ["--records", "--reason", " "]):
            assert told(*half)[0] != 0
        assert told("--records", "--reason", "she reckons how claims agree") == (0, both)
        assert told() == (0, plain) and told("--records", "--reason", "again") == (0, both) and told("--no-records") == (0, plain)
        assert rows(committed, "select action, reason from reg.audit_event where action like '%%_sql_records' order by seq") == [
            ("grant_sql_records", "she reckons how claims agree"), ("end_sql_records", ""), ("grant_sql_records", "again"), ("end_sql_records", "")]
        assert told("--records", "--reason", "at last") == (0, both) and listed() == ", by SQL with records"
    finally:
        run("accounts", "sql", "analyst1", "--end")


def idents(settings):
    """The OS users that pg_ident.conf admits as sql_analyst1."""
    said = [line.split() for line in (settings.data / "pg_ident.conf").read_text().splitlines()]
    return [words[1].strip('"') for words in said if words[-1] == "sql_analyst1"]


def test_a_login_given_to_another_os_user_is_no_longer_the_first_one_s(run, committed):
    others = [name for name in ("nobody", "daemon") if name != accounts.os_user()]
    try:
        for other in others:
            assert run("accounts", "sql", "analyst1", "--os-user", other).exit_code == 0
            assert set(idents(committed)) & {*others} == {other} and stat.S_IMODE(committed.run.stat().st_mode) == 0o711
        with psycopg.connect(cluster.dsn(committed, "sql_analyst1"), autocommit=True) as held:
            assert "asks by SQL no more" in run("accounts", "sql", "analyst1", "--end").output
            with pytest.raises(psycopg.OperationalError):
                held.execute("select 1")
    finally:
        run("accounts", "sql", "analyst1", "--end")
    assert idents(committed) == [] and stat.S_IMODE(committed.run.stat().st_mode) == 0o700


def test_an_os_user_that_is_not_there_leaves_neither_role_nor_line(run, committed, monkeypatch):
    said = run("accounts", "sql", "analyst1", "--os-user", "no-such-user-here")
    assert said.exit_code == 1 and "no-such-user-here" in said.output

    def broken(*_given):
        raise errors.Unavailable("The file cannot be written")

    monkeypatch.setattr(cluster, "admit", broken)
    assert run("accounts", "sql", "analyst1", "--os-user", "daemon").exit_code == 3
    assert rows(committed, "select 1 from pg_roles where rolname = 'sql_analyst1'") == [] == idents(committed)
    assert rows(committed, "select sql_login from reg.account where name = 'analyst1'") == [(None,)]


def as_user(name):
    if os.geteuid() != 0:
        return {}
    found = pwd.getpwnam(name)
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


def test_only_analysts_get_a_sql_login(run):
    assert run("accounts", "sql", "officer1", "--os-user", "nobody").exit_code == 2
    assert run("accounts", "sql", "analyst1").exit_code == 1
