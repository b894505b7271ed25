"""What left the house, to whom and why; what may not leave: frozen, or no longer consented to."""
from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint

from sitereg.store.tables.base import (
    bits,
    day,
    id_pk,
    json,
    recorded,
    sealed_row,
    shape,
    small,
    sound_shape,
    table,
    term,
    texts,
    tiered,
    uid,
    whole,
    words,
)

disclosure = table(
    "disclosure", id_pk(), words("recipient", null=False), words("purpose", null=False),
    term("legal_basis", "legal_basis"), words("risk", null=False), words("format", null=False),
    words("precision", null=False), small("face", null=False), json("filter", null=False, default="{}"),
    whole("rows", null=False), bits("sha256", null=False), uid("approved_by", "account.id"), *recorded(), *sealed_row(),
    uid("document", "document.id"), CheckConstraint("face between 0 and 1 or approved_by is not null", name="second_person"),
    CheckConstraint("approved_by <> recorded_by", name="four_eyes"), CheckConstraint("rows >= 0", name="rows"),
    Index("ix_disclosure_recorded_by", "recorded_by", "recorded_at"))

disclosure_subject = table(
    "disclosure_subject", uid("disclosure", "disclosure.id", null=False), uid("subject", "subject.id", null=False),
    *sealed_row(), PrimaryKeyConstraint("disclosure", "subject"), Index("ix_disclosure_subject_subject", "subject"))

freezing = table(
    "freezing", id_pk(), term("kind", "freeze_kind", null=False), uid("subject", "subject.id"), uid("source", "source.id"),
    shape("area"), words("reason", null=False), day("review_on", null=False), *tiered(), *recorded(), *sealed_row(),
    CheckConstraint("num_nonnulls(subject, source, area) = 1 and case kind when 'site' then subject is not null"
                    " when 'source' then source is not null else area is not null end", name="of_one"), sound_shape("area"),
    Index("ix_freezing_subject", "subject"), Index("ix_freezing_source", "source"),
    Index("ix_freezing_recorded_by", "recorded_by", "recorded_at"))

freezing_lift = table(
    "freezing_lift", uid("freezing", "freezing.id", null=False), words("why", null=False), *recorded(), *sealed_row(),
    PrimaryKeyConstraint("freezing"))

freezing_ask = table(
    "freezing_ask", id_pk(), uid("freezing", "freezing.id", null=False), words("why", null=False), *recorded(), *sealed_row(),
    Index("ix_freezing_ask_freezing", "freezing"))

freezing_ask_end = table(
    "freezing_ask_end", uid("ask", "freezing_ask.id", null=False), words("outcome", null=False), words("why", null=False),
    *recorded(), *sealed_row(), PrimaryKeyConstraint("ask"),
    CheckConstraint("outcome in ('taken', 'refused', 'withdrawn')", name="outcome"))

terms_change = table(
    "terms_change", id_pk(), uid("source", "source.id", null=False), term("consent", "consent_state", null=False),
    texts("permitted_uses", null=False, default="{}"), words("why", null=False), *tiered(), *recorded(), *sealed_row(),
    Index("ix_terms_change_source", "source", "recorded_at"))

deletion_review = table(
    "deletion_review", id_pk(), uid("source", "source.id", null=False), uid("change", "terms_change.id", null=False),
    term("outcome", "deletion_outcome", null=False), term("legal_basis", "legal_basis"), words("why", null=False),
    json("erased", null=False, default="{}"), *tiered(), *recorded(), *sealed_row(),
    CheckConstraint("(outcome = 'keep') = (legal_basis is not null) and legal_basis is distinct from 'consent'", name="basis"),
    Index("ix_deletion_review_source", "source", "recorded_at"))
