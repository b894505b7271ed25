"""`sitereg imports`, further: the rows of a batch, its report as a file, what is done about held rows, another body's statuses."""

from pathlib import Path

import click

from sitereg.cli.import_ import imports, readings
from sitereg.cli.options import json_option, limit_option, opened, show, with_settings

OUTCOMES = click.Choice(["accepted", "flagged", "quarantined", "rejected"])


def filters(command):
    """The command takes --outcome, --problem, --field and --waiting."""
    for option in (click.option("--waiting", is_flag=True, help="Only rows that were held back and nobody settled."),
                   click.option("--field", metavar="COLUMN", help="With --problem: only in this column."),
                   click.option("--problem", "code", metavar="CODE", help="Only rows with this problem."),
                   click.option("--outcome", "outcomes", type=OUTCOMES, multiple=True, help="May be repeated.")):
        command = option(command)
    return command


@imports.command()
@click.argument("batch", type=click.UUID)
@filters
@limit_option
@json_option
@with_settings
def rows(settings, batch, limit, as_json, **asked) -> None:
    """List the rows of a batch: what became of each, its problems, who settled it."""
    from sitereg.imports import batches

    asked["outcomes"] = asked["outcomes"] or (("quarantined", "rejected") if asked["waiting"] else ())
    with opened(settings) as session:
        found = batches.rows(session, batch=str(batch), limit=limit, **asked)
    if as_json:
        show({"rows": found})
        return
    for row in found:
        where = f"{row['part']} " if row["part"] else ""
        done = f"  [{row['settled']['act']}: {row['settled']['reason']}]" if row["settled"] else ""
        said = "; ".join(f"{one['code']} in {one['field']}: {one['message']}" for one in row["problems"])
        click.echo(f"{where}row {row['row_no']}  {row['outcome']}  {row['code'] or '-'}  {said}{done}")
        for one in row["problems"]:
            for words in readings(one):
                click.echo(f"    {one['field']} may be read as: {words}")
    if not found:
        click.echo("No such row in what you may see.")


def log_opening(session, batch, numbers, reason):
    """That sealed words of these rows are about to be opened, and what for, stands in the log of reads."""
    from sitereg.store.session import Json

    session.call("log_read", action="import_rows_opened", object=batch, detail=Json({"rows": list(numbers), "reason": reason}))


@imports.command("open")
@click.argument("batch", type=click.UUID)
@click.option("--row", "numbers", type=int, multiple=True, required=True, help="The row's number; may be repeated.")
@click.option("--part", default="", help="The layer, where the file has several.")
@click.option("--reason", required=True, help="What its words are needed for; it stands in the log of reads.")
@json_option
@with_settings
def open_(settings, batch, numbers, part, reason, as_json) -> None:
    """Open the sealed words of rows (data stewards who hold `names`), to correct what is wrong by `imports settle`."""
    from sitereg.imports import settling

    keys = [(part, number) for number in numbers]
    with opened(settings, "acting") as session:
        log_opening(session, batch, numbers, reason)
    with opened(settings, "acting") as session:
        found = settling.opened(session, batch=str(batch), rows=keys, reason=reason)
    if as_json:
        show({"rows": found})
        return
    for row in found:
        click.echo(f"{row['part']} row {row['row_no']}".lstrip())
        for name, cell in row["verbatim"].items():
            click.echo(f"    {name} = {cell}")


@imports.command()
@click.argument("batch", type=click.UUID)
@click.argument("file", type=click.Path(dir_okay=False))
@filters
@with_settings
def report(settings, batch, file, **asked) -> None:
    """Write the rows of a batch to FILE (.csv or .xlsx): to read, or to correct and import again with --corrects."""
    from sitereg.errors import BadInput
    from sitereg.imports import corrected, settling

    path = Path(file)
    form = path.suffix.lower().lstrip(".")
    if form not in corrected.FORMATS or path.exists():
        raise BadInput("The report is written to a new .csv or .xlsx", where=path.name, do="Give another name.")
    with opened(settings, "acting") as session:
        session.call("log_read", action="import_report", object=batch)
    with opened(settings) as session:
        n = settling.write(session, path, batch=str(batch), form=form, **asked)
    click.echo(f"{n:,} rows stand in {path.name}. Correct cells and leave the columns sitereg:batch, sitereg:part and sitereg:row;"
               f" then: sitereg import {path.name} --corrects {batch} --reason \"...\"")


@imports.command()
@click.argument("batch", type=click.UUID)
@click.option("--row", "numbers", type=int, multiple=True, required=True, help="The row's number; may be repeated.")
@click.option("--part", default="", help="The layer, where the file has several.")
@click.option("--set", "cells", metavar="COLUMN=VALUE", multiple=True, help="Read the row with this cell; may be repeated.")
@click.option("--accept", metavar="CODE", multiple=True, help="Take the row with this problem: what cannot be read is not claimed.")
@click.option("--reject", is_flag=True, help="The row is not to be used.")
@click.option("--reason", required=True, help="Why; it stands in the audit log.")
@click.option("--dry-run", is_flag=True, help="Say how it would be read and write nothing.")
@json_option
@with_settings
def settle(settings, batch, numbers, part, cells, accept, reject, reason, dry_run, as_json) -> None:
    """Settle rows that were held back: correct cells, take them all the same, or reject them; each with who, when and why."""
    from sitereg.imports import settling

    told = dict(one.partition("=")[::2] for one in cells)
    if reject == bool(told or accept) or (reject and dry_run):
        raise click.UsageError("Give --set or --accept, or --reject.")
    keys = [(part, number) for number in numbers]
    with opened(settings, "acting") as session:
        if not reject and settling.shut(session, batch=str(batch), rows=keys):
            log_opening(session, batch, numbers, reason)
    with opened(settings, "acting") as session:
        if reject:
            done = {"rejected": settling.reject(session, batch=str(batch), rows=keys, reason=reason)}
        else:
            made = settling.correct(session, batch=str(batch), rows=keys, cells=told, accept=accept, reason=reason, dry_run=dry_run)
            done = made.as_dict()
    if as_json:
        show(done)
    elif reject:
        click.echo(f"Rejected: {done['rejected']} rows.")
    else:
        click.echo(f"{'Would stand' if dry_run else 'Corrected'}: {made.counts['rows_in']} rows, {made.claims} claims"
                   + ("" if dry_run else f", by batch {made.batch}"))


@imports.command()
@click.argument("batch", type=click.UUID)
@json_option
@with_settings
def statuses(settings, batch, as_json) -> None:
    """List the statuses that another body gives in a batch: its codes, its words, of how many sites."""
    from sitereg import decisions

    with opened(settings) as session:
        found = decisions.batch_statuses(session, batch)
    if as_json:
        show({"statuses": found})
        return
    for one in found:
        click.echo(f"{one['code']:<24} {one['sites']:>7,} sites  {'; '.join(one['words'])}")
    if not found:
        click.echo("This batch gives no status of another body.")


@imports.command("take-over")
@click.argument("batch", type=click.UUID)
@click.option("--map", "pairs", metavar="CODE=LEVEL", multiple=True, required=True,
              help="The body's code and the level it stands for: suspected, probable, confirmed, refuted, inconclusive.")
@click.option("--reason", help="Why; without it only what would change is told.")
@json_option
@with_settings
def take_over(settings, batch, pairs, reason, as_json) -> None:
    """Propose that another body's statuses are taken over for a whole batch: one decision, which a second person approves.

    Without --reason nothing is proposed: how many sites would change, by kind and level, with examples.
    """
    from sitereg import decisions

    mapping = dict(one.partition("=")[::2] for one in pairs)
    with opened(settings) as session:
        steps = decisions.takeover_steps(session, batch, mapping)
    made = None
    if reason:
        with opened(settings, "acting") as session:
            made = decisions.take_over(session, batch, mapping, reason=reason)
    if as_json:
        show({"steps": steps, "proposal": made and made.proposal})
        return
    for one in steps:
        click.echo(f"{one['code']}: {one['aspect']} {one['from_state']} -> {one['to_state']}, {one['sites']:,} sites,"
                   f" such as {', '.join(one['examples'])}")
    click.echo("Nothing would change." if not steps else f"Proposed: {made.proposal}; somebody else approves it." if made
               else "Nothing was proposed: say --reason.")
