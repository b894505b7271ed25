"""`sitereg freeze` and `sitereg sharing`: what may not leave, who received what, whom a retraction concerns."""
import functools
from pathlib import Path

import click

from sitereg import vocab
from sitereg.cli.events import CIRCLE, Circle
from sitereg.cli.options import Day, json_option, opened, show, with_settings
from sitereg.cli.sites import Box
from sitereg.cli.words import counted

reason_option = click.option("--reason", required=True, metavar="TEXT", help="Why; releasers read it.")
why_option = click.option("--why", required=True, metavar="TEXT", help="Why.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask: who received what rests on it is printed to stderr.")
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
    """At once it is absent for everybody but releasers of tier 2, two of whom lift that."""


@freeze.command()
@click.argument("box", type=Box(), required=False)
@click.option("--area", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.geojson",
              help="The polygons of this file (degrees).")
@click.option("--circle", type=Circle(), metavar=CIRCLE, help="So many kilometres around a point.")
@click.option("--unit", metavar="PCODE", help="This admin unit.")
@reason_option
@review_option
@json_option
@with_settings
def area(settings, box, file, circle, unit, reason, review, as_json) -> None:
    """Freeze all that may lie in an area: BOX (west,south,east,north in degrees), a file's polygons, a circle or a unit."""
    if sum(one is not None for one in (box, file, circle, unit)) != 1:
        raise click.UsageError("Give one area: a box, --area, --circle or --unit.")

    def drawn(session):
        from shapely import box as rectangle

        from sitereg import inside

        if box:
            return rectangle(*box)
        if file:
            return inside.read(file.read_text(encoding="utf-8-sig"))
        return inside.circle(session, **circle) if circle else inside.unit(session, unit)

    made(settings, as_json, "area", drawn, reason=reason, review_on=review)


@freeze.command()
@click.argument("code")
@reason_option
@review_option
@json_option
@with_settings
def site(settings, code, reason, review, as_json) -> None:
    """Freeze the site (or records) of CODE, with its parts."""
    made(settings, as_json, "site", reason=reason, review_on=review, code=code)


@freeze.command()
@click.argument("source", type=click.UUID, required=False)
@click.option("--of-claim", "claim", type=click.UUID, help="The source of this claim.")
@reason_option
@review_option
@json_option
@with_settings
def source(settings, source, claim, reason, review, as_json) -> None:
    """Freeze all that a source said."""
    one_source(source, claim)
    made(settings, as_json, "source", reason=reason, review_on=review, source=source, claim=claim)


def one_source(source, claim):
    if (source is None) == (claim is None):
        raise click.UsageError("Name one source: its id, or --of-claim.")


def made(settings, as_json, kind, drawn=None, **what):
    from sitereg import sharing as work

    with opened(settings, "acting") as session:
        done = work.freeze(session, kind, **what, **({"area": drawn(session)} if drawn else {}))
    if as_json:
        show({"freeze": done})
    else:
        click.echo(f"Frozen. Reference: {done}. Two releasers lift it: sitereg freeze ask-lift {done} --why ...")


@freeze.command("ask-lift")
@click.argument("freezing", type=click.UUID)
@why_option
@json_option
@with_settings
def ask_lift(settings, freezing, why, as_json) -> None:
    """Ask, as a releaser, that a freeze be lifted; another releaser agrees."""
    from sitereg import sharing as work

    with opened(settings, "acting") as session:
        asked = work.ask_unfreeze(session, freezing, why=why)
    if as_json:
        show({"asked": asked})
    else:
        click.echo(f"Asked. Another releaser agrees: sitereg freeze lift {freezing} --why ...")


@freeze.command()
@click.argument("freezing", type=click.UUID)
@why_option
@json_option
@with_settings
def lift(settings, freezing, why, as_json) -> None:
    """Agree, as the second releaser, that a freeze is lifted."""
    settled(settings, freezing, why, as_json, agrees=True)


@freeze.command()
@click.argument("freezing", type=click.UUID)
@why_option
@json_option
@with_settings
def keep(settings, freezing, why, as_json) -> None:
    """Refuse that a freeze is lifted, or withdraw that you asked for it."""
    settled(settings, freezing, why, as_json, agrees=False)


def settled(settings, freezing, why, as_json, *, agrees):
    from sitereg import sharing as work

    with opened(settings, "acting") as session:
        outcome = work.settle_unfreeze(session, freezing, agrees=agrees, why=why)
    if as_json:
        show({"outcome": outcome})
    else:
        click.echo({"taken": "Lifted.", "refused": "Refused: it stays frozen.",
                    "withdrawn": "Withdrawn: it stays frozen."}[outcome])


@freeze.command("list")
@click.option("--of", "code", metavar="CODE", help="Those of this site.")
@click.option("--all", "every", is_flag=True, help="Lifted ones too.")
@json_option
@with_settings
def list_(settings, code, every, as_json) -> None:
    """List the freezes in force, for releasers."""
    from sitereg import sharing as work

    with opened(settings) as session:
        rows = work.freezes(session, code=code, open=None if every else True)
    if as_json:
        show(rows)
        return
    for row in rows:
        what = row["code"] or row["source"] or row["kind"]
        asked = f" {row['asked_by']} asks that it be lifted: {row['asked_why']}" if row["asked_by"] else ""
        click.echo(f"{row['id']}  {row['kind']} {what}: {row['reason']} ({row['by']}, {row['at']}; review {row['review_on']})"
                   f"{' lifted' if row['lifted'] else ''}{asked}")
    if not rows:
        click.echo("Nothing is frozen in what you may see.")


@freeze.command()
@json_option
@with_settings
def receipts(settings, as_json) -> None:
    """List what you froze: references and days, nothing of what is frozen."""
    from sitereg import sharing as work

    with opened(settings) as session:
        rows = work.receipts(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        state = "lifted" if row["lifted"] else f"in force, review {row['review_on']}"
        click.echo(f"{row['id']}  {row['kind']}  {row['at']}  {state}")
    if not rows:
        click.echo("You froze nothing.")


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
@click.argument("source", type=click.UUID, required=False)
@click.option("--of-claim", "claim", type=click.UUID, help="The source of this claim.")
@why_option
@yes_option
@json_option
@with_settings
def retract_source(settings, source, claim, why, yes, as_json) -> None:
    """Nothing that a source said counts any more; first lists who received what rests on it, and asks."""
    from sitereg import sharing as work

    one_source(source, claim)
    with opened(settings) as session:
        told = work.recipients(session, source=source, source_of=claim)
    sure(told, yes or as_json, "Retract all that this source said?")
    with opened(settings, "acting") as session:
        ended = work.retract(session, source, claim=claim, why=why)
    if as_json:
        show({"claims": ended, "recipients": told})
    else:
        click.echo(f"{counted(ended, 'claim')} retracted.")


def sure(told, yes, question):
    """Who received what rests on it is printed, and nothing is done without a yes."""
    if not yes or told:
        for row in told:
            click.echo(f"to be told: {row['recipient']}  {row['on_day']}  {row['code']}", err=yes)
        if not told:
            click.echo("Nobody received anything that rests on it.")
    if not yes:
        click.confirm(question, abort=True)


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
