"""The PostgreSQL programs of this machine, and how to run them as a user that PostgreSQL accepts."""

import functools
import glob
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sitereg.errors import Unavailable

OLDEST_POSTGRES = (14,)
OLDEST_POSTGIS = (3, 3)
APT_LINE = "apt-get install -y --no-install-recommends postgresql-15-postgis-3"
_USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
    "/usr/local/opt/postgresql@*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/lib/postgresql*/bin",
    "/usr/libexec/postgresql*",
)


@dataclass(frozen=True)
class Binaries:
    """One installed PostgreSQL: its folder of programs, its version and its PostGIS version."""

    folder: Path
    version: tuple[int, ...]
    postgis: tuple[int, ...]

    def path(self, program: str) -> str:
        """The full path of one of its programs."""
        return str(self.folder / program)


@functools.cache
def binaries() -> Binaries:
    """The newest usable PostgreSQL of this machine: >= 14 with PostGIS >= 3.3.

    Raises Unavailable with what was found and the line that installs what is missing.
    """
    folders = [Path(place) for pattern in _USUAL_PLACES for place in glob.glob(pattern)]
    on_path = shutil.which("initdb")
    if on_path:
        folders.insert(0, Path(on_path).resolve().parent)
    found = [one for folder in dict.fromkeys(folders) if (one := _look(folder))]
    usable = [one for one in found if one.version >= OLDEST_POSTGRES and one.postgis >= OLDEST_POSTGIS]
    if usable:
        return max(usable, key=lambda one: one.version)
    seen = "; ".join(f"{one.folder}: PostgreSQL {_dots(one.version)}, "
                     f"PostGIS {_dots(one.postgis) or 'missing'}" for one in found) or "no PostgreSQL at all"
    raise Unavailable("PostgreSQL >= 14 with PostGIS >= 3.3 is not installed", where=seen,
                      do=f"On Debian 12, as root: {APT_LINE}", code="no_postgis")


def _look(folder: Path) -> Binaries | None:
    if not all(os.access(folder / name, os.X_OK) for name in ("initdb", "pg_ctl", "postgres")):
        return None
    number = re.search(r"(\d+(?:\.\d+)*)", _said(folder / "postgres", "--version"))
    if not number:
        return None
    return Binaries(folder, _numbers(number[1]), _postgis(folder))


def _postgis(folder: Path) -> tuple[int, ...]:
    """The default version in postgis.control of the PostgreSQL in `folder`; () where there is none."""
    config = shutil.which("pg_config", path=str(folder))
    shares = []
    if config:
        shares.append(Path(_said(config, "--sharedir") or folder))
    shares += [Path("/usr/share/postgresql") / folder.parent.name, folder.parent / "share",
               folder.parent / "share" / "postgresql"]
    for share in shares:
        try:
            control = (share / "extension" / "postgis.control").read_text()
        except OSError:
            continue
        number = re.search(r"default_version\s*=\s*'(\d+(?:\.\d+)*)", control)
        if number:
            return _numbers(number[1])
    return ()


def _said(program: str | Path, option: str) -> str:
    return subprocess.run([program, option], capture_output=True, text=True, check=False).stdout.strip()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _dots(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


def owner() -> pwd.struct_passwd:
    """The OS user that PostgreSQL runs as: `postgres` when root (initdb refuses root), oneself otherwise.

    Raises Unavailable if root and there is no user `postgres`.
    """
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError as error:
        raise Unavailable("PostgreSQL does not run as root and there is no user `postgres`",
                          do=f"Run: {APT_LINE}", code="no_postgres_user") from error


def run(program: str, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess:
    """One PostgreSQL program has run as its owner, from /, seeing only what it creates itself (umask 077).

    Answers the finished process with its output as text; the exit code is for the caller to judge.
    """
    user = owner()
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": "/", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return subprocess.run(
        [binaries().path(program), *arguments], cwd="/", umask=0o077, env=env, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=timeout, check=False, **who,
    )
