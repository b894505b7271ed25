"""Drafts: sealed, their owner's alone, over after two weeks, gone once they are sent or dropped."""
from uuid import uuid4

import pytest

from sitereg import entering, errors, house, sealing
from tests.sitereg.entering import NAMES, line, send

pytestmark = pytest.mark.db


def test_a_draft_comes_back_as_it_was_typed(registry):
    once, typed, rows = uuid4(), {"words": "Half a sent", "uses": ["analysis"]}, [{"person": NAMES[0]}, {}]
    until = entering.drafts.save(registry, once, "testimony", typed, rows)
    entering.drafts.save(registry, once, "testimony", {**typed, "words": "Half a sentence"}, rows)
    row, = entering.drafts.listed(registry)
    assert (row["once"], row["form"]) == (once, "testimony") and row["expires_at"] >= until
    shown = entering.drafts.shown(registry, once)
    assert (shown["typed"], shown["rows"]) == ({**typed, "words": "Half a sentence"}, rows)


def test_a_draft_is_sealed_and_nobody_elses(registry):
    once = uuid4()
    entering.drafts.save(registry, once, "report", {"words": "Two lorries"})
    with registry.dba() as raw:
        assert "lorries" not in str(raw.execute("select to_jsonb(d), encode(d.cipher, 'escape') from reg.draft d").fetchall())
    with registry.as_("handler"):
        assert entering.drafts.listed(registry) == []
        for act in (entering.drafts.shown, entering.drafts.drop):
            with pytest.raises(errors.NotFound):
                act(registry, once)
        entering.drafts.save(registry, once, "report", {"words": "mine"})
    assert entering.drafts.shown(registry, once)["typed"] == {"words": "Two lorries"}


def test_row_security_shows_a_draft_to_its_owner_alone(registry):
    entering.drafts.save(registry, uuid4(), "report", {"words": "x"})
    seen = {}
    for name in ("worker", "handler", "auditor"):
        with registry.as_(name), registry.dba() as raw, raw.transaction(force_rollback=True):
            raw.execute("set local role sr_policed")
            seen[name] = raw.execute("select count(*) from reg.draft").fetchone()[0]
    assert seen == {"worker": 1, "handler": 0, "auditor": 0}


def keys(registry):
    with registry.dba() as raw:
        return raw.execute("select count(*) from vault.subject_key").fetchone()[0]


def test_what_is_typed_lies_in_the_database_sealed_with_a_key_that_is_not_there(registry):
    once, words = uuid4(), "Somebody Invented, 0999"
    entering.drafts.save(registry, once, "report", {"who_name": words})
    with registry.dba() as raw:
        cipher, = raw.execute("select cipher from reg.draft").fetchone()
    secret = house.key(registry.settings)
    assert sealing.opened(cipher, secret) and words.encode() not in cipher and keys(registry) == 0
    (registry.settings.keys / "house.key").write_text(sealing.identity()[0])
    try:
        with pytest.raises(errors.Unavailable):
            entering.drafts.shown(registry, once)
    finally:
        (registry.settings.keys / "house.key").write_text(secret)
    assert entering.drafts.shown(registry, once)["typed"] == {"who_name": words}


def test_a_draft_whose_time_is_over_is_gone(registry):
    once = uuid4()
    entering.drafts.save(registry, once, "report", {"words": "x"})
    with registry.dba() as raw:
        raw.execute("update reg.draft set expires_at = clock_timestamp() - interval '1 second'")
    assert entering.drafts.listed(registry) == []
    with pytest.raises(errors.NotFound):
        entering.drafts.shown(registry, once)
    with registry.dba() as raw:
        raw.execute("set role sr_keeper")
        assert raw.execute("select api.keeper_drop_drafts()").fetchone() == (1,)
        raw.execute("reset role")
        assert raw.execute("select count(*) from reg.draft").fetchone() == (0,)


def test_dropping_and_sending_take_the_draft_along(registry):
    once = uuid4()
    entering.drafts.save(registry, once, "report", {"words": "x"})
    entering.drafts.drop(registry, once)
    assert entering.drafts.listed(registry) == []
    entering.drafts.save(registry, once, "report", {"words": "x"})
    send(registry, "report", once=once, words="x")
    assert entering.drafts.listed(registry) == []
    with pytest.raises(errors.NotFound):
        entering.drafts.save(registry, once, "report", {"words": "saved late"})


def test_a_draft_never_touches_the_key_of_a_person(registry):
    code = send(registry, "testimony", rows=[line(NAMES[0])]).subjects[0][0]
    person = registry.one("where_now", code=code)["subject"]
    before = keys(registry)
    entering.drafts.save(registry, person, "report", {"words": "x"})
    entering.drafts.drop(registry, person)
    assert keys(registry) == before


def test_too_much_is_refused(registry):
    with pytest.raises(errors.BadInput):
        entering.drafts.save(registry, uuid4(), "report", {"words": "x" * 500_000})
    for _ in range(40):
        entering.drafts.save(registry, uuid4(), "report", {"words": "x"})
    with pytest.raises(errors.Refused):
        entering.drafts.save(registry, uuid4(), "report", {"words": "x"})


def test_those_who_enter_nothing_keep_no_drafts(registry):
    with registry.as_("viewer"), pytest.raises(errors.Denied):
        entering.drafts.save(registry, uuid4(), "report", {"words": "x"})
