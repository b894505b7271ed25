"""Ten years of decisions, each as its officer would take it. The registry's day is set back to that year while they are taken:
when they were written down stays true (today), the day of which they speak is theirs."""
from contextlib import contextmanager
from datetime import date, timedelta

import psycopg

from sitereg import decisions, duplicates, keeper, protection, sites
from sitereg.actors import Actor
from sitereg.demo.dice import Dice, Turns
from sitereg.errors import Refused
from sitereg.store import cluster, people, session
from sitereg.vocab import DisturbanceBy, DisturbanceKind, MeasureKind, Severity

YEARS = range(2016, 2026)
OF_GRAVES = ("animal_barrier", "cover_or_backfill")
OF_BUILDINGS = ("roof_or_drainage", "inscriptions_recorded", "records_secured_in_situ", "records_removed_to_custody",
                "digitisation")
PAIRS = (("same_as", "The same place under two names, as the one who told of both says"),
         ("part_of", "A wing within the same wall"), ("different", "Two places, a street apart: both were visited"),
         ("same_as", "One number on two lists"))
FAMILIES = "Families opened it and laid those whom they found in graves of their own."


@contextmanager
def by(settings, name):
    """A transaction of that account of the demonstration; on a busy machine it may take its time."""
    with session.acting(settings, Actor(f"demo.{name}", "system", "demo")) as opened:
        yield opened.unhurried()


def agree(settings, proposals, *others, reason="Agreed"):
    """Each of the others (accounts of the demonstration) approves every proposal."""
    for name in others:
        with by(settings, name) as opened:
            for one in proposals:
                decisions.approve(opened, one, reason=reason)


@contextmanager
def day(settings, when):
    """The day of the registry is `when` within the block; only a registry of the demonstration is ever asked this."""
    def put(value):
        with psycopg.connect(cluster.dsn(settings)) as raw:
            people.setting(raw, "today", value)

    put(f'"{when}"')
    try:
        yield when
    finally:
        put(None)


def paired(settings):
    """Sites of one kind that lie near each other are settled as pairs: one place, a part, two places, one that was taken back."""
    with by(settings, "steward") as opened:
        rows = [one for one in sites.find(opened, limit=1000) if one["lon"] is not None and one["kinds"]]
        apart = sorted((abs(one["lon"] - other["lon"]) + abs(one["lat"] - other["lat"]), one["code"], other["code"])
                       for n, one in enumerate(rows) for other in rows[n + 1:]
                       if one["kinds"][0]["kind"] == other["kinds"][0]["kind"])
        free, pairs = {one["code"] for one in rows}, []
        for _near, one, other in apart:
            if {one, other} <= free:
                pairs.append((one, other))
                free -= {one, other}
        for (to, reason), (one, other) in zip(PAIRS, pairs, strict=False):
            duplicates.settle(opened, "sites", one, other, to=to, reason=reason)
        duplicates.settle(opened, "sites", *pairs[len(PAIRS) - 1], to="open", reason="The second list meant another village")


def years(settings, seed, made, each, told_by):
    """In each of ten years some sites are visited, guarded or found disturbed, and measures lapse."""
    dice, turns = Dice(seed, "years"), Turns()
    with by(settings, "officer") as opened:
        levels = {row["id"] for row in sites.find(opened, verification=["suspected"], limit=1000)}
    ready = [one for one in made if one.id in levels]
    dice.shuffle(ready)
    for n, year in enumerate(YEARS):
        with day(settings, date(year, 6, 15)) as today:
            with by(settings, "officer") as opened:
                for k, one in enumerate(ready[n * each:(n + 1) * each]):
                    assess(opened, dice, turns, one, k, today)
                    if k % 4 == 1:
                        protection.record_disturbance(
                            opened, one.id, turns.next(DisturbanceKind), turns.next(Severity, "moderate", "severe", "total"),
                            by=turns.next(DisturbanceBy), observed=today - timedelta(days=30),
                            source=dice.choice(told_by["testimony_resident"]), credibility="3")
    with by(settings, "officer") as opened:
        for one in ready[len(YEARS) * each:][:3]:
            protection.inspect(opened, one.id, visited_on=date(2025, 9, 1), team="Demo team", findings="Turned away at the gate.",
                               not_searched="All of it: entry was refused.")
    keeper.lapse(settings)


def assess(opened, dice, turns, one, k, today):
    """One site in one year: left as it is, watched, fenced until a day, or found disturbed by those who searched for theirs."""
    if k % 5 == 0:
        return protection.decide(opened, one.id, "unprotected", reason="Seen from the road, nothing done yet", observed_on=today)
    if k % 5 == 4:
        return disturbed(opened, one, today)
    if k % 5 == 3:
        protection.inspect(opened, one.id, visited_on=today, team="Demo team", not_searched="All of it: entry was refused.",
                           findings="The guard at the gate refused the visit.")
    kind = turns.next(MeasureKind, *(OF_BUILDINGS if one.group == "burial" else OF_GRAVES))
    lapses = today + timedelta(days=dice.randint(200, 900)) if k % 2 else None
    protection.record_measure(opened, one.id, kind, reason="Agreed on site", agent_kind="residents_or_committee", began=today,
                              lapses_on=lapses)
    to = "protected" if k % 5 == 1 else "partially_protected"
    return protection.decide(opened, one.id, to, reason="Guarded by those who live there", observed_on=today,
                             due=today + timedelta(days=360))


def disturbed(opened, one, today):
    """A visit finds that families opened the place."""
    visit = protection.inspect(opened, one.id, visited_on=today, team="Demo team", covered="all of it", findings=FAMILIES)
    if one.group == "burial":
        kind, who = "opened_without_supervision", "families"
    else:
        kind, who = "overpainting_renovation", "residents"
    protection.record_disturbance(opened, one.id, kind, "moderate", by=who, observed=today - timedelta(days=20),
                                  visit=visit["visit"])


def levels(settings, made, cites, many):
    """Where the guards are satisfied the level rises to probable, as an analyst would do; answers how many."""
    risen = 0
    with by(settings, "investigator") as opened:
        for one in made[:many]:
            try:
                with opened.savepoint():
                    decisions.decide(opened, one.id, "verification", "probable", aspect=one.kind, basis=cites[one.key, "kind"],
                                     reason="Independent accounts agree", observed_on=date(2024, 3, 1))
                    risen += 1
            except Refused:
                continue
    return risen
