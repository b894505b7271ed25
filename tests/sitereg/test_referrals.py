"""A family is referred: nothing without consent to exactly this, nothing outside an agreement, needs where no search can join them, hidden equals absent."""
import json
from base64 import b64encode
from datetime import date, timedelta

import pytest

from sitereg import agreements, errors, referrals, sealing, vault
from sitereg.store import people
from tests import given, vault_keys
from tests.sitereg.test_agreements import agree, sound, turn
from tests.vault_keys import cheaply_locked

pytestmark = pytest.mark.db
SAID = {"reason": "Papers for the children (invented)", "language": "Arabic, large print", "name": "Invented Mother", "contact": "0933 111 222", "safe_way": "after six"}
CONSENT = {"form": "written", "by": "self", "covers": sorted(SAID)}
THEIRS = ("door", "other")


@pytest.fixture(autouse=True)
def day(request):
    """The day stands still: in Damascus it may be another one than here."""
    if "registry" in request.fixturenames:
        turn(request.getfixturevalue("registry"), 0)


def doors(registry, *names):
    """Accounts of partners of these names."""
    with registry.dba() as raw:
        for name in names:
            people.clearance(raw, people.account(raw, name, display=f"{name} (invented)"), tier=0, roles=["partner"], reason="test")


def handlers(registry, *names):
    with registry.dba() as raw:
        for name in names:
            people.clearance(raw, people.account(raw, name, display=f"{name} (invented)"), tier=2, roles=["source_handler"], reason="test")


def key_of(registry, who):
    """The partner makes a key, as his browser would; answers its secret half."""
    secret, public = sealing.identity()
    with registry.as_(who):
        registry.call("door_new_key", public=public, secret=b64encode(cheaply_locked(secret, "x" * 14)).decode())
    return secret


def covered(registry):
    """(agreement that covers referrals, secret key of the partner's account `door`); `other` is a partner's without an agreement."""
    made = agree(registry, kinds=["sites", "referrals"])
    doors(registry, *THEIRS)
    handlers(registry, "case2")
    with registry.as_("handler"):
        referrals.bind(registry, "door", made)
    return made, key_of(registry, "door")


@pytest.fixture
def pair(registry):
    return covered(registry)


def drafted(registry, agreement, said=SAID, urgency="urgent", needs=("legal", "documentation")):
    with registry.as_("handler"):
        return referrals.draft(registry, agreement, said, needs=needs, urgency=urgency)


def steps(registry, one, *names, who="handler", **data):
    with registry.as_(who):
        for name in names:
            referrals.step(registry, one, name, **data)


def sent(registry, agreement, **more):
    one = drafted(registry, agreement, **more)
    steps(registry, one, "consented", on=str(date.today()), **CONSENT)
    steps(registry, one, "sent")
    return one


def answer(registry, one, step, who="door", **data):
    with registry.as_(who):
        registry.call("door_answer", id=one, step=step, data=given.Json(data))


def passed(registry, one, secret, who="door"):
    """(brief, passed) as the partner's browser opens them."""
    with registry.as_(who):
        rows = registry.rows("door_passed", id=one)
    return tuple(json.loads(sealing.opened(rows[0][name], secret)) if rows[0][name] else None for name in ("brief", "passed")) if rows else None


def state(registry, one, who="handler"):
    with registry.as_(who):
        return referrals.show(registry, one)


def refused(work, *args, **more):
    with pytest.raises(errors.Refused) as caught:
        work(*args, **more)
    return caught.value.details["guard"]


def test_from_a_draft_to_its_closing(registry, pair):
    agreement, secret = pair
    one = drafted(registry, agreement)
    with registry.as_("door"):
        assert registry.rows("door_referrals") == [], "what was not sent is not there"
    steps(registry, one, "consented", on=str(date.today()), **CONSENT)
    steps(registry, one, "sent")
    with registry.as_("door"):
        row, = registry.rows("door_referrals")
    assert (row["state"], row["needs"], row["due"] - row["since"], row["may"]) == ("sent", ["legal", "documentation"], timedelta(3), ["accepted", "declined"])
    brief, rest = passed(registry, one, secret)
    assert brief == {name: SAID[name] for name in ("reason", "language")} and rest is None, "nobody's name or number before it is accepted"
    answer(registry, one, "accepted")
    assert passed(registry, one, secret)[1] == {name: SAID[name] for name in ("name", "contact", "safe_way")}
    answer(registry, one, "in_progress")
    answer(registry, one, "outcome", outcome="supported")
    steps(registry, one, "closed")
    found = state(registry, one)
    assert [row["step"] for row in found["steps"]] == ["drafted", "consented", "sent", "accepted", "in_progress", "outcome", "closed"], "of a partner the hour is known: the order is that of the steps"
    assert found["outcome"] == "supported" and found["due"] is None and found["read"] and passed(registry, one, secret) is None
    assert {row["by"] for row in found["steps"] if row["theirs"]} == {None}
    assert sound(registry)


def test_nothing_goes_without_consent_to_all_of_it(registry, pair):
    one = drafted(registry, pair[0])
    with registry.as_("handler"):
        with pytest.raises(errors.Conflict):
            referrals.step(registry, one, "sent")
        assert refused(referrals.step, registry, one, "consented", on=str(date.today()), **{**CONSENT, "covers": ["reason", "name"]}) == "covers"
        for on in ("2031-01-01", "2020-01-01", "", "yesterday"):
            with pytest.raises(errors.BadInput):
                referrals.step(registry, one, "consented", on=on, **CONSENT)
        with pytest.raises(errors.BadInput):
            referrals.step(registry, one, "consented", on=str(date.today()), form="assumed", by="self", covers=CONSENT["covers"])


@pytest.mark.parametrize("at", [(), ("accepted",), ("accepted", "in_progress"), ("accepted", "outcome", "closed")])
def test_withdrawn_at_any_time_and_what_lay_there_is_gone(registry, pair, at):
    agreement, secret = pair
    vault_keys.hand_out(registry, "handler")
    one = sent(registry, agreement)
    for step in at:
        steps(registry, one, step) if step == "closed" else answer(registry, one, step, **({"outcome": "in_part"} if step == "outcome" else {}))
    steps(registry, one, "withdrawn", ground="family_withdrew")
    assert passed(registry, one, secret) is None
    with registry.dba() as raw:
        assert raw.execute("select brief, passed from vault.referral where id = %s", [one]).fetchone() == (None, None)
        assert raw.execute("select count(*) from vault.subject_lock where subject = %s", [one]).fetchone()[0] == 0, "nor does anybody here open it again"
    with registry.as_("door"):
        row, = registry.rows("door_referrals")
        assert (row["state"], row["may"], row["due"] - row["since"]) == ("withdrawn", ["deleted"], timedelta(3)), "he is told to delete"
    answer(registry, one, "deleted")
    assert state(registry, one)["state"] == "deleted"


def test_withdrawn_before_it_was_sent_the_partner_never_hears_of_it(registry, pair):
    one = drafted(registry, pair[0])
    steps(registry, one, "withdrawn", ground="in_error")
    with registry.as_("door"):
        assert registry.rows("door_referrals") == []
    assert state(registry, one)["due"] is None


def test_only_under_an_agreement_that_covers_it(registry, pair):
    agreement, secret = pair
    one, two = sent(registry, agreement), drafted(registry, agreement)
    answer(registry, one, "accepted")
    assert passed(registry, one, secret)
    steps(registry, two, "consented", on=str(date.today()), **CONSENT)
    with registry.as_("handler"):
        agreements.withdraw(registry, agreement, by="by_us", why="test")
        assert refused(referrals.step, registry, two, "sent") == "agreement" and referrals.partners(registry) == []
        assert refused(registry.call, "referral_draft", agreement=agreement, needs=["legal"], urgency="urgent", fields=["reason"], brief="", passed="", box=given.Json({})) == "agreement"
    assert passed(registry, one, secret) is None, "nothing is given out any more"


def test_an_agreement_on_sites_alone_covers_no_family(registry):
    made = agree(registry)
    doors(registry, "door")
    key_of(registry, "door")
    with registry.as_("handler"):
        referrals.bind(registry, "door", made)
        assert referrals.partners(registry) == []
        assert refused(registry.call, "referral_draft", agreement=made, needs=["legal"], urgency="urgent", fields=["reason"], brief="", passed="", box=given.Json({})) == "agreement"
    with registry.as_("door"):
        assert refused(registry.call, "door_refer", needs=["legal"], urgency="urgent", fields=["reason"], passed="", consent=given.Json({})) == "agreement"


def test_an_account_belongs_to_one_partner_for_good(registry, pair):
    with registry.as_("handler"):
        assert refused(referrals.bind, registry, "door", pair[0]) == "bound"
        for name in ("nobody", "handler"):
            with pytest.raises(errors.BadInput):
                referrals.bind(registry, name, pair[0])
    with registry.as_("worker"), pytest.raises(errors.Denied):
        referrals.bind(registry, "other", pair[0])


@pytest.mark.parametrize("who", ["case2", "other"])
def test_for_others_it_is_not_there(registry, pair, who):
    """Another caseworker and another partner get what somebody gets who asks for one that does not exist."""
    one, none = sent(registry, pair[0]), "00000000-0000-7000-8000-000000000001"
    asked = [("referral", "referral"), ("referral_step", "referral"), ("referral_hand", "referral")] if who == "case2" else [("door_answer", "id"), ("door_passed", "id")]
    key_of(registry, "other")
    with registry.as_(who):
        assert registry.rows("referrals" if who == "case2" else "door_referrals") == []
        for function, name in asked:
            more = {"step": "closed"} if function.endswith(("step", "answer")) else {"owner": "handler"} if function.endswith("hand") else {}
            said = []
            for which in (one, none):
                with pytest.raises(errors.NotFound) as caught:
                    registry.rows(function, **{name: which}, **more)
                said.append((str(caught.value), caught.value.details))
            assert said[0] == said[1]
        if who == "case2":
            with pytest.raises(errors.NotFound):
                registry.rows("vault_box", subject=one)


def test_handed_over_and_found_again_when_its_owner_is_gone(registry, pair):
    one = sent(registry, pair[0])
    with registry.as_("handler"):
        referrals.hand(registry, one, "case2")
        assert referrals.find(registry) == []
    with registry.as_("case2"):
        assert [row["id"] for row in referrals.find(registry)] == [one]
    with registry.dba() as raw:
        raw.execute("update reg.account set state = 'closed' where name = 'case2'")
    with registry.as_("handler"):
        row, = referrals.find(registry)
        assert row["id"] == one and not row["mine"]


@pytest.mark.parametrize(("urgency", "days"), [("critical", 1), ("urgent", 3), ("routine", 14)])
def test_overdue_by_its_urgency_and_first(registry, pair, urgency, days):
    late, calm = sent(registry, pair[0], urgency=urgency), sent(registry, pair[0], urgency="routine")
    turn(registry, days)
    with registry.as_("handler"):
        assert referrals.overdue(registry) == 0
    turn(registry, days + 1)
    with registry.as_("handler"):
        rows = referrals.find(registry)
        assert rows[0]["overdue"] and (rows[0]["id"] == late or urgency == "routine") and calm in [row["id"] for row in rows]
    with registry.as_("door"):
        assert registry.rows("door_referrals")[0]["overdue"]


def test_a_partner_refers_and_a_handler_takes_it(registry, pair):
    vault_keys.hand_out(registry, "handler")
    with registry.as_("door"):
        keys = [row["public"] for row in registry.rows("door_keys")]
        one = registry.call("door_refer", needs=["search"], urgency="critical", fields=["reason", "contact"], passed=referrals.padded({"reason": "x", "contact": "0944", "odd": "?"}, keys),
                            consent=given.Json({"form": "spoken", "by": "guardian", "on": str(date.today()), "covers": ["reason", "contact"]}))
        row, = registry.rows("door_referrals")
        assert (row["state"], row["way"], row["may"]) == ("sent", "in", ["withdrawn"])
        assert refused(registry.call, "door_refer", needs=["search"], urgency="urgent", fields=["reason", "name"], passed=referrals.padded({}, keys),
                       consent=given.Json({"form": "spoken", "by": "self", "on": str(date.today()), "covers": ["reason"]})) == "covers"
    assert state(registry, one, "case2")["taken"] is False, "nobody has taken it: every caseworker sees it"
    steps(registry, one, "accepted")
    with registry.as_("case2"):
        assert referrals.find(registry) == []
    with registry.as_("handler"):
        key = vault.unlock(registry, vault_keys.PASSPHRASE)
        assert referrals.open_(registry, key, one) == {"reason": "x", "contact": "0944"}
    answer(registry, one, "withdrawn", ground="family_withdrew")
    with registry.as_("handler"):
        with pytest.raises(errors.NotFound):
            referrals.open_(registry, key, one)
    steps(registry, one, "deleted")


def test_what_the_institution_holds_is_opened_from_its_box(registry, pair):
    vault_keys.hand_out(registry, "handler")
    one = drafted(registry, pair[0])
    with registry.as_("handler"):
        assert referrals.open_(registry, vault.unlock(registry, vault_keys.PASSPHRASE), one) == SAID
    with registry.dba() as raw:
        held = raw.execute("select r::text from vault.referral r").fetchone()[0] + str(raw.execute("select s::text from vault.sheet s where s.subject = %s", [one]).fetchall())
        logged = raw.execute("select action, object from reg.read_log where action = 'vault_open'").fetchall()
    assert not any(words in held for words in SAID.values()) and logged == [("vault_open", one)]
