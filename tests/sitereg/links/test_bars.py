"""The bars one by one: each against its formula, each 0 where something is not known, each within its stated cap."""
from dataclasses import replace

import numpy
import pytest
import shapely
from hypothesis import given as drawn_from
from hypothesis import settings as limits
from hypothesis import strategies as st

from sitereg.geo import spread
from sitereg.links import days as when_bar
from sitereg.links import others, score, space
from sitereg.links.chain import Chain, gravity
from sitereg.links.model import BARS, DEFAULTS, Event, Flag, Network, Places, Statement
from tests.sitereg.links.worlds import at, confirmed, day, days, person, sites, taken, world

LINE = [at(5.0 * k) for k in range(40)]


def near(where, places=LINE, question="held"):
    return score.bars(world(sites(places), question), person(taken(where))).space


def test_space_is_the_likelihood_ratio_against_the_mean_candidate():
    km = numpy.array([space.sphere_km(*LINE[0][0][0], *one[0][0]) for one in LINE])
    for question, d0 in (("held", 1.5), ("buried", 3.0)):
        k = (1 + km / d0) ** -1.4
        assert near(LINE[0], question=question) == pytest.approx(numpy.log(k / k.mean()), abs=1e-12)


def test_a_radius_is_integrated_and_never_rises_with_the_distance():
    rng = numpy.random.default_rng(7)
    km = numpy.linspace(0, 400, 4_001)
    for radius in (0.3, 5.0, 20.0, 80.0, 300.0):
        made = space.kernel(km, numpy.full(len(km), radius), 1.5, 1.4)
        assert (numpy.diff(made) <= 0).all() and (made[:100] < 1).all()
        offset = rng.normal(0, float(space.steps(radius)) / spread.SIGMA, (200_000, 2))
        for d in (0.0, 12.0, 60.0):
            drawn = (1 + numpy.hypot(offset[:, 0] + d, offset[:, 1]) / 1.5) ** -1.4
            assert space.kernel(numpy.array([d]), numpy.array([radius]), 1.5, 1.4)[0] == pytest.approx(drawn.mean(), rel=0.02)
    assert space.kernel(km, numpy.full(len(km), 1e-4), 1.5, 1.4) == pytest.approx((1 + km / 1.5) ** -1.4, rel=1e-12)
    just = space.kernel(km, numpy.full(len(km), 2e-3), 1.5, 1.4)
    assert just == pytest.approx((1 + km / 1.5) ** -1.4, rel=2e-3), "a circle of two metres is as good as a point"


def test_the_spread_of_the_space_bar_strictly_shrinks_with_the_radius_and_entropy_grows():
    bars = [score.bars(world(sites(LINE)), person(taken(at(0, radius_m=radius)))) for radius in (0, 1e3, 5e3, 2e4, 8e4, 3e5)]
    widths = [float(numpy.ptp(one.space)) for one in bars]
    assert widths == sorted(widths, reverse=True) and len(set(widths)) == 6
    assert widths[:4] == pytest.approx([7.0, 6.4, 5.4, 4.1], abs=0.3)
    entropy = [float(-(one.p * numpy.log(one.p)).sum()) for one in bars]
    assert entropy == sorted(entropy) and len(set(entropy)) == 6


def test_an_area_is_its_points_and_shrunk_to_a_point_it_is_the_point():
    centre = at(20)[0][0]
    for size, close in ((0.02, False), (1e-7, True)):
        box = shapely.box(*(centre - size), *(centre + size))
        same = numpy.allclose(near((spread.points(box, 200), 0.0)), near(at(20)), atol=1e-4)
        assert same is close
        places = [*LINE[:4], (spread.points(box, 25), 0.0)]
        assert numpy.allclose(near(at(3), places), near(at(3), [*LINE[:4], at(20)]), atol=1e-4) is close


def test_what_has_no_place_or_no_day_gets_exactly_nothing():
    made = score.bars(world(sites(LINE, {0: [days("2012-01-01") * 2]})), person(taken(None)))
    for name in BARS:
        assert (getattr(made, name) == 0).all(), name
    assert made.p == pytest.approx(numpy.full(40, 0.9 / 40))
    lost = near(at(3), [*LINE[:5], None])
    assert lost[5] == 0 and (lost[:5] != 0).all()
    assert lost[:5].tolist() == near(at(3), LINE[:5]).tolist(), "a site without a place changes no other"


@pytest.mark.parametrize(("on", "nats"), [("2012-05-01", 1.0), ("2014-01-20", 0.0), ("2014-03-01", -1.0), ("2014-10-01", -1.6),
                                          ("2019-01-01", -2.5), ("2011-12-15", 0.0)])
def test_time_falls_with_the_days_between(on, nats):
    period = (*days("2012-01-01"), *days("2013-12-31"))
    bar = score.bars(world(sites(LINE[:3], {1: [period]})), person(taken(when=days(on)))).time
    assert bar == pytest.approx([0, nats, 0])


def test_an_open_or_unknown_end_constrains_nothing_and_the_nearest_period_counts():
    nan = float("nan")
    began = (*days("2012-01-01"), nan, nan)
    both = (*days("2012-01-01"), *days("2013-12-31"))
    made = world(sites(LINE[:4], {0: [began], 1: [(nan, nan, *days("2011-06-01"))], 2: [both, began], 3: [(nan,) * 4]}))
    bar = score.bars(made, person(taken(when=days("2019-01-01")))).time
    assert bar == pytest.approx([1.0, -2.5, 1.0, 0.0])
    vague = score.bars(world(sites(LINE[:1], {0: [(*days("2012-01-01"), day("2012-06-01"), day("2018-12-01"))]})),
                       person(taken(when=days("2015-01-01")))).time[0]
    assert -2.5 < vague < 1.0, "an uncertain end is averaged over"


def test_a_wider_date_lies_between_the_extremes_and_burial_comes_after_the_arrest():
    period = (*days("2012-01-01"), *days("2013-12-31"))
    one = lambda question, *when: score.bars(world(sites(LINE[:2], {0: [period]}), question),  # noqa: E731
                                             person(taken(when=days(*when)))).time[0]
    assert one("held", "2019-01-01") < one("held", "2013-05-01", "2019-01-01") < one("held", "2013-05-01")
    assert one("buried", "2013-12-01") < one("held", "2013-12-01") == pytest.approx(1.0)
    assert one("buried", "2013-12-31") == pytest.approx(numpy.log(
        0.15 * numpy.e + 0.5 + 0.2 * numpy.exp(-1) + 0.1 * numpy.exp(-1) + 0.05 * numpy.exp(-1)))


@limits(max_examples=50, deadline=None)
@drawn_from(st.integers(0, 5_000), st.integers(0, 5_000))
def test_h_never_rises(one, other):
    low, high = sorted((one, other))
    gaps = DEFAULTS["held"].gaps
    assert when_bar.h(numpy.array([low]), gaps)[0] >= when_bar.h(numpy.array([high]), gaps)[0]


def test_load_counts_links_of_about_that_time_and_is_capped():
    first = day("2013-01-01")
    rows = [(k, 0, first, -1, 0, 0, 0) for k in range(5)] + [(9, 1, first + 180, -1, 0, 0, 0)]
    made = world(sites(LINE[:3]), links=confirmed(rows))
    counts = numpy.array([5, numpy.exp(-1), 0]) + 0.5
    bar = lambda when, of=made: score.bars(of, person(taken(when=when))).load  # noqa: E731
    assert bar((first, first)) == pytest.approx(0.5 * numpy.log(counts / counts.mean()))
    undated = numpy.array([5, 1, 0]) + 0.5
    assert bar((numpy.nan,) * 2) == pytest.approx(0.25 * numpy.log(undated / undated.mean()))
    crowd = world(sites(LINE), links=confirmed([(k, 0, first, -1, 0, 0, 0) for k in range(5_000)]))
    assert abs(bar((first, first), crowd)).max() == 2.0
    wide = others.fading(first - 50, first + 50, numpy.array([first, first + 500.0]), 180.0)
    t = numpy.linspace(first - 50, first + 50, 20_001)
    assert wide == pytest.approx([numpy.exp(-abs(t - first) / 180).mean(), numpy.exp(-abs(t - first - 500) / 180).mean()], rel=1e-4)


def test_authority_speaks_where_both_are_known():
    nan, past = numpy.nan, ("air", *days("2001-01-01", "2002-01-01"))
    held = ((("air", nan, nan),), (("army", nan, nan),), (("air_2", nan, nan),), (), (("army", nan, nan),), (past,))
    kinds = (("security_branch",),) * 4 + (("prison_central",),) + (("security_branch",),)
    made = sites(LINE[:6], authorities=held, kinds=kinds)
    parents = (("air_1", "air"), ("air_2", "air"))
    bar = lambda mine, question="held": score.bars(world(made, question, parents=parents), person(  # noqa: E731
        taken(when=days("2013-01-01")), authorities=frozenset(mine))).authority.tolist()
    assert bar(["air"]) == [1.4, -1.2, 0.5, 0, 0, 0] and bar(["air_1"]) == [0.5, -1.2, 0.5, 0, 0, 0]
    assert bar([]) == [0] * 6 == bar(["air"], "buried")


def test_whom_a_site_held_fits_or_contradicts():
    serves = tuple(frozenset({one}) if one else frozenset() for one in ("women", "men", "minors", None))
    made = sites(LINE[:5], serves=(*serves, frozenset()), kinds=(("security_branch",),) * 4 + (("prison_military",),))
    bar = lambda **about: score.bars(world(made), person(**about)).person.tolist()  # noqa: E731
    assert bar(sex="female", minor=True) == [0.5, -2, 0.5, 0, 0] and bar(sex="male", minor=False) == [-2, 0.5, -2, 0, 0]
    assert bar() == [0] * 5 and bar(soldier=True) == [0, 0, 0, 0, 0.5] and bar(soldier=False) == [0] * 5


def test_mentions_add_by_lineage_and_are_capped():
    bar = lambda *said: score.bars(world(sites(LINE[:3])), person(statements=said)).mention.tolist()  # noqa: E731
    for letter, nats in (("A", 6.1), ("B", 4.7), ("C", 3.9), ("D", 3.0)):
        assert bar(Statement(1, letter, 1)) == pytest.approx([0, nats, 0], abs=0.06)
    assert bar(Statement(1, "B", 1), Statement(1, "D", 1)) == bar(Statement(1, "B", 1)), "one lineage counts once"
    assert bar(Statement(1, "D", 1), Statement(1, "D", 2))[1] == pytest.approx(2 * numpy.log(0.3 * 49 / 0.7))
    assert bar(Statement(1, "A", 1), Statement(1, "A", 2))[1] == 8.0
    assert bar(Statement(1, "B", 1), Statement(1, "B", 2, against=True)) == [0, 0, 0]
    assert bar(Statement(1, "F", 1), Statement(2, "E", 1), Statement(-1, "A", 1)) == [0, 0, 0]


def test_moves_make_laws_whose_rows_sum_to_one_and_are_gravity_without_counts():
    made = world(sites(LINE[:6]))
    chain = Chain(made)
    pull = gravity(made.sites.places, made.sites.places, made.parameters, same=True)
    inner, _ = chain.steps(made.network)
    step = numpy.array([inner.apply(row) for row in numpy.eye(6)])
    assert step == pytest.approx(pull / pull.sum(axis=1, keepdims=True)) and step.sum(axis=1) == pytest.approx(numpy.ones(6))
    moves = numpy.array([[k, k, 0, 5] for k in range(20)])
    counted = world(sites(LINE[:6]), network=Network(moves=moves, documented=numpy.array([[1, 4]])))
    inner, _ = Chain(counted).steps(counted.network)
    step = numpy.array([inner.apply(row) for row in numpy.eye(6)])
    assert step.sum(axis=1) == pytest.approx(numpy.ones(6)) and step[0, 5] > 20 / 22 and step[1, 4] > 3 / 5
    law = Chain(counted).law(0)
    power = numpy.linalg.inv(numpy.eye(6) - 0.3 * step)[0] * 0.7
    assert law.sum() == pytest.approx(1) and law == pytest.approx(power, abs=0.3 ** 5), "four moves are as good as all"


def test_a_known_custody_speaks_by_the_transfer_bar_and_the_parts_still_sum():
    links = Network(moves=numpy.array([[k, k, 2, 30] for k in range(20)]))
    made = world(sites(LINE), network=links)
    seen = Event("last_custody", LINE[2], days("2013-05-01"), site=2)
    bar = score.bars(made, person(taken(at(10)), seen))
    assert bar.transfer[30] > 3 and score.order(bar)[0] in (2, 30)
    elsewhere = score.bars(made, person(taken(at(10)), replace(seen, site=-1)))
    assert (elsewhere.transfer == 0).all() and bar.space.tolist() == elsewhere.space.tolist(), "space stays what the places say"
    law = Chain(made).law(2)
    mixture = 0.5 * numpy.exp(near(at(10))) + 0.5 * law / law.mean()
    assert bar.space + bar.transfer == pytest.approx(numpy.log(mixture))


def test_remains_that_were_moved_are_sought_at_both_sites():
    used = {0: [(*days("2013-01-01"), *days("2013-12-31"))], 1: [(*days("2018-01-01"), *days("2018-06-01"))]}
    made = world(sites([at(0), at(120), at(60)], used), "buried", network=Network(moved=numpy.array([[0, 1]])))
    asked = person(taken(at(1), days("2013-02-01")))
    bar, plain = score.bars(made, asked), score.bars(replace(made, network=Network()), asked)
    assert (plain.moved == 0).all() and bar.moved[2] == 0 and bar.moved[0] == pytest.approx(numpy.log(0.5)) and bar.moved[1] > 2
    assert bar.p[0] == pytest.approx(plain.p[0] / 2) and bar.p[1] == pytest.approx(plain.p[1] + plain.p[0] / 2)


def test_what_cannot_be_is_flagged_and_sorted_last_but_not_hidden():
    period = {0: [(*days("2011-01-01"), *days("2012-01-01"))]}
    made = sites(LINE[:3], period, built=numpy.array([numpy.nan, day("2016-01-01"), numpy.nan]))
    asked = person(taken(at(0), days("2013-01-01")), alive=day("2014-01-01"))
    buried = score.bars(world(made, "buried"), asked)
    assert buried.flags.tolist() == [Flag.ALIVE_LATER, Flag.BUILT_LATER, 0] and score.order(buried)[0] == 2
    held = score.bars(world(made), asked)
    assert held.flags.tolist() == [0, Flag.BUILT_LATER, 0] and held.p.sum() + held.unlisted == pytest.approx(1)


def test_the_latest_custody_stands_for_all_and_events_of_a_leg_share_its_weight():
    earlier, later = (Event("last_custody", at(km), days(on)) for km, on in ((50, "2012-01-01"), (90, "2013-01-01")))
    asked = person(earlier, taken(at(1)), taken(at(2), id=2), later, Event("home", at(3)), Event("other", at(4)))
    used = score.chosen(asked, DEFAULTS["held"])
    assert [one.leg for one, _ in used] == ["arrested", "arrested", "home", "last_custody"]
    assert [weight * 2.4 for _, weight in used] == pytest.approx([0.5, 0.5, 0.4, 1])
    assert used[-1][0] is later
    assert [weight for _, weight in score.chosen(person(taken(at(1)), later), DEFAULTS["buried"])] == pytest.approx([0.3, 0.7])
    assert [weight for _, weight in score.chosen(person(taken(at(1))), DEFAULTS["buried"])] == [1.0]


def test_places_are_laid_flat():
    made = Places.of([at(0), None, (numpy.array([[38.0, 35.0], [38.2, 35.1]]), 10.0)])
    assert made.known.tolist() == [True, False, True] and made.weight.tolist() == [1, 0.5, 0.5] and len(made) == 3
