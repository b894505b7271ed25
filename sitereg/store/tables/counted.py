"""Counts that are kept beforehand for a tier and its compartments, by parts of the sites; what was recorded since, for whom.

They are a memory of what is computed from the faces and claims, and nothing else: without them the same is answered, more slowly.
"""
from sqlalchemy import BigInteger, CheckConstraint, Column, Float, Identity, Index, Integer, PrimaryKeyConstraint, Text
from sqlalchemy.dialects.postgresql import ARRAY

from sitereg.store.tables.base import day, flag, json, moment, small, table, texts, uid, uids, words


def wholes(name, null=True):
    return Column(name, ARRAY(Integer), nullable=null)


# seen: the snapshot in which a part was right (pg_snapshot as text); done: whether it was counted at all
kept_count = table(
    "kept_count", words("what", null=False), small("level", null=False), wholes("scopes", null=False), small("part", null=False),
    words("home", null=False), day("month"), words("silenced", null=False), words("seen", null=False),
    flag("done", null=False, default="false"), uids("ids", null=False), texts("cuts"), texts("codes"), texts("parts"),
    Column("sites", ARRAY(Float(53))), wholes("low"), wholes("high"), wholes("accounts"), uids("sources"), json("rows"),
    moment("counted_at"),
    PrimaryKeyConstraint("what", "level", "scopes", "part"),
    CheckConstraint("what in ('coverage', 'recorded', 'observed', 'silent')", name="what"))

# what changed (subject; null: no site) in which transaction, for the tiers from lo to below hi, of which scope
count_mark = table(
    "count_mark", Column("id", BigInteger, Identity(always=True), primary_key=True), Column("xid", BigInteger, nullable=False),
    Column("of", Text, nullable=False), uid("subject"), small("lo", null=False), small("hi", null=False),
    Column("scope", Integer, nullable=False), CheckConstraint("of in ('face', 'claim', 'decision', 'visit')", name="of"),
    Index("ix_count_mark_heard", "scope", "lo"))
