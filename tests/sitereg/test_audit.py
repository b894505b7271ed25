"""`verify` names what was tampered with, and raises no false alarm."""

from datetime import UTC, datetime

import psycopg
import pytest

from sitereg import audit, claims, keeper
from sitereg.actors import Actor
from sitereg.store import cluster, people, session

pytestmark = pytest.mark.db


@pytest.fixture
def house(committed):
    """A committed registry with a keeper's account and two sites; (settings, raw superuser connection)."""
    with psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
        source = raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0]
        for name in ("North", "South"):
            with session.acting(committed, Actor("worker", "local")) as opened:
                claims.record(
                    opened,
                    [
                        claims.said("kind", {"code": "prison_central"}, source=source, subject_key="s", credibility="2"),
                        claims.said("name", {"text": name, "lang": "en"}, source=source, subject_key="s", credibility="2"),
                    ],
                    subjects=[claims.new_subject("s", "site")],
                )
        yield committed, raw
    session.close()


def found(settings):
    return {fault["problem"] for fault in audit.verify(settings).faults}


def unguarded(raw, statement):
    """Somebody with the superuser's rights switches the triggers off, does it, and switches them on again."""
    raw.execute("set session_replication_role = replica")
    raw.execute(statement)
    raw.execute("set session_replication_role = origin")


def test_an_untouched_registry_is_sound(house):
    settings, _raw = house
    verdict = audit.verify(settings)
    assert verdict.sound and verdict.events >= 8 and verdict.rows >= 8


def test_no_false_alarm_in_another_zone_format_or_after_vacuum(house):
    settings, raw = house
    for name, value in (
        ("timezone", "Asia/Tokyo"),
        ("datestyle", "German"),
        ("bytea_output", "escape"),
        ("extra_float_digits", "-5"),
    ):
        raw.execute(f"alter database {settings.database} set {name} = '{value}'")
    raw.execute("vacuum full")
    assert audit.verify(settings).faults == []


@pytest.mark.parametrize(
    "statement,problem",
    [
        ('update reg.claim set value = \'{"text": "Other", "lang": "en"}\' where predicate = \'name\'', "row changed"),
        ("delete from reg.claim where predicate = 'name'", "rows of the event differ"),
        ("update reg.audit_event set action = 'nothing' where seq = 3", "event changed"),
        ("delete from reg.audit_event where seq = 3", "event missing"),
        ("delete from reg.audit_event where seq = (select max(seq) from reg.audit_event)", "tail lost"),
        ("update reg.site set protection = 'protected' where face = 1", "record does not follow"),
        ("update reg.subject set tier = 0", "tier changed without a decision"),
        (
            "insert into reg.claim select (jsonb_populate_record(c, jsonb_build_object('id', reg.new_id(), 'event', reg.new_id()))).* from reg.claim c limit 1",
            "row without event",
        ),
    ],
)
def test_each_tampering_is_named(house, statement, problem):
    settings, raw = house
    unguarded(raw, statement)
    assert problem in found(settings)


def test_triggers_that_are_off_are_named(house):
    settings, raw = house
    raw.execute("alter table reg.claim disable trigger b_frozen")
    assert found(settings) == {"triggers off"}


def test_a_chain_recomputed_by_a_superuser_differs_from_its_checkpoint(house):
    settings, raw = house
    settings.keys.mkdir(exist_ok=True)
    with keeper.unasked(settings) as opened:
        audit.sign(opened, settings, at=datetime.now(UTC))
    assert audit.verify(settings).sound
    last = raw.execute("select max(seq) from reg.audit_event").fetchone()[0]
    unguarded(raw, f"update reg.audit_event set reason = 'rewritten' where seq = {last}")
    unguarded(raw, f"update reg.audit_event e set hash = api._event_hash(e) where seq = {last}")
    raw.execute("update reg.audit_head set hash = (select hash from reg.audit_event order by seq desc limit 1)")
    assert found(settings) == {"chain differs from its checkpoint"}


def test_a_forged_checkpoint_is_named(house):
    settings, raw = house
    with keeper.unasked(settings) as opened:
        audit.sign(opened, settings, at=datetime.now(UTC))
    unguarded(raw, "update reg.checkpoint set size = size - 1")
    assert "checkpoint not signed by its key" in found(settings)
