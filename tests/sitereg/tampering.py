"""A committed registry with a little of everything that `verify` looks at, and ways to tamper with it as a superuser would."""
import json
from contextlib import contextmanager
from dataclasses import replace

import psycopg
from psycopg.rows import dict_row

from sitereg import audit, documents, keeper, scans
from sitereg.actors import Actor
from sitereg.store import cluster, people, session, verification
from tests import given
from tests.conftest import clone
from tests.sitereg.test_scans import book

WORKER = Actor("worker", "local", "test")
HELD = {}  # database -> the connection that its tests tamper through, so that plans are made once


def house(server, home, name):
    """Its settings: two sites, a person under seal, a document, a scanned PDF, a log of reads with its root, two checkpoints."""
    home.mkdir()
    home.chmod(0o711)
    settings = replace(server.settings, database=clone(server, name), home=home, key_file=server.settings.token_key_file)
    settings.make_folders()
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
        source = str(raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0])
    (home / "given.txt").write_text("synthetic words that were handed over")
    with session.acting(settings, WORKER) as opened:
        for text in ("North", "South"):
            given.site(opened, given.kind("prison_central"), given.name(text), given.place(36.2, 33.2), source=source)
        said = [{"predicate": "person_name", "value": {"text": "A B"}, "source": source, "credibility": "2", "subject_key": "p"}]
        opened.rows("record_claims", claims=given.Json(said), subjects=given.Json([{"key": "p", "kind": "person", "tier": 1}]))
        documents.keep(opened, path=home / "given.txt", terms=given.TERMS)
        scans.keep(opened, pages=[book(home / "book.pdf")], shows="a made-up register", terms=given.TERMS, living="none")
    reads(settings, 3)
    for _ in range(2):
        with session.unasked(settings) as opened:
            audit.sign(opened, settings)
    return settings


def reads(settings, n):
    """So many entries of the log of reads, under a root."""
    with session.acting(settings, WORKER) as opened:
        for number in range(n):
            opened.call("log_read", action="site_page", detail=given.Json({"n": number}))
    keeper.root_reads(settings)


@contextmanager
def touched(settings, monkeypatch, *statements, guarded=False):
    """Within the block the registry is as a superuser left it who switched triggers off for these statements (not if `guarded`);
    afterwards nothing has happened. `verify` looks into the same transaction."""
    raw = HELD.get(settings.database) or psycopg.connect(cluster.dsn(settings), row_factory=dict_row)
    HELD[settings.database] = raw
    try:
        for one in statements:
            raw.execute(f"set local session_replication_role = {'origin' if guarded else 'replica'}")
            raw.execute(one)
        raw.execute("set local session_replication_role = origin")

        @contextmanager
        def same(_settings):
            raw.execute(verification.FIXED.partition(";")[2])
            with session.translated():
                yield raw

        with monkeypatch.context() as within:
            within.setattr(verification, "snapshot", same)
            yield raw
    finally:
        raw.rollback()


def problems(verdict):
    return {one["problem"] for one in verdict.faults}


def witness(settings, path):
    """A witness of the registry as it is now stands at `path`."""
    with session.unasked(settings) as opened:
        path.write_text(json.dumps(audit.sign(opened, settings)))
    return path
