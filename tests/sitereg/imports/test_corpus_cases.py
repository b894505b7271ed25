"""Every case of bad input: what becomes of its rows, by which codes, in which words, and that nothing of it is lost or guessed."""

import re
from pathlib import Path

import pytest
import shapely

from sitereg.vocab import RowOutcome
from tests.files import bad_input, cases

CASES = [case for case in cases.load() if "see" not in case]
SHOWN = [case for case in cases.load() if "see" in case]
ROOT = Path(__file__).parents[3]


def name(case):
    return f"{case['n']} {case['says']}"


@pytest.fixture(scope="module")
def became(tmp_path_factory):
    """What became of a case, run once for the test of it and for the page."""
    room, known = tmp_path_factory.mktemp("corpus"), {}

    def run(case):
        if name(case) not in known:
            known[name(case)] = cases.runs(case, room)
        return known[name(case)]
    return run


@pytest.mark.parametrize("case", CASES, ids=name)
def test_what_becomes_of_a_case(case, became):
    for got in became(case):
        if "refused" in case or "any_refused" in case:
            assert got.refusal is not None, got.outcomes
            assert got.refusal.code in case.get("any_refused", [case.get("refused")]), str(got.refusal)
            assert got.refusal.remedy and case.get("told", "") in str(got.refusal)
            continue
        assert got.refusal is None, str(got.refusal)
        assert sum(got.outcomes.count(one) for one in RowOutcome.codes()) == len(got.drafts) > 0
        assert [one.code for one in got.problems] == case.get("file_codes", [])
        for draft in got.drafts:
            _holds(case, draft)


def _holds(case, draft):
    said = [(one.code, one.field, one.value, one.message) for one in draft.problems]
    assert draft.outcome in case.get("any", [case.get("outcome")]), said
    codes = sorted({one.code for one in draft.problems} - set(case.get("optional", ())))
    assert codes == sorted(case.get("codes", ())), said
    assert all(one.field and one.message for one in draft.problems)
    assert not case.get("told") or not draft.problems or any(case["told"] in one.message for one in draft.problems), said
    if "proposed" in case:
        assert max(len(one.proposed) for one in draft.problems) == case["proposed"], [one.proposed for one in draft.problems]
        assert all(reading["says"] for one in draft.problems for reading in one.proposed)
    assert bool(draft.claims) == (draft.outcome in ("accepted", "flagged"))
    made = [one["predicate"] for one in draft.claims]
    assert not set(case.get("claims_not", ())) & set(made), made
    for predicate, times in case.get("counted", {}).items():
        assert made.count(predicate) == times, draft.claims
    assert not [one for one in draft.claims if one["predicate"] in case.get("claims_not_dated", ()) and "at" in one]
    for expected in case.get("claims", ()):
        assert any(_fits(expected, one) for one in draft.claims), draft.claims
    if case.get("verbatim_in_note"):
        assert draft.row.cells["note"] in [one.get("value", {}).get("text") for one in draft.claims]


def _fits(expected, claim):
    for key, value in expected.items():
        if key == "at_least":
            if not all(claim.get(part, 0) >= least for part, least in value.items()):
                return False
        elif key == "geom_at":
            point = shapely.from_wkb(claim["geom"]) if "geom" in claim else None
            if point is None or max(abs(point.x - value[0]), abs(point.y - value[1])) > 1e-6:
                return False
        elif key == "value":
            if not all(claim["value"].get(part) == one for part, one in value.items()):
                return False
        elif claim.get(key) != value:
            return False
    return True


def test_the_page_says_what_happens(became):
    assert bad_input.PAGE.read_text("utf-8") == bad_input.page(became), "run python -m tests.files.bad_input"


def test_each_of_the_sixty_two_cases_is_there():
    assert {case["n"] for case in cases.load() if "section" not in case["n"]} == {str(n) for n in range(1, 63)}


@pytest.mark.parametrize("case", SHOWN, ids=name)
def test_what_is_shown_elsewhere_is_there(case):
    path, _, test = case["see"].partition("::")
    assert (ROOT / path).is_file() and (not test or re.search(rf"^ *def {test}\(", (ROOT / path).read_text("utf-8"), re.M))
