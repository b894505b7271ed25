"""Break-ins that once worked: each tried as whoever it worked for, against the functions themselves."""
from datetime import date
from uuid import UUID

import psycopg
import pytest

from sitereg import errors, keeper
from sitereg.store import cluster, people
from sitereg.store import session as store
from tests import given
from tests.sitereg import analysing
from tests.sitereg.store.breaking import add_row, opened, person, underneath

pytestmark = pytest.mark.db
HIDDEN = "33.222654"


@pytest.fixture
def batch(registry):
    """A batch of `worker`, done: one accepted row, whose subject is a hidden place of tier 1; (batch, subject)."""
    made = opened(registry)["batch"]
    subject = given.site(registry, given.kind("mass_grave"), given.place(36.555987, 33.222654), key="x")[0]
    add_row(registry, made, subject)
    registry.call("close_batch", batch=made, counts=given.Json({"rows_in": 1}))
    return made, subject


# Counts, words and rows of what is hidden

def test_grading_a_source_counts_only_claims_that_one_sees(registry):
    with registry.dba() as raw:
        source = given.source(raw, "graded", "B")
    site = given.site(registry, given.kind("prison_central"), source=source)[0]
    given.say(registry, site, given.kind("court", tier=2), given.kind("archive", compartments=["names"]), source=source)
    with registry.as_("investigator1"):
        assert registry.value("grade_source", source=source, reliability="C", reason="looked again") == 1


def test_revoking_a_batch_counts_only_what_one_sees(registry):
    with registry.as_("steward1"):
        made = opened(registry)
        rows = registry.rows("record_claims", batch=made["batch"], subjects=given.Json([{"key": "s", "kind": "site", "tier": 1}]), claims=given.Json([
            {"subject_key": "s", "predicate": "kind", "value": {"code": code}, "source": str(made["source"])} for code in ("court", "archive")]))
        registry.call("close_batch", batch=made["batch"], counts=given.Json({"rows_in": 0}))
    with registry.dba() as raw:
        raw.execute("alter table reg.claim disable trigger b_frozen")
        raw.execute("update reg.claim set tier = 2 where id = %s", [rows[1]["claim"]])
        raw.execute("alter table reg.claim enable trigger b_frozen")
    with registry.as_("steward1"):
        assert registry.value("revoke_batch", batch=made["batch"], reason="wrong file")["claims_ended"] == 1


def test_words_of_a_measure_stay_with_the_exact_place(registry):
    site = given.site(registry, given.kind("mass_grave"), given.place(36.555987, 33.222654))[0]
    registry.call("record_measure", site=site, kind="perimeter_fence", state="active", reason="fenced", legal_basis=f"parcel {HIDDEN}")
    with registry.as_("investigator1"):
        assert HIDDEN not in str(registry.rows("measures", site=site))
    assert HIDDEN in str(registry.rows("measures", site=site))


def test_the_log_of_events_holds_no_findings(registry):
    site = given.site(registry, given.kind("mass_grave"), given.place(36.555987, 33.222654))[0]
    visit = registry.value("record_visit", site=site, method="on_site", visited_on=date(2025, 1, 1), findings=f"bones at {HIDDEN}")["visit"]
    registry.call("record_disturbance", site=site, kind="looting", severity="moderate", note=f"dug at {HIDDEN}", visit=visit)
    registry.call("record_measure", site=site, kind="perimeter_fence", state="active", reason=f"fence at {HIDDEN}, 2 m high")
    with registry.as_("auditor"):
        assert not {w for row in registry.rows("audit_log") for w in ("bones", "dug", HIDDEN) if w in row["reason"]}


def test_a_row_of_a_batch_tells_no_exact_place_to_others_than_who_ran_it(registry, batch):
    made, subject = batch
    with registry.as_("steward1"):
        row = registry.one("batch_rows", batch=made)
        assert (row["subject"], row["verbatim"]) == (subject, None)
    assert registry.one("batch_rows", batch=made)["verbatim"] == {"lat": HIDDEN}


def test_a_row_of_a_hidden_subject_is_absent(registry):
    made, subject = opened(registry)["batch"], given.site(registry, given.kind("prison_central"), tier=2)[0]
    add_row(registry, made, subject)
    registry.call("close_batch", batch=made, counts=given.Json({"rows_in": 1}))
    with registry.as_("steward1"):
        assert registry.rows("batch_rows", batch=made) == []
        assert registry.rows("known_rows", profile="p", fingerprints=["01" * 32]) == []
        assert registry.rows("rows_before", profile="p", scheme="p") == []
    assert len(registry.rows("known_rows", profile="p", fingerprints=["01" * 32])) == 1
    assert len(registry.rows("rows_before", profile="p", scheme="p")) == 1


def test_what_a_batch_said_is_told_to_data_stewards_alone(registry):
    for name in ("viewer", "investigator1", "verifier"):
        for function, more in (("said_already", {"claims": given.Json([])}), ("batch_before", {}), ("rows_before", {"scheme": "p"})):
            with registry.as_(name), registry.savepoint(), pytest.raises(errors.Denied):
                registry.rows(function, profile="p", **more)


def test_a_row_names_only_subjects_that_one_sees(registry):
    hidden = given.site(registry, given.kind("prison_central"), tier=2)[0]
    with registry.as_("steward1"):
        made, said = opened(registry)["batch"], set()
        for n, subject in enumerate((hidden, UUID(int=1)), 1):
            with pytest.raises(errors.SiteregError) as refused:
                add_row(registry, made, subject, n)
            said.add(repr(refused.value))
    assert len(said) == 1


def test_a_hidden_proposal_stands_in_nobodys_way(registry):
    survivor = given.site(registry, given.kind("prison_central"), tier=2)[0]
    other, second = (given.site(registry, given.kind("prison_central"))[0] for _ in range(2))
    registry.call("merge", survivor=survivor, other=other, reason="the same place")
    with registry.as_("investigator1"):
        assert registry.rows("proposals_waiting", subject=other) == []
        assert registry.value("merge", survivor=second, other=other, reason="the same place")["state"] == "proposed"


def test_a_level_of_a_kind_that_only_hidden_claims_tell_of_is_not_told(registry):
    site, code, _ = given.site(registry, given.kind("prison_central"), given.name("X"), given.place(36.1, 33.1))
    kind = given.say(registry, site, given.kind("mass_grave", tier=2))[0]
    registry.call("decide", subject=site, machine="verification", aspect="mass_grave", to="reported", reason="only we know", basis=[kind])
    assert "mass_grave" in str(registry.rows("decision_history", subject=site)) and "mass_grave" in str(registry.rows("site_history", code=code))
    with registry.as_("investigator1"):
        told = [registry.rows("decision_history", subject=site), registry.rows("site_history", code=code)]
        assert "mass_grave" not in str(told) and "prison_central" in str(told)
        same = [registry.rows("decision_options", subject=site, machine="verification", aspect=k) for k in ("mass_grave", "court")]
        assert [o["to_state"] for o in same[0]] == [o["to_state"] for o in same[1]]


def test_no_case_is_below_tier_1(registry):
    said = {"predicate": "external_id", "value": {"scheme": "p", "value": "7"}}
    for claim, subject in ((0, 1), (1, 0)):
        with pytest.raises(errors.BadInput), registry.savepoint():
            person(registry, {**said, "tier": claim}, tier=subject)
    assert underneath(registry, "select tier from reg.subject where id = %s", person(registry, said)[0]) == [(1,)]
    with registry.as_("viewer"):
        assert registry.rows("subjects_by_external", scheme="p", values=["7"]) == []


# The catalogue and the transaction

@pytest.fixture
def analyst(server):
    with analysing.house(server, "break_ins") as settings, analysing.sql_login(settings, "analyst1") as connection:
        yield connection


@pytest.mark.parametrize("query", [
    "select relname, reltuples from pg_class where relname = 'claim'", "select relpages from pg_class where relname = 'site'",
    "select pg_stat_get_mod_since_analyze(oid) from pg_class where relname = 'claim'", "select n_tup_ins from pg_stat_user_tables",
    "select pg_stat_get_xact_tuples_returned(oid) from pg_class where relname = 'site'", "select heap_blks_read from pg_statio_all_tables",
    "select tup_returned from pg_stat_database"])
def test_the_catalogue_counts_no_rows_for_a_sql_login(analyst, query):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        analyst.execute(query)


def test_a_batch_that_was_not_closed_is_not_kept(committed):
    with pytest.raises(errors.SiteregError), analysing.as_(committed, "worker")() as session:
        opened(session)
    with psycopg.connect(cluster.dsn(committed, committed.superuser)) as raw:
        assert raw.execute("select count(*) from reg.import_batch").fetchone() == (0,)


def test_a_report_names_no_hidden_subject_and_no_words_finer_than_the_place(registry):
    def told(tier, words):
        report = registry.value("record_report", words=words, terms=given.Json(given.TERMS), tier=1)
        site, _, claims = given.site(registry, given.kind("mass_grave"), given.place(36.555987, 33.222654), tier=tier)
        registry.call("sort_report", report=report, state="attached", why="that one", subject=site, claims=claims)
        return report, site

    hidden, coarse = told(2, f"near {HIDDEN}"), told(1, f"dug at {HIDDEN}")
    with registry.as_("investigator1"):
        seen = {row["id"]: (row["subject"], row["words"]) for row in registry.rows("reports")}
    assert (seen[hidden[0]], seen[coarse[0]]) == ((None, None), (coarse[1], None))
    assert {row["id"]: row["words"] for row in registry.rows("reports")}[coarse[0]] == f"dug at {HIDDEN}"


def test_a_new_authority_stands_in_the_chain_once(registry):
    def count():
        return underneath(registry, "select count(*) from reg.audit_event")[0][0]

    before = count()
    made = [registry.value("find_authority", names=given.Json({"en": "Branch of the test"}), kind="police") for _ in range(2)]
    assert made[0] == made[1] and count() == before + 1


@pytest.mark.parametrize("change", ["update reg.sealed set cipher = 'x'", "delete from reg.sealed", "delete from reg.disclosure_subject"])
def test_what_claims_and_disclosures_point_to_is_written_once(registry, change):
    site = given.site(registry, given.kind("prison_central"))[0]
    person(registry, {"predicate": "person_name", "value": {"text": "A B"}})
    with registry.dba() as raw:
        worker, = raw.execute("select id from reg.account where name = 'worker'").fetchone()
        made, = raw.execute("insert into reg.disclosure(id, recipient, purpose, risk, format, precision, face, rows, sha256, recorded_by, event, digest)"
                            " select i, 'x', 'x', 'x', 'csv', 'x', 1, 1, '', %s, i, '' from reg.new_id() i returning id", [worker]).fetchone()
        raw.execute("insert into reg.disclosure_subject values (%s, %s, %s, '')", [made, site, made])
    with pytest.raises(psycopg.errors.InsufficientPrivilege), registry.dba() as raw, raw.transaction():
        raw.execute(change)


def test_the_daily_look_tells_nobody_of_a_claim_hidden_from_him(registry):
    site = given.site(registry, given.kind("prison_central"))[0]
    hidden = given.say(registry, site, given.kind("prison_central", tier=2))[0]
    with registry.dba() as raw:
        raw.execute("insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, proposed_by, approved_by, tier, scope,"
                    " recorded_by, event, digest) select i, %s, 'verification', 'prison_central', 9, 'reported', 'confirmed', 'x', %s, a.id, '{}', 1, 0, a.id,"
                    " i, '' from reg.account a, reg.new_id() i where a.name = 'worker'", [site, [hidden]])
    registry.call("end_claim", claim=hidden, why="wrong")
    with registry.dba() as raw:
        raw.execute("select set_config('sitereg.tok', %s, true)", [store.token(registry.settings.token_key(), "worker", "system", None, raw.info.backend_pid)])
    registry.call("daily_review")
    with registry.as_("investigator1"):
        assert "review_status" not in {row["what"] for row in registry.rows("tasks")}


def test_no_job_ends_the_keeper(committed):
    with analysing.dba(committed) as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
    with analysing.as_(committed, "viewer")() as session:
        session.call("job_enqueue", kind="import", input=given.Json({"no such": 1}))
    assert keeper.work_one(committed) and not keeper.work_one(committed)
    with analysing.as_(committed, "viewer", "reading")() as session:
        assert [row["state"] for row in session.rows("jobs")] == ["failed"]
