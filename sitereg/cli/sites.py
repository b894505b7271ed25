"""`sitereg sites`: find, show, why, history, near; the rest of its commands stand in sitereg.cli.disclosing and .settling."""
import functools

import click

from sitereg.cli import entering
from sitereg.cli import why as behind
from sitereg.cli.disclosing import disclose, disclose_place, lift, restrict
from sitereg.cli.events import sites_inside
from sitereg.cli.features import collection, logged, one_page, pages, place, said, typed_place
from sitereg.cli.options import Day, json_option, limit_option, opened, show, with_settings
from sitereg.cli.settling import settle
from sitereg.cli.watching import unwatch, watch, watched
from sitereg.cli.words import counted, value

CODED = ("kinds", "groups", "verification", "protection", "adm1")
BBOX, CORNERS = "WEST,SOUTH,EAST,NORTH", "CORNER;CORNER..."


class Box(click.ParamType):
    """Four numbers between commas."""

    name = BBOX

    def convert(self, value, param, ctx):
        """(west, south, east, north); the database judges the order."""
        try:
            west, south, east, north = map(float, value.split(","))
        except ValueError:
            self.fail("Give four numbers between commas, in degrees.", param, ctx)
        return [west, south, east, north]


class Corners(click.ParamType):
    """Corners of an area, each in any form of coordinates."""

    name = CORNERS

    def convert(self, value, param, ctx):
        """The corners as the filter bbox takes them."""
        from sitereg.geo import corners

        try:
            return corners.box(corners.read(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def filtered(command):
    """The command takes the filters of sites.find and is called with `filters`."""

    @click.option("--kind", "kinds", multiple=True, metavar="CODE", help="Of this kind; may be given again.")
    @click.option("--group", "groups", multiple=True, metavar="CODE", help="burial, detention, medical, records, other.")
    @click.option("--verification", multiple=True, metavar="CODE", help="A kind of it is known this well.")
    @click.option("--protection", multiple=True, metavar="CODE", help="With this protection status.")
    @click.option("--governorate", "adm1", multiple=True, metavar="PCODE", help="In this governorate, such as SY07.")
    @click.option("--not-kind", "not_kinds", multiple=True, metavar="CODE", help="Not of this kind.")
    @click.option("--not-group", "not_groups", multiple=True, metavar="CODE", help="Not of this group of kinds.")
    @click.option("--not-verification", multiple=True, metavar="CODE", help="Kinds that are known this well do not count.")
    @click.option("--not-protection", multiple=True, metavar="CODE", help="Not with this protection status.")
    @click.option("--not-governorate", "not_adm1", multiple=True, metavar="PCODE", help="Not in this governorate (or `none`).")
    @click.option("--bbox", type=Box(), metavar=BBOX, help="What is shown of it meets this box (degrees).")
    @click.option("--area", type=Corners(), metavar=CORNERS,
                  help="The same of an area: two corners of a rectangle, or three to forty.")
    @click.option("--around", type=click.FloatRange(0, 500, min_open=True), metavar="KM",
                  help="With --bbox or --area: what may lie within so many kilometres of it.")
    @click.option("--from", "from_", metavar="DAY", type=Day(today=False), help="May have been active on or after.")
    @click.option("--to", metavar="DAY", type=Day(today=False), help="May have been active on or before.")
    @click.option("--overdue/--not-overdue", default=None, help="Whether the review is overdue.")
    @functools.wraps(command)
    def wrapped(*args, from_, to, bbox, area, around, overdue, **more):
        wanted, left_out = ({name: more.pop(before + name) for name in CODED} for before in ("", "not_"))
        filters = {name: [*wanted[name], *("-" + code for code in left_out[name])] for name in CODED}
        filters = {name: codes for name, codes in filters.items() if codes}
        filters |= {"from": from_, "to": to, "bbox": area or bbox, "around_km": around, "overdue": overdue}
        return command(*args, filters=filters, **more)

    return wrapped


@click.group()
def sites() -> None:
    """Sites, as you may see them."""


sites.add_command(entering.site_add)

for _command in (disclose, disclose_place, restrict, lift, sites_inside, settle, watch, unwatch, watched):
    sites.add_command(_command)


@sites.command()
@click.argument("words", nargs=-1)
@filtered
@limit_option
@click.option("--after", metavar="CODE", help="Go on after this code.")
@json_option
@with_settings
def find(settings, words, filters, limit, after, as_json) -> None:
    """Find sites by WORDS of a name (either script) or a code, and by filters."""
    from sitereg import sites as work

    with opened(settings) as session:
        rows = pages(functools.partial(work.find, session, q=" ".join(words) or None, **filters), limit, after)
        logged(session, "sites_find", rows)
    answer = collection(rows, limit)
    if as_json:
        show(answer)
        return
    for row in rows:
        line(row)
    if answer["next"]:
        click.echo(f"There may be more: --after {answer['next']}")
    if not rows:
        click.echo("No site here in what you may see.")


@sites.command()
@click.argument("where")
@click.option("--km", type=click.FloatRange(min=0, min_open=True), default=10, show_default=True, help="How far, in kilometres.")
@filtered
@limit_option
@json_option
@with_settings
def near(settings, where, km, filters, limit, as_json) -> None:
    """List sites that may lie within some kilometres of WHERE (coordinates, latitude first, or MGRS), nearest first."""
    from sitereg import sites as work

    point = typed_place(where)
    with opened(settings) as session:
        rows = work.near(session, lon=point.lon, lat=point.lat, km=km, limit=min(limit, 1000), **filters)
        logged(session, "sites_near", rows)
    outside(point, where)
    if as_json:
        show(collection(rows, 0))
        return
    for row in rows:
        line(row, f"{row['d_min_m'] / 1000:.1f} to {row['d_max_m'] / 1000:.1f} km")
    if not rows:
        click.echo("No site here in what you may see.")


def outside(point, where):
    """A point beyond Syria's boundaries is said to be, with what the other order would give; on stderr."""
    from shapely import Point
    from shapely.geometry import shape

    from sitereg import places

    held = [shape(one["geometry"]) for one in places.shipped()]
    inside = [any(unit.distance(one) < 0.02 for unit in held) for one in (Point(point.lon, point.lat), Point(point.lat, point.lon))]
    if not inside[0]:
        other = f" The other way round ({point.lon:g}, {point.lat:g}) it lies in Syria: latitude comes first." if inside[1] else ""
        click.echo(f"{where} lies outside Syria.{other}", err=True)


@sites.command()
@click.argument("words", nargs=-1)
@filtered
@json_option
@with_settings
def years(settings, words, filters, as_json) -> None:
    """Count the sites that WORDS and filters find by the years in which they were in use, as far as it is said."""
    from sitereg import sites as work

    with opened(settings) as session:
        found, unsaid = work.years(session, q=" ".join(words) or None, **filters)
    if as_json:
        show({"years": found, "unsaid": unsaid})
        return
    for year, n in found.items():
        click.echo(f"{year}  {n}")
    click.echo(f"Nothing is said of {counted(unsaid, 'site')}.")


@sites.command("show")
@click.argument("code")
@click.option("--on", type=Day(today=False), metavar="DAY", help="As it was known at the end of this past day.")
@json_option
@with_settings
def show_one(settings, code, on, as_json) -> None:
    """Show one site: what it is, how well each thing is known, what protects it."""
    from sitereg import sites as work

    with opened(settings) as session:
        page = work.show_on(session, code, on) if on else work.show(session, code)
        if not page["merged_into"]:
            shown_as = (page["place"] or {}).get("shown_as")
            logged(session, "site", [{"code": page["code"], "shown_as": shown_as}], subject=page["id"])
    one_page(page, as_json, tell_past if on else tell)


@sites.command()
@click.argument("code")
@click.argument("field")
@json_option
@with_settings
def why(settings, code, field, as_json) -> None:
    """List the claims behind FIELD of a site (place, kind:mass_grave, count:bodies_reported, ...), the strongest first.

    FIELD may be `protection`: then the decision under the status, with its reason and its claims.
    """
    from sitereg import sites as work

    with opened(settings) as session:
        found = behind.of_protection(session, code) if field == "protection" else None
        rows = found["claims"] if found else work.why(session, code, field)
        exact = [{"code": code, "shown_as": "exact"} for row in rows if row["shape"]]
        logged(session, "site_why", exact[:1])
    if as_json:
        show(found or rows)
        return
    if found:
        behind.tell_protection(found)
        return
    behind.tell(rows)
    if not rows:
        click.echo("Nothing was said about this in what you may see.")


@sites.command()
@click.argument("code")
@json_option
@with_settings
def history(settings, code, as_json) -> None:
    """List what was decided on a site, and when claims came and went, newest first."""
    from sitereg import sites as work

    with opened(settings) as session:
        rows = work.history(session, code)
    if as_json:
        show(rows)
        return
    for row in rows:
        if row["what"] == "decision":
            of = f"{row['machine']} {row['aspect']}".strip()
            people = ", ".join([row["proposed_by"], *(f"approved by {name}" for name in row["approved_by"])])
            mark = " (annulled)" if row["annulled"] else ""
            step = f"{row['from_state'] or 'new'} -> {row['to_state']}{mark}"
            click.echo(f"{row['day']}  {of}: {step}. {row['reason']} ({people})")
        else:
            batch = f" ({row['batch']})" if row["batch"] else ""
            click.echo(f"{row['day']}  {counted(row['claims'], 'claim')} recorded, {row['ended']} ended{batch}")


def line(row, distance=None):
    """A site in one line: code, name, kinds with their levels, place, protection."""
    names = row["names"]
    kinds = ", ".join(f"{said('site_kind', one['kind'])}: {one['verification']}" for one in row["kinds"]) or "kind not known"
    parts = [row["code"], names.get("en") or names.get("ar") or next(iter(names.values()), "-"), kinds, place(row),
             said("protection_status", row["protection"]) + (" (review overdue)" if row["overdue"] else "")]
    click.echo("  ".join([*parts[:1], *([distance] if distance else []), *parts[1:]]))


def tell_past(page):
    """A site as it was known on a past day, as lines."""
    known = "as known at the end of" if page["known"] else "nothing that you see was recorded by"
    click.echo(f"{page['code']}  {known} {page['day']}" + ("; merged or split since" if page["moved_since"] else ""))
    if page["place"]:
        tell_place(page["place"])
    elif not page["exact"]:
        click.echo("place       what it was on a past day is told with the exact place alone")
    tell_known(page)


def tell(page):
    """A site's page as lines."""
    names = [f"{name} ({language})" for language, name in page["names"].items()]
    click.echo(f"{page['code']}  {' / '.join(names) or '-'}   T{page['tier']}, version {page['version']}")
    tell_place(page["place"])
    tell_known(page)
    if page["features"]:
        click.echo(f"{'features':<24} {len(page['features'])}")


def tell_place(here):
    units = ", ".join(one["en"] for one in reversed(here["units"]))
    click.echo(f"place       {place({**here, 'place_en': units})}")


def tell_known(page):
    """Kinds, protection, facts, who answers for it, other sites, and how much was done."""
    for kind in page["kinds"]:
        click.echo(f"kind        {said('site_kind', kind['kind'])}: {said('verification_level', kind['verification'])}"
                   f" ({kind['standing']}, {counted(kind['origins'], 'origin')})")
    due = f", review due {page['next_review']}" + (" (overdue)" if page["overdue"] else "") if page["next_review"] else ""
    click.echo(f"protection  {said('protection_status', page['protection'])}{due}")
    for fact in page["facts"]:
        counts = ", ".join(counted(fact[name], name[:-1]) for name in ("sources", "origins") if fact[name] is not None)
        known = f"   ({fact['standing']}; {counts})" if fact["standing"] else ""
        click.echo(f"{fact['field']:<24} {value(fact['field'], fact['value'])}{known}{'  CONFLICT' if fact['conflict'] else ''}")
    for one in page["authorities"]:
        names = one["names"] or {}
        click.echo(f"{said('authority_role', one['role']):<24} {names.get('en') or next(iter(names.values()), '-')}")
    for one in page["relations"]:
        click.echo(f"{said('relation_kind', one['kind'])} {'->' if one['direction'] == 'to' else '<-'} {one['code']}")
    for what in ("measures", "disturbances", "visits"):
        if page[what]:
            click.echo(f"{what:<24} {len(page[what])}")
