"""The vault: recorded without a secret, opened by a handler's key alone, shared by colleagues, recovered outside, erased for good."""
from uuid import uuid4

import pytest

from sitereg import consent, errors, inquiries, sealing, sources, vault
from sitereg.store import verification
from tests import given, vault_keys
from tests.sitereg.cases import read_log
from tests.sitereg.entering import send
from tests.vault_keys import PASSPHRASE, hand_out, opened

pytestmark = pytest.mark.db
WHO = {"who_name": "Somebody Invented", "who_contact": "0999 123"}
OTHERS = ("worker", "verifier", "officer", "releaser", "auditor", "admin", "viewer", "investigator1", "steward1")


@pytest.fixture
def two(registry):
    """Two source handlers, `handler` and `officer`; both have their keys once they are handed out."""
    role(registry, "officer", ["source_handler"])
    return "handler", "officer"


def role(registry, name, roles):
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = %s from reg.account a where a.id = account and a.name = %s", [roles, name])


def underneath(registry, query, *args):
    with registry.dba() as raw:
        return raw.execute(query, args).fetchall()


def told(registry, **more):
    """A report of somebody: (report, source)."""
    made = send(registry, "report", words="x", **{**WHO, **more})
    return made.report, underneath(registry, "select source from reg.report where id = %s", made.report)[0][0]


def sound(registry):
    with registry.dba() as raw:
        return verification.faults_in(raw) == [] and raw.execute("select * from api._resolved_differences()").fetchall() == []


def test_a_handler_with_a_key_opens_what_was_told_and_the_log_says_so(registry):
    hand_out(registry, "handler")
    report, source = told(registry)
    assert opened(registry, "handler", "report", report) == [{"name": "Somebody Invented", "contact": "0999 123"}]
    assert opened(registry, "handler", "source", source) == [{"name": "Somebody Invented", "contact": "0999 123"}]
    assert underneath(registry, "select object, detail->>'kind' from reg.read_log where action = 'vault_open' order by at") == [
        (report, "report"), (source, "source")]
    assert sound(registry)


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_opens_it_or_gets_as_far_as_a_passphrase(registry, name):
    report, source = told(registry)
    with registry.as_(name):
        for act in (lambda: registry.rows("vault_open", kind="source", id=source), lambda: registry.rows("vault_holds", kind="report", id=report),
                    lambda: registry.rows("vault_try"), lambda: registry.rows("vault_unshared"),
                    lambda: registry.call("vault_new_key", public=sealing.identity()[1], secret=b"age-encryption.org/v1\n")):
            with pytest.raises(errors.Denied):
                act()
    assert read_log(registry, "vault_open") == []


def test_a_handler_opens_nothing_of_a_source_that_is_not_for_him(registry, two):
    hand_out(registry, "officer")
    secret = sources.new(registry, "testimony_resident", {"en": "x"}, reliability="F", reason="test", terms=given.TERMS, compartments=["names"])
    vault.keep(registry, secret, {"contact": "0999"})
    for id in (secret, uuid4()):
        with pytest.raises(errors.NotFound):
            opened(registry, "officer", "source", id)


def test_what_came_before_any_handler_had_a_key_waits_for_the_recovery_key(registry):
    report, _source = told(registry)
    with registry.as_("handler"):
        assert [(one["unopened"], [who["account"] for who in one["without_key"]]) for one in (vault.state(registry),)] == [(1, ["handler"])]
        with pytest.raises(errors.Refused) as refused:
            vault.unlock(registry, PASSPHRASE)
        assert refused.value.guard == "no_key"
    public = hand_out(registry, "handler")
    with pytest.raises(errors.Refused) as refused:
        opened(registry, "handler", "report", report)
    assert refused.value.guard == "not_shared"
    with registry.as_("handler"):
        assert vault.state(registry)["keys"][0]["lacks"] == 1
        (subject, wrapped), = underneath(registry, "select subject, wrapped from vault.subject_lock")
        secret = sealing.opened(wrapped, vault_keys.RECOVERY[0])
        locks = [{"subject": str(subject), "public": public, "wrapped": vault.sheets.text(sealing.sealed(secret, [public]))}]
        assert vault.add_locks(registry, locks) == 1 and vault.add_locks(registry, locks) == 0
    assert opened(registry, "handler", "report", report)[0]["name"] == "Somebody Invented"


def test_a_new_colleague_opens_what_another_shared_and_no_more_once_his_key_is_ended(registry, two):
    hand_out(registry, "handler")
    report, source = told(registry)
    hand_out(registry, "officer", "other words of an officer")
    with pytest.raises(errors.Refused):
        opened(registry, "officer", "report", report, "other words of an officer")
    with registry.as_("handler"):
        assert vault.share(registry, vault.unlock(registry, PASSPHRASE)) == 1
    assert opened(registry, "officer", "report", report, "other words of an officer")[0]["contact"] == "0999 123"
    assert opened(registry, "officer", "report", told(registry)[0], "other words of an officer"), "what comes later is his at once"
    with registry.as_("admin"):
        vault.end_key(registry, "officer", why="left")
    with registry.as_("officer"), pytest.raises(errors.Refused) as refused:
        vault.unlock(registry, "other words of an officer")
    assert refused.value.guard == "no_key"
    assert underneath(registry, "select count(*) from vault.subject_lock l join vault.recipient r on r.id = l.recipient and r.ended_at is not null") == [(0,)]
    assert opened(registry, "handler", "source", source) and sound(registry)


@pytest.mark.parametrize("how", ["clearance", "role", "close"])
def test_whoever_ceases_to_be_a_handler_loses_every_lock(registry, how):
    hand_out(registry, "handler")
    told(registry)
    if how == "role":
        with registry.as_("admin"):
            asked = registry.call("clearance_ask", account="handler", tier=2, compartments=[], roles=["viewer"], reason="x", expires="2099-01-01")
        with registry.as_("admin2"):
            registry.call("clearance_settle", request=asked, agrees=True)
    else:
        with registry.as_("admin"):
            if how == "clearance":
                registry.call("clearance_end", account="handler", reason="x")
            else:
                registry.call("account_close", account="handler", reason="x")
    assert underneath(registry, "select count(*) from vault.subject_lock l join vault.recipient r on r.id = l.recipient and r.account is not null") == [(0,)]
    assert underneath(registry, "select count(*) from vault.subject_lock") == [(1,)], "the recovery key's stands"


def test_a_lost_passphrase_means_a_new_key_that_a_colleague_shares_with(registry, two):
    for name in two:
        hand_out(registry, name)
    report, _source = told(registry)
    with pytest.raises(errors.Refused) as refused:
        hand_out(registry, "handler", "new words of the handler")
    assert refused.value.guard == "one_key"
    hand_out(registry, "handler", "new words of the handler", lost=True)
    with pytest.raises(errors.Refused):
        opened(registry, "handler", "report", report, "new words of the handler")
    with registry.as_("officer"):
        vault.share(registry, vault.unlock(registry, PASSPHRASE))
    assert opened(registry, "handler", "report", report, "new words of the handler")[0]["name"] == "Somebody Invented"


def test_a_wrong_passphrase_opens_nothing_counts_and_rests_after_five(registry):
    hand_out(registry, "handler")
    with registry.as_("handler"):
        for _n in range(5):
            assert vault.unlock(registry, "not the right words") is None
        with pytest.raises(errors.Refused) as refused:
            vault.unlock(registry, PASSPHRASE)
        assert refused.value.guard == "tries"
        with registry.dba() as raw:
            raw.execute("update vault.recipient set tried_at = tried_at - interval '16 minutes' where account is not null")
        assert vault.unlock(registry, PASSPHRASE) is not None
        assert underneath(registry, "select tries from vault.recipient where account is not null") == [(0,)]
    assert len(read_log(registry, "vault_refused")) == 5


def test_another_passphrase_locks_the_same_key(registry):
    public = hand_out(registry, "handler")
    report, _source = told(registry)
    with registry.as_("handler"):
        for short in ("short", "aaaaaaaaaaaaaaaaaaaa"):
            with pytest.raises(errors.BadInput):
                vault.change_passphrase(registry, vault.unlock(registry, PASSPHRASE), short)
        vault.change_passphrase(registry, vault.unlock(registry, PASSPHRASE), "entirely other words")
        assert vault.unlock(registry, PASSPHRASE) is None and vault.unlock(registry, "entirely other words").public == public
    assert opened(registry, "handler", "report", report, "entirely other words")


def test_the_same_letters_open_it_however_they_were_put_together(registry):
    with registry.as_("handler"):
        vault.new_key(registry, "مفتاح \u0622خر للخزنة")
        assert vault.unlock(registry, "مفتاح \u0627\u0653خر للخزنة") is not None


def test_a_key_never_prints_its_secret(registry):
    hand_out(registry, "handler")
    with registry.as_("handler"):
        assert "SECRET" not in repr(vault.unlock(registry, PASSPHRASE))


def test_no_word_reaches_the_vault_unsealed_and_none_without_the_recovery_key(registry):
    _report, source = told(registry)
    with pytest.raises(errors.BadInput):
        registry.call("vault_keep", subject=source, kind="contact", cipher=vault.sheets.text(b"Somebody Invented"))
    with pytest.raises(errors.BadInput):
        registry.call("save_draft", once=uuid4(), form="report", cipher=b"words")
    with registry.dba() as raw:
        raw.execute("update vault.recipient set ended_at = clock_timestamp() where account is null")
    with pytest.raises(errors.Unavailable) as away:
        told(registry)
    assert away.value.code == "no_recovery_key"
    assert send(registry, "report", words="y").report, "what holds nothing for the vault is taken in all the same"


def test_erased_by_the_review_neither_handler_nor_recovery_key_opens_it_and_every_hash_holds(registry):
    hand_out(registry, "handler")
    report, source = told(registry)
    kept = underneath(registry, "select cipher from vault.sheet where subject = %s", source)[0][0]
    consent.change(registry, source, consent="withdrawn", why="they asked")
    with registry.as_("handler"):
        assert consent.review(registry, source, outcome="erase", why="they insist")["identity"] == 1
    for kind, id in (("source", source), ("report", report)):
        with pytest.raises(errors.Refused) as refused:
            opened(registry, "handler", kind, id)
        assert refused.value.guard == "erased"
    assert underneath(registry, "select count(*) from vault.subject_lock where subject = %s", source) == [(0,)]
    assert underneath(registry, "select cipher from vault.sheet where subject = %s", source) == [(kept,)]
    assert sealing.opened(kept, vault_keys.RECOVERY[0]) is None and sound(registry)
    with pytest.raises(errors.Refused):
        vault.keep(registry, source, {"contact": "again"})


def test_whoever_asked_an_inquiry_is_kept_opened_and_erased(registry):
    hand_out(registry, "handler")
    site, _code, _ = given.site(registry, given.kind("court"))
    asked = inquiries.open_(registry, site, "Where are the ledgers?", due=registry.value("today"))
    vault.keep(registry, asked, {"name": "A mother, invented", "contact": "0998"})
    assert opened(registry, "handler", "inquiry", asked) == [{"name": "A mother, invented", "contact": "0998"}]
    with registry.as_("handler"):
        vault.erase(registry, asked, why="she asked")
        with pytest.raises(errors.NotFound):
            vault.erase(registry, asked, why="again")
        assert vault.holds(registry, "inquiry", asked) == {"sheets": 1, "erased": True}
    with pytest.raises(errors.Refused):
        opened(registry, "handler", "inquiry", asked)
    assert sound(registry)
