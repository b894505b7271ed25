"""Lines of inquiry as one reader asks for them: candidates of a person or a site, why one of them, why not the other; all computed
from the caller's own face at that moment. Nothing is stored and no status changes."""
from dataclasses import dataclass, field
from uuid import UUID

from sitereg.errors import BadInput, NotFound, Refused
from sitereg.links import batch, score, world
from sitereg.links import explain as telling
from sitereg.links.explain import Lack, Line
from sitereg.links.model import BARS, DEFAULTS, Flag
from sitereg.store import session as store

PRESUMED = "Lines of inquiry, not findings. The person is presumed alive."
UNTRIED = ("No probability is told: this registry has fewer than {least} confirmations of its own for this question. In published "
           "cases of other countries the first suggestion was wrong about every second time.")
MOST_WORK = 2_000_000

__all__ = ["Answer", "Candidate", "Contrast", "candidates", "contrast", "why"]


@dataclass(frozen=True)
class Candidate:
    """One line of inquiry: `look` in words, the sentences behind it, the bars in nats, whose sum is total.

    lines: what each bar that speaks says, with its bits and inputs, for explain.sentence in another language. p: only where the
    registry has tried itself.
    """

    person: str
    site: str
    names: dict
    kind: str
    look: str
    rank: int
    bars: dict
    total: float
    p: float | None
    flags: tuple[str, ...]
    because: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def name(self):
        """What the site is called, in English if it has an English name."""
        return self.names.get("en") or self.names.get("ar")

    @property
    def bits(self):
        """The total in bits."""
        return telling.bits(self.total)


@dataclass(frozen=True)
class Answer:
    """What was asked, how many were compared, the candidates in order, and what must be said with them.

    half, most: how many sites hold the truth with 50 and 90 %; leans: whether the first five are others without the load of sites
    and the cohort, which then stand in `plain`; lacking: what is not known and could change the order, missing: the same in words.
    (Of a site: none of these.)
    """

    question: str
    about: str
    compared: int
    confirmed: int
    version: str
    candidates: tuple[Candidate, ...]
    half: int | None = None
    most: int | None = None
    leans: bool | None = None
    plain: tuple[str, ...] = ()
    lacking: tuple[Lack, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=(PRESUMED,))


@dataclass(frozen=True)
class Contrast:
    """Why the one and not the other: the difference of each bar in bits; together they are log2 of the odds."""

    one: Candidate
    other: Candidate
    differences: dict
    bits: float
    notes: tuple[str, ...] = field(default=(PRESUMED,))


@dataclass(frozen=True)
class Scored:
    """One person scored: the Read, the person with the events, the Bars and the order of positions."""

    read: world.Read
    person: object
    events: list
    bars: score.Bars
    order: object
    facts: score.Statistics


def candidates(session, *, person=None, site=None, question="held", limit=20, reason=None):
    """Lines of inquiry for one person (public reference or id) or for one site (code or id), the likeliest first.

    question: held or buried; `buried` needs a reason, which is logged before the answer. Raises BadInput, NotFound, Refused:
    a person named in a list only has no question of burial.
    """
    if (person is None) == (site is None):
        raise BadInput("Ask about one person or one site", where="person, site", do="Give one of the two.")
    reasoned(session, question, person or site, reason)
    if person is not None:
        return of_person(scored(session, person, question), limit)
    read = world.load(world.caller(session), question, session.value("level"))
    chosen = read.position(site)
    if chosen is None:
        raise unasked(session, str(site).strip(), question)
    return of_site(session, read, chosen, question, limit, reason)


def why(session, *, person, site, question="held", reason=None):
    """One candidate of a person with what every bar says. Raises as `candidates` does."""
    reasoned(session, question, person, reason)
    found = scored(session, person, question)
    return tell(found, located(session, found, site))


def contrast(session, *, person, site, other, question="held", reason=None):
    """The Contrast of two candidates of a person. Raises as `candidates` does."""
    reasoned(session, question, person, reason)
    found = scored(session, person, question)
    one, two = (located(session, found, each) for each in (site, other))
    return Contrast(tell(found, one), tell(found, two), *telling.contrast(found.bars, one, two))


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


def scored(session, person, question, read=None, facts=None):
    """The Scored of one person, in the caller's own face."""
    who = session.one("link_person", person=str(person), question=question)
    read = read or world.load(world.caller(session), question, session.value("level"))
    made, events = next(iter(world.told(read, person=who["id"])))
    return of_one(read, made, events, facts or score.statistics(read.world))


def of_one(read, made, events, facts):
    """The Scored of a person who was read."""
    bars = score.bars(read.world, made, facts)
    return Scored(read, made, events, bars, batch.order(bars), facts)


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
    other, said = {"held": ("buried", "detention"), "buried": ("held", "burial")}[question]
    if listed(session.rows("link_sites", question=other)):
        return BadInput(f"Sites of this kind are not asked about {said}", where=site,
                        do=f"Ask with --question {other}{' and a reason' if other == 'buried' else ''}.")
    return BadInput("This site is asked about neither detention nor burial", where=site,
                    do="Its kinds are of another sort, or were refuted: see `sitereg sites show`.")


def is_id(text):
    """Whether the text is written as an id."""
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def of_person(found, limit):
    """The Answer for one person: every candidate scored, the best `limit` told in words."""
    made, codes = found.read.world, found.read.world.sites.codes
    lacking = telling.missing(made, found.person, found.bars)
    standing, plain = telling.standing(found.bars), batch.order(found.bars.without("load", "cohort"))
    return Answer(
        made.question, found.person.code, len(found.order), len(made.confirmed), made.parameters.version,
        tuple(tell(found, one, rank) for rank, one in enumerate(found.order[:limit])), len(standing.half[0]), len(standing.most[0]),
        batch.leans(found.bars), tuple(codes[one] for one in plain[:batch.FIRST]), lacking,
        tuple(telling.sentence(one) for one in lacking), notes(made))


def of_site(session, read, chosen, question, limit, reason):
    """The Answer for one site: the persons for whom it stands out most among all candidates; from the run, if there is one."""
    code, facts = read.rows[chosen]["code"], score.statistics(read.world)
    whole = [one for one in session.rows("link_runs")
             if one["question"] == question and one["state"] == "done" and not one["filter"]]
    if whole:
        stored = sorted(session.rows("link_frame", question=question, reason=reason, sites=[code]),
                        key=lambda one: (-one["p"], one["person"]))
        cases = [scored(session, one["person"], question, read, facts) for one in stored[:limit]]
        compared = whole[0]["persons"]
    else:
        people = world.told(read)
        if len(people) * len(read.rows) > MOST_WORK:
            raise Refused("So many persons cannot be compared at once", where=code, guard="too_large",
                          needs="Have a run made (sitereg links run), or ask person by person.")
        cases = [of_one(read, one, events, facts) for one, events in people]
        cases = [one for one in cases if not one.bars.flags[chosen] & Flag.ALIVE_LATER]
        compared = len(cases)
    cases.sort(key=lambda one: (-one.bars.p[chosen], one.person.code))
    told = tuple(tell(one, chosen, rank) for rank, one in enumerate(cases[:limit]))
    return Answer(question, code, compared, len(read.world.confirmed), read.world.parameters.version, told, notes=notes(read.world))


def notes(made):
    """What must be said with every answer of this world."""
    return (PRESUMED,) if tried(made) else (PRESUMED, UNTRIED.format(least=telling.TRIED))


def tried(made):
    """Whether the registry has confirmations enough of its own to tell a probability."""
    return len(made.confirmed) >= telling.TRIED


def tell(found, position, rank=None):
    """The Candidate at a position with its sentences; rank: else its place in the order of the person."""
    if rank is None:
        rank = found.order.tolist().index(position)
    row, bars, made = found.read.rows[position], found.bars, found.read.world
    p = float(bars.p[position])
    nothing = not any(getattr(bars, name).any() for name in BARS)
    lines = telling.lines(made, found.person, bars, position, found.facts)
    return Candidate(
        found.person.code, row["code"],
        {lang: row[f"name_{lang}"] for lang in ("en", "ar") if row[f"name_{lang}"]}, row["kind"],
        "in no order" if nothing else telling.look(rank, p, len(made.confirmed)), rank + 1,
        {name: float(getattr(bars, name)[position]) for name in BARS}, float(bars.total[position]), p if tried(made) else None,
        tuple(one.name.lower() for one in Flag if bars.flags[position] & one), tuple(telling.sentence(one) for one in lines), lines)
