"""`sitereg redactions`: what is covered in a redacted copy, drafted by one person, looked at and made by another."""
import json
from pathlib import Path

import click

from sitereg import vocab
from sitereg.cli.options import json_option, opened, show, with_settings
from sitereg.cli.words import counted

REASON = click.Choice(list(vocab.RedactionReason.codes()))
LENGTH = click.Choice(list(vocab.RedactionLength.codes()))
output_option = click.option("-o", "--output", required=True, metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
why_option = click.option("--why", required=True, metavar="TEXT", help="In words; kept.")


def logged(session, action, subject=None):
    """It stands in the log, committed, that this is read now."""
    from sitereg.store import session as store

    with store.acting(session.settings, session.actor) as log:
        log.call("log_read", action=action, object=subject)


@click.group()
def redactions() -> None:
    """Cover what must not be seen or heard, by two persons, in a copy of its own."""


@redactions.command()
@click.argument("document", type=click.UUID)
@json_option
@with_settings
def start(settings, document, as_json) -> None:
    """Begin a draft: DOCUMENT is a scan (PDF, PNG, JPEG) or sound (WAV, FLAC, MP3, OGG)."""
    from sitereg import redactions as work

    with opened(settings, "acting") as session:
        made = work.start(session, document)
    show({"redaction": made}) if as_json else click.echo(f"Draft {made}. Cover something: sitereg redactions mark {made} ...")


@redactions.command()
@click.argument("redaction", type=click.UUID)
@click.option("--page", type=click.IntRange(1), help="Of the box.")
@click.option("--box", nargs=4, type=click.FloatRange(0, 100), metavar="LEFT TOP WIDTH HEIGHT", help="In hundredths of the page.")
@click.option("--interval", nargs=2, type=click.FloatRange(0), metavar="FROM TO", help="Of sound, in seconds.")
@click.option("--reason", type=REASON, help="Why it is covered.")
@click.option("--why", metavar="TEXT", help="In words; needed where the reason is other.")
@click.option("--from", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Many at once, a JSON list: {page, x, y, width, height (parts of it), reason, why} or {began, ended, reason}.")
@json_option
@with_settings
def mark(settings, redaction, page, box, interval, reason, why, file, as_json) -> None:
    """Cover a box or an interval of a draft."""
    from sitereg import redactions as work

    if file:
        try:
            marks = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise click.UsageError("The file is no JSON.") from error
    elif (box is None) == (interval is None):
        raise click.UsageError("Give --box with --page, or --interval, or --from.")
    else:
        where = dict(zip(("began", "ended"), interval, strict=True)) if interval else {
            "page": page, **dict(zip(("x", "y", "width", "height"), (one / 100 for one in box), strict=True))}
        marks = [{**where, "reason": reason, "why": why}]
    with opened(settings, "acting") as session:
        numbers = work.mark(session, redaction, marks)
    show({"numbers": numbers}) if as_json else click.echo(f"Covered: {', '.join(map(str, numbers))}.")


@redactions.command()
@click.argument("redaction", type=click.UUID)
@click.argument("number", type=click.IntRange(1))
@with_settings
def unmark(settings, redaction, number) -> None:
    """Take a box or an interval of a draft away again."""
    from sitereg import redactions as work

    with opened(settings, "acting") as session:
        work.unmark(session, redaction, number)
    click.echo("Taken away.")


@redactions.command()
@click.argument("redaction", type=click.UUID)
@click.option("--shows", required=True, metavar="TEXT", help="What the copy shows, in words.")
@click.option("--tier", type=click.IntRange(1, 2), required=True, help="Of the copy; lower than the original: a releaser makes it.")
@click.option("--excerpt", nargs=2, type=click.FloatRange(0), metavar="FIRST LAST", help="These pages, or seconds, alone.")
@click.option("--form", type=click.Choice(["flac", "wav"]), default="flac", show_default=True, help="Of sound.")
@click.option("--length", type=LENGTH, default="keep", show_default=True, help="Of sound: what stands where it was covered.")
@click.option("--leave-compartments", is_flag=True, help="The copy lies in no compartment: a releaser makes it.")
@click.option("--beside", is_flag=True, help="The original may leave as before; otherwise the copy leaves in its place.")
@click.option("--words", "file", type=click.File(encoding="utf-8"), metavar="FILE",
              help="What must not appear in the copy, one a line.")
@json_option
@with_settings
def ask(settings, redaction, excerpt, beside, file, as_json, **plan) -> None:
    """Ask another person to look at a draft and make its copy."""
    from sitereg import redactions as work

    first, last = excerpt or (None, None)
    words = [line.strip() for line in file if line.strip()] if file else []
    with opened(settings, "acting") as session:
        asked = work.ask(session, redaction, first=first, last=last, instead=not beside, words=words, **plan)
    show({"asked": asked}) if as_json else click.echo(f"It waits. Another person: sitereg redactions show {redaction}")


@redactions.command("list")
@click.option("--document", type=click.UUID, help="Of this document alone.")
@json_option
@with_settings
def listed(settings, document, as_json) -> None:
    """List the redactions of what you see, the newest first."""
    from sitereg import redactions as work

    with opened(settings) as session:
        rows = work.listed(session, document)
        logged(session, "redaction_list")
    if as_json:
        show(rows)
        return
    for row in rows:
        click.echo(f"{row['id']}  {row['state']:<9}  {row['name']}  {counted(row['marks'], 'place')} covered  {row['on_day']}"
                   f"  {row['by']}")
    if not rows:
        click.echo("No redaction here in what you may see.")


@redactions.command("show")
@click.argument("redaction", type=click.UUID)
@json_option
@with_settings
def show_one(settings, redaction, as_json) -> None:
    """Show a redaction: what is covered and why, what is asked for, its steps."""
    from sitereg import redactions as work

    with opened(settings) as session:
        one = work.show(session, redaction)
        logged(session, "redaction", one["id"])
    if as_json:
        show(one)
        return
    click.echo(f"{one['document']['name']}  {one['state']}  by {one['by']}  sha256 {one['document']['sha256']}")
    for it in one["marks"]:
        words = f": {it['why']}" if it.get("why") else ""
        click.echo(f"{it['n']:>4}  {placed(it)}  {vocab.label('redaction_reason', it['reason'])}{words}  ({it['by']})")
    if plan := one["plan"]:
        who = "; a releaser makes it" if one["needs_releaser"] else ""
        original = "the original does not leave any more" if plan["instead"] else "the original may leave, too"
        click.echo(f"copy  T{plan['tier']} {plan['form']}: {plan['shows']}{who}; {original}")
    if one["unlooked"]:
        what = "the sound" if one["unlooked"] == [0] else f"pages {', '.join(map(str, one['unlooked']))}"
        click.echo(f"not looked at by you yet: {what}")
    for step in one["steps"]:
        click.echo(f"{step['at']}  {step['step']} by {step['by']}{': ' + step['why'] if step.get('why') else ''}")


def placed(it):
    """Where a box or an interval lies, in words."""
    if "began" in it:
        return f"{it['began']:.2f} - {it['ended']:.2f} s"
    left, top, width, height = (it[name] * 100 for name in ("x", "y", "width", "height"))
    return f"page {it['page']}: {left:.1f} / {top:.1f}, {width:.1f} x {height:.1f}"


@redactions.command()
@click.argument("redaction", type=click.UUID)
@click.argument("page", type=click.IntRange(1))
@output_option
@with_settings
def page(settings, redaction, page, output) -> None:
    """Write a page as the copy will show it, as a JPEG, to be looked at."""
    from sitereg import redactions as work

    output.write_bytes(work.preview(lambda: opened(settings, "acting"), redaction, page))
    click.echo(f"{output}: look at it.")


@redactions.command()
@click.argument("redaction", type=click.UUID)
@click.option("--original", is_flag=True, help="As it is, without what is covered.")
@output_option
@with_settings
def hear(settings, redaction, original, output) -> None:
    """Write the sound as the copy will be, as FLAC, to be listened to."""
    from sitereg import redactions as work

    output.write_bytes(work.heard(lambda: opened(settings, "acting"), redaction, covered=not original))
    click.echo(f"{output}: listen to it.")


@redactions.command()
@click.argument("redaction", type=click.UUID)
@why_option
@json_option
@with_settings
def make(settings, redaction, why, as_json) -> None:
    """Agree, as another person than those who drew and asked: the copy is made, looked through and kept."""
    from sitereg import redactions as work

    def opening():
        return opened(settings, "acting")

    with opening() as session:
        seen = work.show(session, redaction)["asked"]
    made = work.make(opening, redaction, seen=seen, why=why)
    if as_json:
        show({"document": made})
    else:
        click.echo(f"The redacted copy stands: {made}. Nothing was found in it that may not be there.")


@redactions.command()
@click.argument("redaction", type=click.UUID)
@click.argument("step", type=click.Choice(["refused", "dropped", "retracted"]))
@why_option
@with_settings
def settle(settings, redaction, step, why) -> None:
    """Refuse what waits (back to a draft), drop a draft, or retract a copy that was made."""
    from sitereg import redactions as work

    with opened(settings, "acting") as session:
        work.settle(session, redaction, step, why=why)
    click.echo(f"{step.capitalize()}.")
