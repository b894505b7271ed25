"""`sitereg verify` and `sitereg audit`: is everything as it was written; who did what; checkpoints to keep elsewhere."""
import json
import sys
import time
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import click

from sitereg.cli.options import json_option, limit_option, opened, show, with_settings

SHOWN = 20  # of one name

@click.command()
@click.option("--witness", metavar="FILE", type=click.Path(path_type=Path),
              help="A checkpoint that was kept elsewhere: is this the registry that it was made of?")
@click.option("--files", is_flag=True, help="Hash every kept file again, too.")
@json_option
@with_settings
def verify(settings, witness, files, as_json) -> int:
    """Recompute hashes, roots, chain, reads and records. Exit code 0 sound, 2 tampered, 3 could not decide."""
    from sitereg import audit as work

    told = Progress() if sys.stderr.isatty() and not as_json else silent
    verdict = work.verify(settings, witness=witness, files=files, told=told)
    work.remember(settings, verdict, at=datetime.now(UTC))
    if as_json:
        show(verdict.told())
    else:
        tell(verdict)
    return {"sound": 0, "tampered": 2, "undecided": 3}[verdict.word]


def silent(part, done, of) -> None:
    """Nobody watches."""


class Progress:
    """How far it is, in one line on stderr that is written over at most twice a second."""

    def __init__(self):
        self.at = 0.0

    def __call__(self, part, done, of) -> None:
        if time.monotonic() - self.at < 0.5 and done < of:
            return
        self.at = time.monotonic()
        click.echo(f"\r{part}: {100 * done // max(of, 1)} %\033[K", nl=False, err=True)
        if done >= of:
            click.echo("\r\033[K", nl=False, err=True)


def tell(verdict) -> None:
    """The verdict in words: each finding with where and what to do, those of one name together."""
    for problem, found in groupby(sorted(verdict.faults, key=lambda one: one["problem"]), lambda one: one["problem"]):
        held = list(found)
        click.echo(f"{problem}: {held[0]['what']} {held[0]['do']}")
        for one in held[:SHOWN]:
            event = f" (event {one['event']})" if one["event"] else ""
            click.echo(f"  {one['tbl']} {one['id'] or ''}{event}")
        if len(held) > SHOWN:
            click.echo(f"  and {len(held) - SHOWN} more: --json lists them")
    for one in verdict.undecided:
        click.echo(f"{one['what']}: {one['where']}. {one['do']}")
    said = {"sound": "Sound", "tampered": f"Tampered, {len(verdict.faults)} found", "undecided": "Could not decide"}[verdict.word]
    files = "" if verdict.files is None else f", {verdict.files} files"
    click.echo(f"{said}: {verdict.events} events, {verdict.rows} rows, {verdict.checkpoints} checkpoints{files}.")
    click.echo(f"Last event {verdict.head or 'none'}; the signing key is {verdict.key or 'not made yet'}.")


@click.group()
def audit() -> None:
    """The chain of events."""


@audit.command("log")
@limit_option
@json_option
@with_settings
def log(settings, limit, as_json) -> None:
    """The newest events, for auditors."""
    from sitereg import audit as work

    with opened(settings) as session:
        rows = work.log(session, limit=limit)
    if as_json:
        show([{**row, "hash": bytes(row["hash"]).hex()} for row in rows])
        return
    for row in rows:
        click.echo(f"{row['seq']:>8}  {row['at']:%Y-%m-%d %H:%M:%S}Z  {row['actor'] or '-':<16} {row['action']:<18}"
                   f" {row['count']:>6}  {row['reason']}")


@audit.command()
@click.option("-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write it there, after what the file holds: `sitereg verify --witness FILE` reads it.")
@with_settings
def checkpoint(settings, output) -> None:
    """Sign a checkpoint now and print it in one line: keep it outside this house, by mail or on paper."""
    from sitereg import audit as work
    from sitereg.store import session as store

    with store.unasked(settings) as session:
        line = json.dumps(work.sign(session, settings))
    if output:
        with output.open("a") as file:
            file.write(f"{line}\n")
        click.echo(f"{output}: carry it elsewhere.")
    else:
        click.echo(line)
