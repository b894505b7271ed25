"""Exports of web forms as workbooks: the row's number and its place are found, whoever filled in the form is left out."""
from datetime import date

import pytest
from openpyxl import Workbook

from sitereg.imports import guessing, looking, mapping, webforms

TODAY = date(2026, 11, 1)
ROWS = {  # made up; as each exports a form that asks for a name, a kind, a place and a remark
    "KoboToolbox": [
        ["start", "end", "site/site_name", "site/kind", "site/location", "_site/location_latitude", "_site/location_longitude",
         "_site/location_altitude", "_site/location_precision", "site/notes", "__version__", "_id", "_uuid", "_submission_time", "_submitted_by"],
        ["2026-01-02T10:00:00.000+03:00", "2026-01-02T10:09:00.000+03:00", "Old mill (synthetic)", "mass grave", "34.1132 39.4765 210 8", 34.1132, 39.4765, 210, 8,
         "seen from the road", "vAbC", 17, "5b1c3c52-0000-4000-8000-000000000001", "2026-01-02T07:09:30", "enumerator_1"],
        ["2026-01-03T10:00:00.000+03:00", "2026-01-03T10:09:00.000+03:00", "Quarry (synthetic)", "prison", "34.2132 39.5765 190 5", 34.2132, 39.5765, 190, 5,
         "heard", "vAbC", 18, "5b1c3c52-0000-4000-8000-000000000002", "2026-01-03T07:09:30", "enumerator_2"]],
    "ODK": [
        ["SubmissionDate", "site_name", "kind", "location-Latitude", "location-Longitude", "location-Altitude", "location-Accuracy", "notes",
         "meta-instanceID", "KEY", "SubmitterID", "SubmitterName", "DeviceID", "FormVersion"],
        ["2026-01-02T07:09:30Z", "Old mill (synthetic)", "mass grave", 34.1132, 39.4765, 210, 8, "seen from the road", "uuid:1", "uuid:1", 3, "enumerator_1",
         "collect:xyz", "1"],
        ["2026-01-03T07:09:30Z", "Quarry (synthetic)", "prison", 34.2132, 39.5765, 190, 5, "heard", "uuid:2", "uuid:2", 3, "enumerator_2", "collect:xyz", "1"]],
    "Microsoft Forms": [
        ["ID", "Start time", "Completion time", "Email", "Name", "Site name", "Kind", "Coordinates", "Remarks"],
        [1, "1/2/26 10:00:00", "1/2/26 10:09:00", "someone@a.invalid", "Enumerator One", "Old mill (synthetic)", "mass grave", "34.1132, 39.4765", "seen"],
        [2, "1/3/26 10:00:00", "1/3/26 10:09:00", "other@a.invalid", "Enumerator Two", "Quarry (synthetic)", "prison", "34.2132, 39.5765", "heard"]],
    "نماذج غوغل": [
        ["طابع زمني", "عنوان البريد الإلكتروني", "اسم الموقع", "النوع", "الإحداثيات", "ملاحظات"],
        ["2026/01/02 10:09:00", "someone@a.invalid", "المطحنة القديمة (مختلق)", "مقبرة جماعية", "34.1132, 39.4765", "من الطريق"],
        ["2026/01/03 10:09:00", "other@a.invalid", "المقلع (مختلق)", "سجن", "34.2132, 39.5765", "سماعاً"]],
    "Google Forms": [
        ["Timestamp", "Email Address", "Site name", "Kind", "Coordinates", "Notes"],
        ["1/2/2026 10:09:00", "someone@a.invalid", "Old mill (synthetic)", "mass grave", "34.1132, 39.4765", "seen"],
        ["1/3/2026 10:09:00", "other@a.invalid", "Quarry (synthetic)", "prison", "34.2132, 39.5765", "heard"]],
}
TOLD_OF_PEOPLE = ("someone@a.invalid", "enumerator_1", "Enumerator One", "collect:xyz", "2026-01-02T07", "10:09:00")


@pytest.mark.parametrize("form", ROWS)
def test_an_export_is_mapped_and_whoever_filled_it_in_is_left_out(form, tmp_path):
    book = Workbook()
    for row in ROWS[form]:
        book.active.append(row)
    book.save(tmp_path / "export.xlsx")
    seen = looking.look(tmp_path / "export.xlsx", name="export.xlsx")
    guesses = guessing.guess(seen.layers, seen.reading.rows, TODAY)
    fields = {one.field: one.column for one in guesses}
    assert webforms.form_of([one.column for one in guesses]) == form
    assert {"kind", "note"} <= set(fields) and ({"lat", "lon"} <= set(fields) or "place" in fields) and fields.keys() & {"name", "name_ar"}
    assert ("id" in fields) == bool(webforms.FORMS[form][1])
    left = {one.column for one in guesses if one.field == "left_out"}
    for column, cell in zip(ROWS[form][0], ROWS[form][1], strict=True):
        assert column in left or not any(word in str(cell) for word in TOLD_OF_PEOPLE), column
    assert not any(word in sample for one in guesses for sample in (*one.samples, *one.words) for word in TOLD_OF_PEOPLE)
    made = mapping.proposed("export", guesses)
    assert {column for column, field in made["fields"].items() if field == "left_out"} == left if isinstance(made["fields"], dict) else made


def test_a_list_that_only_looks_a_little_like_one_is_none():
    assert webforms.form_of(["id", "name", "start time"]) is None
    assert webforms.form_of(["name", "Timestamp"]) is None
    assert webforms.told(["KEY", "name"]) == {}
