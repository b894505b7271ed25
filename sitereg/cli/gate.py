"""`sitereg gate`: is one recipient shown a site, how exactly? Asked question by question, agreed by a releaser, ended at once."""
import click

from sitereg import vocab
from sitereg.cli.options import Day, json_option, opened, show, with_settings

why_option = click.option("--why", required=True, metavar="TEXT", help="In words; kept.")


class Said(click.ParamType):
    """An answer as QUESTION=yes:WHY or QUESTION=no:WHY."""

    name = "question=yes:why"

    def convert(self, value, param, ctx):
        question, _, rest = value.partition("=")
        answer, _, why = rest.partition(":")
        if question not in vocab.GateQuestion.codes() or answer not in ("yes", "no"):
            self.fail(f"Write it as QUESTION=yes:WHY; questions are {', '.join(vocab.GateQuestion.codes())}.", param, ctx)
        return question, {"answer": answer, "why": why}


@click.group()
def gate() -> None:
    """Decide whether one recipient is shown a site, and how exactly."""


@gate.command()
def questions() -> None:
    """Print the questions that are asked."""
    for one in vocab.GateQuestion:
        click.echo(f"{one.code}: {one.label}")


@gate.command()
@click.argument("code")
@click.option("--recipient", required=True, help="Who would be shown it.")
@click.option("--precision", required=True, type=click.Choice(list(vocab.GatePrecision.codes())), help="How exactly.")
@click.option("--answer", "answers", multiple=True, type=Said(), help="QUESTION=yes:WHY, once for each question.")
@click.option("--until", required=True, type=Day(today=False), metavar="DAY", help="How long it holds, a year at most.")
@why_option
@json_option
@with_settings
def ask(settings, code, answers, why, as_json, **asked) -> None:
    """Answer the questions for the site of CODE; a no to one is a no, else a releaser agrees."""
    from sitereg import gates

    with opened(settings, "acting") as session:
        made = gates.propose(session, code, answers=dict(answers), reason=why, **asked)
    if as_json:
        show(made)
    elif made["allows"]:
        click.echo(f"Asked. A releaser agrees: sitereg gate settle {made['gate']} agreed --why ...")
    else:
        click.echo("Not shown: a question was answered with no. That stands recorded with its ground.")


@gate.command()
@click.argument("gate", type=click.UUID)
@click.argument("step", type=click.Choice(["agreed", "refused", "ended"]))
@why_option
@json_option
@with_settings
def settle(settings, gate, step, why, as_json) -> None:
    """Agree or refuse as a releaser who did not ask, or end what was agreed."""
    from sitereg import gates

    with opened(settings, "acting") as session:
        gates.settle(session, gate, step, why=why)
    if as_json:
        show({"gate": gate, "state": step})
    else:
        click.echo({"agreed": "Agreed.", "refused": "Refused.", "ended": "Ended: whoever holds it gets a notice."}[step])


@gate.command("list")
@click.option("--of", "code", metavar="CODE", help="Those of this site.")
@json_option
@with_settings
def list_(settings, code, as_json) -> None:
    """List what was decided: as agreed, and as it holds today."""
    from sitereg import gates

    with opened(settings) as session:
        rows = gates.listed(session, code=code)
    if as_json:
        show(rows)
        return
    for row in rows:
        agreed, today = (vocab.label("gate_precision", row[name]) for name in ("precision", "now"))
        click.echo(f"{row['id']}  {row['code']}  {row['recipient']}: {row['state']}, {agreed}"
                   f" (today {today}, until {row['until']})  {row['asked_by']}: {row['reason']}")
    if not rows:
        click.echo("Nothing was decided of what you see.")
