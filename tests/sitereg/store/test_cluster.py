"""The embedded cluster: made, stopped, killed, started again; whom it admits, what it hides."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from sitereg.errors import BadInput, Refused, Unavailable
from sitereg.settings import Settings
from sitereg.store import cluster, programs
from sitereg.store.conf import conf
from sitereg.store.folders import make_folder, refuse_unreachable

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def made():
    """A throw-away cluster of this file's own: its tests stop and kill it."""
    with cluster.temporary(fast=True) as one:
        yield one


@pytest.fixture
def own(made):
    """The file's cluster, running."""
    cluster.start(made.settings, fast=True)
    return made


@pytest.fixture
def ask(own):
    """Runs a statement as the superuser (or `user`) and answers its single value, if it has one."""

    def value(statement, **dsn):
        with psycopg.connect(own.dsn(**dsn), autocommit=True) as connection:
            done = connection.execute(statement)
            return done.fetchone()[0] if done.description else None

    return value


@pytest.fixture
def short_folder():
    """A folder with a short path that the cluster's user may cross."""
    folder = Path(tempfile.mkdtemp(prefix="sr-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def postmaster(settings):
    return int((settings.data / "postmaster.pid").read_text().split()[0])


def test_it_is_set_as_the_design_wants(ask):
    wanted = {
        "listen_addresses": "", "data_checksums": "on", "lc_ctype": "C.UTF-8", "server_encoding": "UTF8",
        "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
        "log_error_verbosity": "terse", "jit": "off", "TimeZone": "UTC", "max_locks_per_transaction": "256",
        "max_connections": "100", "shared_buffers": "256MB", "client_connection_check_interval": "2s",
        "idle_in_transaction_session_timeout": "5min", "fsync": "off",
    }
    assert {name: ask(f"SHOW {name}") for name in wanted} == wanted


def test_only_a_throw_away_cluster_is_not_durable():
    def said(fast):
        return dict(line.split(" = ") for line in conf(Path("/r"), fast).splitlines() if " = " in line)

    durable = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
    assert durable.items() <= said(fast=False).items()
    assert {name: said(fast=True)[name] for name in durable} == dict.fromkeys(durable, "off")


def test_a_database_blind_to_arabic_is_refused(own, ask):
    ask("CREATE DATABASE blind TEMPLATE template0 LC_CTYPE 'C'")
    with pytest.raises(Unavailable) as refusal:
        cluster.check_locale(own.dsn(dbname="blind"))
    assert refusal.value.code == "blind_locale"
    assert ask("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'", dbname="blind") == 0
    ask("DROP DATABASE blind")


def test_each_role_comes_in_as_itself_and_nobody_else_does(own, ask):
    for role in ("sr_web", "sr_keeper", "sql_maria", "stranger"):
        ask(f"CREATE ROLE {role} LOGIN")
    own.admit("sql_maria")
    for role in ("sitereg_dba", "sr_web", "sr_keeper", "sql_maria"):
        assert ask("SELECT current_user", user=role) == role
    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        psycopg.connect(own.dsn("stranger"))


def test_admitting_twice_writes_once_and_another_user_opens_the_socket_s_folder(own):
    path = own.settings.data / "pg_ident.conf"
    cluster.admit(own.settings, "sql_twice")
    once = path.read_text()
    cluster.admit(own.settings, "sql_twice")
    assert path.read_text() == once
    assert stat.S_IMODE(own.settings.run.stat().st_mode) == 0o700
    cluster.admit(own.settings, "sql_twice", "somebody")
    assert 'sitereg "somebody" sql_twice' in path.read_text()
    assert stat.S_IMODE(own.settings.run.stat().st_mode) == 0o711
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    own.settings.run.chmod(0o700)  # as a run-time folder is after the machine's start
    cluster.stop(own.settings)
    cluster.start(own.settings, fast=True)
    assert stat.S_IMODE(own.settings.run.stat().st_mode) == 0o711
    cluster.dismiss(own.settings, "sql_twice")
    assert "sql_twice" not in path.read_text() and stat.S_IMODE(own.settings.run.stat().st_mode) == 0o700


@pytest.mark.parametrize(("login", "os_user"), [
    ("sitereg_dba", None), ("sr_web", None), ("sql_", None), ("sql_a b", None), ("sql_ok", 'x"\nsitereg "y'),
])
def test_only_sql_logins_are_admitted(own, login, os_user):
    before = (own.settings.data / "pg_ident.conf").read_text()
    with pytest.raises(BadInput):
        cluster.admit(own.settings, login, os_user)
    assert (own.settings.data / "pg_ident.conf").read_text() == before


def test_a_statement_that_fails_leaves_no_values_in_the_log(own, ask):
    ask("CREATE TABLE told (name text CHECK (name <> 'Q7secretQ7'))")
    with psycopg.connect(own.dsn()) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("INSERT INTO told VALUES (%s)", ["Q7secretQ7"], binary=True)
    log = (own.settings.data / "server.log").read_text()
    assert "violates check constraint" in log
    assert "Q7secretQ7" not in log


def test_stopped_and_started_again_the_rows_are_there(own, ask):
    ask("CREATE TABLE kept AS SELECT 7 AS n")
    assert cluster.stop(own.settings)
    assert cluster.state(own.settings) == "stopped"
    assert not cluster.stop(own.settings)
    cluster.start(own.settings, fast=True)
    assert cluster.state(own.settings) == "running"
    assert ask("SELECT n FROM kept") == 7


def test_killed_it_starts_again_and_its_pid_file_is_its_own_affair(own, ask):
    ask("CREATE TABLE survives AS SELECT 1 AS n")
    ask("CHECKPOINT")
    number = postmaster(own.settings)
    os.kill(number, signal.SIGKILL)
    began = time.monotonic()
    cluster.start(own.settings, fast=True)
    assert time.monotonic() - began < cluster.START_SECONDS + 5
    assert postmaster(own.settings) != number
    assert ask("SELECT n FROM survives") == 1


def test_what_cannot_start_says_why_at_once(own):
    cluster.stop(own.settings)
    broken = own.settings.data / "local.conf"
    broken.write_text("no_such_setting = 1\n")
    broken.chmod(0o644)
    began = time.monotonic()
    with pytest.raises(Unavailable, match="no_such_setting"):
        cluster.start(own.settings, fast=True)
    assert time.monotonic() - began < 5
    broken.unlink()


def test_four_starters_make_one_cluster(short_folder):
    home = short_folder / "home"
    code = ("import sys; from pathlib import Path; from sitereg.settings import Settings;"
            "from sitereg.store import cluster; cluster.ensure(Settings.at(Path(sys.argv[1])), fast=True)")
    starters = [subprocess.Popen([sys.executable, "-c", code, str(home)]) for _ in range(4)]
    try:
        assert [starter.wait(60) for starter in starters] == [0, 0, 0, 0]
        assert cluster.state(Settings.at(home)) == "running"
        assert sorted(path.name for path in home.glob("pgdata*")) == ["pgdata"]
    finally:
        cluster.stop(Settings.at(home), mode="immediate")


def test_a_half_made_cluster_is_made_anew(short_folder):
    settings = Settings.at(short_folder / "home")
    settings.make_folders()
    half = settings.data.with_name("pgdata.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("15")
    assert cluster.state(settings) == "absent"
    try:
        cluster.ensure(settings, fast=True)
        assert cluster.state(settings) == "running"
    finally:
        cluster.stop(settings, mode="immediate")


def test_a_long_home_has_its_socket_elsewhere(short_folder):
    settings = Settings.at(short_folder / ("h" * 120))
    try:
        cluster.ensure(settings, fast=True)
        assert settings.home not in settings.run.parents
        assert stat.S_IMODE(settings.run.stat().st_mode) == 0o700
        assert cluster.state(settings) == "running"
    finally:
        cluster.stop(settings, mode="immediate")
        shutil.rmtree(settings.run, ignore_errors=True)


def test_a_throw_away_cluster_leaves_nothing(tmp_path):
    with cluster.temporary() as gone:
        assert cluster.state(gone.settings) == "running"
        number = postmaster(gone.settings)
    assert not gone.settings.home.exists()
    assert not Path("/proc", str(number)).exists() or _zombie(number)


def test_what_a_killed_maker_left_is_swept():
    code = ("import os, sys; from sitereg.store import cluster; one = cluster.temporary();"
            "made = one.__enter__(); print(made.settings.home, flush=True); os.kill(os.getpid(), 9)")
    said = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=False)
    left = Settings.at(Path(said.stdout.strip()))
    assert cluster.state(left) == "running"
    with cluster.temporary():
        assert not left.home.exists()


def test_a_folder_of_somebody_else_is_not_taken_over(short_folder):
    link = short_folder / "run"
    link.symlink_to("/")
    with pytest.raises(Refused, match="somebody else"):
        make_folder(link)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_a_home_below_a_closed_folder_is_refused_with_its_name(short_folder):
    closed = short_folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Refused, match=str(closed)):
        refuse_unreachable(closed / "home")
    closed.chmod(0o711)
    refuse_unreachable(closed / "home")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_as_root_the_files_are_postgres_s_and_closed(own):
    user = programs.owner()
    assert user.pw_name == "postgres"
    for path in (own.settings.data, own.settings.run):
        assert path.stat().st_uid == user.pw_uid
    assert stat.S_IMODE(own.settings.data.stat().st_mode) == 0o700


def test_an_old_postgis_is_told_apart(monkeypatch):
    programs.binaries.cache_clear()
    monkeypatch.setattr(programs, "OLDEST_POSTGIS", (99,))
    with pytest.raises(Unavailable, match=r"PostGIS >= 3\.3") as refusal:
        programs.binaries()
    assert "apt-get install" in str(refusal.value)
    monkeypatch.undo()
    programs.binaries.cache_clear()
    assert programs.binaries().version >= programs.OLDEST_POSTGRES


def test_an_outside_server_keeps_each_password_for_its_own_user(tmp_path):
    settings = Settings.at(Path("/srv/reg"))
    object.__setattr__(settings, "database_url", "postgresql://owner:secret@db.example:6432/reg?sslmode=require")
    same = conninfo_to_dict(cluster.dsn(settings))
    assert (same["user"], same["password"], same["dbname"]) == ("owner", "secret", "reg")
    other = conninfo_to_dict(cluster.dsn(settings, "sr_web", "another"))
    assert (other["user"], other["host"], other["port"]) == ("sr_web", "db.example", "6432")
    assert (other["dbname"], other["sslmode"]) == ("another", "require")
    assert "password" not in other
    (tmp_path / "sr_web.password").write_text("its own\n")
    object.__setattr__(settings, "passwords", tmp_path)
    assert conninfo_to_dict(cluster.dsn(settings, "sr_web"))["password"] == "its own"
    assert conninfo_to_dict(cluster.dsn(settings))["password"] == "secret"
    for forbidden in (cluster.start, cluster.stop):
        with pytest.raises(Refused, match="outside server"):
            forbidden(settings)


def _zombie(number):
    return Path("/proc", str(number), "stat").read_text().rpartition(")")[2].split()[0] == "Z"
