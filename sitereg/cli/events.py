"""`sitereg events inside` and `sitereg sites inside`: what may lie within an area and may have been within a period."""
import functools
from pathlib import Path

import click

from sitereg.cli.features import logged, place, said
from sitereg.cli.options import Day, json_option, limit_option, opened, show, with_settings
from sitereg.cli.persons import days
from sitereg.cli.words import counted

CIRCLE = "LON,LAT,KM"


class Circle(click.ParamType):
    """A centre in degrees and a radius."""

    name = CIRCLE

    def convert(self, value, param, ctx):
        """{lon, lat, km}."""
        try:
            lon, lat, km = map(float, value.split(","))
        except ValueError:
            self.fail("Give longitude, latitude and kilometres between commas: 36.29,33.51,5", param, ctx)
        return {"lon": lon, "lat": lat, "km": km}


@click.group()
def events() -> None:
    """Events of persons, as you may see them."""


def within(command):
    """The command takes an area and a period; it is called with `asked`: how to get the area, from_, to."""

    @click.option("--area", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.geojson",
                  help="Inside the polygons of this file (degrees).")
    @click.option("--circle", type=Circle(), metavar=CIRCLE, help="Inside so many kilometres around a point.")
    @click.option("--unit", metavar="PCODE", help="Inside this admin unit.")
    @click.option("--from", "from_", metavar="DAY", type=Day(today=False), help="In a period that begins on this day.")
    @click.option("--to", metavar="DAY", type=Day(today=False), help="In a period that ends on this day.")
    @limit_option
    @click.option("--skip", type=click.IntRange(0), default=0, metavar="N", help="Go on after so many.")
    @json_option
    @with_settings
    @functools.wraps(command)
    def wrapped(*args, file, circle, unit, from_, to, **more):
        if sum(one is not None for one in (file, circle, unit)) != 1:
            raise click.UsageError("Give one area: --area, --circle or --unit.")

        def area(session):
            from sitereg import inside as work

            if file:
                return work.read(file.read_text(encoding="utf-8-sig"))
            return work.circle(session, **circle) if circle else work.unit(session, unit)

        return command(*args, area=area, period={"from_": from_, "to": to}, **more)

    return wrapped


def answered(rows, limit, skip, as_json, line, nothing):
    """The rows as GeoJSON, or a line each with where and when they may be inside."""
    if as_json:
        show({"type": "FeatureCollection", "next": skip + limit if len(rows) == limit else None,
              "features": [{"type": "Feature", "id": str(row["id"]), "geometry": row["shape"],
                            "properties": {name: value for name, value in row.items() if name != "shape"}} for row in rows]})
        return
    for row in rows:
        when = "" if row["when_inside"] == "any" else f", in the period: {row['when_inside']}"
        click.echo(f"{row['inside']:<9} {line(row)}  in the area: {row['where_inside']} (chance {row['p_inside']:.2f}){when}")
    if len(rows) == limit:
        click.echo(f"There may be more: --skip {skip + limit}")
    if not rows:
        click.echo(nothing)


@events.command("inside")
@click.option("--event", "kinds", multiple=True, metavar="CODE", help="Only events of this kind; may be given again.")
@within
def events_inside(settings, kinds, area, period, limit, skip, as_json) -> None:
    """List events that may lie in an area and a period: certainly, probably, possibly."""
    from sitereg import inside as work

    with opened(settings) as session:
        rows = work.events(session, area(session), **period, kinds=list(kinds) or None, limit=limit, skip=skip)
        logged(session, "events_inside", [{**row, "code": row["person"]} for row in rows])

    def line(row):
        first, last = ends(row)
        return f"{row['person']}  {said('event_kind', row['kind'])} {days(first, last)}  {place(row)}"

    answered(rows, limit, skip, as_json, line, "No event here in what you may see.")


@click.command("inside")
@click.option("--kind", "kinds", multiple=True, metavar="CODE", help="Only sites of this kind; may be given again.")
@click.option("--group", "groups", multiple=True, metavar="CODE", help="burial, detention, medical, records, other.")
@within
def sites_inside(settings, kinds, groups, area, period, limit, skip, as_json) -> None:
    """List sites that may lie in an area and may have been in use in a period: certainly, probably, possibly."""
    from sitereg import inside as work

    with opened(settings) as session:
        rows = work.sites(session, area(session), **period, kinds=list(kinds) or None, groups=list(groups) or None,
                          limit=limit, skip=skip)
        logged(session, "sites_inside", rows)

    def line(row):
        told = ", ".join(said("site_kind", one["kind"]) for one in row["kinds"]) or counted(0, "known kind")
        return f"{row['code']}  {row['names'].get('en') or row['names'].get('ar') or ''}  {told}  {place(row)}"

    answered(rows, limit, skip, as_json, line, "No site here in what you may see.")


def ends(row):
    """The first and last day of an event, None where not bounded."""
    begin, end = (row["at"] or row[name] for name in ("began", "ended"))
    low = begin.lower if begin else None
    high = end.upper if end else None
    return plain(low), (plain(high, -1) if high else None)


def plain(day, more=0):
    from datetime import timedelta

    return day + timedelta(days=more) if hasattr(day, "toordinal") else None
