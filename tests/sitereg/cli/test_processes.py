"""The processes beside the database: one of each name, found while they live, never a stranger by number."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sitereg.cli import processes
from sitereg.errors import Refused, Unavailable
from sitereg.settings import Settings

LIVE = ("import sys, time; from pathlib import Path; from sitereg.cli import processes;"
        "from sitereg.settings import Settings; {before}\n"
        "with processes.running(Settings.at(Path(sys.argv[1])), 'keeper'):\n    time.sleep(60)")
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"


@pytest.fixture
def settings(tmp_path):
    made = Settings.at(tmp_path)
    made.make_folders()
    return made


@pytest.fixture
def live(settings):
    """Starts a process that is the keeper of this home."""
    started = []

    def start(before=""):
        child = subprocess.Popen([sys.executable, "-c", LIVE.format(before=before), str(settings.home)],
                                 start_new_session=True)
        started.append(child)
        deadline = time.monotonic() + 20
        while processes.pid(settings, "keeper") != child.pid:
            assert time.monotonic() < deadline and child.poll() is None
            time.sleep(0.02)
        return child

    yield start
    for child in started:
        child.kill()
        child.wait()


def test_it_is_found_and_stopped(settings, live):
    child = live()
    assert processes.pid(settings, "keeper") == child.pid
    assert processes.pid(settings, "web") is None
    assert processes.stop(settings, "keeper")
    assert child.wait(5) is not None
    assert processes.pid(settings, "keeper") is None
    assert not processes.stop(settings, "keeper")


def test_there_is_one_of_each_name(settings, live):
    live()
    with pytest.raises(Refused, match="runs already"), processes.running(settings, "keeper"):
        pytest.fail("two keepers")


def test_a_file_left_by_a_killed_process_names_nobody(settings, live):
    child = live()
    child.send_signal(signal.SIGKILL)
    child.wait()
    file = settings.state / "keeper.pid"
    assert file.read_text().strip() == str(child.pid)
    file.write_text(f"{os.getpid()}\n")
    assert processes.pid(settings, "keeper") is None
    assert not processes.stop(settings, "keeper")


def test_one_that_does_not_listen_is_killed(settings, live, monkeypatch):
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.5)
    child = live(before=DEAF)
    assert processes.stop(settings, "keeper")
    assert child.wait(5) == -signal.SIGKILL


def test_what_does_not_start_shows_the_end_of_its_log(settings):
    (settings.state / "web.log").write_text("first\nthe port is taken\n")
    child = subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"])
    with pytest.raises(Unavailable, match="the port is taken"):
        processes.wait_until(lambda: False, child, settings, "web")


def test_what_dies_as_it_starts_has_not_started(settings):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.4)"])
    with pytest.raises(Unavailable, match="did not start"):
        processes.wait_until(lambda: True, child, settings, "keeper")


def test_a_process_waits_for_whoever_only_asks(settings):
    """Asking for the pid holds the lock for a moment: a process that starts just then must not give up."""
    code = ("import fcntl, sys, time; file = open(sys.argv[1], 'a+');"
            "fcntl.flock(file, fcntl.LOCK_SH); print(1, flush=True); time.sleep(0.3)")
    asking = subprocess.Popen([sys.executable, "-c", code, str(settings.state / "web.pid")],
                              stdout=subprocess.PIPE)
    assert asking.stdout.readline()
    with processes.running(settings, "web"):
        assert Path(settings.state / "web.pid").read_text() == f"{os.getpid()}\n"
    asking.wait()
