"""`sitereg persons`: find and show cases; names apart, with a reason."""
import functools

import click

from sitereg.cli import entering, words
from sitereg.cli.features import collection, logged, one_page, pages, place, said
from sitereg.cli.options import Day, json_option, limit_option, opened, show, with_settings
from sitereg.cli.words import counted


@click.group()
def persons() -> None:
    """Cases of missing persons, without names."""


persons.add_command(entering.person_add)


def filtered(command):
    """The command takes the filters of persons.find and is called with `filters`."""

    @click.option("--state", "states", multiple=True, metavar="CODE", help="In this case state; may be given again, as all.")
    @click.option("--fate", "fates", multiple=True, metavar="CODE", help="With this fate: unknown, alive, dead.")
    @click.option("--whereabouts", multiple=True, metavar="CODE", help="With this of the whereabouts: unknown, area_known, ...")
    @click.option("--sex", "sexes", multiple=True, metavar="CODE", help="Sex as recorded; unknown: none is.")
    @click.option("--age", "ages", multiple=True, metavar="CODE", help="May have been of this age then: age_0_4, age_5_11, ...")
    @click.option("--circumstance", "circumstances", multiple=True, metavar="CODE", help="Went missing in this way.")
    @click.option("--event", "kinds", multiple=True, metavar="CODE", help="With an event of this kind.")
    @click.option("--governorate", "adm1", multiple=True, metavar="PCODE", help="The event may lie in it (SY07); none: not known.")
    @click.option("--site", metavar="CODE", help="With an event at this site.")
    @click.option("--from", "from_", metavar="DAY", type=Day(today=False), help="The event may have been on or after.")
    @click.option("--to", metavar="DAY", type=Day(today=False), help="The event may have been on or before.")
    @functools.wraps(command)
    def wrapped(*args, site, from_, to, states, fates, whereabouts, sexes, ages, circumstances, kinds, adm1, **more):
        many = {"states": states, "fates": fates, "whereabouts": whereabouts, "sexes": sexes, "ages": ages,
                "circumstances": circumstances, "kinds": kinds, "adm1": adm1}
        filters = {name: list(codes) or None for name, codes in many.items()}
        return command(*args, filters={**filters, "site": site, "from": from_, "to": to}, **more)

    return wrapped


@persons.command()
@click.argument("code", required=False)
@click.option("--name", metavar="WORDS", help="Whose name is these words or sounds like them, in either script; needs --reason.")
@click.option("--reason", help="What the name is needed for; stands in the read log.")
@filtered
@limit_option
@click.option("--after", metavar="CODE", help="Go on after this code.")
@json_option
@with_settings
def find(settings, code, name, reason, filters, limit, after, as_json) -> None:
    """Find cases, by CODE or by what is known of them; no name is shown."""
    from sitereg import persons as work

    filters["q"] = code
    with opened(settings) as session:
        if name is not None:
            found = work.named(session, name, reason=reason)
            filters["ids"] = list(found.ids)
            if found.more:
                click.echo(f"More than {work.MOST_NAMED:,} cases carry such a name: add a word of it.", err=True)
        rows = pages(functools.partial(work.find, session, **filters), limit, after)
        if name is not None:
            rows = found.ranked(rows)
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
    """Show one case: its states, what is known of it, its events in time, what may not be concluded."""
    from sitereg import persons as work

    with opened(settings) as session:
        page = work.show(session, code)
        if not page["merged_into"]:
            exact = any(one["shown_as"] == "exact" for one in page["events"])
            logged(session, "person", [{"code": page["code"], "shown_as": "exact"}] if exact else [], subject=page["id"])
    one_page(page, as_json, tell)


def tell(page) -> None:
    """A case is told line by line."""
    from sitereg import cautions

    click.echo(f"{page['code']}  {said('case_state', page['case_state'])}   T{page['tier']}, version {page['version']}")
    click.echo(f"fate: {said('fate', page['fate'])}\nwhereabouts: {said('whereabouts', page['whereabouts'])}")
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
    for one in page["cautions"]:
        click.echo(f"* {cautions.ENGLISH[one]}")


@persons.command("names")
@click.argument("code")
@click.option("--reason", required=True, help="What the names are needed for; stands in the read log with who opened them.")
@json_option
@with_settings
def names_of(settings, code, reason, as_json) -> None:
    """Open the names of one case, for holders of the compartment `names`."""
    from sitereg import persons as work

    with opened(settings, "acting") as session:
        rows = work.names_of(session, code, reason=reason)
    if as_json:
        show(rows)
        return
    for row in rows:
        click.echo(f"{said('predicate', row['field'])}: {row['text']}   ({row['reliability']}{row['credibility']},"
                   f" recorded {row['recorded']})")
    if not rows:
        click.echo("No name of this case here in what you may see.")


def days(first, last):
    """The days between two, in words."""
    if first is None and last is None:
        return "(day not known)"
    return str(first) if first == last else f"{first or '...'} to {last or '...'}"
