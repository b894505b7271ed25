"""What is kept of persons stands in place: who is taken out, ranked again or added leaves all others as they were."""
import numpy
import pytest

from sitereg.links import borders, kept
from sitereg.links.layout import Persons
from sitereg.links.sums import Summing
from tests.sitereg.links.test_sums import house, standing

FLAT = ("used", "gone", "mention", "together")


def same(one, other):
    """Whether two Persons say the same."""
    whole = all(numpy.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in ("days", "who", "where"))
    return one.ids == other.ids and whole and all(numpy.array_equal(mine, yours, equal_nan=mine.dtype.kind == "f")
                                                  for name in FLAT for mine, yours in zip(getattr(one, name), getattr(other, name), strict=True))


def test_persons_are_taken_in_a_stretch_and_in_any_order():
    world, persons = house("held", 50, many=80, custody=6)
    laid = standing(world, persons).sums.whole()[0]
    assert all(len(getattr(laid, name)[0]) for name in FLAT), "somebody has each"
    row = numpy.arange(len(laid))
    for first, last in ((0, 80), (13, 47), (79, 80), (20, 20)):
        assert same(laid.part(first, last), laid.only((row >= first) & (row < last)))
    order = numpy.random.default_rng(1).permutation(80)[:60]
    alone = [laid.part(n, n + 1) for n in order.tolist()]
    assert same(laid.at(order), Persons.joined(alone))
    days, which = laid.between
    assert numpy.array_equal(days[which], laid.days[:, :2], equal_nan=True) and len(days) == len(numpy.unique(numpy.nan_to_num(laid.days[:, :2]), axis=0))
    assert numpy.isnan(days).any(), "somebody has no days"


def told(sums):
    """{person: all that is kept of him}; numbers of the layout by what they stand for."""
    (laid, held), found = sums.whole(), {}
    known = [list(many) for many in (sums.layout.authorities, sums.layout.traits, sums.layout.between, sums.layout.places)]
    for n, one in enumerate(laid.ids):
        mine = laid.part(n, n + 1)
        shared = [many[number] for many, number in zip(known, mine.who[0].tolist(), strict=False)]
        places = [known[3][number] if number >= 0 else None for number in mine.used[1].tolist()]
        flat = [mine.days, mine.where, *mine.used[2:], *mine.gone, *mine.mention, *mine.together]
        found[one] = (repr((shared, places)), *flat, *(part[n].copy() for part in held))
    return found


def alike(one, other):
    return one[0] == other[0] and all(numpy.array_equal(mine, yours, equal_nan=mine.dtype.kind == "f")
                                      for mine, yours in zip(one[1:], other[1:], strict=True))


def test_whoever_is_taken_out_and_comes_back_leaves_the_others_as_they_were():
    world, persons = house("held", 51, many=90, custody=6)
    engine, dice = standing(world, persons[:20]), numpy.random.default_rng(2)
    known, room, grown = told(engine.sums), engine.sums.room, 0
    for step in range(12):
        gone = [persons[n] for n in dice.choice(90, 9, replace=False)]
        engine.sums.drop([one.id for one in gone])
        back = [persons[n] for n in dice.choice(90, 4 + step, replace=False)]
        known = {one: row for one, row in known.items() if one not in {each.id for each in gone}}
        alone = standing(world, back)
        engine.rank(back)
        known.update(told(alone.sums))
        now = told(engine.sums)
        assert now.keys() == known.keys() and all(alike(now[one], known[one]) for one in now)
        assert all(part.base is not None for part in engine.sums.held), "a view of the room"
        grown += engine.sums.room is not room
        room = engine.sums.room
        assert engine.sums.bytes() >= sum(part.nbytes for part in room)
    assert 0 < grown < 12, "others are laid elsewhere only where there is no room"


def test_nobody_may_be_left_and_somebody_come_back():
    world, persons = house("held", 52, many=12)
    engine = standing(world, persons)
    engine.sums.drop([one.id for one in persons])
    assert not len(engine.sums.whole()[0]) and not len(engine.sums)
    engine.rank(persons[:2])
    assert told(engine.sums).keys() == {one.id for one in persons[:2]}
    nobody = Summing(world)
    nobody.start()
    assert nobody.sums.persons is None and not len(nobody.sums)


@pytest.mark.parametrize("equal", [0.0, 0.4])
def test_what_nearly_stands_in_its_order_is_sorted_as_everything_is(equal):
    dice = numpy.random.default_rng(3)
    for many in (1, 2, 30, 90):
        values = numpy.sort(dice.random(many))[::-1] * (1 + dice.normal(0, 0.05, many))
        values[dice.random(many) < equal] = values[0]
        assert numpy.array_equal(borders.nearly.py_func(values, many), numpy.argsort(-values, kind="mergesort"))


@pytest.mark.parametrize(("said", "room"), [("max", None), ("", None), (str(2 ** 36), None), (str(2 ** 33), 2 ** 31), (str(2 ** 20), 2 ** 30)])
def test_worlds_that_are_kept_have_a_quarter_of_the_memory(tmp_path, monkeypatch, said, room):
    (tmp_path / "max").write_text(f"{said}\n")
    whole = {"SC_PHYS_PAGES": 2 ** 23, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr(kept.os, "sysconf", whole.__getitem__)
    assert kept.room(tmp_path / "max") == (room or 2 ** 33)
    assert kept.room(tmp_path / "none") == 2 ** 33
