"""Who may see what: for each clearance or role (rows) and each kind of thing (columns) the rule that holds.

A rule is a code with one sentence; its Arabic stands in translations/ar/LC_MESSAGES/sentences.po. Rows of roles say what the
role adds at the tier that is named: no role raises a tier.
"""
from dataclasses import dataclass

from sitereg.sentences import said


@dataclass(frozen=True)
class Who:
    """One clearance that is tried: its words, tier, compartments and roles."""

    code: str
    words: str
    tier: int
    roles: tuple[str, ...]
    compartments: tuple[str, ...] = ()


@dataclass(frozen=True)
class What:
    """One kind of thing that may be seen: its words, the rule at tier 0, 1 and 2, and the rows that another rule holds for."""

    code: str
    words: str
    tiers: tuple[str, str, str]
    but: tuple[tuple[str, str], ...] = ()


WHO: tuple[Who, ...] = (
    Who("t0_viewer", "T0, viewer", 0, ("viewer",)),
    Who("t0_partner", "T0, partner", 0, ("partner",)),
    Who("t0_admin", "T0, administrator", 0, ("admin",)),
    Who("t1_viewer", "T1, viewer", 1, ("viewer",)),
    Who("t1_partner", "T1, partner", 1, ("partner",)),
    Who("t1_investigator", "T1, investigator", 1, ("investigator",)),
    Who("t1_analyst", "T1, analyst", 1, ("analyst",)),
    Who("t1_verifier", "T1, verifier", 1, ("verifier",)),
    Who("t1_officer", "T1, protection officer", 1, ("protection_officer",)),
    Who("t1_steward", "T1, data steward", 1, ("data_steward",)),
    Who("t1_handler", "T1, source handler", 1, ("source_handler",)),
    Who("t1_releaser", "T1, releaser", 1, ("releaser",)),
    Who("t1_auditor", "T1, auditor", 1, ("auditor",)),
    Who("t1_names", "T1 and the compartment names, investigator", 1, ("investigator",), ("names",)),
    Who("t2_viewer", "T2, viewer", 2, ("viewer",)),
    Who("t2_partner", "T2, partner", 2, ("partner",)),
    Who("t2_handler", "T2, source handler", 2, ("source_handler",)),
    Who("t2_releaser", "T2, releaser", 2, ("releaser",)),
    Who("t2_names", "T2 and the compartment names, investigator", 2, ("investigator",), ("names",)),
    Who("t2_steward", "T2 and the compartment names, data steward", 2, ("data_steward",), ("names",)),
)

def _what(code, words, tiers, **but):
    by_tier = tuple(tiers.split())
    return What(code, words, by_tier * (3 if len(by_tier) == 1 else 1), tuple(
        (who, other) for other, rows in but.items() for who in rows.split()))


_HANDLERS, _NAMED = "t1_handler t2_handler", "t1_names t2_names t2_steward"
WHAT: tuple[What, ...] = (
    _what("sites", "sites listed, counted, drawn, exported", "t0 t1 t2", t1_names="t1_names", t2_names="t2_names t2_steward",
          t2_frozen="t2_releaser"),
    _what("place", "the place of a site whose exact place is above the clearance", "ten_km one_km exact"),
    _what("records", "bodies of records", "t0 t1 t2"),
    _what("persons", "cases of missing persons", "none t1 t2", asked_for="t1_partner t2_partner"),
    _what("events", "what happened to them, where", "none ten_km exact"),
    _what("names", "names of persons", "refused", opened=_NAMED),
    _what("numbers", "identifiers of persons", "none", shown=_NAMED, joined="t1_steward"),
    _what("links", "what a search for lines of inquiry reads", "none t1 t2", asked_for="t1_partner t2_partner"),
    _what("sources", "who says something", "published coarse coarse", whole=_HANDLERS),
    _what("quotes", "the words in which it was said", "none written written", spoken=_HANDLERS),
    _what("teller", "who a teller is and how to reach them", "refused", one_by_one=_HANDLERS),
    _what("reports", "reports that wait to be sorted", "refused", t1="t1_investigator t1_names t1_steward t1_handler",
          t2="t2_names t2_steward t2_handler"),
    _what("withdrawn", "what rests on withdrawn consent", "refused", one_by_one=_HANDLERS),
    _what("frozen", "what is frozen", "none", shown="t2_releaser"),
    _what("drafts", "drafts of forms", "own"),
    _what("left", "what left, to whom", "own", all="t1_auditor t1_releaser t2_releaser"),
    _what("batches", "imports", "own", all="t1_auditor"),
    _what("accounts", "accounts and clearances", "own", all="t0_admin t1_auditor"),
    _what("log", "the chain of events", "refused", all="t1_auditor"),
    _what("sql", "a login for SQL and QGIS", "refused", login="t1_analyst"),
)

RULES: dict[str, str] = {
    "none": "Nothing: it is absent, as if it were not there.",
    "refused": "Nothing: the role is refused, whatever the object.",
    "t0": "Those of T0.",
    "t1": "Those of T0 and T1 in no compartment.",
    "t1_names": "Those of T0 and T1, of the compartment names too.",
    "t2": "Those of T0 to T2 in no compartment.",
    "t2_names": "Those of T0 to T2, of the compartment names too.",
    "t2_frozen": "Those of T0 to T2 in no compartment, and what is frozen of them.",
    "ten_km": "A cell of 10 km or an administrative unit, never finer.",
    "one_km": "A cell of 1 km, or coarser where it is less well known.",
    "exact": "The exact place with its uncertainty.",
    "asked_for": "Those of the tier for which somebody has asked, without names.",
    "opened": "One case at a time, with a reason; the opening is logged.",
    "shown": "They are shown.",
    "joined": "None is shown; the numbers of an imported file find their cases.",
    "published": "The family and the grade; no label.",
    "coarse": "A label, the family, the grade; of a testimony the month, never the kind of witness.",
    "whole": "A label, the kind of witness, the grade, the exact time where the exact place is shown.",
    "written": "Of documents, where the exact place is shown; of testimonies never.",
    "spoken": "Of documents and testimonies, where the exact place is shown.",
    "one_by_one": "One by one; the reading is logged.",
    "own": "One's own.",
    "all": "All.",
    "login": "A login that reads the views, never a table.",
}

CELLS: dict[tuple[str, str], str] = {
    (who.code, what.code): dict(what.but).get(who.code, what.tiers[who.tier]) for who in WHO for what in WHAT}
"""{(who, what): the code of the rule}, for each row and each column."""


def rule(who: str, what: str, locale: str = "en") -> str:
    """The sentence that holds for that clearance and kind of thing."""
    return said(RULES[CELLS[who, what]], locale)

