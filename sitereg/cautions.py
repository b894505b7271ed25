"""What a case as it stands must not be taken to say: codes in the order in which they are said, chosen by the record. Pure.

    cautions.of(persons.show(session, code))    ["presumed_alive", "notice_not_death", ...]
"""

__all__ = ["ENGLISH", "of"]

PAPERS = {"death_notice", "death_registered", "court_declaration"}
TOLD = {"witness_of_death", "body_reported", "photograph_match"}
PAPER_EVENTS = {"death_notice_issued", "death_registered"}
TOLD_EVENTS = {"died_witnessed", "body_photographed", "body_released", "buried_at"}
ENGLISH = {
    "suspended": "This case is suspended for security. While that holds nobody is shown anything else of it, and nothing may be "
                 "concluded from that.",
    "presumed_alive": "Presumed alive: nothing else was decided.",
    "listed_not_missing": "Named in a record or list only. Nobody has asked for this person: a name on a list is not a missing "
                          "person.",
    "notice_not_death": "A notice of death, an entry in a register or a declaration of a court is what an office wrote. It is not "
                        "a death: its day and its cause may be untrue.",
    "told_not_settled": "Somebody tells of a death or of a body. That points to a fate; it does not settle one.",
    "record_not_presence": "A name in a record says that somebody wrote it down, not that this person was there.",
    "event_not_presence": "An event told of a site is an account. It does not prove that this person was there, nor that what "
                          "happened to others there happened to this person.",
    "sign_of_its_day": "A sign of life speaks of its day, not of today.",
    "whereabouts_not_fate": "Where somebody may be and whether they live are two questions: an answer to one is none to the other.",
    "companions_apart": "What became of a companion says nothing of this person.",
    "somewhere_inside": "Where a cell or a unit is shown the place lies anywhere in it, not at its middle.",
    "order_not_sure": "The order of some events is not certain: their days overlap or are not known.",
    "accounts_differ": "Accounts differ: what is shown is the better supported one, and the others may be true.",
    "link_is_inquiry": "A link that the registry works out between this person and a site is a line of inquiry, never a finding.",
}


def of(page):
    """The codes of what may not be concluded from a case (api.person_page), in the order of ENGLISH."""
    if page["case_state"] == "suspended_security":
        return ["suspended"]
    kinds = {one["kind"] for one in page["events"]}
    signs = set(page["fate_indications"])
    holds = {
        "presumed_alive": page["fate"] == "unknown",
        "listed_not_missing": page["case_state"] == "listed",
        "notice_not_death": bool(signs & PAPERS or kinds & PAPER_EVENTS),
        "told_not_settled": page["fate"] != "dead" and bool(signs & TOLD or kinds & TOLD_EVENTS),
        "record_not_presence": "appeared_in_record" in kinds,
        "event_not_presence": any(one["site"] for one in page["events"]),
        "sign_of_its_day": "sign_of_life" in signs or any(one["alive_evidence"] == "positive" for one in page["events"]),
        "whereabouts_not_fate": (page["whereabouts"] == "unknown") != (page["fate"] == "unknown"),
        "companions_apart": bool(page["companions"]),
        "somewhere_inside": any(one["shown_as"] not in ("exact", "none") for one in page["events"]),
        "order_not_sure": any(not one["order_sure"] for one in page["events"]) if len(page["events"]) > 1 else False,
        "accounts_differ": bool(page["conflicts"]) or any(one["conflicts"] for one in page["events"]),
        "link_is_inquiry": True,
    }
    return [code for code in ENGLISH if holds.get(code)]
