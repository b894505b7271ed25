"""Alembic's entrance: always bound to the connection that schema.upgrade opened; autogenerate compares with the tables."""
from alembic import context
from geoalchemy2 import alembic_helpers

from sitereg.store.tables import metadata

OURS = {"reg", "vocab", "vault", "signin"}


def ours(name, kind, parents):
    return name in OURS if kind == "schema" else True


def part(thing):
    """Whether it is the part of one face (reg.site_0): made with its table, not by itself."""
    return thing.name[-2:] in {"_0", "_1", "_2"} and f"{thing.schema}.{thing.name[:-2]}" in metadata.tables


def include_object(thing, name, kind, reflected, compare_to):
    if kind == "table" and (thing.schema not in OURS or name == "alembic_version" or part(thing)):
        return False
    return alembic_helpers.include_object(thing, name, kind, reflected, compare_to)


context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, include_schemas=True,
    include_name=ours, include_object=include_object, compare_type=True, version_table="alembic_version",
    version_table_schema="reg", process_revision_directives=alembic_helpers.writer,
    render_item=alembic_helpers.render_item)
with context.begin_transaction():
    context.run_migrations()
