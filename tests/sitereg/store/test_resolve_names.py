"""The search keys in SQL are those of sitereg.names, vector by vector and for any text."""
import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitereg import names
from sitereg.store import cluster

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.db
VECTORS = Path(__file__).parents[2] / "files" / "names.csv"
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئٱیکگڤەھہۆـًُِّْٰ٠٩۰۹ abcXYZéŞ-.\u200f\u200d\u00a0\t"
words = st.sampled_from(["عبد", "ال", "الله", "ابو", "أبو", "بن", "ابن", "بنت", "عبدلله", "الحلبي", "Abu"])
texts = st.lists(st.one_of(words, st.text(LETTERS, max_size=6)), max_size=6).map(" ".join)


@pytest.fixture(scope="module")
def raw(server):
    with psycopg.connect(cluster.dsn(server.settings, server.settings.superuser, "template_sitereg")) as connection:
        yield connection
        connection.rollback()


def keys(raw, text):
    return raw.execute("select api._key_strict(%s), api._key_loose(%s)", [text, text]).fetchone()


def test_every_vector(raw):
    with VECTORS.open(encoding="utf-8", newline="") as file:
        rows = [{key: value.encode("latin-1", "backslashreplace").decode("unicode_escape") for key, value in row.items()} for row in csv.DictReader(file)]
    wrong = [(row["text"], keys(raw, row["text"])) for row in rows if keys(raw, row["text"]) != (row["strict"], row["loose"])]
    assert len(rows) > 40 and wrong == []


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts)
def test_any_text(raw, text):
    assert keys(raw, text) == (names.key_strict(text), names.key_loose(text))


@pytest.mark.parametrize(("text", "key"), [
    ("Ṣaydnāyā  (Military) Prison", "military prison saydnaya"), ("سجن صَيدنايا العسكري", "سجن صيدنايا عسكري"), ("Fosa común de Málaga", "comun de fosa malaga"),
    ("", ""), ("---", ""), ("فرع ٢١٥", "215 فرع")])
def test_the_key_of_a_place_forgets_marks_and_punctuation(raw, text, key):
    assert raw.execute("select api._name_key(%s)", [text]).fetchone()[0] == key
