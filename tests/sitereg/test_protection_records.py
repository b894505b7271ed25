"""Visits, measures and disturbances; what a strong disturbance does at once (I15), what time does, what the
lists say."""
from datetime import date, timedelta

import pytest
from shapely import Polygon

from sitereg import decisions, errors, sharing
from sitereg import protection as guarding
from sitereg.actors import Actor
from sitereg.store import session as store
from tests import given
from tests.sitereg import deciding
from tests.sitereg.deciding import DAY, GRAVE, put, state, tasks

pytestmark = pytest.mark.db
PLOT = Polygon([(36.5, 33.5), (36.501, 33.5), (36.501, 33.501), (36.5, 33.501)])
SOON = date.today() + timedelta(days=30)


@pytest.fixture
def site(registry):
    return given.site(registry, given.kind(GRAVE), given.place(36.5, 33.5), exact_tier=2)[0]


def protection(registry, site):
    return state(registry, site, "protection")


def as_keeper(registry, function):
    """The value of a function that only the keeper may call."""
    before = registry.actor
    with store.translated():
        registry.connection.execute("select set_config('sitereg.tok', '', true)")
        store.announce(registry.connection, registry.settings, Actor("worker", "system", "test"))
    found = registry.call(function)
    registry.become(before.account)
    return found


def freeze(registry, day):
    with registry.dba() as raw:
        raw.execute("insert into reg.setting(name, value) values ('today', to_jsonb(%s::text)) on conflict (name) do update set value = excluded.value",
                    [day.isoformat()])


def test_a_visit_makes_a_source_of_the_team_and_claims_that_can_be_cited(registry, site):
    made = guarding.inspect(registry, site, visited_on=DAY, team="two of us", covered="the eastern half",
                            covered_shape=PLOT,
                            not_searched="the cellar", findings="open pit", remains="in_place")
    with registry.dba() as raw:
        source = raw.execute("select type, tier from reg.source where id = %s", [made["source"]]).fetchone()
        claims = raw.execute("select predicate, value->>'code', at::text, first_hand from reg.claim where id = any (%s) order by 1",
                             [made["claims"]]).fetchall()
    assert source == ("site_visit_report", 1)
    assert claims == [("activity", "site_visit", "[2025-06-01,2025-06-02)", True), ("remains_state",
                                                                                    "in_place",
                                                                                    "[2025-06-01,2025-06-02)", True)]
    row = guarding.visits(registry, site)[0]
    assert (row["not_searched"], row["covered"], row["claim"]) == ("the cellar", "the eastern half",
                                                                   made["claims"][0])


def test_a_remote_review_has_its_own_mark_and_is_not_first_hand(registry, site):
    made = guarding.inspect(registry, site, visited_on=DAY, method="telephone")
    with registry.dba() as raw:
        assert raw.execute("select s.type, c.value->>'code', c.first_hand from reg.claim c join reg.source s on s.id = c.source where c.id = %s",
                           [made["claims"][0]]).fetchone() == ("derived_analysis", "desk_assessment", False)
    assert guarding.visits(registry, site)[0]["method"] == "telephone"


@pytest.mark.parametrize(("bad", "field"), [
    ({"visited_on": date.today() + timedelta(days=3)}, "visited_on"), ({"visited_on": DAY, "negative": True},
                                                                       "covered"),
    ({"visited_on": DAY, "method": "dream"}, "method"), ({"visited_on": DAY, "remains": "somewhere"},
                                                         "remains_state"),
    ({"visited_on": DAY, "documents": ["0190d7f0-0000-7000-8000-000000000000"]}, "documents")])
def test_a_visit_that_cannot_be_is_refused(registry, site, bad, field):
    with pytest.raises(errors.BadInput) as said:
        guarding.inspect(registry, site, **bad)
    assert said.value.problems[0]["field"] == field


def test_the_words_and_shapes_of_a_visit_are_shown_where_the_exact_place_is(registry, site):
    guarding.inspect(registry, site, visited_on=DAY, covered="behind the mill", covered_shape=PLOT,
                     findings="by the well", team="ours")
    guarding.record_measure(registry, site, "perimeter_fence", reason="x", area=PLOT, note="along the mill")
    harm = guarding.record_disturbance(registry, site, "looting", "minor", note="from the mill",
                                       source=deciding.source(registry))["disturbance"]
    guarding.end_disturbance(registry, harm, why="seen off at the mill", remedy="fence at the mill")
    with registry.as_("officer1"):
        told = str([guarding.visits(registry, site), guarding.measures(registry, site),
                    guarding.disturbances(registry, site)])
        assert "mill" not in told and "well" not in told and "01030000" not in told
        assert guarding.measures(registry, site)[0]["kind"] == "perimeter_fence"
    assert "mill" in str(guarding.visits(registry, site))


def test_a_decision_with_its_visit_is_one_transaction(registry, site):
    guarding.record_measure(registry, site, "watch_by_residents", reason="by night",
                            agent_kind="residents_or_committee")
    with registry.dba() as raw:
        seen = raw.execute("select version from reg.site where id = %s and face = 2", [site]).fetchone()[0]
    done = guarding.decide(registry, site, "protected", reason="watched day and night", due=SOON, seen=seen,
                           visit={"visited_on": DAY, "findings": "undisturbed"})
    last = decisions.history(registry, site, machine="protection")[0]
    assert last["id"] == done.decision and last["observed_on"] == DAY
    assert last["basis"] == [guarding.visits(registry, site)[0]["claim"]]
    with pytest.raises(errors.Conflict), registry.savepoint():
        guarding.decide(registry, site, "unprotected", reason="x", seen=seen, visit={"visited_on": DAY})
    assert len(guarding.visits(registry, site)) == 1


def test_a_measure_is_recorded_planned_or_active_and_has_a_history_of_its_own(registry, site):
    measure = guarding.record_measure(registry, site, "legal_order", reason="court order", state="planned",
                                      issuer="a court", legal_basis="order",
                                      began=(DAY, None), lapses_on=SOON)
    assert guarding.measures(registry, site)[0]["state"] == "planned" and protection(registry,
                                                                                     site) == "unassessed"
    guarding.set_measure(registry, measure, "active", reason="served")
    assert [h["to_state"] for h in decisions.history(registry, site, machine="measure",
                                                     aspect=str(measure))] == ["active", "planned"]
    with registry.dba() as raw:
        assert raw.execute("select count(*) from reg.audit_event where object = %s and action = 'record_measure'", [site]).fetchone()[0] == 1


@pytest.mark.parametrize("bad", [{"kind": "moat"}, {"state": "lapsed"}, {"agent_kind": "wizard"},
                                 {"lapses_on": DAY},
                                 {"agent": "0190d7f0-0000-7000-8000-000000000000"},
                                 {"source": "0190d7f0-0000-7000-8000-000000000000"},
                                 {"visit": "0190d7f0-0000-7000-8000-000000000000"}])
def test_a_measure_that_cannot_be_is_refused(registry, site, bad):
    with pytest.raises((errors.BadInput, errors.Refused)):
        guarding.record_measure(registry, site, **{"kind": "guard", "reason": "x", **bad})


def test_the_last_measure_removed_from_a_protected_place_is_a_task(registry, site):
    measure = guarding.record_measure(registry, site, "guard", reason="x", agent_kind="mukhtar")
    guarding.decide(registry, site, "protected", reason="guarded", observed_on=DAY, due=SOON)
    guarding.set_measure(registry, measure, "removed", reason="went home")
    assert protection(registry, site) == "protected" and tasks(registry, site,
                                                               "review_protection") == [{"rule": "I14"}]


def test_a_measure_lapses_by_the_keeper_and_the_status_stays_in_doubt(registry, site):
    guarding.record_measure(registry, site, "guard", reason="x", agent_kind="mukhtar", lapses_on=SOON)
    lasting = guarding.record_measure(registry, site, "signage", reason="x")
    guarding.decide(registry, site, "protected", reason="guarded", observed_on=DAY,
                    due=date.today() + timedelta(days=300))
    assert as_keeper(registry, "lapse_measures") == 0
    freeze(registry, SOON)
    assert as_keeper(registry, "lapse_measures") == 0
    freeze(registry, SOON + timedelta(days=1))
    assert as_keeper(registry, "lapse_measures") == 1
    assert {m["kind"]: m["state"] for m in guarding.measures(registry, site)} == {"guard": "lapsed",
                                                                                  "signage": "active"}
    with registry.dba() as raw:
        assert raw.execute("select protection, in_doubt_since from reg.site where id = %s and face = 2",
                           [site]).fetchone() == ("protected", SOON)
        assert raw.execute("select how from reg.decision where machine = 'measure' and to_state = 'lapsed'").fetchone()[0] == "rule"
    assert as_keeper(registry, "lapse_measures") == 0
    lapsed = next(m["id"] for m in guarding.measures(registry, site) if m["kind"] == "guard")
    guarding.set_measure(registry, lapsed, "active", reason="renewed", due=SOON + timedelta(days=60))
    assert as_keeper(registry, "lapse_measures") == 0 and lasting


def test_only_the_keeper_lapses_and_reviews(registry):
    for function in ("lapse_measures", "daily_review"):
        with pytest.raises(errors.Denied), registry.savepoint():
            registry.call(function)


def test_what_time_and_retractions_break_becomes_a_task_once(registry, site):
    put(registry, site, "protection", "protected", due=DAY)
    claims = [given.say(registry, site, given.kind(GRAVE, credibility=c),
                        source=deciding.source(registry))[0] for c in ("2", "1")]
    with registry.dba() as raw:
        first = [row[0] for row in raw.execute("select id from reg.claim where subject = %s and predicate = 'kind' and id <> %s",
                                               [site, claims[1]])]
    put(registry, site, "verification", "confirmed", aspect=GRAVE, basis=claims[:1])
    assert as_keeper(registry, "daily_review") == 2
    assert sorted(t.popitem()[0] for t in tasks(registry, site, "review_protection")) == ["due", "rule"]
    for claim in first:
        registry.call("end_claim", claim=claim, why="retracted")
    assert as_keeper(registry, "daily_review") == 2
    assert {"rule": "I13", "aspect": GRAVE} in tasks(registry, site, "review_status")
    assert tasks(registry, site, "credibility_alone") == [{"claim": str(claims[1])}]
    assert as_keeper(registry, "daily_review") == 0
    assert protection(registry, site) == "protected" and state(registry, site, "verification",
                                                               GRAVE) == "confirmed"


def harm(registry, site, severity="moderate", **more):
    return guarding.record_disturbance(registry, site, "opened_without_supervision", severity, by="families",
                                       observed=(DAY, DAY), **more)


def test_a_strong_disturbance_compromises_in_the_same_transaction(registry, site):
    visit = guarding.inspect(registry, site, visited_on=DAY)
    assert harm(registry, site, visit=visit["visit"])["answer"] == "compromised" and protection(registry,
                                                                                                site) == "compromised"
    last = decisions.history(registry, site, machine="protection")[0]
    assert (last["how"], last["observed_on"], last["basis"]) == ("rule", DAY, visit["claims"][:1])
    assert harm(registry, site, visit=visit["visit"])["answer"] == "already"
    assert tasks(registry, site, "check_disturbance") == []


@pytest.mark.parametrize(("severity", "grade", "credibility", "strong"), [
    ("moderate", "C", "3", True), ("total", "A", "1", True), ("minor", "A", "1", False), ("moderate", "D",
                                                                                          "3", False),
    ("severe", "C", "4", False), ("severe", "F", "2", False), ("severe", "A", "6", False), ("severe", "A",
                                                                                            None, False)])
def test_a_report_compromises_from_c3_on_and_else_opens_a_task(registry, site, severity, grade, credibility,
                                                               strong):
    made = harm(registry, site, severity, source=deciding.source(registry, grade), credibility=credibility)
    assert made["protection"] == protection(registry, site) == ("compromised" if strong else "unassessed")
    assert len(tasks(registry, site, "check_disturbance")) == (not strong)
    gap = next(g for g in guarding.gaps(registry) if g["id"] == site)
    assert bool(gap["reports"]) == (not strong)


@pytest.mark.parametrize("final", ["destroyed", "protection_ended", "not_applicable"])
def test_a_place_beyond_protection_is_not_compromised(registry, site, final):
    put(registry, site, "protection", final)
    visit = guarding.inspect(registry, site, visited_on=DAY)["visit"]
    assert harm(registry, site, "severe", visit=visit)["answer"] == "already" and protection(registry,
                                                                                             site) == final


def test_a_disturbance_ends_once_with_its_remedy_and_closes_its_task(registry, site):
    made = harm(registry, site, source=deciding.source(registry, "F"))["disturbance"]
    guarding.end_disturbance(registry, made, why="families agreed to wait", remedy="backfilled")
    assert tasks(registry, site, "check_disturbance") == []
    assert [(d["is_open"], d["remedy"]) for d in guarding.disturbances(registry, site)] == [(False,
                                                                                             "backfilled")]
    with pytest.raises(errors.Conflict):
        guarding.end_disturbance(registry, made, why="again")


def test_a_disturbance_has_somebody_who_says_so(registry, site):
    with pytest.raises(errors.BadInput):
        harm(registry, site)
    hidden = deciding.source(registry, tier=2)
    with registry.as_("officer1"), pytest.raises(errors.BadInput):
        harm(registry, site, source=hidden)


def test_hidden_places_measures_and_disturbances_are_not_there(registry):
    hidden = given.site(registry, given.kind(GRAVE), given.place(36.5, 33.5), tier=2)[0]
    measure = guarding.record_measure(registry, hidden, "guard", reason="x")
    made = harm(registry, hidden, source=deciding.source(registry, "F"))["disturbance"]
    with registry.as_("officer1"):
        for act in (lambda: guarding.set_measure(registry, measure, "removed", reason="x"),
                    lambda: guarding.measures(registry, hidden),
                    lambda: guarding.end_disturbance(registry, made, why="x"),
                    lambda: guarding.inspect(registry, hidden, visited_on=DAY),
                    lambda: guarding.visits(registry, hidden), lambda: guarding.disturbances(registry,
                                                                                             hidden)):
            with pytest.raises(errors.NotFound), registry.savepoint():
                act()
        assert guarding.gaps(registry) == []
    assert [g["id"] for g in guarding.gaps(registry)] == [hidden]


def test_a_holding_has_a_protection_of_its_own(registry):
    made = registry.rows("record_claims", subjects=given.Json([{"key": "h", "kind": "holding"}]),
                         claims=given.Json([
        {"predicate": "external_id", "value": {"scheme": "x", "value": "1"}, "subject_key": "h",
         "credibility": "2", "source": str(given.source_of(registry, "B"))}]))[0]["subject"]
    guarding.record_measure(registry, made, "records_secured_in_situ", reason="locked")
    done = guarding.decide(registry, made, "partially_protected", reason="half of the shelves",
                           observed_on=DAY)
    assert done.state == "decided" and protection(registry, made) == "partially_protected"


def test_what_is_frozen_neither_serves_nor_hinders_whoever_does_not_see_it(registry, site):
    made = guarding.inspect(registry, site, visited_on=DAY)
    guarding.record_disturbance(registry, site, "looting", "severe", observed=(DAY, DAY), visit=made["visit"])
    assert protection(registry, site) == "compromised"
    sharing.freeze(registry, "source", source=made["source"], reason="somebody was followed", review_on=SOON)
    with registry.as_("officer1"):
        assert guarding.disturbances(registry, site) == []
        with pytest.raises(errors.Refused, match="assessed the damage") as refused, registry.savepoint():
            guarding.decide(registry, site, "unprotected", reason="seen", observed_on=DAY)
        assert "disturbance first" not in str(refused.value), "nothing tells of a disturbance that he does not see"
        guarding.inspect(registry, site, visited_on=date.today(), damage_assessed=True)
        guarding.decide(registry, site, "unprotected", reason="nothing is broken", observed_on=date.today())
        with pytest.raises(errors.Refused, match="Record a disturbance"), registry.savepoint():
            guarding.decide(registry, site, "compromised", reason="as it was said", observed_on=date.today())
