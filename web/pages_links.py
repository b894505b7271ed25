"""What pages of lines of inquiry are given: candidates beside the trail, bars in pixels, what was settled."""
from flask import g

from sitereg import decisions, inquiries, links, timeline
from sitereg.links import waterfall
from sitereg.matrix.roles import acting
from web import language, pages_persons, words, words_links

SHOWN, FIRST = 20, 5
REVIEWERS = acting("link_review")
COLOURS = {"held": "#0072B2", "buried": "#563C8B"}
HALF, ROOM = 100, 96  # the middle of a bar's drawing, and how far it reaches


def of_person(opened, case, question, *, reason=None, pair=None):
    """The parts of the page of one person: the Answer, places by code, drawings, what was settled, the map and the line of time."""
    asked = {"person": case["code"], "question": question, "reason": reason, "locale": language.code()}
    answer, contrast = links.beside(opened, **asked, pair=pair, limit=SHOWN)
    named = {one.site for one in answer.candidates} | set(answer.plain) | set(pair or ())
    shown = links.places(opened, named, question=question)
    drawn = {one.site: waterfall.drawn(one, answer.missing, language.code()) for one in answer.candidates}
    measure = waterfall.widest(*drawn.values())
    apart = waterfall.apart(contrast, language.code()) if contrast else ()
    firsts = [(one.rank, shown[one.site]) for one in answer.candidates[:FIRST]]
    beside = [stop(one, shown[one.site]) for one in answer.candidates if shown[one.site]["shape"]]
    return {"answer": answer, "places": shown, "contrast": contrast,
            "bars": {code: drawing(rows, measure) for code, rows in drawn.items()},
            "apart": drawing(apart, waterfall.widest(apart)), "orders": orders(answer),
            "may_review": bool(set(REVIEWERS) & set(g.me["roles"])), **settled(opened, case, question, shown),
            **timed(opened, case["events"], firsts),
            "map": pages_persons.trail(case["events"], beside, COLOURS[question])}


def drawing(rows, measure):
    """Rows of a waterfall in pixels: from the middle to the right where they speak for it, in Arabic to the left."""
    turned = -1 if language.code() == "ar" else 1
    made = []
    for row in rows:
        end = HALF + turned * ROOM * row.bits / measure
        made.append({"row": row, "x": round(min(HALF, end), 1), "width": round(abs(end - HALF), 1),
                     "bits": words_links.bits(row.bits)})
    return made


def orders(answer):
    """The first five with everything and without load and cohort, side by side; which of them stand in one order only."""
    whole = [one.site for one in answer.candidates[:FIRST]]
    return [{"rank": n + 1, "whole": one, "plain": other, "only_whole": one not in answer.plain, "only_plain": other not in whole}
            for n, (one, other) in enumerate(zip(whole, answer.plain, strict=False))]


def settled(opened, case, question, shown):
    """What reviews settled of each place, with the lines of each lead; and what waits for another's eyes."""
    found, waiting, codes = {}, {}, {str(one["id"]): code for code, one in shown.items()}
    for row in links.reviews(opened, question=question, person=case["code"]):
        inquiry = inquiries.show(opened, row["inquiry"]) if row["inquiry"] and row["state"] == "lead" else None
        found.setdefault(row["site"], []).append({**row, "of": inquiry})
    for row in decisions.waiting(opened, case["id"]):
        asked, site = [*row["aspect"].split(":"), ""][:2]
        if row["machine"] == "link_review" and asked == question and site in codes:
            waiting.setdefault(codes[site], []).append(row)
    return {"settled": found, "waiting": waiting}


def timed(opened, events, firsts):
    """The line of time with the days of use of the first places below the events."""
    used = [(rank, period) for rank, place in firsts for period in place["used"] if period["began"] or period["ended"]]
    line = timeline.drawn([*events, *(period for _rank, period in used)], opened.value("today"))
    chart = pages_persons.chart(line, [*pages_persons.marks(events), *(f"▫{rank}" for rank, _period in used)])
    return {"line": line, "chart": chart, "placed": bool(used)}


def stop(one, place):
    """A candidate as maps.Trail takes it."""
    told = [f"{one.rank}. {one.name or one.site}", one.look, words.precision(place)]
    return {"numbers": [one.rank], "sure": True, "texts": told, "shown_as": place["shown_as"], "shape": place["shape"],
            "radius": place["uncertainty_m"], "at": place["at"]}


def exact(case, parts):
    """How many exact places such a page shows."""
    return sum(one["shown_as"] == "exact" for one in (*case["events"], *parts["places"].values()))
