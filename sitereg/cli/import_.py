"""`sitereg import` takes a partner's file in; `sitereg imports` lists batches, shows one, revokes one."""

import sys

import click

from sitereg.cli.options import json_option, limit_option, opened, show, with_settings
from sitereg.cli.sharing import sure, yes_option

_SHOWN_ROWS = 8
_SHOWN_RECORDS = 20


_TERMS = (("tier", "Tier 1 or 2"), ("partner", "Who gave it"), ("terms", "Under which terms"), ("consent", "Which consent"))


def terms_options(command):
    """The command takes --tier, --partner, --terms, --use and --consent."""
    for name, words in reversed(_TERMS):
        command = click.option(f"--{name}", metavar="TEXT", help=f"{words}; in place of the profile's.")(command)
    return click.option("--use", "uses", multiple=True, metavar="CODE", help="A permitted use; may be repeated.")(command)


def under_terms(name, said):
    """The profile of that name, under the terms that were said, if any were."""
    from sitereg.imports import mapping, profile

    if not any(said.values()):
        return name
    lacking = [f"--{'use' if key == 'uses' else key}" for key, value in said.items() if not value]
    if lacking:
        raise click.UsageError(f"Terms are said together: {', '.join(lacking)} is lacking.")
    return mapping.with_terms(profile.load(name), said)


def progress(as_json):
    """What is called as the import goes on: one line on a terminal's stderr, nothing elsewhere."""
    shown = not as_json and sys.stderr.isatty()

    def tell(step, done, of):
        if shown:
            click.echo(f"\r  {step:<8} {f'{done:,} of {of:,}' if of else '':<24}", err=True, nl=step == "keep")

    return tell


@click.command("import")
@click.argument("file", type=click.Path(exists=True))
@click.option(
    "--profile",
    metavar="NAME|FILE.toml",
    help="How its columns are read; see docs/profiles.md. Without it the file is only looked at.",
)
@click.option("--corrects", type=click.UUID, metavar="BATCH",
              help="FILE is that batch's report (`imports report`), with cells corrected: only rows that changed are read anew.")
@click.option("--reason", default="", help="With --corrects: why, such as who corrected it.")
@click.option("--rows", type=click.IntRange(1), help="How many rows the partner says that it holds: another number is refused.")
@terms_options
@click.option("--dry-run", is_flag=True, help="Report the same and write nothing.")
@json_option
@with_settings
def import_(settings, file, profile, corrects, reason, rows, dry_run, as_json, **said) -> None:
    """Import a partner's FILE (or a folder of layers) by a profile, whole or not at all.

    The same bytes with the same version of a profile write nothing and are no error. Without --profile nothing is
    imported: what the file holds and which profiles fit is told, and the exit code is 1. --tier, --partner, --terms,
    --use and --consent together take the place of what the profile says.
    """
    from sitereg.imports import batches, settling

    if profile is None and corrects is None:
        _look(file, as_json)
    if corrects is not None and (profile is not None or not reason.strip()):
        raise click.UsageError("With --corrects no --profile is given, but a --reason.")
    of = None
    if corrects is not None:
        with opened(settings) as session:
            of = settling.original(session, str(corrects))
    with batches.prepare(file, None if of else under_terms(profile, said), original=of, reason=reason, rows=rows) as intake:
        intake.tell = progress(as_json)
        with opened(settings) as session:
            today, before = batches.known(session, intake)
        if before:
            report = batches.already(intake, before)
        else:
            intake.read(today, settings.token_key())
            with opened(settings, "acting") as session:
                report = batches.write(session, intake, dry_run=dry_run)
    if as_json:
        show(report.as_dict())
    else:
        _tell(report)


@click.group()
def imports() -> None:
    """Batches of partners' rows."""


@imports.command("list")
@limit_option
@click.option("--after", metavar="BATCH", help="Go on after this batch.")
@json_option
@with_settings
def list_(settings, limit, after, as_json) -> None:
    """List your batches (all of them for auditors), the newest first."""
    from sitereg.imports import batches

    with opened(settings) as session:
        found = batches.listed(session, limit=limit, after=after)
    if as_json:
        show({"batches": found, "next": str(found[-1]["batch"]) if len(found) == limit else None})
        return
    for one in found:
        click.echo(
            f"{one['batch']}  {one['state']:<8} {one['profile']} {one['profile_version']:<4}"
            f" {one['rows_in'] or 0:>7} rows  {one['started_at']:%Y-%m-%d %H:%M}  {one['original_name']}"
        )
    if not found:
        click.echo("No batch of yours.")


@imports.command("show")
@click.argument("batch", type=click.UUID)
@click.option(
    "--rows",
    "outcomes",
    multiple=True,
    metavar="OUTCOME",
    help="Its rows too, of that outcome; may be repeated.",
)
@limit_option
@json_option
@with_settings
def show_(settings, batch, outcomes, limit, as_json) -> None:
    """Show one batch: its file, terms, counts and, if asked for, rows."""
    from sitereg.imports import batches

    with opened(settings) as session:
        found = batches.shown(session, batch=str(batch))
        rows = batches.rows(session, batch=str(batch), outcomes=outcomes, limit=limit) if outcomes else []
    if as_json:
        show({**found, "rows": rows})
        return
    for key in (
        "batch",
        "state",
        "profile",
        "profile_version",
        "original_name",
        "sha256",
        "encoding",
        "operator",
        "started_at",
        "terms",
        "permitted_uses",
        "consent",
        "rows_in",
        "accepted",
        "flagged",
        "quarantined",
        "rejected",
        "revoked_why",
    ):
        if found[key] is not None:
            click.echo(f"{key:<16} {found[key]}")
    if "difference" in found["totals"]:
        told = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in found["totals"]["difference"].items())
        click.echo(f"{'difference':<16} {told}, against {found['totals']['against']}")
    for row in rows:
        where = f"{row['part']} " if row["part"] else ""
        said = "; ".join(f"{one['field']}: {one['message']}" for one in row["problems"])
        click.echo(f"  {where}row {row['row_no']}  {row['outcome']}  {row['code'] or '-'}  {said}")


@imports.command()
@click.argument("batch", type=click.UUID)
@click.option("--reason", required=True, help="Why; it stands in the audit log.")
@yes_option
@json_option
@with_settings
def revoke(settings, batch, reason, yes, as_json) -> None:
    """End every claim of a batch; first lists who received what rests on it, and asks.

    Nothing vanishes, and its rows may be imported again.
    """
    from sitereg import sharing
    from sitereg.errors import NotFound
    from sitereg.imports import batches

    with opened(settings) as session:
        try:
            told = sharing.recipients(session, batch=batch)
        except NotFound:  # nothing of it that you may see: the revoking itself says what is wrong
            told = []
    sure(told, yes or as_json, "Revoke the batch?")
    with opened(settings, "acting") as session:
        done = batches.revoke(session, batch=str(batch), reason=reason)
    if as_json:
        show({**done, "recipients": told})
    else:
        click.echo(f"Revoked: {done['claims_ended']} claims of {done['subjects']} records ended.")
        for one in done["repeated_by"]:
            click.echo(
                f"Batch {one['batch']} ({one['file']}) has {one['rows']} rows of the same records and wrote only"
                " what this one had not said: if it is to stand, revoke it too and import its file again."
            )


def _look(file, as_json) -> None:
    """What the file seems to be, for whoever looks for its profile or writes one; the command ends with exit code 1."""
    from sitereg.imports import looking

    seen = looking.look(file)
    if as_json:
        show(seen.as_dict())
    else:
        for line in _seen(seen):
            click.echo(line, err=True)
    click.get_current_context().exit(1)


def _seen(seen):
    """The look in lines."""
    yield f"Nothing was imported: say --profile. {seen.file} looks like this:"
    spelled = f", encoding {seen.encoding}, delimiter {seen.delimiter!r}" if seen.encoding else ""
    yield f"  format {seen.format or 'unknown'}{spelled}" + (f"; {seen.refused}" if seen.refused else "")
    for one in seen.layers:
        crs = f", {one.crs}" if one.crs else ", no coordinate system named" if one.shapes else ""
        what = f"layer {one.part}" if one.part else "table"
        yield f"  {what}: {seen.rows.get(one.part, 0):,} rows{crs}; columns {', '.join(one.columns)}"
    for one in seen.fits:
        yield f"  --profile {one.name} fits: {one.title}"
    if seen.nearest:
        yield f"  --profile {seen.nearest.name} is the nearest; not in both: {', '.join(seen.nearest.missing)}"
    if not seen.fits:
        yield "  No profile that ships fits: docs/profiles.md says how one is written, `sitereg profiles check` checks it."


def _tell(report) -> None:
    """The counts as a short table, then the problems, each with its rows."""
    if report.already:
        click.echo(f"already imported as {report.already}")
        return
    done = "Dry run of" if report.dry_run else "Imported"
    click.echo(f"{done} {report.file} by {report.profile} {report.version}  sha256 {report.sha256[:16]}...")
    if not report.dry_run:
        click.echo(f"batch            {report.batch}")
    for name, number in {
        **report.counts,
        "claims": report.claims,
        "new subjects": report.new_subjects,
        "joined subjects": report.joined_subjects,
    }.items():
        click.echo(f"{name.replace('_', ' '):<16} {number:>8,}")
    click.echo(f"{'seconds':<16} {report.seconds:>8.1f}")
    if report.difference:
        _tell_difference(report.difference)
    for one in report.file_problems:
        click.echo(f"file: {one.message}")
    for (code, field), rows in report.problems().items():
        first = next(p for p in rows[0].problems if (p.code, p.field) == (code, field))
        click.echo(f"{first.outcome}: {first.code} in {field}, {len(rows):,} rows: {_rows(rows)}")
        click.echo(f"    {first.message}")
        for row in rows[:_SHOWN_ROWS]:
            for said in readings(next(p.as_dict() for p in row.problems if (p.code, p.field) == (code, field))):
                click.echo(f"    {f'{row.part} {row.row}'.strip()} may be read as: {said}")


def readings(problem) -> list[str]:
    """The readings that a problem proposes, in words; a person takes one by `imports settle`."""
    return [one["says"] for one in problem.get("proposed", ())]


def _tell_difference(found) -> None:
    """What a newer export changes, record by record; what it names and says no more is left as it stands."""
    counts = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in found.counts.items())
    click.echo(f"against batch {found.batch} ({found.file}, {found.since:%Y-%m-%d}): {counts}")
    for one in found.changed[:_SHOWN_RECORDS]:
        click.echo(f"  changed {one.identifier} {one.code}: " + "; ".join(map(_field, one.fields)))
    for one in found.added[:_SHOWN_RECORDS]:
        click.echo(f"  added {one.identifier} {one.code or ''}".rstrip())
    for one in found.no_longer_named[:_SHOWN_RECORDS]:
        click.echo(f"  no longer named {one.identifier} {one.code}")
    if max(map(len, (found.changed, found.added, found.no_longer_named))) > _SHOWN_RECORDS:
        click.echo(f"  {_SHOWN_RECORDS} of each are shown; --json lists all")
    if found.no_longer_named or any(one.fields for one in found.changed):
        click.echo("  Nothing was ended: former values and records stand until a person ends them.")


def _field(one) -> str:
    if one.old is None:
        return f"{one.name} said anew"
    return f'{one.name} "{one.old or "(blank)"}" -> "{one.new or "(blank)"}"'.replace('"(blank)"', "(blank)")


def _rows(rows) -> str:
    named = [f"{row.part} {row.row}".strip() for row in rows[:_SHOWN_ROWS]]
    return ", ".join(named) + (f" ... (--json lists all {len(rows):,})" if len(rows) > _SHOWN_ROWS else "")
