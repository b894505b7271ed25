"""Consent for each use, by version of the text that was shown: of one source, or of a partner for what it passes on."""
from sqlalchemy import CheckConstraint, Index

from sitereg.store.tables.base import day, id_pk, json, recorded, sealed_row, table, term, tiered, uid, words

consent = table(
    "consent", id_pk(), uid("source", "source.id"), uid("partner", "partner.id"), words("version", null=False),
    json("uses", null=False), day("on_day", null=False), term("how", "consent_how", null=False), words("before"),
    words("why", null=False), *tiered(), *recorded(), *sealed_row(),
    CheckConstraint("num_nonnulls(source, partner) = 1", name="of_one"),
    CheckConstraint("how = 'written' or before is not null", name="before"),
    Index("ix_consent_source", "source", "recorded_at"), Index("ix_consent_partner", "partner", "recorded_at"))
