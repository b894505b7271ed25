"""`sitereg imagery`: rasters of the ground, and what was observed on them."""
from datetime import date
from pathlib import Path

import click

from sitereg import vocab
from sitereg.cli.features import logged
from sitereg.cli.imagery_scan import scan
from sitereg.cli.options import Day, json_option, limit_option, opened, show, with_settings

CODES = {scheme: click.Choice(list(vocab.SCHEMES[scheme].codes()))
         for scheme in ("raster_kind", "raster_making", "observation_result")}
DAY = Day(today=False)


@click.group()
def imagery() -> None:
    """Images from above and elevations: the catalogue, and what was seen on them."""


imagery.add_command(scan)


@imagery.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--kind", type=CODES["raster_kind"], default="imagery", show_default=True)
@click.option("--sensor", required=True, metavar="TEXT", help="What took it: Landsat 7 ETM+, a drone, SRTM.")
@click.option("--scene", metavar="NUMBER", help="The provider's own number of the scene.")
@click.option("--taken", type=DAY, help="The day of the scene itself, never of a tile; the first of several.")
@click.option("--until", type=DAY, help="The last day, where there are several.")
@click.option("--made-as", "making", type=CODES["raster_making"], default="scene", show_default=True,
              help="A mosaic and a screenshot have no day.")
@click.option("--licence", required=True, metavar="TEXT", help="Under which terms it may be used.")
@click.option("--attribution", required=True, metavar="TEXT", help="Whose it is, as it is shown beside each picture.")
@click.option("--name", metavar="TEXT", help="What it is called; else its file's name.")
@click.option("--band", "bands", multiple=True, metavar="NAME", help="A band's name (red, near infrared), for each in order.")
@click.option("--nodata", type=float, help="A value that means: nothing is known here.")
@click.option("--feet", is_flag=True, help="Elevations are in feet, not in metres.")
@click.option("--note", metavar="TEXT")
@click.option("--tier", type=click.Choice(["T1", "T2"]), default="T1", show_default=True, help="Who may see it.")
@click.option("--compartment", "compartments", multiple=True, metavar="NAME",
              help="Only for those who hold it; may be given again.")
@json_option
@with_settings
def add(settings, file, feet, tier, as_json, **told) -> None:
    """Keep the GeoTIFF FILE sealed, make its cloud-optimised copy, and write it into the catalogue (data stewards)."""
    from sitereg import imagery as work

    with opened(settings, "acting") as session:
        made = work.add(session, file, unit_m=0.3048 if feet else 1.0, tier=int(tier[1]), **told)
        found = work.show(session, made["raster"])
    if as_json:
        return show({**made, "raster": found})
    click.echo(f"{found.id}: {'stands there already as it was told' if made['already'] else 'kept'}.")
    tell(found)


@imagery.command()
@click.option("--site", metavar="CODE", help="Those that reach this site, as it is shown to you.")
@click.option("--at", metavar="PLACE", help="Those that reach this place: coordinates (latitude first), or MGRS.")
@click.option("--kind", type=CODES["raster_kind"])
@click.option("--from", "first", type=DAY, help="Taken on this day or later.")
@click.option("--to", "last", type=DAY, help="Taken on this day or earlier.")
@limit_option
@json_option
@with_settings
def find(settings, site, at, kind, first, last, limit, as_json) -> None:
    """List the rasters that you may see, the oldest first; those without a day last."""
    from sitereg import imagery as work
    from sitereg.cli.terrain import point

    days = (first or date(1900, 1, 1), last or date(2100, 1, 1)) if first or last else None
    with opened(settings) as session:
        rows = work.find(session, site=site, around=point(at) if at else None, kind=kind, at=days, limit=limit)
    if as_json:
        return show(rows)
    for one in rows:
        click.echo(f"{one.id}  {said(one)}  {one.sensor}  {one.resolution_m:g} m  T{one.tier}  {one.name}")
    if not rows:
        click.echo("No raster here in what you may see.")


@imagery.command("show")
@click.argument("raster", type=click.UUID)
@json_option
@with_settings
def show_one(settings, raster, as_json) -> None:
    """Show all that the catalogue tells of one raster."""
    from sitereg import imagery as work

    with opened(settings) as session:
        found = work.show(session, raster)
    if as_json:
        return show(found)
    click.echo(str(found.id))
    tell(found)


@imagery.command("observations")
@click.option("--site", metavar="CODE")
@click.option("--raster", type=click.UUID)
@click.option("--result", type=CODES["observation_result"])
@limit_option
@json_option
@with_settings
def observed(settings, site, raster, result, limit, as_json) -> None:
    """List what was seen on rasters, and what was not, newest first: at sites whose exact place you are shown."""
    from sitereg import imagery as work

    with opened(settings) as session:
        rows = work.observations(session, site=site, raster=raster, result=result, limit=limit)
        logged(session, "observations", [{"code": one["code"], "shown_as": "exact"} for one in rows])
    if as_json:
        return show(rows)
    for one in rows:
        words = vocab.label("observation_result", one["result"])
        why = f" ({vocab.label('unusable_reason', one['unusable'])})" if one["unusable"] else ""
        area = f", {one['changed_m2']:,.0f} square metres" if one["changed_m2"] is not None else ""
        sure = f", confidence {one['confidence']:.2f}" if one["confidence"] is not None else ""
        click.echo(f"{one['code']}  {span(one['taken_before'])} > {span(one['taken'])}  {words}{why}{area}{sure}  {one['method']}")
    if not rows:
        click.echo("Nothing was observed here in what you may see.")


def tell(one):
    """What the catalogue tells of a raster, in lines."""
    click.echo(f"  what        {vocab.label('raster_kind', one.kind)}, {vocab.label('raster_making', one.making)}; {one.name}")
    click.echo(f"  taken       {said(one)} by {one.sensor}" + (f", scene {one.scene}" if one.scene else ""))
    click.echo(f"  cells       {one.width} x {one.height} of {one.resolution_m:g} m, {one.crs[:40]}")
    click.echo(f"  bands       {', '.join(band['name'] for band in one.bands)}")
    click.echo(f"  licence     {one.licence} ({one.attribution})")
    click.echo(f"  shown to    T{one.tier}" + (f" with {', '.join(one.compartments)}" if one.compartments else ""))
    click.echo(f"  sha256      {one.sha256}")
    if one.replaced:
        click.echo("  but: other words on the same file stand now")


def said(one):
    """The days of a raster, in words."""
    return span(one.taken) if one.taken else "day unknown"


def span(days):
    """A first and a last day, in words."""
    return "day unknown" if days is None else str(days[0]) if days[0] == days[1] else f"{days[0]} to {days[1]}"
