"""Cases and events as the caller is shown them: no names, nothing for level 0, places at 10 km or a unit below T2."""
import datetime

import pytest

from sitereg import errors, persons
from sitereg.tables import TABLES
from tests import given

pytestmark = pytest.mark.db
LON, LAT = 36.1234567, 33.7654321


def case(registry, *said, tier=1, compartments=None):
    claims = [{"credibility": "2", "source": str(given.source_of(registry, "B")), "subject_key": "p", **one} for one in said]
    subject = {"key": "p", "kind": "person", "tier": tier, "compartments": compartments}
    rows = registry.rows("record_claims", claims=given.registry_json(claims), subjects=given.registry_json([subject]))
    return rows[0]["subject"], rows[0]["code"]


def event(kind, at=None, where=None, **value):
    placed = {} if where is None else {"geom": given.point(*where), "uncertainty_m": 30, "place_kind": "exact"}
    return {"predicate": "event", "value": {"kind": kind, **value}, "at": at, **placed}


@pytest.fixture
def prison(registry):
    return given.site(registry, given.kind("prison_central"), given.place(36.3, 33.5), exact_tier=1)


@pytest.fixture
def someone(registry, prison):
    """A case with a birth, a sex, two events and a companion whom not everybody sees; (id, code, code of the companion)."""
    friend, friend_code = case(registry, {"predicate": "sex", "value": {"code": "male"}}, tier=2)
    made, code = case(
        registry, {"predicate": "sex", "value": {"code": "female"}}, {"predicate": "birth", "at": "[1980-01-01,1981-01-01)"},
        event("arrested", "[2012-05-02,2012-05-03)", (LON, LAT)), event("held_at", "[2013-01-01,2014-01-01)", site=str(prison[0])),
        {"predicate": "circumstance", "value": {"code": "arrest_checkpoint"}},
        {"predicate": "companion", "value": {"kind": "taken_together"}, "object": str(friend)},
        {"predicate": "person_name", "value": {"text": "Zzyzx Qqname"}})
    with registry.dba() as raw:
        raw.execute("update reg.person set case_state = 'listed' where id in (%s, %s)", [made, friend])
    return made, code, friend_code


def test_a_case_as_it_is_listed(registry, someone, prison):
    row = next(row for row in persons.find(registry) if row["code"] == someone[1])
    assert (row["case_state"], row["fate"], row["sex"], row["events"]) == ("listed", "unknown", "female", 2)
    assert row["birth_earliest"] == datetime.date(1980, 1, 1) and row["birth_latest"] == datetime.date(1980, 12, 31)
    assert row["last_kind"] == "held_at" and row["last_site"] == prison[1] and row["shape"]["type"] == "Point"
    assert row["last_to"] == datetime.date(2013, 12, 31)


def test_a_case_as_a_page(registry, someone, prison):
    page = persons.show(registry, someone[1])
    assert [(one["kind"], one["site"], one["shown_as"]) for one in page["events"]] == [("arrested", None, "exact"), ("held_at", prison[1], "exact")]
    assert [one["code"] for one in page["companions"]] == [someone[2]]
    assert {one["field"]: one["value"] for one in page["facts"]}["sex"] == "female"
    rows = persons.why(registry, someone[1], "event")
    assert {row["value"]["kind"] for row in rows} == {"arrested", "held_at"} and any(row["shape"] for row in rows)


def test_below_t2_events_are_coarse_and_hidden_companions_absent(registry, someone):
    with registry.as_("investigator1"):
        page = persons.show(registry, someone[1])
        assert page["events"][0]["shown_as"] in ("cell_10km", "admin_unit") and page["companions"] == []
        assert someone[2] not in repr([page, persons.find(registry), persons.why(registry, someone[1], "companion")])
        row = next(row for row in registry.rows("event_frame") if row["kind"] == "arrested")
        assert row["shown_as"] in ("cell_10km", "admin_unit") and abs(row["lon"] - LON) > 1e-4
        assert all(one["shape"] is None for one in persons.why(registry, someone[1], "event"))


@pytest.mark.parametrize("reader", ["worker", "investigator1", "handler"])
def test_no_name_leaves(registry, someone, reader):
    with registry.as_(reader):
        said = repr([persons.find(registry), persons.show(registry, someone[1]), registry.rows("person_frame"), registry.rows("event_frame"),
                     persons.why(registry, someone[1], "event")])
        assert "Zzyzx" not in said
        with pytest.raises(errors.BadInput):
            persons.why(registry, someone[1], "person_name")


def test_nothing_for_level_0(registry, someone):
    with registry.dba() as raw:
        raw.execute("update reg.subject set tier = 0 where id = %s", [someone[0]])
        raw.execute("insert into reg.person(id, face, tier, scope, code, case_state) select id, 0, 0, 0, code, 'open_missing' from reg.subject where id = %s",
                    [someone[0]])
    with registry.as_("viewer"):
        assert persons.find(registry) == [] and persons.count(registry) == 0
        assert registry.rows("person_frame") == [] and registry.rows("event_frame") == []
        for ask in (lambda: persons.show(registry, someone[1]), lambda: persons.why(registry, someone[1], "event")):
            with pytest.raises(errors.NotFound):
                ask()


def test_tiers_and_compartments(registry):
    one = case(registry, event("arrested"))[1]
    two = case(registry, event("arrested"), tier=2)[1]
    three = case(registry, event("arrested"), compartments=["names"])[1]
    seen = {"worker": {one, two, three}, "officer": {one, two}, "investigator1": {one}, "viewer": set()}
    for reader, codes in seen.items():
        with registry.as_(reader):
            assert {row["code"] for row in persons.find(registry)} == codes == {row["person"] for row in registry.rows("event_frame")}
            assert persons.count(registry) == len(codes) == len(registry.rows("person_frame"))
            for code in {one, two, three} - codes:
                with pytest.raises(errors.NotFound):
                    persons.show(registry, code)


def test_the_old_code_of_a_merged_case_leads_to_what_it_became(registry, someone):
    with registry.dba() as raw:
        raw.execute("insert into reg.subject(id, kind, code, tier, scope, exact_tier, merged_into, recorded_by)"
                    " select reg.new_id(), 'person', 'SYP-OLDOLD-1', 1, 0, 2, id, recorded_by from reg.subject where id = %s", [someone[0]])
    assert persons.show(registry, "syp-oldold-1") == {"code": "SYP-OLDOLD-1", "merged_into": someone[1]}
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = '{partner}' where account = (select id from reg.account where name = 'analyst1')")
    for reader in ("analyst1", "viewer"):
        with registry.as_(reader), pytest.raises(errors.NotFound):
            persons.show(registry, "SYP-OLDOLD-1")
    with registry.dba() as raw:
        raw.execute("update reg.subject set merged_into = (select id from reg.subject where code = %s) where code = 'SYP-OLDOLD-1'", [someone[2]])
    with registry.as_("investigator1"), pytest.raises(errors.NotFound):
        persons.show(registry, "SYP-OLDOLD-1")


@pytest.mark.parametrize(("asked", "found"), [
    ({}, True), ({"kinds": ["arrested"]}, True), ({"kinds": ["released"]}, False), ({"states": ["listed"]}, True), ({"states": ["open_missing"]}, False),
    ({"from_": "2012-05-02", "to": "2012-05-02", "kinds": ["arrested"]}, True), ({"from_": "2012-05-03", "kinds": ["arrested"]}, False),
    ({"to": "2012-05-01"}, False), ({"from_": "2013-12-31"}, True), ({"bbox": [36.12, 33.76, 36.13, 33.77]}, True), ({"bbox": [0, 0, 1, 1]}, False),
    ({"bbox": [36.12, 33.76, 36.13, 33.77], "kinds": ["held_at"]}, False)])
def test_filters_speak_of_one_event(registry, someone, asked, found):
    assert (someone[1] in [row["code"] for row in persons.find(registry, **asked)]) == found
    frame = registry.rows("event_frame", **persons.asked(asked))
    assert any(row["person"] == someone[1] for row in frame) == found


def test_by_site_and_code(registry, someone, prison):
    assert [row["code"] for row in persons.find(registry, site=prison[1])] == [someone[1]]
    assert [row["code"] for row in persons.find(registry, q=someone[1].lower())] == [someone[1]]
    with pytest.raises(errors.NotFound):
        persons.find(registry, site="SYS-NOSUCH-1")


def test_pages_follow_one_another(registry):
    codes = sorted(case(registry, event("arrested"))[1] for _ in range(5))
    first = persons.find(registry, limit=2)
    assert [row["code"] for row in first + persons.find(registry, after=first[-1]["code"])] == codes


@pytest.mark.parametrize("asked", [{"states": ["x"]}, {"kinds": ["mass_grave"]}, {"bbox": [1, 1, 0, 0]}, {"from_": "2015-01-01", "to": "2014-01-01"}, {"no": 1}])
def test_what_cannot_be_asked_is_refused(registry, asked):
    with pytest.raises(errors.BadInput):
        persons.find(registry, **asked)


def test_identifiers_are_for_holders_of_names_by_every_road(registry, prison):
    """A number that a partner knows somebody by tells who it is, as a name does."""
    _, code = case(registry, event("arrested", "[2012-05-02,2012-05-03)", (LON, LAT)),
                        {"predicate": "external_id", "value": {"scheme": "partner", "value": "Q-4711-X"}})
    seen = {}
    for reader in ("worker", "handler", "investigator1", "analyst1", "officer", "verifier1"):
        with registry.as_(reader):
            told = [persons.show(registry, code), persons.find(registry), persons.why(registry, code, "external_id"),
                    persons.why(registry, code, "event"), registry.rows("person_frame"), registry.rows("event_frame"),
                    registry.rows("subjects_by_external", scheme="partner", values=["Q-4711-X"]),
                    *(registry.rows(table.function) for table in TABLES.values())]
            assert persons.show(registry, code)["code"] == code
        seen[reader] = [n for n, one in enumerate(told) if "Q-4711" in repr(one)]
    assert seen["worker"] == seen["handler"] and len(seen["worker"]) == 4
    assert {reader for reader, roads in seen.items() if roads} == {"worker", "handler"}
    with registry.as_("steward1"):  # his file holds the number already; an import joins by it
        assert registry.rows("subjects_by_external", scheme="partner", values=["Q-4711-X"])[0]["code"] == code
        assert "Q-4711" not in repr([persons.show(registry, code), persons.why(registry, code, "external_id"), registry.rows("all_claims")])
