"""The resolved record of persons and their events, one row for each face; sealed names and the keys derived from them."""
from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, text

from sitereg.store.tables.base import (
    days,
    faced,
    flag,
    json,
    real,
    shape,
    small,
    sound_shape,
    table,
    term,
    texts,
    tiered,
    uid,
    uids,
    whole,
    words,
)
from sitereg.store.tables.search import marked, marks
from sitereg.store.tables.sites import face

REACH = text("st_expand(shown, GREATEST(uncertainty_m, 0::double precision) / 55000::double precision)")
SETTLED = text("fate <> 'unknown' or whereabouts <> 'unknown'")

person = faced(
    "person", uid("id", "subject.id", null=False), face(), *tiered(), words("code", null=False),
    term("case_state", "case_state", null=False), term("fate", "fate", null=False, server_default="unknown"),
    term("whereabouts", "whereabouts", null=False, server_default="unknown"), term("sex", "sex"), days("birth"),
    json("age"), texts("circumstances", null=False, default="{}"), texts("fate_indications", null=False, default="{}"),
    json("external_ids", null=False, default="[]"), json("companions", null=False, default="[]"),
    texts("conflicts", null=False, default="{}"), json("why", null=False, default="{}"),
    whole("version", null=False, server_default="1"), texts("age_bands"), PrimaryKeyConstraint("id", "face"),
    CheckConstraint("face between 0 and 2 and tier <= face", name="face"), Index("ix_person_code", "code", "face"),
    Index("ix_person_listed", "face", "case_state", "code"),
    Index("ix_person_settled", "face", "fate", "whereabouts", "code", postgresql_where=SETTLED),
    Index("ix_person_ages", "age_bands", postgresql_using="gin"),
    Index("ix_person_circumstances", "circumstances", postgresql_using="gin"),
    Index("ix_person_companions", "companions", postgresql_using="gin", postgresql_ops={"companions": "jsonb_path_ops"},
          postgresql_where=text("companions <> '[]'")))

person_event = faced(
    "person_event", uid("id", null=False), face(), *tiered(), uid("person", "subject.id", null=False),
    term("kind", "event_kind", null=False), days("at"), days("began"), days("ended"), flag("holds_throughout"),
    shape("shown"), shape("centre", "POINT"), words("shown_as", null=False, server_default="none"),
    real("uncertainty_m"), words("pcode"), words("edition"), words("toponym"), uid("site", "subject.id"),
    uid("authority", "authority.id"), words("reliability", null=False), words("credibility", null=False),
    small("class", null=False), whole("origins", null=False), flag("first_hand"), uids("claims", null=False),
    texts("conflicts", null=False, default="{}"), texts("adm1"),
    PrimaryKeyConstraint("id", "face"), CheckConstraint("(shown is null) = (shown_as = 'none')", name="shown"),
    sound_shape("shown"), Index("ix_person_event_person", "person", "face"),
    Index("ix_person_event_site", "site", "face"),
    Index("ix_person_event_named", "face", "person", postgresql_where=text("site is not null and class = 0")),
    Index("ix_person_event_shown", "shown", postgresql_using="gist"),
    Index("ix_person_event_reach", REACH, postgresql_using="gist",
          postgresql_where=text("shown_as = 'exact'")),
    Index("ix_person_event_kind", "face", "kind", "person"),
    Index("ix_person_event_adm1", "adm1", postgresql_using="gin"))

name_key = table(
    "name_key", uid("claim", "claim.id", null=False), uid("person", "subject.id", null=False), *tiered(),
    words("key_strict", null=False), words("key_loose", null=False), PrimaryKeyConstraint("claim"),
    marks("words"), marks("sets"), marked("name_key"), marked("name_key", "sets"),
    Index("ix_name_key_person", "person"))
