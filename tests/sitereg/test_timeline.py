"""Events on a line of time: what is sure is full, what is not is faded, and the order is said to be unsure where it is."""
from datetime import date

import pytest

from sitereg import cautions, timeline

TODAY = date(2026, 3, 1)


def event(at=None, began=None, ended=None, **more):
    return {"at": at, "began": began, "ended": ended, "kind": "held_at", "site": None, "shown_as": "none", "alive_evidence": "none",
            "conflicts": [], **more}


def test_a_day_is_sure_and_a_range_is_not():
    day, span = timeline.drawn([event("[2012-01-01,2012-01-02)"), event("[2012-03-01,2012-07-01)")], TODAY).bars
    assert (day.sure_low, day.sure_high) == (day.low, day.high) and day.low == 0
    assert span.sure_low is None and span.low == pytest.approx(60 / 366) and span.high == pytest.approx(182 / 366)


def test_a_period_is_full_between_its_last_beginning_and_its_first_end():
    one, = timeline.drawn([event(began="[2012-01-01,2012-02-01)", ended="[2012-11-01,2013-01-01)")], TODAY).bars
    assert (one.low, one.high) == (0, 1) and one.sure_low == pytest.approx(30 / 366) and one.sure_high == pytest.approx(306 / 366)


def test_an_open_end_goes_on_until_today_and_an_unknown_one_fades():
    going, fading = timeline.drawn([event(began="[2020-01-01,2020-01-02)", ended="[2021-01-01,infinity)"),
                                    event(began="[2020-01-01,2020-01-02)")], TODAY).bars
    assert going.goes_on and going.high == pytest.approx(((TODAY - date(2020, 1, 1)).days + 1) / (366 * 2 + 365 * 5))
    assert not fading.goes_on and fading.sure_low is None and fading.high > fading.low


def test_events_without_a_day_are_named_apart():
    line = timeline.drawn([event("[2012-01-01,2012-01-02)"), event()], TODAY)
    assert [one.number for one in line.bars] == [1] and line.undated == [2]
    assert timeline.drawn([event()], TODAY) == timeline.Line(undated=[1]) and timeline.drawn([], TODAY).bars == []


def test_years_stand_on_the_line_and_are_few():
    line = timeline.drawn([event("[1970-05-01,1970-05-02)"), event("[2024-05-01,2024-05-02)")], TODAY)
    assert line.years[0] == (1970, 0) and len(line.years) <= 8 and all(0 <= share < 1 for _year, share in line.years)


@pytest.mark.parametrize(("days", "sure"), [
    (["[2012-01-01,2012-01-02)", "[2013-01-01,2013-01-02)"], [True, True]), (["[2012-01-01,2013-01-02)", "[2013-01-01,2013-01-02)"], [False, False]),
    (["[2012-01-01,2012-01-02)", "[2013-01-01,2013-01-02)", None], [True, True, False]), (["[2012-01-01,)", "[2013-01-01,2013-01-02)"], [False, False])])
def test_the_order_is_sure_where_days_do_not_overlap(days, sure):
    assert [one["order_sure"] for one in timeline.ordered([event(day) for day in days])] == sure


def case(*events, **more):
    return {"case_state": "open_missing", "fate": "unknown", "whereabouts": "unknown", "fate_indications": [], "companions": [], "conflicts": [],
            "events": timeline.ordered(events), **more}


@pytest.mark.parametrize(("page", "code"), [
    (case(), "presumed_alive"), (case(case_state="listed"), "listed_not_missing"), (case(fate_indications=["death_notice"]), "notice_not_death"),
    (case(event(kind="death_registered")), "notice_not_death"), (case(event(kind="died_witnessed")), "told_not_settled"),
    (case(event(kind="appeared_in_record")), "record_not_presence"), (case(event(site="SYS-K7F49M-3")), "event_not_presence"),
    (case(event(kind="released", alive_evidence="positive")), "sign_of_its_day"), (case(whereabouts="area_known"), "whereabouts_not_fate"),
    (case(fate="alive"), "whereabouts_not_fate"), (case(companions=[{}]), "companions_apart"), (case(event(shown_as="cell_10km")), "somewhere_inside"),
    (case(event("[2012-01-01,)"), event("[2012-01-01,)")), "order_not_sure"), (case(conflicts=["birth"]), "accounts_differ"), (case(), "link_is_inquiry")])
def test_each_caution_is_chosen_by_the_record(page, code):
    assert code in cautions.of(page)
    plain = case(fate="alive", whereabouts="returned_alive")
    assert code == "link_is_inquiry" or code not in cautions.of(plain)


def test_nothing_is_said_of_a_suspended_case_but_that():
    assert cautions.of(case(case_state="suspended_security")) == ["suspended"]
