"""`verify` raises no false alarm: after dump and restore, in another zone, format and locale, after VACUUM FULL, an upgrade, an erasure."""
import json
import shutil
import subprocess
from dataclasses import replace

import psycopg
import pytest
from click.testing import CliRunner

from sitereg import audit, cli, consent, keeper
from sitereg.actors import Actor
from sitereg.store import cluster, schema, session
from sitereg.store.programs import binaries
from tests.conftest import drop
from tests.sitereg.tampering import house, witness

pytestmark = pytest.mark.db
OTHER = {"timezone": "Asia/Tokyo", "datestyle": "German", "intervalstyle": "sql_standard", "bytea_output": "escape", "extra_float_digits": "-5",
         "lc_numeric": "C", "xmlbinary": "hex", "search_path": "public, pg_catalog", "standard_conforming_strings": "off"}


@pytest.fixture(scope="module")
def restored(server, tmp_path_factory):
    """The settings of a registry that was dumped and restored under another locale and other settings; and a witness from before."""
    folder = tmp_path_factory.mktemp("sound")
    before = house(server, folder / "home", "sound_before")
    kept = witness(before, folder / "witness.json")
    session.close()
    after = replace(before, database="sound_after", home=folder / "after")
    shutil.copytree(before.home, after.home, copy_function=shutil.copy2)
    with psycopg.connect(cluster.dsn(before, dbname="postgres"), autocommit=True) as root:
        root.execute("create database sound_after template template0 encoding 'UTF8' locale_provider libc lc_collate 'C' lc_ctype 'C.utf8'")
        for name, value in OTHER.items():
            root.execute(f"alter database sound_after set {name} = {value if name == 'search_path' else repr(value)}")
    for program, *more in (("pg_dump", "-Fc", "-f", folder / "dump", "-d", cluster.dsn(before)),
                           ("pg_restore", "--exit-on-error", "-d", cluster.dsn(after), folder / "dump")):
        done = subprocess.run([binaries().path(program), *map(str, more)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    yield after, kept
    for one in (before, after):
        drop(server, one.database)


def invoke(*words):
    said = CliRunner().invoke(cli.main, words)
    assert said.exception is None or isinstance(said.exception, SystemExit), repr(said.exception)
    return said.exit_code, said.stdout, said.stderr


def sound(settings, **more):
    verdict = audit.verify(settings, **more)
    assert (verdict.faults, verdict.undecided) == ([], [])
    return verdict


def test_dump_and_restore_under_another_locale_zone_and_format(restored):
    settings, kept = restored
    verdict = sound(settings, witness=kept, files=True)
    assert verdict.events == json.loads(kept.read_text())["size"] and verdict.files == 4


def test_vacuum_full_and_an_upgrade(restored):
    settings, kept = restored
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        raw.execute("vacuum full")
        sound(settings, witness=kept)
        schema.upgrade(raw)
    sound(settings, witness=kept)


def test_an_erasure_and_what_is_written_afterwards(restored):
    settings, kept = restored
    with psycopg.connect(cluster.dsn(settings)) as raw:
        source = raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0]
    with session.acting(settings, Actor("worker", "local")) as opened:
        consent.change(opened, source, consent="withdrawn", why="they asked")
    sound(settings, witness=kept)
    with session.acting(settings, Actor("handler", "local")) as opened:
        assert consent.review(opened, source, outcome="erase", why="they insist")["person"]
    keeper.root_reads(settings)
    sound(settings, witness=kept, files=True)


def test_the_shell_says_what_it_found_and_how_it_ended(restored, monkeypatch, tmp_path):
    settings, kept = restored
    monkeypatch.setattr("sitereg.settings.Settings.from_env", lambda: settings)
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        raw.execute("alter database sound_after reset datestyle")  # the driver of the doors reads moments in ISO alone
    session.close()
    code, out, err = invoke("verify", "--witness", str(kept), "--files")
    assert code == 0 and out.startswith("Sound: "), (out, err)
    assert "signing key is" in out and audit.last(settings)["verdict"] == "sound"
    code, out, _ = invoke("audit", "checkpoint", "-o", str(tmp_path / "kept.json"))
    code, out, _ = invoke("audit", "checkpoint", "-o", str(tmp_path / "kept.json"))
    assert code == 0 and len((tmp_path / "kept.json").read_text().splitlines()) == 2
    assert invoke("verify", "--witness", str(tmp_path / "kept.json"))[0] == 0
    code, _, err = invoke("verify", "--witness", str(tmp_path / "none"))
    assert code == 3 and str(tmp_path / "none") in err and "sitereg audit checkpoint" in err
    assert invoke("verify", "--nonsense")[0] == 1
    with psycopg.connect(cluster.dsn(settings)) as raw:
        raw.execute("update reg.audit_head set hash = sha256('x')")
    code, out, _ = invoke("verify")
    assert code == 2 and "chain head changed: " in out and "Tampered, 1 found" in out and audit.last(settings)["faults"] == 1
    code, out, _ = invoke("verify", "--json")
    told = json.loads(out)
    assert code == 2 and set(told) == {"verdict", "sound", "events", "rows", "checkpoints", "files", "head", "key", "faults", "undecided"}
    assert set(told["faults"][0]) == {"problem", "tbl", "id", "event", "what", "do"}
    with psycopg.connect(cluster.dsn(settings)) as raw:
        raw.execute("update reg.audit_head set hash = (select hash from reg.audit_event order by seq desc limit 1)")


def test_an_upgrade_puts_on_what_was_off_and_the_next_time_is_told_again(restored):
    settings, _ = restored
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        raw.execute("alter table reg.claim disable trigger b_frozen")
        schema.upgrade(raw)
        raw.execute("alter table reg.claim disable trigger user")
        raw.execute("alter table reg.claim enable trigger user")
        told = raw.execute("select action, reason from reg.audit_event where action like 'triggers%' order by seq").fetchall()
    assert [action for action, _ in told] == ["triggers_off", "triggers_on"] * 2
    assert told[0][1] == "claim.b_frozen" and "claim.a_seal" in told[2][1]
    assert {one["problem"] for one in audit.verify(settings).faults} == {"triggers were off"}
