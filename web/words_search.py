"""What a hit of a search says for itself: what it is called, and which of its names was met."""
from flask_babel import gettext as _

from web import language


def called(names, code):
    """What it is called in the reader's language, else in the other, else its code."""
    locale = language.code()
    return names.get(locale) or names.get("en" if locale == "ar" else "ar") or next(iter(names.values()), code)


def as_written(one):
    """The name that was met, where it is not the one that is shown."""
    return one["written"] if one["written"] and one["written"] != called(one["names"], one["code"]) else ""


def closeness(score):
    """How near a name is to what was typed, in words."""
    return _("these words") if score >= 0.98 else _("written or spelled otherwise") if score >= 0.85 else _("much alike")
