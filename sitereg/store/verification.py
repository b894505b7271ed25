"""Looking underneath as the superuser: faults in rows, events and chain; resolved records and tiers that do not follow."""
import psycopg
from psycopg.rows import dict_row

from sitereg.store import cluster
from sitereg.store.session import translated


def faults(settings):
    """Every fault found, as dicts (problem, tbl, id, event); [] = sound. Reads all rows in one snapshot."""
    with translated(), psycopg.connect(cluster.dsn(settings), row_factory=dict_row) as raw:
        raw.execute("set transaction isolation level repeatable read, read only")
        found = raw.execute("select * from api._verify()").fetchall()
        found += raw.execute("select 'record does not follow' as problem, d.row_of as tbl, d.subject || ', face ' || d.face as id,"
                             " null as event from api._resolved_differences() d").fetchall()
        found += raw.execute("select * from api._tier_faults() union all select * from api._freeze_faults()").fetchall()
    return found


def size(settings):
    """(events, rows under the chain)."""
    with translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        return raw.execute("select count(*), coalesce(sum(count), 0) from reg.audit_event").fetchone()


def checkpoints(settings):
    """All checkpoints, the oldest first, with the hash the chain has now at their size."""
    with translated(), psycopg.connect(cluster.dsn(settings), row_factory=dict_row) as raw:
        return raw.execute("select c.*, e.hash as hash_now from reg.checkpoint c left join reg.audit_event e"
                           " on e.seq = c.size order by c.size, c.at").fetchall()
