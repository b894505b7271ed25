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
    what = {"site": {"code": court["code"]}, "source": {"source": court["source"]}, "area": {"area": box(36.4, 33.4, 36.6, 33.6)}}[way]
    return sharing.freeze(registry, way, reason="somebody was followed", review_on=SOON, **what)


@pytest.mark.parametrize("way", ["site", "source", "area"])
def test_what_is_frozen_does_not_leave_is_not_edited_and_another_person_lifts_it(registry, court, way):
    assert court["code"] in leaving(registry)
    made = frozen(registry, court, way)
    assert court["code"] not in leaving(registry) and registry.value("leaving_withheld", face=1) == 1
    assert sharing.frozen(registry, court["code"]) and [one["id"] for one in sharing.freezes(registry, code=court["code"])] == [made]
    for edit in (lambda: given.say(registry, court["id"], given.name("Another"), source=given.source_of(registry, "B")),
                 lambda: protection.decide(registry, court["id"], "unprotected", reason="x", observed_on=date(2026, 1, 1)),
                 lambda: protection.record_measure(registry, court["id"], "guard", reason="x")):
        with pytest.raises(errors.Refused) as refused, registry.savepoint():
            edit()
        assert refused.value.guard == "frozen"
    with pytest.raises(errors.Refused) as refused:
        sharing.unfreeze(registry, made, why="it was nothing")
    assert refused.value.guard == "four_eyes"
    with registry.as_("releaser"):
        sharing.unfreeze(registry, made, why="looked at together")
    assert court["code"] in leaving(registry) and not sharing.frozen(registry, court["code"])
    given.say(registry, court["id"], given.name("Another"))


def test_a_retraction_and_a_restriction_are_held_up_by_no_freeze(registry, court):
    frozen(registry, court, "site")
    claims.end(registry, court["claims"][1], why="mistaken")
    from sitereg import disclosing

    disclosing.restrict(registry, court["id"], reason="danger")


def test_an_area_reaches_sites_that_its_readers_may_not_see_and_tells_them_nothing(registry, court):
    hidden = given.site(registry, given.kind("court"), given.place(36.5, 33.5), tier=2)
    with registry.as_("investigator1"):
        made = frozen(registry, court, "area")
        assert "code" in sharing.freezes(registry)[0] and sharing.freezes(registry)[0]["code"] is None
        with pytest.raises(errors.NotFound):
            sharing.frozen(registry, hidden[1])
    assert sharing.frozen(registry, hidden[1])
    with registry.as_("worker"):
        secret = frozen(registry, court, "area")
    with registry.as_("investigator1"):
        assert [one["id"] for one in sharing.freezes(registry)] == [made]
        for one in (secret, "00000000-0000-7000-8000-000000000000"):
            with pytest.raises(errors.NotFound):
                sharing.unfreeze(registry, one, why="x")


@pytest.mark.parametrize(("what", "field"), [({"reason": " "}, "reason"), ({"review_on": None}, "review_on"), ({"review_on": date(2020, 1, 1)}, "review_on")])
def test_a_freeze_has_a_reason_and_a_day(registry, court, what, field):
    with pytest.raises(errors.BadInput) as refused:
        sharing.freeze(registry, "site", **{"reason": "x", "review_on": SOON, "code": court["code"], **what})
    assert refused.value.problems[0]["field"] == field


def test_partners_are_shown_nothing_that_is_frozen(registry, court):
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = '{partner}' where account = (select id from reg.account where name = 'investigator1')")
    with registry.as_("investigator1"):
        assert sites.count(registry) == 1
    frozen(registry, court, "site")
    with registry.as_("investigator1"):
        assert sites.count(registry) == 0 and sites.find(registry) == []
    assert sites.count(registry) == 1


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
    with pytest.raises(errors.Refused):
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
