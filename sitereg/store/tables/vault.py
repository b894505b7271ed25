"""The vault: whose public keys it is sealed to, one box for each subject, the box's key locked to each of them, sealed sheets."""
from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, text

from sitereg.store.tables.base import (
    bits,
    id_pk,
    moment,
    recorded,
    sealed_row,
    table,
    uid,
    whole,
    words,
)

AGE = "substr({}, 1, 21) = 'age-encryption.org/v1'::bytea"
PUBLIC = "public ~ '^age1[02-9ac-hj-np-z]{58}$'"

recipient = table(
    "recipient", id_pk(), uid("account", "account.id"), words("public", null=False, unique=True), bits("secret"),
    whole("tries", null=False, server_default="0"), moment("tried_at"), moment("made_at", null=False, now=True),
    moment("ended_at"), uid("ended_by", "account.id"), words("ended_why"),
    CheckConstraint(PUBLIC, name="public"), CheckConstraint("(account is null) = (secret is null)", name="secret"),
    CheckConstraint(AGE.format("secret"), name="sealed"),
    Index("ix_recipient_live", "account", unique=True, postgresql_where=text("ended_at is null"),
          postgresql_nulls_not_distinct=True),
    schema="vault")

box = table(
    "box", id_pk("subject"), words("kind", null=False), words("public", null=False), moment("made_at", null=False, now=True),
    moment("erased_at"), CheckConstraint("kind in ('source', 'inquiry', 'referral')", name="kind"),
    CheckConstraint(PUBLIC, name="public"),
    schema="vault")

subject_lock = table(
    "subject_lock", uid("subject", "vault.box.subject", null=False), uid("recipient", "vault.recipient.id", null=False),
    bits("wrapped", null=False), moment("made_at", null=False, now=True), PrimaryKeyConstraint("subject", "recipient"),
    CheckConstraint(AGE.format("wrapped"), name="sealed"), Index("ix_subject_lock_recipient", "recipient"), schema="vault")

sheet = table(
    "sheet", id_pk(), uid("subject", "vault.box.subject", null=False), words("kind", null=False), uid("object"),
    bits("cipher", null=False), *recorded(), *sealed_row(),
    CheckConstraint("kind in ('identity', 'contact', 'words', 'testimony', 'claim')", name="kind"),
    CheckConstraint("(kind = 'claim') = (object is not null)", name="object"), CheckConstraint(AGE.format("cipher"), name="sealed"),
    Index("ix_sheet_subject", "subject"), Index("ix_sheet_object", "object"), schema="vault")
