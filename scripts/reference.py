"""Write docs/reference.md: every command with its help, every function and view of the database with its comment."""
import contextlib
import sys
from pathlib import Path

import click
import psycopg

from sitereg.cli import COMMANDS, main
from sitereg.store import cluster, schema

TARGET = Path(__file__).resolve().parents[1] / "docs" / "reference.md"
FUNCTIONS = """
    select p.proname, pg_get_function_arguments(p.oid), obj_description(p.oid, 'pg_proc'),
           case when p.proname like 'keeper\\_%' then 'keeper' when p.provolatile = 'v' then 'web, shell' else 'web, shell, SQL' end
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'api' and p.prokind = 'f' and p.proname not like '\\_%' order by 1, 2"""
VIEWS = """
    select c.relname, obj_description(c.oid, 'pg_class'), a.attname, format_type(a.atttypid, a.atttypmod),
           col_description(c.oid, a.attnum)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where n.nspname = 'api' and c.relkind = 'v' order by 1, a.attnum"""


def reference(raw):
    """The whole text, from the commands of this version and the functions of an upgraded database."""
    parts = ["# Reference", "", "Written by `make docs`; a test compares it with the code.", "", "## Commands", ""]
    context = click.Context(main, info_name="sitereg")
    for word in sorted(COMMANDS):
        parts += commands(main.get_command(context, word), f"sitereg {word}")
    parts += ["## Functions of the database", "", "| function | arguments | for | what holds afterwards |", "|---|---|---|---|"]
    for name, arguments, comment, whom in raw.execute(FUNCTIONS):
        parts.append(f"| `api.{name}` | {cell(arguments)} | {whom} | {cell(comment)} |")
    parts += ["", "## Views for SQL and QGIS", ""]
    said = None
    for view, comment, column, kind, meaning in raw.execute(VIEWS):
        if view != said:
            parts += ["", f"### api.{view}", "", comment or "", "", "| column | type | meaning |", "|---|---|---|"]
            said = view
        parts.append(f"| `{column}` | {kind} | {cell(meaning)} |")
    return "\n".join(parts).rstrip() + "\n"


def commands(command, path):
    if isinstance(command, click.Group):
        inner = [part for name in sorted(command.commands) for part in commands(command.commands[name], f"{path} {name}")]
        return [f"### {path}", "", command.get_short_help_str(200), "", *inner]
    context = click.Context(command, info_name=path, max_content_width=100, terminal_width=100,
                            help_option_names=main.context_settings["help_option_names"])
    return [f"### {path}", "", "```", command.get_help(context), "```", ""]


def cell(text):
    return " ".join((text or "").replace("|", "\\|").split())


@contextlib.contextmanager
def upgraded():
    """A connection to a throw-away database of this version, as a context manager."""
    with cluster.temporary(fast=True) as server, psycopg.connect(server.dsn(), autocommit=True) as raw:
        schema.upgrade(raw)
        yield raw


if __name__ == "__main__":
    with upgraded() as connection:
        TARGET.write_text(reference(connection))
    sys.exit(0)
