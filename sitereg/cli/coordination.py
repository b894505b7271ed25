"""`sitereg work` and `sitereg asks`: who works where, without content; whether somebody spoke with a witness, asked."""
import click

from sitereg import vocab
from sitereg.cli.families import logged
from sitereg.cli.options import Day, json_option, opened, show, with_settings


@click.group()
def work() -> None:
    """Declare who works where, and ask whether somebody does."""


@work.command()
@click.option("--site", "code", metavar="CODE", help="At a site.")
@click.option("--unit", metavar="P-CODE", help="In an admin unit.")
@click.option("--kind", required=True, type=click.Choice(list(vocab.WorkKind.codes())))
@click.option("--began", required=True, type=Day(today=False), metavar="DAY")
@click.option("--ended", required=True, type=Day(today=False), metavar="DAY", help="Until when; within two years.")
@click.option("--told", required=True, type=click.Choice(list(vocab.WorkTold.codes())), help="What others who see it are told.")
@click.option("--agreement", type=click.UUID, help="Of the partner of that agreement, for data stewards.")
@with_settings
def declare(settings, **said) -> None:
    """Declare that somebody works at a site or in an admin unit."""
    from sitereg import coordination

    with opened(settings, "acting") as session:
        made = coordination.declare(session, **said)
    click.echo(f"{made}  To end it: sitereg work end {made} --why ...")


@work.command()
@click.argument("which", metavar="WORK", type=click.UUID)
@click.option("--why", required=True, metavar="TEXT")
@with_settings
def end(settings, which, why) -> None:
    """Say that declared work is over."""
    from sitereg import coordination

    with opened(settings, "acting") as session:
        coordination.end(session, which, why=why)
    click.echo("Recorded.")


@work.command()
@click.argument("code")
@json_option
@with_settings
def at(settings, code, as_json) -> None:
    """Ask whether somebody works at the site of CODE."""
    from sitereg import coordination

    with opened(settings) as session:
        here = coordination.at(session, code)
        logged(session, "work_at")
    if as_json:
        show(here)
        return
    said = "Somebody works here: write to the coordinator." if here["somebody"] else "Nothing that may be told here."
    click.echo(said)
    for one in here["names"]:
        click.echo(f"  {one.get('en') or next(iter(one.values()))}")


@work.command("list")
@json_option
@with_settings
def list_all(settings, as_json) -> None:
    """List declared work: yours, or all at what you see where you coordinate."""
    from sitereg import coordination

    with opened(settings) as session:
        rows = coordination.works(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        where = row["code"] or row["unit"]
        click.echo(f"{row['id']}  {where}  {row['kind']}  {row['began']} to {row['ended']}  told: {row['told']}")
    if not rows:
        click.echo("None.")


@click.group()
def asks() -> None:
    """Ask whether somebody spoke with a witness before you do, and answer such questions."""


@asks.command()
@with_settings
def new(settings) -> None:
    """Ask of one witness: the telephone number or address is typed, and not kept."""
    from sitereg import coordination

    contact = click.prompt("How they are reached", hide_input=True, err=True)
    with opened(settings, "acting") as session:
        due = coordination.ask(session, contact)
    click.echo(f"Asked. You hear from the coordinator on {due}.")


@asks.command("list")
@json_option
@with_settings
def mine(settings, as_json) -> None:
    """List what you asked, with the answer from its day on."""
    from sitereg import coordination

    with opened(settings) as session:
        rows = coordination.asks(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        click.echo(f"asked {row['on_day']}  {row['answer'] or 'you hear on ' + str(row['due'])}")
    if not rows:
        click.echo("None.")


@asks.command()
@json_option
@with_settings
def waiting(settings, as_json) -> None:
    """List what others asked and is not due, with whom it meets (source handlers)."""
    from sitereg import coordination

    with opened(settings) as session:
        rows = coordination.waiting(session)
        logged(session, "asks_waiting")
    if as_json:
        show(rows)
        return
    for row in rows:
        met = ", ".join(one["source"] for one in row["sources"]) or "nobody whom you see"
        click.echo(f"{row['id']}  {row['asker']}  due {row['due']}  reached so: {met}  {row['answer'] or 'NOT ANSWERED'}")
    if not rows:
        click.echo("None.")


@asks.command()
@click.argument("which", metavar="ASK", type=click.UUID)
@click.argument("said", metavar="ANSWER", type=click.Choice(list(vocab.AskAnswer.codes())))
@with_settings
def answer(settings, which, said) -> None:
    """Say what the asker hears on the day."""
    from sitereg import coordination

    with opened(settings, "acting") as session:
        coordination.answer(session, which, said)
    click.echo("Recorded.")
