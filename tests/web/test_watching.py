"""What the log and the counts tell: routes, statuses and times; no name, place, token or address, and nothing of hidden rows."""
import json
import logging
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace

import pytest

from sitereg import logbook
from sitereg.errors import BadInput
from sitereg.settings import Settings
from tests.web.registry import SPOT

pytestmark = pytest.mark.db


@pytest.fixture
def lines(house):
    """What a process would have written, as lines of JSON."""
    held = []

    class Held(logging.Handler):
        def emit(self, record):
            held.append(logbook.Lines().format(record))

    handler, rooms = Held(), [logging.getLogger(name) for name in ("sitereg", "web")]
    before = [one.level for one in rooms]
    for one in rooms:
        one.addHandler(handler)
        one.setLevel(logging.INFO)
    yield held
    for one, level in zip(rooms, before, strict=True):
        one.removeHandler(handler)
        one.setLevel(level)


def test_a_request_leaves_one_line_with_its_route_and_number(house, lines):
    visitor = house.visitor("worker")
    lines.clear()
    code = house.sites["grave"]["code"]
    answer = visitor.get(f"/sites/{code}")
    told = [json.loads(one) for one in lines]
    assert [(one["said"], one["route"], one["method"], one["status"]) for one in told] == [("request", "/sites/<code:code>", "GET", 200)]
    assert told[0]["request"] == answer.headers["X-Request-Id"]
    assert isinstance(told[0]["ms"], int)


def test_no_line_tells_who_what_or_where(house, lines):
    visitor = house.visitor("worker")
    code = house.sites["grave"]["code"]
    lon, lat = SPOT
    for path in (f"/sites/{code}", f"/tiles/sites/14/{int((lon + 180) / 360 * 2**14)}/6500.mvt", f"/sites?box={lon},{lat},37,34",
                 "/nothing/like/this?who=maria", "/api/frames/sites?as=csv"):
        visitor.client.get(path, headers={"Authorization": "Bearer sr_secret.words"})
    visitor.search("سجن")
    said = "\n".join(lines)
    assert len(lines) >= 7
    for secret in (code, str(lon), str(lat), "6500", "worker", "test.invalid", "maria", "nothing", "سجن", "secret", "127.0.0.1"):
        assert secret not in said, secret


def test_the_door_of_partners_leaves_no_moment(house, lines):
    stranger = house.visitor("worker")
    lines.clear()
    for path in ("/door", "/door/enter", "/door/new", "/door/0f7c2a54-0000-4000-8000-000000000000/parts"):
        stranger.client.get(path)
    assert lines == []
    stranger.client.get("/sites")
    assert len(lines) == 1


def test_hidden_and_absent_leave_the_same_line(house, lines):
    visitor = house.visitor("viewer")
    for code in (house.sites["secret"]["code"], "SYS-222222-2"):
        visitor.client.get(f"/sites/{code}")
    same = [{name: value for name, value in json.loads(one).items() if name not in ("at", "ms", "request")} for one in lines[-2:]]
    assert same[0] == same[1]


def test_a_failure_tells_its_class_and_our_lines_and_none_of_its_words(house, lines):
    def fails():
        raise ValueError(f"the row of Maria at {SPOT}")

    view, house.app.testing = house.app.view_functions["security.login"], False
    house.app.view_functions["security.login"] = fails
    try:
        assert house.app.test_client().get("/sign-in").status_code == 500
    finally:
        house.app.view_functions["security.login"], house.app.testing = view, True
    told = [json.loads(one) for one in lines]
    assert {one["level"] for one in told} == {"error", "info"}
    assert told[0]["error"] == "ValueError"
    assert told[0]["request"] == told[1]["request"]
    assert "Maria" not in "".join(lines)


def test_words_of_libraries_lose_what_was_put_into_them():
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "x", 1, "Error handling request %s", ("/sites/SYS-K7F49M-3",), None)
    assert json.loads(logbook.Lines().format(record))["said"] == "Error handling request %s"
    try:
        json.loads("Maria {")
    except ValueError:
        record.exc_info = sys.exc_info()
    line = logbook.Lines().format(record)
    assert "Maria" not in line and "JSONDecodeError" in line


@pytest.mark.parametrize("said", ["0.0.0.0:9108", "10.0.0.5:9108", "127.0.0.1", "sites.example.org:9108", "127.0.0.1:99999"])
def test_counts_are_told_on_this_machine_alone(said):
    with pytest.raises(BadInput, match="SITEREG_METRICS"):
        Settings.from_env({"SITEREG_METRICS": said, "HOME": "/tmp"})


def port():
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def asked(address, path, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(f"http://{address}{path}", headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


PROGRAM = """
import sys
from dataclasses import replace
from pathlib import Path
from sitereg.cli.webserver import Server
from sitereg.settings import Settings
settings = replace(Settings.at(Path(sys.argv[1])), database=sys.argv[2], port=int(sys.argv[3]), metrics=("127.0.0.1", int(sys.argv[4])))
sys.argv = sys.argv[:1]
Server(settings, 2).run()
"""


def test_the_real_server_logs_lines_and_counts_over_its_processes(house, tmp_path):
    web, counts = port(), port()
    log = tmp_path / "log"
    with log.open("wb") as out:
        child = subprocess.Popen([sys.executable, "-c", PROGRAM, str(house.settings.home), house.settings.database, str(web), str(counts)],
                                 stdout=out, stderr=out, env={**os.environ, "PYTHONUNBUFFERED": "1", "XDG_RUNTIME_DIR": str(tmp_path)})
    try:
        for _ in range(300):
            try:
                if asked(f"127.0.0.1:{web}", "/sign-in", Host="localhost")[0] == 200:
                    break
            except OSError:
                time.sleep(0.1)
        for path in ("/sites/SYS-K7F49M-3?who=maria", "/tiles/sites/9/304/203.mvt", "/nowhere/at/all", "/door", "/door/enter"):
            asked(f"127.0.0.1:{web}", path, Host="localhost")
        assert asked(f"127.0.0.1:{web}", "/metrics", Host="localhost")[0] == 404
        status, told = asked(f"127.0.0.1:{counts}", "/metrics")
        made = [one.name for one in tmp_path.iterdir()]
    finally:
        child.terminate()
        child.wait(30)
    assert status == 200 and made == ["log"], "no socket that steers the server"
    assert 'sitereg_requests_total{method="GET",route="/sign-in",status="2xx"}' in told
    assert 'route="-"' in told and "sitereg_free_bytes" in told and "sitereg_request_seconds_bucket" in told
    said = told + log.read_text()
    for secret in ("K7F49M", "maria", "304/203", "/304", "nowhere", "door", str(house.settings.home)):  # 304 alone is among so many numbers
        assert secret not in said.replace('duty="door"', ""), secret
    assert all(json.loads(line)["at"] for line in log.read_text().splitlines())


def test_nobody_counts_where_nobody_measures(house):
    assert replace(house.settings).metrics is None
    assert not (house.settings.state / "metrics").exists() or os.environ.get("PROMETHEUS_MULTIPROC_DIR") is None
