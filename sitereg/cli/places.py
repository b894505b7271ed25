"""`sitereg places`: load OCHA's boundaries, look up places and admin units."""
import click

from sitereg.cli.options import json_option, limit_option, opened, show, with_settings


@click.group()
def places() -> None:
    """Admin units and the gazetteer."""


@places.command("load-cod")
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@json_option
@with_settings
def load_cod(settings, folder, as_json) -> None:
    """Load OCHA's boundaries of Syria (COD-AB shapefiles) under their edition."""
    from sitereg import places as work

    with opened(settings, "acting") as session:
        done = work.load_cod(session, folder=folder)
    if as_json:
        show(done)
    else:
        click.echo(f"Edition {done['edition']}: {done['units']} units, {done['places']} places.")


@places.command()
@click.argument("name")
@limit_option
@json_option
@with_settings
def find(settings, name, limit, as_json) -> None:
    """Find places of the gazetteer by name, in either script."""
    from sitereg import places as work

    with opened(settings) as session:
        rows = work.named(session, name=name, limit=limit)
    if as_json:
        show({"type": "FeatureCollection", "features": [
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [row.pop("lon"), row.pop("lat")]},
             "properties": row} for row in rows]})
        return
    for row in rows:
        click.echo(f"{row['name_en']} / {row['name_ar'] or '-'}  {row['lat']:.4f}, {row['lon']:.4f}"
                   f"  +-{row['extent_m']:.0f} m  {row['source']}")
    if not rows:
        click.echo("No place of that name in the gazetteer.")
