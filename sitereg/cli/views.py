"""`sitereg views`: views of the map under random keys: kept, listed, asked again, shared, deleted."""
import click

from sitereg.cli.features import typed_place
from sitereg.cli.options import json_option, opened, show, with_settings

AT_LEAST = click.IntRange(0, 2)


@click.group()
def views() -> None:
    """Views of the map: what is asked and where one looks, never what was answered."""


@views.command()
@click.argument("words", nargs=-1)
@click.option("--name", metavar="NAME", help="Its name: then it stays until you delete it (else 90 days).")
@click.option("--share", is_flag=True, help="Colleagues find it in their lists.")
@click.option("--at-least", type=AT_LEAST, help="The tier from which on it is opened (else yours).")
@click.option("--kind", multiple=True, metavar="CODE", help="Of this kind; may be given again.")
@click.option("--group", multiple=True, metavar="CODE", help="burial, detention, medical, records, other.")
@click.option("--verification", multiple=True, metavar="CODE", help="A kind of it is known this well.")
@click.option("--protection", multiple=True, metavar="CODE", help="With this protection status.")
@click.option("--governorate", multiple=True, metavar="PCODE", help="In this governorate, such as SY07.")
@click.option("--from", "from_", type=click.IntRange(1900, 2099), metavar="YEAR", help="May have been active in or after.")
@click.option("--to", type=click.IntRange(1900, 2099), metavar="YEAR", help="May have been active in or before.")
@click.option("--middle", metavar="WHERE", help="The middle of the map: coordinates, latitude first, or MGRS.")
@click.option("--zoom", type=click.FloatRange(0, 22), default=9, show_default=True)
@json_option
@with_settings
def keep(settings, words, name, share, at_least, from_, to, middle, zoom, as_json, **codes) -> None:
    """Keep a view of the sites that WORDS and the filters find; its key is printed."""
    from sitereg import sites
    from sitereg import views as work

    asked = {"q": " ".join(words), **{field: list(given) for field, given in codes.items()},
             "from": from_ and str(from_), "to": to and str(to)}
    question = {"asked": {field: value for field, value in asked.items() if value}}
    if middle:
        point = typed_place(middle)
        question |= {"at": [point.lon, point.lat], "zoom": zoom}
    with opened(settings, "acting") as session:
        sites.count(session, **work.filters(question["asked"]))  # what cannot be asked is refused now
        key = work.keep(session, question, name=name, shared=share, at_least=at_least)
    show({"key": key}) if as_json else click.echo(f"Kept: {key}. It opens under /sites?v={key}")


@views.command("list")
@json_option
@with_settings
def list_(settings, as_json) -> None:
    """List your views and those that colleagues share."""
    from sitereg import views as work

    with opened(settings) as session:
        rows = work.listed(session)
    if as_json:
        show(rows)
        return
    for row in rows:
        whose = "yours" if row["mine"] else f"of {row['by']}"
        shared = f", shared from T{row['at_least']} on" if row["shared"] else f", opened from T{row['at_least']} on"
        until = f", until {row['expires_at']:%Y-%m-%d}" if row["expires_at"] else ""
        click.echo(f"{row['key']}  {row['name'] or '-'}  {whose}{shared}{until}")
    if not rows:
        click.echo("No view is kept.")


@views.command("show")
@click.argument("key")
@json_option
@with_settings
def show_one(settings, key, as_json) -> None:
    """Show what a view asks, and how many sites you find by it now."""
    from sitereg import sites
    from sitereg import views as work

    with opened(settings) as session:
        view = work.show(session, key)
        view["sites"] = sites.count(session, **work.filters(view["asked"]))
    if as_json:
        show(view)
        return
    click.echo(f"{view['key']}  {view['name'] or '-'}  {'yours' if view['mine'] else 'of ' + view['by']}")
    for field, value in view["asked"].items():
        click.echo(f"{field:<14} {', '.join(value) if isinstance(value, list) else value}")
    if view["at"]:
        click.echo(f"middle         {view['at'][1]:.5f}, {view['at'][0]:.5f}, zoom {view['zoom']:g}")
    click.echo(f"sites          {view['sites']}")


@views.command()
@click.argument("key")
@click.argument("name")
@click.option("--share/--private", "share", default=False, help="Whether colleagues find it in their lists.  [default: private]")
@click.option("--at-least", type=AT_LEAST, help="The tier from which on it is opened (else as before).")
@with_settings
def name(settings, key, name, share, at_least) -> None:
    """Give a view of yours a NAME, share it, or share it no more."""
    from sitereg import views as work

    with opened(settings, "acting") as session:
        work.change(session, key, name=name, shared=share, at_least=at_least)
    click.echo(f"{name}: {'shared' if share else 'for you, and for whoever has the key'}.")


@views.command()
@click.argument("key")
@with_settings
def drop(settings, key) -> None:
    """Delete a view of yours, for everybody who has its key."""
    from sitereg import views as work

    with opened(settings, "acting") as session:
        work.drop(session, key)
    click.echo("It is gone.")
