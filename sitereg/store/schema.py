"""The one way to bring a database to this version: roles, tables, vocabularies, rules, in one transaction."""
import hashlib
import json
from contextlib import contextmanager, nullcontext
from pathlib import Path

from alembic import command
from alembic.config import Config
from psycopg import Connection, sql
from psycopg.rows import tuple_row
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from sitereg import machines, vocab
from sitereg.errors import BadInput

ROOT = Path(__file__).resolve().parents[2]
SQL = Path(__file__).with_name("sql")
LOCK = 7_283_001
CLEAR = SQL / "05_clear.sql"
MARK = "Functions and views of this version: "
WRITTEN = " as written: "
STANDING = """
  select encode(sha256(convert_to(string_agg(said, chr(10) order by said collate "C"), 'UTF8')), 'hex') from (
    select concat_ws(' ', 'function', n.nspname, p.proname, p.pronargs, p.prorettype::regtype, p.provolatile, p.prosecdef,
      p.proconfig, r.rolname, md5(p.prosrc)) as said
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles r on r.oid = p.proowner
      where n.nspname in ('api', 'reg') and p.prorettype <> 'event_trigger'::regtype
    union all select concat_ws(' ', 'trigger', c.relname, t.tgname, t.tgtype, f.proname) from pg_trigger t
      join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace join pg_proc f on f.oid = t.tgfoid
      where n.nspname in ('reg', 'vault') and not t.tgisinternal
    union all select concat_ws(' ', 'policy', schemaname, tablename, policyname, cmd, permissive, array_to_string(roles, ','))
      from pg_policies where schemaname in ('reg', 'vault', 'vocab')
    union all select concat_ws(' ', 'view', c.relname, r.rolname, array_to_string(c.reloptions, ','))
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
      where n.nspname = 'api' and c.relkind = 'v') s"""


def upgrade(connection, *, revision="head", vault=None):
    """The database is at this version, or untouched if anything failed.

    connection: psycopg connection of a superuser (or of an owner after `sitereg install`), not in a transaction.
    vault: the public halves of the keys {recovery, house}, to which what is in the vault is sealed where it lay otherwise.
    Order: roles and extensions, clearing of rules (schema api, policies, triggers), migrations as sr_owner with
    FORCE ROW LEVEL SECURITY lifted (else a data migration of the owner changes 0 rows and reports success),
    vocabularies, rules. Raises BadInput where a removed term is still in use.
    """
    engine = create_engine("postgresql+psycopg://", creator=lambda: connection, poolclass=StaticPool)
    with one_transaction(connection), engine.begin() as bound:
        raw = connection.cursor()
        raw.execute("set local lock_timeout = '10s'; set local standard_conforming_strings = on")  # a database may have it off
        raw.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        if superuser(raw):
            run(raw, SQL / "00_roles.sql")
        run(raw, CLEAR)
        raw.execute("set local role sr_owner")
        command.upgrade(alembic(bound, vault), revision)
        write_vocabularies(raw)
        write_transitions(raw)
        raw.execute("reset role")
        raw.execute("set local check_function_bodies = off")  # files may name functions of later files
        for file in rule_files():
            run(raw, file)
        raw.execute(sql.SQL("comment on schema api is {}").format(sql.Literal(f"{MARK}{fingerprint()}{WRITTEN}{written(raw)}")))
    return revision


def current(connection):
    """Whether `upgrade` of this very version was the last to write the rules here; what was altered by hand since is not seen."""
    return (marked(connection) or "").partition(WRITTEN)[0] == f"{MARK}{fingerprint()}"


def altered(connection):
    """Whether functions, triggers, policies or views are others than the last upgrade wrote."""
    said = (marked(connection) or "").partition(WRITTEN)[2]
    return said != written(connection)


def marked(connection):
    """What the last upgrade said about itself, or None."""
    found = connection.execute("select obj_description(oid, 'pg_namespace') as said from pg_namespace"
                               " where nspname = 'api'").fetchone()
    return None if found is None else next(iter(found.values())) if isinstance(found, dict) else found[0]


def written(connection):
    """A hash of the functions, triggers, policies and views that stand there."""
    with connection.cursor(row_factory=tuple_row) if isinstance(connection, Connection) else nullcontext(connection) as cursor:
        return cursor.execute(STANDING).fetchone()[0]


def fingerprint():
    """A hash of all that an upgrade writes: rules, migrations, vocabularies with their labels, state machines."""
    told = hashlib.sha256()
    for file in (*sorted(SQL.glob("*.sql")), *sorted((ROOT / "migrations" / "versions").glob("*.py"))):
        told.update(file.name.encode() + b"\0" + file.read_bytes())
    for scheme, terms in vocab.SCHEMES.items():
        told.update(repr([scheme, *((t.code, t.label, vocab.label(scheme, t.code, "ar"), sorted(dict(t.attrs).items(), key=str),
                                     vocab.is_draft(scheme, t.code)) for t in terms)]).encode())
    told.update(repr(machines.TRANSITIONS).encode())
    return told.hexdigest()


@contextmanager
def one_transaction(connection):
    """The driver begins a transaction for SQLAlchemy, which in autocommit would not."""
    before, connection.autocommit = connection.autocommit, False
    try:
        yield
    finally:
        connection.rollback()
        connection.autocommit = before


def rule_files():
    """The files of rules in the order in which they are written."""
    return sorted(f for f in SQL.glob("*.sql") if f.name[:2] not in ("00", "05"))


def install_sql():
    """What needs a superuser once on an outside server, as text for its administrator."""
    return (SQL / "00_roles.sql").read_text()


def run(cursor, file):
    """Every statement of `file` has run; an error names the file."""
    try:
        cursor.execute(file.read_text())
        cursor.execute("reset role")
    except Exception as error:
        error.add_note(f"while writing {file.name}")
        raise


def superuser(cursor):
    return cursor.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()[0]


def alembic(bound, vault=None):
    """The Alembic configuration bound to an open SQLAlchemy connection."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"], config.attributes["vault"] = bound, vault
    return config


def write_vocabularies(cursor):
    """Each vocab table holds exactly the terms of sitereg.vocab; a term that left and is still used raises BadInput."""
    for scheme, terms in vocab.SCHEMES.items():
        table = sql.Identifier("vocab", scheme)
        rows = [(t.code, t.label, vocab.label(scheme, t.code, "ar"), rank, json.dumps(dict(t.attrs)),
                 vocab.is_draft(scheme, t.code)) for rank, t in enumerate(terms)]
        cursor.executemany(sql.SQL(
            "insert into {} (code, label_en, label_ar, rank, attrs, draft) values (%s, %s, %s, %s, %s, %s) on conflict"
            " (code) do update set (label_en, label_ar, rank, attrs, draft)"
            " = (excluded.label_en, excluded.label_ar, excluded.rank, excluded.attrs, excluded.draft)").format(table), rows)
        gone = cursor.execute(sql.SQL("select code from {} where code <> all (%s)").format(table),
                              [[r[0] for r in rows]]).fetchall()
        for (code,) in gone:
            drop_term(cursor, scheme, code)


def drop_term(cursor, scheme, code):
    used = cursor.execute(
        "select count(*) from reg.claim c join vocab.predicate p on p.code = c.predicate"
        " where p.attrs->>'value' = 'term:' || %s and c.value->>'code' = %s", [scheme, code]).fetchone()[0]
    try:
        if not used:
            cursor.execute(sql.SQL("delete from {} where code = %s").format(sql.Identifier("vocab", scheme)), [code])
            return
    except Exception as error:
        if getattr(error, "sqlstate", "") != "23503":
            raise
    raise BadInput("A term that is still in use was removed", where=f"{scheme}.{code}",
                   do="Keep the term, or migrate the rows that use it first.")


def write_transitions(cursor):
    """reg.transition holds exactly the state machines of sitereg.machines."""
    cursor.execute("delete from reg.transition")
    cursor.executemany(
        "insert into reg.transition (machine, from_state, to_state, guards, approvals, roles, note)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        [(t.machine, t.from_, t.to, list(t.guards), t.approvals, list(t.roles), t.note) for t in machines.TRANSITIONS])
