"""Lines of inquiry in words: bits, bands, what is missing, the lines of a lead."""
from flask_babel import gettext as _

from web.sentences_links import LINES


def bits(value):
    """Bits with their sign; 0 where a bar says exactly nothing."""
    if not value:
        return "0"
    told = f"{abs(value):.1f}"
    return told if told == "0.0" else f"{'+' if value > 0 else '−'}{told}"


def band(text):
    """From how many to how many persons."""
    return {"0": _("nobody"), "1000+": _("1,000 or more")}.get(text, text)


def rivals(one):
    """What knowing it could change."""
    if one.rivals is None:
        return _("It could change the whole order.")
    if not one.rivals:
        return _("By itself it would not change which place comes first.")
    return _("It could bring any of %(n)s other places to the front.", n=one.rivals)


def step(text):
    """A line that the registry wrote into the inquiry of a lead, in the reader's language; what people wrote as it stands."""
    begun = next((line for line in LINES if text.startswith(line)), None)
    return _(begun) + text[len(begun):] if begun else text
