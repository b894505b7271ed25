"""A registry simulated from the model itself: what the score says of its certainty is as often true as it says."""
from dataclasses import replace

import numpy
import pytest

from sitereg.links import score
from sitereg.links.model import Confirmed, Network
from tests.sitereg.links.worlds import KM, LAT, LON, at, day, person, sites, taken, world

PERSONS, DRAWS, SITES = 300, 12, 120


@pytest.fixture(scope="module", params=["held", "buried"])
def simulated(request):
    """[(bars, true sites, SITES for one not listed)]: drawn from the score that those before leave; of half the first is confirmed."""
    rng = numpy.random.default_rng(20)
    where = rng.uniform(-120, 120, (SITES, 2))
    first = day("2012-01-01")
    began = rng.integers(0, 700, SITES)
    periods = {k: [(first + began[k],) * 2 + (first + began[k] + 400,) * 2] for k in range(0, SITES, 3)}
    made = sites([at(*one, 200.0) for one in where], periods,
                 authorities=tuple(((("air", "army", "state")[k % 3], numpy.nan, numpy.nan),) for k in range(SITES)))
    base = world(made, request.param, network=Network(moved=numpy.array([[4, 9], [20, 21]])))
    rows, told = [], []
    for number in range(PERSONS):
        links = Confirmed(*(numpy.array([row[k] for row in rows], int if k in (0, 1, 3) else float) for k in range(7)))
        x, y = rng.uniform(-120, 120, 2)
        when = first + rng.integers(0, 1_100)
        asked = person(taken(at(x, y, rng.choice([2e3, 2e4])), (when, when + 20)), number=number,
                       authorities=frozenset({("air", "army", "state")[number % 3]}))
        bar = score.bars(replace(base, confirmed=links), asked)
        true = rng.choice(SITES + 1, DRAWS, p=numpy.append(bar.p, bar.unlisted) / (bar.p.sum() + bar.unlisted))
        told.append((bar, true))
        if true[0] < SITES and number % 2:
            rows.append((number, true[0], when, -1, LON + x * KM, LAT + y * 0.0089932, 2e3))
    return told


def test_the_sets_hold_the_truth_as_often_as_they_say(simulated):
    for level in (0.5, 0.9):
        held = 0
        for bar, true in simulated:
            named, unlisted = score.sets(bar, level)
            held += numpy.isin(true, [*named, *([SITES] if unlisted else [])]).sum()
        assert level - 0.02 <= held / PERSONS / DRAWS <= level + (0.02 if level == 0.9 else 0.06)


def test_the_first_candidate_is_right_as_often_as_it_says(simulated):
    said = numpy.array([bar.p.max() for bar, _ in simulated])
    right = sum((true == bar.p.argmax()).mean() for bar, true in simulated)
    assert abs(said.sum() - right) < 3 * numpy.sqrt((said * (1 - said)).sum() / DRAWS)


def test_a_set_is_the_fewest_that_reach_the_level(simulated):
    bar = simulated[0][0]
    for level in (0.3, 0.5, 0.9, 0.97):
        named, unlisted = score.sets(bar, level)
        mass = bar.p[named].sum() + unlisted * bar.unlisted
        assert mass >= level - 1e-9
        smallest = min([*bar.p[named], *([bar.unlisted] if unlisted else [])])
        assert mass - smallest < level
        left = numpy.setdiff1d(numpy.arange(SITES), named)
        assert bar.p[named].min() >= bar.p[left].max(initial=0)
    assert len(score.sets(bar, 1.0)[0]) == SITES and score.sets(bar, 1.0)[1]
