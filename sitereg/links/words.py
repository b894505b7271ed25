"""What the bars of a candidate say, in sentences; and what is not known of a person that could change the order."""
import numpy
import shapely

from sitereg.geo import apart
from sitereg.links import score
from sitereg.vocab import label

OTHERS = {
    "load": "Others are known to have been taken there at about that time",
    "authority": "Who took this person and who ran the place",
    "person": "Whom the place held, beside this person's sex, age and service",
    "mention": "Somebody names the place",
    "transfer": "The last custody that is known, and where people were moved on to from there",
    "cohort": "Where others were taken who were seized nearby in the same days",
    "companion": "Where those were who were taken together with this person",
    "moved": "Remains were moved between this place and another",
}

__all__ = ["because", "compared", "missing", "strength"]


def because(found, position):
    """The sentences of a candidate: distance and time always, of the other bars those that say something."""
    row, bars, world = found.read.rows[position], found.bars, found.read.world
    used = [one.id for one, _ in score.chosen(found.person, world.parameters)]
    near = [distance(one, row) for one in found.events
            if one["id"] in used and one["geometry"] is not None and row["geometry"] is not None]
    placed = bars.space[world.sites.places.known]
    said = compared(float(bars.space[position]), placed) if near else "No place to compare: distance says nothing."
    rest = [f"{words}: this {strength(bar)}." for name, words in OTHERS.items() if (bar := float(getattr(bars, name)[position]))]
    return (*near, said, time(row, float(bars.time[position]), found.person, found.events), *rest)


def missing(person, world):
    """What is not known of the person and could change the order."""
    legs = {one.leg for one in person.events if one.place is not None or one.site >= 0}
    told = [(not legs & {"arrested", "last_seen_free"}, "Where this person was taken or last seen free."),
            (not any(not numpy.isnan(one.days).any() for one in person.events), "A day on which any of it happened."),
            ("last_custody" not in legs, "Where this person was last seen in custody."),
            (world.question == "held" and not person.authorities, "Who took this person."),
            (not person.companions, "Who was taken together with this person."),
            (not person.statements, "A statement that names a place.")]
    return tuple(words for lacking, words in told if lacking)


def compared(near, bars_of_all):
    """How near the site is among those asked about, in words: the weaker of its rank and its bar, which compares it with their
    mean; neither is a proof, so none of the words is strong."""
    bars_of_all = numpy.asarray(bars_of_all)
    others = len(bars_of_all) - 1
    if others < 1:
        return "No other site asked about has a place: distance says nothing."
    farther = int((bars_of_all < near - 1e-9).sum())
    same = int((numpy.abs(bars_of_all - near) <= 1e-9).sum()) - 1
    rank = (farther + same / 2) / others
    by_rank, by_bar = step(rank, (0.1, 0.35, 0.65, 0.9)), step(near, (-1.5, -0.3, 0.3, 1.5))
    weaker = min(by_rank, by_bar, key=abs) if by_rank * by_bar > 0 else 0
    words = {2: "speaks for it", 1: "speaks a little for it", 0: "says little", -1: "speaks a little against it",
             -2: "speaks against it"}[weaker]
    as_far = f", as near as {same}" if same else ""
    return f"Nearer than {farther} of the {others} other sites asked about{as_far}: compared with them, distance {words}."


def step(value, limits):
    """-2 to 2: how many of the four limits the value reaches, less two."""
    return sum(value >= limit for limit in limits) - 2


def distance(event, site):
    """How far the place of an event lies from the site: the least and the greatest that both uncertainties allow, geodesic."""
    shapes = [shapely.from_wkb(one["geometry"]) for one in (event, site)]
    slack = sum(one["uncertainty_m"] or 0 for one in (event, site) if one["shown_as"] == "exact")
    if all(shape.geom_type == "Point" for shape in shapes):
        least = most = apart.inverse_m(*(shapely.get_coordinates(shape) for shape in shapes))[0]
    else:
        one, other = apart.densified(shapes)
        least, most = apart.nearest(one, numpy.array([other]), numpy.inf)[0], apart.farthest(shapes[0], numpy.array([shapes[1]]))[0]
    at = f" ({event['place']})" if event["place"] else ""
    what = label("event_kind", event["kind"]).capitalize()
    return f"{what}{at}: between {max(least - slack, 0) / 1000:.1f} and {(most + slack) / 1000:.1f} km from the site."


def time(site, then, person, events):
    """What the days say, in words."""
    when = score.days.reference(person)
    if when is None:
        return "No day is known from which to reckon: time says nothing."
    what = next(one for one in events if one["id"] == when.id)
    days = what["first_day"].isoformat() if what["first_day"] == what["last_day"] else f"{what['first_day']} to {what['last_day']}"
    since = f"{label('event_kind', what['kind'])}, {days}"
    if not site["periods"] and not then:
        return f"Its days of use are not known ({since}): time says nothing."
    held = "was not in use then, as far as is known"
    if then > -0.5:
        held = "was in use then" if then > 0.9 else "may have been in use then"
    return f"It {held} ({since}): this {strength(then)}."


def strength(nats):
    """A bar in words."""
    for least, words in ((1.5, "speaks strongly for it"), (0.3, "speaks for it"), (-0.3, "says little"),
                         (-1.5, "speaks against it")):
        if nats >= least:
            return words
    return "speaks strongly against it"
