"""`sitereg documents`: scans with their pages, what is written where, copies; what leaves is recorded first."""
from pathlib import Path

import click

from sitereg import vocab
from sitereg.cli.options import json_option, limit_option, opened, show, with_settings
from sitereg.cli.sharing import leaving_options
from sitereg.cli.words import counted

CODES = {scheme: click.Choice(list(vocab.SCHEMES[scheme].codes())) for scheme in ("consent_state", "permitted_use", "living_shown")}
output_option = click.option("-o", "--output", required=True, metavar="FILE",
                             type=click.Path(dir_okay=False, writable=True, path_type=Path))
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def documents() -> None:
    """Scans: pages, regions, what is written there."""


def looks(default):
    """The command takes --living, --imagery, --scene and --acquired."""
    def around(command):
        for option in (
                click.option("--acquired", metavar="DAY", help="The day of the image itself, or its month or year."),
                click.option("--scene", metavar="NUMBER", help="The provider's own number of the image."),
                click.option("--imagery", is_flag=True, help="It is an image from above: say its scene and day."),
                click.option("--living", type=CODES["living_shown"], default=default, required=default is None, show_default=True,
                             help="Whether living people can be told from it; until it is none nothing of it leaves.")):
            command = option(command)
        return command
    return around


@documents.command()
@click.argument("document", type=click.UUID)
@looks(None)
@with_settings
def look(settings, document, **seen) -> None:
    """Say whether living people can be told from a document, and of which scene and day an image from above is."""
    from sitereg import scans

    with opened(settings, "acting") as session:
        scans.look(session, document, **seen)
    click.echo("Recorded.")


@documents.command()
@click.argument("pages", nargs=-1, required=True, type=FILE)
@click.option("--shows", required=True, metavar="TEXT", help="What it shows, in words.")
@click.option("--graphic", is_flag=True, help="Nobody sees it unasked.")
@click.option("--partner", metavar="NAME", help="From whom it came.")
@click.option("--terms", metavar="TEXT", help="Under which terms it was given.")
@click.option("--use", "uses", multiple=True, type=CODES["permitted_use"], help="A use that they permit; may be given again.")
@click.option("--consent", type=CODES["consent_state"], help="What is known of consent.")
@click.option("--redacted-from", metavar="ID", help="It is a redacted copy of this document.")
@looks("not_looked")
@click.option("--tier", type=click.IntRange(1, 2), default=1, show_default=True)
@json_option
@with_settings
def add(settings, pages, shows, graphic, partner, terms, uses, consent, redacted_from, tier, as_json, **seen) -> None:
    """Keep images (PNG or JPEG), in their order, or one PDF as the pages of one document; or one sound."""
    from sitereg import scans

    told = {"partner": {"en": partner} if partner else None, "terms": terms, "permitted_uses": list(uses), "consent": consent}
    copy = {"role": "redacted", "derived_from": redacted_from} if redacted_from else {}
    with opened(settings, "acting") as session:
        made = scans.keep(session, pages=list(pages), shows=shows, graphic=graphic, terms=told, tier=tier, **copy, **seen)
        held = scans.page(session, made)["pages"]
    show({"document": made, "pages": held}) if as_json else click.echo(f"{made}: {counted(held, 'page')} kept.")


@documents.command()
@click.option("--held", is_flag=True, help="Only those held back until somebody has looked for living people in them.")
@limit_option
@json_option
@with_settings
def find(settings, held, limit, as_json) -> None:
    """List the scans that you may see."""
    with opened(settings) as session:
        rows = session.rows("document_list", limit=limit, held=held)
    if as_json:
        show(rows)
        return
    for row in rows:
        size = f"{counted(row['pages'], 'page')}, {counted(row['regions'], 'region')}"
        marks = "  HELD BACK" * row["held"] + "  NO SCENE OR DAY" * row["date_unknown"]
        click.echo(f"{row['id']}  {row['name']}  {row['role']}  {size}{marks}")
    if not rows:
        click.echo("No scan here in what you may see.")


@documents.command("show")
@click.argument("document", type=click.UUID)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@json_option
@with_settings
def show_one(settings, document, page, as_json) -> None:
    """Show what is known of a document and what is written on one of its pages."""
    from sitereg import scans
    from sitereg.store.session import Json

    with opened(settings, "acting") as session:
        found = scans.page(session, document, page)
        session.call("log_read", action="document", object=document, detail=Json({"page": page}))
    if as_json:
        show(found)
        return
    click.echo(f"{found['name']}  {found['role']}  T{found['tier']}  {counted(found['pages'], 'page')}")
    click.echo(f"shows       {found['shows'] or '-'}{'  GRAPHIC' if found['graphic'] else ''}")
    click.echo(f"living      {found['living']}{'  HELD BACK' if found['held'] else ''}")
    if found["imagery"]:
        click.echo(f"image       scene {found['scene'] or 'not said'}, of {found['acquired'] or 'no day said'}")
    if one := found["camera"]:
        bearing = f", looking towards {one['bearing']:.0f} degrees" if one["bearing"] is not None else ""
        click.echo(f"taken from  {one['lat']:.5f}, {one['lon']:.5f} within {one['uncertainty_m']:,.0f} m{bearing}"
                   " (the camera, as the file says; never the place of a site)")
    for one in (found["page"] or {"regions": []})["regions"]:
        text = one["transcriptions"][0] if one["transcriptions"] else None
        said = f"[{text['language']}] {text['text']}" if text else "(not written down yet)"
        click.echo(f"{one['locator']}  {said}  ({counted(one['claims'], 'claim')})")


@documents.command()
@click.argument("document", type=click.UUID)
@click.argument("page", type=click.IntRange(1))
@click.option("--box", nargs=4, type=click.FloatRange(0, 100), required=True, metavar="LEFT TOP WIDTH HEIGHT",
              help="In hundredths of the page.")
@click.option("--text", metavar="TEXT", help="What stands there, word for word.")
@click.option("--language", default="ar", show_default=True)
@json_option
@with_settings
def region(settings, document, page, box, text, language, as_json) -> None:
    """Draw a region on a page; a claim cites it by its locator."""
    with opened(settings, "acting") as session:
        x, y, width, height = (one / 100 for one in box)
        made = session.one("draw_region", document=document, n=page, x=x, y=y, width=width, height=height)
        if text:
            session.call("transcribe", region=made["region"], text=text, language=language)
    made["locator"] = f"page {page}, region {made['n']}"
    show(made) if as_json else click.echo(f"{made['locator']}: {made['region']}")


@documents.command()
@click.argument("region", type=click.UUID)
@click.argument("text")
@click.option("--language", default="ar", show_default=True)
@with_settings
def transcribe(settings, region, text, language) -> None:
    """Write down anew what stands in a region; the earlier words stay."""
    with opened(settings, "acting") as session:
        session.call("transcribe", region=region, text=text, language=language)
    click.echo("Written down.")


@documents.command()
@click.argument("document", type=click.UUID)
@output_option
@leaving_options
@json_option
@with_settings
def release(settings, document, output, as_json, **asked) -> None:
    """Write a document that may leave; to whom it goes is recorded first. A confidential one (T2) waits for a releaser."""
    from sitereg import documents as work

    hand_over(settings, output, as_json, lambda session: work.release(session, document, **asked))


@documents.command()
@json_option
@with_settings
def releases(settings, as_json) -> None:
    """List the confidential documents that somebody asks to give out (releasers)."""
    from sitereg import documents as work

    with opened(settings) as session:
        rows = work.waiting(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        click.echo(f"{row['id']}  {row['data']['name']}  to {row['data']['recipient']}: {row['data']['purpose']}")
    if not rows:
        click.echo("Nothing waits for a releaser.")


@documents.command()
@click.argument("task", type=click.UUID)
@output_option
@json_option
@with_settings
def agree(settings, task, output, as_json) -> None:
    """Agree that a confidential document leaves, and write it (releasers; another person than the one who asked)."""
    from sitereg import documents as work

    hand_over(settings, output, as_json, lambda session: work.agree(session, task))


def hand_over(settings, output, as_json, act):
    """The file stands at `output`, new, once it is recorded who receives it; or what it waits for is said."""
    from sitereg import documents as work
    from sitereg.errors import BadInput

    if output.exists():
        raise BadInput("There is such a file already", where=str(output), do="Give another name.")
    with opened(settings, "acting") as session:
        made = act(session)
        if not made.get("waits"):
            data = work.leaving(session.settings, made)
            output.touch(mode=0o600, exist_ok=False)
            output.write_bytes(data)
    if as_json:
        show(made)
    elif made.get("waits"):
        click.echo(f"It is confidential: it waits for a releaser (sitereg documents agree {made['waits']} -o ...). Nothing left.")
    else:
        click.echo(f"{output}: disclosure {made['disclosure']}")
