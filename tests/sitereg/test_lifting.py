"""Two releasers of tier 2 lift a freeze; whom it reaches, and who holds the compartment of what is frozen."""
import pytest
from shapely import box

from sitereg import errors, reports, sharing, sites, sources
from tests import given
from tests.sitereg.test_freezing import SOON, a_court, frozen, made_releaser

pytestmark = pytest.mark.db


@pytest.fixture
def court(registry):
    return a_court(registry)


@pytest.fixture
def both(registry):
    made_releaser(registry)


def lift(registry, made, first="releaser", second="releaser2"):
    with registry.as_(first):
        sharing.ask_unfreeze(registry, made, why="it was nothing")
    with registry.as_(second):
        return sharing.settle_unfreeze(registry, made, agrees=True, why="looked at")


def open_freezes(registry):
    with registry.as_("releaser"):
        return [one["id"] for one in sharing.freezes(registry)]


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
            with pytest.raises(errors.NotFound):
                sites.show(registry, court["code"])
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
    source = sources.new(registry, "ngo_report", {"en": "of a compartment"}, reliability="B", reason="x", compartments=["names"], terms=given.TERMS)
    sharing.freeze(registry, "source", reason="x", review_on=SOON, source=source)
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


def test_not_even_a_releaser_writes_into_the_compartment(registry, court, both):
    with pytest.raises(errors.BadInput):
        given.site(registry, given.kind("court"), compartments=["frozen"])


def test_an_uncertain_place_lies_in_an_area_that_it_may_meet_and_a_unit_by_half_its_ground(registry):
    near = given.site(registry, given.kind("court"), given.place(36.61, 33.5, 2000))
    far = given.site(registry, given.kind("court"), given.place(36.75, 33.5, 20_000))  # says little of any area
    unit = given.site(registry, given.kind("court"), {"predicate": "place", "pcode": "SY01", "edition": "test", "place_kind": "admin_unit"})
    small = frozen(registry, {}, "area")
    seen = {one["code"] for one in sites.find(registry)}
    assert near[1] not in seen and {far[1], unit[1]} <= seen
    sharing.freeze(registry, "area", reason="x", review_on=SOON, area=box(35.9, 32.9, 37.1, 33.6))
    assert unit[1] not in {one["code"] for one in sites.find(registry)}
    lift(registry, small)


def test_who_is_no_releaser_is_told_so_before_anything_else(registry):
    for act in (lambda: sharing.ask_unfreeze(registry, court_id(), why="x"), lambda: sharing.settle_unfreeze(registry, court_id(), agrees=True, why="x")):
        with pytest.raises(errors.Denied):
            act()


def court_id():
    return "00000000-0000-7000-8000-000000000000"


def test_the_source_of_a_claim_is_frozen_from_the_claim(registry, court):
    made = sharing.freeze(registry, "source", reason="x", review_on=SOON, claim=court["claims"][0])
    with pytest.raises(errors.NotFound):
        sites.show(registry, court["code"])
    with registry.as_("releaser"):
        assert sharing.freezes(registry)[0]["source"] == court["source"] and lift(registry, made) == "taken"
