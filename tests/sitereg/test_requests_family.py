"""A family's own page: its own words and what a person told it, the same whatever the registry holds; what it withdraws counts at once."""
import json
from datetime import timedelta
from uuid import uuid4

import pytest

from sitereg import errors, families, persons, requests
from sitereg.actors import Actor
from sitereg.store import people, verification
from sitereg.store import session as store
from tests import given
from tests.sitereg import cases
from tests.sitereg.test_requests import agree, asked, listed

pytestmark = pytest.mark.db


def handed(registry, **more):
    """(request, its row, the account of one of the family)."""
    made, one = asked(registry, **more)
    with registry.as_("handler"):
        access, code, _ = requests.hand_over(registry, made)
    with registry.dba() as raw:
        name = raw.execute("select a.name from reg.family_access f join reg.account a on a.id = f.account where f.id = %s", [access]).fetchone()[0]
        assert raw.execute('select email, account from signin."user" where account = %s', [name]).fetchall() == [(requests.code_of(code), name)]
    return made, one, name


def page(registry, name):
    with registry.as_(name):
        return requests.mine(registry)


def test_it_reads_what_it_told_and_nothing_finer(registry):
    _, one, name = handed(registry)
    mine = page(registry, name)
    assert mine == {"received": registry.value("today").isoformat(), "said": one["said"], "places": {"SY01": {"en": "Unit SY01", "ar": "وحدة SY01"}}, "work": "received", "reach": one["reach"], "uses": ["search_for_missing", "statistics"],
                    "version": requests.CONSENT, "told": [], "asked": []}
    for hidden in ("33.5", "الزعبي", "the shop", one["code"], "2013-03", "Mother"):
        assert hidden not in json.dumps(mine, ensure_ascii=False)


@pytest.mark.parametrize(("what", "shown"), [("died_witnessed", "other"), ("body_photographed", "other"), ("released", "other"), ("held_at", "held_at")])
def test_no_sign_of_death_stands_on_it_though_the_family_said_so_itself(registry, what, shown):
    _, _, name = handed(registry, what=what)
    assert [fact["kind"] for fact in page(registry, name)["said"]["facts"]] == [shown]


def test_twins_one_of_them_with_a_match_a_death_notice_a_link_and_a_grave_read_the_same(registry):
    given.site(registry, given.kind("mass_grave"), given.name("Hidden grave"), given.place(36.5, 33.5), tier=2)
    one, other = handed(registry), handed(registry, name="سعيد عمر الحلبي")
    subject, code = listed(registry, cases.event("death_notice_issued", "[2018-07-01,2018-08-01)"), cases.event("buried_at", "[2018-07-01,2018-08-01)", (36.5, 33.5), tier=2),
                           text="سعيد عمر الحلبي")
    before = page(registry, other[2])
    with registry.as_("handler"):
        waits = requests.match(registry, other[0], code, why="the same")
    assert page(registry, other[2]) == before
    agree(registry, waits)
    with registry.as_("handler"):
        requests.open_(registry, other[0], why="asked")
        requests.step(registry, other[0], "left_open", why="a lead at the grave", due=registry.value("today") + timedelta(days=9))
    cases.settle(registry, subject, "case", "fate_indicated")
    assert json.dumps(page(registry, one[2])) == json.dumps(page(registry, other[2])) == json.dumps(before)
    cases.settle(registry, subject, "case", "suspended_security")
    assert page(registry, other[2]) == before


def test_what_was_told_by_a_person_stands_on_it_and_stays_as_it_was_told(registry):
    made, one, name = handed(registry)
    with registry.as_("handler"):
        requests.open_(registry, made, why="asked")
        assert [row["contact"] for row in families.contacts(registry, one["code"])] == [one["source"]]
        telling = families.propose(registry, one["code"])
    with registry.as_("releaser"):
        families.settle(registry, telling, "signed", why="read")
    assert page(registry, name)["told"] == []
    with registry.as_("handler"):
        families.told(registry, telling, one["source"], how="telephone", on=registry.value("today"))
    told = page(registry, name)["told"]
    assert [(row["how"], row["by"], row["on"]) for row in told] == [("telephone", "Handler", registry.value("today").isoformat())] and len(told[0]["words"]["ar"]) == 2
    other = handed(registry, name="Another")
    assert page(registry, other[2])["told"] == []
    with registry.dba() as raw:
        found = raw.execute("select api._heir(id) from reg.subject where code = %s", [one["code"]]).fetchone()[0]
    cases.settle(registry, found, "case", "suspended_security")
    assert page(registry, name)["told"] == told


def test_it_has_no_tier_no_compartment_and_no_row_of_the_registry(registry):
    _, _, name = handed(registry)
    with registry.as_("worker"):
        given.site(registry, given.kind("court"), given.name("Public"), given.place(36.5, 33.5), tier=1)
    with registry.as_(name):
        me = registry.one("self")
        assert (me["level"], me["roles"]) == (None, ["family"]) and registry.rows("me")[0]["scopes"] is None
        assert registry.rows("site_list") == [] and persons.find(registry) == [] and registry.rows("all_events") == [] and registry.rows("units", level=1) == []
        for act in (lambda: registry.rows("requests"), lambda: registry.value("stage"), lambda: registry.call("account_freeze", account="handler", reason="x"),
                    lambda: registry.rows("door_mine"), lambda: families.today(registry, "SYP-222222-2")):
            with pytest.raises((errors.Denied, errors.NotFound)):
                act()
    with registry.as_("admin"), pytest.raises(errors.Refused, match="handed over"):
        registry.call("clearance_ask", account="viewer", tier=2, compartments=[], roles=["family", "investigator"], reason="x", expires="2099-01-01")


def test_of_what_it_does_the_hour_is_kept_and_the_chain_tells_nothing(registry):
    made, _, name = handed(registry)
    before = registry.as_("auditor")
    with before:
        events = len(registry.rows("audit_log", limit=1000))
    with registry.as_(name):
        registry.call("log_read", action="own_page")
        requests.wish(registry, "reach", {"way": "nobody", "hours": "any", "language": "ku"})
        requests.wish(registry, "call")
        requests.wish(registry, "call")
        requests.wish(registry, "withdraw", {"use": "statistics"})
        for what, value in (("reach", {"way": "by pigeon", "hours": "any", "language": "ar"}), ("steal", {})):
            with pytest.raises(errors.BadInput):
                requests.wish(registry, what, value)
        mine = requests.mine(registry)
    assert mine["reach"]["way"] == "nobody" and mine["uses"] == ["search_for_missing"] and [(row["wish"], row["done"]) for row in mine["asked"]] in (
        [("call", False), ("withdraw", False)], [("withdraw", False), ("call", False)])
    with registry.dba() as raw:
        at = [row[0] for row in raw.execute("select asked_at from reg.family_wish union all select l.at from reg.read_log l join reg.account a on a.id = l.actor where a.name = %s", [name])]
        assert len(at) >= 4 and all((one.minute, one.second, one.microsecond) == (0, 0, 0) for one in at)
    with registry.as_("auditor"):
        assert len(registry.rows("audit_log", limit=1000)) == events
    with registry.as_("handler"):
        row = requests.show(registry, made)
        assert [one["wish"] for one in row["calls"]] in (["call", "withdraw"], ["withdraw", "call"]) and row["reach"]["way"] == "nobody" and row["uses"] == ["search_for_missing"]
        requests.called(registry, next(one["id"] for one in row["calls"] if one["wish"] == "call"))
        assert [one["wish"] for one in requests.show(registry, made)["calls"]] == ["withdraw"]


def kept(registry, *, later):
    """The keeper's round, as if the wishes were so many hours old."""
    with registry.dba() as raw:
        raw.execute("update reg.family_wish set asked_at = asked_at - make_interval(hours => %s) where done_at is null", [later])
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
    with registry.as_("worker"):
        registry.actor = Actor("keeper", "system", "test")
        store.announce(registry.connection, registry.settings, registry.actor)
        with registry.dba() as raw:  # the grant is the keeper's login's, who is the one of the house
            return raw.execute("select api.keeper_families()").fetchone()[0]


def test_a_use_that_was_withdrawn_ends_at_once_and_all_of_it_with_the_hour(registry):
    made, one, name = handed(registry)
    with registry.as_("handler"):
        requests.open_(registry, made, why="asked")
    with registry.as_(name):
        requests.wish(registry, "withdraw", {"use": "statistics"})
    assert kept(registry, later=0) == 0 and kept(registry, later=1) == 1
    with registry.dba() as raw:
        assert raw.execute("select consent, permitted_uses, why from reg.terms_change").fetchall() == [("given", ["search_for_missing"], "as the family said on its own page")]
    with registry.as_(name):
        requests.wish(registry, "delete")
        requests.wish(registry, "delete")
        assert requests.mine(registry)["uses"] == [] and [row["wish"] for row in requests.mine(registry)["asked"] if not row["done"]] == ["delete"]
    with registry.as_("worker"):
        assert "arrested" in [event["kind"] for event in persons.show(registry, one["code"])["events"]]
    assert kept(registry, later=1) == 1 and kept(registry, later=1) == 0
    with registry.as_("worker"):
        assert persons.show(registry, one["code"])["events"] == []
    with registry.as_("handler"):
        row = requests.show(registry, made)
        assert row["state"] == "withdrawn" and [one["source"] for one in registry.rows("withdrawn")] == [one["source"]]
    mine = page(registry, name)
    assert mine["uses"] == [] and {(row["wish"], row["done"]) for row in mine["asked"]} == {("withdraw", True), ("delete", True)}
    with registry.dba() as raw:
        assert verification.faults_in(raw) == [] and raw.execute("select * from api._resolved_differences()").fetchall() == []


def test_an_access_that_is_ended_opens_nothing(registry):
    made, _, name = handed(registry)
    with registry.as_("handler"):
        access = requests.show(registry, made)["accesses"][0]["id"]
        requests.end_access(registry, access, why="the paper was lost")
        assert [row["open"] for row in requests.show(registry, made)["accesses"]] == [False]
        with pytest.raises(errors.NotFound):
            requests.end_access(registry, access, why="again")
        with pytest.raises(errors.NotFound):
            requests.end_access(registry, uuid4(), why="x")
    with pytest.raises(errors.Denied):
        page(registry, name)


def test_its_own_account_is_received_in_full_and_shown_without_its_words(registry):
    made, _one, name = handed(registry, circumstance="arrest_home_raid", number="N-17", name_other="Muhammad al-Zoubi")
    with registry.as_(name):
        page = requests.mine(registry)
        assert page["said"]["also"] == {"other_name": True, "sex": True, "circumstance": True, "number": True, "words": 6}
        assert "shop" not in json.dumps(page) and "N-17" not in json.dumps(page) and "Zoubi" not in json.dumps(page)
        requests.wish(registry, "hear")
        requests.wish(registry, "hear")
        assert [one["wish"] for one in requests.mine(registry)["asked"]] == ["hear"], "asked once"
    with registry.as_("handler"):
        wish, = requests.show(registry, made)["calls"]
        assert wish["wish"] == "hear"
        requests.called(registry, wish["id"])
        assert requests.show(registry, made)["calls"] == []
    with registry.dba() as raw:
        assert raw.execute("select count(*) from reg.audit_event where action = 'family_heard'").fetchone() == (1,)


def test_a_caseworker_changes_how_they_are_reached_and_the_family_may_again(registry):
    made, _one, name = handed(registry)
    with registry.as_("handler"):
        requests.reach(registry, made, way="letter", hours="any", language="en")
        with pytest.raises(errors.BadInput):
            requests.reach(registry, made, way="pigeon", hours="any", language="en")
    with registry.as_(name):
        assert requests.mine(registry)["reach"] == {"way": "letter", "hours": "any", "language": "en"}
        requests.wish(registry, "reach", {"way": "nobody", "hours": "any", "language": "ar"})
    with registry.as_("handler"):
        assert requests.show(registry, made)["reach"]["way"] == "nobody" and requests.show(registry, made)["calls"] == []
    for who in ("worker", "verifier", "releaser", "auditor"):
        with registry.as_(who), pytest.raises(errors.Denied):
            requests.reach(registry, made, way="letter", hours="any", language="en")
    with registry.dba() as raw:
        assert raw.execute("select count(*) from reg.family_wish where asked_at <> date_trunc('hour', asked_at)").fetchone() == (0,)
