"""`sitereg requests`: the stage of registering cases; who searches for whom, matched, left open, opened; the family's page."""
import json
from uuid import uuid4

import click

from sitereg.cli.options import Day, json_option, opened, show, with_settings

why_option = click.option("--why", required=True, metavar="TEXT", help="In words; kept.")
HOW = {"agree": "agreed", "refuse": "refused"}


@click.group()
def requests() -> None:
    """Search requests of families: record, match, leave open, open; hand over the family's own page."""


def said(as_json, answer, words):
    """The answer as one JSON document, or in words."""
    show(answer) if as_json else click.echo(words)


@requests.command()
@click.argument("act", type=click.Choice(["show", "open", "close", "agree", "refuse"]), default="show")
@click.option("--id", "which", type=click.UUID, help="What is settled: see `sitereg requests stage`.")
@click.option("--why", metavar="TEXT", help="In words; kept.")
@json_option
@with_settings
def stage(settings, act, which, why, as_json) -> None:
    """Say whether cases are registered; ask that this be opened or closed; agree to that as another person, or refuse."""
    from sitereg import requests as work

    if act in HOW and which is None:
        raise click.UsageError("Say what you settle: --id ID")
    with opened(settings, "reading" if act == "show" else "acting") as session:
        if act in ("open", "close"):
            made = work.turn(session, act == "open", reason=why)
            said(as_json, {"stage": made}, f"Asked. Another person agrees: sitereg requests stage agree --id {made} --why ...")
            return
        if act in HOW:
            work.settle_stage(session, which, HOW[act], why=why)
        found = work.stage(session)
    if as_json:
        show(found)
        return
    click.echo("Cases are registered." if found["open"] else "Cases are not registered: nothing of them is taken in.")
    for row in found["history"]:
        click.echo(f"{row['id']}  {'open' if row['opens'] else 'close'}, asked on {row['on']} by {row['by']}: {row['reason']}")
        settled = f"{row['state']} on {row['settled_on']} by {row['settled_by']}: {row['why']}"
        click.echo(f"  {settled if row['settled_by'] else 'waits'}")


@requests.command()
@click.argument("file", metavar="FILE", type=click.Path(allow_dash=True, dir_okay=False))
@click.option("--check", is_flag=True, help="Say what is wrong with it, and write nothing.")
@json_option
@with_settings
def record(settings, file, check, as_json) -> None:
    """Record a request from a JSON object ({field: text}; - for stdin): no shell keeps it. Fields: docs/requests.md."""
    from sitereg import requests as work
    from sitereg.cli.entering import fields_of, once_of
    from sitereg.errors import BadInput

    typed = fields_of(file)
    once = once_of(json.dumps(typed, sort_keys=True).encode()) if typed else uuid4()
    with opened(settings, "acting") as session:
        if check:
            sheet = work.read(session, typed, once=once)
            if sheet.problems:
                raise BadInput("The sheet is not complete", problems=sheet.problems, do="Nothing was written.")
            said(as_json, {"request": None}, "Nothing is wrong with it; nothing was written.")
            return
        made = work.record(session, typed, once=once)
    said(as_json, {"request": made}, f"Recorded: {made}")


@requests.command("list")
@json_option
@with_settings
def listed(settings, as_json) -> None:
    """List requests: consent that is gone first, then by the day on which they are due."""
    from sitereg import requests as work
    from sitereg.cli.families import logged

    with opened(settings) as session:
        rows = work.listed(session)
        logged(session, "request_list")
    if as_json:
        show(rows)
        return
    for row in rows:
        marks = [name for name, holds in (("OVERDUE", row["overdue"]), ("must be told again", row["again"]),
                                          ("asks something", row["calls"])) if holds]
        click.echo(f"{row['id']}  {row['code']}  {row['state']}  {row['urgency']}  due {row['due']}  {', '.join(marks)}".rstrip())
    if not rows:
        click.echo("No request.")


@requests.command()
@click.argument("request", type=click.UUID)
@click.option("--reason", required=True, metavar="TEXT", help="What the names are compared for; kept in the log.")
@json_option
@with_settings
def candidates(settings, request, reason, as_json) -> None:
    """Who the person of a request may be, with what speaks for and against; no name is printed."""
    from sitereg import requests as work

    with opened(settings) as session:
        found = work.candidates(session, request, reason=reason)
    if as_json:
        show([{**made.as_dict(), "case_state": row["case_state"], "request": asked} for made, row, asked in found])
        return
    for made, row, asked in found:
        parts = ", ".join(f"{what} {bits:+.1f}" for what, bits, _said in made.parts)
        click.echo(f"{made.other}  {row['case_state']}{' (of another request)' if asked else ''}  {made.bits:.1f} bits: {parts}")
    if not found:
        click.echo("Nobody like that.")


@requests.command()
@click.argument("request", type=click.UUID)
@click.argument("code")
@why_option
@json_option
@with_settings
def match(settings, request, code, why, as_json) -> None:
    """Propose that the person of a request is the one of CODE; a verifier confirms it."""
    from sitereg import requests as work

    with opened(settings, "acting") as session:
        made = work.match(session, request, code, why=why)
    said(as_json, made, f"Proposed; a verifier confirms it: {made['proposal']}")


@requests.command()
@click.argument("request", type=click.UUID)
@why_option
@json_option
@with_settings
def unmatch(settings, request, why, as_json) -> None:
    """Propose that a match falls; a verifier confirms it."""
    from sitereg import requests as work

    with opened(settings, "acting") as session:
        made = work.unmatch(session, request, why=why)
    said(as_json, made, f"Proposed; a verifier confirms it: {made['proposal']}")


@requests.command("open")
@click.argument("request", type=click.UUID)
@why_option
@json_option
@with_settings
def open_case(settings, request, why, as_json) -> None:
    """Open the search: for the one who was listed and is matched, or for the request's own case."""
    from sitereg import requests as work

    with opened(settings, "acting") as session:
        made = work.open_(session, request, why=why)
    said(as_json, made, f"The search is open: {made['code']}")


@requests.command()
@click.argument("request", type=click.UUID)
@click.argument("what", type=click.Choice(["comparing", "caseworker", "asked_back", "answered", "left_open"]))
@why_option
@click.option("--due", type=Day(today=False), metavar="DAY", help="When it is looked at again (answered, left_open).")
@with_settings
def step(settings, request, what, why, due) -> None:
    """Record what is being done; the family reads the kind of work, never why."""
    from sitereg import requests as work

    with opened(settings, "acting") as session:
        work.step(session, request, what, why=why, due=due)
    click.echo("Recorded.")


@requests.command()
@click.argument("request", type=click.UUID)
@json_option
@with_settings
def access(settings, request, as_json) -> None:
    """Make a code for the paper and a second secret for one of the family; both are shown once."""
    from sitereg import requests as work

    with opened(settings, "acting") as session:
        made, code, secret = work.hand_over(session, request)
    said(as_json, {"access": made, "code": code, "secret": secret},
         f"{made}\nOn paper: {code}\nBy word of mouth, never on the same paper: {secret}")


@requests.command("end-access")
@click.argument("access", type=click.UUID)
@why_option
@with_settings
def end_access(settings, access, why) -> None:
    """End an access: the paper was lost, or it is not wished for."""
    from sitereg import requests as work

    with opened(settings, "acting") as session:
        work.end_access(session, access, why=why)
    click.echo("It opens nothing any more.")


@requests.command()
@click.argument("request", type=click.UUID)
@click.option("--way", required=True, type=click.Choice(["telephone", "message", "letter", "in_person", "nobody"]))
@click.option("--hours", required=True, type=click.Choice(["any", "morning", "afternoon", "evening"]))
@click.option("--language", required=True, type=click.Choice(["ar", "ku", "en", "tr", "fr", "de", "other"]))
@with_settings
def reach(settings, request, **said) -> None:
    """Write down how a family wishes to be reached from now on, as it said."""
    from sitereg import requests as work

    with opened(settings, "acting") as session:
        work.reach(session, request, **said)
    click.echo("Recorded.")


@requests.command()
@click.argument("wish", type=click.UUID)
@with_settings
def called(settings, wish) -> None:
    """Record that a family which asked to be called was called, or that what it told was read to it."""
    from sitereg import requests as work

    with opened(settings, "acting") as session:
        work.called(session, wish)
    click.echo("Recorded.")
