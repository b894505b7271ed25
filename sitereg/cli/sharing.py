"""`sitereg freeze` and `sitereg sharing`: what may not leave, who received what, whom a retraction concerns."""
import functools

import click

from sitereg import vocab
from sitereg.cli.options import Day, json_option, opened, show, with_settings
from sitereg.cli.sites import Box
from sitereg.cli.words import counted

reason_option = click.option("--reason", required=True, metavar="TEXT", help="Why; it stays with the freeze.")
review_option = click.option("--review", type=Day(today=False), required=True, help="By when it is looked at again, within a year.")


def leaving_options(command):
    """What is asked of everything that leaves by hand; the command gets recipient, purpose, legal_basis and risk."""
    @click.option("--recipient", required=True, help="Who receives it.")
    @click.option("--purpose", required=True, help="What for.")
    @click.option("--basis", "legal_basis", type=click.Choice(list(vocab.LegalBasis.codes())), help="The legal basis.")
    @click.option("--risk-site", required=True, metavar="TEXT", help="What it risks for the site.")
    @click.option("--risk-sources", required=True, metavar="TEXT", help="What it risks for sources and witnesses.")
    @click.option("--risk-families", required=True, metavar="TEXT", help="What it risks for families.")
    @click.option("--risk-staff", required=True, metavar="TEXT", help="What it risks for staff and communities.")
    @functools.wraps(command)
    def wrapped(*args, risk_site, risk_sources, risk_families, risk_staff, **more):
        risk = {"site": risk_site, "sources": risk_sources, "families": risk_families, "staff": risk_staff}
        return command(*args, risk=risk, **more)

    return wrapped


@click.group()
def freeze() -> None:
    """At once nothing of it leaves or is edited, until another person lifts it."""


@freeze.command()
@click.argument("box", type=Box())
@reason_option
@review_option
@json_option
@with_settings
def area(settings, box, reason, review, as_json) -> None:
    """Freeze every site whose place may lie in BOX (west,south,east,north in degrees), whoever may see it."""
    from shapely import box as rectangle

    made(settings, as_json, "area", reason=reason, review_on=review, area=rectangle(*box))


@freeze.command()
@click.argument("code")
@reason_option
@review_option
@json_option
@with_settings
def site(settings, code, reason, review, as_json) -> None:
    """Freeze the site (or records) of CODE."""
    made(settings, as_json, "site", reason=reason, review_on=review, code=code)


@freeze.command()
@click.argument("source", type=click.UUID)
@reason_option
@review_option
@json_option
@with_settings
def source(settings, source, reason, review, as_json) -> None:
    """Freeze all that a source said."""
    made(settings, as_json, "source", reason=reason, review_on=review, source=source)


def made(settings, as_json, kind, **what):
    from sitereg import sharing as work

    with opened(settings, "acting") as session:
        done = work.freeze(session, kind, **what)
    if as_json:
        show({"freeze": done})
    else:
        click.echo(f"Frozen: {done}. Another person lifts it: sitereg freeze lift {done} --why ...")


@freeze.command()
@click.argument("freezing", type=click.UUID)
@click.option("--why", required=True, metavar="TEXT")
@with_settings
def lift(settings, freezing, why) -> None:
    """Lift a freeze that somebody else made."""
    from sitereg import sharing as work

    with opened(settings, "acting") as session:
        work.unfreeze(session, freezing, why=why)
    click.echo("Lifted.")


@freeze.command("list")
@click.option("--of", "code", metavar="CODE", help="Those that concern this site.")
@click.option("--all", "every", is_flag=True, help="Lifted ones too.")
@json_option
@with_settings
def list_(settings, code, every, as_json) -> None:
    """List the freezes in force that you may see."""
    from sitereg import sharing as work

    with opened(settings) as session:
        rows = work.freezes(session, code=code, open=None if every else True)
    if as_json:
        show(rows)
        return
    for row in rows:
        what = row["code"] or row["source"] or row["kind"]
        click.echo(f"{row['id']}  {row['kind']} {what}: {row['reason']} ({row['by']}, {row['at']}; review {row['review_on']})"
                   f"{' lifted' if row['lifted'] else ''}")
    if not rows:
        click.echo("Nothing is frozen in what you may see.")


@click.group()
def sharing() -> None:
    """Who received what; what is retracted."""


@sharing.command()
@click.option("--claim", type=click.UUID)
@click.option("--source", type=click.UUID)
@click.option("--batch", type=click.UUID)
@json_option
@with_settings
def recipients(settings, claim, source, batch, as_json) -> None:
    """List everyone who received a file whose rows rested on a claim, a source or a batch."""
    from sitereg import sharing as work

    with opened(settings) as session:
        rows = work.recipients(session, claim=claim, source=source, batch=batch)
    if as_json:
        show(rows)
        return
    for row in rows:
        file = f"({row['format']}, disclosure {row['disclosure']})"
        click.echo(f"{row['recipient']}  {row['on_day']}  {row['code']}  {row['purpose']}  {file}")
    if not rows:
        click.echo("Nobody received anything that rested on it.")


@sharing.command("retract-source")
@click.argument("source", type=click.UUID)
@click.option("--why", required=True, metavar="TEXT")
@json_option
@with_settings
def retract_source(settings, source, why, as_json) -> None:
    """Nothing that a source said counts any more; lists who received what rested on it."""
    from sitereg import sharing as work

    with opened(settings, "acting") as session:
        told = work.recipients(session, source=source)
        ended = work.retract(session, source, why=why)
    if as_json:
        show({"claims": ended, "recipients": told})
        return
    click.echo(f"{counted(ended, 'claim')} retracted.")
    for row in told:
        click.echo(f"to be told: {row['recipient']}  {row['on_day']}  {row['code']}")


@sharing.command("print")
@click.argument("code")
@leaving_options
@click.option("--inquiry", type=click.UUID, help="With this inquiry about it.")
@with_settings
def print_page(settings, code, **asked) -> None:
    """Answer, as JSON, what may leave on paper of a site, records or a case; to whom it goes is recorded first."""
    from sitereg import sharing as work

    with opened(settings, "acting") as session:
        told = work.print_page(session, code, **asked)
    show({**told, **work.labels(told["face"])})
