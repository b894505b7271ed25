"""What was done to and for a site: measures, disturbances and their ends, visits. States of measures are decisions."""
from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint

from sitereg.store.tables.base import (
    day,
    days,
    flag,
    id_pk,
    real,
    recorded,
    sealed_row,
    shape,
    sound_shape,
    table,
    term,
    tiered,
    uid,
    uids,
    words,
)

visit = table(
    "visit", id_pk(), uid("site", "subject.id", null=False), words("method", null=False), day("visited_on", null=False),
    words("team"), words("covered"), shape("covered_shape"), words("not_searched"), words("findings"),
    flag("negative", null=False, default="false"), flag("damage_assessed", null=False, default="false"),
    uids("documents", null=False, default="{}"), uid("source", "source.id", null=False), uid("claim", "claim.id"),
    *tiered(), *recorded(), *sealed_row(), real("covered_within_m"), shape("not_searched_shape"), real("not_searched_within_m"),
    CheckConstraint("method in ('on_site', 'imagery', 'telephone')", name="method"),
    sound_shape("covered_shape"), sound_shape("not_searched_shape", "sound_not_searched"),
    Index("ix_visit_site", "site", "visited_on"))

measure = table(
    "measure", id_pk(), uid("site", "subject.id", null=False), term("kind", "measure_kind", null=False),
    term("agent_kind", "authority_kind"), uid("agent", "authority.id"), words("issuer"), words("legal_basis"),
    shape("area"), days("began"), days("ended"), day("lapses_on"), words("note"), uid("visit", "visit.id"),
    uid("source", "source.id", null=False), *tiered(), *recorded(), *sealed_row(), real("area_within_m"),
    sound_shape("area"), Index("ix_measure_site", "site"))

disturbance = table(
    "disturbance", id_pk(), uid("site", "subject.id", null=False), term("kind", "disturbance_kind", null=False),
    term("by", "disturbance_by"), term("severity", "severity", null=False), flag("reversible"), days("observed"),
    words("note"), uid("visit", "visit.id"), uid("source", "source.id", null=False), words("reliability", null=False),
    words("credibility", null=False), *tiered(), *recorded(), *sealed_row(), Index("ix_disturbance_site", "site"))

disturbance_end = table(
    "disturbance_end", uid("disturbance", "disturbance.id", null=False), words("why", null=False), words("remedy"),
    uid("visit", "visit.id"), *recorded(), *sealed_row(), PrimaryKeyConstraint("disturbance"))
