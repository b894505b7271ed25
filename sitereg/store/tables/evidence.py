"""What is said and what is settled: sources, documents, claims, their ends, proposals, approvals, decisions."""
from sqlalchemy import BigInteger, CheckConstraint, Column, Index, PrimaryKeyConstraint, Text, UniqueConstraint, text

from sitereg.store.tables.base import (
    bits,
    day,
    days,
    flag,
    id_pk,
    json,
    moment,
    real,
    recorded,
    sealed_row,
    shape,
    small,
    sound_radius,
    sound_shape,
    table,
    term,
    tiered,
    told,
    uid,
    uids,
    whole,
    words,
)

subject = table(
    "subject", id_pk(), words("kind", null=False), words("code", null=False, unique=True), *tiered(),
    small("exact_tier", null=False), uid("merged_into", "subject.id"), uid("batch"), *recorded(),
    CheckConstraint("kind in ('site', 'person', 'holding')", name="kind"),
    CheckConstraint("tier between 0 and 2 and exact_tier between tier and 2", name="tiers"),
    CheckConstraint("merged_into <> id", name="merge"),
    Index("ix_subject_frozen", "id", postgresql_where=text("scope < 0")),
    Index("ix_subject_batch", "batch", postgresql_where=text("batch is not null")),
    Index("ix_subject_merged_into", "merged_into", postgresql_where=text("merged_into is not null")))

source = table(
    "source", id_pk(), term("type", "source_type", null=False), term("connection", "source_connection"),
    json("label", null=False), uid("origin_root", null=False), *tiered(), *told(), *recorded(), *sealed_row(),
    term("legal_class", "legal_class"), Index("ix_source_agreement", "agreement", postgresql_where=text("agreement is not null")))

source_grade = table(
    "source_grade", id_pk(), uid("source", "source.id", null=False), term("reliability", "reliability", null=False),
    words("reason", null=False), *recorded(), *sealed_row(), Index("ix_source_grade_source", "source", "recorded_at"))

document = table(
    "document", id_pk(), bits("sha256", null=False), Column("size", BigInteger, nullable=False),
    words("media_type", null=False), words("original_name", null=False), term("role", "document_role", null=False),
    words("how", null=False), uid("derived_from", "document.id"), *tiered(), *told(), *recorded(), *sealed_row(),
    CheckConstraint("octet_length(sha256) = 32 and size >= 0", name="hash"),
    CheckConstraint("(role = 'evidentiary') = (derived_from is null)", name="derived"),
    Index("ix_document_sha256", "sha256"), Index("ix_document_seen", "tier", "scope", "id"))

custody_event = table(
    "custody_event", id_pk(), uid("document", "document.id", null=False), whole("n", null=False),
    term("kind", "custody_kind", null=False), words("note"), *recorded(), *sealed_row(),
    UniqueConstraint("document", "n"))

claim = table(
    "claim", id_pk(), uid("subject", "subject.id", null=False), term("predicate", "predicate", null=False), uid("item", null=False),
    json("value"), uid("object"), shape("geom"), real("uncertainty_m"), term("place_kind", "place_kind"),
    term("method", "georef_method"), words("pcode"), words("edition"), days("at"), days("began"), days("ended"),
    flag("holds_throughout"), words("verbatim"), words("edtf"), words("calendar"),
    uid("source", "source.id", null=False), uid("origin", null=False), Column("reliability", Text, nullable=False),
    Column("credibility", Text, nullable=False), flag("first_hand"), uid("document"), words("locator"), words("quote"),
    *tiered(), uid("sealed"), uid("rumour_owner"), day("rumour_until"), uid("batch"), words("part"), whole("row_no"),
    moment("recorded_at", null=False), uid("recorded_by", null=False), *sealed_row(),
    CheckConstraint("reliability in ('A','B','C','D','E','F') and credibility in ('1','2','3','4','5','6')",
                    name="grades"),
    CheckConstraint("tier between 0 and 3", name="tier"), sound_shape(), sound_radius(),
    CheckConstraint("(geom is null) = (uncertainty_m is null)", name="placed"),
    CheckConstraint("(rumour_owner is null) = (rumour_until is null)", name="rumour"),
    CheckConstraint("not (isempty(at) or isempty(began) or isempty(ended))", name="days"),
    CheckConstraint("began is null or ended is null or lower(began) is null or upper(ended) is null"
                    " or lower(began) < upper(ended)", name="order"),
    Index("ix_claim_subject", "subject", "predicate"),
    Index("ix_claim_batch", "batch", postgresql_where=text("batch is not null")),
    Index("ix_claim_source", "source"),
    Index("ix_claim_document", "document", "locator", postgresql_where=text("document is not null")),
    Index("ix_claim_frozen", "subject", "document", postgresql_where=text("scope < 0")),
    Index("ix_claim_object", "object", postgresql_where=text("object is not null")),
    Index("ix_claim_event_site", text("(value->>'site')"), postgresql_where=text("predicate = 'event'")),
    Index("ix_claim_external", text("(value->>'scheme')"), text("(value->>'value')"),
          postgresql_where=text("predicate = 'external_id'")))

claim_end = table(
    "claim_end", uid("claim", "claim.id", null=False), words("why", null=False), uid("superseded_by"), *recorded(),
    *sealed_row(), PrimaryKeyConstraint("claim"), CheckConstraint("superseded_by <> claim", name="other"))

sealed = table(
    "sealed", id_pk(), uid("subject", null=False), words("field", null=False), bits("cipher", null=False),
    *tiered(), moment("recorded_at", null=False, now=True), *sealed_row(), Index("ix_sealed_subject", "subject"))

subject_key = table("subject_key", id_pk("subject"), bits("key"), moment("created_at", null=False, now=True),
                    moment("erased_at"), CheckConstraint("(key is null) = (erased_at is not null)", name="erased"),
                    schema="vault")

proposal = table(
    "proposal", id_pk(), uid("subject", "subject.id", null=False), term("machine", "machine", null=False),
    words("aspect", null=False, server_default=""), words("from_state", null=False), words("to_state", null=False),
    json("value", null=False, default="{}"), words("reason", null=False), uids("basis", null=False, default="{}"),
    small("approvals_needed", null=False), day("observed_on"), day("due"), *tiered(), *recorded(), *sealed_row(),
    Index("ix_proposal_subject", "subject", "machine", "aspect"))

proposal_end = table(
    "proposal_end", uid("proposal", "proposal.id", null=False), words("outcome", null=False), words("why"),
    *recorded(), *sealed_row(), PrimaryKeyConstraint("proposal"),
    CheckConstraint("outcome in ('taken', 'refused', 'withdrawn', 'stale')", name="outcome"))

approval = table(
    "approval", id_pk(), uid("proposal", "proposal.id", null=False), flag("agrees", null=False), words("reason"),
    *recorded(), *sealed_row(), UniqueConstraint("proposal", "recorded_by"))

decision = table(
    "decision", id_pk(), uid("subject", "subject.id", null=False), term("machine", "machine", null=False),
    words("aspect", null=False, server_default=""), whole("seq", null=False), words("from_state", null=False),
    words("to_state", null=False), json("value", null=False, default="{}"), words("reason", null=False),
    uids("basis", null=False, default="{}"), uid("proposal", "proposal.id"), uid("proposed_by", "account.id", null=False),
    uids("approved_by", null=False, default="{}"), uid("annuls", "decision.id"), day("observed_on"), day("due"),
    words("how", null=False, server_default="person"), *tiered(), *recorded(), *sealed_row(),
    UniqueConstraint("subject", "machine", "aspect", "seq"),
    Index("ix_decision_pairs", "machine", "subject", "aspect", "seq",
          postgresql_where=text("machine in ('duplicate', 'link_review')")),
    CheckConstraint("not (proposed_by = any (approved_by))", name="four_eyes"),
    CheckConstraint("how in ('person', 'import', 'rule')", name="how"),
    CheckConstraint("seq > 0 and reason <> ''", name="said"),
    Index("ix_decision_pair", "aspect", postgresql_where=text("machine = 'duplicate'")))

report = table(
    "report", id_pk(), uid("sealed", null=False), words("place_verbatim"), shape("geom"), real("uncertainty_m"),
    days("at"), flag("callback"), uid("source"), *tiered(), *told(), *recorded(), *sealed_row(),
    sound_shape(), sound_radius())

report_step = table(
    "report_step", id_pk(), uid("report", "report.id", null=False), term("state", "report_state", null=False),
    uid("subject"), words("why"), uids("claims", null=False, default="{}"), *recorded(), *sealed_row(),
    Index("ix_report_step_report", "report", "recorded_at"))
