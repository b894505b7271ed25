"""Load: 12,000 sites, 200,000 last-known places, policies on, the real web and keeper, all on two cores.

    python -m bench.load --minutes 30 --write  what docs/operations.md tells; installs locust in a venv of its own if need be
    python -m bench.load --minutes 1 --storm 20 --sites 2000 --events 5000

Signed-in people of tiers 1 and 2 ask by the clock, whether or not earlier answers came (bench/load_locust.py): boxes as GeoJSON,
tiles, suggestions as one types, status writes at the version seen; the keeper imports 10,000 rows twice. Then ten times as much,
then as before.
Everything is written as it comes to bench/results/load.lines and load.json; what it made of processes and files ends with it.
"""
import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import venv
from dataclasses import replace
from pathlib import Path

import psycopg

from bench import load_docs, measure
from bench.desk import PROFILE, SAID, written
from bench.ground import WORKER, points
from bench.load_table import told
from bench.serving import AGENT, served
from bench.tiles import tile
from sitereg import imports
from sitereg.cli import processes
from sitereg.imports import arrivals, profile, spool
from sitereg.store import session

VENV = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sitereg-bench-locust"
RATES = {"bbox": 50, "tile": 60, "search": 20, "write": 20, "page": 0.5}
ZOOMS = {6: 1, 7: 2, 8: 3, 9: 4, 10: 4, 11: 4, 12: 4, 13: 4, 14: 2}
DAY = "2026-01-10"
STEPS = [("protection", {"to": "unprotected", "reason": "Seen from the road", "observed_on": DAY}),
         ("measures", {"kind": "perimeter_fence", "state": "planned", "reason": "Agreed on site"}),
         ("protection", {"to": "measures_planned", "reason": "A fence is planned", "observed_on": DAY}),
         ("measures", {"kind": "signage", "state": "active", "reason": "Put up today"}),
         ("protection", {"to": "partially_protected", "reason": "Signs stand", "observed_on": DAY}),
         *[("measures", {"kind": "signage", "state": "active", "reason": "One more"})] * 4]
OPERATIONS = Path(__file__).resolve().parent.parent / "docs" / "operations.md"
ROWS, AFTER, EVERY = 10_000, 40, 5  # rows of an import; seconds asked as before after the storm, and between two looks

__all__ = ["run"]


def run(minutes=30.0, *, storm=60, sites=12_000, events=200_000, rows=ROWS, keep=True, write=False):
    """The Table of so many minutes and of `storm` seconds at ten times the rates; each row's line of access.md met or not.

    write: docs/operations.md holds it in place of what it held.
    """
    install()
    results = measure.RESULTS if keep else Path(tempfile.mkdtemp())
    results.mkdir(exist_ok=True)
    lines = results / "load.lines"
    lines.unlink(missing_ok=True)
    table = measure.Table("load", f"{minutes:g} minutes of mixed load, then ten times as much",
                          {"sites": sites, "last-known places": events})
    with served(sites, events, say=say) as house, tempfile.TemporaryDirectory() as folder:
        known(house, Path(folder))
        phases = [{"name": "load", "seconds": minutes * 60, "rates": RATES},
                  {"name": "storm", "seconds": storm, "rates": {name: 10 * rate for name, rate in RATES.items()}},
                  {"name": "after", "seconds": AFTER, "rates": RATES}]
        plan = Path(folder) / "plan.json"
        plan.write_text(json.dumps(planned(house, phases)))
        with (results / "load.said").open("wb") as words:
            asking = subprocess.Popen(
                [VENV / "bin" / "python", "-m", "locust", "-f", Path(__file__).with_name("load_locust.py"), "--headless", "-u", "1",
                 "--loglevel", "ERROR", "--only-summary"], stdout=words, stderr=words,
                env={**os.environ, "LOAD_PLAN": str(plan), "LOAD_LINES": str(lines)})
        try:
            looks = watched(house, asking, phases, minutes * 60, rows, Path(folder), results)
        finally:
            if asking.poll() is None:
                asking.terminate()
                asking.wait(30)
        if not lines.exists():
            raise RuntimeError(f"the askers could not begin: {(results / 'load.said').read_text()[-1500:]}")
    told(table, lines, phases, looks)
    table.finish(keep=keep)
    if write:
        load_docs.write(table, OPERATIONS)
    return table


def say(*words, **_more):
    print(*words, file=sys.stderr, flush=True)


def install():
    """locust stands in a venv of its own: it is no part of sitereg."""
    if (VENV / "bin" / "locust").exists():
        return
    say("installing locust in a venv of its own")
    venv.create(VENV, with_pip=True)
    subprocess.run([VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "locust"], check=True)


def known(house, folder):
    """The profile of the imported lists is known to the registry, by a first list of ten rows."""
    file = folder / "bench_sites.toml"
    file.write_text(PROFILE)
    with house.ground.acting() as opened:
        imports.run(opened, written(folder / "first.csv", 10, seed=9), profile=profile.load(file))
    session.close()


def planned(house, phases, seed=7):
    """What the askers are given: addresses with cookies and tokens for each class, the sites that are written to, the phases."""
    dice = random.Random(seed)
    spots = list(zip(*points(4000), strict=True))
    people = [name for name in house.cookies if "field" in name or "inner" in name]
    maps = [name for name in house.tokens if ".map" in name or ".field" in name]

    def cookie(name):
        return {"Cookie": house.cookies[name], "User-Agent": AGENT}

    def box(lon, lat):
        side = dice.choice((0.02, 0.05, 0.1))
        return f"/ogc/collections/sites/items?bbox={lon - side:.4f},{lat - side:.4f},{lon + side:.4f},{lat + side:.4f}&limit=100"

    def words(name):
        return urllib.parse.urlencode({"q": typed(dice, dice.choice(called)), "csrf_token": house.forms[name]})

    def tiles():
        zoom = dice.choices(list(ZOOMS), list(ZOOMS.values()))[0]
        return "/tiles/sites/{}/{}/{}.mvt".format(*tile(zoom, *dice.choice(spots)))

    with house.ground.dba() as raw:
        sites = raw.execute("select s.code, s.version from reg.site s where s.face = 1 and s.tier <= 1"
                            " and s.protection = 'unassessed' and s.verification = 'suspected' order by md5(s.code)").fetchall()
        called = names(raw)
        codes = [code for (code,) in raw.execute("select code from reg.site where face = 1 order by md5(code) limit 300")]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    asks = {"bbox": [("GET", box(*dice.choice(spots)), {"Authorization": f"Bearer {house.tokens[dice.choice(maps)]}"}, None)
                     for _ in range(3000)],
            "tile": [("GET", tiles(), cookie(dice.choice(people)), None) for _ in range(3000)],
            "search": [("POST", "/search/suggest", {**cookie(name), **form}, words(name)) for name in dice.choices(people, k=600)],
            "page": [("GET", f"/sites/{code}", cookie(dice.choice(people)), None) for code in codes]}
    officers = [{"cookie": house.cookies[name], "agent": AGENT, "form": house.forms[name]}
                for name in house.cookies if "officer" in name]
    return {"url": house.url, "seed": seed, "phases": phases, "asks": asks, "steps": STEPS, "officers": officers,
            "sites": [{"code": code, "version": version, "step": 0} for code, version in sites]}


def names(raw):
    """What is searched for: names of sites, three in four, and of the places that most people live in."""
    sites = raw.execute("select text from reg.site_name where face = 1 order by md5(text) limit 3000").fetchall()
    places = raw.execute("select names->>(case when md5(id::text) < '8' then 'ar' else 'en' end) from reg.place"
                         " order by population desc nulls last limit 1000").fetchall()
    return [text for (text,) in (*sites, *places) if text and len(text) > 3]


def typed(dice, name):
    """The name so far as it was typed, three letters at least; in one of eight two letters changed places."""
    told = name[:dice.randint(3, min(len(name), 24))]
    at = dice.randrange(1, len(told) - 1)
    return told[:at] + told[at + 1] + told[at] + told[at + 2:] if dice.random() < 1 / 8 else told


def watched(house, asking, phases, seconds, rows, folder, results):
    """What was seen while the askers asked: memory and CPU every few seconds, imports of `rows` rows at a third and two thirds."""
    began, looks, imported = time.monotonic(), [], []
    due = [seconds / 3, seconds * 2 / 3] if rows else []
    until = sum(one["seconds"] for one in phases) + 120
    while asking.poll() is None and time.monotonic() - began < until:
        now = time.monotonic() - began
        web, database = house.spent()
        memory = house.memory()
        looks.append({"at": now, "web_s": web, "database_s": database, "web_mb": memory[0], "database_mb": memory[1],
                      "asking_s": measure.cpu_seconds(asking.pid) if asking.poll() is None else None, "load": os.getloadavg()[0]})
        if due and now >= due[0]:
            due.pop(0)
            imported.append({})
            threading.Thread(target=import_one, args=(house, folder, rows, len(imported), began, imported[-1]), daemon=True).start()
        (results / "load.json").write_text(json.dumps({"looks": looks, "imports": imported}))
        if len(looks) % 12 == 1:
            say(f"{now:6.0f} s of {until - 120:.0f}: {memory[0]:.0f} MB web, {memory[1]:.0f} MB database, load " + measure.load())
        with contextlib.suppress(subprocess.TimeoutExpired):
            asking.wait(EVERY)
    return {"looks": looks, "imports": imported}


def import_one(house, folder, rows, number, began, into):
    """A made-up list of `rows` rows is put on the desk and handed to the keeper; `into` tells from when to when that took."""
    file = written(folder / f"list{number}.csv", rows, seed=20 + number)
    settings = replace(house.ground.settings, second_factor=())
    arriving = spool.Arriving(settings)
    arriving.write(file.read_bytes().replace(b"\nB", f"\nL{number}B".encode()))
    with session.acting(settings, WORKER) as opened:
        once = arrivals.take(opened, arriving, f"list{number}.csv")
        held = arrivals.shown(opened, once)
        held["choices"] |= {**SAID, "name": f"bench_load{number}"}
        held["choices"]["fields"] |= {"kind": "verbatim"}
        arrivals.save(opened, once, held)
        job = arrivals.start(opened, once, arrivals.shown(opened, once), dry_run=False)
    into |= {"began": time.monotonic() - began, "rows": rows}
    with contextlib.suppress(psycopg.OperationalError), house.ground.dba() as raw:  # the run may be over before the import is
        while True:
            state, took, error = raw.execute("select state, extract(epoch from ended_at - started_at)::float8, error from reg.job"
                                             " where id = %s", [job]).fetchone()
            if state not in ("queued", "running"):
                break
            time.sleep(0.5)
        into |= {"ended": time.monotonic() - began, "state": state, "seconds": took, "error": error}


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--minutes", type=float, default=30)
    asked.add_argument("--storm", type=float, default=60, help="seconds of ten times as much")
    asked.add_argument("--sites", type=int, default=12_000)
    asked.add_argument("--events", type=int, default=200_000)
    asked.add_argument("--rows", type=int, default=ROWS, help="rows of each of the two imports; 0: none")
    asked.add_argument("--install", action="store_true", help="locust in a venv of its own, and nothing else")
    asked.add_argument("--write", action="store_true", help="docs/operations.md holds the table in place of the last one")
    given = asked.parse_args()
    if given.install:
        return install()
    with processes.signals_stop(), contextlib.suppress(KeyboardInterrupt):
        run(given.minutes, storm=given.storm, sites=given.sites, events=given.events, rows=given.rows, write=given.write)
    return None


if __name__ == "__main__":
    main()
