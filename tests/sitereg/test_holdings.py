"""Bodies of records: what is said of them, per face, with why and conflicts; hidden equals absent; protection with its count."""
from datetime import date

import pytest

from sitereg import claims, errors, holdings, protection, sites
from tests import given

pytestmark = pytest.mark.db


@pytest.fixture
def hall(registry):
    """A visible court, and a T2 archive: (id, code) each."""
    court = given.site(registry, given.kind("court"), given.name("Court of the square"))
    vault = given.site(registry, given.kind("archive"), given.name("Cellar"), tier=2)
    return {"court": court[:2], "vault": vault[:2]}


def book(registry, grade="B", **what):
    made = holdings.record(registry, given.source_of(registry, grade), credibility="2", **{
        "name": {"en": "Register of Hall 4", "ar": "سجل القاعة 4"}, "kinds": ["detention_register"], **what})
    return made.subject, made.code


def test_everything_that_is_said_of_records_is_shown_with_how_well_it_is_known(registry, hall):
    code = book(
        registry, years=(1982, 2012), extent={"unit": "volumes", "definition": "counted", "min": 40, "max": 44}, condition="damaged",
        digitised={"min": 10, "max": 20}, custodian={"name": {"en": "Ministry of the square"}, "kind": "judiciary"},
        held_at=hall["court"][0], access={"code": "refused", "on": date(2025, 3, 1), "asked_by": "the unit", "answered_by": "the clerk"},
        loss={"kind": "records_taken", "on": date(2024, 12, 9), "what": "the volumes of 2011", "by_whom": "unknown men"})[1]
    page = holdings.show(registry, code)
    assert page["names"] == {"en": "Register of Hall 4", "ar": "سجل القاعة 4"} and page["record_kinds"] == ["detention_register"]
    assert page["years_began"] == "[1982-01-01,1983-01-01)" and page["years_ended"] == "[2012-01-01,2013-01-01)"
    assert [(e["unit"], e["definition"], e["min"], e["max"]) for e in page["extents"]] == [("volumes", "counted", 40, 44)]
    assert page["condition"] == "damaged" and page["digitised"]["max"] == 20
    assert page["authorities"][0]["names"] == {"en": "Ministry of the square"} and page["authorities"][0]["role"] == "custodian_of_records"
    assert [(a["code"], a["asked_by"], a["answered_by"], a["at"]) for a in page["access"]] == [
        ("refused", "the unit", "the clerk", "[2025-03-01,2025-03-02)")]
    assert [(a["kind"], a["what"], a["by_whom"]) for a in page["losses"]] == [("records_taken", "the volumes of 2011", "unknown men")]
    assert [(r["kind"], r["code"]) for r in page["relations"]] == [("records_held_at", hall["court"][1])]
    facts = {one["field"]: one for one in page["facts"]}
    assert facts["extent:volumes:counted"]["standing"] == "supported" and facts["record_condition"]["sources"] == 1
    assert all(holdings.why(registry, code, field) for field in (*facts, "authority", "records_access", "record_loss", "relation"))


def test_accounts_that_exclude_each_other_are_marked_and_definitions_never_added(registry):
    subject, code = book(registry, extent={"unit": "volumes", "definition": "counted", "best": 40}, years=(1982, 1990), condition="good",
                         first_hand=True)
    other = given.source_of(registry, "C")
    holdings.say(registry, subject, other, credibility="2", extent={"unit": "volumes", "definition": "counted", "best": 90},
                 years=(2005, 2010), condition="destroyed")
    holdings.say(registry, subject, other, credibility="2", extent={"unit": "volumes", "definition": "estimated", "best": 500})
    page = holdings.show(registry, code)
    assert set(page["conflicts"]) == {"extent:volumes:counted", "years_covered", "record_condition"}
    assert {(e["definition"], e["best"]) for e in page["extents"]} == {("counted", 40), ("estimated", 500)}
    assert [row["contradicts"] for row in holdings.why(registry, code, "years_covered")] == [False, True]


def test_each_time_that_access_was_asked_stands_and_the_latest_is_first(registry):
    subject, code = book(registry, access={"code": "asked", "on": date(2025, 1, 10), "asked_by": "the unit"})
    holdings.say(registry, subject, given.source_of(registry, "B"), access={"code": "no_answer", "on": date(2025, 2, 10)})
    holdings.say(registry, subject, given.source_of(registry, "B"), access={"code": "granted", "on": date(2025, 6, 1), "answered_by": "the clerk"})
    assert [one["code"] for one in holdings.show(registry, code)["access"]] == ["granted", "no_answer", "asked"]
    assert [one["code"] for one in holdings.find(registry, access=["granted"])] == [code]
    assert holdings.find(registry, access=["asked"]) == []


@pytest.mark.parametrize(("what", "field"), [
    ({"extent": {"unit": "volumes", "definition": "guessed", "best": 1}}, "value"), ({"extent": {"unit": "wagons", "definition": "counted", "best": 1}}, "value"),
    ({"extent": {"unit": "boxes", "definition": "counted", "min": 9, "max": 3}}, "value"), ({"digitised": {"best": 101}}, "value"),
    ({"condition": "splendid"}, "value"), ({"kinds": ["rumours"]}, "value"), ({"years": (82, None)}, "years"),
    ({"access": {"code": "shrugged"}}, "value"), ({"loss": {"kind": "mislaid"}}, "value"), ({"name": {"en": " "}}, "name")])
def test_what_cannot_be_is_refused_by_its_field(registry, what, field):
    with pytest.raises(errors.BadInput) as refused:
        book(registry, **what)
    assert field in {one["field"] for one in refused.value.problems}


def test_a_predicate_of_records_is_not_said_of_a_site_nor_the_other_way_round(registry, hall):
    for subject, predicate, value in ((hall["court"][0], "record_kind", {"code": "court_files"}), (book(registry)[0], "building", {"code": "school"}),
                                      (book(registry)[0], "kind", {"code": "archive"})):
        with pytest.raises(errors.BadInput, match=r"cannot|recorded"):
            claims.record(registry, [claims.said(predicate, value, source=given.source_of(registry, "B"), subject=subject)])


def test_what_one_may_not_see_of_records_is_absent(registry, hall):
    subject, code = book(registry, held_at=hall["court"][0])
    hidden = book(registry, tier=2, held_at=hall["court"][0], name={"en": "Secret ledger"})[1]
    holdings.say(registry, subject, given.source_of(registry, "B"), held_at=hall["vault"][0])
    given.say(registry, subject, {"predicate": "record_condition", "value": {"code": "at_risk"}, "tier": 2})
    assert holdings.count(registry) == 2 and len(holdings.show(registry, code)["relations"]) == 2
    with registry.as_("investigator1"):
        assert holdings.count(registry) == 1 and [one["code"] for one in holdings.find(registry)] == [code]
        page = holdings.show(registry, code)
        assert [one["code"] for one in page["relations"]] == [hall["court"][1]] and page["condition"] is None
        assert holdings.why(registry, code, "record_condition") == [] and holdings.find(registry, q="Secret") == []
        assert [one["code"] for one in sites.show(registry, hall["court"][1])["records"]] == [code]
        said = []
        for asked in (hidden, "SYH-222222-2", hall["court"][1], "x"):
            with pytest.raises(errors.NotFound) as refused:
                holdings.show(registry, asked)
            said.append(str(refused.value))
        assert len(set(said)) == 1
        for asked in (hall["vault"][1], "SYS-222222-2"):
            with pytest.raises(errors.NotFound):
                holdings.find(registry, site=asked)
    with registry.as_("viewer"):
        assert holdings.count(registry) == 0


def test_a_place_of_its_own_is_shown_as_finely_as_the_reader_may_see(registry):
    from shapely import Point

    code = book(registry, place={"shape": Point(36.5, 33.5), "uncertainty_m": 20, "method": "source_coordinates"}, exact_tier=2,
                access={"code": "refused", "note": "go to 33.543217, 36.123456", "on": date(2025, 1, 1)})[1]
    assert holdings.show(registry, code)["place"]["shown_as"] == "exact" and "543217" in holdings.show(registry, code)["access"][0]["note"]
    with registry.as_("investigator1"):
        page = holdings.show(registry, code)
        assert page["place"]["shown_as"] == "cell_1km" and "543217" not in str(page)
        assert all(row["withheld"] for row in holdings.why(registry, code, "place"))


def test_the_protection_of_records_counts_into_what_the_page_of_their_site_says(registry, hall):
    subject, code = book(registry, held_at=hall["court"][0])
    of_it = book(registry, records_of=hall["court"][0], name={"en": "Elsewhere"})[0]
    assert sites.show(registry, hall["court"][1])["worst"] == {"status": "unassessed", "n": 2, "of": 2}
    for one in (subject, of_it):
        protection.decide(registry, one, "unprotected", reason="door open", observed_on=date(2026, 1, 1))
    assert holdings.show(registry, code)["protection"] == "unprotected"
    assert sites.show(registry, hall["court"][1])["worst"] == {"status": "unprotected", "n": 1, "of": 2}
    first = sites.show(registry, hall["court"][1])["records"][0]
    assert (first["code"], first["here"]) == (code, True)


def test_resolved_records_follow_from_their_claims_and_are_verified(registry):
    subject = book(registry, condition="good")[0]
    with registry.dba() as raw:
        assert raw.execute("select * from api._resolved_differences(array[%s::uuid])", [subject]).fetchall() == []
        raw.execute("update reg.holding set condition = 'destroyed' where id = %s", [subject])
        assert raw.execute("select row_of from api._resolved_differences(array[%s::uuid])", [subject]).fetchall()


def test_a_retracted_claim_is_gone_from_the_record_and_the_version_grows(registry):
    code = book(registry, condition="good")[1]
    before = holdings.show(registry, code)
    claims.end(registry, holdings.why(registry, code, "record_condition")[0]["claim"], why="the clerk was mistaken")
    after = holdings.show(registry, code)
    assert after["condition"] is None and after["version"] == before["version"] + 1
