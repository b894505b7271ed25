"""Sites that are new, gone or elsewhere: what is moved on from kept sums is what a whole run answers, change after change."""
import itertools
from dataclasses import replace

import numpy
import pytest

from bench import worlds
from sitereg.links import resited
from sitereg.links.engine import Engine
from sitereg.links.model import Places
from sitereg.links.relinked import relinked
from sitereg.links.sums import Summing, altered, moved_on
from tests.sitereg.links.test_sums import equal, house, read, standing, whole, written

NAMES, NAN = itertools.count(), float("nan")


def at(places, n):
    """Place n as it is given to Places.of."""
    nodes = slice(places.start[n], places.start[n + 1])
    return (numpy.column_stack([places.lon[nodes], places.lat[nodes]]), places.radius_m[n]) if places.known[n] else None


def resettled(world, new=(), gone=(), moved=()):
    """(the world with these sites (place, of whose attributes) new, gone, at these places; the Relinked; where each site stands now).

    A site that is new is put before the first, so that all positions shift.
    """
    sites = world.sites
    stay = [n for n in range(len(sites)) if n not in set(gone)]
    number = numpy.full(len(sites), -1)
    number[stay] = len(new) + numpy.arange(len(stay))
    like = [one for _, one in new] + stay
    place = [one for one, _ in new] + [dict(moved).get(n, at(sites.places, n)) for n in stay]
    ids = tuple(f"new-{next(NAMES)}" for _ in new) + tuple(sites.ids[n] for n in stay)
    periods = [(n, row) for n, one in enumerate(like) for row in sites.periods[sites.period_site == one]]
    rows = lambda name: tuple(getattr(sites, name)[n] for n in like)  # noqa: E731
    made = replace(sites, ids=ids, codes=tuple(map(str, ids)), places=Places.of(place), kinds=rows("kinds"),
                   authorities=rows("authorities"), period_site=numpy.array([n for n, _ in periods], int),
                   periods=numpy.array([row for _, row in periods], float).reshape(-1, 4), multi=sites.multi[like],
                   serves=rows("serves"), built=sites.built[like])
    was = world.confirmed
    left = number[was.site] >= 0
    confirmed = replace(was.without(~left), site=number[was.site[left]])
    moves = world.network.moves[(number[world.network.moves[:, 2:]] >= 0).all(axis=1)] if world.question == "held" else world.network.moves
    network = replace(world.network, moved=number[world.network.moved])
    if world.question == "held":
        moves = moves.copy()
        moves[:, 2:] = number[moves[:, 2:]]
        documented = world.network.documented
        network = replace(network, moves=moves, documented=number[documented[(number[documented] >= 0).all(axis=1)]])
    else:
        burials = world.network.burials[number[world.network.burials[:, 3]] >= 0].copy()
        burials[:, 3] = number[burials[:, 3]]
        network = replace(network, burials=burials)
    later = replace(world, sites=made, confirmed=confirmed, network=network)
    names = list(range(20_000))
    placed = resited.resited(later, world)
    links = relinked(confirmed, placed.confirmed(was), names, names) if placed else None
    return later, links, number


def shifted(persons, number, question):
    """The persons with the positions of now; asked about burial, custodies stand in nodes of their own."""
    def node(site):
        return int(number[site]) if site >= 0 and question == "held" else site

    return [replace(one, events=tuple(replace(event, site=node(event.site)) for event in one.events
                                      if event.site < 0 or node(event.site) >= 0),
                    statements=tuple(replace(said, site=int(number[said.site])) for said in one.statements if number[said.site] >= 0))
            for one in persons]


def own(persons, world, links):
    """The ids of those who leave out, or were taken with, a link that is gone."""
    gone = world.confirmed.person[links.gone]
    groups = set(world.confirmed.group[links.gone].tolist()) - {-1}
    return [one.id for one in persons if one.number in gone or one.group in groups or any(number in gone for number, _ in one.companions)]


def spot(dice, world, kind):
    """A place for a new site: in the midst of others, far from all, an area, or not known."""
    if kind == 3:
        return None
    sites = world.sites.places
    lon, lat = (sites.lon[0], sites.lat[0]) if kind == 0 else (17.5, 38.5)
    at = numpy.array([[lon, lat]]) + dice.uniform(-0.02, 0.02, 2)
    return (at + dice.uniform(-0.01, 0.01, (25, 2)), 0.0) if kind == 2 else (at, float(dice.choice(worlds.RADII)))


def changed(dice, world, step):
    """What becomes new, gone and elsewhere in a step."""
    free = numpy.setdiff1d(numpy.arange(len(world.sites)), world.network.moved)
    chosen = dice.choice(free, 4, replace=False).tolist()
    busy = int(world.confirmed.site[dice.integers(len(world.confirmed))])
    new = [(spot(dice, world, int(dice.integers(4))), chosen[0])]
    gone = [busy if busy in free and step == 1 else chosen[1]]
    moved = [(one, spot(dice, world, int(dice.integers(4)))) for one in chosen[2:] if one not in gone]
    return [(new, [], []), ([], gone, []), ([], [], moved), (new, gone, moved)][step % 4]


@pytest.mark.parametrize(("question", "seed", "wide"), [("held", 31, False), ("held", 32, True), ("buried", 33, False), ("buried", 34, True)])
def test_new_gone_and_moved_sites_are_moved_on_change_after_change(question, seed, wide):
    world, persons = house(question, seed, custody=6, many=90)
    if wide:
        world = replace(world, parameters=replace(world.parameters, cohort_km=80.0, cohort_days=900.0))
    engine, dice, stored = standing(world, persons), numpy.random.default_rng(seed), {}
    for done in engine.run(persons, chunk=50):
        stored.update(written(done))
    lifted = 0
    for step in range(6):
        later, links, number = resettled(world, *changed(dice, world, step))
        sites = altered(later, world, links)
        assert sites is not None and 1 <= len(sites) < 60
        persons = shifted(persons, number, question)
        now = Summing(later, before=engine)
        now.sums = engine.sums
        now.sums.drop(mine := own(persons, world, links))
        moved = list(moved_on(now.sums, engine, now, sites, links))
        assert equal(later, persons, moved) > (0.3 if wide else 0.5) * len(persons)
        told = whole(later, persons)
        for one in moved:
            if one.answer is None:
                continue
            stored.update(written(one.ranked(one.proven & ~one.light & ~one.same, 0.1)))
            light = numpy.flatnonzero(one.light & one.proven & ~one.same)
            for n in light:
                parts, p = read(stored[one.ids[n]], one.held.whole[n], one.held.lift[n], world.parameters.unlisted, one.held.gain[n])
                assert numpy.allclose(parts, told[one.ids[n]][1], rtol=0, atol=1e-9) and numpy.allclose(p, told[one.ids[n]][3], rtol=1e-9)
            lifted += len(light)
        again = {one for each in moved for one, proven in zip(each.ids, each.proven.tolist(), strict=True) if not proven} | set(mine)
        for done in now.run([one for one in persons if one.id in again]):
            stored.update(written(done))
        assert {*now.sums.whole()[0].ids} == {one.id for one in persons}
        world, engine = later, now
    assert wide or lifted > len(persons), "many persons' links need not be written again"


def moved_once(world, persons, new=(), gone=(), moved=()):
    """(the later world, the persons in it, what is moved on to it)."""
    engine = standing(world, persons)
    later, links, number = resettled(world, new, gone, moved)
    now = Summing(later, before=engine)
    engine.sums.drop(own(persons, world, links))
    told = list(moved_on(engine.sums, engine, now, altered(later, world, links), links))
    return later, shifted(persons, number, world.question), told


@pytest.mark.parametrize(("guard", "gone"), [("bound", False), ("naming", True)])
def test_whom_the_mean_moves_otherwise_is_ranked_whole(monkeypatch, guard, gone):
    """Whoever was in custody, or names a site that is gone: with the guard away their answers are wrong."""
    world, persons = house("held", 35, custody=6)
    site = next(one.statements[0].site for one in persons if one.statements and one.number < 0)
    change = {"gone": [site]} if gone else {"new": [((numpy.array([[12.0, 35.0]]), 0.0), 3)]}
    later, after, told = moved_once(world, persons, **change)
    equal(later, after, told)
    lost = {one for each in told for one, proven in zip(each.ids, each.proven.tolist(), strict=True) if not proven}
    assert lost >= {one.id for one in persons if any(event.site >= 0 for event in one.events) or (gone and site in {said.site for said in one.statements})}
    monkeypatch.setattr(resited, guard, lambda persons, *_: numpy.zeros(len(persons), bool))
    with pytest.raises((AssertionError, IndexError)):
        equal(*moved_once(world, persons, **change))


def test_without_the_parts_of_the_places_the_answers_would_be_wrong(monkeypatch):
    world, persons = house("held", 36)
    many = [one for one in persons if len(one.events) > 1]
    change = {"new": [((numpy.array([[world.sites.places.lon[0], world.sites.places.lat[0]]]), 0.0), 3)]}
    assert equal(*moved_once(world, many, **change)) > 0.5 * len(many)
    monkeypatch.setattr(resited, "gains", lambda persons, gain: numpy.ones((len(persons), 3)))
    with pytest.raises(AssertionError):
        equal(*moved_once(world, many, **change))


def test_a_site_without_a_place_stands_and_bounds_what_is_not_kept(monkeypatch):
    world, persons = house("held", 37, many=80)
    assert not world.sites.places.known.all()
    later, after, told = moved_once(world, persons, gone=[int(numpy.flatnonzero(~world.sites.places.known)[0])])
    assert equal(later, after, told) > 40 and all((one.held.gain == 1).all() for one in told if one.answer), "it was never in the mean"
    later, after, told = moved_once(world, persons, moved=[(7, None)])
    assert equal(later, after, told) > 40


def test_what_wide_places_give_is_taken_over_to_the_last_bit():
    world, persons = house("held", 38, many=60)
    engine = standing(world, persons)
    later, _, _ = resettled(world, [((numpy.array([[12.5, 35.5]]), 900.0), 3)], [9], [(20, (numpy.array([[11.0, 34.0]]), 0.0)), (30, None)])
    now, fresh = Engine(later, before=engine), Engine(later)
    kept = dict(now.rows.held["expected"])
    again = Summing(later, before=engine)
    assert numpy.array_equal(again.rows.facts.chain.within, fresh.rows.facts.chain.within), "gravity too, made anew where a place is not known"
    assert len(kept) > 5 and not now.rows.held.get("ratio")
    for key, row in kept.items():
        assert numpy.array_equal(row, fresh.rows.near.expected(*key), equal_nan=True)
        assert numpy.array_equal(now.rows.ratio(*key), fresh.rows.ratio(*key))


def test_gravity_is_taken_over_to_the_last_bit():
    world, _ = house("held", 40, many=1)
    known = numpy.flatnonzero(world.sites.places.known).tolist()
    world, _, _ = resettled(world, gone=[n for n in range(len(world.sites)) if n not in known][:40])
    assert world.sites.places.known.all()
    engine = Engine(world)
    assert engine.rows.facts.chain.within.shape
    later, _, _ = resettled(world, [((numpy.array([[12.5, 35.5]]), 900.0), 3)], [9], [(20, (numpy.array([[11.0, 34.0]]), 0.0))])
    now = Engine(later, before=engine)
    assert "within" in now.rows.facts.chain.__dict__ and numpy.array_equal(now.rows.facts.chain.within, Engine(later).rows.facts.chain.within)


def test_too_many_sites_another_order_and_remains_of_a_site_that_is_gone_are_a_whole_run():
    world, _ = house("buried", 39)
    start = int(world.network.moved[0, 0])
    later, _, _ = resettled(replace(world, network=replace(world.network, moved=world.network.moved[:0])), gone=[start])
    placed = resited.resited(later, world)
    assert len(placed) == 1 and not placed.edges(later, world) and altered(later, world) is None
    later, links, _ = resettled(world, gone=[n for n in range(60) if n not in world.network.moved][:41])
    assert links is None and altered(later, world) is None
    ids = (world.sites.ids[1], world.sites.ids[0], *world.sites.ids[2:])
    assert resited.resited(replace(world, sites=replace(world.sites, ids=ids)), world) is None


def test_a_place_of_which_nearly_all_that_is_near_is_gone_is_not_reckoned():
    was, gone, here = numpy.array([0.5, 0.5]), numpy.array([[1.0, NAN], [1.99999, 0.0]]), numpy.array([[NAN, 0.4], [NAN, 0.4]])
    mean, sure = resited.means(was, gone, here, 4, 4)
    assert sure.tolist() == [True, False] and mean[0] == pytest.approx(1.4 / 4)
