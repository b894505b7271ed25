"""What partners submit through their door: which parts it has, the hour in which it came, its receipt; what it says is sealed."""
from sqlalchemy import ARRAY, CheckConstraint, Column, Index, Integer, PrimaryKeyConstraint

from sitereg.store.tables.base import bits, day, id_pk, moment, table, uid, whole, words

submission = table(
    "submission", id_pk(), uid("owner", "account.id", null=False), words("title", null=False),
    Column("parts", ARRAY(Integer), nullable=False), moment("began_at", null=False), moment("sent_at"),
    words("receipt", unique=True), bits("sha256"), moment("opened_at"), uid("opened_by", "account.id"),
    CheckConstraint("num_nulls(sent_at, receipt, sha256) in (0, 3)", name="sent"),
    CheckConstraint("began_at = date_trunc('hour', began_at, 'UTC') and sent_at = date_trunc('hour', sent_at, 'UTC')"
                    " and opened_at = date_trunc('hour', opened_at, 'UTC')", name="hours"),
    CheckConstraint("receipt ~ '^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$'", name="receipt"),
    CheckConstraint("octet_length(sha256) = 32", name="sha256"), Index("ix_submission_owner", "owner"))

door_tally = table(
    "door_tally", uid("owner", "account.id", null=False), day("day", null=False), whole("begun", null=False),
    whole("parts", null=False), PrimaryKeyConstraint("owner", "day"))
