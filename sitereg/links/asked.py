"""What is asked of some persons, laid flat for links.ranking: which rows each takes, on which days, without whose links."""
from collections import namedtuple

import numpy

from sitereg.links import days, onward, others, score
from sitereg.links.standing import mention

Asked = namedtuple("Asked", "place_start place law weight near first last latest alive gone_start gone instead_start instead_site "
                   "instead authority fits standing mention_start mention_site mention which where tables stack reach "
                   "together_start together_site together")
Left = namedtuple("Left", "site day")
NOTHING = (numpy.empty(0, int), numpy.empty(0, int), *(numpy.empty(0),) * 3)
NEVER = float("nan")

__all__ = ["asked", "custodies"]


def asked(world, rows, persons, laws):
    """The Asked of these persons; laws: rows.onward of custodies of them."""
    made = Laying(world, rows, laws)
    for person in persons:
        made.add(person)
    return made.asked()


def custodies(world, rows, persons):
    """What rows.onward is asked for these persons: each custody node, with the moves of the person's own that are left out."""
    return [left(person, event.site, world, rows) for person in persons if any(event.site >= 0 for event in person.events)
            for event, _ in score.chosen(person, world.parameters) if event.site >= 0]


def left(person, site, world, rows):
    """The key of rows.onward of a person last known at a custody node."""
    return (site, *(onward.own(person, world.network) if rows.links.moved(person) else ((), ())))


class Flat:
    """Several numbers a person, end to end: kinds = their types."""

    def __init__(self, *kinds):
        self.kinds, self.rows, self.ends = kinds, [], [0]

    def add(self, rows=()):
        """The rows of the next person."""
        self.rows += rows
        self.ends.append(len(self.rows))

    def columns(self):
        """(ends, an array for each kind)."""
        many = zip(*self.rows, strict=True) if self.rows else [()] * len(self.kinds)
        return numpy.array(self.ends), *(numpy.array(one, kind) for one, kind in zip(many, self.kinds, strict=True))


class Distinct:
    """Rows, each once: what many persons share is the same object."""

    def __init__(self, *rows):
        self.rows, self.at = list(rows), {id(row): n for n, row in enumerate(rows)}

    def of(self, row):
        """The number of a row."""
        at = self.at.setdefault(id(row), len(self.rows))
        if at == len(self.rows):
            self.rows.append(row)
        return at


class Laying:
    """The Asked of a world as persons are added."""

    def __init__(self, world, rows, laws):
        self.world, self.rows, self.laws = world, rows, laws
        self.places, self.gone, self.instead = Flat(int, int, float), Flat(int), Flat(int, float)
        self.mention, self.together = Flat(int, float), Flat(int, float)
        self.near, self.standing, self.tables = Distinct(rows.ones), Distinct(rows.zeros), Distinct()
        self.days, self.who, self.where = [], [], []
        self.lag = max(lag for lag, _ in world.parameters.lags)

    def add(self, person):
        """One more person."""
        when, rows = days.reference(person), self.rows
        between = None if when is None else (float(when.days[0]), float(when.days[1]))
        gone = rows.links.own(person)
        self.places.add(self.mixture(person))
        alive = person.alive if self.world.question == "buried" else NEVER
        self.days.append((NEVER, NEVER, numpy.inf, alive) if between is None else (*between, between[1] + self.lag, alive))
        self.gone.add([(one,) for one in gone.tolist()])
        self.instead.add(self.time(between, gone) if len(gone) and between is not None else ())
        self.mention.add(said(person, rows) if person.statements else ())
        self.together.add(rows.links.together(person) if person.companions else ())
        table, point = -1, (0.0, 0.0, 0.0)
        if when is not None and when.place is not None:
            point, radius = rows.middle(*key(when.place))
            table = self.tables.of(rows.links.tables.at(radius)[1])
        self.where.append(point)
        self.who.append((self.standing.of(rows.authority(person, between)), self.standing.of(rows.fits(person)), table))

    def mixture(self, person):
        """[(row of nearness, row of where people went from there or -1, weight)] of score.mixture."""
        rows, found = self.rows, []
        for event, weight in score.chosen(person, self.world.parameters):
            law = self.near.of(self.laws[left(person, event.site, self.world, rows)]) if event.site >= 0 else -1
            found.append((0 if event.place is None else self.near.of(rows.ratio(*key(event.place))), law, weight))
        return found

    def time(self, between, gone):
        """[(site, w_time)] of sites whose days are known from confirmed links alone, some of which are left out."""
        links, confirmed, known = self.rows.links, self.world.confirmed, self.rows.facts.periods_known
        own, found = gone[links.dated[gone]], []
        for site in numpy.unique(confirmed.site[own][~known[confirmed.site[own]]]).tolist():
            every, mine = links.dated & (confirmed.site == site), own[confirmed.site[own] == site]
            left = days_less(confirmed.day[every], confirmed.day[mine])
            seen = others.derived(Left(numpy.zeros(len(left), int), left), numpy.zeros(1, bool), self.world.parameters.derived_from)
            found.append((site, days.time(between, NOTHING, seen, 1, self.world.parameters)[0]))
        return found

    def asked(self):
        """The Asked of all who were added."""
        links, at = self.rows.links, numpy.array(self.days).reshape(-1, 4).T.copy()
        start, place, law, weight = self.places.columns()
        stack, who = links.tables.stack, numpy.array(self.who).reshape(-1, 3).T.copy()
        mention, together, gone, instead = (one.columns() for one in (self.mention, self.together, self.gone, self.instead))
        tables = numpy.array(self.tables.rows, int).reshape(len(self.tables.rows), len(links.tables.radii))
        return Asked(start, place, law, weight, numpy.array(self.near.rows), *at, *gone, *instead, who[0], who[1],
                     numpy.array(self.standing.rows), *mention, who[2], numpy.array(self.where).reshape(-1, 3), tables, stack,
                     links.reaching(stack), *together)


def said(person, rows):
    """[(site, w_mention)] of the sites that statements name."""
    bar = mention(person, rows.count, rows.parameters)
    return [(site, bar[site]) for site in numpy.flatnonzero(bar).tolist()]


def key(place):
    """A place as the key of its row."""
    return numpy.ascontiguousarray(place[0], float).tobytes(), float(place[1])


def days_less(every, own):
    """The days without these, each taken out once; sorted."""
    left = numpy.sort(every).tolist()
    for one in own.tolist():
        left.remove(one)
    return numpy.array(left)
