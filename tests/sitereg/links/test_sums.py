"""Few sites changed: what is moved on from kept sums is what a whole run answers; what is not proven is not answered."""
from dataclasses import replace

import numpy
import pytest

from bench import worlds
from sitereg.links import loads, shares
from sitereg.links.engine import Engine
from sitereg.links.model import Confirmed, Network
from sitereg.links.relinked import relinked
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
    assert custody and custody == lost and {one.answer for one in moved} == {None}
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
    engine = Summing(world, top=4)  # fewer than whose order without load and cohort is told
    engine.start()
    assert engine.sums is None


def test_whoever_is_ranked_again_or_gone_is_kept_once_or_not_at_all():
    world, persons = house("held", 10, many=30)
    engine = standing(world, persons)
    engine.rank(persons[:3])
    engine.drop([persons[4].id])
    laid, held = engine.sums.whole()
    assert sorted(laid.ids) == sorted(one.id for one in persons if one is not persons[4]) and len(held.whole) == 29
    assert engine.sums.bytes() > 29 * 1000 and isinstance(held, shares.Held)


def confirmed(world, seed, *, more=(), gone=(), groups=True):
    """The world in which a few more persons have a confirmed link and a few links were taken back, numbers and order moved."""
    dice, was = numpy.random.default_rng(seed), world.confirmed
    names = list(range(20_000))
    new = [(int(was.person.max()) + 1 + n if who is None else who, site, day, -1 if who is None else int(was.group[was.person == who][0]))
           for n, (who, site, day) in enumerate(more)]
    stay = ~numpy.isin(numpy.arange(len(was)), gone)
    near = dice.integers(0, len(was), len(new))
    columns = [numpy.concatenate([getattr(was, name)[stay], one]) for name, one in (
        ("person", [one[0] for one in new]), ("site", [one[1] for one in new]), ("day", [one[2] for one in new]),
        ("group", [one[3] for one in new]), ("lon", was.lon[near] + 0.005), ("lat", was.lat[near]), ("radius_m", numpy.zeros(len(new))))]
    order = dice.permutation(len(columns[0]))
    later = replace(world, confirmed=Confirmed(*(one[order].astype(getattr(was, name).dtype)
                                                 for name, one in zip(Confirmed.__dataclass_fields__, columns, strict=True))))
    return later, relinked(later.confirmed, was, names, names)


def dated(world):
    """Positions of the links whose day is known."""
    return numpy.flatnonzero(~numpy.isnan(world.confirmed.day))


def own(persons, world, later, links):
    """The persons who leave out a link that is new or gone."""
    whose = {*world.confirmed.person[links.gone].tolist(), *later.confirmed.person[links.new].tolist()}
    groups = {int(one) for read, many in ((world, links.gone), (later, links.new)) for one in read.confirmed.group[many]} - {-1}
    return [one for one in persons if one.number in whose or one.group in groups or {number for number, _ in one.companions} & whose]


def written(ranked):
    """{id: what a stored link holds: parts, W, rests, which part each place has}."""
    return {one: (ranked.parts[at], ranked.whole[n], ranked.rests[n], ranked.near[at])
            for n, one in enumerate(ranked.persons) for at in [slice(ranked.ends[n - 1] if n else 0, ranked.ends[n])]}


def read(link, whole, lift, unlisted, gain=(1.0, 1.0, 1.0)):
    """(bars, p) as the database forms them of a stored link, of W of today, of what the load and what each place gives rose by."""
    parts, was, rests, near = link
    closer = numpy.log(1 + near @ (numpy.asarray(gain) - 1))
    made, gone = parts.copy(), whole - lift - closer - was
    made[:, 0] += closer
    made[:, 2] += lift
    if gone.any():
        made[:, 7] = numpy.log(rests[0] + (numpy.exp(parts[:, 7]) - rests[0]) * numpy.exp(gone))
        made[:, 8] = numpy.log(rests[1] + (numpy.exp(parts[:, 8]) - rests[1]) * numpy.exp(gone + parts[:, 7] - made[:, 7]))
    return made, (1 - unlisted) * numpy.exp(made.cumsum(axis=1)[:, -1] - whole)


@pytest.mark.parametrize(("question", "seed", "wide"), [("held", 22, False), ("held", 21, True), ("buried", 24, False), ("buried", 23, True)])
def test_a_confirmed_link_and_one_that_is_taken_back_are_moved_on(question, seed, wide):
    """wide: everybody is a neighbour of everybody."""
    world, persons = house(question, seed, custody=6)
    if wide:
        world = replace(world, parameters=replace(world.parameters, cohort_km=80.0, cohort_days=900.0))
    engine, dice = standing(world, persons), numpy.random.default_rng(seed)
    lifted, stored = 0, {}
    for done in engine.run(persons, chunk=50):
        stored.update(written(done))
    for step in range(4):
        known = dated(world)
        busy, quiet = world.confirmed.site[dice.choice(known)], int(dice.integers(400))
        more = [(None, busy, float(dice.choice(world.confirmed.day[known]))), (None, quiet, 736_000.0 + 40 * step)]
        if step == 1:
            more.append((int(world.confirmed.person[known[3]]), 17, 735_900.0))  # whose mass is shared from now on
        if step == 2:
            more.append((None, 18, NAN))
        later, links = confirmed(world, seed + step, more=more, gone=known[[5, 9]] if step else ())
        assert len(links) == len(more) + (2 if step else 0)
        sites = altered(later, world, links)
        assert sites is not None and {int(busy), quiet} <= set(sites.tolist())
        now = Summing(later, before=engine)
        now.sums = engine.sums
        mine = own(persons, world, later, links)
        now.sums.drop([one.id for one in mine])
        moved = list(moved_on(now.sums, engine, now, sites, links))
        assert equal(later, persons, moved) > (0.25 if wide else 0.5) * len(persons)
        for one in moved:
            stored.update(written(one.ranked(one.proven & ~one.light & ~one.same, 0.1)))
            told, light = whole(later, persons), numpy.flatnonzero(one.light & one.proven & ~one.same)
            for n in light:
                parts, p = read(stored[one.ids[n]], one.held.whole[n], one.held.lift[n], world.parameters.unlisted)
                assert numpy.allclose(parts, told[one.ids[n]][1], rtol=0, atol=1e-9) and numpy.allclose(p, told[one.ids[n]][3], rtol=1e-9)
            lifted += int((one.held.lift[light] != 0).sum())
        again = {one for one, lost in zip(now.sums.whole()[0].ids, now.sums.whole()[1].lost.tolist(), strict=True) if lost}
        for done in now.run([one for one in persons if one.id in again] + mine):
            stored.update(written(done))
        world, engine = later, now
    assert wide or lifted > 0.3 * len(persons), "many persons' bars need not be written again"


def test_links_alone_that_count_as_others_are_everybodys_without_a_word_of_them():
    world, _ = house("held", 25)
    later, links = confirmed(world, 1, more=[(None, 3, 736_000.0)])
    assert altered(later, world) is None and 3 in altered(later, world, links)


def test_whom_the_cap_of_the_load_binds_is_not_moved_on(monkeypatch):
    world, persons = house("held", 26, many=60)
    crowded = int(numpy.setdiff1d(numpy.arange(len(world.sites)), world.confirmed.site)[0])
    days = [734_200.0 + 8 * n for n in range(540)] * 4
    before, _ = confirmed(world, 2, more=[(None, crowded, day) for day in days])
    later, links = confirmed(before, 3, more=[(None, 11, 736_000.0)])
    sites = altered(later, before, links)
    assert crowded not in sites
    for blind in (False, True):
        engine = standing(before, persons)
        if blind:
            monkeypatch.setattr(loads, "capped", lambda persons, *_: numpy.zeros(len(persons), bool))
        moved = list(moved_on(engine.sums, engine, Summing(later, before=engine), sites, links))
        if blind:
            with pytest.raises(AssertionError):
                equal(later, persons, moved)
        else:
            equal(later, persons, moved)
