"""What the surroundings say: where the registry lives, which server it uses, who is asking.

Read once at a door from the environment and handed down; nothing here touches a database, and no folder is
made before somebody asks for one (`Settings.make_folders`, `Settings.token_key`).

    SITEREG_HOME           folder of the registry; /var/lib/sitereg as root, the XDG data folder otherwise
    SITEREG_DATABASE_URL   an outside PostgreSQL server in place of the embedded one
    SITEREG_TEST_DATA      folder of the real data that tests and benchmarks read
    SITEREG_AS             the account to act as, of those bound to this OS user
    SITEREG_LISTEN         host:port of the web; 127.0.0.1:8000
    SITEREG_HOSTS          names under which a proxy with TLS serves the web, with commas between; none = this machine alone
    SITEREG_PROXIES        how many proxies of yours stand in front (0); so many addresses of X-Forwarded-For are believed
    SITEREG_SECOND_FACTOR  roles, with commas between, that sign in with a second factor; all (else), or none; the demo asks nobody
    SITEREG_PASSWORDS      folder with ROLE.password for the roles that an outside server asks for one
    SITEREG_SCHEDULER      tcp:// or tls:// address of the one Dask scheduler to which runs of links may be handed; else none
    SITEREG_METRICS        127.0.0.1:PORT on which the web tells what it counts (Prometheus); else nowhere
    SITEREG_TOKEN_KEY      file of the token key, where it is not in the home (a secret mounted by compose)
"""

import hashlib
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sitereg import vocab
from sitereg.errors import BadInput, Unavailable

DATABASE = "sitereg"
SUPERUSER = "sitereg_dba"
SOCKET_LIMIT = 107  # bytes of sun_path, less its closing zero
KEY_BYTES = 32
_SOCKET_NAME = "/.s.PGSQL.5432"


@dataclass(frozen=True)
class Settings:
    """The surroundings of one registry; every path in it is absolute."""

    home: Path
    run: Path
    database_url: str | None = None
    test_data: Path | None = None
    acting_as: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    hosts: tuple[str, ...] = ()
    proxies: int = 0
    second_factor: tuple[str, ...] = ("all",)
    key_file: Path | None = None
    passwords: Path | None = None
    database: str = DATABASE
    superuser: str = SUPERUSER
    scheduler: str | None = None
    metrics: tuple[str, int] | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """The settings that the environment asks for.

        Raises BadInput if SITEREG_LISTEN is not host:port, SITEREG_HOSTS no names,
        SITEREG_PROXIES no number, SITEREG_SECOND_FACTOR no roles, or SITEREG_HOME not absolute.
        """
        env = os.environ if environ is None else environ
        home = _home(env)
        host, port = _listen(env.get("SITEREG_LISTEN") or "127.0.0.1:8000")
        return cls(
            home=home,
            run=_run(home, env),
            database_url=env.get("SITEREG_DATABASE_URL") or None,
            test_data=_path(env, "SITEREG_TEST_DATA"),
            acting_as=env.get("SITEREG_AS") or None,
            host=host,
            port=port,
            hosts=_hosts(env.get("SITEREG_HOSTS") or ""),
            proxies=_proxies(env.get("SITEREG_PROXIES") or "0"),
            second_factor=_roles(env.get("SITEREG_SECOND_FACTOR") or "all"),
            key_file=_path(env, "SITEREG_TOKEN_KEY"),
            passwords=_path(env, "SITEREG_PASSWORDS"),
            scheduler=env.get("SITEREG_SCHEDULER") or None,
            metrics=_metrics(env.get("SITEREG_METRICS") or ""),
        )

    @classmethod
    def at(cls, home: Path) -> "Settings":
        """The settings of a registry in `home` and nothing else from the environment (tests, restores)."""
        home = Path(home).absolute()
        return cls(home=home, run=_run(home, os.environ))

    @property
    def embedded(self) -> bool:
        """Whether the database is the cluster that the program itself makes and starts."""
        return self.database_url is None

    @property
    def data(self) -> Path:
        """Folder of the embedded cluster's files."""
        return self.home / "pgdata"

    @property
    def keys(self) -> Path:
        """Folder of the keys (0700): the token key, the keeper's signing key."""
        return self.home / "keys"

    @property
    def evidence(self) -> Path:
        """Folder of documents kept by their sha256 (0700)."""
        return self.home / "evidence"

    @property
    def intake(self) -> Path:
        """Folder of files that wait on somebody's intake desk (0700), each until its draft is over."""
        return self.home / "intake"

    @property
    def door(self) -> Path:
        """Folder of what partners submit, as it came: sealed in their browsers (0700)."""
        return self.home / "door"

    @property
    def state(self) -> Path:
        """Folder of pid files and logs of the web and the keeper (0700)."""
        return self.home / "state"

    @property
    def demo_mark(self) -> Path:
        """The file whose presence says that this home holds the demo and nothing real."""
        return self.home / "demo"

    @property
    def demo(self) -> bool:
        """Whether this home holds the demo: synthetic records, sign-ins known to everybody."""
        return self.demo_mark.exists()

    @property
    def token_key_file(self) -> Path:
        """The file of the 32 bytes that sign identity tokens."""
        return self.key_file or self.keys / "token.key"

    def make_folders(self) -> None:
        """The home and its private folders exist; the home may be crossed by the cluster's own OS user."""
        self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        for folder in (self.keys, self.evidence, self.intake, self.door, self.state):
            folder.mkdir(mode=0o700, exist_ok=True)

    def make_token_key(self) -> Path:
        """The token key exists: 32 random bytes, 0600, written once and never replaced."""
        return write_once(self.token_key_file, lambda: secrets.token_bytes(KEY_BYTES))

    def token_key(self) -> bytes:
        """The 32 bytes that sign identity tokens.

        Raises Unavailable if there is no key, its file has another length, or others may read it.
        """
        path = self.token_key_file
        try:
            others = stat.S_IMODE(path.stat().st_mode) & 0o077
            key = path.read_bytes()
        except OSError as error:
            raise Unavailable("The token key cannot be read", code="no_token_key",
                              where=f"{path} ({error.strerror})",
                              do="Run `sitereg up` as the registry's own user.") from error
        if len(key) != KEY_BYTES:
            raise Unavailable(f"The token key has {len(key)} bytes and not {KEY_BYTES}", where=str(path),
                              do="Restore it from the backup of the keys.", code="bad_token_key")
        if others and self.key_file is None:
            raise Unavailable("The token key may be read by other users of this machine", where=str(path),
                              do=f"Run `chmod 600 {path}`, then replace the key.", code="open_token_key")
        return key


def write_once(path: Path, make: Callable[[], bytes]) -> Path:
    """The file exists, 0600, whole, and as whoever was first wrote it; `make` is asked for its bytes where there is none."""
    if path.exists():
        return path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")  # several threads may be the first
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(descriptor)
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()
    return path


def _home(env: Mapping[str, str]) -> Path:
    said = env.get("SITEREG_HOME")
    if said:
        home = Path(said).expanduser()
        if not home.is_absolute():
            raise BadInput("SITEREG_HOME must be an absolute path", where=said, do="Write it from / on.")
        return home
    if os.geteuid() == 0:
        return Path("/var/lib/sitereg")
    base = env.get("XDG_DATA_HOME") or ""
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "share") / "sitereg"


def _path(env: Mapping[str, str], name: str) -> Path | None:
    return Path(env[name]).absolute() if env.get(name) else None


def _run(home: Path, env: Mapping[str, str]) -> Path:
    """The socket's folder: home/run, or a run-time folder where that path is too long for a socket."""
    here = home / "run"
    if len(os.fsencode(here)) + len(_SOCKET_NAME) <= SOCKET_LIMIT:
        return here
    name = "sitereg-" + hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    base = "/run" if os.geteuid() == 0 else env.get("XDG_RUNTIME_DIR") or ""
    if base.startswith("/") and os.access(base, os.W_OK):
        return Path(base) / name
    return Path(tempfile.gettempdir()) / f"{name}-{os.geteuid()}"


def _listen(said: str) -> tuple[str, int]:
    found = re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})", said)
    if not found or not 0 < int(found[2]) < 65536:
        raise BadInput("SITEREG_LISTEN must be host:port", where=said, do="Write for example 127.0.0.1:8000.")
    return found[1].strip("[]"), int(found[2])


def _metrics(said: str) -> tuple[str, int] | None:
    """An address of this machine alone: what is counted is for whoever runs it."""
    if not said:
        return None
    found = re.fullmatch(r"(127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})", said)
    if not found or not 0 < int(found[2]) < 65536:
        raise BadInput("SITEREG_METRICS must be an address of this machine", where=said, do="Write for example 127.0.0.1:9108.")
    return found[1].strip("[]"), int(found[2])


def _hosts(said: str) -> tuple[str, ...]:
    """Whole names, without ports, schemes or wildcards: a name more is one under which pages may be asked for."""
    names = tuple(name.strip().lower() for name in said.split(",") if name.strip())
    label = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    for name in names:
        if not re.fullmatch(rf"{label}(\.{label})*", name):
            raise BadInput("SITEREG_HOSTS must be names with commas between", where=name, do="Write for example sites.example.org.")
    return names


def _proxies(said: str) -> int:
    if not re.fullmatch(r"[0-4]", said.strip()):
        raise BadInput("SITEREG_PROXIES must be a number from 0 to 4", where=said, do="Write 1 for one proxy of yours.")
    return int(said)


def _roles(said: str) -> tuple[str, ...]:
    """Codes of roles, ("all",), or () for none; a name that is no role would leave somebody without what was meant for him."""
    named = tuple(one.strip() for one in said.split(",") if one.strip())
    unknown = [one for one in named if one not in set(vocab.SCHEMES["role"])]
    if named in (("all",), ("none",)):
        return named if named == ("all",) else ()
    if unknown or not named:
        raise BadInput("SITEREG_SECOND_FACTOR must be roles with commas between, all, or none",
                       where=unknown[0] if unknown else said, do="Write for example verifier,admin.")
    return named
