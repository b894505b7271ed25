"""Backups are made, and come back; whatever was done to one is refused while the living registry stays as it is and answers."""
import gzip
import hashlib
import io
import json
import shutil
import tarfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pyrage
import pytest
from click.testing import CliRunner

from sitereg import audit, cli, sealing, witness
from sitereg.backup import making, manifests, opening, restoring
from sitereg.errors import BadInput, Refused, Undecided
from sitereg.settings import Settings
from sitereg.store import cluster, copies, repository
from tests.sitereg.backup.conftest import checkpoint, rows, sites

pytestmark = pytest.mark.db


def refused(house, folder, kind=Refused, **asked):
    """The words with which that backup is refused; the living registry is as it was, runs on, and nothing was left beside it."""
    before = house.state()
    with pytest.raises(kind) as caught, restoring.proved(house.settings, folder, **house.asked(**asked)):
        raise AssertionError("it was taken")
    assert house.state() == before
    assert not before[2]
    return str(caught.value)


def test_nothing_readable_lies_in_the_repository(house):
    for one in house.repository.rglob("*"):
        if one.is_file() and one.suffix == ".age":
            assert one.read_bytes().startswith(b"age-encryption.org/v1\n"), one
            assert hashlib.sha256(b"synthetic words that were handed over").hexdigest() not in one.name
    names = {one.suffix for one in house.repository.rglob("*") if one.is_file()}
    assert names == {".age", ".json", ".txt"}


def test_a_drill_proves_the_backup_and_touches_nothing(house):
    before = house.state()
    told = restoring.drill(house.settings, house.repository, **house.asked())
    assert house.state() == before
    assert (told["verdict"], told["access"], told["files"], told["witnesses"], told["unsigned"]) == ("sound", [], 1, 3, 0)
    assert told["counts"]["subject"] == house.at_end
    assert making.last(house.settings)["drill"]["well"] is True


def test_as_it_was_at_a_moment(house):
    with restoring.proved(house.settings, house.repository, **house.asked(until=house.between)) as found:
        assert rows(found.settings) == house.at_between < house.at_end
        open_to_others = [one for one in found.settings.home.iterdir() if one.is_dir() and one.name != "run" and one.stat().st_mode & 0o077]
        assert open_to_others == []  # the log lies opened there
        assert (found.told["witnesses"], found.told["verdict"]) == (2, "sound")


def test_a_moment_later_than_the_log_is_refused(house):
    assert "ended before" in refused(house, house.repository, until=datetime.now(UTC) + timedelta(hours=1))


def test_why_a_copy_went_is_not_what_it_says_to_those_who_knock(house, tmp_path):
    home = Settings.at(tmp_path)
    home.data.mkdir(parents=True)
    (home.data / "server.log").write_text(
        "1 FATAL:  the database system is starting up\n2 FATAL:  recovery ended before configured recovery target was reached\n"
        "3 LOG:  shutting down\n4 FATAL:  the database system is in recovery mode\n")
    assert copies.ended(home) == "recovery ended before configured recovery target was reached"


def test_the_drill_names_rows_that_the_rules_let_through(house):
    with restoring.proved(house.settings, house.repository, **house.asked()) as found:
        with psycopg.connect(cluster.dsn(found.settings), autocommit=True) as raw:
            raw.execute("alter table reg.site no force row level security; alter table reg.site disable row level security;"
                        " grant select on reg.site to sr_web")
        told = copies.access(found.settings)
    assert [one for one in told if one.startswith("sr_policed without a token is shown") and one.endswith("rows of reg.site")], told


def one_segment(folder, number):
    return sorted((folder / "wal").glob("*/*.age"))[number]


def flip(path, at=-40):
    held = bytearray(path.read_bytes())
    held[at] ^= 1
    path.write_bytes(held)


def cut(path):
    path.write_bytes(path.read_bytes()[:-1000])


def said(folder, **more):
    path = base_of(folder).with_name(manifests.FILE)
    path.write_text(json.dumps({**json.loads(path.read_text()), **more}))


def base_of(folder):
    return next((folder / "base").glob(f"*/{manifests.BASE}"))


def kept_of(folder):
    return next((folder / "files").glob("??/*.age"))


HARMS = {
    "base altered": (lambda folder: flip(base_of(folder)), "not what was written"),
    "base cut short": (lambda folder: cut(base_of(folder)), "cut short"),
    "base missing": (lambda folder: base_of(folder).unlink(), "cut short, or not a file"),
    "manifest altered": (lambda folder: said(folder, events=1), "not what was signed"),
    "segment altered": (lambda folder: flip(one_segment(folder, -1)), "cut short, or altered"),
    "segment cut short": (lambda folder: cut(one_segment(folder, -1)), "cut short, or altered"),
    "segment missing": (lambda folder: one_segment(folder, -2).unlink(), "missing, or stands there twice"),
    "kept file altered": (lambda folder: flip(kept_of(folder)), "cut short, or altered"),
    "kept file missing": (lambda folder: kept_of(folder).unlink(), "not in the backup as it was"),
    "names cut short": (lambda folder: cut(folder / "names.age"), "cut short, or altered"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_backup_is_refused_and_the_living_data_stay(house, copied, harm):
    how, words = HARMS[harm]
    how(copied)
    assert words in refused(house, copied)


def test_segments_change_places_unseen_by_nobody(house, copied):
    first, second = one_segment(copied, 0), one_segment(copied, 1)
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    assert "cut short, or altered" in refused(house, copied)


def test_another_key_is_refused(house):
    assert "does not open" in refused(house, house.repository, secret=sealing.identity()[0])


def test_a_log_that_lost_its_tail_is_older_than_the_witness(house, copied):
    for one in sorted((copied / "wal").glob("*/*.age"))[-1:]:
        one.unlink()
    assert "older than the witness" in refused(house, copied)


def test_a_whole_backup_that_is_older_than_the_witness_is_refused(house, copied):
    later = house.tmp / "later"
    shutil.copy(house.witness, later)
    checkpoint(house.settings, later)
    sites(house.settings, "East")
    checkpoint(house.settings, later)
    house.at_end_of_life = rows(house.settings)
    assert "older than the witness" in refused(house, copied, witness_file=later)


def test_a_backup_that_another_signed_is_refused(house, copied):
    folder = base_of(copied).parent
    told = {name: value for name, value in manifests.read(folder).items() if name not in ("key", "signature")}
    (house.tmp / "stranger" / "keys").mkdir(parents=True)
    manifests.write(Settings.at(house.tmp / "stranger"), folder, told)
    assert "signed by a key that the witness does not know" in refused(house, copied)


def test_an_altered_witness_is_refused(house):
    other = house.tmp / "altered"
    line = json.loads(house.witness.read_text().splitlines()[0])
    other.write_text(json.dumps({**line, "size": line["size"] + 1}))
    assert "not what was signed" in refused(house, house.repository, Undecided, witness_file=other)


def test_a_moment_before_every_witness_asks_for_a_decision(house):
    early = datetime.now(UTC) - timedelta(days=1)
    assert "later than the moment" in refused(house, house.repository, BadInput, until=early)


def member(name, kind=tarfile.REGTYPE, content=b"x", link=""):
    one = tarfile.TarInfo(name)
    one.type, one.linkname, one.size = kind, link, len(content) if kind == tarfile.REGTYPE else 0
    return one, content


ESCAPES = {
    "parent": [member("../outside")], "inner parent": [member("base/../../outside")], "absolute": [member("/tmp/outside")],
    "symbolic link": [member("pg_tblspc/1", tarfile.SYMTYPE, link="/etc")], "hard link": [member("x", tarfile.LNKTYPE, link="/etc/passwd")],
    "device": [member("dev", tarfile.CHRTYPE)], "pipe": [member("pipe", tarfile.FIFOTYPE)], "twice": [member("x"), member("x")],
    "through a link": [member("a", tarfile.SYMTYPE, link=".."), member("a/outside")],
    "tablespace map": [member("tablespace_map", content=b"16385 /etc")],
}


def forged(house, folder, members):
    """The base copy of `folder` is a tar of those members, sealed and signed as ours: by somebody who has the keeper's key."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as stream, tarfile.open(fileobj=stream, mode="w") as tar:
        for one, content in (member("PG_VERSION"), *members):
            tar.addfile(one, io.BytesIO(content))
    sealed = pyrage.encrypt(packed.getvalue(), [pyrage.x25519.Recipient.from_str(house.public)])
    base_of(folder).write_bytes(sealed)
    told = {name: value for name, value in manifests.read(base_of(folder).parent).items() if name not in ("key", "signature")}
    told["files"] = {manifests.BASE: {"size": len(sealed), "sha256": hashlib.sha256(sealed).hexdigest()}}
    manifests.write(house.settings, base_of(folder).parent, told)


@pytest.mark.parametrize("escape", ESCAPES)
def test_a_backup_that_leads_out_of_its_folder_is_refused_before_a_file_is_written(house, copied, escape, monkeypatch):
    forged(house, copied, ESCAPES[escape])
    monkeypatch.setattr(opening, "put", lambda *_: pytest.fail("a file was written"))
    assert "leads out of its folder" in refused(house, copied)


def test_a_backup_that_unfolds_to_fill_the_disk_is_refused(house, copied, monkeypatch):
    monkeypatch.setattr(opening, "ROOM", 2**20)
    forged(house, copied, [member("zeros", content=bytes(40 * 2**20))])
    monkeypatch.setattr(opening, "FOLDS", 2)
    assert "unfolds to more" in refused(house, copied)


def test_a_copy_whose_files_differ_from_its_own_manifest_is_refused(house, copied):
    forged(house, copied, [member("backup_manifest", content=b"{}")])
    assert "not what was written" in refused(house, copied)


def test_what_is_too_old_leaves_and_each_month_keeps_its_first(house, copied):
    source, now = base_of(copied).parent, datetime(2026, 11, 30, tzinfo=UTC)
    told = {name: value for name, value in manifests.read(source).items() if name not in ("key", "signature")}
    ages = {"20261120": True, "20261027": True, "20261020": False, "20261002": True, "20260915": False, "20260901": True,
            "20251115": True, "20251020": False, "20240101": False}
    for day in ages:
        folder = source.with_name(f"{day}T000000Z-00000000")
        shutil.copytree(source, folder)
        at = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        manifests.write(house.settings, folder, {**told, "label": folder.name, "at": at.isoformat()})
    shutil.rmtree(source)
    making.expire(replace(repository.armed(house.settings), folder=copied), now)
    left = {one.name[:8] for one in (copied / "base").iterdir()}
    assert left == {day for day, stays in ages.items() if stays}
    assert len(list((copied / "wal").glob("*/*.age"))) == len(list((house.repository / "wal").glob("*/*.age")))


def run(home, *words):
    return CliRunner(env={"SITEREG_HOME": str(home), "SITEREG_DATABASE_URL": None}).invoke(cli.main, list(words), catch_exceptions=False)


def test_someone_new_brings_it_back_in_an_empty_home(house):
    home, sealed_keys = house.tmp / "new_home", house.tmp / "keys.age"
    making.keep_keys(house.settings, sealed_keys)
    words = ["restore", str(house.repository), "--identity", str(house.key), "--witness", str(house.witness)]
    done = run(home, *words, "--keys", str(sealed_keys))
    assert done.exit_code == 0, done.output
    assert "sound" in done.output
    new = Settings.at(home)
    try:
        cluster.start(new)
        assert rows(new) >= house.at_end
        assert audit.verify(new, files=True, witness=house.witness).sound
        assert new.token_key() == house.settings.token_key()
        assert witness.known_keys(new) == witness.known_keys(house.settings)
        mine, theirs = repository.armed(new), repository.armed(house.settings)
        assert (mine.names, mine.recipient) == (theirs.names, theirs.recipient)
        assert mine.line != theirs.line
        told = making.make(new)
        with restoring.proved(house.settings, house.repository, **house.asked(label=told["label"])) as found:
            assert rows(found.settings) == rows(new)
        shutil.rmtree(house.repository / "base" / told["label"])
        again = run(home, *words)
        assert (again.exit_code, "There is a registry in this home" in again.output) == (2, True)
    finally:
        cluster.stop(new, mode="immediate")


def test_a_restore_that_fails_at_the_last_step_puts_the_living_data_back(house, monkeypatch):
    from pathlib import Path

    home = house.tmp / "new_home"
    before = sorted(one.name for one in home.iterdir())
    marks = (Settings.at(home).data / "PG_VERSION").stat().st_ino
    real = Path.rename

    def rename(self, target):
        if Path(target).name == "evidence" and "restoring" in self.parts:
            raise OSError("no")
        return real(self, target)

    with restoring.proved(Settings.at(home), house.repository, **house.asked()) as found:
        monkeypatch.setattr(Path, "rename", rename)
        with pytest.raises(OSError, match="no"):
            restoring.exchanged(Settings.at(home), found, house.repository)
        monkeypatch.undo()
    assert (Settings.at(home).data / "PG_VERSION").stat().st_ino == marks
    assert [one for one in before if one not in {two.name for two in home.iterdir()}] == []
