"""Is the living house in order? One check a rule, for whoever runs the machine and for cron; nothing is changed by asking.

Each check of CHECKS is a function of a Visit that answers what it found as (what, what to do), [] where all is well, and raises
Unavailable where it could not look. A finding whose words begin with NOTE is told and disturbs nobody.
"""
import http.client
import os
import shutil
import stat
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg

from sitereg import audit, witness
from sitereg.backup import ages
from sitereg.errors import SiteregError, Unavailable
from sitereg.imports.readers import process
from sitereg.settings import Settings
from sitereg.store import health, lints, schema, verification

NOTE = "Note: "
ARCHIVE_SECONDS, DAY, HOUR = 15 * 60, 86_400, 3_600
FREE_BYTES, FREE_PART = 2 * 2**30, 0.1
SKEW_SECONDS = 5
LOCAL = ("127.0.0.1", "::1", "localhost")
HEADERS = {"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff",
           "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
NOT_SO = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "data_checksums": "off",
          "client_connection_check_interval": "0", "idle_in_transaction_session_timeout": "0", "log_parameter_max_length": "-1",
          "log_parameter_max_length_on_error": "-1"}
LOCAL_CONF = "Set it in pgdata/local.conf (an outside server: in its own), and restart the database."

__all__ = ["CHECKS", "NOTE", "Report", "Visit", "examine"]


@dataclass(frozen=True)
class Visit:
    """Whose house it is; a reading connection of the superuser, or None where the database is away; when."""

    settings: Settings
    raw: psycopg.Connection | None
    now: datetime


@dataclass
class Report:
    """What was found: for each check its state (well, note, wrong, unclear) and what."""

    checks: list = field(default_factory=list)

    @property
    def word(self):
        states = {one["state"] for one in self.checks}
        return next((state for state in ("wrong", "unclear") if state in states), "well")

    def told(self):
        return {"verdict": self.word, "checks": self.checks}


def examine(settings, *, only=None):
    """The Report of all checks, or of those named in `only`."""
    report = Report()
    with connected(settings) as raw:
        visit = Visit(settings, raw, datetime.now(UTC))
        for name, check in CHECKS.items():
            if only is None or name in only:
                report.checks.append({"check": name, **looked(check, visit)})
    return report


@contextmanager
def connected(settings):
    """A reading connection of the superuser, or None."""
    try:
        with verification.snapshot(settings) as raw:
            yield raw
    except Unavailable:
        yield None


def looked(check, visit):
    """{state, found} of one check."""
    try:
        if visit.raw is None and check not in AWAY:
            raise Unavailable("The database is away", do="Run `sitereg up`, then ask again.")
        with nullcontext() if visit.raw is None else visit.raw.transaction():
            found = [{"what": what, "do": do} for what, do in check(visit)]
    except (SiteregError, psycopg.Error, OSError) as error:
        what = str(error).partition("\n")[0]
        do = getattr(error, "do", None) or "Look into the server's log."
        return {"state": "unclear", "found": [{"what": f"Could not look: {what}", "do": do}]}
    wrong = [one for one in found if not one["what"].startswith(NOTE)]
    return {"state": "wrong" if wrong else "note" if found else "well", "found": found}


def rules(visit):
    """Row security, grants, functions, policies are as the rules say; they are those of this version, as the upgrade wrote them."""
    for lint in lints.LINTS:
        broken = lints.spoken(visit.raw, lint)
        if broken:
            yield f"{lint[0].upper()}{lint[1:]}: {', '.join(broken[:5])}", lints.DO
    if not health.watched(visit.raw):
        yield ("Nobody is told when triggers of the registry are switched off",
               "Run `sitereg install` as a superuser (embedded: `upgrade`).")
    if not schema.current(visit.raw):
        yield "The database's rules are not those of this program's version", "Run `sitereg upgrade`."
    elif schema.altered(visit.raw):
        yield "Functions, triggers or policies were altered since the upgrade wrote them", lints.DO


def roles(visit):
    """The owners of functions cannot log in, and no login passes row security."""
    found = health.roles(visit.raw)
    if found:
        yield (f"These roles may more than they should: {', '.join(found)}",
               "Take it from them with ALTER ROLE; see sitereg/store/sql/00_roles.sql.")


def server(visit):
    """What is acknowledged is on the disk, with checksums, and the log keeps no values."""
    said = health.settings(visit.raw)
    for name, bad in NOT_SO.items():
        if said.get(name) == bad:
            yield f"{name} is {bad}", LOCAL_CONF if name != "data_checksums" else "Stop the database and run pg_checksums --enable."
    if said.get("log_statement") not in (None, "none", "ddl"):
        yield f"log_statement is {said['log_statement']}: statements hold what people ask for", LOCAL_CONF


def archive(visit):
    """The server's log is archived elsewhere, so that losing the machine loses minutes."""
    if visit.settings.demo:
        return
    if health.settings(visit.raw).get("archive_mode") == "off":
        yield ("Nothing is archived: whoever loses this machine loses everything",
               f"Set archive_mode and archive_command. {LOCAL_CONF}")
        return
    age, failing = health.archive(visit.raw)
    if failing:
        yield ("The last segment of the server's log could not be archived",
               "Look into the server's log; try archive_command by hand.")
    elif age is None or age > ARCHIVE_SECONDS:
        yield f"Nothing was archived for {told(age)}", "Set archive_timeout to 5min; look whether archive_command waits."


def backup(visit):
    """A base copy of the last day and the kept files lie in the repository, and of late somebody has proved that they come back."""
    if not visit.settings.demo:
        yield from ages.alarms(visit.settings, visit.now)


def clock(visit):
    """The clocks of database and program agree, and nothing is dated later than now."""
    now, event, signed = health.clock(visit.raw)
    if abs((now - visit.now).total_seconds()) > SKEW_SECONDS + (datetime.now(UTC) - visit.now).total_seconds():
        yield f"The database's clock says {now:%H:%M:%S}, this machine's {visit.now:%H:%M:%S} (UTC)", "Set both by a time server."
    for what, at in (("event", event), ("checkpoint", signed)):
        if at and at > now + timedelta(seconds=SKEW_SECONDS):
            yield (f"The newest {what} is of {at:%Y-%m-%d %H:%M}, which is yet to come",
                   "Set the clock by a time server; ask who moved it.")


def disk(visit):
    """There is room where data, evidence and state are kept."""
    for name in ("data", "evidence", "state"):
        folder = getattr(visit.settings, name)
        if folder.exists():
            space = shutil.disk_usage(folder)
            if space.free < FREE_BYTES or space.free < FREE_PART * space.total:
                yield f"{space.free // 2**20} MB are free for {name} ({folder})", "Make room before the database stops."


def reader(visit):
    """The process that opens partners' files reaches neither the network nor a file of ours."""
    found = process.probe(visit.settings.token_key_file)
    if found["reached"] or not found["network_closed"]:
        yield ("The isolated reader has a network",
               "Let the service make namespaces (kernel.unprivileged_userns_clone, or run it as root).")
    if found["opened"]:
        note = "" if os.geteuid() == 0 else NOTE
        yield (f"{note}The isolated reader can open the registry's own files",
               "Run the registry as root: its reader then becomes nobody.")


def keeper(visit):
    """The keeper works, signs, roots, and does what waits."""
    if not health.held(visit.raw, health.KEEPER):
        yield "No keeper works", "Run `sitereg up`; read state/keeper.log."
    ages = health.ages(visit.raw)
    for name, most, what in (("unsigned", 2 * DAY, "No checkpoint covers what was written"),
                             ("unrooted", 2 * HOUR, "No root covers what was read"), ("waiting", HOUR, "A job waits")):
        if ages[name] and ages[name] > most:
            yield f"{what} for {told(ages[name])}", "Read state/keeper.log; the keeper does this."


def verified(visit):
    """`verify` was run of late, and found nothing."""
    last = audit.last(visit.settings)
    if last is None:
        yield "`sitereg verify` was never run here", "Run it daily from cron: sitereg verify --json"
        return
    if last["verdict"] != "sound":
        yield (f"The last verify ({last['at'][:10]}) found the registry {last['verdict']}",
               "Run `sitereg verify` and do what it says.")
    age = (visit.now - datetime.fromisoformat(last["at"])).total_seconds()
    if age > 2 * DAY:
        yield f"verify was last run {told(age)} ago", "Run it daily from cron: sitereg verify --json"


def secrets(visit):
    """Keys, evidence and state belong to one OS user and to nobody else; originals cannot be written."""
    settings, do = visit.settings, "Give it back with chown and chmod; if others could read a key, replace it."
    for path in (settings.keys, settings.evidence, settings.state, settings.token_key_file, settings.keys / witness.KEY):
        if path.exists() and settings.key_file != path:
            found = path.lstat()
            if found.st_mode & 0o077 or stat.S_ISLNK(found.st_mode) or found.st_uid != settings.home.stat().st_uid:
                yield f"{path} is not of the registry's OS user alone ({stat.filemode(found.st_mode)})", do
    if not settings.token_key_file.exists():
        yield f"There is no token key ({settings.token_key_file})", "Put it back from the backup of the keys."
    loose = [path for path in settings.evidence.glob("??/??/*") if path.is_file() and path.stat().st_mode & 0o277]
    if loose:
        yield (f"{len(loose)} kept files can be written or read by others, such as {loose[0].name[:16]}",
               "chmod 400 them, then verify --files.")


def web(visit):
    """The web answers with its headers, and to no other name; it is reached by names with TLS, or from this machine alone."""
    settings = visit.settings
    if settings.host not in LOCAL and not settings.hosts:
        yield (f"The web listens on {settings.host} without names of its own",
               "Put a proxy with TLS in front, and name it in SITEREG_HOSTS.")
    if settings.hosts and not settings.proxies:
        yield (f"{NOTE}SITEREG_HOSTS is set and SITEREG_PROXIES is not: throttling takes everybody for the proxy",
               "Set SITEREG_PROXIES to 1.")
    try:
        status, headers = answer(settings, f"localhost:{settings.port}" if not settings.hosts else settings.hosts[0])
    except (OSError, http.client.HTTPException):
        yield f"The web does not answer on {settings.host}:{settings.port}", "Run `sitereg up`; read state/web.log."
        return
    if status >= 500:
        yield f"The web answers with {status}", "Read state/web.log."
    for name, wanted in HEADERS.items():
        if wanted not in headers.get(name, ""):
            yield (f"The web's answers lack {name}: {wanted}",
                   "Look whether a proxy takes headers away, and which program listens there.")
    if answer(settings, "elsewhere.invalid")[0] != 400:
        yield "The web answers to names that are not its own", "Look which program listens there."


def answer(settings, host):
    """(status, headers) of the sign-in page asked for under that name."""
    with closing(http.client.HTTPConnection(settings.host, settings.port, timeout=5)) as connection:
        connection.request("GET", "/sign-in", headers={"Host": host})
        found = connection.getresponse()
        return found.status, {name.title(): value for name, value in found.getheaders()}


def people(visit):
    """Two admins and two releasers can be asked, and everybody signs in with a second factor."""
    if visit.settings.demo:
        return
    admins, releasers = health.people(visit.raw)
    for many, what in ((admins, "admins"), (releasers, "releasers of tier 2")):
        if many < 2:
            yield f"{many} {what} can be asked, and two are needed", "See docs/operations.md, the first hour."
    if visit.settings.second_factor == ():
        yield "Nobody signs in with a second factor", "Set SITEREG_SECOND_FACTOR to all."
    elif visit.settings.second_factor != ("all",):
        yield (f"{NOTE}only these roles sign in with a second factor: {', '.join(visit.settings.second_factor)}",
               "Set SITEREG_SECOND_FACTOR to all.")


def told(seconds):
    """A span of time in words."""
    if seconds is None:
        return "ever"
    if seconds >= 2 * DAY:
        return f"{seconds / DAY:.0f} days"
    return f"{seconds / HOUR:.0f} hours" if seconds >= 2 * HOUR else f"{seconds / 60:.0f} minutes"


CHECKS = {check.__name__: check for check in (
    rules, roles, server, archive, backup, clock, disk, reader, keeper, verified, secrets, web, people)}
AWAY = (backup, disk, reader, verified, secrets, web)  # need no database
