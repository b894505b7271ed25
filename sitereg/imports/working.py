"""The import of a file that lies on a desk, in steps that each tell how far it is: what the keeper does for whoever asked."""

from uuid import UUID

from sitereg.errors import SiteregError
from sitereg.imports import arrivals, batches, settling
from sitereg.imports.intake import prepare
from sitereg.store import session

TOLD_ROWS = 2_000
"""Rows without any problem that a report names; those with one are all told."""

__all__ = ["work"]


def work(settings, actor, once: UUID | str, *, dry_run: bool, tell) -> dict:
    """The file is a batch, or (dry_run) nothing was written; its report stands beside it. Answers the counts and the batch.

    tell(step, done, of): what it raises ends the work, and nothing is kept. No transaction is open while the file is read.
    """
    tell("read", 0, 0)
    with session.reading(settings, actor) as opened:
        held = arrivals.shown(opened, once)
        original = settling.original(opened, held["corrects"]) if held.get("corrects") else None
        profile = None if original else arrivals.chosen(opened, once, held)
    with prepare(
        arrivals.file_of(settings, once), profile, name=held["file"], original=original, reason=held.get("reason", ""),
        rows=held.get("rows_told"),
    ) as intake:
        if intake.staging.main.sha256 != held["sha256"]:
            raise SiteregError(
                "The file is not what was uploaded", code="hash_mismatch", do="Delete it from the desk and upload it again."
            )
        with session.reading(settings, actor) as opened:
            today, before = batches.known(opened, intake)
        if before:
            report = batches.already(intake, before)
        else:
            intake.tell = tell
            intake.read(today, settings.token_key())
            with session.acting(settings, actor) as opened:
                report = batches.write(opened, intake, dry_run=dry_run)
        arrivals.keep_report(settings, once, shortened(report, intake))
    return {
        **report.counts,
        "batch": report.batch if not dry_run else None,
        "already": report.already,
        "claims": report.claims,
        "seconds": round(report.seconds, 1),
    }


def shortened(report, intake) -> dict:
    """The report as it is kept: every row that has a problem, and the first ones that have none."""
    told = report.as_dict()
    plain = [row for row in told["rows"] if not row["problems"]]
    kept = {(row["part"], row["row"]) for row in plain[:TOLD_ROWS]}
    return {
        **told,
        "rows": [row for row in told["rows"] if row["problems"] or (row["part"], row["row"]) in kept],
        "held": [{"row": one.row.number, "problems": [each.as_dict() for each in one.problems]} for one in intake.held],
        "same": intake.same,
    }
