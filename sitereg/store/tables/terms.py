"""Vocabulary tables, one a scheme, and the transition tables: written at each upgrade from Python, never by hand."""
from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint, Text

from sitereg import vocab
from sitereg.store.tables.base import flag, json, small, table, term, texts, words


def scheme_table(scheme):
    return table(scheme, Column("code", Text, primary_key=True), words("label_en", null=False),
                 words("label_ar", null=False), small("rank", null=False),
                 json("attrs", null=False, default="{}"), flag("draft", null=False, default="false"),
                 schema="vocab")


schemes = {scheme: scheme_table(scheme) for scheme in sorted(vocab.SCHEMES)}

transition = table(
    "transition", term("machine", "machine", null=False), words("from_state", null=False),
    words("to_state", null=False), texts("guards", null=False, default="{}"), small("approvals", null=False),
    texts("roles", null=False), words("note"),
    PrimaryKeyConstraint("machine", "from_state", "to_state"),
    CheckConstraint("approvals between 0 and 2", name="approvals"))
