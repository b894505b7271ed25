"""The embedded PostGIS: a private cluster that the program makes, starts and stops itself.

It listens on a Unix socket only. Whom it admits is decided by the OS (peer authentication): root, `postgres`
or the registry's own user may be any of the roles in ROLES; other OS users only the SQL login that `admit`
gave them. With SITEREG_DATABASE_URL set the server is somebody else's: only `dsn` and `state` work then.
"""

import contextlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sitereg.errors import BadInput, Refused, Unavailable
from sitereg.settings import Settings
from sitereg.store import repository
from sitereg.store.conf import HBA, conf, conninfo, ident_lines
from sitereg.store.folders import lock, make_folder, refuse_unreachable, write
from sitereg.store.programs import binaries, owner, run

START_SECONDS = 15.0
RECOVERY_SECONDS = 120
PATIENCE = {"connect_timeout": 4, "tcp_user_timeout": 4000, "keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 2}
_PASSING = ("lock file", "shared memory", "starting up", "another server might be running", "in recovery")
_SQL_LOGIN = re.compile(r"sql_[a-z][a-z0-9_]{0,50}")
_TEMPORARY = "sitereg-test-"

__all__ = ["Temporary", "admit", "binaries", "dismiss", "dsn", "ensure", "start", "state", "stop", "temporary"]


def dsn(settings: Settings, user: str | None = None, dbname: str | None = None) -> str:
    """The conninfo of `user` (the superuser if None) to `dbname` (the registry's database if None).

    On an outside server the address comes from SITEREG_DATABASE_URL; a password in it is for its own user
    alone, the other roles have theirs in SITEREG_PASSWORDS, PGPASSFILE or a certificate.
    """
    if settings.embedded:
        return conninfo(settings.run, user or settings.superuser, dbname or settings.database)
    parts = conninfo_to_dict(settings.database_url)
    if user and parts.get("user") != user:
        parts.pop("password", None)
        parts["user"] = user
    own = settings.passwords and settings.passwords / f"{parts.get('user')}.password"
    if own and own.exists():
        parts["password"] = own.read_text().strip()
    if dbname:
        parts["dbname"] = dbname
    parts.setdefault("dbname", settings.database)
    return make_conninfo("", **{**PATIENCE, **parts})


def ensure(settings: Settings, *, fast: bool = False) -> None:
    """The cluster is there and runs, its database exists, and its trigrams see Arabic.

    `fast` gives up durability (fsync off): for throw-away clusters only. Of an outside server this only asks
    that its database answers. Raises Unavailable.
    """
    if not settings.embedded:
        check_locale(dsn(settings))
        return
    refuse_unreachable(settings.home)
    settings.make_folders()
    with lock(settings.home):
        if not (settings.data / "PG_VERSION").exists():
            _init(settings, fast)
        _start(settings, fast)
        _create_database(settings)
    check_locale(dsn(settings))


def start(settings: Settings, *, fast: bool = False) -> None:
    """The cluster runs and accepts connections. Raises Unavailable if there is none or it does not start."""
    if not settings.embedded:
        raise _outside()
    if not (settings.data / "PG_VERSION").exists():
        raise Unavailable("There is no cluster to start", where=str(settings.data), do="Run `sitereg up`.")
    with lock(settings.home):
        _start(settings, fast)


def stop(settings: Settings, *, mode: str = "fast") -> bool:
    """The cluster does not run; answers whether it ran before. `mode` is pg_ctl's: smart, fast, immediate."""
    if not settings.embedded:
        raise _outside()
    if not (settings.data / "postmaster.pid").exists():
        return False
    with lock(settings.home):
        done = run("pg_ctl", "stop", "-D", str(settings.data), "-m", mode, "-w", "-t", "60")
        if done.returncode and run("pg_ctl", "status", "-D", str(settings.data)).returncode == 0:
            raise Unavailable("The database does not stop", where=str(settings.data), do=done.stderr.strip())
    return done.returncode == 0


def state(settings: Settings) -> str:
    """absent (no cluster), stopped, running (accepts connections) or unclear (a process, but no answer)."""
    if settings.embedded and not (settings.data / "PG_VERSION").exists():
        return "absent"
    if _answers(settings):
        return "running"
    if settings.embedded and run("pg_ctl", "status", "-D", str(settings.data)).returncode == 3:
        return "stopped"
    return "unclear"


def admit(settings: Settings, login: str, os_user: str | None = None) -> None:
    """The SQL login `login` (sql_*) may connect as that OS user and no longer as another one; the registry's own
    OS users may always.

    The role itself is made elsewhere. For another OS user the socket's folder becomes crossable: peer decides then.
    Raises BadInput on a login that is not sql_*.
    """
    if not settings.embedded:
        raise _outside()
    if not _SQL_LOGIN.fullmatch(login):
        raise BadInput("A SQL login is named sql_ and small letters", where=login,
                       do="Name it like sql_maria.")
    if os_user is not None and not re.fullmatch(r"[a-z_][a-z0-9_-]{0,31}", os_user):
        raise BadInput("That is no name of an OS user", where=os_user, do="Give a name that `id` knows.")
    users = dict.fromkeys((*os_users(), *((os_user,) if os_user else ())))
    _admitted(settings, login, ident_lines((login,), users))


def dismiss(settings: Settings, login: str) -> None:
    """The SQL login `login` may connect as nobody; the socket's folder closes behind the last OS user that is a stranger."""
    _admitted(settings, login, [])


def _admitted(settings: Settings, login: str, lines: list[str]) -> None:
    """The lines of pg_ident.conf that name `login` are these, and the server knows it."""
    with lock(settings.home):
        path = settings.data / "pg_ident.conf"
        others = [line for line in path.read_text().splitlines() if line.split()[-1:] != [login]]
        write(path, "\n".join(others + lines) + "\n")
        _fit_socket_folder(settings)
        if _answers(settings):
            run("pg_ctl", "reload", "-D", str(settings.data))


def _fit_socket_folder(settings: Settings) -> None:
    """Others can cross the socket's folder exactly where pg_ident.conf admits an OS user who is not the registry's."""
    said = (line.split() for line in (settings.data / "pg_ident.conf").read_text().splitlines())
    others = {words[1].strip('"') for words in said if len(words) == 3} - set(os_users())
    settings.run.chmod(0o711 if others else 0o700)


@dataclass(frozen=True)
class Temporary:
    """A running throw-away cluster; `settings.home` is removed with it."""

    settings: Settings

    def dsn(self, user: str | None = None, dbname: str | None = None) -> str:
        """The conninfo of `user` (the superuser if None) to `dbname`."""
        return dsn(self.settings, user, dbname)

    def admit(self, login: str) -> None:
        """The SQL login `login` (sql_*) may connect from here."""
        admit(self.settings, login)


@contextlib.contextmanager
def temporary(*, fast: bool = True, parent: Path | None = None, prepare: Callable[[Settings], object] = id) -> Iterator[Temporary]:
    """A cluster of its own exists while the block runs, with an empty database `sitereg`; then nothing of it.

    Clusters of killed makers are removed first. `fast` gives up durability, as tests may; `parent` is the folder of its home (that
    of temporary files); `prepare` may put a stopped cluster there before it starts."""
    parent = (parent or Path(tempfile.gettempdir())).resolve()
    _sweep(parent)
    home = Path(tempfile.mkdtemp(prefix=f"{_TEMPORARY}{os.getpid()}-", dir=parent))
    home.chmod(0o711)
    settings = Settings.at(home)
    try:
        prepare(settings)
        ensure(settings, fast=fast)
        yield Temporary(settings)
    finally:
        _remove(settings)


def _remove(settings: Settings) -> None:
    stop(settings, mode="immediate")
    shutil.rmtree(settings.home, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Throw-away clusters of makers that no longer live are stopped and removed."""
    for home in parent.glob(f"{_TEMPORARY}*-*"):
        maker = home.name.removeprefix(_TEMPORARY).split("-")[0]
        ours = home.is_dir() and not home.is_symlink() and home.stat().st_uid == os.geteuid()
        if ours and maker.isdigit() and not Path("/proc", maker).exists():
            with contextlib.suppress(OSError, Unavailable):  # another sweeper may be faster
                _remove(Settings.at(home))


def _init(settings: Settings, fast: bool) -> None:
    """pgdata is a whole new cluster: made beside its place and moved there at the end."""
    part = settings.data.with_name(f"{settings.data.name}.new")
    shutil.rmtree(part, ignore_errors=True)
    make_folder(part)
    icu = ["--locale-provider=icu", "--icu-locale=und"] if binaries().version >= (15,) else []
    done = run(
        "initdb", "-D", str(part), "-U", settings.superuser, "--encoding=UTF8", "--locale=C.UTF-8", *icu,
        "--data-checksums", "--auth-local=peer", "--auth-host=reject", "--no-instructions",
        *(["--no-sync"] if fast else []),
    )
    if done.returncode:
        raise Unavailable("The database cluster could not be made", where=str(part),
                          do=f"initdb said: {done.stderr.strip()[-600:]}", code="initdb_failed")
    with (part / "postgresql.conf").open("a") as file:
        file.write("\n# what sitereg sets, rewritten at each start; yours go into local.conf\n"
                   "include = 'sitereg.conf'\ninclude_if_exists = 'local.conf'\n")
    write(part / "pg_hba.conf", HBA)
    write(part / "pg_ident.conf", "\n".join(ident_lines(users=os_users())) + "\n")
    part.rename(settings.data)


def _start(settings: Settings, fast: bool) -> None:
    if _answers(settings):
        return
    make_folder(settings.run)
    _fit_socket_folder(settings)
    write(settings.data / "sitereg.conf", conf(settings.run, fast, repository.command(settings)))
    log = settings.data / "server.log"
    deadline = time.monotonic() + START_SECONDS
    while True:
        before = log.stat().st_size if log.exists() else 0
        done = run("pg_ctl", "start", "-D", str(settings.data), "-l", str(log), "-w",
                   "-t", str(RECOVERY_SECONDS), timeout=RECOVERY_SECONDS + 30)
        if _answers(settings):
            return
        said = _tail(log, before) or done.stderr + done.stdout
        if time.monotonic() > deadline or not any(words in said for words in _PASSING):
            raise Unavailable("The database did not start", where=str(settings.data),
                              do=f"Its log says: {said.strip()[-800:]}", code="start_failed")
        time.sleep(0.25)


def _create_database(settings: Settings) -> None:
    with psycopg.connect(dsn(settings, dbname="postgres"), autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (settings.database,))
        if not there.fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(settings.database)))


def check_locale(conninfo: str) -> None:
    """Trigrams of an Arabic word are not empty, as they are where LC_CTYPE is C; leaves nothing behind."""
    try:
        with psycopg.connect(conninfo) as connection, connection.transaction(force_rollback=True):
            if not connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'").fetchone():
                connection.execute("CREATE EXTENSION pg_trgm")
            schema = connection.execute(
                "SELECT nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace"
                " WHERE extname = 'pg_trgm'").fetchone()[0]
            call = sql.SQL("SELECT cardinality({}.show_trgm('صيدنايا'))").format(sql.Identifier(schema))
            trigrams = connection.execute(call).fetchone()[0]
    except psycopg.OperationalError as error:
        raise Unavailable("The database does not answer", where=str(error).strip().splitlines()[0],
                          do="Run `sitereg up`, or check SITEREG_DATABASE_URL.") from error
    if not trigrams:
        raise Unavailable("The database's LC_CTYPE is C: its searches are blind to Arabic",
                          do="Create it with LC_CTYPE C.UTF-8 or another UTF-8 locale.", code="blind_locale")


def _answers(settings: Settings) -> bool:
    database = "postgres" if settings.embedded else None
    try:
        with psycopg.connect(dsn(settings, dbname=database), connect_timeout=3) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def os_users() -> tuple[str, ...]:
    """The OS users that own the registry: root and postgres when root, oneself otherwise."""
    mine = owner().pw_name
    return ("root", mine) if os.geteuid() == 0 else (mine,)


def _tail(log: Path, start_at: int) -> str:
    try:
        with log.open("rb") as file:
            file.seek(start_at)
            return file.read()[-4000:].decode("utf-8", "replace")
    except OSError:
        return ""


def _outside() -> Refused:
    return Refused("The database is on an outside server", where="SITEREG_DATABASE_URL is set",
                   do="Start, stop and admit there.", guard="embedded")
