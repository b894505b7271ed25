"""`sitereg links`: lines of inquiry between persons and sites. Never a finding."""
import click

from sitereg.cli.evaluating import evaluate, fit
from sitereg.cli.options import json_option, opened, show, with_settings


@click.group()
def links() -> None:
    """Lines of inquiry: what to look at first, never what is so."""


@links.command()
@click.argument("person", required=False)
@click.option("--site", metavar="CODE", help="Ask about a site: for whom it is a line of inquiry.")
@click.option("--question", type=click.Choice(["held", "buried"]), default="held", show_default=True)
@click.option("--reason", help="Why the question of burial is asked; it is logged.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, metavar="N")
@json_option
@with_settings
def candidates(settings, person, site, question, reason, limit, as_json) -> None:
    """Where to look first for PERSON (a public reference), by distance and time."""
    from sitereg import links as work

    with opened(settings) as session:
        answer = work.candidates(session, person=person, site=site, question=question, reason=reason, limit=limit)
    if as_json:
        show(answer)
        return
    asked = "been held" if question == "held" else "been buried"
    click.echo(f"{answer.about}: where this person may have {asked}" if person else f"{answer.about}: who may have {asked} here")
    click.echo(f"{answer.compared} compared. " + " ".join(answer.notes))
    for one in answer.candidates:
        click.echo(f"\n{one.look}: {one.site + (f' {one.name}' if one.name else '') if person else one.person}")
        for sentence in one.because:
            click.echo(f"    {sentence}")


links.add_command(evaluate)
links.add_command(fit)
