"""`sitereg reports`: what somebody told, taken down and sorted."""
import click

from sitereg.cli import entering as forms
from sitereg.cli import words
from sitereg.cli.features import said
from sitereg.cli.options import json_option, limit_option, opened, show, with_settings


@click.group()
def reports() -> None:
    """What somebody told, before and after it is sorted."""


@reports.command()
@forms.options(("--words", "words", None, "What was told, in their words."), *forms.PLACE,
               ("--when", "when", None, "When it was, as it was said."),
               ("--callback", "callback", ("yes", "no"), "May we call back?"), forms.PARAPHRASE)
@forms.asked_once
def add(**given) -> None:
    """Take a report down: ungraded, sealed, to be sorted later; answers its receipt."""
    forms.carry_out(given.pop("settings"), "report", given.pop("typed"), **given)


@reports.command("list")
@click.option("--state", type=click.Choice(["new", "attached", "new_site", "unplaced", "closed", "all"]), default="new",
              show_default=True)
@limit_option
@json_option
@with_settings
def list_(settings, state, limit, as_json) -> None:
    """List reports, the newest first, with their words; the read is logged."""
    from sitereg import entering

    with opened(settings) as session:
        rows = entering.triage.listed(session, state=None if state == "all" else state, limit=limit)
        log(session, "reports", reports=len(rows))
    if as_json:
        show(rows)
        return
    for row in rows:
        spot = row["place"] or "no place"
        if row["lon"] is not None:
            spot = f"{row['lat']:.5f}, {row['lon']:.5f} +-{row['uncertainty_m']:,.0f} m"
        day = words.days(row["at"]) if row["at"] else "day not known"
        click.echo(f"{row['id']}  {row['state']}  {spot}  {day}  {teller(row)}"
                   f"{'  call back' if row['callback'] else ''}  {row['code'] or ''}".rstrip())
        click.echo(f"    {row['words'] or '(finer than you are shown)'}")
    if not rows:
        click.echo("No report here in what you may see.")


@reports.command()
@click.argument("report", type=click.UUID)
@click.argument("to", type=click.Choice(["attached", "new_site", "unplaced", "closed"]))
@click.option("--why", required=True, help="Why it is sorted so.")
@click.option("--site", "code", metavar="CODE", help="The site that it belongs to (attached).")
@click.option("--kind", type=forms.code("site_kind"), help="What it says the site is; needed for a new site.")
@click.option("--name", help="What it calls the site.")
@click.option("--place", flag_value="yes", help="The place of the report is said to be that of the site.")
@click.option("--note", help="What it says besides, in your words.")
@click.option("--tier", type=click.Choice(["1", "2"]), help="Who may see a new site; that of the report unless said.")
@click.option("--seen", type=forms.code("report_state"),
              help="The state that you looked at: if somebody was faster, nothing is written.")
@json_option
@with_settings
def sort(settings, report, as_json, **typed) -> None:
    """Sort REPORT: to a site, a new site, kept unplaced, or closed."""
    from sitereg import entering

    with opened(settings, "acting") as session:
        code = entering.triage.sort(session, report, {name: one for name, one in typed.items() if one})
    if as_json:
        show({"report": report, "state": typed["to"], "site": code})
        return
    click.echo(f"{report}: {typed['to']}{f', {code}' if code else ''}")


@reports.command()
@click.argument("number")
@click.option("--take-back", is_flag=True, help="Whoever told it takes it back: its claims are ended, its report is closed.")
@click.option("--why", help="Why, for taking back.")
@json_option
@with_settings
def receipt(settings, number, take_back, why, as_json) -> None:
    """Show what stands under the NUMBER of a receipt, without its words; or take it back."""
    from sitereg import entering

    if take_back and not why:
        raise click.UsageError("Say why: --why.")
    with opened(settings, "acting") as session:
        held = entering.of_receipt(session, number)
        log(session, "receipt", held["source"])
        ended = entering.take_back(session, number, why=why) if take_back else None
    if as_json:
        show({**held, "ended": ended})
        return
    click.echo(f"{held['form']}, {held['recorded_at']:%Y-%m-%d}, consent {said('consent_state', held['consent'])}")
    if held["report"]:
        click.echo(f"report {held['report']}, {held['report_state']}")
    for one in held["subjects"]:
        click.echo(one)
    click.echo(f"{words.counted(len(held['claims']), 'live claim')}{f'; {ended} ended' if ended is not None else ''}")


def teller(row):
    """What kind of source it is, as far as the reader is told."""
    return said("source_type", row["source_type"]) if row["source_type"] else row["source_family"] or "a source"


def log(session, action, subject=None, **detail):
    """The read stands in the log, committed, before anything is shown."""
    from sitereg.store import session as store

    with store.acting(session.settings, session.actor) as apart:
        apart.call("log_read", action=action, object=subject, detail=store.Json(detail))
