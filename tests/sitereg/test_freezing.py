"""One act freezes at once, another person lifts it; terms and consent hold back what may not be shared; retractions name recipients."""
from datetime import date, timedelta

import pytest
from shapely import box

from sitereg import claims, consent, errors, protection, reports, sharing, sites
from tests import given

pytestmark = pytest.mark.db
SOON = date.today() + timedelta(days=30)


def leaving(registry, face=1):
    return {one["code"] for one in registry.rows("leaving_sites", face=face)}


@pytest.fixture
def court(registry):
    """A visible site with a place: id, code, claims, source."""
    source = given.source_of(registry, "C")
    site, code, said = given.site(registry, given.kind("court"), given.name("Court"), given.place(36.5, 33.5), source=source)
    return {"id": site, "code": code, "claims": said, "source": source}


def frozen(registry, court, way):
    what = {"site": {"code": court.get("code")}, "source": {"source": court.get("source")}, "area": {"area": box(36.4, 33.4, 36.6, 33.6)}}[way]
    return sharing.freeze(registry, way, reason="somebody was followed", review_on=SOON, **what)


def lift(registry, made, first="releaser", second="releaser2"):
    with registry.as_(first):
        sharing.ask_unfreeze(registry, made, why="it was nothing")
    with registry.as_(second):
        return sharing.settle_unfreeze(registry, made, agrees=True, why="looked at")


def open_freezes(registry):
    with registry.as_("releaser"):
        return [one["id"] for one in sharing.freezes(registry)]


@pytest.mark.parametrize("way", ["site", "source", "area"])
def test_what_is_frozen_does_not_leave_and_no_count_tells_of_it(registry, court, way):
    assert court["code"] in leaving(registry)
    frozen(registry, court, way)
    for face in (0, 1):
        assert leaving(registry, face) == set() and registry.value("leaving_withheld", face=face) == 0
    with registry.as_("releaser"):
        assert leaving(registry) == set() and registry.value("leaving_withheld", face=1) == 0


@pytest.fixture
def both(registry):
    """The worker is a releaser too, who sees what is frozen and could edit it."""
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = roles || '{releaser}' where account = (select id from reg.account where name = 'worker')")


@pytest.mark.parametrize("way", ["site", "source", "area"])
def test_those_who_still_see_it_edit_nothing_of_it(registry, court, both, way):
    beside = given.site(registry, given.kind("court"), given.name("Beside"), source=given.source_of(registry, "A"))
    frozen(registry, court, way)
    for edit in (lambda: given.say(registry, court["id"], given.name("Another"), source=given.source_of(registry, "B")),
                 lambda: given.say(registry, beside[0], given.name("By it"), source=court["source"]) if way == "source" else edits_nothing(),
                 lambda: protection.decide(registry, court["id"], "unprotected", reason="x", observed_on=date(2026, 1, 1)),
                 lambda: protection.record_measure(registry, court["id"], "guard", reason="x"),
                 lambda: registry.call("merge", survivor=court["id"], other=beside[0], reason="x")):
        with pytest.raises(errors.Refused) as refused, registry.savepoint():
            edit()
        assert refused.value.guard == "frozen"


def edits_nothing():
    raise errors.Refused("nothing to try", guard="frozen", needs="")


def test_a_retraction_and_a_restriction_are_held_up_by_no_freeze(registry, court, both):
    from sitereg import disclosing

    disclosed(registry, court)
    frozen(registry, court, "site")
    claims.end(registry, court["claims"][1], why="mistaken")
    with registry.as_("releaser"):
        assert [one["what"] for one in reports.tasks(registry) if one["what"] == "tell_recipient"] == ["tell_recipient"]
    with registry.as_("investigator1"):
        assert "tell_recipient" not in [one["what"] for one in reports.tasks(registry)]
    disclosing.restrict(registry, court["id"], reason="danger")


def test_a_restriction_made_while_it_is_frozen_holds_when_it_is_lifted(registry, court, both):
    from sitereg import disclosing

    made = frozen(registry, court, "site")
    disclosing.restrict(registry, court["id"], reason="danger")
    assert lift(registry, made) == "taken" and sites.show(registry, court["code"])["tier"] == 2
    with registry.as_("investigator1"), pytest.raises(errors.NotFound):
        sites.show(registry, court["code"])


def test_two_releasers_of_tier_2_lift_it_and_nobody_else(registry, court):
    made = frozen(registry, court, "site")
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = '{releaser}' where account in (select id from reg.account where name in ('viewer', 'officer1'))")
    for name in ("worker", "officer", "officer1", "viewer"):  # the freezer; no releaser; releasers below tier 2
        with registry.as_(name):
            for act in (lambda: sharing.ask_unfreeze(registry, made, why="x"), lambda: sharing.settle_unfreeze(registry, made, agrees=True, why="x")):
                with pytest.raises((errors.NotFound, errors.Denied)):
                    act()
    with registry.as_("releaser"):
        with pytest.raises(errors.Refused) as early:
            sharing.settle_unfreeze(registry, made, agrees=True, why="x")
        sharing.ask_unfreeze(registry, made, why="it was nothing")
        with pytest.raises(errors.Conflict):
            sharing.ask_unfreeze(registry, made, why="again")
        with pytest.raises(errors.Refused) as alone:
            sharing.settle_unfreeze(registry, made, agrees=True, why="it was nothing")
    assert (early.value.guard, alone.value.guard) == ("asked", "four_eyes")
    with pytest.raises(errors.NotFound):
        sites.show(registry, court["code"])
    with registry.as_("releaser2"):
        assert [one["asked_by"] for one in sharing.freezes(registry)] == ["Releaser"]
        assert sharing.settle_unfreeze(registry, made, agrees=True, why="looked at") == "taken"
        with pytest.raises(errors.Conflict):
            sharing.ask_unfreeze(registry, made, why="again")
        assert not [one for one in reports.tasks(registry) if one["data"].get("freezing") == str(made)]
    assert sites.show(registry, court["code"])


def test_a_freezer_who_is_a_releaser_is_one_of_the_two_at_most(registry, court):
    with registry.as_("releaser"):
        made = frozen(registry, court, "site")
        sharing.ask_unfreeze(registry, made, why="it was nothing")
        with pytest.raises(errors.Refused):
            sharing.settle_unfreeze(registry, made, agrees=True, why="x")
    with registry.dba() as raw:  # two accounts of one person are one
        raw.execute("update reg.account set os_user = 'os_releaser' where name = 'releaser2'")
    with registry.as_("releaser2"), pytest.raises(errors.Refused):
        sharing.settle_unfreeze(registry, made, agrees=True, why="x")


def test_an_asker_who_is_no_releaser_any_more_does_not_count(registry, court):
    made = frozen(registry, court, "site")
    with registry.as_("releaser"):
        sharing.ask_unfreeze(registry, made, why="it was nothing")
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = '{viewer}' where account = (select id from reg.account where name = 'releaser')")
    with registry.as_("releaser2"):
        with pytest.raises(errors.Refused):
            sharing.settle_unfreeze(registry, made, agrees=True, why="x")
        assert sharing.settle_unfreeze(registry, made, agrees=False, why="no releaser any more") == "refused"
        assert sharing.freezes(registry)[0]["asked_by"] is None


def test_refused_or_withdrawn_it_stays_frozen_and_is_asked_anew(registry, court):
    made = frozen(registry, court, "site")
    with registry.as_("releaser"):
        sharing.ask_unfreeze(registry, made, why="it was nothing")
        for why in ("", None):
            with pytest.raises(errors.BadInput):
                sharing.settle_unfreeze(registry, made, agrees=False, why=why)
        assert sharing.settle_unfreeze(registry, made, agrees=False, why="too early") == "withdrawn"
        with pytest.raises(errors.BadInput):
            sharing.ask_unfreeze(registry, made, why=" ")
    assert open_freezes(registry) == [made] and lift(registry, made) == "taken" and open_freezes(registry) == []


def test_an_area_reaches_what_the_freezer_may_not_see_and_tells_him_nothing(registry, court):
    hidden = given.site(registry, given.kind("court"), given.place(36.5, 33.5), tier=2)
    with registry.as_("investigator1"):
        made = frozen(registry, court, "area")
        assert isinstance(made, type(court["id"])) and sharing.freezes(registry) == []
    for code in (hidden[1], court["code"]):
        with pytest.raises(errors.NotFound):
            sites.show(registry, code)
    assert lift(registry, made) == "taken" and sites.show(registry, hidden[1])


def test_a_freeze_of_a_compartment_is_for_releasers_who_hold_it(registry):
    named = given.site(registry, given.kind("court"), compartments=["names"])
    made = sharing.freeze(registry, "site", reason="x", review_on=SOON, code=named[1])
    assert open_freezes(registry) == []
    with registry.as_("releaser"), pytest.raises(errors.NotFound):
        sharing.ask_unfreeze(registry, made, why="x")


def test_no_clearance_gives_the_compartment_and_nobody_writes_into_it(registry, court):
    with registry.as_("admin"), pytest.raises(errors.BadInput):
        registry.call("clearance_ask", account="viewer", tier=1, compartments=["frozen"], roles=["viewer"], reason="x", expires="2099-01-01")
    with registry.dba() as raw:
        raw.execute("update reg.clearance set compartments = '{frozen}' where account = (select id from reg.account where name = 'investigator1')")
    frozen(registry, court, "site")
    with registry.as_("investigator1"):
        with pytest.raises(errors.NotFound):
            sites.show(registry, court["code"])
        with pytest.raises(errors.BadInput):
            given.site(registry, given.kind("court"), compartments=["frozen"])


def test_a_uncertain_place_lies_in_an_area_that_it_may_meet_and_a_unit_by_half_its_ground(registry):
    near = given.site(registry, given.kind("court"), given.place(36.61, 33.5, 2000))
    far = given.site(registry, given.kind("court"), given.place(36.9, 33.5, 30_000))  # says little of any area
    unit = given.site(registry, given.kind("court"), {"predicate": "place", "pcode": "SY01", "edition": "test", "place_kind": "admin_unit"})
    small = frozen(registry, {}, "area")
    seen = {one["code"] for one in sites.find(registry)}
    assert near[1] not in seen and {far[1], unit[1]} <= seen
    sharing.freeze(registry, "area", reason="x", review_on=SOON, area=box(35.9, 32.9, 37.1, 33.6))
    assert unit[1] not in {one["code"] for one in sites.find(registry)}
    lift(registry, small)


@pytest.mark.parametrize(("what", "field"), [({"reason": " "}, "reason"), ({"review_on": None}, "review_on"), ({"review_on": date(2020, 1, 1)}, "review_on"),
                                             ({"review_on": date.today() + timedelta(days=400)}, "review_on")])
def test_a_freeze_has_a_reason_and_a_day(registry, court, what, field):
    with pytest.raises(errors.BadInput) as refused:
        sharing.freeze(registry, "site", **{"reason": "x", "review_on": SOON, "code": court["code"], **what})
    assert refused.value.problems[0]["field"] == field


def test_an_area_is_drawn(registry):
    with pytest.raises(errors.BadInput) as refused:
        sharing.freeze(registry, "area", reason="x", review_on=SOON)
    assert refused.value.problems[0]["field"] == "area"


def test_partners_are_shown_nothing_that_is_frozen(registry, court):
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = '{partner}' where account = (select id from reg.account where name = 'investigator1')")
    with registry.as_("investigator1"):
        assert sites.count(registry) == 1
    frozen(registry, court, "site")
    with registry.as_("investigator1"):
        assert sites.count(registry) == 0 and sites.find(registry) == []


def test_consent_withdrawn_and_uses_that_do_not_permit_it_hold_back_what_rests_on_them(registry, court):
    consent.change(registry, court["source"], consent="withdrawn", why="the witness asked")
    assert leaving(registry) == set() and registry.value("leaving_withheld", face=1) == 0
    consent.change(registry, court["source"], consent="given", why="asked again", permitted_uses=["analysis"])
    assert leaving(registry) == set() and registry.value("leaving_withheld", face=1) == 1
    consent.change(registry, court["source"], consent="given", why="and permitted", permitted_uses=["sharing_with_partners"])
    assert leaving(registry) == {court["code"]}


def test_nothing_without_terms_leaves(registry, court):
    with registry.dba() as raw:
        raw.execute("alter table reg.source disable trigger b_frozen")
        raw.execute("update reg.source set terms = null where id = %s", [court["source"]])
        raw.execute("alter table reg.source enable trigger b_frozen")
    assert leaving(registry) == set()


def disclosed(registry, court, recipient="A commission", face=1):
    return sharing.disclose(registry, recipient=recipient, purpose="the search", format="csv", precision="1 km", face=face, rows=1, sha256=b"x" * 32,
                            subjects=[court["id"]])


def test_a_frozen_site_is_not_disclosed_by_another_road(registry, court):
    frozen(registry, court, "site")
    for name in ("worker", "releaser"):
        with registry.as_(name), pytest.raises(errors.NotFound):
            disclosed(registry, court)


def test_a_retraction_names_everyone_who_received_what_is_retracted_and_opens_a_task_for_each(registry, court):
    disclosed(registry, court)
    disclosed(registry, court, "A commission")
    disclosed(registry, court, "A laboratory")
    later = given.say(registry, court["id"], given.name("Later name", "fr"), source=given.source_of(registry, "B"))[0]
    assert {one["recipient"] for one in sharing.recipients(registry, claim=court["claims"][0])} == {"A commission", "A laboratory"}
    assert len(sharing.recipients(registry, source=court["source"])) == 3 and sharing.recipients(registry, claim=later) == []
    claims.end(registry, court["claims"][1], why="the witness was mistaken")
    with registry.as_("releaser"):
        told = [one["data"]["recipient"] for one in reports.tasks(registry) if one["what"] == "tell_recipient"]
    assert sorted(told) == ["A commission", "A laboratory"]
    assert {one["recipient"] for one in sharing.recipients(registry, claim=court["claims"][1])} == {"A commission", "A laboratory"}
    disclosed(registry, court, "A late one")
    assert "A late one" not in {one["recipient"] for one in sharing.recipients(registry, claim=court["claims"][1])}


def test_a_source_is_retracted_with_all_that_it_said(registry, court):
    disclosed(registry, court)
    assert sharing.retract(registry, court["source"], why="it was invented") == 3
    assert sites.show(registry, court["code"])["names"] == {}
    with registry.as_("releaser"):
        assert [one["data"]["recipient"] for one in reports.tasks(registry) if one["what"] == "tell_recipient"] == ["A commission"]


def test_what_one_may_not_see_was_received_by_nobody(registry, court):
    hidden = given.say(registry, court["id"], given.name("Hidden", "tr", tier=2))[0]
    with registry.as_("investigator1"):
        for one in (hidden, "00000000-0000-7000-8000-000000000000"):
            with pytest.raises(errors.NotFound):
                sharing.recipients(registry, claim=one)
