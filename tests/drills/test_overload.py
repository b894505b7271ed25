"""Ten times as many as the web can take: those inside are answered, the others told within a second, and ten seconds later all is
as before. With the real server and its processes."""
import http.client
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing

import pytest

from tests.drills.table import drilled
from tests.web.conftest import house
from tests.web.test_watching import PROGRAM, port

pytestmark = pytest.mark.db
__all__ = ["house"]  # the fixture
AT_WORK = 16  # two processes of eight


@pytest.fixture(scope="module")
def served(house, tmp_path_factory):
    """The port of the real server over the small registry, and a cookie of somebody who sits there."""
    web = port()
    log = tmp_path_factory.mktemp("overload") / "log"
    with log.open("wb") as out:
        child = subprocess.Popen([sys.executable, "-c", PROGRAM, str(house.settings.home), house.settings.database, str(web), str(port())],
                                 stdout=out, stderr=out, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    visitor = house.visitor("worker")
    visitor.get("/me")
    cookie = "; ".join(f"{one.key}={one.value}" for one in visitor.client._cookies.values())
    for _ in range(400):
        try:
            if ask(web, cookie, "/sites")[0] == 200:
                break
        except OSError:
            time.sleep(0.1)
    yield web, cookie
    child.terminate()
    child.wait(30)


def ask(web, cookie, path, seconds=30):
    """(status, seconds until it was there)."""
    began = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", web, timeout=seconds)) as connection:
        connection.request("GET", path, headers={"Host": "localhost", "Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.monotonic() - began


def storm(web, cookie, many, seconds):
    """So many ask one after another for so long; (status, seconds) of each."""
    told, until = [], time.monotonic() + seconds

    def go_on():
        while time.monotonic() < until:
            told.append(ask(web, cookie, "/sites"))

    threads = [threading.Thread(target=go_on) for _ in range(many)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(seconds + 60)
    return told


def one_storm(served, seconds):
    web, cookie = served
    assert ask(web, cookie, "/sites")[0] == 200
    told = storm(web, cookie, 10 * AT_WORK, seconds)
    counted = Counter(status for status, _ in told)
    assert set(counted) == {200, 503}, counted
    shed = sorted(took for status, took in told if status == 503)
    time.sleep(1)
    after = sorted(ask(web, cookie, "/sites") for _ in range(10))
    print(f"{len(told)} asked, {counted[200]} answered, {counted[503]} turned away; turned away within {shed[len(shed) // 2]:.2f} s"
          f" (half), {shed[int(len(shed) * 0.99)]:.2f} s (99 %); after it {after[-1][1]:.2f} s at most")
    assert {status for status, _ in after} == {200}
    return counted, shed


def test_ten_times_as_many_are_turned_away_and_it_is_as_before(served):
    one_storm(served, 2)


@pytest.mark.drill
def test_for_a_minute(served):
    with drilled("ten times as many askers (160 at once) for a minute", "no answer but 200 and 503; a second later each of ten was answered") as row:
        for _ in row.rounds(3):
            counted, shed = one_storm(served, 60)
            row.count("answered", counted[200])
            row.count("turned away", counted[503])
            for name, share in (("half of them within", 0.5), ("95 % within", 0.95), ("99 % within", 0.99)):
                row.most(name, shed[int(len(shed) * share)])
            assert shed[int(len(shed) * 0.95)] < 1 + 1  # the askers share these cores
