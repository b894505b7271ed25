"""The fields of the four forms, and one way to read each. Pure.

A field: how it is read (text, long, term, terms, tick, number, place, when, person), of which vocabulary, whether it is needed.
"""
from dataclasses import dataclass

from sitereg import vocab
from sitereg.matrix import roles
from sitereg.writing import digits, has_controls, plain

LONG, SHORT, MOST_ROWS = 12_000, 200, 60
LANGUAGES = ("ar", "ku", "en", "tr", "fr", "de", "other")
TOLD_FORMS = ("report", "testimony")
ROLES = {"report": roles.RECEIVERS, **dict.fromkeys(("site", "person", "testimony"), roles.WORKING)}

NEEDED = "This is needed"
TOO_LONG = "This is too long: shorten it, or put the rest into another sheet"
CONTROLS = "It holds a character that no field may hold"
NO_TERM = "This is no term of the list"
NO_FIELD = "This form has no such field"
NO_RECEIPT = "A number of a sheet has eight digits"
FAULTS = (NEEDED, TOO_LONG, CONTROLS, NO_TERM, NO_FIELD, NO_RECEIPT)


@dataclass(frozen=True)
class Field:
    """One field of a form."""

    kind: str
    of: tuple[str, ...] | str = ()
    must: bool = False


HEAD = {
    "who_type": Field("term", "source_type", True), "who_connection": Field("term", "source_connection"),
    "who_name": Field("text"), "who_contact": Field("text"), "before": Field("receipt"),
    "partner": Field("text", must=True), "terms": Field("text", must=True), "uses": Field("terms", "permitted_use", True),
    "consent": Field("term", "consent_state", True), "scope": Field("terms", "consent_scope"),
    "legal_basis": Field("term", "legal_basis"), "tier": Field("term", ("1", "2"))}
FORMS = {
    "report": {"words": Field("long", must=True), "paraphrase": Field("long"), "place": Field("place"), "when": Field("when"),
               "callback": Field("term", ("yes", "no"))},
    "site": {"kind": Field("term", "site_kind", True), "name": Field("text"), "name_other": Field("text"), "place": Field("place"),
             "began": Field("when"), "ended": Field("when"), "building": Field("term", "building"), "words": Field("long"),
             "paraphrase": Field("long")},
    "person": {"name": Field("text"), "name_other": Field("text"), "sex": Field("term", "sex"), "birth": Field("when"),
               "circumstance": Field("term", "circumstance"), "what": Field("term", "event_kind"), "place": Field("place"),
               "when": Field("when"), "number": Field("text"), "words": Field("long"), "paraphrase": Field("long"),
               "asked": Field("tick")},
    "testimony": {"language": Field("term", LANGUAGES, True)}}
ROWS = {"person": Field("person", must=True), "what": Field("term", "event_kind", True), "place": Field("place"),
        "when": Field("when"), "how": Field("term", "known_by", True), "same": Field("term", ("same", "other"))}
PICKS = {name + "_pick" for fields in (*FORMS.values(), ROWS) for name, one in fields.items() if one.kind == "place"}


def value(field, given):
    """What one field holds: text or None, a list for `terms`, True or False for `tick`; ValueError says what is wrong."""
    if field.kind == "terms":
        held = [one for one in ([given] if isinstance(given, str) else given or []) if one]
        if not set(held) <= allowed(field):
            raise ValueError(NO_TERM)
        return list(dict.fromkeys(held))
    held = one_text(given)
    if has_controls(held):
        raise ValueError(CONTROLS)
    if field.kind == "tick":
        return held == "yes"
    if len(held) > (LONG if field.kind == "long" else SHORT):
        raise ValueError(TOO_LONG)
    if field.kind == "term" and held and held not in allowed(field):
        raise ValueError(NO_TERM)
    if field.kind == "receipt":
        held = "".join(digits(held).split())
        if held and not (held.isascii() and held.isdecimal() and len(held) == 8):
            raise ValueError(NO_RECEIPT)
    return held or None


def one_text(given):
    """The text of a field; a list, as a form sends it, gives its last."""
    if isinstance(given, list | tuple):
        given = given[-1] if given else ""
    return str(given if given is not None else "").strip()


def allowed(field):
    """The codes that a term may be."""
    return set(vocab.SCHEMES[field.of].codes()) if isinstance(field.of, str) else set(field.of)


def blank_row(row):
    """Whether nothing stands in a line of a testimony."""
    return not any(plain(one_text(row.get(name))) for name in ROWS if name != "same")
