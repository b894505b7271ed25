"""An engine that keeps, of everybody whom it ranks, what a few changed sites need to rank him again without the others.

    engine = Summing(world, top=20)
    for done in engine.run(persons): ...
    sites = altered(later, world)                        # the positions of the sites that changed, None where all did
    for one in moved_on(engine.sums, engine, Summing(later, before=engine), sites):
        one.ids, one.answer, one.proven, one.light  # those that are not proven are ranked whole
"""
from collections import namedtuple
from threading import Lock

import numpy

from sitereg.links import columns, shares
from sitereg.links.batch import FIRST, Ranked
from sitereg.links.engine import LEVELS, Engine, Room
from sitereg.links.following import changed
from sitereg.links.layout import Layout, Persons
from sitereg.links.renewal import Change, renew

PORTION = 10_000  # persons that are moved on at a time
MOST = 400        # sites that may be reckoned for everybody; with more a whole run is hardly dearer



__all__ = ["Moved", "Summing", "Sums", "altered", "moved_on"]


class Moved(namedtuple("Moved", "ids answer proven light same held")):
    """What some persons are answered: arrays as of engine.Room; whether it is proven; what is kept of them.

    light: only what follows from W is new; same: nothing is, and there is no answer.
    """


    def ranked(self, chosen, unlisted):
        """The Ranked of those of a mask."""
        site, parts, total, p, sets, leans = (one[chosen] for one in self.answer)
        many, top = site.shape
        ids = tuple(one for one, held in zip(self.ids, chosen.tolist(), strict=True) if held)
        return Ranked(ids, top * numpy.arange(1, many + 1), site.reshape(-1), total.reshape(-1),
                      parts.reshape(many * top, parts.shape[2]), p.reshape(-1), numpy.full(many, unlisted), sets[:, 0, 0],
                      sets[:, 1, 0], leans, self.held.whole[chosen], self.held.factor[chosen])


class Sums:
    """What is kept of the persons of a run: as they were laid out and what links.shares keeps."""

    def __init__(self, engine, top):
        self.top, self.layout, self.means, self.lock = top, Layout(engine.world, engine.rows), [], Lock()
        self.persons, self.held, self.new, self.gone = None, None, [], set()

    def __len__(self):
        return sum(len(laid) for laid, _ in self.new) + (len(self.persons) if self.persons else 0)

    def add(self, persons, held):
        """These are kept, in place of what was kept of them."""
        with self.lock:
            laid, rows = self.layout.of(persons), self.layout.rows
            self.new.append((laid, held))
            keys = list(self.layout.places)[len(self.means):]
            known = numpy.flatnonzero(numpy.diff(self.layout.world.sites.places.start))[:1]
            near = columns.nearness(keys, columns.part(self.layout.world.sites.places, known), self.layout.world.parameters)
            self.means += [one[0] / rows.ratio(*key)[known[0]] for key, one in zip(keys, near, strict=True)] if len(known) \
                else [1.0] * len(keys)

    def drop(self, ids):
        """Of these nothing is kept."""
        self.gone.update(ids)
        self.new = [left(laid, held, set(ids)) for laid, held in self.new]

    def whole(self):
        """(Persons, Held) of everybody; whoever was added last counts."""
        if self.new or self.gone:
            late, many = set(), []
            for laid, held in reversed(self.new):
                many.append(left(laid, held, late))
                late.update(laid.ids)
            if self.persons is not None:
                many.append(left(self.persons, self.held, late | self.gone))
            many.reverse()
            self.persons, self.held = Persons.joined([laid for laid, _ in many]), shares.joined([held for _, held in many])
            self.new, self.gone = [], set()
        return self.persons, self.held

    def bytes(self):
        """How much memory they take."""
        flat = [part for laid, held in [*self.new, *([(self.persons, self.held)] if self.persons else [])]
                for part in (laid.days, laid.who, laid.where, *laid.used, *laid.gone, *laid.mention, *laid.together, *held)]
        return sum(one.nbytes for one in flat) + sum(len(points) for points, _ in self.layout.places)

    def follow(self, engine):
        """They are those of another engine now, whose places are the same."""
        self.layout.world, self.layout.rows = engine.world, engine.rows


def left(laid, held, gone):
    """(Persons, Held) without those that are gone."""
    stay = numpy.array([one not in gone for one in laid.ids], bool)
    return (laid, held) if stay.all() else (laid.only(stay), shares.only(held, stay))


class Summing(Engine):
    """An Engine that keeps the Sums of those whom it ranks, where every exponent is 1 and there are sites enough."""

    def __init__(self, world, before=None, *, top=20):
        super().__init__(world, before)
        self.top = top
        able = not world.parameters.kappa and self.rows.count > top + shares.BEST
        self.able, self.sums = able, None
        self.edged = numpy.zeros(self.rows.count, bool)
        self.edged[world.network.moved.reshape(-1).astype(int)] = True

    def start(self):
        """From now on the sums of those who are ranked are kept, of nobody else."""
        self.sums = Sums(self, self.top) if self.able else None

    def drop(self, persons):
        """Of these nothing is kept any more."""
        if self.sums:
            self.sums.drop(persons)

    def rank(self, persons, top=20):
        """Ranked of these persons."""
        from sitereg.links import asked, summing

        if self.sums is None or self.sums.top != top:
            return super().rank(persons, top)
        wide, held = Room(len(persons), top + shares.BEST), shares.room(len(persons), top)
        laws = self.rows.onward(asked.custodies(self.world, self.rows, persons))
        for n in range(0, len(persons), self.block):
            some = slice(n, n + self.block)
            summing.rank(asked.asked(self.world, self.rows, persons[some], laws), self.shared, wide.part(some),
                         shares.only(held, some), self.edged)
        held.lost[[self.rows.links.moved(one) and any(each.site >= 0 for each in one.events) for one in persons]] = 1
        self.sums.add(persons, held)
        wide.cut(top)
        return wide.ranked(persons, self.world.parameters.unlisted, held.factor.copy())


def altered(world, before):
    """The sites (positions) whose own bars may be others than in the world before; None where those of every site may be."""
    differ = changed(world, before)
    if differ is None or differ & {"places", "count", "moved", "built", "confirmed"} or world.parents != before.parents:
        return None
    one, other = world.sites, before.sites
    found = {n for name in ("authorities", "kinds", "multi", "serves")
             for n, (mine, yours) in enumerate(zip(listed(one, name), listed(other, name), strict=True)) if mine != yours}
    mine, yours = used(one), used(other)
    found |= {n for n in mine.keys() | yours.keys() if mine.get(n) != yours.get(n)}
    edges = numpy.unique(world.network.moved)
    return None if len(found) + len(edges) > MOST else numpy.array(sorted(found), int)


def listed(sites, name):
    """One attribute of each site."""
    return numpy.asarray(getattr(sites, name)).tolist() if name == "multi" else getattr(sites, name)


def used(sites):
    """{site: its days of use, as bytes}."""
    found = {}
    for site, days in zip(sites.period_site.tolist(), numpy.ascontiguousarray(sites.periods, float), strict=True):
        found[site] = found.get(site, b"") + days.tobytes()
    return found


def moved_on(sums, before, now, sites):
    """A Moved of each portion of persons: what they are answered by the engine now, as far as it is proven.

    Where no site changed but the network did, all is as it was but for those once in custody: without an answer.
    """
    sums.follow(now)
    persons, held = sums.whole()
    custody = numpy.zeros(len(persons), bool)
    if "network" in changed(now.world, before.world):
        custody[persons.used[0][persons.used[2] >= 0]] = True
    held.lost[custody] = 1
    if not len(sites):
        yield Moved(persons.ids, None, ~custody, ~custody, ~custody, held)
        return
    few = numpy.union1d(sites, numpy.unique(now.world.network.moved)).astype(int)
    near = columns.nearness(list(sums.layout.places), columns.part(now.world.sites.places, few), now.world.parameters)
    near /= numpy.array(sums.means)[:, None]
    for n in range(0, len(persons), PORTION):
        chosen = numpy.zeros(len(persons), bool)
        chosen[n:n + PORTION] = True
        part, kept = persons.only(chosen), shares.only(held, slice(n, n + PORTION))
        apart(part, kept, before, now, sites)
        many, top = len(part), sums.top
        answer = (numpy.full((many, top), -1), numpy.zeros((many, top, 10)), numpy.zeros((many, top)), numpy.zeros((many, top)),
                  numpy.zeros((many, 2, 2), int), numpy.zeros(many, bool))
        proven, light = numpy.zeros(many, bool), numpy.zeros(many, bool)
        moved = change(part, kept, sums, before, now, few, sites, near)
        renew(kept, moved, answer, proven, light)
        yield Moved(part.ids, answer, proven, light, moved.same, kept)


def apart(persons, held, before, now, sites):
    """Those whose own links give a site its days of use, where these are left out, are not moved on."""
    of, link = persons.gone
    unknown = numpy.zeros(now.rows.count, bool)
    unknown[sites] = ~(now.rows.facts.periods_known & before.rows.facts.periods_known)[sites]
    edges = now.world.network.moved.reshape(-1).astype(int)
    unknown[edges] |= ~now.rows.facts.periods_known[edges]
    held.lost[of[unknown[now.world.confirmed.site[link]]]] = 1


def change(persons, held, sums, before, now, few, sites, near):
    """The Change of these persons; near: E[k] over its mean between all places and the few."""
    world, parameters, layout = now.world, now.world.parameters, sums.layout
    edges = numpy.unique(world.network.moved, axis=0).astype(int).reshape(-1, 2)
    part = columns.bars(persons, layout, near, world, now.rows, few)
    was = part.copy()  # but for what altered() lets differ; those whose custody the network moves are lost
    was[:, :, 1] = columns.time(persons, before.world, before.rows, few)
    was[:, :, 3], was[:, :, 4] = columns.standing(persons, layout, before.world, before.rows, few)
    ended, ends = (columns.flagged(persons, one, few) for one in (before.world, world))
    same = (was == part).all(axis=(1, 2)) & (ended == ends).all(axis=1)
    edges = numpy.searchsorted(few, edges)
    of, site, mass = persons.together
    at = numpy.minimum(numpy.searchsorted(few, site), max(len(few) - 1, 0))
    here = few[at] == site if len(few) else numpy.zeros(0, bool)
    beside = numpy.zeros((len(persons), len(few)))
    numpy.add.at(beside, (of[here], at[here]), mass[here])
    return Change(few, numpy.isin(few, sites), numpy.isin(few, world.network.moved), was.sum(axis=2), part,
                  columns.around(persons, world, now.rows.facts.share, few) * held.factor[:, :1] / parameters.cohort_prior,
                  beside * held.factor[:, 1:] / parameters.companion_prior, ended, ends, numpy.zeros(len(persons)), same, edges,
                  numpy.bincount(edges[:, 0], minlength=len(few)), float(parameters.remains_moved), float(parameters.unlisted),
                  LEVELS, min(FIRST, now.rows.count))
