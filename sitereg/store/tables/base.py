"""Column helpers and the one metadata object of every table; schemas: reg, vocab, vault, signin."""
from geoalchemy2 import Geometry
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, JSONB, TIMESTAMP, UUID

metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
})


def table(name, *parts, schema="reg"):
    """A table of ours, registered in `metadata`."""
    return Table(name, metadata, *parts, schema=schema)


def faced(name, *columns):
    """A table of faces: each face lies in a part of its own (reg.site_0, reg.site_1, reg.site_2), in whose pages nothing is that
    another face alone shows."""
    return Table(name, metadata, *columns, schema="reg", postgresql_partition_by="LIST (face)")


def ref(target, **kw):
    return ForeignKey(target if "." in target.rsplit(".", 1)[0] else f"reg.{target}", **kw)


def id_pk(name="id"):
    return Column(name, UUID, primary_key=True)


def uid(name, target=None, null=True):
    parts = [ref(target)] if target else []
    return Column(name, UUID, *parts, nullable=null)


def words(name, null=True, **kw):
    return Column(name, Text, nullable=null, **kw)


def term(name, scheme, null=True, **kw):
    """A code of the vocabulary `scheme`: text, because an enum's equality is not leakproof."""
    return Column(name, Text, ForeignKey(f"vocab.{scheme}.code"), nullable=null, **kw)


def whole(name, null=True, **kw):
    return Column(name, Integer, nullable=null, **kw)


def small(name, null=True, **kw):
    return Column(name, SmallInteger, nullable=null, **kw)


def real(name, null=True):
    return Column(name, Float(53), nullable=null)


def flag(name, null=True, default=None):
    return Column(name, Boolean, nullable=null, server_default=default)


def bits(name, null=True):
    return Column(name, LargeBinary, nullable=null)


def day(name, null=True):
    return Column(name, Date, nullable=null)


def days(name, null=True):
    """All days that an imprecisely known moment could be."""
    return Column(name, DATERANGE, nullable=null)


def moment(name, null=True, now=False):
    return Column(name, TIMESTAMP(timezone=True), nullable=null,
                  server_default=text("clock_timestamp()") if now else None)


def json(name, null=True, default=None):
    return Column(name, JSONB, nullable=null, server_default=default)


def texts(name, null=True, default=None):
    return Column(name, ARRAY(Text), nullable=null, server_default=default)


def uids(name, null=True, default=None):
    return Column(name, ARRAY(UUID), nullable=null, server_default=default)


def shape(name, kind="GEOMETRY", null=True):
    """Geometry in EPSG:4326, longitude then latitude; indexes are named in the table itself."""
    return Column(name, Geometry(kind, srid=4326, spatial_index=False), nullable=null)


def tiered():
    """The columns that say who may see a row."""
    return (small("tier", null=False), Column("scope", Integer, ref("scope.id"), nullable=False, server_default="0"))


def sealed_row():
    """The columns that tie an append-only row to its audit event: the event's id and the row's own SHA-256."""
    return uid("event", null=False), bits("digest", null=False)


def recorded():
    return moment("recorded_at", null=False, now=True), uid("recorded_by", "account.id", null=False)


def told():
    """The terms under which something was received."""
    return (uid("partner", "partner.id"), uid("agreement", "agreement.id"), words("terms"),
            texts("permitted_uses", null=False, default="{}"), term("consent", "consent_state"))


def sound_shape(column="geom", name="sound"):
    """Refuse empty, invalid, non-finite, 3D or out-of-world shapes: they match no bounding box and vanish."""
    return CheckConstraint(
        f"{column} is null or (not st_isempty({column}) and st_isvalid({column}) and st_ndims({column}) = 2"
        f" and st_xmin({column}) >= -180 and st_xmax({column}) <= 180"
        f" and st_ymin({column}) >= -90 and st_ymax({column}) <= 90)", name=name)


def sound_radius(column="uncertainty_m", name="radius"):
    return CheckConstraint(f"{column} is null or ({column} > 0 and {column} < 'Infinity')", name=name)


def tie_rows_to_events():
    """Give each table of append-only rows an index on the audit event its rows belong to."""
    for each in metadata.tables.values():
        if "digest" in each.c:
            Index(f"ix_{each.name}_event", each.c.event)
