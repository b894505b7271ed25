"""The synthetic demonstration registry: seeded, its stories dated from fixed days, said to be synthetic everywhere. No place and
no person in it is real, and no point of it lies within three kilometres of a place of the gazetteer.

    signins   the ways in          ground  dice  names   where, which, how called: pure, from the seed
    sources  sites  persons  network  stories  records   what is said, recorded as everybody records it
    partners  agreements, consent use by use, a share, a submission at the door, a release of counts
    searching the stage, families' requests, one of their pages, a referral, work declared at the door
    lists     a partner's list, taken in by the importer      scans  two drawn pages
    deciding  what was settled in ten years    turns  every state of a site    cases  every state of a case
    truth     what truly happened, beside the registry
    rasters   a relief and two scenes of an invented valley, in the catalogue
"""
import json
from dataclasses import dataclass

import psycopg

from sitereg import accounts, claims, places, vault
from sitereg.demo import (
    cases,
    deciding,
    lists,
    network,
    partners,
    persons,
    rasters,
    records,
    scans,
    searching,
    sites,
    sources,
    stories,
    truth,
    turns,
)
from sitereg.demo.dice import Dice
from sitereg.demo.ground import EDITION, Ground
from sitereg.demo.signins import PEOPLE, SignIn, admit
from sitereg.errors import Refused
from sitereg.store import cluster, people, reference, session

SEED = 20260301
DAY = stories.DAY

__all__ = ["DAY", "PEOPLE", "SEED", "SMALL", "WHOLE", "SignIn", "Size", "counts", "load"]


@dataclass(frozen=True)
class Size:
    """How much is invented: sites and persons beside those of the stories, acts of each year, cases searched for, levels tried,
    bodies of records, lines of a partner's list."""

    sites: int
    persons: int
    acts: int
    cases: int
    levels: int
    records: int
    listed: int


WHOLE = Size(sites=389, persons=3300, acts=12, cases=280, levels=70, records=24, listed=720)
SMALL = Size(sites=90, persons=160, acts=2, cases=41, levels=8, records=6, listed=60)


def load(settings, *, seed=SEED, size=WHOLE) -> list[SignIn]:
    """The demonstration registry is loaded, once; answers one sign-in for each role, the last that of a family.

    Raises Refused in a registry that holds anything else, in one loaded with another seed, and in one whose loading was cut off.
    """
    with session.translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        filled, before = people.filled(raw), loaded(raw)
        if filled and before is None:
            raise Refused("This registry is no whole demonstration", guard="demo_apart", where=str(settings.home), needs=(
                "It holds records that the demonstration did not make, or its loading was cut off: choose a new SITEREG_HOME."))
        if filled and before["seed"] != seed:
            raise Refused("The demonstration was loaded with another seed", guard="demo_seed", where=str(before["seed"]),
                          needs="Ask for that seed, or choose a new SITEREG_HOME.")
        ways = [admit(raw, role, *who) for role, who in PEOPLE.items()]
        owner = people.found(raw, "demo.investigator")
        people.setting(raw, "demo", "true")
        people.setting(raw, "unit", '"Demonstration unit"')
    places.establish(settings)
    accounts.establish(settings)
    key_of(settings, next(one for one in ways if one.role == "source_handler"))
    if not filled:
        fill(settings, seed, size, owner)
        with session.translated(), psycopg.connect(cluster.dsn(settings)) as raw:
            people.setting(raw, "demo_loaded", json.dumps({"seed": seed}))
    return [*ways, searching.FAMILY]


def key_of(settings, way):
    """The demo's source handler has a key of the vault, locked by his password, which everybody knows."""
    with deciding.by(settings, "handler") as opened:
        if any(one["mine"] for one in vault.state(opened)["without_key"]):
            vault.new_key(opened, way.password)


def loaded(raw):
    """With which seed the demonstration was loaded whole ({"seed": n}), or None."""
    return people.told(raw, "demo_loaded")


def fill(settings, seed, size, owner):
    """Sources, sites, persons, decisions: each through the door that its account would use."""
    ground = Ground(Dice(seed, "ground"))
    searching.opened(settings)
    with session.translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        reference.load(raw, units=ground.units(), edition=EDITION, source="Invented for the demonstration")
    who, made = stories.cast(ground), sites.planned(seed, ground, size.sites, turns.KINDS)
    routes = network.planned(seed, made, stories.route(who))
    missing = persons.planned(seed, ground, routes, size.persons)
    first, others = made[:len(turns.KINDS)], made[len(turns.KINDS):]
    with deciding.by(settings, "investigator") as opened:
        told_by = sources.record(opened, sources.MANY - 6)
        said = sites.told(seed, made, told_by, sources.bodies(opened))
        rows = claims.record(opened, said, subjects=[one.subject() for one in made], reason="demonstration")
        story = stories.told(who, stories.tellers(opened))
        stands = claims.record(opened, story, subjects=[one.subject() for one in who.values()], reason="demonstration")
        cites = {}
        for one, row in zip([*said, *story], [*rows, *stands], strict=True):
            cites.setdefault((row.key, one["predicate"]), []).append(row.claim)
        claims.record(opened, network.told(seed, routes, told_by), reason="demonstration")
        sites.after(opened, said, rows, owner)
        events = persons.record(opened, missing, persons.told(seed, missing, told_by))
        papers = records.record(opened, seed, made, told_by, size.records)
    stories.settle(settings, who, cites)
    deciding.levels(settings, others, cites, size.levels)
    deciding.years(settings, seed, others, size.acts, told_by)
    deciding.paired(settings)
    turns.take(settings, first, told_by)
    cases.settle(settings, missing, events, told_by, size.cases)
    rows = lists.planned(seed, missing, size.listed)
    report = lists.take_in(settings, rows)
    lists.matched(settings, report, rows, told_by)
    records.open_questions(settings, seed, papers, others)
    scans.record(settings, seed)
    partners.record(settings, [one for one in reversed(others) if one.tier == 1][:3])
    searching.record(settings, seed, report, rows)
    truth.write(settings, missing, routes, rows)
    rasters.write(settings, seed, who["fence"])


def counts(settings) -> dict:
    """How much of each the demonstration holds, for whoever loaded it."""
    with session.translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        return {**(loaded(raw) or {}), **people.amounts(raw)}
