"""What satisfies each guard, in words of the shell: said beside what a refusal or a list of options says is lacking."""

MEASURE = "`sitereg protection measure SITE KIND --agent-kind WHO --reason ...`"
CITE = "--basis CLAIM (`sitereg sites why SITE kind` prints claims)"
WAYS = {
    "assessed": "--observed-on DAY or --visit DAY; a level by `sitereg decisions decide SITE verification suspected ...`",
    "planned_measure": "`sitereg protection measure SITE KIND --state planned --reason ...`",
    "active_measure": MEASURE,
    "i14_protected": f"{MEASURE} and --due DAY within twelve months",
    "last_measure_gone": "`sitereg protection set-measure MEASURE removed --reason ...`",
    "disturbance_open": "`sitereg protection disturbance SITE KIND SEVERITY --visit VISIT`",
    "damage_assessed_remedy": "`sitereg protection end-disturbance DISTURBANCE --why ... --remedy ...`, "
                              "then --visit DAY --damage-assessed",
    "remains_removed_where_now": "--basis CLAIM and --where-now; a visit records the claim with --remains all_removed",
    "total_severity": "`sitereg protection disturbance SITE KIND total --visit VISIT`",
    "more_found": "--basis CLAIM or --report-wrong WHY",
    "renewed_finding": "--basis CLAIM or --visit DAY",
    "recovery_complete_handover": "--basis CLAIM and --handover TO",
    "refuted_or_merged": "`sitereg decisions decide SITE verification refuted --aspect KIND ...` for each kind",
    "kind_changed": "`sitereg decisions decide SITE verification suspected --aspect KIND ...`",
    "new_end": "--due DAY",
    "has_claim": CITE,
    "graded_source_and_place": CITE,
    "probable_basis": CITE,
    "visit_or_recovery": "--basis CLAIM of a visit (`sitereg protection visit SITE --on DAY` prints it)",
    "confirmed_basis": CITE,
    "examined_no_result": "--basis CLAIM of a visit (`sitereg protection visit SITE --on DAY --covered ...` prints it)",
    "negative_or_contrary": "--basis CLAIM of a visit (`sitereg protection visit SITE --on DAY --negative --covered ...`)",
    "expert_report": CITE,
    "cited_claim": "--basis CLAIM",
    "request": "--basis CLAIM",
    "stage": "`sitereg requests stage open --why ...`, which another person agrees to",
    "identified_remains": "--basis CLAIM",
}


def way(guard):
    """How a guard is satisfied in the shell, or none; "a|b" holds where either does."""
    return " or ".join(WAYS[one] for one in guard.split("|") if one in WAYS) or None


def lacking(rows):
    """What is lacking, each in one line: its words, the way, the name of the guard."""
    return [" ".join(part for part in (one["needs"], way(one["guard"]) and f"({way(one['guard'])})", f"[{one['guard']}]") if part)
            for one in rows]
