"""What is looked up of a record beside its row, kept by face as the rows are: what was seen and done there, what it was settled to
be, and what of it may not be linked. Written by api._resolve_beside, never typed in."""
from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint

from sitereg.store.tables.base import faced, flag, json, shape, small, sound_shape, tiered, uid, words
from sitereg.store.tables.sites import face

beside = faced(
    "beside", uid("record", "subject.id", null=False), face(), *tiered(), words("what", null=False), uid("id", null=False),
    small("told_tier", null=False), flag("kin", null=False), json("told", null=False, default="{}"), shape("area"),
    PrimaryKeyConstraint("record", "face", "what", "id"), CheckConstraint("face between 0 and 2 and tier <= face", name="face"),
    CheckConstraint("what in ('visit','measure','disturbance','settled','unlinked')", name="what"), sound_shape("area"),
    Index("ix_beside_what", "what"))
