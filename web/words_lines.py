"""Lines of inquiry in words: the sentences of a candidate, what a bar is called, the looks."""
import re
from datetime import date

from flask_babel import gettext as _

from sitereg.links import explain
from sitereg.sentences import said
from web import language, words

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def sentence(line):
    """What one bar says, or what is missing, as a sentence; its days as everywhere on pages."""
    return ISO.sub(lambda found: words.day(date.fromisoformat(found[0])), explain.sentence(line, language.code()))


def look(candidate):
    """Where it stands in the order, in words."""
    return _("in no order") if candidate.look == "in no order" else said(candidate.look, language.code())


def bar(name):
    """What a bar is called."""
    return {
        "space": _("distance"), "time": _("days of use"), "load": _("how well documented"), "authority": _("who took and who held"),
        "person": _("whom it held"), "mention": _("statements that name it"), "transfer": _("moved on from the last custody"),
        "cohort": _("taken nearby in the same weeks"), "companion": _("taken together"), "moved": _("remains moved")}[name]


def bits(number):
    """Bits with their sign."""
    return f"{round(number, 1) + 0:+.1f}".replace("-", "−")


def against(candidate, first):
    """How many bits fewer than the first candidate."""
    return bits(candidate.bits - first.bits)
