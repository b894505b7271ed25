"""What people enter by hand: each sheet with its terms, its consent and its receipt; and drafts, which belong to their owner."""
from sqlalchemy import CheckConstraint, Index, UniqueConstraint

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
    words,
)

FORMS = "form in ('report', 'site', 'person', 'testimony')"
DRAFTS = "form in ('report', 'site', 'person', 'testimony', 'intake')"

entry = table(
    "entry", id_pk(), words("form", null=False), uid("once", null=False), bits("mark", null=False),
    words("receipt", null=False, unique=True), uid("source", "source.id", null=False),
    json("consent_scope", null=False, default="{}"), term("legal_basis", "legal_basis"),
    *tiered(), *told(), *recorded(), *sealed_row(),
    CheckConstraint(FORMS, name="form"), CheckConstraint("octet_length(mark) = 32", name="mark"),
    CheckConstraint("receipt ~ '^[0-9]{8}$'", name="receipt"),
    UniqueConstraint("recorded_by", "once"), Index("ix_entry_source", "source"))

draft = table(
    "draft", id_pk(), uid("owner", "account.id", null=False), uid("once", null=False), words("form", null=False),
    bits("cipher", null=False), moment("saved_at", null=False, now=True), moment("expires_at", null=False),
    CheckConstraint(DRAFTS, name="form"),
    CheckConstraint("substr(cipher, 1, 21) = 'age-encryption.org/v1'::bytea", name="sealed"),
    UniqueConstraint("owner", "once"), Index("ix_draft_expires_at", "expires_at"))
