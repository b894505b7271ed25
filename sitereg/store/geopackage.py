"""A partner's GeoPackage as the SQLite file that it is: its tables are read and nothing of it is run.

Opened immutable, with an untrusted schema and an authorizer that allows reading columns of tables and nothing else: no
function, no view, no virtual table, no ATTACH. Used in the isolated reader alone.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Held = dict[str, tuple[str, str]]


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can read tables. Raises sqlite3.Error for what is no database and for what may not be done."""
    source = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, isolation_level=None)
    try:
        source.text_factory = lambda raw: raw.decode("utf-8", "replace")
        source.execute("pragma trusted_schema = off")
        source.set_authorizer(_only_reading)
        yield source
    finally:
        source.close()


def held(source: sqlite3.Connection) -> Held:
    """{name: (table, view, trigger or index, the statement that made it)}."""
    return {name: (kind, words or "") for kind, name, words in source.execute("select type, name, sql from sqlite_master")}


def is_table(known: Held, name: str) -> bool:
    """Whether that is a plain table, neither a view nor a virtual table."""
    kind, words = known.get(name, ("", ""))
    return kind == "table" and not words.lstrip().lower().startswith("create virtual")


def contents(source: sqlite3.Connection) -> dict[str, str]:
    """{layer: features, attributes, tiles, ...}, as the file lists them."""
    return dict(source.execute("select table_name, data_type from gpkg_contents"))


def shapes(source: sqlite3.Connection, known: Held) -> dict[str, tuple[str, str | None]]:
    """{layer: (the column of its shapes, its coordinate system as EPSG:n or None)}."""
    if not (is_table(known, "gpkg_geometry_columns") and is_table(known, "gpkg_spatial_ref_sys")):
        return {}
    systems = {srs: f"{owner}:{number}" for srs, owner, number in source.execute(
        "select srs_id, organization, organization_coordsys_id from gpkg_spatial_ref_sys") if srs > 0}
    return {name: (column, systems.get(srs)) for name, column, srs in source.execute(
        "select table_name, column_name, srs_id from gpkg_geometry_columns")}


def columns(source: sqlite3.Connection, name: str) -> list[str]:
    """The names of the columns of a table."""
    return [row[1] for row in source.execute(f"pragma table_info({_quoted(name)})")]


def rows(source: sqlite3.Connection, name: str, wanted: list[str]) -> Iterator[tuple]:
    """The values of those columns, row by row in the order of the file."""
    return source.execute(f"select {', '.join(map(_quoted, wanted))} from {_quoted(name)}")  # noqa: S608  (names, quoted)


def _only_reading(action: int, one: str | None, two: str | None, database: str | None, by: str | None) -> int:
    """Columns of tables may be read, and the names of a table's columns; nothing by way of a view or trigger (`by`)."""
    asked_columns = action == sqlite3.SQLITE_PRAGMA and one == "table_info"
    allowed = by is None and (action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ) or asked_columns)
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
