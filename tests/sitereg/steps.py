"""One case on its way over each transition: for every guard what makes it hold and what is there when it does not."""
from datetime import date, timedelta

from sitereg import decisions
from sitereg import protection as guarding
from tests import given
from tests.sitereg.deciding import DAY, GRAVE, activity, event, person, put, remains, source, state


class Case:
    """A subject on its way over one transition, and what will be said when the decision is asked for."""

    def __init__(self, registry, step):
        self.registry, self.step = registry, step
        self.basis, self.value, self.due, self.observed_on = [], {}, None, None
        self.reason, self.under, self.age = "as recorded by the tests", [], timedelta(0)
        self.aspect = {"verification": GRAVE}.get(step.machine, "")
        if step.machine in ("case", "fate", "whereabouts"):
            self.subject = person(registry)
        else:
            ungraded = {**given.kind(GRAVE, credibility="6"), "source": str(given.source_of(registry, "F"))}
            if step.from_ == "" and step.machine == "verification":
                self.subject = given.site(registry, given.name("bare"))[0]
            else:
                self.subject = given.site(registry, ungraded)[0]
        if step.machine == "measure":
            self.aspect = str(self.measure("planned"))

    def say(self, *said, cite=True, **source_of):
        found = given.say(self.registry, self.subject, *said,
                          source=source(self.registry, **source_of) if source_of else None)
        if cite:
            self.basis += found
        return found

    def measure(self, state="active", **more):
        return guarding.record_measure(self.registry, self.subject, "guard", reason="test", state=state,
                                       **more)

    def visit(self, cite=True, **more):
        made = guarding.inspect(self.registry, self.subject, **{"visited_on": DAY, "team": "a team", **more})
        if cite:
            self.basis += made["claims"]
        return made["visit"]

    def harm(self, severity, **more):
        return guarding.record_disturbance(
            self.registry, self.subject, "looting", severity, observed=DAY,
            **(more or {"visit": self.visit(cite=False)}))["disturbance"]

    def begin(self):
        """The subject stands at the from-state, whatever the arranging did by itself."""
        if self.step.from_ and (self.under or self.age or self.now() != self.step.from_):
            put(self.registry, self.subject, self.step.machine, self.step.from_, aspect=self.aspect,
                basis=self.under, age=self.age)
        elif self.step.from_ and self.step.machine in ("verification", "protection"):
            put(self.registry, self.subject, self.step.machine, self.step.from_, aspect=self.aspect)
        return self

    def now(self):
        return state(self.registry, self.subject, self.step.machine, self.aspect)

    def decide(self):
        return decisions.decide(self.registry, self.subject, self.step.machine, self.step.to,
                                reason=self.reason,
                                aspect=self.aspect, basis=self.basis, value=self.value, due=self.due,
                                observed_on=self.observed_on)

    def carry(self):
        """The decision was asked for and, where the machine says so, approved by others."""
        done = self.decide()
        for name in ("verifier", "verifier2")[:self.step.approvals]:
            assert done.state in ("proposed", "waiting") and self.now() == self.step.from_
            with self.registry.as_(name):
                done = decisions.approve(self.registry, done.proposal)
        return done


def arranged(registry, step, *, without=None):
    """A case in which every guard of the step holds, but for the one named `without`."""
    case = Case(registry, step)
    for guard in step.guards:
        name = guard.split("|")[0]
        hold, fail = GUARDS[name]
        (fail if guard == without else hold)(case)
    return case.begin()


def nothing(case):
    """The guard is left as it is: nothing was brought for it."""


def graded(case):
    case.say(given.kind(GRAVE), given.place(36.5, 33.5))


def two_origins(case):
    case.say(given.kind(GRAVE), grade="C", kind="testimony_survivor")
    case.say(given.kind(GRAVE), grade="D", kind="satellite_imagery")


def excavated(case):
    count = {"predicate": "count", "value": {"definition": "bodies_recovered", "min": 3, "best": 3, "max": 3}}
    case.say(count, grade="B", kind="medical_forensic_record")


def lost(case):
    claim = case.say(given.kind(GRAVE), cite=False)[0]
    case.under = [claim]
    case.registry.call("end_claim", claim=claim, why="withdrawn by the witness")


def harm_undone(case):
    harm = case.harm("severe")
    guarding.end_disturbance(case.registry, harm, why="stopped", remedy="backfilled")
    case.visit(cite=False, damage_assessed=True)


def died(case, *, at="2014-05-01"):
    case.say(event("remains_identified", at), grade="A", kind="medical_forensic_record")


def alive_later(case):
    died(case)
    case.say(event("seen_alive_after", "2016-01-01"), cite=False)


def protectable(case):
    case.measure(agent_kind="residents_or_committee")
    case.due = date.today() + timedelta(days=180)


def assessed(case):
    case.say(given.kind(GRAVE), given.place(36.5, 33.5), cite=False)
    case.observed_on = DAY


def since(case):
    case.age = timedelta(days=1)
    case.say(activity("site_visit"))


def stale_claims(case):
    case.say(given.kind(GRAVE))


def duplicate(case):
    case.value["duplicate_of"] = str(person(case.registry))


def set_(name, text):
    return lambda case: case.__setattr__(name, text)


def kind_later(case):
    case.age = timedelta(days=1)
    put(case.registry, case.subject, "verification", "suspected", aspect=GRAVE)


def all_refuted(case):
    put(case.registry, case.subject, "verification", "refuted", aspect=GRAVE)


def removed(case):
    case.say(remains("all_removed"))
    case.value["where_now"] = "reburied"


def recovered(case):
    case.say(activity("recovery_complete"))
    case.value["handover"] = "the municipality"


def closed(case):
    """Cases are not registered any more."""
    with case.registry.dba() as raw:
        given.stage(raw, opens=False)


GUARDS = {  # name: (what makes it hold, what is there when it does not)
    "stage": (nothing, closed),
    "has_claim": (lambda c: c.say(*restricted(c)), nothing),
    "graded_source_and_place": (graded, lambda c: c.say(given.kind(GRAVE))),
    "triage_reason": (nothing, set_("reason", "no")),
    "probable_basis": (two_origins, graded),
    "visit_or_recovery": (lambda c: c.visit(), nothing),
    "confirmed_basis": (excavated, two_origins),
    "examined_no_result": (lambda c: c.visit(covered="the yard"), lambda c: c.visit()),
    "negative_or_contrary": (lambda c: c.visit(covered="the whole plot", negative=True),
                             lambda c: c.visit(covered="the plot")),
    "confirming_evidence_gone": (lost, nothing),
    "expert_report": (lambda c: c.say(remains("unknown"), grade="B", connection="expert"), graded),
    "new_claim_or_error_shown": (since, stale_claims),
    "support_gone": (lost, nothing),
    "assessed": (assessed, nothing),
    "planned_measure": (lambda c: c.measure("planned"), nothing),
    "active_measure": (lambda c: c.measure(), lambda c: c.measure("planned")),
    "i14_protected": (protectable, lambda c: c.measure()),
    "last_measure_gone": (nothing, lambda c: c.measure()),
    "disturbance_open": (lambda c: c.harm("moderate"), lambda c: c.harm("minor")),
    "damage_assessed_remedy": (harm_undone, lambda c: c.harm("severe")),
    "remains_removed_where_now": (removed, lambda c: c.say(remains("all_removed"))),
    "total_severity": (lambda c: c.harm("total"), lambda c: c.harm("severe")),
    "more_found": (since, stale_claims),
    "renewed_finding": (since, stale_claims),
    "recovery_complete_handover": (recovered, lambda c: c.say(activity("recovery_complete"))),
    "refuted_or_merged": (all_refuted, nothing),
    "kind_changed": (kind_later, nothing),
    "new_end": (set_("due", date.today() + timedelta(days=90)), nothing),
    "request": (lambda c: c.say(event("reported_missing_filed")), lambda c: c.say(event("arrested"))),
    "cited_claim": (lambda c: c.say(event("contact_received")), nothing),
    "duplicate_named": (duplicate, nothing),
    "identified_remains": (died, lambda c: c.say(event("death_notice_issued"))),
    "dead_basis": (died, lambda c: c.say(event("death_registered"))),
    "alive_conflict": (nothing, alive_later),
}


def restricted(case):
    """A claim that no rule counts, so that a person decides the first level; of a person, any claim."""
    return [event("arrested")] if case.step.machine == "case" else [given.kind(GRAVE, tier=2)]
