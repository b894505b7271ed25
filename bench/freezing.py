"""Freezing: the seconds until an area with all of its sites and the events in it is absent, and until it is back, at 12,000 sites.

    python -m bench.freezing --sites 12000 --persons 4000
"""
import argparse
import random
from datetime import timedelta

from shapely import Point, box, to_wkb

from bench.ground import FIELD, LAND, WORKER, ground, points, source
from bench.measure import Table, cpu_seconds, timed
from sitereg import sharing, sites
from sitereg.actors import Actor
from sitereg.store import people
from sitereg.store.session import Json

RELEASERS = [Actor(name, "local", "bench") for name in ("bench.releaser", "bench.second")]
HALF = (LAND[0], LAND[1], (LAND[0] + LAND[2]) / 2, LAND[3])
KINDS = ("court", "police_station", "prison_central", "mass_grave", "checkpoint", "school")


def place(lon, lat, **more):
    return {"predicate": "place", "geom": to_wkb(Point(lon, lat), hex=True), "uncertainty_m": 100, "place_kind": "exact", **more}


def site_claims(n, lon, lat, dice):
    said = [{"predicate": "kind", "value": {"code": dice.choice(KINDS[:5])}}, place(lon, lat),
            {"predicate": "name", "value": {"text": f"Made-up place {n}", "lang": "en"}},
            {"predicate": "name", "value": {"text": f"مكان مختلق {n}", "lang": "ar"}},
            {"predicate": "external_id", "value": {"scheme": "bench", "value": str(n)}},
            {"predicate": "count", "value": {"definition": "bodies_reported", "min": 1, "best": 2, "max": 9}}]
    return [{"subject_key": f"s{n}", "credibility": "3", **one} for one in said]


def person_claims(n, sites, dice):
    at = f"[2013-0{dice.randint(1, 9)}-01,2013-0{dice.randint(1, 9)}-28)".replace("[2013-09", "[2013-01")
    lon, lat = dice.uniform(LAND[0], LAND[2]), dice.uniform(LAND[1], LAND[3])
    said = [{"predicate": "event", "value": {"kind": "held_at", "site": dice.choice(sites)}},
            {**place(lon, lat), "predicate": "event", "value": {"kind": "arrested"}}]
    return [{"subject_key": f"p{n}", "credibility": "3", "at": at if at[1:11] < at[12:22] else None, **one} for one in said]


def record(made, told, kind, claims_of, chunk=250):
    """The ids of so many new subjects, recorded a chunk a call."""
    ids = []
    for first in range(0, len(told), chunk):
        part = told[first:first + chunk]
        claims = [{"source": told_by, **one} for key, told_by, *what in part for one in claims_of(key, *what)]
        subjects = [{"key": f"{kind[0]}{key}", "kind": kind, "tier": 1} for key, *_ in part]
        if first in (chunk, 8 * chunk):  # as young tables are measured for a batch
            with made.dba() as raw:
                raw.execute("analyze")
        with made.acting() as session:
            rows = session.rows("record_claims", claims=Json(claims), subjects=Json(subjects))
        ids += list(dict.fromkeys(str(row["subject"]) for row in rows))
    return ids


def main(n, persons):
    dice = random.Random(1)
    with ground() as made:
        with made.dba() as raw:
            said_by = [source(raw, grade) for grade in "ABC"]
            for actor in RELEASERS:
                account = people.account(raw, actor.account, display=actor.account)
                people.clearance(raw, account, tier=2, roles=("releaser",), reason="benchmark")
        lon, lat = points(n)
        told = [(i, dice.choice(said_by), float(x), float(y), dice) for i, (x, y) in enumerate(zip(lon, lat, strict=True))]
        ids = record(made, told, "site", site_claims)
        record(made, [(i, dice.choice(said_by), ids, dice) for i in range(persons)], "person", person_claims)
        with made.dba() as raw:
            raw.execute("vacuum analyze")
            claims = raw.execute("select count(*) from reg.claim").fetchone()[0]
        table = Table("freezing", "Freezing an area", {"sites": n, "persons": persons, "claims": claims})
        areas = {"a circle of 5 km": Point(lon[0], lat[0]).buffer(0.05), "a district": Point(lon[0], lat[0]).buffer(0.3),
                 "half of the land": box(*HALF), "all of it": box(34, 31, 43, 38)}
        for label, area in areas.items():
            freeze(made, table, label, area)
            print(table.text(), flush=True)
        table.finish()


def freeze(made, table, label, area):
    def act(session):
        until = session.value("today") + timedelta(days=9)
        return sharing.freeze(session, "area", reason="benchmark", review_on=until, area=area)

    frozen = spent(made, WORKER, act)
    table.add(f"freeze {label}", frozen, beside=f"left: {left(made)}", target="seconds")
    new = [(10**6 + random.randrange(10**9), source_of(made), 38.0, 35.0, random.Random())]
    table.add("one new site meanwhile", timed(lambda: record(made, new, "site", site_claims)))
    with made.acting(RELEASERS[0]) as session:
        sharing.ask_unfreeze(session, frozen.answer, why="benchmark")

    def lift(session):
        return sharing.settle_unfreeze(session, frozen.answer, agrees=True, why="benchmark")

    table.add(f"lift {label}", spent(made, RELEASERS[1], lift), beside=f"left: {left(made)}")


def spent(made, actor, act):
    """The Timing of an act in a transaction of its own, with the CPU of the database's process that did it."""
    used = []

    def run():
        with made.acting(actor) as session:
            backend = session.connection.info.backend_pid
            used.append(-cpu_seconds(backend))
            answer = act(session)
            used.append(cpu_seconds(backend))
        return answer

    timing = timed(run)
    timing.cpu = sum(used)
    return timing


def source_of(made):
    with made.dba() as raw:
        return source(raw, "B")


def left(made):
    with made.reading(FIELD) as session:
        return f"{sites.count(session):,}"


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sites", type=int, default=12000)
    asked.add_argument("--persons", type=int, default=4000)
    given = asked.parse_args()
    main(given.sites, given.persons)
