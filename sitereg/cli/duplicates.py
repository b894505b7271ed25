"""`sitereg duplicates`: possible duplicates of sites and persons: found, shown, linked, told apart, undone."""
import click

from sitereg.cli.options import json_option, limit_option, opened, show, with_settings

KINDS = ("sites", "persons")
SAID = {"name": "names", "place": "places, km apart", "area": "areas", "born": "births", "days": "days", "kind": "kinds",
        "sex": "sex", "listed": "outside lists"}


def of_kind(command):
    """The command takes --kind and --names-for."""
    named = click.option("--names-for", metavar="WORDS", help="Of persons: what their names are compared for; stands in the log.")
    return click.option("--kind", type=click.Choice(KINDS), default="sites", show_default=True, help="What is compared.")(
        named(command))


@click.group()
def duplicates() -> None:
    """Records that may be one thing, or a part of one: proposals only, nothing is merged."""


@duplicates.command()
@of_kind
@click.option("--governorate", "adm1", metavar="PCODE", help="Of this governorate only, such as SY07.")
@limit_option
@json_option
@with_settings
def find(settings, kind, names_for, adm1, limit, as_json) -> None:
    """Find pairs among all that you may see, the likeliest first, but for those that were settled."""
    from sitereg import duplicates as work

    with opened(settings) as session:
        found = work.find(session, kind, reason=names_for, adm1=adm1, limit=limit)
    if as_json:
        show([one.as_dict() for one in found])
        return
    for one in found:
        line(one)
    if not found:
        click.echo("No possible duplicates in what you may see.")


@duplicates.command("show")
@click.argument("one")
@click.argument("other")
@of_kind
@json_option
@with_settings
def show_one(settings, one, other, kind, names_for, as_json) -> None:
    """Show what speaks for and against ONE and OTHER being one thing."""
    from sitereg import duplicates as work

    with opened(settings) as session:
        made = work.show(session, kind, one, other, reason=names_for)
    if as_json:
        show(made.as_dict())
        return
    line(made)
    for what, bits, said in made.parts:
        told = ", ".join(said) if isinstance(said, tuple) else said
        click.echo(f"  {bits:+5.1f}  {SAID.get(what, what)}: {told}")


def line(one):
    what = "may be the same" if one.suggests == "same_as" else "one may be part of the other"
    click.echo(f"{one.one}  {one.other}  {one.bits:.1f} bits{', strong' if one.strong else ''}: {what}")


@duplicates.command()
@click.option("--kind", type=click.Choice(KINDS), default="sites", show_default=True, help="What was compared.")
@json_option
@with_settings
def settled(settings, kind, as_json) -> None:
    """List what was settled of pairs, by whom and why."""
    from sitereg import duplicates as work

    with opened(settings) as session:
        rows = work.settled(session, kind)
    if as_json:
        show(rows)
        return
    for row in rows:
        click.echo(f"{row['one']}  {row['state']}  {row['other']}  {row['at']:%Y-%m-%d}  {row['by']}: {row['reason']}")
    if not rows:
        click.echo("Nothing was settled of what you may see.")


def settling(name, to, told):
    """A command that settles a pair so."""

    @duplicates.command(name, help=told)
    @click.argument("one")
    @click.argument("other")
    @click.option("--kind", type=click.Choice(KINDS), default="sites", show_default=True, help="What is compared.")
    @click.option("--reason", required=True, help="Why.")
    @json_option
    @with_settings
    def command(settings, one, other, kind, reason, as_json) -> None:
        from sitereg import duplicates as work

        with opened(settings, "acting") as session:
            done = work.settle(session, kind, one, other, to=to, reason=reason)
        if as_json:
            show({"state": done.state, "decision": done.decision})
        else:
            click.echo(f"Settled: {to}. `sitereg duplicates undo` takes it back.")

    return command


settling("link", "same_as", "ONE and OTHER are the same: they are linked, and stay two records.")
settling("part-of", "part_of", "ONE is part of OTHER (a wing, a row of graves, the same perimeter): they are linked.")
settling("reject", "different", "ONE and OTHER are different: they are not proposed again before one of them changes.")
settling("undo", "open", "What was settled of ONE and OTHER is undone: they are proposed again.")
