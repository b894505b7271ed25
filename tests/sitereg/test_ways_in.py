"""Ways in that end at once: freezes by anybody, thaws by two, tokens of one's own."""
import pytest

from sitereg import accounts, errors
from sitereg.store import people

pytestmark = pytest.mark.db


def frozen(registry, name="officer", by="viewer"):
    with registry.as_(by):
        accounts.freeze(registry, account=name, reason="lost telephone")


def test_any_colleague_freezes_an_account_at_once(registry):
    frozen(registry)
    with pytest.raises(errors.Denied):
        registry.become("officer")
    registry.become("worker")
    with pytest.raises(errors.Conflict):
        frozen(registry)
    with registry.dba() as raw:
        assert raw.execute("select e.action, a.name, e.reason from reg.audit_event e join reg.account a on a.id = e.actor"
                           " order by e.seq desc limit 1").fetchone() == ("account_freeze", "viewer", "lost telephone")


def test_one_may_freeze_oneself_and_the_event_says_who(registry):
    with registry.as_("handler"):
        accounts.freeze(registry, account="handler", reason="my telephone is gone")
        registry.become("worker")
        with registry.dba() as raw:
            assert raw.execute("select a.name from reg.audit_event e join reg.account a on a.id = e.actor where e.action = 'account_freeze'"
                               " order by e.seq desc limit 1").fetchone() == ("handler",)
            raw.execute("update reg.account set state = 'active' where name = 'handler'")


def test_a_colleague_in_the_wrong_hands_freezes_five_a_day_and_not_the_keeper(registry):
    for name in ("officer", "officer1", "verifier", "verifier1", "releaser"):
        frozen(registry, name)
    with pytest.raises(errors.Refused) as refused:
        frozen(registry, "auditor")
    assert refused.value.guard == "five_a_day"
    frozen(registry, "auditor", by="admin")
    with registry.dba() as raw:
        people.account(raw, "keeper", display="The keeper")
    with pytest.raises(errors.Refused):
        frozen(registry, "keeper", by="admin")
    for fault, wrong in (({"account": "nobody-here", "reason": "r"}, errors.NotFound), ({"account": "steward1", "reason": " "}, errors.BadInput)):
        with registry.as_("admin2"), pytest.raises(wrong):
            accounts.freeze(registry, **fault)


def test_partners_freeze_nobody(registry):
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = '{partner}' where account = (select id from reg.account where name = 'viewer')")
    with pytest.raises(errors.Denied):
        frozen(registry)


def four_eyes(registry, by, request):
    with registry.as_(by), pytest.raises(errors.Refused) as refused:
        accounts.agree(registry, request=request)
    assert refused.value.guard == "four_eyes"


def test_two_admins_thaw_and_neither_alone(registry):
    frozen(registry, by="admin")
    with registry.as_("admin"):
        request = accounts.thaw(registry, account="officer", reason="the telephone was found")
    four_eyes(registry, "admin", request)
    with pytest.raises(errors.Denied):
        registry.become("officer")
    with registry.as_("admin2"):
        (waits,) = accounts.waiting(registry)
        assert (waits["thaw"], waits["account"], waits["tier"]) == (True, "officer", None)
        accounts.agree(registry, request=request)
        with pytest.raises(errors.Conflict):
            accounts.thaw(registry, account="officer", reason="again")
    with registry.as_("officer"):
        assert accounts.whoami(registry)["level"] == 2
    with pytest.raises(errors.Denied), registry.as_("worker"):
        accounts.thaw(registry, account="officer", reason="r")


def test_an_admin_has_no_hand_in_his_own_thaw(registry):
    frozen(registry, "admin2")
    with registry.dba() as raw:
        raw.execute("update reg.account set os_user = 'os_admin' where name = 'admin2'")
    with registry.as_("admin"), pytest.raises(errors.Refused):
        accounts.thaw(registry, account="admin2", reason="the same person")


def test_a_freeze_ends_what_lies_open_and_a_thaw_does_not_bring_it_back(registry):
    with registry.dba() as raw:
        raw.execute("insert into signin.\"user\"(account, email, password, fs_uniquifier) values ('officer', 'o@test.invalid', 'x', 'x')")
        raw.execute("insert into signin.seat(hash, user_id, proved_at) select 'seat', id, now() from signin.\"user\"")
        raw.execute("insert into signin.device(hash, user_id) select 'browser', id from signin.\"user\"")
    with registry.as_("officer"):
        text, _id = accounts.make_token(registry, account="officer", scopes=["frames"], days=1, reason="a script")
    assert registry.value("token_opens", hash=accounts.token_hash(text), scope="frames") == "officer"
    frozen(registry)
    with registry.as_("admin"):
        request = accounts.thaw(registry, account="officer", reason="found")
    with registry.as_("admin2"):
        accounts.agree(registry, request=request)
    assert registry.value("token_opens", hash=accounts.token_hash(text), scope="frames") is None
    with registry.dba() as raw:
        assert raw.execute("select ended_why from signin.seat").fetchall() == [("the account was frozen",)]
        assert raw.execute("select 1 from signin.device").fetchall() == []


def test_an_account_is_closed_by_an_admin_for_good(registry):
    with registry.as_("admin"):
        accounts.close(registry, account="officer", reason="left")
        with pytest.raises(errors.Conflict):
            accounts.thaw(registry, account="officer", reason="back")
    with pytest.raises(errors.Denied):
        registry.become("officer")


def test_a_token_is_its_owners_and_opens_for_its_days_what_it_says(registry):
    with registry.as_("analyst1"):
        text, made = accounts.make_token(registry, account="analyst1", scopes=["frames"], days=30, reason="monthly counts")
        assert text.startswith("sitereg_") and len(text) > 40
        (held,) = accounts.tokens(registry)
        assert held["token"] == made and held["used_at"] is None and text not in str(held)
    hashed = accounts.token_hash(text)
    assert registry.value("token_opens", hash=hashed, scope="frames") == "analyst1"
    assert registry.value("token_opens", hash=hashed, scope="anything") is None
    assert registry.value("token_opens", hash=accounts.token_hash(text + "x"), scope="frames") is None
    with registry.as_("worker"), pytest.raises(errors.NotFound):
        accounts.end_token(registry, token=made, reason="not mine")
    with registry.dba() as raw, raw.transaction(force_rollback=True):
        raw.execute("update reg.personal_token set made_at = made_at - interval '40 days', expires_at = expires_at - interval '31 days'")
        assert raw.execute("select api.token_opens(%s, 'frames')", [hashed]).fetchone() == (None,)
    with registry.dba() as raw, raw.transaction(force_rollback=True):  # to the minute: not noted anew at each of many requests
        for ago, again in (("59 seconds", False), ("61 seconds", True)):
            raw.execute("update reg.personal_token set used_at = clock_timestamp() - %s::interval", [ago])
            before = raw.execute("select used_at from reg.personal_token where id = %s", [made]).fetchone()
            assert raw.execute("select api.token_opens(%s, 'frames')", [hashed]).fetchone() == ("analyst1",)
            assert (raw.execute("select used_at from reg.personal_token where id = %s", [made]).fetchone() != before) is again
    with registry.as_("admin"):
        assert accounts.tokens(registry)[0]["used_at"]
        accounts.end_token(registry, token=made, reason="not needed")
    assert registry.value("token_opens", hash=hashed, scope="frames") is None
    with registry.dba() as raw:
        assert [one for one, in raw.execute("select action from reg.audit_event order by seq desc limit 2")] == ["token_end", "token_make"]


def test_nobody_makes_a_token_of_somebody_else(registry):
    for name in ("admin", "worker"):
        with registry.as_(name), pytest.raises(errors.Refused) as refused:
            accounts.make_token(registry, account="analyst1", scopes=["frames"], days=1, reason="r")
        assert refused.value.guard == "own_token"


@pytest.mark.parametrize("fault", [{"days": 91}, {"days": 0}, {"scopes": ["everything"]}, {"scopes": []}, {"reason": " "}])
def test_a_token_has_days_a_scope_and_a_reason(registry, fault):
    with pytest.raises(errors.BadInput):
        accounts.make_token(registry, **{"account": "worker", "scopes": ["frames"], "days": 1, "reason": "r", **fault})


def test_ten_tokens_are_enough(registry):
    for _turn in range(10):
        accounts.make_token(registry, account="worker", scopes=["frames"], days=1, reason="r")
    with pytest.raises(errors.Refused):
        accounts.make_token(registry, account="worker", scopes=["frames"], days=1, reason="r")
