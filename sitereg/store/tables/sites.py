"""The resolved record of sites, one row for each face (0, 1, 2), each face in a part of its own: computed by api._resolve, never
typed in."""
from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, PrimaryKeyConstraint, text

from sitereg.store.tables.base import (
    day,
    days,
    faced,
    flag,
    json,
    real,
    ref,
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

REACH = text("st_expand(shown, GREATEST(uncertainty_m, 0::double precision) / 55000::double precision)")


def face():
    return Column("face", Integer, nullable=False)


site = faced(
    "site", uid("id", "subject.id", null=False), face(), *tiered(), small("exact_tier", null=False),
    words("code", null=False), json("names", null=False, default="{}"),
    texts("kinds", null=False, default="{}"), texts("groups", null=False, default="{}"),
    shape("shown"), shape("centre", "POINT"), words("shown_as", null=False, server_default="none"),
    real("uncertainty_m"), term("precision", "precision_class"), term("place_kind", "place_kind"),
    term("method", "georef_method"), words("adm1"), words("adm2"), words("adm3"), words("country"),
    json("authorities", null=False, default="[]"), json("counts", null=False, default="[]"),
    term("remains_state", "remains_state"), term("building", "building"), term("current_use", "current_use"),
    json("access", null=False, default="{}"), json("form", null=False, default="{}"),
    json("external_ids", null=False, default="[]"), uid("part_of", "subject.id"), json("feature"),
    term("verification", "verification_level", null=False, server_default="reported"),
    term("protection", "protection_status", null=False, server_default="unassessed"), day("next_review"),
    day("in_doubt_since"), days("active_began"), days("active_ended"), texts("conflicts", null=False, default="{}"),
    json("why", null=False, default="{}"), whole("version", null=False, server_default="1"),
    PrimaryKeyConstraint("id", "face"), CheckConstraint("face between 0 and 2 and tier <= face", name="face"),
    CheckConstraint("shown_as in ('exact','cell_1km','cell_10km','admin_unit','none')", name="shown_as"),
    CheckConstraint("(shown is null) = (shown_as = 'none')", name="shown"), sound_shape("shown"),
    Index("ix_site_shown", "shown", postgresql_using="gist"), Index("ix_site_code", "code", "face"),
    Index("ix_site_reach", REACH, postgresql_using="gist"),
    Index("ix_site_unit", "shown", postgresql_using="gist", postgresql_where=text("shown_as = 'admin_unit'")))

site_kind = faced(
    "site_kind", uid("site", null=False), face(), *tiered(), term("kind", "site_kind", null=False),
    words("kind_group", null=False), days("began"), days("ended"),
    json("periods", null=False, default="[]"),
    term("verification", "verification_level", null=False), small("class", null=False), whole("origins", null=False),
    PrimaryKeyConstraint("site", "face", "kind"), Index("ix_site_kind_kind", "face", "kind", "verification"))

site_relation = faced(
    "site_relation", uid("site", null=False), face(), *tiered(), term("kind", "relation_kind", null=False),
    uid("other", null=False), days("began"), days("ended"), json("value", null=False, default="{}"),
    uids("claims", null=False), small("class", null=False), whole("origins", null=False),
    PrimaryKeyConstraint("site", "face", "kind", "other"), Index("ix_site_relation_other", "other", "face"))

# How many sites of each level and group lie in a square of a tile (zoom 5 to 8), in rows that add up; loose: not yet gathered.
# A site's row is in its own face's part whatever its tier, as faces are: the set of compartments is all that is asked for besides.
site_square = faced(
    "site_square", face(), Column("scope", Integer, ref("scope.id"), nullable=False), small("zoom", null=False),
    whole("tile", null=False), small("square", null=False), words("kind_group", null=False), flag("loose", null=False),
    *(whole(level, null=False) for level in ("confirmed", "probable", "suspected", "reported", "inconclusive", "refuted")),
    *(Column(name, BigInteger, nullable=False) for name in ("x", "y", "id_high", "id_low")),
    CheckConstraint("face between 0 and 2", name="face"),
    CheckConstraint("zoom between 5 and 8 and square between 0 and 255", name="zoom"),
    Index("ix_site_square_tile", "scope", "zoom", "tile"), Index("ix_site_square_loose", "tile", postgresql_where=text("loose")))
