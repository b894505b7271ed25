"""How places and days were read, in words for the one who typed them: always with how far off they may be."""
from flask_babel import gettext as _

from sitereg.entering import labels
from sitereg.vocab import ProblemCode
from web import language, words


def label(name):
    """What a field of the four forms is called."""
    return labels.label(name, language.code())


def hint(name):
    """What helps to fill it."""
    return labels.hint(name, language.code()) or None


def named(name):
    """What a field is called where it is spoken of apart from its place: Who tells it; line 3, Person."""
    number, _under, column = name.removeprefix("r").partition("_")
    if name.startswith("r") and number.isdecimal() and column in labels.LABELS:
        return _("line %(n)s, %(field)s", n=number, field=label(column))
    return label(name) if name in labels.LABELS else None


def fault(one):
    """What is wrong with a field, in words of the reader."""
    if one["code"] in set(ProblemCode.codes()) and one["message"] == ProblemCode(one["code"]).label:
        return language.word("problem_code", one["code"])
    return language.said(one["message"])


def place(reading):
    """{said, state, text, why, picked, choices: [{key, text}]} of a place, or None where nothing was said."""
    if reading is None or reading.state == "none":
        return None
    text = choice(reading.place) if reading.place else None
    why = language.word("problem_code", reading.why) if reading.why in set(ProblemCode.codes()) else language.said(reading.why)
    return {"said": reading.said, "state": reading.state, "text": text, "why": why,
            "picked": reading.place.key if reading.place else "",
            "choices": [{"key": one.key, "text": choice(one)} for one in reading.choices]}


def choice(one):
    """One place that is meant or may be, in words."""
    name = one.names.get(language.code()) or next(iter(one.names.values()), None)
    unit = (one.unit or {}).get(language.code()) or (one.unit or {}).get("en")
    if one.kind == "site":
        told = _("site %(code)s", code=one.code)
    elif one.kind == "unit":
        told = _("governorate, no finer")
    else:
        told = f"\u2066{one.lat:.5f}, {one.lon:.5f}\u2069 ± {words.metres(one.uncertainty_m)}"  # latitude first in Arabic, too
    where = _("in %(unit)s", unit=unit) if unit else _("outside Syria") if one.kind == "point" else None
    return _(", ").join(part for part in (name, told, where) if part)


def days(found):
    """The days that were read; or that the words are kept as they are; None where nothing was said."""
    if found is None:
        return None
    if not found.found:
        return _("Kept in these words: no day was read from them.")
    told = _("We read: %(days)s.", days=words.days(found.daterange()))
    if ProblemCode.AMBIGUOUS_DATE in found.problems:
        told += " " + _("It can mean several days: all are kept. Write the month as a word if you know which.")
    return told
