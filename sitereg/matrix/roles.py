"""Groups of roles by what they do together, and what a verb is."""
from dataclasses import dataclass

from sitereg import machines

OFFICERS = machines.OFFICERS
VISITORS = ("protection_officer", "investigator")
REPORTERS = ("protection_officer", "investigator", "analyst", "data_steward")
WORKING = (*REPORTERS, "source_handler")
RECEIVERS = ("investigator", "protection_officer", "data_steward", "source_handler")
GIVERS = (*REPORTERS, "releaser")
CLAIM_READERS = (*WORKING, "releaser")
FREEZERS = ("protection_officer", "investigator", "data_steward", "source_handler", "releaser")
CHANGERS = ("source_handler", "data_steward", "investigator")
KEEPERS_OF_TERMS = ("data_steward", "source_handler")
AGREEMENT_ENDERS = (*KEEPERS_OF_TERMS, "releaser")
AGREERS = (*AGREEMENT_ENDERS, "verifier")
SORTERS = ("investigator", "data_steward")
LISTERS = (*SORTERS, "source_handler")
NAMERS = ("investigator", "analyst", "data_steward")
APPROVERS = ("verifier", "releaser")
TRACERS = (*CLAIM_READERS, "auditor")
COLLEAGUES = ("viewer", *machines.ANYONE_AT_WORK, "auditor", "admin")
STEWARDS, HANDLERS, RELEASERS, ADMINS, AUDITORS = ("data_steward",), ("source_handler",), ("releaser",), ("admin",), ("auditor",)
LISTERS_OF_SOURCES = ("source_handler", "data_steward")
HANDERS = ("data_steward", "releaser")
COUNTERS = ("analyst", "data_steward", "releaser")
TELLERS = ("source_handler",)
INTERVIEWERS = ("investigator", "protection_officer", "data_steward")
ASKERS = (*INTERVIEWERS, "partner")
SIGNERS = ("source_handler", "releaser")
STAGE_AGREERS = ("releaser", "verifier")
STAGE_ASKERS = ("source_handler", *STAGE_AGREERS)
REDACTORS = WORKING
REDACTION_CHECKERS = (*WORKING, "releaser")
PACKERS = ("investigator", "protection_officer", "data_steward", "releaser")
EVERYONE = ()  # whoever is cleared
NOBODY = None  # whoever comes
MACHINE = ("keeper",)  # no person


@dataclass(frozen=True)
class Verb:
    """One thing that may be done. words: in English; roles: who may (one of them is enough)."""

    code: str
    words: str
    roles: tuple[str, ...] | None
    functions: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    note: str = ""


def acting(*wanted):
    """The roles that may take a step of these machines."""
    return tuple(dict.fromkeys(role for step in machines.TRANSITIONS if step.machine in wanted for role in step.roles))


SETTLERS = acting("duplicate")


def verb(code, words, roles, functions="", routes="", note=""):
    """The Verb; functions and routes as words with blanks between them."""
    return Verb(code, words, roles, tuple(functions.split()), tuple(routes.split()), note)
