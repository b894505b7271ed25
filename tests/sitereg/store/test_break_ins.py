"""Break-ins that once worked: each tried as whoever it worked for, against the functions themselves."""
from datetime import date
from uuid import UUID

import psycopg
import pytest

from sitereg import errors, keeper
from sitereg.store import cluster
from sitereg.store import session as store
from tests import given
from tests.sitereg import analysing

pytestmark = pytest.mark.db
HIDDEN = "33.222654"


def correct(registry, claim, **change):
    return registry.call("correct_claim", claim=claim, change=given.Json(change), why="looked again")


def underneath(registry, query, *values):
    with registry.dba() as raw:
        return raw.execute(query, values).fetchall()


def person(registry, *said, **subject):
    """A new person of whom `said` is claimed; (id, claim ids)."""
    source = str(given.source_of(registry, "B"))
    rows = registry.rows("record_claims", claims=given.Json([{"subject_key": "p", "credibility": "2", "source": source, **one} for one in said]),
                         subjects=given.Json([{"key": "p", "kind": "person", "tier": 1, **subject}]))
    return rows[0]["subject"], [row["claim"] for row in rows]


def event(code="arrested", **more):
    return {"predicate": "event", "value": {"kind": code, **more.pop("value", {})}, **more}


@pytest.fixture
def batch(registry):
    """A batch of `worker`, done: one accepted row, whose subject is a hidden place of tier 1; (batch, subject)."""
    made = opened(registry)["batch"]
    subject = given.site(registry, given.kind("mass_grave"), given.place(36.555987, 33.222654), key="x")[0]
    add_row(registry, made, subject)
    registry.call("close_batch", batch=made, counts=given.Json({"rows_in": 1}))
    return made, subject


def opened(registry):
    return registry.one("open_batch", files=given.Json([{"sha256": "ab" * 32, "size": 1, "media_type": "text/csv", "original_name": "x.csv"}]),
                        profile=given.Json({"name": "p", "version": "1", "scheme": "p"}),
                        source=given.Json({"type": "testimony_resident", "reliability": "B", "label": {"en": "x"}}),
                        terms=given.Json({"partner": {"en": "x"}, "terms": "x", "permitted_uses": ["analysis"], "consent": "unknown"}))


def add_row(registry, made, subject, row_no=1):
    row = {"row_no": row_no, "outcome": "accepted", "verbatim": {"lat": HIDDEN}, "fingerprint": f"{row_no:02x}" * 32, "subject": str(subject)}
    return registry.call("add_rows", batch=made, rows=given.Json([row]))


# Claims: what record_claims refuses, no other road lets in

@pytest.mark.parametrize("change", [{"value": {"code": "no_such_kind"}}, {"at": "[2099-01-01,2099-01-02)"}, {"credibility": "1"}],
                         ids=["unknown code", "in the future", "credibility 1 alone"])
def test_a_correction_is_checked_like_a_new_claim(registry, change):
    claim = given.site(registry, given.kind("prison_central"))[2][0]
    with pytest.raises(errors.BadInput):
        correct(registry, claim, **change)


def test_a_correction_never_writes_sealed_words_in_the_clear(registry):
    claim = person(registry, {"predicate": "person_name", "value": {"text": "Somebody"}})[1][0]
    with pytest.raises(errors.BadInput):
        correct(registry, claim, value={"text": "Somebody Else"})


def test_the_words_around_a_sealed_claim_are_sealed_too(registry):
    claim = person(registry, {"predicate": "person_name", "value": {"text": "A B"}, "verbatim": "A B, Esq.", "quote": "I knew A B"})[1][0]
    assert underneath(registry, "select verbatim, quote from reg.claim where id = %s", claim) == [(None, None)]


def test_a_visit_cannot_claim_credibility_1_by_itself(registry):
    site = given.site(registry, given.kind("prison_central"))[0]
    with pytest.raises(errors.BadInput):
        registry.call("record_visit", site=site, method="on_site", visited_on=date(2025, 1, 1), credibility="1")


def test_an_origin_that_no_source_has_does_not_make_a_claim_independent(registry):
    site = given.site(registry, given.kind("prison_central"))[0]
    with pytest.raises(errors.BadInput):
        given.say(registry, site, given.kind("prison_central", origin=str(UUID(int=1))))


def test_a_beginning_in_the_future_does_not_hide_behind_a_past_day(registry):
    with pytest.raises(errors.BadInput):
        given.site(registry, given.kind("prison_central", at="[2020-01-01,2020-01-02)", began="[2099-01-01,2099-01-02)"))


def test_parts_do_not_contain_one_another(registry):
    one, other = (given.site(registry, given.kind("prison_central"))[0] for _ in range(2))
    third = given.site(registry, given.kind("prison_central"))[0]

    def part_of(whole):
        return {"predicate": "relation", "value": {"kind": "part_of"}, "object": str(whole)}

    given.say(registry, one, part_of(other))
    given.say(registry, other, part_of(third))
    with pytest.raises(errors.BadInput):
        given.say(registry, third, part_of(one))


def test_a_ring_of_parts_is_seen_within_one_call(registry):
    source = str(given.source_of(registry, "B"))
    claims = [{"subject_key": key, "predicate": "kind", "value": {"code": "prison_central"}, "source": source} for key in "ab"]
    one, other = [row["subject"] for row in registry.rows("record_claims", claims=given.Json(claims), subjects=given.Json(
        [{"key": key, "kind": "site", "tier": 1} for key in "ab"]))]
    ring = [{"subject": str(a), "predicate": "relation", "value": {"kind": "part_of"}, "object": str(b), "source": source}
            for a, b in ((one, other), (other, one))]
    with pytest.raises(errors.BadInput):
        registry.call("record_claims", claims=given.Json(ring))


def test_an_event_names_only_sites_that_one_sees(registry):
    hidden = given.site(registry, given.kind("prison_central"), tier=2)[0]
    answers = []
    for site in (hidden, UUID(int=1)):
        with registry.as_("investigator1"), pytest.raises(errors.BadInput) as refused:
            person(registry, event(value={"site": str(site)}))
        answers.append(str(refused.value).replace(str(site), ""))
    assert answers[0] == answers[1]


def test_an_item_of_another_subject_is_not_taken_over(registry):
    taken = person(registry, event(), tier=2)[1][0]
    with registry.as_("investigator1"), pytest.raises(errors.BadInput):
        person(registry, event(item=str(taken)))


def test_a_claim_cites_only_documents_that_one_sees(registry):
    with pytest.raises(errors.BadInput):
        given.site(registry, given.kind("prison_central", document=str(UUID(int=1))))


def test_nobody_writes_a_source_into_a_compartment_that_he_does_not_hold(registry):
    with registry.as_("investigator1"), pytest.raises(errors.BadInput):
        registry.call("new_source", type="testimony_resident", label=given.Json({"en": "x"}), reliability="B", reason="x", compartments=["names"])


def test_the_origin_of_a_hidden_source_is_as_unknown_as_none(registry):
    with registry.dba() as raw:
        hidden = given.source(raw, "hidden", "B", tier=2)
    with registry.as_("investigator1"), pytest.raises(errors.BadInput):
        registry.call("new_source", type="testimony_resident", label=given.Json({"en": "x"}), reliability="B", reason="x", origin_root=hidden)


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
    assert len(registry.rows("known_rows", profile="p", fingerprints=["01" * 32])) == 1


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
    subject, _ = person(registry, {"predicate": "external_id", "value": {"scheme": "p", "value": "7"}, "tier": 0}, tier=0)
    assert underneath(registry, "select tier from reg.subject where id = %s", subject) == [(1,)]
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
        report = registry.value("record_report", words=words, terms=given.Json({"consent": "given"}), tier=1)
        site, _, claims = given.site(registry, given.kind("mass_grave"), given.place(36.555987, 33.222654), tier=tier)
        registry.call("sort_report", report=report, state="attached", why="that one", subject=site, claims=claims)
        return report, site

    hidden, coarse = told(2, f"near {HIDDEN}"), told(1, f"dug at {HIDDEN}")
    with registry.as_("investigator1"):
        seen = {row["id"]: (row["subject"], row["words"]) for row in registry.rows("reports")}
    assert (seen[hidden[0]], seen[coarse[0]]) == ((None, None), (coarse[1], None))
    assert {row["id"]: row["words"] for row in registry.rows("reports")}[coarse[0]] == f"dug at {HIDDEN}"


@pytest.mark.parametrize("said", [{"predicate": "name", "value": {}}, {"predicate": "name", "value": []},
                                  {"predicate": "external_id", "value": {"scheme": "p"}}], ids=["no text", "no object", "no value"])
def test_a_name_without_words_is_no_name(registry, said):
    with pytest.raises(errors.BadInput):
        given.site(registry, given.kind("prison_central"), said)


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
        raw.execute("insert into reg.disclosure_subject values (%s, %s)", [made, site])
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
    with analysing.as_(committed, "viewer")() as session:
        session.call("job_enqueue", kind="import", input=given.Json({"no such": 1}))
    assert keeper.work_one(committed) and not keeper.work_one(committed)
    with analysing.as_(committed, "viewer", "reading")() as session:
        assert [row["state"] for row in session.rows("jobs")] == ["failed"]
