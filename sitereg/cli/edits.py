"""`sitereg edits`: a working copy of sites for QGIS, and the changes in it as claims of one's own."""
import click

from sitereg.cli.options import json_option, opened, show, with_settings
from sitereg.cli.sites import filtered
from sitereg.cli.words import counted


@click.group()
def edits() -> None:
    """Sites edited in QGIS: copy them, change shapes and names, take the copy back."""


@edits.command()
@click.argument("file", type=click.Path(dir_okay=False))
@filtered
@json_option
@with_settings
def copy(settings, file, filters, as_json) -> None:
    """Write your sites into the new GeoPackage FILE, to be edited on this machine; it is not to be handed on."""
    from sitereg import edits as work

    with opened(settings) as session:
        layers = work.copy(session, file, **{name: one for name, one in filters.items() if one is not None})
    if as_json:
        show({"file": file, "layers": layers})
        return
    click.echo(f"{file}: " + ", ".join(f"{name} {n}" for name, n in layers.items()))
    click.echo("Say of each shape that you draw how it was drawn: edit_method (and edit_uncertainty_m, if you know better).")


@edits.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--method", metavar="CODE", help="How shapes were drawn whose row does not say it (georef_method).")
@click.option("--uncertainty", "uncertainty_m", type=float, metavar="METRES", help="Of shapes whose row does not say it.")
@click.option("--reliability", default="F", show_default=True, metavar="A-F", help="How your own work is graded; F is not judged.")
@click.option("--reason", help="Why, for the log.")
@click.option("--dry-run", is_flag=True, help="Report the same and write nothing.")
@json_option
@with_settings
def take(settings, file, as_json, **asked) -> None:
    """Take what was changed in a working copy FILE as your claims; what was not touched or deleted says nothing."""
    from sitereg import edits as work

    with opened(settings, "acting") as session:
        report = work.take(session, file, **asked)
    if as_json:
        show(report.as_dict())
        return
    for name, n in report.counts.items():
        click.echo(f"{name:<12} {n}")
    for row in report.rows:
        if row.outcome != "unchanged":
            said = f": {', '.join(row.said)}" if row.said else ""
            where = f" ({row.layer}, row {row.number})" if row.layer else ""
            click.echo(f"  {row.outcome} {row.code or '(new)'}{where}{said}")
        for one in row.problems:
            click.echo(f"    {one.code} in {one.field}: {one.message}{f' ({one.value})' if one.value else ''}")
    click.echo(f"{counted(len(report.claims), 'claim')} recorded." if report.claims else "Nothing was written.")
