"""What persons share: one row over the sites for each place, authority and custody that occurs, reckoned once and kept.

A registry knows far fewer places than persons, so most of a score is a sum of rows that stand ready. A row hangs on its own key
alone: whether it was kept or is reckoned again, it has the same bits.
"""
from functools import cached_property
from threading import Lock

import numpy

from sitereg.links import onward, space
from sitereg.links.blurring import sphere
from sitereg.links.counted import Links
from sitereg.links.model import Person
from sitereg.links.score import statistics
from sitereg.links.standing import authority, person_fits
from sitereg.links.vicinity import Vicinity

BYTES = {"ratio": 2 ** 29, "onward": 2 ** 28, "expected": 2 ** 26}  # of rows kept of a kind; 6,700 rows of 5,000 sites are 2 ** 28
MOST = 2 ** 16  # middles of places that are kept
LAWS = 128  # custody nodes at a time
WIDE = 8 * 16  # bytes of a place's points beyond which its rows are dear

__all__ = ["Rows"]


def kept(make):
    """A method that remembers its rows by their key; what was not asked for longest is forgotten first."""
    name = make.__name__

    def row(self, *key):
        held = self.held.setdefault(name, {})
        with self.lock:
            found = held.pop(key, None)
            if found is not None:
                held[key] = found
                return found
        found = make(self, *key)
        self.keep(name, key, found)
        return found
    row.__doc__ = make.__doc__
    return row


class Rows:
    """The rows of one world. Degrees and days as in model; every array is over the sites in their order."""

    def __init__(self, world):
        self.world, self.facts, self.held = world, statistics(world), {}
        self.count, self.parameters = len(world.sites), world.parameters
        self.near = Vicinity(world.sites.places, self.parameters)
        self.lock = Lock()
        self.links = Links(world, self.facts)
        self.ones, self.zeros = numpy.ones(self.count), numpy.zeros(self.count)

    def most(self, name):
        """How many rows of a kind are kept."""
        return max(BYTES[name] // (8 * max(self.count, 1)), 64) if name in BYTES else MOST

    def keep(self, name, key, row):
        """One more row of a kind is kept."""
        held = self.held.setdefault(name, {})
        with self.lock:
            while len(held) >= self.most(name):
                del held[next(iter(held))]
            held[key] = row

    # ---- where
    @kept
    def ratio(self, points, radius_m):
        """E[k] from a place to each site over its mean; points as the bytes of an (n, 2) array of degrees."""
        whole = self.expected if len(points) > WIDE else self.near.expected
        return space.ratio(whole(points, radius_m))

    @kept
    def expected(self, points, radius_m):
        """E[k] from a wide place to each site: dear, and kept where a site is new, gone or elsewhere."""
        return self.near.expected(points, radius_m)

    @kept
    def middle(self, points, radius_m):
        """(the middle of a place on the unit sphere, its radius in km): what neighbours are told by."""
        lon, lat, radius = space.middle(numpy.frombuffer(points).reshape(-1, 2), radius_m)
        return tuple(sphere([lon], [lat])[0].tolist()), float(radius)

    def onward(self, keys):
        """{(custody node, moves and burials that are left out): where those last known there are, over the mean candidate}."""
        held, found = self.held.setdefault("onward", {}), {}
        with self.lock:
            for key in dict.fromkeys(keys):
                if key in held:
                    found[key] = held[key] = held.pop(key)
        lacking = [key for key in dict.fromkeys(keys) if key not in found]
        for some in (lacking[n:n + LAWS] for n in range(0, len(lacking), LAWS)):
            for key, law in zip(some, onward.laws(self.facts.chain, some), strict=True):
                found[key] = space.ratio(law)
                self.keep("onward", key, found[key])
        return found

    # ---- who
    @cached_property
    def turns(self):
        """The days on which the authority of some site begins, and those on which it ends."""
        return numpy.unique(self.facts.standing.begin), numpy.unique(self.facts.standing.end)

    def authority(self, person, between):
        """w_authority of each site, once for all of the same authorities between the same turns."""
        if self.world.question != "held" or not person.authorities or not len(self.facts.standing.site):
            return self.zeros
        first, last = between or (-numpy.inf, numpy.inf)
        turn = (int(numpy.searchsorted(self.turns[0], last, side="right")), int(numpy.searchsorted(self.turns[1], first)))
        held, key = self.held.setdefault("authority", {}), (person.authorities, turn)
        if key not in held:
            held[key] = authority(self.world, person, between, self.facts.standing)
        return held[key]

    def fits(self, person):
        """w_person of each site, once for all of the same sex, age and service."""
        key = person.sex, person.minor, bool(person.soldier)
        held = self.held.setdefault("fits", {})
        if key not in held:
            alike = Person(None, "", sex=key[0], minor=key[1], soldier=key[2])
            held[key] = person_fits(alike, self.facts.standing, self.parameters)
        return held[key]
