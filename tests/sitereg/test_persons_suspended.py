"""Somebody found alive wishes that nobody is told: every face shows a suspended case and nothing else, whoever asks and however."""
import json

import pytest

from sitereg import decisions, errors, inside, persons, reports
from sitereg.tables import TABLES
from tests import given
from tests.sitereg.cases import case, event, named, settle

pytestmark = pytest.mark.db
READERS = ("worker", "investigator1", "analyst1", "verifier", "officer", "handler")
HERE = (36.123456, 33.765432)


@pytest.fixture
def prison(registry):
    return given.site(registry, given.kind("prison_central"), given.place(36.3, 33.5), exact_tier=1)


@pytest.fixture
def found(registry, prison):
    """(id, code, code of the companion): missing since 2012, seen alive far away in 2024, and suspended on that person's wish."""
    friend, friend_code = case(registry, event("arrested", "[2012-05-02,2012-05-03)"))
    person, code = case(
        registry, event("arrested", "[2012-05-02,2012-05-03)", HERE), event("seen_alive_after", "[2024-02-03,2024-02-04)", (39.87654321, 36.5)),
        {"predicate": "sex", "value": {"code": "female"}}, {"predicate": "fate_indication", "value": {"code": "sign_of_life"}},
        {"predicate": "external_id", "value": {"scheme": "far_agency", "value": "Q-17"}},
        {"predicate": "companion", "value": {"kind": "held_together"}, "object": str(friend)}, named("Zzyzx Qqname"))
    given.say(registry, friend, {"predicate": "companion", "value": {"kind": "seen_together"}, "object": str(person)})
    settle(registry, person, "case", "open_missing")
    settle(registry, person, "fate", "alive", "met in Tartous street")
    settle(registry, person, "whereabouts", "returned_alive", "met in Tartous street")
    assert persons.show(registry, code)["whereabouts"] == "returned_alive"
    settle(registry, person, "case", "suspended_security", "met in Tartous street and wishes silence")
    return person, code, friend_code


def everything(registry, found):
    """All that a reader can get at about the case, by every road there is."""
    person, code, friend = found
    told = [persons.find(registry, ids=[person]), registry.rows("person_frame", ids=[person]), registry.rows("event_frame", ids=[person]),
            registry.rows("tasks"), persons.show(registry, friend)["companions"], persons.why(registry, friend, "companion")]
    told += [persons.show(registry, code), *(persons.why(registry, code, field) for field in ("event", "fate_indication", "companion", "sex", "external_id"))]
    told += [decisions.history(registry, person), decisions.waiting(registry), decisions.waiting(registry, person),
             *(decisions.options(registry, person, machine) for machine in ("case", "fate", "whereabouts")),
             registry.rows("link_events", question="held", person=person), registry.rows("event_site_near", km=50),
             *(registry.rows(table.function) for table in TABLES.values()), inside.events(registry, given_area(), limit=1000), reports.find(registry) if hasattr(reports, "find") else None]
    return told


def given_area():
    import shapely

    return shapely.box(35, 32, 43, 38)


@pytest.mark.parametrize("reader", READERS)
def test_every_face_shows_that_it_is_suspended_and_nothing_of_where(registry, found, reader):
    with registry.as_(reader):
        page = persons.show(registry, found[1])
        assert (page["case_state"], page["fate"], page["whereabouts"]) == ("suspended_security", "unknown", "unknown")
        assert (page["events"], page["companions"], page["facts"], page["fate_indications"], page["conflicts"]) == ([], [], [], [], [])
        row, = persons.find(registry, ids=[found[0]])
        assert (row["events"], row["last_kind"], row["shape"], row["sex"]) == (0, None, None, None)


@pytest.mark.parametrize("reader", READERS)
def test_no_road_tells_that_she_lives_or_where(registry, found, reader):
    with registry.as_(reader):
        said = json.dumps(everything(registry, found), default=str)
    for clue in ("Tartous", "seen_alive_after", "returned_alive", "sign_of_life", "far_agency", "Q-17", "2024-0", "9.8765", "Zzyzx", "held_together",
                 "seen_together"):
        assert clue not in said, clue


def test_filters_do_not_find_what_is_not_shown(registry, found):
    for asked in ({"fates": ["alive"]}, {"whereabouts": ["returned_alive"]}, {"kinds": ["seen_alive_after"]}, {"sexes": ["female"]},
                  {"adm1": ["SY01"]}, {"from_": "2024-01-01"}):
        assert found[1] not in [row["code"] for row in persons.find(registry, **asked)], asked
    assert found[1] in [row["code"] for row in persons.find(registry, states=["suspended_security"])]
    assert registry.value("inside_counts", area=given_area().wkb_hex) is not None


def test_what_is_learnt_meanwhile_moves_no_version(registry, found):
    before = [persons.show(registry, found[1])["version"]]
    given.say(registry, found[0], event("contact_received", "[2025-01-01,2025-01-02)"), {"predicate": "fate_indication", "value": {"code": "sign_of_life"}})
    assert persons.show(registry, found[1])["version"] == before[0]
    with pytest.raises(errors.Conflict) as stale:
        decisions.decide(registry, found[0], "case", "open_missing", reason="the family came back", seen=before[0] - 1)
    assert {one["field"] for one in stale.value.changed} == {"version"}


@pytest.mark.parametrize(("machine", "to"), [("fate", "alive"), ("fate", "dead"), ("fate", "unknown"), ("whereabouts", "unknown"),
                                             ("whereabouts", "returned_alive")])
def test_no_refusal_tells_the_state_that_is_held_back(registry, found, machine, to):
    with pytest.raises(errors.Refused) as refused:
        decisions.decide(registry, found[0], machine, to, reason="trying")
    assert refused.value.guard == "suspended" and "alive" not in str(refused.value)


def test_names_of_a_suspended_case_are_with_the_source_handler(registry, found):
    with pytest.raises(errors.Refused):
        persons.names_of(registry, found[1], reason="the family asks")
    assert persons.named(registry, "Zzyzx", reason="the family asks").ids == ()
    with registry.as_("handler"):
        assert [row["text"] for row in persons.names_of(registry, found[1], reason="the family asks")] == ["Zzyzx Qqname"]
        assert persons.named(registry, "Zzyzx", reason="the family asks").ids == (found[0],)


def test_when_it_is_open_again_all_stands_as_before(registry, found):
    decisions.decide(registry, found[0], "case", "open_missing", reason="the wish was taken back")
    page = persons.show(registry, found[1])
    assert (page["fate"], page["whereabouts"]) == ("alive", "returned_alive")
    assert [one["kind"] for one in page["events"]] == ["arrested", "seen_alive_after"] and len(page["companions"]) == 1
    assert [one["code"] for one in persons.show(registry, found[2])["companions"]] == [found[1]]
    with registry.dba() as raw:
        assert raw.execute("select * from api._resolved_differences(array[%s]::uuid[])", [found[0]]).fetchall() == []



@pytest.mark.parametrize("reader", ["worker", "handler"])
def test_a_case_is_neither_merged_nor_split_and_no_refusal_tells_anything(registry, found, reader):
    """Else what is held back would stand in the record of another case, or in that of a site."""
    twin, code = case(registry, event("held_at", "[2013-07-01,2013-07-02)", (37.123456, 35.87654321)), named("Wwyxw Qqname"))
    with registry.dba() as raw:
        held = [str(one) for (one,) in raw.execute("select id from reg.claim where subject = %s", [found[0]]).fetchall()]
    tried = [lambda: decisions.merge(registry, twin, found[0], reason="the same person"),
             lambda: decisions.merge(registry, found[0], twin, reason="the same person"),
             lambda: decisions.split(registry, found[0], [("a part", held[:1])], reason="two persons"),
             lambda: decisions.split(registry, twin, [("a part", held[:1])], reason="two persons")]
    said = []
    with registry.as_(reader):
        for act in tried:
            with pytest.raises(errors.SiteregError) as refused:
                act()
            said.append(str(refused.value))
        assert decisions.waiting(registry) == []
        if reader == "worker":
            assert all("closed as a duplicate" in one for one in said[:2]) and all("Only a site is split" in one for one in said[2:])
        told = json.dumps([said, everything(registry, found), persons.show(registry, code)["cautions"]], default=str)
        assert persons.show(registry, found[1])["events"] == [] and len(persons.show(registry, code)["events"]) == 1
    for clue in ("Tartous", "seen_alive_after", "2024-0", "9.8765", "Zzyzx", "Wwyxw"):
        assert clue not in told, clue
