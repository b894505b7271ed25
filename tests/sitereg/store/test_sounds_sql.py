"""The sounds of words in SQL are those of sitereg.sounds, vector by vector and for any text."""
import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitereg import sounds
from tests.sitereg.store.test_resolve_names import LETTERS, raw  # noqa: F401  (a fixture)
from tests.sitereg.test_sounds import VECTORS

pytestmark = pytest.mark.db
words = st.sampled_from(["عبد", "ال", "الله", "ابو", "بن", "عبدلله", "الحلبي", "Abu", "abdul", "el", "din", "ad", "الدين", "ash", "umm", "ar", "rahman", "shams", "cemal", "chalid", "vatan", "elanyat"])
texts = st.lists(st.one_of(words, st.text(LETTERS + "hklsšḫ'’5", max_size=6)), max_size=6).map(" ".join)


def alike(raw, text):  # noqa: F811
    said = raw.execute("select api._name_words(%s)", [text]).fetchone()[0]
    assert tuple(said) == sounds.words(text), text
    for word in set(said):
        row = raw.execute("select h.sound, h.bones, h.sound2, h.bones2, h.near, h.alike from api._heard(%s) h", [word]).fetchone()
        other = sounds.other(word)
        assert row[:4] == (sounds.sound(word), sounds.bones(word), other and sounds.sound(other), other and sounds.bones(other)), word
        assert (set(row[4]), set(row[5])) == (set(sounds.near(word)), set(sounds.alike(word))), word
        assert len(row[4]) == len(set(row[4])) and len(row[5]) == len(set(row[5])), word


def test_every_vector(raw):  # noqa: F811
    with VECTORS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            alike(raw, row["text"])


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts)
def test_any_text(raw, text):  # noqa: F811
    alike(raw, text)
