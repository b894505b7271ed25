"""The spreadsheet: a template in both languages, filled and read as the web form is; its example is never a testimony."""
import zipfile

import pytest
from openpyxl import load_workbook

from sitereg import entering, errors, vocab
from sitereg.entering import labels, xlsx
from sitereg.imports.readers import process
from tests.sitereg.entering import NAMES

BOTH = pytest.mark.parametrize("locale", ["en", "ar"])


def fill(path, locale, *, keep_example=False):
    """The template, filled by its labels as a person would."""
    xlsx.template(path, locale=locale)
    book = load_workbook(path)
    once, lines = book.worksheets[:2]
    said = {labels.label("who_type", locale): vocab.label("source_type", "testimony_survivor", locale), labels.label("partner", locale): "Our office",
            labels.label("terms", locale): "by post", labels.label("language", locale): xlsx.language_name("ar", locale),
            labels.label("consent", locale): vocab.label("consent_state", "given", locale),
            xlsx._tick("uses", "search_for_missing", locale): {"en": "yes", "ar": "نعم"}[locale], xlsx._tick("scope", "store", locale): {"en": "yes", "ar": "نعم"}[locale]}
    for row in once.iter_rows(max_col=2):
        if row[0].value in said:
            row[1].value = said[row[0].value]
    seen, how = vocab.label("event_kind", "seen_by_exdetainee", locale), vocab.label("known_by", "saw", locale)
    for at, person in enumerate(NAMES[:2]):
        for column, value in enumerate((person, seen, "the long cell", "2013", how), 1):
            lines.cell(2 + at + keep_example, column).value = value
    book.save(path)
    return path


@BOTH
def test_the_template_has_lists_to_choose_from_and_reads_its_way(tmp_path, locale):
    xlsx.template(tmp_path / "t.xlsx", locale=locale)
    book = load_workbook(tmp_path / "t.xlsx")
    once, lines, lists = book.worksheets
    assert lists.sheet_state == "hidden" and once.sheet_view.rightToLeft == (locale == "ar")
    assert len(once.data_validations.dataValidation) >= 6 and {str(one.sqref) for one in lines.data_validations.dataValidation} == {"B2:B41", "E2:E41"}
    assert vocab.label("consent_state", "given", locale) in [cell.value for column in lists.columns for cell in column]
    with pytest.raises(errors.BadInput):
        xlsx.template(tmp_path / "t.xlsx", locale=locale)


@BOTH
def test_the_example_as_it_was_is_refused(tmp_path, locale):
    for keep in (True, None):
        path = tmp_path / f"{keep}.xlsx"
        fill(path, locale, keep_example=True) if keep else xlsx.template(path, locale=locale)
        with pytest.raises(errors.BadInput, match="example"):
            xlsx.read(path)


@BOTH
@pytest.mark.db
def test_a_filled_sheet_is_read_like_the_form(registry, tmp_path, locale):
    typed, rows = xlsx.read(fill(tmp_path / "t.xlsx", locale))
    assert typed["who_type"] == "testimony_survivor" and typed["uses"] == ["search_for_missing"] and typed["scope"] == ["store"]
    sheet = entering.read(registry, "testimony", typed, rows=rows, once="00000000-0000-4000-8000-000000000001")
    assert sheet.problems == [] and [one["person"] for one in sheet.rows] == list(NAMES[:2]) and sheet.rows[0]["how"] == "saw"
    assert len(entering.write(registry, sheet).subjects) == 2


def test_days_and_numbers_of_a_spreadsheet_are_read_as_they_stand(tmp_path):
    from datetime import datetime

    path = fill(tmp_path / "t.xlsx", "en")
    book = load_workbook(path)
    book.worksheets[1]["D2"].value, book.worksheets[1]["D3"].value = datetime(2013, 5, 12), 2013
    book.save(path)
    assert [row["when"] for row in xlsx.read(path)[1]] == ["2013-05-12", "2013"]


def test_what_is_no_template_is_refused_in_words(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"not a spreadsheet")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as packed:
        packed.writestr("xl/workbook.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
    (tmp_path / "c.xlsx").write_bytes(b"0" * (xlsx.MOST_BYTES + 1))
    path = fill(tmp_path / "d.xlsx", "en")
    book = load_workbook(path)
    book.worksheets[1]["F1"].value = "Mother's name"
    book.worksheets[0]["A3"].value = "Unknown field"
    book.save(path)
    for name, word in (("a", "no zip"), ("b", "no .xlsx"), ("c", "large"), ("d", "Unknown field")):
        with pytest.raises(errors.BadInput, match=word):
            xlsx.read(tmp_path / f"{name}.xlsx")


def test_the_file_is_opened_by_the_isolated_reader_alone(tmp_path, monkeypatch):
    """In this process nothing opens it; what the reader may not hold is refused there."""
    path = fill(tmp_path / "t.xlsx", "en")
    seen, real = [], process.read

    def read(*args, **more):
        seen.append(real(*args, **more))
        return seen[-1]

    def never(*args, **more):
        raise AssertionError("opened in this process")

    monkeypatch.setattr(process, "read", read)
    monkeypatch.setattr("openpyxl.load_workbook", never)
    monkeypatch.setattr("zipfile.ZipFile", never)
    assert [one["person"] for one in xlsx.read(path)[1]] == list(NAMES[:2])
    assert "network_closed" in seen[0].isolation
    monkeypatch.undo()
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("xl/extra.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
    with pytest.raises(errors.BadInput):
        xlsx.read(path)


@BOTH
def test_a_page_that_somebody_renamed_is_read_all_the_same(tmp_path, locale):
    path = fill(tmp_path / "t.xlsx", locale)
    book = load_workbook(path)
    book.worksheets[0].title, book.worksheets[1].title = "x", "y"
    book.save(path)
    assert xlsx.read(path)[0]["partner"] == "Our office"
