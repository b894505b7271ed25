"""Consent withdrawn: nothing that rests on it is shown, found, counted, cited or taken in; reviewed in time; given again, all is as it was."""
import json
from datetime import date, timedelta
from uuid import uuid4

import pytest

from sitereg import (
    claims,
    consent,
    documents,
    entering,
    errors,
    imports,
    persons,
    protection,
    reports,
    scans,
    sharing,
    sites,
    sources,
)
from sitereg.store import verification
from tests import given
from tests.sitereg.cases import case, event, named, read_log
from tests.sitereg.entering import line, send
from tests.sitereg.imports.steps import HEADER, ROWS, partner

pytestmark = pytest.mark.db


@pytest.fixture
def witness(registry):
    """The id of a source of its own."""
    return sources.new(registry, "testimony_survivor", {"en": "A survivor"}, reliability="B", reason="test", terms=given.TERMS)


@pytest.fixture
def court(registry, witness):
    """A site of which a witness and another source tell: id, code, the witness's claims."""
    site, code, said = given.site(registry, given.kind("court"), given.place(36.5, 33.5), source=given.source_of(registry, "C"))
    told = given.say(registry, site, given.name("The old court"), given.place(36.51, 33.51, 5), given.kind("prison_military"), source=witness)
    return {"id": site, "code": code, "told": told, "said": said}


def withdraw(registry, source, state="withdrawn", who="worker"):
    with registry.as_(who):
        consent.change(registry, source, consent=state, why="they asked")


def faces(registry, site):
    with registry.dba() as raw:
        return raw.execute("select coalesce(jsonb_agg(to_jsonb(s) - 'version' order by s.face), '[]') from (select * from reg.site where id = %s) s", [site]).fetchone()[0]


def persons_faces(registry):
    with registry.dba() as raw:
        return raw.execute("select coalesce(jsonb_agg(to_jsonb(p) - 'version' order by p.id, p.face), '[]') from reg.person p").fetchone()[0]


def open_tasks(registry, what):
    with registry.dba() as raw:
        return raw.execute("select role, due, data from reg.task where what = %s and done_at is null", [what]).fetchall()


def sound(registry):
    with registry.dba() as raw:
        return verification.faults_in(raw) == [] and raw.execute("select * from api._resolved_differences()").fetchall() == []


@pytest.mark.parametrize("state", ["withdrawn", "refused"])
def test_what_was_told_is_shown_to_nobody_at_once_and_renewal_gives_back_exactly_what_was(registry, witness, court, state):
    before = faces(registry, court["id"])
    withdraw(registry, witness, state)
    for who in ("worker", "investigator1", "verifier", "handler"):
        with registry.as_(who):
            shown = sites.show(registry, court["code"])
            assert shown["names"] == {} and [one["kind"] for one in shown["kinds"]] == ["court"], who
            assert sites.why(registry, court["code"], "name") == [] and len(sites.why(registry, court["code"], "place")) == 1
            assert sites.claims(registry, court["code"], court["told"]) == []
            assert sites.find(registry, q="old court") == []
    assert "The old court" not in json.dumps(faces(registry, court["id"])) and sound(registry)
    withdraw(registry, witness, "given")
    assert faces(registry, court["id"]) == before and sound(registry)
    assert len(sites.why(registry, court["code"], "place")) == 2


def test_a_record_known_from_them_alone_is_absent_for_all_until_consent_is_given_again(registry, witness):
    site, code, _ = given.site(registry, given.kind("mass_grave"), given.place(36.4, 33.4), source=witness)
    before = faces(registry, site)
    withdraw(registry, witness)
    assert faces(registry, site) == []
    for who in ("worker", "handler", "investigator1"):
        with registry.as_(who), pytest.raises(errors.NotFound):
            sites.show(registry, code)
    assert sites.count(registry) == 0
    withdraw(registry, witness, "given")
    assert faces(registry, site) == before


def test_what_the_registry_itself_decided_or_visited_stays(registry, witness):
    site, code, _ = given.site(registry, given.kind("mass_grave"), given.place(36.4, 33.4), source=witness)
    protection.decide(registry, site, "unprotected", reason="seen from the road", observed_on=date(2025, 6, 1))
    withdraw(registry, witness)
    shown = sites.show(registry, code)
    assert shown["protection"] == "unprotected" and shown["kinds"] == [] and shown["place"]["shape"] is None


def test_a_case_its_events_and_its_names_go_and_come_back(registry, witness):
    said = [named("Samer Halabi"), event("held_at", "[2013-01-01,2013-01-31]", (36.3, 33.3))]
    rows = registry.rows("record_claims", claims=given.Json([{"credibility": "2", "source": str(witness), "subject_key": "p", **one} for one in said]),
                         subjects=given.Json([{"key": "p", "kind": "person", "tier": 1}]))
    other = case(registry, event("arrested", "[2012-01-01,2012-01-01]"), {"predicate": "companion", "value": {"kind": "seen_together"},
                                                                         "object": str(rows[0]["subject"])})
    before, code = persons_faces(registry), rows[0]["code"]
    assert [one["code"] for one in registry.rows("person_named", words="samer", reason="the test")] == [code]
    withdraw(registry, witness)
    assert registry.rows("person_named", words="samer", reason="the test") == []
    with pytest.raises(errors.NotFound):
        registry.rows("person_names", code=code, reason="the test")
    with pytest.raises(errors.NotFound):
        persons.show(registry, code)
    assert [one["code"] for one in persons.find(registry)] == [other[1]] and code not in json.dumps(persons_faces(registry))
    withdraw(registry, witness, "given")
    assert persons_faces(registry) == before and registry.rows("person_named", words="samer", reason="the test")


def test_a_name_told_by_another_too_stays_and_theirs_is_neither_found_nor_opened(registry, witness):
    found = case(registry, named("Rami Aswad"))
    given.say(registry, found[0], named("Rami Halabi"), source=witness)
    withdraw(registry, witness)
    assert registry.rows("person_named", words="halabi", reason="the test") == []
    assert [one["text"] for one in registry.rows("person_names", code=found[1], reason="the test")] == ["Rami Aswad"]


def test_nothing_more_is_taken_in_from_them(registry, witness, court):
    withdraw(registry, witness)
    with pytest.raises(errors.Refused) as refused:
        given.say(registry, court["id"], given.name("Another"), source=witness)
    assert refused.value.guard == "consent"
    with pytest.raises(errors.NotFound):
        claims.correct(registry, court["told"][0], why="x", value={"text": "x", "lang": "en"})


def test_recipients_statuses_and_the_review_are_tasks_with_a_day(registry, witness, court):
    sharing.disclose(registry, recipient="A commission", purpose="the search", format="csv", precision="1 km", face=1, rows=1, sha256=b"x" * 32,
                     subjects=[court["id"]])
    withdraw(registry, witness)
    assert [data["recipient"] for _, _, data in open_tasks(registry, "tell_recipient")] == ["A commission"]
    assert {data["claim"] for _, _, data in open_tasks(registry, "review_status")} == {str(court["told"][2])}
    (role, due, data), = open_tasks(registry, "deletion_review")
    assert (role, data) == ("source_handler", {"source": str(witness)}) and due == registry.value("today") + timedelta(days=30)
    with registry.as_("handler"):
        assert [one["what"] for one in reports.tasks(registry)] == ["deletion_review"]
        assert {one["recipient"] for one in sharing.recipients(registry, source=witness)} == {"A commission"}
    withdraw(registry, witness)
    assert len(open_tasks(registry, "deletion_review")) == 1 and len(open_tasks(registry, "tell_recipient")) == 1
    withdraw(registry, witness, "given")
    assert open_tasks(registry, "deletion_review") == []


def test_only_source_handlers_list_it_and_open_it_and_that_is_logged(registry, witness, court):
    withdraw(registry, witness)
    for act in (lambda: consent.withdrawn(registry), lambda: consent.claims(registry, witness)):
        with pytest.raises(errors.Denied):
            act()
    with registry.as_("handler"):
        (listed,) = consent.withdrawn(registry)
        assert listed["source"] == witness and listed["claims"] == 3 and listed["due"] and listed["why"] == "they asked"
        assert {one["claim"] for one in consent.claims(registry, witness)} == set(court["told"])
        assert len(read_log(registry, "withdrawn_claims")) == 1
        with pytest.raises(errors.NotFound):
            consent.claims(registry, given.source_of(registry, "C"))
    assert consent.show(registry, witness)["claims"] == 0 and consent.show(registry, witness)["withdrawn"]


def test_a_testimony_is_erased_by_another_than_who_withdrew_it_and_every_hash_holds(registry):
    made = send(registry, "testimony", rows=[line("Samer Halabi"), line("Nour Aswad")])
    held = entering.of_receipt(registry, made.receipt)
    source, code = held["source"], made.subjects[0][0]
    withdraw(registry, source, who="worker")
    assert entering.of_receipt(registry, made.receipt)["consent"] == "withdrawn" and entering.of_receipt(registry, made.receipt)["claims"] == []
    with pytest.raises(errors.Denied):
        consent.review(registry, source, outcome="erase", why="asked")
    with registry.as_("handler"):
        assert consent.review(registry, source, outcome="erase", why="they insist") == {"identity": 0, "person": 2, "document": 0, "shared": 0}
        assert open_tasks(registry, "deletion_review") == [] and consent.withdrawn(registry)[0]["outcome"] == "erase"
        with pytest.raises(errors.Conflict):
            consent.review(registry, source, outcome="erase", why="again")
    with registry.dba() as raw:
        assert raw.execute("select count(*) from reg.name_key").fetchone()[0] == 0
        assert raw.execute("select count(*) from reg.claim c where c.source = %s and api._unsealed(c.sealed) is not null", [source]).fetchone()[0] == 0
    assert sound(registry)
    withdraw(registry, source, "given")
    assert persons.show(registry, code)["code"] == code and registry.rows("person_names", code=code, reason="the test") == []


def test_who_recorded_the_withdrawal_does_not_erase(registry, witness, court):
    withdraw(registry, witness, who="handler")
    with registry.as_("handler"), pytest.raises(errors.Refused) as refused:
        consent.review(registry, witness, outcome="erase", why="x")
    assert refused.value.guard == "four_eyes"


def test_words_that_others_told_too_are_not_erased_with_theirs(registry, witness):
    found = case(registry, named("Rami Aswad"))
    given.say(registry, found[0], named("Rami Halabi"), source=witness)
    withdraw(registry, witness)
    with registry.as_("handler"):
        assert consent.review(registry, witness, outcome="erase", why="asked")["shared"] == 1
    assert [one["text"] for one in registry.rows("person_names", code=found[1], reason="the test")] == ["Rami Aswad"]


@pytest.mark.parametrize(("more", "field"), [({"outcome": "keep"}, "legal_basis"), ({"outcome": "keep", "legal_basis": "consent"}, "legal_basis"),
                                             ({"outcome": "forget"}, "outcome"), ({"why": " "}, "why")])
def test_a_review_says_what_why_and_on_which_basis(registry, witness, court, more, field):
    withdraw(registry, witness)
    with registry.as_("handler"):
        with pytest.raises(errors.BadInput) as refused:
            consent.review(registry, witness, **{"outcome": "erase", "why": "x", **more})
        assert refused.value.problems[0]["field"] == field


def test_kept_under_another_basis_it_stays_closed_and_may_be_erased_later(registry, witness, court):
    with registry.as_("handler"), pytest.raises(errors.Refused) as refused:
        consent.review(registry, witness, outcome="keep", why="x", legal_basis="public_interest")
    assert refused.value.guard == "consent"
    withdraw(registry, witness)
    with registry.as_("handler"):
        assert consent.review(registry, witness, outcome="keep", why="evidence of a crime", legal_basis="public_interest") == {}
        assert consent.show(registry, witness)["reviews"][0]["legal_basis"] == "public_interest"
        assert consent.review(registry, witness, outcome="erase", why="looked at again")["identity"] == 0
    assert sites.show(registry, court["code"])["names"] == {} and sound(registry)


def test_a_report_and_a_document_of_theirs_are_for_source_handlers_alone(registry, witness, court, tmp_path):
    told = reports.record(registry, "What the survivor told.", terms=given.TERMS, source=witness)
    (tmp_path / "note.txt").write_text("what the survivor wrote")
    document = documents.keep(registry, path=tmp_path / "note.txt", terms=given.TERMS)
    given.say(registry, court["id"], given.name("Of the note", "fr", document=str(document)), source=witness)
    assert scans.page(registry, document) and told in {one["id"] for one in reports.waiting(registry)}
    withdraw(registry, witness)
    assert told not in {one["id"] for one in reports.waiting(registry)}
    with pytest.raises(errors.NotFound):
        scans.page(registry, document)
    with pytest.raises(errors.NotFound):
        reports.sort(registry, told, "closed", why="x")
    assert "sort_report" not in {one["what"] for one in reports.tasks(registry)}
    with registry.as_("handler"):
        assert scans.page(registry, document) and told in {one["id"] for one in reports.waiting(registry)}
    withdraw(registry, witness, "given")
    assert scans.page(registry, document) and "sort_report" in {one["what"] for one in reports.tasks(registry)}


def test_uses_stay_as_they_were_last_agreed(registry, witness):
    consent.change(registry, witness, consent="given", why="narrowed", permitted_uses=["analysis"])
    withdraw(registry, witness)
    withdraw(registry, witness, "given")
    assert consent.show(registry, witness)["permitted_uses"] == ["analysis"]


def test_who_may_not_see_the_source_changes_nothing(registry):
    hidden = sources.new(registry, "ngo_report", {"en": "x"}, reliability="B", reason="x", tier=2, terms=given.TERMS)
    with registry.as_("investigator1"):
        for one in (hidden, uuid4()):
            with pytest.raises(errors.NotFound):
                consent.change(registry, one, consent="withdrawn", why="x")
            with pytest.raises(errors.NotFound):
                consent.show(registry, one)


def test_row_security_hides_it_too(registry, witness, court):
    def seen():
        with registry.dba() as raw:
            raw.execute("set role sr_policed")
            return raw.execute("select count(*) from reg.claim where source = %s", [witness]).fetchone()[0]

    assert seen() == 3
    withdraw(registry, witness)
    assert seen() == 0


def test_a_batch_of_a_source_whose_consent_is_gone_adds_nothing_and_shows_no_rows(registry, tmp_path):
    (tmp_path / "one.csv").write_text(HEADER + ROWS)
    batch = imports.run(registry, tmp_path / "one.csv", profile=partner()).batch
    with registry.dba() as raw:
        source = raw.execute("select (totals->>'source')::uuid from reg.import_batch where id = %s", [batch]).fetchone()[0]
    assert registry.rows("batch_rows", batch=batch) and sites.count(registry) > 0
    withdraw(registry, source)
    assert registry.rows("batch_rows", batch=batch) == [] and sites.count(registry) == 0
    (tmp_path / "two.csv").write_text(HEADER + ROWS + "9,موقع,prison,33.6,36.3,,,\n")
    with pytest.raises(errors.Refused) as refused:
        imports.run(registry, tmp_path / "two.csv", profile=partner())
    assert refused.value.guard == "consent"
    withdraw(registry, source, "given")
    assert registry.rows("batch_rows", batch=batch) and sites.count(registry) > 0
