"""Whoever has all of the database, its server's log, and the keys that lie in it, reads nothing of the vault; the recovery key reads it all."""
import json
import re
from uuid import uuid4

import psycopg
import pytest

from sitereg import claims, entering, house, inquiries, sealing, sources, vault
from sitereg.actors import Actor
from sitereg.store import cluster, schema, verification
from sitereg.store import session as store
from sitereg.vault import offline
from tests import given, vault_keys
from tests.sitereg.entering import line, send

pytestmark = pytest.mark.db
TELLING = ("Telling Firstname", "0911-TELLING", "telling quote of a driver", "telling verbatim words", "telling words of his own", "telling draft",
           "Telling Asker", "telling note of an insider", "2013-05-17")
INSIDER = {"who_type": "testimony_insider", "who_name": "Telling Firstname", "who_contact": "0911-TELLING"}


@pytest.fixture
def filled(committed):
    """A committed registry into which telling words were recorded by each road, its statements logged; handler has a key."""
    with psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        raw.execute("alter system set log_statement = 'all'")
        raw.execute("alter system set log_parameter_max_length = -1")
        raw.execute("select pg_reload_conf()")
    secret, public = sealing.identity()
    with store.acting(committed, Actor("handler", "local", "test")) as opened:
        opened.call("vault_new_key", public=public, secret=vault_keys.cheaply_locked(secret, vault_keys.PASSPHRASE))
    with store.acting(committed, Actor("worker", "local", "test")) as opened:
        send(opened, "report", words="plain", who_name="Telling Firstname", who_contact="0911-TELLING")
        send(opened, "report", words="telling words of his own", paraphrase="x", when="17 May 2013", **INSIDER)
        send(opened, "site", kind="court", words="telling note of an insider", paraphrase="x", began="17 May 2013", **INSIDER)
        send(opened, "person", name="Invented", words="telling note of an insider", paraphrase="x", what="arrested", when="17 May 2013", **INSIDER)
        send(opened, "testimony", rows=[line("Invented", when="17 May 2013")], **INSIDER)
        entering.drafts.save(opened, uuid4(), "report", {"who_name": "telling draft"})
        source = sources.new(opened, "testimony_insider", {"en": "x"}, reliability="F", reason="test", terms=given.TERMS)
        vault.keep(opened, source, {"contact": "0911-TELLING"})
        claims.record(opened, [claims.said("kind", {"code": "court"}, source=source, subject_key="s", quote="telling quote of a driver",
                                           verbatim="telling verbatim words", at="[2013-05-17,2013-05-17]")], subjects=[claims.new_subject("s", "site")])
        site, _code, _ = given.site(opened, given.kind("court"), source=known(opened))
        asked = inquiries.open_(opened, site, "x", due=opened.value("today"))
        vault.keep(opened, asked, {"name": "Telling Asker"})
    yield committed
    with psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        raw.execute("alter system reset log_statement")
        raw.execute("alter system reset log_parameter_max_length")
        raw.execute("select pg_reload_conf()")


def known(opened):
    with psycopg.connect(cluster.dsn(opened.settings)) as raw:
        return raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0]


def dumped(settings):
    """Every row of every table as text, and all bytes in them apart."""
    text, files = [], []
    with psycopg.connect(cluster.dsn(settings)) as raw:
        tables = raw.execute("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('reg', 'vault', 'signin', 'vocab')").fetchall()
        for (table,) in tables:
            for row in raw.execute(f"select t.* from {table} t").fetchall():
                text.append(repr(row))
                files += [bytes(one) for one in row if isinstance(one, bytes | memoryview)]
        words = raw.execute("select s.id, pgp_sym_decrypt(s.cipher, encode(k.key, 'hex')) from reg.sealed s join vault.subject_key k on k.subject = s.subject").fetchall()
    return "\n".join([*text, *(word for _id, word in words)]), files


def test_a_dump_with_its_log_and_every_key_in_it_tells_nothing_and_the_keys_outside_tell_all(filled, server):
    text, files = dumped(filled)
    log = "\n".join(path.read_text(errors="replace") for path in server.settings.data.parent.rglob("*") if path.is_file() and "log" in path.name.lower())
    assert "record_claims" in log, "the statements are in the log"
    readable = text + "".join(one.decode("latin-1") for one in files)
    for word in TELLING:
        assert word not in readable, word
        assert word not in log, word
    keys = [one for one in files if len(one) == 32]
    found = set(re.findall(r"AGE-SECRET-KEY-1[0-9A-Z]+", readable))
    assert keys and not found, "no key of the vault lies open"
    ages = [one for one in files if one.startswith(b"age-encryption.org/v1") and b"scrypt" not in one[:40]]
    tried = [sealing.identity()[0], *found]
    assert ages and all(sealing.opened(one, secret) is None for one in ages for secret in tried)
    told = json.dumps([one.sheets for one in recovered(filled)], ensure_ascii=False) + json.dumps(drafts(filled))
    assert [word for word in TELLING if word not in told.replace("17 May 2013", "2013-05-17")] == []


def recovered(settings):
    path = settings.home / f"out-{uuid4().hex}.zip"
    path.write_bytes(offline.export(settings))
    try:
        return offline.recover(path, f"# a comment\n{vault_keys.RECOVERY[0]}\n")
    finally:
        path.unlink()


def drafts(settings):
    with psycopg.connect(cluster.dsn(settings)) as raw:
        return [house.opened(settings, row[0]) for row in raw.execute("select cipher from reg.draft").fetchall()]


def test_the_mark_of_a_sheet_is_not_keyed_by_what_the_database_knows(filled):
    sheet = type("S", (), {"form": "report", "typed": {"who_contact": "0911"}, "typed_rows": []})
    here = entering.recording.mark(filled, sheet)
    assert here != entering.recording.mark(filled, type("S", (), {"form": "report", "typed": {"who_contact": "0912"}, "typed_rows": []}))
    path = filled.keys / "house.key"
    before = path.read_text()
    path.write_text(sealing.identity()[0])
    try:
        assert entering.recording.mark(filled, sheet) != here
    finally:
        path.write_text(before)


def test_locks_made_outside_with_the_recovery_key_open_everything_for_a_new_handler(filled, tmp_path):
    path = tmp_path / "vault.zip"
    path.write_bytes(offline.export(filled))
    secret, public = sealing.identity()
    with psycopg.connect(cluster.dsn(filled)) as raw:
        raw.execute("update reg.clearance set roles = '{source_handler}' from reg.account a where a.id = account and a.name = 'officer'")
    with store.acting(filled, Actor("officer", "local", "test")) as opened:
        opened.call("vault_new_key", public=public, secret=vault_keys.cheaply_locked(secret, vault_keys.PASSPHRASE))
        boxes = vault.state(opened)["keys"][-1]["lacks"]
        assert vault.add_locks(opened, offline.locks(path, vault_keys.RECOVERY[0], public)) == boxes > 5
        assert vault.state(opened)["keys"][-1]["lacks"] == 0
        key = vault.unlock(opened, vault_keys.PASSPHRASE)
        report = entering.triage.listed(opened)[0]["id"]
        assert vault.open_(opened, key, "report", report)
    with pytest.raises(Exception, match="does not open that file"):
        offline.recover(path, sealing.identity()[0])
    with pytest.raises(Exception, match="no secret key"):
        offline.recover(path, "nothing")


def test_what_the_version_before_kept_under_symmetric_keys_is_sealed_anew_and_verified(committed, server):
    """A database of the former shape: an identity, an erased one and a draft under keys that lie beside them."""
    recovery, house_key = vault_keys.RECOVERY[1], house.public(committed)
    with psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        given.unstaged(raw)
        made = [given.source(raw, f"told {n}", "F") for n in range(2)]
        down(raw)
        raw.execute("create function pg_temp.kept(s uuid, words text, erased bool) returns bytea language plpgsql as $$ declare k bytea := gen_random_bytes(32); begin"
                    " insert into vault.subject_key(subject, key, erased_at) values (s, case when not erased then k end, case when erased then now() end);"
                    " return pgp_sym_encrypt(words, encode(k, 'hex'), 'cipher-algo=aes256, s2k-mode=1, compress-algo=0'); end $$")
        for source, words, erased in ((made[0], '{"name": "Told Before"}', False), (made[1], '{"name": "Erased Before"}', True)):
            raw.execute("insert into vault.source_identity(source, cipher, recorded_by) select %s, pg_temp.kept(%s, %s, %s), a.id from reg.account a"
                        " where a.name = 'worker'", [source, source, words, erased])
        draft, once = uuid4(), uuid4()
        raw.execute("insert into reg.draft(id, owner, once, form, cipher, expires_at) select %s, a.id, %s, 'report', pg_temp.kept(%s, %s, false),"
                    " now() + interval '1 day' from reg.account a where a.name = 'worker'", [draft, once, draft, '{"typed": {"words": "half"}, "rows": []}'])
        with pytest.raises(Exception, match="no key to seal it to"):
            schema.upgrade(raw)
        schema.upgrade(raw, vault={"recovery": recovery, "house": house_key})
        assert raw.execute("select count(*) from vault.subject_key").fetchone() == (0,)
        assert verification.faults_in(raw) == []
        assert raw.execute("select reason like '%%sealed to keys of persons%%' from reg.audit_event order by seq desc limit 1").fetchone() == (True,)
        schema.upgrade(raw)
        assert verification.faults_in(raw) == []
        assert raw.execute("select subject, erased_at is not null from vault.box order by 2").fetchall() == [(made[0], False), (made[1], True)]
    text, _files = dumped(committed)
    assert "Told Before" not in text
    assert [(one.subject, one.sheets) for one in recovered(committed)] == [(str(made[0]), (("identity", {"name": "Told Before"}),))]
    with store.acting(committed, Actor("worker", "local", "test")) as opened:
        assert entering.drafts.shown(opened, once)["typed"] == {"words": "half"}


def down(raw):
    """The tables as migration 0008 left them."""
    from alembic import command
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    raw.autocommit = False
    with create_engine("postgresql+psycopg://", creator=lambda: raw, poolclass=StaticPool).begin() as connection:
        raw.execute((schema.SQL / "05_clear.sql").read_text())
        raw.execute("set role sr_owner")
        command.downgrade(schema.alembic(connection), "0008")
        raw.execute("reset role")
    raw.commit()
    raw.autocommit = True
