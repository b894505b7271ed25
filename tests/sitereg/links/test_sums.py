"""Few sites changed: what is moved on from kept sums is what a whole run answers; what is not proven is not answered."""
from dataclasses import replace

import numpy
import pytest

from bench import worlds
from sitereg.links import shares
from sitereg.links.engine import Engine
from sitereg.links.model import Network
from sitereg.links.sums import Summing, altered, moved_on

NAN = float("nan")


def house(question, seed, *, sites=400, many=160, custody=0, edges=3):
    world = worlds.world(question, sites, 150, seed=seed, custody=custody, edges=edges if question == "buried" else 0)
    return world, list(worlds.persons(many, world, seed=seed + 1, custody=custody))


def standing(world, persons):
    """An engine that ranked these persons and kept their sums."""
    engine = Summing(world)
    engine.start()
    list(engine.run(persons, chunk=50))
    return engine


def other(world, seed, many=2):
    """The world after some sites changed: days moved, closed or no longer known, another authority, a children's place."""
    dice, sites = numpy.random.default_rng(seed), world.sites
    periods, site = sites.periods.copy(), sites.period_site
    rows = dice.choice(len(periods), many, replace=False)
    periods[rows[0]] += dice.integers(-900, 900)
    periods[rows[1:], 2:] = periods[rows[1:], :1] + 40
    chosen = [int(one) for one in dice.choice(len(sites), 2, replace=False)]
    authorities, serves = list(sites.authorities), list(sites.serves)
    authorities[chosen[0]] = (("branch_3", NAN, NAN),)
    serves[chosen[1]] = frozenset({"men", "minors"})
    stay = numpy.ones(len(site), bool)
    stay[dice.integers(len(site))] = False
    return replace(world, sites=replace(sites, periods=periods[stay], period_site=site[stay], authorities=tuple(authorities),
                                        serves=tuple(serves)))


def whole(world, persons):
    """{id: what a run from nothing answers}."""
    found = {}
    for done in Engine(world).run(persons, chunk=50):
        for n, one in enumerate(done.persons):
            at = slice(done.ends[n - 1] if n else 0, done.ends[n])
            found[one] = (done.sites[at], done.parts[at], done.total[at], done.p[at], (done.half[n], done.most[n]), done.leans[n])
    return found


def equal(world, persons, moved):
    """Those that are proven are answered as by a run from nothing; how many they are."""
    answers, proven = whole(world, persons), 0
    for one in moved:
        for n, person in enumerate(one.ids):
            if not one.proven[n]:
                continue
            proven += 1
            sites, parts, total, p, sets, leans = answers[person]
            mine = [part[n] for part in one.answer]
            apart = numpy.flatnonzero(sites != mine[0])
            assert numpy.allclose(total[apart], mine[2][apart], rtol=0, atol=1e-9), (person, "another order")
            same = sites == mine[0]
            assert numpy.allclose(parts[same], mine[1][same], rtol=0, atol=1e-9), (person, "another bar")
            assert numpy.allclose(total, mine[2], rtol=0, atol=1e-9) and numpy.allclose(p, mine[3], rtol=1e-9, atol=1e-12), person
            assert sets == tuple(mine[4][:, 0]) and leans == mine[5], (person, sets, mine[4])
    return proven


@pytest.mark.parametrize(("question", "seed"), [("held", 1), ("held", 2), ("buried", 3), ("buried", 4)])
def test_what_is_moved_on_is_what_a_whole_run_answers_change_after_change(question, seed):
    world, persons = house(question, seed, custody=6)
    engine = standing(world, persons)
    for step in range(3):
        later = other(world, 10 * seed + step)
        sites = altered(later, world)
        assert 2 <= len(sites) <= 5
        now = Summing(later, before=engine)
        now.sums = engine.sums
        assert equal(later, persons, moved_on(now.sums, engine, now, sites)) > 0.6 * len(persons)
        again = [one for one, lost in zip(now.sums.whole()[0].ids, now.sums.whole()[1].lost.tolist(), strict=True) if lost]
        list(now.run([one for one in persons if one.id in set(again)]))
        world, engine = later, now


def abandoned(world, sites):
    """The world where these sites were used long ago alone."""
    stay = ~numpy.isin(world.sites.period_site, sites)
    long_ago = numpy.tile([worlds.FIRST - 4_000.0, worlds.FIRST - 4_000.0, worlds.FIRST - 3_900.0, worlds.FIRST - 3_900.0], (len(sites), 1))
    where, when = numpy.append(world.sites.period_site[stay], sites), numpy.vstack([world.sites.periods[stay], long_ago])
    order = numpy.argsort(where, kind="stable")
    return replace(world, sites=replace(world.sites, period_site=where[order], periods=when[order]))


def test_without_the_bound_the_best_sites_would_be_wrong():
    world, persons = house("held", 5)
    best = standing(world, persons[:2]).sums.whole()[1].site
    later = abandoned(world, numpy.unique(best[best >= 0]))
    answers = whole(later, persons)
    for blind in (False, True):
        engine = standing(world, persons)
        if blind:
            engine.sums.whole()[1].rest[:] = 0  # as if nothing lay beyond what is kept
        now = Summing(later, before=engine)
        moved = next(moved_on(engine.sums, engine, now, altered(later, world)))
        told = [(person, n) for n, person in enumerate(moved.ids) if moved.answer[0][n, 0] >= 0]
        wrong = [one for one, n in told if not numpy.allclose(answers[one][2], moved.answer[2][n], rtol=0, atol=1e-9)]
        assert len(told) > 20 and bool(wrong) == blind, "the best sites are others than in a run from nothing"


def test_a_site_that_was_nearly_everything_is_not_taken_out_of_a_sum():
    world, persons = house("held", 6)
    engine = standing(world, persons)
    held = engine.sums.whole()[1]
    held.whole[:] = held.part[:, 0, :7].sum(axis=1) + 1e-6  # as if the first site alone weighed all there is
    first = int(held.site[0, 0])
    later = abandoned(world, numpy.array([first]))
    now = Summing(later, before=engine)
    moved = next(moved_on(engine.sums, engine, now, altered(later, world)))
    reckoned = ~moved.same & (held.site[:, 0] == first)
    assert reckoned.any() and not moved.proven[reckoned].any()


def test_a_transfer_leaves_all_but_those_once_in_custody_as_they_are():
    world, persons = house("held", 7, custody=8)
    engine = standing(world, persons)
    later = replace(world, network=replace(world.network, documented=numpy.array([[0, 1]])))
    sites = altered(later, world)
    assert not len(sites)
    now = Summing(later, before=engine)
    moved = list(moved_on(engine.sums, engine, now, sites))
    custody = {one.id for one in persons if any(event.site >= 0 for event in one.events)}
    lost = {person for one in moved for person, proven in zip(one.ids, one.proven.tolist(), strict=True) if not proven}
    assert custody and custody == lost and [one.answer for one in moved] == [None]
    before, after = whole(world, persons), whole(later, persons)
    for one in set(before) - lost:
        assert all(numpy.array_equal(mine, yours) for mine, yours in zip(before[one], after[one], strict=True)), "nothing is new for the others"
    assert any(not numpy.array_equal(before[one][1], after[one][1]) for one in lost)


@pytest.mark.parametrize("change", [
    lambda world: replace(world, sites=replace(world.sites, places=replace(world.sites.places, lon=world.sites.places.lon + 0.01))),
    lambda world: replace(world, network=Network(moved=numpy.array([[0, 1]]))),
    lambda world: replace(world, parents=(("branch_1", "another"),)),
    lambda world: replace(world, confirmed=world.confirmed.without(numpy.arange(len(world.confirmed)) == 0))])
def test_what_moves_the_mean_over_all_sites_is_a_whole_run(change):
    world, _ = house("held", 8)
    assert altered(change(world), world) is None


def test_exponents_that_were_fitted_and_few_sites_keep_no_sums():
    world, persons = house("held", 9, sites=20, many=5)
    engine = standing(world, persons)
    assert engine.sums is None
    world, persons = house("held", 9, many=5)
    engine = standing(replace(world, parameters=replace(world.parameters, kappa=(("load", 0.7),))), persons)
    assert engine.sums is None


def test_whoever_is_ranked_again_or_gone_is_kept_once_or_not_at_all():
    world, persons = house("held", 10, many=30)
    engine = standing(world, persons)
    engine.rank(persons[:3])
    engine.drop([persons[4].id])
    laid, held = engine.sums.whole()
    assert sorted(laid.ids) == sorted(one.id for one in persons if one is not persons[4]) and len(held.whole) == 29
    assert engine.sums.bytes() > 29 * 1000 and isinstance(held, shares.Held)
