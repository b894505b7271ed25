"""Restriction: absent at once for whoever is cleared for less, in every list; lifted and annulled with four eyes."""
import pytest

from sitereg import claims as claiming
from sitereg import decisions, disclosing, errors, persons, protection, sites
from tests import given
from tests.sitereg.deciding import DAY, GRAVE, event, person, refusal, state
from tests.sitereg.publishing import ANSWERS, agreed, annul, confirmed, disclose, published
from tests.sitereg.test_disclosing import FARM, seen, sound, tiers, values, versions

pytestmark = pytest.mark.db


def lift(registry, decision):
    return agreed(registry, disclosing.lift(registry, decision, reason="the danger is over"))


def everything(registry, who, site, code):
    """All that a reader can ask about one site and in general, as text."""
    with registry.as_(who):
        told = [sites.find(registry), sites.count(registry), sites.facets(registry), registry.rows("site_frame"), decisions.waiting(registry), registry.rows("tasks"),
                registry.rows("protection_gaps"), registry.rows("where_now", code=code), registry.rows("sites_near", lon=36.1, lat=33.1, km=50)]
        for function, args in (("site_page", {"code": code}), ("site_history", {"code": code}), ("decision_history", {"subject": site}),
                               ("site_why", {"code": code, "field": "kind"}), ("visits", {"p": site}), ("measures", {"p": site})):
            given_ = {"site": args["p"]} if "p" in args else args
            try:
                with registry.savepoint():
                    told.append(registry.rows(function, **given_))
            except errors.NotFound:
                told.append(None)
        return repr(told)


def test_one_person_takes_a_site_out_of_every_list_at_once_and_two_bring_it_back(registry):
    site, code, _ = published(registry, given.place(36.1, 33.1), given.name("Zzyzx"))
    protection.record_measure(registry, site, "guard", reason="tonight")
    protection.inspect(registry, site, visited_on=DAY)
    waits = disclosing.disclose_place(registry, site, 0, ANSWERS, reason="Zzyzx")
    before = {who: everything(registry, who, site, code) for who in ("viewer", "analyst1", "officer1", "steward1")}
    assert all(code in told for told in before.values())
    with registry.as_("officer1"):
        done = disclosing.restrict(registry, site, reason="somebody is in danger tonight")
    assert (done.state, done.approvals_needed, done.version) == ("decided", 0, None) and tiers(registry, site) == (2, 2)
    for who in before:
        told = everything(registry, who, site, code)
        assert code not in told and str(site) not in told and "Zzyzx" not in told and told.endswith("None, None, None, None, None, None]")
    with registry.as_("officer1"):
        for act in (lambda: protection.inspect(registry, site, visited_on=DAY),
                    lambda: disclosing.lift(registry, done.decision, reason="x"), lambda: decisions.annul(registry, done.decision, reason="x"),
                    lambda: disclosing.restrict(registry, site, reason="x")):
            with pytest.raises(errors.NotFound), registry.savepoint():
                act()
    with registry.as_("verifier1"), pytest.raises(errors.NotFound), registry.savepoint():
        decisions.approve(registry, waits.proposal)
    with registry.as_("releaser"):
        assert refusal(registry, lambda: decisions.approve(registry, waits.proposal)).guard == "not_restricted"
    assert seen(registry, code, "officer")["tier"] == 2 and sound(registry) == []
    assert [row["id"] for row in disclosing.in_force(registry, site)] == [done.decision]
    proposed = disclosing.lift(registry, done.decision, reason="the danger is over")
    assert proposed.state == "proposed" and tiers(registry, site) == (2, 2)
    agreed(registry, proposed)
    assert tiers(registry, site) == (0, 1) and disclosing.in_force(registry, site) == [] and sound(registry) == []
    assert {who: code in everything(registry, who, site, code) for who in before} == dict.fromkeys(before, True)
    assert values(seen(registry, code)) == {"name:en": "Zzyzx"}


def test_faces_that_still_show_it_read_the_same(registry):
    site, _, _ = confirmed(registry, given.place(36.1, 33.1))
    first = versions(registry, site)
    done = disclosing.restrict(registry, site, reason="tonight")
    assert versions(registry, site) == {2: first[2]} and sound(registry) == []
    annul(registry, done.decision)
    assert versions(registry, site)[2] == first[2] and sorted(versions(registry, site)) == [1, 2] and sound(registry) == []


def test_a_restriction_to_tier_1_withdraws_what_was_published(registry):
    site, code, claims = published(registry, given.name("A"))
    done = disclosing.restrict(registry, site, tier=1, reason="families asked")
    assert seen(registry, code) is None and seen(registry, code, "officer1") is not None and tiers(registry, site) == (1, 1)
    assert refusal(registry, lambda: disclosing.restrict(registry, site, tier=1, reason="again")).guard == "raises_tier"
    assert refusal(registry, lambda: disclosing.disclose(registry, site, claims.values(), ANSWERS, reason="x")).guard == "not_restricted"
    worse = disclosing.restrict(registry, site, reason="worse")
    lift(registry, done.decision)
    assert tiers(registry, site) == (2, 2), "each restriction holds until it is lifted itself"
    lift(registry, worse.decision)
    assert values(seen(registry, code)) == {"name:en": "A"} and sound(registry) == []


def test_annulling_a_disclosure_under_a_restriction_publishes_nothing_when_it_is_lifted(registry):
    site, code, claims = confirmed(registry, given.name("A"))
    told = disclose(registry, site, *claims.values())
    held = disclosing.restrict(registry, site, reason="tonight")
    annul(registry, told)
    lift(registry, held.decision)
    assert tiers(registry, site) == (1, 1) and seen(registry, code) is None and sound(registry) == []


def test_lifting_and_annulling_take_a_releaser_who_is_somebody_else(registry):
    site, _, _ = confirmed(registry)
    done = disclosing.restrict(registry, site, reason="tonight")
    for propose in (lambda: disclosing.lift(registry, done.decision, reason="x"), lambda: decisions.annul(registry, done.decision, reason="x")):
        with registry.savepoint():
            proposed = propose()
            with registry.as_("verifier"):
                assert refusal(registry, lambda p=proposed.proposal: decisions.approve(registry, p)).guard == "approver"
            decisions.withdraw(registry, proposed.proposal, reason="not yet")
    lift(registry, done.decision)
    assert refusal(registry, lambda: disclosing.lift(registry, done.decision, reason="x")).guard == "transition"
    with registry.as_("viewer"), pytest.raises(errors.Denied), registry.savepoint():
        disclosing.restrict(registry, site, reason="x")


# Claims

def test_a_restricted_claim_is_gone_for_lower_readers_and_for_what_they_do(registry):
    site, code, _ = given.site(registry, given.kind("court"), FARM)
    claim = given.say(registry, site, given.name("Zzyzx"))[0]
    with registry.as_("officer1"):
        done = disclosing.restrict(registry, site, claims=[claim], reason="it names a family")
        told = repr([sites.show(registry, code), sites.why(registry, code, "name"), decisions.history(registry, site), registry.rows("site_frame")])
        assert "Zzyzx" not in told and str(claim) not in told and "family" not in repr(sites.history(registry, code)) + told
        assert disclosing.in_force(registry, site) == []
        for act in (disclosing.lift, decisions.annul):
            with pytest.raises(errors.NotFound), registry.savepoint():
                act(registry, done.decision, reason="x")
        assert sum(row["claims"] or 0 for row in sites.history(registry, code)) == 2
    with registry.as_("investigator1"):
        for act in (lambda: claiming.end(registry, claim, why="x"), lambda: claiming.correct(registry, claim, why="x", credibility="3")):
            with pytest.raises(errors.NotFound), registry.savepoint():
                act()
        for act in (lambda: decisions.choose(registry, site, claim, reason="x"),
                    lambda: decisions.decide(registry, site, "verification", "inconclusive", aspect="court", reason="a duplicate of none", basis=[claim])):
            with pytest.raises(errors.BadInput), registry.savepoint():
                act()
    assert values(seen(registry, code, "worker"))["name:en"] == "Zzyzx" and values(seen(registry, code, "officer1")) == {"building": "farm"}
    policed = {who: policies(registry, who, claim) for who in ("worker", "officer1")}
    assert policed == {"worker": 1, "officer1": 0} and sound(registry) == []
    lift(registry, done.decision)
    assert values(seen(registry, code, "officer1"))["name:en"] == "Zzyzx"


def policies(registry, who, claim):
    with registry.as_(who):
        registry.connection.execute("reset role")
        registry.connection.execute("set role sr_policed")
        n = registry.connection.execute("select count(*) from reg.claim where id = %s", [claim]).fetchone()[0]
        registry.connection.execute("reset role")
        registry.connection.execute("set role sr_web")
        return n


def test_a_correction_or_a_later_grade_brings_a_restricted_claim_not_back(registry):
    source = given.source_of(registry, "C")
    site, code, claims = given.site(registry, given.kind("court"), given.name("Zzyzx"), source=source)
    done = disclosing.restrict(registry, site, claims=[claims[1]], reason="it names a family")
    claiming.correct(registry, claims[1], why="spelling", value={"text": "Zzyzx 2", "lang": "en"})
    registry.call("grade_source", source=source, reliability="B", reason="proved right")
    assert "Zzyzx" not in repr(seen(registry, code, "officer1")) and values(seen(registry, code, "worker"))["name:en"] == "Zzyzx 2"
    lift(registry, done.decision)
    assert values(seen(registry, code, "officer1"))["name:en"] == "Zzyzx 2" and sound(registry) == []


def test_a_restriction_beats_a_disclosure_in_whatever_order_they_are_annulled(registry):
    site, code, claims = published(registry, given.name("A"))
    second = disclose(registry, site, *claims.values())
    disclosing.restrict(registry, site, tier=1, claims=[claims["name"]], reason="it names a family")
    assert values(seen(registry, code)) == {} and "name:en" in values(seen(registry, code, "officer1"))
    refused = refusal(registry, lambda: disclosing.disclose(registry, site, claims.values(), ANSWERS, reason="x"))
    assert refused.guard == "not_restricted"
    annul(registry, second)
    assert values(seen(registry, code)) == {} and sound(registry) == []


def test_only_what_has_a_lower_tier_is_raised_and_names_with_the_case(registry):
    someone = person(registry, event("arrested", "2013-01-01"), {"predicate": "person_name", "value": {"text": "X", "lang": "en"}})
    with registry.dba() as raw:
        known = dict(raw.execute("select predicate, id from reg.claim where subject = %s", [someone]).fetchall())

    def asked(claim, tier):
        return refusal(registry, lambda: disclosing.restrict(registry, someone, claims=[known[claim]], tier=tier, reason="x"))

    assert "with the case as a whole" in asked("person_name", 2).needs and asked("event", 1).guard == "raises_tier"
    assert asked("event", 2) is None and asked("event", 2).guard == "raises_tier"
    for tier in (0, 3):
        with pytest.raises(errors.BadInput), registry.savepoint():
            disclosing.restrict(registry, someone, tier=tier, reason="x")


def test_the_exact_place_alone_is_restricted(registry):
    site, code, _ = confirmed(registry, given.place(36.1, 33.1))
    done = disclosing.restrict(registry, site, place=True, reason="looters asked")
    assert tiers(registry, site) == (1, 2) and seen(registry, code, "officer1")["place"]["shown_as"] == "cell_1km"
    proposed = disclosing.lift(registry, done.decision, reason="x")
    with registry.as_("officer1"):
        assert decisions.waiting(registry, site) == [] and "looters" not in repr(sites.history(registry, code))
        with pytest.raises(errors.NotFound), registry.savepoint():
            decisions.withdraw(registry, proposed.proposal, reason="x")
    decisions.withdraw(registry, proposed.proposal, reason="x")
    lift(registry, done.decision)
    assert tiers(registry, site) == (1, 1) and seen(registry, code, "officer1")["exact"] and sound(registry) == []


def test_a_case_is_restricted_and_its_companions_name_it_no_more(registry):
    someone = person(registry, event("arrested", "2013-01-01"))
    other = person(registry, {"predicate": "companion", "value": {"kind": "taken_together"}, "object": str(someone)})
    with registry.dba() as raw:
        code = raw.execute("select code from reg.subject where id = %s", [someone]).fetchone()[0]
    with registry.as_("investigator1"):
        assert len(persons.find(registry)) == 2
        disclosing.restrict(registry, someone, reason="alive, and tells nobody")
        assert len(persons.find(registry)) == 1 and str(someone) not in repr(registry.rows("person_frame"))
        with pytest.raises(errors.NotFound), registry.savepoint():
            persons.show(registry, code)
    with registry.dba() as raw:
        assert raw.execute("select companions from reg.person where id = %s and face = 1", [other]).fetchone()[0] == []
    assert sound(registry) == []


# Merges and splits

def test_a_restriction_covers_what_was_merged_into_the_site_and_is_lifted_from_both(registry):
    site, code, _ = confirmed(registry)
    old, old_code, _ = confirmed(registry, given.name("Zzyzx"))
    agreed(registry, decisions.merge(registry, site, old, reason="the same building"), "verifier")
    done = disclosing.restrict(registry, site, reason="tonight")
    assert tiers(registry, site) == tiers(registry, old) == (2, 2)
    assert seen(registry, old_code, "officer1") is None
    lift(registry, done.decision)
    assert tiers(registry, site) == tiers(registry, old) == (1, 1) and seen(registry, old_code, "officer1") is not None and sound(registry) == []
    annul(registry, decisions.history(registry, site, machine="tier")[0]["id"])
    assert tiers(registry, old) == (2, 2) and seen(registry, code, "officer1") is None and sound(registry) == []


@pytest.mark.parametrize("way", ["restricted", "published"])
def test_such_a_site_is_neither_merged_nor_split_before_that_is_undone(registry, way):
    site, _, claims = published(registry, given.name("A")) if way == "published" else confirmed(registry, given.name("A"))
    if way == "restricted":
        disclosing.restrict(registry, site, reason="tonight")
    survivor = confirmed(registry)[0]
    assert refusal(registry, lambda: decisions.merge(registry, survivor, site, reason="the same")).guard == "tier_unmoved"
    assert refusal(registry, lambda: decisions.split(registry, site, [("north", [claims["name"]])], reason="two")).guard == "tier_unmoved"


def test_the_status_of_a_restricted_site_goes_on(registry):
    site = given.site(registry, given.kind(GRAVE), given.place(36.5, 33.5))[0]
    disclosing.restrict(registry, site, reason="tonight")
    decisions.decide(registry, site, "protection", "unprotected", reason="seen", observed_on=DAY)
    assert state(registry, site, "protection") == "unprotected" and sound(registry) == []


def test_whoever_acted_on_what_he_saw_before_finds_nothing_and_the_restriction_waits_for_nobody(registry):
    site, code, claims = confirmed(registry, given.name("A"))
    with registry.as_("investigator1"):
        before = sites.show(registry, code)["version"]
        done = disclosing.disclose(registry, site, claims.values(), ANSWERS, reason="families asked", seen=before)
    with registry.as_("officer1"):
        disclosing.restrict(registry, site, reason="tonight", seen=before)
    with registry.as_("investigator1"), pytest.raises(errors.NotFound), registry.savepoint():
        disclosing.disclose(registry, site, claims.values(), ANSWERS, reason="again", seen=before)
    with registry.as_("releaser"):
        assert refusal(registry, lambda: decisions.approve(registry, done.proposal)).guard == "not_restricted"
    assert tiers(registry, site) == (2, 2) and sound(registry) == []
