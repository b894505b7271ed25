"""`sitereg vault`: who told something and how to reach them, insiders' words and days; for source handlers with their own keys."""
import json
from pathlib import Path

import click

from sitereg.cli.options import json_option, opened, show, with_settings
from sitereg.cli.words import counted
from sitereg.errors import BadInput, Refused

FILE = click.Path(path_type=Path)


@click.group()
def vault() -> None:
    """Who told something and how to reach them; the words and exact days of insiders. Sealed; each opening is logged."""


@vault.command()
@json_option
@with_settings
def state(settings, as_json) -> None:
    """Show how much is sealed, whose keys open it, and who waits for a colleague to share it."""
    from sitereg import vault as work

    with opened(settings) as session:
        found = work.state(session)
    if as_json:
        show(found)
        return
    click.echo(f"Boxes: {found['sealed']} sealed, {found['unopened']} of them opened by no handler yet"
               f" (the recovery key opens all), {found['erased']} erased")
    if found["recovery"]:
        click.echo(f"recovery key  {found['recovery_fingerprint']}")
    for one in found["keys"]:
        state = "" if one["live"] else "  NO HANDLER ANY MORE: end this key"
        click.echo(f"{one['account']:<20} {one['fingerprint']}  opens {one['opens']}, lacks {one['lacks']}{state}")
        click.echo(f"{'':<20} {one['public']}")
    for one in found["without_key"]:
        click.echo(f"{one['account']:<20} has no key yet: `sitereg vault key`")


@vault.command()
@click.option("--change", is_flag=True, help="The key stays, its passphrase changes.")
@click.option("--lost", is_flag=True, help="The former key's passphrase is gone: a new key, with which colleagues share the vault.")
@json_option
@with_settings
def key(settings, change, lost, as_json) -> None:
    """Make your own key of the vault, locked by a passphrase that only you know."""
    from sitereg import sealing
    from sitereg import vault as work

    if change and lost:
        raise click.UsageError("Either --change or --lost.")
    if change:
        mine = unlocked(settings)
    passphrase = click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True)
    with opened(settings, "acting") as session:
        if change:
            work.change_passphrase(session, mine, passphrase)
        public = mine.public if change else work.new_key(session, passphrase, lost=lost)
    if as_json:
        show({"public": public, "fingerprint": sealing.fingerprint(public)})
        return
    click.echo(f"Your key: {sealing.fingerprint(public)}")
    if not change:
        click.echo("Read these letters to a colleague who opens the vault: `sitereg vault share` makes it open for you too.")


@vault.command("open")
@click.argument("kind", type=click.Choice(["source", "report", "claim", "inquiry"]))
@click.argument("id", type=click.UUID)
@json_option
@with_settings
def open_(settings, kind, id, as_json) -> None:
    """Open what the vault holds of a SOURCE, of that of a REPORT, of a CLAIM of an insider, or of an INQUIRY. It is logged."""
    from sitereg import vault as work

    mine = unlocked(settings)
    with opened(settings, "acting") as session:
        found = work.open_(session, mine, kind, id)
    if as_json:
        show(found)
        return
    for one in found:
        click.echo(f"{one.kind}, {one.recorded}, {one.by}")
        for name, told in one.said.items():
            click.echo(f"  {name:<9}{told}")
    if not found:
        click.echo("The vault holds nothing of it.")


@vault.command()
@click.argument("kind", type=click.Choice(["source", "inquiry"]))
@click.argument("id", type=click.UUID)
@json_option
@with_settings
def keep(settings, kind, id, as_json) -> None:
    """Keep how to reach a SOURCE, or whoever asked an INQUIRY. Asked for, never on the command line."""
    from sitereg import vault as work

    told = {name: click.prompt(label, default="", show_default=False, err=True).strip()
            for name, label in (("name", "Their name"), ("contact", "How to reach them"))}
    said = {name: one for name, one in told.items() if one}
    if not said:
        raise BadInput("Nothing was said", where="contact", do="Say a name or how to reach them.")
    with opened(settings, "acting") as session:
        work.keep(session, id, said)
    show({"kept": True, "kind": kind}) if as_json else click.echo("It lies in the vault.")


@vault.command()
@click.option("--locks", type=FILE, help="Hang the locks that were made outside with the recovery key (`vault recover --for`).")
@click.option("--yes", is_flag=True, help="Do not ask: the fingerprints were compared.")
@json_option
@with_settings
def share(settings, locks, yes, as_json) -> None:
    """Let your colleagues' keys open what yours opens. Compare the fingerprints with them by voice first."""
    from sitereg import vault as work

    if locks is None:
        with opened(settings) as session:
            waits = [one for one in work.state(session)["keys"] if one["live"] and one["lacks"] and not one["mine"]]
        for one in waits:
            click.echo(f"{one['account']}: {one['fingerprint']}", err=True)
        if waits and not yes:
            if as_json:
                raise Refused("Nothing was shared: compare the fingerprints first", guard="confirm", needs="Then say --yes.")
            if not click.confirm("Are these the letters that they read to you?", err=True):
                raise Refused("Nothing was shared", guard="confirm")
        mine = unlocked(settings)
    with opened(settings, "acting") as session:
        made = work.add_locks(session, listed(locks)) if locks else work.share(session, mine)
    show({"locks": made}) if as_json else click.echo(f"Shared: {counted(made, 'lock')} added.")


@vault.command()
@click.argument("account")
@click.option("--why", required=True, metavar="TEXT")
@json_option
@with_settings
def end(settings, account, why, as_json) -> None:
    """End the key of an ACCOUNT: it opens nothing here any more. What its owner copied is copied."""
    from sitereg import vault as work

    with opened(settings, "acting") as session:
        work.end_key(session, account, why=why)
    show({"account": account, "ended": True}) if as_json else click.echo(f"The key of {account} opens nothing here any more.")


@vault.command()
@click.argument("inquiry", type=click.UUID)
@click.option("--why", required=True, metavar="TEXT")
@click.option("--yes", is_flag=True, help="Do not ask before erasing.")
@json_option
@with_settings
def erase(settings, inquiry, why, yes, as_json) -> None:
    """Erase how to reach whoever asked an INQUIRY. Of sources: `sitereg consent review SOURCE erase`."""
    from sitereg import vault as work

    if not yes and (as_json or not click.confirm("Erasing cannot be undone. Erase it?", err=True)):
        raise Refused("Nothing was erased", guard="confirm", needs="Say --yes.")
    with opened(settings, "acting") as session:
        work.erase(session, inquiry, why=why)
    show({"inquiry": inquiry, "erased": True}) if as_json else click.echo(
        "Erased. Old backups keep it, with their locks, until they expire.")


@vault.command()
@click.argument("file", type=FILE)
@json_option
@with_settings
def export(settings, file, as_json) -> None:
    """Write all that is sealed, still sealed, into FILE (.zip), as the registry's own OS user: for the recovery key."""
    from sitereg.vault import offline

    if file.exists():
        raise BadInput("There is a file of that name already", where=file.name, do="Give another name.")
    held = offline.export(settings)
    file.touch(mode=0o600)
    file.write_bytes(held)
    show({"file": str(file), "bytes": len(held)}) if as_json else click.echo(f"{file.name}: {len(held):,} bytes, sealed.")


@vault.command()
@click.argument("file", type=FILE)
@click.option("--identity", type=FILE, required=True, help="The file of the recovery key.")
@click.option("--for", "public", metavar="AGE1...", help="Open nothing: make locks for this handler's key.")
@click.option("--out", type=FILE, help="Where the locks go, with --for; then `sitereg vault share --locks` on the registry.")
@json_option
def recover(file, identity, public, out, as_json) -> None:
    """Open FILE of `vault export` with the recovery key, without a registry; best on a machine that is on no network."""
    from sitereg.vault import offline

    if bool(public) != bool(out):
        raise click.UsageError("--for and --out go together.")
    if not identity.is_file():
        raise BadInput("There is no such file", where=identity.name, do="Check the path.")
    secret = identity.read_text(errors="replace")
    if public:
        made = offline.locks(file, secret, public)
        out.write_text(json.dumps(made))
        show({"locks": len(made)}) if as_json else click.echo(f"{out.name}: {counted(len(made), 'lock')}.")
        return
    found = offline.recover(file, secret)
    if as_json:
        show(found)
        return
    for one in found:
        click.echo(f"{one.kind} {one.subject}")
        for kind, said in one.sheets:
            click.echo(f"  {kind}: {'; '.join(f'{name} {told}' for name, told in said.items())}")


def unlocked(settings):
    """The handler's own key, the passphrase asked for; the try stands, right or wrong, before anything is said of it."""
    from sitereg import vault as work

    passphrase = click.prompt("Passphrase of your key", hide_input=True, err=True)
    with opened(settings, "acting") as session:
        mine = work.unlock(session, passphrase)
    if mine is None:
        raise Refused("The passphrase was not right", guard="passphrase",
                      needs="Five wrong ones within a quarter of an hour, and it rests.")
    return mine


def listed(path):
    """The locks in that file."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        raise BadInput("This is no file of locks", where=path.name,
                       do="Take the one that `sitereg vault recover --for` wrote.") from None
