"""The intake desk: a large synthetic list imported by the keeper, from its upload on, while somebody else looks at the map.

    python -m bench.desk --rows 100000

Three processes beside this one, as in a registry that serves: the web, the keeper, the database. This one uploads, and looks at the
map every half second before the import and while it runs.
"""
import argparse
import http.cookiejar
import multiprocessing
import re
import tempfile
import time
import urllib.parse
import urllib.request
from dataclasses import replace
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from bench.ground import WORKER, Ground, ground
from bench.importing import PROFILE, written
from bench.measure import Table, Timing, cpu_seconds
from sitereg import imports, keeper
from sitereg.imports import arrivals, profile, spool
from sitereg.store import credentials, people, session
from web import create_app

SAID = {"source_type": "dataset", "source_label": "Made-up places", "reliability": "B", "reason": "made up for a benchmark",
        "uncertainty_m": "250", "partner": "Benchmark", "terms": "Made up; free for all", "uses": ["analysis"],
        "consent": "not_applicable", "tier": "1", "kind": "checkpoint", "name": "bench_desk"}
PASSWORD = "said-to-nobody-but-this-benchmark"  # noqa: S105
ASKED = ("/", "/tiles/sites/7/77/51.mvt", "/tiles/sites/9/308/205.mvt", "/tiles/sites/11/1234/821.mvt")
EVERY = 0.5  # seconds between two looks at the map
FEW = 3_000  # sites that stand before
APART = multiprocessing.get_context("fork")

__all__ = ["run"]


class Quiet(WSGIRequestHandler):
    """No access log."""

    def log_request(self, *_given):
        pass


def run(rows=100_000, *, keep=True):
    """The table: the map alone, the map during the import, and the import from its start in the line to its commit."""
    table = Table("desk", "A large list on the intake desk", {"made-up rows": rows, "sites before": FEW})
    with ground() as made, tempfile.TemporaryDirectory() as folder:
        settings = replace(made.settings, second_factor=())
        with made.dba() as raw:
            people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="bench")
            credentials.accept(raw, account=WORKER.account, email="bench@test.invalid", password=PASSWORD)
        told = Path(folder) / "bench_sites.toml"
        told.write_text(PROFILE)
        with made.acting() as opened:
            imports.run(opened, written(Path(folder) / "few.csv", FEW, seed=3), profile=profile.load(told))
        once = arrived(settings, written(Path(folder) / "synthetic.csv", rows))
        session.close()
        ports = APART.Queue()
        served = APART.Process(target=serve, args=(settings, ports), daemon=True)
        served.start()
        with_map(table, Ground(settings), once, f"http://127.0.0.1:{ports.get(timeout=60)}", rows)
        served.terminate()
    return table.finish(keep=keep)


def arrived(settings, path):
    """The file on the desk, mapped; answers its number."""
    arriving = spool.Arriving(settings)
    with path.open("rb") as file:
        while block := file.read(2**16):
            arriving.write(block)
    with session.acting(settings, WORKER) as opened:
        once = arrivals.take(opened, arriving, "synthetic.csv")
        held = arrivals.shown(opened, once)
        held["choices"] |= SAID
        held["choices"]["fields"] |= {"kind": "verbatim"}
        arrivals.save(opened, once, held)
    return once


def serve(settings, ports):
    """The web, in a process of its own."""
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True, request_handler=Quiet)
    ports.put(server.server_port)
    server.serve_forever()


def work(settings):
    """The keeper, in a process of its own, for one round of the line."""
    while not keeper.work_one(settings):
        time.sleep(0.1)


def with_map(table, made, once, url, rows):
    browser = signed_in(url)
    ask(browser, url, 3)
    alone = [one for _round in range(20) for one in ask(browser, url, 1)]
    with made.acting() as opened:
        job = arrivals.start(opened, once, arrivals.shown(opened, once), dry_run=False)
    session.close()
    working = APART.Process(target=work, args=(made.settings,))
    working.start()
    began, cpu, beside, steps = time.perf_counter(), 0.0, [], []
    while working.is_alive():
        beside += ask(browser, url, 1)
        cpu = max(cpu, cpu_seconds(working.pid))
        with made.dba() as raw:
            steps.append(raw.execute("select progress->>'step', progress->>'done' from reg.job where id = %s", [job]).fetchone())
        time.sleep(EVERY)
    took = time.perf_counter() - began
    with made.dba() as raw:
        state, result, error = raw.execute("select state, result, error from reg.job where id = %s", [job]).fetchone()
    assert state == "done" and result["rows_in"] == rows, (state, error)
    assert len({one for one in steps if one}) > min(5, rows // 2000), "the work tells how far it is"
    table.add(f"import of {rows:,} rows, {result['claims']:,} claims, by the keeper", Timing([took], cpu, 0), target="< 300 s",
              met=took < 300, beside=f"{rows / took:,.0f} rows/s")
    for what in ASKED:
        quiet, busy = (Timing([seconds for path, seconds in told if path == what], 0, 0) for told in (alone, beside))
        name = "the page of the map" if what == "/" else f"tile z{what.split('/')[3]}"
        table.add(f"{name}, alone", quiet, beside=f"p95 {quiet.p95 * 1000:,.0f} ms")
        table.add(f"{name}, during the import", busy, ratio=busy.median / quiet.median, beside=f"p95 {busy.p95 * 1000:,.0f} ms")


def ask(browser, url, times):
    """[(path, seconds)] of so many looks at the map."""
    told = []
    for _round in range(times):
        for path in ASKED:
            began = time.perf_counter()
            browser.open(url + path, timeout=120).read()
            told.append((path, time.perf_counter() - began))
    return told


def signed_in(url):
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = browser.open(f"{url}/sign-in").read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    form = urllib.parse.urlencode({"email": "bench@test.invalid", "password": PASSWORD, "csrf_token": token}).encode()
    browser.open(f"{url}/sign-in", form).read()
    return browser


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=100_000, help="made-up rows")
    run(asked.parse_args().rows)


if __name__ == "__main__":
    main()
