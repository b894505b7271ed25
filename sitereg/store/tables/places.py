"""Reference geography and the names of those who acted: admin units, places of the gazetteer, authorities."""
from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint

from sitereg.store.tables.base import (
    days,
    id_pk,
    json,
    moment,
    real,
    shape,
    small,
    sound_radius,
    sound_shape,
    table,
    term,
    uid,
    whole,
    words,
)
from sitereg.store.tables.search import marked, marks

admin_unit = table(
    "admin_unit", words("pcode", null=False), words("edition", null=False), small("level", null=False),
    words("country", null=False), words("name_en", null=False), words("name_ar"), json("names", null=False, default="{}"),
    words("parent"), shape("geom"), shape("centre", "POINT"), real("radius_m"), words("source", null=False),
    PrimaryKeyConstraint("pcode", "edition"), CheckConstraint("level between 0 and 4", name="level"),
    sound_shape(), sound_radius("radius_m"),
    Index("ix_admin_unit_geom", "geom", postgresql_using="gist"), Index("ix_admin_unit_level", "level", "edition"))

admin_piece = table(
    "admin_piece", words("pcode", null=False), words("edition", null=False), small("n", null=False),
    shape("geom", "POLYGON", null=False), PrimaryKeyConstraint("pcode", "edition", "n"),
    Index("ix_admin_piece_geom", "geom", postgresql_using="gist"))

place = table(
    "place", id_pk(), json("names", null=False), shape("geom", "POINT", null=False), real("extent_m", null=False),
    words("country"), words("kind"), whole("population"), words("source", null=False), words("source_id"),
    marks("words"), marks("sets"), marked("place"), marked("place", "sets"), sound_shape(), sound_radius("extent_m"),
    Index("ix_place_geom", "geom", postgresql_using="gist"),
    Index("ix_place_source", "source", "source_id", unique=True))

authority = table(
    "authority", id_pk(), json("names", null=False), words("key", null=False, unique=True),
    term("kind", "authority_kind", null=False), uid("parent", "authority.id"), days("began"), days("ended"),
    moment("created_at", null=False, now=True))
