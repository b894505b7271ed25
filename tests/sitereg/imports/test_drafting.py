"""Drafting is pure: a row and a profile give claims or problems, the same ones each time."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitereg.imports import drafting, profile
from sitereg.imports.counts import read_count
from sitereg.imports.problems import problem, worst
from sitereg.imports.readers import Row
from tests.sitereg.imports.test_profiles import table

TODAY = date(2026, 1, 1)
COLUMNS = ("id", "name", "kind", "lat", "lon", "people", "seen", "note")
PARTNER = profile.read(table(), "partner.toml")


def row(number=1, **cells):
    given_cells = {"id": "1", "kind": "prison", "lat": "33.5131", "lon": "36.2765", **cells}
    return Row("", number, {column: given_cells.get(column, "") for column in COLUMNS}, number + 1)


def draft(**cells):
    return drafting.draft(row(**cells), PARTNER, today=TODAY)


def said(made, predicate):
    return [claim for claim in made.claims if claim["predicate"] == predicate]


cell = st.one_of(st.text(max_size=60), st.sampled_from([
    "", "0", "33.5131", "٣٣٫٥", "NaN", "1e400", "grave", "12/05/2013", "=1+1", "' or 1=1", "\x00", "\ufffd", "Total"]))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, cell)), min_size=1, max_size=6))
def test_every_row_has_one_outcome_and_nothing_stands_without_a_place_in_the_sum(cells):
    rows = [Row("", number, one, number) for number, one in enumerate(cells, start=1)]
    seen = drafting.survey(rows, PARTNER)
    drafts = [drafting.draft(one, PARTNER, seen, today=TODAY) for one in rows]
    counts = [sum(made.outcome == outcome for made in drafts)
              for outcome in ("accepted", "flagged", "quarantined", "rejected")]
    assert sum(counts) == len(rows)
    for made in drafts:
        assert bool(made.claims) == (made.outcome in ("accepted", "flagged"))
        assert made.outcome == worst(made.problems)
        for claim in said(made, "place"):
            assert claim["uncertainty_m"] >= 500 and claim["geom"]
    assert drafts == [drafting.draft(one, PARTNER, seen, today=TODAY) for one in rows]


def test_a_claim_says_where_it_was_read_and_keeps_the_words():
    made = draft(seen="12/05/2013")
    kind, = said(made, "kind")
    assert kind["value"] == {"code": "prison_central"} and kind["verbatim"] == "prison"
    assert kind["at"] == "[2013-05-12,2013-05-13)"
    assert kind["locator"] == "row 1, line 2, kind, seen" and kind["row_no"] == 1
    assert said(made, "place")[0]["verbatim"] == "33.5131 36.2765"
    assert "from" not in kind


@pytest.mark.parametrize(("lat", "lon", "told"), [
    ("36.2765", "33.5131", "the other way round the point lies in the declared area"),
    ("-134.61", "-58.39", "the other way round the point lies outside the declared area too")])
def test_what_a_swap_would_help_is_said_as_it_is(lat, lon, told):
    made = draft(lat=lat, lon=lon)
    assert made.outcome == "quarantined" and [one.code for one in made.problems] == ["swapped"]
    assert made.problems[0].message.endswith(told)


def test_points_that_rows_share_stand_for_something_larger():
    shared = profile.read(table(place__repeated_uncertainty_m=9000), "partner.toml")
    rows = [row(1), row(2, id="2"), row(3, id="3", lat="34.5")]
    seen = drafting.survey(rows, shared)
    one, two, alone = (drafting.draft(each, shared, seen, today=TODAY) for each in rows)
    assert [p.code for p in one.problems] == [p.code for p in two.problems] == ["repeated_point"]
    assert said(one, "place")[0]["uncertainty_m"] == 9000
    assert said(one, "place")[0]["place_kind"] == "representative"
    assert not alone.problems or [p.code for p in alone.problems] == ["coordinates_imprecise"]
    assert said(alone, "place")[0]["uncertainty_m"] < 20_000


def test_columns_of_a_page_that_ran_together_are_split_and_kept_verbatim():
    rule = {"predicate": "name", "column": "name", "lang": "es", "gap": "note", "alternatives": " / "}
    made = drafting.draft(row(name="BRIGADA 2 / EL INFIERNO" + " " * 70 + "UNIDAD  113"),
                          profile.read(table(claims__1=rule), "p"), today=TODAY)
    assert [claim["value"]["text"] for claim in said(made, "name")] == ["BRIGADA 2", "EL INFIERNO"]
    assert [claim["value"]["text"] for claim in said(made, "note")] == ["UNIDAD 113"]
    assert all(" " * 70 in claim["verbatim"] for claim in (*said(made, "name"), *said(made, "note")))
    assert [(one.code, one.outcome) for one in made.problems] == [("text_split", "accepted")]


def test_a_first_of_january_is_kept_and_flagged_where_the_profile_says_so():
    flagging = table(claims__0__at={"column": "seen", "order": "dmy", "first_january": "flag"})
    made = drafting.draft(row(seen="01/01/1939"), profile.read(flagging, "p"), today=TODAY)
    assert said(made, "kind")[0]["at"] == "[1939-01-01,1939-01-02)"
    assert [(one.code, one.outcome) for one in made.problems] == [("unsure_date", "flagged")]


def test_values_that_contradict_each_other_flag_the_row_and_cost_credibility():
    checked = table(checks=[{"kind": "excludes", "column": "people", "than": "kind", "words": ["prison"],
                             "credibility": "4"}])
    made = drafting.draft(row(people="12"), profile.read(checked, "p"), today=TODAY)
    assert [one.code for one in made.problems] == ["counts_disagree"]
    assert said(made, "count")[0]["credibility"] == "4" and said(made, "kind")[0]["credibility"] == "2"
    made = drafting.draft(row(people="0"), profile.read(checked, "p"), today=TODAY)
    assert not made.problems and said(made, "count")[0]["credibility"] == "2"


def test_the_profile_may_say_what_becomes_of_a_problem():
    strict = profile.read(table(outcomes={"outside_area": "quarantined"}), "p")
    made = drafting.draft(row(lat="33.8938", lon="35.5018"), strict, today=TODAY)
    assert made.outcome == "quarantined" and not made.claims
    assert draft(lat="33.8938", lon="35.5018").outcome == "flagged"


def test_the_gravest_problem_decides():
    noted, flagged, held, stopped = (problem("vague_count", "x", "", outcome=outcome)
                                     for outcome in ("accepted", "flagged", "quarantined", "rejected"))
    assert worst([]) == worst([noted]) == "accepted"
    assert worst([flagged, noted]) == "flagged"
    assert worst([flagged, held, noted]) == "quarantined"
    assert worst([held, stopped, flagged]) == "rejected"


@pytest.mark.parametrize("text", ["", "-", "a", "5 a", "1e5", "5.5", "--", "٥٠ تقريبا جدا"])
def test_what_is_no_count_is_told(text):
    assert read_count(text) == (None, None, None, "bad_number")
