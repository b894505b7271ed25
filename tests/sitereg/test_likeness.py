"""What two records have in common, in bits: spellings and scripts, places, days, numbers; parts; nothing from nothing."""
from datetime import date

import pytest

from sitereg import likeness


def record(id, *names, **more):
    return likeness.Record(id, tuple(likeness.read(name) for name in names), **more)


OTHERS = [record(f"o{n}", name, lon=38 + n / 10, lat=35.0, uncertainty_m=100) for n, name in enumerate((
    "North Ridge 12", "South Orchard 3", "سجن الوادي الجديد", "Old Quarry 9", "فرع 7231", "Mill Bridge", "مقبرة الحقل", "Lower Spring 4"))]


def found(*records):
    return likeness.pairs([*records, *OTHERS])


@pytest.mark.parametrize(("one", "other"), [
    ("Saydal Central Prison", "سجن صيدال المركزي"), ("Saydal prison", "Seidal prison"), ("سجن صيدال", "صيدال"), ("Saydal Mill", "Saydla Mill")])
def test_one_place_under_two_names(one, other):
    pair = found(record("a", one, lon=36.1, lat=33.1, uncertainty_m=200), record("b", other, lon=36.101, lat=33.1, uncertainty_m=200))[0]
    assert {pair.one, pair.other} == {"a", "b"} and pair.bits >= likeness.PROPOSED
    assert pair.bits == pytest.approx(sum(bits for _what, bits, _said in pair.parts), abs=0.2)


def test_the_same_name_far_away_is_another_place():
    assert found(record("a", "Saydal", lon=36.1, lat=33.1, uncertainty_m=200), record("b", "Saydal", lon=40.1, lat=36.1, uncertainty_m=200)) == []


def test_another_number_is_another_branch():
    at = {"lon": 36.1, "lat": 33.1, "uncertainty_m": 200}
    assert found(record("a", "Branch 7215", **at), record("b", "فرع 7216", **at)) == []
    assert len(found(record("a", "Branch 7215", **at), record("b", "فرع ٧٢١٥", **at))) == 1


def test_a_wing_is_a_part():
    at = {"lon": 36.1, "lat": 33.1, "uncertainty_m": 200, "groups": frozenset({"detention"}), "kinds": frozenset({"prison_central"})}
    assert found(record("a", "Saydal Prison", **at), record("b", "Saydal Prison, east wing", **at))[0].suggests == "part_of"
    grave = at | {"groups": frozenset({"burial"}), "kinds": frozenset({"mass_grave"})}
    assert found(record("a", "Saydal", **at), record("b", "Saydal", **grave))[0].suggests == "part_of"


def test_persons_by_name_birth_and_day():
    born, day = (date(1980, 1, 1), date(1980, 12, 31)), {"began": date(2012, 5, 1), "ended": date(2012, 5, 9)}
    many = [record(f"p{n}", f"{a} {b} {c}") for n, (a, b, c) in enumerate(
        (a, b, c) for a in ("أحمد", "محمد", "سمير") for b in ("خالد", "علي", "Hasan") for c in ("الوهمي", "Khayali", "المثالي"))]
    one, other = record("a", "فاضل خالد المجرَّب", born=born, **day), record("b", "Fadil bin Khaled Mujarrab", born=born, **day)
    pair = next(made for made in likeness.pairs([one, other, *many]) if {made.one, made.other} == {"a", "b"})
    assert {what: said for what, _bits, said in pair.parts}["name"] == ("sounds",) * 3 and pair.suggests == "same_as"
    apart = record("b", "Fadil bin Khaled Mujarrab", born=(date(1950, 1, 1), date(1950, 12, 31)), sex="female", **day)
    assert likeness.compare(record("a", "فاضل خالد المجرَّب", born=born, sex="male"), apart, [one, apart, *many]).bits < pair.bits - 8


def test_what_was_settled_is_left_out_and_nothing_comes_of_nothing():
    at = {"lon": 36.1, "lat": 33.1, "uncertainty_m": 200}
    two = [record("a", "Saydal", **at), record("b", "Saydal", **at)]
    assert likeness.pairs([*two, *OTHERS], known=frozenset([frozenset(("a", "b"))])) == [] and likeness.pairs([]) == []
    assert likeness.pairs([likeness.Record("x", ()), likeness.Record("y", ())]) == []


def test_two_numbers_in_one_list_speak_against_it():
    at = {"lon": 36.1, "lat": 33.1, "uncertainty_m": 200}
    listed = [frozenset([("partner", number)]) for number in ("1", "2")]
    apart = likeness.compare(record("a", "Saydal", listed=listed[0], **at), record("b", "Saydal", listed=listed[1], **at), OTHERS)
    same = likeness.compare(record("a", "Saydal", listed=listed[0], **at), record("b", "Saydal", listed=listed[0], **at), OTHERS)
    assert same.bits - apart.bits == pytest.approx(11)
