"""`sitereg accounts`: who may ask, with which clearance, and until when."""
import click

from sitereg.cli.options import json_option, opened, show, with_settings


@click.group()
def accounts() -> None:
    """Accounts and their clearances."""


@accounts.command("list")
@json_option
@with_settings
def everyone(settings, as_json) -> None:
    """All accounts for admins and auditors, your own otherwise."""
    from sitereg import accounts as work

    with opened(settings) as session:
        rows = work.everyone(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        tier = "no clearance" if row["tier"] is None else f"T{row['tier']} {' '.join(row['roles'])}"
        click.echo(f"{row['name']:<20} {row['state']:<7} {tier}")


@accounts.command()
@click.argument("name")
@click.option("--display", required=True, help="The name that colleagues read.")
@click.option("--os-user", help="The OS user that may use it in the shell.")
@click.option("--reason", required=True)
@with_settings
def add(settings, name, display, os_user, reason) -> None:
    """Make an account, without a clearance yet."""
    from sitereg import accounts as work

    with opened(settings, "acting") as session:
        work.add(session, name=name, display=display, os_user=os_user, reason=reason)
    click.echo(f"{name} exists; give it a clearance with `sitereg accounts grant {name}`.")


@accounts.command()
@click.argument("name")
@click.option("--tier", type=click.IntRange(0, 2), required=True)
@click.option("--role", "roles", multiple=True, required=True)
@click.option("--compartment", "compartments", multiple=True)
@click.option("--reason", required=True)
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day on which it ends (UTC).")
@with_settings
def grant(settings, name, tier, roles, compartments, reason, expires) -> None:
    """Ask for a clearance, in place of the one held; it counts when another admin agrees."""
    from sitereg import accounts as work

    with opened(settings, "acting") as session:
        made = work.ask(session, account=name, tier=tier, roles=roles, compartments=compartments, reason=reason, expires=expires)
    click.echo(f"Asked for {name}: T{tier} ({', '.join(roles)}) until {expires:%Y-%m-%d}. It counts when another admin runs"
               f" `sitereg accounts agree {made}`.")


@accounts.command()
@json_option
@with_settings
def waiting(settings, as_json) -> None:
    """The clearances that wait for a second admin."""
    from sitereg import accounts as work

    with opened(settings) as session:
        rows = work.waiting(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        held = " ".join([*row["roles"], *row["compartments"]])
        click.echo(f"{row['request']}  {row['account']:<20} T{row['tier']} {held}, until {row['expires_at']:%Y-%m-%d},"
                   f" asked by {row['asked_by']}: {row['reason']}")
    if not rows:
        click.echo("None.")


@accounts.command()
@click.argument("request", type=click.UUID)
@click.option("--reason", default="", help="Why you agree, where the request does not say it.")
@with_settings
def agree(settings, request, reason) -> None:
    """Agree as the second admin: the clearance is held from now on."""
    from sitereg import accounts as work

    with opened(settings, "acting") as session:
        work.agree(session, request=request, reason=reason)
    click.echo("The clearance is held.")


@accounts.command()
@click.argument("request", type=click.UUID)
@click.option("--reason", required=True)
@with_settings
def refuse(settings, request, reason) -> None:
    """Refuse a clearance that was asked for, or take back what you asked."""
    from sitereg import accounts as work

    with opened(settings, "acting") as session:
        work.refuse(session, request=request, reason=reason)
    click.echo("Refused; nothing changed.")


@accounts.command()
@click.argument("name")
@click.option("--display", required=True, help="The name that colleagues read.")
@click.option("--os-user", required=True, help="The OS user that may use it in the shell.")
@click.option("--reason", required=True)
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day on which it ends (UTC).")
@with_settings
def appoint(settings, name, display, os_user, reason, expires) -> None:
    """Make one of the first two admins, as the registry's own OS user."""
    from sitereg import accounts as work

    work.appoint(settings, name=name, display=display, os_user=os_user, reason=reason, expires=expires)
    click.echo(f"{name} is an admin until {expires:%Y-%m-%d}.")


@accounts.command()
@click.argument("name")
@click.option("--email", required=True, help="The name to sign in with; nothing is sent to it.")
@click.option("--generate", is_flag=True, help="Make a strong password and show it once, instead of asking for one.")
@click.option("--locale", type=click.Choice(["en", "ar"]), help="The language of the pages at first.")
@with_settings
def signin(settings, name, email, generate, locale) -> None:
    """Set the web sign-in of an account, as the registry's own OS user."""
    import secrets

    from sitereg import accounts as work

    made = secrets.token_urlsafe(18) if generate else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    work.sign_in(settings, name=name, email=email, password=made, locale=locale)
    click.echo(f"{name} signs in with {email.strip().lower()}." + (f" The password, shown once: {made}" if generate else ""))


@accounts.command()
@click.argument("name")
@click.option("--os-user", help="The OS user of this machine who will be that account to the database.")
@click.option("--end", is_flag=True, help="Take the login back.")
@with_settings
def sql(settings, name, os_user, end) -> None:
    """Give an analyst's account a SQL login, as the registry's own OS user; or end it."""
    from sitereg import accounts as work

    if end == bool(os_user):
        raise click.UsageError("Give either --os-user USER or --end.")
    if end:
        ended = work.end_sql_login(settings, name=name)
        click.echo(f"{name} {'asks by SQL no more' if ended else 'had no SQL login'}.")
        return
    login = work.sql_login(settings, name=name, os_user=os_user)
    click.echo(f"{name} may ask by SQL as the OS user {os_user}:")
    where = f"-h {settings.run} " if settings.embedded else ""
    click.echo(f"    psql {where}-U {login} {settings.database}")


@accounts.command()
@click.argument("name")
@click.option("--reason", required=True)
@with_settings
def revoke(settings, name, reason) -> None:
    """End the clearance of an account."""
    from sitereg import accounts as work

    with opened(settings, "acting") as session:
        work.revoke(session, account=name, reason=reason)
    click.echo(f"{name} holds no clearance.")


@accounts.command()
@click.argument("name")
@click.option("--reason", required=True)
@click.option("--thaw", is_flag=True, help="Make it active again.")
@with_settings
def freeze(settings, name, reason, thaw) -> None:
    """Freeze an account, or make it active again."""
    from sitereg import accounts as work

    with opened(settings, "acting") as session:
        work.freeze(session, account=name, reason=reason, state="active" if thaw else "frozen")
    click.echo(f"{name} is {'active' if thaw else 'frozen'}.")
