"""`sitereg joins`: which sites may lie near which events, as uncertain as both are."""
import click

from sitereg.cli.features import said
from sitereg.cli.options import json_option, limit_option, opened, show, with_settings
from sitereg.cli.words import counted


@click.group()
def joins() -> None:
    """Sites near events, both of them uncertain."""


def asked(command):
    """The options of both commands."""
    near = click.FloatRange(0, 500, min_open=True)
    for option in (click.option("--km", type=near, required=True, help="How near, in kilometres."),
                   click.option("--site-kind", "kinds", multiple=True, metavar="CODE", help="Only sites of this kind."),
                   click.option("--site-group", "groups", multiple=True, metavar="CODE", help="Only sites of this group of kinds."),
                   click.option("--event-kind", "events", multiple=True, metavar="CODE", help="Only events of this kind.")):
        command = option(command)
    return command


@joins.command()
@asked
@limit_option
@json_option
@with_settings
def within(settings, km, kinds, groups, events, limit, as_json) -> None:
    """Pairs of an event and a site that may lie within so many kilometres, the likeliest first."""
    from sitereg import joins as work

    found = frames_of(settings, kinds, groups, events)
    pairs = work.within(*found, km)
    pairs["person"], pairs["event_kind"] = (pairs["event"].map(found[0][name]).astype(object) for name in ("person", "kind"))
    pairs = pairs.sort_values(["p_inside", "d_min_m", "person", "site_code"], ascending=[False, True, True, True], kind="stable")
    told = [row_of(row) for row in pairs.head(limit).to_dict("records")]
    if as_json:
        show({"km": km, "pairs": len(pairs), "rows": told})
        return
    click.echo(f"{counted(len(pairs), 'pair')} within {km:g} km" + (f", the first {limit}" if len(pairs) > limit else ""))
    for row in told:
        click.echo(f"  {row['person']}  {said('event_kind', row['event_kind'])}  {row['site_code']}"
                   f"  {row['d_min_m'] / 1000:.1f} to {row['d_max_m'] / 1000:.1f} km, "
                   f"chance {row['p_inside']:.2f}, in use then: {row['time_overlap']}")


@joins.command()
@asked
@json_option
@with_settings
def compare(settings, km, kinds, groups, events, as_json) -> None:
    """How many pairs a join that ignores uncertainty would have missed or made up."""
    from sitereg import joins as work

    counts = work.compare(*frames_of(settings, kinds, groups, events), km).counts
    if as_json:
        show({"km": km, **counts})
        return
    for name, count in counts.items():
        click.echo(f"  {name.replace('_', ' '):<20} {count:>8,}  {work.COUNTED[name]}")


def frames_of(settings, kinds, groups, event_kinds):
    """The events and sites of the caller that are asked for."""
    from sitereg import events, sites

    with opened(settings) as session:
        return (events.frame(session, **({"kinds": list(event_kinds)} if event_kinds else {})),
                sites.frame(session, **{name: list(value) for name, value in (("kinds", kinds), ("groups", groups)) if value}))


def row_of(row):
    names = ("person", "event_kind", "event_id", "site_id", "site_code", "d_min_m", "d_max_m", "p_inside", "time_overlap")
    return {name: row[name] for name in names}
