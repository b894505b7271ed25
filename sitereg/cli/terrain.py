"""`sitereg terrain`: what the ground is like, from a raster of elevations that lies on this machine."""
import click

from sitereg.cli.features import logged, typed_place
from sitereg.cli.options import json_option, opened, show, with_settings

LIMITS = {
    "coarse": "one cell of the raster is wider than a third of the way looked around: a pit or a wall is not in it",
    "partly_covered": "the raster reaches only a part of this ground",
    "holes": "some cells have no elevation",
    "few_cells": "these numbers rest on fewer than nine cells"}
WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


@click.group()
def terrain() -> None:
    """Slope, ruggedness and profiles from a GeoTIFF of elevations."""


def of_elevations(command):
    """The options of every command: which band, in which unit."""
    band = click.option("--band", type=click.IntRange(1), default=1, show_default=True, help="Which band holds the elevations.")
    return band(click.option("--feet", is_flag=True, help="Elevations are in feet, not in metres.")(command))


def unit(feet):
    return 0.3048 if feet else 1.0


def point(text):
    """The place that was typed, as a point."""
    import shapely

    found = typed_place(text)
    return shapely.Point(found.lon, found.lat)


def ground_of(settings, at, code):
    """(shape, what is said of it) of a place that was typed, or of a site as the caller is shown it."""
    from shapely.geometry import shape

    from sitereg import sites
    from sitereg.errors import BadInput

    if bool(at) == bool(code):
        raise BadInput("Give one place", do="Either --at with coordinates, or --site with a code.")
    if at:
        return point(at), None
    with opened(settings) as session:
        place = sites.show(session, code)["place"]
        if not place["shape"] or place["shown_as"] == "admin_unit":
            raise BadInput("No place of this site is shown to you that is finer than a unit", where=code,
                           do="Give --at, if you know it.")
        logged(session, "site_terrain", [{"code": code, "shown_as": place["shown_as"]}])
    return shape(place["shape"]), place["shown_as"]


@terrain.command("around")
@click.argument("raster", type=click.Path(dir_okay=False))
@click.option("--at", metavar="PLACE", help="Coordinates (latitude first), or MGRS.")
@click.option("--site", "code", metavar="CODE", help="A site, as you are shown it.")
@click.option("--within", "within_m", type=click.FloatRange(1, 100_000), default=500, show_default=True,
              help="How far around it, in metres.")
@of_elevations
@json_option
@with_settings
def around_one(settings, raster, at, code, within_m, band, feet, as_json) -> None:
    """Say what the ground is like around a place: elevation, slope, which way it falls, ruggedness; what weakens the numbers."""
    import dataclasses

    from sitereg import terrain as work

    place, shown_as = ground_of(settings, at, code)
    found = work.around(raster, place, within_m=within_m, band=band, unit_m=unit(feet))
    if as_json:
        return show({"within_m": within_m, "shown_as": shown_as, **dataclasses.asdict(found)})
    click.echo(f"{found.cells} cells of {found.cell_m[0]:.0f} x {found.cell_m[1]:.0f} m within {within_m:g} m"
               + (f" of the place as it is shown to you ({shown_as})" if shown_as else ""))
    if found.cells:
        click.echo(f"  elevation   {found.lowest:.0f} to {found.highest:.0f} m, {found.mean:.0f} on average")
        click.echo(f"  slope       {found.slope_mean:.1f} degrees on average, nine in ten below {found.slope_90:.1f},"
                   f" at most {found.slope_highest:.1f}")
        way = "no way in particular" if found.faces is None else f"to the {WINDS[round(found.faces / 45) % 8]}"
        click.echo(f"  it falls    {way}")
        click.echo(f"  ruggedness  {found.ruggedness:.1f} m to the eight neighbours")
    for code in found.limits:
        click.echo(f"  but: {LIMITS[code]}")


@terrain.command("profile")
@click.argument("raster", type=click.Path(dir_okay=False))
@click.option("--from", "begin", required=True, metavar="PLACE", help="Coordinates (latitude first), or MGRS.")
@click.option("--to", "end", required=True, metavar="PLACE")
@click.option("--step", "step_m", type=click.FloatRange(min=0, min_open=True),
              help="Metres between two elevations; half a cell if not given.")
@of_elevations
@json_option
@with_settings
def along(settings, raster, begin, end, step_m, band, feet, as_json) -> None:
    """Write the elevations along the shortest way between two places, as CSV: distance_m, lon, lat, elevation."""
    import json

    import shapely

    from sitereg import terrain as work

    line = shapely.LineString([point(begin), point(end)])
    found = work.profile(work.read(raster, around=line, within_m=1000, band=band), line, step_m=step_m, unit_m=unit(feet))
    if as_json:
        return show(json.loads(found.to_json(orient="records")))
    click.echo(found.round({"distance_m": 1, "lon": 7, "lat": 7, "elevation": 2}).to_csv(index=False), nl=False)


@terrain.command("relief")
@click.argument("raster", type=click.Path(dir_okay=False))
@click.argument("folder", type=click.Path(file_okay=False))
@of_elevations
@json_option
@with_settings
def whole(settings, raster, folder, band, feet, as_json) -> None:
    """Write slope, aspect, ruggedness, roughness and hillshade of a whole raster as GeoTIFFs into FOLDER."""
    from sitereg import terrain as work
    from sitereg.errors import BadInput

    grid = work.read(raster, band=band)
    found = work.relief(grid, unit_m=unit(feet))
    try:
        paths = work.write(grid, found, folder)
    except FileExistsError as there:
        raise BadInput("This file is there already", where=str(there), do="Give another folder, or take the file away.") from there
    if as_json:
        return show({"files": [str(path) for path in paths], "holes": found.holes})
    click.echo("\n".join(map(str, paths)) + (f"\n{found.holes} impossible elevations were left out" if found.holes else ""))
