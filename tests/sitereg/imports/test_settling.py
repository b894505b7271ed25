"""Rows that were held back: corrected by hand and by file, taken as they are, rejected; each an act, and by the road of any row."""
import csv

import openpyxl
import pytest

from sitereg import imports
from sitereg.errors import BadInput, Conflict, Denied, NotFound, Refused
from sitereg.imports import batches, corrected, settling
from sitereg.imports.corrected import ACCEPT
from sitereg.writing import inert, restored
from tests.sitereg.imports.steps import HEADER, ROWS, look, partner
from tests.sitereg.imports.test_profiles import table as profile_table

TABLE = profile_table()
HELD = [("", 3)]  # castle: no code of the vocabulary


@pytest.fixture
def batch(registry, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(HEADER + ROWS + "6,=1+1,prison,33.6,36.4,,,\n")
    return imports.run(registry, path, profile=partner()).batch


def waiting(registry, batch):
    return [(row["row_no"], row["outcome"]) for row in batches.rows(registry, batch=batch, waiting=True,
                                                                     outcomes=("quarantined", "rejected"))]


def written(registry, batch, path, form="csv"):
    settling.write(registry, path, batch=batch, form=form)
    if form == "xlsx":
        return [[cell or "" for cell in row] for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def save(path, lines):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)


def test_a_row_is_corrected_by_hand_and_walks_the_road_of_any_row(registry, batch):
    assert waiting(registry, batch) == [(3, "quarantined"), (4, "rejected")]
    report = settling.correct(registry, batch=batch, rows=HELD, cells={"kind": "prison"}, reason="The partner says: a prison")
    assert (report.counts["rows_in"], report.counts["accepted"] + report.counts["flagged"], report.new_subjects) == (1, 1, 1)
    assert waiting(registry, batch) == [(4, "rejected")]
    row = batches.rows(registry, batch=batch)[2]
    assert row["settled"] | {"at": None} == {
        "act": "corrected", "reason": "The partner says: a prison", "by": "Worker", "at": None, "batch": report.batch}
    assert row["verbatim"]["kind"] == "castle"  # what was written stays
    assert look(registry, "select t.outcome from reg.task t where t.data->>'batch' = %s and t.what = 'review_quarantine'", batch) == [
        ("every row is settled",)]


def test_a_correction_that_is_still_wrong_writes_nothing_and_says_why(registry, batch):
    with pytest.raises(BadInput) as refusal, registry.savepoint():
        settling.correct(registry, batch=batch, rows=HELD, cells={"kind": "fortress"}, reason="x")
    assert refusal.value.code == "still_held" and refusal.value.problems[0]["code"] == "unknown_code"
    with pytest.raises(BadInput), registry.savepoint():
        settling.correct(registry, batch=batch, rows=HELD, cells={}, reason="x")
    with pytest.raises(NotFound), registry.savepoint():
        settling.correct(registry, batch=batch, rows=HELD, cells={"no such column": "x"}, reason="x")
    assert len(batches.listed(registry)) == 1 and waiting(registry, batch)[0] == (3, "quarantined")


def test_a_row_is_taken_without_what_cannot_be_read(registry, batch):
    report = settling.correct(registry, batch=batch, rows=HELD, cells={}, accept=["unknown_code"], reason="Nobody knows what it was")
    assert report.counts["flagged"] == 1 and report.rows[0].problems[0].code == "unknown_code"
    said = look(registry, "select predicate from reg.claim where batch = %s order by 1", report.batch)
    assert said == [("external_id",), ("name",), ("place",)]
    with pytest.raises(BadInput), registry.savepoint():
        settling.correct(registry, batch=batch, rows=[("", 4)], cells={}, accept=["bad_coordinates"], reason="x")


def test_a_row_is_rejected_with_a_reason_and_only_once(registry, batch):
    assert settling.reject(registry, batch=batch, rows=HELD, reason="No such place, says the partner") == 1
    assert waiting(registry, batch) == [(4, "rejected")]
    with pytest.raises(Conflict), registry.savepoint():
        settling.reject(registry, batch=batch, rows=HELD, reason="again")
    with pytest.raises(BadInput), registry.savepoint():
        settling.reject(registry, batch=batch, rows=[("", 1)], reason="an accepted row")
    with pytest.raises(BadInput), registry.savepoint():
        settling.reject(registry, batch=batch, rows=[("", 4)], reason=" ")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_report_goes_out_and_comes_back_corrected(registry, batch, tmp_path, form):
    path = tmp_path / f"report.{form}"
    header, *lines = written(registry, batch, path, form)
    assert header[:len(corrected.OWN)] == list(corrected.OWN) and "unknown_code (kind)" in lines[2][5]
    assert lines[5][header.index("name")] == "'=1+1"  # no spreadsheet runs it
    at = {name: header.index(name) for name in ("kind", "lat")}
    lines[2][at["kind"]], lines[3][at["lat"]] = "prison", "33.7"
    if form == "csv":
        save(path, [header, *lines])
    else:
        book = openpyxl.load_workbook(path)
        book.active.cell(4, at["kind"] + 1).value, book.active.cell(5, at["lat"] + 1).value = "prison", "33.7"
        book.save(path)
    report = settling.correct_by_file(registry, path, batch=batch, reason="as the partner corrected it")
    assert (report.counts["rows_in"], report.claims > 0) == (2, True)  # of the six only the two that changed
    assert waiting(registry, batch) == []
    assert settling.correct_by_file(registry, path, batch=batch, reason="once more").already == report.batch


def test_a_corrected_file_is_of_its_batch_and_changes_something(registry, batch, tmp_path):
    path = tmp_path / "report.csv"
    header, *lines = written(registry, batch, path)
    for change in ((0, "00000000-0000-7000-8000-000000000000"), (2, "77"), (header.index(ACCEPT), "mojibake"), None):
        told = [list(line) for line in lines]
        if change:
            told[2][change[0]] = change[1]
        save(path, [header, *told])
        with pytest.raises(BadInput), registry.savepoint():
            settling.correct_by_file(registry, path, batch=batch, reason="x")


def test_a_revoked_correction_lets_the_row_wait_again(registry, batch):
    made = settling.correct(registry, batch=batch, rows=HELD, cells={"kind": "prison"}, reason="a prison")
    batches.revoke(registry, batch=made.batch, reason="It was none")
    assert waiting(registry, batch)[0] == (3, "quarantined")


def test_a_newer_export_is_compared_with_the_list_and_not_with_its_correction(registry, batch, tmp_path):
    settling.correct(registry, batch=batch, rows=HELD, cells={"kind": "prison"}, reason="a prison")
    path = tmp_path / "newer.csv"
    path.write_text(HEADER + ROWS.replace("castle", "prison"))
    found = imports.run(registry, path, profile=partner()).difference
    assert found.batch == batch and [one.identifier for one in found.no_longer_named] == ["6"]
    assert found.counts["added"] == 0


def test_rows_are_settled_by_data_stewards_alone(registry, batch):
    registry.become("officer")
    with pytest.raises(Denied), registry.savepoint():
        settling.reject(registry, batch=batch, rows=HELD, reason="x")


def test_cells_come_back_as_they_went():
    for text in ("=1", "'=1", "''=1", "-5", "'a", "plain", "", "\tx", "'"):
        assert restored(inert(text)) == text
        assert not inert(text).startswith(("=", "-", "\t"))


def test_an_old_batch_without_its_profile_says_what_to_do(registry, batch):
    with registry.dba() as raw:
        raw.execute("update reg.import_batch set totals = totals - 'profile_text' where id = %s", [batch])
    with pytest.raises(Refused), registry.savepoint():
        settling.correct(registry, batch=batch, rows=HELD, cells={"kind": "prison"}, reason="x")


def test_a_row_whose_words_are_sealed_does_not_hold_up_the_others(registry, tmp_path):
    path = tmp_path / "told.csv"
    path.write_text(HEADER + ROWS + "7,موقع,prison,33.7,36.5,,,his number is 0933123456\n")
    batch = imports.run(registry, path, profile=partner(claims=[*partner_claims(), {"predicate": "note", "column": "note"}])).batch
    assert [row["row_no"] for row in batches.rows(registry, batch=batch) if row["verbatim"] is None] == [6]
    assert settling.correct(registry, batch=batch, rows=HELD, cells={"kind": "prison"}, reason="told").new_subjects == 1
    with registry.as_("steward1"), pytest.raises(Refused, match="sealed"), registry.savepoint():
        settling.correct(registry, batch=batch, rows=[("", 6)], cells={}, reason="x")
    lines = written(registry, batch, tmp_path / "report.csv")
    assert "0933123456" not in str(lines)
    at = lines[0].index("lat")
    next(line for line in lines if line[2] == "4")[at] = "33.9"
    save(tmp_path / "report.csv", lines)
    report = settling.correct_by_file(registry, tmp_path / "report.csv", batch=batch, reason="the partner's answer")
    assert report.counts["rows_in"] == 1 and waiting(registry, batch) == [(6, "quarantined")]


@pytest.fixture
def told(registry, tmp_path):
    """A batch whose sixth row is sealed: its note holds a telephone number; its point is that of the first."""
    path = tmp_path / "told.csv"
    path.write_text(HEADER + ROWS + "7,موقع,prison,33.5131,36.2765,,,his number is 0933123456\n")
    made = {"place": {**TABLE["place"], "repeated_uncertainty_m": 7000}}
    return imports.run(registry, path, profile=partner(**made)).batch


SEALED = [("", 6)]


def test_sealed_words_are_opened_by_whoever_holds_names_with_a_reason_and_corrected(registry, told):
    assert batches.rows(registry, batch=told)[5]["verbatim"] is None
    found = settling.opened(registry, batch=told, rows=SEALED, reason="to take the number out")
    assert [row["verbatim"]["note"] for row in found] == ["his number is 0933123456"]
    for reason in ("", "x"):
        with pytest.raises(BadInput), registry.savepoint():
            settling.opened(registry, batch=told, rows=SEALED, reason=reason)
    for wrong in ([("", 77)], [("layer", 6)]):
        with pytest.raises(NotFound), registry.savepoint():
            settling.opened(registry, batch=told, rows=wrong, reason="to look")
    with registry.as_("steward1"), pytest.raises(Denied), registry.savepoint():
        settling.opened(registry, batch=told, rows=SEALED, reason="to look")
    report = settling.correct(registry, batch=told, rows=SEALED, cells={"note": "his number is known"}, reason="the number is out")
    assert report.counts["flagged"] == 1 and report.new_subjects == 1
    row, = batches.rows(registry, batch=report.batch)
    assert row["verbatim"]["note"] == "his number is known"  # nothing of it tells of anybody: it lies open
    assert batches.rows(registry, batch=told)[5]["settled"]["act"] == "corrected"
    assert look(registry, "select count(*) from reg.claim where batch = %s and value::text like '%%0933123456%%'", report.batch) == [(0,)]


def test_a_row_that_is_taken_all_the_same_keeps_its_words_sealed(registry, told):
    report = settling.correct(registry, batch=told, rows=SEALED, cells={}, accept=["personal_data"], reason="the office's own number")
    assert batches.rows(registry, batch=report.batch)[0]["verbatim"] is None


def test_a_row_is_corrected_beside_its_batch_and_nothing_else_of_it_is_read(registry, told, monkeypatch):
    asked = []
    rows, real = registry.rows, batches.rows
    monkeypatch.setattr(registry, "rows", lambda function, **args: asked.append((function, len(found := rows(function, **args)))) or found)
    report = settling.correct(registry, batch=told, rows=HELD, cells={"kind": "prison"}, reason="a prison")
    monkeypatch.undo()
    assert {name: n for name, n in asked if name in ("batch_rows", "rows_beside")} == {"batch_rows": 1, "rows_beside": 3}
    place, = look(registry, "select uncertainty_m, place_kind from reg.claim where batch = %s and predicate = 'place'", report.batch)
    assert place == (7000, "representative")  # the first row has this very point
    assert "repeated_point" in [one["code"] for one in real(registry, batch=report.batch)[0]["problems"]]
    again = settling.correct(registry, batch=told, rows=[("", 4)], cells={"lat": "34.1", "id": "1 "}, reason="another number")
    assert again.new_subjects == 0 and "duplicate_key" in [one.code for one in again.rows[0].problems]


def test_rows_that_a_list_without_numbers_repeats_stay_apart_when_one_is_corrected_to_the_words_of_another(registry, tmp_path):
    path = tmp_path / "nameless.csv"
    path.write_text(HEADER + "1,حفرة,castle,33.5131,36.2765,,,\n1,بئر,prison,33.6131,36.3765,,,\n")
    made = {"id": {"scheme": "nameless", "columns": ["name", "kind"]}}
    batch = imports.run(registry, path, profile=partner(**made)).batch
    report = settling.correct(registry, batch=batch, rows=[("", 1)], cells={"name": "بئر", "kind": "prison"}, reason="a well")
    assert report.new_subjects == 1 and "duplicate_row" in [one.code for one in report.rows[0].problems]


def partner_claims():
    from tests.sitereg.imports.test_profiles import table
    return [one for one in table()["claims"] if one["predicate"] != "note"]
