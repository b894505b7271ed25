"""`sitereg backup` and `sitereg restore`: sealed copies to a folder elsewhere, and the way back."""
import contextlib
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from sitereg.cli import processes
from sitereg.cli.options import json_option, show, with_settings
from sitereg.errors import BadInput, Refused, SiteregError

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
MINUTE, DAY = 60, 86_400


@click.group()
def backup() -> None:
    """Copies of the registry, sealed to a key that is kept out of the house."""


@backup.command("key")
@click.option("-o", "--output", metavar="FILE", required=True, type=FILE, help="Write the secret key there; best on a stick.")
def key(output) -> None:
    """Make the key of the backups: the secret half to a file, the public half to say to `start`."""
    from sitereg.backup import making

    click.echo(making.make_key(output))
    click.echo(f"{output}: carry it out of the house, in two copies at two places. Without it no backup opens.", err=True)


@backup.command("start")
@click.option("--to", "recipient", metavar="AGE1", required=True, help="The public half that `backup key` said.")
@click.option("--folder", metavar="DIR", required=True, type=FOLDER, help="The repository: another disk, better another machine.")
@click.option("--spool", metavar="DIR", type=FOLDER, help="An outside server puts its segments there, in plain words.")
@with_settings
def start(settings, recipient, folder, spool) -> None:
    """Say once where backups go. The database's log follows from its next start on."""
    from sitereg.backup import making

    made = making.start(settings, folder, recipient, spool=spool)
    click.echo(f"Backups go to {made.folder}. Now `sitereg down`, `sitereg up`, `sitereg backup now`.")


@backup.command("now")
@json_option
@with_settings
def now(settings, as_json) -> None:
    """Make a base copy, bring the kept files, and let go what is too old (35 days; the first of each month, twelve months)."""
    from sitereg.backup import making

    told = making.make(settings)
    show(told) if as_json else click.echo(f"{told['label']}: {told['events']} events,"
                                          f" {told['files']['base.tar.gz.age']['size'] / 2**20:.1f} MB sealed.")


@backup.command("files")
@with_settings
def files(settings) -> None:
    """Bring kept files, and what waits in the spool, that the repository has not yet: every five minutes, from cron."""
    from sitereg.backup import making

    segments, new = making.sealed_log(settings), making.keep_files(settings)
    click.echo(f"{new} files, {segments} segments.")


@backup.command("keys")
@click.option("-o", "--output", metavar="FILE", required=True, type=FILE, help="Write them there, sealed; not into the repository.")
@with_settings
def keys(settings, output) -> None:
    """Seal the home's keys (tokens, house, keeper) into one file, to be kept apart from the backups."""
    from sitereg.backup import making

    click.echo(f"{output}: {', '.join(making.keep_keys(settings, output))}. Carry it elsewhere.")


@backup.command("list")
@click.argument("folder", metavar="[FOLDER]", required=False, type=FOLDER)
@json_option
@with_settings
def listing(settings, folder, as_json) -> None:
    """Name the base copies of this home's repository, or of FOLDER, the oldest first."""
    from sitereg.backup import making

    told = making.listed(folder or making.held(settings).folder)
    if as_json:
        show(told)
        return
    for one in told:
        click.echo(f"{one['label']}  {one['refused']}" if "refused" in one else
                   f"{one['label']}  {one['events']:>8} events  {one['bytes'] / 2**20:>8.1f} MB"
                   f"  {one['segments']:>5} segments since")


@backup.command("age")
@json_option
@with_settings
def age(settings, as_json) -> int:
    """Say how old copies, files and drill are. Exit code 2 if base copy or files are too old: a probe for compose and others."""
    from sitereg.backup import ages

    told = ages.seconds(settings, datetime.now(UTC))
    show(told) if as_json else click.echo("  ".join(f"{name} {ages.spoken(old)}" for name, old in told.items()))
    return 2 if any(told[name] is None or told[name] > most for name, most in (("base", ages.BASE), ("files", ages.FILES))) else 0


@backup.command("watch")
@click.option("--rounds", type=click.IntRange(1), hidden=True)
@with_settings
def watch(settings, rounds) -> None:
    """Go on for ever: files and spool each minute, a base copy each day. For compose and systemd."""
    from sitereg.backup import making

    with processes.signals_stop(), contextlib.suppress(KeyboardInterrupt):
        while rounds is None or rounds > 0:
            try:
                making.sealed_log(settings)
                making.keep_files(settings)
                base = making.last(settings).get("base")
                if base is None or datetime.now(UTC) - datetime.fromisoformat(base) > timedelta(seconds=DAY):
                    making.make(settings)
            except (SiteregError, OSError) as error:
                click.echo(f"backup: {error}", err=True)  # doctor sees its age; the next round tries again
            rounds = None if rounds is None else rounds - 1
            if rounds != 0:
                time.sleep(MINUTE)


class Moment(click.ParamType):
    """A moment with its time zone, in ISO 8601."""

    name = "moment"

    def convert(self, value, param, ctx):
        """The moment, aware of its zone."""
        with contextlib.suppress(ValueError):
            found = datetime.fromisoformat(value)
            if found.tzinfo:
                return found
        self.fail("Give a moment with its zone, such as 2026-11-30T14:05:00+00:00.", param, ctx)


@click.command()
@click.argument("folder", metavar="FOLDER", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--identity", metavar="FILE", required=True, type=FILE, help="The secret key that `backup key` wrote.")
@click.option("--witness", metavar="FILE", type=FILE, help="Checkpoints that were kept elsewhere: the backup must reach them.")
@click.option("--no-witness", is_flag=True, help="Believe the backup without one, as somebody decided.")
@click.option("--until", metavar="MOMENT", type=Moment(), help="As it was then; else as new as the backup goes.")
@click.option("--label", metavar="LABEL", help="This base copy; else the newest that fits.")
@click.option("--keys", metavar="FILE", type=FILE, help="What `backup keys` wrote; keys that are here already stay.")
@click.option("--lacking-files", is_flag=True, help="Kept files may be missing: their documents are sealed until they are found.")
@click.option("--unsigned-log", is_flag=True, help="Believe segments of the log that nobody signed, as somebody decided.")
@click.option("--replace", is_flag=True, help="There is a registry in this home: move it aside.")
@click.option("--drill", is_flag=True, help="Prove only: nothing here is changed, a report is printed.")
@json_option
@with_settings
def restore(settings, folder, identity, witness, no_witness, until, label, keys, lacking_files, unsigned_log, replace, drill,
            as_json) -> int:
    """Bring a registry back from the backups in FOLDER: proved beside the living data first, then put in their place.

    Refused before anything is touched: what is corrupt, cut short, sealed to another key, older than the witness, not sound, or
    leads out of its folder.
    """
    from sitereg.backup import opening, restoring

    if (witness is None) != no_witness:
        raise click.UsageError("Give either --witness FILE or --no-witness.")
    secret = opening.identity(identity)
    asked = {"secret": secret, "witness_file": witness, "until": until, "label": label, "lacking": lacking_files,
             "unsigned": unsigned_log}
    folder = folder.absolute()
    if drill:
        told = restoring.drill(settings, folder, **asked)
        show(told) if as_json else report(told)
        return 2 if told["access"] else 0
    ready(settings, replace)
    held = restoring.keys_in(keys, secret) if keys else None
    with restoring.proved(settings, folder, **asked) as found:
        aside = restoring.exchanged(settings, found, folder, held)
    told = {**found.told, "steps": found.steps, "aside": str(aside) if aside else None}
    show(told) if as_json else report(told)
    former = f"The former data lie in {aside}. " if aside else ""
    click.echo(f"{former}Now `sitereg up`, `sitereg backup now`, `sitereg doctor`.", err=True)
    return 0


def ready(settings, replace):
    """The home is empty or may be replaced, and nothing of it is at work. Raises Refused."""
    if not settings.embedded:
        raise BadInput("A restore makes an embedded registry", where="SITEREG_DATABASE_URL is set", do="Unset it.")
    if (settings.data / "PG_VERSION").exists() and not replace:
        raise Refused("There is a registry in this home", where=str(settings.home), guard="home_empty",
                      needs="Choose another SITEREG_HOME, or say --replace.")
    busy = [name for name in processes.NAMES if processes.pid(settings, name)]
    if busy:
        raise Refused("The registry is at work", where=", ".join(busy), guard="at_rest", needs="Run `sitereg down` first.")


def report(told) -> None:
    """What was proved, in words."""
    until = f", as it was at {told['until']:%Y-%m-%d %H:%M:%S%z}" if told["until"] else ""
    click.echo(f"Backup {told['backup']}{until}: {told['verdict']}, {told['events']} events, {told['rows']} rows,"
               f" {told['files']} files, {told['witnesses']} checkpoints of the witness.")
    for name, rows in told.get("counts", {}).items():
        click.echo(f"  {name:<12} {rows:>10}")
    if "access" in told:
        click.echo("Access: " + ("; ".join(told["access"]) or "every lint holds, and without a token no row is shown."))
    click.echo("Seconds: " + ", ".join(f"{name} {seconds}" for name, seconds in told["steps"].items()))
    if told["unsigned"]:
        click.echo(f"{told['unsigned']} segments at the log's end were signed by nobody and left out."
                   " What was written last is missing; --unsigned-log takes it.")
    if told["missing"]:
        click.echo(f"{len(told['missing'])} kept files are missing: {', '.join(told['missing'][:3])}")
