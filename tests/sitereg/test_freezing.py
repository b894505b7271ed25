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


def a_court(registry):
    """A visible site with a place: id, code, claims, source."""
    source = given.source_of(registry, "C")
    site, code, said = given.site(registry, given.kind("court"), given.name("Court"), given.place(36.5, 33.5), source=source)
    return {"id": site, "code": code, "claims": said, "source": source}


@pytest.fixture
def court(registry):
    return a_court(registry)


def frozen(registry, court, way):
    what = {"site": {"code": court.get("code")}, "source": {"source": court.get("source")}, "area": {"area": box(36.4, 33.4, 36.6, 33.6)}}[way]
    return sharing.freeze(registry, way, reason="somebody was followed", review_on=SOON, **what)


@pytest.mark.parametrize("way", ["site", "source", "area"])
def test_what_is_frozen_does_not_leave_and_no_count_tells_of_it(registry, court, way):
    assert court["code"] in leaving(registry)
    frozen(registry, court, way)
    for face in (0, 1):
        assert leaving(registry, face) == set() and registry.value("leaving_withheld", face=face) == 0
    with registry.as_("releaser"):
        assert leaving(registry) == set() and registry.value("leaving_withheld", face=1) == 0


def made_releaser(registry):
    """The worker is a releaser too, who sees what is frozen and could edit it."""
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = roles || '{releaser}' where account = (select id from reg.account where name = 'worker')")


@pytest.fixture
def both(registry):
    made_releaser(registry)


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


def test_what_may_not_be_seen_is_not_frozen(registry, court):
    hidden = given.site(registry, given.kind("court"), tier=2)
    claim = given.say(registry, court["id"], given.name("Hidden", "tr", tier=2))[0]
    with registry.dba() as raw:
        source = given.source(raw, "secret", "B", tier=2)
    with registry.as_("investigator1"):
        for kind, what in (("site", {"code": hidden[1]}), ("source", {"source": source}), ("source", {"claim": claim})):
            with pytest.raises(errors.NotFound), registry.savepoint():
                sharing.freeze(registry, kind, reason="x", review_on=SOON, **what)
    with registry.as_("verifier"), pytest.raises(errors.Denied):
        frozen(registry, court, "site")


def test_a_row_that_is_written_once_changes_its_scope_alone(registry, court):
    with registry.dba() as raw:
        for change in ("tier = 2", "scope = -1, tier = 2", "scope = 7"):
            with pytest.raises(errors.Denied), registry.savepoint():
                raw.execute(f"update reg.claim set {change} where id = %s", [court["claims"][0]])


def test_a_row_in_the_compartment_that_no_freeze_holds_is_noticed(registry, court):
    with registry.dba() as raw:
        assert raw.execute("select * from api._freeze_faults()").fetchall() == []
        for table in ("claim", "subject", "source"):
            one = {"claim": court["claims"][0], "subject": court["id"], "source": court["source"]}[table]
            raw.execute(f"update reg.{table} set scope = -1 where id = %s", [one])
            assert (table, str(one)) in raw.execute("select tbl, id from api._freeze_faults()").fetchall()
            raw.execute(f"update reg.{table} set scope = 0 where id = %s", [one])


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


def test_a_source_is_retracted_by_those_who_may_and_see_it(registry, court):
    with registry.dba() as raw:
        secret = given.source(raw, "secret", "B", tier=2)
    with pytest.raises(errors.BadInput):
        sharing.retract(registry, court["source"], why=" ")
    with registry.as_("investigator1"), pytest.raises(errors.NotFound):
        sharing.retract(registry, secret, why="x")
    with registry.as_("verifier"):
        for act in (lambda: sharing.retract(registry, court["source"], why="x"), lambda: sharing.recipients(registry, source=court["source"])):
            with pytest.raises(errors.Denied):
                act()
    assert sharing.retract(registry, claim=court["claims"][0], why="invented") == 3


def test_a_batch_is_revoked_by_stewards_alone(registry):
    with registry.as_("investigator1"), pytest.raises(errors.Denied):
        registry.call("revoke_batch", batch="00000000-0000-7000-8000-000000000000", reason="x")


def test_what_one_may_not_see_was_received_by_nobody(registry, court):
    hidden = given.say(registry, court["id"], given.name("Hidden", "tr", tier=2))[0]
    with registry.as_("investigator1"):
        for one in (hidden, "00000000-0000-7000-8000-000000000000"):
            with pytest.raises(errors.NotFound):
                sharing.recipients(registry, claim=one)
