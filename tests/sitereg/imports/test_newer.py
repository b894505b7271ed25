"""A newer export: only what was not said already is written, and the report tells what changed against the one before."""

import pytest

from sitereg import decisions, imports
from tests import given
from tests.sitereg.imports.steps import look, partner

pytestmark = pytest.mark.db
OLD = "1,سجن المدينة,prison,33.5131,36.2765,,12/05/2013,\n2,المقبرة,grave,36.2021,37.1343,50,,\n3,فرع,branch,35.1317,36.7579,,,\n"
NEW = ("1,سجن المدينة,prison,33.5131,36.2765,,12/05/2013,\n2,المقبرة,grave,36.2021,37.1343,60,,\n4,جديد,prison,34.1234,36.5678,,,\n")


def claims(registry, subject):
    return look(registry, "select predicate, value->>'best', e.claim is null from reg.claim c left join reg.claim_end e on e.claim = c.id"
                          " where subject = %s and predicate = 'count' order by c.recorded_at", subject)


def test_the_first_export_has_nothing_to_be_compared_with(bring):
    report = bring(OLD)
    assert report.difference is None and report.as_dict()["difference"] is None


def test_added_changed_unchanged_and_no_longer_named_are_told_field_by_field(registry, bring):
    first = bring(OLD)
    report = bring(NEW, name="newer.csv")
    found = report.difference
    assert found.batch == first.batch and found.file == "list.csv"
    assert found.counts == {"added": 1, "changed": 1, "unchanged": 1, "no_longer_named": 1}
    assert [(one.identifier, one.row) for one in found.added] == [("4", 3)]
    assert [(one.identifier, one.fields[0].as_dict(), one.claims) for one in found.changed] == [
        ("2", {"field": "people", "old": "50", "new": "60"}, 1)]
    assert [(one.identifier, one.code) for one in found.no_longer_named] == [("3", first.rows[2].code)]
    assert report.as_dict()["difference"]["counts"] == found.counts
    totals = look(registry, "select totals->'difference', totals->>'against' from reg.import_batch where id = %s", report.batch)
    assert totals == [(found.counts, first.batch)]
    assert claims(registry, first.rows[1].subject) == [("count", "50", True), ("count", "60", True)], "both stand: a person decides"
    assert look(registry, "select count(*) from reg.claim_end") == [(0,)]


def test_a_dry_run_tells_the_same_difference(registry, bring):
    bring(OLD)
    before = look(registry, "select count(*) from reg.claim")
    dry = bring(NEW, name="newer.csv", dry_run=True)
    assert look(registry, "select count(*) from reg.claim") == before
    wet = bring(NEW, name="newer.csv")
    assert dry.difference.counts == wet.difference.counts
    assert [one.fields for one in dry.difference.changed] == [one.fields for one in wet.difference.changed]


def test_a_value_that_comes_back_is_news(registry, bring):
    first = bring(OLD)
    bring(OLD.replace(",50,", ",60,"), name="b.csv")
    third = bring(OLD.replace(",50,", ",50,") + "\n", name="c.csv")
    assert [row[1] for row in claims(registry, first.rows[1].subject)] == ["50", "60", "50"]
    assert [one.fields[0].as_dict() for one in third.difference.changed] == [{"field": "people", "old": "60", "new": "50"}]


def test_a_field_that_falls_silent_is_told_and_nothing_is_ended(registry, bring):
    first = bring(OLD)
    report = bring(OLD.replace(",50,", ",,"), name="b.csv")
    one, = report.difference.changed
    assert (one.claims, one.fields[0].as_dict()) == (0, {"field": "people", "old": "50", "new": ""})
    assert claims(registry, first.rows[1].subject) == [("count", "50", True)]


def test_columns_that_are_only_kept_make_no_change(registry, bring):
    made = partner(handling={"verbatim_only": ["note"]}, claims=[one for one in _claims() if one.get("column") != "note"])
    bring(OLD, made=made)
    report = bring(OLD.replace("50,,", "50,,other words"), name="b.csv", made=made)
    assert report.claims == 0 and report.counts["unchanged"] == 3
    assert report.difference.counts == {"added": 0, "changed": 0, "unchanged": 3, "no_longer_named": 0}
    assert "nothing written" in report.rows[1].problems[-1].message


def test_what_rested_on_a_revoked_batch_is_named_and_said_again(registry, bring):
    first = bring(OLD)
    second = bring(NEW, name="newer.csv")
    done = imports.revoke(registry, batch=first.batch, reason="wrong list")
    assert done["repeated_by"] == [{"batch": second.batch, "file": "newer.csv", "rows": 2}]
    assert imports.revoke(registry, batch=second.batch, reason="rests on the first")["repeated_by"] == []
    again = bring(NEW, name="newer.csv")
    assert again.difference is None and again.claims == len(first.rows[0].claims) + len(first.rows[1].claims) + len(second.rows[2].claims)
    assert again.rows[0].claims and again.rows[0].new


def test_a_later_export_heals_what_a_revoked_one_took_along(registry, bring):
    first = bring(OLD)
    bring(NEW, name="newer.csv")
    imports.revoke(registry, batch=first.batch, reason="wrong list")
    third = bring(NEW.replace("جديد", "جديد آخر"), name="third.csv")
    kinds = look(registry, "select count(*) from reg.claim c where predicate = 'kind' and value->>'code' = 'mass_grave' and not exists"
                           " (select 1 from reg.claim_end e where e.claim = c.id)")
    assert kinds == [(1,)] and len(third.rows[0].claims) == len(first.rows[0].claims)


def test_rows_of_one_record_say_the_same_thing_once(registry, bring):
    report = bring("7,أ,prison,33.5131,36.2765,,,\n7,ب,prison,33.5131,36.2765,,,\n")
    assert len(report.rows[0].claims) == 4 and len(report.rows[1].claims) == 1
    assert look(registry, "select count(*) from reg.claim where predicate = 'kind'") == [(1,)]


def test_what_a_person_ended_is_not_said_again_by_the_same_partner(registry, bring):
    first = bring(OLD)
    kept, = look(registry, "select id from reg.claim where subject = %s and predicate = 'count'", first.rows[1].subject)
    registry.call("end_claim", claim=kept[0], why="misread by the partner")
    report = bring(OLD + "\n", name="b.csv")
    assert report.claims == 0


def test_what_was_merged_is_found_again_by_its_identifier_and_makes_no_twin(registry, bring):
    first = bring(OLD)
    kept, other = first.rows[0], first.rows[2]
    done = decisions.merge(registry, kept.subject, other.subject, reason="one place under two names")
    with registry.as_("verifier"):
        decisions.approve(registry, done.proposal)
    again = bring(OLD.replace("فرع", "فرع المدينة"), name="b.csv")
    assert again.new_subjects == 0 and again.rows[2].subject == kept.subject and again.rows[2].code == kept.code
    assert [len(row.claims) for row in again.rows] == [0, 0, 1], "only the changed name"
    assert again.difference.counts == {"added": 0, "changed": 1, "unchanged": 2, "no_longer_named": 0}
    assert [one.as_dict() for one in again.difference.changed[0].fields] == [{"field": "name", "old": "فرع", "new": "فرع المدينة"}]


def test_whether_something_was_said_is_not_told_of_a_place_that_one_does_not_see(registry, bring):
    """A guess at a hidden place is not confirmed to another steward than the one who brought it in."""
    first = bring(OLD)
    place, = look(registry, "select encode(st_asbinary(geom), 'hex'), uncertainty_m, place_kind, method from reg.claim where subject = %s"
                            " and predicate = 'place'", first.rows[1].subject)
    guess = given.Json([{"subject": first.rows[1].subject, "predicate": "place", "geom": place[0], "uncertainty_m": place[1],
                         "place_kind": place[2], "method": place[3], "credibility": "3"}])
    assert [row["n"] for row in registry.rows("said_already", profile="partner", claims=guess)] == [1]
    with registry.as_("steward1"):
        assert registry.rows("said_already", profile="partner", claims=guess) == []


def test_the_rows_of_others_are_compared_without_words_that_are_hidden(registry, bring):
    """A steward of T1 has no words of rows that may tell a hidden place and that somebody else brought in."""
    bring(OLD)
    with registry.as_("steward1"):
        told = registry.rows("rows_before", profile="partner", scheme="partner")
    assert {row["identifier"]: row["verbatim"] for row in told} == {"1": None, "2": None, "3": None}
    assert all(row["verbatim"] for row in registry.rows("rows_before", profile="partner", scheme="partner"))


def _claims():
    from tests.sitereg.imports.test_profiles import table
    return table()["claims"]
