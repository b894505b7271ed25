"""The house itself: up, down, status, install, upgrade, and the two processes serve and keeper."""

import contextlib
import socket
import sys
import time

import click

from sitereg.cli import processes
from sitereg.cli.options import json_option, show, with_settings
from sitereg.errors import Refused, Unavailable
from sitereg.settings import Settings
from sitereg.store.folders import lock


@click.command()
@click.option("--foreground", is_flag=True, help="Stay attached: Ctrl-C stops all that this command started.")
@click.option("--demo", is_flag=True, help="Load the synthetic registry, into a home of its own.")
@click.option("--database-only", is_flag=True, help="Start and upgrade the database, neither keeper nor web.")
@with_settings
def up(settings: Settings, foreground: bool, demo: bool, database_only: bool) -> None:
    """Make what is missing, upgrade, and start database, keeper and web."""
    started: list[str] = []
    with contextlib.ExitStack() as stack:
        if foreground:
            stack.enter_context(processes.signals_stop())
            stack.callback(_stop_all, settings, started)
        with lock(settings.home, "up.lock"):
            if not database_only:
                _free_port(settings)
            keep_demo_apart(settings, demo)
            database(settings, started)
            sign_ins = _load_demo(settings) if demo or settings.demo else ()
            if not database_only:
                _basemap()
                _keeper(settings, started)
                _web(settings, started)
        _tell(settings, sign_ins, database_only)
        if foreground:
            click.echo("Ctrl-C stops what this command started." if started else "All of it ran already.")
            _watch(settings, started)


@click.command()
@with_settings
def down(settings: Settings) -> None:
    """Stop web, keeper and the embedded database."""
    with lock(settings.home, "up.lock"):
        for name in processes.NAMES:
            _said(name, processes.stop(settings, name))
        if settings.embedded:
            from sitereg.store import cluster

            _said("database", cluster.stop(settings))


@click.command()
@click.option("--part", type=click.Choice(["database", *processes.NAMES]), help="Judge this part alone.")
@json_option
@with_settings
def status(settings: Settings, part: str | None, as_json: bool) -> None:
    """Say what runs and where; exit code 2 if something (or that part) does not run."""
    from sitereg import house
    from sitereg.store import cluster

    database = cluster.state(settings)
    parts = {name: processes.pid(settings, name) for name in processes.NAMES}
    answer = {
        "home": str(settings.home),
        "recovery_key": str(house.recovery_file(settings)) if house.recovery_file(settings).exists() else None,
        "demo": settings.demo,
        "database": {"kind": "embedded" if settings.embedded else "outside", "state": database,
                     "socket": str(settings.run) if settings.embedded else None},
        "web": {"state": "running" if parts["web"] else "stopped", "pid": parts["web"],
                "address": _address(settings) if parts["web"] else None},
        "keeper": {"state": "running" if parts["keeper"] else "stopped", "pid": parts["keeper"]},
    }
    if as_json:
        show(answer)
    else:
        where = f"socket in {settings.run}" if settings.embedded else "outside server (SITEREG_DATABASE_URL)"
        click.echo(f"home      {settings.home}{' (demo)' if settings.demo else ''}")
        click.echo(f"database  {database}, {where}")
        address = f", {_address(settings)}" if parts["web"] else ""
        click.echo(f"web       {answer['web']['state']}{address}")
        click.echo(f"keeper    {answer['keeper']['state']}")
        if told := _lies_here(settings):
            click.echo(f"vault     {told}")
    judged = (part,) if part else ("database", *processes.NAMES)
    if any(answer[name]["state"] != "running" for name in judged):
        click.get_current_context().exit(2)


@click.command()
@click.option("--superuser-url", metavar="URL", help="Connect with this URL once and do it.")
@click.option("--print", "only_print", is_flag=True, help="Print the SQL for the server's administrator.")
@with_settings
def install(settings: Settings, superuser_url: str | None, only_print: bool) -> None:
    """Do once, on an outside server, what needs a superuser: extensions, roles, revokes."""
    if bool(superuser_url) == only_print:
        raise click.UsageError("Give either --superuser-url URL or --print.")
    import psycopg

    from sitereg.store import schema, session

    if only_print:
        click.echo(schema.install_sql())
        return
    with session.translated(), psycopg.connect(superuser_url) as connection:
        connection.execute(schema.install_sql())
    click.echo("Done. Now set SITEREG_DATABASE_URL and run `sitereg upgrade`.")


@click.command()
@with_settings
def upgrade(settings: Settings) -> None:
    """Bring the database to this version, whole or not at all."""
    _upgrade(settings)
    click.echo("The database is at this version." + (f" Vault: {told}" if (told := _lies_here(settings)) else ""))


@click.command()
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True,
              help="How many processes.")
@with_settings
def serve(settings: Settings, workers: int) -> None:
    """Run the web here until it is stopped."""
    from sitereg.cli.webserver import Server
    with processes.running(settings, "web"):
        Server(settings, workers).run()


@click.command()
@with_settings
def keeper(settings: Settings) -> None:
    """Run the keeper here until it is stopped: jobs, checkpoints, ended accounts, lapsed measures."""
    from sitereg import keeper as work
    from sitereg import logbook
    logbook.begin()
    with processes.running(settings, "keeper"), processes.signals_stop(), contextlib.suppress(KeyboardInterrupt):
        work.run(settings)


def database(settings: Settings, started: list[str] | None = None) -> None:
    """The database runs at this version; `started` says if it was started now."""
    from sitereg.store import cluster

    before = cluster.state(settings)
    _say("database: " + ("starting" if before != "running" else "running already"))
    if settings.embedded and before != "running" and started is not None:
        started.append("database")
    cluster.ensure(settings)
    settings.make_folders()
    _upgrade(settings, always=False)


def _upgrade(settings: Settings, *, always: bool = True) -> None:
    """The schema is at this version, the token key accepted, the vault's recovery key made, the account `local` there.

    Without `always` rules of this very version are left alone: whoever works with them is not disturbed.
    """
    import psycopg

    from sitereg import accounts, house
    from sitereg.store import cluster, keys, resealing, schema, session

    settings.make_token_key()
    with session.translated(), psycopg.connect(cluster.dsn(settings), autocommit=True) as connection:
        recovery = resealing.recovery(connection) or house.make_recovery(settings)
        if always or not schema.current(connection):
            _say("schema: bringing it to this version")
            schema.upgrade(connection, vault={"recovery": recovery, "house": house.public(settings)})
        keys.accept(connection, settings.token_key())
        resealing.accept(connection, recovery)
    accounts.establish(settings)


def _basemap() -> None:
    from sitereg import basemap

    _say("basemap: building where it is missing or old")
    basemap.build()


def _load_demo(settings: Settings):
    from sitereg import demo
    _say("demo: loading the synthetic registry")
    return demo.load(settings)


def _keeper(settings: Settings, started: list[str]) -> None:
    if processes.pid(settings, "keeper"):
        return
    _say("keeper: starting")
    started.append("keeper")
    child = processes.spawn(settings, "keeper")
    processes.wait_until(lambda: processes.pid(settings, "keeper"), child, settings, "keeper")


def _free_port(settings: Settings) -> None:
    """The web's address is free, or it is our own web that has it; asked before anything is started."""
    if not processes.pid(settings, "web") and _listens(settings):
        raise Refused("Something else listens on the web's address", where=f"{settings.host}:{settings.port}",
                      guard="free_port", do="Stop it, or choose another with SITEREG_LISTEN=127.0.0.1:8001.")


def _web(settings: Settings, started: list[str]) -> None:
    if processes.pid(settings, "web"):
        return
    _say("web: starting")
    started.append("web")
    child = processes.spawn(settings, "web")
    processes.wait_until(lambda: _answers(settings), child, settings, "web")


def _watch(settings: Settings, started: list[str]) -> None:
    """Returns at Ctrl-C; raises Unavailable if a part that this command started has ended by itself."""
    with contextlib.suppress(KeyboardInterrupt):
        while started:
            time.sleep(0.5)
            for name in set(started) & set(processes.NAMES):
                if not processes.pid(settings, name):
                    raise Unavailable(f"The {name} has ended", where=str(settings.state / f"{name}.log"),
                                      do="Read its log, then start again.")
    click.echo("")


def _stop_all(settings: Settings, started: list[str]) -> None:
    for name in reversed(started):
        if name in processes.NAMES:
            _said(name, processes.stop(settings, name))
        else:
            from sitereg.store import cluster

            _said(name, cluster.stop(settings))


def keep_demo_apart(settings: Settings, demo: bool) -> None:
    """A home holds either the demo or a registry, never both, and says which."""
    if demo and not settings.demo:
        if (settings.data / "PG_VERSION").exists():
            raise Refused("This home holds a registry; the demo does not go into it", guard="demo_apart",
                          where=str(settings.home), do="Set SITEREG_HOME to a new folder.")
        settings.make_folders()
        settings.demo_mark.touch()
    elif settings.demo and not demo:
        _say(f"{settings.home} holds the demo: synthetic records, sign-ins known to everybody")


def _tell(settings: Settings, sign_ins, database_only: bool) -> None:
    if not database_only:
        click.echo(f"\nReady: {_address(settings)}")
    for one in sign_ins:
        click.echo(f"  {one.role:<22} {one.email:<36} {one.password}")
    if told := _lies_here(settings):
        click.echo(f"Vault: {told}")
    click.echo(f"Home: {settings.home}" + (f"   Socket: {settings.run}" if settings.embedded else ""))


def _lies_here(settings: Settings) -> str | None:
    """What to do with the recovery key as long as it lies on this machine; None once it does not."""
    from sitereg import house

    where = house.recovery_file(settings)
    invented = f"the recovery key is invented and lies in this home ({where.name})"
    real = f"its recovery key still lies here, in {where}: carry it out of the house and delete it here (docs/operations.md)."
    return None if not where.exists() else invented if settings.demo else real


def _address(settings: Settings) -> str:
    """The address to open: by the name localhost, since an IP address is no valid WebAuthn id."""
    here = settings.host in ("127.0.0.1", "::1", "localhost")
    return f"http://{'localhost' if here else settings.host}:{settings.port}"


def _answers(settings: Settings) -> bool:
    """Whether a worker of the web has answered a request, whatever it said."""
    import http.client

    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection(settings.host, settings.port, timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", "/", headers={"Host": f"localhost:{settings.port}"})
            return connection.getresponse().status < 600
    return False


def _listens(settings: Settings) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((settings.host, settings.port), timeout=1):
        return True
    return False


def _say(line: str) -> None:
    click.echo(f"  {line}", file=sys.stderr)


def _said(name: str, ran: bool) -> None:
    click.echo(f"{name}: {'stopped' if ran else 'did not run'}")
