"""Sign-in and nothing else: credentials, second factors, seats (server-side sessions), known browsers, attempts. No registry data,
no clearances. What opens anything is kept as a hash, or sealed with a key that is not in the database."""
from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Identity, Index, Integer, Text, text

from sitereg.store.tables.base import bits, moment, table, whole, words


def number():
    return Column("id", Integer, Identity(always=False), primary_key=True)


def whose():
    return Column("user_id", Integer, ForeignKey("signin.user.id", ondelete="CASCADE"), nullable=False)


user = table(
    "user", number(), words("account", null=False, unique=True), words("email", null=False, unique=True),
    words("password", null=False), Column("active", Boolean, nullable=False, server_default="true"),
    words("fs_uniquifier", null=False, unique=True), words("locale"), moment("created_at", null=False, now=True),
    words("totp"), Column("totp_counter", BigInteger), schema="signin")

role = table("role", number(), words("name", null=False, unique=True), words("description"), schema="signin")

user_role = table("user_role", number(), whose(), Column("role_id", Integer, ForeignKey("signin.role.id"), nullable=False),
                  schema="signin")

seat = table(
    "seat", Column("hash", Text, primary_key=True), whose(), moment("began_at", null=False, now=True),
    moment("seen_at", null=False, now=True), moment("ended_at"), words("ended_why"), moment("proved_at"), moment("locked_at"),
    whole("tries", null=False, server_default="0"), words("pending"),
    Index("ix_seat_user_id", "user_id", postgresql_where=text("ended_at is null")), schema="signin")

attempt = table(
    "attempt", number(), words("name_hash", null=False), moment("at", null=False, now=True),
    Column("good", Boolean, nullable=False), words("network_hash"), words("device_hash"),
    Index("ix_attempt_name_hash", "name_hash", "at"), Index("ix_attempt_network_hash", "network_hash", "at"), schema="signin")

device = table(
    "device", Column("hash", Text, primary_key=True), whose(), moment("made_at", null=False, now=True),
    moment("seen_at", null=False, now=True), Index("ix_device_user_id", "user_id"), schema="signin")

passkey = table(
    "passkey", number(), whose(), words("handle", null=False, unique=True), bits("public_key", null=False),
    Column("uses", BigInteger, nullable=False, server_default="0"), words("name", null=False),
    moment("made_at", null=False, now=True), moment("used_at"), Index("ix_passkey_user_id", "user_id"), schema="signin")

recovery = table(
    "recovery", Column("hash", Text, primary_key=True), whose(), moment("used_at"), Index("ix_recovery_user_id", "user_id"),
    schema="signin")

spent = table("spent", Column("hash", Text, primary_key=True), moment("at", null=False, now=True), schema="signin")
