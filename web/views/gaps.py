"""Where protection is lacking: the lists an officer works through, the most pressing first, on a page and on a map."""
import re

from flask import Blueprint, g, render_template, request, url_for

from sitereg import protection
from sitereg.errors import BadInput
from web import asking, language, pages, words_protection
from web.identity import ANYONE, logs, open_to

views = Blueprint("gaps", __name__)
PAGE = 50
BODY = re.compile(r"[a-z_]{1,40}|[0-9a-f-]{36}")


@views.get("/protection")
@open_to(*ANYONE)
def index(opened):
    """One list of gaps, of an area and of those who answer for it, with the reasons of each in words."""
    asked = read()
    today = opened.value("today")
    rows, counts = protection.gap_page(opened, list=asked["list"], areas=asked["area"] and [asked["area"]], body=asked["body"],
                                       limit=PAGE + 1, skip=asked["skip"])
    logs("protection_gaps", list=asked["list"], count=len(rows), exact=sum(one["shown_as"] == "exact" for one in rows))
    shown = [{**one, "number": n, "place": one[f"place_{language.code()}"], "reasons": words_protection.reasons(one, today)}
             for n, one in enumerate(rows[:PAGE], asked["skip"] + 1)]
    return render_template("gaps/index.html", gaps=shown, asked=asked, counts=counts["list"], map=chart(shown),
                           point=words_protection.point, order=words_protection.ORDER,
                           areas=offered(opened, counts["adm1"]), bodies=bodies(counts["body"]),
                           previous=at(asked, -PAGE) if asked["skip"] else None, next=at(asked, PAGE) if len(rows) > PAGE else None,
                           visits=bool(set(g.me["roles"]) & set(pages.VISITORS)))


def read():
    """{list, area, body, skip} as asked for in the address; raises BadInput with every problem found."""
    problems = [asking.problem("unknown_field", name, "", "There is no such filter")
                for name in request.args if name not in ("list", "area", "body", "skip", "lang")]
    asked = {name: request.args.get(name) or None for name in ("list", "area", "body")}
    if asked["area"] and not asking.UNIT.fullmatch(asked["area"]):
        problems.append(asking.problem("unknown_code", "area", asked["area"][:20], "This is the p-code of no governorate"))
    if asked["body"] and not BODY.fullmatch(asked["body"]):
        problems.append(asking.problem("unknown_code", "body", "", "This is no term of the list"))
    if problems:
        raise BadInput("This cannot be asked", problems=problems)
    return {**asked, "list": asked["list"] or "to_do", "skip": min(max(request.args.get("skip", 0, type=int), 0), 100_000)}


def at(asked, more):
    kept = {name: asked[name] for name in ("list", "area", "body")}
    return url_for("gaps.index", **kept, skip=max(asked["skip"] + more, 0) or None)


def offered(opened, counted):
    """The governorates in which something lacks protection, with how many."""
    labels = pages.governorates(opened)
    return [{"code": code, "label": label, "count": counted[code]["n"]} for code, label in labels.items() if code in counted]


def bodies(counted):
    """Who answers for what lacks protection: named bodies, kinds of bodies, nobody; the one with most sites first."""
    told = [{"code": code, "count": one["n"], "label": words_protection.body(one["body"])} for code, one in counted.items()]
    return sorted(told, key=lambda one: (one["code"] != "none", -one["count"], one["label"]))


def chart(shown):
    """The sites of this page with their numbers, as they are shown to the reader."""
    return pages.numbered([stop(one) for one in shown if one["shape"]])


def stop(one):
    name = one["names"].get(language.code()) or one["code"]
    return {"numbers": [one["number"]], "at": [one["lat"], one["lon"]], "shape": one["shape"], "sure": False,
            "shown_as": one["shown_as"], "radius": one["uncertainty_m"] or 0, "texts": [f"{one['number']}. {name}"]}
