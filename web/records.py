"""Values of bodies of records as a reader reads them; everything else as in web.words, whose place this takes on their pages."""
from flask_babel import gettext as _

from web import language, words

SCHEMES = {"record_kind": "record_kind", "record_condition": "record_condition"}


def __getattr__(name):
    return getattr(words, name)


def field(name):
    """What a field of records is called."""
    predicate, _colon, part = name.partition(":")
    if predicate == "extent" and part:
        unit, _colon, definition = part.partition(":")
        return f'{language.word("extent_unit", unit)} ({language.word("extent_definition", definition)})'
    if predicate == "name" and part in ("en", "ar"):
        return _("title in English") if part == "en" else _("title in Arabic")
    return words.field(predicate if predicate not in ("name", "external_id") else name)


def years(one):
    """The years that records cover, as far as known."""
    return words.period(one.get("began"), one.get("ended"))


def fact(one):
    """The value of a resolved field in words."""
    predicate, value = one["field"].partition(":")[0], one["value"]
    if predicate in SCHEMES:
        return language.word(SCHEMES[predicate], value)
    if predicate == "years_covered":
        return years(value)
    if predicate == "extent":
        return words.count(value)
    if predicate == "digitised":
        return _("%(n)s per cent", n=words.count(value))
    return words.fact(one)


def said(row):
    """What one claim says, in words; None where it is finer than the reader is shown."""
    if row["withheld"]:
        return None
    predicate, value = row["field"].partition(":")[0], row["value"] or {}
    if predicate == "years_covered":
        return words.period(row["began"], row["ended"])
    if predicate == "extent":
        return f'{language.word("extent_unit", value["unit"])}: {words.count(value)}'
    if predicate == "digitised":
        return _("%(n)s per cent", n=words.count(value))
    if predicate == "records_access":
        asked = language.word("records_access", value["code"])
        return entry(asked, *(value.get(one) for one in ("asked_by", "answered_by", "note")))
    if predicate == "record_loss":
        return entry(language.word("disturbance_kind", value["kind"]), value.get("what"), value.get("by_whom"))
    return words.said(row)


def entry(*parts):
    return _("; ").join(filter(None, parts))
