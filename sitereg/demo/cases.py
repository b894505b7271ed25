"""What became of those who are searched for: every state of a case, of fate and of whereabouts, each by its own guard.

Somebody found alive who wishes that nobody is told leaves a sheet behind: name and contact lie in the vault, the case is suspended.
"""
from datetime import date, timedelta

from sitereg import claims, decisions, entering, links
from sitereg.demo.deciding import agree, by
from sitereg.demo.dice import Dice
from sitereg.vocab import PermittedUse

WORDS = {"partner": "Invented partner", "terms": "Synthetic: made up for the demonstration", "uses": list(PermittedUse.codes()),
         "consent": "given_limited", "scope": ["store"], "legal_basis": "vital_interest", "tier": "2"}
SEEN = date(2024, 12, 20)  # when some were found
BODY = date(2025, 5, 4)  # when remains were identified
TELLER = "شخص متخيَّل عُثر عليه (invented)"


def settle(settings, persons, stands, told_by, many):
    """Of the persons `many` are searched for; what became of some is settled, by as many people as its guard asks for."""
    asked = persons[:many]
    with by(settings, "investigator") as opened:
        for n, one in enumerate(asked):
            decide(opened, one, "case", "open_missing", "The family asks", stands[one.key][:1])
            if n % 8 == 1:
                decide(opened, one, "case", "fate_indicated", "Something was said of the fate", stands[one.key][:1])
            elif n % 60 == 5:
                decide(opened, one, "case", "closed_withdrawn", "The family withdrew its request", ())
                if n % 240 == 5:
                    decide(opened, one, "case", "open_missing", "The family came back", ())
    free = [one for n, one in enumerate(asked) if n % 8 != 1 and n % 60 != 5]
    living = [one for one in free if one.alive]
    dead = [one for one in asked[1::8] if not one.alive]
    some = max(1, many // 40)
    alive(settings, living[:some], told_by)
    wishing(settings, living[some:2 * some])
    known(settings, living[2 * some:2 * some + 4], told_by)
    twice(settings, living[2 * some + 4:2 * some + 6], persons)
    identified(settings, dead[:max(3, some // 2)], told_by)
    reviewed(settings, [one for one in free if one.route and not one.alive][:3])


def decide(opened, one, machine, to, reason, basis, **more):
    return decisions.decide(opened, one.id, machine, to, reason=reason, basis=basis, **more).proposal


def said(opened, told_by, by_type, one, kind, on):
    """One event more is said of a person; answers its claim."""
    return claims.record(opened, [claims.said("event", {"kind": kind}, source=told_by[by_type][0], credibility="2", subject=one.id,
                                              at=on)], reason="demonstration")[0].claim


def both(settings, made, machine, to, reason, basis, *others, **more):
    """The investigator proposes it for each of the persons, the others agree."""
    with by(settings, "investigator") as opened:
        waiting = [decide(opened, one, machine, to, reason, basis[one.key], **{
            name: value(one) for name, value in more.items()}) for one in made]
    agree(settings, waiting, *others)


def alive(settings, made, told_by):
    """Found alive and back with their families."""
    with by(settings, "investigator") as opened:
        basis = {one.key: [said(opened, told_by, "testimony_family", one, "returned_to_family", SEEN)] for one in made}
    for machine, to in (("fate", "alive"), ("whereabouts", "returned_alive"), ("case", "resolved_alive")):
        both(settings, made, machine, to, "Back with the family", basis, "verifier")


def wishing(settings, made):
    """Found alive, and nobody is to be told: who told it and how to reach them lie in the vault, the case is suspended."""
    basis, dice = {}, Dice("sitereg sheets")
    for one in made:
        with by(settings, "handler") as opened:
            sheet = entering.read(opened, "testimony", {
                **WORDS, "who_type": "testimony_survivor", "who_connection": "victim", "who_name": TELLER, "language": "ar",
                "who_contact": f"no such number (invented): {one.code}"}, once=dice.id(), rows=[
                {"person": one.code, "what": "seen_alive_after", "when": SEEN.isoformat(), "how": "saw"}])
            basis[one.key] = list(entering.write(opened, sheet).claims)
    both(settings, made, "fate", "alive", "They came themselves", basis, "verifier")
    with by(settings, "investigator") as opened:
        for one in made:
            decide(opened, one, "whereabouts", "place_known", "They said it themselves", basis[one.key])
            decide(opened, one, "case", "suspended_security", "They wish that nobody is told", ())


def known(settings, made, told_by):
    """Where some are is known better than what became of them; of one both were wrong."""
    with by(settings, "investigator") as opened:
        for one, (kind, to) in zip(made, (("visited_by_family", "in_custody_place_known"), ("contact_received", "area_known"),
                                          ("seen_alive_after", "place_known")), strict=False):
            told = said(opened, told_by, "testimony_family", one, kind, SEEN)
            decide(opened, one, "whereabouts", to, "As the family was told", [told])
    if len(made) < 4:
        return
    with by(settings, "investigator") as opened:
        basis = {made[3].key: [said(opened, told_by, "testimony_family", made[3], "contact_received", SEEN)]}
    both(settings, made[3:], "fate", "alive", "The family had a call", basis, "verifier")
    with by(settings, "investigator") as opened:
        for to in ("area_known", "unknown"):
            decide(opened, made[3], "whereabouts", to, "The number that called was traced, and then it was not", basis[made[3].key])
    both(settings, made[3:], "fate", "unknown", "It was somebody else's voice", {made[3].key: []}, "verifier")


def twice(settings, made, persons):
    """Cases that repeat another one."""
    both(settings, made, "case", "closed_duplicate", "The same person was entered twice", {one.key: () for one in made}, "verifier",
         value=lambda one: {"duplicate_of": str(persons[-1 - made.index(one)].id)})


def reviewed(settings, made):
    """Lines of inquiry to the branch that is theirs: one is followed, one set aside, one excluded as two agree."""
    with by(settings, "investigator") as opened:
        due = opened.value("today") + timedelta(days=60)
        ways = [{"to": "lead", "reason": "Two told of the same cell", "would_show": "The register of the branch for that month",
                 "asks": "The investigator asks those who were released", "due": due},
                {"to": "set_aside", "reason": "Nothing new for a year"},
                {"to": "excluded", "reason": "Those who were there at that time are all known"}]
        waiting = [links.review(opened, one.code, one.route.branch.id, **way)[0].proposal
                   for one, way in zip(made, ways, strict=True)]
    agree(settings, [one for one in waiting if one], "verifier")


def identified(settings, made, told_by):
    """Remains that were identified: with two more people who agree; of some they were handed over."""
    with by(settings, "investigator") as opened:
        basis = {one.key: [said(opened, told_by, "medical_forensic_record", one, "remains_identified", BODY)] for one in made}
    two = ("verifier", "colleague")
    both(settings, made, "fate", "dead", "The laboratory identified the remains", basis, *two)
    both(settings, made, "case", "resolved_deceased_identified", "The laboratory identified the remains", basis, *two)
    both(settings, made[::2], "whereabouts", "remains_place_known", "They lie with the laboratory", basis, "verifier")
    both(settings, made[1::2], "whereabouts", "remains_returned", "Handed over to the family", basis, "verifier")

