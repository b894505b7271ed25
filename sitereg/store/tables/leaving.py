"""What leaves as a whole: hand-overs and packages for one recipient, who agreed, what became of each copy; the gate that decides
what one recipient is shown of a site; notices to those who hold what changed; whom one asked whether a successor may have it; what
families were told, who signed it, to whom and when."""
from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, text

from sitereg.store.tables.base import (
    bits,
    day,
    flag,
    id_pk,
    json,
    recorded,
    sealed_row,
    small,
    table,
    term,
    texts,
    tiered,
    uid,
    uids,
    words,
)

consent_ask = table(
    "consent_ask", id_pk(), uid("source", "source.id", null=False), term("answer", "hand_over_answer", null=False),
    term("asked", "asked_whom", null=False), flag("named", null=False, default="false"), day("on_day", null=False),
    words("note"), *tiered(), *recorded(), *sealed_row(),
    CheckConstraint("not named or answer = 'given'", name="named"), Index("ix_consent_ask_source", "source", "recorded_at"))

gate = table(
    "gate", id_pk(), uid("subject", "subject.id", null=False), words("recipient", null=False),
    term("precision", "gate_precision", null=False), term("protection", "protection_status", null=False),
    json("answers", null=False), words("reason", null=False), flag("allows", null=False), day("until", null=False),
    *tiered(), *recorded(), *sealed_row(), CheckConstraint("allows = (precision <> 'nothing')", name="allows"),
    Index("ix_gate_subject", "subject", "recorded_at"))

gate_step = table(
    "gate_step", id_pk(), uid("gate", "gate.id", null=False), words("step", null=False), words("why", null=False),
    *recorded(), *sealed_row(), Index("ix_gate_step_gate", "gate", "recorded_at"),
    CheckConstraint("step in ('agreed', 'refused', 'ended')", name="step"))

package = table(
    "package", id_pk(), words("kind", null=False), uid("partner", "partner.id"), words("recipient", null=False),
    words("purpose", null=False), term("legal_basis", "legal_basis"), json("risk", null=False), small("level", null=False),
    texts("fields", null=False, default="{}"), words("key"), day("expires_on"), uid("account", "account.id"), *tiered(),
    *recorded(), *sealed_row(), CheckConstraint("kind in ('hand_over', 'package', 'share')", name="kind"),
    CheckConstraint("level between 0 and 2", name="level"),
    CheckConstraint("case kind when 'package' then num_nulls(key, expires_on) = 0 when 'share' then"
                    " num_nulls(account, expires_on) = 0 and key is null else account is null end", name="one_recipient"),
    Index("ix_package_account", "account", postgresql_where=text("account is not null")))

package_subject = table(
    "package_subject", uid("package", "package.id", null=False), uid("subject", "subject.id", null=False),
    uid("gate", "gate.id", null=False), *sealed_row(), PrimaryKeyConstraint("package", "subject"),
    Index("ix_package_subject_subject", "subject"))

package_step = table(
    "package_step", id_pk(), uid("package", "package.id", null=False), term("step", "package_state", null=False),
    words("why"), bits("manifest"), uid("disclosure", "disclosure.id"), words("copy"), *recorded(), *sealed_row(),
    Index("ix_package_step_package", "package", "recorded_at"),
    CheckConstraint("(step = 'made') = (num_nulls(manifest, disclosure, copy) = 0)", name="made"))

notice = table(
    "notice", id_pk(), uid("package", "package.id", null=False), words("what", null=False), uids("subjects", null=False),
    *tiered(), day("opened_on", null=False), Index("ix_notice_package", "package"))

notice_step = table(
    "notice_step", id_pk(), uid("notice", "notice.id", null=False), words("step", null=False), words("how", null=False),
    *recorded(), *sealed_row(), Index("ix_notice_step_notice", "notice", "recorded_at"),
    CheckConstraint("step in ('delivered', 'acknowledged')", name="step"))

statistic = table(
    "statistic", id_pk(), words("title", null=False), json("rows", null=False), *tiered(), *recorded(), *sealed_row(),
    CheckConstraint("not jsonb_path_exists(rows, '$[*].sites ? (@ > 0 && @ < 5)')", name="small_counts"))

statistic_step = table(
    "statistic_step", id_pk(), uid("statistic", "statistic.id", null=False), words("step", null=False), words("why", null=False),
    *recorded(), *sealed_row(), CheckConstraint("step in ('published', 'refused', 'withdrawn')", name="step"),
    Index("ix_statistic_step_statistic", "statistic", "recorded_at"))

telling = table(
    "telling", id_pk(), uid("person", "subject.id", null=False), json("lines", null=False), json("words", null=False),
    uids("basis", null=False), *tiered(), *recorded(), *sealed_row(),
    CheckConstraint("jsonb_array_length(lines) between 2 and 5", name="lines"), Index("ix_telling_person", "person", "recorded_at"))

telling_step = table(
    "telling_step", id_pk(), uid("telling", "telling.id", null=False), words("step", null=False), words("why"),
    uid("contact", "source.id"), words("how"), day("on_day"), *recorded(), *sealed_row(),
    CheckConstraint("step in ('signed', 'refused', 'told')", name="step"),
    CheckConstraint("case step when 'told' then num_nulls(contact, how, on_day) = 0 else num_nonnulls(contact, how, on_day) = 0"
                    " and why is not null end", name="told"),
    CheckConstraint("how in ('in_person', 'telephone', 'letter')", name="how"),
    Index("ix_telling_step_telling", "telling", "recorded_at"), Index("ix_telling_step_contact", "contact"))
