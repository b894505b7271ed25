"""`sitereg decisions review`: several proposals of one kind, each answered by itself."""
import click

from sitereg.cli.options import json_option, opened, show, with_settings

STATES = {"decided": "decided", "waiting": "approved; it waits for one more", "refused": "refused; the state stays"}


@click.command()
@click.argument("answer", type=click.Choice(["approve", "refuse"]))
@click.argument("proposals", nargs=-1, required=True, type=click.UUID, metavar="PROPOSAL...")
@click.option("--reason", metavar="TEXT", help="Why, for all that have no words of their own.")
@click.option("--of", "own", multiple=True, type=(click.UUID, str), metavar="PROPOSAL TEXT", help="Why, of this one alone.")
@click.option("--look", is_flag=True, help="Tell what each would change, and answer none.")
@json_option
@with_settings
def review(settings, answer, proposals, reason, own, look, as_json) -> int:
    """Approve or refuse proposals of one kind that you looked at; each is told. Exit code 2 where one was not answered."""
    from sitereg import decisions as work

    with opened(settings, "reading" if look else "acting") as session:
        if look:
            effects = work.effects(session, proposals)
            rows = [{**one, "effect": effects.get(one["id"])} for one in work.waiting(session) if one["id"] in proposals]
        else:
            reasons = {one: dict(own).get(one, reason) for one in proposals}
            rows = work.review(session, proposals, answer == "approve", reasons=reasons)
    if as_json:
        show(rows)
    else:
        for one in rows:
            click.echo(would(one) if look else became(one))
    return 0 if look or all(one["done"] for one in rows) else 2


def became(one):
    """What became of one, in a line."""
    done = STATES.get(one["state"], one["state"]) if one["done"] else f"not done. {one['needs']}"
    return f"{one['proposal']}  {one['code'] or '-'}: {done}"


def would(one):
    """What one would change, in a line."""
    effect = one["effect"] or {"tasks": [], "lines": False, "published": False, "becomes": {}}
    more = [f"rests on {len(one['basis'])}", *(f"task: {each['what']}" for each in effect["tasks"])]
    more += ["lines are computed anew"] * effect["lines"] + ["it is published"] * effect["published"]
    more += [f"all of it goes to {effect['becomes']['into']}"] * bool(effect["becomes"].get("into"))
    what = f"{one['machine']} {one['aspect']}".rstrip() + f": {one['from_state'] or 'new'} -> {one['to_state']}"
    return f"{one['id']}  {one['code']}  {what}. {one['reason']} ({'; '.join(more)})"
