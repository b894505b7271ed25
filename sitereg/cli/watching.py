"""`sitereg sites watch`, `unwatch` and `watched`: what changed at sites since one last looked."""
import click

from sitereg.cli.features import said
from sitereg.cli.options import json_option, opened, show, with_settings
from sitereg.cli.words import counted

MORE = {"claims": ("claim", " recorded"), "ended": ("claim", " ended"), "decisions": ("decision", ""), "visits": ("visit", ""),
        "measures": ("measure", ""), "disturbances": ("disturbance", "")}
STATES = {"protection": "protection_status"}


@click.command()
@click.argument("code")
@with_settings
def watch(settings, code) -> None:
    """Watch a site: `sites watched` tells what changed there since you looked. Nobody else is told."""
    from sitereg import watches

    with opened(settings, "acting") as session:
        watches.add(session, site_of(session, code))
    click.echo("You watch it.")


@click.command()
@click.argument("code")
@with_settings
def unwatch(settings, code) -> None:
    """Watch a site no more."""
    from sitereg import watches

    with opened(settings, "acting") as session:
        watches.end(session, site_of(session, code))
    click.echo("You watch it no more.")


@click.command()
@click.option("--seen", is_flag=True, help="What stands there now has been seen: next time only what is newer is told.")
@json_option
@with_settings
def watched(settings, seen, as_json) -> None:
    """List the sites that you watch, with what changed since you looked."""
    from sitereg import watches

    with opened(settings, "acting" if seen else "reading") as session:
        rows = watches.listed(session)
        if seen:
            watches.looked(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        name = row["names"].get("en") or row["names"].get("ar") or "-"
        told = "your clearance changed: look anew" if row["anew"] else "; ".join(map(change, row["changes"])) or "nothing new"
        click.echo(f"{row['code']}  {name}  since {row['seen_at']:%Y-%m-%d}: {told}")
    if not rows:
        click.echo("You watch no site.")


def site_of(session, code):
    """The id of a site, of what it became where it was merged."""
    from sitereg import sites

    page = sites.show(session, code)
    return page["id"] if not page["merged_into"] else sites.show(session, page["merged_into"])["id"]


def change(one):
    """One thing that changed, in words."""
    if one["what"] in MORE:
        noun, rest = MORE[one["what"]]
        return counted(one["now"], noun) + rest
    if one["what"] == "kind":
        was, now = (said("verification_level", one[name]) for name in ("was", "now"))
        return f"{said('site_kind', one['kind'])}: {was} -> {now}"
    if one["what"] in STATES:
        return f"{said(STATES[one['what']], one['was'])} -> {said(STATES[one['what']], one['now'])}"
    return f"{one['what'].replace('_', ' ')}: {one['was'] or '-'} -> {one['now'] or '-'}"
