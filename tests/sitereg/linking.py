"""A small registry in which somebody searches: sites, persons and what is confirmed, at two tiers and in a compartment."""
import csv

import numpy

from sitereg import sources
from sitereg.links import space, world
from sitereg.links.engine import Engine
from sitereg.store import people, session
from tests import given
from tests.sitereg import analysing
from tests.sitereg.matrix_house import stands

USED = {"began": "[2011-01-01,2011-02-01)", "ended": "[2015-01-01,2015-02-01)"}
SITES = (("near", "prison_central", 36.31, 1), ("far", "security_branch", 37.5, 1), ("hidden", "security_branch", 36.3, 2),
         ("grave", "mass_grave", 36.6, 1), ("second", "mass_grave", 36.9, 1))
PERSONS = (("a", 36.3, {}), ("b", 37.4, {}), ("t2", 36.3, {"tier": 2}), ("named", 36.3, {"compartments": ["names"]}))


def at_site(site, kind="held_at", at="[2013-03-05,2013-03-06)"):
    return {"predicate": "event", "value": {"kind": kind, "site": str(site)}, "at": at}


def arrested(lon, radius=500, at="[2013-03-01,2013-03-02)"):
    return analysing.event("arrested", lon=lon, lat=33.5, radius=radius, at=at)


def fill(settings):
    """{name: (id, code)} of SITES and PERSONS (asked for), of `known`, who is confirmed at `far`, and of `listed`; "told", "record": sources."""
    analysing.bind(settings)
    source = analysing.sources(settings)["B"]
    made = {"told": source}
    with analysing.dba(settings) as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
    with analysing.as_(settings, "worker")() as opened:
        made["record"] = sources.new(opened, "official_record", {"en": "Synthetic register"}, reliability="A", reason="test", terms=given.TERMS)
        for name, kind, lon, tier in SITES:
            made[name] = given.site(opened, given.kind(kind, **USED), given.name(f"Synthetic {name}"), given.place(lon, 33.5),
                                    tier=tier, source=source)[:2]
        for name, lon, more in PERSONS:
            made[name] = analysing.person(opened, arrested(lon), source=source, **more)
        made["known"] = analysing.person(opened, arrested(37.45), at_site(made["far"][0]), source=made["record"])
        made["listed"] = analysing.person(opened, arrested(36.4), source=source)
    with analysing.dba(settings) as raw:
        for name, *_ in PERSONS:
            stands(raw, made[name][0], "open_missing")
    return made


def planted(settings):
    """(recall@5 of the true burial site by the score, by the nearest sites, over how many) of a loaded demonstration."""
    with open(settings.home / "truth" / "persons.csv", newline="") as file:
        truth = {row["person"]: row["buried_at"] for row in csv.DictReader(file)}
    with session.unasked(settings) as opened:
        read = world.load(world.tier(opened, 2), "buried", 2)
        people = [one for one in world.persons(read) if truth.get(one.code) and any(event.place for event in one.events)]
    codes = numpy.array(read.world.sites.codes)
    firsts = [many for done in Engine(read.world).run(people, top=5) for many in numpy.split(done.sites, done.ends[:-1])]
    hits = [truth[one.code] in codes[many] for one, many in zip(people, firsts, strict=True)]
    near = [truth[one.code] in codes[nearest(one, read.world.sites)] for one in people]
    return numpy.mean(hits), numpy.mean(near), len(people)


def nearest(person, sites):
    """The five sites nearest to where the person was taken, else to the first place that is known."""
    places = {one.leg: one.place for one in reversed(person.events) if one.place}
    lon, lat, _ = space.middle(*(places.get("arrested") or places.get("last_seen_free") or next(iter(places.values()))))
    return numpy.argsort(space.expected(numpy.array([[lon, lat]]), 0.0, sites.places, 1.0, 1.0) * -1, kind="stable")[:5]
