"""Coordination at the door: declared by a partner and taken over by a steward, asked of a place and answered by a coordinator; alike whatever is known."""
from datetime import date, timedelta

import pytest

from sitereg import agreements, coordination, errors, referrals
from tests import given
from tests.sitereg.test_agreements import PARTNER, agree, sound, terms, turn
from tests.sitereg.test_referrals import doors

pytestmark = pytest.mark.db
PERIOD = {"began": date.today(), "ended": date.today() + timedelta(30)}
SAID = {"unit": "SY01", "kind": "survey", "told": "named", "place": "by the old mill (invented)", **PERIOD}


@pytest.fixture(autouse=True)
def day(registry):
    """The day stands still: in Damascus it may be another one than here."""
    turn(registry, 0)


@pytest.fixture
def bound(registry):
    """The agreement of the partner to whom the account `door` belongs; `door2` belongs to nobody."""
    made = agree(registry)
    doors(registry, "door", "door2")
    with registry.as_("handler"):
        referrals.bind(registry, "door", made)
    return made


def declared(registry, who="door", **more):
    with registry.as_(who):
        before = {row["id"] for row in coordination.at_the_door(registry)}
        coordination.declare_at_the_door(registry, **{**SAID, **more})
        return next(row["id"] for row in coordination.at_the_door(registry) if row["id"] not in before)


def asked(registry, who="door", unit="SY01", place="by the mill"):
    """What the partner is told at once, and what stands then on its list but for the random ids."""
    with registry.as_(who):
        said = coordination.ask_place(registry, unit, place)
        return said, [{name: one for name, one in row.items() if name != "id"} for row in coordination.places(registry)]


def heard(registry, who="door"):
    with registry.as_(who):
        return [(row["answer"], row["names"]) for row in coordination.places(registry)]


def waiting(registry, who="steward1"):
    with registry.as_(who):
        return coordination.places_waiting(registry)


def test_a_steward_takes_over_what_a_partner_declared_under_its_agreement(registry, bound):
    code = given.site(registry, given.kind("court"), given.place(36.4, 33.4))[1]
    offer = declared(registry)
    with registry.as_("steward1"):
        row, = coordination.offers(registry)
        assert (row["partner"], row["place"], row["kind"], row["unit"]) == (PARTNER, SAID["place"], "survey", "SY01")
        with pytest.raises(errors.NotFound):
            coordination.settle(registry, offer, "taken", code="SYS-222222-2")
        coordination.settle(registry, offer, "taken", code=code)
        assert coordination.offers(registry) == []
    with registry.as_("investigator1"):
        assert coordination.at(registry, code) == {"somebody": True, "names": [PARTNER]}
    assert sound(registry)


def test_the_partner_reads_the_same_whatever_becomes_of_it(registry, bound):
    offers = [declared(registry), declared(registry), declared(registry)]
    with registry.as_("door"):
        before = coordination.at_the_door(registry)
    with registry.as_("steward1"):
        coordination.settle(registry, offers[0], "taken")
        coordination.settle(registry, offers[1], "refused")
    with registry.as_("door"):
        assert coordination.at_the_door(registry) == before
    with registry.as_("door2"):
        assert coordination.at_the_door(registry) == []
        with pytest.raises(errors.NotFound):
            coordination.over(registry, offers[0])


def test_what_a_partner_says_is_over_is_ended_by_a_steward(registry, bound):
    offer = declared(registry)
    with registry.as_("steward1"):
        work = coordination.settle(registry, offer, "taken")
        assert coordination.offers(registry) == []
    with registry.as_("door"):
        coordination.over(registry, offer)
        with pytest.raises(errors.NotFound):
            coordination.over(registry, offer)
    with registry.as_("steward1"):
        assert [row["work"] for row in coordination.offers(registry)] == [work]
        coordination.end(registry, work, why="they said so")
        assert coordination.offers(registry) == []
    late = declared(registry)
    with registry.as_("door"):
        coordination.over(registry, late)
    with registry.as_("steward1"), pytest.raises(errors.NotFound):
        coordination.settle(registry, late, "taken")


def test_nothing_is_taken_over_without_an_agreement_in_force(registry, bound):
    stranger, offer = declared(registry, "door2"), declared(registry)
    agreements.withdraw(registry, bound, by="by_them", why="they end it")
    for one in (stranger, offer):
        with registry.as_("steward1"), pytest.raises(errors.Refused) as refusal:
            coordination.settle(registry, one, "taken")
        assert refusal.value.guard == "agreement"
    with registry.as_("steward1"):
        coordination.settle(registry, stranger, "refused")


def test_known_secret_and_unknown_places_are_answered_alike(registry, bound):
    """One asks where work stands at a secret site and is named, one where nothing is: the same at once, and on the day."""
    told = asked(registry, "door2")
    secret = given.site(registry, given.kind("court"), given.place(36.4, 33.4), tier=2)[1]
    coordination.declare(registry, kind="survey", told="named", code=secret, **PERIOD)
    coordination.declare(registry, kind="survey", told="named", unit="SY01", agreement=bound, **PERIOD)
    assert told == asked(registry, "door")
    turn(registry, 3)
    assert heard(registry, "door") == heard(registry, "door2") == [("nothing_told", None)]
    with registry.dba() as raw:
        for name in ("ask_place", "door_declare_work"):
            source = raw.execute("select prosrc from pg_proc where proname = %s", [name]).fetchone()[0]
            assert "reg.work" not in source and "reg.site" not in source and "agreement" not in source, "nothing is looked up"
        assert raw.execute("select detail from reg.read_log where action = 'ask_place' limit 1").fetchone()[0] == {}
        assert raw.execute("select count(*) from reg.audit_event where action in ('ask_place', 'door_declare_work')").fetchone()[0] == 0


def test_a_name_is_told_only_where_it_was_agreed_and_while_it_is(registry, bound):
    named = coordination.declare(registry, kind="survey", told="named", unit="SY01", agreement=bound, **PERIOD)
    quiet = coordination.declare(registry, kind="survey", told="somebody", unit="SY01", agreement=bound, **PERIOD)
    asked(registry, "door"), asked(registry, "door2")
    rows = {row["asker"]: row for row in waiting(registry)}
    mine, other = rows["door (invented)"], rows["door2 (invented)"]
    assert {one["id"]: one["may"] for one in mine["works"]} == {str(named): True, str(quiet): False}
    assert not any(one["may"] for one in other["works"]), "who asks has no agreement in force"
    with registry.as_("steward1"):
        for which, said, work in ((mine, "speak_first", quiet), (mine, "nothing_told", named), (other, "speak_first", named)):
            with pytest.raises(errors.Refused) as refusal:
                coordination.answer_place(registry, which["id"], said, work=work)
            assert refusal.value.guard == "agreement"
        coordination.answer_place(registry, mine["id"], "speak_first", work=named)
        coordination.answer_place(registry, other["id"], "speak_first")
    assert heard(registry) == [(None, None)], "not before the day"
    turn(registry, 3)
    assert heard(registry) == [("speak_first", PARTNER)] and heard(registry, "door2") == [("speak_first", None)]
    coordination.end(registry, named, why="over")
    assert heard(registry) == [("speak_first", None)]
    assert sound(registry)


def test_an_agreement_that_ended_takes_the_name_back(registry, bound):
    named = coordination.declare(registry, kind="survey", told="named", unit="SY01", agreement=bound, **PERIOD)
    asked(registry)
    with registry.as_("steward1"):
        coordination.answer_place(registry, waiting(registry)[0]["id"], "speak_first", work=named)
    turn(registry, 3)
    assert heard(registry) == [("speak_first", PARTNER)]
    agreements.withdraw(registry, bound, by="by_them", why="they end it")
    assert heard(registry) == [("speak_first", None)]


@pytest.mark.parametrize("narrow", [{"audiences": ["institution"]}, {"onward": "never"}])
def test_no_name_goes_whose_agreement_lets_no_partner_be_told(registry, narrow):
    agreement = agree(registry, **narrow)
    doors(registry, "door")
    with registry.as_("handler"):
        referrals.bind(registry, "door", agreement)
    work = coordination.declare(registry, kind="survey", told="named", unit="SY01", agreement=agreement, **PERIOD)
    asked(registry)
    row, = waiting(registry)
    assert [one["may"] for one in row["works"]] == [False]
    with registry.as_("steward1"), pytest.raises(errors.Refused):
        coordination.answer_place(registry, row["id"], "speak_first", work=work)


def test_no_name_goes_to_one_whose_own_agreement_is_over(registry, bound):
    other = agreements.add(registry, terms(), why="the test", partner={"en": "Others (invented)"}, title="MoU")
    for who in ("verifier", "releaser"):
        with registry.as_(who):
            agreements.approve(registry, other["version"])
    work = coordination.declare(registry, kind="survey", told="named", unit="SY01", agreement=other["agreement"], **PERIOD)
    asked(registry)
    with registry.as_("steward1"):
        coordination.answer_place(registry, waiting(registry)[0]["id"], "speak_first", work=work)
    turn(registry, 3)
    assert heard(registry) == [("speak_first", {"en": "Others (invented)"})]
    agreements.withdraw(registry, bound, by="by_them", why="they end it")
    assert heard(registry) == [("speak_first", None)]


def test_a_coordinator_sees_declared_work_as_far_as_he_sees_the_site_and_undoes_no_warning(registry, bound):
    secret = given.site(registry, given.kind("court"), given.place(36.4, 33.4), tier=2)[1]
    coordination.declare(registry, kind="survey", told="somebody", code=secret, **PERIOD)
    asked(registry)
    assert waiting(registry, "steward1")[0]["works"] == []
    assert [one["code"] for one in waiting(registry, "handler")[0]["works"]] == [secret]
    which = waiting(registry)[0]["id"]
    with registry.as_("handler"):
        coordination.answer_place(registry, which, "speak_first")
    with registry.as_("steward1"), pytest.raises(errors.Refused) as refusal:
        coordination.answer_place(registry, which, "nothing_told")
    assert refusal.value.guard == "stricter"
    turn(registry, 3)
    assert waiting(registry) == []


def test_five_a_day_each_and_what_is_no_place(registry, bound):
    for _ in range(5):
        asked(registry)
        declared(registry)
    for act in (asked, declared):
        with pytest.raises(errors.Refused) as refusal:
            act(registry)
        assert refusal.value.guard == "throttle"
    for wrong in ({"unit": "SY0100"}, {"unit": ""}, {"place": "x" * 201}, {"place": "a\nb"}):
        with registry.as_("door2"):
            with pytest.raises(errors.BadInput):
                coordination.ask_place(registry, **{"unit": "SY01", "place": "x", **wrong})
            with pytest.raises(errors.BadInput):
                coordination.declare_at_the_door(registry, **{**SAID, **wrong})
    for wrong in ({"kind": "x"}, {"told": "x"}, {"ended": date.today() - timedelta(1)}, {"ended": date.today() + timedelta(800)}):
        with registry.as_("door2"), pytest.raises(errors.BadInput):
            coordination.declare_at_the_door(registry, **{**SAID, **wrong})


def test_who_may(registry, bound):
    offer = declared(registry)
    asked(registry)
    which = waiting(registry)[0]["id"]
    for who in ("worker", "steward1", "handler", "viewer", "auditor", "admin"):
        with registry.as_(who):
            for act in (lambda: coordination.ask_place(registry, "SY01"), lambda: coordination.places(registry), lambda: coordination.at_the_door(registry),
                        lambda: coordination.declare_at_the_door(registry, **SAID), lambda: coordination.over(registry, offer)):
                with pytest.raises(errors.Denied):
                    act()
    for who in ("door", "investigator1", "handler", "auditor", "verifier"):
        with registry.as_(who):
            for act in (lambda: coordination.offers(registry), lambda: coordination.settle(registry, offer, "taken")):
                with pytest.raises(errors.Denied):
                    act()
            if who != "handler":
                for act in (lambda: coordination.places_waiting(registry), lambda: coordination.answer_place(registry, which, "speak_first")):
                    with pytest.raises(errors.Denied):
                        act()
