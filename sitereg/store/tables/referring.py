"""Families referred between partners, in the vault's schema, where nothing of sites, cases or links reads; declared work."""
from sqlalchemy import ARRAY, CheckConstraint, Column, Index, LargeBinary, PrimaryKeyConstraint, text

from sitereg.store.tables.base import (
    bits,
    day,
    flag,
    id_pk,
    json,
    moment,
    recorded,
    sealed_row,
    table,
    term,
    texts,
    tiered,
    uid,
    words,
)
from sitereg.store.tables.vault import AGE, PUBLIC

STATES = ("drafted", "consented", "sent", "accepted", "declined", "in_progress", "outcome", "closed", "withdrawn", "deleted")
HOUR = "{0} = date_trunc('hour', {0}, 'UTC')"

partner_account = table(
    "partner_account", uid("account", "account.id", null=False), uid("partner", "partner.id", null=False), *recorded(),
    *sealed_row(), PrimaryKeyConstraint("account"), Index("ix_partner_account_partner", "partner"), schema="vault")

referral_key = table(
    "referral_key", id_pk(), uid("account", "account.id", null=False), words("public", null=False, unique=True),
    bits("secret", null=False), moment("made_at", null=False), flag("over", null=False, default="false"),
    CheckConstraint(PUBLIC, name="public"), CheckConstraint(AGE.format("secret"), name="sealed"),
    CheckConstraint(HOUR.format("made_at"), name="hours"),
    Index("ix_referral_key_live", "account", unique=True, postgresql_where=text("not over")), schema="vault")

referral = table(
    "referral", id_pk(), words("code", null=False, unique=True), words("way", null=False), uid("partner", "partner.id", null=False),
    uid("agreement", "agreement.id", null=False), uid("owner", "account.id"), uid("sender", "account.id"),
    texts("needs", null=False), term("urgency", "referral_urgency", null=False), texts("fields", null=False),
    bits("brief"), bits("passed"), term("consent_form", "referral_consent_form"), term("consent_by", "referral_consent_by"),
    day("consent_on"), words("state", null=False), day("since", null=False), day("due"), day("made_on", null=False),
    day("sent_on"), flag("read", null=False, default="false"),
    term("ground", "referral_ground"), term("outcome", "referral_outcome"),
    CheckConstraint("way in ('out', 'in') and (way = 'in') = (sender is not null)", name="way"),
    CheckConstraint(f"state in {STATES}", name="state"),
    CheckConstraint("state in ('drafted', 'withdrawn') or num_nulls(consent_form, consent_by, consent_on) = 0", name="consent"),
    CheckConstraint("state not in ('withdrawn', 'deleted', 'closed') or num_nonnulls(brief, passed) = 0", name="gone"),
    CheckConstraint(f"{AGE.format('brief')} and {AGE.format('passed')}", name="sealed"),
    CheckConstraint("cardinality(needs) > 0 and cardinality(fields) > 0", name="says"),
    Index("ix_referral_partner", "partner"), Index("ix_referral_owner", "owner"), schema="vault")

referral_step = table(
    "referral_step", id_pk(), uid("referral", "vault.referral.id", null=False), words("step", null=False),
    json("data", null=False, default="{}"), *recorded(), *sealed_row(),
    Index("ix_referral_step_referral", "referral"), schema="vault")

referral_answer = table(
    "referral_answer", id_pk(), uid("referral", "vault.referral.id", null=False), uid("account", "account.id", null=False),
    words("step", null=False), json("data", null=False, default="{}"), moment("at", null=False),
    CheckConstraint(HOUR.format("at"), name="hours"), Index("ix_referral_answer_referral", "referral"), schema="vault")

work = table(
    "work", id_pk(), uid("site", "subject.id"), words("unit"), term("kind", "work_kind", null=False), day("began", null=False),
    day("ended", null=False), term("told", "work_told", null=False), uid("partner", "partner.id"), *tiered(), *recorded(),
    *sealed_row(), CheckConstraint("num_nonnulls(site, unit) = 1", name="where"), CheckConstraint("began <= ended", name="days"),
    Index("ix_work_site", "site"), Index("ix_work_unit", "unit"))

work_end = table(
    "work_end", uid("work", "work.id", null=False), words("why", null=False), *recorded(), *sealed_row(),
    PrimaryKeyConstraint("work"))

contact_token = table(
    "contact_token", uid("subject", "vault.box.subject", null=False), bits("token", null=False),
    PrimaryKeyConstraint("subject", "token"), CheckConstraint("octet_length(token) = 32", name="token"),
    Index("ix_contact_token_token", "token"), schema="vault")

ask = table(
    "ask", id_pk(), uid("account", "account.id", null=False), Column("tokens", ARRAY(LargeBinary), nullable=False),
    day("on_day", null=False), day("due", null=False), term("answer", "ask_answer"), uid("answered_by", "account.id"),
    day("answered_on"), CheckConstraint("num_nulls(answer, answered_by, answered_on) in (0, 3)", name="answer"),
    Index("ix_ask_account", "account", "on_day"), schema="vault")

work_offer = table(
    "work_offer", id_pk(), uid("account", "account.id", null=False), words("unit", null=False), words("place"),
    term("kind", "work_kind", null=False), day("began", null=False), day("ended", null=False),
    term("told", "work_told", null=False), day("on_day", null=False), day("over_on"), words("step"),
    uid("settled_by", "account.id"), day("settled_on"), uid("work", "work.id"), CheckConstraint("began <= ended", name="days"),
    CheckConstraint("step in ('taken', 'refused')", name="step"),
    CheckConstraint("num_nulls(step, settled_by, settled_on) in (0, 3)", name="settled"),
    Index("ix_work_offer_account", "account", "on_day"), schema="vault")

place_ask = table(
    "place_ask", id_pk(), uid("account", "account.id", null=False), words("unit", null=False), words("place"),
    day("on_day", null=False), day("due", null=False), term("answer", "ask_answer"), uid("work", "work.id"),
    uid("answered_by", "account.id"), day("answered_on"),
    CheckConstraint("num_nulls(answer, answered_by, answered_on) in (0, 3)", name="answer"),
    Index("ix_place_ask_account", "account", "on_day"), schema="vault")
