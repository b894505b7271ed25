"""The process that opens a partner's file: no database, no network, no rights, limits on all else.

Run as `python -m sitereg.imports.readers.isolated` by readers.process and by nobody else: a job as one JSON
document on stdin, one JSON message a line on stdout. Before the first byte of the file is read it has put itself into a
network namespace of its own, set its limits, become the user `nobody` (as root; otherwise it stays who it is and asks for
a user namespace), and taken from itself all files but those of the job and all system calls that reach others (closing).
The first message says which of these it got.
"""

import codecs
import ctypes
import importlib
import json
import os
import pwd
import resource
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import sitereg
from sitereg.imports.readers import DRAWN, MADE, READERS, Unreadable, closing

CPU_SECONDS = 300
MEMORY = 2 * 2**30
_NOT_NEEDED = ("geopandas", "pandas", "pyarrow", "shapely")  # pyogrio would load them for frames that nobody makes here
_NEW_NET, _NEW_USER, _NO_NEW_PRIVILEGES = 0x40000000, 0x10000000, 38
_OURS = (*{sysconfig.get_path(one) for one in ("stdlib", "platstdlib", "purelib", "platlib")}, str(Path(sitereg.__file__).parent),
         "/usr/lib", "/lib", "/lib64", "/etc/ld.so.cache")
"""What a module that is loaded late needs: Python's own files and libraries, where nothing of ours is kept."""


def main() -> None:
    """Every message of the job stands on stdout, the last one `end` or `refused`."""
    job = json.load(sys.stdin)
    reader = importlib.import_module(f"sitereg.imports.readers.{(READERS | DRAWN | MADE)[job['format']]}")
    codecs.lookup(job["options"]["encoding"])
    if reader.DRIVERS:
        sys.modules.update(dict.fromkeys(_NOT_NEEDED))
        importlib.import_module("pyogrio.raw")
    for name in reader.NEEDS:
        importlib.import_module(name)
    _say({"isolation": lock_down(_of(job, reader), into=job.get("into"), most_bytes=job.get("most_bytes", 0))})
    try:
        rows = 0
        for message in _read(reader, job):
            rows += "row" in message
            _say(message)
        _say({"end": rows})
    except Unreadable as error:
        _say({"refused": {"what": error.what, "line": error.line, "do": error.do, "code": error.code}})
    except MemoryError:
        _say(
            {
                "refused": {
                    "what": "The file needs more memory than is allowed",
                    "line": None,
                    "code": "too_large",
                    "do": "Import it in parts.",
                }
            }
        )
    sys.stdout.flush()


def lock_down(given: tuple[str, ...] = (), *, into: str | None = None, most_bytes: int = 0) -> dict:
    """This process has given up network, rights, time beyond its limits, and all files but `given` and Python's own; answers
    what it could do. into: a folder in which it may write files of most_bytes; without one it writes none."""
    libc = ctypes.CDLL(None, use_errno=True)
    root = os.geteuid() == 0
    network = libc.unshare(_NEW_NET if root else _NEW_USER | _NEW_NET) == 0
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, most_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))
    user = None
    if root:
        nobody = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
        os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
        user = nobody.pw_name
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    files, calls = closing.files([*given, *_OURS], into=into), closing.calls()
    return {"network_closed": network or calls, "user": user, "files_closed": files, "calls_closed": calls}


def _of(job: dict, reader) -> tuple[str, ...]:
    """The files of the job; a driver of GDAL looks at what lies beside a file, so it has the folder, where nothing else lies."""
    paths = [one["path"] for one in job["files"]]
    return tuple({str(Path(one).parent) for one in paths} if reader.DRIVERS else paths)


def _read(reader, job: dict) -> Iterator[dict]:
    try:
        yield from reader.read(job["files"], job["options"])
    except (OSError, ValueError, OverflowError) as error:
        raise Unreadable(
            f"The file cannot be read ({type(error).__name__})", do="Ask for the file again."
        ) from error


def _say(message: dict) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=True, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
