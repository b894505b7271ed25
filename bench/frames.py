"""Rows to a GeoDataFrame: sites.frame and events.frame, beside a COPY drained and geopandas.read_postgis of a bare table.

    python -m bench.frames --n 200000
"""
import argparse

import geopandas
import psycopg
import shapely
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from bench import faces_fill
from bench.ground import FIELD, WORKER, ground
from bench.measure import Table, timed
from sitereg import events, sites
from sitereg.store import cluster
from sitereg.store.session import announce

__all__ = ["run"]


def run(n=200_000, *, repeats=3, keep=True):
    """The table for n sites and n events: each frame equals what read_postgis makes of the same rows, then all are timed."""
    table = Table("frames", "Rows to a GeoDataFrame", {"sites": n, "events": n})
    with ground() as made:
        with made.dba() as raw:
            faces_fill.sites(raw, n)
            faces_fill.events(raw, n)
        flatten(made, "event_frame", WORKER, "reg.person_event")
        flatten(made, "site_frame", FIELD, "reg.site")
        for name, function, actor, frame in (("events", "event_frame", WORKER, events.frame),
                                             ("sites", "site_frame", FIELD, sites.frame)):
            with made.reading(actor) as session, made.dba() as raw:
                one(table, session, raw, (name, function, frame), n, repeats)
    return table.finish(keep=keep)


def flatten(made, function, actor, behind):
    """bench.<function> is a bare table with what the function answers, and every row's own shape in it."""
    with psycopg.connect(cluster.dsn(made.settings)) as raw:
        announce(raw, made.settings, actor)
        raw.execute(f"create table bench.{function} as select * from api.{function}()")
        raw.execute(f"update bench.{function} f set geometry = st_asbinary(b.shown) from {behind} b"
                    " where b.id = f.id::uuid and f.geometry is null and b.face = (select api.level())")
        raw.execute(f"analyze bench.{function}")


def one(table, session, raw, job, n, repeats):
    name, function, frame = job
    mine, theirs = frame(session), postgis(raw, function)
    assert len(mine) == len(theirs) == n
    equal(mine, theirs)
    del mine, theirs
    api, bare = [session.connection.info.backend_pid], [raw.info.backend_pid]
    rounds = [(timed(lambda: copied(raw, function), pids=bare), timed(lambda: drained(session, function), pids=api),
               timed(lambda: len(frame(session)), pids=api)) for _ in range(repeats)]
    copy, rules, ours = (merged([each[k] for each in rounds]) for k in range(3))
    peer = timed(lambda: len(postgis(raw, function)), pids=bare)
    ratio = sorted(each[2].median / each[0].median for each in rounds)[repeats // 2]
    table.add(f"{name}: COPY of a bare table, drained", copy, ratio=1, beside=f"{copy.answer / 1e6:.0f} MB")
    table.add(f"{name}: COPY of {function}, drained", rules, ratio=rules.median / copy.median,
              beside=f"{rules.answer / 1e6:.0f} MB")
    own = sorted(each[2].median / each[1].median for each in rounds)[repeats // 2]
    table.add(f"{name}.frame", ours, ratio=ratio, target="<= 2 of COPY", met=ratio <= 2,
              beside=f"{own:.1f} of the COPY of {function}")
    table.add(f"{name}: read_postgis of the bare table", peer, ratio=peer.median / copy.median)


def merged(timings):
    """Rounds of one thing as one timing."""
    first = timings[0]
    first.seconds = [each.median for each in timings]
    first.cpu, first.peak_mb = sum(each.cpu for each in timings) / len(timings), max(each.peak_mb for each in timings)
    return first


def drained(session, function):
    """Every message of the COPY is read and let go; answers how many bytes they were."""
    with session.streamed(function) as (_, messages):
        return sum(len(message) for message in messages)


def copied(raw, function):
    """As `drained`, of the bare table."""
    with raw.cursor().copy(f"copy bench.{function} to stdout (format binary)") as messages:
        return sum(len(message) for message in messages)


def postgis(raw, function):
    """geopandas' own reading of the bare table, in the order of the frames."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: raw, poolclass=StaticPool)
    return geopandas.read_postgis(f"select * from bench.{function}", engine, geom_col="geometry", crs=4326)


def equal(mine, theirs):
    """The same rows: ids, codes, radii, shapes to the last bit."""
    assert list(mine.columns) == list(theirs.columns)
    mine, theirs = (one.sort_values("id", ignore_index=True) for one in (mine, theirs))
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
