"""The world of a question as one reader sees it: rows of the database -> the plain arrays that the score reads.

    read = world.load(world.caller(session), "held", tier)     the caller's own face, his compartments with it
    read = world.load(world.tier(opened, 1), "held", 1)        the face of a tier without compartments: what runs are made of
    people = world.persons(read)                               all of whom the question may be asked, or only some
"""
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise

import numpy
import shapely

from sitereg.geo import spread
from sitereg.geo.place import GEOD
from sitereg.links import people
from sitereg.links.model import DEFAULTS, Confirmed, Network, Places, Sites, World
from sitereg.links.people import Numbers

SITE_POINTS, LARGE_M = 25, 1_000
SHOWN = ("geometry", "shown_as", "uncertainty_m")
SERVES = {"men": {"men"}, "women": {"women"}, "juvenile_section": {"minors"}}
OPERATES, OWNS = "operates_site", "landowner"

__all__ = ["Read", "caller", "load", "mark", "persons", "place", "tier"]


@dataclass(frozen=True)
class Read:
    """A World with what it was made from: rows of the sites by position, who has which number and group, how to ask for more."""

    world: World
    rows: tuple
    numbers: Numbers
    custody: dict                  # id of a site -> its node in the network of custody
    positions: dict                # id of a site -> its position among the candidates
    ask: Callable
    places: dict                   # shape -> place: many events lie in the same unit or cell
    tied: dict                     # id of a person -> the rows of the world that speak of him

    def position(self, site):
        """The position of the site of that code or id, or None."""
        said = str(site).strip()
        return next((n for n, one in enumerate(self.rows) if said.upper() == one["code"] or said.lower() == str(one["id"])), None)


def caller(session):
    """Rows as the one who asks sees them."""
    return lambda what, **more: session.rows(f"link_{what}", **more)


def tier(opened, level):
    """Rows of the faces of a tier, without compartments: for the keeper."""
    return lambda what, **more: opened.rows(f"keeper_link_{what}", tier=level, **more)


def load(ask, question, level, parameters=None):
    """The Read of a question; parameters: else the defaults."""
    rows = ask("sites", question=question)
    places = {}
    sites = candidates(rows, question, places)
    positions = {one["id"]: n for n, one in enumerate(rows)}
    relations, confirmed, companions = ask("network"), ask("confirmed"), ask("companions")
    custody, nodes = positions, None
    if question == "buried":
        passed = [(one["id"], one) for one in ask("sites", question="held")]
        passed += stations(relations, positions.keys() | {site for site, _ in passed})
        custody, nodes = {site: n for n, (site, _) in enumerate(passed)}, Places.of([place(one, places) for _, one in passed])
    numbers = people.numbered(confirmed, companions)
    network = connected(confirmed, relations, question, numbers, custody, positions, nodes)
    made = World(parameters or DEFAULTS[question], sites, links_of(confirmed, question, numbers, positions), network,
                 parents_of(rows), level)
    return Read(made, tuple(rows), numbers, custody, positions, ask, places, tied(confirmed, companions))


def tied(confirmed, companions):
    """{person: every row that speaks of him, as a whole}: what of a world may change as a person changes."""
    found = {}
    for row in confirmed:
        found.setdefault(row["person"], []).append(tuple(row.values()))
    for row in companions:
        for one in {row["person"], row["other"]}:
            found.setdefault(one, []).append(tuple(row.values()))
    return {one: sorted(rows, key=repr) if len(rows) > 1 else rows for one, rows in found.items()}


def stations(relations, known):
    """[(site, what is shown of it)] of further places that people or bodies were taken through: a civil hospital, a morgue."""
    found = {}
    for one in relations:
        if one["kind"] != "remains_moved_to":
            found[one["site"]] = {name: one[name] for name in SHOWN}
            found[one["other"]] = {name: one[f"other_{name}"] for name in SHOWN}
    return [(site, found[site]) for site in sorted(found.keys() - known)]


def candidates(rows, question, places):
    """The Sites of rows."""
    role = OPERATES if question == "held" else OWNS
    ran = [[one for one in row["authorities"] or () if one[1] == role] for row in rows]
    periods = [(n, *(number(day) for day in one)) for n, row in enumerate(rows) for one in row["periods"] or ()]
    flat = numpy.array(periods, float).reshape(-1, 5)
    multi = [row["building"] == "stadium" or len({(one[6] or [one[0]])[-1] for one in by}) > 1
             for row, by in zip(rows, ran, strict=True)]
    return Sites(
        tuple(row["id"] for row in rows), tuple(row["code"] for row in rows),
        Places.of([place(row, places, SITE_POINTS) for row in rows]),
        tuple(tuple(row["kinds"]) for row in rows),
        tuple(tuple((one[0], number(one[2]), number(one[5])) for one in by) for by in ran), flat[:, 0].astype(int), flat[:, 1:],
        numpy.array(multi, bool), tuple(SERVES.get(row["sex_regime"], set()) for row in rows), numpy.full(len(rows), numpy.nan))


def parents_of(rows):
    """(authority, the one above it) of all that ran or own a site."""
    found = {one[0]: one[6][0] for row in rows for one in row["authorities"] or () if one[6]}
    return tuple(sorted(found.items()))


def links_of(confirmed, question, numbers, positions):
    """The Confirmed links of a question: its own events at candidates, of the day of the event, else of the day of taking."""
    leg = {"held": "last_custody", "buried": "buried"}[question]
    rows = [one for one in confirmed if one["leg"] == leg and one["site"] in positions]
    column = lambda make, kind=float: numpy.array([make(one) for one in rows], kind)  # noqa: E731
    return Confirmed(
        column(lambda one: numbers.of[one["person"]], int), column(lambda one: positions[one["site"]], int),
        column(lambda one: number(one["first_day"] or one["taken_on"])), column(lambda one: numbers.group(one["person"]), int),
        column(lambda one: numpy.nan if one["lon"] is None else one["lon"]),
        column(lambda one: numpy.nan if one["lat"] is None else one["lat"]), column(lambda one: one["radius_m"] or 0.0))


def connected(confirmed, relations, question, numbers, custody, positions, nodes):
    """The Network: who was moved on from where to where by confirmed events in order, what relations document, remains moved."""
    moves, burials = [], []
    for person, events in people.by_person(confirmed):
        held = [one for one in events if one["leg"] == "last_custody" and one["site"] in custody and one["first_day"]]
        who = (numbers.of[person], numbers.group(person))
        moves += [(*who, custody[one["site"]], custody[other["site"]])
                  for one, other in pairwise(held) if one["site"] != other["site"]]
        if question == "buried" and held:
            graves = {one["site"] for one in events if one["leg"] == "buried" and one["site"] in positions}
            burials += [(*who, custody[held[-1]["site"]], positions[one]) for one in sorted(graves, key=positions.get)]
    bodies = question == "buried"
    documented, moved = [], []
    for one in relations:
        start, end = one["site"], one["other"]
        if one["kind"] == "remains_moved_to" and start in positions and end in positions:
            moved.append((positions[start], positions[end]))
        elif start in custody and end in custody and (one["kind"] == "transferred_detainees_to" or bodies):
            documented.append((custody[start], custody[end]))
        elif bodies and start in custody and end in positions and one["kind"] == "transferred_bodies_to":
            burials += [(-1, -1, custody[start], positions[end])] * int(DEFAULTS["buried"].documented)
    pairs = lambda rows, width: numpy.array(rows, int).reshape(-1, width)  # noqa: E731
    return Network(nodes, pairs(moves, 4), pairs(documented, 2), pairs(burials, 4), pairs(moved, 2))


def place(row, places, most=spread.MOST):
    """(points in degrees, radius in metres) of what is shown, or None; several points only of areas, a radius only of points."""
    if row["geometry"] is None:
        return None
    exact = row["shown_as"] == "exact"
    radius = float(row["uncertainty_m"] or 0) if exact else 0.0
    if most == SITE_POINTS:
        return of_site(bytes(row["geometry"]), radius)
    key = (row["geometry"], radius, most)
    if key in places:
        return places[key]
    made = spread_out(shapely.from_wkb(row["geometry"]), radius, most)
    if not exact:
        places[key] = made
    return made


@lru_cache(maxsize=2 ** 15)
def of_site(geometry, radius):
    """`place` of a site, known from the world before where it has not moved."""
    points, radius = spread_out(shapely.from_wkb(geometry), radius, SITE_POINTS)
    points.flags.writeable = False
    return points, radius


def spread_out(shape, radius, most):
    if shape.geom_type == "Point":
        return shapely.get_coordinates(shape), radius
    west, south, east, north = shape.bounds
    if most == SITE_POINTS and GEOD.inv(west, south, east, north)[2] <= LARGE_M:
        return shapely.get_coordinates(shape.centroid), radius
    return spread.points(shape, most), radius


def persons(read, only=None):
    """The Persons of whom the question may be asked, in the order of their codes; only: ids, else all."""
    more = {} if only is None else {"persons": list(only)}
    return [made for made, _ in told(read, **more)]


def told(read, **more):
    """[(Person, rows of the events)]; more: which persons, as the rows are asked for."""
    question = read.world.question
    rows = read.ask("persons", question=question, **more)
    events = dict(people.by_person(read.ask("events", question=question, **more)))
    locate = lambda one: place(one, read.places)  # noqa: E731
    return [(people.person(row, events.get(row["id"], ()), read, locate), events.get(row["id"], ())) for row in rows]


def number(day):
    """A day, or its ISO form, as a number of days; NaN where it is not known."""
    if day is None:
        return numpy.nan
    return float((day if isinstance(day, date) else date.fromisoformat(day)).toordinal())


def mark(read):
    """SHA-256 of all that is the same for every person: two worlds with one mark score alike."""
    hashed = hashlib.sha256(read.world.parameters.version.encode())
    beside = tuple((one, tuple(sorted(others.items()))) for one, others in sorted(read.numbers.beside.items()))
    for part in parts((replace(read.world, parameters=None), tuple(sorted(read.custody.items())), beside)):
        hashed.update(part)
    return hashed.digest()


def parts(value):
    """A value of the model as bytes, in a fixed order."""
    if is_dataclass(value):
        for one in fields(value):
            yield one.name.encode()
            yield from parts(getattr(value, one.name))
    elif isinstance(value, numpy.ndarray):
        yield f"{value.dtype}{value.shape}".encode()
        yield numpy.ascontiguousarray(value).tobytes()
    elif isinstance(value, tuple | list):
        told = repr(value)
        if "array(" in told or "{" in told:  # of arrays repr does not tell all, of sets in any order
            yield f"[{len(value)}".encode()
            for one in value:
                yield from parts(one)
        else:
            yield told.encode()
    elif isinstance(value, set | frozenset):
        yield repr(sorted(value)).encode()
    else:
        yield repr(value).encode()
