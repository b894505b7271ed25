"""What the four forms share in the shell: what is asked once, how a sheet is read back, refused or written."""
import functools
import hashlib
import json
import sys
from pathlib import Path
from uuid import UUID, uuid4

import click

from sitereg import vocab
from sitereg.cli.options import json_option, opened, show, with_settings
from sitereg.cli.words import counted
from sitereg.errors import BadInput

ONCE = (
    ("--who", "who_type", "source_type", "Who tells it."), ("--knows", "who_connection", "source_connection", "How they know it."),
    ("--before", "before", None, "The number of an earlier sheet of theirs: both then count as one origin."),
    ("--partner", "partner", None, "The office or partner for whom it is taken down."),
    ("--terms", "terms", None, "The agreement, or what was promised."),
    ("--consent", "consent", "consent_state", "What they said when asked."),
    ("--legal-basis", "legal_basis", "legal_basis", "Why it may be kept."), ("--tier", "tier", ("1", "2"), "Who may see it."))
FROM_HELP = "Take fields from a JSON object ({field: text}; - for stdin): what should not stand in the history of a shell."


def code(scheme):
    """The type of an option that takes a term, or any text."""
    if scheme is None:
        return str
    return click.Choice(list(scheme if isinstance(scheme, tuple) else vocab.SCHEMES[scheme].codes()))


def asked_once(command):
    """The command takes what a sheet asks once, --from, --check and --json; it is called with settings, typed, check, as_json."""

    @click.option("--from", "source", metavar="FILE", type=click.Path(allow_dash=True, dir_okay=False), help=FROM_HELP)
    @click.option("--use", "uses", multiple=True, type=code("permitted_use"), help="What the terms permit; may be given again.")
    @click.option("--covers", "scope", multiple=True, type=code("consent_scope"),
                  help="What the consent covers; may be given again. What is not named counts as no.")
    @click.option("--check", is_flag=True, help="Say how it is understood, and write nothing.")
    @json_option
    @with_settings
    @functools.wraps(command)
    def wrapped(*args, settings, source, check, as_json, **given):
        typed = {**(fields_of(source) if source else {}), **{name: list(one) if isinstance(one, tuple) else one
                                                              for name, one in given.items() if one}}
        return command(*args, settings=settings, typed=typed, check=check, as_json=as_json)

    for flag, name, scheme, said in reversed(ONCE):
        wrapped = click.option(flag, name, type=code(scheme), help=said)(wrapped)
    return wrapped


def fields_of(path):
    """The JSON object in a file, or from stdin."""
    try:
        found = json.loads(sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput("There is no such file", where=path) from None
    except ValueError as error:
        raise BadInput("This is no JSON", where=path, do="Give one object: {\"who_type\": ..., ...}.") from error
    if not isinstance(found, dict):
        raise BadInput("This is no JSON object", where=path, do="Give one object: {\"who_type\": ..., ...}.")
    return found


def once_of(words):
    """The number of sending that these bytes have: the same file again writes nothing."""
    return UUID(bytes=hashlib.sha256(words).digest()[:16])


def carry_out(settings, form, typed, *, rows=(), once=None, check, as_json, aloud=True):
    """The sheet is read and, unless only checked or not yet read aloud, written; what was understood is said either way."""
    from sitereg import entering

    with opened(settings, "acting") as session:
        sheet = entering.read(session, form, typed, rows=rows, once=once or uuid4())
        if sheet.problems:
            offer(sheet, err=True)
            raise BadInput("The sheet is not complete", problems=sheet.problems, do="Nothing was written.")
        made = entering.write(session, sheet) if aloud and not check else None
    if as_json:
        back = {locale: [one.words for one in entering.lines(sheet, locale)] for locale in ("ar", "en")} if sheet.rows else None
        show({"written": made, "understood": understood(sheet), "read_back": back})
        return
    if made is None:
        tell_understood(sheet)
        click.echo("Nothing was written." if check else
                   "Nothing is written yet: read it aloud, and send it again with --read-aloud once they agree.")
        return
    tell_understood(sheet)
    tell(made)


def tell(made):
    """What came of a sheet: its number first."""
    click.echo(f"receipt {made.receipt}" + (" (sent before; nothing more was written)" if made.already else ""))
    if made.report:
        click.echo(f"report {made.report}, waits to be sorted")
    for subject, new, line in made.subjects:
        click.echo(f"{subject}  {'new' if new else 'stood before'}{f', line {line}' if line else ''}")
    if made.claims:
        click.echo(f"{counted(len(made.claims), 'claim')} recorded")


def tell_understood(sheet):
    """The read-back of a testimony, or how place and days of another sheet were read."""
    from sitereg import entering

    if sheet.rows:
        for locale in ("ar", "en"):
            click.echo("\n".join(one.words for one in entering.lines(sheet, locale)) + "\n")
    else:
        for name, one in understood(sheet).items():
            click.echo(f"{name:<12}{one['read']}")
    offer(sheet)


def understood(sheet):
    """{field: {said, read}} of places and days."""
    told = {name: {"said": one.said, "read": place(one)} for name, one in sheet.places.items() if one.said}
    return told | {name: {"said": one.verbatim, "read": days(one)} for name, one in sheet.days.items()}


def place(reading):
    """What a place was read as, with how far off it may be."""
    one = reading.place
    if one is None:
        return "kept as words, without a place" if reading.state == "words" else "can be read in more than one way"
    return choice(one)


def choice(one):
    name = next(iter(one.names.values()), "")
    spot = f"{one.lat:.5f}, {one.lon:.5f} +-{one.uncertainty_m:,.0f} m" if one.lon is not None else one.code
    where = f"in {one.unit['en']}" if one.unit and one.unit.get("en") else ""
    return " ".join(part for part in (one.kind, name, spot, where) if part)


def days(found):
    """The days that were read, or that the words are kept."""
    if not found.found:
        return "kept as words, without a day"
    if found.earliest == found.latest:
        return str(found.earliest)
    return f"{found.earliest or '...'} to {found.latest or '...'}"


def offer(sheet, *, err=False):
    """What else a place may mean, and how to say so; nothing of it was taken."""
    for name, one in sheet.places.items():
        if one.place is None and (one.choices or one.state == "choose"):
            click.echo(f"{name}: if it is one of these, give {name}_pick in the file, or --pick:", err=err)
            for each in one.choices:
                click.echo(f"  {each.key}  {choice(each)}", err=err)
            if one.state == "choose":
                click.echo("  words  keep it as it was said, without a place", err=err)


def options(*given):
    """The command takes these options: (flag, field, scheme or None, help)."""

    def around(command):
        for flag, name, scheme, said in reversed(given):
            command = click.option(flag, name, type=code(scheme), help=said)(command)
        return command

    return around


PLACE = (("--place", "place", None, "Where: a name, coordinates, a pasted pin, the code of a site."),
         ("--pick", "place_pick", None, "Which of the places offered is meant; `words` keeps it as it was said."))


PARAPHRASE = ("--paraphrase", "paraphrase", None, "Of an insider: the same in other words, for those who may not read theirs.")


@click.command("add")
@options(("--kind", "kind", "site_kind", "What it is said to be."), ("--name", "name", None, "Its name."),
         ("--other-name", "name_other", None, "Another name or spelling."), *PLACE,
         ("--began", "began", None, "Since when, as it was said."),
         ("--ended", "ended", None, "Until when, as it was said."),
         ("--building", "building", "building", "What kind of building."),
         ("--note", "words", None, "What else was told of it."), PARAPHRASE)
@asked_once
def site_add(**given) -> None:
    """Enter a new site from what was told: reported, ungraded, with its receipt."""
    carry_out(given.pop("settings"), "site", given.pop("typed"), **given)


@click.command("add")
@options(("--sex", "sex", "sex", "Sex, if it was said."), ("--birth", "birth", None, "When they were born, as it was said."),
         ("--circumstance", "circumstance", "circumstance", "How they went missing."),
         ("--what", "what", "event_kind", "What happened to them last."),
         ("--when", "when", None, "When that was, as it was said."), *PLACE)
@click.option("--asked", "asked", flag_value="yes", help="Somebody close asks us to search: the case is open.")
@asked_once
def person_add(**given) -> None:
    """Enter a new person from what was told. Names, numbers and notes come by --from, never by the command line."""
    carry_out(given.pop("settings"), "person", given.pop("typed"), **given)
