"""What the registry settles from claims by itself, what becomes a task instead, and a batch taken over at
another body's level."""
import pytest

from sitereg import decisions, errors
from sitereg import protection as guarding
from tests import given
from tests.sitereg import deciding, steps
from tests.sitereg.deciding import GRAVE, PRISON, event, put, state, tasks

pytestmark = pytest.mark.db


def levels(registry, site):
    return {(h["aspect"], h["from_state"], h["to_state"], h["how"]) for h in decisions.history(registry,
                                                                                               site,
                                                                                               machine="verification")}


def test_the_first_claim_of_a_kind_makes_it_reported_and_a_graded_one_with_a_place_suspected(registry):
    site = given.site(registry, given.kind(GRAVE), given.kind(PRISON, credibility="6"))[0]
    assert levels(registry, site) == {(GRAVE, "", "reported", "rule"), (PRISON, "", "reported", "rule")}
    given.say(registry, site, given.place(36.5, 33.5))
    assert levels(registry, site) == {(GRAVE, "", "reported", "rule"), (PRISON, "", "reported", "rule"),
                                      (GRAVE, "reported", "suspected", "rule")}
    under = decisions.history(registry, site, machine="verification", aspect=GRAVE)[0]["basis"]
    assert len(under) == 1


def test_two_kinds_on_one_site_have_two_levels(registry):
    site = given.site(registry, given.kind(GRAVE), given.kind(PRISON), given.place(36.5, 33.5))[0]
    put(registry, site, "verification", "confirmed", aspect=PRISON)
    assert (state(registry, site, "verification", GRAVE), state(registry, site, "verification",
                                                                PRISON)) == ("suspected", "confirmed")


def test_an_import_decides_the_first_two_levels_and_says_so(registry):
    made = deciding.batch(registry)
    claims = [{**given.kind(GRAVE), "credibility": "2", "source": str(given.source_of(registry, "C")),
               "subject_key": "s"},
              {**given.place(36.5, 33.5), "credibility": "2", "source": str(given.source_of(registry, "C")),
               "subject_key": "s"},
              {"predicate": "sex", "value": {"code": "male"}, "source": str(given.source_of(registry, "C")),
               "subject_key": "p"}]
    rows = registry.rows("record_claims", claims=given.Json(claims), batch=made, subjects=given.Json(
        [{"key": "s", "kind": "site"}, {"key": "p", "kind": "person"}]))
    assert levels(registry, rows[0]["subject"]) == {(GRAVE, "", "reported", "import"), (GRAVE, "reported",
                                                                                        "suspected",
                                                                                        "import")}
    assert state(registry, rows[2]["subject"], "case") == "listed"
    assert state(registry, deciding.person(registry), "case") == "draft"


def test_the_rule_counts_only_claims_no_more_restricted_than_the_site(registry):
    site = given.site(registry, given.name("bare"))[0]
    given.say(registry, site, given.kind(GRAVE, tier=2), given.place(36.5, 33.5))
    assert levels(registry, site) == set()
    assert tasks(registry, site, "restricted_kind") == [{"aspect": GRAVE}]
    with registry.dba() as raw:
        assert raw.execute("select tier from reg.task where subject = %s", [site]).fetchall() == [(2,)]
    given.say(registry, site, given.kind(GRAVE, credibility="6"))
    given.say(registry, site, given.kind(GRAVE, tier=2))
    assert levels(registry, site) == {(GRAVE, "", "reported", "rule")}


def test_a_rumour_raises_nothing(registry):
    with registry.dba() as raw:
        owner = raw.execute("select id from reg.account where name = 'worker'").fetchone()[0]
    site = given.site(registry, given.name("x"), given.kind(GRAVE, rumour_owner=str(owner),
                                                            rumour_until="2099-01-01"))[0]
    assert levels(registry, site) == set()


def test_the_rule_never_moves_a_level_that_people_settled(registry):
    site = given.site(registry, given.kind(GRAVE, credibility="6"))[0]
    put(registry, site, "verification", "refuted", aspect=GRAVE)
    given.say(registry, site, given.kind(GRAVE), given.place(36.5, 33.5))
    assert state(registry, site, "verification", GRAVE) == "refuted"


def test_a_retracted_or_regraded_claim_opens_a_task_for_each_status_that_rests_on_it(registry):
    who = deciding.source(registry, "C")
    site = given.site(registry, given.kind(GRAVE), given.place(36.5, 33.5))[0]
    claim = given.say(registry, site, given.kind(GRAVE), source=who)[0]
    put(registry, site, "verification", "probable", aspect=GRAVE, basis=[claim])
    put(registry, site, "protection", "unprotected", basis=[claim])
    put(registry, site, "verification", "confirmed", aspect=PRISON, basis=[claim])
    put(registry, site, "verification", "probable", aspect=PRISON)  # a later decision rests on nothing of it
    registry.call("grade_source", source=who, reliability="D", reason="told otherwise elsewhere")
    assert {(t["machine"], t["aspect"], t["state"]) for t in tasks(registry, site, "review_status")} == {
        ("verification", GRAVE, "probable"), ("protection", "", "unprotected")}
    assert state(registry, site, "verification", GRAVE) == "probable"  # a person's act decides


def test_becoming_protected_opens_the_question_of_the_exact_place(registry):
    site = given.site(registry, given.kind(GRAVE), given.place(36.5, 33.5), exact_tier=2)[0]
    case = steps.Case.__new__(steps.Case)
    case.registry, case.subject = registry, site
    steps.protectable(case)
    guarding.decide(registry, site, "protected", reason="guarded", observed_on=deciding.DAY, due=case.due)
    assert len(tasks(registry, site, "consider_exact_place")) == 1


def test_a_refutation_makes_the_fence_a_task(registry):
    site = given.site(registry, given.kind(GRAVE), given.place(36.5, 33.5))[0]
    guarding.record_measure(registry, site, "perimeter_fence", reason="built")
    claims = guarding.inspect(registry, site, visited_on=deciding.DAY, covered="all", negative=True)["claims"]
    done = decisions.decide(registry, site, "verification", "refuted", aspect=GRAVE, reason="nothing there",
                            basis=claims)
    with registry.as_("verifier"):
        decisions.approve(registry, done.proposal)
    assert tasks(registry, site, "review_protection") == [{"aspect": GRAVE}]


def test_a_sign_of_life_of_somebody_settled_as_dead_is_a_task_and_changes_nothing(registry):
    person = deciding.person(registry)
    death = given.say(registry, person, event("died_witnessed", "2014-05-01"))
    put(registry, person, "fate", "dead", basis=death)
    given.say(registry, person, event("seen_alive_after", "2013-01-01"), event("appeared_in_record",
                                                                               "2018-01-01"))
    assert tasks(registry, person, "alive_conflict") == []
    life = given.say(registry, person, event("seen_alive_after", "2016-01-01"))
    assert tasks(registry, person, "alive_conflict") == [{"claim": str(life[0])}]
    assert state(registry, person, "fate") == "dead"
    deciding.put(registry, person, "case", "fate_indicated")
    found = given.say(registry, person, event("remains_identified", "2015-01-01"),
                      source=deciding.source(registry, "A"))
    assert deciding.refusal(registry, lambda: decisions.decide(
        registry, person, "case", "resolved_deceased_identified", reason="x",
        basis=found)).guard == "alive_conflict"


def test_a_sign_of_life_after_a_notice_of_death_is_a_task_while_nothing_is_settled(registry):
    person = deciding.person(registry)
    notice = given.say(registry, person, event("death_notice_issued", "2014-05-01"))
    given.say(registry, person, event("seen_by_exdetainee", "2013-01-01"), event("appeared_in_record", "2018-01-01"))
    assert tasks(registry, person, "life_conflict") == []
    life = given.say(registry, person, event("seen_by_exdetainee", "2016-01-01"))
    told = [{"alive": str(life[0]), "death": str(notice[0])}]
    assert tasks(registry, person, "life_conflict") == told and state(registry, person, "fate") == "unknown"
    given.say(registry, person, event("contact_received", "2015-01-01"))
    assert tasks(registry, person, "life_conflict") == told  # one task a person, not one a pair
    with registry.dba() as raw:
        raw.execute("update reg.task set done_at = now(), done_by = opened_by where subject = %s", [person])
    given.say(registry, person, event("appeared_in_record", "2019-01-01"))
    assert tasks(registry, person, "life_conflict") == []  # what a person settled is not asked anew


@pytest.fixture
def taken(registry):
    """A batch of four sites: confirmed, refuted and unmapped by that body; the fourth is T2."""
    made = deciding.batch(registry)
    source = str(deciding.source(registry, "B", "dataset"))
    claims, subjects = [], []
    for key, code, tier in (("a", "known", 1), ("b", "false", 1), ("c", "odd", 1), ("d", "known", 2)):
        subjects.append({"key": key, "kind": "site", "tier": tier})
        claims += [{**one, "credibility": "2", "source": source, "subject_key": key} for one in (
            given.kind(GRAVE), given.place(36.5, 33.5), {"predicate": "official_status",
                                                         "value": {"scheme": "x", "code": code}})]
    rows = registry.rows("record_claims", claims=given.Json(claims), subjects=given.Json(subjects),
                         batch=made)
    return made, {row["subject_key"]: row["subject"] for row in rows}


MAPPING = {"known": "confirmed", "false": "refuted"}


def test_a_batch_is_taken_over_by_one_decision_of_two_people(registry, taken):
    made, sites = taken
    done = decisions.take_over(registry, made, MAPPING, reason="accepted at that body's level")
    assert done.state == "proposed" and done.approvals_needed == 1
    assert {state(registry, s, "verification", GRAVE) for s in sites.values()} == {"suspected"}
    assert len(decisions.waiting(registry)) == 1
    with registry.as_("verifier"):
        approved = decisions.approve(registry, done.proposal)
    assert approved.decisions == 3
    assert {k: state(registry, s, "verification", GRAVE) for k, s in sites.items()} == {
        "a": "confirmed", "b": "refuted", "c": "suspected", "d": "confirmed"}
    last = decisions.history(registry, sites["a"], machine="verification")[0]
    assert last["approved_by"] == ["Verifier"] and len(last["basis"]) == 1 and last["value"]["code"] == "known"
    with registry.dba() as raw:
        events = raw.execute("select count(distinct event) from reg.decision where proposal = %s",
                             [done.proposal]).fetchone()[0]
        shown = raw.execute("select verification from reg.site_kind where site = %s and face = 1",
                            [sites["a"]]).fetchone()[0]
    assert (events, shown) == (1, "confirmed")


def test_what_either_of_the_two_cannot_see_is_not_taken_over(registry, taken):
    made, sites = taken
    done = decisions.take_over(registry, made, MAPPING, reason="accepted")
    with registry.as_("verifier1"):
        assert decisions.approve(registry, done.proposal).decisions == 2
    assert state(registry, sites["d"], "verification", GRAVE) == "suspected"


def test_a_batch_is_taken_over_only_with_status_claims_and_known_levels(registry, taken):
    made, _ = taken
    for mapping in ({}, {"known": "certain"}, {"known": "reported"}):
        with pytest.raises(errors.BadInput), registry.savepoint():
            decisions.take_over(registry, made, mapping, reason="x")
    assert deciding.refusal(registry, lambda: decisions.take_over(
        registry, made, {"another": "confirmed"}, reason="x")).guard == "batch_official_status"
    assert deciding.refusal(registry, lambda: decisions.take_over(
        registry, deciding.batch(registry), MAPPING, reason="x")).guard == "batch_official_status"
    with registry.as_("investigator1"), pytest.raises(errors.NotFound):
        decisions.take_over(registry, deciding.batch(registry, tier=2), MAPPING, reason="x")


def test_reported_to_probable_is_no_single_persons_act(registry, taken):
    _, sites = taken
    put(registry, sites["a"], "verification", "reported", aspect=GRAVE)
    with registry.dba() as raw:
        claims = [row[0] for row in raw.execute("select id from reg.claim where subject = %s", [sites["a"]])]
    assert deciding.refusal(registry, lambda: decisions.decide(
        registry, sites["a"], "verification", "probable", aspect=GRAVE, reason="x",
        basis=claims)).guard == "batch_official_status"


def test_a_large_batch_is_levelled_in_one_sweep(registry):
    made = deciding.batch(registry)
    source = str(given.source_of(registry, "B"))
    claims = [{**one, "credibility": "2", "source": source, "subject_key": str(n)} for n in range(800)
              for one in (given.kind(GRAVE), given.kind(GRAVE), given.place(36.5, 33.5),
                          given.name(f"place {n}"))]
    rows = registry.rows("record_claims", claims=given.Json(claims), batch=made,
                         subjects=given.Json([{"key": str(n), "kind": "site"} for n in range(800)]))
    ids = list({row["subject"] for row in rows})
    with registry.dba() as raw:
        counted = raw.execute("select to_state, count(*) from reg.decision where subject = any (%s) group by 1 order by 1",
                              [ids]).fetchall()
        plan = raw.execute("explain (analyze, format json) select api._first_levels(%s, %s)", [ids,
                                                                                               made]).fetchone()[0]
    assert counted == [("reported", 800), ("suspected", 800)]
    assert plan[0]["Execution Time"] < 2000
