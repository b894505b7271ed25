"""What left the house, to whom and why."""
from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint

from sitereg.store.tables.base import (
    bits,
    id_pk,
    json,
    recorded,
    sealed_row,
    small,
    table,
    term,
    uid,
    whole,
    words,
)

disclosure = table(
    "disclosure", id_pk(), words("recipient", null=False), words("purpose", null=False),
    term("legal_basis", "legal_basis"), words("risk", null=False), words("format", null=False),
    words("precision", null=False), small("face", null=False), json("filter", null=False, default="{}"),
    whole("rows", null=False), bits("sha256", null=False), uid("approved_by", "account.id"), *recorded(), *sealed_row(),
    CheckConstraint("face between 0 and 1 or approved_by is not null", name="second_person"),
    CheckConstraint("approved_by <> recorded_by", name="four_eyes"), CheckConstraint("rows >= 0", name="rows"))

disclosure_subject = table(
    "disclosure_subject", uid("disclosure", "disclosure.id", null=False), uid("subject", "subject.id", null=False),
    *sealed_row(), PrimaryKeyConstraint("disclosure", "subject"), Index("ix_disclosure_subject_subject", "subject"))
