"""`sitereg accounts`: who may ask, with which clearance, and until when."""
import click

from sitereg.cli.options import json_option, opened, show, with_settings


@click.group()
def accounts() -> None:
    """Accounts and their clearances."""


def tell(as_json, answer, words):
    """The answer as one JSON document, or in words."""
    show(answer) if as_json else click.echo(words)


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
        asks = "" if row["sql_login"] is None else ", by SQL" + (" with records" if row["sql_records"] else "")
        click.echo(f"{row['name']:<20} {row['state']:<7} {tier}{asks}")


@accounts.command()
@click.argument("name")
@click.option("--display", required=True, help="The name that colleagues read.")
@click.option("--os-user", help="The OS user that may use it in the shell.")
@click.option("--reason", required=True)
@json_option
@with_settings
def add(settings, name, display, os_user, reason, as_json) -> None:
    """Make an account, without a clearance yet."""
    from sitereg import accounts as work

    with opened(settings, "acting") as session:
        made = work.add(session, name=name, display=display, os_user=os_user, reason=reason)
    tell(as_json, {"account": name, "id": made}, f"{name} exists; give it a clearance with `sitereg accounts grant {name}`.")


@accounts.command()
@click.argument("name")
@click.option("--tier", type=click.IntRange(0, 2), required=True)
@click.option("--role", "roles", multiple=True, required=True)
@click.option("--compartment", "compartments", multiple=True, help="One that there is: see `sitereg accounts compartments`.")
@click.option("--reason", required=True)
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day on which it ends (UTC).")
@json_option
@with_settings
def grant(settings, name, tier, roles, compartments, reason, expires, as_json) -> None:
    """Ask for a clearance, in place of the one held; it counts when another admin agrees."""
    from sitereg import accounts as work

    with opened(settings, "acting") as session:
        made = work.ask(session, account=name, tier=tier, roles=roles, compartments=compartments, reason=reason, expires=expires)
    tell(as_json, {"account": name, "request": made}, f"Asked for {name}: T{tier} ({', '.join(roles)}) until {expires:%Y-%m-%d}."
         f" It counts when another admin runs `sitereg accounts agree {made}`.")


@accounts.command()
@click.option("--add", "code", help="The code of a new one, such as case_7.")
@click.option("--label", help="What a new one is for, in words.")
@click.option("--reason", help="Why a new one is needed.")
@json_option
@with_settings
def compartments(settings, code, label, reason, as_json) -> None:
    """The compartments that clearances may name; --add makes one, as an admin."""
    from sitereg import accounts as work

    with opened(settings, "acting" if code else "reading") as session:
        if code:
            work.add_compartment(session, code=code, label=label or "", reason=reason or "")
        rows = work.compartments(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        click.echo(f"{row['code']:<20} held by {row['holders']}: {row['label']}")


@accounts.command()
@json_option
@with_settings
def waiting(settings, as_json) -> None:
    """The clearances and thaws that wait for a second admin."""
    from sitereg import accounts as work

    with opened(settings) as session:
        rows = work.waiting(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        held = " ".join([*row["roles"], *row["compartments"]])
        what = "thaw" if row["thaw"] else f"T{row['tier']} {held}, until {row['expires_at']:%Y-%m-%d}"
        click.echo(f"{row['request']}  {row['account']:<20} {what}, asked by {row['asked_by']}: {row['reason']}")
    if not rows:
        click.echo("None.")


@accounts.command()
@click.argument("request", type=click.UUID)
@click.option("--reason", default="", help="Why you agree, where the request does not say it.")
@json_option
@with_settings
def agree(settings, request, reason, as_json) -> None:
    """Agree as the second admin: the clearance is held, or the account thawed, from now on."""
    from sitereg import accounts as work

    with opened(settings, "acting") as session:
        made = work.agree(session, request=request, reason=reason)
    tell(as_json, {"request": request, "granted": made}, "Agreed: it holds from now on.")


@accounts.command()
@click.argument("request", type=click.UUID)
@click.option("--reason", required=True)
@json_option
@with_settings
def refuse(settings, request, reason, as_json) -> None:
    """Refuse a clearance or a thaw that was asked for, or take back what you asked."""
    from sitereg import accounts as work

    with opened(settings, "acting") as session:
        work.refuse(session, request=request, reason=reason)
    tell(as_json, {"request": request, "granted": None}, "Refused; nothing changed.")


@accounts.command()
@click.argument("name")
@click.option("--display", required=True, help="The name that colleagues read.")
@click.option("--os-user", required=True, help="The OS user that may use it in the shell.")
@click.option("--reason", required=True)
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day on which it ends (UTC).")
@json_option
@with_settings
def appoint(settings, name, display, os_user, reason, expires, as_json) -> None:
    """Make one of the first two admins, as the registry's own OS user."""
    from sitereg import accounts as work

    work.appoint(settings, name=name, display=display, os_user=os_user, reason=reason, expires=expires)
    tell(as_json, {"account": name, "roles": ["admin"], "expires": expires}, f"{name} is an admin until {expires:%Y-%m-%d}.")


@accounts.command()
@click.argument("name")
@click.option("--email", required=True, help="The name to sign in with; nothing is sent to it.")
@click.option("--generate", is_flag=True, help="Make a strong password and show it once, instead of asking for one.")
@click.option("--locale", type=click.Choice(["en", "ar"]), help="The language of the pages at first.")
@click.option("--forget-factors", is_flag=True, help="App, passkeys and recovery codes are lost and void.")
@json_option
@with_settings
def signin(settings, name, email, generate, locale, forget_factors, as_json) -> None:
    """Set the web sign-in of an account, as the registry's own OS user."""
    import secrets

    from sitereg import accounts as work

    made = secrets.token_urlsafe(18) if generate else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    work.sign_in(settings, name=name, email=email, password=made, locale=locale, forget_factors=forget_factors)
    tell(as_json, {"account": name, "email": email.strip().lower(), "password": made if generate else None},
         f"{name} signs in with {email.strip().lower()}." + (f" The password, shown once: {made}" if generate else ""))


@accounts.command()
@click.argument("name")
@click.option("--os-user", help="The OS user of this machine who will be that account to the database.")
@click.option("--records/--no-records", help="It may ask the views of claims, sources, decisions, documents and work, too;"
              " what it counts there moves with what others hold. Without it an earlier such right is taken back.")
@click.option("--reason", help="Why it may ask the views of records; it stands in the log.")
@click.option("--end", is_flag=True, help="Take the login back.")
@json_option
@with_settings
def sql(settings, name, os_user, records, reason, end, as_json) -> None:
    """Give an analyst's account a SQL login, as the registry's own OS user; or end it."""
    from sitereg import accounts as work

    if end == bool(os_user) or records != bool(reason) or (end and records):
        raise click.UsageError("Give either --os-user USER (with --records and --reason, or neither) or --end.")
    if end:
        ended = work.end_sql_login(settings, name=name)
        tell(as_json, {"account": name, "login": None, "ended": ended},
             f"{name} {'asks by SQL no more' if ended else 'had no SQL login'}.")
        return
    login = work.sql_login(settings, name=name, os_user=os_user, records=reason if records else None)
    where = f"-h {settings.run} " if settings.embedded else ""
    line = f"psql {where}-U {login} {settings.database}"
    tell(as_json, {"account": name, "login": login, "records": records, "command": line},
         f"{name} may ask by SQL as the OS user {os_user}{', the views of records too' if records else ''}:\n    {line}")


@accounts.command()
@click.argument("name")
@click.option("--reason", required=True)
@json_option
@with_settings
def revoke(settings, name, reason, as_json) -> None:
    """End the clearance of an account."""
    from sitereg import accounts as work

    with opened(settings, "acting") as session:
        work.revoke(session, account=name, reason=reason)
    tell(as_json, {"account": name, "clearance": None}, f"{name} holds no clearance.")


@accounts.command()
@click.argument("name")
@click.option("--reason", required=True)
@click.option("--thaw", is_flag=True, help="As an admin, ask that it be active again; another admin agrees.")
@json_option
@with_settings
def freeze(settings, name, reason, thaw, as_json) -> None:
    """Freeze a colleague's account at once, or your own; or ask that it be thawed."""
    from sitereg import accounts as work

    with opened(settings, "acting") as session:
        request = work.thaw(session, account=name, reason=reason) if thaw else work.freeze(session, account=name, reason=reason)
    tell(as_json, {"account": name, "state": "frozen", "request": request},
         f"{name} stays frozen until another admin runs `sitereg accounts agree {request}`." if thaw else
         f"{name} is frozen: it sees nothing from now on; its sign-ins, known browsers and tokens are over. Two admins thaw it.")


@accounts.command()
@click.argument("name")
@click.option("--reason", required=True)
@json_option
@with_settings
def close(settings, name, reason, as_json) -> None:
    """Close the account of somebody who left, for good."""
    from sitereg import accounts as work

    with opened(settings, "acting") as session:
        work.close(session, account=name, reason=reason)
    tell(as_json, {"account": name, "state": "closed"}, f"{name} is closed.")


@accounts.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(["frames", "layers"]),
              help="What it reads: tables of scripts, layers of map programs; may be given again.")
@click.option("--days", type=click.IntRange(1, 90), default=30, show_default=True)
@click.option("--why", help="What the script is for.")
@click.option("--end", type=click.UUID, metavar="TOKEN", help="The token opens nothing any more.")
@click.option("--list", "listed", is_flag=True, help="What there is, without what opens it.")
@json_option
@with_settings
def token(settings, name, scopes, days, why, end, listed, as_json) -> None:
    """Make a token for a script that reads as your own account over HTTPS, list or end them."""
    from sitereg import accounts as work

    if (listed, end is not None, bool(scopes)).count(True) != 1 or (why is None and not listed):
        raise click.UsageError("Give --scope and --why, or --end TOKEN and --why, or --list.")
    if listed:
        with opened(settings) as session:
            rows = [one for one in work.tokens(session) if one["account"] == name]
        lines = [f"{one['token']}  {' '.join(one['scopes'])}, {'over' if one['ended_at'] else 'until'}"
                 f" {one['ended_at'] or one['expires_at']:%Y-%m-%d}: {one['reason']}" for one in rows]
        tell(as_json, rows, "\n".join(lines) or "None.")
        return
    with opened(settings, "acting") as session:
        if end:
            work.end_token(session, token=end, reason=why)
            text, made = None, end
        else:
            text, made = work.make_token(session, account=name, scopes=scopes, days=days, reason=why)
    tell(as_json, {"account": name, "id": made, "token": text}, "The token opens nothing any more." if end else
         f"The token {made} reads {', '.join(scopes)} as {name} for {days} days. Shown once:\n{text}")


@accounts.command("device-drafts")
@click.argument("name", required=False)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Allow it until this day, at most ninety days ahead.")
@click.option("--end", is_flag=True, help="Forget the key: what lies on the account's devices opens to nobody any more.")
@click.option("--reason", help="Why; it stands in the log.")
@json_option
@with_settings
def device_drafts(settings, name, until, end, reason, as_json) -> None:
    """Whose pages may keep a sealed draft on a device in the field; a data steward allows it, or ends it."""
    from sitereg import drafts

    if bool(name) != bool(until or end) or (until and end) or (name and not reason):
        raise click.UsageError("Give NAME with --reason and either --until or --end; or nothing, for the list.")
    with opened(settings, "acting" if name else "reading") as session:
        if until:
            drafts.allow_on_devices(session, name, until=until.date(), reason=reason)
        elif end:
            drafts.end_on_devices(session, name, why=reason)
        rows = drafts.on_devices(session)
    tell(as_json, rows, "\n".join(f"{one['name']:<20} until {one['until']} (by {one['given_by']}): {one['reason']}" for one in rows)
         or "Nobody's device keeps drafts.")
