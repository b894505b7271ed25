"""Where backups go: what is written into the home's keys once backups are started, and the folders of the repository.

    FOLDER / README.txt
             names.age                      the key that names kept files, sealed
             base / LABEL / manifest.json   what it is, hashes, newest checkpoint; signed by the keeper's key
                            base.tar.gz.age
             wal / LINE / SEGMENT.HASH.age  a line: one database from its start or its restore on; lines never mix
                          SEGMENT.HASH.json its hashes, signed by the keeper's key
             files / ab / NAME.age          kept files under names that only the names' key makes
             drilled.json                   the last drill
"""
import hmac
import json
import secrets
import shlex
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from sitereg.errors import Refused, Unavailable
from sitereg.settings import write_once
from sitereg.store import archive
from sitereg.store.folders import make_folder

ARMED = "backup.json"
NOTES = "archived"  # in the home: hashes of segments that were sealed and not yet signed

__all__ = ["Repository", "arm", "armed", "command", "notes"]


@dataclass(frozen=True)
class Repository:
    """The repository `folder`, sealed to the public key `recipient`; `names` (hex) names files; `line` is this database's;
    `spool`: folder into which an outside server puts its segments, or None."""

    folder: Path
    recipient: str
    names: str
    line: str
    spool: Path | None = None

    @property
    def bases(self) -> Path:
        return self.folder / "base"

    @property
    def wal(self) -> Path:
        return self.folder / "wal" / self.line

    def kept(self, sha256: str) -> Path:
        """Where the kept file of that hash lies sealed."""
        name = hmac.new(bytes.fromhex(self.names), sha256.encode(), "sha256").hexdigest()
        return self.folder / "files" / name[:2] / f"{name}.age"


def armed(settings) -> Repository | None:
    """The repository of this home, or None where backups were not started. Raises Unavailable where that cannot be read."""
    path = settings.keys / ARMED
    try:
        if not path.exists():
            return None
        said = json.loads(path.read_text())
        spool = said.pop("spool", None)
        return Repository(Path(said.pop("folder")), **said, spool=Path(spool) if spool else None)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Unavailable("What was said of backups cannot be read", where=str(path),
                          do="Run it as the registry's own OS user; else remove it and run `sitereg backup start`.") from error


def arm(settings, folder, recipient, *, names=None, spool=None) -> Repository:
    """From the database's next start on its log goes to `folder`, sealed to `recipient`, as a line of its own."""
    made = Repository(Path(folder).absolute(), recipient, names or secrets.token_hex(32), secrets.token_hex(4), spool)
    path = settings.keys / ARMED
    if path.exists():
        raise Refused("Backups were started already", where=str(armed(settings).folder), guard="backups_started",
                      needs=f"To send them elsewhere remove {path} first; the old folder stays as it is.")
    made.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    (made.folder / "wal").mkdir(mode=0o711, exist_ok=True)
    make_folder(made.wal) if settings.embedded else made.wal.mkdir(mode=0o700)
    for name in ("base", "files"):
        (made.folder / name).mkdir(mode=0o700, exist_ok=True)
    told = {**asdict(made), "folder": str(made.folder), "spool": str(spool) if spool else None}
    write_once(path, lambda: json.dumps(told).encode())
    return made


def notes(settings) -> Path:
    """The folder in which whoever seals a segment notes its hashes; it is there from now on."""
    folder = settings.home / NOTES
    if not folder.exists():
        make_folder(folder) if settings.embedded else folder.mkdir(mode=0o700)
    return folder


def command(settings) -> str | None:
    """The archive_command of the embedded server, or None where backups were not started."""
    held = armed(settings)
    if held is None:
        return None
    words = [sys.executable, "-I", "-B", archive.__file__]
    quoted = " ".join(shlex.quote(one).replace("%", "%%") for one in words)
    where = shlex.quote(str(held.wal)).replace("%", "%%")
    noted = shlex.quote(str(notes(settings))).replace("%", "%%")
    return f'{quoted} "%p" {where} {shlex.quote(held.recipient)} {noted}'
