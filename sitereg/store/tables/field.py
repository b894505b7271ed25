"""What is kept of an officer on the road: what he sent already, by when he is back, whether his device may keep a sealed draft."""
from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, text

from sitereg.store.tables.base import bits, day, id_pk, moment, table, tiered, uid, words

sending = table(
    "sending", uid("owner", "account.id", null=False), uid("once", null=False), words("form", null=False), bits("mark", null=False),
    moment("sent_at", null=False, now=True), PrimaryKeyConstraint("owner", "once"),
    CheckConstraint("octet_length(mark) = 32", name="mark"), Index("ix_sending_sent_at", "sent_at"))

trip = table(
    "trip", id_pk(), uid("site", "subject.id", null=False), uid("traveller", "account.id", null=False),
    uid("colleague", "account.id", null=False), moment("back_by", null=False), words("hazards"), words("control"), words("permit"),
    words("escort"), words("help"), *tiered(), moment("left_at", null=False, now=True), moment("back_at"),
    uid("task", "task.id"), CheckConstraint("traveller <> colleague", name="two"),
    Index("ix_trip_open", "back_by", postgresql_where=text("back_at is null")), Index("ix_trip_traveller", "traveller"))

device_seed = table(
    "device_seed", uid("account", "account.id", null=False), bits("seed", null=False), day("until", null=False),
    words("reason", null=False), uid("given_by", "account.id", null=False), moment("given_at", null=False, now=True),
    PrimaryKeyConstraint("account"), CheckConstraint("octet_length(seed) = 32", name="seed"))
