"""Four thousand invented persons: what truly happened to each is planted, what is said of it is uncertain."""
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import shapely

from sitereg import claims
from sitereg.demo import names
from sitereg.demo.dice import Dice
from sitereg.demo.network import Route

AT_ONCE = 1000


@dataclass
class Person:
    """One invented person and the planted truth: route None = never on one; alive says how it truly ended."""

    key: str
    id: UUID
    code: str
    sex: str
    names: tuple[str, str]
    taken_on: date
    taken_at: shapely.Point
    route: Route | None
    alive: bool
    beside: UUID | None


def planned(seed, ground, routes, many):
    """The persons in order; every sixth was taken together with the one before."""
    dice, made = Dice(seed, "persons"), []
    for n in range(many):
        sex = "female" if dice.random() < 0.2 else "male"
        route = dice.choice(routes) if dice.random() < 0.6 else None
        first, last = (route.began, route.ended) if route else (date(2011, 3, 1), date(2020, 12, 1))
        day, spot = dice.day(first, last), ground.near(dice.choice(ground.villages), 1.5)
        if route and dice.random() < 0.7:
            spot = ground.near(route.branch.spot, 1.0)
        beside = made[-1] if n % 6 == 5 else None
        if beside:
            day, spot, route = beside.taken_on, beside.taken_at, beside.route
        made.append(Person(f"p{n}", dice.id(), dice.code("SYP"), sex, names.person(dice, sex, n), day, spot, route,
                           route is None or dice.random() < 0.4, beside.id if beside else None))
    return made


def told(seed, made, sources):
    """What is said of each: the arrest with its uncertainty, some of the rest of the way; the dicts of claims.said."""
    dice, said = Dice(seed, "events"), []
    for n, one in enumerate(made):
        def say(predicate, value, by, one=one, **more):
            said.append(claims.said(predicate, value, source=dice.choice(sources[by]), subject_key=one.key,
                                    credibility=str(dice.choice((2, 3, 3))), **more))

        radius = dice.choice((300, 1000, 2000, 8000))
        say("event", {"kind": dice.choice(("arrested", "arrested", "last_seen_free", "abducted"))}, "testimony_family",
            shape=one.taken_at, uncertainty_m=radius, place_kind="approximate", method="testimony_sketch",
            at=dice.around(one.taken_on, 45))
        say("person_name", {"text": one.names[1], "lang": "ar"}, "testimony_family")
        say("sex", {"code": one.sex}, "testimony_family")
        if n % 2:
            year = one.taken_on.year - dice.randint(17, 60)
            say("birth", None, "official_record", at=(date(year, 1, 1), date(year, 12, 31)))
        say("circumstance", {"code": dice.choice(("arrest_checkpoint", "arrest_home_raid", "summons", "unknown"))},
            "testimony_family")
        way(dice, one, n, say)
        if one.beside:
            say("companion", {"kind": "taken_together"}, "testimony_family", object=one.beside)
    return said


def way(dice, one, n, say):
    """What survivors, workers and papers tell of the way after the arrest; seldom all of it."""
    if one.route is None:
        return
    later = one.taken_on + timedelta(days=dice.randint(20, 300))
    if dice.random() < 0.35:
        say("event", {"kind": "seen_by_exdetainee", "site": str(one.route.branch.id)}, "testimony_survivor", first_hand=True,
            at=dice.around(later, 60))
    if not one.alive and dice.random() < 0.15:
        say("event", {"kind": "hospitalised", "site": str(one.route.hospital.id)}, "leaked_record",
            at=dice.around(later + timedelta(days=30), 20))
    if not one.alive and dice.random() < 0.06:
        say("event", {"kind": "buried_at", "site": str(one.route.grave.id)}, "testimony_gravedigger_driver", first_hand=True,
            at=dice.around(later + timedelta(days=40), 30))
    if dice.random() < 0.1:
        say("fate_indication", {"code": "death_notice"}, "official_record", at=date(2018, 7, 1))


def record(opened, made, said):
    """All of it stands, a thousand persons at a time; answers the claims of each person: {key: [claim, ...]}."""
    stands = {}
    for start in range(0, len(made), AT_ONCE):
        some = made[start:start + AT_ONCE]
        keys = {one.key for one in some}
        rows = claims.record(opened, [one for one in said if one["subject_key"] in keys], reason="demonstration", subjects=[
            claims.new_subject(one.key, "person", id=one.id, code=one.code) for one in some])
        for row in rows:
            stands.setdefault(row.key, []).append(row.claim)
    return stands
