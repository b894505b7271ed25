"""`sitereg referrals`: families referred to partners and by them, with their consent; what is overdue."""
import json

import click

from sitereg import vocab
from sitereg.cli.families import logged
from sitereg.cli.options import Day, json_option, opened, show, with_settings
from sitereg.errors import BadInput

STEPS = ("sent", "accepted", "in_progress", "closed", "deleted")


def of(scheme):
    return click.Choice(list(scheme.codes()))


@click.group()
def referrals() -> None:
    """Refer families to partners, take in those whom partners refer, and see what is overdue."""


@referrals.command()
@json_option
@with_settings
def partners(settings, as_json) -> None:
    """List the partners with whom an agreement in force covers referrals, with the letters of their keys."""
    from sitereg import referrals as work

    with opened(settings) as session:
        rows = work.partners(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        name = row["partner"].get("en") or next(iter(row["partner"].values()))
        letters = ", ".join(row["letters"]) or "NO KEY YET"
        click.echo(f"{row['agreement']}  {name}  until {row['expires_on'] or 'no last day'}  {letters}")
    if not rows:
        click.echo("No agreement in force covers referrals (--kind referrals).")


@referrals.command()
@click.argument("account")
@click.argument("agreement", type=click.UUID)
@with_settings
def bind(settings, account, agreement) -> None:
    """Say that ACCOUNT, of the partner's door, belongs for good to the partner of AGREEMENT."""
    from sitereg import referrals as work

    with opened(settings, "acting") as session:
        work.bind(session, account, agreement)
    click.echo("Recorded.")


@referrals.command()
@click.argument("agreement", type=click.UUID)
@click.option("--need", "needs", multiple=True, required=True, type=of(vocab.ReferralNeed))
@click.option("--urgency", required=True, type=of(vocab.ReferralUrgency))
@click.option("--fields", "file", required=True, type=click.File(encoding="utf-8"),
              help="JSON {field: words}, or - for what is typed: " + ", ".join(vocab.ReferralField.codes()) + ".")
@json_option
@with_settings
def draft(settings, agreement, needs, urgency, file, as_json) -> None:
    """Write a referral to the partner of AGREEMENT: sealed to their key, sent only after consent."""
    from sitereg import referrals as work

    with opened(settings, "acting") as session:
        made = work.draft(session, agreement, fields(file), needs=needs, urgency=urgency)
    if as_json:
        show({"referral": made})
    else:
        click.echo(f"Written. Read it to them, then: sitereg referrals consent {made} ...")


def fields(file):
    """{field: words} of a JSON file."""
    try:
        said = json.load(file)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not all(isinstance(one, str) for one in said.values()):
        raise BadInput("This is no list of fields", where="--fields", do='Give {"reason": "...", "name": "..."}.')
    return said


@referrals.command()
@click.argument("referral", type=click.UUID)
@click.option("--form", required=True, type=of(vocab.ReferralConsentForm))
@click.option("--by", required=True, type=of(vocab.ReferralConsentBy))
@click.option("--on", required=True, type=Day(today=False), metavar="DAY")
@click.option("--covers", multiple=True, required=True, type=of(vocab.ReferralField), help="Each field that they agreed to.")
@with_settings
def consent(settings, referral, form, by, on, covers) -> None:
    """Record that the family consented to exactly this referral."""
    taken(settings, referral, "consented", form=form, by=by, on=str(on), covers=list(covers))


@referrals.command()
@click.argument("referral", type=click.UUID)
@click.argument("name", metavar="STEP", type=click.Choice(STEPS))
@with_settings
def step(settings, referral, name) -> None:
    """Take the next step: sent and closed of ours; accepted, in_progress, deleted of theirs."""
    taken(settings, referral, name)


@referrals.command()
@click.argument("referral", type=click.UUID)
@click.option("--ground", required=True, type=of(vocab.ReferralGround))
@with_settings
def withdraw(settings, referral, ground) -> None:
    """Withdraw a referral: what was not yet read is gone, and the partner is told to delete the rest."""
    taken(settings, referral, "withdrawn", ground=ground)


@referrals.command()
@click.argument("referral", type=click.UUID)
@click.option("--ground", required=True, type=of(vocab.ReferralGround))
@with_settings
def decline(settings, referral, ground) -> None:
    """Decline what a partner referred."""
    taken(settings, referral, "declined", ground=ground)


@referrals.command()
@click.argument("referral", type=click.UUID)
@click.argument("result", metavar="OUTCOME", type=of(vocab.ReferralOutcome))
@with_settings
def outcome(settings, referral, result) -> None:
    """Record what came of what a partner referred."""
    taken(settings, referral, "outcome", outcome=result)


def taken(settings, referral, name, **data):
    from sitereg import referrals as work

    with opened(settings, "acting") as session:
        work.step(session, referral, name, **data)
    click.echo("Recorded.")


@referrals.command()
@click.argument("referral", type=click.UUID)
@click.option("--to", "owner", required=True, metavar="ACCOUNT")
@with_settings
def hand(settings, referral, owner) -> None:
    """Give a referral to another source handler; you see it no more."""
    from sitereg import referrals as work

    with opened(settings, "acting") as session:
        work.hand(session, referral, owner)
    click.echo("Recorded.")


@referrals.command("list")
@click.option("--overdue", is_flag=True, help="Only those of which something is overdue.")
@json_option
@with_settings
def list_all(settings, overdue, as_json) -> None:
    """List the referrals that you see, overdue ones first."""
    from sitereg import referrals as work

    with opened(settings) as session:
        rows = [row for row in work.find(session) if row["overdue"] or not overdue]
        logged(session, "referral_list")
    if as_json:
        show(rows)
        return
    for row in rows:
        due = f"  due {row['due']}{' OVERDUE' if row['overdue'] else ''}" if row["due"] else ""
        taken_by = "" if row["taken"] else "  nobody has taken it"
        click.echo(f"{row['id']}  {row['code']}  {'to' if row['way'] == 'out' else 'from'} {row['partner'].get('en') or '-'}"
                   f"  {', '.join(row['needs'])}  {row['state']}{due}{taken_by}")
    if not rows:
        click.echo("None.")


@referrals.command("show")
@click.argument("referral", type=click.UUID)
@json_option
@with_settings
def show_one(settings, referral, as_json) -> None:
    """Print one referral with its time line; what is sealed stays sealed (open)."""
    from sitereg import referrals as work

    with opened(settings) as session:
        one = work.show(session, referral)
        logged(session, "referral_page", object=one["id"])
    if as_json:
        show(one)
        return
    due = f", due {one['due']}{' OVERDUE' if one['overdue'] else ''}" if one["due"] else ""
    click.echo(f"{one['code']}  {one['state']}{due}\nneeds: {', '.join(one['needs'])}\npassed on: {', '.join(one['fields'])}")
    for row in one["steps"]:
        click.echo(f"{row['on']}  {row['step']}  {'the partner' if row['theirs'] else row['by']}")
    click.echo(f"now possible: {', '.join(one['may']) or 'nothing'}")


@referrals.command("open")
@click.argument("referral", type=click.UUID)
@with_settings
def open_one(settings, referral) -> None:
    """Open what is passed on, with your own key of the vault; it stands in the log."""
    from sitereg import referrals as work
    from sitereg.cli.vault import unlocked

    mine = unlocked(settings)
    with opened(settings, "acting") as session:
        said = work.open_(session, mine, referral)
    for name, words in said.items():
        click.echo(f"{name}: {words}")


@referrals.command()
@json_option
@with_settings
def counts(settings, as_json) -> None:
    """Print counts for reports: of quarters that are over, in steps of five, never below five."""
    from sitereg import referrals as work

    with opened(settings) as session:
        rows = work.counts(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        click.echo(f"{row['year']} Q{row['quarter']}  {row['what']} {row['code']}  at least {row['n']}")
    if not rows:
        click.echo("None.")
