"""`sitereg basemap`: maps of streets beside the drawn background, brought once by an office and used offline."""
import click

from sitereg.cli.options import json_option, show, with_settings


@click.group()
def basemap() -> None:
    """Maps of streets beside the drawn background, used offline: PMTiles with vector tiles, or OpenStreetMap."""


@basemap.command()
@click.argument("file", type=click.Path())
@click.option("--name", help="What it is called; else what the archive says.")
@click.option("--licence", help="Whose data, under which terms; shown on the map. Needed where the archive is silent.")
@json_option
@with_settings
def add(settings, file, name, licence, as_json) -> None:
    """Check FILE (PMTiles, or an extract of OpenStreetMap as .osm.pbf) and draw it from the next page on; nothing is fetched."""
    from sitereg import streets

    made = streets.add(settings, file, name=name, licence=licence)
    if as_json:
        show(made)
        return
    click.echo(f"{made['number']}: {made['name']}, zoom {made['zooms'][0]}-{made['zooms'][1]}, {made['licence']}")


@basemap.command("list")
@json_option
@with_settings
def listed(settings, as_json) -> None:
    """The maps that were added."""
    from sitereg import streets

    rows = streets.added(settings)
    if as_json:
        show(rows)
        return
    for one in rows:
        zooms, size = "-".join(map(str, one["zooms"])), f"{one['bytes'] / 2**20:.1f} MB"
        click.echo(f"{one['number']}  {one['name']}  zoom {zooms}  {size}  {one['licence']}")
    if not rows:
        click.echo("None: the drawn background alone.")


@basemap.command()
@click.argument("number", type=click.UUID)
@json_option
@with_settings
def remove(settings, number, as_json) -> None:
    """The map of that NUMBER is there no more."""
    from sitereg import streets

    streets.remove(settings, number)
    if as_json:
        show({"removed": str(number)})
        return
    click.echo(f"{number} is removed.")
