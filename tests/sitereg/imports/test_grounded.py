"""An import tests its places against the units that the registry has, and keeps to itself what may tell of a living person."""

import json

import pytest

from sitereg import imports
from sitereg.imports import batches
from tests.files import cases
from tests.sitereg.imports.steps import look, partner

pytestmark = pytest.mark.db
HEADER = "id,name,kind,lat,lon,people,seen,note,code\n"


@pytest.fixture
def bring(registry, tmp_path):
    def imported(rows, **changes):
        path = tmp_path / "list.csv"
        path.write_text(HEADER + rows)
        return imports.run(registry, path, profile=partner(**{"handling": {"verbatim_only": ["code"]}, **changes}))
    return imported


def codes(report):
    return [[one.code for one in row.problems] for row in report.rows]


def test_a_unit_that_is_named_is_the_place_where_nothing_else_is(registry, bring):
    report = bring("1,سجن,prison,,,,,,SY010000\n2,سجن,prison,33.9131,36.9765,,,,SY010000\n3,سجن,prison,33.1131,36.1765,,,,SY77\n",
                   unit={"code": "code"}, handling={})
    assert codes(report) == [[], ["unit_disagrees"], ["unknown_unit"]]
    assert [row.outcome for row in report.rows] == ["accepted", "flagged", "quarantined"]
    assert look(registry, "select pcode, edition, method, geom is null from reg.claim where batch = %s and predicate = 'place' and row_no = 1",
                report.batch) == [("SY010000", "test", "admin_unit", True)]
    shown = look(registry, "select shown_as, adm3 from reg.site where code = %s and face = 2", report.rows[0].code)
    assert shown == [("admin_unit", "SY010000")]


def test_without_units_of_its_country_an_import_says_what_was_not_tested(registry, bring):
    with registry.dba() as raw:
        raw.execute("delete from reg.admin_unit")
    report = bring("1,سجن,prison,33.5131,36.2765,,,,\n2,سجن,prison,36.2765,33.5131,,,,\n")
    assert [one.code for one in report.file_problems] == ["not_checked"]
    assert "the registry has none" in report.file_problems[0].message
    assert codes(report) == [[], ["swapped"]]


def test_a_registry_of_coarse_units_says_so_where_a_unit_is_named(registry, bring):
    with registry.dba() as raw:
        raw.execute("delete from reg.admin_unit where level > 1")
    report = bring("1,سجن,prison,33.5131,36.2765,,,,SY01\n", unit={"code": "code"}, handling={})
    assert [one.code for one in report.file_problems] == ["not_checked"] and "level 1" in report.file_problems[0].message
    assert codes(report) == [[]]


def test_what_is_proposed_is_kept_with_the_row(registry, bring):
    report = bring("1,سجن,prison,36.2765,33.5131,,,,\n")
    row, = batches.rows(registry, batch=report.batch)
    problem, = row["problems"]
    assert problem["code"] == "swapped" and [one["lat"] for one in problem["proposed"]] == [36.2765, 33.5131]
    assert row["verbatim"]["lat"] == "36.2765"


def test_words_that_may_tell_of_a_living_person_are_sealed_with_their_row(registry, bring):
    report = bring("1,سجن,prison,33.5131,36.2765,,,Witness: Salem Example,\n2,سجن,prison,33.6131,36.2765,,,,call 0944 123 456\n"
                   "3,سجن,prison,33.7131,36.2765,,,nothing,\n")
    assert [row.outcome for row in report.rows] == ["quarantined", "quarantined", "accepted"]
    rows = batches.rows(registry, batch=report.batch)
    assert [row["sealed"] for row in rows] == [True, True, False]
    kept = json.dumps(look(registry, "select row_to_json(r)::text from reg.import_row r where batch = %s", report.batch))
    assert "Salem" not in kept and "0944" not in kept
    words = look(registry, "select api._unsealed(sealed) from reg.import_row where batch = %s and row_no = 1", report.batch)
    assert "Salem Example" in words[0][0]


def test_the_problems_of_a_persons_row_are_kept_without_its_words(registry, tmp_path):
    from sitereg.imports import profile

    path = tmp_path / "people.csv"
    path.write_text("id,name,sex,born,age,number,arrested,released,buried,seen,notice\n1,زوجة سالم مثال,?x,,,,2013-05-12,2012-01-01,,,\n")
    report = imports.run(registry, path, profile=profile.read(cases.table("persons"), "persons.toml"))
    told = {one.code: one for one in report.rows[0].problems}
    assert told["named_by_relation"].value == "زوجة سالم مثال"
    row, = batches.rows(registry, batch=report.batch)
    assert {one["code"] for one in row["problems"]} == set(told) and all(one["value"] == "" for one in row["problems"])
    assert "سالم" not in json.dumps(row["problems"], ensure_ascii=False) and "2012" not in json.dumps(row["problems"])
