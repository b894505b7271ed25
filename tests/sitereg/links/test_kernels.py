"""The compiled loops of the engine equal what they stand for, at their edges too."""
from dataclasses import replace

import numpy
import pytest

from bench import worlds
from sitereg.links import days, kernels, onward, others, products, score, space, uses
from sitereg.links.asked import key
from sitereg.links.model import Places
from sitereg.links.rows import Rows


def test_exponentials_and_logarithms_are_those_of_the_library():
    dice = numpy.random.default_rng(1)
    x = numpy.concatenate([dice.uniform(-690, 690, 500), dice.uniform(-1, 1, 500), [0.0, -0.0]])
    assert numpy.allclose([kernels.raised(one) for one in x], numpy.exp(x), rtol=2e-14, atol=0)
    assert kernels.raised(-numpy.inf) < 1e-300 and kernels.raised(-1e6) < 1e-300
    y = numpy.concatenate([numpy.exp(x[:1000]), [1.0, 0.5, 2.0, numpy.nextafter(1, 0), numpy.nextafter(1, 2)]])
    assert numpy.allclose([kernels.ln(one) for one in y], numpy.log(y), rtol=1e-14, atol=1e-15)
    assert kernels.ln(0.0) == -numpy.inf and kernels.ln(1.0) == 0


def test_what_is_compiled_is_kept_by_the_text_of_every_loop(tmp_path):
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("@compiled")
    other.write_text("@inner")
    (tmp_path / "third.py").write_text("no loop")
    before = kernels.cache(tmp_path)
    (tmp_path / "third.py").write_text("still none")
    assert kernels.cache(tmp_path) == before and before.startswith(str(tmp_path / "__pycache__"))
    other.write_text("@inner, changed")
    assert kernels.cache(tmp_path) != before, "what calls a changed loop must be compiled anew"
    assert kernels.cache(tmp_path, "/elsewhere").startswith("/elsewhere/sitereg-")


@pytest.mark.parametrize("many", [0, 1, 3, 8, 29])
def test_sums_and_maxima_taken_side_by_side_miss_nothing(many):
    for values in (numpy.arange(many) + 0.5, -numpy.arange(many) - 0.5):
        assert kernels.summed(values) == values.sum() and kernels.most(values) == values.max(initial=-numpy.inf)


@pytest.mark.parametrize("question", ["held", "buried"])
def test_the_steps_of_use_are_the_mean_over_all_dates_and_lags(question):
    world = worlds.world(question, 80, 160, seed=4)
    facts, row, dice = score.statistics(world), numpy.empty(80), numpy.random.default_rng(2)
    seen = others.derived(world.confirmed, facts.periods_known, world.parameters.derived_from)
    assert len(seen[0])
    edges = world.sites.periods[~numpy.isnan(world.sites.periods)]
    for dates in (9, 1, 4):
        parameters = replace(world.parameters, dates=dates)
        laid = uses.laid(facts, world.confirmed, parameters, 80)
        for first in [*dice.integers(734_000, 739_500, 30).tolist(), *edges[:10], *edges[10:20] + 30, *edges[20:30] - 180, edges[0] + 0.5]:
            for wide in (0, 1, 29, 364, 3_000):
                uses.in_use(float(first), float(first + wide), laid, row)
                naive = days.time((first, first + wide), facts.intervals, seen, 80, parameters)
                assert numpy.allclose(row, naive, rtol=0, atol=1e-12), (first, wide, dates)
    uses.in_use(float("nan"), float("nan"), laid, row)
    assert not row.any()


@pytest.mark.parametrize("radius", [0.0, 900.0])
def test_nearness_holds_at_the_very_place_and_at_the_other_end_of_the_world(radius):
    world, here = worlds.world("held", 6, 0), numpy.array([[12.0, 35.0]])
    shapes = [(here, 0.0), (-here + [[180, 0]], 0.0), (here + 1e-9, radius), (here * (8, 1), radius), None, (here + 0.3, 0.0)]
    world = replace(world, sites=replace(world.sites, places=Places.of(shapes)))
    naive = space.ratio(space.expected(here, radius, world.sites.places, world.parameters.d0_km, world.parameters.g))
    assert numpy.allclose(Rows(world).ratio(*key((here, radius))), naive, rtol=1e-11, atol=0)


@pytest.mark.parametrize("question", ["held", "buried"])
def test_many_custodies_at_a_time_are_each_alone_without_the_moves_of_ones_own(question):
    world = worlds.world(question, 30, 60, custody=9)
    chain = score.statistics(world).chain
    persons = list(worlds.persons(60, world, custody=9))
    asked = [(n % 9, *onward.own(one, world.network)) for n, one in enumerate(persons)]
    assert any(moves for _, moves, _ in asked) and any(burials for *_, burials in asked) == (question == "buried")
    laws = onward.laws(chain, asked)
    for law, person, (node, *_) in zip(laws, persons, asked, strict=True):
        assert numpy.allclose(law, chain.law(node, score.own_network(world, person)), rtol=1e-12, atol=1e-15)
    assert onward.laws(chain, asked[:7]).tobytes() == laws[:7].tobytes() and onward.laws(chain, asked[7:8]).tobytes() == laws[7].tobytes()
    assert numpy.allclose(laws.sum(axis=1), 1)


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (7, 13), (256, 480), (300, 500), (530, 25)])
def test_a_row_times_a_matrix_has_the_same_bits_in_any_company(rows, columns):
    dice = numpy.random.default_rng(rows)
    many, matrix = dice.random((3 * products.FEW, rows)), dice.random((rows, columns)) ** 9
    many[5], many[6] = 0, numpy.arange(rows) == rows // 2  # nobody; and where one is known to be

    def made(some):
        answer = numpy.full((len(some), columns), 0.25)
        products.product(many[some], matrix, answer)
        return answer

    whole = made(numpy.arange(len(many)))
    assert numpy.allclose(whole, 0.25 + many @ matrix, rtol=1e-13, atol=0)
    for some in ([0], [3, 6, 1], numpy.arange(products.FEW), numpy.arange(products.FEW + 1)[::-1], numpy.arange(2 * products.FEW + 3)):
        assert numpy.array_equal(made(some), whole[some]), "the bits hang on who stands beside"
