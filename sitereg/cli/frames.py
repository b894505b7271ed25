"""`sitereg frames`: what a script would get, looked at without writing one. It prints; a file that leaves is `sitereg export`."""
import click

from sitereg.cli.options import json_option, opened, show, with_settings
from sitereg.cli.words import counted

ROOMS = {"sites": "sites", "persons": "persons", "events": "events"}


@click.command()
@click.argument("what", type=click.Choice(list(ROOMS)))
@click.option("--head", type=click.IntRange(0, 1000), default=5, show_default=True, metavar="N", help="Show the first N rows.")
@json_option
@with_settings
def frames(settings, what, head, as_json) -> None:
    """The columns, types and first rows of sites.frame, persons.frame or events.frame."""
    import importlib

    room = importlib.import_module(f"sitereg.{ROOMS[what]}")
    with opened(settings) as session:
        table = room.frame(session)
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
