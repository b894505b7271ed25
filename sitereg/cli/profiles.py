"""`sitereg profiles`: which profiles ship, what one says, whether a new one can be used."""

from pathlib import Path

import click

from sitereg.cli.options import json_option, show


@click.group()
def profiles() -> None:
    """How partners' files are read; docs/profiles.md says how one is written."""


@profiles.command("list")
@json_option
def list_(as_json) -> None:
    """List the profiles that ship, each with its format and what it is."""
    from sitereg.imports import profile

    found = [profile.load(name) for name in profile.shipped()]
    if as_json:
        show([{"name": one.name, "version": one.version, "title": one.title, "format": one.file.format, "subject": one.subject.kind}
              for one in found])
        return
    for one in found:
        click.echo(f"{one.name:<26} {one.file.format:<11} {one.subject.kind:<7} {one.title}")


@profiles.command("show")
@click.argument("name")
def show_(name) -> None:
    """Print a profile's text: the beginning of one of your own."""
    from sitereg.imports import profile

    click.echo(profile.find(name).read_text("utf-8").rstrip())


@profiles.command()
@click.argument("file", type=click.Path(exists=True))
@click.option("--subject", type=click.Choice(["site", "person"]), help="What a row speaks of; else what most columns tell of.")
@json_option
def propose(file, subject, as_json) -> None:
    """Propose a profile for FILE, from its headers (English, Arabic, French, Spanish) and cells; each column with the reason.

    What only a person knows (the source, its grade, the terms, how exact the places are) is left blank for you to fill in.
    """
    from datetime import UTC, datetime

    from sitereg.errors import BadInput
    from sitereg.imports import guessing, looking, mapping, spelling

    seen = looking.look(file)
    if seen.reading is None:
        raise BadInput("The file cannot be looked into", where=seen.file, do=seen.refused)
    today, rows = datetime.now(UTC).date(), seen.reading.rows
    both = {of: guessing.guess(seen.layers, rows, today, subject=of) for of in guessing.OF}
    subject = subject or guessing.subject_of(both["site"], both["person"])
    guesses = both[subject]
    choices = mapping.proposed(Path(seen.file).stem, guesses, subject)
    made = mapping.table(choices, mapping.file_keys(seen), seen.layers)
    if as_json:
        show({"columns": [one.as_dict() for one in guesses], "profile": made})
        return
    for one in guesses:
        click.echo(f"# {one.column}: {one.field}, since {one.told()}")
    click.echo(spelling.toml(made).rstrip())


@profiles.command()
@click.argument("name", metavar="NAME|FILE.toml")
@json_option
def check(name, as_json) -> None:
    """Check a profile; every fault is told with its key and line, and the exit code is then 1."""
    from sitereg.imports import profile

    made = profile.load(name)
    if as_json:
        show({"name": made.name, "version": made.version, "format": made.file.format, "columns": sorted(made.said)})
        return
    hidden = f"; exact places from T{made.exact_tier} on" if made.exact_tier > made.subject.tier else ""
    read = f"{made.file.format}, one {made.subject.kind} a row, T{made.subject.tier}{hidden}"
    click.echo(f"{made.name} {made.version} can be used: {read}")
    click.echo(f"columns that it reads: {', '.join(sorted(made.said))}")
    if made.compartments:
        click.echo(f"whoever imports by it holds: {', '.join(made.compartments)}")
