"""Files as partners send them, good and bad: files/originals/<case>.* beside files/expected/<case>.json."""

import json
from datetime import date
from pathlib import Path

import pytest

from sitereg.errors import BadInput
from sitereg.imports import intake
from sitereg.imports.profile import read
from tests.sitereg.imports.steps import shipped_ground
from tests.sitereg.imports.test_profiles import table

FILES = Path(__file__).parents[2] / "files"
CASES = sorted(path.stem for path in (FILES / "expected").glob("*.json"))
TODAY = date(2026, 1, 1)


def original(case):
    return next(path for path in (FILES / "originals").iterdir() if path.stem == case)


@pytest.mark.parametrize("case", CASES)
def test_what_becomes_of_a_file(case):
    expected = json.loads((FILES / "expected" / f"{case}.json").read_text("utf-8"))
    profile = FILES / "originals" / f"{expected.get('profile', 'partner')}.toml"
    if "with" in expected:  # partner.toml with these keys changed
        profile = read(table(**expected["with"]), "partner.toml")
    with intake.prepare(original(case), profile) as taken:
        taken.ground = shipped_ground()
        if "refused" in expected:
            with pytest.raises(BadInput) as refusal:
                taken.draft(TODAY)
            assert refusal.value.code in expected["refused"] if isinstance(expected["refused"], list) \
                else refusal.value.code == expected["refused"], str(refusal.value)
            assert refusal.value.do
            if "line" in expected:
                assert refusal.value.where == f"line {expected['line']}"
            return
        taken.draft(TODAY)
    drafts = taken.drafts
    found = [(draft.outcome, [one.code for one in draft.problems]) for draft in drafts]
    assert found == list(zip(expected["outcomes"], expected["problems"], strict=True))
    assert [one.code for one in taken.problems] == expected.get("file_problems", [])
    assert all(not draft.claims for draft in drafts if draft.outcome in ("quarantined", "rejected"))
    if "lines" in expected:
        assert [draft.row.line for draft in drafts] == expected["lines"]
    for number, predicates in expected.get("claims", {}).items():
        assert sorted(claim["predicate"] for claim in drafts[int(number) - 1].claims) == predicates
    if "names" in expected:
        said = [claim["value"]["text"] for draft in drafts for claim in draft.claims if claim["predicate"] == "name"]
        assert said == expected["names"]
    if "counts" in expected:
        said = [[claim["value"][key] for key in ("min", "best", "max")]
                for draft in drafts for claim in draft.claims if claim["predicate"] == "count"]
        assert said == expected["counts"]


def test_every_original_has_an_expectation_and_every_expectation_an_original():
    originals = {path.stem for path in (FILES / "originals").iterdir() if path.suffix != ".toml"}
    assert originals == set(CASES)
