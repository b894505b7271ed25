"""Lines of inquiry as one reader asks for them: candidates of a person or a site, why one of them, why not the other; all computed
from the caller's own face at that moment. Nothing is stored and no status changes."""
from bisect import bisect_right
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

import numpy

from sitereg.errors import BadInput, NotFound, Refused
from sitereg.links import batch, explain, score, world
from sitereg.links.model import BARS, DEFAULTS, Flag
from sitereg.sentences import said
from sitereg.store import session as store

PRESUMED = "Lines of inquiry, not findings. The person is presumed alive."
UNTRIED = {
    "held": "No probability is told: this registry has fewer than %(least)s confirmations of its own for this question. In "
            "resolved cases of another country the first suggestion was wrong about every second time.",
    "buried": "No probability is told: this registry has fewer than %(least)s confirmations of its own for this question. In "
              "resolved cases of other countries the first suggestion was wrong five to seven times in ten."}
OVERTAKEN = ("The registry has changed since all persons were compared, and they are not compared anew yet: some may be missing "
             "here, or stand elsewhere.")
ENOUGH = 50
MOST_WORK = 2_000_000
LOADED = ("load", "cohort")
COLUMNS = {"person": "person_fit"}  # names of bars in api.link_frame where they are others
BANDS = (1, 5, 10, 20, 50, 100, 200, 500, 1000)
ALONE = Lock()
"""Held while a person is scored: gravity between N places of custody takes 8 N * N bytes, half a GB for 8,000."""

__all__ = ["Answer", "Candidate", "Contrast", "beside", "candidates", "contrast", "why"]


@dataclass(frozen=True)
class Candidate:
    """One line of inquiry: `look` in words; bars in nats, whose sum is total; p only where the registry has tried itself.

    rank: its place among the candidates of the person. because: in words, what speaks; sentences: what each bar says, every one;
    flagged: the flags in explain.
    """

    person: str
    site: str
    name: str | None
    kind: str
    look: str
    rank: int
    bars: dict
    total: float
    p: float | None
    chance: str | None
    flags: tuple[str, ...]
    flagged: tuple[str, ...]
    because: tuple[str, ...]
    sentences: dict

    @property
    def bits(self):
        """The total in bits."""
        return explain.bits(self.total)


@dataclass(frozen=True)
class Answer:
    """What was asked, how many were compared, the candidates in order, and what must be said with them.

    half, most: how many sites hold the truth with 50 and 90 %; leans: whether the first five are others without the load of sites
    and the cohort, which then stand in `plain`; missing: what is not known and could change the order; ordered: whether anything
    that is known tells the places apart. Of a site none of these but `bands`: for how many persons it comes first, and among the
    first five, never more exactly than from-to.
    """

    question: str
    about: str
    compared: int
    confirmed: int
    version: str
    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...]
    half: int | None = None
    most: int | None = None
    leans: bool | None = None
    plain: tuple[str, ...] = ()
    missing: tuple[explain.Missing, ...] = ()
    ordered: bool = True
    bands: dict | None = None


@dataclass(frozen=True)
class Contrast:
    """Why the one and not the other: the difference of each bar in bits; together they are log2 of the odds."""

    one: Candidate
    other: Candidate
    differences: dict
    bits: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Scored:
    """One person scored: the Read, the person with the events, the Bars and the order of positions."""

    read: world.Read
    person: object
    events: list
    bars: score.Bars
    order: object


def candidates(session, *, person=None, site=None, question="held", limit=20, reason=None, locale="en"):
    """Lines of inquiry for one person (public reference or id) or for one site (code or id), the likeliest first.

    question: held or buried; `buried` needs a reason, which is logged before the answer; locale: en or ar, of all sentences.
    Raises BadInput, NotFound, Refused: a person named in a list only has no question of burial.
    """
    if (person is None) == (site is None):
        raise BadInput("Ask about one person or one site", where="person, site", do="Give one of the two.")
    if person is not None:
        return beside(session, person=person, question=question, limit=limit, reason=reason, locale=locale)[0]
    reasoned(session, question, site, reason)
    read = world.load(world.caller(session), question, session.value("level"))
    chosen = read.position(site)
    if chosen is None:
        raise unasked(session, str(site).strip(), question)
    return of_site(session, read, chosen, question, limit, reason, locale)


def why(session, *, person, site, question="held", reason=None, locale="en"):
    """One candidate of a person with every bar and its sentence. Raises as `candidates` does."""
    reasoned(session, question, person, reason)
    found = scored(session, person, question)
    return tell(found, located(session, found, site), locale)


def contrast(session, *, person, site, other, question="held", reason=None, locale="en"):
    """The Contrast of two candidates of a person. Raises as `candidates` does."""
    reasoned(session, question, person, reason)
    return apart(session, scored(session, person, question), (site, other), locale)


def beside(session, *, person, pair=None, question="held", limit=20, reason=None, locale="en"):
    """(Answer for a person, the Contrast of a pair of sites or None), asked and logged once. Raises as `candidates` does."""
    reasoned(session, question, person, reason)
    found = scored(session, person, question)
    return of_person(found, limit, locale), apart(session, found, pair, locale) if pair else None


def apart(session, found, pair, locale):
    """The Contrast of two sites for the one who was scored."""
    one, two = (tell(found, located(session, found, each), locale) for each in pair)
    differences = {name: explain.bits(one.bars[name] - two.bars[name]) for name in BARS}
    return Contrast(one, two, differences, explain.bits(one.total - two.total), notes(found.read.world, locale))


def reasoned(session, question, about, reason):
    """The question is one, and where it is that of burial its reason stands in the log."""
    if question not in DEFAULTS:
        raise BadInput("The question is held or buried", where=str(question))
    if question != "buried":
        return
    if not (reason or "").strip():
        raise BadInput("The question of burial is asked with a reason", where="reason", do="Say why; it is logged.")
    with store.acting(session.settings, session.actor) as log:
        log.call("log_read", action="link_buried", detail=store.Json({"about": str(about), "reason": reason}))


def scored(session, person, question, read=None):
    """The Scored of one person, in the caller's own face."""
    who = session.one("link_person", person=str(person), question=question)
    read = read or world.load(world.caller(session), question, session.value("level"))
    made, events = next(iter(world.told(read, person=who["id"])))
    with ALONE:
        bars = score.bars(read.world, made)
    return Scored(read, made, events, bars, batch.order(bars))


def located(session, found, site):
    """The position of a site that is asked about; raises as `unasked` says."""
    position = found.read.position(site)
    if position is None:
        raise unasked(session, str(site).strip(), found.read.world.question)
    if found.bars.flags[position] & Flag.ALIVE_LATER:
        raise Refused("This site is no candidate", where=found.read.rows[position]["code"], guard="alive_later",
                      needs="A sign of life is later than its last known day of use.")
    return position


def unasked(session, site, question):
    """Why a question is not asked about a site: of no such kind where the caller sees it, else that nothing is here for him."""
    def listed(rows):
        return any(site.upper() == one["code"] or site.lower() == str(one["id"]) for one in rows)

    page = session.rows("site_list", ids=[UUID(site)]) if is_id(site) else session.rows("site_list", q=site)
    if not listed(page):
        return NotFound()
    other, about = {"held": ("buried", "detention"), "buried": ("held", "burial")}[question]
    if listed(session.rows("link_sites", question=other)):
        return BadInput(f"Sites of this kind are not asked about {about}", where=site,
                        do=f"Ask with --question {other}{' and a reason' if other == 'buried' else ''}.")
    return BadInput("This site is asked about neither detention nor burial", where=site,
                    do="Its kinds are of another sort, or were refuted: see `sitereg sites show`.")


def is_id(text):
    """Whether the text is written as an id."""
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def of_person(found, limit, locale):
    """The Answer for one person: every candidate scored, the best `limit` told in explain."""
    made, codes = found.read.world, found.read.world.sites.codes
    half, most = (len(score.sets(found.bars, level)[0]) for level in (0.5, 0.9))
    plain = batch.order(found.bars.without(*LOADED))[:batch.FIRST]
    return Answer(
        made.question, found.person.code, len(found.order), len(made.confirmed), made.parameters.version,
        tuple(tell(found, one, locale, rank) for rank, one in enumerate(found.order[:limit])), notes(made, locale), half, most,
        batch.leans(found.bars), tuple(codes[one] for one in plain), explain.missing(found, locale),
        speaks(found.bars))


def of_site(session, read, chosen, question, limit, reason, locale):
    """The Answer for one site: the persons for whom it stands out most among all candidates; from the run, if there is one. Nobody
    of whom nothing is known that tells places apart."""
    code = read.rows[chosen]["code"]
    whole = [one for one in session.rows("link_runs")
             if one["question"] == question and one["state"] == "done" and not one["filter"]]
    if whole:
        told = session.rows("link_frame", question=question, reason=reason, sites=[code])
        stored = sorted((one for one in told if any(one[COLUMNS.get(name, name)] for name in BARS)),
                        key=lambda one: (-one["p"], one["person"]))
        cases = [scored(session, one["person"], question, read) for one in stored[:limit]]
        compared, ranks = whole[0]["persons"], [one["rank"] for one in stored]
        overtaken = whole[0]["moved"] or whole[0]["stale_since"] is not None
    else:
        people = world.told(read)
        if len(people) * len(read.rows) > MOST_WORK:
            raise Refused("So many persons cannot be compared at once", where=code, guard="too_large",
                          needs="Have a run made (sitereg links run), or ask person by person.")
        facts = score.statistics(read.world)
        cases = [Scored(read, one, events, bars, batch.order(bars)) for one, events in people
                 for bars in [score.bars(read.world, one, facts)] if speaks(bars) and not bars.flags[chosen] & Flag.ALIVE_LATER]
        compared, ranks, overtaken = len(cases), [placed(one, chosen) for one in cases], False
    cases = [one for one in cases if not one.bars.flags[chosen] & Flag.ALIVE_LATER]
    cases.sort(key=lambda one: (-one.bars.p[chosen], one.person.code))
    bands = {name: band(sum(rank <= most for rank in ranks)) for name, most in (("first", 1), ("five", batch.FIRST))}
    return Answer(question, code, compared, len(read.world.confirmed), read.world.parameters.version,
                  tuple(tell(one, chosen, locale) for one in cases[:limit]),
                  (*notes(read.world, locale), *((said(OVERTAKEN, locale),) if overtaken else ())), bands=bands)


def speaks(bars):
    """Whether any bar tells any two places apart."""
    return any(getattr(bars, name).any() for name in BARS)


def placed(found, position):
    """The place of that site among the candidates of the person, from 1; None where it is none of them."""
    at = numpy.flatnonzero(found.order == position)
    return int(at[0]) + 1 if len(at) else None


def band(number):
    """From how many to how many, so that nobody counts single persons: 0, 1-4, 5-9, 10-19, ..., 1000+."""
    if not number:
        return "0"
    n = bisect_right(BANDS, number)
    return f"{BANDS[n - 1]}-{BANDS[n] - 1}" if n < len(BANDS) else f"{BANDS[-1]}+"


def notes(made, locale):
    """What must be said with every answer of this world."""
    told = (said(PRESUMED, locale),)
    return told if tried(made) else (*told, said(UNTRIED[made.question], locale, least=ENOUGH))


def tried(made):
    """Whether the registry has confirmations enough of its own to tell a probability."""
    return len(made.confirmed) >= ENOUGH


def tell(found, position, locale, rank=None):
    """The Candidate at a position with its sentences; rank: else its place in the order of the person."""
    if rank is None:
        rank = placed(found, position) - 1
    row, bars, made = found.read.rows[position], found.bars, found.read.world
    p = float(bars.p[position]) if tried(made) else None
    told, flags = explain.sentences(found, position, locale), bars.flags[position]
    return Candidate(
        found.person.code, row["code"], row[f"name_{locale}"] or row["name_en"] or row["name_ar"], row["kind"],
        explain.look(rank, p, not speaks(bars), locale), rank + 1, {name: float(getattr(bars, name)[position]) for name in BARS},
        float(bars.total[position]), p, explain.chance(p, float(bars.mention[position]), locale),
        tuple(one.name.lower() for one in Flag if flags & one), explain.flagged(flags, locale),
        explain.because(found, position, told, locale), told)
