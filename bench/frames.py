"""Rows to a GeoDataFrame: sites.frame and events.frame, beside the same rows drained as a COPY and geopandas.read_postgis.

    python -m bench.frames --n 200000
"""
import argparse
import warnings

import geopandas
import shapely

from bench import faces_fill
from bench.ground import FIELD, WORKER, ground
from bench.measure import Table, timed
from sitereg import events, frames

__all__ = ["run"]


def run(n=200_000, *, repeats=3, keep=True):
    """The table for n sites and n events: each frame equals what read_postgis makes of the same query, then all are timed."""
    table = Table("frames", "Rows to a GeoDataFrame", {"sites": n, "events": n})
    with ground() as made:
        with made.dba() as raw:
            faces_fill.sites(raw, n)
            faces_fill.events(raw, n)
        for name, function, actor, frame in (("events", "event_frame", WORKER, events.frame),
                                             ("sites", "site_frame", FIELD, site_frame)):
            with made.reading(actor) as session:
                one(table, session, name, function, frame, n, repeats)
    return table.finish(keep=keep)


def site_frame(session):
    return frames.frame(session, "site_frame")


def one(table, session, name, function, frame, n, repeats):
    pids = [session.connection.info.backend_pid]
    mine, theirs = frame(session), postgis(session, function)
    assert len(mine) == len(theirs) == n
    equal(mine, theirs)
    del mine, theirs
    timings = {"copy": [], "frame": []}
    for _ in range(repeats):
        timings["copy"].append(timed(lambda: drained(session, function), pids=pids))
        timings["frame"].append(timed(lambda: len(frame(session)), pids=pids))
    copy, ours = (merged(timings[each]) for each in ("copy", "frame"))
    peer = timed(lambda: len(postgis(session, function)), pids=pids)
    ratio = sorted(b.median / a.median for a, b in zip(timings["copy"], timings["frame"], strict=True))[repeats // 2]
    table.add(f"{name}: COPY drained ({copy.answer / 1e6:.0f} MB)", copy, ratio=1)
    table.add(f"{name}.frame", ours, ratio=ratio, target="<= 2 of COPY", met=ratio <= 2)
    table.add(f"{name}: geopandas.read_postgis", peer, ratio=peer.median / copy.median)


def merged(timings):
    first = timings[0]
    first.seconds = [each.median for each in timings]
    first.cpu, first.peak_mb = sum(each.cpu for each in timings) / len(timings), max(each.peak_mb for each in timings)
    return first


def drained(session, function):
    """Every message of the COPY is read and let go; answers how many bytes they were."""
    with session.streamed(function) as (_, messages):
        return sum(len(message) for message in messages)


def postgis(session, function):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # pandas names the connections that it knows
        return geopandas.read_postgis(f"select * from api.{function}()", session.connection, geom_col="geometry", crs=4326)


def equal(mine, theirs):
    """Row by row the same: ids, codes, radii, shapes to the last bit."""
    assert list(mine.columns) == list(theirs.columns)
    for column in ("id", "kind", "shown_as"):
        assert (mine[column].astype(object) == theirs[column]).all(), column
    for column in ("uncertainty_m", "lon", "lat"):
        assert (mine[column] == theirs[column].astype(float)).all(), column
    assert (shapely.to_wkb(mine.geometry.to_numpy()) == shapely.to_wkb(theirs.geometry.to_numpy())).all()


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--n", type=int, default=200_000)
    asked.add_argument("--repeats", type=int, default=3)
    given = asked.parse_args()
    run(given.n, repeats=given.repeats)


if __name__ == "__main__":
    main()
