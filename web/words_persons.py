"""Cases and what lies inside an area in words: when an event was, how sure it is inside, what may not be concluded."""
from flask_babel import gettext as _

from sitereg import cautions
from web import language, words


def fact(predicate, value):
    """The value of a resolved field of a case."""
    return words.days(value) if predicate == "birth" else age(value)


def said(predicate, row, value):
    """What one claim about a person says."""
    if predicate == "event":
        during = "" if row["at"] else words.period(row["began"], row["ended"])
        return _(", ").join(filter(None, (language.word("event_kind", value["kind"]), during, words.within(row["uncertainty_m"]))))
    if predicate == "companion":
        return f'{language.word("companion_kind", value["kind"])} {value.get("person") or ""}'
    return age(value) if predicate == "age" else ""


def age(value):
    """An age in years, as it was told."""
    low, high = value.get("min"), value.get("max")
    return _("%(n)s years", n=low if low == high else f"{'' if low is None else low}-{'' if high is None else high}")


def between(first, last):
    """The days between two, each a day or none."""
    if not first and not last:
        return words.days(None)
    return words.days(f"[{first or ''},{last or ''}]")


def when(event):
    """When an event was: a moment, or from when to when."""
    if event["at"] or not (event["began"] or event["ended"]):
        return words.days(event["at"])
    return words.period(event["began"], event["ended"])


def caution(code):
    """The English sentence of a caution, which `said` tells in the reader's language."""
    return cautions.ENGLISH[code]


def surely(code):
    """How sure it is that something is inside."""
    return {"certain": _("certainly"), "probable": _("probably"), "possible": _("possibly"),
            "unknown": _("possibly: no day is known"), "any": _("no period asked for")}[code]


def chance(value):
    """A chance that nobody takes for surer than it is."""
    if value >= 0.995:
        return "100 %" if value == 1 else _("more than 99 in 100")
    return _("less than 1 in 100") if value < 0.005 else f"{round(value * 100)} %"
