"""A sheet is read whole: every fault at once, beside its field; people are never matched in silence; words are kept."""
import pytest

from sitereg import entering, matrix, requests, sentences, telling, vocab
from sitereg.entering import labels, readback, visitsheet
from sitereg.exports import pdf
from sitereg.overview import saying as overview
from tests.sitereg.entering import NAMES, faults, line, send, sheet
from tests.sitereg.links import test_explain as of_links

pytestmark = pytest.mark.db


def test_every_fault_is_told_at_once(registry):
    found = entering.read(registry, "report", {"who_type": "nobody", "when": "31 February 2013", "place": "33.5138, 36.2765", "more": "x",
                                               "before": "12"}, once="00000000-0000-4000-8000-000000000001")
    assert set(faults(found)) == {("more", "unknown_field"), ("who_type", "bad_value"), ("partner", "missing_required"), ("terms", "missing_required"),
                                  ("uses", "missing_required"), ("consent", "missing_required"), ("words", "missing_required"),
                                  ("when", "impossible_date"), ("place", "ambiguous_place"), ("before", "bad_value")}


def test_a_sheet_with_faults_writes_nothing(registry):
    bad = sheet(registry, "report")
    with pytest.raises(entering.recording.BadInput) as told:
        entering.write(registry, bad)
    assert told.value.problems == bad.problems


@pytest.mark.parametrize(("when", "days"), [("12 أيار 2013", "[2013-05-12,2013-05-13)"), ("May 2013", "[2013-05-01,2013-06-01)"),
                                            ("2012~", "[2012-01-01,2013-01-01)")])
def test_vague_days_are_kept_as_vague_as_they_are(registry, when, days):
    assert sheet(registry, "report", words="x", when=when).days["when"].daterange() == days


def test_the_same_name_twice_asks_and_is_answered(registry):
    twice = [line(NAMES[0]), line("أحمد  المثال", place="elsewhere")]
    assert faults(sheet(registry, "testimony", rows=twice)) == [("r2_person", "duplicate_row")]
    same = sheet(registry, "testimony", rows=[twice[0], {**twice[1], "same": "same"}])
    other = sheet(registry, "testimony", rows=[twice[0], {**twice[1], "same": "other"}])
    assert [[one["whom"] for one in it.rows] for it in (same, other)] == [[("new", 1), ("new", 1)], [("new", 1), ("new", 2)]]


def test_a_line_may_name_the_person_of_another_by_its_number(registry):
    rows = [line(NAMES[0]), line("=١"), line("=2"), line("=9"), line("unknown"), line("unknown")]
    found = sheet(registry, "testimony", rows=rows)
    assert [one["whom"] for one in found.rows] == [("new", 1), ("new", 1), ("new", 1), None, ("new", 5), ("new", 6)]
    assert faults(found) == [("r4_person", "bad_value")]


def test_a_case_that_one_may_not_see_is_as_one_that_is_not_there(registry):
    code = send(registry, "person", name="Held Back", tier="2").subjects[0][0]
    assert sheet(registry, "testimony", rows=[line(code)]).rows[0]["whom"][2] == code
    with registry.as_("investigator1"):
        hidden, absent = (faults(sheet(registry, "testimony", rows=[line(one)])) for one in (code, "SYP-222222-2"))
        assert hidden == absent and ("r1_person", "not_found") in hidden


def test_what_repeats_the_line_above_is_spelled_out_and_empty_lines_are_passed_over(registry):
    rows = [line(NAMES[0], place="33.5138 N 36.2765 E"), {}, line(NAMES[1], place='"', when="=", how='"', what='"')]
    found = sheet(registry, "testimony", rows=rows)
    assert [one["line"] for one in found.rows] == [1, 3] and found.problems == []
    assert found.places["r3_place"].place == found.places["r1_place"].place and found.days["r3_when"] == found.days["r1_when"]
    assert faults(sheet(registry, "testimony", rows=[line(NAMES[0], when='"')])) == [("r1_when", "bad_value")]


@pytest.mark.parametrize(("rows", "field"), [([], "rows"), ([{}], "rows"), ([line("x y")] * 61, "rows"), ([line("x y", how="")], "r1_how"),
                                             ([line("")], "r1_person"), ([line("x\x00y")], "r1_person")])
def test_lines_that_cannot_be_used_say_so(registry, rows, field):
    assert field in [name for name, _code in faults(sheet(registry, "testimony", rows=rows))]


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_the_read_back_says_each_line_as_it_was_told(registry, locale):
    rows = [line(NAMES[0], when="12 أيار 2013"), line("=1", how="told", place="33.5138 N 36.2765 E", when="after the snow"), line("unknown", place="", when="")]
    told = entering.lines(sheet(registry, "testimony", rows=rows), locale)
    spoken = {one.row: one.words for one in told if one.row}
    day = {"en": "12 May 2013", "ar": "12 أيار/مايو 2013"}[locale]
    assert NAMES[0] in spoken[1] and day in spoken[1] and sentences.said(readback.HOW["saw"], locale) in spoken[1]
    assert NAMES[0] in spoken[2] and "33.51380" in spoken[2] and "after the snow" in spoken[2] and sentences.said(readback.HOW["told"], locale) in spoken[2]
    assert sentences.said("Where: you did not say.", locale) in spoken[3]
    whole = " ".join(one.words for one in told)
    assert vocab.label("consent_scope", "publish_anonymised", locale) in whole and "Our office" in whole


def test_every_sentence_of_the_room_is_there_in_arabic():
    import re
    from pathlib import Path

    room = Path(entering.__file__).parent
    spoken = {one for file in (*room.glob("*.py"), room.parent / "dates" / "spoken.py", room.parent / "exports" / "pdf.py")
              for one in re.findall(r'(?<!claims\.)\bsaid\(\s*"((?:[^"\\]|\\.)+)"', file.read_text())}
    wanted = spoken | {*pdf.HEADS, *pdf.NOTES.values(), *pdf.PRECISION.values(), *pdf.PRECISION_NOTE.values(), readback.FIRST, readback.LAST, *readback.HOW.values(), *readback.CALL.values(), *readback.AGREES.values(), *labels.TIERS.values(), *labels.LABELS.values(), *labels.HINTS.values(),
                       *entering.xlsx.PAGES, entering.xlsx.EXAMPLE_HINT, entering.xlsx.OTHER_LANGUAGE, "yes", "no",
                       *(entering.xlsx.EXAMPLE[name] for name in ("person", "place", "when")), *(message for _, message in visitsheet.RULES.values()),
                       *(one for field in visitsheet.FIELDS.values() for one in (field.words, field.hint) if one)}
    wanted |= {telling.WHEN, telling.YEAR, telling.WHERE, *telling.FACTS.values(), *telling.ALWAYS.values(), *telling.WITHHELD.values(), *requests.CONSENT_WORDS}
    held = sentences.catalogue("ar")
    of_the_matrix = {*matrix.RULES.values(), *(one.words for one in matrix.WHAT)}
    of_the_overview = {*overview.FINDINGS.values(), *overview.NOTES.values(), *overview.FAMILIES.values()}
    assert wanted - set(held) == set() and set(held) - wanted - of_the_matrix - of_the_overview - of_links.spoken() == set()
    holes = re.compile(r"%\(\w+\)s")
    assert all(sorted(holes.findall(one)) == sorted(holes.findall(held[one])) and re.search("[\u0600-\u06ff،]", held[one]) for one in held)


def test_every_field_has_its_name():
    assert {*entering.fields.HEAD, *entering.ROWS, *(name for one in entering.FORMS.values() for name in one)} == set(labels.LABELS)
