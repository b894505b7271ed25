"""Our web beside tipg over HTTP: the same tiles and boxes of one cluster, in turns; places near a point beside plain PostGIS.

    python -m bench.peers_web --install        tipg in a venv of its own, then measured
    python -m bench.peers_web --n 12000

tipg has a bare table without access rules, ours signed-in people with them. Equal first: the same codes. CPU is that of the web
that was asked and of the whole cluster together, which does nothing else meanwhile.
"""
import argparse
import contextlib
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import time
import urllib.parse
import venv
from pathlib import Path

from bench import faces_fill
from bench.ground import FIELD, points
from bench.measure import Table, Timing, percentile
from bench.mvt import attributes
from bench.serving import children, cpu_of, free_port, served
from bench.tiles import INSIDE, MIX, chosen

VENV = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sitereg-bench-tipg"
ABSENT = "tipg is not here (python -m bench.peers_web --install)"
ASKED = "load.field0", "load.map0"  # by cookie, by token
NEAR = """
  select code, st_distance(geom::geography, p.at) as d from bench.bare,
    (select st_setsrid(st_makepoint(%(lon)s, %(lat)s), 4326)::geography as at) p
  where st_dwithin(geom::geography, p.at, %(m)s) order by 2, 1 limit 100"""
KM = 10

__all__ = ["run"]


def run(n=12_000, *, repeats=3, keep=True):
    """The Table for n sites: tiles, boxes, places near a point."""
    table = Table("peers_web", "Over HTTP, beside tipg without access rules", {"sites": n})
    with served(n, 0, say=say, durable=False, keeping=False, fill=bare) as house:
        near(table, house, repeats)
        if not (VENV / "bin" / "uvicorn").exists():
            table.note(ABSENT)
            return table.finish(keep=keep)
        with tipg(house) as peer:
            tiles(table, house, peer, n, repeats)
            boxes(table, house, peer, n, repeats)
    return table.finish(keep=keep)


def say(*words, **_more):
    print(*words, file=sys.stderr, flush=True)


def bare(made, n, _events, _say):
    """n sites with exact places in face 1 and the same as a bare table, with what its peers use: keys and indexes."""
    with made.dba() as raw:
        faces_fill.sites(raw, n)
        raw.execute("alter table bench.bare add primary key (id)")
        raw.execute("create index on bench.bare using gist((geom::geography))")
        raw.execute("vacuum analyze")


@contextlib.contextmanager
def tipg(house):
    """(address, process) of tipg over the bare table while the block runs."""
    settings, port = house.ground.settings, free_port()
    url = f"postgresql://{settings.superuser}@{urllib.parse.quote(str(settings.run), safe='')}:5432/{settings.database}"
    asked = {**os.environ, "DATABASE_URL": url, "TIPG_DB_SCHEMAS": '["bench"]', "TIPG_DB_APPLICATION_SCHEMA": "bench",
             "TIPG_CATALOG_TTL": "3600", "TIPG_TILE_BUFFER": "128", "TIPG_MAX_FEATURES_PER_TILE": "1000000"}
    with subprocess.Popen([VENV / "bin" / "uvicorn", "tipg.main:app", "--port", str(port), "--no-access-log", "--log-level",
                           "warning"], env=asked, stdout=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until and process.poll() is None:
                with contextlib.suppress(OSError):
                    if ask(f"127.0.0.1:{port}", ["/collections/bench.bare"], {})[0][0] == 200:
                        break
                time.sleep(0.2)
            else:
                raise RuntimeError("tipg did not start")
            yield f"127.0.0.1:{port}", process
        finally:
            process.terminate()


def ask(netloc, paths, headers):
    """[(status, body)] of these, one after another on one connection."""
    host, told = http.client.HTTPConnection(netloc, timeout=120), []
    for path in paths:
        host.request("GET", path, headers=headers)
        answer = host.getresponse()
        told.append((answer.status, answer.read()))
    host.close()
    return told


def tiles(table, house, peer, n, repeats):
    """The mix of bench.tiles from both, first compared tile by tile."""
    asked = chosen(list(zip(*points(n), strict=True)), MIX)
    ours = [f"/tiles/sites/{z}/{x}/{y}.mvt" for z, x, y in asked]
    theirs = [f"/collections/bench.bare/tiles/WebMercatorQuad/{z}/{x}/{y}" for z, x, y in asked]

    def same(mine, others):
        with house.ground.dba() as raw:
            for where, (_, one), (_, other) in zip(asked, mine, others, strict=True):
                same_tile(raw, where, one, other)

    turns(table, f"{len(asked)} tiles", (ours, {"Cookie": house.cookies[ASKED[0]]}), theirs, house, peer, repeats, same, target=6)


def same_tile(raw, where, mine, other):
    """The sites that lie inside stand in both: by code (in ours with those of its margin), or in ours as numbers."""
    z, x, y = where
    held = raw.execute(INSIDE, {"z": z, "x": x, "y": y}).fetchone()[0]
    ours, theirs = attributes(mine).get("sites", []), {one["code"] for one in attributes(other).get("default", [])}
    assert len(theirs) >= held, f"tile {where}: {held} sites, {len(theirs)} in tipg's"
    if any("s" in one for one in ours) or z < 9:
        counted = sum(one["n"] for one in ours)
        assert counted == held, f"tile {where}: {counted} in clusters, {held} points"
    else:
        assert theirs <= {one["c"] for one in ours}, f"tile {where}: a site is missing"


def boxes(table, house, peer, n, repeats):
    """Thirty boxes of 0.1 degrees as GeoJSON, up to 1,000 sites each."""
    dice = random.Random(5)
    spots = dice.sample(list(zip(*points(n), strict=True)), 30)
    told = [f"bbox={x - .05:.5f},{y - .05:.5f},{x + .05:.5f},{y + .05:.5f}&limit=1000" for x, y in spots]

    def same(mine, others):
        for one, other in zip(mine, others, strict=True):
            a, b = (sorted(row["properties"]["code"] for row in json.loads(body)["features"]) for _, body in (one, other))
            assert a == b, f"{len(a)} and {len(b)} sites in a box"

    headers = {"Authorization": f"Bearer {house.tokens[ASKED[1]]}"}
    turns(table, "30 boxes", ([f"/ogc/collections/sites/items?{one}" for one in told], headers),
          [f"/collections/bench.bare/items?{one}" for one in told], house, peer, repeats, same)


def turns(table, name, ours, theirs, house, peer, repeats, same, target=None):
    """Both are asked in turns; rows with clock, CPU and their ratio. target: so many times as fast as tipg."""
    netloc = urllib.parse.urlsplit(house.url).netloc
    mine, others = ask(netloc, *ours), ask(peer[0], theirs, {})
    wrong = {status for status, _ in (*mine, *others)} - {200, 204}
    assert not wrong, f"{name}: {wrong}"
    same(mine, others)
    found = {"ours": [], "tipg": []}

    def asked():
        return [peer[1].pid, *children(peer[1].pid)]

    for _ in range(repeats):
        for who, where, paths, headers, pids in (("ours", netloc, *ours, house.workers), ("tipg", peer[0], theirs, {}, asked)):
            before, began = used(pids, house), time.perf_counter()
            ask(where, paths, headers)
            found[who].append((time.perf_counter() - began, used(pids, house) - before))
    many = len(theirs)
    rows = {who: Timing([wall for wall, _ in told], statistics.median(cpu for _, cpu in told), 0) for who, told in found.items()}
    ratio = rows["tipg"].cpu / rows["ours"].cpu
    for who, label in (("tipg", "tipg, bare table"), ("ours", "ours, under access rules")):
        kb = sum(len(body) for _, body in (mine if who == "ours" else others)) / 1000
        judged = target and who == "ours"
        table.add(f"{name}: {label}", rows[who], ratio=ratio if who == "ours" else 1,
                  target=f">= {target} of tipg" if judged else None, met=ratio >= target if judged else None,
                  beside=f"{rows[who].cpu / many * 1000:.1f} ms of CPU and {kb / many:.0f} kB each")


def used(pids, house):
    return sum(map(cpu_of, pids())) + sum(map(cpu_of, house.backends()))


def near(table, house, repeats, many=40):
    """The sites within KM of a point, nearest first: api.sites_near as a tier-1 person, ST_DWithin over the bare table."""
    dice = random.Random(9)
    asked = dice.sample(list(zip(*points(4000), strict=True)), many)
    with house.ground.reading(FIELD) as session, house.ground.dba() as raw:
        session.unhurried()
        pids = session.connection.info.backend_pid, raw.info.backend_pid

        def ours(x, y):
            return [row["code"] for row in session.rows("sites_near", lon=float(x), lat=float(y), km=KM)]

        def theirs(x, y):
            return [code for code, _ in raw.execute(NEAR, {"lon": float(x), "lat": float(y), "m": KM * 1000}).fetchall()]

        for x, y in asked:
            a, b = ours(x, y), theirs(x, y)
            assert len(a) == len(b) == 100 or set(b) <= set(a), f"near {x}, {y}: {len(a)} and {len(b)} sites"
        told = {"ours": [], "plain": []}
        for _ in range(repeats):
            for who, one, pid in (("ours", ours, pids[0]), ("plain", theirs, pids[1])):
                before, each = cpu_of(pid), []
                for x, y in asked:
                    began = time.perf_counter()
                    one(x, y)
                    each.append(time.perf_counter() - began)
                told[who].append((statistics.median(each), percentile(each, 95), (cpu_of(pid) - before) / many))
    rows = {who: Timing([median for median, *_ in held], statistics.median(cpu for *_, cpu in held), 0)
            for who, held in told.items()}
    table.add(f"{KM} km around a point, up to 100: plain ST_DWithin", rows["plain"], unit="ms", ratio=1)
    table.add(f"{KM} km around a point, up to 100: api.sites_near", rows["ours"], unit="ms",
              ratio=rows["ours"].cpu / rows["plain"].cpu,
              beside="ours counts how far off a place may be, and tells labels, kinds, last visits")


def install():
    """tipg stands in a venv of its own: it is no part of sitereg."""
    if not (VENV / "bin" / "python").exists():
        venv.create(VENV, with_pip=True)
    subprocess.run([VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "tipg", "uvicorn"], check=True)


def main():
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    told.add_argument("--n", type=int, default=12_000)
    told.add_argument("--repeats", type=int, default=3)
    told.add_argument("--install", action="store_true", help="install tipg in a venv of its own, then measure")
    given = told.parse_args()
    if given.install:
        install()
    run(given.n, repeats=given.repeats)


if __name__ == "__main__":
    main()
