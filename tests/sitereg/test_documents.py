"""Documents: hashed before they are read, kept once by their content, never replaced."""

import hashlib
import json
import os
import stat
from pathlib import Path

import pytest

from sitereg import documents
from sitereg.errors import BadInput, Denied, SiteregError
from tests.given import TERMS


@pytest.fixture
def held(settings, tmp_path):
    """A settings-like thing whose evidence store is the test's own."""
    class Held:
        evidence = tmp_path / "evidence"
    return Held


def files(held):
    """What the store keeps, without the notes of what arrived."""
    return [path for path in held.evidence.rglob("*") if path.is_file() and path.parent.name != "arriving"]


def test_the_copy_is_hashed_on_the_bytes_as_they_are(tmp_path):
    given = tmp_path / "näme\nof a file.csv"
    given.write_bytes(b"\xef\xbb\xbfa;b\r\n\x00")
    with documents.room() as room:
        staged = documents.stage(given, room)
        assert staged.main.sha256 == hashlib.sha256(given.read_bytes()).hexdigest()
        assert staged.main.name == given.name and staged.main.path.read_bytes() == given.read_bytes()
        assert staged.files == staged.documents == (staged.main,)
        kept = staged.main.path
    assert not kept.exists()


def test_the_room_of_copies_can_be_crossed_by_the_readers_user(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr("tempfile.tempdir", str(closed))
    with documents.room() as room:
        if os.geteuid() == 0:
            assert not room.is_relative_to(closed)
        assert stat.S_IMODE(room.stat().st_mode) == 0o700


def test_a_folder_is_its_files_and_a_manifest_of_them(tmp_path):
    folder = tmp_path / "capas"
    (folder / "á").mkdir(parents=True)
    (folder / "b.txt").write_text("b")
    (folder / "á" / "a.txt").write_text("a")
    with documents.room() as one, documents.room() as two:
        staged, again = documents.stage(folder, one), documents.stage(folder, two)
        listed = json.loads(staged.main.path.read_text("utf-8"))["files"]
        assert [part["path"] for part in listed] == ["b.txt", "á/a.txt"]
        assert listed[0] == {"path": "b.txt", "sha256": hashlib.sha256(b"b").hexdigest(), "size": 1}
        assert staged.main.media_type == documents.BUNDLE and staged.main.sha256 == again.main.sha256
        assert [one.name for one in staged.documents] == ["capas", "b.txt", "á/a.txt"]
        (folder / "b.txt").write_text("c")
        with documents.room() as three:
            assert documents.stage(folder, three).main.sha256 != staged.main.sha256


def test_bytes_are_kept_once_read_only_under_their_hash(held, tmp_path):
    given = tmp_path / "a.txt"
    given.write_text("words")
    sha256 = hashlib.sha256(b"words").hexdigest()
    assert documents.store(held, given, sha256) is True
    place = documents.location(held, sha256)
    assert place.read_text() == "words" and stat.S_IMODE(place.stat().st_mode) == 0o400
    assert place.relative_to(held.evidence).parts == (sha256[:2], sha256[2:4], sha256)
    assert stat.S_IMODE(held.evidence.stat().st_mode) == 0o700
    before = place.stat().st_mtime_ns
    assert documents.store(held, given, sha256) is False and place.stat().st_mtime_ns == before
    assert files(held) == [place]


def test_kept_bytes_are_on_the_disk_before_they_have_their_name(held, tmp_path, monkeypatch):
    given = tmp_path / "a.txt"
    given.write_text("words")
    synced = []
    monkeypatch.setattr("os.fsync", lambda descriptor: synced.append(Path(os.readlink(f"/proc/self/fd/{descriptor}"))))
    with documents.room() as room:
        sha256 = documents.stage(given, room).main.sha256
    assert synced == []
    documents.store(held, given, sha256)
    place = documents.location(held, sha256)
    assert synced[0] == held.evidence / "arriving", "that it arrives is written down before its first byte"
    assert [synced[1].suffix, synced[1].parent] == [".part", place.parent] and synced[2:] == [place.parent]


def test_a_file_that_changed_after_it_was_hashed_is_not_kept(held, tmp_path):
    given = tmp_path / "a.txt"
    given.write_text("other words")
    with pytest.raises(SiteregError) as refusal:
        documents.store(held, given, hashlib.sha256(b"words").hexdigest())
    assert refusal.value.code == "hash_mismatch"
    assert files(held) == []


def test_kept_bytes_of_another_size_are_an_incident(held, tmp_path):
    given = tmp_path / "a.txt"
    given.write_text("words")
    sha256 = hashlib.sha256(b"words").hexdigest()
    documents.store(held, given, sha256)
    place = documents.location(held, sha256)
    place.chmod(0o600)
    place.write_text("tampered")
    with pytest.raises(SiteregError) as refusal:
        documents.store(held, given, sha256)
    assert refusal.value.code == "evidence_changed"


@pytest.mark.db
def test_the_same_bytes_are_one_document_with_a_numbered_chain(registry, tmp_path):
    given = tmp_path / "a.txt"
    given.write_text("words")
    one = documents.keep(registry, path=given, terms=TERMS, how="handed over at the office")
    two = documents.keep(registry, path=given, terms=TERMS)
    assert one == two
    found, = documents.find(registry, sha256=hashlib.sha256(b"words").hexdigest())
    assert found["role"] == "evidentiary" and found["original_name"] == "a.txt" and found["how"] == "handed over at the office"
    assert [(step["n"], step["kind"]) for step in found["custody"]] == [
        (1, "acquired"), (2, "hashed"), (3, "acquired"), (4, "hashed")]
    assert documents.location(registry.settings, hashlib.sha256(b"words").hexdigest()).exists()


@pytest.mark.db
def test_a_document_is_kept_under_its_tier_and_by_those_who_may(registry, tmp_path):
    given = tmp_path / "b.txt"
    given.write_text("secret words")
    sha256 = hashlib.sha256(b"secret words").hexdigest()
    documents.keep(registry, path=given, terms=TERMS, tier=2, compartments=("names",))
    with registry.as_("steward1"):
        assert documents.find(registry, sha256=sha256) == []
        assert documents.keep(registry, path=given, terms=TERMS) != ""
        with pytest.raises(BadInput):
            documents.keep(registry, path=given, terms=TERMS, tier=2)
        with pytest.raises(BadInput):
            documents.keep(registry, path=given, terms=TERMS, tier=0)
    with registry.as_("viewer"), pytest.raises(Denied):
        documents.keep(registry, path=given, terms=TERMS)
