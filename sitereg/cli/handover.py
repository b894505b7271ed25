"""`sitereg handover`: what a successor institution may have: asked for, agreed by a releaser, made, verified offline."""
import sys
from pathlib import Path

import click

from sitereg import vocab
from sitereg.cli.options import Day, json_option, opened, show, with_settings
from sitereg.cli.sharing import leaving_options
from sitereg.errors import BadInput


@click.group()
def handover() -> None:
    """Hand over to a successor institution what it may have, and verify what was handed over."""


@handover.command()
@leaving_options
@click.option("--partner", type=click.UUID, help="A partner of the registry, where the successor is one.")
@json_option
@with_settings
def ask(settings, as_json, **asked) -> None:
    """Ask a releaser, another person, to agree to a hand-over of all that you see and its sources agree to."""
    from sitereg import packages

    with opened(settings, "acting") as session:
        package = packages.begin_hand_over(session, **asked)
    if as_json:
        show({"package": package})
    else:
        click.echo(f"Asked. A releaser agrees: sitereg packages agree {package} --why ...")


@handover.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--package", type=click.UUID, help="Which hand-over (else the only one that was agreed).")
@json_option
@with_settings
def make(settings, folder, package, as_json) -> None:
    """Make a hand-over that was agreed as FOLDER: once, by one of the two persons, as the registry's own OS user."""
    from sitereg import packages

    if package is None:
        with opened(settings) as session:
            ready = [one["id"] for one in packages.listed(session, kind="hand_over") if one["state"] == "agreed"]
        if len(ready) != 1:
            raise BadInput("Say which hand-over" if ready else "No hand-over was agreed that you may make",
                           where="--package", do="Look with `sitereg packages list`.")
        package = ready[0]
    manifest, key = packages.handover.make(lambda: opened(settings, "acting"), settings, folder, package)
    if as_json:
        show({"folder": str(folder), "fingerprint": key, "counts": manifest["counts"], "files": len(manifest["files"])})
        return
    told = ", ".join(f"{number} {name}" for name, number in manifest["counts"].items() if number)
    click.echo(told or "Nothing may be handed over.")
    click.echo(f"Made: {folder}. The key's fingerprint, to be told by another road: {key}")


@handover.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--fingerprint", metavar="TEXT", help="Of the key, as you were told it by another road.")
def verify(folder, fingerprint) -> None:
    """Verify a hand-over or a package as its own verifier does: 0 sound, 2 changed, 3 cannot be decided."""
    from sitereg.packages import verifier

    sys.exit(verifier.main([str(folder), *(["--fingerprint", fingerprint] if fingerprint else [])]))


@handover.command()
@click.argument("source", type=click.UUID)
@click.argument("answer", type=click.Choice(list(vocab.HandOverAnswer.codes())))
@click.option("--asked", required=True, type=click.Choice(list(vocab.AskedWhom.codes())), help="Who was asked, in kind.")
@click.option("--on", "on_day", required=True, type=Day(), metavar="DAY", help="When they were asked, or answered.")
@click.option("--named", is_flag=True, help="They agree to be named in the hand-over.")
@click.option("--note", metavar="TEXT", help="How they were asked; no name.")
@json_option
@with_settings
def asked(settings, source, answer, asked, on_day, named, note, as_json) -> None:
    """Record whom you asked whether a successor may have what SOURCE said, and the ANSWER (of witnesses: source handlers)."""
    from sitereg import succession

    with opened(settings, "acting") as session:
        on_day = session.value("today") if on_day == "today" else on_day
        succession.ask(session, source, answer=answer, asked=asked, on=on_day, named=named, note=note)
    if as_json:
        show({"source": source, "answer": answer})
    else:
        click.echo(f"Recorded: {vocab.label('hand_over_answer', answer)}.")


@handover.command()
@click.option("--open", "unanswered", is_flag=True, help="Only those without an answer.")
@json_option
@with_settings
def sources(settings, unanswered, as_json) -> None:
    """List the sources with whether what they said may be handed over, or why not."""
    from sitereg import succession

    with opened(settings) as session:
        rows = succession.answers(session, open=unanswered)
    if as_json:
        show(rows)
        return
    for row in rows:
        goes = "may be handed over, named" if row["named"] else "may be handed over"
        stands = goes if row["allows"] else f"stays: {row['reason'].replace('_', ' ')}"
        when = f"  ({row['on_day']}, {row['by']})" if row["answer"] else ""
        click.echo(f"{row['source']}  {row['type']}  {row['claims']}  {stands}{when}")
    if not rows:
        click.echo("There is no source without an answer." if unanswered else "There is no source that you may ask.")
