"""up, status and down as a person uses them: real processes, a home of their own, nothing left behind."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from sitereg.cli import server
from sitereg.errors import Refused
from sitereg.settings import Settings
from sitereg.store import cluster

pytestmark = pytest.mark.db
SITEREG = [sys.executable, "-m", "sitereg.cli"]


@pytest.fixture
def home():
    """A folder whose registry is stopped and removed after the test."""
    folder = Path(tempfile.mkdtemp(prefix="sr-"))
    folder.chmod(0o711)
    yield folder / "home"
    subprocess.run([*SITEREG, "down"], env={**os.environ, "SITEREG_HOME": str(folder / "home")}, check=False,
                   capture_output=True)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def stopped():
    """A home whose registry was made and stopped, never started again: what a test of starting begins with, copied."""
    folder = Path(tempfile.mkdtemp(prefix="sr-"))
    folder.chmod(0o711)
    around = {**os.environ, "SITEREG_HOME": str(folder / "home")}
    subprocess.run([*SITEREG, "up", "--database-only"], env=around, check=True, capture_output=True)
    subprocess.run([*SITEREG, "down"], env=around, check=True, capture_output=True)
    yield folder / "home"
    shutil.rmtree(folder)


@pytest.fixture
def made(stopped, home):
    """The home of the test holds a registry that does not run."""
    subprocess.run(["cp", "-a", str(stopped), str(home)], check=True)
    return home


@pytest.fixture
def environment(home):
    """The environment of a registry in `home` whose web has a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SITEREG_")}
    return {**kept, "SITEREG_HOME": str(home), "SITEREG_LISTEN": f"127.0.0.1:{port}"}


@pytest.fixture
def sitereg(environment):
    """Runs `sitereg` with those words in that home; answers the finished process."""
    return lambda *words: subprocess.run([*SITEREG, *words], env=environment, capture_output=True, text=True,
                                         check=False, timeout=240)


def processes_of(home):
    """The command lines of living processes that name `home`."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            around = (place / "environ").read_bytes()
        except OSError:
            continue
        if place.name != str(os.getpid()) and words and (str(home) in words or str(home).encode() in around):
            found.append(words)
    return found


def left(home):
    """The command lines that still name `home` when what ends has had its time: a busy machine takes some for that."""
    deadline = time.monotonic() + 10
    while (found := processes_of(home)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def listening(port):
    """The local addresses, in hex, on which somebody listens at `port`."""
    rows = [line.split() for table in ("tcp", "tcp6") if Path("/proc/net", table).exists()
            for line in Path("/proc/net", table).read_text().splitlines()[1:]]
    places = [row[1].rpartition(":") for row in rows if row[3] == "0A"]
    return {address for address, _, number in places if int(number, 16) == port}


def test_the_database_alone_comes_up_twice_and_goes_down(sitereg, home):
    assert sitereg("status", "--json").returncode == 2
    first = sitereg("up", "--database-only")
    assert first.returncode == 0, first.stderr
    said = sitereg("status", "--json")
    answer = json.loads(said.stdout)
    assert (said.returncode, answer["database"]["state"], answer["web"]["state"]) == (2, "running", "stopped")
    assert answer["database"]["socket"] == str(home / "run")
    assert sitereg("status", "--part", "database").returncode == 0
    assert sitereg("status", "--part", "keeper").returncode == 2
    assert answer["recovery_key"] == str(home / "recovery-key.txt") and "carry it out of the house" in first.stdout
    (home / "recovery-key.txt").unlink()
    again = sitereg("up", "--database-only")
    assert again.returncode == 0 and "running already" in again.stderr and "schema:" in first.stderr and "schema:" not in again.stderr
    assert json.loads(sitereg("status", "--json").stdout)["recovery_key"] is None and "Vault:" not in again.stdout, "carried out, it is not made again"
    down = sitereg("down")
    assert (down.returncode, "database: stopped" in down.stdout) == (0, True)
    assert processes_of(home) == []
    assert "did not run" in sitereg("down").stdout


def test_in_the_foreground_ctrl_c_stops_all_that_was_started(environment, sitereg, made):
    port = int(environment["SITEREG_LISTEN"].rpartition(":")[2])
    with subprocess.Popen([*SITEREG, "up", "--foreground"], env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as up:
        lines = []
        for line in up.stdout:
            lines.append(line)
            if line.startswith("Ctrl-C"):
                break
        assert f"Ready: http://localhost:{port}\n" in lines, "".join(lines)
        assert sitereg("status").returncode == 0
        assert listening(port) == {"0100007F"}
        keeper = json.loads(sitereg("status", "--json").stdout)["keeper"]
        second = sitereg("up", "--foreground")
        assert second.returncode == 0 and "All of it ran already." in second.stdout
        assert sitereg("upgrade").returncode == 0
        time.sleep(3)
        assert json.loads(sitereg("status", "--json").stdout)["keeper"] == keeper and up.poll() is None
        up.send_signal(signal.SIGINT)
        rest = up.stdout.read()
        assert up.wait(60) == 0, rest
    assert re.findall(r"(\w+): stopped", rest) == ["web", "keeper", "database"]
    assert left(made) == []


def test_what_ran_before_goes_on_after_ctrl_c(environment, sitereg, made):
    assert sitereg("up", "--database-only").returncode == 0
    with subprocess.Popen([*SITEREG, "up", "--foreground", "--database-only"], env=environment,
                          stdout=subprocess.PIPE, text=True) as up:
        said = up.stdout.read()
        assert up.wait(60) == 0
    assert "All of it ran already." in said
    assert cluster.state(Settings.at(made)) == "running"


def test_a_keeper_that_dies_ends_the_foreground(environment, sitereg, made):
    with subprocess.Popen([*SITEREG, "up", "--foreground"], env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as up:
        for line in up.stdout:
            if line.startswith("Ctrl-C"):
                break
        number = json.loads(sitereg("status", "--json").stdout)["keeper"]["pid"]
        os.kill(number, signal.SIGKILL)
        assert up.wait(60) == 3
        assert "The keeper has ended" in up.stderr.read()
    assert left(made) == []


def test_the_demo_does_not_go_into_a_registry(sitereg, home):
    (home / "pgdata").mkdir(parents=True)
    (home / "pgdata" / "PG_VERSION").write_text("15\n")
    said = sitereg("up", "--demo")
    assert said.returncode == 2
    assert "holds a registry" in said.stderr and "SITEREG_HOME" in said.stderr
    assert not (home / "demo").exists()
    shutil.rmtree(home / "pgdata")


def test_a_taken_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(home=tmp_path, run=tmp_path / "run", port=taken.getsockname()[1])
        settings.make_folders()
        with pytest.raises(Refused, match=f"127.0.0.1:{settings.port}"):
            server._free_port(settings)


def test_a_taken_port_is_refused_before_anything_is_started(environment, sitereg, home):
    with socket.create_server(("127.0.0.1", int(environment["SITEREG_LISTEN"].rpartition(":")[2]))):
        said = sitereg("up", "--demo")
    assert said.returncode == 2 and "SITEREG_LISTEN" in said.stderr
    assert [path.name for path in home.iterdir()] == ["up.lock"] and processes_of(home) == []


def test_a_listener_that_does_not_answer_is_not_ready(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings = Settings(home=tmp_path, run=tmp_path / "run", port=mute.getsockname()[1])
        monkeypatch.setattr(http.client.HTTPConnection, "__init__", _impatient)
        assert server._listens(settings)
        assert not server._answers(settings)


def _impatient(self, host, port, timeout, _made=http.client.HTTPConnection.__init__):
    _made(self, host, port, timeout=0.3)


def test_the_sql_for_an_administrator_is_printed(sitereg):
    said = sitereg("install", "--print")
    assert said.returncode == 0
    assert "create extension if not exists postgis" in said.stdout
