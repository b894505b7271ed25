"""The state machines as data, pure and below the store: schema.upgrade writes them into reg.transition.

`sitereg.decisions` re-exports TRANSITIONS for the doors. A guard is the name of an SQL function
api._guard_<name>; "a|b" holds where either does. Empty `roles` = no person's act: a rule of the registry, or
one decision for a batch. Annulment (any state -> the one before, one approver, in every machine) needs no row
here: see api.annul.
"""
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Transition:
    """One allowed step: names of SQL guards, how many others must agree, the roles that may act."""

    machine: str
    from_: str
    to: str
    guards: tuple[str, ...] = ()
    approvals: int = 0
    roles: tuple[str, ...] = ()
    note: str | None = None


START = {"verification": "", "protection": "unassessed", "case": "", "fate": "unknown",
         "whereabouts": "unknown", "measure": "", "merge": "", "split": "", "disclosure": "", "tier": "",
         "link_review": "", "duplicate": ""}

ANALYSTS = ("investigator", "analyst")
OFFICERS = ("protection_officer",)
STEWARDS = ("investigator", "data_steward")
INVESTIGATORS = ("investigator",)
ANYONE_AT_WORK = ("investigator", "analyst", "verifier", "protection_officer", "data_steward", "source_handler",
                  "releaser")


def _steps(machine: str, roles: tuple[str, ...]):
    """A writer of the lines of one machine: every from-state to every other to-state."""
    def line(from_: str, to: str, *guards: str, approvals: int = 0, note: str | None = None,
             by: tuple[str, ...] = roles) -> Iterator[Transition]:
        for start in from_.split():
            for end in to.split():
                if start != end:
                    begin = "" if start == "(new)" else start
                    yield Transition(machine, begin, end, guards, approvals, by, note)
    return line


def _chain(*lines: Iterable[Transition]) -> tuple[Transition, ...]:
    return tuple(step for line in lines for step in line)


_level = _steps("verification", ANALYSTS)
VERIFICATION = _chain(
    _level("(new)", "reported", "has_claim"),
    _level("reported", "suspected", "graded_source_and_place"),
    _level("reported", "refuted inconclusive", "triage_reason", note="a duplicate is merged, not refuted"),
    _level("suspected", "probable", "probable_basis"),
    _level("reported suspected", "confirmed", "visit_or_recovery", "confirmed_basis", approvals=1),
    _level("probable", "confirmed", "confirmed_basis", approvals=1),
    _level("reported", "probable", "batch_official_status", approvals=1, by=(),
           note="another body's level, one decision for its whole batch; so are the other steps from reported"
                " and suspected when a batch is taken over"),
    _level("suspected probable", "inconclusive", "examined_no_result"),
    _level("suspected probable", "refuted", "negative_or_contrary", approvals=1),
    _level("confirmed", "probable", "confirming_evidence_gone", approvals=1, note="protection is kept"),
    _level("confirmed", "refuted", "expert_report", approvals=2),
    _level("refuted inconclusive", "suspected", "new_claim_or_error_shown", "graded_source_and_place"),
    _level("probable", "suspected", "support_gone"),
)

_guarding = _steps("protection", OFFICERS)
_FENCED = "measures_planned partially_protected protected"
_LIVE = f"unassessed unprotected {_FENCED}"
_ALL = f"{_LIVE} compromised destroyed protection_ended not_applicable"
PROTECTION = _chain(
    _guarding("unassessed", "unprotected", "assessed"),
    _guarding("unassessed", "measures_planned", "assessed", "planned_measure"),
    _guarding("unassessed", "partially_protected", "assessed", "active_measure"),
    _guarding("unassessed", "protected", "assessed", "i14_protected"),
    _guarding("unassessed", "not_applicable", "assessed|refuted_or_merged"),
    _guarding("unprotected", "measures_planned", "planned_measure"),
    _guarding("unprotected measures_planned protected", "partially_protected", "active_measure"),
    _guarding("unprotected measures_planned partially_protected", "protected", "i14_protected"),
    _guarding(_FENCED, "unprotected", "last_measure_gone"),
    _guarding(_LIVE, "compromised", "disturbance_open"),
    _guarding("compromised", "unprotected", "damage_assessed_remedy"),
    _guarding("compromised", "partially_protected", "damage_assessed_remedy", "active_measure"),
    _guarding("compromised", "protected", "damage_assessed_remedy", "i14_protected"),
    _guarding("compromised", "protection_ended", "remains_removed_where_now", approvals=1),
    _guarding(_ALL, "destroyed", "total_severity", approvals=1,
              note="the site is never deleted; measures for records go on"),
    _guarding("destroyed", "unassessed compromised", "more_found", approvals=1),
    _guarding("protected partially_protected unprotected", "protection_ended", "recovery_complete_handover",
              approvals=1),
    _guarding("protection_ended", "unassessed", "renewed_finding"),
    _guarding(_ALL.replace("unassessed ", ""), "not_applicable", "refuted_or_merged",
              note="removing a fence is a task"),
    _guarding("not_applicable", "unassessed", "kind_changed"),
)

_case = _steps("case", INVESTIGATORS)
CASE = _chain(
    _case("(new)", "listed draft", "has_claim", by=(),
          note="an import of a list makes listed, and so does all while cases are not registered; else a case typed in is a draft"),
    _case("listed", "open_missing", "stage", "request"),
    _case("listed", "closed_duplicate", "duplicate_named", approvals=1),
    _case("draft", "open_missing", "stage", "has_claim"),
    _case("open_missing", "fate_indicated", "cited_claim"),
    _case("open_missing fate_indicated", "resolved_alive", "cited_claim", approvals=1),
    _case("open_missing fate_indicated", "suspended_security closed_withdrawn"),
    _case("open_missing fate_indicated", "closed_duplicate", "duplicate_named", approvals=1),
    _case("fate_indicated", "open_missing"),
    _case("fate_indicated", "resolved_deceased_identified", "identified_remains", "alive_conflict",
          approvals=2),
    _case("resolved_alive resolved_deceased_identified", "open_missing", approvals=1),
    _case("closed_duplicate closed_withdrawn suspended_security", "open_missing", note="families come back"),
)

_fate = _steps("fate", INVESTIGATORS)
FATE = _chain(
    _fate("unknown", "alive", "cited_claim", approvals=1),
    _fate("unknown alive", "dead", "dead_basis", "alive_conflict", approvals=2),
    _fate("alive dead", "unknown", approvals=1),
    _fate("dead", "alive", "cited_claim", approvals=1),
)

_whereabouts = _steps("whereabouts", INVESTIGATORS)
_WATCHED = "remains_place_known returned_alive remains_returned"
_FREE = "unknown area_known place_known in_custody_place_known"
WHEREABOUTS = _chain(
    _whereabouts(f"{_FREE} {_WATCHED}", _FREE, "cited_claim"),
    _whereabouts(f"{_FREE} {_WATCHED}", _WATCHED, "cited_claim", approvals=1),
)

_measure = _steps("measure", OFFICERS)
MEASURE = _chain(
    _measure("(new)", "planned active", note="as recorded"),
    _measure("planned", "active failed"),
    _measure("active", "lapsed", "past_its_end", by=(),
             note="by the keeper; the protection status stays, in doubt"),
    _measure("active", "removed failed"),
    _measure("lapsed", "active", "new_end"),
)

MERGE = _chain(_steps("merge", STEWARDS)("(new)", "merged", "survivor_named", "tier_unmoved", approvals=1,
                                         note="old codes resolve to what they became; reversible"))
SPLIT = _chain(_steps("split", STEWARDS)("(new)", "split", "parts_named", "tier_unmoved", approvals=1))

_ASKED = ("not_restricted", "publish_answered")
DISCLOSURE = tuple(
    Transition("disclosure", begin, to, _ASKED + guards, 1, ANALYSTS, note)
    for to, guards, note in (
        ("disclosed", ("own_claims", "kinds_confirmed"), "T0, and the claims named count in face 0"),
        ("place_disclosed", ("place_lowered", "owner_consents"), "aspect: place; how far down the exact place is shown"))
    for begin in ("", to))
_restriction = _steps("tier", ANYONE_AT_WORK)
TIER = _chain(
    _restriction("(new)", "restricted", "raises_tier", note="one person's act, at once; the aspect is the act"),
    _restriction("restricted", "lifted", approvals=1, by=("investigator", "analyst", "protection_officer")),
)

_review = _steps("link_review", ("investigator", "analyst", "data_steward"))
LINK_REVIEW = _chain(
    _review("(new) set_aside", "lead", "lead_lines", note="an accepted lead opens an inquiry with its four lines"),
    _review("(new) lead", "set_aside"),
    _review("(new) lead set_aside", "excluded", approvals=1, note="nobody looks there for this person any more"),
    _review("excluded", "lead", "lead_lines", approvals=1),
    _review("excluded", "set_aside", approvals=1),
)

_pair = _steps("duplicate", ("investigator", "analyst", "data_steward"))
DUPLICATE = _chain(_pair("(new) open same_as part_of different", "same_as part_of different",
                         note="two records that look alike: linked or told apart, never merged by it"),
                   _pair("same_as part_of different", "open", note="undone: it is proposed again"))

TRANSITIONS: tuple[Transition, ...] = (
    VERIFICATION + PROTECTION + CASE + FATE + WHEREABOUTS + MEASURE + MERGE + SPLIT + DISCLOSURE + TIER + LINK_REVIEW + DUPLICATE)
