from datetime import UTC, datetime, timedelta

import pytest

from sitereg import accounts, errors

pytestmark = pytest.mark.db
LATER = datetime.now(UTC) + timedelta(days=30)


def test_an_account_without_clearance_may_not_ask(registry):
    with registry.as_("admin"):
        accounts.add(registry, name="newcomer", display="A newcomer", reason="joins")
        with pytest.raises(errors.Denied):
            registry.become("newcomer")


def test_a_clearance_holds_from_the_next_transaction_and_ends_with_it(registry):
    with registry.as_("admin"):
        accounts.add(registry, name="newcomer", display="A newcomer", reason="joins")
        accounts.grant(registry, account="newcomer", tier=1, roles=["investigator"], reason="field team", expires=LATER)
    with registry.as_("newcomer"):
        me = accounts.whoami(registry)
        assert (me["level"], me["roles"]) == (1, ["investigator"])
    with registry.as_("admin"):
        accounts.revoke(registry, account="newcomer", reason="left")
    with pytest.raises(errors.Denied):
        registry.become("newcomer")


def test_nobody_grants_himself(registry):
    with registry.as_("admin"), pytest.raises(errors.Refused) as refused:
        accounts.grant(registry, account="admin", tier=2, roles=["verifier"], reason="curious", expires=LATER)
    assert refused.value.guard == "four_eyes"


@pytest.mark.parametrize("fault", [{"roles": ["king"]}, {"reason": " "}, {"expires": datetime(2020, 1, 1, tzinfo=UTC)}])
def test_a_clearance_needs_known_roles_a_reason_and_a_day_to_come(registry, fault):
    right = {"tier": 1, "roles": ["viewer"], "reason": "r", "expires": LATER}
    with registry.as_("admin"), pytest.raises(errors.BadInput):
        accounts.grant(registry, account="viewer", **{**right, **fault})


def test_only_admins_keep_accounts(registry):
    with pytest.raises(errors.Denied):
        accounts.add(registry, name="newcomer", display="x", reason="r")


def test_a_frozen_account_sees_nothing(registry):
    with registry.as_("admin"):
        accounts.freeze(registry, account="officer", reason="lost telephone")
    with pytest.raises(errors.Denied):
        registry.become("officer")


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
