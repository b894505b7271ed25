"""A living registry with backups and witnesses of its own, made once; a copy of its repository to do harm to."""
import hashlib
import json
import shutil
import time
from datetime import UTC, datetime

import psycopg
import pytest

from sitereg import audit, documents
from sitereg.actors import Actor
from sitereg.backup import making, opening, restoring
from sitereg.store import cluster, copies, people, schema, session
from tests import given, vault_keys

WORKER = Actor("worker", "local", "test")


def rows(settings):
    with psycopg.connect(cluster.dsn(settings)) as raw:
        return raw.execute("select count(*) from reg.subject").fetchone()[0]


def sites(settings, *names):
    with psycopg.connect(cluster.dsn(settings)) as raw:
        source = str(raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0])
    with session.acting(settings, WORKER) as opened:
        for name in names:
            given.site(opened, given.kind("prison_central"), given.name(name), given.place(36.2, 33.2), source=source)


def checkpoint(settings, file):
    with session.unasked(settings) as opened, file.open("a") as out:
        out.write(json.dumps(audit.sign(opened, settings)) + "\n")


class House:
    """A living registry of its own with backups: four witnesses, a moment between two sites, the repository as it was then."""

    def __init__(self, settings, tmp):
        self.settings, self.tmp = settings, tmp
        self.repository, self.key = tmp / "repository", tmp / "backup.key"
        self.public = making.make_key(self.key)
        self.secret = opening.identity(self.key)
        self.witness = tmp / "witness"

    def asked(self, **more):
        return {"secret": self.secret, "witness_file": self.witness, **more}

    def state(self):
        """What must not change: every byte of the home but locks, pid files and the server's log; and what the database says."""
        told = {}
        for one in sorted(self.settings.home.rglob("*")):
            inside = one.relative_to(self.settings.home)
            if one.is_file() and not one.name.endswith((".lock", ".log", ".pid")) and inside.parts[0] in ("keys", "evidence"):
                told[str(inside)] = hashlib.sha256(one.read_bytes()).hexdigest()
        with psycopg.connect(cluster.dsn(self.settings)) as raw:
            started = raw.execute("select pg_postmaster_start_time(), (select hash from reg.audit_event order by seq desc limit 1),"
                                  " (select system_identifier from pg_control_system())").fetchone()
        return told, started, (self.settings.home / restoring.FOLDER).exists(), rows(self.settings)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with cluster.temporary(fast=False) as made:
        settings = made.settings
        tmp = settings.home.parent / f"{settings.home.name}.backups"
        tmp.mkdir(mode=0o711)
        (settings.data / "local.conf").write_text("fsync = off\nfull_page_writes = off\n")
        settings.make_folders()
        settings.make_token_key()
        with psycopg.connect(made.dsn(), autocommit=True) as raw:
            schema.upgrade(raw, vault={"recovery": vault_keys.RECOVERY[1]})
            given.world(raw, settings)
            people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
        held = House(settings, tmp)
        making.start(settings, held.repository, held.public)
        cluster.stop(settings)
        (settings.data / "local.conf").write_text("fsync = off\nfull_page_writes = off\n")
        cluster.start(settings)
        fill(held)
        yield held
        session.close()
        shutil.rmtree(tmp)


def fill(held):
    settings = held.settings
    sites(settings, "North")
    (held.tmp / "given.txt").write_text("synthetic words that were handed over")
    with session.acting(settings, WORKER) as opened:
        documents.keep(opened, path=held.tmp / "given.txt", terms=given.TERMS)
    checkpoint(settings, held.witness)
    held.told = making.make(settings)
    sites(settings, "South")
    checkpoint(settings, held.witness)
    held.between, held.at_between = datetime.now(UTC), rows(settings)
    time.sleep(0.05)
    sites(settings, "West")
    checkpoint(settings, held.witness)
    archived(settings, copies.switch(settings))
    making.sealed_log(settings)
    held.at_end = rows(settings)


def archived(settings, segment):
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        for _ in range(200):
            if raw.execute("select last_archived_wal >= %s from pg_stat_archiver", [segment]).fetchone()[0]:
                return
            time.sleep(0.05)
    raise AssertionError("nothing was archived")


@pytest.fixture
def copied(house):
    """The repository once more, to do harm to."""
    folder = house.tmp / "harmed"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(house.repository, folder)
    yield folder
    shutil.rmtree(folder)
