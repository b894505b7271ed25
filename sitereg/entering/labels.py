"""What each field of the forms is called, in words that a person who takes a testimony uses; their Arabic: sentences.po."""
from sitereg.sentences import said

LABELS = {
    "who_type": "Who tells it", "who_connection": "How they know it", "who_name": "Their name",
    "who_contact": "How to reach them", "before": "Number of an earlier sheet of theirs",
    "partner": "For whom it is taken down", "terms": "Under which terms", "uses": "What the terms permit",
    "consent": "What they said when asked for consent", "scope": "What they agree to", "legal_basis": "Legal basis",
    "tier": "Who may see it", "words": "What was told",
    "paraphrase": "The same in other words (of an insider)", "place": "Where", "when": "When", "callback": "May we call back?",
    "kind": "What kind of place it is said to be", "name": "Name", "name_other": "Another name or spelling",
    "began": "Since when", "ended": "Until when", "building": "What kind of building", "sex": "Sex", "birth": "Born",
    "circumstance": "How they went missing", "what": "What happened", "number": "Detainee number",
    "asked": "Somebody close asks us to search", "language": "Language in which it was told", "person": "Person",
    "how": "Saw, heard or was told", "same": "The same person?"}
HINTS = {
    "who_name": "Kept in the vault: only source handlers open it, and each opening is logged.",
    "who_contact": "A telephone number or a go-between; kept in the vault.",
    "before": "If they told us something before: then both count as one origin.",
    "partner": "The office or partner that takes it down.",
    "terms": "The agreement, or what was promised, in a few words.",
    "scope": "Tick only what they said yes to. What is not ticked counts as no.",
    "place": "A name, coordinates, a pasted pin, or the code of a site. If nobody knows, leave it empty.",
    "when": "As they said it: 12 May 2013, summer 2014, about 2012.",
    "birth": "A day, a year, or about.",
    "person": "The name as it was said. “=2” is the person of line 2; a code such as SYP-K7F49M-3 is a case that stands.",
    "words": "In their words, as much as you can.",
    "paraphrase": "Of an insider, their own words and exact days go to the vault; this is what the others read. Nothing in it may "
                  "tell who said it."}
TIERS = {"1": "all who work on cases (level 1)", "2": "those cleared for exact places (level 2)"}
TICKS = ("uses", "scope")

__all__ = ["HINTS", "LABELS", "hint", "label", "tier"]


def label(name, locale="en"):
    """What the field is called."""
    return said(LABELS[name], locale)


def tier(code, locale="en"):
    """Who may see a sheet of that tier."""
    return said(TIERS[code], locale)


def hint(name, locale="en"):
    """What helps to fill it, or an empty text."""
    return said(HINTS[name], locale) if name in HINTS else ""
