from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sitereg import accounts, audit, errors
from sitereg.actors import Actor
from sitereg.store import cluster, session

pytestmark = pytest.mark.db
LATER = datetime.now(UTC) + timedelta(days=30)


def test_an_account_without_clearance_may_not_ask(registry):
    with registry.as_("admin"):
        accounts.add(registry, name="newcomer", display="A newcomer", reason="joins")
        with pytest.raises(errors.Denied):
            registry.become("newcomer")


def shut_out(registry, name):
    with pytest.raises(errors.Denied):
        registry.become(name)
    registry.become("worker")


def asked(registry, by="admin", **change):
    """The id of a request, by an admin, that `newcomer` (made here) hold a clearance."""
    with registry.as_(by):
        if "account" not in change:
            accounts.add(registry, name="newcomer", display="A newcomer", reason="joins")
        return accounts.ask(registry, **{"account": "newcomer", "tier": 1, "roles": ["investigator"], "reason": "field team",
                                         "expires": LATER, **change})


def test_a_clearance_counts_when_a_second_admin_agrees_and_ends_when_one_takes_it(registry):
    request = asked(registry)
    shut_out(registry, "newcomer")
    with registry.as_("admin2"):
        (waits,) = accounts.waiting(registry)
        assert (waits["request"], waits["account"], waits["roles"], waits["asked_by"]) == (request, "newcomer", ["investigator"], "admin")
        accounts.agree(registry, request=request)
        assert accounts.waiting(registry) == []
    with registry.as_("newcomer"):
        me = accounts.whoami(registry)
        assert (me["level"], me["roles"]) == (1, ["investigator"])
    with registry.dba() as raw:
        told = raw.execute("select e.action, a.name, e.reason from reg.audit_event e join reg.account a on a.id = e.actor"
                           " order by e.seq desc limit 2").fetchall()
        held = raw.execute("select b.name, q.settled_by = c.approver from reg.clearance c join reg.clearance_request q on q.id = c.request"
                           " join reg.account b on b.id = q.asked_by").fetchall()
    assert told == [("clearance_grant", "admin2", "field team"), ("clearance_ask", "admin", "field team")] and held == [("admin", True)]
    with registry.as_("admin"):
        accounts.revoke(registry, account="newcomer", reason="left")
    shut_out(registry, "newcomer")


def test_a_compartment_is_made_before_a_clearance_names_it(registry):
    with registry.as_("admin"):
        accounts.add(registry, name="newcomer", display="A newcomer", reason="joins")
    for slip in ("case_7", "name", "Names", ""):
        with pytest.raises(errors.BadInput, match=r"There is no such compartment\. There are: names"):
            asked(registry, account="newcomer", compartments=["names", slip])
    with registry.as_("admin"):
        accounts.add_compartment(registry, code="case_7", label="The seventh case", reason="a family is watched")
        with pytest.raises(errors.Conflict):
            accounts.add_compartment(registry, code="case_7", label="Again", reason="again")
        for code in ("frozen", "Case 8", "x", None):
            with pytest.raises(errors.BadInput):
                accounts.add_compartment(registry, code=code, label="x", reason="x")
        assert [(one["code"], one["holders"]) for one in accounts.compartments(registry)] == [("case_7", 0), ("names", 4)]
    request = asked(registry, account="newcomer", compartments=["case_7"])
    with registry.as_("admin2"):
        accounts.agree(registry, request=request)
        assert [(one["code"], one["holders"]) for one in accounts.compartments(registry)] == [("case_7", 1), ("names", 4)]
    with registry.as_("newcomer"):
        assert accounts.whoami(registry)["compartments"] == ["case_7"] and accounts.compartments(registry) == []
        with pytest.raises(errors.Denied):
            accounts.add_compartment(registry, code="case_8", label="x", reason="x")


def four_eyes(registry, by, request):
    with registry.as_(by), pytest.raises(errors.Refused) as refused:
        accounts.agree(registry, request=request)
    assert refused.value.guard == "four_eyes"


def test_whoever_asked_cannot_agree(registry):
    request = asked(registry)
    four_eyes(registry, "admin", request)
    with registry.dba() as raw:
        raw.execute("update reg.account set os_user = 'os_admin' where name = 'admin2'")
    four_eyes(registry, "admin2", request)
    shut_out(registry, "newcomer")


def test_nobody_agrees_to_his_own_clearance(registry):
    request = asked(registry, account="admin2", tier=2, roles=["verifier"])
    four_eyes(registry, "admin2", request)
    with registry.as_("admin2"):
        assert accounts.whoami(registry)["roles"] == ["admin"]


def test_what_an_admin_asked_who_is_none_any_more_does_not_count(registry):
    request = asked(registry)
    with registry.as_("admin2"):
        accounts.revoke(registry, account="admin", reason="left")
    four_eyes(registry, "admin2", request)


def test_a_request_is_settled_once_and_a_newer_one_takes_its_place(registry):
    first = asked(registry)
    second = asked(registry, account="newcomer", tier=0, roles=["viewer"])
    with registry.as_("admin2"):
        with pytest.raises(errors.Conflict):
            accounts.agree(registry, request=first)
        accounts.refuse(registry, request=second, reason="not yet")
        with pytest.raises(errors.Conflict):
            accounts.agree(registry, request=second)
    shut_out(registry, "newcomer")


def test_nobody_asks_for_himself(registry):
    with registry.as_("admin"), pytest.raises(errors.Refused) as refused:
        accounts.ask(registry, account="admin", tier=2, roles=["verifier"], reason="curious", expires=LATER)
    assert refused.value.guard == "four_eyes"


@pytest.mark.parametrize("fault", [{"roles": ["king"]}, {"reason": " "}, {"tier": 3}, {"expires": datetime(2020, 1, 1, tzinfo=UTC)}])
def test_a_clearance_needs_known_roles_a_reason_and_a_day_to_come(registry, fault):
    with pytest.raises(errors.BadInput):
        asked(registry, **{"account": "viewer", **fault})


def test_only_admins_ask_agree_and_look(registry):
    request = asked(registry)
    for act in (lambda: asked(registry, by="worker", account="viewer"), lambda: accounts.agree(registry, request=request),
                lambda: accounts.refuse(registry, request=request, reason="r")):
        with pytest.raises(errors.Denied):
            act()
    assert accounts.waiting(registry) == []


def test_the_first_two_admins_come_from_the_machines_own_user_and_the_rest_from_them(committed):
    with psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        raw.execute("update reg.clearance set ended_at = clock_timestamp(), ended_why = 'test' where 'admin' = any (roles)")
    person = {"display": "An admin", "reason": "first set-up", "expires": LATER}
    accounts.appoint(committed, name="first.admin", os_user="os_one", **person)
    with pytest.raises(errors.Conflict):
        accounts.appoint(committed, name="first.admin", os_user="os_other", **person)
    accounts.appoint(committed, name="first.again", os_user="os_one", **person)  # the same person: a second one is still missing
    accounts.appoint(committed, name="second.admin", os_user="os_two", **person)
    with pytest.raises(errors.Refused):
        accounts.appoint(committed, name="third.admin", os_user="os_three", **person)
    with session.acting(committed, Actor("first.admin", "local")) as opened:
        request = accounts.ask(opened, account="viewer", tier=1, roles=["viewer"], reason="test", expires=LATER)
    with session.acting(committed, Actor("second.admin", "local")) as opened:
        accounts.agree(opened, request=request)
    assert audit.verify(committed).sound
    session.close()


def test_a_clearance_of_the_set_up_that_was_ended_stays_ended_when_it_starts_again(committed):
    accounts.establish(committed)
    local = accounts.actor(committed)
    with psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        raw.execute("update reg.clearance set ended_at = clock_timestamp(), ended_why = 'left' where account ="
                    " (select id from reg.account where name = 'local')")
    accounts.establish(committed)
    with pytest.raises(errors.Denied), session.reading(committed, local):
        pass
    session.close()


def test_only_admins_keep_accounts(registry):
    with pytest.raises(errors.Denied):
        accounts.add(registry, name="newcomer", display="x", reason="r")


def test_an_expired_clearance_is_none(registry):
    with registry.dba() as raw:
        raw.execute(
            "update reg.clearance set began_at = '2020-01-01', expires_at = '2020-02-01' where account ="
            " (select id from reg.account where name = 'officer')"
        )
    with pytest.raises(errors.Denied):
        registry.become("officer")


def test_everyone_is_for_admins_one_self_for_others(registry):
    with registry.as_("admin"):
        assert {"worker", "admin"} <= {row["name"] for row in accounts.everyone(registry)}
    assert [row["name"] for row in accounts.everyone(registry)] == ["worker"]
