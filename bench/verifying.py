"""Verifying: a million events with a row each, recomputed part by part, beside plain reading and hashing of the same.

    python -m bench.verifying --n 1000000
"""
import argparse
import hashlib
from datetime import UTC, datetime, timedelta

from bench.ground import ground
from bench.measure import Table, timed
from sitereg import audit, chain
from sitereg.store import verification

AT_ONCE = 100_000
MINUTE = 60
EVENT = ("copy reg.audit_event(seq, id, at, actor, how, request, action, object, count, root, reason, prev, hash) from stdin")
ROWS = """
  insert into reg.custody_event(id, document, n, kind, note, recorded_at, recorded_by, event, digest)
  select md5('row' || i)::uuid, %(document)s, i, (array['opened', 'verified', 'copied', 'hashed'])[1 + i %% 4], 'step ' || i,
    '2020-01-01Z'::timestamptz + i * interval '1 second', %(by)s, md5('event' || i)::uuid, ''
  from generate_series(%(first)s::int, %(last)s::int) i"""
DOCUMENT = """
  insert into reg.document(id, sha256, size, media_type, original_name, role, how, tier, scope, permitted_uses,
    recorded_by, event, digest)
  values (reg.new_id(), sha256('x'), 1, 'text/plain', 'made up', 'evidentiary', 'bench', 1, 0, '{}', %s, %s, '') returning id"""
SEALED = "select c.n, c.event::text, c.digest from reg.custody_event c where c.n between %s and %s order by c.n"


def fill(raw, n):
    """n events stand in the chain, each with a step of custody of one document, as api._close_event would have written them."""
    by = raw.execute("select id from reg.account where name = 'bench.worker'").fetchone()[0]
    raw.execute("select api._close_event(s.id, 'new_source', s.id, 'benchmark') from reg.source s")
    event = raw.execute("select reg.new_id()").fetchone()[0]
    document = raw.execute(DOCUMENT, [by, event]).fetchone()[0]
    raw.execute("select api._close_event(%s, 'keep_document', %s, '')", [event, document])
    seq, prev = raw.execute("select seq, hash from reg.audit_head").fetchone()
    for first in range(1, n + 1, AT_ONCE):
        given = {"document": document, "by": by, "first": first, "last": min(n, first + AT_ONCE - 1)}
        raw.execute(ROWS, given)
        rows = raw.execute(SEALED, [given["first"], given["last"]]).fetchall()
        seq, prev = chained(raw, rows, seq, prev, by, document)
    raw.execute("update reg.audit_head set seq = %s, hash = %s", [seq, prev])
    raw.execute("vacuum analyze")


def chained(raw, rows, seq, prev, by, document):
    """The events of these rows (number, event, digest) follow in the chain; answers its head."""
    began = datetime.now(UTC)
    with raw.cursor() as cursor, cursor.copy(EVENT) as copy:
        for number, (n, event, digest) in enumerate(rows):
            seq, at = seq + 1, began + timedelta(microseconds=number)
            reason = f"step {n}"
            micros = round((at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
            said = "|".join(map(str, (seq, event, micros, by, "local", "-", "open_page", document, 1, digest.hex(),
                                      hashlib.sha256(reason.encode()).hexdigest(), prev.hex())))
            hashed = hashlib.sha256(said.encode()).digest()
            copy.write_row((seq, event, at, by, "local", None, "open_page", document, 1, digest, reason, prev, hashed))
            prev = hashed
    return seq, prev


def plain(raw):
    """The peer: the same rows and events read as text, each hashed once, and the chain of hashes followed."""
    count, prev = 0, chain.START
    for query in ("copy reg.custody_event to stdout", "copy (select * from reg.audit_event order by seq) to stdout"):
        with raw.cursor() as cursor, cursor.copy(query) as copy:
            for block in copy:
                prev = hashlib.sha256(prev + block).digest()
                count += 1
    return count


def run(n, *, keep=True):
    """The table of one run; AssertionError where the registry is not found sound, or a change is not found."""
    with ground() as made, made.dba() as raw:
        fill(raw, n)
        table = Table("verifying", "Verifying a chain", {"events": n})
        with verification.snapshot(made.settings) as held:
            for part, look in verification.PARTS.items():
                took = timed(lambda look=look: list(look(held)), pids=[held.info.backend_pid])
                table.add(part, took)
                assert took.answer == [], took.answer[:3]
        peer = timed(lambda: plain(raw), pids=[raw.info.backend_pid])
        whole = timed(lambda: audit.verify(made.settings))
        assert whole.answer.sound and whole.answer.events >= n, whole.answer.faults[:3]
        table.add("plain reading and hashing", peer)
        table.add("verify", whole, ratio=whole.median / peer.median, target="a million in a minute",
                  met=whole.median <= MINUTE * max(1, n / 1e6))
        raw.execute("set session_replication_role = replica; update reg.custody_event set note = 'another' where n = 9")
        found = {one["problem"] for one in audit.verify(made.settings).faults}
        assert found == {"row changed"}, found
        return table.finish(keep=keep)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--n", type=int, default=1_000_000)
    run(asked.parse_args().n)
