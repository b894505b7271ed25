"""What was asked of the persons of a run, laid flat and kept: enough to reckon the bars of a few sites for all of them at once."""
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress

import numpy

from sitereg.links import days, score, space
from sitereg.links.asked import Flat, key, said

NONE = float("nan")

__all__ = ["Layout", "Persons"]


@dataclass(frozen=True)
class Persons:
    """n persons laid flat; `used` and the others are (whose each row is, ...) in the order of the persons.

    used: place (its number, -1 = none known), custody node (-1 = none), weight. days (n, 4): first and last of the reference
    (NaN = none), the last on which a site may have been built, the last sign of life where burial is asked. who (n, 3): numbers
    of authorities, of sex, age and service, and of the first and last day. where (n, 3): the middle of the reference place and
    its radius in km. gone: links that are left out. mention: site, bar. together: site, V.
    """

    ids: tuple
    days: numpy.ndarray
    who: numpy.ndarray
    where: numpy.ndarray
    used: tuple
    gone: tuple
    mention: tuple
    together: tuple

    def __len__(self):
        return len(self.ids)

    @cached_property
    def between(self):
        """(the first and last days that occur (., 2), which of them each person has)."""
        _, first, which = numpy.unique(self.who[:, 2], return_index=True, return_inverse=True)
        return numpy.ascontiguousarray(self.days[first, :2]), which.reshape(-1)

    @classmethod
    def joined(cls, many):
        """Several, one behind the other."""
        before = numpy.cumsum([0, *map(len, many)])
        flat = [tuple(numpy.concatenate([part + (n if k == 0 else 0) for part, n in zip(parts, before[:-1], strict=True)])
                      for k, parts in enumerate(zip(*(getattr(one, name) for one in many), strict=True)))
                for name in ("used", "gone", "mention", "together")]
        whole = [numpy.concatenate([getattr(one, name) for one in many]) for name in ("days", "who", "where")]
        return cls(tuple(one for each in many for one in each.ids), *whole, *flat)

    def only(self, chosen):
        """Those of a mask, in their order."""
        at = numpy.cumsum(chosen) - 1
        flat = [tuple(at[part[chosen[rows[0]]]] if k == 0 else part[chosen[rows[0]]] for k, part in enumerate(rows))
                for rows in (self.used, self.gone, self.mention, self.together)]
        return Persons(tuple(compress(self.ids, chosen.tolist())), self.days[chosen],
                       self.who[chosen], self.where[chosen], *flat)

    def at(self, rows):
        """Those of these rows, in this order."""
        flat = []
        for one in (self.used, self.gone, self.mention, self.together):
            start = numpy.searchsorted(one[0], numpy.arange(len(self) + 1))
            first, many = start[rows], (start[1:] - start[:-1])[rows]
            where = numpy.repeat(first - (numpy.cumsum(many) - many), many) + numpy.arange(many.sum())
            flat.append((numpy.repeat(numpy.arange(len(rows)), many), *(part[where] for part in one[1:])))
        return Persons(tuple(map(self.ids.__getitem__, rows.tolist())), self.days[rows], self.who[rows], self.where[rows], *flat)

    def part(self, first, last):
        """Those from the first to before the last."""
        flat = []
        for one in (self.used, self.gone, self.mention, self.together):
            low, high = numpy.searchsorted(one[0], (first, last))
            flat.append((one[0][low:high] - first, *(part[low:high] for part in one[1:])))
        return Persons(self.ids[first:last], self.days[first:last], self.who[first:last], self.where[first:last], *flat)

    def renumbered(self, number):
        """The sites that are named have these numbers now."""
        return replace(self, **{name: (of, number[site], said) for name in ("mention", "together")
                                for of, site, said in [getattr(self, name)]})


class Layout:
    """Lays persons out; what several share (places, authorities, traits) has one number for all."""

    def __init__(self, world, rows):
        self.world, self.rows = world, rows
        self.lag = max(lag for lag, _ in world.parameters.lags)
        self.places, self.authorities, self.traits, self.between = {}, {frozenset(): 0}, {}, {}

    def of(self, persons):
        """The Persons of these."""
        used, gone, named, together = Flat(int, int, float), Flat(int), Flat(int, float), Flat(int, float)
        when, who, where = [], [], []
        for person in persons:
            reference = days.reference(person)
            between = (NONE, NONE) if reference is None else reference.days
            used.add([(-1 if one.place is None else self.place(one.place), one.site, weight)
                      for one, weight in score.chosen(person, self.world.parameters)])
            gone.add([(one,) for one in self.rows.links.own(person).tolist()])
            named.add(said(person, self.rows) if person.statements else ())
            together.add(self.rows.links.together(person) if person.companions else ())
            alive = person.alive if self.world.question == "buried" else NONE
            between = tuple(map(float, between)) if between[0] == between[0] else (NONE, NONE)
            when.append((*between, numpy.inf if reference is None else between[1] + self.lag, alive))
            who.append((number(self.authorities, person.authorities),
                        number(self.traits, (person.sex, person.minor, bool(person.soldier))), number(self.between, between)))
            placed = reference is not None and reference.place is not None
            where.append((*space.middle(*reference.place), 0.0)[:3] if placed else (NONE,) * 3)
        whole = (numpy.array(one, kind).reshape(-1, wide)
                 for one, kind, wide in ((when, float, 4), (who, int, 3), (where, float, 3)))
        return Persons(tuple(one.id for one in persons), *whole, *(owned(one) for one in (used, gone, named, together)))

    def place(self, place):
        """The number of a place."""
        return number(self.places, key(place))


def owned(flat):
    """(whose each row is, an array for each kind) of a Flat."""
    ends, *columns = flat.columns()
    return numpy.repeat(numpy.arange(len(ends) - 1), numpy.diff(ends)), *columns


def number(known, key):
    """The number of a key."""
    return known.setdefault(key, len(known))
