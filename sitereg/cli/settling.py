"""What would settle a site, in lines of the shell: the guards of each next state read backwards."""
import click

from sitereg.cli.features import said
from sitereg.cli.guards import way
from sitereg.cli.options import json_option, limit_option, opened, show, with_settings
from sitereg.cli.words import counted

SCHEMES = {"verification": "verification_level", "protection": "protection_status"}


@click.command()
@click.argument("code")
@json_option
@with_settings
def settle(settings, code, as_json) -> None:
    """Say what would settle a site: each next state of its kinds and of its protection, and what is lacking for it.

    Judged as if every claim that you see were cited. A proposal: `sitereg decisions decide`; a question: `sitereg inquiries open`.
    """
    from sitereg import decisions as work

    with opened(settings) as session:
        rows = work.settle(session, code)
    if as_json:
        show(rows)
        return
    last = None
    for row in rows:
        of = (row["machine"], row["aspect"])
        if of != last:
            named = said("site_kind", row["aspect"]) if row["aspect"] else "protection"
            waits = " (a proposal waits)" if row["proposed"] else ""
            click.echo(f"{named}: {state(row)}{waits}")
        last = of
        step(row)
    if not rows:
        click.echo("Nothing could be settled in what you may see.")


@click.command()
@click.option("--kind", "kinds", multiple=True, metavar="CODE", help="Of this kind; may be given again.")
@click.option("--state", "states", multiple=True, type=click.Choice(["reported", "suspected", "probable"]),
              help="Known this well now.")
@click.option("--governorate", "adm1", multiple=True, metavar="PCODE", help="In this governorate, such as SY07.")
@limit_option
@json_option
@with_settings
def nearest(settings, kinds, states, adm1, limit, as_json) -> None:
    """List the sites whose next level up lacks least, with what is lacking."""
    from sitereg import decisions as work

    with opened(settings) as session:
        rows = work.nearest(session, kinds=kinds, states=states, adm1=adm1, limit=limit)
    if as_json:
        show(rows)
        return
    for row in rows:
        name = row["names"].get("en") or next(iter(row["names"].values()), "-")
        where = f" ({row['place_en']})" if row["place_en"] else ""
        click.echo(f"{row['code']}  {name}{where}  {said('site_kind', row['kind'])}: {state(row)}")
        step(row)
    if not rows:
        click.echo("Nothing could be settled in what you may see.")
    elif rows[0]["judged"] < rows[0]["fit"]:
        click.echo(f"The {rows[0]['judged']} best supported of {rows[0]['fit']} that fit were judged; narrow it to see others.")


def state(row):
    """The state in force in words."""
    return said(SCHEMES[row.get("machine", "verification")], row["from_state"]) if row["from_state"] else "new"


def step(row):
    """One next state: its name, who else must approve, and each thing that is lacking on a line of its own."""
    more = f", {counted(row['approvals'], 'approval')}" if row["approvals"] else ""
    mine = "" if row["may"] else ", not your role"
    lacks = [line for guard in row["guards"] if not guard["met"] for line in lines(guard)]
    click.echo(f"  -> {row['to_state']}{more}{mine}: {(lacks and 'lacks') or 'ready'}")
    for one in lacks:
        click.echo(f"       {one}")


def lines(guard):
    """What a guard lacks: its pieces by way, or its own words; what the form says is marked."""
    told = [", ".join(f"{one['words']} ({one['have']} of {one['want']})" for one in pieces if one["have"] < one["want"])
            for pieces in guard["ways"]]
    ways = told if told else [guard["needs"]]
    mark = " (said with the proposal)" if guard["in_form"] else ""
    shell = f"   [{way(guard['guard'])}]" if way(guard["guard"]) else ""
    return [f"{'or ' if n else ''}{one}{mark}{shell if n == len(ways) - 1 else ''}" for n, one in enumerate(ways)]
