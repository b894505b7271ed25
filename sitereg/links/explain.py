"""Why this site, why not the other, and what would settle it: sentences first, bits for those who ask. Pure.

    lines(world, person, made, at)      a Line for each bar that speaks, in the order of BARS: sentence, bits, inputs
    contrast(made, one, other)          the difference of each bar in bits; together the log2 odds of the two
    missing(world, person, made)        what is not known of the person and could put another site first
    standing(made)                      sets of 50 and 90 %, the order with and without load and cohort
    shown(p, named) / look(rank, p)     a probability and a lead as a page may say them

Sentences are said by `sentence(line, locale)` in English or Arabic. None says that anybody was found.
"""
from dataclasses import dataclass, field
from datetime import date

import numpy

from sitereg.links import days, others, score, space
from sitereg.links.model import BARS, left_out
from sitereg.sentences import said

LN2 = float(numpy.log(2))
FIRST = 5
TRIED = 50            # confirmations of the registry's own from which a page tells a probability
NEAR = 0.05           # a neighbour that counts less is not told as one
STRENGTHS = ((1.5, "speaks strongly for it"), (0.3, "speaks for it"), (-0.3, "says little"), (-1.5, "speaks against it"))
LEADS = ((0.5, "strong lead"), (0.3, "a lead"), (0.1, "possibly"))
LEGS = {"arrested": "the place of the arrest", "last_custody": "the last known custody",
        "last_seen_free": "the place where the person was last seen free", "home": "the home"}

__all__ = ["Line", "Lack", "Standing", "bits", "contrast", "line_of", "lines", "look", "missing", "sentence", "shown", "standing",
           "strength"]


@dataclass(frozen=True)
class Line:
    """What one bar says: bits, the English of the sentence with the parts that fill it, and the inputs as plain values."""

    bar: str
    bits: float
    text: str
    parts: dict = field(default_factory=dict)
    inputs: dict = field(default_factory=dict)
    words: str = ""        # how strongly it speaks, in English


@dataclass(frozen=True)
class Lack:
    """One thing not known of the person: what it is, the bits that it could be worth, how many sites it could put first."""

    bar: str
    text: str
    bits: float
    sites: int


@dataclass(frozen=True)
class Standing:
    """How sure the order is: positions of the sets (and whether a place not listed is of them), and the orders."""

    half: tuple
    most: tuple
    order: tuple
    plain: tuple           # without load and cohort
    leans: bool            # the first five are others without them


def bits(nats):
    """Nats as bits."""
    return float(nats) / LN2


def strength(nats):
    """How strongly a bar speaks, in English."""
    return next((words for least, words in STRENGTHS if nats >= least), "speaks strongly against it")


def sentence(line, locale="en"):
    """The sentence of a Line or of a Lack in that language."""
    if isinstance(line, Lack):
        return said(line.text, locale)
    parts = {key: said(value, locale) if key == "leg" else value for key, value in line.parts.items()}
    return said("%(what)s: this %(strength)s.", locale, what=said(line.text, locale, **parts), strength=said(line.words, locale))


def lines(world, person, made, at, facts=None):
    """The Line of each bar that speaks of the site at this position; space and time always."""
    facts = facts or score.statistics(world)
    found = [line_of(name, world, person, made, at, facts) for name in BARS if name in ("space", "time") or getattr(made, name)[at]]
    return tuple(found)


def line_of(name, world, person, made, at, facts):
    """The Line of one bar at one position."""
    nats = float(getattr(made, name)[at])
    text, parts, inputs = TOLD[name](world, person, at, facts, nats)
    return Line(name, bits(nats), text, parts, inputs or parts, strength(nats))


def of_space(world, person, at, facts, nats):
    places, used = world.sites.places, score.chosen(person, world.parameters)
    nodes = slice(places.start[at], places.start[at + 1])
    placed = [(one, weight) for one, weight in used if one.place is not None]
    if not placed or not places.known[at]:
        return "No place to compare, so distance is not weighed", {}, {}
    there = space.middle(numpy.column_stack([places.lon[nodes], places.lat[nodes]]), float(places.radius_m[at]))
    inputs = []
    for event, weight in placed:
        here = space.middle(*event.place)
        km, plus = float(space.sphere_km(*here[:2], *there[:2])), float(numpy.hypot(here[2], there[2]))
        inputs.append({"leg": event.leg, "km": round(km, 1), "plus_minus_km": round(plus, 1), "weight": round(weight, 3)})
    first = max(inputs, key=lambda one: one["weight"])
    if first["plus_minus_km"] > 100 and first["plus_minus_km"] > first["km"]:
        return "The place is too vague to compare", {}, {"events": inputs}
    parts = {"km": first["km"], "plus": first["plus_minus_km"], "leg": LEGS.get(first["leg"], first["leg"])}
    return "%(km)s km from %(leg)s (give or take %(plus)s km), compared with all other sites", parts, {"events": inputs}


def of_time(world, person, at, facts, nats):
    when = days.reference(person)
    if when is None:
        return "No day is known from which to reckon, so time is not weighed", {}, {}
    first, last = (iso(day) for day in when.days)
    between = first if first == last else f"{first} – {last}"
    rows = numpy.flatnonzero(world.sites.period_site == at)
    periods = [[iso(day) for day in world.sites.periods[n]] for n in rows]
    inputs = {"days": [first, last], "periods": periods}
    if facts.periods_known[at]:
        ends = " / ".join(f"{one[0] or '…'} – {one[3] or '…'}" for one in periods)
        return "In use %(periods)s, and the days asked about are %(days)s", {"periods": ends, "days": between}, inputs
    away = left_out(person, world.confirmed.person, world.confirmed.group)
    seen, begin, end = others.derived(world.confirmed.without(away), facts.periods_known, world.parameters.derived_from)
    if at not in seen:
        return "Its days of use are not known, so time is not weighed", {"days": between}, inputs
    here = int(numpy.flatnonzero(seen == at)[0])
    ends = f"{iso(begin[here])} – {iso(end[here])}"
    return ("By the days of others who were there it was in use about %(periods)s, and the days asked about are %(days)s",
            {"periods": ends, "days": between}, inputs | {"derived": ends})


def of_load(world, person, at, facts, nats):
    here = int((world.confirmed.site == at).sum())
    away = left_out(person, world.confirmed.person, world.confirmed.group)
    return ("How well the site is documented at about that time (%(here)s of %(all)s confirmed links are of it)",
            {"here": here - int((world.confirmed.site[away] == at).sum()), "all": int((~away).sum())}, {})


def of_authority(world, person, at, facts, nats):
    same, parent, _ = world.parameters.authority
    text = {same: "The authority that took the person ran it", parent: "Another branch of the same authority ran it"}
    inputs = {"taken_by": sorted(person.authorities), "run_by": sorted({one[0] for one in world.sites.authorities[at]})}
    kappa = world.parameters.exponent("authority") or 1.0
    return text.get(round(nats / kappa, 9), "Another authority than the one that took the person ran it"), {}, inputs


def of_person(world, person, at, facts, nats):
    serves = sorted(whom for whom, sites in facts.standing.serves.items() if sites[at])
    text = "It held people of this sex, age or service" if nats > 0 else "It held people of another sex, age or service"
    return text, {}, {"serves": serves, "sex": person.sex, "minor": person.minor, "soldier": person.soldier}


def of_mention(world, person, at, facts, nats):
    said_here = [one for one in person.statements if one.site == at]
    roots = {repr(one.root) for one in said_here}
    text = "Named in statements of %(roots)s origins (the best of them %(best)s)"
    if all(one.against for one in said_here):
        text = "Ruled out in statements of %(roots)s origins (the best of them %(best)s)"
    return text, {"roots": len(roots), "best": min(one.reliability for one in said_here)}, {"statements": len(said_here)}


def of_transfer(world, person, at, facts, nats):
    nodes = sorted({one.site for one, _ in score.chosen(person, world.parameters) if one.site >= 0})
    rows = world.network.moves if world.question == "held" else world.network.burials
    rows = rows[~left_out(person, rows[:, 0], rows[:, 1])] if len(rows) else rows
    moves = int((numpy.isin(rows[:, 2], nodes) & (rows[:, 3] == at)).sum())
    documented = bool(world.question == "held" and len(world.network.documented) and (
        numpy.isin(world.network.documented[:, 0], nodes) & (world.network.documented[:, 1] == at)).any())
    text = "Where people were moved on to from the last known custody (%(moves)s known to have come here from there)"
    if not moves and documented:
        text = "Transfers here from the last known custody are documented, without a number"
    return text, {"moves": moves}, {"moves": moves, "documented": documented, "custody": nodes}


def of_cohort(world, person, at, facts, nats):
    away = left_out(person, world.confirmed.person, world.confirmed.group)
    confirmed = world.confirmed.without(away)
    near = others.neighbours(days.reference(person), confirmed, world.parameters) >= NEAR
    every, here = (len(set(confirmed.person[rows].tolist())) for rows in (near, near & (confirmed.site == at)))
    return "Of %(all)s people taken nearby in the same weeks %(here)s were here", {"all": every, "here": here}, {}


def of_companion(world, person, at, facts, nats):
    with_ = {number for number, _ in person.companions}
    known = numpy.isin(world.confirmed.person, sorted(with_))
    here = set(world.confirmed.person[known & (world.confirmed.site == at)].tolist())
    parts = {"here": len(here), "all": len(set(world.confirmed.person[known].tolist()))}
    return "Of %(all)s people taken together with this person whose place is known %(here)s were here", parts, {}


def of_moved(world, person, at, facts, nats):
    edges = world.network.moved
    came, went = (sorted(world.sites.codes[n] for n in set(edges[edges[:, side] == at, 1 - side].tolist())) for side in (1, 0))
    text = "Remains were moved here from %(sites)s" if nats > 0 else "Remains were moved away from here to %(sites)s"
    return text, {"sites": ", ".join((came if nats > 0 else went) or came or went)}, {"from": came, "to": went}


TOLD = {"space": of_space, "time": of_time, "load": of_load, "authority": of_authority, "person": of_person, "mention": of_mention,
        "transfer": of_transfer, "cohort": of_cohort, "companion": of_companion, "moved": of_moved}


def iso(day):
    """A day as YYYY-MM-DD; None for one that is not known."""
    return None if numpy.isnan(day) else date.fromordinal(int(day)).isoformat()


def contrast(made, one, other):
    """({bar: bits}, bits in all): how much more each bar says for the first of two positions; exact: log2 of the odds."""
    each = {name: bits(getattr(made, name)[one] - getattr(made, name)[other]) for name in BARS}
    return each, bits(made.total[one] - made.total[other])


def missing(world, person, made):
    """The Lack of each thing not known that could put another site first, what could change most first."""
    p, ranked = world.parameters, score.order(made)
    possible = ranked[made.flags[ranked] == 0]
    behind = made.total[possible[0]] - made.total[possible] if len(possible) else numpy.empty(0)
    legs = {one.leg for one, _ in score.chosen(person, p)}
    nats = [nat for _, nat in p.gaps]
    spread = float(numpy.log(1 + 100.0 / p.d0_km) * p.g)         # a site at hand against one 100 km away
    same, _, other = p.authority
    named = float(numpy.log(dict(p.reliability)["B"] * (p.mention_among - 1) / (1 - dict(p.reliability)["B"])))
    absent = [
        ("space", not legs & {"arrested", "last_seen_free"}, spread, "Where the person was taken or last seen free."),
        ("time", days.reference(person) is None, max(nats) - min(nats), "A day on which the person was taken or last seen."),
        ("authority", world.question == "held" and not person.authorities, same - other, "Who took the person."),
        ("mention", not person.statements, named, "A statement of good reliability that names a place."),
        ("transfer", "last_custody" not in legs, spread, "Where the person was last seen in custody."),
        ("companion", not person.companions, spread, "Who was taken together with the person."),
    ]
    found = [Lack(bar, text, bits(worth), int((behind[1:] < worth).sum())) for bar, lacking, worth, text in absent if lacking]
    return tuple(sorted((one for one in found if one.sites), key=lambda one: -one.bits))


def standing(made):
    """The Standing of an order."""
    order, plain = (tuple(score.order(one).tolist()) for one in (made, made.without("load", "cohort")))
    half, most = ((tuple(sites.tolist()), bool(unlisted)) for sites, unlisted in (score.sets(made, level) for level in (0.5, 0.9)))
    return Standing(half, most, order, plain, set(order[:FIRST]) != set(plain[:FIRST]))


def shown(p, named=False):
    """A probability as a page may show it: never above .7 for sure unless an A or B statement names the site."""
    return "> .7" if p > 0.8 and not named else f"{p:.2f}".removeprefix("0")


def look(rank, p, confirmed):
    """A lead in English: by rank (0 = first) until the registry has confirmations enough of its own, then by P."""
    if confirmed < TRIED:
        return "look here first" if rank == 0 else "look here next" if rank < FIRST else "look here also"
    return next((words for least, words in LEADS if p >= least), "on the list only")
