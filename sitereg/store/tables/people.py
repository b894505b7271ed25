"""Who may ask: accounts, clearances, sets of compartments, the keys that sign tokens; partners."""
from sqlalchemy import CheckConstraint, Column, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY

from sitereg.store.tables.base import (
    bits,
    flag,
    id_pk,
    json,
    moment,
    shape,
    small,
    sound_shape,
    table,
    texts,
    uid,
    words,
)

scope = table("scope", Column("id", Integer, primary_key=True, autoincrement=True),
              Column("compartments", ARRAY(Text), nullable=False, unique=True))

compartment = table("compartment", Column("code", Text, primary_key=True), words("label", null=False))

partner = table("partner", id_pk(), json("names", null=False), moment("created_at", null=False, now=True))

account = table(
    "account", id_pk(), words("name", null=False, unique=True), words("display", null=False), words("os_user"),
    words("sql_login", unique=True), words("state", null=False, server_default="active"),
    flag("demo", null=False, default="false"), uid("partner", "partner.id"), moment("created_at", null=False, now=True),
    CheckConstraint("state in ('active', 'frozen', 'closed')", name="state"),
    CheckConstraint("name ~ '^[a-z][a-z0-9_.-]{1,62}$'", name="name"))

clearance_request = table(
    "clearance_request", id_pk(), uid("account", "account.id", null=False), small("tier"),
    texts("compartments", null=False, default="{}"), texts("roles", null=False, default="{}"),
    words("reason", null=False), moment("expires_at"), uid("asked_by", "account.id", null=False),
    moment("asked_at", null=False, now=True), words("outcome"), uid("settled_by", "account.id"), moment("settled_at"),
    words("settled_why"), flag("thaw", null=False, default="false"), CheckConstraint("tier between 0 and 2", name="tier"),
    CheckConstraint("num_nulls(tier, expires_at) = case when thaw then 2 else 0 end", name="thaw"),
    CheckConstraint("outcome in ('granted', 'refused', 'replaced')", name="outcome"),
    CheckConstraint("num_nulls(outcome, settled_by, settled_at) in (0, 3)", name="settled"),
    CheckConstraint("outcome <> 'granted' or settled_by not in (asked_by, account)", name="four_eyes"),
    CheckConstraint("asked_by <> account", name="oneself"),
    Index("ix_clearance_request_open", "account", "thaw", unique=True, postgresql_where=text("outcome is null")))

clearance = table(
    "clearance", id_pk(), uid("account", "account.id", null=False), small("tier", null=False),
    texts("compartments", null=False, default="{}"), texts("roles", null=False, default="{}"), shape("area"),
    words("reason", null=False), uid("approver", "account.id", null=False), moment("began_at", null=False, now=True),
    moment("expires_at", null=False), moment("ended_at"), uid("ended_by", "account.id"), words("ended_why"),
    uid("request", "clearance_request.id"),
    CheckConstraint("tier between 0 and 2", name="tier"), CheckConstraint("expires_at > began_at", name="expiry"),
    sound_shape("area", "area"),
    Index("ix_clearance_live", "account", unique=True, postgresql_where=text("ended_at is null")))

personal_token = table(
    "personal_token", id_pk(), uid("account", "account.id", null=False), bits("hash", null=False), texts("scopes", null=False),
    words("reason", null=False), moment("made_at", null=False, now=True), moment("expires_at", null=False), moment("used_at"),
    moment("ended_at"), uid("ended_by", "account.id"), words("ended_why"),
    CheckConstraint("octet_length(hash) = 32", name="hash"), CheckConstraint("expires_at > made_at", name="expiry"),
    CheckConstraint("cardinality(scopes) > 0 and scopes <@ array['frames', 'layers']", name="scopes"), UniqueConstraint("hash"),
    Index("ix_personal_token_account", "account"))

token_key = table("token_key", small("id", null=False, primary_key=True), bits("key", null=False),
                  moment("added_at", null=False, now=True), moment("retired_at"),
                  CheckConstraint("octet_length(key) = 32", name="length"))

setting = table("setting", Column("name", Text, primary_key=True), json("value", null=False))
