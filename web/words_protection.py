"""Why a site stands on a list of gaps, in sentences; who answers for it; what each point of its order is for."""
from flask_babel import gettext as _
from flask_babel import ngettext

from web import language, words

# Of each reason the fewest and the most points that it can give (api._gap_points, docs/protection.md)
ORDER = {"disturbance": "10-55", "recent": "10", "status": "5-25", "in_doubt": "15", "no_measure": "15", "overdue": "1-15",
         "unseen": "1-12", "stake": "2-6"}


def reasons(gap, today):
    """[(sentence, attention)]: what is happening, what nobody looks after, when it was last seen; the gravest first."""
    told = []
    if gap["worst"]:
        told.append((disturbance(gap["worst"], today), True))
    if gap["reports"]:
        told.append((ngettext("%(num)d report of harm waits to be checked", "%(num)d reports of harm wait to be checked",
                              gap["reports"]), True))
    if gap["in_doubt_since"]:
        told.append((_("a measure lapsed: protection in doubt since %(day)s (%(ago)s)", day=words.day(gap["in_doubt_since"]),
                       ago=ago((today - gap["in_doubt_since"]).days)), True))
    if gap["overdue_days"]:
        told.append((_("review was due on %(day)s (%(ago)s)", day=words.day(gap["next_review"]),
                       ago=ago(gap["overdue_days"])), True))
    elif gap["next_review"]:
        told.append((_("next review on %(day)s", day=words.day(gap["next_review"])), False))
    told.append((measures(gap["measures"]), False))
    told.append((seen(gap, today), False))
    if gap["access"]:
        told.append((_("access: %(condition)s", condition=language.word("access_condition", gap["access"])), not gap["reachable"]))
    return told


def measures(kinds):
    if not kinds:
        return _("no active measure")
    return _("measures: %(measures)s", measures=_(", ").join(language.word("measure_kind", one) for one in kinds))


def disturbance(worst, today):
    """The worst disturbance that is not over: what, how severe, when and how long ago."""
    what = f"{language.word('disturbance_kind', worst['kind'])} ({language.word('severity', worst['severity'])})"
    last = words.ends(worst["observed"])[1]
    when = words.days(worst["observed"])
    if not when:
        return _("%(what)s, day not known", what=what)
    return _("%(what)s, %(when)s", what=what, when=when) + (f" ({ago((today - last).days)})" if last and last <= today else "")


def seen(gap, today):
    if not gap["last_seen"]:
        return _("no visit is recorded")
    return _("last seen %(day)s (%(ago)s), %(how)s", day=words.day(gap["last_seen"]),
             ago=ago((today - gap["last_seen"]).days), how=words.method(gap["seen_by"]))


def ago(days):
    """How long ago, in the largest unit of which there are at least two."""
    if days <= 0:
        return _("today")
    if days < 60:
        return ngettext("%(num)d day ago", "%(num)d days ago", days)
    months = days * 12 // 365
    return (ngettext("%(num)d month ago", "%(num)d months ago", months) if months < 24
            else ngettext("%(num)d year ago", "%(num)d years ago", days // 365))


def body(one):
    """Who answers for the protection: a body by its name, else what it is."""
    names = one["names"] or {}
    return (names.get(language.code()) or next(iter(names.values()), None)
            or (_("nobody is named") if one["kind"] == "none" else language.word("authority_kind", one["kind"])))


def point(reason):
    """What the points of one reason are for."""
    return {"disturbance": _("the worst harm or threat that is not over"), "recent": _("seen within the last 30 days"),
            "status": _("the protection status"), "in_doubt": _("a measure lapsed by time"), "no_measure": _("no active measure"),
            "overdue": _("weeks that the review is overdue"), "unseen": _("months since it was last seen"),
            "stake": _("how well known it is that something is there")}[reason]
