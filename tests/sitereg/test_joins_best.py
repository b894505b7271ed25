"""The best sites of each event: the same as scoring every pair, whatever the shapes and days; each early stop loses nothing."""
import geopandas
import numpy
import pandas
import pytest
import shapely

from sitereg import joins
from sitereg.errors import BadInput
from sitereg.geo import near

UTM, K = 32637, 7


def made(n, seed, areas):
    """n places within 60 km, some of them areas (with holes, in parts), with days of which some are missing."""
    dice = numpy.random.default_rng(seed)
    xy = dice.normal((500_000, 3_800_000), 12_000, (n, 2))
    shapes = shapely.points(xy)
    for one in numpy.flatnonzero(dice.random(n) < areas):
        ring = shapely.buffer(shapes[one], dice.uniform(100, 6_000), quad_segs=3)
        shapes[one] = ring.difference(shapely.buffer(shapes[one], 60)) if one % 2 else ring.union(shapely.transform(ring, lambda c: c + 9_000))
    shapes[n // 2], shapes[n // 3] = shapely.LineString([xy[0], xy[1], xy[2]]), shapes[n // 4]
    first = numpy.datetime64("2011-03-01") + dice.integers(0, 2000, n).astype("timedelta64[D]")
    last = first + dice.integers(0, 700, n).astype("timedelta64[D]")
    first[dice.random(n) < 0.1], last[dice.random(n) < 0.1] = "NaT", "NaT"
    return shapes, first, last, dice.choice([0.0, 300.0, 4_000.0], n)


@pytest.fixture(scope="module")
def frames():
    shapes, first, last, spread = made(300, 1, 0.2)
    shapes[200:240] = shapes[199]
    shapes[5] = None
    events = geopandas.GeoDataFrame({"uncertainty_m": spread, "at_earliest": first, "at_latest": last}, geometry=shapes, crs=UTM,
                                    index=[f"e{n}" for n in range(300)])
    shapes, first, last, _ = made(400, 2, 0.3)
    sites = geopandas.GeoDataFrame({"began_earliest": first, "ended_latest": last}, geometry=shapes, crs=UTM)
    return events, sites


def whole(event, sites, share):
    """All sites of one event scored one by one, the best first: what the search must equal."""
    d = shapely.distance(event.geometry, sites.geometry.to_numpy())
    score = share / (1 + (d / (event.uncertainty_m + 250)) ** 2)
    kept = numpy.flatnonzero((d <= min(2 * event.uncertainty_m + 5_000, 60_000)) & (score > 0))
    kept = kept[numpy.lexsort((kept, -score[kept]))][:K]
    return kept, score[kept]


def shares(event, first, last):
    """The part of the event's days within the periods of each site, by counting days."""
    low, high = event.at_earliest, event.at_latest
    low, high = (high if pandas.isna(low) else low), (low if pandas.isna(high) else high)
    out = []
    for row in range(len(first)):
        known = [(a, b) for a, b in zip(first[row], last[row], strict=True) if not (numpy.isnat(a) and numpy.isnat(b))]
        if pandas.isna(low) or not known:
            out.append(1.0)
            continue
        days = numpy.arange(low.to_datetime64().astype("datetime64[D]"), high.to_datetime64().astype("datetime64[D]") + 1)
        used = sum(((days >= a) | numpy.isnat(a)) & ((days <= b) | numpy.isnat(b)) for a, b in known)
        out.append(min(used.sum() / len(days), 1))
    return numpy.array(out)


def same(found, events, sites, first, last):
    for label, event in events.iterrows():
        mine = found[found.event == label]
        if event.geometry is None:
            assert mine.empty
            continue
        site, score = whole(event, sites, shares(event, first, last))
        assert list(mine.site) == list(site) and numpy.allclose(mine.score, score, rtol=1e-9)


def test_the_best_are_those_of_every_pair_scored(frames):
    events, sites = frames
    days = [sites[name].to_numpy().astype("datetime64[D]")[:, None] for name in ("began_earliest", "ended_latest")]
    found = joins.best(events, sites, K)
    assert found.groupby("event").size().max() == K and len(found) > 1000
    same(found, events, sites, *days)


def test_several_periods_a_site_and_an_own_reach(frames):
    events, sites = frames[0].iloc[:60], frames[1]
    one = sites["began_earliest"].to_numpy().astype("datetime64[D]")
    first = numpy.column_stack([numpy.full(len(one), "NaT", "datetime64[D]"), one, one + 90])
    last = numpy.column_stack([first[:, 0], one + 30, one + 100])
    same(joins.best(events, sites, K, periods=(first, last)), events, sites, first, last)
    near_by = joins.best(events.assign(within_m=800.0), sites, K)
    far = {name: events.geometry[name].distance(sites.geometry[site]) for name, site in zip(near_by.event, near_by.site, strict=True)}
    assert len(near_by) and max(far.values()) <= 800


def test_equal_scores_stand_in_the_order_of_the_frame():
    here = geopandas.GeoDataFrame({"uncertainty_m": [10.0]}, geometry=[shapely.Point(0, 0)], crs=UTM)
    ring = geopandas.GeoDataFrame(geometry=shapely.points(numpy.tile([[0, 90], [90, 0], [0, -90.0]], (4, 1))), crs=UTM)
    assert list(joins.best(here, ring, 5).site) == [0, 1, 2, 3, 4]


def test_the_stop_lies_beyond_every_site_that_could_still_enter():
    for worst in (1e-9, 0.2, 0.999999, 1.0):
        d = near.farthest.py_func(worst, 700.0, 1e12)
        assert 1 / (1 + (d / 700) ** 2) <= worst and 1 / (1 + (d * (1 - 1e-6) / 700) ** 2) >= worst * (1 - 1e-9)


@pytest.mark.parametrize(("crs", "k", "words"), [(4326, 3, "projected plane"), (None, 3, "projected plane"), (UTM, 0, "At least one")])
def test_what_cannot_be_measured_is_refused(frames, crs, k, words):
    events, sites = (one.set_crs(crs, allow_override=True) if crs else one.set_crs(None, allow_override=True) for one in frames)
    with pytest.raises(BadInput, match=words):
        joins.best(events, sites, k)


def test_empty_frames_have_no_pairs(frames):
    assert joins.best(frames[0].iloc[:0], frames[1]).empty and joins.best(frames[0], frames[1].iloc[:0]).empty
