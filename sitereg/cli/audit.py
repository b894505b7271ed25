"""`sitereg verify` and `sitereg audit`: is everything as it was written; who did what; checkpoints to keep elsewhere."""
import json
from datetime import UTC, datetime

import click

from sitereg.cli.options import json_option, limit_option, opened, show, with_settings


@click.command()
@json_option
@with_settings
def verify(settings, as_json) -> int:
    """Recompute hashes, roots, chain and records. Exit code 0 sound, 2 tampered, 3 could not decide."""
    from sitereg import audit as work

    verdict = work.verify(settings)
    if as_json:
        show({"sound": verdict.sound, "events": verdict.events, "rows": verdict.rows,
              "checkpoints": verdict.checkpoints, "faults": verdict.faults})
    else:
        for fault in verdict.faults[:200]:
            event = f" (event {fault['event']})" if fault["event"] else ""
            click.echo(f"{fault['problem']}: {fault['tbl']} {fault['id']}{event}")
        said = "Sound" if verdict.sound else f"{len(verdict.faults)} faults"
        click.echo(f"{said}: {verdict.events} events, {verdict.rows} rows, {verdict.checkpoints} checkpoints.")
    return 0 if verdict.sound else 2


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
@with_settings
def checkpoint(settings) -> None:
    """Sign a checkpoint now and print it: keep it outside this house."""
    from sitereg import audit as work
    from sitereg import keeper

    with keeper.unasked(settings) as session:
        click.echo(json.dumps(work.sign(session, settings, at=datetime.now(UTC)), indent=2))
