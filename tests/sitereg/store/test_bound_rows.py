"""Sealed words and the subjects of disclosures belong to the chain: `verify` names who touched them, and erasing stays sound."""
import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from sitereg import audit
from sitereg.actors import Actor
from sitereg.store import cluster, schema, session
from tests import given
from tests.sitereg.store.breaking import opened, underneath

pytestmark = pytest.mark.db
BOGUS = "00000000-0000-7000-8000-00000000beef"


@pytest.fixture
def raw(committed):
    with psycopg.connect(cluster.dsn(committed), autocommit=True) as connection:
        yield connection


@pytest.fixture
def told(committed, raw):
    """A committed person with two names under seal, and a file that left with two sites; answers the person's id."""
    source = raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0]
    with session.acting(committed, Actor("worker", "local")) as opened:
        said = [{"predicate": "person_name", "value": {"text": name}, "source": str(source), "credibility": "2", "subject_key": "p"}
                for name in ("A B", "A C")]
        made = opened.rows("record_claims", claims=given.Json(said), subjects=given.Json([{"key": "p", "kind": "person", "tier": 1}]))
        sites = [given_site(opened, source) for _ in range(2)]
        disclose(opened, sites)
    yield made[0]["subject"]
    session.close()


def given_site(opened, source):
    return opened.rows("record_claims", claims=given.Json([{**given.kind("prison_central"), "source": str(source), "credibility": "2",
                                                            "subject_key": "s"}]),
                       subjects=given.Json([{"key": "s", "kind": "site", "tier": 1}]))[0]["subject"]


def disclose(opened, sites):
    return opened.value("write_disclosure", recipient="A partner", purpose="test", format="csv", precision="cell_1km", face=1,
                        rows=len(sites), sha256=b"x" * 32, subjects=sites)


def unguarded(raw, statement):
    raw.execute("set session_replication_role = replica")
    raw.execute(statement)
    raw.execute("set session_replication_role = origin")


def faults(committed):
    return {(fault["problem"], fault["tbl"]) for fault in audit.verify(committed).faults}


COPY = ("insert into reg.{0} select (jsonb_populate_record(t, jsonb_build_object({1}, 'event', {2}))).* from reg.{0} t limit 1")
OTHER = "'subject', (select id from reg.subject s where s.id not in (select subject from reg.disclosure_subject) limit 1)"


@pytest.mark.parametrize(("statement", "fault"), [
    ("update reg.sealed set cipher = cipher || 'x' where id = (select id from reg.sealed limit 1)", ("row changed", "sealed")),
    ("delete from reg.sealed where id = (select id from reg.sealed limit 1)", ("event without its row", "audit_event")),
    (COPY.format("sealed", "'id', reg.new_id()", f"'{BOGUS}'"), ("row without event", "sealed")),
    (COPY.format("sealed", "'id', reg.new_id()", "t.event"), ("row added to an event", "audit_event")),
    ("update reg.disclosure_subject set subject = reg.new_id()", ("row changed", "disclosure_subject")),
    ("delete from reg.disclosure_subject where subject = (select subject from reg.disclosure_subject limit 1)",
     ("event without its row", "audit_event")),
    (COPY.format("disclosure_subject", OTHER, f"'{BOGUS}'"), ("row without event", "disclosure_subject")),
    (COPY.format("disclosure_subject", OTHER, "t.event"), ("row added to an event", "audit_event"))],
    ids=["sealed changed", "sealed removed", "sealed inserted", "sealed inserted into an event", "disclosed changed",
         "disclosed removed", "disclosed inserted", "disclosed inserted into an event"])
def test_who_touched_them_is_named(committed, raw, told, statement, fault):
    assert audit.verify(committed).sound
    unguarded(raw, statement)
    assert fault in faults(committed)


def test_erasing_the_key_of_a_person_leaves_all_sound(committed, raw, told):
    assert raw.execute("select api._unsealed(id) like '%%A B%%' from reg.sealed order by recorded_at limit 1").fetchone()[0]
    assert raw.execute("select api._erase(%s)", [told]).fetchone()[0]
    assert raw.execute("select count(api._unsealed(id)), count(*) from reg.sealed").fetchone() == (0, 2)
    assert audit.verify(committed).sound


def test_a_batchs_sealed_rows_are_tied_to_the_batchs_event(registry):
    batch = opened(registry)["batch"]
    row = {"row_no": 1, "outcome": "rejected", "verbatim": {"name": "A B"}, "fingerprint": "01" * 32}
    registry.call("add_rows", batch=batch, rows=given.Json([row]), seal=True)
    assert underneath(registry, "select field, event from reg.sealed") == [("import_row", batch)]


def test_rows_from_before_are_tied_by_one_event_of_the_upgrade(committed, raw):
    given.unstaged(raw)
    with session.acting(committed, Actor("worker", "local")) as opened:
        disclosure = disclose(opened, [])
        source = raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0]
        site = given_site(opened, source)
    back(raw)
    raw.execute("insert into reg.sealed(id, subject, field, cipher, tier, scope) select reg.new_id(), %s, 'report', 'x', 1, 0"
                " from generate_series(1, 3)", [site])
    raw.execute("insert into reg.disclosure_subject(disclosure, subject) values (%s, %s)", [disclosure, site])
    events = raw.execute("select count(*) from reg.audit_event").fetchone()[0]
    schema.upgrade(raw)
    schema.upgrade(raw)
    told = raw.execute("select action, count from reg.audit_event order by seq desc limit 1").fetchone()
    assert told == ("bind_rows", 4) and raw.execute("select count(*) from reg.audit_event").fetchone()[0] == events + 1
    assert audit.verify(committed).sound
    unguarded(raw, "delete from reg.sealed where id = (select id from reg.sealed limit 1)")
    assert faults(committed) == {("event without its row", "audit_event")}
    session.close()


def back(raw):
    """The database is as version 0001 left it, without rules."""
    raw.autocommit = False
    engine = create_engine("postgresql+psycopg://", creator=lambda: raw, poolclass=StaticPool)
    with engine.begin() as connection:
        raw.execute((schema.SQL / "05_clear.sql").read_text())
        raw.execute("set role sr_owner")
        command.downgrade(schema.alembic(connection), "0001")
        raw.execute("reset role")
    raw.commit()
    raw.autocommit = True
