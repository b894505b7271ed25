"""The resolved record of bodies of records, one row for each face (0, 1, 2): computed by api._resolve, never typed in."""
from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint

from sitereg.store.tables.base import (
    day,
    days,
    faced,
    json,
    real,
    shape,
    small,
    sound_shape,
    term,
    texts,
    tiered,
    uid,
    uids,
    whole,
    words,
)
from sitereg.store.tables.sites import face

holding = faced(
    "holding", uid("id", "subject.id", null=False), face(), *tiered(), small("exact_tier", null=False),
    words("code", null=False), json("names", null=False, default="{}"), words("name_key", null=False, server_default=""),
    texts("record_kinds", null=False, default="{}"), days("years_began"), days("years_ended"),
    json("extents", null=False, default="[]"), json("authorities", null=False, default="[]"),
    term("condition", "record_condition"), json("digitised"), json("access", null=False, default="[]"),
    json("losses", null=False, default="[]"), uids("sites", null=False, default="{}"),
    json("relations", null=False, default="[]"), shape("shown"), shape("centre", "POINT"),
    words("shown_as", null=False, server_default="none"), real("uncertainty_m"), words("adm1"), words("country"),
    json("external_ids", null=False, default="[]"),
    term("protection", "protection_status", null=False, server_default="unassessed"), day("next_review"),
    day("in_doubt_since"), texts("conflicts", null=False, default="{}"), json("why", null=False, default="{}"),
    whole("version", null=False, server_default="1"), PrimaryKeyConstraint("id", "face"),
    CheckConstraint("face between 0 and 2 and tier <= face", name="face"),
    CheckConstraint("(shown is null) = (shown_as = 'none')", name="shown"), sound_shape("shown"),
    Index("ix_holding_code", "code", "face"), Index("ix_holding_sites", "sites", postgresql_using="gin"))
