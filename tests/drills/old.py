"""A database as an earlier version of the program left it."""
import lzma
import shutil
from dataclasses import replace
from pathlib import Path

import psycopg

from sitereg.store import cluster
from sitereg.store.programs import run

RELEASES = Path(__file__).resolve().parents[1] / "files" / "releases"


def restored(server, name, release):
    """The settings of the database `name`, made anew from the dump of that release."""
    settings = replace(server.settings, database=name, home=own_home(server.settings, name))
    with psycopg.connect(server.dsn(dbname="postgres"), autocommit=True) as root:
        root.execute(f"drop database if exists {name} with (force)")
        root.execute(f"create database {name} template template0 encoding 'UTF8'")
    file = server.settings.home / f"{release}.sql"
    file.write_bytes(lzma.decompress((RELEASES / f"{release}.sql.xz").read_bytes()))
    file.chmod(0o644)
    done = run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(file), "-d", cluster.dsn(settings))
    assert done.returncode == 0, done.stderr[-1000:]
    return settings


def own_home(settings, name):
    """A home beside that of the run, with its key of tokens and no keeper's: that of another registry signed nothing here."""
    home = settings.home / f"home_{name}"
    (home / "keys").mkdir(parents=True, exist_ok=True)
    shutil.copy(settings.token_key_file, home / "keys")
    return home


def told(settings):
    """(revision, what the rules are, rows that matter): what an upgrade may change only as a whole."""
    from sitereg.store import schema

    with psycopg.connect(cluster.dsn(settings)) as raw:
        revision = raw.execute("select version_num from reg.alembic_version").fetchone()[0]
        rows = [raw.execute(f"select count(*) from reg.{one}").fetchone()[0] for one in ("claim", "audit_event", "subject", "account")]
        return revision, schema.written(raw), schema.marked(raw), rows
