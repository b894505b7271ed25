"""`sitereg frames`: what a script would get, looked at without writing one. It prints; a file that leaves is `sitereg export`."""
import click

from sitereg.cli.options import json_option, opened, show, with_settings
from sitereg.cli.words import counted

NAMES = ("sites", "persons", "events", "site_kinds", "relations", "holdings", "claims", "sources", "documents", "inquiries",
         "visits", "measures", "disturbances", "decisions", "proposals", "tasks", "reports", "disclosures", "batches", "units")


@click.command()
@click.argument("what", type=click.Choice(NAMES))
@click.option("--head", type=click.IntRange(0, 1000), default=5, show_default=True, metavar="N", help="Show the first N rows.")
@json_option
@with_settings
def frames(settings, what, head, as_json) -> None:
    """The columns, types and first rows of a table as scripts get it (`sitereg.tables.frame`)."""
    from sitereg import tables

    with opened(settings) as session:
        table = tables.frame(session, what)
    rows = [{name: None if missing(value) else str(value) for name, value in row.items()}
            for row in table.head(head).to_dict("records")]
    if as_json:
        show({"rows": len(table), "columns": {name: str(kind) for name, kind in table.dtypes.items()}, "head": rows})
        return
    click.echo(f"{counted(len(table), 'row')}, {counted(len(table.columns), 'column')}")
    for name, kind in table.dtypes.items():
        seen = next((row[name] for row in rows if row[name] is not None), "")
        click.echo(f"  {name:<20} {kind!s:<15} {seen[:60]}")


def missing(value) -> bool:
    return value is None or (not isinstance(value, list) and value != value)
