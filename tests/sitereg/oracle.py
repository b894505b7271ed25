"""A random registry, and what anybody should see of it, reckoned from the rules of access in plain Python: no SQL is asked."""
import math
import random
from dataclasses import dataclass, field

from pyproj import Geod, Transformer
from shapely import Point, Polygon, box

from tests import given
from tests.sitereg import analysing

COMPARTMENTS = ("names", "case_a", "case_b")
UNITS = (("SY010000", box(36, 33, 36.3, 33.3)), ("SY0100", box(36, 33, 37, 34)), ("SY", box(35, 32, 43, 38)))  # the smallest first
TO_GRID = Transformer.from_crs(4326, 6933, always_xy=True)
TO_DEGREES = Transformer.from_crs(6933, 4326, always_xy=True)
EARTH = Geod(ellps="WGS84")
FATES = (None, None, None, None, "disclosed", "restricted", "place_restricted", "claim_restricted", "frozen", "withdrawn")


@dataclass
class Person:
    name: str
    tier: int
    compartments: frozenset
    roles: tuple

    @property
    def held(self):
        """What he holds, with the compartment of what is frozen, which releasers of tier 2 hold because they are that."""
        return self.compartments | ({"frozen"} if self.tier == 2 and "releaser" in self.roles else set())


@dataclass
class Claim:
    """One thing said of a site or case: told once, by a source that may take it back."""

    what: dict
    tier: int
    compartments: frozenset
    fate: str | None = None
    id: object = None


@dataclass
class Record:
    """A site, or a case with one event."""

    n: int
    kind: str
    tier: int
    exact: int
    compartments: frozenset
    fate: str | None
    lon: float
    lat: float
    radius: float
    placed: str  # point, unit or none
    claims: list = field(default_factory=list)
    state: str = "open_missing"
    id: object = None
    code: str = ""

    def now(self):
        """(tier, tier of the exact place, compartments) after all that was decided."""
        tier = {"disclosed": 0, "restricted": 2}.get(self.fate, self.tier)
        return (tier, 2 if self.fate == "place_restricted" else max(self.exact, tier),
                self.compartments | ({"frozen"} if self.fate == "frozen" else set()))

    def seen_by(self, person):
        tier, _, compartments = self.now()
        if tier > person.tier or not compartments <= person.held:
            return False
        if self.kind == "person" and (person.tier < 1 or ("partner" in person.roles and self.state in ("listed", "draft"))):
            return False
        return any(one.counts_for(self, person.tier) for one in self.claims)

    def place_of(self, person):
        """(shown as, shape) of its place or event in that person's face, as access.md says it."""
        _, exact, _ = self.now()
        said = self.claims[0]
        if self.placed == "none" or not said.counts_for(self, person.tier):
            return "none", None
        face = person.tier
        finest = 0 if face >= (2 if self.kind == "person" else exact) else 1000 if face == 1 and self.kind == "site" else 10_000
        if self.placed == "unit":
            return "admin_unit", None
        if finest == 0:
            return "exact", Point(self.lon, self.lat)
        for size in (1000, 10_000):
            if size >= finest and self.radius <= size / 2:
                return f"cell_{size // 1000}km", cell(self.lon, self.lat, size)
        return "admin_unit", unit(self.lon, self.lat, self.radius)


def counts(self, record, level):
    """Whether the claim counts in a face: of its tier now, and of no compartment that the record lacks."""
    if self.fate == "withdrawn":
        return False
    tier = 0 if named(self, record) else 2 if self.fate == "restricted" else self.tier
    return tier <= level and self.compartments <= record.compartments


def named(self, record):
    """Whether a disclosure named it: whatever is of no compartment."""
    return record.fate == "disclosed" and not self.compartments


def told(self, record, person):
    """Whether somebody who sees the record sees this claim of it."""
    tier = 2 if self.fate == "restricted" else self.tier
    compartments = self.compartments | record.compartments | ({"frozen"} if record.fate == "frozen" else set())
    return self.fate != "withdrawn" and tier <= person.tier and compartments <= person.held


Claim.counts_for, Claim.told_to = counts, told


def cell(lon, lat, size):
    x, y = TO_GRID.transform(lon, lat)
    i, j = math.floor(x / size), math.floor(y / size)
    corners = [(i * size, j * size), ((i + 1) * size, j * size), ((i + 1) * size, (j + 1) * size), (i * size, (j + 1) * size)]
    return Polygon([TO_DEGREES.transform(*one) for one in corners])


def unit(lon, lat, radius):
    """The smallest unit that covers the circle, else the country of its centre."""
    ring = Polygon([EARTH.fwd(lon, lat, azimuth, radius)[:2] for azimuth in range(0, 360, 2)])
    return next(shape for pcode, shape in UNITS if shape.covers(ring) or pcode == "SY")


def near_a_border(lon, lat, radius):
    """Whether a hair decides which unit covers the circle, or which cell holds the point: no test of rules."""
    hair = [abs(EARTH.line_length([lon, edge], [lat, lat]) - radius) < 30 for edge in (36, 36.3, 37)]
    hair += [abs(EARTH.line_length([lon, lon], [lat, edge]) - radius) < 30 for edge in (33, 33.3, 34)]
    x, y = TO_GRID.transform(lon, lat)
    return any(hair) or min(x % 1000, 1000 - x % 1000, y % 1000, 1000 - y % 1000) < 1


def persons(rng, count):
    roles = (("viewer",), ("analyst",), ("analyst", "investigator"), ("analyst", "releaser"), ("partner",), ("source_handler", "analyst"))
    return [Person(f"p{n}", n % 3, frozenset(one for one in COMPARTMENTS if rng.random() < .5), roles[n // 3 % len(roles)]) for n in range(count)]


def record(rng, n, kind):
    while True:
        lon, lat, radius = rng.uniform(36.02, 36.98), rng.uniform(33.02, 33.98), rng.choice([10., 300., 700., 3000., 8000.])
        if not near_a_border(lon, lat, radius):
            break
    tier, fate = rng.choice([1, 1, 2]), rng.choice(FATES)
    compartments = frozenset(one for one in COMPARTMENTS if rng.random() < .2)
    exact = rng.choice([tier, 2])
    if (kind == "person" and fate != "restricted") or (tier == 2 and fate != "frozen") or (exact == 2 and fate == "place_restricted"):
        fate = None
    if fate == "disclosed":
        compartments = frozenset()
    made = Record(n, kind, tier, exact, compartments, fate, lon, lat, radius, rng.choice(["point"] * 6 + ["unit", "none"]))
    made.state = rng.choice(["open_missing", "listed", "draft"]) if kind == "person" else ""
    made.claims = said_of(rng, made)
    return made


def said_of(rng, made):
    """Where first, then what it is, then things said at other tiers, in more compartments, by somebody who takes it back."""
    where = ({"predicate": "place", "pcode": "SY010000"} if made.placed == "unit" else given.place(made.lon, made.lat, made.radius))
    if made.kind == "person":
        where = analysing.event("held_at", lon=made.lon, lat=made.lat, radius=made.radius, at="[2013-01-01,2014-01-01)")
        made.placed = "point"
    if made.placed == "none":
        where = given.name(f"Placeless {made.n}")
    first = Claim(where, max(made.tier, rng.choice([1, 1, 1, 2])), frozenset())
    if made.kind == "person":
        return [first, Claim({"predicate": "sex", "value": {"code": "female"}}, made.tier, frozenset())]
    kind = Claim(given.kind("prison_central"), made.tier, frozenset())
    more = [Claim(given.name(f"More {made.n} {i}"), max(made.tier, rng.choice([1, 2])), frozenset(one for one in COMPARTMENTS if rng.random() < .2))
            for i in range(rng.choice([0, 1, 2]))]
    if made.fate == "claim_restricted":
        more.append(Claim(given.name(f"Restricted {made.n}"), 1, frozenset(), "restricted"))
    if made.fate == "withdrawn":
        more.append(Claim(given.name(f"Withdrawn {made.n}"), 1, frozenset(), "withdrawn"))
    return [first, kind, *more]


def registry(seed, sites, cases, people):
    rng = random.Random(seed)
    return [record(rng, n, "site") for n in range(sites)] + [record(rng, n, "person") for n in range(cases)], persons(rng, people)
