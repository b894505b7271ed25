"""Sign-in and nothing else: credentials, seats (server-side sessions), attempts. No registry data, no clearances."""
from sqlalchemy import Boolean, Column, ForeignKey, Identity, Index, Integer, Text, text

from sitereg.store.tables.base import moment, table, words


def number():
    return Column("id", Integer, Identity(always=False), primary_key=True)


def whose():
    return Column("user_id", Integer, ForeignKey("signin.user.id", ondelete="CASCADE"), nullable=False)


user = table(
    "user", number(), words("account", null=False, unique=True), words("email", null=False, unique=True),
    words("password", null=False), Column("active", Boolean, nullable=False, server_default="true"),
    words("fs_uniquifier", null=False, unique=True), words("locale"), moment("created_at", null=False, now=True),
    schema="signin")

role = table("role", number(), words("name", null=False, unique=True), words("description"), schema="signin")

user_role = table("user_role", number(), whose(), Column("role_id", Integer, ForeignKey("signin.role.id"), nullable=False),
                  schema="signin")

seat = table(
    "seat", Column("hash", Text, primary_key=True), whose(), moment("began_at", null=False, now=True),
    moment("seen_at", null=False, now=True), moment("ended_at"), words("ended_why"),
    Index("ix_seat_user_id", "user_id", postgresql_where=text("ended_at is null")), schema="signin")

attempt = table(
    "attempt", number(), words("name_hash", null=False), moment("at", null=False, now=True),
    Column("good", Boolean, nullable=False), Index("ix_attempt_name_hash", "name_hash", "at"), schema="signin")
