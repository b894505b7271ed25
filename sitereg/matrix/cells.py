"""Who may see what: for each clearance or role (rows) and each kind of thing (columns) the rule that holds.

A rule is a code with one sentence; its Arabic stands in translations/ar/LC_MESSAGES/sentences.po. Rows of roles say what the
role adds at the tier that is named: no role raises a tier.
"""
from collections.abc import Iterable
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
    """One kind of thing that may be seen: its words, the rule at tier 0, 1 and 2, and what a role or compartment makes of it.

    but: (rule, roles or compartments of which one is enough, tiers), the first that fits before the others.
    """

    code: str
    words: str
    tiers: tuple[str, str, str]
    but: tuple[tuple[str, frozenset[str], tuple[int, ...]], ...] = ()


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

def _what(code, words, tiers, *but):
    """tiers: one rule for all, or one for each. but: (rule, holders, first tier, last tier)."""
    by_tier = tuple(tiers.split())
    return What(code, words, by_tier * (3 if len(by_tier) == 1 else 1), tuple(
        (other, frozenset(holding.split()), tuple(range(first, last + 1))) for other, holding, first, last in but))


_NAMED = (("t1_names", "names", 1, 1), ("t2_names", "names", 2, 2))
WHAT: tuple[What, ...] = (
    _what("sites", "sites listed, counted, drawn, exported", "t0 t1 t2", *_NAMED, ("t2_frozen", "releaser", 2, 2)),
    _what("place", "the place of a site whose exact place is above the clearance", "ten_km one_km exact"),
    _what("records", "bodies of records", "t0 t1 t2", *_NAMED),
    _what("persons", "cases of missing persons", "none t1 t2", ("asked_for", "partner", 1, 2), *_NAMED),
    _what("events", "what happened to them, where", "none ten_km exact"),
    _what("names", "names of persons", "refused", ("opened", "names", 1, 2)),
    _what("numbers", "identifiers of persons", "none", ("shown", "names", 1, 2), ("joined", "data_steward", 1, 2)),
    _what("links", "what a search for lines of inquiry reads", "none t1 t2", ("asked_for", "partner", 1, 2), *_NAMED),
    _what("sources", "who says something", "published coarse coarse", ("whole", "source_handler", 1, 2)),
    _what("quotes", "the words in which it was said", "none written written", ("spoken", "source_handler", 1, 2)),
    _what("teller", "who a teller is and how to reach them", "refused", ("one_by_one", "source_handler", 0, 2)),
    _what("reports", "reports that wait to be sorted", "refused", ("cleared", "investigator data_steward source_handler", 0, 2)),
    _what("withdrawn", "what rests on withdrawn consent", "refused", ("one_by_one", "source_handler", 0, 2)),
    _what("frozen", "what is frozen", "none", ("shown", "releaser", 2, 2)),
    _what("drafts", "drafts of forms", "own"),
    _what("left", "what left, to whom", "own", ("all", "auditor releaser", 0, 2)),
    _what("batches", "imports", "own", ("all", "auditor", 0, 2)),
    _what("accounts", "accounts and clearances", "own", ("all", "admin auditor", 0, 2)),
    _what("log", "the chain of events", "refused", ("all", "auditor", 0, 2)),
    _what("sql", "a login for SQL and QGIS", "refused", ("refused", "partner", 0, 2), ("login", "analyst", 0, 2)),
)

RULES: dict[str, str] = {
    "none": "Nothing: it is absent, as if it were not there.",
    "refused": "Nothing: the role is refused, whatever the object.",
    "t0": "Those of T0.",
    "t1": "Those of T0 and T1 that lie in no compartment, or in those that one holds.",
    "t1_names": "Those of T0 and T1, of the compartment names too.",
    "t2": "Those of T0 to T2 that lie in no compartment, or in those that one holds.",
    "t2_names": "Those of T0 to T2, of the compartment names too.",
    "t2_frozen": "Those of T0 to T2 that lie in no compartment, or in those that one holds, what is frozen too.",
    "ten_km": "A cell of 10 km or an administrative unit, never finer.",
    "one_km": "A cell of 1 km, or coarser where it is less well known.",
    "exact": "The exact place with its uncertainty.",
    "asked_for": "Those of the tier for which somebody has asked, without names.",
    "cleared": "Those of the tier and the compartments that one holds.",
    "opened": "One case at a time, with a reason; the opening is logged.",
    "shown": "They are shown.",
    "joined": "The numbers of a file that is imported find their cases.",
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

NOTHING = ("none", "refused")


def rules(what: What, tier: int, roles: Iterable[str], compartments: Iterable[str] = ()) -> tuple[str, ...]:
    """The rules that hold for this clearance: what each of its roles and compartments makes of it, else that of its tier.

    A family that reads its own page has no tier and no compartment, whatever its clearance says: it is no row of the matrix.
    """
    held = {*roles, *compartments}
    if "family" in held:
        return ("none",)
    found = tuple(code for code, holding, tiers in what.but if tier in tiers and held & holding)
    return found[:1] if found and found[0] == "refused" else found or (what.tiers[tier],)


CELLS: dict[tuple[str, str], str] = {
    (who.code, what.code): rules(what, who.tier, who.roles, who.compartments)[0] for who in WHO for what in WHAT}
"""{(who, what): the code of the rule}, for each row and each column."""


def shown(tier: int, roles: Iterable[str], compartments: Iterable[str], locale: str) -> list[tuple[str, list[str]]]:
    """What somebody of this clearance sees, in words: each kind of thing of which he sees anything, with what he sees of it."""
    held = [(what, [code for code in rules(what, tier, roles, compartments) if code not in NOTHING]) for what in WHAT]
    return [(said(what.words, locale), [said(RULES[code], locale) for code in codes]) for what, codes in held if codes]
