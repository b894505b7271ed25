"""Batches: whole or not at all, once, with their rows and one event; and taken back whole."""

import threading
from pathlib import Path

import pytest

from sitereg import imports
from sitereg.actors import Actor
from sitereg.errors import BadInput, Denied, NotFound
from sitereg.imports import batches, profile
from sitereg.store import session as store
from tests import given
from tests.sitereg.imports.steps import HEADER, ROWS, look, partner
from tests.sitereg.imports.test_profiles import table

pytestmark = pytest.mark.db


def test_rows_become_claims_with_source_document_and_row(registry, bring):
    report = bring()
    assert report.counts == {"rows_in": 5, "accepted": 2, "flagged": 1, "quarantined": 1, "rejected": 1, "unchanged": 0}
    assert [row.outcome for row in report.rows] == ["accepted", "accepted", "quarantined", "rejected", "flagged"]
    assert report.new_subjects == 3 and report.claims == sum(len(row.claims) for row in report.rows)
    rows = look(registry, "select c.predicate, c.row_no, c.locator, encode(d.sha256, 'hex'), s.label->>'en', c.reliability"
                          " from reg.claim c join reg.document d on d.id = c.document join reg.source s on s.id = c.source"
                          " where c.batch = %s order by c.row_no, c.predicate", report.batch)
    assert len(rows) == report.claims and {row[3] for row in rows} == {report.sha256}
    assert {row[4] for row in rows} == {"A partner's list"} and {row[5] for row in rows} == {"C"}
    assert ("place", 2, "row 2, line 3, lat, lon") in [row[:3] for row in rows]
    levels = look(registry, "select k.verification from reg.site_kind k where k.face = 2 and k.site = any (%s::uuid[]) order by 1",
                  [row.subject for row in report.rows if row.subject])
    assert levels == [("reported",), ("suspected",), ("suspected",)]


def test_every_row_is_kept_with_its_words_and_problems(registry, bring):
    report = bring()
    found = batches.rows(registry, batch=report.batch)
    assert [row["outcome"] for row in found] == [row.outcome for row in report.rows]
    assert found[2]["verbatim"]["kind"] == "castle" and found[2]["subject"] is None
    assert [one["code"] for one in found[2]["problems"]] == ["unknown_code"]
    assert [row["row_no"] for row in batches.rows(registry, batch=report.batch, outcomes=("rejected",))] == [4]
    assert [row["row_no"] for row in batches.rows(registry, batch=report.batch, limit=2, after=("", 3))] == [4, 5]


def test_one_event_whose_id_is_the_batchs_holds_all_of_it(registry, bring):
    before = look(registry, "select count(*) from reg.audit_event")[0][0]
    report = bring()
    event, = look(registry, "select action, object::text, count, reason from reg.audit_event where id = %s", report.batch)
    assert look(registry, "select count(*) from reg.audit_event")[0][0] == before + 1
    assert event[:2] == ("import", report.batch) and event[2] > report.claims
    assert "5 rows, 2 accepted, 1 flagged, 1 quarantined, 1 rejected" in event[3]
    shown = batches.shown(registry, batch=report.batch)
    assert shown["totals"]["rows_sha256"] in event[3] and shown["consent"] == "not_asked"


def test_the_same_file_again_writes_nothing(registry, bring):
    first = bring()
    before = look(registry, "select (select count(*) from reg.claim), (select count(*) from reg.audit_event),"
                            " (select count(*) from reg.custody_event), (select count(*) from reg.import_batch)")
    again = bring(name="other name.csv")
    assert again.already == first.batch and not again.rows and again.batch is None
    assert before == look(registry, "select (select count(*) from reg.claim), (select count(*) from reg.audit_event),"
                                    " (select count(*) from reg.custody_event), (select count(*) from reg.import_batch)")
    assert bring(made=partner(version="2")).already is None


def test_an_unchanged_row_of_a_newer_export_writes_nothing_and_a_changed_one_joins(registry, bring):
    first = bring()
    newer = bring(ROWS.replace("50,,", "60,,") + "6,جديد,prison,34.1234,36.5678,,,\n", name="newer.csv")
    assert newer.counts["unchanged"] == 2 and newer.new_subjects == 1 and newer.joined_subjects == 3
    kept, changed = newer.rows[0], newer.rows[1]
    assert kept.unchanged and not kept.claims and kept.outcome == "accepted"
    assert first.batch in kept.problems[0].message
    assert changed.subject == first.rows[1].subject and len(changed.claims) == 1 < len(first.rows[1].claims)
    assert newer.rows[5].new


def test_rows_of_one_identifier_speak_of_one_subject(registry, bring):
    report = bring("7,أ,prison,33.5131,36.2765,,,\n7,ب,prison,33.5131,36.2765,,,\n7,أ,prison,33.5131,36.2765,,,\n")
    one, two, three = report.rows
    assert report.new_subjects == 1 and one.subject == two.subject == three.subject
    assert (one.outcome, two.outcome, three.outcome) == ("accepted", "flagged", "flagged")
    assert [p.code for p in two.problems] == ["duplicate_key"] and two.claims
    assert [p.code for p in three.problems] == ["duplicate_key", "duplicate_row"] and not three.claims


def test_an_identifier_that_several_carry_waits_for_a_person(registry, bring):
    for _ in range(2):
        given.site(registry, given.kind("prison_central"),
                   {"predicate": "external_id", "value": {"scheme": "partner", "value": "1"}})
    report = bring()
    assert report.rows[0].outcome == "quarantined" and report.rows[0].problems[-1].code == "duplicate_key"
    assert report.rows[0].subject is None and not report.rows[0].claims


def test_a_row_never_joins_what_the_importer_may_not_see(registry, bring):
    hidden, _, _ = given.site(registry, given.kind("prison_central"), tier=2, compartments=["names"], exact_tier=2)
    given.say(registry, hidden, {"predicate": "external_id", "value": {"scheme": "partner", "value": "1"}})
    with registry.as_("steward1"):
        report = bring()
    assert report.rows[0].new and report.rows[0].subject != str(hidden)


def test_a_dry_run_reports_the_same_and_leaves_nothing(registry, bring):
    tables = "select (select count(*) from reg.claim), (select count(*) from reg.subject), (select count(*) from reg.document)"
    before = look(registry, tables)
    dry = bring(dry_run=True)
    assert look(registry, tables) == before
    wet = bring()
    assert dry.dry_run and dry.counts == wet.counts and dry.claims == wet.claims
    assert [row.problems for row in dry.rows] == [row.problems for row in wet.rows]


def test_a_batch_is_all_or_nothing(registry, bring, monkeypatch):
    tables = ("select (select count(*) from reg.claim), (select count(*) from reg.subject),"
              " (select count(*) from reg.import_batch), (select count(*) from reg.document)")
    before = look(registry, tables)
    kept = set(Path(registry.settings.evidence).rglob("*"))
    monkeypatch.setattr("sitereg.imports.recording.CHUNK", 4)
    real, calls = registry.rows, []

    def failing(function, **args):
        calls.append(function)
        if calls.count("record_claims") == 3:
            raise BadInput("cut")
        return real(function, **args)

    monkeypatch.setattr(registry, "rows", failing)
    with pytest.raises(BadInput, match="cut"):
        bring()
    monkeypatch.undo()
    assert look(registry, tables) == before and set(Path(registry.settings.evidence).rglob("*")) == kept


def test_only_data_stewards_import_and_only_up_to_their_tier(registry, bring):
    for name in ("investigator1", "verifier", "viewer"):
        with registry.as_(name), pytest.raises(Denied):
            bring()
    with registry.as_("steward1"), pytest.raises(BadInput):
        bring(made=partner(subject__tier=2))
    with registry.as_("steward1"), pytest.raises(BadInput):
        bring(made=partner(claims__3__compartments=["names"]))


def test_the_database_itself_refuses_other_roles_and_tiers(registry):
    said = {"files": given.Json([]), "profile": given.Json({}), "terms": given.Json({
        "partner": {"en": "x"}, "terms": "t", "permitted_uses": ["analysis"], "consent": "unknown"}),
        "source": given.Json({"type": "dataset", "reliability": "B"})}
    with registry.as_("verifier"), pytest.raises(Denied):
        registry.one("open_batch", **said)
    for tier in (0, 2):
        with registry.as_("steward1"), pytest.raises(BadInput) as refusal:
            registry.one("open_batch", **said, tier=tier)
        assert refusal.value.problems[0]["field"] == "tier"


def test_a_batch_is_shown_to_its_operator_and_to_auditors(registry, bring):
    report = bring()
    with registry.as_("auditor"):
        assert batches.shown(registry, batch=report.batch)["operator"] == "worker"
        with pytest.raises(Denied):
            batches.rows(registry, batch=report.batch)
    with registry.as_("steward1"):
        assert batches.listed(registry) == []
        with pytest.raises(NotFound):
            batches.shown(registry, batch=report.batch)


def test_tasks_tell_of_quarantine_and_of_other_bodies_statuses(registry, bring):
    status = {"predicate": "official_status", "column": "kind", "scheme": "partner_status", "partial": True,
              "words": {"grave": "seen"}}
    made = table()
    made["claims"].append(status)
    report = bring(made=profile.read(made, "p"))
    tasks = look(registry, "select what, role, (data->>'rows')::int from reg.task where data->>'batch' = %s order by what",
                 report.batch)
    assert tasks == [("review_quarantine", "data_steward", 1), ("take_over_statuses", "investigator", 1)]
    imports.revoke(registry, batch=report.batch, reason="x")
    assert look(registry, "select count(*) from reg.task where data->>'batch' = %s and done_at is null", report.batch) == [(0,)]


def test_sources_of_one_origin_are_one_origin_and_a_profile_keeps_its_source(registry, bring):
    bring()
    bring("9,س,prison,34.1,36.3333,,,\n", name="b.csv")
    bring(name="c.csv", made=partner(name="second", source__label={"en": "Another copy"}, id__scheme="second"))
    rows = look(registry, "select label->>'en', origin_root from reg.source where label->>'en' in ('A partner''s list', 'Another copy')")
    assert sorted(row[0] for row in rows) == ["A partner's list", "Another copy"]
    assert len({row[1] for row in rows}) == 1


def test_a_batch_is_not_closed_while_a_row_is_missing(registry, bring, monkeypatch):
    monkeypatch.setattr("sitereg.imports.recording._keep_rows", lambda *args: None)
    with pytest.raises(BadInput) as refusal:
        bring()
    assert refusal.value.problems[0]["code"] == "row_missing"


def test_two_importers_at_once_make_one_subject(committed, tmp_path):
    """The second waits for the first and then joins what it made."""
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text(HEADER + "1,سجن,prison,33.5131,36.2765,,,\n")
    two.write_text(HEADER + "1,سجن آخر,prison,33.5131,36.2765,,,\n")
    worker, reports = Actor("worker", "local", "test"), []

    def second():
        with store.acting(committed, worker) as session:
            reports.append(imports.run(session, two, profile=partner()))

    waiting = threading.Thread(target=second)
    with store.acting(committed, worker) as session:
        first = imports.run(session, one, profile=partner())
        waiting.start()
        waiting.join(timeout=4)
        assert waiting.is_alive() and not reports
    waiting.join(timeout=60)
    assert first.new_subjects == 1 and reports[0].new_subjects == 0
    assert reports[0].rows[0].subject == first.rows[0].subject
