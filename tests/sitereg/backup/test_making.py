"""Backups are started, the spool of an outside server is emptied, and the shell says what it did: what needs no database."""
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from sitereg import cli, sealing
from sitereg.backup import ages, making, opening, segments
from sitereg.errors import BadInput, Refused
from sitereg.settings import Settings
from sitereg.store import archive, repository
from sitereg.store.conf import conf

SEGMENT = "000000010000000000000001"


@pytest.fixture
def home(tmp_path):
    tmp_path.chmod(0o711)
    settings = Settings.at(tmp_path / "home")
    settings.make_folders()
    return settings


def run(settings, *words):
    return CliRunner(env={"SITEREG_HOME": str(settings.home), "SITEREG_DATABASE_URL": None}).invoke(cli.main, list(words))


def test_the_shell_makes_a_key_starts_backups_and_says_their_age(home, tmp_path):
    key, folder = tmp_path / "stick.key", tmp_path / "repository"
    public = run(home, "backup", "key", "-o", str(key)).stdout.strip()
    assert sealing.public_of(opening.identity(key)) == public
    assert key.stat().st_mode & 0o077 == 0
    assert run(home, "backup", "key", "-o", str(key)).exit_code == 2  # never written over
    assert "Backups were not started" in run(home, "backup", "now").output
    assert run(home, "backup", "start", "--to", "age1nonsense", "--folder", str(folder)).exit_code == 1
    assert run(home, "backup", "start", "--to", public, "--folder", str(folder)).exit_code == 0
    assert "started already" in run(home, "backup", "start", "--to", public, "--folder", str(folder)).output
    told = run(home, "backup", "age", "--json")
    assert (told.exit_code, json.loads(told.stdout)) == (2, {"base": None, "files": None, "drill": None})
    now = datetime.now(UTC).isoformat()
    making.remember(home, base=now, files=now)
    assert run(home, "backup", "age").exit_code == 0
    assert [what for what, _ in ages.alarms(home, datetime.now(UTC))] == [
        "No base copy in the repository is of this database", "No drill has shown for ever that a backup comes back"]


def test_a_spool_is_sealed_and_emptied_but_for_what_is_still_written(home, tmp_path):
    spool, (secret, public) = tmp_path / "spool", sealing.identity()
    spool.mkdir()
    made = making.start(home, tmp_path / "repository", public, spool=spool)
    (spool / SEGMENT).write_bytes(b"words of the log")
    (spool / f"{SEGMENT}.part").write_bytes(b"half")
    (spool / "link").symlink_to("/etc/hostname")
    assert making.sealed_log(home) == 1
    assert sorted(one.name for one in spool.iterdir()) == [f"{SEGMENT}.part", "link"]
    kept, = made.wal.glob("*.age")
    assert sealing.opened(kept.read_bytes(), secret) == b"words of the log"


def test_the_server_is_told_a_command_that_works_with_odd_names(home, tmp_path):
    folder = tmp_path / "a 'b' %p"
    making.start(home, folder, sealing.identity()[1])
    said = conf(home.run, fast=False, archive=repository.command(home))
    command = said.split("archive_command = '")[1].split("'\n")[0].replace("''", "'")
    (tmp_path / SEGMENT).write_bytes(b"x")
    command = command.replace("%%", "\0").replace("%p", str(tmp_path / SEGMENT)).replace("\0", "%")  # as PostgreSQL does
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [one.name.split(".")[0] for one in repository.armed(home).wal.iterdir()] == [SEGMENT]
    assert [one.name.split(".")[0] for one in repository.notes(home).iterdir()] == [SEGMENT]


def test_the_same_segment_twice_is_done_and_another_of_its_name_is_not(tmp_path):
    segment, public = tmp_path / SEGMENT, sealing.identity()[1]
    segment.write_bytes(b"one")
    assert archive.seal(segment, tmp_path, public) == archive.seal(segment, tmp_path, public)
    segment.write_bytes(b"two")
    with pytest.raises(FileExistsError):
        archive.seal(segment, tmp_path, public)
    assert not list(tmp_path.glob("*.part"))


def test_backups_do_not_go_into_the_home(home):
    with pytest.raises(Refused, match="lies in the home"):
        making.start(home, home.home / "backups", sealing.identity()[1])


def test_a_full_repository_leaves_no_part_and_says_so_to_the_server(tmp_path, monkeypatch):
    (tmp_path / SEGMENT).write_bytes(b"x")
    (tmp_path / "wal").mkdir()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        archive.seal(tmp_path / SEGMENT, tmp_path / "wal", sealing.identity()[1])
    assert list((tmp_path / "wal").iterdir()) == []


def test_keys_are_one_sealed_file_without_the_backups_own(home, tmp_path):
    secret, public = sealing.identity()
    home.make_token_key()
    making.start(home, tmp_path / "repository", public)
    assert making.keep_keys(home, tmp_path / "keys.age") == ["token.key"]
    from sitereg.backup import restoring

    assert restoring.keys_in(tmp_path / "keys.age", secret) == {"token.key": home.token_key()}
    with pytest.raises(Refused, match="does not open"):
        restoring.keys_in(tmp_path / "keys.age", sealing.identity()[0])
    (tmp_path / "other.age").write_bytes(sealing.sealed(b"no tar", [public]))
    with pytest.raises(BadInput, match="no file of keys"):
        restoring.keys_in(tmp_path / "other.age", secret)


def test_restoring_asks_for_a_witness_or_a_decision(home, tmp_path):
    making.make_key(tmp_path / "key")
    done = run(home, "restore", str(tmp_path), "--identity", str(tmp_path / "key"))
    assert (done.exit_code, "--no-witness" in done.output) == (1, True)
    done = run(home, "restore", str(tmp_path), "--identity", str(tmp_path / "key"), "--no-witness", "--until", "2026-11-30 10:00")
    assert (done.exit_code, "with its zone" in done.output) == (1, True)
    done = run(home, "restore", str(tmp_path), "--identity", str(tmp_path / "key"), "--no-witness")
    assert (done.exit_code, "There is no backup from before" in done.output) == (3, True)


def test_what_was_sealed_is_signed_and_what_was_exchanged_meanwhile_never(home, tmp_path):
    secret, public = sealing.identity()
    repo = making.start(home, tmp_path / "repository", public)
    for number, name in enumerate((SEGMENT, SEGMENT[:-1] + "2")):
        (tmp_path / name).write_bytes(b"words of the log %d" % number)
        archive.seal(tmp_path / name, repo.wal, public, repository.notes(home))
    first, second = sorted(repo.wal.glob("*.age"))
    second.write_bytes(sealing.sealed(b"words of the log 1", [public]))  # the same words, sealed by somebody else
    assert segments.sign(home, repo) == (1, 1)
    assert segments.beside(first).exists() and not segments.beside(second).exists()
    assert len(segments.unsigned(home, repo)) == 1 and sealing.opened(first.read_bytes(), secret) == b"words of the log 0"
    late = datetime.now(UTC) + timedelta(hours=2)
    assert [what for what, _ in ages.alarms(home, late) if "signature" in what] == ["A sealed segment of the log has waited for its signature for 2 hours"]


@pytest.mark.parametrize("change", [{"line": "../elsewhere"}, {"name": "../../elsewhere/file.age"}, {"sha256": "x"}, {"size": "7"}, {"more": 1}])
def test_a_note_that_leads_elsewhere_writes_nothing(home, tmp_path, change):
    public = sealing.identity()[1]
    repo = making.start(home, tmp_path / "repository", public)
    (tmp_path / SEGMENT).write_bytes(b"x")
    archive.seal(tmp_path / SEGMENT, repo.wal, public, repository.notes(home))
    note, = repository.notes(home).iterdir()
    elsewhere = repo.folder / "elsewhere"
    elsewhere.mkdir()
    for name in (json.loads(note.read_text())["name"], "file.age"):  # with the very bytes that the note tells of
        shutil.copy(next(repo.wal.glob("*.age")), elsewhere / name)
    note.write_text(json.dumps({**json.loads(note.read_text()), **change}))
    before = sorted(tmp_path.rglob("*"))
    assert segments.sign(home, repo) == (0, 1)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_in_the_way_of_a_signature_is_not_written_through(home, tmp_path):
    public = sealing.identity()[1]
    repo = making.start(home, tmp_path / "repository", public)
    (tmp_path / SEGMENT).write_bytes(b"x")
    sealed = archive.seal(tmp_path / SEGMENT, repo.wal, public, repository.notes(home))
    sealed.with_suffix(".part").symlink_to(tmp_path / "elsewhere")
    assert segments.sign(home, repo) == (1, 0) and not (tmp_path / "elsewhere").exists()
