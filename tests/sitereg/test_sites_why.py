"""Page, why and history of one site: what was said and by how many, in the order of the rule; nothing that tells who said it."""
import json
import re

import pytest

from sitereg import errors, sites
from sitereg.vocab import Predicate
from tests import given

pytestmark = pytest.mark.db


def count(best, **more):
    return {"predicate": "count", "value": {"definition": "bodies_reported", "min": best, "best": best, "max": best}, **more}


@pytest.fixture
def sources(registry):
    """Sources by name: two that repeat one origin, a good one, a doubtful one, a document."""
    with registry.dba() as raw:
        made = {"first": given.source(raw, "First witness", "B", kind="testimony_gravedigger_driver")}
        made["echo"] = given.source(raw, "Who heard it from him", "B", origin=made["first"])
        made["other"] = given.source(raw, "Another", "C", kind="ngo_report")
        made["poor"] = given.source(raw, "Nobody trusts", "E", kind="social_media")
        made["paper"] = given.source(raw, "Register", "A", kind="official_record")
    return made


@pytest.fixture
def told(registry, sources):
    """A site of which the sources disagree; (id, code)."""
    site, code, _ = given.site(registry, given.kind("mass_grave"), given.name("Field"), given.place(36.1, 33.1), exact_tier=1)
    for who, best in (("first", 50), ("echo", 50), ("other", 60), ("poor", 900), ("paper", 60)):
        given.say(registry, site, count(best, first_hand=who == "first", quote=f"quote of {who}"), source=sources[who])
    return site, code


def test_claims_stand_in_the_order_of_the_rule(registry, told):
    rows = sites.why(registry, told[1], "count:bodies_reported")
    assert [(row["value"]["best"], row["standing"]) for row in rows] == [
        (60, "supported"), (60, "supported"), (50, "supported"), (50, "supported"), (900, "doubted")]
    assert [row["chosen"] for row in rows] == [True, False, False, False, False]
    assert [row["contradicts"] for row in rows] == [False, False, True, True, False]
    fact = next(fact for fact in sites.show(registry, told[1])["facts"] if fact["field"] == "count:bodies_reported")
    assert fact["value"]["best"] == 60 and fact["origins"] == 2 and fact["conflict"] and fact["against"] == 2
    assert (fact["claims"], fact["sources"]) == (5, 5)


def test_whoever_repeats_an_origin_carries_its_number(registry, told):
    rows = sites.why(registry, told[1], "count")
    by_label = {row["source_label"]["en"]: row["origin_no"] for row in rows}
    assert by_label["First witness"] == by_label["Who heard it from him"]
    assert len(set(by_label.values())) == 4 and set(by_label.values()) <= set(range(1, 6))
    assert {row["source_label"]["en"]: row["origin_no"] for row in sites.why(registry, told[1], "count:bodies_reported")} == by_label


def test_a_source_cannot_be_followed_from_one_record_to_another(registry, told, sources):
    _, other, _ = given.site(registry, given.kind("court"), count(3), source=sources["first"])
    here = {row["source_ref"] for row in sites.why(registry, told[1], "count") if row["source_label"]["en"] == "First witness"}
    (there,) = {row["source_ref"] for row in sites.why(registry, other, "count")}
    assert len(here) == 1 and there not in here
    assert sites.why(registry, other, "kind")[0]["source_ref"] == there


def test_only_a_source_handler_reads_who_said_it(registry, told, sources):
    for reader, handler in (("worker", False), ("investigator1", False), ("handler", True)):
        with registry.as_(reader):
            rows = {row["source_label"]["en"]: row for row in sites.why(registry, told[1], "count")}
            text = repr([rows, sites.show(registry, told[1]), sites.history(registry, told[1])])
        assert not any(str(source) in text for source in sources.values())
        witness, paper = rows["First witness"], rows["Register"]
        assert witness["source_type"] == ("testimony_gravedigger_driver" if handler else None) and witness["source_family"] == "testimony"
        assert witness["quote"] == ("quote of first" if handler else None)
        assert paper["quote"] == (None if reader == "investigator1" else "quote of paper"), "the exact place of a grave is T2"
        assert paper["source_type"] == "official_record"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ" if handler else r"\d{4}-\d\d", witness["recorded"])
        assert handler or re.fullmatch(r"\d{4}-\d\d-\d\d", paper["recorded"])


def test_a_claim_of_a_compartment_stands_beside_the_record(registry, told, sources):
    given.say(registry, told[0], count(70, compartments=["names"]), source=sources["paper"])
    last = sites.why(registry, told[1], "count")[-1]
    assert last["beside"] and last["compartments"] == ["names"] and last["value"]["best"] == 70 and not last["chosen"]
    with registry.as_("officer"):
        assert all(row["value"]["best"] != 70 for row in sites.why(registry, told[1], "count"))


def test_ended_claims_rumours_and_higher_tiers_are_not_behind_a_value(registry, told, sources):
    (ended,) = given.say(registry, told[0], count(71), source=sources["paper"])
    registry.call("end_claim", claim=ended, why="wrong page")
    given.say(registry, told[0], count(72, tier=2), source=sources["paper"])
    with registry.dba() as raw:
        owner = raw.execute("select id from reg.account where name = 'worker'").fetchone()[0]
    given.say(registry, told[0], count(73, rumour_owner=str(owner), rumour_until="2030-01-01"), source=sources["paper"])
    assert {row["value"]["best"] for row in sites.why(registry, told[1], "count")} == {60, 50, 900, 72}
    with registry.as_("investigator1"):
        assert {row["value"]["best"] for row in sites.why(registry, told[1], "count")} == {60, 50, 900}


@pytest.mark.parametrize("field", ["", "nonsense", "person_name", "event", "count'; --"])
def test_a_field_that_there_is_not(registry, told, field):
    with pytest.raises(errors.BadInput):
        sites.why(registry, told[1], field)


def test_other_words_for_a_field(registry, told):
    assert [row["field"] for row in sites.why(registry, told[1], "verification:mass_grave")] == ["kind:mass_grave"]
    assert sites.why(registry, told[1], "precision") == sites.why(registry, told[1], "place")
    assert sites.why(registry, told[1], "count:capacity") == []


def test_relations_show_visible_ends_only(registry, told):
    hidden, _, _ = given.site(registry, given.kind("court"), tier=2, key="h")
    seen, seen_code, _ = given.site(registry, given.kind("morgue"), given.name("Wing"), tier=1, key="v")
    given.say(registry, seen, {"predicate": "relation", "value": {"kind": "part_of"}, "object": str(told[0])},
              {"predicate": "feature", "value": {"feature_kind": "wing", "number": "3"}})
    given.say(registry, told[0], {"predicate": "relation", "value": {"kind": "transferred_bodies_to"}, "object": str(hidden)},
              {"predicate": "relation", "value": {"kind": "adjacent_to"}, "object": str(seen)})
    page = sites.show(registry, told[1])
    assert {(one["kind"], one["direction"]) for one in page["relations"]} == {
        ("part_of", "from"), ("transferred_bodies_to", "to"), ("adjacent_to", "to")}
    assert [(one["code"], one["feature"]["number"]) for one in page["features"]] == [(seen_code, "3")]
    wing = sites.show(registry, seen_code)
    assert wing["part_of"]["code"] == told[1] and ("adjacent_to", "from") in {(one["kind"], one["direction"]) for one in wing["relations"]}
    assert wing["features"] == [] and page["part_of"] is None
    with registry.as_("investigator1"):
        page = sites.show(registry, told[1])
        assert {one["code"] for one in page["relations"]} == {seen_code}
        assert {row["value"]["kind"] for row in sites.why(registry, told[1], "relation")} == {"adjacent_to"}
        assert str(hidden) not in repr([page, sites.why(registry, told[1], "relation")])


def ruled(registry, site, machine, **value):
    """A decision on the site stands, as the first one of its machine."""
    with registry.dba() as raw:
        raw.execute("insert into reg.decision select d.* from (select jsonb_populate_record(e, jsonb_build_object('id', reg.new_id(), 'machine',"
                    " %s::text, 'aspect', 'x', 'seq', 1, 'value', %s::jsonb)) as d from reg.decision e where e.subject = %s limit 1) n"
                    " cross join lateral (select (n.d).*) d", [machine, json.dumps(value), site])


def told_of(registry, code):
    """The claims that why names of a count, in its order; how many the page counts."""
    fact = next(fact for fact in sites.show(registry, code)["facts"] if fact["field"] == "count:bodies_reported")
    claims = [str(row["claim"]) for row in sites.why(registry, code, "count")]
    assert fact["claims"] == len(claims)
    return claims


def test_a_claim_that_a_decision_discloses_is_counted_below(registry, told):
    site, code = told
    secret = str(given.say(registry, site, count(70, tier=2))[0])
    everything = set(told_of(registry, code))
    with registry.as_("investigator1"):
        assert everything - set(told_of(registry, code)) == {secret}
        ruled(registry, site, "disclosure", claims=[secret])
        assert set(told_of(registry, code)) == everything


def test_a_chosen_claim_stands_first(registry, told):
    seen = told_of(registry, told[1])
    ruled(registry, told[0], "chosen_value", claim=seen[-1])
    assert told_of(registry, told[1]) == [seen[-1], *seen[:-1]]


def test_a_claim_that_a_decision_restricts_is_not_counted_below(registry, told):
    site, code = told
    with registry.as_("investigator1"):
        seen = told_of(registry, code)
        ruled(registry, site, "tier", claims=[seen[0]], tier=2)
        assert set(told_of(registry, code)) == set(seen[1:])
    assert set(told_of(registry, code)) == set(seen)


def test_a_relation_to_what_was_merged_is_one_to_what_it_became(registry, told):
    other, _, _ = given.site(registry, given.kind("court"), tier=1, key="o")
    heir, heir_code, _ = given.site(registry, given.kind("court"), tier=1, key="h")
    given.say(registry, told[0], {"predicate": "relation", "value": {"kind": "adjacent_to"}, "object": str(other)})
    with registry.dba() as raw:
        raw.execute("update reg.subject set merged_into = %s where id = %s", [heir, other])
    for reader in ("worker", "investigator1"):
        with registry.as_(reader):
            assert [row["value"]["to"] for row in sites.why(registry, told[1], "relation")] == [heir_code]
    with registry.dba() as raw:
        raw.execute("update reg.subject set tier = 2, exact_tier = 2 where id = %s", [heir])
    with registry.as_("investigator1"):
        assert sites.why(registry, told[1], "relation") == []


def test_the_old_code_of_a_merged_site_leads_to_what_it_became(registry, told):
    with registry.dba() as raw:
        raw.execute("insert into reg.subject(id, kind, code, tier, scope, exact_tier, merged_into, recorded_by)"
                    " select reg.new_id(), 'site', 'SYS-OLDOLD-1', 1, 0, 1, id, recorded_by from reg.subject where id = %s", [told[0]])
        raw.execute("insert into reg.subject(id, kind, code, tier, scope, exact_tier, merged_into, recorded_by)"
                    " select reg.new_id(), 'site', 'SYS-OLDEST-1', 1, 0, 1, id, recorded_by from reg.subject where code = 'SYS-OLDOLD-1'")
    for old in ("SYS-OLDOLD-1", "sys-oldest-1"):
        assert sites.show(registry, old) == {"code": old.upper(), "merged_into": told[1]}
        assert sites.history(registry, old) == sites.history(registry, told[1])
    with registry.dba() as raw:
        raw.execute("update reg.subject set tier = 2, exact_tier = 2 where id = %s", [told[0]])
    with registry.as_("investigator1"):
        for ask in (sites.show, sites.history, lambda s, code: sites.why(s, code, "kind")):
            with pytest.raises(errors.NotFound):
                ask(registry, "SYS-OLDOLD-1")


def test_a_code_of_something_else_or_of_nothing_is_not_found(registry, told):
    given.site(registry, given.kind("court"), tier=2, key="h")
    for code in ("SYP-AAAAAA-A", "", told[1] + "x"):
        with pytest.raises(errors.NotFound):
            sites.show(registry, code)


def test_ids_of_one_list_stand_in_their_own_order(registry, told):
    for n, value in enumerate(("77", "8", "501", "9", "12", "1")):
        given.say(registry, told[0], {"predicate": "external_id", "value": {"scheme": f"list_{n % 2}", "value": value}})
    page = sites.show(registry, told[1])
    assert [fact["value"] for fact in page["facts"] if fact["field"].startswith("external_id")] == ["12", "501", "77", "1", "8", "9"]


def test_history_tells_decisions_and_counts_of_claims(registry, told):
    rows = sites.history(registry, told[1])
    decided = [(row["aspect"], row["from_state"], row["to_state"], row["how"], row["proposed_by"]) for row in rows if row["what"] == "decision"]
    assert decided == [("mass_grave", "reported", "suspected", "rule", "Worker"), ("mass_grave", "", "reported", "rule", "Worker")]
    assert sum(row["claims"] or 0 for row in rows) == 8 and sum(row["ended"] or 0 for row in rows) == 0
    said = [row["said"] for row in rows if row["what"] == "claims"]
    assert sum(sum(one.values()) for one in said) == 8 and all(set(one) <= {"", *Predicate.codes()} for one in said)
    assert any("kind" in one for one in said)
    assert {row["version"] for row in rows} == {sites.show(registry, told[1])["version"]}
    days = {len(row["day"]) for row in rows if row["what"] == "decision"}
    assert days == {7}, "what the system did on the day of a testimony would tell that day"


def test_a_page_is_one_json_document_without_uuids_of_claims(registry, told):
    page = sites.show(registry, told[1])
    assert json.loads(json.dumps(page)) == page
    claims = {str(row["claim"]) for row in sites.why(registry, told[1], "count")}
    assert not any(claim in repr(page) for claim in claims)
