"""The upgrade: whole or nothing, the same twice, models and migrations agree, every revision up and down."""

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from sitereg import errors, vocab
from sitereg.store import schema

pytestmark = pytest.mark.db

CATALOGUE = """
    select 'f', p.oid::regprocedure::text, md5(p.prosrc || p.proacl::text || coalesce(p.proconfig::text, '')) from pg_proc p
      join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('api', 'reg')
    union all select 'p', schemaname || tablename || policyname, md5(coalesce(qual, '') || roles::text) from pg_policies
    union all select 't', tgrelid::regclass::text || tgname, md5(pg_get_triggerdef(g.oid)) from pg_trigger g where not tgisinternal
    union all select 'c', attrelid::regclass::text || attname, format_type(atttypid, atttypmod) from pg_attribute a
      join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('reg', 'vocab', 'vault', 'signin') and attnum > 0 and not attisdropped
    order by 1, 2"""


@pytest.fixture
def raw(server, committed):
    with psycopg.connect(server.dsn(dbname=committed.database), autocommit=True) as connection:
        yield connection


def bound(raw):
    return create_engine("postgresql+psycopg://", creator=lambda: raw, poolclass=StaticPool)


def test_a_second_upgrade_changes_nothing(raw):
    before = raw.execute(CATALOGUE).fetchall()
    schema.upgrade(raw)
    assert raw.execute(CATALOGUE).fetchall() == before


def test_a_database_of_this_version_is_known_by_all_that_was_written(raw, monkeypatch):
    assert schema.current(raw)
    with monkeypatch.context() as other:
        other.setattr(schema.machines, "TRANSITIONS", schema.machines.TRANSITIONS[1:])
        assert not schema.current(raw)
    with monkeypatch.context() as other:
        other.setattr(vocab, "SCHEMES", {name: scheme for name, scheme in vocab.SCHEMES.items() if name != "building"})
        assert not schema.current(raw)
    raw.execute("comment on schema api is null")
    assert not schema.current(raw)


def test_a_broken_rule_leaves_everything_as_it_was(raw, monkeypatch, tmp_path):
    before = raw.execute(CATALOGUE).fetchall()
    broken = tmp_path / "98_broken.sql"
    broken.write_text("select nonsense from nowhere")
    monkeypatch.setattr(schema, "rule_files", lambda: [*sorted(schema.SQL.glob("1*.sql")), broken])
    with pytest.raises(psycopg.Error) as failed:
        schema.upgrade(raw)
    assert any("98_broken.sql" in note for note in failed.value.__notes__)
    assert raw.execute(CATALOGUE).fetchall() == before


def test_models_and_migrations_agree(raw):
    raw.autocommit = False
    with bound(raw).begin() as connection:
        command.check(schema.alembic(connection))


def test_every_revision_goes_down_and_up(raw):
    script = ScriptDirectory.from_config(schema.alembic(None))
    tables = "select count(*) from information_schema.tables where table_schema in ('reg', 'vocab', 'vault', 'signin')"
    before = raw.execute(tables).fetchone()[0]
    assert [r.revision for r in script.walk_revisions()][::-1] == sorted(r.revision for r in script.walk_revisions())
    raw.autocommit = False
    with bound(raw).begin() as connection:
        raw.execute((schema.SQL / "05_clear.sql").read_text())
        raw.execute("set role sr_owner")
        command.downgrade(schema.alembic(connection), "base")
        raw.execute("reset role")
    raw.commit()
    raw.autocommit = True
    assert raw.execute(tables).fetchone()[0] == 1
    schema.upgrade(raw)
    assert raw.execute(tables).fetchone()[0] == before


def test_what_stood_before_agreements_is_marked_and_gets_no_terms(raw):
    before = ScriptDirectory.from_config(schema.alembic(None)).get_revision("0027").down_revision
    raw.autocommit = False
    with bound(raw).begin() as connection:
        raw.execute((schema.SQL / "05_clear.sql").read_text())
        raw.execute("set role sr_owner")
        command.downgrade(schema.alembic(connection), before)
        raw.execute("reset role")
    raw.commit()
    raw.autocommit = True
    schema.upgrade(raw)
    marked = "select count(*) from reg.before_agreements b join reg.source s on b.tbl = 'source' and b.\"row\" = s.id"
    assert raw.execute(marked).fetchone() == raw.execute("select count(*) from reg.source").fetchone() != (0,)
    assert raw.execute("select count(*) from reg.source where agreement is not null or legal_class is not null").fetchone() == (0,)


def test_a_data_migration_of_the_owner_changes_its_rows(raw):
    """With FORCE left on it would update 0 rows and report success: the upgrade lifts it meanwhile."""
    raw.autocommit = False
    raw.execute((schema.SQL / "05_clear.sql").read_text())
    raw.execute("set role sr_owner")
    assert raw.execute("update reg.compartment set label = label").rowcount == 1
    raw.rollback()
    raw.execute("set role sr_owner")
    assert raw.execute("update reg.compartment set label = label").rowcount == 0
    raw.rollback()


def test_vocabularies_stand_as_written(raw):
    for scheme, terms in vocab.SCHEMES.items():
        rows = raw.execute(f"select code, label_en, label_ar from vocab.{scheme} order by rank").fetchall()
        assert rows == [(t.code, t.label, vocab.label(scheme, t.code, "ar")) for t in terms]


def test_a_removed_term_goes_unless_it_is_in_use(raw, monkeypatch):
    raw.execute("insert into vocab.sex(code, label_en, label_ar, rank) values ('gone', 'gone', 'gone', 99)")
    schema.upgrade(raw)
    assert raw.execute("select count(*) from vocab.sex where code = 'gone'").fetchone()[0] == 0
    raw.execute("insert into vocab.authority_kind(code, label_en, label_ar, rank) values ('gone', 'gone', 'gone', 99)")
    raw.execute("insert into reg.authority(id, names, key, kind) values (reg.new_id(), '{}', 'x', 'gone')")
    with pytest.raises(errors.BadInput, match=r"authority_kind\.gone"):
        schema.upgrade(raw)
