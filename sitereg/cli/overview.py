"""`sitereg overview`: what the registry covers, how that moved, and where it is silent, as counted from one's own rows."""

import click

from sitereg.cli.features import said
from sitereg.cli.options import json_option, opened, show, with_settings
from sitereg.cli.words import counted


@click.group()
def overview() -> None:
    """What is covered, how that moved, and where nobody has told anything yet."""


@overview.command()
@json_option
@with_settings
def coverage(settings, as_json) -> None:
    """Sites by governorate, year, kind and source, and what these counts cannot say."""
    from sitereg import overview as work

    with opened(settings) as session:
        told, moved, units = work.coverage(session), work.progress(session), names(session)
    made = work.tables(told, moved)
    if as_json:
        show({"rows": told.rows, "findings": work.findings(made, "en", units), "notes": work.notes(told, made, "en", units)})
        return
    click.echo(f"{counted(told.sites, 'site')}, {counted(told.accounts, 'account')}")
    for name, sentence in work.findings(made, "en", units).items():
        click.echo(f"  {name:<13} {sentence}")
    click.echo("By governorate")
    for code in made["adm1"].rows:
        beside = made["adm1"].beside[code]
        click.echo(f"  {units.get(code, 'none known'):<24} {beside['sites']:>6,.0f} sites {beside['accounts']:>8,} accounts")
    click.echo("What these counts cannot say")
    for sentence in work.notes(told, made, "en", units):
        click.echo(f"  {sentence}")


@overview.command()
@click.option("--months", type=click.IntRange(1, 120), default=36, show_default=True, metavar="N", help="So many months back.")
@click.option(
    "--clock",
    type=click.Choice(["recorded", "observed"]),
    default="recorded",
    show_default=True,
    help="By the day on which it was recorded, or seen to be so.",
)
@json_option
@with_settings
def progress(settings, months, clock, as_json) -> None:
    """Levels of verification and protection statuses month by month, and visits."""
    from sitereg import overview as work

    with opened(settings) as session:
        told = work.progress(session, months=months, clock=clock)
    if as_json:
        show({what: [{"month": month, **states} for month, states in held.items()] for what, held in told.items()})
        return
    schemes = {"verification": "verification_level", "protection": "protection_status"}
    for what, held in told.items():
        click.echo(what)
        for month, states in held.items():
            told_of = ", ".join(
                f"{said(schemes[what], one) if what in schemes else one.replace('_', ' ')} {n:,}" for one, n in states.items()
            )
            click.echo(f"  {month:%Y-%m}  {told_of}")


@overview.command()
@click.option(
    "--level", type=click.IntRange(1, 4), help="1 governorate, 2 district, 3 sub-district, 4 cell of 10 km (by default)."
)
@click.option("--least", type=click.IntRange(5), default=5, show_default=True, metavar="N", help="So many persons at least.")
@json_option
@with_settings
def silent(settings, level, least, as_json) -> None:
    """Units in which many were last seen and nothing is recorded: places to ask in."""
    from sitereg import overview as work

    with opened(settings) as session:
        rows = work.silent_places(session, level=level, least=least)
    if as_json:
        show(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "id": row["pcode"],
                        "geometry": row["shape"],
                        "properties": {name: value for name, value in row.items() if name != "shape"},
                    }
                    for row in rows
                ],
            }
        )
        return
    click.echo(f"{counted(len(rows), 'silent place')}: nothing recorded where {least} or more were last seen. Ask there.")
    for row in rows:
        click.echo(
            f"  {row['pcode']:<13} {near(row):<32} {row['persons']:>9} persons (surely {row['surely']},"
            f" perhaps {row['perhaps']}), {counted(row['sites_perhaps'], 'site')} may lie there"
        )


def near(row):
    """How a unit is called; of a cell the place that is nearest to it."""
    if row["level"] < 4:
        return row["name_en"]
    parts = (f"near {row['name_en']}" if row["name_en"] else "no place near", row["parent_en"])
    return ", ".join(part for part in parts if part)


def names(session):
    """{p-code: English name} of the governorates."""
    from sitereg import places

    return {one["pcode"]: one["name_en"] for one in places.units(session, level=1)}
