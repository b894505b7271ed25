"""Disclosure: what a reader of face 0 sees before, between and after; who may, what a guard asks for, what leaks nowhere."""
from dataclasses import replace

import pytest

from sitereg import decisions, disclosing, errors, protection, sites
from tests import given
from tests.resolving import site_faces
from tests.sitereg.deciding import DAY, put, refusal, source, tasks
from tests.sitereg.publishing import ANSWERS, agreed, annul, confirmed, disclose, published

pytestmark = pytest.mark.db
HOUSE = {"predicate": "building", "value": {"code": "private_house"}}
FARM = {"predicate": "building", "value": {"code": "farm"}}


def versions(registry, site):
    with registry.dba() as raw:
        return dict(raw.execute("select face, version from reg.site where id = %s order by face", [site]).fetchall())


def tiers(registry, site):
    with registry.dba() as raw:
        return raw.execute("select tier::int, exact_tier::int from reg.subject where id = %s", [site]).fetchone()


def sound(registry):
    """Nothing that does not follow, of subjects and of records."""
    with registry.dba() as raw:
        return raw.execute("select * from api._tier_faults()").fetchall() + raw.execute("select * from api._resolved_differences()").fetchall()


def seen(registry, code, who="viewer"):
    """The page as that reader has it, or None."""
    with registry.as_(who):
        try:
            return sites.show(registry, code)
        except errors.NotFound:
            return None


def values(page):
    return {fact["field"]: fact["value"] for fact in page["facts"] if fact["field"] != "place"}


@pytest.mark.parametrize("row", [
    {"said": [given.name("Old court")], "named": ["name"], "facts": {"name:en": "Old court"}},
    {"said": [given.name("Old court"), FARM], "named": ["name"], "facts": {"name:en": "Old court"}},
    {"said": [given.name("Old court"), FARM], "named": [], "facts": {}},
    {"said": [given.name("Old court"), given.name("Shown", credibility="3")], "named": [1], "facts": {"name:en": "Shown"}},
    {"said": [{**FARM, "tier": 2}], "named": ["building"], "facts": {"building": "farm"}},
], ids=str)
def test_face_0_shows_nothing_then_the_named_claims_then_nothing(registry, row):
    site, code, claims = confirmed(registry, *row["said"])
    ids = [claims["kind"], *(claims[one] if isinstance(one, str) else claims["name"] for one in row["named"])]
    assert seen(registry, code) is None
    before, first = values(seen(registry, code, "officer1")), versions(registry, site)
    done = disclose(registry, site, *ids)
    page = seen(registry, code)
    assert values(page) == row["facts"] and [kind["verification"] for kind in page["kinds"]] == ["confirmed"]
    assert (page["tier"], page["face"], page["protection"]) == (0, 0, "unassessed")
    if not any(said.get("tier") for said in row["said"]):
        assert values(seen(registry, code, "officer1")) == before
        assert {face: n for face, n in versions(registry, site).items() if face} == first, "no news for the faces above"
    assert sound(registry) == []
    annul(registry, done)
    assert seen(registry, code) is None and sound(registry) == []
    assert values(seen(registry, code, "officer1")) == before


def test_nothing_else_of_the_site_appears_in_face_0(registry):
    site, code, claims = confirmed(registry, given.name("Old court"), given.place(36.1, 33.1), FARM)
    protection.record_measure(registry, site, "guard", reason="tonight", agent_kind="residents_or_committee")
    protection.inspect(registry, site, visited_on=DAY, team="a team", findings="bones at the wall")
    decisions.decide(registry, site, "protection", "partially_protected", reason="one side", observed_on=DAY)
    disclose(registry, site, claims["kind"])
    given.say(registry, site, given.name("Said later"))
    protection.record_measure(registry, site, "perimeter_fence", reason="agreed")
    protection.inspect(registry, site, visited_on=DAY, team="another team")
    page = seen(registry, code)
    assert page["facts"] == [] and page["measures"] == page["visits"] == page["disturbances"] == []
    assert (page["protection"], page["next_review"], page["place"]["shape"]) == ("unassessed", None, None)
    with registry.as_("viewer"):
        assert decisions.history(registry, site) == [] and decisions.waiting(registry) == []
        assert [row["what"] for row in sites.history(registry, code) if row["what"] != "claims"] == []
        assert [row["claims"] for row in sites.history(registry, code)] == [1]
        assert [row["field"] for row in sites.why(registry, code, "kind")] == ["kind:court"]
        assert sites.why(registry, code, "name") == []
    assert seen(registry, code, "officer1")["protection"] == "partially_protected" and sound(registry) == []


def test_a_releaser_approves_and_never_the_proposer(registry):
    site, _, claims = confirmed(registry)
    with registry.as_("officer"), pytest.raises(errors.Denied), registry.savepoint():
        disclosing.disclose(registry, site, claims.values(), ANSWERS, reason="x")
    done = disclosing.disclose(registry, site, claims.values(), ANSWERS, reason="families asked")
    assert (done.state, done.approvals_needed) == ("proposed", 1)
    with registry.as_("verifier"):
        assert not decisions.waiting(registry, site)[0]["may_approve"]
        assert refusal(registry, lambda: decisions.approve(registry, done.proposal)).guard == "approver"
    with registry.as_("releaser"):
        told = decisions.waiting(registry, site)[0]
        assert told["may_approve"] and told["basis"] == [claims["kind"]] and told["value"]["risk"] == ANSWERS.risk
        assert decisions.approve(registry, done.proposal).state == "decided"


def test_whoever_proposed_it_does_not_approve_it_as_a_releaser(registry):
    site, _, claims = confirmed(registry)
    done = disclosing.disclose(registry, site, claims.values(), ANSWERS, reason="families asked")
    cleared(registry, "worker", roles=[*given.WORKING, "releaser"])
    assert refusal(registry, lambda: decisions.approve(registry, done.proposal)).guard == "four_eyes"


def test_a_releaser_who_does_not_see_a_claim_sees_no_proposal_to_publish_it(registry):
    site, _, claims = confirmed(registry, {**FARM, "tier": 2})
    done = disclosing.disclose(registry, site, claims.values(), ANSWERS, reason="families asked")
    cleared(registry, "releaser", tier=1)
    with registry.as_("releaser"):
        assert decisions.waiting(registry, site) == []
        with pytest.raises(errors.NotFound), registry.savepoint():
            decisions.approve(registry, done.proposal)


def cleared(registry, name, **change):
    with registry.dba() as raw:
        for column, value in change.items():
            raw.execute(f"update reg.clearance set {column} = %s where account = (select id from reg.account where name = %s)", [value, name])


def test_a_releaser_does_not_approve_what_a_verifier_must(registry):
    site = given.site(registry, given.kind("mass_grave"), given.place(36.5, 33.5))[0]
    claims = protection.inspect(registry, site, visited_on=DAY, covered="the plot", negative=True)["claims"]
    done = decisions.decide(registry, site, "verification", "refuted", aspect="mass_grave", reason="nothing was found", basis=claims)
    with registry.as_("releaser"):
        assert not decisions.waiting(registry, site)[0]["may_approve"]
        assert refusal(registry, lambda: decisions.approve(registry, done.proposal)).guard == "approver"


@pytest.mark.parametrize(("change", "guard"), [
    ({"publish": False}, "publish_answered"), ({"recipient": "everyone"}, "publish_answered"),
    *(({"risk": {**ANSWERS.risk, who: " "}}, "publish_answered") for who in disclosing.RISKS)])
def test_each_question_is_answered_first(registry, change, guard):
    site, _, claims = confirmed(registry)
    refused = refusal(registry, lambda: disclosing.disclose(registry, site, claims.values(), replace(ANSWERS, **change), reason="x"))
    assert refused.guard == guard and refused.needs


def test_only_confirmed_kinds_and_only_the_sites_own_open_live_claims(registry):
    site, _, claims = confirmed(registry, given.name("A"))
    grave = given.say(registry, site, given.kind("mass_grave"))[0]
    kept = given.say(registry, site, given.name("B", compartments=["names"]))[0]
    ended = given.say(registry, site, given.name("C"))[0]
    registry.call("end_claim", claim=ended, why="withdrawn")
    foreign = confirmed(registry)[2]["kind"]

    def asked(*named):
        return refusal(registry, lambda: disclosing.disclose(registry, site, named, ANSWERS, reason="families asked"))

    assert asked(claims["kind"], grave).guard == "kinds_confirmed"
    assert asked().guard == asked(claims["name"]).guard == asked(claims["kind"], kept).guard == "own_claims"
    for wrong in (ended, foreign):
        with pytest.raises(errors.BadInput), registry.savepoint():
            disclosing.disclose(registry, site, [claims["kind"], wrong], ANSWERS, reason="x")
    assert asked(claims["kind"], claims["name"]) is None


def test_a_site_of_a_compartment_is_not_disclosed(registry):
    site, _, claims = confirmed(registry, compartments=["names"])
    assert refusal(registry, lambda: disclosing.disclose(registry, site, claims.values(), ANSWERS, reason="x")).guard == "own_claims"


def test_a_claim_that_the_releaser_does_not_see_or_that_ended_meanwhile_is_not_approved(registry):
    site, _, claims = confirmed(registry, given.name("A"))
    done = disclosing.disclose(registry, site, claims.values(), ANSWERS, reason="families asked")
    registry.call("end_claim", claim=claims["name"], why="withdrawn")
    with registry.as_("releaser"):
        assert refusal(registry, lambda: decisions.approve(registry, done.proposal)).guard == "own_claims"


def test_it_is_confirmed_still_when_it_is_approved(registry):
    site, _, claims = confirmed(registry)
    done = disclosing.disclose(registry, site, claims.values(), ANSWERS, reason="families asked")
    put(registry, site, "verification", "probable", aspect="court")
    with registry.as_("releaser"):
        assert refusal(registry, lambda: decisions.approve(registry, done.proposal)).guard == "kinds_confirmed"


def test_a_later_disclosure_names_all_anew_and_its_annulment_restores_the_first(registry):
    site, code, claims = published(registry)
    name = given.say(registry, site, given.name("Old court"))[0]
    second = disclose(registry, site, claims["kind"], name)
    assert values(seen(registry, code)) == {"name:en": "Old court"}
    undone = annul(registry, second)
    assert values(seen(registry, code)) == {}
    annul(registry, undone.decision)
    assert values(seen(registry, code)) == {"name:en": "Old court"} and sound(registry) == []


def test_a_correction_of_a_named_claim_is_not_published_by_itself(registry):
    site, code, claims = published(registry, given.name("Old court"))
    registry.call("correct_claim", claim=claims["name"], change=given.Json({"value": {"text": "A person's house", "lang": "en"}}), why="x")
    assert values(seen(registry, code)) == {}
    assert [task["machine"] for task in tasks(registry, site, "review_status")] == ["disclosure"]


def test_a_published_kind_that_is_confirmed_no_more_is_a_task_for_releasers(registry):
    site, _, _ = published(registry)
    done = decisions.decide(registry, site, "verification", "refuted", aspect="court", reason="an expert looked", basis=given.say(
        registry, site, given.kind("court"), source=source(registry, "A", "medical_forensic_record", connection="expert")))
    agreed(registry, done, "verifier")
    agreed(registry, done, "verifier2")
    assert tasks(registry, site, "review_disclosure") == [{"aspect": "court"}]


def test_nothing_is_recorded_below_tier_1(registry):
    for fault in ({"tier": 0}, {"tier": -1}):
        with pytest.raises(errors.BadInput) as refused, registry.savepoint():
            given.site(registry, given.kind("court"), **fault)
        assert "below tier 1" in str(refused.value)
    site, code, _ = published(registry)
    with pytest.raises(errors.BadInput) as refused, registry.savepoint():
        given.say(registry, site, given.name("A", tier=0))
    assert "from 1 up" in str(refused.value)
    given.say(registry, site, given.name("B"))
    assert values(seen(registry, code)) == {}


# The exact place

def test_an_exact_place_goes_down_to_the_sites_own_tier_and_back(registry):
    site, code, claims = confirmed(registry, given.place(36.1, 33.1, verbatim="behind her house", quote="I saw it", locator="p. 3"), kind="mass_grave")
    assert tiers(registry, site) == (1, 2) and seen(registry, code, "officer1")["place"]["shown_as"] == "cell_1km"
    for tier in (0, 2):
        refused = refusal(registry, lambda to=tier: disclosing.disclose_place(registry, site, to, ANSWERS, reason="x"))
        assert refused.guard == "place_lowered"
    done = agreed(registry, disclosing.disclose_place(registry, site, 1, ANSWERS, reason="it is a memorial"))
    assert tiers(registry, site) == (1, 1) and seen(registry, code, "officer1")["place"]["shown_as"] == "exact"
    given.say(registry, site, given.kind("mass_grave"))
    assert tiers(registry, site) == (1, 1), "what was disclosed is not hidden again by the same kind"
    annul(registry, done.decision)
    assert tiers(registry, site) == (1, 2) and sound(registry) == []
    disclose(registry, site, *claims.values())
    assert tiers(registry, site) == (0, 2) and seen(registry, code)["place"]["shown_as"] == "cell_10km"
    agreed(registry, disclosing.disclose_place(registry, site, 0, ANSWERS, reason="it is a memorial"))
    assert seen(registry, code)["place"]["shown_as"] == "exact" and sound(registry) == []
    told = {}
    for who in ("viewer", "officer1"):
        with registry.as_(who):
            told[who] = sites.why(registry, code, "place")[0]
    assert told["officer1"]["verbatim"] == "behind her house" and told["viewer"]["shape"] == told["officer1"]["shape"]
    assert [told["viewer"][name] for name in ("verbatim", "quote", "locator", "document", "source_label")] == [None] * 5, "the value, not its words"


def test_a_private_house_is_not_published_finer_than_the_sub_district_without_its_owner(registry):
    site, code, claims = confirmed(registry, given.place(36.1, 33.1), HOUSE)
    disclose(registry, site, claims["kind"], claims["place"])
    assert seen(registry, code)["place"]["shown_as"] == "admin_unit", "though the house itself is not told of in face 0"
    refused = refusal(registry, lambda: disclosing.disclose_place(registry, site, 0, ANSWERS, reason="x"))
    assert refused.guard == "owner_consents"
    agreed(registry, disclosing.disclose_place(registry, site, 1, ANSWERS, reason="x"))
    assert seen(registry, code)["place"]["shown_as"] == "admin_unit" and seen(registry, code, "officer1")["exact"]
    willing = replace(ANSWERS, owner_consent="The owner agreed in writing in May")
    agreed(registry, disclosing.disclose_place(registry, site, 0, willing, reason="x"))
    assert seen(registry, code)["place"]["shown_as"] == "exact" and sound(registry) == []
    given.say(registry, site, HOUSE)
    assert tiers(registry, site) == (0, 2) and seen(registry, code)["place"]["shown_as"] == "admin_unit"


def test_verify_names_a_subject_whose_tier_was_changed_without_a_decision(registry):
    site, _, _ = published(registry)
    other, bare = confirmed(registry)[0], given.site(registry, given.name("bare"))[0]
    assert sound(registry) == []
    for tier, which in ((1, site), (0, other), (2, other), (0, bare), (2, bare)):
        with registry.dba() as raw:
            raw.execute("savepoint changed")
            raw.execute("update reg.subject set tier = %s, exact_tier = 2 where id = %s", [tier, which])
            told = raw.execute("select * from api._tier_faults()").fetchall()
            raw.execute("rollback to changed")
        assert [row[:3] for row in told] == [("tier changed without a decision", "subject", str(which))], (tier, which)


def test_records_of_every_face_stand(registry):
    site, _, _ = published(registry, given.name("A"))
    with registry.dba() as raw:
        assert sorted(site_faces(raw, site)) == [0, 1, 2]
