"""The other side of the isolated reader: starts it, feeds it, believes nothing it says without a bound."""

import base64
import contextlib
import ctypes
import functools
import importlib.util
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from pathlib import Path

import sitereg
from sitereg.errors import BadInput, SiteregError, Unavailable
from sitereg.imports.readers import DRAWN, MADE, READERS, Layer, Row

WALL_SECONDS = 330
LONGEST_MESSAGE = 8 * 2**20
MOST_OUTPUT = 2**30
_SHAPES = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
_ZIP = ".zip"


@dataclass
class Reading:
    """What a file holds: its layers, its rows, notes (code, field, message) on the whole, and how far the process that read it
    was closed in."""

    layers: list[Layer] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    isolation: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a JPEG, its number from 1 and its size in pixels."""

    number: int
    width: int
    height: int
    data: bytes


def read(files, room: Path, *, format: str, encoding: str = "utf-8", **more) -> Reading:
    """Everything that the isolated process found in `files` (staged copies in `room`); more: options of the format's reader.

    Raises BadInput where the file cannot be used, names its line and says what to do; a reader that was
    killed
    by its limits is such a file. The worker that called this lives on.
    """
    found = Reading()
    for message in _told(files, room, format, {"encoding": encoding, **more}):
        _take(found, message)
    if not found.rows:
        raise BadInput("The file holds no rows", code="no_rows", do="Ask for the file again.")
    return found


def drawn(one, room: Path, *, format: str) -> Iterator[Page]:
    """The pages of a file (a staged copy in `room`) as the isolated process drew them, one after the other.

    Raises BadInput as `read` does; pages that came before are then not to be used.
    """
    for message in _told([one], room, format, {"encoding": "utf-8"}):
        if "page" in message:
            page = message["page"]
            yield Page(page["n"], page["width"], page["height"], base64.b64decode(page["data"], validate=True))


def made(files, room: Path, *, format: str, most_bytes: int, **options) -> tuple[Path, dict]:
    """(the file that the isolated process made of staged copies in `room`, what it said of it); the file is believed no more than
    those that were given, and has most_bytes at most. Raises BadInput as `read` does."""
    path, told = _folder(room, "made") / format, {}
    for message in _told(files, room, format, {"encoding": "utf-8", "into": str(path), **options}, into=str(path.parent),
                         most_bytes=most_bytes):
        told = message.get("made", told)
    if not told or path.is_symlink() or not path.is_file():
        raise BadInput("The file could not be turned into one of ours", where=files[0].name, do="Ask for the file again.")
    return path, told


def looked(files, room: Path, *, format: str, most_bytes: int, **options) -> dict:
    """What the isolated process found in staged copies in `room`; it may write one file of most_bytes beside them. Raises BadInput
    as `read` does."""
    into, told = _folder(room, "looked"), None
    for message in _told(files, room, format, {"encoding": "utf-8", "into": str(into / format), **options}, into=str(into),
                         most_bytes=most_bytes):
        told = message.get("looked", told)
    if told is None:
        raise BadInput("The file could not be looked at", where=files[-1].name, do="Try again; nothing was kept.")
    return told


def _folder(room: Path, name: str) -> Path:
    """A folder in `room` into which the reader's user may write."""
    into = room / name
    into.mkdir(mode=0o700)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(into, nobody.pw_uid, nobody.pw_gid)
    return into


def probe(file: Path) -> dict:
    """What a process closed in as the reader could do with `file` (of ours) and with a socket of this machine:
    {network_closed, user, opened, reached}. Raises Unavailable where it could not be tried."""
    with socket.create_server(("127.0.0.1", 0)) as here:
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-s", "-m", "sitereg.imports.readers.probe", str(file), str(here.getsockname()[1])],
                cwd="/", env=_environment("csv"), stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
            return json.loads(done.stdout)
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise Unavailable("The isolated reader could not be tried", do="Import a small file by hand.") from error


def _told(files, room: Path, format: str, options: dict, **more) -> Iterator[dict]:
    """Each message of the reader of that format; BadInput where it refuses, or ends before it said that it is at its end."""
    job, ended = {"format": format, "files": _hand_over(files, room, format), "options": options, **more}, False
    with _reader(format) as child:
        _feed(child, job)
        for message in _messages(child):
            if "refused" in message:
                raise _refusal(message["refused"])
            ended = ended or "end" in message
            yield message
        child.wait(timeout=30)
    if not ended:
        raise BadInput(
            "The file could not be read within the limits of the reader",
            code="reader_ended",
            where=f"ended by {_how(child.returncode)}",
            do="Import it in parts, or ask for another format.",
        )


@contextlib.contextmanager
def _reader(format: str) -> Iterator[subprocess.Popen]:
    """A reader process with an empty environment and a clock; killed at the latest when the block ends."""
    child = subprocess.Popen(
        [sys.executable, "-P", "-s", "-m", "sitereg.imports.readers.isolated"],
        cwd="/",
        env=_environment(format),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    clock = threading.Timer(WALL_SECONDS, child.kill)
    clock.start()
    try:
        yield child
    finally:
        clock.cancel()
        child.kill()
        child.stdin.close()
        child.stdout.close()
        child.wait()


def _environment(format: str) -> dict[str, str]:
    """No variable of ours: no credentials, no SITEREG_*; GDAL knows the drivers of this format and no
    other."""
    kept = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(sitereg.__file__).parents[1]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    if format == "shapefile":
        from sitereg.imports.readers.shapefile import DRIVERS

        kept["GDAL_SKIP"] = ",".join(sorted(_drivers() - set(DRIVERS)))
    return kept


@functools.cache
def _drivers() -> frozenset[str]:
    """The drivers of pyogrio's GDAL, asked of the library itself: importing pyogrio here would bring pandas along."""
    package = importlib.util.find_spec("pyogrio")
    gdal = ctypes.CDLL(PathFinder.find_spec("_ogr", package.submodule_search_locations).origin)
    gdal.GDALGetDriver.restype, gdal.GDALGetDriverShortName.restype = ctypes.c_void_p, ctypes.c_char_p
    gdal.GDALGetDriverShortName.argtypes = [ctypes.c_void_p]
    gdal.GDALAllRegister()
    return frozenset(gdal.GDALGetDriverShortName(gdal.GDALGetDriver(n)).decode() for n in range(gdal.GDALGetDriverCount()))


def _hand_over(files, room: Path, format: str) -> list[dict]:
    """The copies can be read by the reader's user and by nobody else; those of a layer lie side by side."""
    if format not in READERS | DRAWN | MADE:
        raise BadInput(
            "There is no reader for this format", where=format, do=f"Use one of {', '.join(READERS)}."
        )
    group = pwd.getpwnam("nobody").pw_gid if os.geteuid() == 0 else None
    given, folders = [], {}
    for one in files:
        path, name = one.path, Path(one.name)
        if format == "shapefile" and not (len(files) == 1 and name.suffix.lower() == _ZIP):
            if name.suffix.lower() not in _SHAPES:
                continue
            folder = folders.setdefault(name.with_suffix("").as_posix(), room / f"layer{len(folders)}")
            folder.mkdir(mode=0o710, exist_ok=True)
            path = folder / f"layer{name.suffix.lower()}"
            shutil.copyfile(one.path, path)
        given.append({"path": str(path), "name": one.name})
    if group is not None:
        for path in {room, *folders.values()}:
            os.chown(path, -1, group)
            path.chmod(0o710)
        for one in given:
            os.chown(one["path"], -1, group)
            Path(one["path"]).chmod(0o440)
    return given


def _feed(child: subprocess.Popen, job: dict) -> None:
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(json.dumps(job).encode())
        child.stdin.close()


def _messages(child: subprocess.Popen) -> Iterator[dict]:
    total = 0
    while line := child.stdout.readline(LONGEST_MESSAGE + 1):
        total += len(line)
        if len(line) > LONGEST_MESSAGE or total > MOST_OUTPUT:
            raise BadInput(
                "The file holds more than the reader may hand over",
                code="too_large",
                do="Import it in parts.",
            )
        try:
            yield json.loads(line)
        except ValueError:
            return


def _take(found: Reading, message: dict) -> None:
    if "isolation" in message:
        found.isolation = message["isolation"]
    elif "layer" in message:
        layer = message["layer"]
        found.layers.append(Layer(layer["part"], tuple(layer["columns"]), layer["crs"], bool(layer.get("shapes"))))
    elif "note" in message:
        found.notes.append(tuple(message["note"][key] for key in ("code", "field", "message")))
    elif "row" in message:
        row = message["row"]
        found.rows.append(
            Row(
                row["part"],
                row["n"],
                row["cells"],
                row.get("line"),
                row.get("shape"),
                tuple((code, words) for code, words in row["faults"]),
            )
        )


def _refusal(said: dict) -> SiteregError:
    where = f"line {said['line']}" if said.get("line") else None
    return BadInput(
        said["what"],
        where=where,
        do=said["do"],
        code=said["code"],
        problems=[{"code": said["code"], "field": where or "file", "value": "", "message": said["what"]}],
    )


def _how(status: int | None) -> str:
    return signal.Signals(-status).name if status and status < 0 else f"exit code {status}"
