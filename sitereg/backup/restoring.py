"""A backup is proved whole, right and new enough beside the living registry; only then does it take its place.

`proved` does all of it in a folder of its own and touches nothing else, whatever the backup holds; `exchanged` then moves the
living data aside and the proved ones in by two renames, and back again if one fails. A drill ends after `proved`.
"""
import contextlib
import io
import json
import os
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sitereg import audit, sealing, witness
from sitereg.backup import making, manifests, opening, segments
from sitereg.errors import BadInput, Refused, Undecided
from sitereg.settings import write_once
from sitereg.store import cluster, copies, repository, verification
from sitereg.store.folders import lock, make_folder, refuse_unreachable
from sitereg.store.programs import owner

FOLDER = "restoring"

__all__ = ["Proved", "drill", "exchanged", "keys_in", "proved"]


@dataclass
class Proved:
    """A copy that was proved: the settings of its own home, where it runs; what was found and how long each step took."""

    settings: object
    told: dict
    names: str
    recipient: str
    steps: dict = field(default_factory=dict)


@contextmanager
def proved(settings, folder: Path, *, secret: str, witness_file: Path | None, until: datetime | None = None,
           label: str | None = None, lacking: bool = False, unsigned: bool = False) -> Iterator[Proved]:
    """Within the block the backup's copy runs in a folder of its own, recovered, verified, with its kept files; then it is gone.

    witness_file: None only where somebody decided to believe the backup without one. lacking: kept files that the backup has not
    may be missing. unsigned: segments that nobody signed are believed; else those at the log's end are left out.

    Raises Refused, Undecided or BadInput with nothing touched.
    """
    seen = witnesses(witness_file, until)
    told = manifests.chosen(folder, label, until)
    known = {one.key for one in seen} or set(witness.known_keys(settings))
    if known:
        manifests.signed(told, known)
    refuse_unreachable(settings.home)
    home = settings.home / FOLDER
    with lock(settings.home, "restore.lock"), watch() as step:
        shutil.rmtree(home, ignore_errors=True)
        try:
            staged = copies.scratch(home, settings.database)
            names = names_key(folder, staged.home / "names", secret)
            left = unfold(folder, told, staged, secret, until, step, known=known, believe=unsigned)
            with step("replay"):
                copies.recovered(staged, staged.home / "log", until)
            with step("kept files"):
                missing = bring_files(repository.Repository(folder, "", names, told["line"]), staged, secret, lacking)
            with step("verify"):
                keep = staged.home / "witness"
                keep.write_text("\n".join(json.dumps(one.told()) for one in seen))
                verdict = audit.verify(staged, witness=keep if seen else None, files=True)
            judge(verdict, missing, left)
            said = {"backup": told["label"], "at": told["at"], "until": until, "witnesses": len(seen), "missing": missing,
                    "unsigned": left,
                    "verdict": verdict.word, "events": verdict.events, "rows": verdict.rows, "files": verdict.files}
            yield Proved(staged, said, names, sealing.public_of(secret), step.took)
        finally:
            with contextlib.suppress(Exception):
                cluster.stop(staged, mode="immediate")
            shutil.rmtree(home, ignore_errors=True)


def witnesses(path, until):
    """The checkpoints of the witness from before `until`. Raises BadInput where that leaves none."""
    if path is None:
        return []
    seen = [one for one in witness.read(path) if until is None or one.at <= until]
    if not seen:
        raise BadInput("Every checkpoint of the witness is later than the moment asked for", where=str(until),
                       do="Give an older witness too; or --no-witness, if somebody decides to believe the backup as it is.")
    return seen


class watch:
    """step(name) is a block whose seconds stand in `took`."""

    def __enter__(self):
        self.took = {}
        return self

    def __exit__(self, *_):
        """Nothing is held."""

    @contextmanager
    def __call__(self, name):
        began = time.monotonic()
        yield
        self.took[name] = round(time.monotonic() - began, 1)


def names_key(folder, target, secret):
    """The key that names kept files. Raises Refused where this is no repository, or the key another."""
    if not (folder / "names.age").is_file():
        raise Refused("There is no backup", where=str(folder), guard="backup_whole",
                      needs="Name the folder that holds base and wal.")
    opening.into(folder / "names.age", target, secret)
    return target.read_text().strip()


def unfold(folder, told, staged, secret, until, step, *, known, believe):
    """The base copy is the database's folder, with every file as its manifest says; the log lies opened beside it, as far as one of
    the keys `known` signed it (all of it, where `believe`). Answers how many segments at its end nobody signed."""
    with step("hashes"):
        sealed = folder / "base" / told["label"] / manifests.BASE
        opening.whole(sealed, told["files"][manifests.BASE])
        log = manifests.log_of(folder, told, gap_ends=until is not None)
        log, left = segments.vouched(log, told, known, gap_ends=until is not None, believe=believe)
    with step("unsealing"):
        packed = staged.home / "base.tar.gz"
        opening.into(sealed, packed, secret)
        opening.unpacked(packed, staged.data)
        packed.unlink()
        copies.verified(staged)
    with step("log"):
        make_folder(staged.home / "log")
        for one, signed in log:
            try:
                plain(one, staged.home / "log", secret, signed)
            except Refused:
                if until is None:
                    raise
                break  # the replay itself says whether `until` lies before it
    return left


def plain(sealed, folder, secret, signed):
    """The segment stands opened in `folder`, as its name and what was signed of it say. Raises Refused."""
    target = folder / sealed.name[:24]
    found = opening.into(sealed, target, secret)
    if found[:16] != sealed.name.split(".")[1]:
        target.unlink()
        raise opening.broken(sealed)
    if signed not in (None, found):
        target.unlink()
        raise Refused("A segment of the log is another than the one that was signed", where=sealed.name, guard="log_signed",
                      needs="Somebody exchanged it. Give --until a moment before it, or take another carrier.")
    os.chown(target, owner().pw_uid, owner().pw_gid)


def bring_files(repo, staged, secret, lacking):
    """Every kept file that the restored documents speak of lies in the evidence store; answers the hashes of those that do not.

    Raises Refused at one that is missing or altered, unless `lacking`.
    """
    missing = []
    for sha256 in verification.documents(staged):
        target = staged.evidence / sha256[:2] / sha256[2:4] / sha256
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        sealed = repo.kept(sha256)
        try:
            if sealed.is_symlink() or not sealed.is_file() or opening.into(sealed, target, secret) != sha256:
                raise Refused("A kept file is not in the backup as it was", where=sha256, guard="backup_whole", needs=(
                    "Look for it on other carriers, or say --lacking-files: its documents are then sealed until it is found."))
            target.chmod(0o400)
        except Refused:
            if not lacking:
                raise
            target.unlink(missing_ok=True)
            missing.append(sha256)
    return missing


def judge(verdict, missing, left=0):
    """Raises Refused unless the copy is sound, but for kept files that were said to be missing; `left` segments were left out."""
    wrong = [one for one in verdict.faults if not (one["problem"] == "file missing" and one["id"] in missing)]
    if verdict.undecided:
        one = verdict.undecided[0]
        raise Undecided("The backup could not be judged", where=f"{one['what']}: {one['where']}", do=one["do"])
    if wrong:
        told = "; ".join(dict.fromkeys(f"{one['problem']} ({one['tbl']} {one['id'] or ''})" for one in wrong[:5]))
        told += f"; {left} segments at the end of the log were signed by nobody and left out (--unsigned-log)" if left else ""
        raise Refused("The backup is not sound", where=told, guard="backup_sound",
                      needs="Take a newer backup, or one from before it happened; docs/operations.md says what each finding means.")


def drill(settings, folder, **asked) -> dict:
    """What a restore would bring: the verdict, counts, what the rules let through, seconds by step; the day is noted for doctor."""
    began = time.monotonic()
    with proved(settings, folder, **asked) as found:
        told = {**found.told, "counts": copies.counts(found.settings), "access": copies.access(found.settings),
                "steps": found.steps}
    told["seconds"] = round(time.monotonic() - began, 1)
    noted = {"at": datetime.now(UTC).isoformat(), "backup": told["backup"], "well": not told["access"], "seconds": told["seconds"]}
    with contextlib.suppress(OSError):
        (folder / making.DRILLED).write_text(json.dumps(noted))
    return told


def exchanged(settings, found: Proved, folder: Path, keys: dict | None = None) -> Path | None:
    """The proved copy is the registry of this home, on a line of its own; answers where the former data lie, or None.

    keys: files of the home's keys by name (keys_in); those that are there already stay. The database does not run afterwards.
    """
    cluster.stop(found.settings)
    aside = settings.home / f"before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    if (settings.data / "PG_VERSION").exists():
        cluster.stop(settings)
    settings.make_folders()
    aside.mkdir(mode=0o711)
    moves = [(settings.data, aside / "pgdata"), (settings.evidence, aside / "evidence"),
             (found.settings.data, settings.data), (found.settings.evidence, settings.evidence)]
    done = []
    try:
        for here, there in moves:
            if here.exists():
                here.rename(there)
                done.append((here, there))
    except OSError:
        for here, there in reversed(done):
            there.rename(here)
        raise
    for name, content in (keys or {}).items():
        write_once(settings.keys / name, lambda content=content: content)
    (settings.keys / repository.ARMED).unlink(missing_ok=True)
    repository.arm(settings, folder, found.recipient, names=found.names)
    if not any(aside.glob("*/*")):
        shutil.rmtree(aside)
        return None
    return aside


def keys_in(path: Path, secret: str) -> dict:
    """The keys that `sitereg backup keys` sealed, by the names of their files. Raises Refused, BadInput."""
    content = sealing.opened(path.read_bytes(), secret)
    if content is None:
        raise Refused("This key does not open the file of keys", where=str(path), guard="backup_key", needs="Bring the right one.")
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            members = [one for one in tar if one.isreg() and "/" not in one.name and one.name not in ("", ".", "..")
                       and one.size < 2**20]
            return {one.name: tar.extractfile(one).read() for one in members}
    except tarfile.TarError as error:
        raise BadInput("That is no file of keys", where=str(path), do="Give what `sitereg backup keys` wrote.") from error
