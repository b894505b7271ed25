"""What may be said today to the family of somebody who is sought: two to five plain sentences, chosen by rule. Pure.

    lines = telling.lines(facts)                 [{"line": "open"}, a fact, ..., {"line": "close"}]
    telling.words(lines, "en", names)            ["The search for ...", ...]

A fact is a dict of line (of FACTS), year, month (None: not known, or not to be said) and adm1 (the p-code of a governorate, or
None), as api.telling_facts gives it: of supported accounts that may be told, never finer. There is no sentence for anything else:
none can speak of a death, of another person, of a finer place or of a figure. Nothing is said of the dead; presume alive.
"""
from collections.abc import Mapping, Sequence
from datetime import date

from sitereg.dates import spoken
from sitereg.sentences import said

OPEN, CLOSE = {"line": "open"}, {"line": "close"}
MOST = 3
SIGNS = ("contact", "visited", "seen")
FACTS = {
    "contact": "Information that we hold to be sound says that there was contact with the person whom you seek%(when)s%(where)s.",
    "visited": "Information that we hold to be sound says that the person whom you seek was visited%(when)s%(where)s.",
    "seen": "Information that we hold to be sound says that the person whom you seek was seen in custody%(when)s%(where)s.",
    "held": "Information that we hold to be sound says that the person whom you seek was held%(when)s%(where)s.",
    "taken": "Information that we hold to be sound says that the person whom you seek was taken%(when)s%(where)s.",
    "seen_free": "Information that we hold to be sound says that the person whom you seek was last seen at liberty"
                 "%(when)s%(where)s.",
    "reported": "A report that the person whom you seek is missing was filed%(when)s%(where)s.",
}
ALWAYS = {
    "open": "The search for the person whom you seek is open, and it goes on.",
    "close": "This is what we can say today. What we do not say, or do not know, tells nothing about how this person is.",
}
WHEN, YEAR, WHERE = " in %(month)s", " in the year %(year)s", ", in the governorate of %(place)s"
WITHHELD = {
    "closed": "Nothing may be said by these sentences: nobody asked for this case, or something was decided of it. What was "
              "decided is told in person, by those who decided it.",
    "death": "No account of a death, of a body or of a paper about a death: none of them settles a fate, and the person is "
             "presumed alive.",
    "alive": "No account of a release or of a return: whoever is found alive decides who is told.",
    "restricted": "Nothing that is restricted: it shapes no sentence, and it may not be hinted at.",
    "unsupported": "No account that is doubted or not graded yet.",
    "contradicted": "Nothing in which accounts contradict each other.",
    "consent": "Nothing whose source, or whose agreement, does not let families be told.",
    "misread": "No transfer, hospital, trial, list or home: without its place and context it would be misread.",
    "always": "Never a place finer than a governorate, a day, who said something, another person, a line of inquiry or how likely "
              "something is.",
    "indicated": "Not that something points to a fate.",
    "companions": "Not who was with this person: what became of a companion says nothing of this person.",
    "left_out": "Not all that could be said: three facts at most, signs of life and what is newest first.",
}

__all__ = ["ALWAYS", "FACTS", "MOST", "WITHHELD", "again", "lines", "withheld", "words"]


def lines(facts: Sequence[Mapping]) -> list[dict]:
    """The lines of what is said: signs of life first, then the newest, three at most, told in order of time between the two that
    are always said."""
    known = [dict(one) for one in facts if one["line"] in FACTS]
    known.sort(key=lambda one: (one["line"] not in SIGNS, -(one["year"] or 0), -(one["month"] or 0), list(FACTS).index(one["line"]),
                                one["adm1"] or "~"))
    told = sorted(known[:MOST], key=lambda one: (one["year"] or 9999, one["month"] or 0, -list(FACTS).index(one["line"])))
    return [OPEN, *told, CLOSE]


def words(told: Sequence[Mapping], locale: str, names: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The sentence of each line; names: {p-code of a governorate: {en, ar}}, and nothing else names a place."""
    return [sentence(one, locale, names) for one in told]


def sentence(one, locale, names):
    if one["line"] in ALWAYS:
        return said(ALWAYS[one["line"]], locale)
    when = where = ""
    if one["year"] and one["month"]:
        when = said(WHEN, locale, month=spoken.month_of(date(one["year"], one["month"], 1), locale))
    elif one["year"]:
        when = said(YEAR, locale, year=one["year"])
    if one["adm1"] in names:
        where = said(WHERE, locale, place=names[one["adm1"]][locale])
    return said(FACTS[one["line"]], locale, when=when, where=where)


def withheld(answer: Mapping) -> list[str]:
    """The grounds (keys of WITHHELD) of what is not said of a case, from api.telling_facts; what is never said
    among them."""
    holds = {one["ground"] for one in answer["withheld"]} | {"always"}
    holds |= {code for code in ("indicated", "companions") if answer[code]}
    if not answer["open"]:
        holds.add("closed")
    elif len(answer["facts"]) > MOST:
        holds.add("left_out")
    return [code for code in WITHHELD if code in holds]


def again(told: Sequence[Mapping], answer: Mapping) -> dict | None:
    """{gone, new}: what was told and may no longer be said, and what is to be said now and was not told; None where both are
    empty.

    answer: open and facts, as they are now. Where nothing may be said any more all of it is gone.
    """
    now = lines(answer["facts"]) if answer["open"] else []
    may = [OPEN, CLOSE, *answer["facts"]] if answer["open"] else []
    gone = [one for one in told if one not in may]
    new = [one for one in now if one not in told]
    return {"gone": gone, "new": new} if gone or new else None
