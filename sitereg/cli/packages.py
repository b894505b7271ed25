"""`sitereg packages`: hand-overs and packages for one recipient: who asked, who agreed, what became of each copy."""
from pathlib import Path

import click

from sitereg import vocab
from sitereg.cli.options import Day, json_option, opened, show, with_settings
from sitereg.cli.sharing import leaving_options

why_option = click.option("--why", required=True, metavar="TEXT", help="In words; kept.")
field_option = click.option("--field", "fields", multiple=True, required=True, type=click.Choice(
    ["names", "kinds", "verification", "protection", "remains_state", "period", "place"]), help="Which fields; several times.")
until_option = click.option("--until", "expires_on", required=True, type=Day(today=False), metavar="DAY",
                            help="When its time is over.")


@click.group()
def packages() -> None:
    """What leaves as a whole: agree or refuse, what was made, delivered, acknowledged."""


@packages.command("list")
@json_option
@with_settings
def list_(settings, as_json) -> None:
    """List your hand-overs and packages; all of them for releasers and auditors."""
    from sitereg import packages as work

    with opened(settings) as session:
        rows = work.listed(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        until = f", until {row['expires_on']}{' (over)' if row['expired'] else ''}" if row["expires_on"] else ""
        notices = f", {row['notices']} notices open" if row["notices"] else ""
        kind = {"hand_over": "hand-over"}.get(row["kind"], row["kind"])
        click.echo(f"{row['id']}  {kind} for {row['recipient']}: {vocab.label('package_state', row['state'])}{until}{notices}")
        for told in (", ".join(row["codes"]), row["key"], row["account"] and f"at the door of {row['account']}"):
            if told:
                click.echo(f"    {told}")
        for step in row["steps"]:
            why = f": {step['why']}" if step["why"] else ""
            click.echo(f"    {step['at']}  {vocab.label('package_state', step['step'])}  {step['by']}{why}")
    if not rows:
        click.echo("Nothing was packed that you may see.")


def settled(settings, package, why, as_json, *, agrees):
    from sitereg import packages as work

    with opened(settings, "acting") as session:
        state = work.settle(session, package, agrees=agrees, why=why)
    if as_json:
        show({"package": package, "state": state})
    else:
        shown = "Agreed: it is shown at the door." if state == "made" else "Agreed: one of you makes it."
        click.echo(shown if agrees else "Refused; the ground stands recorded.")


@packages.command()
@click.argument("package", type=click.UUID)
@why_option
@json_option
@with_settings
def agree(settings, package, why, as_json) -> None:
    """Agree, as a releaser other than the one who asked, that a package or hand-over be made."""
    settled(settings, package, why, as_json, agrees=True)


@packages.command()
@click.argument("package", type=click.UUID)
@why_option
@json_option
@with_settings
def refuse(settings, package, why, as_json) -> None:
    """Refuse a package or hand-over; the ground stands recorded."""
    settled(settings, package, why, as_json, agrees=False)


@packages.command()
@click.argument("package", type=click.UUID)
@click.argument("state", type=click.Choice(["delivered", "acknowledged"]))
@why_option
@json_option
@with_settings
def step(settings, package, state, why, as_json) -> None:
    """Record that a package was delivered, or that its recipient acknowledged it."""
    from sitereg import packages as work

    with opened(settings, "acting") as session:
        work.step(session, package, state, why=why)
    if as_json:
        show({"package": package, "state": state})
    else:
        click.echo(f"Recorded: {vocab.label('package_state', state)}.")


@packages.command()
@click.argument("codes", nargs=-1, required=True)
@leaving_options
@field_option
@click.option("--key", required=True, metavar="age1...", help="The recipient's public age key.")
@until_option
@click.option("--partner", type=click.UUID, help="A partner of the registry, where the recipient is one.")
@json_option
@with_settings
def ask(settings, as_json, **asked) -> None:
    """Ask for a package of the sites of CODES for one recipient; the gate decided of each before."""
    from sitereg import packages as work

    with opened(settings, "acting") as session:
        package = work.begin(session, **asked)
    if as_json:
        show({"package": package})
    else:
        click.echo(f"Asked. A releaser agrees: sitereg packages agree {package} --why ...")


@packages.command()
@click.argument("codes", nargs=-1, required=True)
@leaving_options
@field_option
@click.option("--account", required=True, metavar="NAME", help="The partner's account at the door.")
@until_option
@click.option("--partner", type=click.UUID, help="The partner of the registry.")
@json_option
@with_settings
def share(settings, as_json, **asked) -> None:
    """Ask that a partner be shown the sites of CODES at his door, read-only; the gate decided of each before."""
    from sitereg import packages as work

    with opened(settings, "acting") as session:
        package = work.share(session, **asked)
    if as_json:
        show({"package": package})
    else:
        click.echo(f"Asked. A releaser agrees: sitereg packages agree {package} --why ...")


@packages.command()
@click.argument("package", type=click.UUID)
@why_option
@with_settings
def withdraw(settings, package, why) -> None:
    """Take back at once what a partner is shown at his door; he gets a notice."""
    from sitereg import packages as work

    with opened(settings, "acting") as session:
        work.withdraw(session, package, why=why)
    click.echo("Taken back: it is shown no more.")


@packages.command()
@click.argument("package", type=click.UUID)
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
@with_settings
def make(settings, package, folder, as_json) -> None:
    """Make a package that was agreed as FOLDER, sealed to its recipient's key: once, as the registry's own OS user."""
    from sitereg import packages as work

    manifest, key = work.parcels.make(lambda: opened(settings, "acting"), settings, folder, package)
    if as_json:
        show({"folder": str(folder), "fingerprint": key, "expires": manifest["expires"]})
    else:
        click.echo(f"Made: {folder}. The key's fingerprint, to be told by another road: {key}")


@packages.command()
@click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
@with_settings
def whose(settings, table, as_json) -> None:
    """Tell whose copy a TABLE may be that turned up, by the order of its rows (releasers, auditors)."""
    from sitereg import packages as work

    lines = table.read_text("utf-8-sig", errors="replace").splitlines()
    codes = [one for one in (line.split(",")[0].strip(' "') for line in lines[1:]) if one]
    with opened(settings) as session:
        rows = work.parcels.whose(session, codes)
    if as_json:
        show(rows)
        return
    for row in rows:
        fits = "one row tells nothing" if row["fits"] is None else f"{row['fits']:.0%} of neighbours in the order of this copy"
        click.echo(f"{row['package']}  {row['recipient']}  copy {row['copy']}: {fits}")
    if not rows:
        click.echo("No package holds all of these.")


@packages.command()
@click.option("--all", "every", is_flag=True, help="Acknowledged ones too.")
@json_option
@with_settings
def notices(settings, every, as_json) -> None:
    """List the notices to those who hold what was retracted, corrected or is shown less."""
    from sitereg import packages as work

    with opened(settings) as session:
        rows = work.notices.listed(session, open=not every)
    if as_json:
        show(rows)
        return
    for row in rows:
        done = next((word for word in ("acknowledged", "delivered") if row[word]), None)
        state = f"{done}: {row[done]}" if done else "not delivered"
        click.echo(f"{row['id']}  {row['opened_on']}  {row['recipient']}  {row['what']}: {', '.join(row['codes'])}  {state}")
    if not rows:
        click.echo("No notice is open.")


@packages.command()
@click.argument("notice", type=click.UUID)
@click.argument("folder", type=click.Path(path_type=Path))
@with_settings
def notify(settings, notice, folder) -> None:
    """Write a NOTICE as a signed FOLDER to be sent, sealed to the recipient's key where his package was."""
    from sitereg import packages as work

    with opened(settings) as session:
        said = work.notices.write(session, settings, folder, notice)
    click.echo(f"Made: {folder}. {said['en']}")


@packages.command()
@click.argument("notice", type=click.UUID)
@click.argument("state", type=click.Choice(["delivered", "acknowledged"]))
@click.option("--how", required=True, metavar="TEXT", help="How, and by whom.")
@with_settings
def noticed(settings, notice, state, how) -> None:
    """Record that a NOTICE was delivered, or that its recipient acknowledged it."""
    from sitereg import packages as work

    with opened(settings, "acting") as session:
        work.notices.step(session, notice, state, how=how)
    click.echo("Recorded.")
