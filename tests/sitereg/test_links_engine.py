"""The engine equals the naive score for every person and site that it answers; its answers hang on nothing but world and person."""
from dataclasses import replace

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import worlds
from sitereg.links import batch, score
from sitereg.links.batch import Ranked
from sitereg.links.engine import Engine
from sitereg.links.model import BARS, DEFAULTS, Confirmed, Event, Person, Statement

NAN = float("nan")
CUSTODY = 8


def made(question, *, seed=1, sites=90, links=80, many=70, custody=CUSTODY, kappa=()):
    parameters = replace(DEFAULTS[question], kappa=kappa)
    world = worlds.world(question, sites, links, seed=seed, custody=custody, edges=4, parameters=parameters)
    return world, list(worlds.persons(many, world, seed=seed + 1, custody=custody))


@pytest.fixture(scope="module", params=["held", "buried"])
def asked(request):
    world, persons = made(request.param)
    return world, persons, Engine(world)


def rows(ranked):
    """(person, slice of the sites) of each."""
    return zip(ranked.persons, map(slice, [0, *ranked.ends[:-1]], ranked.ends), strict=True)


def equal(world, persons, ranked, top=20):
    """Every answer is the naive one: order, bars, totals, P, the sizes of the sets, whether load and cohort change the first."""
    facts = score.statistics(world)
    for n, (person, (_, at)) in enumerate(zip(persons, rows(ranked), strict=True)):
        naive = score.bars(world, person, facts)
        best, found = batch.order(naive)[:top], ranked.sites[at]
        assert len(best) == len(found)
        apart = numpy.flatnonzero(best != found)
        assert numpy.allclose(naive.total[best[apart]], naive.total[found[apart]], rtol=0, atol=1e-9), person.code
        for bar, name in enumerate(BARS):
            assert numpy.allclose(getattr(naive, name)[found], ranked.parts[at][:, bar], rtol=0, atol=1e-9), (person.code, name)
        assert numpy.allclose(naive.total[found], ranked.total[at], rtol=0, atol=1e-9)
        assert numpy.allclose(naive.p[found], ranked.p[at], rtol=1e-9, atol=1e-15)
        assert (ranked.half[n], ranked.most[n]) == tuple(len(score.sets(naive, level)[0]) for level in (0.5, 0.9)), person.code
        assert ranked.leans[n] == batch.leans(naive) and ranked.unlisted[n] == naive.unlisted, person.code


def same_bits(one, other):
    assert one.persons == other.persons
    for name in ("ends", "sites", "parts", "total", "p", "half", "most", "leans"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name


def test_every_bar_order_and_chance_is_that_of_the_naive_score(asked):
    world, persons, engine = asked
    ranked = engine.rank(persons)
    assert {bar for bar, name in enumerate(BARS) if numpy.abs(ranked.parts[:, bar]).max() > 0} >= (
        set(range(10)) - ({3, 4} if world.question == "buried" else {9}) - {9})
    equal(world, persons, ranked)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["held", "buried"]), st.integers(1, 40), st.integers(0, 30), st.integers(0, 1),
       st.sampled_from([(), (("load", 0.6), ("cohort", 0.4), ("space", 1.2), ("transfer", 0.5), ("mention", 0.3), ("companion", 2.0))]))
def test_random_worlds_agree(seed, question, sites, links, custody, kappa):
    custody = min(4, sites) * custody
    world, persons = made(question, seed=seed, sites=sites, links=links, many=12, custody=custody, kappa=kappa)
    equal(world, persons, Engine(world).rank(persons, top=7), top=7)


def test_the_number_of_workers_and_the_size_of_chunks_change_no_bit(asked):
    world, persons, engine = asked
    whole = engine.rank(persons)
    same_bits(whole, Ranked.joined(list(Engine(world).run(persons, workers=3, chunk=11))))
    same_bits(whole, Ranked.joined(list(engine.run(persons, workers=1, chunk=64))))


def test_rows_that_were_forgotten_come_back_with_the_same_bits_in_any_order(asked):
    world, persons, engine = asked
    short = Engine(world)
    short.rows.most = lambda name: 2
    back = short.rank(persons[::-1])
    assert max(len(one) for name, one in short.rows.held.items() if name not in ("authority", "fits")) <= 2
    each = {person: (back.sites[at].tobytes(), back.parts[at].tobytes(), back.p[at].tobytes()) for person, at in rows(back)}
    whole = engine.rank(persons)
    assert each == {person: (whole.sites[at].tobytes(), whole.parts[at].tobytes(), whole.p[at].tobytes()) for person, at in rows(whole)}


def test_a_run_is_taken_up_where_it_stopped_and_tells_how_far_it_is(asked):
    _world, persons, engine = asked
    told = []
    first = list(engine.run(persons, chunk=16, told=told.append))
    rest = list(engine.run(persons, chunk=16, skip=3))
    assert told == [16, 32, 48, 64, 70]
    same_bits(Ranked.joined(first[3:]), Ranked.joined(rest))


def test_own_links_deleted_and_scored_again_is_the_same(asked):
    world, persons, engine = asked
    for person in persons[:6]:
        again = Engine(world.without(person)).rank([person])
        mine = engine.rank([person])
        assert numpy.allclose(again.total, mine.total, rtol=0, atol=1e-9) and numpy.array_equal(again.sites, mine.sites)


def test_days_known_from_ones_own_link_alone_say_nothing():
    world, _ = made("held", links=0, custody=0)
    bare = int(numpy.flatnonzero(~numpy.isin(numpy.arange(90), world.sites.period_site) & world.sites.places.known)[0])
    four, days = numpy.arange(4), numpy.array([735_000.0, 735_400.0, 735_410.0, 735_420.0])
    links = Confirmed(four, numpy.full(4, bare), days, four, numpy.full(4, 11.0), numpy.full(4, 34.0), numpy.zeros(4))
    world = replace(world, confirmed=links)
    event = Event("arrested", (numpy.array([[11.0, 34.0]]), 0.0), (735_000.0, 735_000.0))
    persons = [Person(n, str(n), (event,), number=n, group=n) for n in (0, 1, 9)]
    ranked = Engine(world).rank(persons, top=90)
    equal(world, persons, ranked, top=90)
    time = ranked.parts[ranked.sites == bare, BARS.index("time")]
    assert time == pytest.approx([-1.6, 1, 1]), "without his own day the first is a year before the others'"


def test_who_knows_nothing_and_where_nothing_is():
    world, persons = made("buried", sites=5, links=0, many=3, custody=0)
    nobody = Person("x", "X", statements=(Statement(2, "A", 1), Statement(-1, "A", 2)))
    ranked = Engine(world).rank([nobody, *persons], top=50)
    assert ranked.sites[0] == 2 and ranked.ends[0] == 5
    equal(world, [nobody, *persons], ranked)
    empty, _ = made("held", sites=1, links=0, many=0, custody=0)
    gone = replace(empty, sites=replace(empty.sites, ids=(), codes=(), places=type(empty.sites.places).of([]), kinds=(), authorities=(),
                                        period_site=numpy.empty(0, int), periods=numpy.empty((0, 4)), multi=numpy.empty(0, bool), serves=(),
                                        built=numpy.empty(0)))
    assert Engine(gone).rank([replace(nobody, statements=())]).ends.tolist() == [0]


def test_no_neighbour_lies_beyond_where_the_search_for_neighbours_ends(asked):
    world, _persons, engine = asked
    tables = engine.rows.links.tables
    stack, _ = tables.at(2.0)
    tables.at(40.0)
    stack, least = tables.stack, -world.parameters.cohort_reach
    chord2 = tables.reach(stack, least)
    for row, limit in zip(stack[1:], chord2[1:], strict=True):
        km = 2 * 6371.0088 * numpy.arcsin(numpy.minimum(numpy.sqrt(limit) / 2, 1))
        v = numpy.log1p(numpy.array([1, 1.001, 1.5]) * km / world.parameters.cohort_km)
        assert limit > 4 or (numpy.interp(v, tables.step * numpy.arange(len(row)), row) <= least + 1e-6).all()


@pytest.mark.parametrize("flagged", [False, True])
def test_sets_hold_the_fewest_options(flagged):
    from sitereg.links import kernels

    dice = numpy.random.default_rng(3)
    for spread, unlisted in ((0.1, 0.1), (3.0, 0.1), (12.0, 0.1), (2.0, 0.0), (1.0, 0.95), (300.0, 0.1)):
        total = numpy.round(dice.normal(0, spread, 60), 1)
        flags = (dice.random(60) < 0.8).astype(numpy.uint8) if flagged else numpy.zeros(60, numpy.uint8)
        naive = score.added({"space": total, **{name: numpy.zeros(60) for name in BARS[1:]}}, unlisted, flags)
        found = numpy.zeros((2, 2), int)
        kernels.sizes(naive.p, flags, unlisted, numpy.array([0.5, 0.9]), found)
        assert found.tolist() == [[len(sites), int(more)] for sites, more in (score.sets(naive, level) for level in (0.5, 0.9))]


def moved_site(world):
    places = world.sites.places
    lon = places.lon.copy()
    lon[places.start[7]] += 0.05
    return replace(world, sites=replace(world.sites, places=replace(places, lon=lon)))


def longer_period(world):
    periods = world.sites.periods.copy()
    periods[3, 2:] = periods[3, 2:] + 60
    return replace(world, sites=replace(world.sites, periods=periods))


def lost_link(world):
    gone = numpy.zeros(len(world.confirmed), bool)
    gone[5] = True
    return replace(world, confirmed=world.confirmed.without(gone))


def other_authority(world):
    return replace(world, sites=replace(world.sites, authorities=((("branch_1", NAN, NAN),), *world.sites.authorities[1:])))


def lost_move(world):
    return replace(world, network=replace(world.network, moves=world.network.moves[1:]))


def other_remains(world):
    return replace(world, network=replace(world.network, moved=world.network.moved[:2]))


@pytest.mark.parametrize("change", [moved_site, longer_period, lost_link, other_authority, lost_move, other_remains],
                         ids=lambda one: one.__name__)
def test_rows_taken_over_from_the_world_before_change_no_bit(asked, change):
    world, persons, engine = asked
    now = change(world)
    if change is lost_link:
        equal(now, persons[:20], Engine(now, before=engine).rank(persons[:20]))
    same_bits(Engine(now, before=engine).rank(persons), Engine(now).rank(persons))


def test_only_those_who_were_in_custody_are_ranked_again_for_a_transfer(asked):
    world, persons, engine = asked
    now = Engine(lost_move(world), before=engine)
    again = {person: (again.sites[at].tobytes(), again.total[at].tobytes()) for again in now.again(persons, engine)
             for person, at in rows(again)}
    assert again.keys() == {one.id for one in persons if any(event.site >= 0 for event in one.events)} and 0 < len(again) < 20
    before, whole = engine.rank(persons), now.rank(persons)
    for (person, at), (_, was) in zip(rows(whole), rows(before), strict=True):
        mine = (whole.sites[at].tobytes(), whole.total[at].tobytes())
        assert mine == again.get(person, (before.sites[was].tobytes(), before.total[was].tobytes()))
    assert not list(Engine(world, before=engine).again(persons, engine))


@pytest.mark.parametrize(("d0", "g"), [(1.5, 1.4), (3.0, 1.4), (0.5, 3.0), (30.0, 1.0)])
def test_the_curves_of_the_kernel_are_the_kernel(d0, g):
    from sitereg.links import curves, kernels

    made, first = curves.kernel(d0, g)
    q = numpy.exp(numpy.random.default_rng(1).uniform(curves.LOWEST * numpy.log(2), numpy.log(2), 20_000))
    step = (q.view(numpy.int64) >> 46) - first
    v = numpy.log1p(2 * 6371.0088 * numpy.arcsin(numpy.sqrt(q) / 2) / d0)
    for curve, true in zip(made, (numpy.exp(-g * v), v), strict=True):
        mine = numpy.array([kernels.bent(curve, *one) for one in zip(q, step, strict=True)])
        assert numpy.abs(mine / true - 1).max() < 2e-13
