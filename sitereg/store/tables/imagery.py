"""Rasters of the ground, each with the document of its bytes and its working copy; what was observed on them at a site."""
from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from sitereg.store.tables.base import (
    days,
    id_pk,
    json,
    real,
    recorded,
    sealed_row,
    shape,
    sound_shape,
    table,
    term,
    texts,
    uid,
    whole,
    words,
)

raster = table(
    "raster", id_pk(), uid("document", "document.id", null=False), uid("copy", "document.id", null=False),
    uid("replaces", "raster.id"),
    term("kind", "raster_kind", null=False), term("making", "raster_making", null=False), words("name", null=False),
    words("sensor", null=False), words("scene"), days("taken"), real("resolution_m", null=False), words("crs", null=False),
    whole("width", null=False), whole("height", null=False), json("bands", null=False), real("unit_m"),
    words("licence", null=False), words("attribution", null=False), words("note"), shape("footprint", null=False),
    *recorded(), *sealed_row(),
    CheckConstraint("width > 0 and height > 0 and resolution_m > 0 and resolution_m < 'Infinity'", name="size"),
    CheckConstraint("(kind = 'elevation') = (unit_m is not null)", name="unit"),
    CheckConstraint("not isempty(taken)", name="days"), CheckConstraint("document <> copy", name="two"),
    sound_shape("footprint"), UniqueConstraint("replaces"), Index("ix_raster_document", "document"))

observation = table(
    "observation", id_pk(), uid("site", "subject.id", null=False), uid("raster", "raster.id", null=False),
    uid("before", "raster.id"), days("taken"), days("taken_before"),
    term("result", "observation_result", null=False), term("unusable", "unusable_reason"),
    real("changed_m2"), shape("changed"), term("direction", "change_direction"), real("strength"), real("confidence"),
    texts("limits", null=False, default="{}"), json("figures", null=False, default="{}"), words("method", null=False),
    words("how", null=False), words("note"), *recorded(), *sealed_row(),
    CheckConstraint("how in ('machine', 'person')", name="how"), CheckConstraint("before <> raster", name="two"),
    CheckConstraint("(result = 'image_unusable') = (unusable is not null)", name="unusable"),
    CheckConstraint("result = 'changed' or direction is null and changed is null", name="changed"),
    CheckConstraint("(changed_m2 is null or changed_m2 >= 0 and changed_m2 < 'Infinity') "
                    "and (confidence is null or confidence between 0 and 1)", name="figures"),
    sound_shape("changed"), Index("ix_observation_site", "site", "recorded_at"), Index("ix_observation_raster", "raster"))
