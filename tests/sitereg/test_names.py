"""Search keys of names: the table of vectors that the SQL keys obey too, and what is no name at all."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitereg import names

VECTORS = Path(__file__).parent.parent / "files" / "names.csv"


def vectors():
    r"""The rows (text, strict, loose, why) of the table; \uXXXX in it stands for a mark that is not seen."""
    with VECTORS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = re.sub(r"\\u([0-9a-f]{4})", lambda met: chr(int(met[1], 16)), row["text"])
            yield pytest.param(text, row["strict"], row["loose"], id=row["why"])


@pytest.mark.parametrize(("text", "strict", "loose"), list(vectors()))
def test_keys_are_those_of_the_table(text, strict, loose):
    assert names.key_strict(text) == strict
    assert names.key_loose(text) == loose


@pytest.mark.parametrize(("one", "two"), [
    ("عبد الله ابن محمد الأحمد", "محمد أحمد عبدالله"), ("أبو محمد", "ابومحمد"), ("فاطمة رؤى", "روى فاطمه"),
    ("مُحَمَّد", "محمـد"), ("SAMER AL-ALI", "samer al-ali"),
])
def test_spellings_of_one_name_meet(one, two):
    assert names.key_loose(one) == names.key_loose(two)


@pytest.mark.parametrize(("one", "two"), [
    ("محمد", "محمود"), ("عبد الله", "عبد الرحمن"), ("حسن", "حسين"), ("الياس", "الهام"), ("مصطفى", "مصطفا"),
])
def test_different_names_stay_apart(one, two):
    assert names.key_loose(one) != names.key_loose(two)


@given(st.text(max_size=80))
def test_no_text_crashes_and_keys_hold_nothing_unseen(text):
    strict, loose = names.key_strict(text), names.key_loose(text)
    assert not re.search(
        "[\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeffأإآٱیک]", strict)
    assert strict == strict.strip(" ") and "  " not in strict
    words = loose.split(" ") if loose else []
    assert words == sorted(set(words)) and not {"ابن", "بن", "بنت", "ال", ""} & set(words)
    assert names.read(text).verbatim == text


@given(st.lists(st.sampled_from(["محمد", "علي", "الحلبي", "فاطمة", "رائد", "حسن"]), max_size=5), st.randoms())
def test_the_loose_key_knows_no_order(words, random):
    mixed = words[:]
    random.shuffle(mixed)
    assert names.key_loose(" ".join(words)) == names.key_loose("  ".join(mixed))


@pytest.mark.parametrize("text", [
    "", " ", "-", "--", "?", "...", "N/A", "n/a", "xxx", "XXXX", "x", "مجهول", "مجهول الهوية", "غير معروف",
    "لا يوجد", "فلان", "طفل", "Unknown", "UNIDENTIFIED", "desconocido", "aaaa", "123", "جثة رقم 12",
    "مجهول 14", "unknown 3", "body no. 7/12", "\u200f-\u200e",
])
def test_placeholders_are_no_names_and_never_keys(text):
    name = names.read(text)
    assert name.unnamed and name.strict == name.loose == ""


@pytest.mark.parametrize(
    "text", ["محمد", "طفل الحلبي", "Xavier", "Ann", "أبو محمد", "مجهولي", "نور", "Body Ali"])
def test_names_are_not_taken_for_placeholders(text):
    name = names.read(text)
    assert not name.unnamed and name.strict and name.loose


def test_the_number_of_a_body_is_kept():
    assert names.read("جثة رقم ١٢").number == "12"
    assert names.read("body no. 7/12").number == "7/12"
    assert names.read("محمد 12").number is None and not names.read("محمد 12").unnamed


def test_titles_kunyas_and_relations_are_marked():
    titled = names.read("العقيد الدكتور محمد علي")
    assert titled.titles == ("العقيد", "الدكتور") and titled.strict == "محمد علي"
    assert names.read("الشيخ").strict == "الشيخ"
    assert names.read("أبو محمد").kunya_only and names.read("Abu Samer").kunya_only
    assert not names.read("أبو محمد الحلبي").kunya_only and not names.read("محمد أبو علي").kunya_only
    assert names.read("زوجة أحمد علي").through_relative and names.read("wife of Samer").through_relative
    assert not names.read("زوجة").through_relative


@pytest.mark.parametrize(("text", "code"), [
    ("محمد", "Arab"), ("Samer", "Latn"), ("محمد Ali علي", "Arab"), ("ܫܡܘܢ", "Syrc"), ("Արամ", "Armn"),
    ("215", None), ("Иван", "Cyrl"), ("اب ab", "Zyyy"), ("中文", "Zzzz"),
])
def test_the_script_is_that_of_most_letters(text, code):
    assert names.script(text) == code


PEOPLE = ["محمد", "علي", "الحلبي", "فاطمة", "رائد", "حسن", "بن", "عبد", "الله", "أبو", "آل", "Salem", "al", "bin"]


@given(st.lists(st.sampled_from(PEOPLE), max_size=7))
def test_no_word_of_a_name_is_lost_in_its_readings_and_none_is_preferred(words):
    text = " ".join(words)
    read = names.parts(text)
    assert not read or abs(sum(one.weight for one in read) - 1) < 1e-9
    assert len({one.weight for one in read}) <= 1
    left = sorted(word for word in names.parted(text).name.split() if names.key_strict(word) not in {"بن", "bin"})
    for one in read:
        said = " ".join(filter(None, (one.ism, one.nasab_father, one.nasab_grandfather, one.family)))
        assert sorted(word for word in said.split() if names.key_strict(word) not in {"بن", "bin"}) == left


@given(st.text(max_size=60))
def test_no_text_crashes_the_parting_of_names(text):
    parted = names.parted(text)
    kept = "".join(filter(None, (*parted.titles, parted.name, parted.kunya, parted.alias)))
    assert set("".join(kept.split())) <= set("".join(text.split()))
    names.parts(text)


@pytest.mark.parametrize(("text", "name", "titles", "kunya", "alias"), [
    ("الشيخ الدكتور سالم مثال", "سالم مثال", ("الشيخ", "الدكتور"), None, None), ("أبو محمد", "", (), "أبو محمد", None),
    ("العقيد أبو محمد", "", ("العقيد",), "أبو محمد", None), ("سالم مثال (أبو محمد)", "سالم مثال", (), "أبو محمد", None),
    ("سالم مثال الملقب بـ الطويل", "سالم مثال", (), None, "الطويل"), ("سالم أبو زيد", "سالم أبو زيد", (), None, None),
    ("Dr. Salem Example", "Salem Example", ("Dr.",), None, None)])
def test_what_stands_beside_a_name_is_told_apart(text, name, titles, kunya, alias):
    assert names.parted(text) == names.Parted(name, titles, kunya, alias)


@pytest.mark.parametrize(("text", "ways"), [
    ("سالم", 1), ("سالم مثال", 2), ("سالم خالد مثال", 3), ("سالم خالد أحمد مثال", 2), ("سالم بن خالد مثال", 1), ("مجهول", 0),
    ("زوجة سالم", 0), ("عبد الله آل مثال", 2)])
def test_a_name_has_as_many_readings_as_its_words_allow(text, ways):
    assert len(names.parts(text)) == ways
