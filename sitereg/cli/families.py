"""`sitereg families`: what may be said today to the family of a case, signed by a second person, told; who must be told again."""
import click

from sitereg.cli.options import Day, json_option, opened, show, with_settings

language_option = click.option("--language", type=click.Choice(["ar", "en"]), default="ar", show_default=True,
                               help="Of the sentences.")


def logged(session, action, **about):
    """It stands in the log, committed, that this is read now."""
    from sitereg.store import session as store

    with store.acting(session.settings, session.actor) as log:
        log.call("log_read", action=action, **about)


@click.group()
def families() -> None:
    """Say to families what may be said, and find who must be told again."""


@families.command()
@click.argument("code")
@language_option
@json_option
@with_settings
def say(settings, code, language, as_json) -> None:
    """Print what may be said today of the case of CODE, and what must not be said and why."""
    from sitereg import families as work
    from sitereg import telling
    from sitereg.sentences import said

    with opened(settings) as session:
        one = work.today(session, code)
        logged(session, "telling_page", object=one["id"])
    if as_json:
        show(one)
        return
    for sentence in one["words"][language]:
        click.echo(sentence)
    click.echo("\nMust not be said:")
    for ground in one["withheld"]:
        click.echo(f"- {said(telling.WITHHELD[ground], 'en')}")


@families.command()
@click.argument("code")
@json_option
@with_settings
def propose(settings, code, as_json) -> None:
    """Ask another person to sign what may be said today of the case of CODE."""
    from sitereg import families as work

    with opened(settings, "acting") as session:
        made = work.propose(session, code)
    if as_json:
        show({"telling": made})
    else:
        click.echo(f"Written. Another person signs it: sitereg families settle {made} signed --why ...")


@families.command()
@click.argument("telling", type=click.UUID)
@click.argument("step", type=click.Choice(["signed", "refused"]))
@click.option("--why", required=True, metavar="TEXT", help="In words; kept.")
@with_settings
def settle(settings, telling, step, why) -> None:
    """Sign what is to be said, as another person than the one who wrote it, or refuse it."""
    from sitereg import families as work

    with opened(settings, "acting") as session:
        work.settle(session, telling, step, why=why)
    click.echo(f"{step.capitalize()}.")


@families.command()
@click.argument("code")
@with_settings
def contacts(settings, code) -> None:
    """List the families that told of the case of CODE themselves: whom one may tell."""
    from sitereg import families as work

    with opened(settings) as session:
        rows = work.contacts(session, code)
    for row in rows:
        click.echo(f"{row['contact']}  {row['label'].get('en') or next(iter(row['label'].values()))}")
    if not rows:
        click.echo("No family told of this case itself.")


@families.command()
@click.argument("telling", type=click.UUID)
@click.option("--to", "contact", required=True, type=click.UUID, help="Which family: sitereg families contacts CODE.")
@click.option("--how", required=True, type=click.Choice(["in_person", "telephone", "letter"]), help="How it was told.")
@click.option("--on", required=True, type=Day(today=False), metavar="DAY", help="On which day.")
@with_settings
def told(settings, telling, contact, how, on) -> None:
    """Record that a family was told what was signed."""
    from sitereg import families as work

    with opened(settings, "acting") as session:
        work.told(session, telling, contact, how=how, on=on)
    click.echo("Recorded.")


@families.command()
@language_option
@json_option
@with_settings
def owed(settings, language, as_json) -> None:
    """List who must be told again, because what they were told changed since."""
    from sitereg import families as work

    with opened(settings) as session:
        rows = work.owed(session)
        logged(session, "telling_list")
    if as_json:
        show(rows)
        return
    for row in rows:
        click.echo(f"{row['code']}  family {row['contact']}, told on {row['on']} ({row['how']}) by {row['by']}")
        for sign, name in (("-", "gone"), ("+", "new")):
            for sentence in row[name][language]:
                click.echo(f"  {sign} {sentence}")
    if not rows:
        click.echo("Nobody must be told again.")
