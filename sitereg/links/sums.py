"""An engine that keeps, of everybody whom it ranks, what a few changed sites need to rank him again without the others.

    engine = Summing(world, top=20)
    for done in engine.run(persons): ...
    sites = altered(later, world, links)                 # the positions of the sites that changed, None where all did
    for one in moved_on(engine.sums, engine, Summing(later, before=engine), sites, links):
        one.ids, one.answer, one.proven, one.light  # those that are not proven are ranked whole
"""
from collections import namedtuple
from itertools import compress
from threading import Lock

import numpy

from sitereg.links import columns, fewer, resited, shares
from sitereg.links.batch import FIRST, Ranked
from sitereg.links.engine import Engine, Room
from sitereg.links.fewer import Few
from sitereg.links.layout import Layout, Persons
from sitereg.links.relinked import differ
from sitereg.links.renewal import renew

PORTION = 10_000  # persons that are moved on at a time
SPARE = 16        # one in so many persons more has room beside the others
MOST = 400        # sites that may be reckoned for everybody; with more a whole run is hardly dearer

Weights = namedtuple("Weights", "persons whole half most leans lift gain")

__all__ = ["Moved", "Summing", "Sums", "altered", "moved_on"]


class Moved(namedtuple("Moved", "ids answer proven light same held")):
    """What some persons are answered: arrays as of engine.Room; whether it is proven; what is kept of them.

    light: only what follows from W and the lift is new; same: nothing is, and there is no answer.
    """


    def weights(self, chosen):
        """What of those of a mask moves though their links stay as they were written: as of batch.Ranked."""
        persons = list(compress(self.ids, chosen.tolist()))
        sets = self.answer[4][chosen]
        return Weights(persons, self.held.whole[chosen], sets[:, 0, 0], sets[:, 1, 0], self.answer[5][chosen],
                       self.held.lift[chosen], self.held.gain[chosen])

    def ranked(self, chosen, unlisted):
        """The Ranked of those of a mask."""
        site, parts, total, p, sets, leans, near = (one[chosen] for one in self.answer)
        many, top = site.shape
        ids = tuple(compress(self.ids, chosen.tolist()))
        return Ranked(ids, top * numpy.arange(1, many + 1), site.reshape(-1), total.reshape(-1),
                      parts.reshape(many * top, parts.shape[2]), p.reshape(-1), numpy.full(many, unlisted), sets[:, 0, 0],
                      sets[:, 1, 0], leans, self.held.whole[chosen], self.held.factor[chosen], self.held.lift[chosen],
                      near.reshape(many * top, near.shape[2]), self.held.gain[chosen])


class Sums:
    """What is kept of the persons of a run: as they were laid out and what links.shares keeps."""

    def __init__(self, engine, top):
        self.top, self.layout, self.means, self.lock = top, Layout(engine.world, engine.rows), [], Lock()
        self.persons, self.held, self.new, self.gone, self.room = None, None, [], set(), None

    def __len__(self):
        return sum(len(laid) for laid, _ in self.new) + (len(self.persons) if self.persons else 0)

    def add(self, persons, held):
        """These are kept, in place of what was kept of them."""
        with self.lock:
            laid, rows = self.layout.of(persons), self.layout.rows
            self.new.append((laid, held))
            keys = list(self.layout.places)[len(self.means):]
            known = numpy.flatnonzero(numpy.diff(self.layout.world.sites.places.start))[:1]
            near = columns.nearness(keys, self.layout.world.sites.places.part(known), self.layout.world.parameters)
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
            if self.persons is None:
                self.persons, self.held = many[-1][0].part(0, 0), shares.only(many[-1][1], slice(0, 0))
            late |= self.gone
            self.stay(numpy.array([one not in late for one in self.persons.ids], bool))
            self.append(many[::-1])
            self.new, self.gone = [], set()
        return self.persons, self.held

    def stay(self, chosen):
        """Nothing is kept of the others: the last ones stand where those stood, so that hardly anything is moved."""
        many = int(chosen.sum())
        if many == len(chosen):
            return
        row, last = numpy.arange(many), many + numpy.flatnonzero(chosen[many:])
        free = numpy.flatnonzero(~chosen[:many])
        row[free] = last
        for one in self.held:
            one[free] = one[last]
        self.persons, self.held = self.persons.at(row), shares.only(self.held, slice(0, many))

    def append(self, many):
        """These are kept too, behind the others, where there is room; where there is none, all get some to spare."""
        at, total = len(self.persons), len(self.persons) + sum(len(laid) for laid, _ in many)
        if self.room is None or total > len(self.room.whole):
            spare = shares.room(total + total // SPARE, self.top)
            for mine, yours in zip(spare, self.held, strict=True):
                mine[:at] = yours
            self.room = spare
        for laid, held in many:
            for mine, yours in zip(self.room, held, strict=True):
                mine[at:at + len(laid)] = yours
            at += len(laid)
        self.persons = Persons.joined([self.persons, *(laid for laid, _ in many)])
        self.held = shares.only(self.room, slice(0, total))

    def bytes(self):
        """How much memory they take."""
        flat = [part for laid, held in [*self.new, *([(self.persons, self.room)] if self.persons else [])]
                for part in (laid.days, laid.who, laid.where, *laid.used, *laid.gone, *laid.mention, *laid.together, *held)]
        return sum(one.nbytes for one in flat) + sum(len(points) for points, _ in self.layout.places)

    def follow(self, engine):
        """They are those of another engine now."""
        self.layout.world, self.layout.rows = engine.world, engine.rows


def left(laid, held, gone):
    """(Persons, Held) without those that are gone."""
    chosen = numpy.array([one not in gone for one in laid.ids], bool)
    return (laid, held) if chosen.all() else (laid.only(chosen), shares.only(held, chosen))


class Summing(Engine):
    """An Engine that keeps the Sums of those whom it ranks, where every exponent is 1, and sites and what is asked suffice."""

    def __init__(self, world, before=None, *, top=20):
        super().__init__(world, before)
        self.top = top
        able = not world.parameters.kappa and self.rows.count > top + shares.BEST and top >= FIRST
        self.able, self.sums = able, None
        self.edged, self.known = numpy.zeros(self.rows.count, bool), world.sites.places.known
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
                         shares.only(held, some), self.edged, self.known, wide.near[some])
        held.lost[[self.rows.links.moved(one) and any(each.site >= 0 for each in one.events) for one in persons]] = 1
        self.sums.add(persons, held)
        wide.cut(top)
        return wide.ranked(persons, self.world.parameters.unlisted, held.factor.copy())


def altered(world, before, links=None):
    """The sites (numbers of links.resited) whose own bars may be others than before; None where those of every site may.

    links: the Relinked of the two worlds; without it a confirmed link, and a site that is new, gone or elsewhere, is everybody's.
    """
    placed, other = resited.resited(world, before), differ(world, before, links)
    if placed is None or other is None or world.parents != before.parents or not placed.edges(world, before):
        return None
    if links is None and other & {"places", "count", "confirmed"}:
        return None
    one, other, same = world.sites, before.sites, numpy.setdiff1d(numpy.arange(placed.count), placed.placed)
    back = placed.back[same]
    if not numpy.array_equal(one.built[same], other.built[back], equal_nan=True):
        return None
    found = {n for name in ("authorities", "kinds", "multi", "serves") for mine, yours in [(listed(one, name), listed(other, name))]
             for n, was in zip(same.tolist(), back.tolist(), strict=True) if mine[n] != yours[was]}
    mine, yours = used(one), used(other)
    found |= {n for n, was in zip(same.tolist(), back.tolist(), strict=True) if mine.get(n) != yours.get(was)}
    found.update(placed.placed.tolist())
    if links:
        found.update(links.sites(world.confirmed, placed.confirmed(before.confirmed)).tolist())
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


def moved_on(sums, before, now, sites, links=None):
    """A Moved of each portion of persons: what they are answered by the engine now, as far as it is proven.

    Where no site changed but the network did, all is as it was but for those once in custody: without an answer. links: the
    Relinked of the two worlds; whoever leaves out or is taken with a link that is new, or names a site that is new or elsewhere,
    and is not told by `laid`, was dropped.
    """
    sums.follow(now)
    persons, held = sums.whole()
    placed = resited.resited(now.world, before.world)
    lost = numpy.zeros(len(persons), bool)
    if len(placed):
        shares.renumbered(held, placed.number)
        sums.persons = persons = persons.renumbered(placed.number)
        lost = resited.bound(persons) | resited.naming(persons, placed.count)
    elif {"network", "nodes"} & differ(now.world, before.world, links):
        lost[persons.used[0][persons.used[2] >= 0]] = True
    if lost.any():
        yield Moved(persons.only(lost).ids, None, *numpy.zeros((3, int(lost.sum())), bool), None)
        sums.stay(~lost)
        persons, held = sums.persons, sums.held
    later = persons
    if links is not None:
        later, bereft = links.laid(persons)
        held.lost[bereft] = 1
        sums.persons = later
    if not len(sites):
        every = numpy.ones(len(persons), bool)
        yield Moved(persons.ids, None, every, ~every, every, held)
        return
    few = Few(sums, before, now, numpy.union1d(sites, numpy.unique(now.world.network.moved)).astype(int), sites, placed)
    thin = few.thin(persons)
    held.lost[thin] = 1
    for n in range(0, len(persons), PORTION):
        end = min(n + PORTION, len(persons))
        part, kept = tuple(one.part(n, end) for one in (persons, later)), shares.only(held, slice(n, end))
        fewer.apart(part, kept, few)
        many, top = len(part[0]), sums.top
        answer = (numpy.full((many, top), -1), numpy.zeros((many, top, 10)), numpy.zeros((many, top)), numpy.zeros((many, top)),
                  numpy.zeros((many, 2, 2), int), numpy.zeros(many, bool), numpy.zeros((many, top, shares.PLACES)))
        proven, light = numpy.zeros(many, bool), numpy.zeros(many, bool)
        moved = fewer.change(part, kept, few, links)
        renew(kept, moved, answer, proven, light)
        yield Moved(part[0].ids, answer, proven, light, moved.same, kept)
