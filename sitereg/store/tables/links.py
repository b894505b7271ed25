"""Lines of inquiry as they were computed: runs for one question and tier, their links (one row a person), what has moved since.

A link holds the bars as they were when it was written; what moves with every site that changes (link_part) stands apart, some
persons a row, so that a changed site writes few rows.
"""
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Identity,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from sitereg.store.tables.base import bits, id_pk, json, moment, real, small, table, uid, uids, whole, words


def numbers(name):
    return Column(name, ARRAY(Float(53)), nullable=False)


link_run = table(
    "link_run", id_pk(), words("question", null=False), small("tier", null=False), words("version", null=False),
    json("parameters", null=False), bits("mark", null=False), moment("cutoff", null=False),
    json("filter", null=False, default="{}"), whole("top", null=False), words("state", null=False),
    whole("persons", null=False), whole("done", null=False, server_default="0"),
    json("counts", null=False, default="{}"), uid("asked_by", "account.id", null=False), moment("began_at", null=False, now=True),
    moment("ended_at"), moment("stale_since"),
    CheckConstraint("question in ('held', 'buried')", name="question"), CheckConstraint("tier between 1 and 2", name="tier"),
    CheckConstraint("top between 1 and 100", name="top"), CheckConstraint("octet_length(mark) = 32", name="mark"),
    CheckConstraint("state in ('running', 'done', 'replaced')", name="state"),
    CheckConstraint("(state = 'running') = (ended_at is null)", name="ended"),
    Index("ix_link_run_state", "tier", "question", postgresql_where=text("state <> 'replaced'")))

link = table(
    "link", uid("run", "link_run.id", null=False), uid("person", null=False), uids("sites", null=False),
    numbers("parts"), numbers("near"), real("unlisted", null=False), real("whole", null=False), real("cohort_rest", null=False),
    real("companion_rest", null=False), whole("part", null=False), small("slot", null=False), PrimaryKeyConstraint("run", "person"),
    Index("ix_link_person", "person"))

link_part = table(
    "link_part", uid("run", "link_run.id", null=False), whole("n", null=False), numbers("whole"),
    numbers("lift"), numbers("gain"), Column("half", ARRAY(SmallInteger), nullable=False),
    Column("most", ARRAY(SmallInteger), nullable=False),
    Column("leans", ARRAY(Boolean), nullable=False), PrimaryKeyConstraint("run", "n"))

link_touched = table(
    "link_touched", Column("id", BigInteger, Identity(always=True), primary_key=True), small("tier", null=False), uid("person"))
