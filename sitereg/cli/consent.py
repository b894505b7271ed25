"""`sitereg consent`: what a source agreed to, as it changes; what was withdrawn, and what became of that."""
import click

from sitereg import vocab
from sitereg.cli import consent_uses
from sitereg.cli.options import json_option, opened, show, with_settings
from sitereg.cli.words import counted
from sitereg.errors import Refused

BASES = [one for one in vocab.LegalBasis.codes() if one != "consent"]
KINDS = {"identity": "identity", "report": "report", "person": "case", "document": "document"}


@click.group()
def consent() -> None:
    """What a source agreed to, as it changes; what became of what was withdrawn."""


for _one in consent_uses.COMMANDS:
    consent.add_command(_one)


@consent.command("show")
@click.argument("source", type=click.UUID)
@json_option
@with_settings
def show_one(settings, source, as_json) -> None:
    """Show the consent and uses of a source, how they changed, and what rests on it."""
    from sitereg import consent as work

    with opened(settings) as session:
        found = work.show(session, source)
    if as_json:
        show(found)
        return
    hidden = "  NOTHING OF IT IS SHOWN" if found["withdrawn"] else ""
    click.echo(f"{said(found)}: {vocab.label('consent_state', found['consent'])}{hidden}")
    click.echo(f"uses     {', '.join(found['permitted_uses']) or '-'}")
    click.echo(f"rests    {rests(found)}")
    for one in found["changes"]:
        click.echo(f"changed  {one['at']}  {vocab.label('consent_state', one['consent'])}  {one['by']}: {one['why']}")
    for one in found["reviews"]:
        outcome = f"{vocab.label('deletion_outcome', one['outcome'])}{basis(one)}"
        click.echo(f"review   {one['at']}  {outcome}  {one['by']}: {one['why']}  {erased(one['erased'])}".rstrip())


@consent.command()
@click.argument("source", type=click.UUID)
@click.argument("state", type=click.Choice(list(vocab.ConsentState.codes())))
@click.option("--why", required=True, metavar="TEXT")
@click.option("--use", "uses", multiple=True, type=click.Choice(list(vocab.PermittedUse.codes())),
              help="Uses permitted now (else as before).")
@click.option("--yes", is_flag=True, help="Do not ask: who received what was read already.")
@json_option
@with_settings
def change(settings, source, state, why, uses, yes, as_json) -> None:
    """Record what a source agrees to from now on. Withdrawn: nothing of it is shown any more; who received it is listed first."""
    from sitereg import consent as work
    from sitereg import sharing

    hides = bool(vocab.ConsentState(state).attrs.get("hides"))
    with opened(settings) as session:
        before = work.show(session, source)
        told = sharing.recipients(session, source=source) if hides and before["claims"] else []
    if hides and not yes:
        if as_json:
            raise Refused("Nothing was done: who received what rests on it is to be read first", guard="confirm",
                          needs="Read `sitereg sharing recipients --source`, then say --yes.")
        click.echo(f"{said(before)}: {rests(before)} will be shown to nobody.", err=True)
        for row in told:
            click.echo(f"to be told: {row['recipient']}  {row['on_day']}  {row['code']}", err=True)
        sure("Record it?")
    with opened(settings, "acting") as session:
        work.change(session, source, consent=state, why=why, permitted_uses=list(uses) or None)
        after = work.show(session, source)
    if as_json:
        show({"source": after, "recipients": told})
        return
    click.echo(f"Recorded: {vocab.label('consent_state', state)}.")
    if hides:
        to_tell = counted(len({row["recipient"] for row in told}), "recipient")
        click.echo(f"Nothing of it is shown or shared any more; {to_tell} to be told. "
                   "A source handler reviews within thirty days whether it is erased.")


@consent.command()
@click.argument("code")
@json_option
@with_settings
def holds(settings, code, as_json) -> None:
    """Show what may be done with a record: of those who told of it the strictest decides, and it is said where one is stricter."""
    from sitereg import consent as work

    with opened(settings) as session:
        found = work.holds(session, code)
    if as_json:
        show(found)
        return
    uses = ", ".join(vocab.label("permitted_use", one) for one in found["uses"]) or "nothing that all of them permit"
    click.echo(f"{found['code']}: {uses}; {'may be shared' if found['leaves'] else 'is not shared'}")
    if found["stricter"]:
        click.echo("One of them permits less than another: the stricter holds.")
    for one in found["told"]:
        under = ", under an agreement" if one["agreed"] else ""
        permits = ", ".join(one["uses"]) or "-"
        click.echo(f"  {counted(one['sources'], 'source')}: {vocab.label('consent_state', one['consent'])}, "
                   f"{vocab.label('legal_class', one['class'])}{under}  {permits}")


@consent.command()
@json_option
@with_settings
def withdrawn(settings, as_json) -> None:
    """List the sources whose consent is gone, and what is to be reviewed (source handlers)."""
    from sitereg import consent as work

    with opened(settings) as session:
        rows = work.withdrawn(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        came = vocab.label("deletion_outcome", row["outcome"]) if row["outcome"] else "-"
        what = f"review by {row['due']}" if row["due"] else came
        click.echo(f"{row['source']}  {row['at']}  {counted(row['claims'], 'claim')}  {what}  ({row['by']}: {row['why']})")
    if not rows:
        click.echo("Of nothing that you may see was consent withdrawn.")


@consent.command("claims")
@click.argument("source", type=click.UUID)
@json_option
@with_settings
def claims_of(settings, source, as_json) -> None:
    """Show what a source said whose consent is gone, without sealed words; that you did stands in the log (source handlers)."""
    from sitereg import consent as work

    with opened(settings, "acting") as session:
        rows = work.claims(session, source)
    if as_json:
        show(rows)
        return
    for row in rows:
        told = "(sealed)" if row["sealed"] else row["verbatim"] or row["value"]
        click.echo(f"{row['code']}  {row['predicate']}  {row['recorded']}  {told}")


@consent.command()
@click.argument("source", type=click.UUID)
@click.argument("outcome", type=click.Choice(list(vocab.DeletionOutcome.codes())))
@click.option("--why", required=True, metavar="TEXT")
@click.option("--basis", "legal_basis", type=click.Choice(BASES), help="Which basis other than consent allows that it is kept.")
@click.option("--yes", is_flag=True, help="Do not ask before erasing.")
@json_option
@with_settings
def review(settings, source, outcome, why, legal_basis, yes, as_json) -> None:
    """Say what becomes of what rests on withdrawn consent: kept, closed, under another basis, or erased (source handlers)."""
    from sitereg import consent as work

    if outcome == "erase" and not yes:
        if as_json:
            raise Refused("Nothing was done: erasing cannot be undone", guard="confirm", needs="Say --yes.")
        sure("Erasing cannot be undone. Erase it?")
    with opened(settings, "acting") as session:
        made = work.review(session, source, outcome=outcome, why=why, legal_basis=legal_basis)
    if as_json:
        show({"outcome": outcome, "erased": made})
    else:
        click.echo(f"Recorded: {vocab.label('deletion_outcome', outcome)}.{' ' + erased(made) if made else ''}")


def sure(question):
    if not click.confirm(question, err=True):
        raise Refused("Nothing was recorded", guard="confirm")


def said(found):
    return found["label"].get("en") or next(iter(found["label"].values()), found["type"])


def rests(found):
    return f"{counted(found['claims'], 'claim')} on {counted(len(found['records']), 'record')}"


def basis(one):
    return f" ({vocab.label('legal_basis', one['legal_basis'])})" if one["legal_basis"] else ""


def erased(made):
    """What was erased, in words."""
    told = [counted(made[kind], word) for kind, word in KINDS.items() if made.get(kind)]
    if made.get("shared"):
        told.append(f"{counted(made['shared'], 'case')} left: others told of them too")
    return f"Erased: {', '.join(told)}." if told else ""
