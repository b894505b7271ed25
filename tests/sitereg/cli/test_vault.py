"""The vault in the shell: a key of one's own, opening, sharing, keeping, erasing; the file for the recovery key."""
import json
from uuid import uuid4

import pytest
from click.testing import CliRunner

from sitereg import cli, sealing
from sitereg.store import boxes
from sitereg.vault import offline
from tests import given, vault_keys
from tests.sitereg.cases import read_log
from tests.sitereg.test_vault import WHO, role, told, underneath
from tests.vault_keys import PASSPHRASE, hand_out

pytestmark = pytest.mark.db
NEW = "other words of the same handler"


@pytest.fixture
def handler(registry):
    """The one at the shell is the handler."""
    registry.become("handler")


def test_a_key_is_made_changed_and_lost_in_the_shell(run, registry, handler):
    assert "has no key yet" in run("vault", "state").stdout
    assert run("vault", "key", input="short\nshort\n").exit_code == 1
    made = run("vault", "key", "--json", input=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert made.exit_code == 0 and PASSPHRASE not in made.output
    public = json.loads(made.stdout)["public"]
    assert run("vault", "key", input=f"{NEW}\n{NEW}\n").exit_code == 2
    assert run("vault", "key", "--change", input=f"wrong words\n{NEW}\n{NEW}\n").exit_code == 2
    assert "Your key:" in run("vault", "key", "--change", input=f"{PASSPHRASE}\n{NEW}\n{NEW}\n").stdout
    assert run("vault", "key", "--lost", "--change").exit_code == 1
    assert public not in run("vault", "key", "--lost", "--json", input=f"{NEW}\n{NEW}\n").stdout
    assert json.loads(run("vault", "state", "--json").stdout)["keys"][0]["public"] != public


def test_what_was_told_is_opened_with_the_passphrase_and_logged(run, registry):
    hand_out(registry, "handler")
    report, source = told(registry)
    assert run("vault", "open", "report", report, input="x\n").exit_code == 2
    registry.become("handler")
    said = run("vault", "open", "report", report, input=f"{PASSPHRASE}\n")
    assert "name     Somebody Invented" in said.stdout and f"contact  {WHO['who_contact']}" in said.stdout and PASSPHRASE not in said.output
    assert json.loads(run("vault", "open", "source", source, "--json", input=f"{PASSPHRASE}\n").stdout)[0]["kind"] == "identity"
    wrong = run("vault", "open", "source", source, input="not right\n")
    assert wrong.exit_code == 2 and "passphrase was not right" in wrong.stderr and "Somebody" not in wrong.output
    assert len(read_log(registry, "vault_open")) == 2 and len(read_log(registry, "vault_refused")) == 1
    assert run("vault", "open", "source", uuid4(), input=f"{PASSPHRASE}\n").exit_code == 2


def test_colleagues_compare_letters_then_share_and_a_key_is_ended(run, registry):
    role(registry, "officer", ["source_handler"])
    hand_out(registry, "handler")
    told(registry)
    public = hand_out(registry, "officer")
    registry.become("handler")
    assert json.loads(run("vault", "state", "--json").stdout)["keys"][1]["lacks"] == 1
    asked = run("vault", "share", input="n\n")
    assert asked.exit_code == 2 and sealing.fingerprint(public) in asked.stderr
    assert run("vault", "share", "--json").exit_code == 2
    assert json.loads(run("vault", "share", "--yes", "--json", input=f"{PASSPHRASE}\n").stdout) == {"locks": 1}
    assert run("vault", "end", "officer", "--why", "left").exit_code == 0
    assert [one["account"] for one in json.loads(run("vault", "state", "--json").stdout)["keys"]] == ["handler"]


def test_whoever_asked_an_inquiry_is_kept_and_erased(run, registry):
    _site, code, _ = given.site(registry, given.kind("court"))
    hand_out(registry, "handler")
    asked = json.loads(run("inquiries", "open", code, "x?", "--due", "2099-01-01", "--json").stdout)["inquiry"]
    assert run("vault", "keep", "inquiry", asked, input="\n\n").exit_code == 1
    assert run("vault", "keep", "inquiry", asked, input="A mother, invented\n0998\n").exit_code == 0
    registry.become("handler")
    assert "0998" in run("vault", "open", "inquiry", asked, input=f"{PASSPHRASE}\n").stdout
    assert run("vault", "erase", asked, "--why", "she asked", input="n\n").exit_code == 2
    assert "Old backups keep it" in run("vault", "erase", asked, "--why", "she asked", "--yes").stdout
    assert run("vault", "open", "inquiry", asked, input=f"{PASSPHRASE}\n").exit_code == 2


def test_the_file_for_the_recovery_key_is_opened_without_a_registry(registry, tmp_path, monkeypatch):
    told(registry)
    with registry.dba() as raw:
        rows = boxes.sealed(raw)
    monkeypatch.setattr(boxes, "sealed", lambda _raw: rows)
    monkeypatch.setattr(offline.people, "tell", lambda *_words: None)
    path, key, out = tmp_path / "v.zip", tmp_path / "recovery.txt", tmp_path / "locks.json"
    path.write_bytes(offline.export(registry.settings))
    key.write_text(f"# invented\n{vault_keys.RECOVERY[0]}\n")
    go = lambda *words: CliRunner().invoke(cli.main, ["vault", "recover", str(path), *map(str, words)])  # noqa: E731
    assert "Somebody Invented" in go("--identity", key).stdout
    assert json.loads(go("--identity", key, "--json").stdout)[0]["sheets"] == [["identity", {"name": "Somebody Invented", "contact": "0999 123"}]]
    assert go("--identity", tmp_path / "none").exit_code == 1 and go("--identity", path).exit_code == 1
    assert go("--identity", key, "--for", "age1x", "--out", out).exit_code == 1 and go("--identity", key, "--out", out).exit_code == 1
    public = hand_out(registry, "handler")
    assert go("--identity", key, "--for", public, "--out", out).exit_code == 0 and "Somebody" not in out.read_text()
    assert underneath(registry, "select count(*) from vault.subject_lock") == [(1,)]
