"""`sitereg sites disclose`, `disclose-place`, `restrict`, `lift`: what moves the tier of a site."""
import functools

import click

from sitereg.cli.options import json_option, opened, show, with_settings
from sitereg.cli.words import counted

CLAIM = "ID as `sites why CODE FIELD --json` prints it"
reason_option = click.option("--reason", required=True, metavar="TEXT", help="Why; it stands with the decision for good.")


def answered(command):
    """The command takes the answers that a disclosure asks for and is called with `answers`."""

    @click.option("--publish", is_flag=True, help="Yes, it was asked, and the place should be published at all.")
    @click.option("--recipient", type=click.Choice(["public", "shareable"]), required=True, help="For whom it is.")
    @click.option("--risk-site", required=True, metavar="TEXT", help="What it risks for the site.")
    @click.option("--risk-sources", required=True, metavar="TEXT", help="What it risks for sources and witnesses.")
    @click.option("--risk-families", required=True, metavar="TEXT", help="What it risks for families.")
    @click.option("--risk-staff", required=True, metavar="TEXT", help="What it risks for staff and communities.")
    @functools.wraps(command)
    def wrapped(*args, publish, recipient, risk_site, risk_sources, risk_families, risk_staff, owner_consent=None, **more):
        from sitereg.disclosing import Answers

        risk = {"site": risk_site, "sources": risk_sources, "families": risk_families, "staff": risk_staff}
        return command(*args, answers=Answers(publish, recipient, risk, owner_consent), **more)

    return wrapped


@click.command()
@click.argument("code")
@click.option("--claim", "claims", multiple=True, required=True, metavar="ID",
              help=f"Counts in face 0 from then on; may be given again. {CLAIM}.")
@answered
@reason_option
@json_option
@with_settings
def disclose(settings, code, claims, answers, reason, as_json) -> None:
    """Propose that a site is T0: the named claims are shown there and nothing else. A releaser approves."""
    from sitereg import disclosing as work

    with opened(settings, "acting") as session:
        tell(work.disclose(session, standing(session, code), claims, answers, reason=reason), as_json)


@click.command("disclose-place")
@click.argument("code")
@click.option("--from-tier", "tier", type=click.IntRange(0, 1), required=True, help="From which tier on the exact place is shown.")
@click.option("--owner-consent", metavar="TEXT", help="For a private house at tier 0: what its owner agreed to, and when.")
@answered
@reason_option
@json_option
@with_settings
def disclose_place(settings, code, tier, answers, reason, as_json) -> None:
    """Propose that the exact place of a site is shown further down, never below its own tier. A releaser approves."""
    from sitereg import disclosing as work

    with opened(settings, "acting") as session:
        tell(work.disclose_place(session, standing(session, code), tier, answers, reason=reason), as_json)


@click.command()
@click.argument("code")
@click.option("--tier", type=click.IntRange(1, 2), default=2, show_default=True, help="Who is cleared for less finds nothing.")
@click.option("--claim", "claims", multiple=True, metavar="ID", help=f"This claim alone; may be given again. {CLAIM}.")
@click.option("--place", is_flag=True, help="Its exact place alone.")
@reason_option
@json_option
@with_settings
def restrict(settings, code, tier, claims, place, reason, as_json) -> None:
    """Restrict a site at once, by your act alone: somebody may be in danger. `lift` takes a second person."""
    from sitereg import disclosing as work

    with opened(settings, "acting") as session:
        tell(work.restrict(session, standing(session, code), tier=tier, claims=claims, place=place, reason=reason), as_json)


@click.command()
@click.argument("code")
@reason_option
@json_option
@with_settings
def lift(settings, code, reason, as_json) -> None:
    """Propose that each restriction in force on a site ends. A releaser approves."""
    from sitereg import disclosing as work
    from sitereg.errors import BadInput

    with opened(settings, "acting") as session:
        held = work.in_force(session, standing(session, code))
        if not held:
            raise BadInput("No restriction is in force on it", where=code, do="See `sitereg sites history`.")
        done = [work.lift(session, one["id"], reason=reason) for one in held]
    if as_json:
        show(done)
    else:
        click.echo(f"Proposed: {counted(len(done), 'restriction')} to be lifted once a releaser approves.")


def standing(session, code):
    """The id of the site that a code stands for, if it was not merged."""
    from sitereg import sites
    from sitereg.errors import BadInput

    page = sites.show(session, code)
    if page["merged_into"]:
        raise BadInput("It was merged into another", where=code, do=f"Say {page['merged_into']} instead.")
    return page["id"]


def tell(done, as_json):
    """What became of it, in one line or as JSON."""
    if as_json:
        show(done)
    elif done.state == "decided":
        click.echo(f"Decided: {done.decision}. It holds from now on.")
    else:
        click.echo(f"Proposed: {done.proposal}. It holds once a releaser approves.")
