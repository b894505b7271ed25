"""What changed at a watched site, in words."""
from flask_babel import gettext as _
from flask_babel import ngettext

from web import language, words

MORE = {
    "claims": lambda n: ngettext("%(num)d claim more", "%(num)d claims more", n),
    "ended": lambda n: ngettext("%(num)d claim counts no more", "%(num)d claims count no more", n),
    "decisions": lambda n: ngettext("%(num)d decision", "%(num)d decisions", n),
    "visits": lambda n: ngettext("%(num)d visit", "%(num)d visits", n),
    "measures": lambda n: ngettext("%(num)d measure", "%(num)d measures", n),
    "disturbances": lambda n: ngettext("%(num)d disturbance", "%(num)d disturbances", n)}


def change(one):
    """One line of it."""
    if one["what"] in MORE:
        return MORE[one["what"]](one["now"])
    if one["what"] == "kind":
        levels = (level and language.word("verification_level", level) for level in (one["was"], one["now"]))
        return f"{language.word('site_kind', one['kind'])}: {turned(*levels)}"
    if one["what"] == "protection":
        return f"{_('Protection')}: {turned(*(language.word('protection_status', status) for status in (one['was'], one['now'])))}"
    what = {"next_review": _("Next review"), "in_doubt_since": _("In doubt since")}[one["what"]]
    return f"{what}: {turned(*(day and words.day(day) for day in (one['was'], one['now'])))}"


def turned(was, now):
    """From what to what."""
    if was and now:
        return _("%(now)s (was: %(was)s)", now=now, was=was)
    return _("%(now)s (new)", now=now) if now else _("no more (was: %(was)s)", was=was)
