"""A base copy of the running database as a stream, what it says of itself, and a copy brought up again beside the living one."""
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from sitereg.errors import Refused, Unavailable
from sitereg.settings import Settings
from sitereg.store import cluster, conf, lints
from sitereg.store.folders import make_folder, write
from sitereg.store.programs import binaries, owner, run
from sitereg.store.session import translated

POSTGRESQL_CONF = "include = 'sitereg.conf'\ninclude_if_exists = 'local.conf'\n"
REPLAY_SECONDS = 6 * 3600
SEGMENT_NAME = r"[0-9A-F]{24}"
COUNTED = ("audit_event", "claim", "decision", "subject", "document", "account", "read_log", "checkpoint")

__all__ = ["access", "base", "before", "counts", "recovered", "scratch", "switch", "verified"]


@contextmanager
def base(settings, label):
    """A stream of the tar of a base copy, with its own manifest and the log that makes it whole; OSError-free or Unavailable.

    pg_basebackup, as the superuser, whom the server must let in for replication.
    """
    program = shutil.which("pg_basebackup") or binaries().path("pg_basebackup")
    parts = conninfo_to_dict(cluster.dsn(settings))
    password = parts.pop("password", None)
    env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": "/", "LC_ALL": "C.UTF-8", "TZ": "UTC",
           **({"PGPASSWORD": password} if password else {})}
    user = owner() if settings.embedded and os.geteuid() == 0 else None
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    with tempfile.TemporaryFile() as said, subprocess.Popen(
            [program, "-D", "-", "-F", "tar", "-X", "fetch", "-c", "fast", "--no-sync", "-l", label,
             "-d", make_conninfo("", **parts)], cwd="/", env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=said, **who) as child:
        try:
            yield child.stdout
        except BaseException:
            child.kill()
            raise
        if child.wait(600):
            said.seek(0)
            raise Unavailable("The database was not copied", where=said.read()[-600:].decode("utf-8", "replace").strip(),
                              do="Look into the server's log; the superuser must be let in for replication.")


def before(settings):
    """What a copy that begins now will say of itself: {system, timeline, segment, version, events, checkpoint}."""
    with translated(), psycopg.connect(cluster.dsn(settings), row_factory=dict_row) as raw:
        one = raw.execute(
            "select s.system_identifier::text as system, c.timeline_id as timeline,"
            " pg_walfile_name(pg_current_wal_lsn()) as segment, current_setting('server_version_num')::int as version,"
            " coalesce((select max(seq) from reg.audit_event), 0) as events"
            " from pg_control_system() s, pg_control_checkpoint() c").fetchone()
    return one


def switch(settings):
    """The segment that is being written is closed and handed to the archive; answers its name."""
    with translated(), psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        raw.execute("select txid_current()")
        return raw.execute("select pg_walfile_name(pg_switch_wal())").fetchone()[0]


def scratch(home: Path, database: str) -> Settings:
    """The settings of a home beside the living one, empty, which the database's OS user can reach."""
    home.mkdir(mode=0o711, parents=True)
    settings = replace(Settings.at(home), database=database)
    settings.make_folders()
    make_folder(settings.data)
    return settings


def verified(settings):
    """The files of a base copy are those of its manifest, each with its checksum. Raises Refused."""
    done = run("pg_verifybackup", "-e", str(settings.data), timeout=REPLAY_SECONDS)
    if done.returncode:
        raise Refused("The copy of the database is not what was written", where=(done.stderr + done.stdout).strip()[-400:],
                      guard="backup_whole", needs="Take another backup of the list.")


def recovered(settings, segments: Path, until: datetime | None):
    """The copy has replayed the log in `segments`, up to `until` or its end, runs as a database of its own, and archives nothing.

    Raises Refused where the log ends before `until`, or before the copy is whole.
    """
    auto = settings.data / "postgresql.auto.conf"
    own = auto.read_text() if auto.exists() else ""
    escaped = str(segments).replace("'", "''").replace("%", "%%")
    told = (f"archive_mode = off\nrestore_command = 'cp \"{escaped}/%f\" \"%p\"'\nrecovery_target_timeline = 'current'\n"
            "listen_addresses = ''\nfsync = off\nhot_standby = on\n")
    if until:
        told += f"recovery_target_time = '{until.isoformat()}'\nrecovery_target_action = 'promote'\n"
    lead(settings)
    write(auto, told)
    write(settings.data / "recovery.signal", "")
    try:
        cluster.start(settings)
        wait(settings)
    except Unavailable as error:
        raise Refused("The copy of the database does not come up", where=ended(settings) or error.do or error.what,
                      guard="backup_recovers", needs="Give an earlier --until, or take another backup of the list.") from error
    write(auto, own)  # read at its next start, as the registry


def lead(settings):
    """The copy is led as an embedded database: our files of settings, the OS users of this machine, SQL logins as they were."""
    conf_file = settings.data / "postgresql.conf"
    if not conf_file.exists() or "sitereg.conf" not in conf_file.read_text():
        write(conf_file, POSTGRESQL_CONF)
    ident = settings.data / "pg_ident.conf"
    logins = [line for line in (ident.read_text().splitlines() if ident.exists() else []) if line.split()[-1:] and
              line.split()[-1].startswith("sql_")]
    write(settings.data / "pg_hba.conf", conf.HBA)
    write(ident, "\n".join(conf.ident_lines(users=cluster.os_users()) + logins) + "\n")
    for name in ("postmaster.pid", "standby.signal"):
        (settings.data / name).unlink(missing_ok=True)


def wait(settings):
    """The replay has ended, and the copy takes writes."""
    deadline = time.monotonic() + REPLAY_SECONDS
    while time.monotonic() < deadline:
        try:
            with psycopg.connect(cluster.dsn(settings, dbname="postgres")) as raw:
                if not raw.execute("select pg_is_in_recovery()").fetchone()[0]:
                    return
        except psycopg.OperationalError as error:
            if cluster.state(settings) == "stopped":
                raise Unavailable("The replay broke off", do=str(error).partition("\n")[0]) from error
        time.sleep(0.1)
    raise Unavailable("The replay did not end", do="Look into the server's log.")


def ended(settings):
    """Why the copy's server went, in its own words; not what it says to those who knock meanwhile."""
    log = settings.data / "server.log"
    lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
    fatal = (line.partition("FATAL:")[2].strip() for line in reversed(lines) if "FATAL:" in line)
    return next((said for said in fatal if not said.startswith("the database system is")), None)


def counts(settings):
    """How many rows the tables hold that people ask about after a restore: {table: rows}."""
    with translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        return {name: raw.execute(f"select count(*) from reg.{name}").fetchone()[0] for name in COUNTED}  # noqa: S608


def access(settings):
    """What the rules let through that they must not: lints of the catalogue, and rows that nobody in particular is shown."""
    found = []
    with translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        for lint in lints.LINTS:
            found += [f"{lint}: {one}" for one in lints.spoken(raw, lint)[:5]]
        policed = raw.execute(
            "select c.oid::regclass::text from pg_class c where c.relnamespace = 'reg'::regnamespace and c.relkind in ('r', 'p')"
            " and has_table_privilege('sr_policed', c.oid, 'select') order by 1").fetchall()
        for role, tables in (("sr_policed", policed), ("sr_web", policed)):
            for (name,) in tables:
                shown = seen(raw, role, name)
                if shown:
                    found.append(f"{role} without a token is shown {shown} rows of {name}")
    return found


def seen(raw, role, name):
    """How many rows of a table that role is shown while nobody has announced himself; 0 where it may not even ask."""
    with raw.transaction(force_rollback=True):
        raw.execute(f"set local role {role}")
        try:
            return raw.execute(f"select count(*) from {name}").fetchone()[0]  # noqa: S608  (names from the catalogue)
        except psycopg.errors.InsufficientPrivilege:
            return 0
