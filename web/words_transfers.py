"""Transfers between sites as the map draws and says them."""
from flask_babel import gettext as _
from flask_babel import ngettext

from web import language, words

STANDINGS = ("supported", "ungraded", "doubted")
VOLUMES = (1, 10, 50)  # persons known at both places from which on an arrow is wider


def drawn(one):
    """{from, to: [lat, lon], codes, width (0 to 3), once (one origin alone), lines of text}."""
    return {"from": [one["lat"], one["lon"]], "to": [one["other_lat"], one["other_lon"]],
            "codes": [one["code"], one["other_code"]], "once": one["origins"] < 2,
            "width": sum(one["persons"] >= least for least in VOLUMES), "lines": said(one)}


def said(one):
    """What is said of it, line by line."""
    coarse = [language.SHOWN_AS[shown] for shown in dict.fromkeys((one["shown_as"], one["other_shown_as"])) if shown != "exact"]
    people = ngettext("%(num)d person known to have been at both", "%(num)d persons known to have been at both", one["persons"])
    start, end = called(one["names"], one["code"]), called(one["other_names"], one["other_code"])
    lines = [f"{start}: {language.word('relation_kind', one['kind'])} {end}",
             words.period(one["began"], one["ended"]), words.origins(one["origins"]), words.standing(STANDINGS[one["class"]]),
             people if one["persons"] else _("no person known to have been at both"), _(", ").join(map(str, coarse))]
    return [line for line in lines if line]


def called(names, code):
    """The name of a site in the reader's language, else in another, else its code."""
    return names.get(language.code()) or names.get("en") or names.get("ar") or code
