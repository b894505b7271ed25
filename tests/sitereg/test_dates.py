"""Dates as people write them: each form to its days, each doubt to its candidates, no guess and no clock."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitereg import dates
from sitereg.dates import Declared
from sitereg.vocab import ProblemCode

TODAY = date(2026, 3, 14)


def span(text, declared=None):
    return dates.parse(text, TODAY, declared or Declared()).daterange()


DAY = "[2013-05-12,2013-05-13)"
MAY = "[2013-05-01,2013-06-01)"
YEAR = "[2013-01-01,2014-01-01)"


@pytest.mark.parametrize(("text", "literal", "edtf"), [
    ("2013-05-12", DAY, "2013-05-12"), ("2013/05/12", DAY, "2013-05-12"),
    ("2013-05-12 00:00:00", DAY, "2013-05-12"),
    ("٢٠١٣-٠٥-١٢", DAY, "2013-05-12"), ("\u200f2013-05-12", DAY, "2013-05-12"),
    ("12 أيار 2013", DAY, "2013-05-12"), ("12 أيار/مايو 2013", DAY, "2013-05-12"),
    ("١٢ ايار ٢٠١٣", DAY, "2013-05-12"),
    ("12/أيار/2013", DAY, "2013-05-12"), ("12 مايو 2013 م", DAY, "2013-05-12"),
    ("12 May 2013", DAY, "2013-05-12"),
    ("May 12, 2013", DAY, "2013-05-12"), ("12-May-2013", DAY, "2013-05-12"),
    ("12th of May 2013", DAY, "2013-05-12"),
    ("le 12 mai 2013", DAY, "2013-05-12"), ("12 de mayo de 2013", DAY, "2013-05-12"),
    ("2013-05", MAY, "2013-05"), ("05/2013", MAY, "2013-05"), ("أيار 2013", MAY, "2013-05"),
    ("May 2013", MAY, "2013-05"),
    ("00/05/2013", MAY, "2013-05"), ("2013-05-00", MAY, "2013-05"), ("2013-05-XX", MAY, "2013-05-XX"),
    ("2013", YEAR, "2013"), ("٢٠١٣", YEAR, "2013"), ("عام 2013", YEAR, "2013"), ("2013-00-00", YEAR, "2013"),
    ("13/05/2013", "[2013-05-13,2013-05-14)", "2013-05-13"),
    ("05/13/2013", "[2013-05-13,2013-05-14)", "2013-05-13"),
    ("15 تشرين الثاني 2012", "[2012-11-15,2012-11-16)", "2012-11-15"),
    ("كانون الأول 2012", "[2012-12-01,2013-01-01)", "2012-12"),
    ("شباط 2012", "[2012-02-01,2012-03-01)", "2012-02"),
    ("2013?", YEAR, "2013?"), ("2013-05~", MAY, "2013-05~"), ("about 2013", YEAR, "2013~"),
    ("حوالي 2013", YEAR, "2013~"),
    ("201X", "[2010-01-01,2020-01-01)", "201X"), ("2012-XX-15", "[2012-01-15,2012-12-16)", "2012-XX-15"),
    ("[2012,2013-05]", "[2012-01-01,2013-06-01)", "[2012,2013-05]"),
    ("2013-22", "[2013-06-01,2013-09-01)", "2013-22"),
    ("صيف 2013", "[2013-06-01,2013-09-01)", "2013-22"), ("winter 2013", "[2012-12-01,2014-03-01)", "2013-24"),
    ("1980s", "[1980-01-01,1990-01-01)", "198X"), ("الثمانينات", "[1980-01-01,1990-01-01)", "198X"),
    ("before 2013", "(,2013-01-01)", "[..2012-12-31]"),
    ("بعد أيار 2013", "[2013-06-01,2026-03-15)", "[2013-06-01..]"),
    ("between 2012 and May 2013", "[2012-01-01,2013-06-01)", "[2012-01-01..2013-05-31]"),
    ("1975-1978", "[1975-01-01,1979-01-01)", "[1975-01-01..1978-12-31]"),
    ("قبل السقوط", "(,2024-12-08)", "[..2024-12-07]"),
    ("two days after 12 May 2013", "[2013-05-14,2013-05-15)", "2013-05-14"),
    ("early 2013", "[2013-01-01,2013-06-09)", "[2013-01-01..2013-06-08]"),
    ("أواخر أيار 2013", "[2013-05-18,2013-06-01)", "[2013-05-18..2013-05-31]"),
])
def test_each_form_is_read(text, literal, edtf):
    days = dates.parse(text, TODAY)
    assert (days.daterange(), days.edtf, days.verbatim) == (literal, edtf, text)
    assert not days.candidates and days.rule


@pytest.mark.parametrize(("text", "literal"), [
    ("13/7/1435", "[2014-05-10,2014-05-15)"), ("1435-07-13", "[2014-05-10,2014-05-15)"),
    ("١٣ رجب ١٤٣٥ هـ", "[2014-05-10,2014-05-15)"), ("رمضان 1434", "[2013-07-07,2013-08-10)"),
    ("1435", "[2013-11-02,2014-10-27)"), ("1/1/1343", "[1924-07-30,1924-08-04)"),
    ("عيد الفطر 2013", "[2013-08-06,2013-08-11)"),
])
def test_hijri_days_are_two_days_wide_on_each_side(text, literal):
    days = dates.parse(text, TODAY)
    assert days.daterange() == literal and days.calendar == "hijri"
    assert ProblemCode.HIJRI_DATE in days.problems


def test_hijri_outside_the_tables_is_tabular():
    days = dates.parse("13/7/1320", TODAY)
    assert days.earliest <= date(1902, 10, 16) <= days.latest and (days.latest - days.earliest).days == 4
    assert dates.hijri_span(1342, 12)[1] >= date(1924, 7, 31)
    two = dates.parse("Eid al-Adha 2006", TODAY)
    assert len(two.candidates) == 2 and ProblemCode.AMBIGUOUS_DATE in two.problems


@pytest.mark.parametrize(("text", "literal", "readings"), [
    ("05/06/2013", "[2013-05-06,2013-06-06)", ["[2013-06-05,2013-06-06)", "[2013-05-06,2013-05-07)"]),
    ("5.6.2013", "[2013-05-06,2013-06-06)", ["[2013-06-05,2013-06-06)", "[2013-05-06,2013-05-07)"]),
    ("12/7/1435", "[2014-05-09,2014-10-04)", ["[2014-05-09,2014-05-14)", "[2014-09-29,2014-10-04)"]),
    ("كانون 2012", "[2012-01-01,2013-01-01)", ["[2012-01-01,2012-02-01)", "[2012-12-01,2013-01-01)"]),
    ("5 تشرين 2012", "[2012-10-05,2012-11-06)", ["[2012-10-05,2012-10-06)", "[2012-11-05,2012-11-06)"]),
])
def test_doubt_about_the_day_gives_the_union_and_its_readings(text, literal, readings):
    days = dates.parse(text, TODAY)
    month = not any(one.isdigit() for one in text[:-4]) or "تشرين" in text  # no order of a batch would settle a month
    assert (ProblemCode.VAGUE_DATE if month else ProblemCode.AMBIGUOUS_DATE) in days.problems
    assert (days.daterange(), [one.daterange() for one in days.candidates]) == (literal, readings)


@pytest.mark.parametrize(("text", "order", "literal"), [
    ("05/06/2013", "dmy", "[2013-06-05,2013-06-06)"), ("05/06/2013", "mdy", "[2013-05-06,2013-05-07)"),
    ("05/06/85", "dmy", "[1985-06-05,1985-06-06)"), ("85-06-05", "ymd", "[1985-06-05,1985-06-06)"),
])
def test_a_declared_order_settles_it(text, order, literal):
    days = dates.parse(text, TODAY, Declared(order=order))
    assert days.daterange() == literal and days.problems == ()


@pytest.mark.parametrize(("text", "declared", "code", "count"), [
    ("05/06/13", Declared(), "two_digit_year", 6), ("05/06/85", Declared(), "two_digit_year", 2),
    ("05/06/13", Declared(order="dmy"), "two_digit_year", 2), ("May-13", Declared(), "two_digit_year", 2),
    ("41395", Declared(), "excel_serial", 2), ("41395.0", Declared(), "excel_serial", 2),
    ("46000", Declared(), "excel_serial", 1),
    ("46000", Declared(), "excel_serial", 1),
    ("2013", Declared(excel="1900"), "excel_serial", 2),
])
def test_doubt_about_the_century_or_a_serial_gives_no_day(text, declared, code, count):
    days = dates.parse(text, TODAY, declared)
    assert not days.found and days.daterange() is None and days.problems == (code,)
    assert len(days.candidates) == count and all(one.found for one in days.candidates)


def test_what_is_declared_of_the_column_settles_centuries_and_serials():
    war = Declared(order="dmy", not_before=date(2011, 1, 1))
    assert span("05/06/13", war) == "[2013-06-05,2013-06-06)"
    assert span("41395", Declared(excel="1900")) == "[2013-05-01,2013-05-02)"
    assert span("41395.5", Declared(excel="1904")) == "[2017-05-02,2017-05-03)"
    assert span("1", Declared(excel="1900")) == "[1900-01-01,1900-01-02)"
    assert span("61", Declared(excel="1900")) == "[1900-03-01,1900-03-02)"
    for invented in ("0", "60"):
        assert dates.parse(invented, TODAY, Declared(excel="1900")).problems == (ProblemCode.IMPOSSIBLE_DATE,)


@pytest.mark.parametrize(("text", "code"), [
    ("2011-02-30", "impossible_date"), ("30/02/2011", "impossible_date"), ("0000", "impossible_date"),
    ("29/02/1900", "impossible_date"), ("1900-01-00", "impossible_date"), ("13/13/2013", "impossible_date"),
    ("30/2/1435", "impossible_date"), ("31 نيسان 2013", "impossible_date"),
    ("2013-05-12T25:00", "impossible_date"),
    ("2030", "future_date"), ("15/03/2026", "future_date"), ("after 2030", "future_date"),
    ("1460", "future_date"),
    ("hello", "bad_date"), ("2012-13", "bad_date"), ("2013-0?", "bad_date"), ("Y20000", "bad_date"),
    ("1e3", "bad_date"),
    ("12 May 2013 and more", "bad_date"), ("2013-05-12; DROP", "bad_date"), ("2013\x00", "bad_date"),
    ("9" * 400, "bad_date"),
    ("about about about about 2013", "bad_date"), ("2013\ud800", "bad_date"),
])
def test_what_is_no_day_is_refused_with_a_code(text, code):
    days = dates.parse(text, TODAY)
    assert not days.found and days.problems == (code,) and not days.candidates


@pytest.mark.parametrize("text", ["", "  ", "-", "unknown", "N/A", "?", "غير معروف", "nan"])
def test_unknown_is_no_fault(text):
    days = dates.parse(text, TODAY)
    assert not days.found and days.problems == () and dates.parse_period(text, TODAY).found is False


def test_nothing_lies_after_the_day_it_was_recorded():
    assert span("2026") == "[2026-01-01,2026-03-15)"
    assert span("14/03/2026", Declared(order="dmy")) == "[2026-03-14,2026-03-15)"
    assert span("2030-01-01", Declared(future=True)) == "[2030-01-01,2030-01-02)"


def test_a_time_without_a_zone_may_belong_to_the_day_beside_it():
    assert span("2013-05-12T23:30") == "[2013-05-11,2013-05-14)"
    assert span("2013-05-12T20:30Z") == "[2013-05-12,2013-05-13)"
    assert span("2013-05-12T21:30Z") == "[2013-05-12,2013-05-14)"
    assert span("2013-05-12T23:30:00+03:00") == "[2013-05-12,2013-05-13)"


@pytest.mark.parametrize(("text", "began", "ended", "is_open", "throughout", "edtf"), [
    ("2013/..", YEAR, "[2026-03-14,)", True, False, "2013/.."),
    ("2013/", YEAR, None, False, False, "2013/"),
    ("/2014-06", None, "[2014-06-01,2014-07-01)", False, False, "/2014-06"),
    ("2012~/2013-05", "[2012-01-01,2013-01-01)", MAY, False, False, "2012~/2013-05"),
    ("1975-1978", "[1975-01-01,1976-01-01)", "[1978-01-01,1979-01-01)", False, False, "1975/1978"),
    ("from May 2013 to 2014", MAY, "[2014-01-01,2015-01-01)", False, True, "2013-05/2014"),
    ("من 2013 حتى الآن", YEAR, "[2026-03-14,)", True, True, "2013/.."),
    ("منذ 2013", YEAR, "[2026-03-14,)", True, True, "2013/.."),
    ("until 2013", None, YEAR, False, True, "/2013"),
    ("حتى الآن", None, "[2026-03-14,)", True, False, "/.."),
    ("2013", YEAR, YEAR, False, False, "2013"), ("05/2013", MAY, MAY, False, False, "2013-05"),
])
def test_periods_have_two_ends_and_unknown_is_not_open(text, began, ended, is_open, throughout, edtf):
    period = dates.parse_period(text, TODAY)
    assert (period.began and period.began.daterange()) == began
    assert (period.ended and period.ended.daterange()) == ended
    assert bool(period.ended and period.ended.open) == is_open
    assert (period.holds_throughout, period.edtf) == (throughout, edtf)


def test_reversed_periods_are_told_and_columns_can_be_joined():
    assert dates.parse_period("2014/2013", TODAY).problems == (ProblemCode.REVERSED_INTERVAL,)
    one, two = dates.parse("2012", TODAY), dates.parse("2013-05", TODAY)
    joined = dates.join(one, two, holds_throughout=True)
    assert joined.edtf == "2012/2013-05" and joined.holds_throughout and joined.problems == ()
    assert dates.join(two, one).problems == (ProblemCode.REVERSED_INTERVAL,)
    assert dates.join(dates.parse("2012", TODAY), dates.parse("2012-05", TODAY)).problems == ()
    assert dates.parse_period("2013/2014", TODAY, holds_throughout=True).holds_throughout


@pytest.mark.parametrize("text", [
    "2013", "2013-05", "2013-05-12", "201X", "20XX", "2013-XX", "2013-05-XX", "2012-XX-15", "2013?",
    "2012-02~",
    "2013-05-12%", "[2012,2013-05]", "[2012..2014]", "{2012,2013}", "2013-21", "2013-22", "2013-23",
    "2011-02-30", "2013-0?", "2012-13", "2013-XX-", "[2012", "2013-05-32", "{}",
])
def test_edtf_agrees_with_the_library_on_what_is_edtf_and_on_its_days(text):
    """The library's own days are compared where it does not pad; padding is the reason why ours are ours."""
    from edtf import parse_edtf
    from edtf.parser.edtf_exceptions import EDTFParseException

    days = dates.parse(text, TODAY, Declared(future=True))
    try:
        theirs = parse_edtf(text)
    except EDTFParseException:
        assert not days.found
        return
    assert days.found
    node = theirs.date if text[-1] in "?~%" else theirs
    low, high = node.lower_strict(), node.upper_strict()
    assert (days.earliest.timetuple()[:3], days.latest.timetuple()[:3]) == (low[:3], high[:3])


ANYTHING = st.text(max_size=40) | st.text(
    alphabet="0123456789-/. ,XT:?~[]{}مايوكانونأيارMaybeforهـ\u200f\x00", max_size=30)


@settings(deadline=None)
@given(ANYTHING, st.sampled_from([None, "dmy", "mdy", "ymd"]), st.sampled_from([None, "1900", "1904"]))
def test_no_text_crashes(text, order, excel):
    declared = Declared(order=order, excel=excel)
    for days in (dates.parse(text, TODAY, declared), *dates.parse(text, TODAY, declared).candidates):
        assert days.earliest is None or days.latest is None or days.earliest <= days.latest <= TODAY
        assert (days.daterange() is None) == (not days.found)
    dates.parse_period(text, TODAY, declared)


@settings(deadline=None)
@given(st.dates(date(1501, 1, 1), TODAY), st.sampled_from(
    ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%Y/%m/%d", "%d %b %Y"]))
def test_written_days_are_read_back(day, form):
    assert dates.parse(day.strftime(form), TODAY, Declared(order="dmy")).earliest == day
    undeclared = dates.parse(day.strftime(form), TODAY)
    assert undeclared.earliest <= day <= undeclared.latest


@settings(deadline=None)
@given(st.dates(date(1501, 1, 1), date(9998, 1, 1)), st.integers(0, 4000))
def test_every_interval_is_spelt_and_read_back(day, length):
    end = min(day + timedelta(days=length), date(9998, 12, 31))
    text = dates.spell(day, end)
    back = dates.parse(text, TODAY, Declared(future=True))
    assert (back.earliest, back.latest) == (day, end), text
    low, _, high = dates.parse(text, TODAY, Declared(future=True)).daterange().strip("[)").partition(",")
    assert date.fromisoformat(low) == day and date.fromisoformat(high) == end + timedelta(days=1)


@settings(max_examples=60)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(1990, 2024))
def test_what_could_be_two_days_is_their_hull_and_a_set_of_both(one, two, year):
    days = dates.parse(f"{one:02d}/{two:02d}/{year}", TODAY)
    readings = days.candidates or (days,)
    assert {(d.earliest.month, d.earliest.day) for d in readings} == {(one, two), (two, one)}
    assert days.earliest == min(d.earliest for d in readings) and days.latest == max(d.latest for d in readings)
    again = dates.parse(days.edtf, TODAY)
    assert (again.earliest, again.latest) == (days.earliest, days.latest)
