"""The options that commands share, each defined once.

    @with_settings     --as NAME (else SITEREG_AS); the command gets `settings`
    @json_option       --json; the command gets `as_json`
    @limit_option      --limit N (100); the command gets `limit`
    Day()              the type of an option that takes a day
    show(answer)       prints one JSON document to stdout
    opened(settings)   one reading transaction of the shell's account; opened(settings, "acting") one that writes
"""

import dataclasses
import functools
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import click

from sitereg.settings import Settings


class Day(click.ParamType):
    """A day as YYYY-MM-DD; with `today` also that word: the day in Damascus, which the registry says."""

    def __init__(self, *, today: bool = True):
        self.today = today
        self.name = "day|today" if today else "day"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """The date, or the word today as it is."""
        if isinstance(value, date) or (self.today and value == "today"):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail("Give a day as YYYY-MM-DD" + (", or today." if self.today else "."), param, ctx)


def with_settings(command: Callable) -> Callable:
    """The command takes --as and is called with `settings`, read from the environment at that moment."""

    @click.option("--as", "acting_as", metavar="NAME",
                  help="Act as this account of your own OS user (else SITEREG_AS, else `local`).")
    @functools.wraps(command)
    def wrapped(*args: Any, acting_as: str | None, **more: Any) -> Any:
        settings = Settings.from_env()
        if acting_as:
            settings = dataclasses.replace(settings, acting_as=acting_as)
        return command(*args, settings=settings, **more)

    return wrapped


def opened(settings: Settings, way: str = "reading") -> Any:
    """A transaction (`reading` or `acting`) of the account that uses this shell, as a context manager."""
    from sitereg import accounts
    from sitereg.store import session

    return getattr(session, way)(settings, accounts.actor(settings))


json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document.")

limit_option = click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True,
                            metavar="N", help="At most so many; `next` says how to go on.")


def show(answer: Any) -> None:
    """`answer` stands on stdout as one JSON document in UTF-8, dates in ISO 8601."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)
