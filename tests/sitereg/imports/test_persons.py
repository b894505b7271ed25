"""Persons of a list: listed and never missing, their rows sealed, their second event no death that nobody claimed."""

import pytest

from sitereg import decisions, imports
from sitereg.errors import BadInput, Refused
from sitereg.imports import batches, drafting, profile
from sitereg.imports.intake import fingerprint
from sitereg.imports.readers import Row
from tests import given

pytestmark = pytest.mark.db
HEADER = "pid,lat,lon,radius_km,place,date_lo,date_hi,f_lat,f_lon,f_place,f_lo,f_hi,raw_a,raw_b,age\n"
ROWS = ("1,-34.92145,-57.95453,3.0,la plata,1976-12-26,1976-12-26,-35.08065,-57.51301,magdalena,1976-10-21,1976-10-21,True,True,26.0\n"
        "2,,,,,1976-11-01,1976-11-30,,,,,,True,False,21.0\n3,,,,,,,,,,,,False,False,40.0\n")


@pytest.fixture
def listed(registry, tmp_path):
    path = tmp_path / "persons.csv"
    path.write_text(HEADER + ROWS)
    return imports.run(registry, path, profile="ar_persons")


def look(registry, sql, *values):
    with registry.dba() as raw:
        return raw.execute(sql, values).fetchall()


def test_cases_are_listed_and_nobody_is_called_missing_or_dead(registry, listed):
    subjects = [row.subject for row in listed.rows]
    assert look(registry, "select distinct case_state, fate from reg.person where id = any (%s::uuid[])", subjects) == [("listed", "unknown")]


def test_events_say_within_a_radius_and_on_which_days(registry, listed):
    found = look(registry, "select kind, lower(at)::text, (upper(at) - 1)::text, round(uncertainty_m), toponym from reg.person_event"
                           " where face = 2 and person = any (%s::uuid[]) order by kind, 2", [row.subject for row in listed.rows])
    assert found == [("appeared_in_record", "1976-10-21", "1976-10-21", 10000, "magdalena"),
                     ("arrested", "1976-11-01", "1976-11-30", None, None),
                     ("arrested", "1976-12-26", "1976-12-26", 3000, "la plata")]
    quotes = look(registry, "select distinct quote from reg.claim where batch = %s and value->>'kind' = 'appeared_in_record'", listed.batch)
    assert quotes == [("town and date where killed or found",)]
    assert look(registry, "select count(*) from reg.person_event where face = 1 and shown_as = 'exact'") == [(0,)]


def test_what_contradicts_or_lacks_its_day_is_flagged(listed):
    codes = [[one.code for one in row.problems] for row in listed.rows]
    assert codes == [["impossible_order"], [], ["missing_required"]]


def test_the_words_of_a_persons_row_are_sealed_and_erased_with_the_key(registry, listed):
    rows = batches.rows(registry, batch=listed.batch)
    assert all(row["sealed"] and row["verbatim"] is None for row in rows)
    first = rows[0]["subject"]
    words, = look(registry, "select api._unsealed(r.sealed) from reg.import_row r where r.batch = %s and r.row_no = 1", listed.batch)
    assert '"place": "la plata"' in words[0]
    assert look(registry, "select count(*) from reg.claim where batch = %s and verbatim is not null", listed.batch) == [(0,)]
    look(registry, "select api._erase(%s)", first)
    assert look(registry, "select api._unsealed(r.sealed) from reg.import_row r where r.batch = %s and r.row_no = 1", listed.batch) == [(None,)]


def test_persons_are_imported_by_those_who_hold_names(registry, tmp_path):
    path = tmp_path / "persons.csv"
    path.write_text(HEADER + ROWS)
    with registry.as_("steward1"), pytest.raises(BadInput):
        imports.run(registry, path, profile="ar_persons")


def test_a_rejected_row_of_a_person_is_sealed_too(registry, tmp_path):
    path = tmp_path / "persons.csv"
    path.write_text(HEADER + ",,,,secret town,,,,,,,,True,False,26.0\n" + ROWS)
    report = imports.run(registry, path, profile="ar_persons")
    row = batches.rows(registry, batch=report.batch, outcomes=("rejected",))[0]
    assert row["sealed"] and row["verbatim"] is None and row["subject"] is None
    words, = look(registry, "select api._unsealed(sealed) from reg.import_row where batch = %s and row_no = 1", report.batch)
    assert "secret town" in words[0]


def test_nobody_confirms_a_guess_by_the_fingerprint_of_a_person():
    row = drafting.Draft(Row("", 1, {"pid": "1"}), "person", "1", (), ())
    persons, sites = profile.load("ar_persons"), profile.load("ar_ccd")
    assert fingerprint(row, persons, b"a") != fingerprint(row, persons, b"b")
    assert fingerprint(row, persons, b"a") == fingerprint(row, persons, b"a")
    assert fingerprint(row, sites, b"a") == fingerprint(row, sites, b"b")


def test_an_unchanged_row_is_known_again_by_a_keyed_fingerprint(registry, listed, tmp_path):
    path = tmp_path / "newer.csv"
    path.write_text(HEADER + ROWS + "4,,,,,1977-01-01,1977-01-01,,,,,,True,False,20.0\n")
    newer = imports.run(registry, path, profile="ar_persons")
    assert newer.counts["unchanged"] == 3 and newer.new_subjects == 1


def test_a_list_is_taken_in_and_opens_nothing_whatever_the_stage(registry, tmp_path):
    with registry.dba() as raw:
        given.stage(raw, opens=False)
    path = tmp_path / "persons.csv"
    path.write_text(HEADER + ROWS)
    made = [row.subject for row in imports.run(registry, path, profile="ar_persons").rows]
    assert look(registry, "select distinct to_state from reg.decision where machine = 'case' and subject = any (%s::uuid[])", made) == [("listed",)]
    with pytest.raises(Refused, match="not registered in this stage"):
        decisions.decide(registry, made[0], "case", "open_missing", reason="x")
