"""Lists without a number of their own, doubted cells and the day of an export: what a profile says of them holds. Pure."""

from datetime import date

import pytest

from sitereg.imports import drafting, profile
from sitereg.imports.readers import Row
from tests.sitereg.imports.test_profiles import table

TODAY = date(2026, 1, 1)
COLUMNS = ("name", "kind", "lat", "lon", "people", "seen", "note")


def made(**changes):
    changes = {"id": {"scheme": "partner", "columns": ["name", "people"]}, **changes}
    return profile.read(table(**changes), "partner.toml")


def drafts(given, *rows, key=b"key"):
    rows = [Row("", n, dict.fromkeys(COLUMNS, "") | {"kind": "prison", "lat": "33.5131", "lon": "36.2765"} | cells)
            for n, cells in enumerate(rows, start=1)]
    seen = drafting.survey(rows, given, key)
    return [drafting.draft(one, given, seen, today=TODAY) for one in rows]


def test_an_identifier_made_of_columns_can_be_read_where_the_places_are_published():
    found = drafts(made(handling={"places_published": True}), {"name": "أ", "people": "5"}, {"name": "أ", "people": "5"}, {"name": "ب"}, {})
    assert [one.external_id for one in found] == ["أ / 5", "أ / 5 #2", "ب / -", ""]
    assert [[each.code for each in one.problems] for one in found] == [[], ["duplicate_row"], [], ["missing_required"]]
    assert "row 1" in found[1].problems[0].message and found[1].outcome == "flagged" and found[3].outcome == "rejected"


def test_it_tells_nothing_where_the_place_is_hidden_and_needs_the_registrys_key():
    hidden = made()
    one, = drafts(hidden, {"name": "أ", "people": "5"})
    other, = drafts(hidden, {"name": "أ", "people": "5"}, key=b"another")
    assert len(one.external_id) == 16 and one.external_id != other.external_id and "أ" not in one.external_id
    with pytest.raises(ValueError, match="key"):
        drafts(hidden, {"name": "أ"}, key=None)


def test_it_is_the_same_wherever_the_row_stands():
    hidden = made()
    rows = [{"name": "أ"}, {"name": "ب"}, {"name": "أ"}]
    assert {one.external_id for one in drafts(hidden, *rows)} == {one.external_id for one in drafts(hidden, *reversed(rows))}


def test_a_doubted_cell_is_flagged_and_claims_nothing():
    given = made(claims__2__doubted=["0"])
    zero, five = drafts(given, {"name": "أ", "people": "0"}, {"name": "ب", "people": "5"})
    assert zero.outcome == "flagged" and "may stand for unknown" in zero.problems[0].message
    assert [[c["predicate"] for c in one.claims].count("count") for one in (zero, five)] == [0, 1]


def test_a_bare_year_ends_on_the_day_of_the_export():
    given = made(source__published="2013-05-20")
    before, within = drafts(given, {"name": "أ", "seen": "2012"}, {"name": "ب", "seen": "2013"})
    assert [next(c["at"] for c in one.claims if c["predicate"] == "kind") for one in (before, within)] == [
        "[2012-01-01,2013-01-01)", "[2013-01-01,2013-05-21)"]


def test_a_toponym_of_several_columns_names_the_smallest_unit_first_and_nothing_twice():
    given = profile.load("mx_rnped_federal")
    cells = dict.fromkeys(given.columns, "") | {"fuerofederal_ultimampio": "EXTRANJERO", "fuerofederal_ultimaentidad": "EXTRANJERO",
                                                "fuerofederal_ultimapais": "EXTRANJERO", "fuerofederal_sexo": "MUJER"}
    row = Row("", 1, cells)
    one = drafting.draft(row, given, drafting.survey([row], given, b"key"), today=TODAY)
    event, = [claim for claim in one.claims if claim["predicate"] == "event"]
    assert event["value"] == {"kind": "last_seen_free", "toponym": "EXTRANJERO"} and "geom" not in event
