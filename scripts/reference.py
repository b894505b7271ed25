"""Write docs/reference.md (every command with its help, every function and view of the database with its comment) and the matrix of
access in docs/security.md."""
import contextlib
import sys
from pathlib import Path

import click
import psycopg

from sitereg import vocab
from sitereg.cli import COMMANDS, main
from sitereg.matrix import CELLS, RULES, VERBS, WHAT, WHO
from sitereg.store import cluster, schema

DOCS = Path(__file__).resolve().parents[1] / "docs"
TARGET, SECURITY = DOCS / "reference.md", DOCS / "security.md"
BEGIN, END = "<!-- the matrix: written by `make docs` from sitereg/matrix, compared by a test -->", "<!-- the end of the matrix -->"
ACROSS = 7
FUNCTIONS = """
    select p.proname, pg_get_function_arguments(p.oid), obj_description(p.oid, 'pg_proc'),
           case when p.proname like 'keeper\\_%' then 'keeper'
             when has_function_privilege('sr_sql', p.oid, 'execute') then 'web, shell, SQL'
             when has_function_privilege('sr_sql_records', p.oid, 'execute') then 'web, shell, SQL (records)' else 'web, shell' end
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'api' and p.prokind = 'f' and p.proname not like '\\_%' order by 1, 2"""
VIEWS = """
    select c.relname, obj_description(c.oid, 'pg_class') || case when has_table_privilege('sr_sql', c.oid, 'select') then ''
             else ' For logins with records.' end, a.attname, format_type(a.atttypid, a.atttypmod),
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


def matrix():
    """The matrix of access as it stands between BEGIN and END: each cell by its rule, what each rule says, who does what."""
    parts = []
    for first in range(0, len(WHAT), ACROSS):
        across = WHAT[first:first + ACROSS]
        parts += [f"| | {' | '.join(one.words for one in across)} |", "|---" * (len(across) + 1) + "|"]
        parts += [f"| {who.words} | {' | '.join(f'`{CELLS[who.code, one.code]}`' for one in across)} |" for who in WHO]
        parts.append("")
    parts += ["| rule | what it says |", "|---|---|", *(f"| `{code}` | {words} |" for code, words in RULES.items()), ""]
    parts += ["| what is done | by | functions of `api` | routes |", "|---|---|---|---|"]
    for verb in VERBS:
        by = {None: "whoever comes", (): "everybody who is cleared", ("keeper",): "the keeper"}.get(verb.roles) or ", ".join(
            role.label for role in vocab.Role if role.code in verb.roles)
        words = f"{verb.words} ({verb.note})" if verb.note else verb.words
        parts.append(f"| {words} | {by} | {' '.join(verb.functions)} | {' '.join(verb.routes)} |")
    return "\n".join(parts) + "\n"


def with_matrix(text):
    """The text of docs/security.md with the matrix as it is now."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{matrix()}\n{END}{rest.split(END)[1]}"


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
    SECURITY.write_text(with_matrix(SECURITY.read_text()))
    sys.exit(0)
