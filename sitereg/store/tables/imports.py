"""Batches of a partner's file and what became of each of its rows."""
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint

from sitereg.store.tables.base import (
    bits,
    id_pk,
    json,
    moment,
    recorded,
    sealed_row,
    table,
    term,
    tiered,
    told,
    uid,
    uids,
    whole,
    words,
)

import_batch = table(
    "import_batch", id_pk(), uid("document", "document.id", null=False), words("profile", null=False),
    words("profile_version", null=False), words("encoding"), *tiered(), *told(),
    words("state", null=False, server_default="running"), whole("rows_in"), whole("accepted"), whole("flagged"),
    whole("quarantined"), whole("rejected"), json("totals", null=False, default="{}"),
    moment("started_at", null=False, now=True), moment("ended_at"), uid("operator", "account.id", null=False),
    uid("revoked_by", "account.id"), words("revoked_why"), moment("revoked_at"),
    CheckConstraint("state in ('running', 'done', 'revoked')", name="state"),
    CheckConstraint("state = 'running' or rows_in = accepted + flagged + quarantined + rejected", name="every_row"),
    Index("ix_import_batch_operator", "operator", "started_at"))

import_row = table(
    "import_row", uid("batch", "import_batch.id", null=False), words("part", null=False, server_default=""),
    whole("row_no", null=False), term("outcome", "row_outcome", null=False), json("problems", null=False, default="[]"),
    json("verbatim"), uid("sealed", "sealed.id"), bits("fingerprint", null=False), uid("subject", "subject.id"),
    uids("claims", null=False, default="{}"), *tiered(),
    PrimaryKeyConstraint("batch", "part", "row_no"), CheckConstraint("verbatim is null or sealed is null", name="one"),
    Index("ix_import_row_subject", "subject"), Index("ix_import_row_fingerprint", "fingerprint"))

row_settlement = table(
    "row_settlement", id_pk(), uid("batch", null=False), words("part", null=False), whole("row_no", null=False),
    words("act", null=False), words("reason", null=False), uid("by_batch", "import_batch.id"), *recorded(), *sealed_row(),
    ForeignKeyConstraint(["batch", "part", "row_no"], [f"reg.import_row.{name}" for name in ("batch", "part", "row_no")]),
    CheckConstraint("act in ('corrected', 'rejected')", name="act"),
    CheckConstraint("(act = 'corrected') = (by_batch is not null)", name="by_batch"),
    CheckConstraint("btrim(reason) <> ''", name="reason"), Index("ix_row_settlement_row", "batch", "part", "row_no"))
