"""Worlds and persons made up for the link score: invented places on invented land, so many sites and persons as asked.

Towns in a box, a third of the sites and most arrests near them; a quarter of the arrests known by their unit alone (up to 200
points), a fifth by a place of their own; half have a home. One person in ten has a confirmed link.
"""
import numpy

from sitereg.geo import spread
from sitereg.links.model import DEFAULTS, Confirmed, Event, Network, Person, Places, Sites, Statement, World

FIRST, LAST = 734_200, 738_500
CODES = tuple(f"branch_{n}" for n in range(12))
RADII = (0.0, 250.0, 900.0, 3_000.0)
KINDS = {"held": ("security_branch", "prison_central", "prison_military", "police_station", "childrens_institution"),
         "buried": ("mass_grave", "cemetery_section_unmarked")}

__all__ = ["persons", "world"]


def towns(dice, n=300):
    """n towns (n, 2) in degrees, and how large each is."""
    weight = numpy.arange(1, n + 1) ** -0.7
    return numpy.column_stack([dice.uniform(10, 16, n), dice.uniform(33, 37, n)]), weight / weight.sum()


def near(dice, places, weight, n, km):
    """n points near the towns."""
    return places[dice.choice(len(places), n, p=weight)] + dice.exponential(km, (n, 1)) * unit(dice, n) / (91, 111)


def unit(dice, n):
    """n directions."""
    angle = dice.uniform(0, 2 * numpy.pi, n)
    return numpy.column_stack([numpy.cos(angle), numpy.sin(angle)])


def world(question="held", sites=5_000, links=3_000, *, seed=1, custody=0, edges=0, parameters=None):
    """A World of so many sites and confirmed links; persons 0 to links - 1 are whose links they are, in groups of three.

    custody: so many of the sites (or, asked about burial, other nodes) have moves between them; edges: remains moved.
    """
    dice = numpy.random.default_rng(seed)
    places, weight = towns(dice)
    at = near(dice, places, weight, sites, 6)
    large = dice.random(sites) < 0.02
    shapes = [None if dice.random() < 0.01 else
              ((one + dice.uniform(-0.01, 0.01, (25, 2)), 0.0) if wide else (one, float(dice.choice(RADII))))
              for one, wide in zip(at, large, strict=True)]
    known = numpy.flatnonzero(dice.random(sites) < 0.8)
    began = dice.integers(FIRST - 400, LAST - 400, len(known)).astype(float)
    ended = began + dice.integers(30, 2_500, len(known))
    vague = dice.choice([0, 30, 365], len(known)), dice.choice([0, 31], len(known))
    periods = numpy.column_stack([began, began + vague[0], ended, ended + vague[1]])
    periods[dice.random(len(known)) < 0.2, 2:] = numpy.nan
    authorities = tuple(tuple((str(code), *((numpy.nan, numpy.nan) if dice.random() < 0.7 else (FIRST + 900.0, LAST - 900.0)))
                              for code in dice.choice(CODES, dice.integers(0, 3), replace=False)) for _ in range(sites))
    kinds = tuple((str(one),) for one in dice.choice(KINDS[question], sites))
    site = numpy.minimum((dice.pareto(0.9, links) * sites / 60).astype(int), sites - 1)
    day = dice.integers(FIRST, LAST, links).astype(float)
    day[dice.random(links) < 0.05] = numpy.nan
    taken = near(dice, places, weight, links, 3)
    number = numpy.arange(links)
    confirmed = Confirmed(number, site, day, number // 3, taken[:, 0].copy(), taken[:, 1].copy(), dice.choice(RADII, links))
    built = numpy.where(dice.random(sites) < 0.03, LAST - 1_000.0, numpy.nan)
    made = Sites(tuple(range(sites)), tuple(f"MADE-UP-{n:06}" for n in range(sites)), Places.of(shapes), kinds, authorities, known,
                 periods, dice.random(sites) < 0.05, tuple(frozenset({"men"}) if dice.random() < 0.1 else frozenset()
                                                           for _ in range(sites)), built)
    return World(parameters or DEFAULTS[question], made, confirmed, network(dice, question, sites, custody, edges, links),
                 tuple((code, f"directorate_{n % 3}") for n, code in enumerate(CODES)))


def network(dice, question, sites, custody, edges, links):
    """Moves between the first `custody` nodes of persons with a confirmed link, burials, remains moved."""
    if not custody and not edges:
        return Network()
    many = custody and min(links, 4 * custody)
    rows = numpy.column_stack([dice.choice(max(links, 1), many, replace=False) if many else numpy.empty(0, int),
                               numpy.zeros(many, int), dice.integers(0, max(custody, 1), (many, 2))]).astype(int)
    rows[:, 1] = rows[:, 0] // 3
    half = len(rows) // 2
    other = Places.of([(one, 0.0) for one in dice.uniform((10, 33), (16, 37), (custody, 2))]) if question == "buried" else None
    graves = rows[half:].copy()
    graves[:, 3] = dice.integers(0, sites, len(graves))
    return Network(other, rows[:half], dice.integers(0, max(custody, 1), (3, 2)) if custody else numpy.empty((0, 2), int),
                   graves if question == "buried" else numpy.empty((0, 4), int), dice.integers(0, sites, (edges, 2)))


def persons(n, made, *, seed=2, custody=0, own=0.2):
    """n persons: the first as many as there are links are those of the links; `own`: the share whose arrest has its own place."""
    dice = numpy.random.default_rng(seed)
    places, weight = towns(numpy.random.default_rng(1))
    units = [one + dice.uniform(-0.15, 0.15, (spread.MOST, 2)) for one in places[:272]]
    town, home = (dice.choice(len(places), n, p=weight) for _ in range(2))
    alone = near(dice, places, weight, n, 3)
    way, low = dice.random(n), dice.integers(FIRST, LAST, n).astype(float)
    high = low + dice.choice([0, 0, 1, 30, 364], n)
    radius = dice.choice(RADII, n)
    odds = dice.random((n, 7))
    links = len(made.confirmed)
    for i in range(n):
        where = (units[town[i] % 272], 0.0)
        if way[i] >= 0.25:
            where = (alone[i], radius[i]) if way[i] < 0.25 + own else (places[town[i]], 2_000.0)
        days = (low[i], high[i]) if odds[i, 0] < 0.95 else (float("nan"),) * 2
        events = [Event("arrested", where if odds[i, 1] < 0.97 else None, days, id=0)]
        if odds[i, 2] < 0.5:
            events.append(Event("home", (places[home[i]], 2_000.0), id=1))
        if custody and odds[i, 3] < 0.1:
            events.append(Event("last_custody", None, (high[i] + 30, high[i] + 40), site=int(odds[i, 3] * 10 * custody), id=2))
        yield Person(f"p{i}", f"MADE-UP-P-{i}", tuple(events),
                     frozenset({CODES[town[i] % 12]}) if odds[i, 4] < 0.6 else frozenset(),
                     "female" if odds[i, 5] < 0.1 else "male", None, None,
                     (Statement(int(odds[i, 6] * 1e5) % len(made.sites), "C", i),) if odds[i, 6] < 0.1 else (),
                     ((i - 1, 0.8),) if odds[i, 5] > 0.95 and i else (), float("nan") if i % 9 else high[i] + 300,
                     i if i < links else -1, i // 3 if i < links else -1)
