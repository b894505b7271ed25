"""Looking underneath as the superuser, in one snapshot: what does not fit in rows, events, chain, reads, records, rules.

What is recomputed here is asked with the server's own functions, not with those of schema api: whoever altered those would else
say himself that all is well. Records are resolved by api, so it is asked too whether api is what the last upgrade wrote.
"""
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from sitereg import chain
from sitereg.faults import MOST, fault
from sitereg.store import cluster, schema
from sitereg.store.session import translated

FIXED = ("set transaction isolation level repeatable read, read only; set local timezone = 'UTC'; set local datestyle = 'ISO, YMD';"
         " set local bytea_output = 'hex'; set local extra_float_digits = 1; set local search_path = pg_catalog, public;"
         " set local statement_timeout = 0; set local row_security = off; set local standard_conforming_strings = on;"
         " set local work_mem = '128MB'")
CANON = r"""sha256(rtrim(rtrim(convert_to({name} || {text}, 'UTF8'), ')'), ',') || ')'::bytea)"""
ROWS = r"""select {name} as tbl, coalesce(j->>'id', j->>'claim', j->>'proposal', j->>'disturbance', j->>'disclosure') as id, event,
    case when octet_length(digest) <> 32 then 'row written while triggers were off' else 'row changed' end as problem
  from (select t.event, t.digest, to_jsonb(t) as j from {table} t where t.digest is distinct from """ + CANON + """) x
  union all
  select {name}, coalesce(j->>'id', j->>'claim', j->>'proposal', j->>'disturbance', j->>'disclosure'), event, 'row without event'
  from (select t.event, to_jsonb(t) as j from {table} t where not exists (select 1 from reg.audit_event e where e.id = t.event)) x
  limit {most}"""  # noqa: S608  (names of our own tables)
EVENTS = """
  select o.seq, coalesce(o.seq_before, 0) as before, o.hash <> o.due as changed,
    o.prev <> coalesce(o.hash_before, sha256('sitereg')) as unlinked, coalesce(o.at < o.at_before, false) as backwards, o.prev
  from (select e.seq, e.at, e.prev, e.hash, lag(e.seq) over w as seq_before, lag(e.hash) over w as hash_before,
      lag(e.at) over w as at_before,
    sha256(convert_to(concat_ws('|', e.seq, e.id, (extract(epoch from e.at) * 1000000)::bigint, coalesce(e.actor::text, '-'), e.how,
      coalesce(e.request, '-'), e.action, coalesce(e.object::text, '-'), e.count, encode(e.root, 'hex'),
      encode(sha256(convert_to(e.reason, 'UTF8')), 'hex'), encode(e.prev, 'hex')), 'UTF8')) as due
    from reg.audit_event e window w as (order by e.seq)) o
  where o.hash <> o.due or o.prev <> coalesce(o.hash_before, sha256('sitereg')) or o.seq <> coalesce(o.seq_before, 0) + 1
    or o.at < o.at_before order by o.seq"""
ROOTS = """
  with g as (select d.event, count(*)::int as n, array_agg(d.digest) as digests from ({digests}) d group by d.event)
  select e.seq, e.id as event, e.count, e.root, coalesce(g.n, 0) as n, g.digests
  from reg.audit_event e left join g on g.event = e.id
  where not coalesce(e.count = 1 and g.n = 1 and g.digests[1] = e.root, false)
    and not (e.count = 0 and g.n is null and e.root = %(nothing)s)"""
READS = """
  select r.id, r.event, r.first, r.last, r.rows, r.root, count(l.id)::int as n,
    array_agg(""" + CANON.format(name="'read_log'", text="l::text") + """) filter (where l.id is not null) as digests
  from reg.read_root r left join reg.read_log l on l.id between r.first and r.last group by r.id"""  # noqa: S608
TRIGGERS = """
  select c.relname as tbl, t.tgname as id from pg_trigger t join pg_class c on c.oid = t.tgrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('reg', 'vault') and not t.tgisinternal and t.tgenabled <> 'O'
  union all select 'event trigger', evtname from pg_event_trigger where evtname = 'sitereg_triggers' and evtenabled <> 'O'"""
PAGES = """
  select p.id, p.event from reg.document_page p join reg.document d on d.id = p.document join reg.document i on i.id = p.image
  where d.media_type = 'application/pdf' and i.derived_from is distinct from d.id"""

__all__ = ["PARTS", "checkpoints", "documents", "end", "faults_in", "size", "snapshot"]


@contextmanager
def snapshot(settings):
    """A connection of the superuser that sees one moment and writes nothing; values have one form, however the server is set."""
    with translated(), psycopg.connect(cluster.dsn(settings), row_factory=dict_row) as raw:
        raw.execute(FIXED)
        yield raw


def rows(raw):
    """Rows whose digest is not theirs, or whose event is nowhere."""
    for one in sealed(raw):
        text = sql.SQL(r"""replace({}, '"\\x' || encode(t.digest, 'hex') || '"', '')""").format(sql.SQL(
            "case when t.scope < 0 then jsonb_populate_record(t, jsonb_build_object('scope', -1 - t.scope))::text else t::text end"
            if one["scoped"] else "t::text"))
        query = sql.SQL(ROWS).format(name=sql.Literal(one["tbl"]), table=sql.Identifier(one["nsp"], one["tbl"]), text=text,
                                     most=sql.Literal(MOST))
        for row in raw.execute(query).fetchall():
            yield fault(row["problem"], row["tbl"], row["id"], row["event"])


def sealed(raw):
    """The tables whose rows carry a digest: schema, name, whether they have a scope."""
    return raw.execute("""select n.nspname as nsp, c.relname as tbl, exists (select 1 from pg_attribute s where s.attrelid = c.oid
        and s.attname = 'scope' and not s.attisdropped) as scoped from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'digest' and not a.attisdropped
      where n.nspname in ('reg', 'vault') and c.relkind = 'r' order by 2""").fetchall()


def events(raw):
    """Events that were changed, removed, inserted, reordered, lost, or dated backwards."""
    odd = raw.execute(EVENTS).fetchall()
    named = [one["prev"] for one in odd if one["unlinked"]]
    where = {bytes(one["hash"]): one["seq"] for one in raw.execute(
        "select hash, seq from reg.audit_event where hash = any (%s)", [named]).fetchall()} if named else {}
    odd = [chain.Odd(*(one[name] for name in ("seq", "before", "changed", "unlinked", "backwards")), where.get(bytes(one["prev"])))
           for one in odd]
    head = raw.execute("select seq, hash from reg.audit_head").fetchone()
    yield from chain.told(odd, head and (head["seq"], bytes(head["hash"])), end(raw))


def end(raw):
    """(number, hash) of the last event, or None where there is none."""
    last = raw.execute("select seq, hash from reg.audit_event order by seq desc limit 1").fetchone()
    return last and (last["seq"], bytes(last["hash"]))


def roots(raw):
    """Events that have other rows than they were closed with."""
    digests = sql.SQL(" union all ").join(sql.SQL("select event, digest from {}").format(sql.Identifier(one["nsp"], one["tbl"]))
                                          for one in sealed(raw))
    with raw.cursor("roots") as cursor:
        cursor.itersize = 5000
        for one in cursor.execute(sql.SQL(ROOTS).format(digests=digests), {"nothing": chain.NOTHING}):
            if one["n"] != one["count"]:
                yield fault("row added to an event" if one["n"] > one["count"] else "event without its row", "audit_event",
                            str(one["seq"]), one["event"])
            elif chain.merkle(map(bytes, one["digests"] or ())) != bytes(one["root"]):
                yield fault("rows of the event differ", "audit_event", str(one["seq"]), one["event"])


def reads(raw):
    """Stretches of the log of reads that are not what their root says."""
    for one in raw.execute(READS).fetchall():
        name = ("reads missing" if one["n"] < one["rows"] else "reads inserted" if one["n"] > one["rows"] else
                "reads changed" if chain.merkle(map(bytes, one["digests"] or ())) != bytes(one["root"]) else None)
        if name:
            yield fault(name, "read_log", f"{one['first']}-{one['last']}", one["event"])


def triggers(raw):
    """Triggers that are off now, and times when some were."""
    for one in raw.execute(TRIGGERS).fetchall():
        yield fault("triggers off", one["tbl"], one["id"])
    for one in raw.execute("select seq, id from reg.audit_event where action = 'triggers_off' order by seq").fetchall():
        yield fault("triggers were off", "audit_event", str(one["seq"]), one["id"])


def rules(raw):
    """Whether functions, triggers and policies are those that the last upgrade wrote."""
    if schema.altered(raw):
        yield fault("rules altered", "api")


def records(raw):
    """Faces, tiers and freezes that do not follow from claims and decisions; pages that belong to another document."""
    raw.execute("set local search_path = public")
    for one in raw.execute("select * from api._resolved_differences()").fetchall():
        yield fault("record does not follow", one["row_of"], f"{one['subject']}, face {one['face']}")
    for one in raw.execute("select * from api._square_faults()").fetchall():
        yield fault("record does not follow", one["tbl"], one["id"])
    for one in raw.execute("select * from api._sought_faults()").fetchall():
        yield fault("name sought by other words", one["tbl"], one["id"])
    for one in raw.execute("select * from api._tier_faults() union all select * from api._freeze_faults()").fetchall():
        yield fault(one["problem"], one["tbl"], one["id"], one["event"])
    for one in raw.execute(PAGES).fetchall():
        yield fault("page not bound to its original", "document_page", str(one["id"]), one["event"])


PARTS = {"rows": rows, "events": events, "roots": roots, "reads": reads, "triggers": triggers, "rules": rules, "records": records}


def faults_in(raw, parts=("rows", "events", "roots", "triggers")):
    """Every finding of these parts in the transaction of `raw`, a superuser's connection, with the settings that are fixed here."""
    with raw.transaction(force_rollback=True):
        raw.execute(FIXED.partition(";")[2])
        cursor_rows, raw.row_factory = raw.row_factory, dict_row
        try:
            return [one for part in parts for one in PARTS[part](raw)]
        finally:
            raw.row_factory = cursor_rows


def size(raw):
    """(events, rows under the chain)."""
    return tuple(raw.execute("select count(*), coalesce(sum(count), 0)::bigint as rows from reg.audit_event").fetchone().values())


def checkpoints(raw):
    """All checkpoints, the oldest first."""
    return raw.execute("select id, size, root, at, previous, signature, key from reg.checkpoint order by size, at").fetchall()


def hash_at(raw, number):
    """The hash of the event of that number, the chain's beginning for 0, None where there is none."""
    if number == 0:
        return chain.START
    found = raw.execute("select hash from reg.audit_event where seq = %s", [number]).fetchone()
    return found and bytes(found["hash"])


def documents(settings):
    """The files that documents speak of: {hash: size}; asked apart, after the store was listed."""
    with translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        return dict(raw.execute("select encode(sha256, 'hex'), max(size) from reg.document group by sha256").fetchall())
