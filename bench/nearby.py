"""Simple score of nearness and days: joins.best beside what a user would pick instead, on the peers' own generated data.

    python -m bench.nearby --events 100000 --sites 10000
    python -m bench.nearby --install          and the peers of packages that are no part of sitereg, in a venv of their own

The peers are scripts in a folder (SITEREG_BENCH_PEERS, else ../shared/bench/link; without it the job says so and measures ours on
the same kind of data by nobody else). Each runs in a process of its own; CPU seconds are its own and its backend's.
"""
import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import geopandas
import numpy
import pandas
import psycopg

from bench.measure import Table, Timing, timed
from sitereg import joins
from sitereg.store import cluster

PEERS = Path(os.environ.get("SITEREG_BENCH_PEERS") or Path(__file__).resolve().parents[2] / "shared" / "bench" / "link")
VENV = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sitereg-bench-peers"
EXTRA = ("duckdb", "duckdb-extension-spatial", "dask-geopandas", "sedonadb", "geoarrow-pyarrow", "geopandas", "scipy", "pyarrow",
         "psycopg[binary]", "psutil", "scikit-learn", "dask[dataframe]")
REFERENCE = "c1_strtree_bbox"
SLOW, MANY = 20_000, 200_000  # events beyond which the slow peers, and all but the first, are not asked
HERE = {REFERENCE: "STRtree on boxes + numpy, admin units once", "c2_ckdtree": "scipy cKDTree",
        "b_sindex_dwithin": "geopandas sindex.query(dwithin)", "a_gpd_buffer_sjoin": "geopandas buffer + sjoin"}
THERE = {"duckdb_peer.py": "DuckDB spatial", "i_dask_geopandas": "dask-geopandas", "g_sedonadb": "sedonadb"}
DATABASE = {"e4_pg_dedupe": "PostGIS geometry, admin units once", "e_pg_geometry": "PostGIS geometry, ST_DWithin lateral"}

ABSENT = "not here (python -m bench.nearby --install)"

__all__ = ["run"]


def run(events=15_000, sites=10_000, *, peers=None, repeats=3, keep=True):
    """The table: the same pairs as the STRtree peer in the same run, and what each needs."""
    table = Table("nearby", "Simple score: the 20 best sites of each event", {"events": events, "sites": sites})
    folder = Path(peers or PEERS)
    if not (folder / "peers.py").exists():
        table.note(f"The peers are not here: {folder} (SITEREG_BENCH_PEERS).")
        return table.finish(keep=keep)
    with tempfile.TemporaryDirectory() as data:
        surroundings = {**os.environ, "BENCH_DATA": data, "PYTHONDONTWRITEBYTECODE": "1"}
        made = {**surroundings, "N_EVENTS": str(events), "N_SITES": str(sites)}
        subprocess.run([sys.executable, str(folder / "generate.py")], cwd=folder, env=made, check=True, stdout=subprocess.DEVNULL)
        frames, answer = loaded(folder, data, events, sites)
        joins.best(frames[0].iloc[:100], frames[1], periods=frames[2])
        ours, base = [], []
        for _ in range(repeats):  # in turns, so that both meet the same machine
            ours.append(timed(lambda: joins.best(frames[0], frames[1], periods=frames[2])))
            base.append(timed(answer))
        equal(ours[-1].answer, base[-1].answer)
        cpu = [numpy.median([one.cpu for one in many]) for many in (ours, base)]
        table.add(f"joins.best ({len(ours[-1].answer):,} pairs)", joined(ours, cpu[0]), ratio=cpu[0] / cpu[1],
                  target="<= 0.6 of STRtree's CPU", met=bool(cpu[0] <= 0.6 * cpu[1]), beside="the same pairs and scores")
        table.add(HERE[REFERENCE], joined(base, cpu[1]), ratio=1.0)
        for name, row in others(folder, surroundings, events, sites):
            if isinstance(row, str):
                table.note(f"{name}: {row}")
            else:
                table.add(name, Timing([row["wall"]], row["cpu"], row["rss_mb"]), ratio=row["cpu"] / cpu[1],
                          beside=f"{row['rows']:,} pairs")
    return table.finish(keep=keep)


def joined(many, cpu):
    """One Timing of several of one run each."""
    return Timing([one.seconds[0] for one in many], cpu, max(one.peak_mb for one in many))


def loaded(folder, data, events, sites):
    """((events, sites, periods) as sitereg takes them, the STRtree peer as a function) of the same data."""
    os.environ["BENCH_DATA"] = data
    sys.path.insert(0, str(folder))
    try:
        for name in ("common", "peers"):
            sys.modules.pop(name, None)
        spec = importlib.util.spec_from_file_location("peers", folder / "peers.py")
        peers = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(peers)
    finally:
        sys.path.remove(str(folder))
    held = peers.load(events, sites)
    day = [pandas.to_datetime(one.astype("int64"), unit="D") for one in (held.d1, held.d2)]
    frame = geopandas.GeoDataFrame({"uncertainty_m": held.u, "within_m": held.thr, "at_earliest": day[0], "at_latest": day[1]},
                                   geometry=held.eg, crs=32637)
    none, never = held.s > held.e, numpy.datetime64("NaT", "D")
    periods = tuple(numpy.where(none, never, one.astype("int64").astype("datetime64[D]")) for one in (held.s, held.e))
    return (frame, geopandas.GeoDataFrame(geometry=held.sg, crs=32637), periods), lambda: getattr(peers, REFERENCE)(held)


def equal(mine, theirs):
    """The same events, sites and scores in the same order."""
    event, site, score, _ = theirs
    assert len(mine) == len(event), f"{len(mine)} and {len(event)} pairs"
    assert numpy.array_equal(mine["event"], event) and numpy.array_equal(mine["site"], site), "other pairs"
    assert numpy.allclose(mine["score"], score, rtol=1e-9)


def others(folder, surroundings, events, sites):
    """(name, what it printed or why there is nothing) of each further peer; the slow ones on few events only."""
    if events > MANY:
        return
    for peer, name in list(HERE.items())[1:]:
        yield name, asked([sys.executable, "run.py", peer], folder, surroundings, events, sites)
    if events > SLOW:
        return
    inside = VENV / "bin" / "python"
    for peer, name in THERE.items():
        command = [str(inside), peer] if peer.endswith(".py") else [str(inside), "run.py", peer]
        yield name, asked(command, folder, surroundings, events, sites) if inside.exists() else ABSENT
    if not inside.exists():
        yield "PostGIS", ABSENT
        return
    with cluster.temporary(fast=True) as made:
        with psycopg.connect(made.dsn(), autocommit=True) as raw:
            raw.execute("create extension if not exists postgis")
        with_database = {**surroundings, "BENCH_DSN": made.dsn(), "N_EVENTS": str(events), "N_SITES": str(sites)}
        subprocess.run([str(inside), "load_postgis.py"], cwd=folder, env=with_database, check=True, stdout=subprocess.DEVNULL)
        for peer, name in DATABASE.items():
            yield name, asked([str(inside), "run.py", peer], folder, with_database, events, sites)


def asked(command, folder, surroundings, events, sites):
    """The JSON line of a peer's process, or the last line of what it said where it could not run."""
    done = subprocess.run([*command, str(events), str(sites)], cwd=folder, env=surroundings, capture_output=True, text=True,
                          check=False)
    said = (done.stdout if done.returncode == 0 else done.stderr or "it said nothing").strip().splitlines()[-1]
    return json.loads(said) if done.returncode == 0 else f"it could not run: {said}"


def install():
    """The peers' packages stand in a venv of their own; what is no part of sitereg is not among its requirements."""
    if not (VENV / "bin" / "python").exists():
        venv.create(VENV, with_pip=True)
    for package in EXTRA:
        done = subprocess.run([str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", package], check=False)
        print(f"{package}: {'ready' if done.returncode == 0 else 'could not be installed'}", flush=True)


def main():
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    told.add_argument("--events", type=int, default=15_000)
    told.add_argument("--sites", type=int, default=10_000)
    told.add_argument("--repeats", type=int, default=3)
    told.add_argument("--install", action="store_true", help="install the peers' packages in a venv of their own, then measure")
    given = told.parse_args()
    if given.install:
        install()
    run(given.events, given.sites, repeats=given.repeats)


if __name__ == "__main__":
    main()
