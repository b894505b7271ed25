"""Agreements with partners: their terms by version, who approved which, how they ended; what stood before there were any."""
from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, text

from sitereg.store.tables.base import (
    day,
    flag,
    id_pk,
    moment,
    recorded,
    sealed_row,
    table,
    term,
    texts,
    tiered,
    uid,
    whole,
    words,
)

agreement = table(
    "agreement", id_pk(), uid("partner", "partner.id", null=False), words("title", null=False),
    moment("created_at", null=False, now=True), *tiered(), day("until"), flag("over", null=False, default="false"),
    Index("ix_agreement_partner", "partner"), Index("ix_agreement_until", "until", postgresql_where=text("not over")))

agreement_version = table(
    "agreement_version", id_pk(), uid("agreement", "agreement.id", null=False), whole("n", null=False),
    texts("classes", null=False), texts("purposes", null=False), texts("audiences", null=False), texts("kinds", null=False),
    term("precision", "shared_precision", null=False), term("onward", "onward_sharing", null=False),
    whole("retention_months", null=False), day("signed_on", null=False), words("signed_by_them", null=False),
    words("signed_by_us", null=False), day("review_on", null=False), day("expires_on"), uid("paper", "document.id"),
    words("why", null=False), *recorded(), *sealed_row(), UniqueConstraint("agreement", "n"),
    CheckConstraint("n > 0 and retention_months between 0 and 1200", name="numbers"),
    CheckConstraint("signed_on <= review_on and signed_on <= expires_on", name="days"))

agreement_approval = table(
    "agreement_approval", uid("version", "agreement_version.id", null=False), *recorded(), *sealed_row(),
    PrimaryKeyConstraint("version", "recorded_by"))

agreement_end = table(
    "agreement_end", uid("version", "agreement_version.id", null=False), term("kind", "agreement_end", null=False),
    words("why", null=False), *recorded(), *sealed_row(), PrimaryKeyConstraint("version"))

before_agreements = table(
    "before_agreements", words("tbl", null=False), uid("row", null=False), PrimaryKeyConstraint("tbl", "row"),
    CheckConstraint("tbl in ('source', 'document', 'import_batch', 'report', 'entry')", name="tbl"))
