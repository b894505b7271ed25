"""What a hit of a search says for itself: what it is called, and which of its names was met."""
from flask_babel import gettext as _

from sitereg import sounds
from web import language


def called(names, code):
    """What it is called in the reader's language, else in the other, else its code."""
    locale = language.code()
    return names.get(locale) or names.get("en" if locale == "ar" else "ar") or next(iter(names.values()), code)


def as_written(one):
    """The name that was met, where it is not the one that is shown."""
    return one["written"] if one["written"] and one["written"] != called(one["names"], one["code"]) else ""


def closeness(score, typed, *names):
    """How near names are to what was typed, in words: these words where one of them has each of them as it was typed."""
    asked = set(sounds.words(typed))
    if any(asked <= set(sounds.words(one)) for one in names if one):
        return _("these words")
    return _("written or spelled otherwise") if score >= 0.85 else _("much alike")
