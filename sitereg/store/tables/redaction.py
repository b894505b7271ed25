"""Redactions of a document: what is covered and why, who asked, checked and refused, and the copy that was made: added to, never
changed."""
from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint

from sitereg.store.tables.base import id_pk, json, real, recorded, sealed_row, table, term, uid, whole, words

redaction = table(
    "redaction", id_pk(), uid("document", "document.id", null=False), words("kind", null=False), *recorded(), *sealed_row(),
    CheckConstraint("kind in ('pages', 'sound')", name="kind"), Index("ix_redaction_document", "document", "recorded_at"))

redaction_mark = table(
    "redaction_mark", id_pk(), uid("redaction", "redaction.id", null=False), whole("n", null=False), whole("page"),
    real("x"), real("y"), real("width"), real("height"), real("began"), real("ended"),
    term("reason", "redaction_reason", null=False), words("why"),
    *recorded(), *sealed_row(), UniqueConstraint("redaction", "n"),
    CheckConstraint("num_nulls(page, x, y, width, height) in (0, 5) and num_nulls(began, ended) in (0, 2)"
                    " and (page is null) <> (began is null)", name="where"),
    CheckConstraint("x >= 0 and y >= 0 and width > 0 and height > 0 and x + width <= 1.000001 and y + height <= 1.000001",
                    name="inside"),
    CheckConstraint("began >= 0 and ended > began and ended < 1000000", name="interval"),
    CheckConstraint("reason <> 'other' or why is not null", name="worded"))

redaction_mark_end = table(
    "redaction_mark_end", uid("mark", "redaction_mark.id", null=False), *recorded(), *sealed_row(), PrimaryKeyConstraint("mark"))

redaction_step = table(
    "redaction_step", id_pk(), uid("redaction", "redaction.id", null=False), words("step", null=False), words("why"), json("plan"),
    uid("sealed", "sealed.id"), uid("made", "document.id"), json("checks"), *recorded(), *sealed_row(),
    CheckConstraint("step in ('asked', 'refused', 'made', 'dropped', 'retracted')", name="step"),
    CheckConstraint("(step = 'asked') = (plan is not null) and (step = 'made') = (num_nulls(made, checks) = 0)", name="parts"),
    Index("ix_redaction_step_redaction", "redaction", "recorded_at"), Index("ix_redaction_step_made", "made"))
