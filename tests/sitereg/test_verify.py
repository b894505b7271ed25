"""`verify` names what a superuser did to the registry, case by case, each by its own name and no other."""
import json
import os
from datetime import UTC, datetime

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sitereg import audit, keeper, witness
from sitereg.errors import Undecided
from sitereg.faults import FAULTS
from sitereg.store import arriving, cluster, session, verification
from tests.conftest import drop
from tests.sitereg.tampering import house, problems, reads, touched
from tests.sitereg.tampering import witness as witnessed

pytestmark = pytest.mark.db
HASH = "update reg.audit_event e set hash = api._event_hash(e) where seq = {0}"
REHEAD = "update reg.audit_head set (seq, hash) = (select seq, hash from reg.audit_event order by seq desc limit 1)"
RECHAIN = ("do $$ declare v reg.audit_event; v_prev bytea := sha256('sitereg'); begin for v in select * from reg.audit_event order by seq loop"
           " v.prev := v_prev; v.hash := api._event_hash(v); v_prev := v.hash;"
           " update reg.audit_event set prev = v.prev, hash = v.hash where seq = v.seq; end loop; end $$")
SWAP = ("update reg.audit_event set seq = -{0} where seq = {0}", "update reg.audit_event set seq = {0} where seq = {1}",
        "update reg.audit_event set seq = {1} where seq = -{0}")
COPY = ("insert into reg.{0} select (jsonb_populate_record(t, jsonb_build_object('id', reg.new_id(), 'event', {1}))).* from reg.{0} t"
        " where t.event <> t.id limit 1")
SEALED = ("do $$ declare t text := 'claim'; v reg.claim; begin for v in select * from reg.claim loop"
          " v.digest := null; update reg.claim set digest = sha256(api._canonical('claim' || v::text)) where id = v.id; end loop; end $$")
CASES = {  # what somebody did -> (statements, what verify must name)
    "a changed event": (["update reg.audit_event set reason = 'another' where seq = 3"], {"event changed"}),
    "a changed event, hashed anew": (["update reg.audit_event set reason = 'another' where seq = 3", HASH.format(3)], {"chain broken"}),
    "another account in an event": (["update reg.audit_event set actor = (select id from reg.account where name = 'viewer') where seq = 9"],
                                    {"event changed"}),
    "a removed event": (["delete from reg.audit_event where seq = 3"], {"event missing", "row without event"}),
    "a removed event, closed up": (
        ["delete from reg.audit_event where seq = 3", "update reg.audit_event set seq = -seq where seq > 3",
         "update reg.audit_event set seq = -seq - 1 where seq < 0", REHEAD], {"event changed", "chain broken", "row without event", "tail lost"}),
    "an inserted event": (
        ["update reg.audit_event set seq = -seq where seq > 3", "update reg.audit_event set seq = 1 - seq where seq < 0",
         ("insert into reg.audit_event select (jsonb_populate_record(e, jsonb_build_object('seq', 4, 'id', reg.new_id(), 'prev', e.hash,"
         " 'count', 0, 'root', '\\x' || repeat('00', 32)))).* from reg.audit_event e where seq = 3"), HASH.format(4), REHEAD],
        {"event inserted", "event changed", "chain differs from its checkpoint"}),
    "an event put behind the last one": (
        [("insert into reg.audit_event select (jsonb_populate_record(e, jsonb_build_object('seq', e.seq + 1, 'id', reg.new_id(), 'prev', e.hash,"
         " 'count', 0, 'root', '\\x' || repeat('00', 32)))).* from reg.audit_event e order by seq desc limit 1"),
         "update reg.audit_event e set hash = api._event_hash(e) where seq = (select max(seq) from reg.audit_event)"], {"event inserted"}),
    "reordered events": ([one.format(3, 4) for one in SWAP], {"event reordered", "event changed", "clock ran backwards"}),
    "a lost tail": (["delete from reg.audit_event where seq = (select max(seq) from reg.audit_event)"],
                    {"tail lost", "row without event"}),
    "a lost tail, and the head set back": (
        ["delete from reg.read_root where event = (select id from reg.audit_event order by seq desc limit 1)",
         "delete from reg.audit_event where seq = (select max(seq) from reg.audit_event)", REHEAD], {"tail lost"}),
    "another head": (["update reg.audit_head set hash = sha256('x')"], {"chain head changed"}),
    "a row changed without an event": (["update reg.claim set value = '{\"text\": \"Other\", \"lang\": \"en\"}' where predicate = 'name'"],
                                       {"row changed", "record does not follow"}),
    "a row changed and sealed anew": (
        ["update reg.source_grade set reason = 'another'", SEALED.replace("claim", "source_grade")], {"rows of the event differ"}),
    "an event without its row": (["delete from reg.claim where predicate = 'name'"], {"event without its row", "record does not follow"}),
    "a row without an event": ([COPY.format("source_grade", "reg.new_id()")], {"row changed", "row without event"}),
    "a row put into an event": (["alter table reg.source_grade disable trigger b_frozen", "alter table reg.source_grade enable trigger b_frozen",
                                 COPY.format("source_grade", "t.event"), SEALED.replace("claim", "source_grade")], {"row added to an event"}),
    "a sealed word": (["update reg.sealed set cipher = cipher || 'x'"], {"row changed"}),
    "a face": (["update reg.site set protection = 'protected' where face = 1"], {"record does not follow"}),
    "a face removed": (["delete from reg.site where face = 0 or face = 2"], {"record does not follow", "name sought by other words"}),
    "a name that is sought by another": (["update reg.site_name set words = '{1}' where lang = 'en'"], {"name sought by other words"}),
    "a person sought by another name": (["update reg.name_key set key_strict = 'c d'"], {"name sought by other words"}),
    "a word that leads nowhere": (["update reg.name_token set near = '{}' where kind = 'site'"], {"name sought by other words"}),
    "a tier": (["update reg.subject set tier = 0"], {"tier changed without a decision", "record does not follow"}),
    "a read changed": (["update reg.read_log set detail = '{}' where id = (select min(id) from reg.read_log)"], {"reads changed"}),
    "a read removed": (["delete from reg.read_log where id = (select min(id) from reg.read_log)"], {"reads missing"}),
    "a page of another document": ([("update reg.document_page set document = (select id from reg.document where role = 'working' limit 1)"
                                    " where n = 1"), "update reg.document set media_type = 'application/pdf' where role = 'working'"],
                                   {"row changed", "page not bound to its original"}),
    "a clock that ran backwards": (
        [("insert into reg.audit_event select (jsonb_populate_record(e, jsonb_build_object('seq', e.seq + 1, 'id', reg.new_id(), 'prev', e.hash,"
         " 'at', e.at - interval '1 day', 'count', 0, 'root', '\\x' || repeat('00', 32)))).* from reg.audit_event e order by seq desc limit 1"),
         "update reg.audit_event e set hash = api._event_hash(e) where seq = (select max(seq) from reg.audit_event)", REHEAD],
        {"clock ran backwards"}),
    "a chain recomputed by a superuser": (["update reg.audit_event set reason = 'rewritten' where seq = 2", RECHAIN, REHEAD],
                                          {"chain differs from its checkpoint"}),
    "a checkpoint": (["update reg.checkpoint set size = size - 1 where previous = decode(repeat('00', 32), 'hex')"],
                     {"checkpoint not signed by its key", "chain differs from its checkpoint"}),
    "a removed checkpoint": (["delete from reg.checkpoint where previous = decode(repeat('00', 32), 'hex')"], {"checkpoint missing"}),
    "triggers that are off": (["alter table reg.claim disable trigger b_frozen"], {"triggers off"}),
    "a function that says all is well": ([("create or replace function api._resolved_differences(p_ids uuid[] default null) returns table(subject"
                                          " uuid, face int, row_of text, problem text) language sql as 'select null::uuid, 0, '''', '''' where false'")],
                                         {"rules altered"}),
}


@pytest.fixture(scope="module")
def registry_house(server, tmp_path_factory):
    settings = house(server, tmp_path_factory.mktemp("verify") / "home", "verify")
    yield settings
    drop(server, settings.database)


def named(verdict, *names):
    assert problems(verdict) == set(names), verdict.faults
    assert all(one["what"] and one["do"] and one["tbl"] for one in verdict.faults) and verdict.word == "tampered"


def test_every_name_that_verify_has_is_seen_here():
    elsewhere = {"exact place lowered without a decision", "does not lie where the freezes in force say"}  # test_disclosing, test_frozen_absent
    beside = {"triggers were off", "row written while triggers were off", "reads inserted", "checkpoint signed by another key", "fork",
              "older than the witness", "another key than the witness", *(f"file {how}" for how in ("changed", "truncated", "missing", "extra"))}
    assert set(FAULTS) == elsewhere | beside | set().union(*(names for _, names in CASES.values()))


def test_an_untouched_registry_is_sound(registry_house):
    verdict = audit.verify(registry_house, files=True)
    assert (verdict.faults, verdict.undecided, verdict.word) == ([], [], "sound")
    assert verdict.events > 8 and verdict.rows > verdict.events / 2 and verdict.checkpoints == 2 and verdict.files == 4
    assert verdict.key == witness.fingerprint(witness.known_keys(registry_house)[0])


@pytest.mark.parametrize("case", CASES)
def test_each_tampering_is_named(registry_house, monkeypatch, case):
    statements, expected = CASES[case]
    with touched(registry_house, monkeypatch, *statements):
        named(audit.verify(registry_house), *expected)


def test_a_period_with_triggers_off_is_named_although_they_are_on_again(registry_house, monkeypatch):
    written = ("insert into reg.source_grade(id, source, reliability, reason, recorded_by, event, digest) select reg.new_id(), g.source, 'A', 'x',"
               " g.recorded_by, '{0}', '' from reg.source_grade g limit 1")
    event = "00000000-0000-7000-8000-0000000000aa"
    off_and_on = [f"alter table reg.source_grade {way} trigger all" for way in ("disable", "enable")]
    with touched(registry_house, monkeypatch, off_and_on[0], written.format(event), off_and_on[1],
                 f"select api._close_event('{event}', 'grade', null, 'x')", guarded=True):
        verdict = audit.verify(registry_house)
        named(verdict, "triggers were off", "row written while triggers were off")
        assert [one["tbl"] for one in verdict.faults] == ["source_grade", "audit_event"]
    with touched(registry_house, monkeypatch, "alter event trigger sitereg_triggers disable", guarded=True):
        named(audit.verify(registry_house), "triggers off")


def test_an_entry_in_a_rooted_stretch_of_reads_is_named(registry_house, monkeypatch):
    put = ("insert into reg.read_log(id, at, actor, how, action) overriding system value select {0}, at, actor, how, action from reg.read_log"
           " where id = (select max(id) from reg.read_log)")
    gap = "update reg.read_root set last = last + 1"
    with touched(registry_house, monkeypatch, gap, put.format("(select max(id) + 1 from reg.read_log)")):
        named(audit.verify(registry_house), "reads inserted", "row changed")


def test_a_registry_signed_by_another_key_is_named(registry_house, monkeypatch):
    """He rewrites the chain, removes the checkpoints and signs one with a key of his own: beside the keeper's key it is seen."""
    key = Ed25519PrivateKey.generate()
    with touched(registry_house, monkeypatch, "update reg.audit_event set reason = 'rewritten' where seq = 2", RECHAIN, REHEAD,
                 "delete from reg.checkpoint") as raw:
        head, at = verification.end(raw), datetime.now(UTC)
        said = witness.message(head[0], head[1], at, bytes(32))
        raw.execute("insert into reg.checkpoint(id, size, root, at, previous, signature, key) values (reg.new_id(), %s, %s, %s, %s, %s, %s)",
                    [head[0], head[1], at, bytes(32), key.sign(said), witness.public(key)])
        named(audit.verify(registry_house), "checkpoint signed by another key")
        retired = registry_house.keys / witness.RETIRED
        retired.write_text(witness.public(key).hex())
        assert audit.verify(registry_house).sound, "a key that was retired on purpose"
        retired.unlink()


def test_a_witness_tells_a_rewritten_an_older_and_another_registry(registry_house, monkeypatch, tmp_path):
    kept = witnessed(registry_house, tmp_path / "kept.json")
    said = json.loads(kept.read_text())
    assert set(said) == {"size", "root", "at", "previous", "signature", "key", "fingerprint"}
    assert audit.verify(registry_house, witness=kept).sound
    with touched(registry_house, monkeypatch, "update reg.audit_event set reason = 'rewritten' where seq = 2", RECHAIN, REHEAD,
                 "delete from reg.checkpoint"):
        assert audit.verify(registry_house).sound, "without a witness nothing tells it"
        named(audit.verify(registry_house, witness=kept), "fork")
    older = ["delete from reg.read_root where event = (select id from reg.audit_event order by seq desc limit 1)",
             "delete from reg.audit_event where seq = (select max(seq) from reg.audit_event)", REHEAD, "delete from reg.checkpoint"]
    with touched(registry_house, monkeypatch, *older):
        assert audit.verify(registry_house).sound
        named(audit.verify(registry_house, witness=kept), "older than the witness")
    key = registry_house.keys / witness.KEY
    before = key.read_bytes()
    key.chmod(0o600)
    key.write_bytes(os.urandom(32))
    (registry_house.keys / witness.RETIRED).write_text(said["key"])
    named(audit.verify(registry_house, witness=kept), "another key than the witness")
    key.write_bytes(before)
    (registry_house.keys / witness.RETIRED).unlink()


@pytest.mark.parametrize("text", ["", "{}", "nonsense", '{"size": 1}', None])
def test_a_witness_that_cannot_be_read_or_was_altered_decides_nothing(registry_house, tmp_path, text):
    path = tmp_path / "witness.json"
    if text is None:
        said = json.loads(witnessed(registry_house, path).read_text())
        text = json.dumps({**said, "size": said["size"] - 1})
    path.write_text(text)
    with pytest.raises(Undecided) as refusal:
        audit.verify(registry_house, witness=path)
    assert refusal.value.exit_code == 3 and str(path) in str(refusal.value) and refusal.value.do
    with pytest.raises(Undecided):
        audit.verify(registry_house, witness=tmp_path / "none.json")


def test_files_changed_truncated_missing_and_extra_are_named(registry_house):
    kept = sorted(verification.documents(registry_house))
    places = [arriving.target(registry_house, one) for one in kept[:3]]
    before = [one.read_bytes() for one in places]
    for place in places:
        place.chmod(0o600)
    places[0].write_bytes(b"x" + before[0][1:])
    places[1].write_bytes(before[1][:-1])
    places[2].unlink()
    stray = registry_house.evidence / "ab" / "stray"
    stray.parent.mkdir(exist_ok=True)
    stray.write_text("x")
    assert audit.verify(registry_house).sound, "without --files nobody looks"
    verdict = audit.verify(registry_house, files=True)
    named(verdict, "file changed", "file truncated", "file missing", "file extra")
    assert {(one["problem"], one["id"]) for one in verdict.faults} == {
        ("file changed", kept[0]), ("file truncated", kept[1]), ("file missing", kept[2]), ("file extra", "ab/stray")}
    stray.unlink()
    for place, data in zip(places, before, strict=True):
        place.write_bytes(data)
        place.chmod(0o400)
    assert audit.verify(registry_house, files=True).sound


def test_what_cannot_be_looked_at_is_said_and_the_rest_is_looked_at(registry_house, monkeypatch):
    with touched(registry_house, monkeypatch, "alter table reg.read_root rename column root to gone",
                 "update reg.audit_head set hash = sha256('x')"):
        verdict = audit.verify(registry_house)
        assert problems(verdict) == {"chain head changed"} and verdict.word == "tampered"
        assert [one["what"] for one in verdict.undecided] == ["The reads could not be read"] and verdict.undecided[0]["do"]
    with touched(registry_house, monkeypatch, "alter table reg.read_root rename column root to gone"):
        assert audit.verify(registry_house).word == "undecided"
    (registry_house.keys / witness.RETIRED).write_text("nonsense")
    verdict = audit.verify(registry_house)
    (registry_house.keys / witness.RETIRED).unlink()
    assert verdict.word == "undecided" and "keys cannot be read" in verdict.undecided[0]["where"] and verdict.undecided[0]["do"]
    with touched(registry_house, monkeypatch, "alter role sr_owner login", guarded=True) as raw, pytest.raises(Undecided):
        raw.execute("set local role sr_owner")  # row security would hide everything from it: nothing is not sound
        audit.verify(registry_house)
    away = verification.snapshot
    monkeypatch.setattr(verification, "snapshot", lambda _s: away(type("S", (), {
        "embedded": True, "run": registry_house.run, "superuser": registry_house.superuser, "database": "nowhere"})()))
    with pytest.raises(Undecided):
        audit.verify(registry_house)


def test_reads_are_rooted_without_waiting_for_those_who_begin_later(registry_house):
    """What is being written while the root is made comes under the next one, and none is lost between two."""
    with psycopg.connect(cluster.dsn(registry_house)) as slow:
        slow.execute("insert into reg.read_log(actor, how, action) select id, 'local', 'slow' from reg.account where name = 'worker'")
        with session.unasked(registry_house) as opened:
            assert opened.value("keeper_root_reads", tries=2) == 0, "nothing is settled yet"
        with session.acting(registry_house, keeper.Actor("worker", "local")) as opened:
            opened.call("log_read", action="later")
        with session.unasked(registry_house) as opened:
            assert opened.value("keeper_root_reads", tries=2) == -1
        slow.commit()
    reads(registry_house, 1)
    assert audit.verify(registry_house).sound
