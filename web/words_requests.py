"""Search requests in words: where they stand, how urgent, what is being done."""
from flask_babel import gettext as _


def state(code):
    return {"withdrawn": _("consent is gone"), "match_waits": _("a match waits for another person"),
            "open": _("the search is open"), "matched": _("matched, not opened yet"), "left_open": _("left open"),
            "received": _("received")}[code]


def urgency(code):
    return {"ordinary": _("ordinary"), "soon": _("soon"), "urgent": _("urgent")}[code]


def step(code):
    return {"comparing": _("being compared with lists"), "caseworker": _("a caseworker is working on it"),
            "asked_back": _("the family is to be asked something"), "answered": _("the family was answered"),
            "left_open": _("left open"), "matched": _("a match was proposed"), "unmatched": _("that a match falls was proposed"),
            "opened": _("the search was opened")}[code]
