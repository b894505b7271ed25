"""What the bars of a candidate say, in sentences; what is not known of a person and could change the order. English and Arabic."""
import math
from dataclasses import dataclass

import numpy
import shapely

from sitereg.dates import spoken
from sitereg.geo import apart
from sitereg.links import others, score
from sitereg.links.batch import FIRST
from sitereg.links.days import reference
from sitereg.links.model import BARS, Flag, left_out
from sitereg.sentences import said
from sitereg.vocab import label

LABELS = {
    "space": "Distance", "time": "Days of use", "load": "Others there then", "authority": "Who took, who ran it",
    "person": "Whom it held", "mention": "Named by somebody", "transfer": "Moved on from", "cohort": "Taken nearby then",
    "companion": "Taken together", "moved": "Remains moved", "total": "All together"}
LOOKS = ("look here first", "look here next", "look here also", "in no order")
LEADS = ((0.5, "strong lead"), (0.3, "a lead"), (0.1, "possibly"), (0.0, "on the list only"))
SURE, CAP, NAMED = 0.8, 0.7, 4.6  # above SURE no more than CAP is told unless a statement of the bar of a B names the place
STEPS = ("speaks strongly for it", "speaks for it", "says little", "speaks against it", "speaks strongly against it")
COMPARED = {2: "speaks for it", 1: "speaks a little for it", 0: "says little", -1: "speaks a little against it",
            -2: "speaks against it"}
BIT = math.log(2)
NEAR = 0.05  # a neighbour that counts less is not told as one
LEAST = 0.1  # nats: a bar of less has no sentence of its own among the reasons
FLAGGED = {Flag.BUILT_LATER: "It was built later than any of these days.",
           Flag.ALIVE_LATER: "A sign of life is later than its last known day of use."}
SILENT = {
    "space": "No place to compare: distance says nothing.",
    "time": "Neither its days of use nor another's can be compared.",
    "load": "Nobody else is confirmed at any of these places yet.",
    "authority": "Who ran these places at that time tells none of them apart.",
    "person": "Whom these places held tells none of them apart.",
    "mention": "Nobody names any of these places.",
    "transfer": "No last custody is known from which to reckon.",
    "cohort": "Of those who were taken nearby in the same days nobody is confirmed at any of these places.",
    "companion": "Of those who were taken together with this person nobody is confirmed at any of these places.",
    "moved": "No remains are known to have been moved between these places."}
LACKING = {
    "space": "Where this person was taken or last seen free.",
    "time": "A day on which any of it happened.",
    "transfer": "Where this person was last seen in custody.",
    "authority": "Who took this person.",
    "companion": "Who was taken together with this person.",
    "mention": "A statement that names a place."}

__all__ = ["LABELS", "Missing", "because", "bits", "chance", "compared", "flagged", "look", "missing", "sentences", "strength"]


@dataclass(frozen=True)
class Missing:
    """What is not known: the bar it would fill, what to ask for; rivals: how many others it could bring first (None: any)."""

    bar: str
    words: str
    rivals: int | None


def bits(nats):
    """Nats as bits."""
    return nats / BIT


def sentences(found, position, locale="en"):
    """{bar: what it says of the candidate at that position}, every bar; where it says nothing, why."""
    row, bars = found.read.rows[position], found.bars
    told = {"space": space(found, position, locale), "time": time(row, float(bars.time[position]), found, locale)}
    for name in BARS[2:]:
        bar = float(getattr(bars, name)[position])
        if not getattr(bars, name).any():
            told[name] = said(SILENT[name], locale)
        elif not bar:
            told[name] = said("Nothing is known here that says either.", locale)
        else:
            text, parts = GROUNDS[name](found, position, bar)
            told[name] = said("%(what)s: this %(strength)s.", locale, what=said(text, locale, **parts),
                              strength=strength(bar, locale))
    return told


def because(found, position, told, locale="en"):
    """The sentences of a candidate in words alone: how far, distance and time always, of the others those that say something."""
    rest = [told[name] for name in BARS[2:] if abs(getattr(found.bars, name)[position]) >= LEAST]
    return (*distances(found, position, locale), told["space"], told["time"], *rest)


def authority(found, position, nats):
    same, parent, _other = found.read.world.parameters.authority
    kappa = found.read.world.parameters.exponent("authority") or 1.0
    return {same: "The authority that took the person ran it", parent: "Another branch of the same authority ran it"}.get(
        round(nats / kappa, 9), "Another authority than the one that took the person ran it"), {}


def load(found, position, nats):
    site = kept(found).site
    return ("How well the site is documented at about that time (%(here)s of %(all)s confirmed links are of it)",
            {"here": int((site == position).sum()), "all": len(site)})


def person(found, position, nats):
    return "It held people of this sex, age or service" if nats > 0 else "It held people of another sex, age or service", {}


def mention(found, position, nats):
    told = [one for one in found.person.statements if one.site == position]
    parts = {"roots": len({repr(one.root) for one in told}), "best": min(one.reliability for one in told)}
    ruled_out = all(one.against for one in told)
    return ("Ruled out in statements of %(roots)s origins (the best of them %(best)s)" if ruled_out else
            "Named in statements of %(roots)s origins (the best of them %(best)s)"), parts


def transfer(found, position, nats):
    world = found.read.world
    nodes = [one.site for one, _ in score.chosen(found.person, world.parameters) if one.site >= 0]
    held, network = world.question == "held", world.network
    rows = network.moves if held else network.burials
    rows = rows[~left_out(found.person, rows[:, 0], rows[:, 1])]
    here, told = rows[numpy.isin(rows[:, 2], nodes) & (rows[:, 3] == position)], network.documented
    moves = int((here[:, 0] >= 0).sum())  # rows of nobody stand for a relation that tells no number
    documented = len(here) > moves or (held and (numpy.isin(told[:, 0], nodes) & (told[:, 1] == position)).any())
    if not moves and documented:
        return "Transfers here from the last known custody are documented, without a number", {}
    return ("Where people were moved on to from the last known custody (%(moves)s known to have come here from there)",
            {"moves": moves})


def cohort(found, position, nats):
    confirmed = kept(found)
    near = others.neighbours(reference(found.person), confirmed, found.read.world.parameters) >= NEAR
    every, here = (len(set(confirmed.person[rows].tolist())) for rows in (near, near & (confirmed.site == position)))
    if not every:
        return ("Nobody confirmed was taken near enough in the same weeks to count" if abs(nats) < LEAST else
                "Others who were taken farther off or weeks apart were rather here" if nats > 0 else
                "Others who were taken farther off or weeks apart were rather elsewhere"), {}
    return "Of %(all)s people taken nearby in the same weeks %(here)s were here", {"all": every, "here": here}


def companion(found, position, nats):
    confirmed = found.read.world.confirmed
    known = numpy.isin(confirmed.person, [number for number, _ in found.person.companions])
    every, here = (len(set(confirmed.person[rows].tolist())) for rows in (known, known & (confirmed.site == position)))
    return "Of %(all)s people taken together with this person whose place is known %(here)s were here", {"all": every, "here": here}


def moved(found, position, nats):
    edges, codes = found.read.world.network.moved, found.read.world.sites.codes
    came, went = (sorted(codes[n] for n in set(edges[edges[:, side] == position, 1 - side].tolist())) for side in (1, 0))
    return ("Remains were moved here from %(sites)s" if nats > 0 else "Remains were moved away from here to %(sites)s",
            {"sites": ", ".join((came if nats > 0 else went) or came or went)})


GROUNDS = {"load": load, "authority": authority, "person": person, "mention": mention, "transfer": transfer, "cohort": cohort,
           "companion": companion, "moved": moved}


def kept(found):
    """The confirmed links less the person's own, those of the own group and of the companions."""
    confirmed = found.read.world.confirmed
    return confirmed.without(left_out(found.person, confirmed.person, confirmed.group))


def look(rank, p, nothing, locale="en"):
    """What to do about a candidate, in words: by rank (0 = first), or where the registry has tried itself by p (else None)."""
    if nothing:
        return said(LOOKS[3], locale)
    if p is not None:
        return said(next(words for least, words in LEADS if p >= least), locale)
    return said(LOOKS[0 if rank == 0 else 1 if rank < FIRST else 2], locale)


def chance(p, mention, locale="en"):
    """A probability as it may be told; None where none is."""
    if p is None:
        return None
    told = f"> {CAP}" if p > SURE and mention < NAMED else f"{p:.2f}"
    return said("By the confirmations of this registry: %(chance)s", locale, chance=told)


def flagged(flags, locale="en"):
    """The sentences of the flags of a candidate."""
    return tuple(said(words, locale) for flag, words in FLAGGED.items() if flags & flag)


def missing(found, locale="en"):
    """The Missing of a person, and which of it could bring another candidate to the front: the total of no other may gain more on
    the first than the widest difference that the bar can make."""
    person, world = found.person, found.read.world
    legs = {one.leg for one in person.events if one.place is not None or one.site >= 0}
    lacks = {"space": not legs & {"arrested", "last_seen_free"},
             "time": not any(not numpy.isnan(one.days).any() for one in person.events),
             "transfer": "last_custody" not in legs, "authority": world.question == "held" and not person.authorities,
             "companion": not person.companions, "mention": not person.statements}
    return tuple(Missing(bar, said(words, locale), rivals(found, bar)) for bar, words in LACKING.items() if lacks[bar])


def rivals(found, bar):
    """How many others that bar could bring to the front; None where it has no bound."""
    numbers = found.read.world.parameters
    nats = [value for _days, value in numbers.gaps]
    a = dict(numbers.reliability)["A"]
    widest = {"time": max(nats) - min(nats), "authority": max(numbers.authority) - min(numbers.authority),
              "mention": float(numpy.log(a * (numbers.mention_among - 1) / (1 - a)))}.get(bar)
    if widest is None or not len(found.order):
        return None
    totals = found.bars.total[found.order]
    return int((totals[1:] > totals[0] - widest * numbers.exponent(bar)).sum())


def space(found, position, locale):
    """How near the site is, compared with the others."""
    row, used = found.read.rows[position], placed(found)
    if not used or row["geometry"] is None:
        return said(SILENT["space"], locale)
    return compared(float(found.bars.space[position]), found.bars.space[found.read.world.sites.places.known], locale)


def placed(found):
    """The events with a place that the bar of space reads."""
    used = {one.id for one, _ in score.chosen(found.person, found.read.world.parameters)}
    return [one for one in found.events if one["id"] in used and one["geometry"] is not None]


def compared(near, bars_of_all, locale="en"):
    """How near the site is among those asked about, in words: the weaker of its rank and its bar, which compares it with their
    mean; neither is a proof, so none of the words is strong."""
    bars_of_all = numpy.asarray(bars_of_all)
    rest = len(bars_of_all) - 1
    if rest < 1:
        return said("No other site asked about has a place: distance says nothing.", locale)
    farther = int((bars_of_all < near - 1e-9).sum())
    same = int((numpy.abs(bars_of_all - near) <= 1e-9).sum()) - 1
    rank = (farther + same / 2) / rest
    by_rank, by_bar = step(rank, (0.1, 0.35, 0.65, 0.9)), step(near, (-1.5, -0.3, 0.3, 1.5))
    weaker = min(by_rank, by_bar, key=abs) if by_rank * by_bar > 0 else 0
    words = ("Nearer than %(farther)s of the %(others)s other sites asked about, as near as %(same)s: compared with them, distance "
             "%(strength)s." if same else
             "Nearer than %(farther)s of the %(others)s other sites asked about: compared with them, distance %(strength)s.")
    return said(words, locale, farther=farther, others=rest, same=same, strength=said(COMPARED[weaker], locale))


def step(value, limits):
    """-2 to 2: how many of the four limits the value reaches, less two."""
    return sum(value >= limit for limit in limits) - 2


def distances(found, position, locale):
    """How far each place that counts lies from the site."""
    row = found.read.rows[position]
    return [distance(one, row, locale) for one in placed(found)] if row["geometry"] is not None else []


def distance(event, site, locale="en"):
    """How far the place of an event lies from the site: the least and the greatest that both uncertainties allow, geodesic."""
    shapes = [shapely.from_wkb(one["geometry"]) for one in (event, site)]
    slack = sum(one["uncertainty_m"] or 0 for one in (event, site) if one["shown_as"] == "exact")
    if all(shape.geom_type == "Point" for shape in shapes):
        least = most = apart.inverse_m(*(shapely.get_coordinates(shape) for shape in shapes))[0]
    else:
        one, other = apart.densified(shapes)
        least, most = apart.nearest(one, numpy.array([other]), numpy.inf)[0], apart.farthest(shapes[0], numpy.array([shapes[1]]))[0]
    at = f" ({event['place']})" if event["place"] else ""
    what = label("event_kind", event["kind"], locale)
    low, high = f"{max(least - slack, 0) / 1000:.1f}", f"{(most + slack) / 1000:.1f}"
    words = "%(what)s: between %(low)s and %(high)s km from the site." if low != high else "%(what)s: %(low)s km from the site."
    return said(words, locale, what=what[0].upper() + what[1:] + at, low=low, high=high)


def time(site, then, found, locale="en"):
    """What the days say, in words."""
    when = reference(found.person)
    if when is None:
        return said("No day is known from which to reckon: time says nothing.", locale)
    what = next(one for one in found.events if one["id"] == when.id)
    days = spoken.between(what["first_day"], what["last_day"], locale)
    since = said("%(what)s, %(days)s", locale, what=label("event_kind", what["kind"], locale), days=days)
    if not site["periods"] and not then:
        return said("Its days of use are not known (%(since)s): time says nothing.", locale, since=since)
    if not site["periods"]:
        return said("Its days of use are known from others who were there alone (%(since)s): this %(strength)s.", locale,
                    since=since, strength=strength(then, locale))
    held = ("It was in use then (%(since)s): this %(strength)s." if then > 0.9 else
            "It may have been in use then (%(since)s): this %(strength)s." if then > -0.5 else
            "It was not in use then, as far as is known (%(since)s): this %(strength)s.")
    return said(held, locale, since=since, strength=strength(then, locale))


def strength(nats, locale="en"):
    """A bar in words."""
    return said(STEPS[sum(nats < least for least in (1.5, 0.3, -0.3, -1.5))], locale)
