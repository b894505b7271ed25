"""Lists crossed without names: what meets, what does not, what a file tells and what it does not."""
import base64
import itertools
import json
import secrets

import numpy
import pytest
from bitarray import bitarray
from fable_core import similarity
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import names_made
from sitereg.crossing import comparing, encodings, keys
from sitereg.crossing.marks import Person, marks, year
from sitereg.crossing.schema import Schema
from sitereg.errors import BadInput

HALVES = keys.half(), keys.half()
KEY = keys.join(*HALVES)
OTHER = keys.join(HALVES[0], keys.half())
WORDS = (*names_made.MALE, *names_made.FEMALE)
named = st.lists(st.sampled_from(WORDS), min_size=3, max_size=4, unique=True)
PEOPLE = [Person("محمد علي الحلبي", 1980, "دوما"), Person("خالد يوسف النعيمي", 1975, "حرستا"), Person("سمير نبيل الخوري", 1960, "")]
AGAIN = [Person("Samir Nabil al-Khoury", 1961), Person("Mohammad Ali al-Halabi", 1980, "Douma"), Person("Zaynab Qasim", 1990, "Nawa"),
         Person("Khaled Youssef el-Naimi", 1975, "Harasta")]


def alike(one, other, key=KEY, again=KEY, schema=None):
    """Similarity of two persons as two desks would encode them."""
    a, b = (encodings.encode([who], under, schema).file.rows[0][1] for who, under in ((one, key), (other, again)))
    return similarity.dice(a, b)


@settings(max_examples=40, deadline=None)
@given(named, st.permutations(range(3)), st.sampled_from(["un", "congress"]))
def test_a_name_meets_itself_in_either_script_and_any_order(name, order, system):
    arabic = Person(names_made.written(name, "ar"), 1980, "دوما")
    turned = [name[i] for i in order] + name[3:]
    assert alike(arabic, Person(names_made.written(turned, "ar"), 1980, "دوما")) == 1
    latin = Person(names_made.written(name, system), 1980, "Douma")
    assert alike(arabic, latin) > 0.6
    assert alike(arabic, latin) > alike(arabic, latin, again=OTHER) + 0.3


@settings(max_examples=30, deadline=None)
@given(named)
def test_under_another_key_the_same_person_looks_like_anybody(name):
    who = Person(names_made.written(name, "ar"), 1980, "دوما")
    assert alike(who, who) == 1
    assert alike(who, who, again=OTHER) < 0.35


def test_pairs_are_one_to_one_and_found_by_the_numbers_that_stayed():
    a, b = encodings.encode(PEOPLE, KEY), encodings.encode(AGAIN, KEY)
    made = comparing.cross(a.file, b.file)
    assert {(a.numbers[one.one], b.numbers[one.other]) for one in made.pairs} == {(0, 1), (1, 3), (2, 0)}
    assert made.rows == (3, 4) and all(one.similarity >= made.least > one.rival for one in made.pairs)


def test_two_who_look_alike_are_paired_once_and_the_rival_is_told():
    a, b = encodings.encode(PEOPLE[:1], KEY), encodings.encode([AGAIN[1], Person("Mohammad Ali Halabi", 1981, "Douma")], KEY)
    pair, = comparing.cross(a.file, b.file, 0.5).pairs
    assert b.numbers[pair.other] == 0 and 0.5 < pair.rival < pair.similarity


@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_similarities_are_the_librarys_in_batches_of_any_size(monkeypatch, batch):
    monkeypatch.setattr(comparing, "BATCH", batch)
    for a, b in itertools.permutations([encodings.encode(side, KEY).file for side in (PEOPLE, AGAIN)]):
        equal_to_the_library(a, b)


def equal_to_the_library(a, b):
    found = {(one.one, one.other): one for one in comparing.cross(a, b, 0.01).pairs}
    table = {(n, m): similarity.dice(one, other) for n, one in a.rows for m, other in b.rows}
    for (n, m), pair in found.items():
        assert pair.similarity == pytest.approx(table[n, m], abs=1e-4)
        rivals = [value for (i, j), value in table.items() if (i == n) != (j == m)]
        assert pair.rival == pytest.approx(max(rivals), abs=1e-4)


def test_an_empty_encoding_is_like_nothing():
    assert comparing.similarities(numpy.zeros((1, 8), "f4"), numpy.zeros((1, 8), "f4")).tolist() == [[0.0]]


def test_numbers_are_drawn_anew_each_time_and_the_file_stands_in_their_order():
    people = [Person(names_made.written([a, b, "baAsimap"], "ar"), 1970) for a in names_made.MALE[:8] for b in names_made.MALE[8:12]]
    made = [encodings.encode(people, KEY) for _ in range(2)]
    assert made[0].numbers != made[1].numbers
    for one in made:
        assert list(one.numbers) != sorted(one.numbers)
        assert [number for number, _coded in one.file.rows] == list(range(1, len(people) + 1))
    assert {one.to01() for _n, one in made[0].file.rows} == {one.to01() for _n, one in made[1].file.rows}


def test_a_file_holds_neither_name_nor_key_nor_place_nor_year():
    text = encodings.written(encodings.encode(PEOPLE, KEY).file)
    held = text.encode() + b"".join(base64.b64decode(one) for _number, one in json.loads(text)["rows"])
    words = {word for one in PEOPLE for word in (*one.name.split(), one.origin, str(one.born or ""))}
    words |= {mark for one in PEOPLE for kind, mark in marks(one) if kind == "word"} | {KEY, KEY[-20:], *HALVES}
    for word in words - {""}:
        for coding in ("utf-8", "utf-16-le", "cp1256"):
            assert word.encode(coding) not in held
            assert base64.b64encode(word.encode(coding)).rstrip(b"=")[:-1] not in held
        assert json.dumps(word)[1:-1] not in text
    assert keys.read(KEY) not in held and keys.read(KEY).hex() not in text


def test_another_key_is_refused():
    with pytest.raises(BadInput, match="different keys") as told:
        comparing.cross(encodings.encode(PEOPLE, KEY).file, encodings.encode(AGAIN, OTHER).file)
    assert told.value.code == "other_key"


@pytest.mark.parametrize(("schema", "named"), [
    (Schema(hardening="plain"), "hardening"), (Schema(salted=True), "salted"), (Schema(fields=("name", "born")), "fields")])
def test_another_schema_is_refused_and_named(schema, named):
    with pytest.raises(BadInput, match="different rules") as told:
        comparing.cross(encodings.encode(PEOPLE, KEY).file, encodings.encode(AGAIN, KEY, schema).file)
    assert told.value.code == "other_schema" and told.value.where == named


def test_who_reads_names_by_other_rules_is_refused(monkeypatch):
    from sitereg import sounds
    from sitereg.crossing import schema

    one = encodings.encode(PEOPLE, KEY).file
    monkeypatch.setattr(sounds, "bones", lambda word: word[:2])
    schema._printed.cache_clear()
    other = encodings.encode(PEOPLE, KEY).file
    monkeypatch.undo()
    schema._printed.cache_clear()
    with pytest.raises(BadInput, match="how names are read"):
        comparing.cross(one, other)


@pytest.mark.parametrize("schema", [Schema(), Schema(hardening="plain"), Schema(salted=True), Schema(fields=("name",))])
def test_a_file_is_read_as_it_was_written(schema):
    made = encodings.encode(PEOPLE, KEY, schema).file
    back = encodings.read(encodings.written(made))
    assert back.rows == made.rows and back.fingerprint == made.fingerprint
    assert {len(one) for _n, one in back.rows} == {schema.width}


def test_salted_a_name_has_another_encoding_in_each_year():
    one, other = Person("محمد علي الحلبي", 1980), Person("محمد علي الحلبي", 1981)
    assert alike(one, other) > 0.85 and alike(one, other, schema=Schema(salted=True)) < 0.4


def test_folding_is_the_librarys():
    plain, folded = (encodings.encode(PEOPLE[:1], KEY, Schema(hardening=one)).file.rows[0][1] for one in ("plain", "fold"))
    assert folded == plain[:512] ^ plain[512:]


def spoilt():
    told = json.loads(encodings.written(encodings.encode(PEOPLE, KEY).file))
    yield "{}", "no file of encodings"
    yield "[1]", "no file of encodings"
    yield "[" * 100_000, "no file of encodings"
    yield json.dumps({**told, "format": "other"}), "no file of encodings"
    yield json.dumps({**told, "key": "<b>"}), "no file of encodings"
    yield json.dumps({**told, "said": {**told["said"], "length": "9"}}), "no file of encodings"
    yield json.dumps({**told, "said": {**told["said"], "length": 10 ** 9}}), "no file of encodings"
    yield json.dumps({**told, "rows": []}), "cut, doubled"
    yield json.dumps({**told, "rows": [told["rows"][0]] * 2}), "cut, doubled"
    yield json.dumps({**told, "rows": [[1, "AAAA"]]}), "cut, doubled"
    yield json.dumps({**told, "rows": [["1", told["rows"][0][1]]]}), "cut, doubled"


@pytest.mark.parametrize(("text", "says"), list(spoilt()), ids=lambda one: one[:12] if len(one) < 40 else "text")
def test_a_spoilt_file_is_refused_in_words(text, says):
    with pytest.raises(BadInput, match=says):
        encodings.read(text)


def test_halves_make_one_key_in_either_order_and_one_half_is_no_key():
    assert keys.join(*HALVES) == keys.join(*reversed(HALVES)) == KEY != OTHER
    with pytest.raises(BadInput, match="Both halves are the same"):
        keys.join(HALVES[0], HALVES[0])
    for wrong in (HALVES[0], "", secrets.token_hex(32)):
        with pytest.raises(BadInput, match="no key") as told:
            encodings.encode(PEOPLE, wrong)
        assert not wrong or wrong not in str(told.value)
    with pytest.raises(BadInput, match="no half"):
        keys.join(KEY, HALVES[0])


def test_uses_of_a_key_are_apart_and_the_spoken_word_tells_it_from_others():
    assert len({keys.commitment(KEY), keys.derived(KEY, "encoding").hex()[:32], keys.read(KEY).hex()[:32], keys.commitment(OTHER)}) == 4
    assert keys.spoken(KEY) == keys.spoken(KEY + "\n") != keys.spoken(OTHER)


def test_who_has_no_name_is_left_out_and_a_list_of_such_is_refused():
    made = encodings.encode([PEOPLE[0], Person("مجهول الهوية"), Person(""), Person("wife of Khaled")], KEY)
    assert made.left == (1, 2, 3) and list(made.numbers.values()) == [0]
    with pytest.raises(BadInput, match="Nobody in the list"):
        encodings.encode([Person("unknown")], KEY)


@pytest.mark.parametrize(("cell", "said"), [
    ("١٩٧٥", 1975), ("1975-03-01", 1975), ("ولد عام 1980", 1980), ("", None), (None, None), ("1975/1980", None), ("19751", None), ("x", None)])
def test_a_year_is_read_where_a_cell_says_one(cell, said):
    assert year(cell) == said


def test_titles_say_nothing_and_a_kunya_little():
    assert alike(Person("الدكتور محمد علي الحلبي"), Person("محمد علي الحلبي")) == 1
    whole, light = marks(Person("ابو خالد محمد الحلبي")), marks(Person("محمد الحلبي"))
    assert {share for mark, share in whole.items() if mark not in light} == {0.5}


@pytest.mark.parametrize("least", [0, -1, 1.5])
def test_a_threshold_that_is_none_is_refused(least):
    file = encodings.encode(PEOPLE, KEY).file
    with pytest.raises(BadInput, match="threshold"):
        comparing.cross(file, file, least)


def test_what_cannot_be_a_schema_is_refused():
    for wrong in ({"fields": ("born",)}, {"hardening": "none"}, {"fields": ("name", "sex")}, {"fields": ("name",), "salted": True}):
        with pytest.raises(BadInput):
            Schema(**wrong)


def test_encodings_are_bits_of_the_library():
    assert all(isinstance(one, bitarray) and 0 < one.count() < 400 for _n, one in encodings.encode(PEOPLE, KEY).file.rows)
