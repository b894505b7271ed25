"""The interim order of candidates for a person or a site, told in words: by distance and time, from the caller's own face."""
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import numpy
import shapely

from sitereg.errors import BadInput, NotFound, Refused
from sitereg.geo import apart, spread
from sitereg.links import interim
from sitereg.store import session as store
from sitereg.vocab import label

NOTES = ("Lines of inquiry, not findings. The person is presumed alive.",
         "Interim order: distance and time only. Load, cohort, authority, companions and transfers are not weighed yet.")
CUSTODY = "last_custody"
MOST_WORK = 20_000_000

__all__ = ["Answer", "Candidate", "candidates"]


@dataclass(frozen=True)
class Candidate:
    """One line of inquiry: `look` in words, the bars in nats (their sum is the order), the sentences behind them."""

    person: str
    site: str
    name: str | None
    kind: str
    look: str
    space: float
    time: float
    total: float
    because: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What was asked, how many were compared, the candidates in order, and what must be said with them."""

    question: str
    about: str
    compared: int
    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...] = field(default=NOTES)


def candidates(session, *, person=None, site=None, question="held", limit=20, reason=None):
    """Lines of inquiry for one person (public reference or id) or for one site (code or id), the likeliest first.

    question: held or buried; `buried` needs a reason, which is logged before the answer. Raises BadInput, NotFound, Refused:
    a person named in a list only has no question of burial.
    """
    if (person is None) == (site is None):
        raise BadInput("Ask about one person or one site", where="person, site", do="Give one of the two.")
    if question not in interim.WEIGHTS:
        raise BadInput("The question is held or buried", where=str(question))
    if question == "buried":
        if not (reason or "").strip():
            raise BadInput("The question of burial is asked with a reason", where="reason", do="Say why; it is logged.")
        with store.acting(session.settings, session.actor) as log:
            log.call("log_read", action="link_buried", detail=store.Json({"about": str(person or site), "reason": reason}))
    sites = session.rows("link_sites", question=question)
    if person is not None:
        who = session.one("link_person", person=str(person), question=question)
        return of_person(who, session.rows("link_events", question=question, person=who["id"]), sites, question, limit)
    asked = str(site).strip()
    chosen = next((n for n, one in enumerate(sites) if asked.upper() == one["code"] or asked.lower() == str(one["id"])), None)
    if chosen is None:
        raise unasked(session, asked, question)
    return of_site(sites[chosen], session.rows("link_events", question=question), sites, chosen, question, limit)


def unasked(session, site, question):
    """Why a question is not asked about a site: of no such kind where the caller sees it, else that nothing is here for him."""
    def listed(rows):
        return any(site.upper() == one["code"] or site.lower() == str(one["id"]) for one in rows)

    page = session.rows("site_list", ids=[UUID(site)]) if is_id(site) else session.rows("site_list", q=site)
    if not listed(page):
        return NotFound()
    other, words = {"held": ("buried", "detention"), "buried": ("held", "burial")}[question]
    if listed(session.rows("link_sites", question=other)):
        return BadInput(f"Sites of this kind are not asked about {words}", where=site,
                        do=f"Ask with --question {other}{' and a reason' if other == 'buried' else ''}.")
    return BadInput("This site is asked about neither detention nor burial", where=site,
                    do="Its kinds are of another sort, or were refuted: see `sitereg sites show`.")


def is_id(text):
    """Whether the text is written as an id."""
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def of_person(who, events, sites, question, limit):
    """The Answer for one person: every candidate site scored, the best `limit` told in words."""
    placed = [one for one in sites if one["geometry"] is not None]
    used, weights = chosen_events(events, question)
    laid = interim.Sites([place(one, interim.SITE_POINTS) for one in placed])
    expected = numpy.array([laid.expected(*place(one), question) for one in used]).reshape(len(used), len(placed))
    bars = dict(zip((one["code"] for one in placed), interim.space(expected, weights), strict=True))
    when, what = reference(events)
    living = living_on(events)
    asked = [one for one in sites if not (question == "buried" and living and over_before(one, living))]
    scored = [(bars.get(one["code"], 0.0), interim.time(when, numbers(one["periods"]), question), one) for one in asked]
    scored.sort(key=lambda each: (-(each[0] + each[1]), each[2]["code"]))
    others = [bars[one["code"]] for one in asked if one["code"] in bars]
    told = [tell(who["code"], one, used, near, then, rank, what, when, others)
            for rank, (near, then, one) in enumerate(scored[:limit])]
    return Answer(question, who["code"], len(asked), tuple(told))


def of_site(site, events, sites, chosen, question, limit):
    """The Answer for one site: the persons for whom it stands out most among all candidates."""
    persons = {}
    for event in events:
        persons.setdefault(event["person_code"], []).append(event)
    placed = [n for n, one in enumerate(sites) if one["geometry"] is not None]
    laid = interim.Sites([place(sites[n], interim.SITE_POINTS) for n in placed])
    where = placed.index(chosen) if chosen in placed else None
    cases = {code: chosen_events(all_of, question) for code, all_of in persons.items()}
    places = {key(one): one for used, _ in cases.values() for one in used}
    if len(places) * len(laid.points) > MOST_WORK:
        raise Refused("The interim order cannot answer for so many persons at once", where=site["code"], guard="too_large",
                      needs="Ask person by person.")
    ratio = {}
    if where is not None:
        for each, one in places.items():
            made = laid.expected(*place(one), question)
            ratio[each] = made[where] / made.mean()
    scored = []
    for code, (used, weights) in cases.items():
        when, what = reference(persons[code])
        living = living_on(persons[code])
        if question == "buried" and living and over_before(site, living):
            continue
        near = float(numpy.log(sum(w * ratio[key(one)] for one, w in zip(used, weights, strict=True)))) if used and ratio else 0.0
        scored.append((near, interim.time(when, numbers(site["periods"]), question), code, used, what, when))
    scored.sort(key=lambda each: (-(each[0] + each[1]), each[2]))
    told = [tell(code, site, used, near, then, rank, what, when, others_of(persons[code], used, sites, placed, laid, question))
            for rank, (near, then, code, used, what, when) in enumerate(scored[:limit])]
    return Answer(question, site["code"], len(scored), tuple(told))


def others_of(events, used, sites, placed, laid, question):
    """The space bars of all sites that are asked about for one person and have a place."""
    living = living_on(events)
    expected = numpy.array([laid.expected(*place(one), question) for one in used]).reshape(len(used), len(placed))
    bars = interim.space(expected, interim.shares([one["leg"] for one in used], question))
    return [float(bar) for bar, n in zip(bars, placed, strict=True)
            if not (question == "buried" and living and over_before(sites[n], living))]


def living_on(events):
    """The latest day of which a sign of life is known, or None."""
    return max((one["first_day"] for one in events if one["alive_evidence"] == "positive" and one["first_day"]), default=None)


def chosen_events(events, question):
    """The events that the space bar reads and their weights: placed ones with a leg; of custody only the latest."""
    used = [one for one in events if one["geometry"] is not None and one["leg"] in interim.WEIGHTS[question]]
    dated = [one for one in used if one["leg"] == CUSTODY and one["last_day"]]
    if dated:
        latest = max(dated, key=lambda one: (one["last_day"], one["first_day"] or date.min, str(one["id"])))
        used = [one for one in used if one["leg"] != CUSTODY or one is latest]
    return used, interim.shares([one["leg"] for one in used], question)


def reference(events):
    """The days that time is reckoned from, as numbers, and their event: the arrest, else the last sight, else the custody."""
    for leg in ("arrested", "last_seen_free", CUSTODY):
        found = [one for one in events if one["leg"] == leg and one["first_day"] and one["last_day"]]
        if found:
            one = min(found, key=lambda each: (each["first_day"], str(each["id"])))
            return (one["first_day"].toordinal(), one["last_day"].toordinal()), one
    return None, None


def place(row, most=spread.MOST):
    return interim.place(shapely.from_wkb(row["geometry"]), row["uncertainty_m"], row["shown_as"], most)


def key(event):
    return event["geometry"], event["uncertainty_m"], event["shown_as"]


def numbers(periods):
    """Periods of ISO days as numbers of days."""
    return [[None if day is None else date.fromisoformat(day).toordinal() for day in one] for one in periods or ()]


def over_before(site, living):
    """Whether all that is known of the site's days of use ended before this sign of life."""
    ended = [one[3] for one in site["periods"] or ()]
    return bool(ended) and all(day is not None and date.fromisoformat(day) < living for day in ended)


def tell(person, site, used, near, then, rank, what, when, bars_of_all):
    """The candidate with its sentences; bars_of_all: the space bars of the sites asked about, its own among them."""
    look = "look here first" if rank == 0 else "look here next" if rank < 5 else "look here also"
    if not used and when is None:
        look = "in no order"
    because = [distance_words(event, site) for event in used] if site["geometry"] is not None else []
    said = compared_words(near, bars_of_all) if because else "No place to compare: distance says nothing."
    bars = (round(float(one), 4) for one in (near, then, near + then))
    return Candidate(person, site["code"], site["name_en"] or site["name_ar"], site["kind"], look, *bars,
                     (*because, said, time_words(site, then, what, when)))


def compared_words(near, bars_of_all):
    """How near the site is among those asked about, in words: the weaker of its rank and its bar, which compares it with their
    mean; neither is a proof, so none of the words is strong."""
    others = len(bars_of_all) - 1
    if others < 1:
        return "No other site asked about has a place: distance says nothing."
    farther = sum(bar < near - 1e-9 for bar in bars_of_all)
    same = sum(abs(bar - near) <= 1e-9 for bar in bars_of_all) - 1
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


def distance_words(event, site):
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


def time_words(site, then, what, when):
    """What the days say, in words."""
    if when is None:
        return "No day is known from which to reckon: time says nothing."
    days = what["first_day"].isoformat() if what["first_day"] == what["last_day"] else f"{what['first_day']} to {what['last_day']}"
    since = f"{label('event_kind', what['kind'])}, {days}"
    if not site["periods"]:
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
