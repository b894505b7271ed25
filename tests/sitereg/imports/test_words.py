"""Words for numbers, ages, identifiers and what may tell of somebody: read, or told, and no text crashes."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitereg.imports import facts, personal
from sitereg.imports.counts import read_count

ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
SAID = st.one_of(st.text(max_size=40), st.sampled_from(["حوالي خمسين", "between 5 and 3", "1e9", "٣٣٫٥", "dozens", "-", "\x00"]))


@given(st.integers(0, 999_999), st.booleans(), st.sampled_from(["{}", " {} ", "{} جثة", "{} people"]))
def test_a_number_is_read_back_in_either_digits(number, arabic, form):
    text = form.format(number).translate(ARABIC) if arabic else form.format(number)
    assert read_count(text) == (number, number, number, None)


@given(st.integers(0, 9_999), st.integers(0, 9_999), st.sampled_from(["{}-{}", "{} – {}", "بين {} و {}", "from {} to {}", "{} إلى {}"]))
def test_a_range_is_read_back_or_told(low, high, form):
    least, best, most, code = read_count(form.format(low, high))
    assert (least, best, most) == ((low, None, high) if low <= high else (None, None, None)) and code


@settings(max_examples=200)
@given(SAID)
def test_no_text_crashes_and_a_count_is_in_order(text):
    least, best, most, code = read_count(text)
    known = [one for one in (least, best, most) if one is not None]
    assert known == sorted(known) and all(one >= 0 for one in known) and (known or code)
    years = facts.read_age(text)
    assert years is None or 0 <= years[0] <= years[1] <= 120
    facts.spoilt(text), personal.tells(text)


@pytest.mark.parametrize(("text", "years"), [
    ("34", (34, 34)), ("٣٤", (34, 34)), ("34.0", (34, 34)), ("30-35", (30, 35)), ("طفل", (0, 17)), ("في العشرينات", (20, 29)),
    ("in his thirties", (30, 39)), ("adult", (18, 120)), ("-1", None), ("150", None), ("35-30", None), ("old", None), ("", None)])
def test_ages_are_years_that_they_may_mean(text, years):
    assert facts.read_age(text) == years


@pytest.mark.parametrize(("text", "what"), [
    ("call 0944 123 456", "telephone"), ("٠٩٤٤١٢٣٤٥٦", "telephone"), ("+963 11 123 4567", "telephone"), ("011 2345678", "telephone"),
    ("a.example@example.org", "mail"), ("01010012345", "papers"), ("الرقم الوطني: ٠١٠١٠٠١٢٣٤٥", "papers"), ("خانة ١٢٣", "papers"),
    ("المصدر: سالم مثال", "who told it"), ("Witness: Salem Example", "who told it"), ("أخبرنا السيد سالم", "who told it"),
    ("told by Salem Example", "who told it")])
def test_what_may_tell_of_somebody_is_seen(text, what):
    assert what in personal.tells(text)


@pytest.mark.parametrize("text", [
    "42.005656800000", "1.00761473178863", "12/05/2013", "2013-05-12 23:40", "Source: list", "source of the water", "33.5131 36.2765",
    "أخبرنا أهل القرية", "the witness saw 50 bodies", "SYS-A3YTGW-5", "بئر على طريق قديم"])
def test_what_tells_of_nobody_is_left_alone(text):
    assert personal.tells(text) is None


@pytest.mark.parametrize("text", ["1.23457E+11", "1E5", "03-Feb", "Feb-03", "12.0", "1234567890123450", "2013-02-03 00:00:00"])
def test_spoilt_identifiers_are_known_by_their_form(text):
    assert facts.spoilt(text)


@pytest.mark.parametrize("text", ["12", "A-12", "007", "E5", "12.5", "123456789012345", "SY-0012", "2013-02", "رقم 5"])
def test_other_identifiers_are_text(text):
    assert facts.spoilt(text) is None and re.search(r"\w", text)
