"""What the link score reads: plain frozen values and numpy arrays; it knows no database, no file and no page.

    World       one question and tier: parameters, sites, confirmed links, network, parents of authorities
    Sites       the candidates; Places their places; periods, authorities, whom they held
    Person      events, statements, companions of one person
    Confirmed   links that are confirmed, of all persons; whoever is scored is left out of them with his whole group
    Network     where people were moved on to, and where remains were moved to

Days are numbers of days (date.toordinal); NaN = not known. Degrees are longitude and latitude on WGS 84. A position is the
index of a site in `Sites`; -1 = none.
"""
import hashlib
from dataclasses import asdict, dataclass, field, replace
from enum import IntFlag

import numpy

BARS = ("space", "time", "load", "authority", "person", "mention", "transfer", "cohort", "companion", "moved")
UNKNOWN = (float("nan"), float("nan"))

__all__ = ["BARS", "DEFAULTS", "UNKNOWN", "Confirmed", "Event", "Flag", "Network", "Parameters", "Person", "Places", "Sites",
           "Statement", "World"]


class Flag(IntFlag):
    """Why a site cannot be it: shown as such and sorted last; never a weight."""

    BUILT_LATER = 1   # it did not exist on any day that the question asks about
    ALIVE_LATER = 2   # a sign of life is later than the last day on which the site was in use


@dataclass(frozen=True)
class Parameters:
    """Every number of the score for one question; `version` names the set and tells it from every other."""

    question: str
    d0_km: float
    g: float
    legs: tuple                          # (leg, weight): shared by the events of a leg, normalised over the legs present
    lags: tuple                          # (days after the reference date, mass)
    name: str = "default-1"
    gaps: tuple = ((0, 1.0), (30, 0.0), (180, -1.0), (400, -1.6), (1e9, -2.5))  # up to so many days: nats
    dates: int = 9
    derived_from: int = 3                # a period that is not known follows from so many confirmed days (at least 2); 0 = never
    load_days: float = 180.0
    load_power: float = 0.5
    load_power_undated: float = 0.25
    load_add: float = 0.5
    load_cap: float = 2.0
    authority: tuple = (1.4, 0.5, -1.2)  # the same; another of the same parent; both known and disjoint
    person: tuple = (0.5, -2.0)          # fits; contradicts
    reliability: tuple = (("A", 0.9), ("B", 0.7), ("C", 0.5), ("D", 0.3))
    mention_among: float = 50.0
    mention_cap: float = 8.0
    cohort_km: float = 5.0
    cohort_days: float = 30.0
    cohort_reach: float = 12.0           # a neighbour of less than exp(-reach) counts as none
    cohort_prior: float = 3.0
    companion_prior: float = 1.0
    moved_on: float = 0.3                # rho: the share that is moved on from any place
    moves: int = 4
    gravity_km: float = 2.0
    gravity_g: float = 1.3
    gravity_mass: float = 2.0
    gravity_add: float = 0.3
    documented: float = 3.0              # a relation without counts
    remains_moved: float = 0.5           # the share of remains that an edge moves
    unlisted: float = 0.10
    kappa: tuple = ()                    # (bar, exponent) where it is not 1

    @property
    def version(self):
        """The name and a hash of all numbers: equal if and only if every number is."""
        numbers = repr(sorted((key, value) for key, value in asdict(self).items() if key != "name"))
        return f"{self.name}:{hashlib.sha256(numbers.encode()).hexdigest()[:8]}"

    def exponent(self, bar):
        """kappa of a bar; 1 where none was fitted."""
        return dict(self.kappa).get(bar, 1.0)


_HELD = Parameters("held", 1.5, 1.4, legs=(("last_custody", 1.0), ("arrested", 1.0), ("last_seen_free", 0.7), ("home", 0.4)),
                   lags=((0, 1.0),))
_BURIED = Parameters("buried", 3.0, 1.4, legs=(("last_custody", 0.7), ("arrested", 0.3)),
                     lags=((0, 0.15), (1, 0.25), (6, 0.25), (36, 0.2), (90, 0.1), (164, 0.05)))
DEFAULTS = {"held": _HELD, "buried": _BURIED}


@dataclass(frozen=True)
class Places:
    """n places laid flat: place i has the nodes start[i]:start[i + 1], whose weights sum to 1, and a radius.

    A place without nodes is not known. radius_m is the circle that holds the truth with 68 % around each node.
    """

    lon: numpy.ndarray
    lat: numpy.ndarray
    weight: numpy.ndarray
    start: numpy.ndarray   # n + 1
    radius_m: numpy.ndarray

    @classmethod
    def of(cls, places):
        """From (points in degrees (k, 2), radius in metres) for each place, None for one that is not known; equal weights."""
        nodes = [numpy.empty((0, 2)) if one is None else numpy.atleast_2d(numpy.asarray(one[0], float)) for one in places]
        counts = numpy.array([len(one) for one in nodes], int)
        flat = numpy.concatenate(nodes) if nodes else numpy.empty((0, 2))
        weight = numpy.repeat(1.0 / numpy.maximum(counts, 1), counts)
        radius = numpy.array([0.0 if one is None else float(one[1]) for one in places])
        return cls(flat[:, 0].copy(), flat[:, 1].copy(), weight, numpy.concatenate([[0], counts.cumsum()]).astype(int), radius)

    def __len__(self):
        return len(self.radius_m)

    def part(self, chosen):
        """The Places of some of the places."""
        chosen = numpy.asarray(chosen, int)
        many = numpy.diff(self.start)[chosen]
        start = numpy.concatenate([[0], many.cumsum()]).astype(int)
        flat = numpy.repeat(self.start[chosen] - start[:-1], many) + numpy.arange(start[-1])
        return Places(self.lon[flat], self.lat[flat], self.weight[flat], start, self.radius_m[chosen])

    @property
    def known(self):
        """Which of the places are known at all."""
        return numpy.diff(self.start) > 0


@dataclass(frozen=True)
class Sites:
    """The candidates of a question, in one order that every array of the world follows."""

    ids: tuple
    codes: tuple
    places: Places
    kinds: tuple                          # of tuples of codes
    authorities: tuple                    # of tuples of (code, from day, to day)
    period_site: numpy.ndarray            # (k,) the site of each period of use, ascending
    periods: numpy.ndarray                # (k, 4) began from, began to, ended from, ended to
    multi: numpy.ndarray                  # several bodies held people here, or it is a prison or a stadium: no authority bar
    serves: tuple                         # of sets of {men, women, minors, soldiers}
    built: numpy.ndarray                  # the first day on which it existed

    def __len__(self):
        return len(self.codes)


@dataclass(frozen=True)
class Event:
    """One event of a person; `leg` is what the score uses it as: arrested, last_custody, last_seen_free, home."""

    leg: str
    place: tuple | None = None            # (points in degrees (k, 2), radius in metres)
    days: tuple = UNKNOWN                 # first and last possible day
    site: int = -1                        # where the site is known: its position in the custody nodes of the network
    kind: str = ""
    id: object = None
    reliability: str = ""
    root: object = None


@dataclass(frozen=True)
class Statement:
    """Somebody names a site (or rules it out) and the chain of custody does not use it already."""

    site: int
    reliability: str
    root: object
    against: bool = False


@dataclass(frozen=True)
class Person:
    """One person. `number` and `group` are those of Confirmed; -1 = in no confirmed link, of no group."""

    id: object
    code: str
    events: tuple = ()
    authorities: frozenset = frozenset()
    sex: str | None = None                # male, female
    minor: bool | None = None
    soldier: bool | None = None
    statements: tuple = ()
    companions: tuple = ()                # (number, confidence)
    alive: float = float("nan")           # the last day of which a sign of life is known
    number: int = -1
    group: int = -1


@dataclass(frozen=True)
class Confirmed:
    """The confirmed links of the question: arrays of one length. lon, lat, radius_m: where the person was taken."""

    person: numpy.ndarray
    site: numpy.ndarray
    day: numpy.ndarray
    group: numpy.ndarray
    lon: numpy.ndarray
    lat: numpy.ndarray
    radius_m: numpy.ndarray

    @classmethod
    def none(cls):
        """No link at all."""
        whole, number = numpy.empty(0, int), numpy.empty(0)
        return cls(whole, whole, number, whole, number, number, number)

    def __len__(self):
        return len(self.person)

    def without(self, gone):
        """The links that are not marked in `gone`."""
        return Confirmed(*(getattr(self, name)[~gone] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Network:
    """Who was moved on from where to where. Custody nodes are the candidates themselves (held), or `custody` (buried).

    moves (k, 4): person, group, from node, to node. documented (k, 2): a relation without counts. burials (k, 4): person,
    group, from node, to candidate: where those last held at the node were buried. moved (k, 2): remains were moved from one
    candidate to another.
    """

    custody: Places | None = None
    moves: numpy.ndarray = field(default_factory=lambda: numpy.empty((0, 4), int))
    documented: numpy.ndarray = field(default_factory=lambda: numpy.empty((0, 2), int))
    burials: numpy.ndarray = field(default_factory=lambda: numpy.empty((0, 4), int))
    moved: numpy.ndarray = field(default_factory=lambda: numpy.empty((0, 2), int))


@dataclass(frozen=True)
class World:
    """All that a score of one question and one tier rests on, except the person."""

    parameters: Parameters
    sites: Sites
    confirmed: Confirmed = field(default_factory=Confirmed.none)
    network: Network = field(default_factory=Network)
    parents: tuple = ()                   # (authority, its parent)
    tier: int = 1

    @property
    def question(self):
        """held or buried."""
        return self.parameters.question

    def without(self, person):
        """The world in which this person, the whole group and the companions left no confirmed link and no move."""
        gone = left_out(person, self.confirmed.person, self.confirmed.group)
        own = {name: getattr(self.network, name) for name in ("moves", "burials")}
        kept = {name: rows[~left_out(person, rows[:, 0], rows[:, 1])] for name, rows in own.items()}
        return replace(self, confirmed=self.confirmed.without(gone), network=replace(self.network, **kept))


def left_out(person, numbers, groups):
    """Which rows belong to the person, to the own group or to a companion."""
    gone = (numbers == person.number) & (person.number >= 0)
    gone |= (groups == person.group) & (person.group >= 0)
    return gone | numpy.isin(numbers, [number for number, _ in person.companions])
