"""Worlds of plain arrays, invented, for the tests of the link score: no database, and no site at a real facility."""
from dataclasses import replace
from datetime import date

import numpy

from sitereg.links.model import DEFAULTS, UNKNOWN, Confirmed, Event, Network, Person, Places, Sites, World

LON, LAT, KM = 38.0, 35.0, 0.0109767  # a kilometre east at 35 degrees north, in degrees


def day(text):
    return float(date.fromisoformat(text).toordinal())


def days(first, last=None):
    return day(first), day(last or first)


def at(km_east, km_north=0.0, radius_m=0.0):
    """A place so many kilometres from the middle of the invented country."""
    return numpy.array([[LON + km_east * KM, LAT + km_north * 0.0089932]]), radius_m


def sites(places, periods=None, **more):
    """Sites named S0, S1, ...; periods: {position: [(began from, to, ended from, to)]}."""
    n = len(places)
    rows = [(site, one) for site, many in sorted((periods or {}).items()) for one in many]
    made = Sites(tuple(range(n)), tuple(f"S{k}" for k in range(n)), Places.of(places), (("security_branch",),) * n, ((),) * n,
                 numpy.array([row[0] for row in rows], int), numpy.array([row[1] for row in rows], float).reshape(-1, 4),
                 numpy.zeros(n, bool), (frozenset(),) * n, numpy.full(n, numpy.nan))
    return replace(made, **more)


def taken(place=None, when=UNKNOWN, **more):
    return Event("arrested", place, when, **more)


def person(*events, **more):
    return Person("p", "SYP-TEST", events, **more)


def confirmed(rows):
    """Rows of (person, site, day, group, km east, km north, radius in metres)."""
    flat = numpy.array(rows, float).reshape(-1, 7)
    return Confirmed(flat[:, 0].astype(int), flat[:, 1].astype(int), flat[:, 2].copy(), flat[:, 3].astype(int),
                     LON + flat[:, 4] * KM, LAT + flat[:, 5] * 0.0089932, flat[:, 6].copy())


def world(made, question="held", links=None, network=None, parents=(), **numbers):
    return World(replace(DEFAULTS[question], **numbers), made, links or Confirmed.none(), network or Network(), parents)


def drawn(seed, question="held", n=30, links=200, moves=60):
    """A whole invented world with everything in it, and twelve persons; the same for the same seed."""
    rng = numpy.random.default_rng(seed)
    spread = lambda k: rng.uniform(-150, 150, (k, 2))  # noqa: E731
    first = day("2012-01-01")
    periods = {k: [(first + a, first + a + 30, first + a + b, first + a + b + 30)]
               for k, a, b in zip(range(0, n, 2), rng.integers(0, 600, n), rng.integers(200, 900, n), strict=False)}
    codes = ("air", "army", "state", "air_1", "air_2")
    made = sites([at(x, y, r) for (x, y), r in zip(spread(n), rng.choice([5.0, 50.0, 2_000.0], n), strict=True)], periods,
                 authorities=tuple(((codes[k % 5], numpy.nan, numpy.nan),) if k % 3 else () for k in range(n)),
                 serves=tuple(frozenset({"women"}) if k % 7 == 3 else frozenset() for k in range(n)))
    of = rng.integers(0, links // 2, links)
    town = spread(links // 2)
    rows = [(v, rng.integers(n), first + rng.integers(0, 1_000), v // 4, *town[v // 4], 500.0) for v in of]
    chain = numpy.array([(v, v // 4, *rng.choice(n, 2, replace=False)) for v in rng.integers(0, links // 2, moves)])
    network = Network(moves=chain, documented=rng.integers(0, n, (4, 2)), moved=numpy.array([[1, 2], [1, 3]]))
    if question == "buried":
        network = replace(network, custody=Places.of([at(x, y) for x, y in spread(n)]), burials=chain[:20])
    people = [whole(rng, k, town[k // 4], first, n) for k in range(12)]
    parents = (("air_1", "air"), ("air_2", "air"))
    return world(made, question, confirmed(rows), network, parents), people


def whole(rng, k, town, first, n):
    """One person of `drawn` with something for every bar."""
    from sitereg.links.model import Statement

    when = first + rng.integers(0, 1_000)
    events = [taken(at(*(town + rng.normal(0, 2, 2)), 800.0), (when, when + rng.integers(0, 60)), id=1),
              Event("last_seen_free", at(*town, 5_000.0), (when - 9, when - 1), id=2)]
    if k % 3 == 0:
        events.append(Event("last_custody", at(*rng.uniform(-90, 90, 2), 100.0), (when + 90, when + 90), int(rng.integers(n)), id=3))
    said = tuple(Statement(int(rng.integers(n)), letter, root) for letter, root in zip("BDA"[:k % 4], (1, 1, 2), strict=False))
    return person(*events, authorities=frozenset({"air_1"}) if k % 2 else frozenset(), sex=("male", "female", None)[k % 3],
                  statements=said, companions=((int(k + 4), 1.0), (int(k + 9), 0.5)) if k % 2 else (), number=k, group=k // 4)
