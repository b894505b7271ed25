"""Merging and splitting sites: old codes lead to what they became, and each way goes back."""
import pytest

from sitereg import decisions, errors, sites
from sitereg import protection as guarding
from tests import given
from tests.sitereg import deciding
from tests.sitereg.deciding import GRAVE, PRISON

pytestmark = pytest.mark.db


@pytest.fixture
def two(registry):
    """(survivor, its code, other, its code): two records of one place."""
    first = given.site(registry, given.kind(PRISON), given.name("one name"), given.place(36.5, 33.5))
    second = given.site(registry, given.kind(GRAVE), given.name("another name"), given.place(36.5001, 33.5),
                        exact_tier=2)
    return first[0], first[1], second[0], second[1]


def face(registry, site, columns="code"):
    with registry.dba() as raw:
        return raw.execute(f"select {columns} from reg.site where id = %s and face = 2", [site]).fetchone()


def kinds(registry, site):
    with registry.dba() as raw:
        return {row[0] for row in raw.execute("select kind from reg.site_kind where site = %s and face = 2",
                                              [site])}


def approved(registry, done, by="verifier"):
    with registry.as_(by):
        return decisions.approve(registry, done.proposal)


def test_a_merge_is_approved_and_every_code_leads_on(registry, two):
    survivor, code, other, old = two
    done = decisions.merge(registry, survivor, other, reason="two spellings of one name")
    assert done.state == "proposed" and kinds(registry, survivor) == {PRISON}
    assert decisions.where_now(registry, old)[0]["became"] == "itself"
    approved(registry, done)
    assert face(registry, other) is None and kinds(registry, survivor) == {PRISON, GRAVE}
    assert [(r["became"], r["subject"], r["code"]) for r in decisions.where_now(registry,
                                                                                old)] == [("merged",
                                                                                           survivor, code)]
    assert decisions.where_now(registry, code)[0]["became"] == "itself"
    assert deciding.state(registry, survivor, "verification", GRAVE) == "suspected"
    assert deciding.tasks(registry, survivor, "review_merged") != []


def test_the_survivor_hides_its_place_as_the_stricter_of_the_two_did(registry, two):
    survivor, other = two[0], given.site(registry, given.kind("archive"), exact_tier=2)[0]
    assert face(registry, survivor, "exact_tier") == (1,)
    approved(registry, decisions.merge(registry, survivor, other, reason="one place"))
    assert face(registry, survivor, "exact_tier") == (2,)


@pytest.mark.parametrize("more", [{"tier": 2}, {"compartments": ["names"]}])
def test_what_a_more_restricted_place_brings_is_told_to_nobody_who_did_not_see_it(registry, two, more):
    survivor, code = two[0], two[1]
    other = given.site(registry, given.kind("archive"), given.place(36.5, 33.6), exact_tier=2, **more)[0]
    with registry.as_("investigator1"):
        before = sites.show(registry, code), sites.history(registry, code), registry.rows("all_tasks")
    approved(registry, decisions.merge(registry, survivor, other, reason="one place"))
    assert deciding.tasks(registry, survivor, "review_merged") != [] and "review_merged" in {one["what"] for one in registry.rows("all_tasks")}
    with registry.as_("investigator1"):
        assert registry.rows("all_tasks") == before[2]
        if "tier" in more:
            assert (sites.show(registry, code), sites.history(registry, code)) == before[:2]
    if "compartments" in more:
        assert face(registry, survivor, "exact_tier") == (2,), "those of its tier who hold the compartment see no more exactly where it lies"


def test_annulling_a_merge_restores_both_and_can_be_annulled_too(registry, two):
    survivor, _, other, old = two
    approved(registry, decisions.merge(registry, survivor, other, reason="one place"))
    last = decisions.history(registry, other, machine="merge")[0]
    approved(registry, decisions.annul(registry, last["id"], reason="two places after all"))
    assert kinds(registry, survivor) == {PRISON} and kinds(registry, other) == {GRAVE}
    assert decisions.where_now(registry, old)[0]["subject"] == other
    last = decisions.history(registry, other, machine="merge")[0]
    approved(registry, decisions.annul(registry, last["id"], reason="one place, the map was wrong"))
    assert kinds(registry, survivor) == {PRISON, GRAVE}


def test_what_was_merged_is_decided_where_it_went(registry, two):
    survivor, _, other, _ = two
    approved(registry, decisions.merge(registry, survivor, other, reason="one place"))
    assert deciding.refusal(registry, lambda: decisions.decide(
        registry, other, "verification", "inconclusive", aspect=GRAVE, reason="x")).guard == "merged"
    done = decisions.decide(registry, other, "protection", "not_applicable", reason="merged away")
    assert done.state == "decided"
    third = given.site(registry, given.kind(PRISON))[0]
    assert deciding.refusal(registry, lambda: decisions.merge(registry, other, third,
                                                              reason="x")).guard == "survivor_named"
    for act in (lambda: guarding.inspect(registry, other, visited_on=deciding.DAY),
                lambda: guarding.record_measure(registry, other, "guard", reason="x")):
        assert deciding.refusal(registry, act).guard == "merged"


def test_claims_and_measures_of_what_was_merged_count_for_the_survivor(registry, two):
    survivor, _, other, _ = two
    measure = guarding.record_measure(registry, other, "guard", reason="tonight", agent_kind="mukhtar")
    claim = given.say(registry, other, given.kind(GRAVE))
    assert guarding.measures(registry, survivor) == []
    approved(registry, decisions.merge(registry, survivor, other, reason="one place"))
    assert [m["state"] for m in guarding.measures(registry, survivor)] == ["active"]
    guarding.set_measure(registry, measure, "failed", reason="he never came")
    assert [m["state"] for m in guarding.measures(registry, survivor)] == ["failed"]
    guarding.record_measure(registry, survivor, "guard", reason="another man")
    decisions.decide(registry, survivor, "protection", "partially_protected", reason="a guard",
                     observed_on=deciding.DAY, basis=claim)


def test_relations_and_sightings_follow_the_survivor(registry, two):
    survivor, _, other, _ = two
    third = given.site(registry, given.kind(PRISON))[0]
    given.say(registry, third, {"predicate": "relation", "value": {"kind": "transferred_bodies_to"},
                                "object": str(other)})
    person = deciding.person(registry, {"predicate": "event", "value": {"kind": "held_at",
                                                                        "site": str(other)},
                                                                        "at": "[2014-01-01,2014-02-01]"})
    approved(registry, decisions.merge(registry, survivor, other, reason="one place"))
    with registry.dba() as raw:
        assert raw.execute("select other from reg.site_relation where site = %s and face = 2",
                           [third]).fetchall() == [(survivor,)]
        assert raw.execute("select site from reg.person_event where person = %s and face = 2",
                           [person]).fetchall() == [(survivor,)]


def test_only_two_of_a_sort_are_merged_and_nobody_merges_what_he_cannot_see(registry, two):
    survivor, _, other, _ = two
    person = deciding.person(registry)
    for a, b in ((survivor, person), (survivor, survivor), (person, deciding.person(registry))):
        assert deciding.refusal(registry, lambda a=a, b=b: decisions.merge(registry, a, b,
                                                                           reason="x")).guard == "survivor_named"
    hidden = given.site(registry, given.kind(GRAVE), tier=2)[0]
    with registry.as_("steward1"), pytest.raises(errors.NotFound), registry.savepoint():
        decisions.merge(registry, hidden, other, reason="x")
    done = decisions.merge(registry, hidden, other, reason="one place")
    with registry.as_("verifier1"):
        assert decisions.waiting(registry, other) == []
        with pytest.raises(errors.NotFound), registry.savepoint():
            decisions.approve(registry, done.proposal)


def test_a_hidden_survivor_is_not_told_to_those_below(registry, two):
    _, _, other, old = two
    hidden = given.site(registry, given.kind(GRAVE), tier=2)[0]
    approved(registry, decisions.merge(registry, hidden, other, reason="one place"))
    with registry.as_("investigator1"):
        assert decisions.where_now(registry, old) == []
        assert str(hidden) not in str(decisions.history(registry, other))


def parts(registry):
    site, code, claims = given.site(registry, given.kind(PRISON), given.kind(GRAVE), given.place(36.5, 33.5),
                                    given.name("both"))
    grave = given.say(registry, site, given.place(36.51, 33.5, part="grave"), given.name("the grave"))
    return site, code, [claims[1], *grave]


def test_a_split_moves_claims_to_a_new_site_and_back(registry):
    site, code, moving = parts(registry)
    done = decisions.split(registry, site, [("the grave behind the wall", moving)],
                           reason="two places in one record")
    assert done.state == "proposed" and kinds(registry, site) == {PRISON, GRAVE}
    approved(registry, done)
    became = decisions.where_now(registry, code)
    assert [r["became"] for r in became] == ["itself", "part"]
    part, part_code = became[1]["subject"], became[1]["code"]
    assert kinds(registry, site) == {PRISON} and kinds(registry, part) == {GRAVE}
    assert deciding.state(registry, part, "verification", GRAVE) == "suspected"
    last = decisions.history(registry, site, machine="split")[0]
    assert "parts" not in last["value"]
    approved(registry, decisions.annul(registry, last["id"], reason="one place after all"))
    assert kinds(registry, site) == {PRISON, GRAVE} and face(registry, part) is None
    assert decisions.where_now(registry, part_code)[0]["subject"] == site
    assert [r["became"] for r in decisions.where_now(registry, code)] == ["itself"]


def test_a_split_names_its_parts_and_leaves_a_site_behind(registry):
    site, _, moving = parts(registry)
    elsewhere = given.site(registry, given.kind(GRAVE))[2]
    with registry.dba() as raw:
        everything = [row[0] for row in raw.execute("select id from reg.claim where subject = %s", [site])]
    for bad in ([], [("", moving)], [("a", [])], [("a", moving), ("b", moving[:1])], [("a", elsewhere)],
                [("a", everything)]):
        assert deciding.refusal(registry, lambda bad=bad: decisions.split(registry, site, bad,
                                                                          reason="x")).guard == "parts_named", bad


def test_a_merge_seen_stale_is_a_conflict(registry, two):
    survivor, _, other, _ = two
    with pytest.raises(errors.Conflict):
        decisions.merge(registry, survivor, other, reason="x", seen=99)
