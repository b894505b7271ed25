"""`sitereg statistics`: tables of counts that are published, fixed for good, small numbers hidden."""
import csv
import io

import click

from sitereg.cli.options import json_option, opened, show, with_settings


@click.group()
def statistics() -> None:
    """Publish tables of counts: proposed by one, agreed by a releaser, fixed for good."""


@statistics.command()
@click.argument("title")
@json_option
@with_settings
def propose(settings, title, as_json) -> None:
    """Count the sites by governorate and group of kinds as they are now, under a TITLE; a releaser publishes it."""
    from sitereg import statistics as work

    with opened(settings, "acting") as session:
        made = work.propose(session, title)
    if as_json:
        show({"statistic": made})
    else:
        click.echo(f"Proposed. A releaser looks at it and publishes it: sitereg statistics settle {made} published --why ...")


@statistics.command()
@click.argument("statistic", type=click.UUID)
@click.argument("step", type=click.Choice(["published", "refused", "withdrawn"]))
@click.option("--why", required=True, metavar="TEXT", help="In words; kept.")
@with_settings
def settle(settings, statistic, step, why) -> None:
    """Publish or refuse a table as a releaser who did not propose it, or withdraw a published one."""
    from sitereg import statistics as work

    with opened(settings, "acting") as session:
        work.settle(session, statistic, step, why=why)
    click.echo(f"{step.capitalize()}.")


@statistics.command("list")
@click.option("--all", "every", is_flag=True, help="Those that wait, were refused or withdrawn too.")
@json_option
@with_settings
def list_(settings, every, as_json) -> None:
    """List what was published."""
    from sitereg import statistics as work

    with opened(settings) as session:
        rows = work.listed(session, published=not every)
    if as_json:
        show(rows)
        return
    for row in rows:
        click.echo(f"{row['id']}  {row['on_day']}  {row['title']}  {row['state']}")
    if not rows:
        click.echo("Nothing was published.")


@statistics.command("show")
@click.argument("statistic", type=click.UUID)
@with_settings
def show_one(settings, statistic) -> None:
    """Print a table as CSV, as it was made; a count that is hidden is empty."""
    from sitereg import statistics as work
    from sitereg.errors import NotFound

    with opened(settings) as session:
        found = next((row for row in work.listed(session, published=False) if row["id"] == statistic), None)
    if found is None:
        raise NotFound
    held = io.StringIO()
    out = csv.writer(held, lineterminator="\n")
    out.writerow(["adm1", "group", "sites"])
    out.writerows([row["adm1"], row["group"], "" if row["sites"] is None else row["sites"]] for row in found["rows"])
    click.echo(held.getvalue(), nl=False)
