"""The two processes beside the database, web and keeper: started, found and stopped by their pid files.

Each holds a lock on its pid file for as long as it lives, so a file left by a killed process never names a
stranger that was given the same number.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sitereg.errors import Refused, Unavailable
from sitereg.settings import Settings

NAMES = ("web", "keeper")
START_SECONDS = 90.0
STEADY_SECONDS = 1.0
STOP_SECONDS = 20.0
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_WORDS = {"web": "serve", "keeper": "keeper"}


@contextlib.contextmanager
def running(settings: Settings, name: str) -> Iterator[None]:
    """This process is the one `name` of its home while the block runs. Raises Refused if another one is."""
    settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _file(settings, name).open("a+") as file:
        if not _taken(file):
            raise Refused(f"The {name} of this registry runs already", where=str(settings.home),
                          do="Run `sitereg status`.", guard="one_process")
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
        file.truncate(0)


def pid(settings: Settings, name: str) -> int | None:
    """The process id of the living `name`; None if none lives."""
    try:
        with _file(settings, name).open("r") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read().strip() or 0) or None
    except FileNotFoundError:
        pass
    return None


def spawn(settings: Settings, name: str) -> subprocess.Popen:
    """`name` has been started in a session of its own, its output going to state/NAME.log."""
    log = settings.state / f"{name}.log"
    env = {**os.environ, "SITEREG_HOME": str(settings.home)}
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "sitereg.cli", _WORDS[name]], stdin=subprocess.DEVNULL, stdout=out,
            stderr=out, start_new_session=True, env=env, cwd="/",
        )


def wait_until(ready: Callable[[], object], child: subprocess.Popen, settings: Settings, name: str) -> None:
    """`ready()` has been true for STEADY_SECONDS and `child` lives.

    Raises Unavailable with the end of its log if it ended, or was not ready within START_SECONDS.
    """
    deadline, since = time.monotonic() + START_SECONDS, None
    while child.poll() is None and time.monotonic() < deadline:
        since = (since or time.monotonic()) if ready() else None
        if since and time.monotonic() - since >= STEADY_SECONDS:
            return
        time.sleep(0.1)
    log = settings.state / f"{name}.log"
    end = log.read_bytes()[-1500:].decode("utf-8", "replace").strip() if log.exists() else ""
    raise Unavailable(f"The {name} did not start", where=str(log), code="start_failed",
                      do=f"Its log ends: {end}")


def stop(settings: Settings, name: str) -> bool:
    """`name` does not run; answers whether it ran before. It has STOP_SECONDS to finish what it does."""
    number = pid(settings, name)
    if number is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(number, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while pid(settings, name) == number:
        if time.monotonic() > deadline:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(number, signal.SIGKILL)
            deadline += STOP_SECONDS
        time.sleep(0.05)
    return True


def _taken(file) -> bool:
    """Whether the lock is ours; tried for a second, since whoever asks for the pid holds it for a moment."""
    for _ in range(20):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.05)
    return False


def _file(settings: Settings, name: str) -> Path:
    return settings.state / f"{name}.pid"


@contextlib.contextmanager
def signals_stop() -> Iterator[None]:
    """SIGTERM and SIGHUP end the block as Ctrl-C does, and Ctrl-C does so below a shell that ignores it."""
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
