"""A partner's file is opened in a process of its own that has nothing to give away."""

import json
import os
import pwd
import subprocess
import sys
import tempfile
from pathlib import Path

import pyogrio
import pytest

from sitereg import documents
from sitereg.errors import BadInput
from sitereg.imports.readers import process

FILES = Path(__file__).parents[2] / "files" / "originals"
PROBE = """
import json, os, resource, socket, sys
from sitereg.imports.readers import closing, isolated
if sys.argv[5] == "no namespaces":
    closing.calls()
told = isolated.lock_down((sys.argv[4],))
def attempt(act):
    try:
        act()
        return "done"
    except (OSError, PermissionError) as error:
        return type(error).__name__
print(json.dumps({
    "told": told, "uid": os.getuid(), "environ": sorted(os.environ), "groups": os.getgroups(),
    "connect": attempt(lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=2)),
    "write": attempt(lambda: open(sys.argv[2], "wb").write(b"x")),
    "program": attempt(lambda: os.execv("/bin/true", ["true"])), "socket": attempt(socket.socket),
    "given": attempt(lambda: open(sys.argv[4]).read()), "beside": attempt(lambda: open("/etc/hostname").read()),
    "listed": attempt(lambda: os.listdir("/")), "signal": attempt(lambda: os.kill(os.getppid(), 0)),
    "fork": attempt(os.fork), "root": attempt(lambda: os.setuid(0)),
    "secret": attempt(lambda: open(sys.argv[3]).read()),
    "limits": [resource.getrlimit(one)[1] for one in (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_FSIZE)],
}))
"""


def probed(folder, how="as it is", user=None):
    """What a process that closed itself in could do, as that user, with namespaces or without."""
    import socket

    secret, given = folder / "token.key", folder / "given"
    for each, mode in ((secret, 0o600), (given, 0o644)):
        each.write_text("key")
        each.chmod(mode)
    folder.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = subprocess.run(
            [sys.executable, "-P", "-s", "-c", PROBE, str(listening.getsockname()[1]), str(folder / "out"), str(secret), str(given), how],
            env=process._environment("csv"), cwd="/", capture_output=True, text=True, check=True, user=user, group=user)
    return json.loads(done.stdout)


@pytest.fixture
def open_folder():
    """A folder that every user can cross, as the folders of pytest cannot."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        yield Path(name)


@pytest.mark.parametrize("how", ["as it is", "no namespaces"])
@pytest.mark.parametrize("user", [None, pwd.getpwnam("nobody").pw_uid] if os.geteuid() == 0 else [None])
def test_as_whoever_it_runs_the_reader_reaches_its_own_file_and_nothing_else(open_folder, how, user):
    """Where the kernel gives no namespace of users or networks, the closed calls keep the network away all the same."""
    found = probed(open_folder, how, user)
    assert found["told"]["files_closed"] and found["told"]["calls_closed"] and found["told"]["network_closed"]
    assert found["given"] == "done"
    refused = ("connect", "socket", "program", "fork", "write", "secret", "beside", "listed", "signal")
    assert {name: found[name] for name in refused} == dict.fromkeys(refused, "PermissionError")


def test_each_door_is_shut_by_its_own_guard(open_folder, monkeypatch):
    """Without the list of files or of calls the probe reaches what it should not: the test above is not idle."""
    for guard, reached in (("files", ("beside", "listed")), ("calls", ("program",))):
        idle = PROBE.replace("told = ", f"closing.{guard} = lambda *given, **more: False\ntold = ")
        if guard == "calls":
            idle = idle.replace('"program": attempt(lambda: os.execv("/bin/true", ["true"])), "socket"', '"socket"')
            reached = ("socket",)
        monkeypatch.setitem(globals(), "PROBE", idle)
        found = probed(open_folder)
        monkeypatch.undo()
        assert [found[name] for name in reached] == ["done"] * len(reached), guard


WRITING = """
import json, sys
from sitereg.imports.readers import closing, isolated
import os
isolated.lock_down((), into=sys.argv[1], most_bytes=1000)
def attempt(act):
    try:
        act()
        return "done"
    except OSError as error:
        return type(error).__name__
def wrote(path, size=10):
    with open(path, "wb", buffering=0) as out:
        out.write(b"x" * size)
        out.write(b"x")
here, beside = sys.argv[1] + "/made", sys.argv[2]
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
print(json.dumps({"here": attempt(lambda: wrote(here)), "again": attempt(lambda: open(here).read()), "long": attempt(lambda: wrote(here, 1000)),
    "beside": attempt(lambda: wrote(beside)), "link": attempt(lambda: os.symlink("/etc/hostname", sys.argv[1] + "/link")),
    "folder": attempt(lambda: os.mkdir(sys.argv[1] + "/more")), "run": attempt(lambda: os.execv(here, ["made"]))}))
"""


def test_a_reader_that_makes_a_file_makes_it_in_its_folder_and_nowhere_else(tmp_path):
    """Plain files of so many bytes; beside it, in a folder that everybody may write, none; no link, no folder, nothing that runs."""
    with documents.room() as room:
        into, beside = room / "made", room / "beside"
        into.mkdir(mode=0o777)
        beside.mkdir()
        for one in (room, into, beside):
            one.chmod(0o777)
        done = subprocess.run([sys.executable, "-P", "-c", WRITING, str(into), str(beside / "file")], capture_output=True, text=True,
                              env=process._environment("raster"), timeout=60)
    found = json.loads(done.stdout)
    assert [found[name] for name in ("here", "again")] == ["done", "done"], done.stderr
    assert found["long"] == "OSError"
    assert "done" not in [found[name] for name in ("beside", "link", "folder", "run")], found


def test_the_reader_has_no_network_no_rights_no_secrets_and_limits(open_folder):
    found = probed(open_folder)
    assert set(found["environ"]) - {"LC_CTYPE"} == {"PATH", "LANG", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE",
                                                    "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"}
    assert found["limits"] == [300, 2 * 2**30, 0]
    if os.geteuid() == 0:
        assert found["told"]["user"] == "nobody" and found["uid"] != 0 and found["groups"] == []
        assert found["root"] == found["secret"] == "PermissionError"
        assert found["told"]["network_closed"] or not os.path.exists("/proc/self/ns/net")


def test_the_environment_of_the_reader_names_no_driver_but_its_own(monkeypatch):
    monkeypatch.setenv("SITEREG_DATABASE_URL", "postgresql://secret@host/x")
    monkeypatch.setenv("PGPASSWORD", "secret")
    kept = process._environment("shapefile")
    assert "secret" not in str(kept) and not [name for name in kept if name.startswith(("SITEREG", "PG"))]
    assert "ESRI Shapefile" not in kept["GDAL_SKIP"] and {"OGR_VRT", "WFS", "GDALG"} <= set(kept["GDAL_SKIP"].split(","))
    assert set(kept["GDAL_SKIP"].split(",")) >= set(pyogrio.list_drivers()) - {"ESRI Shapefile"}
    assert "GDAL_SKIP" not in process._environment("csv")


def test_the_asking_process_loads_no_frames():
    code = ("import sys; from sitereg.imports.readers import process; process._environment('shapefile');"
            "print({'pyogrio', 'pandas', 'numpy'} & set(sys.modules))")
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"


OPEN = """
import sys
from pathlib import Path
from sitereg.imports.readers import Unreadable, shapefile
try:
    shapefile._open("x", Path(sys.argv[1]), {"encoding": "utf-8"})
    print("opened")
except Unreadable as error:
    print(error.code, error.what)
"""


def test_a_virtual_dataset_under_a_shapefiles_name_is_no_driver_of_the_reader(tmp_path):
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    (tmp_path / "x.shp").write_text('<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>'
                                    f'{tmp_path}/secret.csv</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>')
    with_list = process._environment("shapefile")
    for env, said in ((with_list, "unreadable The layer x is damaged"),
                      ({**with_list, "GDAL_SKIP": "GPX"}, "reader Other drivers than the shapefile's are open")):
        done = subprocess.run([sys.executable, "-P", "-s", "-c", OPEN, str(tmp_path / "x.shp")], env=env, cwd="/",
                              capture_output=True, text=True, check=True)
        assert done.stdout.startswith(said), (done.stdout, done.stderr)


def test_a_reader_that_dies_is_a_file_that_cannot_be_read(monkeypatch):
    monkeypatch.setattr(process, "_feed", lambda child, job: child.kill())
    with documents.room() as room, pytest.raises(BadInput) as refusal:
        process.read(documents.stage(FILES / "clean.csv", room).files, room, format="csv", encoding="utf-8")
    assert refusal.value.code == "reader_ended" and "SIGKILL" in str(refusal.value)


def test_what_the_reader_hands_over_is_bounded(monkeypatch):
    monkeypatch.setattr(process, "MOST_OUTPUT", 100)
    with documents.room() as room, pytest.raises(BadInput) as refusal:
        process.read(documents.stage(FILES / "clean.csv", room).files, room, format="csv", encoding="utf-8")
    assert refusal.value.code == "too_large"


def test_a_cell_of_ten_megabytes_is_refused_within_bounds(tmp_path):
    big = tmp_path / "big.csv"
    big.write_bytes(b"id,name\n1," + b"x" * 10_000_000 + b"\n")
    with documents.room() as room, pytest.raises(BadInput, match="longer than"):
        process.read(documents.stage(big, room).files, room, format="csv", encoding="utf-8")


def test_links_and_empty_folders_are_refused(tmp_path):
    (tmp_path / "room").mkdir()
    folder = tmp_path / "given"
    folder.mkdir()
    with pytest.raises(BadInput, match="empty"):
        documents.stage(folder, tmp_path / "room")
    (folder / "link").symlink_to("/etc/passwd")
    with pytest.raises(BadInput, match="link"):
        documents.stage(folder, tmp_path / "room")
    with pytest.raises(BadInput, match="no such"):
        documents.stage(tmp_path / "nothing", tmp_path / "room")
