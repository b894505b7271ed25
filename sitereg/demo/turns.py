"""Turns that a place can take, one place for each: every state of the machines of sites is reached by somebody's act.

KINDS are the kinds of the first sites that sites.planned makes; `take` lets each have its turn.
"""
from dataclasses import dataclass
from datetime import date, timedelta

from sitereg import claims, decisions, disclosing, keeper, protection
from sitereg.demo.deciding import agree, by, day
from sitereg.demo.stories import RISKS

CAST = {
    "planned": "mass_grave", "removed": "mass_grave", "failed": "checkpoint", "renewed": "cemetery_section_unmarked",
    "handed_over": "mass_grave", "lost": "detention_centre_other", "healed": "individual_clandestine_grave",
    "bare": "surface_deposit", "unclear": "water_or_shaft_deposit", "again": "rubble_burial", "weakened": "prison_central",
    "mistaken": "remains_in_structure", "found": "mass_grave", "seen": "police_station", "looked_at": "hospital_civil",
    "one": "mass_grave", "same": "mass_grave", "near": "court", "not_same": "court", "two": "camp_detention", "chosen": "archive",
    "annulled": "prison_military", "withheld": "criminal_security_branch", "shown_again": "morgue"}
KINDS = tuple(CAST.values())
VISITED = date(2025, 6, 3)
LATER = VISITED + timedelta(days=40)


@dataclass
class Turns:
    """Who acts at which places with which sources."""

    settings: object
    at: dict
    told_by: dict

    def say(self, name, predicate, value, source, **more):
        """Something more is said of a place; answers the claim."""
        with by(self.settings, "investigator") as opened:
            return claims.record(opened, [claims.said(predicate, value, source=self.told_by[source][0], credibility="2",
                                                      subject=self.at[name].id, **more)], reason="demonstration")[0].claim

    def kind(self, name, source, **more):
        return self.say(name, "kind", {"code": self.at[name].kind}, source, **more)

    def visit(self, name, on=VISITED, **more):
        with by(self.settings, "officer") as opened:
            return protection.inspect(opened, self.at[name].id, visited_on=on, team="Demo team", **more)

    def level(self, name, to, basis, *others, **more):
        """The level of its kind is decided; with `others`, once they agree."""
        with by(self.settings, "investigator") as opened:
            done = decisions.decide(opened, self.at[name].id, "verification", to, aspect=self.at[name].kind, basis=basis,
                                    **{"reason": REASONS[to], **more})
        agree(self.settings, [done.proposal] if others else (), *others)
        return done

    def guard(self, name, to, reason, *others, **more):
        with by(self.settings, "officer") as opened:
            done = protection.decide(opened, self.at[name].id, to, reason=reason, observed_on=VISITED, **more)
        agree(self.settings, [done.proposal] if others else (), *others)
        return done

    def measure(self, name, kind, **more):
        with by(self.settings, "officer") as opened:
            return protection.record_measure(opened, self.at[name].id, kind, reason="Agreed on site",
                                             agent_kind="residents_or_committee", **more)

    def harm(self, name, kind, severity, visit, **more):
        """A disturbance that a visit found."""
        with by(self.settings, "officer") as opened:
            return protection.record_disturbance(opened, self.at[name].id, kind, severity, observed=VISITED, visit=visit["visit"],
                                                 **more)["disturbance"]


REASONS = {"inconclusive": "All of it was looked at; it stays open what it was",
           "refuted": "All of it was looked at: there is nothing",
           "suspected": "The ground that was looked at was another one", "confirmed": "A record and somebody who was there agree",
           "probable": "Sources of several origins agree"}


def take(settings, made, told_by):
    """Every place of CAST has had its turn; made: the sites in the order of KINDS."""
    do = Turns(settings, dict(zip(CAST, made, strict=False)), told_by)
    for act in (measures, protected, levels, known, sames, choices, tiers):
        act(do)


def measures(do):
    """Measures planned, taken away, failed, and one that lapsed and was renewed."""
    do.measure("planned", "perimeter_fence", state="planned")
    do.guard("planned", "measures_planned", "A fence is to come in spring")
    for name, to in (("removed", "removed"), ("failed", "failed")):
        made = do.measure(name, "signage", began=date(2024, 2, 1))
        do.guard(name, "partially_protected", "Signs stand there")
        with by(do.settings, "officer") as opened:
            protection.set_measure(opened, made, to, reason="The signs are gone", observed_on=VISITED)
        do.guard(name, "unprotected", "Nothing stands there any more")
    with day(do.settings, date(2021, 3, 1)) as today:
        made = do.measure("renewed", "guard", began=today, lapses_on=date(2022, 3, 1))
    with day(do.settings, date(2022, 5, 1)):
        keeper.lapse(do.settings)
    with by(do.settings, "officer") as opened:
        until = opened.value("today") + timedelta(days=300)
        protection.set_measure(opened, made, "active", reason="The guard stays another year", due=until)


def protected(do):
    """Protection that ended with the handover, a place that is gone, one that was harmed and mended, one that needs none."""
    do.guard("handed_over", "unprotected", "Seen from the road")
    whole = do.say("handed_over", "activity", {"code": "recovery_complete"}, "medical_forensic_record", at=VISITED)
    do.guard("handed_over", "protection_ended", "All remains were recovered", "verifier", basis=[whole],
             value={"handover": "the invented town council"})
    visit = do.visit("lost", covered="all of it", findings="Nothing of the building stands.")
    do.harm("lost", "construction", "total", visit, by="authority")
    do.guard("lost", "destroyed", "A new quarter stands there", "verifier")
    visit = do.visit("healed", covered="all of it", findings="Opened at one corner.")
    harm = do.harm("healed", "agriculture_ploughing", "severe", visit, by="residents")
    after = do.visit("healed", on=LATER, covered="all of it", findings="Filled again by hand.", damage_assessed=True)
    with by(do.settings, "officer") as opened:
        protection.end_disturbance(opened, harm, why="It was filled again", remedy="backfilled by hand", visit=after["visit"])
    do.guard("healed", "unprotected", "Mended, and open to whoever comes")


def levels(do):
    """Levels that rise, fall and stay open: unclear, refuted and then suspected again, weakened, mistaken."""
    seen = do.visit("unclear", covered="the whole shaft", findings="It is filled with rubble.")
    do.level("unclear", "inconclusive", [do.kind("unclear", "official_record"), *seen["claims"]])
    for name in ("bare", "again"):
        seen = do.visit(name, covered="all of it", negative=True, findings="Untouched ground.")
        do.level(name, "refuted", [do.kind(name, "official_record"), *seen["claims"]], "verifier")
    do.guard("bare", "not_applicable", "Nothing lies there")
    do.level("again", "suspected", [do.kind("again", "official_record")], value={"error": "The field beside it was searched"})
    record = do.kind("weakened", "leaked_record")
    for to, others in (("probable", ()), ("confirmed", ("verifier",))):
        do.level("weakened", to, [record, *there(do, "weakened")], *others)
    with by(do.settings, "investigator") as opened:
        claims.end(opened, record, why="The paper was shown to be forged (invented)")
    do.level("weakened", "probable", there(do, "weakened"), "verifier", reason="The record that confirmed it was taken back")
    grave(do, "mistaken")
    report = do.say("mistaken", "remains_state", {"code": "unknown"}, "medical_forensic_record", at=LATER)
    do.level("mistaken", "refuted", [report], "verifier", "colleague")


def there(do, name):
    """What a survivor says who was there, and a resident."""
    return [do.kind(name, "testimony_survivor", first_hand=True), do.kind(name, "testimony_resident", first_hand=True)]


def grave(do, name):
    """A grave is confirmed by what was recovered from it."""
    four = {"definition": "bodies_recovered", "min": 4, "best": 4, "max": 4}
    counted = do.say(name, "count", four, "medical_forensic_record", at=VISITED)
    seen = do.visit(name, covered="the whole trench", findings="A trench was opened by specialists.", remains="in_place")
    do.level(name, "confirmed", [do.kind(name, "testimony_survivor", first_hand=True), counted, *seen["claims"]], "verifier")


def known(do):
    """A grave, a police station and a hospital that are confirmed."""
    grave(do, "found")
    for name in ("seen", "looked_at"):
        visit = do.visit(name, covered="all of it", findings="As it was told.")
        do.level(name, "confirmed", [*there(do, name), *visit["claims"]], "verifier")


def sames(do):
    """One place said twice became one; two that seemed the same are two again; one site became two."""
    for stays, other in (("one", "same"), ("near", "not_same")):
        with by(do.settings, "investigator") as opened:
            waits = decisions.merge(opened, do.at[stays].id, do.at[other].id,
                                    reason="Two lists speak of one place (invented)").proposal
        agree(do.settings, [waits], "verifier")
    with by(do.settings, "steward") as opened:
        last = decisions.history(opened, do.at["not_same"].id, machine="merge")[0]["id"]
        waits = decisions.annul(opened, last, reason="They are two buildings after all (invented)").proposal
    agree(do.settings, [waits], "verifier")
    part = [do.kind("two", "testimony_insider"), *(do.say("two", "name", {"text": text, "lang": lang}, "testimony_insider")
            for lang, text in (("en", "Annex on the other side"), ("ar", "الملحق في الجهة الأخرى")))]
    with by(do.settings, "investigator") as opened:
        waits = decisions.split(opened, do.at["two"].id, [("annex", part)], reason="Two camps were taken for one").proposal
    agree(do.settings, [waits], "verifier")


def choices(do):
    """Between two counts one is chosen; a decision is annulled; one proposal is refused, one taken back."""
    low, _high = (do.say("chosen", "count", {"definition": "records", "best": many}, source) for many, source in (
        (400, "ngo_report"), (900, "official_record")))
    with by(do.settings, "analyst") as opened:
        decisions.choose(opened, do.at["chosen"].id, low, reason="Counted on the spot, the other is an estimate")
    done = do.guard("annulled", "unprotected", "Seen from the road")
    with by(do.settings, "officer") as opened:
        waits = decisions.annul(opened, done.decision, reason="It was another building").proposal
    agree(do.settings, [waits], "verifier")
    basis = [*there(do, "annulled"), do.kind("annulled", "leaked_record")]
    do.level("annulled", "probable", basis)
    refused = do.level("annulled", "confirmed", basis).proposal
    with by(do.settings, "verifier") as opened:
        decisions.refuse(opened, refused, reason="The paper has to be looked at first")
    taken_back = do.level("annulled", "confirmed", basis).proposal
    with by(do.settings, "investigator") as opened:
        decisions.withdraw(opened, taken_back, reason="The paper is still with the expert")


def tiers(do):
    """A place withdrawn from those who read it, one shown to them again, and an exact place that more may see."""
    for name in ("withheld", "shown_again"):
        with by(do.settings, "investigator") as opened:
            done = disclosing.restrict(opened, do.at[name].id, reason="People who live there were threatened (invented)")
        if name == "shown_again":
            with by(do.settings, "investigator") as opened:
                waits = disclosing.lift(opened, done.decision, reason="They moved away (invented)").proposal
            agree(do.settings, [waits], "releaser")
    with by(do.settings, "analyst") as opened:
        waits = disclosing.disclose_place(opened, do.at["found"].id, 1, disclosing.Answers(True, "shareable", RISKS),
                                          reason="It is guarded, and those who guard it must find it").proposal
    agree(do.settings, [waits], "releaser")
