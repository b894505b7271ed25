"""`sitereg decisions`: what is proposed, approved, decided and annulled."""
import click

from sitereg.cli.options import Day, json_option, opened, show, with_settings
from sitereg.cli.protection import day, on_site, site_of, steps, told
from sitereg.cli.reviewing import review
from sitereg.cli.settling import nearest
from sitereg.cli.words import counted
from sitereg.errors import NotFound

PROPOSAL = click.argument("proposal", type=click.UUID)


def subject_of(session, code):
    """(id, code) of the site or person that stands under that code."""
    found = session.rows("where_now", code=code)
    if not found:
        raise NotFound
    if found[0]["kind"] == "site":
        page = site_of(session, code)
        return page["id"], page["code"]
    return found[0]["subject"], found[0]["code"]


@click.group()
def decisions() -> None:
    """What the institution settles: proposed, approved by others, decided, annulled."""


decisions.add_command(nearest)
decisions.add_command(review)


@decisions.command()
@click.argument("code", required=False)
@json_option
@with_settings
def waiting(settings, code, as_json) -> None:
    """List the proposals that wait for approval (about CODE), oldest first."""
    from sitereg import decisions as work

    with opened(settings) as session:
        rows = work.waiting(session, subject_of(session, code)[0] if code else None)
    if as_json:
        show(rows)
        return
    for row in rows:
        yours = "yours" if row["mine"] else "you may approve" if row["may_approve"] else "for others"
        step = f"{row['from_state'] or 'new'} -> {row['to_state']}"
        click.echo(f"{row['id']}  {row['code']}  {row['machine']} {row['aspect']}".rstrip() + f": {step}. {row['reason']}"
                   f" ({row['proposed_by']}; {row['approvals']} of {row['approvals_needed']}; {yours})")
    if not rows:
        click.echo("Nothing waits in what you may see.")


@decisions.command()
@on_site
@click.argument("machine", type=click.Choice(["verification", "case", "fate", "whereabouts", "protection"]))
@click.argument("to", metavar="STATE")
@click.option("--aspect", default="", metavar="KIND", help="The site kind whose level it is (verification).")
@click.option("--reason", required=True)
@click.option("--basis", multiple=True, metavar="CLAIM", help="A claim that it rests on; may be given again.")
@click.option("--due", type=Day())
@click.option("--observed-on", type=Day())
@json_option
@with_settings
def decide(settings, code, machine, to, aspect, reason, basis, due, observed_on, seen, as_json) -> None:
    """Decide that MACHINE of SITE (or of a person's case) is STATE, or propose it where others must approve."""
    from sitereg import decisions as work

    with opened(settings, "acting") as session:
        subject, now = subject_of(session, code)
        outcome = work.decide(session, subject, machine, to, aspect=aspect, reason=reason, basis=basis, seen=seen,
                              due=day(session, due), observed_on=day(session, observed_on))
    if as_json:
        show(outcome)
        return
    told(outcome, now, f"{machine} {aspect}".strip() + f" {to}")


@decisions.command()
@click.argument("code")
@click.argument("machine")
@click.option("--aspect", default="", metavar="KIND")
@json_option
@with_settings
def options(settings, code, machine, aspect, as_json) -> None:
    """List the next states of MACHINE and what each still needs."""
    from sitereg import decisions as work

    with opened(settings) as session:
        rows = work.options(session, subject_of(session, code)[0], machine, aspect=aspect)
    if as_json:
        show(rows)
        return
    steps(rows)


@decisions.command()
@PROPOSAL
@click.option("--reason")
@json_option
@with_settings
def approve(settings, proposal, reason, as_json) -> None:
    """Agree with a proposal of somebody else."""
    from sitereg import decisions as work

    with opened(settings, "acting") as session:
        outcome = work.approve(session, proposal, reason=reason)
    if as_json:
        show(outcome)
        return
    more = counted(outcome.approvals_needed, "more approval")
    click.echo("Decided." if outcome.state == "decided" else f"Approved; it waits for {more}.")


@decisions.command()
@PROPOSAL
@click.option("--reason", required=True)
@json_option
@with_settings
def refuse(settings, proposal, reason, as_json) -> None:
    """End a proposal of somebody else without a decision."""
    from sitereg import decisions as work

    with opened(settings, "acting") as session:
        outcome = work.refuse(session, proposal, reason=reason)
    if as_json:
        show(outcome)
        return
    click.echo("Refused; the state stays.")


@decisions.command()
@PROPOSAL
@click.option("--reason", required=True)
@with_settings
def withdraw(settings, proposal, reason) -> None:
    """Take back a proposal of your own."""
    from sitereg import decisions as work

    with opened(settings, "acting") as session:
        work.withdraw(session, proposal, reason=reason)
    click.echo("Withdrawn.")


@decisions.command()
@click.argument("decision", type=click.UUID)
@click.option("--reason", required=True)
@json_option
@with_settings
def annul(settings, decision, reason, as_json) -> None:
    """Propose that the last decision of its kind falls and the state before it holds again."""
    from sitereg import decisions as work

    with opened(settings, "acting") as session:
        outcome = work.annul(session, decision, reason=reason)
    if as_json:
        show(outcome)
        return
    click.echo(f"Proposed: it waits for {counted(outcome.approvals_needed, 'approval')}, proposal {outcome.proposal}.")


@decisions.command()
@click.argument("code")
@click.option("--machine", help="Only of this machine.")
@json_option
@with_settings
def history(settings, code, machine, as_json) -> None:
    """List every decision on CODE with its id, newest first."""
    from sitereg import decisions as work

    with opened(settings) as session:
        rows = work.history(session, subject_of(session, code)[0], machine=machine)
    if as_json:
        show(rows)
        return
    for row in rows:
        people = ", ".join([row["proposed_by"] or "-", *(f"approved by {name}" for name in row["approved_by"])])
        mark = " (annulled)" if row["annulled"] else ""
        click.echo(f"{row['id']}  {row['machine']} {row['aspect']}".rstrip()
                   + f": {row['from_state'] or 'new'} -> {row['to_state']}{mark}. {row['reason'] or ''} ({people})")


@decisions.command()
@click.argument("code")
@click.argument("claim", type=click.UUID)
@click.option("--reason", required=True)
@json_option
@with_settings
def choose(settings, code, claim, reason, as_json) -> None:
    """Among contradicting claims CLAIM is what the record of CODE shows, as long as it lives."""
    from sitereg import decisions as work

    with opened(settings, "acting") as session:
        outcome = work.choose(session, subject_of(session, code)[0], claim, reason=reason)
    if as_json:
        show(outcome)
        return
    told(outcome, code.upper(), "the value of that claim")


@decisions.command()
@on_site
@click.argument("other")
@click.option("--reason", required=True)
@json_option
@with_settings
def merge(settings, code, other, reason, seen, as_json) -> None:
    """Propose that OTHER becomes part of SITE; its old code keeps leading there."""
    from sitereg import decisions as work

    with opened(settings, "acting") as session:
        site = site_of(session, code)
        outcome = work.merge(session, site["id"], site_of(session, other)["id"], reason=reason, seen=seen)
    if as_json:
        show(outcome)
        return
    told(outcome, site["code"], f"{other.upper()} as a part of it")
