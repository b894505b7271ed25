"""`sitereg search`: sites, places and persons by name, however it is written and in either script."""
import click

from sitereg.cli.options import json_option, limit_option, opened, show, with_settings

KINDS = ("sites", "places", "persons")


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only these; may be given again.")
@click.option("--reason", help="What a person's name is needed for: persons are then sought by name too. Stands in the read log.")
@limit_option
@json_option
@with_settings
def search(settings, words, kinds, reason, limit, as_json) -> None:
    """Search for WORDS of a name, a place, the number of a branch or a code; the closest first, with what was met.

    Persons are sought by their reference; with --reason by name, for those who may.
    """
    from sitereg import persons
    from sitereg import search as work
    from sitereg.store import session as store

    typed, kinds = " ".join(words), kinds or KINDS
    with opened(settings) as session:
        found = work.find(session, typed, kinds=kinds, limit=limit)
        with store.acting(session.settings, session.actor) as log:
            log.call("log_read", action="search", detail=store.Json({"q": typed}))
        if reason is not None and "persons" in kinds:
            named = persons.named(session, typed, reason=reason)
            found["persons"] += named.ranked(persons.find(session, ids=named.ids, limit=limit))
    if as_json:
        show(found)
        return
    for one in found.get("sites", ()):
        names = " / ".join(one["names"].values()) or "(no name)"
        met = f"  written so: {one['written']}" if one["written"] and one["written"] not in one["names"].values() else ""
        click.echo(f"{one['code']}  {names}  {one['place_en'] or 'place not known'}  {one['score']:.2f}{met}")
    for one in found.get("places", ()):
        click.echo(f"place  {one['name_en']} / {one['name_ar'] or '-'}  {one['lat']:.4f}, {one['lon']:.4f}  {one['score']:.2f}")
    for one in found.get("persons", ()):
        click.echo(f"{one['code']}  {one['case_state']}")
    for kind in kinds:
        if not found[kind]:
            click.echo({"sites": "No site here in what you may see.", "places": "No place of that name in the gazetteer.",
                        "persons": "No such case in what you may see."}[kind])
