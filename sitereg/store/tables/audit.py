"""The chain of events, its head, the log of reads with its roots, the signed checkpoints."""
from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, UniqueConstraint

from sitereg.store.tables.base import bits, id_pk, json, moment, recorded, sealed_row, small, table, uid, whole, words

audit_event = table(
    "audit_event", Column("seq", BigInteger, primary_key=True), uid("id", null=False),
    moment("at", null=False), uid("actor", "account.id"), words("how", null=False), words("request"),
    words("action", null=False), uid("object"), whole("count", null=False), bits("root", null=False),
    words("reason", null=False), bits("prev", null=False), bits("hash", null=False),
    Index("ix_audit_event_id", "id", unique=True), Index("ix_audit_event_object", "object"))

audit_head = table("audit_head", small("one", null=False, primary_key=True), Column("seq", BigInteger, nullable=False),
                   bits("hash", null=False), CheckConstraint("one = 1", name="one"))

read_log = table(
    "read_log", Column("id", BigInteger, Identity(always=True), primary_key=True), moment("at", null=False, now=True),
    uid("actor", "account.id"), words("how", null=False), words("request"), words("action", null=False),
    uid("object"), json("detail", null=False, default="{}"), Index("ix_read_log_at", "at"))

read_root = table(
    "read_root", id_pk(), Column("first", BigInteger, nullable=False), Column("last", BigInteger, nullable=False),
    whole("rows", null=False), bits("root", null=False), *recorded(), *sealed_row(), UniqueConstraint("first"),
    CheckConstraint("first > 0 and last >= first", name="stretch"))

checkpoint = table(
    "checkpoint", id_pk(), Column("size", BigInteger, nullable=False), bits("root", null=False),
    moment("at", null=False), bits("previous", null=False), bits("signature", null=False), bits("key", null=False))
