"""`sitereg agreements`: what was agreed with partners, kept by the database; what falls due, and what rests on one."""
from pathlib import Path

import click

from sitereg import vocab
from sitereg.cli.options import Day, json_option, opened, show, with_settings
from sitereg.cli.words import counted
from sitereg.errors import Refused

SEVERAL = (("--class", "classes", vocab.LegalClass), ("--purpose", "purposes", vocab.PermittedUse),
           ("--audience", "audiences", vocab.Audience), ("--kind", "kinds", vocab.DataKind))
DUE = {"review": "to be reviewed", "expiry": "last day", "retention": "to be given back or erased"}
STATES = {"draft": "waits for approval", "in_force": "in force", "over": "OVER"}


@click.group()
def agreements() -> None:
    """What was agreed with partners: kept by the registry itself."""


def terms_options(command):
    """The command takes the terms of an agreement."""
    for flag, name, scheme in SEVERAL:
        command = click.option(flag, name, multiple=True, required=True, type=click.Choice(list(scheme.codes())))(command)
    for flag, name, scheme in (("--precision", "precision", vocab.SharedPrecision), ("--onward", "onward", vocab.OnwardSharing)):
        command = click.option(flag, name, required=True, type=click.Choice(list(scheme.codes())))(command)
    command = click.option("--retention-months", type=click.IntRange(0, 1200), required=True)(command)
    for flag, must in (("--signed-on", True), ("--review-on", True), ("--expires-on", False)):
        command = click.option(flag, type=Day(today=False), required=must)(command)
    for flag in ("--signed-by-them", "--signed-by-us"):
        command = click.option(flag, required=True, metavar="WORDS")(command)
    return command


@agreements.command()
@click.option("--partner", "names", multiple=True, metavar="LANG=NAME", help="With whom: en=..., ar=...")
@click.option("--title", metavar="WORDS")
@click.option("--version-of", "agreement", type=click.UUID, help="Another version of this agreement.")
@click.option("--paper", type=click.Path(exists=True, dir_okay=False), help="The signed paper, kept as a document.")
@click.option("--tier", type=click.IntRange(1, 2), default=1, show_default=True)
@click.option("--compartment", "compartments", multiple=True)
@click.option("--why", required=True, metavar="TEXT")
@terms_options
@json_option
@with_settings
def add(settings, names, title, agreement, paper, tier, compartments, why, as_json, **terms) -> None:
    """Write down an agreement, or another version of one; two others approve it before it stands."""
    from sitereg import agreements as work
    from sitereg import documents

    partner = dict(one.partition("=")[::2] for one in names) or None
    said = {name: list(value) if isinstance(value, tuple) else value if isinstance(value, int) or value is None else str(value)
            for name, value in terms.items()}
    with documents.room() as room, opened(settings, "acting") as session:
        staged = documents.stage(Path(paper), room).main if paper else None
        made = work.add(session, said, why=why, partner=partner, title=title, agreement=agreement, tier=tier,
                        compartments=compartments, paper=staged and staged.told("file"))
        if staged:
            documents.store(settings, staged.path, staged.sha256)
    if as_json:
        show(made)
    else:
        click.echo(f"{made['agreement']}  version {made['n']} ({made['version']}) waits for two persons who approve it.")


@agreements.command("list")
@json_option
@with_settings
def list_all(settings, as_json) -> None:
    """List agreements, what falls due, and what stands under none."""
    from sitereg import agreements as work

    with opened(settings) as session:
        rows = work.find(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        waits = "  a version waits for approval" if row["waits"] and row["state"] != "draft" else ""
        click.echo(f"{row['agreement']}  {named(row['partner'])}  {row['title']}  {STATES[row['state']]}{waits}")
    for day, what, row in work.calendar(rows):
        click.echo(f"{day}  {DUE[what]}  {named(row['partner'])}")
    if not rows:
        click.echo("There is no agreement that you may see.")


@agreements.command("show")
@click.argument("agreement", type=click.UUID)
@json_option
@with_settings
def show_one(settings, agreement, as_json) -> None:
    """Show the versions of one: its terms, who approved each, how it ended."""
    from sitereg import agreements as work

    with opened(settings) as session:
        found = work.show(session, agreement)
    if as_json:
        show(found)
        return
    click.echo(f"{named(found['partner'])}: {found['title']}  {STATES[found['state']]}")
    for one in found["versions"]:
        approved = ", ".join(each["by"] for each in one["approvals"]) or "nobody yet"
        click.echo(f"version {one['n']} ({one['id']})  signed {one['signed_on']}  until {one['expires_on'] or 'no day'}  "
                   f"review {one['review_on']}  written by {one['by']}, approved by {approved}")
        for flag, name, scheme in SEVERAL:
            click.echo(f"  {flag[2:]:<10} {'; '.join(vocab.label(scheme.scheme(), code) for code in one[name])}")
        click.echo(f"  precision  {vocab.label('shared_precision', one['precision'])}; onward: "
                   f"{vocab.label('onward_sharing', one['onward'])}; kept {one['retention_months']} months after its end")
        if one["end"]:
            click.echo(f"  ended      {one['end']['at']}  {vocab.label('agreement_end', one['end']['kind'])}: {one['end']['why']}")


@agreements.command()
@click.argument("version", type=click.UUID)
@json_option
@with_settings
def approve(settings, version, as_json) -> None:
    """Approve a version that somebody else wrote; by the second approval it stands."""
    from sitereg import agreements as work

    with opened(settings, "acting") as session:
        made = work.approve(session, version)
    if as_json:
        show(made)
    else:
        click.echo("It stands." if made["stands"] else "Approved; another person approves it too.")


@agreements.command()
@click.argument("agreement", type=click.UUID)
@click.option("--by", type=click.Choice(["by_them", "by_us"]), required=True, help="Whose act it is.")
@click.option("--why", required=True, metavar="TEXT")
@click.option("--yes", is_flag=True, help="Do not ask: what rests on it was read already.")
@json_option
@with_settings
def withdraw(settings, agreement, by, why, yes, as_json) -> None:
    """End an agreement at once: nothing that it brought is shown any more; what rests on it is listed first."""
    from sitereg import agreements as work

    with opened(settings) as session:
        below = work.downstream(session, agreement)
    if not yes:
        if as_json:
            raise Refused("Nothing was done: what rests on it is to be read first", guard="confirm",
                          needs="Read `sitereg agreements downstream`, then say --yes.")
        told(below)
        if not click.confirm("All of this will be shown to nobody. Withdraw it?", err=True):
            raise Refused("Nothing was recorded", guard="confirm")
    with opened(settings, "acting") as session:
        work.withdraw(session, agreement, by=by, why=why)
    if as_json:
        show({"agreement": agreement, "downstream": below})
    else:
        click.echo("It is over: nothing that it brought is shown, shared or taken in.")


@agreements.command()
@click.argument("agreement", type=click.UUID)
@json_option
@with_settings
def downstream(settings, agreement, as_json) -> None:
    """List all that rests on one: batches, claims, records, links, what left to whom, the tasks that its end opened."""
    from sitereg import agreements as work

    with opened(settings) as session:
        below = work.downstream(session, agreement)
    if as_json:
        show(below)
    else:
        told(below)


@agreements.command()
@json_option
@with_settings
def without(settings, as_json) -> None:
    """List by partner what stands under no agreement: from before, since, and of individuals, who need none."""
    from sitereg import agreements as work

    with opened(settings) as session:
        rows = work.without(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        click.echo(f"{named(row['partner'])}  from before {row['before']}  since {row['since']}  "
                   f"of individuals {row['individuals']}")
    if not rows:
        click.echo("Everything that you may see stands under an agreement.")


def told(below):
    for one in below["batches"]:
        click.echo(f"batch     {one['id']}  {one['file']}  {one['state']}")
    for one in below["sources"]:
        click.echo(f"source    {one['id']}  {named(one['label'])}  {vocab.label('legal_class', one['class'])}")
    click.echo(f"in all    {counted(below['claims'], 'claim')}, {counted(below['reports'], 'report')}, "
               f"{counted(below['sheets'], 'sheet')}, {counted(below['documents'], 'document')}, "
               f"{counted(below['links'], 'case')} with lines of inquiry")
    for one in below["records"]:
        alone = "  nobody else told of it" if one["alone"] else ""
        click.echo(f"record    {one['code']}  {counted(one['claims'], 'claim')}{alone}")
    for one in below["left"]:
        click.echo(f"left      {one['at']}  {one['recipient']}: {one['purpose']}  {counted(one['records'], 'record')}")
    for one in below["tasks"]:
        click.echo(f"task      {one['role']}  {one['due'] or '-'}  {one['why']}")


def named(names):
    return names.get("en") or next(iter(names.values()), "-")
