"""Which sites lie near which events: joins.within beside geopandas' sjoin, exact places first.

    python -m bench.joins --events 50000 --sites 5000
"""
import argparse

import geopandas
import numpy
import pyproj

from bench.ground import points
from bench.measure import Table, timed
from sitereg import joins

UTM = "EPSG:32637"
GEOD = pyproj.Geod(ellps="WGS84")

__all__ = ["run"]


def run(events=50_000, sites=5_000, km=5, *, repeats=3, keep=True):
    """The table: places without uncertainty give exactly the peer's pairs; then both are timed, and ours with uncertainty."""
    table = Table("joins", "Sites near events", {"events": events, "sites": sites, "km": km})
    sharp = frame(events, seed=21), frame(sites, seed=22)
    mine, theirs = pairs(joins.within(*sharp, km, period=False)), geodesic(*sharp, km)
    assert numpy.array_equal(mine, theirs), f"{len(mine)} and {len(theirs)} pairs"
    plane = pairs(naive(*sharp, km))
    apart = len(set(map(tuple, plane)) ^ set(map(tuple, theirs)))
    peer = timed(lambda: naive(*sharp, km), repeats)
    exact = timed(lambda: geodesic(*sharp, km), repeats)
    ours = timed(lambda: joins.within(*sharp, km, period=False), repeats)
    vague = frame(events, seed=21, vague=True), frame(sites, seed=22, vague=True)
    unsure = timed(lambda: joins.within(*vague, km), repeats)
    check(vague, unsure.answer, km)
    table.add(f"geopandas sjoin dwithin in one UTM zone ({len(plane):,} pairs)", peer, ratio=1,
              beside=f"{apart} pairs differ at the rim")
    table.add(f"the same, then geodesic ({len(theirs):,} pairs)", exact, ratio=exact.median / peer.median)
    table.add(f"joins.within, exact places ({len(mine):,} pairs)", ours, ratio=ours.median / peer.median,
              beside="equal to the row above")
    table.add(f"joins.within, uncertain places ({len(unsure.answer):,} pairs)", unsure, ratio=unsure.median / peer.median,
              beside="with d_min, d_max, p_inside, time_overlap")
    return table.finish(keep=keep)


def frame(n, *, seed, vague=False):
    """n places as a GeoDataFrame in EPSG:4326 with uncertainty_m (0, or 20 m to 3 km) and the days of an event or site."""
    lon, lat = points(n, seed=seed)
    dice = numpy.random.default_rng(seed)
    held = dice.choice([20.0, 250.0, 900.0, 3000.0], n) if vague else numpy.zeros(n)
    began = numpy.datetime64("2011-03-01") + dice.integers(0, 4000, n).astype("timedelta64[D]")
    days = {"at_earliest": began, "at_latest": began + numpy.timedelta64(9, "D"), "began_earliest": began, "began_latest": began,
            "ended_earliest": began + numpy.timedelta64(900, "D"), "ended_latest": began + numpy.timedelta64(990, "D")}
    return geopandas.GeoDataFrame({"id": numpy.arange(n).astype(str), "uncertainty_m": held, **days},
                                  geometry=geopandas.points_from_xy(lon, lat), crs="EPSG:4326")


def naive(events, sites, km):
    """geopandas' own join of points in one UTM zone."""
    left, right = (geopandas.GeoDataFrame({name: one.index}, geometry=one.geometry.to_crs(UTM))
                   for one, name in ((events, "event"), (sites, "site")))
    return left.sjoin(right, predicate="dwithin", distance=km * 1000)


def geodesic(events, sites, km):
    """The pairs of a wider plane join whose geodesic distance is within km: what is true of exact points."""
    near = naive(events, sites, km * 1.02)
    one, other = events.geometry.to_numpy()[near["event"]], sites.geometry.to_numpy()[near["site"]]
    lon, lat = geopandas.GeoSeries(one), geopandas.GeoSeries(other)
    d = GEOD.inv(lon.x.to_numpy(), lon.y.to_numpy(), lat.x.to_numpy(), lat.y.to_numpy())[2]
    return pairs(near[d <= km * 1000])


def pairs(found):
    """(event, site) sorted."""
    held = found[["event", "site"]].to_numpy()
    return held[numpy.lexsort((held[:, 1], held[:, 0]))]


def check(vague, found, km):
    """Uncertain pairs are those whose geodesic distance less both radii is within km."""
    reach = vague[0]["uncertainty_m"].max() + vague[1]["uncertainty_m"].max()
    wide = geodesic(*vague, km + reach / 1000)
    ends = [geopandas.GeoSeries(one.geometry.to_numpy()[wide[:, n]]) for n, one in enumerate(vague)]
    d = GEOD.inv(ends[0].x, ends[0].y, ends[1].x, ends[1].y)[2]
    slack = vague[0]["uncertainty_m"].to_numpy()[wide[:, 0]] + vague[1]["uncertainty_m"].to_numpy()[wide[:, 1]]
    assert numpy.array_equal(pairs(found), wide[numpy.asarray(d) - slack <= km * 1000])


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--events", type=int, default=50_000)
    asked.add_argument("--sites", type=int, default=5_000)
    asked.add_argument("--km", type=float, default=5)
    asked.add_argument("--repeats", type=int, default=3)
    given = asked.parse_args()
    run(given.events, given.sites, given.km, repeats=given.repeats)


if __name__ == "__main__":
    main()
