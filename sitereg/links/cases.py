"""Resolved cases of any country as a World and its persons: three tables, no database. docs/linking.md names their columns.

    persons   pid, group, lat, lon, radius_km, date_lo, date_hi, authority
    sites     sid, lat, lon, kind, authority, period_lo, period_hi
    truth     pid, sid, and if it is known the date
"""
from dataclasses import dataclass

import numpy

from sitereg.errors import BadInput
from sitereg.links import space
from sitereg.links.files import EMPTY, Oddities, day, number, read
from sitereg.links.model import Confirmed, Event, Person, Places, Sites, World

PERSONS = ("pid", "group", "lat", "lon")
SITES = ("sid", "lat", "lon")
TRUTH = ("pid", "sid")
FAR_KM, MOST_PLACES = 500.0, 2_000

__all__ = ["Case", "Cases", "load"]


@dataclass(frozen=True)
class Case:
    """One person whose true sites (positions) are known and who is ranked; `confirmed_on` is the last day of the own links."""

    person: Person
    truth: tuple
    confirmed_on: float


@dataclass(frozen=True)
class Cases:
    """A world, the persons that can be ranked in it, how many persons there are in all, and what was odd in the files."""

    world: World
    cases: tuple
    persons: int
    oddities: Oddities


def load(persons, sites, truth, parameters, cap=0):
    """The Cases of three files; at most `cap` are ranked of one place and one true site (0: all). Raises BadInput."""
    odd = Oddities()
    tables = read(persons, PERSONS, odd), read(sites, SITES, odd), read(truth, TRUTH, odd)
    made, place = candidates(tables[1], odd)
    people = rows_of_persons(tables[0], odd)
    not_swapped(people, made, tables[0], odd)
    links = rows_of_truth(tables[2], people, place, odd)
    world = World(parameters, made, confirmed(people, links))
    ranked = cases(people, links, cap, odd)
    if not ranked:
        raise BadInput("No person of the truth has a place and a true site among the candidates", where=tables[2].name,
                       do="Check that pid and sid are written alike in the three files.")
    return Cases(world, ranked, len(people), odd)


def keyed(table, column, odd):
    """(line, row) of each key, the first of each; rows without one, and later ones, are left out."""
    seen = {}
    for line, row in table.rows:
        key = row[column]
        if not key:
            odd.add(f"a row has no {column}: left out", table.where(line, column), f"Give each row its {column}.")
        elif key in seen:
            odd.add(f"a {column} stands twice in {table.name}: the first row counts", table.where(line, column, key),
                    "Keep one row of each.")
        else:
            seen[key] = line, row
    return seen


def point(table, line, row, odd):
    """(lon, lat), or None where either is missing or impossible."""
    lat, lon = number(table, line, row, "lat", odd, -90, 90), number(table, line, row, "lon", odd, -180, 180)
    return None if numpy.isnan(lat) or numpy.isnan(lon) else (lon, lat)


def span(table, line, row, columns, odd):
    """(first, last) day; a single known one stands for both, and the earlier is taken first."""
    first, last = day(table, line, row, columns[0], odd), day(table, line, row, columns[1], odd, last=True)
    if first > last:
        odd.add(f"{columns[0]} is later than {columns[1]}: both read as not known",
                table.where(line, columns[0], f"{row[columns[0]]} / {row[columns[1]]}"), "Give the earlier day first.")
        return float("nan"), float("nan")
    return first, last


def codes(row):
    """The authorities of a cell, written alike."""
    return frozenset(part.strip().casefold() for part in row.get("authority", "").split("|") if part.strip().lower() not in EMPTY)


def candidates(table, odd):
    """(Sites, {sid: position}); a site without coordinates is no candidate."""
    kept, places, periods, spans = {}, [], [], []
    for sid, (line, row) in keyed(table, "sid", odd).items():
        at = point(table, line, row, odd)
        if at is None:
            odd.add("a site has no coordinates: no candidate", table.where(line, "lat, lon", sid), "Give lat and lon in degrees.")
            continue
        first, last = span(table, line, row, ("period_lo", "period_hi"), odd)
        if not (numpy.isnan(first) and numpy.isnan(last)):
            periods.append(len(kept))
            spans.append((first, first, last, last))
        kept[sid] = row
        places.append((numpy.array([at]), 0.0))
    if not kept:
        raise BadInput("No site has coordinates", where=table.name, do="Give lat and lon in degrees.")
    n, nan = len(kept), float("nan")
    kinds = tuple(tuple(part for part in row.get("kind", "").strip().lower().split("|") if part) for row in kept.values())
    authorities = tuple(tuple((code, nan, nan) for code in sorted(codes(row))) for row in kept.values())
    made = Sites(tuple(kept), tuple(kept), Places.of(places), kinds, authorities, numpy.array(periods, int),
                 numpy.array(spans, float).reshape(-1, 4), numpy.zeros(n, bool), (frozenset(),) * n, numpy.full(n, nan))
    return made, {sid: n for n, sid in enumerate(kept)}


def rows_of_persons(table, odd):
    """{pid: {number, group, at, radius, days, authorities}}."""
    made, groups = {}, {}
    for pid, (line, row) in keyed(table, "pid", odd).items():
        at = point(table, line, row, odd)
        if at is None:
            odd.add("a person has no coordinates: not ranked, the links count", table.where(line, "lat, lon", pid),
                    "Give lat and lon in degrees.")
        radius = number(table, line, row, "radius_km", odd, 0, 20_000)
        first, last = span(table, line, row, ("date_lo", "date_hi"), odd)
        days = (last if numpy.isnan(first) else first, first if numpy.isnan(last) else last)
        group = -1 if row["group"].lower() in EMPTY else groups.setdefault(row["group"], len(groups))
        made[pid] = {"number": len(made), "group": group, "at": at, "radius": 0.0 if numpy.isnan(radius) else radius * 1000,
                     "days": days, "authorities": codes(row), "line": line}
    return made


def rows_of_truth(table, people, place, odd):
    """[(pid, position, day)] of the true links that can be used, each pair once."""
    made = {}
    for line, row in table.rows:
        pid, sid = row["pid"], row["sid"]
        if sid not in place:
            odd.add("a true site is not among the candidates: left out", table.where(line, "sid", sid),
                    "Give the site, with its coordinates, in the sites file.")
        elif pid not in people:
            odd.add("a link is of a person who is not in the persons file: it counts in the load, and its group is not known",
                    table.where(line, "pid", pid), "Give the person with a group, or the answer may leak into the question.")
            made.setdefault((pid, place[sid]), day(table, line, row, "date", odd))
        elif (pid, place[sid]) in made:
            odd.add("a link stands twice in the truth: it counts once", table.where(line, "pid", pid), "Keep one row of each.")
        else:
            when = day(table, line, row, "date", odd)
            made[pid, place[sid]] = people[pid]["days"][0] if numpy.isnan(when) else when
    return [(pid, site, when) for (pid, site), when in made.items()]


def confirmed(people, links):
    """The links as Confirmed: one row a link, strangers with numbers of their own."""
    strangers, rows = {}, []
    for pid, site, when in links:
        one = people.get(pid)
        if one is None:
            rows.append((len(people) + strangers.setdefault(pid, len(strangers)), site, when, -1, *(numpy.nan,) * 3))
        else:
            lon, lat = one["at"] or (numpy.nan, numpy.nan)
            rows.append((one["number"], site, when, one["group"], lon, lat, one["radius"]))
    flat = numpy.array(rows, float).reshape(-1, 7)
    return Confirmed(flat[:, 0].astype(int), flat[:, 1].astype(int), flat[:, 2], flat[:, 3].astype(int), *flat[:, 4:].T.copy())


def cases(people, links, cap, odd):
    """The Case of each person with a place and a true site, in the order of the persons file."""
    truth, latest = {}, {}
    for pid, site, when in links:
        truth.setdefault(pid, []).append(site)
        latest[pid] = numpy.fmax(latest.get(pid, numpy.nan), when)
    made, many = [], {}
    for pid, one in people.items():
        if pid not in truth or one["at"] is None:
            continue
        key = one["at"], min(truth[pid])
        many[key] = many.get(key, 0) + 1
        if cap and many[key] > cap:
            continue
        event = Event("arrested", (numpy.array([one["at"]]), one["radius"]), one["days"])
        made.append(Case(Person(pid, pid, (event,), one["authorities"], number=one["number"], group=one["group"]),
                         tuple(truth[pid]), float(latest[pid])))
    if cap:
        odd.notes.append(f"At most {cap} persons are ranked of one place and one true site; the links of the others count.")
    return tuple(made)


def not_swapped(people, made, table, odd):
    """Raises BadInput where the persons lie near the sites only with lat and lon exchanged; a single one is counted."""
    first = {}
    for one in people.values():
        if one["at"] is not None:
            first.setdefault(one["at"], one["line"])
    at = numpy.array(list(first)[:MOST_PLACES]).reshape(-1, 2)
    if not len(at):
        return
    lon, lat = made.places.lon, made.places.lat
    given = numpy.array([space.sphere_km(x, y, lon, lat).min() for x, y in at])
    turned = numpy.array([space.sphere_km(y, x, lon, lat).min() if abs(x) <= 90 else numpy.inf for x, y in at])
    half, exchanged = numpy.median(given), numpy.median(turned)
    if half > FAR_KM and exchanged < half / 4:
        raise BadInput(f"Half of the places are over {half:.0f} km from a site, {exchanged:.0f} km with lat and lon exchanged",
                       where=table.name, do="Exchange the columns lat and lon in it, or in the sites.")
    for n in numpy.flatnonzero((given > FAR_KM) & (turned < FAR_KM / 10)):
        odd.add("lat and lon look exchanged: read as written", table.where(first[tuple(at[n])], "lat, lon", tuple(at[n].tolist())),
                "Look the place up and exchange the two.")
