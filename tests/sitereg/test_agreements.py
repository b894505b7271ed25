"""An agreement is kept by the database: what it does not cover is refused, what it ends is gone at once, and everything behind it is listed."""
from datetime import date, timedelta

import pytest

from sitereg import agreements, consent, errors, keeper, reports, sharing, sites, sources
from sitereg.actors import Actor
from sitereg.store import people, verification
from sitereg.store import session as store
from tests import given
from tests.sitereg.cases import named

pytestmark = pytest.mark.db
PARTNER = {"en": "An association of families"}
USES = ["search_for_missing", "sharing_with_partners"]


def terms(**other):
    """The terms of an agreement that covers sites and their places, to be passed on at 1 km."""
    today = other.pop("today", date.today())
    return {"classes": ["organisation", "passed_on"], "purposes": USES, "audiences": ["partners"], "kinds": ["sites", "places"], "precision": "one_km",
            "onward": "permitted", "retention_months": 12, "signed_on": str(today - timedelta(10)), "signed_by_them": "Their chair",
            "signed_by_us": "Our head", "review_on": str(today + timedelta(100)), "expires_on": str(today + timedelta(200)), **other}


def agree(registry, agreement=None, **other):
    """The id of an agreement with PARTNER, approved by two others than its writer."""
    made = agreements.add(registry, terms(**other), why="the test", agreement=agreement, partner=None if agreement else PARTNER, title="MoU")
    for who in ("verifier", "releaser"):
        with registry.as_(who):
            said = agreements.approve(registry, made["version"])
    assert said["stands"]
    return made["agreement"]


def theirs(registry, kind="ngo_report", **other):
    return sources.new(registry, kind, {"en": "Their list"}, reliability="B", reason="test",
                       terms={**given.TERMS, "partner": PARTNER, "permitted_uses": USES, **other})


def told(registry, source):
    """The code and id of a site that only that source tells of."""
    site, code, _ = given.site(registry, given.kind("mass_grave"), given.place(36.4, 33.4), source=source)
    return code, site


def turn(registry, days):
    """The registry's day is so many days from now."""
    with registry.dba() as raw:
        raw.execute("insert into reg.setting(name, value) values ('today', to_jsonb(%s::text)) on conflict (name) do update set value = excluded.value",
                    [str(date.today() + timedelta(days))])
    registry.become(registry.actor.account)


def keepers(raw):
    """The keeper may work."""
    people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")


def sound(registry):
    with registry.dba() as raw:
        return verification.faults_in(raw) == [] and raw.execute("select * from api._resolved_differences()").fetchall() == []


def tasks(registry, what):
    with registry.dba() as raw:
        return [row[0] for row in raw.execute("select data from reg.task where what = %s and done_at is null", [what]).fetchall()]


def refusal(work, *args, **more):
    with pytest.raises(errors.Refused) as refused:
        work(*args, **more)
    return refused.value.guard


def test_two_others_than_the_writer_approve_it_and_until_then_it_binds_nobody(registry):
    made = agreements.add(registry, terms(kinds=["sites"]), why="the test", partner=PARTNER, title="MoU")
    assert refusal(agreements.approve, registry, made["version"]) == "four_eyes"
    with registry.as_("verifier"):
        assert agreements.approve(registry, made["version"]) == {"approvals": 1, "stands": False}
        assert refusal(agreements.approve, registry, made["version"]) == "four_eyes"
    told(registry, theirs(registry))  # a place is taken in: nothing stands yet
    with registry.as_("releaser"):
        assert agreements.approve(registry, made["version"]) == {"approvals": 2, "stands": True}
    assert refusal(told, registry, theirs(registry)) == "agreement"
    with registry.as_("officer"), pytest.raises(errors.Denied):
        agreements.approve(registry, made["version"])


def test_what_it_covers_is_taken_in_under_it_and_what_it_does_not_is_refused(registry):
    agreement = agree(registry)
    source = theirs(registry)
    code, _ = told(registry, source)
    assert [one["code"] for one in agreements.downstream(registry, agreement)["records"]] == [code]
    assert refusal(theirs, registry, permitted_uses=["publication"]) == "agreement"
    assert refusal(theirs, registry, legal_class="passed_on", consent="not_applicable") == "legal_class"
    person = [{"credibility": "2", "source": str(source), "subject_key": "p", **named("Samer Halabi")}]
    assert refusal(registry.rows, "record_claims", claims=given.Json(person), subjects=given.Json([{"key": "p", "kind": "person", "tier": 1}])) == "agreement"
    file = {"sha256": "a" * 64, "size": 3, "media_type": "text/plain", "original_name": "a.txt"}
    told_terms = given.Json({**given.TERMS, "partner": PARTNER, "permitted_uses": USES})
    assert refusal(registry.call, "keep_document", file=given.Json(file), terms=told_terms) == "agreement"
    report = reports.record(registry, "They saw it", terms={**given.TERMS, "partner": PARTNER, "permitted_uses": USES})
    assert report and agreements.downstream(registry, agreement)["reports"] == 1
    assert [one["since"] for one in agreements.without(registry) if one["partner"] == PARTNER] == []


def test_individuals_speak_for_themselves_and_organisations_for_what_was_given_to_them(registry):
    agreement = agree(registry, classes=["organisation"])
    assert refusal(theirs, registry, "testimony_survivor") == "agreement"  # passed on by them: not covered
    own = theirs(registry, "testimony_survivor", legal_class="individual", permitted_uses=["publication"])
    code, _ = told(registry, own)
    assert agreements.downstream(registry, agreement)["claims"] == 0
    assert refusal(theirs, registry, "testimony_survivor", legal_class="individual", agreement=str(agreement)) == "legal_class"
    assert refusal(theirs, registry, "testimony_survivor", legal_class="individual", consent="not_applicable") == "legal_class"
    agreements.withdraw(registry, agreement, by="by_us", why="the test")
    assert sites.show(registry, code)["code"] == code and sound(registry)
    with registry.as_("handler"):
        consent.change(registry, own, consent="withdrawn", why="they asked")
    with pytest.raises(errors.NotFound):
        sites.show(registry, code)


@pytest.mark.parametrize("how", ["by_them", "by_us"])
def test_withdrawn_it_is_gone_in_the_next_transaction_for_everybody_and_another_version_gives_it_back(registry, how):
    agreement = agree(registry)
    source = theirs(registry)
    code, site = told(registry, source)
    shared, other, _ = given.site(registry, given.kind("court"), given.place(36.5, 33.5))
    given.say(registry, shared, given.name("As they call it"), source=source)
    sharing.disclose(registry, recipient="A commission", purpose="the search", format="csv", precision="1 km", face=1, rows=1, sha256=b"x" * 32, subjects=[site])
    with registry.as_("handler"):
        agreements.withdraw(registry, agreement, by=how, why="they asked")
    for who in ("worker", "verifier", "handler", "investigator1"):
        with registry.as_(who):
            with pytest.raises(errors.NotFound):
                sites.show(registry, code)
            assert sites.show(registry, other)["names"] == {} and sites.find(registry, q="as they call it") == []
    assert sound(registry)
    assert refusal(theirs, registry) == "agreement" and refusal(given.say, registry, shared, given.kind("court"), source=source) == "consent"
    below = agreements.downstream(registry, agreement)
    assert {one["code"]: one["alone"] for one in below["records"]} == {code: True, other: False}
    assert [one["recipient"] for one in below["left"]] == ["A commission"]
    assert {one["what"] for one in below["tasks"]} == {"tell_recipient", "review_status", "agreement_over"}
    agree(registry, agreement)
    assert sites.show(registry, code)["code"] == code and sites.show(registry, other)["names"] and sound(registry)
    assert tasks(registry, "agreement_over") == []


def test_past_its_last_day_nobody_is_answered_before_it_is_carried_out(registry):
    agreement = agree(registry, expires_on=str(date.today() + timedelta(3)))
    code, _ = told(registry, theirs(registry))
    turn(registry, 3)
    assert sites.show(registry, code)["code"] == code
    with registry.dba() as raw:
        keepers(raw)
        raw.execute("update reg.setting set value = to_jsonb(%s::text) where name = 'today'", [str(date.today() + timedelta(4))])
    assert registry.value("level") is None and sites.find(registry) == []
    registry.become("worker")  # as the next transaction begins
    with pytest.raises(errors.NotFound):
        sites.show(registry, code)
    assert [(one["state"], one["ended_on"] is None) for one in agreements.find(registry)] == [("over", False)]
    assert tasks(registry, "agreement_over") == [{"agreement": str(agreement)}] and sound(registry)


def test_the_door_and_the_keeper_carry_it_out(committed):
    with store.acting(committed, Actor("worker", "local")) as session:
        made = agreements.add(session, terms(), why="the test", partner=PARTNER, title="MoU")
    for who in ("verifier", "releaser"):
        with store.acting(committed, Actor(who, "local")) as session:
            agreements.approve(session, made["version"])
    with store.acting(committed, Actor("worker", "local")) as session:
        code = session.rows("record_claims", claims=given.Json([{"credibility": "2", "source": str(theirs(session)), "subject_key": "s", **given.kind("court")}]),
                            subjects=given.Json([{"key": "s", "kind": "site", "tier": 1}]))[0]["code"]
    with store.psycopg.connect(store.cluster.dsn(committed, committed.superuser)) as raw:
        raw.execute("insert into reg.setting(name, value) values ('today', to_jsonb(%s::text))", [str(date.today() + timedelta(201))])
    with pytest.raises(errors.Unavailable, match="keeper"), store.reading(committed, Actor("worker", "local")):
        pass
    with store.psycopg.connect(store.cluster.dsn(committed, committed.superuser)) as raw:
        keepers(raw)
    with store.reading(committed, Actor("worker", "local")) as session:
        assert [one["state"] for one in agreements.find(session)] == ["over"]
    with pytest.raises(errors.NotFound), store.reading(committed, Actor("worker", "local")) as session:
        sites.show(session, code)
    assert keeper.lapse_agreements(committed) == 0


def test_a_version_that_covers_less_ends_what_it_does_not_cover(registry):
    agreement = agree(registry)
    code, site = told(registry, theirs(registry))
    sharing.disclose(registry, recipient="A commission", purpose="the search", format="csv", precision="1 km", face=1, rows=1, sha256=b"x" * 32, subjects=[site])
    agree(registry, agreement, kinds=["sites"])
    shown = sites.show(registry, code)
    assert shown["place"]["shape"] is None and [one["kind"] for one in shown["kinds"]] == ["mass_grave"]
    assert [one["recipient"] for one in tasks(registry, "tell_recipient")] == ["A commission"] and sound(registry)


@pytest.mark.parametrize(("change", "leaves"), [
    ({}, True), ({"onward": "never"}, False), ({"audiences": ["institution"]}, False), ({"precision": "ten_km"}, False), ({"precision": "exact"}, True)])
def test_what_leaves_is_what_the_agreement_lets_leave(registry, change, leaves):
    agree(registry, **change)
    code, _ = told(registry, theirs(registry))
    rows = registry.rows("leaving_sites", face=1)
    assert [one["code"] for one in rows] == ([code] if leaves else [])
    risk = dict.fromkeys(sharing.RISKS, "none")
    if leaves:
        assert sharing.print_page(registry, code, recipient="x", purpose="x", risk=risk)["code"] == code
    else:
        assert refusal(sharing.print_page, registry, code, recipient="x", purpose="x", risk=risk) == "terms"


def test_the_stricter_of_agreement_and_consent_holds(registry):
    agree(registry, purposes=["search_for_missing", "sharing_with_partners"])
    source = theirs(registry)
    told(registry, source)
    with registry.as_("handler"):
        consent.change(registry, source, consent="given_limited", why="less", permitted_uses=["search_for_missing"])
    assert registry.rows("leaving_sites", face=1) == []
    with registry.as_("handler"):
        consent.change(registry, source, consent="given", why="more", permitted_uses=["sharing_with_partners"])
    assert len(registry.rows("leaving_sites", face=1)) == 1


def test_files_that_came_under_it_go_with_it(registry):
    agreement = agree(registry, kinds=["documents"])
    kept = registry.call("keep_document", file=given.Json({"sha256": "a" * 64, "size": 3, "media_type": "text/plain", "original_name": "a.txt"}),
                         terms=given.Json({**given.TERMS, "partner": PARTNER, "permitted_uses": USES}))
    assert agreements.downstream(registry, agreement)["documents"] == 1
    assert registry.value("document_view", document=kept)
    agreements.withdraw(registry, agreement, by="by_them", why="the test")
    with pytest.raises(errors.NotFound):
        registry.value("document_view", document=kept)


def test_of_two_who_told_of_one_record_the_stricter_holds_and_it_is_said(registry):
    site, code, _ = given.site(registry, given.kind("court"), given.place(36.5, 33.5))
    assert not consent.holds(registry, code)["stricter"] and consent.holds(registry, code)["leaves"]
    own = sources.new(registry, "testimony_survivor", {"en": "A survivor"}, reliability="B", reason="test",
                      terms={**given.TERMS, "permitted_uses": ["search_for_missing"], "consent": "given_limited"})
    given.say(registry, site, given.name("As they call it"), source=own)
    found = consent.holds(registry, code)
    assert found["stricter"] and not found["leaves"] and found["uses"] == ["search_for_missing"]
    assert {(one["consent"], one["class"]) for one in found["told"]} == {("given", "individual"), ("given_limited", "individual")}
    assert registry.rows("leaving_sites", face=1) == []
    with registry.as_("handler"):
        consent.change(registry, own, consent="withdrawn", why="they asked")
    assert not consent.holds(registry, code)["stricter"] and consent.holds(registry, code)["leaves"]
    with registry.as_("verifier"), pytest.raises(errors.Denied):
        consent.holds(registry, code)
    with pytest.raises(errors.NotFound):
        consent.holds(registry, "SYS-222222-2")


def test_an_agreement_of_a_compartment_is_absent_for_those_outside_it(registry):
    made = agreements.add(registry, terms(), why="the test", partner=PARTNER, title="MoU", compartments=["names"])
    with registry.as_("steward1"):
        assert agreements.find(registry) == []
        with pytest.raises(errors.NotFound):
            agreements.show(registry, made["agreement"])
        with pytest.raises(errors.NotFound):
            agreements.withdraw(registry, made["agreement"], by="by_us", why="x")
    with registry.as_("investigator1"), pytest.raises(errors.Denied):
        agreements.find(registry)


def test_terms_that_cannot_be_are_told_by_their_field(registry):
    for field, value in (("kinds", []), ("audiences", ["everybody"]), ("precision", "fine"), ("retention_months", "x"), ("signed_on", str(date.today() + timedelta(2))),
                         ("expires_on", str(date.today() - timedelta(2))), ("review_on", "soon"), ("signed_by_them", " "), ("classes", ["individual"]), ("other", 1)):
        with pytest.raises(errors.BadInput) as bad:
            agreements.add(registry, terms(**{field: value}), why="x", partner=PARTNER, title="MoU")
        assert bad.value.problems[0]["field"] == field
    agree(registry)
    assert refusal(agreements.add, registry, terms(), why="x", partner=PARTNER, title="Another") == "agreement"


def test_what_falls_due_is_in_the_order_of_its_days(registry):
    agree(registry)
    assert [what for _, what, _ in agreements.calendar(agreements.find(registry))] == ["review", "expiry"]
    agreements.withdraw(registry, agreements.find(registry)[0]["agreement"], by="by_us", why="x")
    (day, what, _), = agreements.calendar(agreements.find(registry))
    assert what == "retention" and day > date.today() + timedelta(300)


def test_what_stood_before_is_said_to_be_from_before(registry):
    with registry.dba() as raw:
        raw.execute("insert into reg.before_agreements(tbl, \"row\") select 'source', s.id from reg.source s where s.label->>'en' = 'source A'")
    row, = [one for one in agreements.without(registry) if one["partner"] == given.TERMS["partner"]]
    assert (row["before"], row["since"], row["individuals"]) == (1, 0, 5)
