"""What people keep of the map for themselves: views (what is asked and where one looks, sealed) and watched sites."""
from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from sitereg.store.tables.base import bits, flag, id_pk, json, moment, small, table, uid, words

map_view = table(
    "map_view", id_pk(), words("key", null=False, unique=True), uid("owner", "account.id", null=False), words("name"),
    flag("shared", null=False, default="false"), small("at_least", null=False), bits("cipher", null=False),
    moment("kept_at", null=False, now=True), moment("expires_at"),
    CheckConstraint("key ~ '^[A-Za-z0-9_-]{22}$'", name="key"), CheckConstraint("at_least between 0 and 2", name="at_least"),
    CheckConstraint("not shared or name is not null", name="shared"),
    CheckConstraint("(name is null) = (expires_at is not null)", name="expiry"),
    CheckConstraint("substr(cipher, 1, 21) = 'age-encryption.org/v1'::bytea", name="sealed"),
    Index("ix_map_view_owner", "owner"), Index("ix_map_view_expires_at", "expires_at"))

watch = table(
    "watch", id_pk(), uid("owner", "account.id", null=False), uid("site", "subject.id", null=False),
    moment("since", null=False, now=True), json("seen", null=False), moment("seen_at", null=False, now=True),
    UniqueConstraint("owner", "site"))
