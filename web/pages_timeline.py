"""The line of time of a site, what is said of it above and what was decided below; the past days of which its page can tell."""
from datetime import date, timedelta

from flask import g
from flask_babel import gettext as _

from sitereg import sites, timeline
from web import language, pages_persons, words

ABOVE, BELOW = 24, 16


def of_site(opened, site):
    """{chart, told_above, told_below, more_below, past_days} for the page of a site."""
    today, history = opened.value("today"), sites.history(opened, site["code"])
    above = sorted(said(site), key=begins)[:ABOVE]
    decided = [decision(one, site) for one in reversed(history) if one["what"] == "decision"]
    below = decided[-BELOW:]
    line = timeline.drawn([*above, *below], today)
    marks = [*(str(n) for n in range(1, len(above) + 1)), *(letter(n) for n in range(len(below)))]
    first = min((one["day"] for one in history), default=None)
    return {"time_chart": pages_persons.chart(line, marks, above=len(above)) if line.bars else None,
            "told_above": list(zip(marks[:len(above)], above, strict=True)),
            "told_below": list(zip(marks[len(above):], below, strict=True)),
            "more_below": len(decided) - len(below),
            "past_days": days_known(first, today) if g.me["level"] > 0 else None}


def days_known(first, today):
    """(first, last) past day on which the page can be shown; None where there is none. first: a day, or a month as a whole."""
    last = today - timedelta(days=1)
    start = first and date.fromisoformat(first if len(first) == 10 else first + "-01")
    return (start.isoformat(), last.isoformat()) if start and start <= last else None


def said(site):
    """What is said of a site with its days: kinds, who ran it, counts, other sites; and what officers saw and did."""
    told = []
    for kind in site["kinds"]:
        name = language.labels(language.code())["kind"][kind["kind"]]
        told += [event(name, one, one["at"]) for one in kind["periods"]] or [event(name, kind)]
    for one in site["authorities"]:
        names = one["names"] or {}
        called = names.get(language.code()) or names.get("en") or names.get("ar") or ""
        told.append(event(_(": ").join(filter(None, (language.word("authority_role", one["role"]), called))), one, one["at"]))
    told += [event(f'{language.word("count_definition", one["definition"])}: {words.count(one)}', {}, one["at"])
             for one in site["counts"]]
    told += [event(f'{language.word("relation_kind", one["kind"])}: {one["code"]}', one) for one in words.beside(site["relations"])]
    told += [event(_("Visit: %(how)s", how=words.method(one["method"])), {}, on(one["visited_on"])) for one in site["visits"]]
    told += [event(language.word("measure_kind", one["kind"]), one) for one in site["measures"]]
    told += [event(language.word("disturbance_kind", one["kind"]), {}, one["observed"]) for one in site["disturbances"]]
    return [one for one in told if one["at"] or one["began"] or one["ended"]]


def event(words_, of, at=None):
    return {"words": words_, "at": at, "began": of.get("began"), "ended": of.get("ended")}


def on(day):
    return day and f"[{day},{day}]"


def decision(one, site):
    """A decision on its day (of what followed from a testimony: in its month)."""
    measures = {row["id"]: row["kind"] for row in site["measures"]}
    about = words.machine(one["machine"], one["aspect"])
    if one["aspect"] in measures:
        about = f'{about} ({language.word("measure_kind", measures[one["aspect"]])})'
    return {"words": about, "was": words.state(one["machine"], one["aspect"], one["from_state"]),
            "now": words.state(one["machine"], one["aspect"], one["to_state"]), "annulled": one["annulled"], "day": one["day"],
            "at": on(one["day"]) if len(one["day"]) == 10 else month(one["day"]), "began": None, "ended": None}


def month(text):
    first = date.fromisoformat(text + "-01")
    return f"[{first},{(first + timedelta(days=31)).replace(day=1)})"


def begins(one):
    """The first day that is known of it, for the order."""
    days = [day for value in (one["at"], one["began"], one["ended"]) if value for day in timeline.ends(value)[:2] if day]
    return min(days, default=date.max)


def letter(n):
    """a, b, ... z, aa: decisions have letters, what is said has numbers."""
    return (letter(n // 26 - 1) if n >= 26 else "") + chr(97 + n % 26)
