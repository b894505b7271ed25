"""The shell door: `sitereg NOUN VERB ...`, one file per noun, each loaded when it is asked for.

Exit codes: 0 done, 1 usage, 2 refused or found wrong, 3 could not decide; 130 after Ctrl-C.
"""

import importlib
import json
import sys
from typing import Any

import click

from sitereg import __version__
from sitereg.errors import SiteregError, from_os

# word of the command line -> "module under sitereg.cli : click command in it"
COMMANDS = {
    "up": "server:up",
    "down": "server:down",
    "status": "server:status",
    "demo": "demo:demo",
    "install": "server:install",
    "upgrade": "server:upgrade",
    "serve": "server:serve",
    "keeper": "server:keeper",
    "places": "places:places",
    "basemap": "basemap:basemap",
    "accounts": "accounts:accounts",
    "audit": "audit:audit",
    "verify": "audit:verify",
    "doctor": "doctor:doctor",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "sites": "sites:sites",
    "views": "views:views",
    "persons": "persons:persons",
    "search": "search:search",
    "duplicates": "duplicates:duplicates",
    "reports": "reports:reports",
    "testimony": "testimony:testimony",
    "events": "events:events",
    "holdings": "holdings:holdings",
    "inquiries": "inquiries:inquiries",
    "documents": "documents:documents",
    "protection": "protection:protection",
    "visits": "visits:visits",
    "decisions": "decisions:decisions",
    "import": "import_:import_",
    "imports": "imports:imports",
    "profiles": "profiles:profiles",
    "frames": "frames:frames",
    "joins": "joins:joins",
    "links": "links:links",
    "terrain": "terrain:terrain",
    "imagery": "imagery:imagery",
    "overview": "overview:overview",
    "export": "export:export",
    "edits": "edits:edits",
    "qgis": "qgis:qgis",
    "freeze": "sharing:freeze",
    "sharing": "sharing:sharing",
    "consent": "consent:consent",
    "agreements": "agreements:agreements",
    "gate": "gate:gate",
    "handover": "handover:handover",
    "packages": "packages:packages",
    "statistics": "statistics:statistics",
    "cross": "crossing:cross",
    "families": "families:families",
    "referrals": "referrals:referrals",
    "work": "coordination:work",
    "asks": "coordination:asks",
    "requests": "requests:requests",
    "redactions": "redactions:redactions",
    "vault": "vault:vault",
}


class Door(click.Group):
    """All commands: a command's module is imported as it is named, and errors become exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every word of COMMANDS, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that word, its module imported now; None if there is no such word."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        return getattr(importlib.import_module(f"sitereg.cli.{module}"), attribute)

    def main(self, args: Any = None, *rest: Any, standalone_mode: bool = True, **more: Any) -> Any:
        """The command has run; errors stand on stderr as one line, and the exit code says how it went."""
        if not standalone_mode:
            return super().main(args, *rest, standalone_mode=False, **more)
        words = list(sys.argv[1:] if args is None else args)
        try:
            done = super().main(words, *rest, standalone_mode=False, **more)
        except click.Abort:
            click.echo("Stopped.", err=True)
            sys.exit(130)
        except click.ClickException as error:
            error.show()
            sys.exit(1)
        except SiteregError as error:
            click.echo(_line(error, as_json="--json" in words), err=True)
            sys.exit(error.exit_code)
        except PermissionError as error:
            click.echo(f"This is not yours to use: {error.filename}. Run it as the registry's own OS user,"
                       " or set SITEREG_HOME.", err=True)
            sys.exit(2)
        except OSError as error:
            full = from_os(error)
            if full is None:
                raise
            click.echo(_line(full, as_json="--json" in words), err=True)
            sys.exit(full.exit_code)
        sys.exit(done if isinstance(done, int) else 0)


def _line(error: SiteregError, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(error.as_dict(), ensure_ascii=False, default=str)
    state = error.details.get("sqlstate")
    if error.details.get("guard"):
        from sitereg.cli import guards

        names = [one["guard"] for one in error.details.get("lacking", [])] or [error.details["guard"]]
        ways = "; ".join(dict.fromkeys(way for way in map(guards.way, names) if way))
        told = f"{error}{f' To do so: {ways}.' if ways else ''} (guard{'s' if len(names) > 1 else ''}: {', '.join(names)})"
        return " ".join(told.split())
    return " ".join(f"{error} (SQLSTATE {state})".split() if state else str(error).split())


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="sitereg", message="%(prog)s %(version)s")
def main() -> None:
    """The registry of sites for the search for the missing."""
