"""What benchmarks stand on: a throw-away registry with its people, places and sources, and points that lie as sites do."""
import contextlib
from dataclasses import dataclass
from pathlib import Path

import numpy
import psycopg

from sitereg import places
from sitereg.actors import Actor
from sitereg.settings import Settings
from sitereg.store import cluster, keys, people, schema, session

PEOPLE = {  # name: (tier, compartments, roles)
    "bench.worker": (2, ("names",), ("investigator", "analyst", "data_steward", "protection_officer", "auditor")),
    "bench.field": (1, (), ("investigator", "analyst")),
}
WORKER, FIELD = (Actor(name, "local", "bench") for name in PEOPLE)
GRADES = "AABBBBCCCCDDEEFF"
TOWNS = 60  # around which places cluster
LAND = (35.9, 32.6, 41.5, 36.6)  # degrees, inside Syria's box

__all__ = ["FIELD", "WORKER", "Ground", "ground", "points"]


@dataclass(frozen=True)
class Ground:
    """A running throw-away registry."""

    settings: Settings

    def dba(self):
        """A connection of the superuser that commits each statement."""
        return psycopg.connect(cluster.dsn(self.settings), autocommit=True)

    def acting(self, actor=WORKER):
        return session.acting(self.settings, actor)

    def reading(self, actor=WORKER):
        return session.reading(self.settings, actor)


@contextlib.contextmanager
def ground(*, fast=True):
    """A Ground exists while the block runs: an empty registry with PEOPLE, what ships of places, graded sources.

    fast: it gives up durability, as work that only reads may.
    """
    with cluster.temporary(fast=fast) as made:
        made.settings.make_token_key()
        with psycopg.connect(made.dsn(), autocommit=True) as raw:
            schema.upgrade(raw)
            keys.accept(raw, made.settings.token_key())
            for name, (tier, compartments, roles) in PEOPLE.items():
                account = people.account(raw, name, display=name)
                people.clearance(raw, account, tier=tier, compartments=compartments, roles=roles, reason="benchmark")
            places.ship(raw)
            raw.execute(Path(__file__).with_name("sql").joinpath("ground.sql").read_text())
            sources(raw)
        try:
            yield Ground(made.settings)
        finally:
            session.close()


def sources(raw, n=400, origins=150):
    """n sources of all grades that rest on so many origins; bench.source(n, id, origin, reliability) lists them."""
    raw.execute(
        "create table bench.source as select i as n, reg.new_id() as id, null::uuid as origin,"
        " substr(%s, 1 + i %% length(%s), 1) as reliability from generate_series(1, %s) i", [GRADES, GRADES, n])
    raw.execute("update bench.source s set origin = o.id from bench.source o where o.n = 1 + (s.n - 1) %% %s", [origins])
    by = "(select a.id from reg.account a where a.name = 'bench.worker')"
    raw.execute(
        "insert into reg.source(id, type, label, origin_root, tier, scope, recorded_by, event, digest)"
        " select s.id, ('{testimony_survivor,testimony_family,official_record,ngo_report,satellite_imagery}'::text[])[1 + s.n % 5],"
        f" jsonb_build_object('en', 'source ' || s.n), s.origin, 1, 0, {by}, s.id, '' from bench.source s")
    raw.execute("insert into reg.source_grade(id, source, reliability, reason, recorded_by, event, digest)"
                f" select reg.new_id(), s.id, s.reliability, 'benchmark', {by}, s.id, '' from bench.source s")


def source(raw, reliability="B"):
    """The id of a source of that grade."""
    return str(raw.execute("select id from bench.source where reliability = %s order by n limit 1", [reliability]).fetchone()[0])


def points(n, *, seed=1, spread=0.12):
    """n longitudes and latitudes (degrees): four fifths around TOWNS towns of uneven size, the rest anywhere in LAND."""
    dice = numpy.random.default_rng(seed)
    west, south, east, north = LAND
    towns = numpy.column_stack([dice.uniform(west, east, TOWNS), dice.uniform(south, north, TOWNS)])
    weights = dice.pareto(1.2, TOWNS) + 0.2
    near = towns[dice.choice(TOWNS, n, p=weights / weights.sum())] + dice.normal(0, spread, (n, 2)) * dice.uniform(0.1, 1, (n, 1))
    far = numpy.column_stack([dice.uniform(west, east, n), dice.uniform(south, north, n)])
    chosen = numpy.where((dice.random(n) < 0.8)[:, None], near, far)
    return chosen[:, 0].clip(west, east).round(6), chosen[:, 1].clip(south, north).round(6)

