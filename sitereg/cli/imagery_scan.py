"""`sitereg imagery scan`: all sites looked at on pairs of rasters, by the keeper."""
import click

from sitereg.cli.links import filters, waited
from sitereg.cli.options import json_option, opened, show, with_settings
from sitereg.cli.words import counted
from sitereg.errors import BadInput


@click.command("scan")
@click.option("--sites", "fits", multiple=True, metavar="FIELD=VALUE",
              help="Only sites that fit: kinds, groups, verification, protection, adm1, q, from, to, ids. Repeat it.")
@click.option("--before", type=click.UUID, metavar="RASTER", help="The earlier raster, with --after. Without: all pairs.")
@click.option("--after", type=click.UUID, metavar="RASTER", help="The later raster.")
@click.option("--again", is_flag=True, help="Also where these two were compared already.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Whether to wait until the keeper has done it.")
@json_option
@with_settings
def scan(settings, fits, before, after, again, wait, as_json) -> None:
    """Look at the sites whose exact place you are shown on two dates: what changed, what did not and what could not be seen is
    kept.

    A change becomes a task for a person, who looks and decides; nothing is decided by it.
    """
    from sitereg import imagery, vocab

    if (before is None) != (after is None):
        raise BadInput("Two rasters are compared", do="Give --before and --after, or neither.")
    with opened(settings, "acting") as session:
        job = imagery.scanning.ask(session, before=before, after=after, again=again, **filters(fits))
    done = waited(settings, job, quiet=as_json, of="looks") if wait else {"id": job, "state": "queued"}
    if as_json:
        return show({"job": str(job), "state": done["state"], **(done.get("result") or {})})
    if not wait:
        return click.echo(f"It waits for the keeper: job {job}.")
    told = done["result"]
    click.echo(f"{counted(told['looked'], 'look')} on {counted(told['pairs'], 'pair')} of rasters: {told['changed']} changed,"
               f" {told['unchanged']} unchanged")
    for why, many in told["image_unusable"].items():
        click.echo(f"  not seen: {many} ({vocab.label('unusable_reason', why)})")
    if told["already"]:
        click.echo(f"  looked at already: {told['already']} (--again does it anew)")
    if told["not_exact"]:
        click.echo(f"  not looked at: {counted(told['not_exact'], 'site')} of which no exact place is shown to you")
    if told["changed"]:
        click.echo("Each change is a task for a person: a hint and no proof. Look at both images, then have somebody go and see.")
