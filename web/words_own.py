"""What a family reads on its own page, in words: the same for every family, but for what it told and what was told to it."""
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from sitereg import requests
from sitereg.entering import xlsx
from web import language, words


def work(code):
    """What kind of work is being done."""
    return {"received": _("We received it. Nothing is asked of you now."),
            "comparing": _("It is being compared with lists."),
            "caseworker": _("A caseworker is working on it."),
            "asked_back": _("A caseworker wishes to ask you something, and will reach you as you wish.")}[code]


def facts(one):
    """What the family told, in sentences no finer than a month and a governorate."""
    said = one["said"]
    told = [_("The name of the person whom you seek.")] if said["name"] else []
    if said["birth"]:
        told.append(_("The year of birth: %(year)s.", year=f"\u2068{said['birth']}\u2069"))
    also = said.get("also", {})  # what was recorded before the registry kept this has none
    told += [text for name, text in (
        ("other_name", _("Another name of the person.")), ("sex", _("Whether it is a man or a woman.")),
        ("circumstance", _("How the person went missing.")), ("number", _("A number that the person was given.")))
        if also.get(name)]
    many = also.get("words", 0)
    told += [ngettext("Your own account, of %(num)d word.", "Your own account, of %(num)d words.", many)] if many else []
    return told + [fact(each, one["places"]) for each in said["facts"]]


def fact(one, places):
    kind = _("Something else that happened") if one["kind"] == "other" else language.word("event_kind", one["kind"])
    parts = [kind]
    if one["year"] and one["month"]:
        parts.append(words.month_of(date(one["year"], one["month"], 1)))
    elif one["year"]:
        parts.append(f"\u2068{one['year']}\u2069")
    place = places.get(one["adm1"])
    if place:
        parts.append(_("governorate of %(place)s", place=place.get(language.code()) or place["en"]))
    return _(", ").join(parts)


def told(one):
    """What a person told them: [{on, how, by, sentences}]."""
    return [{**each, "how": how(each["how"]), "sentences": each["words"][language.code()]} for each in one["told"]]


def how(code):
    return {"in_person": _("in person"), "telephone": _("by telephone"), "letter": _("by letter")}[code]


def unsaid():
    """What is never said here, and why: by rule, whatever the registry holds."""
    return [
        _("Whether we found something: it would have to be sure first, and it is told by a person, not by a page."),
        _("Whether there is news of life or of death: nobody learns that from a page. We presume that a missing person is alive."),
        _("Places more exact than a governorate: that protects people and places."),
        _("Who told us something, and other people's names: they are protected as you are."),
        _("How likely something is: numbers are misread, and they hurt."),
        _("What others asked us not to pass on: they have the same rights as you."),
    ]


def uses(one):
    """(code, words) of the uses to which they agree now."""
    return [(code, language.word("permitted_use", code)) for code in one["uses"]]


def way(code):
    return {"telephone": _("by telephone"), "message": _("by message"), "letter": _("by letter"), "in_person": _("in person"),
            "nobody": _("Do not contact me: I will come by myself")}[code]


def hours(code):
    return {"any": _("at any time"), "morning": _("in the morning"), "afternoon": _("in the afternoon"),
            "evening": _("in the evening")}[code]


def spoken_in(code):
    return xlsx.language_name(code, language.code())


def reach(one):
    """(field, label, options, what holds now) of how they wish to be reached."""
    now = one["reach"]
    return [(name, label, [(code, word(code)) for code in codes], now[name]) for name, label, codes, word in (
        ("way", _("How"), requests.WAYS, way), ("hours", _("When"), requests.HOURS, hours),
        ("language", _("In which language"), requests.LANGUAGES, spoken_in))]


def asked(one):
    """What they asked for on the page, the newest first."""
    return [_("%(what)s Asked on %(day)s. %(state)s", what=wish(each), day=words.recorded(each["hour"][:10]),
              state=_("It was done.") if each["done"] else _("We are seeing to it.")) for each in one["asked"]]


def wish(one):
    if one["wish"] == "withdraw":
        return _("No longer used for: %(use)s.", use=language.word("permitted_use", one["value"]["use"]))
    return {"call": _("A call."), "hear": _("That what you told is read to you."), "delete": _("That all be deleted.")}[one["wish"]]
