"""`sitereg persons`: find and show cases, without names."""
import functools

import click

from sitereg.cli import entering, words
from sitereg.cli.features import collection, logged, pages, place, said
from sitereg.cli.options import Day, json_option, limit_option, opened, show, with_settings
from sitereg.cli.words import counted


@click.group()
def persons() -> None:
    """Cases of missing persons, without names."""


persons.add_command(entering.person_add)


@persons.command()
@click.argument("code", required=False)
@click.option("--state", "states", multiple=True, metavar="CODE", help="In this case state; may be given again.")
@click.option("--event", "kinds", multiple=True, metavar="CODE", help="With an event of this kind; may be given again.")
@click.option("--site", metavar="CODE", help="With an event at this site.")
@click.option("--from", "from_", metavar="DAY", type=Day(today=False), help="The event may have been on or after.")
@click.option("--to", metavar="DAY", type=Day(today=False), help="The event may have been on or before.")
@limit_option
@click.option("--after", metavar="CODE", help="Go on after this code.")
@json_option
@with_settings
def find(settings, code, states, kinds, site, from_, to, limit, after, as_json) -> None:
    """Find cases, by CODE or by what is known of them."""
    from sitereg import persons as work

    filters = {"q": code, "states": list(states) or None, "kinds": list(kinds) or None, "site": site,
               "from": from_, "to": to}
    with opened(settings) as session:
        rows = pages(functools.partial(work.find, session, **filters), limit, after)
        logged(session, "persons_find", rows)
    answer = collection(rows, limit)
    if as_json:
        show(answer)
        return
    for row in rows:
        known = row["last_kind"]
        last = f"{said('event_kind', known)} {days(row['last_from'], row['last_to'])}" if known else "no event"
        click.echo(f"{row['code']}  {said('case_state', row['case_state'])}  {last}  {place(row)}")
    if answer["next"]:
        click.echo(f"There may be more: --after {answer['next']}")
    if not rows:
        click.echo("No case here in what you may see.")


@persons.command("show")
@click.argument("code")
@json_option
@with_settings
def show_one(settings, code, as_json) -> None:
    """Show one case: its states, what is known of it, its events in time."""
    from sitereg import persons as work

    with opened(settings) as session:
        page = work.show(session, code)
        if not page["merged_into"]:
            exact = any(one["shown_as"] == "exact" for one in page["events"])
            logged(session, "person", [{"code": page["code"], "shown_as": "exact"}] if exact else [], subject=page["id"])
    if as_json:
        show(page)
        return
    if page["merged_into"]:
        click.echo(f"{page['code']} was merged into {page['merged_into']}.")
        return
    click.echo(f"{page['code']}  {said('case_state', page['case_state'])}; {said('fate', page['fate'])};"
               f" {said('whereabouts', page['whereabouts'])}   T{page['tier']}, version {page['version']}")
    for fact in page["facts"]:
        click.echo(f"{fact['field']:<24} {words.value(fact['field'], fact['value'])}   ({fact['standing']},"
                   f" {counted(fact['origins'], 'origin')})")
    for event in page["events"]:
        where = event["site"] or (event["unit"] or {}).get("en") or ""
        day = words.days(event["at"] or event["began"] or "day not known")
        click.echo(f"{day}  {said('event_kind', event['kind'])}  {where}  {place(event)}"
                   f"  {event['reliability']}{event['credibility']}, {counted(event['origins'], 'origin')}")
    for one in page["companions"]:
        click.echo(f"{said('companion_kind', one['kind'])} {one['code']}")


def days(first, last):
    """The days between two, in words."""
    if first is None and last is None:
        return "(day not known)"
    return str(first) if first == last else f"{first or '...'} to {last or '...'}"
