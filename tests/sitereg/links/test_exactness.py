"""What must hold of the whole score, in any world: exact sums, exact leaving-out, no artefact of maps or of order."""
from dataclasses import replace

import numpy
import pyproj
import pytest

from sitereg.links import score
from sitereg.links.model import BARS, Confirmed, Event, Network, Places
from tests.sitereg.links import worlds
from tests.sitereg.links.worlds import at, confirmed, person, sites, taken, world

CASES = [(seed, question) for question in ("held", "buried") for seed in (1, 2)]


@pytest.fixture(scope="module", params=CASES, ids=lambda one: f"{one[1]}-{one[0]}")
def drawn(request):
    made, people = worlds.drawn(*request.param)
    facts = score.statistics(made)
    return made, people, [score.bars(made, one, facts) for one in people]


def rotated(made, person, degrees):
    """The same world and person with all longitudes turned."""
    turn = lambda lon: (lon + degrees + 180) % 360 - 180  # noqa: E731
    places = lambda one: None if one is None else replace(one, lon=turn(one.lon))  # noqa: E731
    events = tuple(replace(one, place=(numpy.column_stack([turn(one.place[0][:, 0]), one.place[0][:, 1]]), one.place[1]))
                   for one in person.events)
    return replace(made, sites=replace(made.sites, places=places(made.sites.places)),
                   confirmed=replace(made.confirmed, lon=turn(made.confirmed.lon)),
                   network=replace(made.network, custody=places(made.network.custody))), replace(person, events=events)


def test_the_world_of_these_tests_says_something_with_every_bar(drawn):
    made, _, bars = drawn
    silent = {name for name in BARS if all((getattr(one, name) == 0).all() for one in bars)}
    assert silent == ({"authority"} if made.question == "buried" else set())


def test_the_parts_are_the_total_and_the_chances_sum_to_one(drawn):
    for bar in drawn[2]:
        total = numpy.zeros(len(bar.total))
        for name in BARS:
            total = total + getattr(bar, name)
        assert total.tolist() == bar.total.tolist(), "bit for bit"
        assert bar.p.sum() + bar.unlisted == pytest.approx(1, abs=1e-12)
        assert numpy.log(bar.p) - bar.total == pytest.approx(numpy.full(len(total), numpy.log(bar.p[0]) - bar.total[0]), abs=1e-9)


def test_each_bar_stays_in_its_cap(drawn):
    made, _, bars = drawn
    p = made.parameters
    caps = {"time": (-2.5, 1.0), "load": (-p.load_cap, p.load_cap), "authority": (-1.2, 1.4), "person": (-2.0, 0.5),
            "mention": (-p.mention_cap, p.mention_cap)}
    for bar in bars:
        for name, (least, most) in caps.items():
            assert least - 1e-12 <= getattr(bar, name).min() and getattr(bar, name).max() <= most + 1e-12, name


def test_whoever_is_scored_is_in_none_of_the_counts(drawn):
    made, people, bars = drawn
    for one, bar in zip(people, bars, strict=True):
        deleted = made.without(one)
        assert len(deleted.confirmed) < len(made.confirmed)
        again = score.bars(deleted, one)
        for name in BARS[:-2] if one.companions else BARS:
            assert getattr(again, name).tolist() == getattr(bar, name).tolist(), name
        kept = made.without(replace(one, companions=()))
        again = score.bars(kept, one)
        for name in BARS:
            assert getattr(again, name).tolist() == getattr(bar, name).tolist(), f"{name}: companions speak in their own bar alone"


def test_companions_and_the_group_speak_in_no_other_bar_than_that_of_companions(drawn):
    made, people, bars = drawn
    for one, bar in zip(people, bars, strict=True):
        mine = [number for number, _ in one.companions]
        rows = numpy.array([v in mine or g == one.group or v == one.number
                            for v, g in zip(made.confirmed.person.tolist(), made.confirmed.group.tolist(), strict=True)])
        moves, burials = (many[[not (v in mine or g == one.group) for v, g in many[:, :2].tolist()]]
                          for many in (made.network.moves, made.network.burials))
        bare = replace(made, confirmed=made.confirmed.without(rows), network=replace(made.network, moves=moves, burials=burials))
        again = score.bars(bare, one)
        for name in BARS[:8]:
            assert getattr(again, name).tolist() == getattr(bar, name).tolist(), name
    assert any(one.companions for one in people) and any(one.companion.any() for one in bars)


def test_an_answer_does_not_leak_into_its_question():
    far = confirmed([(0, 39, worlds.day("2013-01-01"), 7, 0, 0, 0)] * 1 + [(k, 39, worlds.day("2013-01-01"), 7, 0, 0, 0) for k in (1, 2)])
    moves = Network(moves=numpy.array([(0, 7, 3, 39), (1, 7, 3, 39)]))
    made = world(sites([at(5.0 * k) for k in range(40)]), links=far, network=moves)
    seen = Event("last_custody", at(15), worlds.days("2013-02-01"), site=3)
    alone = score.bars(replace(made, confirmed=Confirmed.none(), network=Network()), person(taken(at(0), worlds.days("2013-01-01")), seen))
    own = score.bars(made, person(taken(at(0), worlds.days("2013-01-01")), seen, number=0, group=7))
    other = score.bars(made, person(taken(at(0), worlds.days("2013-01-01")), seen, number=9, group=8))
    assert own.total.tolist() == alone.total.tolist() and other.total[39] > alone.total[39] + 3


def test_longitude_is_no_place_of_its_own(drawn):
    made, people, bars = drawn
    for turn in (100.0, 141.9):  # across the line where days change, too
        turned = score.bars(*rotated(made, people[0], turn))
        for name in BARS:
            assert getattr(turned, name) == pytest.approx(getattr(bars[0], name), abs=1e-7), name


def test_metres_of_a_map_and_degrees_are_the_same(drawn):
    made, people, bars = drawn
    there = pyproj.Transformer.from_crs(4326, 32637, always_xy=True)
    back = lambda lon, lat: there.transform(*there.transform(lon, lat), direction="INVERSE")  # noqa: E731
    lon, lat = back(made.sites.places.lon, made.sites.places.lat)
    again = replace(made, sites=replace(made.sites, places=replace(made.sites.places, lon=lon, lat=lat)))
    bar = score.bars(again, people[1])
    assert bar.space == pytest.approx(bars[1].space, abs=1e-9) and bar.total == pytest.approx(bars[1].total, abs=1e-9)
    kilometres = tuple(replace(one, place=(one.place[0], one.place[1] / 1000 * 1000)) for one in people[1].events)
    assert score.bars(made, replace(people[1], events=kilometres)).total == pytest.approx(bars[1].total, abs=1e-9)


def test_the_order_of_sites_links_events_and_statements_is_nothing(drawn):
    made, people, bars = drawn
    n = len(made.sites)
    order = numpy.random.default_rng(5).permutation(n)
    new = numpy.argsort(order)
    s = made.sites
    places = Places.of([(numpy.column_stack([s.places.lon[k:k + 1], s.places.lat[k:k + 1]]), s.places.radius_m[k]) for k in order])
    rows = numpy.argsort(new[s.period_site], kind="stable")
    turned = replace(s, places=places, kinds=tuple(s.kinds[k] for k in order), authorities=tuple(s.authorities[k] for k in order),
                     serves=tuple(s.serves[k] for k in order), period_site=new[s.period_site][rows], periods=s.periods[rows])
    links = numpy.random.default_rng(6).permutation(len(made.confirmed))
    c = Confirmed(*(getattr(made.confirmed, name)[links] for name in Confirmed.__dataclass_fields__))
    held = made.question == "held"
    moves, burials = made.network.moves[::-1].copy(), made.network.burials[::-1].copy()
    documented = made.network.documented[::-1].copy()
    if held:
        moves[:, 2:], documented = new[moves[:, 2:]], new[documented]
    else:
        burials[:, 3] = new[burials[:, 3]]
    network = replace(made.network, moves=moves, burials=burials, documented=documented, moved=new[made.network.moved[::-1]])
    mixed = replace(made, sites=turned, confirmed=replace(c, site=new[c.site]), network=network)
    for one, bar in zip(people[:5], bars, strict=False):
        events = tuple(replace(e, site=int(new[e.site]) if held and e.site >= 0 else e.site) for e in reversed(one.events))
        said = tuple(replace(x, site=int(new[x.site])) for x in reversed(one.statements))
        again = score.bars(mixed, replace(one, events=events, statements=said, companions=one.companions[::-1]))
        for name in (*BARS, "p"):
            assert getattr(again, name)[new] == pytest.approx(getattr(bar, name), abs=1e-9), name


def test_the_same_again_is_the_same_bits_and_the_version_names_every_number(drawn):
    made, people, bars = drawn
    again = score.bars(made, people[2])
    assert all(getattr(again, name).tobytes() == getattr(bars[2], name).tobytes() for name in (*BARS, "total", "p"))
    p = made.parameters
    assert p.version == replace(p).version and p.version.startswith("default-1:") and len(p.version) == 18
    others = (("g", 1.5), ("unlisted", 0.2), ("moves", 5), ("kappa", (("load", 2.0),)))
    changed = {replace(p, **{name: value}).version for name, value in others}
    assert len({p.version, *changed}) == 5


def test_a_mixture_of_events_lies_between_its_single_events(drawn):
    made, people, _ = drawn
    facts = score.statistics(made)
    for one in people:
        parts = []
        for event, _ in score.chosen(one, made.parameters):
            near, onward = score.mixture(made, replace(one, events=(event,)), facts)
            parts.append(near + onward)
        near, onward = score.mixture(made, one, facts)
        assert (near + onward >= numpy.min(parts, axis=0) - 1e-9).all() and (near + onward <= numpy.max(parts, axis=0) + 1e-9).all()


def test_a_site_that_is_farther_has_the_smaller_space_bar():
    made = world(sites([at(0.5 * k * k) for k in range(30)]))
    for radius in (0, 300, 4_000, 60_000):
        assert (numpy.diff(score.bars(made, person(taken(at(0, radius_m=radius)))).space) < 0).all()


def test_a_far_and_idle_site_changes_no_difference_between_two_others(drawn):
    made, people, _ = drawn
    s = made.sites
    places = Places.of([*((numpy.column_stack([s.places.lon[k:k + 1], s.places.lat[k:k + 1]]), s.places.radius_m[k])
                          for k in range(len(s))), at(3_000)])
    longer = replace(s, ids=(*s.ids, -1), codes=(*s.codes, "far"), places=places, kinds=(*s.kinds, ()), authorities=(*s.authorities, ()),
                     multi=numpy.append(s.multi, False), serves=(*s.serves, frozenset()), built=numpy.append(s.built, numpy.nan))
    for one in people[1:3]:
        one = replace(one, events=one.events[:1])  # of a mixture each event has a mean of its own
        bar, more = score.bars(made, one), score.bars(replace(made, sites=longer), one)
        for name in ("space", "time", "load", "authority", "person", "mention"):
            if not (name == "load" and abs(getattr(bar, name)).max() == made.parameters.load_cap):
                assert numpy.diff(getattr(more, name)[:-1]) == pytest.approx(numpy.diff(getattr(bar, name)), abs=1e-9), name


def test_without_load_and_cohort_is_the_same_sum_without_them(drawn):
    for bar in drawn[2]:
        plain = bar.without("load", "cohort")
        assert plain.total == pytest.approx(bar.total - bar.load - bar.cohort) and (plain.load == 0).all()
        assert plain.p.sum() + plain.unlisted == pytest.approx(1)


def test_nobody_to_compare_is_no_error():
    empty = score.bars(world(sites([])), person(taken(at(0))))
    assert len(empty.total) == 0 and len(score.sets(empty, 0.9)[0]) == 0
    single = score.bars(world(sites([at(3)])), person(taken(at(0)), Event("last_custody", None, worlds.days("2013-01-01"), site=0)))
    assert single.p.tolist() == [pytest.approx(0.9)]
