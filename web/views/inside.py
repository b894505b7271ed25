"""What may lie within an area and may have been within a period: sites and events of persons, certainly, probably, possibly."""
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for

from sitereg import dates, inside
from sitereg.errors import BadInput
from web import areas, asking, language, pages_persons, words_persons
from web.identity import ANYONE, logs, open_to

views = Blueprint("inside", __name__)
PAGE = 25
FIELDS = (*areas.FIELDS, "from", "to")


@views.get("/inside")
@open_to(*ANYONE)
def show(opened):
    """The form, and what was found in the area and the period that were asked for."""
    asked = asking.hidden("a")
    found = sought(opened, asked) if asked else None
    return page(opened, asked or {}, found)


@views.post("/inside")
@open_to(*ANYONE)
def ask(opened):
    """What was typed or drawn becomes an address that tells no place; what cannot be read stands in the form again, marked."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    try:
        unknown = sorted(set(request.form) - {*FIELDS, "csrf_token"})
        if unknown:
            raise areas.refusal([areas.fault(unknown[0][:60], "This form has no such field")])
        told = read(opened, typed)
        with opened.savepoint():
            areas.polygon(opened, told)
    except BadInput as trouble:
        logs("refused", form="inside", code=trouble.code)
        return page(opened, typed, None, areas.wrong(trouble)), 422
    return redirect(url_for("inside.show", a=asking.hide(told)), 303)


def read(opened, typed):
    """The area and the period as they are kept: what was typed, the point that it was read as, days; raises BadInput."""
    (told, problems), today = areas.read(typed), opened.value("today")
    for name in ("from", "to"):
        days = dates.parse(typed[name], today) if typed[name] else None
        day = days and getattr(days, "earliest" if name == "from" else "latest")
        told[f"{name}_day"] = day.isoformat() if day else None
        if typed[name] and not day:
            problems.append(areas.fault(name, "This is not read as a day, a month or a year"))
    if problems:
        raise areas.refusal(problems)
    return told


def sought(opened, told):
    """Counts, a page of sites and one of events, the map; the search stands in the log."""
    area = areas.polygon(opened, told)
    period = {name: told[day] and date.fromisoformat(told[day]) for name, day in (("from_", "from_day"), ("to", "to_day"))}
    skips = {what: min(request.args.get(what, 0, type=int), 100_000) for what in ("sites", "events")}
    found = inside.found(opened, area, **period, limit=PAGE + 1, **{f"skip_{what}": skip for what, skip in skips.items()})
    counts = found.pop("counts")
    logs("inside", sites=len(found["sites"]), events=len(found["events"]), exact=sum(
        one["shown_as"] == "exact" for rows in found.values() for one in rows))
    pages = {what: {"previous": turn(skips, what, -PAGE) if skips[what] else None,
                    "next": turn(skips, what, PAGE) if len(rows) > PAGE else None} for what, rows in found.items()}
    return {"counts": counts, **{what: rows[:PAGE] for what, rows in found.items()}, "pages": pages,
            "area": area}


def turn(skips, what, more):
    return url_for("inside.show", a=request.args["a"], **{**skips, what: max(skips[what] + more, 0)}, _anchor=f"h-{what}")


def page(opened, asked, found, wrong=None):
    return render_template("inside/show.html", told=words_persons, asked=asked, found=found, wrong=wrong or {},
                           classes=inside.CLASSES, units=pages_persons.units(opened, 1, 2),
                           map=areas.chart(asked, found and found["area"], drawn(found)))


def drawn(found):
    """What was found, for the map: shapes as they are shown, how sure they are inside, what they are."""
    if not found:
        return []
    told = [(one, one["names"].get(language.code()) or one["code"]) for one in found["sites"]]
    told += [(one, f"{one['person']}: {language.word('event_kind', one['kind'])}") for one in found["events"]]
    return [{"shape": one["shape"], "at": [one["lat"], one["lon"]], "shown_as": one["shown_as"], "radius": one["uncertainty_m"],
             "inside": one["where_inside"], "text": text} for one, text in told if one["shape"]]
