"""Four thousand invented persons: what truly happened to each is planted, what is said of it is uncertain."""
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import shapely

from sitereg import claims
from sitereg.demo import names
from sitereg.demo.dice import Dice, Turns
from sitereg.demo.network import Route
from sitereg.vocab import Circumstance, CompanionKind, EventKind, FateIndication, Sex

AT_ONCE = 1000
OFTEN = ("arrest_checkpoint", "arrest_home_raid", "summons", "unknown")
# What is told of some only, apart by how it truly ended; the rest of the kinds is told elsewhere
FREE = ("resident_at", "reported_missing_filed", "held_at", "transferred_from", "transferred_to", "appeared_in_record",
        "tried_or_sentenced", "visited_by_family", "border_crossed")
LIVING = ("contact_received", "released", "seen_alive_after", "returned_to_family")
DEAD = ("died_witnessed", "death_notice_issued", "death_registered", "body_photographed", "body_released", "remains_recovered")
AT_BRANCH = ("held_at", "transferred_from", "visited_by_family")


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
    earlier: UUID | None


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
                           route is None or dice.random() < 0.4, beside.id if beside else None, made[-2].id if n > 1 else None))
    return made


def told(seed, made, sources):
    """What is said of each: names, the arrest with its uncertainty, some of the rest of the way; the dicts of claims.said."""
    dice, turns, said = Dice(seed, "events"), Turns(), []
    for n, one in enumerate(made):
        def say(predicate, value, by, one=one, **more):
            said.append(claims.said(predicate, value, source=dice.choice(sources[by]), subject_key=one.key,
                                    credibility=str(dice.choice((2, 3, 3))), **more))

        radius = dice.choice((300, 1000, 2000, 8000))
        say("event", {"kind": dice.choice(("arrested", "arrested", "last_seen_free", "abducted"))}, "testimony_family",
            shape=one.taken_at, uncertainty_m=radius, place_kind="approximate", method="testimony_sketch",
            at=dice.around(one.taken_on, 45))
        for lang, text in zip(("en", "ar"), one.names, strict=True):
            say("person_name", {"text": text, "lang": lang}, "testimony_family")
        say("sex", {"code": one.sex}, "testimony_family")
        age(dice, one, n, say)
        say("circumstance", {"code": turns.next(Circumstance) if n % 3 == 0 else dice.choice(OFTEN)}, "testimony_family")
        way(dice, one, n, say)
        beside(dice, turns, one, n, say)
        if one.beside:
            say("companion", {"kind": "taken_together"}, "testimony_family", object=one.beside)
    return said


def age(dice, one, n, say):
    """Of every second the year of birth, of some others the age when taken."""
    years = dice.randint(17, 60)
    if n % 2:
        say("birth", None, "official_record", at=(date(one.taken_on.year - years, 1, 1), date(one.taken_on.year - years, 12, 31)))
    elif n % 8 == 4:
        say("age", {"min": years - 1, "max": years + 2}, "testimony_survivor", at=one.taken_on)


def beside(dice, turns, one, n, say):
    """What is told of some only: another event, what points to a fate, another companion, a number, a note."""
    later = one.taken_on + timedelta(days=dice.randint(5, 900))
    if n % 7 == 3:
        kinds = (FREE, LIVING if one.alive else DEAD)[n % 2]
        value = {"kind": turns.next(EventKind, *(kind for kind in EventKind.codes() if kind not in kinds))}
        if value["kind"] in AT_BRANCH and one.route:
            value["site"] = str(one.route.branch.id)
        say("event", value, "testimony_survivor" if value["kind"] in AT_BRANCH else "testimony_family", at=dice.around(later, 60))
    if n % 30 == 7:
        say("fate_indication", {"code": turns.next(FateIndication)}, "testimony_family", at=dice.around(later, 90))
    if n % 60 == 9:
        say("companion", {"kind": turns.next(CompanionKind)}, "testimony_survivor", object=one.earlier)
    if n % 40 == 12:
        say("detainee_number", {"text": f"7000/{n}"}, "leaked_record")
        say("external_id", {"scheme": "invented_families", "value": f"F-{n}"}, "testimony_family")
    if n % 50 == 14:
        say("person_note", {"text": "An invented scar, so that the field can be seen"}, "testimony_family")
    if n % 90 == 20:
        say("sex", {"code": turns.next(Sex)}, "official_record")


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
