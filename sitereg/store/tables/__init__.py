"""Every table of the registry as SQLAlchemy Core: the origin of migrations. Nothing outside store/ imports it."""
from sitereg.store.tables import (  # noqa: F401  (importing registers the tables)
    agreements,
    audit,
    beside,
    consents,
    counted,
    door,
    entering,
    evidence,
    field,
    holdings,
    imagery,
    imports,
    kept,
    leaving,
    links,
    pages,
    people,
    persons,
    places,
    protection,
    redaction,
    referring,
    requests,
    search,
    sharing,
    signin,
    sites,
    terms,
    vault,
    work,
)
from sitereg.store.tables.base import metadata, tie_rows_to_events

tie_rows_to_events()

__all__ = ["metadata"]
