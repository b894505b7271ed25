"""`sitereg visits`: the form for phones in the field (XLSForm of ODK and Kobo), and the submissions made with it."""
from pathlib import Path

import click

from sitereg.cli.options import json_option, opened, show, with_settings


@click.group()
def visits() -> None:
    """Visits that were written down in the field with ODK or Kobo."""


@visits.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--public-key", type=click.Path(exists=True, dir_okay=False), metavar="PEM",
              help="Devices encrypt what is filled in to this RSA key before they keep it.")
def form(file, public_key) -> None:
    """Write the form of a visit as an XLSForm, in English and Arabic; it names no site."""
    from sitereg.entering import visitsheet

    lines = Path(public_key).read_text("ascii").splitlines() if public_key else []
    visitsheet.form(file, public_key="".join(line for line in lines if not line.startswith("-----")) or None)
    click.echo(f"{file}: load it into ODK Central or Kobo; submissions come in by `sitereg visits take`.")


@visits.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--media", type=click.Path(exists=True, file_okay=False), help="The folder of the photographs.")
@click.option("--dry-run", is_flag=True, help="Report the same and write nothing.")
@json_option
@with_settings
def take(settings, file, media, dry_run, as_json) -> None:
    """Record the visits of an export of submissions FILE (.csv or .xlsx); what is wrong with one costs that one alone."""
    from sitereg.entering import visits as work

    with opened(settings, "acting") as session:
        rows = work.take(session, file, media=media, dry_run=dry_run)
    if as_json:
        show({"dry_run": dry_run, "rows": [{**row, "problems": [one.as_dict() for one in row["problems"]]} for row in rows]})
        return
    for row in rows:
        click.echo(f"row {row['row']}: {row['site'] or '(no code)'} {row['outcome']}{' ' + row['visit'] if row['visit'] else ''}")
        for one in row["problems"]:
            click.echo(f"    {one.code} in {one.field}: {one.message}{f' ({one.value})' if one.value else ''}")
    if dry_run:
        click.echo("Nothing was written.")
