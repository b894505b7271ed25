"""What a write leaves alone: rows that read as before stay the very rows that they were, and what fills no slot changes none."""
import pytest

from sitereg import claims, errors, sites
from tests import given
from tests.sitereg import deciding

pytestmark = pytest.mark.db
ROWS = {"site": "id", "site_kind": "site", "site_relation": "site", "site_name": "site", "person": "id", "person_event": "person"}


def standing(registry, table, whose):
    """Where the rows of a subject lie: the same places = the same rows, neither altered nor written anew."""
    with registry.dba() as raw:
        return set(raw.execute(f"select tableoid, ctid::text, xmin::text, cmin::text from reg.{table} t where {ROWS[table]} = %s", [whose]).fetchall())


@pytest.fixture
def other(registry):
    return given.site(registry, given.kind("archive"), source=given.source_of(registry, "A"))[0]


@pytest.fixture
def court(registry, other):
    return given.site(registry, given.kind("court"), given.name("The court"), given.place(36.5, 33.5),
                      {"predicate": "relation", "value": {"kind": "adjacent_to"}, "object": str(other)}, source=given.source_of(registry, "B"))


def test_a_further_kind_leaves_the_others_the_relations_and_the_names_where_they_are(registry, court):
    before = {table: standing(registry, table, court[0]) for table in ROWS}
    given.say(registry, court[0], given.kind("archive"), source=given.source_of(registry, "A"))
    after = {table: standing(registry, table, court[0]) for table in ROWS}
    assert before["site_kind"] < after["site_kind"] and len(after["site_kind"]) == 2 * len(before["site_kind"])
    assert before["site_relation"] and after["site_relation"] == before["site_relation"]
    assert before["site_name"] and after["site_name"] == before["site_name"]
    assert not before["site"] & after["site"], "the row itself lists the kinds"
    assert sites.show(registry, court[1])["version"] == 2


def test_another_name_is_sought_and_one_that_was_ended_is_not(registry, court):
    said = given.say(registry, court[0], given.name("Palace of justice"), source=given.source_of(registry, "A"))
    assert [one["code"] for one in sites.find(registry, q="palace")] == [court[1]]
    claims.end(registry, said[0], why="mistaken")
    assert sites.find(registry, q="palace") == [] and [one["code"] for one in sites.find(registry, q="the court")] == [court[1]]


def test_names_that_stayed_are_sought_as_if_all_were_written_anew(registry, court):
    before = standing(registry, "site_name", court[0])
    given.say(registry, court[0], given.name("The palace"), given.name("القصر", "ar"), source=given.source_of(registry, "A"))
    claims.end(registry, court[2][1], why="mistaken")
    assert before.isdisjoint(standing(registry, "site_name", court[0]))
    rows = "select jsonb_agg(to_jsonb(o) order by o.face, o.n) from reg.site_name o where o.site = %s"
    with registry.dba() as raw:
        kept = raw.execute(rows, [court[0]]).fetchone()[0]
        raw.execute("delete from reg.site_name where site = %s", [court[0]])
        raw.execute("select api._name_sites(array_agg(s.id), array_agg(s.face)) from reg.site s where s.id = %s", [court[0]])
        assert {one["text"] for one in kept} == {"The palace", "القصر"} and raw.execute(rows, [court[0]]).fetchone()[0] == kept


def test_a_relation_that_was_ended_is_gone_and_the_kinds_stay(registry, court):
    before = standing(registry, "site_kind", court[0])
    claims.end(registry, court[2][3], why="mistaken")
    assert standing(registry, "site_relation", court[0]) == set() and standing(registry, "site_kind", court[0]) == before


def test_a_further_event_leaves_the_others_where_they_are(registry):
    case = deciding.person(registry, deciding.event("arrested", "2013-05-01"))
    before = standing(registry, "person_event", case)
    given.say(registry, case, deciding.event("held_at", "2013-06-01"), source=given.source_of(registry, "A"))
    assert before and before < standing(registry, "person_event", case)
    with registry.dba() as raw:
        assert raw.execute("select kind from reg.person_event where person = %s and face = 1 order by 1", [case]).fetchall() == [("arrested",), ("held_at",)]


@pytest.mark.parametrize("said", [
    {"predicate": "note", "value": {"text": "The gate stands open."}},
    {"predicate": "address", "value": {"text": "By the river"}},
    given.kind("archive", rumour_until="2099-01-01", rumour_owner=True)], ids=["note", "address", "rumour"])
def test_words_that_fill_no_slot_change_no_row(registry, court, said):
    if said.get("rumour_owner"):
        with registry.dba() as raw:
            said = {**said, "rumour_owner": str(raw.execute("select id from reg.account where name = 'worker'").fetchone()[0])}
    before = {table: standing(registry, table, court[0]) for table in ROWS}
    given.say(registry, court[0], said, source=given.source_of(registry, "B"))
    assert {table: standing(registry, table, court[0]) for table in ROWS} == before
    with registry.dba() as raw:
        assert raw.execute("select * from api._resolved_differences(%s)", [[court[0]]]).fetchall() == []


def test_a_note_alone_gives_its_rows_to_a_site_that_has_none(registry):
    made = deciding.batch(registry)
    whose = registry.rows("record_claims", batch=made, subjects=given.Json([{"key": "s", "kind": "site"}]), claims=given.Json([
        {"subject_key": "s", **given.kind("court"), "source": str(given.source_of(registry, "B"))}]))[0]["subject"]
    registry.call("close_batch", batch=made, counts=given.Json({"rows_in": 0}))
    registry.call("revoke_batch", batch=made, reason="wrong file")
    assert standing(registry, "site", whose) == set()
    given.say(registry, whose, {"predicate": "note", "value": {"text": "Seen from the road."}}, source=given.source_of(registry, "B"))
    assert len(standing(registry, "site", whose)) == 2


def test_one_claim_of_what_is_frozen_holds_back_all_that_came_with_it(registry, court, other):
    from tests.sitereg import test_freezing as freezes

    freezes.made_releaser(registry)
    freezes.frozen(registry, {"code": court[1]}, "site")
    told = [{**given.name(f"name {n}"), "credibility": "2", "source": str(given.source_of(registry, "A")), "subject": str(whose)}
            for n, whose in enumerate([other, other, court[0]])]
    with pytest.raises(errors.Refused) as refused, registry.savepoint():
        registry.rows("record_claims", claims=given.Json(told))
    assert refused.value.guard == "frozen"
    assert len(registry.rows("record_claims", claims=given.Json(told[:2]))) == 2
