"""How words of names sound: vectors, spellings that meet, words that must not, and anything at all without an error."""
import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitereg import sounds

VECTORS = Path(__file__).parents[1] / "files" / "sounds.csv"


def heard(text):
    return [sounds.bones(word) for word in sounds.words(text)]


def test_every_vector():
    with VECTORS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        words = sounds.words(row["text"])
        assert (" ".join(words), " ".join(map(sounds.sound, words)), " ".join(map(sounds.bones, words))) == (row["words"], row["sounds"], row["bones"])
    assert len(rows) > 45


@pytest.mark.parametrize("spellings", [
    ("عبد الرحمن", "عبدالرحمن", "Abd al-Rahman", "Abdul Rahman", "Abdurrahman", "Abdelrahman", "ʿAbd ar-Raḥmān"),
    ("عبد الله", "عبدالله", "عبدلله", "Abdullah", "Abdallah", "Abd Allah", "Abdulla"), ("محمد", "مُحَمَّد", "Muhammad", "Mohamed", "Mouhamad"),
    ("الحلبي", "حلبي", "al-Halabi", "El Halaby", "alhalabi"), ("فاطمة", "فاطمه", "Fatima", "Fatmeh"[:4] + "ah"), ("يوسف", "Yusuf", "Youssef", "Josef"),
    ("صيدنايا", "Saydnaya", "Sednaya", "Sidnaya"), ("دير الزور", "Deir ez-Zor", "Dayr az Zawr", "Der Zor"), ("فرع 215", "الفرع ٢١٥", "Branch 215")])
def test_spellings_of_one_name_meet(spellings):
    assert len({tuple(heard(one)) for one in spellings}) == 1, [(one, heard(one)) for one in spellings]


@pytest.mark.parametrize(("one", "other"), [("محمد", "محمود"), ("علي", "علاء"), ("فرع 215", "فرع 216"), ("Hasan", "Hussam"), ("خالد", "حامد")])
def test_other_names_do_not(one, other):
    assert [sounds.sound(word) for word in sounds.words(one)] != [sounds.sound(word) for word in sounds.words(other)]


@pytest.mark.parametrize(("right", "slip"), [("محمد", "مجمد"), ("محمد", "محد"), ("سلمان", "سملان"), ("قاسم", "قاسمم"), ("علي", "غلي"), ("Halabi", "Halbai"), ("Khaled", "Khaked")])
def test_one_slip_leaves_a_mark_in_common(right, slip):
    assert sounds.near(sounds.words(right)[0]) & sounds.near(sounds.words(slip)[0])


@pytest.mark.parametrize(("one", "other"), [
    ("جاغش", "Cağış"), ("طاجوذ", "Tacuz"), ("خالد", "Halid"), ("خالد", "Chalid"), ("وليد", "Valid"), ("ذاكر", "Zaker"), ("أنيس", "elAnis"), ("الثابت", "Sabit")])
def test_words_of_which_one_tongue_makes_the_other_meet(one, other):
    first, second = sounds.words(one)[0], sounds.words(other)[0]
    assert (sounds.near(first) | sounds.alike(first)) & (sounds.near(second) | sounds.alike(second))


@pytest.mark.parametrize(("word", "other"), [("cemal", "jemal"), ("vatan", "watan"), ("chalid", "Xalid"), ("elanyat", "anyat"), ("christof", None), ("schadi", None),
                                             ("ali", None), ("elias", None), ("hasan", None), ("محمد", None)])
def test_letters_that_are_read_in_two_ways(word, other):
    assert sounds.other(word) == other


def test_numbers_have_no_neighbours():
    assert sounds.alike("215") == frozenset()
    assert sounds.near("215") == {"215"} and not sounds.near("215") & sounds.near("216")


@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=60))
def test_anything_has_few_short_words(text):
    words = sounds.words(text)
    assert len(words) <= 12 and all(0 < len(word) <= 40 and " " not in word for word in words)
    assert all(len(sounds.near(word)) < 90 and len(sounds.alike(word)) < 90 and isinstance(sounds.sound(word), str) for word in words)
