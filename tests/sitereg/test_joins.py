"""Joins of uncertain places: distances against brute force, chances against simulation, periods against a table of cases."""
import geopandas
import numpy
import pandas
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sitereg import joins
from sitereg.errors import BadInput
from sitereg.geo import apart, spread
from sitereg.geo.place import GEOD

CITY = (36.3, 33.5)


def frame(shapes, radius=0.0, crs="EPSG:4326", **columns):
    shapes = list(shapes)
    return geopandas.GeoDataFrame({"uncertainty_m": radius, **columns}, geometry=shapes, crs=crs, index=range(len(shapes)))


def at(east_m=0.0, north_m=0.0):
    """A point so many metres from the city."""
    lon, lat, _ = GEOD.fwd(*CITY, numpy.degrees(numpy.arctan2(east_m, north_m)), numpy.hypot(east_m, north_m))
    return shapely.Point(lon, lat)


def test_points_are_measured_on_the_ellipsoid_less_and_plus_their_radii():
    pairs = joins.within(frame([at(), at(50_000)], 300.0), frame([at(0, 4_000), at(0, 6_000)], 500.0), 5)
    assert pairs[["event", "site"]].to_numpy().tolist() == [[0, 0]]
    assert pairs["d_min_m"][0] == pytest.approx(3_200, abs=1e-3) and pairs["d_max_m"][0] == pytest.approx(4_800, abs=1e-3)
    wide = joins.within(frame([at()], 1_000.0), frame([at(0, 5_990)], 0.0), 5)
    assert len(wide) == 1 and 0 < wide["p_inside"][0] < 0.1, "it may lie within 5 km, which is not likely"


def test_the_chance_is_what_simulation_gives():
    rng = numpy.random.default_rng(1)
    n = 400_000
    square = shapely.box(36.2, 33.4, 36.31, 33.49)
    within = rng.uniform(square.bounds[:2], square.bounds[2:], (n, 2))
    for event, radius, site, site_radius in (
            (at(), 2_000.0, at(0, 4_500), 300.0), (at(), 40.0, at(0, 5_005), 5.0), (square, 0.0, at(0, 2_000), 0.0), (square, 0.0, at(8_000), 3_000.0)):
        pairs = joins.within(frame([event], radius), frame([site], site_radius), 5)
        plane = apart.Plane(*CITY)
        mine = plane.xy(within) if event is square else plane.xy(shapely.get_coordinates(event)) + rng.normal(0, radius / spread.SIGMA, (n, 2))
        theirs = plane.xy(shapely.get_coordinates(site)) + rng.normal(0, site_radius / spread.SIGMA, (n, 2))
        simulated = (numpy.hypot(*(mine - theirs).T) <= 5_000).mean()
        assert pairs["p_inside"][0] == pytest.approx(simulated, abs=0.02 if event is square else 0.003)


def test_a_cell_or_unit_is_itself_the_area():
    cell = shapely.box(36.3, 33.5, 36.4, 33.6)
    exact, coarse = (joins.within(frame([cell], 7_000.0, shown_as=[said]), frame([at(-8_000)]), 5) for said in ("exact", "cell_10km"))
    assert len(exact) == 1 and len(coarse) == 0
    inside = joins.within(frame([cell], 7_000.0, shown_as=["cell_10km"]), frame([shapely.Point(36.35, 33.55)]), 20)
    assert inside["d_min_m"][0] == 0 and inside["p_inside"][0] == 1
    assert inside["d_max_m"][0] == pytest.approx(GEOD.inv(36.35, 33.55, 36.3, 33.5)[2], abs=1)


def star(rng, lon, lat, size, corners):
    turn = numpy.sort(rng.uniform(0, 2 * numpy.pi, corners))
    reach = size * rng.uniform(0.5, 1, corners)
    return shapely.Polygon(numpy.column_stack([lon + reach * numpy.cos(turn) / 0.82, lat + reach * numpy.sin(turn)])).buffer(0)


def test_pairs_and_distances_are_those_of_a_full_search():
    rng = numpy.random.default_rng(7)
    spot = lambda: rng.uniform((36, 33), (37, 34))  # noqa: E731
    events = [shapely.Point(spot()) for _ in range(25)] + [star(rng, *spot(), 0.05, 9) for _ in range(6)] + [shapely.Point(spot())] * 2
    sites = [shapely.Point(spot()) for _ in range(25)] + [star(rng, *spot(), 0.02, 6) for _ in range(8)]
    radii = rng.choice([20.0, 900.0], len(events)), rng.choice([20.0, 900.0], len(sites))
    found = joins.within(frame(events, radii[0]), frame(sites, radii[1]), 15).set_index(["event", "site"])["d_min_m"]
    rim = {id(shape): shapely.get_coordinates(shapely.segmentize(shape, 0.001)) for shape in (*events, *sites)}
    wanted = {}
    for n, event in enumerate(events):
        for k, site in enumerate(sites):
            if event.intersects(site):
                d = 0.0
            else:
                one, other = rim[id(event)], rim[id(site)]
                lon, lat = numpy.repeat(one, len(other), axis=0).T
                d = GEOD.inv(lon, lat, *numpy.tile(other, (len(one), 1)).T)[2].min()
            d = max(d - radii[0][n] - radii[1][k], 0)
            if d <= 15_000:
                wanted[n, k] = d
    assert set(found.index) == set(wanted) and len(wanted) > 60
    assert max(abs(found[pair] - d) for pair, d in wanted.items()) < 2.0  # the search goes in steps of 100 m


def test_units_order_and_crs_change_nothing():
    rng = numpy.random.default_rng(3)
    events = frame([shapely.Point(rng.uniform((36, 33), (37, 34))) for _ in range(30)], 500.0)
    sites = frame([star(rng, *rng.uniform((36, 33), (37, 34)), 0.03, 6) for _ in range(20)], 50.0)
    plain = joins.within(events, sites, 10)
    utm = joins.within(events.to_crs("EPSG:32637"), sites.to_crs("EPSG:32637"), 10)
    assert plain[["event", "site"]].equals(utm[["event", "site"]])
    assert numpy.allclose(plain[["d_min_m", "d_max_m"]], utm[["d_min_m", "d_max_m"]], atol=0.01)
    shuffled = joins.within(events.sample(frac=1, random_state=1), sites.sample(frac=1, random_state=2), 10)
    assert shuffled.sort_values(["event", "site"], ignore_index=True).drop(columns="time_overlap").equals(
        plain.sort_values(["event", "site"], ignore_index=True).drop(columns="time_overlap"))


def test_rows_without_a_place_match_nothing_and_bad_frames_are_refused():
    some = frame([at(), None, shapely.Point()], 10.0)
    assert joins.within(some, frame([at(100)]), 5)["event"].tolist() == [0]
    assert len(joins.within(some.iloc[1:], frame([at(100)]), 5)) == 0
    assert len(joins.within(some, frame([at(100)]).iloc[:0], 5)) == 0
    with pytest.raises(BadInput, match="no CRS"):
        joins.within(frame([at()], crs=None), some, 5)
    for km in (0, -1, float("nan"), 501):
        with pytest.raises(BadInput, match="500 km"):
            joins.within(some, some, km)
    with pytest.raises(BadInput, match="uncertainty"):
        joins.within(frame([at()], -5.0), some, 5)


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 30_000), st.floats(0, 8_000), st.floats(0, 8_000), st.floats(0.5, 30))
def test_chance_and_distances_hold_together(away, mine, theirs, km):
    pairs = joins.within(frame([at()], mine), frame([at(away)], theirs), km, period=False)
    if not len(pairs):
        assert away - mine - theirs > km * 1000 - 1e-3
        return
    least, most, chance = pairs.loc[0, ["d_min_m", "d_max_m", "p_inside"]]
    assert 0 <= least <= km * 1000 and least <= most and 0 <= chance <= 1
    if mine == theirs == 0:
        assert chance == 1
    wider = joins.within(frame([at()], mine), frame([at(away)], theirs), km * 1.5, period=False)
    assert wider["p_inside"][0] >= chance - 1e-12


A, B, C, D = ("2012-01-01", "2012-12-31", "2014-01-01", "2014-12-31")
CASES = [  # event (at from, to), site (began from, to, ended from, to), overlap
    (("2013-05-01", "2013-05-31"), (A, B, C, D), "certain"), (("2012-06-01", "2012-06-30"), (A, B, C, D), "possible"),
    (("2011-06-01", "2011-06-30"), (A, B, C, D), "none"), (("2015-06-01", "2015-06-30"), (A, B, C, D), "none"),
    (("2013-05-01", "2015-05-31"), (A, B, C, D), "possible"), ((None, None), (A, B, C, D), "unknown"),
    (("2013-05-01", "2013-05-31"), (None,) * 4, "unknown"), (("2013-05-01", "2013-05-31"), (A, B, None, None), "possible"),
    (("2011-05-01", "2011-05-31"), (A, B, None, None), "none"), (("2019-05-01", "2019-05-31"), (A, B, C, None), "possible"),
    (("2013-05-01", "2013-05-31"), (A, B, C, None), "certain"), ((None, "2013-05-31"), (A, B, C, D), "possible"),
    ((None, "2011-05-31"), (A, B, C, D), "none"), (("2013-01-01", "2014-01-01"), (A, B, C, D), "certain"),
]


def overlap(event, site):
    names = ("began_earliest", "began_latest", "ended_earliest", "ended_latest")
    pairs = joins.within(frame([at()], **{name: [pandas.Timestamp(day) if day else pandas.NaT] for name, day in event.items()}),
                         frame([at()], **{name: [pandas.Timestamp(day) if day else pandas.NaT] for name, day in zip(names, site, strict=True)}), 1)
    return pairs["time_overlap"][0]


@pytest.mark.parametrize(("event", "site", "said"), CASES)
def test_days_overlap_for_certain_possibly_or_not(event, site, said):
    assert overlap(dict(zip(("at_earliest", "at_latest"), event, strict=True)), site) == said


def test_a_period_overlaps_for_certain_where_both_were_surely_going_on():
    names = ("began_earliest", "began_latest", "ended_earliest", "ended_latest")
    held = dict(zip(names, ("2011-01-01", "2013-01-01", "2013-06-01", "2016-01-01"), strict=True))
    assert overlap(held, (A, B, C, D)) == "certain"
    assert overlap({**held, "began_latest": "2015-01-01"}, (A, B, C, D)) == "possible"


def test_the_comparison_counts_what_a_naive_join_misses_and_makes_up():
    unit = shapely.box(36.2, 33.4, 36.4, 33.6)  # its middle is the city
    events = frame([unit, at(), at(30_000)], [14_000.0, 50.0, 50.0], shown_as=["admin_unit", "exact", "exact"])
    sites = frame([at(9_000, 9_000), at(3_000), at(0, 2_000)], [50.0, 2_900.0, 50.0], shown_as="exact")
    compared = joins.compare(events, sites, 5)
    assert set(map(tuple, compared.pairs[["event", "site"]].to_numpy())) == {(0, 0), (0, 1), (0, 2), (1, 1), (1, 2)}
    assert set(map(tuple, compared.naive[["event", "site"]].to_numpy())) == {(0, 1), (0, 2), (1, 1), (1, 2)}
    assert repr(compared).startswith("Comparison(pairs=5, naive_pairs=4, ") and set(compared.counts) == set(joins.COUNTED)
    assert compared.counts == {"pairs": 5, "naive_pairs": 4, "in_both": 4, "only_here": 1, "only_naive": 0, "events_that_differ": 1,
                               "nearest_differs": compared.counts["nearest_differs"]}
    assert compared.nearest.set_index("event")["site"][1] == 2
